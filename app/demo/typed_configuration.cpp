// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/typed_configuration.h"

#include "app/demo/byte_fields.h"
#include "app/demo/schema.h"

#include <algorithm>

namespace demo {

namespace {

std::string joined(const std::vector<std::string> &parts, const char *between)
{
    std::string text;
    for (const std::string &part : parts)
        text.append(text.empty() ? "" : between).append(part);
    return text;
}

std::string goType(const Value &value) // as Go's %T
{
    switch (value.type()) {
    case Value::Type::String: return "string";
    case Value::Type::Number: return "float64";
    case Value::Type::Bool: return "bool";
    case Value::Type::Array: return "[]interface {}";
    default: return "map[string]interface {}";
    }
}

std::string goSyntax(const Value &value) // as Go's %#v
{
    if (value.isNull())
        return "interface {}(nil)";
    if (!value.isArray() && !value.isObject())
        return edge::toJson(value);
    std::vector<std::string> parts;
    for (const Value &item : value.items())
        parts.push_back(goSyntax(item));
    for (const auto &[key, member] : value.members())
        parts.push_back(edge::toJson(Value(key)) + ":" + goSyntax(member));
    if (value.isObject())
        std::sort(parts.begin(), parts.end());
    return goType(value) + "{" + joined(parts, ", ") + "}";
}

// "": it fits, as null always does.
std::string misfit(const Value &value, const std::string &type)
{
    const std::string shown = ", got &{" + goMapText(value) + "}";
    if (value.isNull())
        return {};
    if (type == "string" && !value.isString())
        return "expected string, got &value.valueUnstructured{Value:" + goSyntax(value) + "}";
    if ((type == "integer" || type == "number") && !value.isNumber())
        return "expected numeric (int or float), got " + goType(value);
    if (type == "boolean" && !value.isBool())
        return "expected boolean" + shown;
    if (type == "array" && !value.isArray())
        return "expected list" + shown;
    if (type == "object" && !value.isObject())
        return "expected map" + shown;
    return {};
}

class Typing
{
public:
    void look(const Value &value, const Value *schema, const std::string &path)
    {
        if (!schema || (*schema)["x-kubernetes-preserve-unknown-fields"].toBool())
            return;
        if (const std::string problem = misfit(value, (*schema)["type"].text()); !problem.empty())
            return problems.push_back(path + ": " + problem);
        for (const auto &[key, member] : value.members())
            lookAt(key, member, *schema, path);
        for (std::size_t i = 0; i < value.items().size(); ++i) {
            if ((*schema)["x-kubernetes-list-type"].text() == "map" && !value.items()[i].isObject()) {
                problems.push_back(path + ": element " + std::to_string(i)
                                   + ": associative list with keys may not have non-map elements");
                return;
            }
            look(value.items()[i], schema->find("items"), path + place(value.items()[i], i, *schema));
        }
    }

    std::vector<std::string> problems;

private:
    void lookAt(const std::string &key, const Value &member, const Value &schema, const std::string &path)
    {
        if (path.empty() && (key == "apiVersion" || key == "kind"))
            return;
        const Value *declared = schema["properties"].find(key);
        if (path.empty() && key == "metadata")
            declared = &metadataSchema();
        if (!declared && schema["additionalProperties"].isObject())
            declared = &schema["additionalProperties"];
        if (!declared)
            problems.push_back(path + "." + key + ": field not declared in schema");
        else
            look(member, declared, path + "." + key);
    }

    // Of an item: its number, or what it is known by in its list.
    static std::string place(const Value &item, std::size_t index, const Value &schema)
    {
        const std::string &type = schema["x-kubernetes-list-type"].text();
        if (type == "set")
            return "[=" + edge::toJson(item) + "]";
        if (type != "map")
            return "[" + std::to_string(index) + "]";
        std::vector<std::string> keys;
        for (const Value &name : schema["x-kubernetes-list-map-keys"].items()) {
            const Value *own = item.find(name.text());
            const Value &value = own ? *own : schema["items"]["properties"][name.text()]["default"];
            if (!value.isNull())
                keys.push_back(name.text() + "=" + edge::toJson(value));
        }
        return "[" + joined(keys, ",") + "]";
    }
};

} // namespace

std::vector<std::string> typingProblems(const Value &configuration, const Value *schema)
{
    Typing typing;
    typing.look(configuration, schema, {});
    return std::move(typing.problems);
}

} // namespace demo
