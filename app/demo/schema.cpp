// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/schema.h"

#include "app/demo/cel.h"
#include "app/demo/type_table.h"

#include <algorithm>

namespace demo {

namespace {

bool preservesUnknown(const Value &schema) { return schema["x-kubernetes-preserve-unknown-fields"].toBool(); }

void prune(Value &value, const Value &schema, const std::string &path, std::vector<std::string> &unknown)
{
    if (value.isArray() && !schema.find("items") && preservesUnknown(schema))
        return;
    if (value.isArray()) {
        int index = 0;
        for (Value &item : value.mutableItems())
            prune(item, schema["items"], path + "[" + std::to_string(index++) + "]", unknown);
        return;
    }
    if (!value.isObject())
        return;
    std::vector<std::string> gone;
    for (const auto &[key, member] : value.members()) {
        if (schema["x-kubernetes-embedded-resource"].toBool()
            && (key == "apiVersion" || key == "kind" || key == "metadata"))
            continue;
        const Value *inner = memberSchema(schema, key);
        if (inner)
            prune(value.child(key), *inner, fieldBelow(path, key), unknown);
        else if (!preservesUnknown(schema) && !schema["additionalProperties"].toBool())
            gone.push_back(key);
    }
    for (const std::string &key : gone) {
        value.erase(key);
        unknown.push_back(fieldBelow(path, key));
    }
}

void addDefaults(Value &value, const Value &schema)
{
    if (value.isArray()) {
        for (Value &item : value.mutableItems())
            addDefaults(item, schema["items"]);
        return;
    }
    if (!value.isObject())
        return;
    for (const auto &[key, inner] : schema["properties"].members()) {
        const Value *present = value.find(key);
        const bool isNullToDefault = present && present->isNull() && !inner["nullable"].toBool();
        if (const Value *fallback = inner.find("default"); fallback && (!present || isNullToDefault))
            value.set(key, *fallback);
    }
    std::vector<std::string> keys;
    for (const auto &member : value.members())
        keys.push_back(member.first);
    for (const std::string &key : keys) {
        if (const Value *inner = memberSchema(schema, key))
            addDefaults(value.child(key), *inner);
    }
}

// A null where none may be counts as absent, since 1.20.  Items of lists stay: they cannot be left out.
void dropNulls(Value &value, const Value &schema)
{
    if (value.isArray()) {
        for (Value &item : value.mutableItems())
            dropNulls(item, schema["items"]);
        return;
    }
    std::vector<std::string> keys;
    for (const auto &member : value.members())
        keys.push_back(member.first);
    for (const std::string &key : keys) {
        const Value *inner = memberSchema(schema, key);
        if (inner && value[key].isNull() && !(*inner)["nullable"].toBool())
            value.erase(key);
        else if (inner)
            dropNulls(value.child(key), *inner);
    }
}

// --- x-kubernetes-validations ---------------------------------------------------------------------------------------------

bool hasRules(const Value &schema)
{
    if (schema.find("x-kubernetes-validations"))
        return true;
    if (const Value *items = schema.find("items"); items && hasRules(*items))
        return true;
    if (const Value &additional = schema["additionalProperties"];
        additional.isObject() && hasRules(additional))
        return true;
    const auto &members = schema["properties"].members();
    return std::any_of(members.begin(), members.end(),
                       [](const auto &member) { return hasRules(member.second); });
}

bool blocksRules(const Cause &cause) // a rule may not meet values of the wrong shape
{
    return cause.reason != "FieldValueInvalid" && cause.reason != "FieldValueForbidden"
        && cause.reason != "FieldValueDuplicate";
}

// A rule's own words; of objects and lists the value is not shown.
Cause brokenRule(const Value &rule, const Value &value, const std::string &path, const std::string &message)
{
    const std::string shown =
        value.isObject() || value.isArray() ? std::string() : edge::toJson(value) + ": ";
    const std::string &reason = rule["reason"].text();
    const std::string field = path + rule["fieldPath"].text();
    if (reason == "FieldValueRequired")
        return requiredValue(field, message);
    if (reason == "FieldValueForbidden")
        return forbiddenValue(field, message);
    if (reason == "FieldValueDuplicate")
        return {reason, field, shown.empty() ? "Duplicate value" : "Duplicate value: " + edge::toJson(value)};
    return {"FieldValueInvalid", field, "Invalid value: " + shown + message};
}

// In the words of the real server; nullopt: the rule holds, or is one of changes and there was nothing before.
std::optional<Cause> ruleCause(const Value &rule, const Value &schema, const Value &value,
                               const Value *before, const std::string &path)
{
    const std::string &expression = rule["rule"].text();
    if (!before && readsOldSelf(expression))
        return {};
    const auto holds = evaluateCel(expression, value, before);
    if (holds && holds->toBool())
        return {};
    std::string message = rule["message"].text();
    if (const Value *written = rule.find("messageExpression")) {
        const auto text = evaluateCel(written->text(), value, before);
        if (text && !text->text().empty())
            message = text->text();
    }
    if (!holds) // it could not be worked out, which is no pass
        return invalidValue(path, quoted(schema["type"].text()),
                            holds.error() + " evaluating rule: " + (message.empty() ? expression : message));
    return brokenRule(rule, value, path, message.empty() ? "failed rule: " + expression : message);
}

// What an item of a list was before: only lists that are maps can tell (by their keys).
const Value *itemBefore(const Value *before, const Value &item, const Value &schema)
{
    if (!before || schema["x-kubernetes-list-type"].text() != "map")
        return nullptr;
    const auto &keys = schema["x-kubernetes-list-map-keys"].items();
    for (const Value &old : before->items()) {
        if (std::all_of(keys.begin(), keys.end(),
                        [&](const Value &key) { return old[key.text()] == item[key.text()]; }))
            return &old;
    }
    return nullptr;
}

void checkRules(const Value &value, const Value &schema, const Value *before, const std::string &path,
                std::vector<Cause> &causes)
{
    if (value.isNull()) // where one may be, rules do not look at it
        return;
    for (const Value &rule : schema["x-kubernetes-validations"].items()) {
        if (auto cause = ruleCause(rule, schema, value, before, path))
            causes.push_back(std::move(*cause));
    }
    for (std::size_t i = 0; i < value.items().size(); ++i)
        checkRules(value.items()[i], schema["items"], itemBefore(before, value.items()[i], schema),
                   path + "[" + std::to_string(i) + "]", causes);
    for (const auto &[key, member] : value.members()) {
        const Value *inner = path.empty() && key == "metadata" ? nullptr : memberSchema(schema, key);
        if (inner)
            checkRules(member, *inner, before ? before->find(key) : nullptr,
                       schema["properties"].find(key) ? fieldBelow(path, key) : path + "[" + key + "]",
                       causes);
    }
}

} // namespace

const Value *schemaOf(const ResourceKind &kind, const std::string &version)
{
    const ResourceKind::Version *of = kind.version(version);
    return kind.isBuiltIn ? builtInSchema(kind.group, kind.kind) : of ? of->schema.get() : nullptr;
}

const Value &metadataSchema()
{
    static const Value schema = (*builtInSchema({}, "ConfigMap"))["properties"]["metadata"];
    return schema;
}

std::vector<std::string> pruneUnknown(Value &object, const Value *schema)
{
    static const Value anything = Value::object({{"x-kubernetes-preserve-unknown-fields", true}});
    std::vector<std::string> unknown;
    Value whole = schema ? *schema : anything; // of every object, whatever the schema says
    Value &properties = whole.child("properties");
    properties.set("apiVersion", anything);
    properties.set("kind", anything);
    properties.set("metadata", metadataSchema());
    prune(object, whole, {}, unknown);
    return unknown;
}

void applyDefaults(Value &object, const Value *schema)
{
    if (!schema)
        return;
    addDefaults(object, *schema);
    dropNulls(object, *schema);
}

std::vector<Cause> schemaProblems(const Value &object, const Value *schema, const std::vector<Cause> &sofar,
                                  const Value *before, Formats formats)
{
    if (!schema)
        return {};
    std::vector<Cause> causes = validationProblems(object, *schema, formats);
    for (Cause &cause : repeatedItems(object, *schema))
        causes.push_back(std::move(cause));
    if (!hasRules(*schema))
        return causes;
    if (std::any_of(causes.begin(), causes.end(), blocksRules)
        || std::any_of(sofar.begin(), sofar.end(), blocksRules)) {
        causes.push_back(invalidValue("<nil>", "null",
                                      "some validation rules were not checked because the object was "
                                      "invalid; correct the existing errors to complete validation"));
        return causes;
    }
    checkRules(object, *schema, before, {}, causes);
    return causes;
}

std::vector<Cause> ruleProblems(const Value &schema, const std::string &path)
{
    std::vector<Cause> causes;
    const auto within = [&causes](const Value &inner, const std::string &at) {
        for (Cause &cause : ruleProblems(inner, at))
            causes.push_back(std::move(cause));
    };
    const auto &rules = schema["x-kubernetes-validations"].items();
    for (std::size_t i = 0; i < rules.size(); ++i) {
        for (const char *field : {"rule", "messageExpression"}) {
            const std::string &expression = rules[i][field].text();
            const auto problem = rules[i].find(field) ? ruleProblem(expression) : std::nullopt;
            if (problem)
                causes.push_back(
                    invalidValue(path + ".x-kubernetes-validations[" + std::to_string(i) + "]." + field,
                                 quoted(expression), "compilation failed: " + *problem));
        }
    }
    for (const auto &[name, member] : schema["properties"].members())
        within(member, path + ".properties[" + name + "]");
    if (schema["items"].isObject())
        within(schema["items"], path + ".items");
    if (schema["additionalProperties"].isObject())
        within(schema["additionalProperties"], path + ".additionalProperties");
    return causes;
}

} // namespace demo
