// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/schema.h"

#include "app/demo/cel.h"
#include "app/demo/type_table.h"

#include <re2/re2.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace demo {

namespace {

bool preservesUnknown(const Value &schema) { return schema["x-kubernetes-preserve-unknown-fields"].toBool(); }

std::string below(const std::string &path, const std::string &key)
{
    return path.empty() ? key : path + "." + key;
}

// The schema of a member: declared, by additionalProperties, or none (unknown).
const Value *memberSchema(const Value &schema, const std::string &key)
{
    if (const Value *declared = schema["properties"].find(key))
        return declared;
    const Value &additional = schema["additionalProperties"];
    return additional.isObject() ? &additional : nullptr;
}

void prune(Value &value, const Value &schema, const std::string &path, std::vector<std::string> &unknown)
{
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
            prune(value.child(key), *inner, below(path, key), unknown);
        else if (!preservesUnknown(schema) && !schema["additionalProperties"].toBool())
            gone.push_back(key);
    }
    for (const std::string &key : gone) {
        value.erase(key);
        unknown.push_back(below(path, key));
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

// --- validation -----------------------------------------------------------------------------------------------------------

const char *typeName(const Value &value)
{
    switch (value.type()) {
    case Value::Type::Null: return "null";
    case Value::Type::Bool: return "boolean";
    case Value::Type::Number: {
        const double number = value.toDouble();
        return std::floor(number) == number ? "integer" : "number";
    }
    case Value::Type::String: return "string";
    case Value::Type::Array: return "array";
    case Value::Type::Object: return "object";
    }
    return "";
}

bool hasType(const Value &value, const Value &schema)
{
    if (value.isNull())
        return schema["nullable"].toBool();
    if (schema["x-kubernetes-int-or-string"].toBool())
        return value.isString() || std::string_view(typeName(value)) == "integer";
    const std::string &type = schema["type"].text();
    const std::string_view actual = typeName(value);
    return type.empty() || type == actual || (type == "number" && actual == "integer");
}

class Validator
{
public:
    std::vector<Cause> causes;

    void validate(const Value &value, const Value &schema, const std::string &path)
    {
        if (!hasType(value, schema)) {
            const std::string wanted =
                schema["x-kubernetes-int-or-string"].toBool() ? "integer,string" : schema["type"].text();
            const std::string actual = quoted(typeName(value));
            causes.push_back({"FieldValueTypeInvalid", path,
                              "Invalid value: " + actual + ": " + path + " in body must be of type " + wanted
                                  + ": " + actual});
            return;
        }
        if (value.isNull())
            return;
        checkEnum(value, schema, path);
        checkNumber(value, schema, path);
        checkString(value, schema, path);
        checkArray(value, schema, path);
        checkObject(value, schema, path);
        checkCombinations(value, schema, path);
    }

private:
    void bad(const std::string &path, const Value &value, const std::string &problem)
    {
        causes.push_back(invalidValue(path, edge::toJson(value), path + " in body " + problem));
    }

    void checkEnum(const Value &value, const Value &schema, const std::string &path)
    {
        const Value &allowed = schema["enum"];
        if (!allowed.isArray()
            || std::find(allowed.items().begin(), allowed.items().end(), value) != allowed.items().end())
            return;
        std::vector<std::string> words;
        for (const Value &each : allowed.items())
            words.push_back(each.text());
        causes.push_back(unsupportedValue(path, edge::toJson(value), words));
    }

    void checkNumber(const Value &value, const Value &schema, const std::string &path)
    {
        if (!value.isNumber())
            return;
        const double number = value.toDouble();
        if (const Value *limit = schema.find("maximum")) {
            const bool exclusive = schema["exclusiveMaximum"].toBool();
            if (exclusive ? number >= limit->toDouble() : number > limit->toDouble())
                bad(path, value,
                    std::string("should be less than ") + (exclusive ? "" : "or equal to ") + limit->text());
        }
        if (const Value *limit = schema.find("minimum")) {
            const bool exclusive = schema["exclusiveMinimum"].toBool();
            if (exclusive ? number <= limit->toDouble() : number < limit->toDouble())
                bad(path, value,
                    std::string("should be greater than ") + (exclusive ? "" : "or equal to ")
                        + limit->text());
        }
        if (const Value *factor = schema.find("multipleOf");
            factor && std::fmod(number, factor->toDouble()) != 0)
            bad(path, value, "should be a multiple of " + factor->text());
    }

    void checkString(const Value &value, const Value &schema, const std::string &path)
    {
        if (!value.isString())
            return;
        const std::string &text = value.text();
        const auto length =
            std::int64_t(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
        if (const Value *limit = schema.find("maxLength"); limit && length > limit->toInteger())
            causes.push_back(
                {"FieldValueTooLong", path, "Too long: may not be more than " + limit->text() + " bytes"});
        if (const Value *limit = schema.find("minLength"); limit && length < limit->toInteger())
            bad(path, value, "should be at least " + limit->text() + " chars long");
        if (const Value *pattern = schema.find("pattern")) {
            const re2::RE2 expression(pattern->text(), re2::RE2::Quiet);
            if (expression.ok() && !re2::RE2::PartialMatch(text, expression))
                bad(path, value, "should match '" + pattern->text() + "'");
        }
    }

    void checkArray(const Value &value, const Value &schema, const std::string &path)
    {
        if (!value.isArray())
            return;
        const auto size = std::int64_t(value.items().size());
        if (const Value *limit = schema.find("maxItems"); limit && size > limit->toInteger())
            causes.push_back(
                {"FieldValueTooMany", path,
                 "Too many: " + std::to_string(size) + ": must have at most " + limit->text() + " items"});
        if (const Value *limit = schema.find("minItems"); limit && size < limit->toInteger())
            bad(path, Value(size), "should have at least " + limit->text() + " items");
        for (std::size_t i = 0; i < value.items().size(); ++i)
            validate(value.items()[i], schema["items"], path + "[" + std::to_string(i) + "]");
        checkListKeys(value, schema, path);
    }

    void checkListKeys(const Value &value, const Value &schema, const std::string &path)
    {
        const std::string &type = schema["x-kubernetes-list-type"].text();
        if (type != "map" && type != "set")
            return;
        std::vector<Value> seen;
        for (std::size_t i = 0; i < value.items().size(); ++i) {
            Value key = value.items()[i];
            if (type == "map") {
                key = Value::object();
                for (const Value &name : schema["x-kubernetes-list-map-keys"].items())
                    key.set(name.text(), value.items()[i][name.text()]);
            }
            if (std::find(seen.begin(), seen.end(), key) != seen.end())
                causes.push_back({"FieldValueDuplicate", path + "[" + std::to_string(i) + "]",
                                  "Duplicate value: " + edge::toJson(key)});
            seen.push_back(std::move(key));
        }
    }

    void checkObject(const Value &value, const Value &schema, const std::string &path)
    {
        if (!value.isObject())
            return;
        for (const Value &name : schema["required"].items()) {
            if (!value.find(name.text()))
                causes.push_back(requiredValue(below(path, name.text())));
        }
        const auto size = std::int64_t(value.members().size());
        if (const Value *limit = schema.find("maxProperties"); limit && size > limit->toInteger())
            causes.push_back(
                {"FieldValueTooMany", path,
                 "Too many: " + std::to_string(size) + ": must have at most " + limit->text() + " items"});
        if (const Value *limit = schema.find("minProperties"); limit && size < limit->toInteger())
            bad(path, Value(size), "should have at least " + limit->text() + " properties");
        for (const auto &[key, member] : value.members()) {
            if (path.empty() && (key == "metadata" || key == "apiVersion" || key == "kind"))
                continue; // the server's own business
            const Value *inner = memberSchema(schema, key);
            if (inner)
                validate(member, *inner, below(path, key));
        }
    }

    bool accepts(const Value &value, const Value &schema, const std::string &path) const
    {
        Validator inner;
        inner.validate(value, schema, path);
        return inner.causes.empty();
    }

    void checkCombinations(const Value &value, const Value &schema, const std::string &path)
    {
        const auto count = [&](const char *word) {
            return std::count_if(schema[word].items().begin(), schema[word].items().end(),
                                 [&](const Value &each) { return accepts(value, each, path); });
        };
        for (const Value &each : schema["allOf"].items())
            validate(value, each, path);
        if (schema.find("anyOf") && count("anyOf") == 0)
            causes.push_back(invalidValue(path, edge::toJson(value),
                                          path + " in body must validate at least one schema (anyOf)"));
        if (schema.find("oneOf") && count("oneOf") != 1)
            causes.push_back(invalidValue(
                path, edge::toJson(value),
                path + " in body must validate one and only one schema (oneOf). Found "
                    + (count("oneOf") == 0 ? "none valid"
                                           : std::to_string(count("oneOf")) + " valid alternatives")));
        if (schema.find("not") && accepts(value, schema["not"], path))
            causes.push_back(invalidValue(path, edge::toJson(value),
                                          path + " in body must not validate the schema (not)"));
    }
};

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

// In the words of the real server; nullopt: the rule holds, or is one of changes and there was nothing before.
std::optional<Cause> ruleCause(const Value &rule, const Value &value, const Value *before,
                               const std::string &path)
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
    const std::string &reason = rule["reason"].text();
    if (!holds) // it could not be worked out, which is no pass
        message = holds.error() + " evaluating rule: " + (message.empty() ? expression : message);
    else if (message.empty())
        message = "failed rule: " + expression;
    return Cause{reason.empty() ? "FieldValueInvalid" : reason, path + rule["fieldPath"].text(),
                 "Invalid value: " + message};
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
    for (const Value &rule : schema["x-kubernetes-validations"].items()) {
        if (auto cause = ruleCause(rule, value, before, path))
            causes.push_back(std::move(*cause));
    }
    for (std::size_t i = 0; i < value.items().size(); ++i)
        checkRules(value.items()[i], schema["items"], itemBefore(before, value.items()[i], schema),
                   path + "[" + std::to_string(i) + "]", causes);
    for (const auto &[key, member] : value.members()) {
        const Value *inner = path.empty() && key == "metadata" ? nullptr : memberSchema(schema, key);
        if (inner)
            checkRules(member, *inner, before ? before->find(key) : nullptr,
                       schema["properties"].find(key) ? below(path, key) : path + "[" + key + "]", causes);
    }
}

} // namespace

const Value *schemaOf(const ResourceKind &kind, const std::string &version)
{
    const ResourceKind::Version *of = kind.version(version);
    return kind.isBuiltIn ? builtInSchema(kind.group, kind.kind) : of ? of->schema.get() : nullptr;
}

std::vector<std::string> pruneUnknown(Value &object, const Value *schema)
{
    std::vector<std::string> unknown;
    if (!schema)
        return unknown;
    Value whole = *schema; // of every object, whatever the schema says
    for (const char *field : {"apiVersion", "kind", "metadata"})
        whole.child("properties").set(field, Value::object({{"x-kubernetes-preserve-unknown-fields", true}}));
    prune(object, whole, {}, unknown);
    return unknown;
}

void applyDefaults(Value &object, const Value *schema)
{
    if (schema)
        addDefaults(object, *schema);
}

std::vector<Cause> schemaProblems(const Value &object, const Value *schema, const std::vector<Cause> &sofar,
                                  const Value *before)
{
    if (!schema)
        return {};
    Validator validator;
    validator.validate(object, *schema, {});
    std::vector<Cause> causes = std::move(validator.causes);
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
