// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/type_table.h"

#include <algorithm>
#include <map>

namespace demo {

namespace {

struct Type
{
    std::string name;
    std::vector<std::pair<std::string, std::string>> fields; // name, type
};

std::vector<std::string> splitWords(std::string_view text)
{
    std::vector<std::string> words;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of(" \n"), text.size());
        if (end > 0)
            words.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

std::vector<Type> readTypes()
{
    std::vector<Type> types;
    for (const std::string &word : splitWords(TypeLines)) {
        const std::size_t equals = word.find('=');
        if (equals == std::string::npos)
            types.push_back({word.substr(0, word.size() - 1), {}}); // "NAME:"
        else
            types.back().fields.emplace_back(word.substr(0, equals), word.substr(equals + 1));
    }
    return types;
}

const std::vector<Type> &types()
{
    static const std::vector<Type> all = readTypes();
    return all;
}

const Type *findType(std::string_view name)
{
    const auto found =
        std::find_if(types().begin(), types().end(), [name](const Type &type) { return type.name == name; });
    return found == types().end() ? nullptr : &*found;
}

// Where references go: "" resolves them in place.
Value schemaOfWord(std::string_view word, std::string_view prefix);

Value schemaOfType(const Type &type, std::string_view prefix)
{
    Value properties = Value::object();
    Value required = Value::array();
    for (const auto &[name, word] : type.fields) {
        const bool isRequired = word.ends_with("!");
        properties.set(
            name, schemaOfWord(std::string_view(word).substr(0, word.size() - (isRequired ? 1 : 0)), prefix));
        if (isRequired)
            required.push(name);
    }
    Value schema = Value::object({{"type", "object"}, {"properties", std::move(properties)}});
    if (!required.items().empty())
        schema.set("required", std::move(required));
    return schema;
}

Value listSchema(std::string_view inner, std::string_view prefix)
{
    const std::size_t slash = inner.find('/');
    Value schema =
        Value::object({{"type", "array"}, {"items", schemaOfWord(inner.substr(0, slash), prefix)}});
    if (slash == std::string_view::npos) {
        schema.set("x-kubernetes-list-type", "atomic");
        return schema;
    }
    std::string_view keys = inner.substr(slash + 1);
    schema.set("x-kubernetes-list-type", keys.empty() ? "set" : "map");
    schema.set("x-kubernetes-patch-strategy", "merge");
    if (!keys.empty())
        schema.set("x-kubernetes-patch-merge-key", keys.substr(0, keys.find(',')));
    while (!keys.empty()) {
        const std::size_t end = std::min(keys.find(','), keys.size());
        schema.child("x-kubernetes-list-map-keys").push(keys.substr(0, end));
        keys.remove_prefix(std::min(end + 1, keys.size()));
    }
    return schema;
}

Value schemaOfWord(std::string_view word, std::string_view prefix)
{
    if (word.front() == '[')
        return listSchema(word.substr(1, word.size() - 2), prefix);
    if (word.front() == '@') {
        Value schema = schemaOfWord(word.substr(1), prefix);
        schema.set("x-kubernetes-map-type", "atomic");
        return schema;
    }
    if (word.front() == '{')
        return Value::object(
            {{"type", "object"},
             {"additionalProperties", schemaOfWord(word.substr(1, word.size() - 2), prefix)}});
    if (word == "s")
        return Value::object({{"type", "string"}});
    if (word == "y")
        return Value::object({{"type", "string"}, {"format", "byte"}});
    if (word == "p")
        return Value::object({{"type", "string"}, {"default", "TCP"}});
    if (word == "t")
        return Value::object({{"type", "string"}, {"format", "date-time"}, {"nullable", true}});
    if (word == "i")
        return Value::object({{"type", "integer"}});
    if (word == "b")
        return Value::object({{"type", "boolean"}});
    if (word == "x" || word == "q")
        return Value::object({{"x-kubernetes-int-or-string", true}});
    const Type *type = findType(word);
    if (!type)
        return Value::object({{"x-kubernetes-preserve-unknown-fields", true}}); // "*"
    return prefix.empty() ? schemaOfType(*type, prefix)
                          : Value::object({{"$ref", std::string(prefix).append(word)}});
}

void addKindFields(Value &schema, std::string_view prefix)
{
    Value &properties = schema.child("properties");
    properties.set("apiVersion", Value::object({{"type", "string"}}));
    properties.set("kind", Value::object({{"type", "string"}}));
    properties.set("metadata", schemaOfWord("ObjectMeta", prefix));
}

std::map<std::string, Value> readSchemas()
{
    std::map<std::string, Value> schemas;
    for (const Type &type : types()) {
        Value schema = schemaOfType(type, {});
        addKindFields(schema, {});
        schemas.emplace(type.name, std::move(schema));
    }
    return schemas;
}

} // namespace

std::string typeNameOf(const std::string &group, const std::string &kind)
{
    if (group == "events.k8s.io" || group == "policy" || group == "autoscaling" || group == "storage.k8s.io")
        return {};
    return findType(kind) ? kind : std::string();
}

const Value *builtInSchema(const std::string &group, const std::string &kind)
{
    static const std::map<std::string, Value> schemas = readSchemas();
    const auto found = schemas.find(typeNameOf(group, kind));
    return found == schemas.end() ? nullptr : &found->second;
}

Value typeSchemas(std::string_view referencePrefix, const std::vector<std::string> &kinds)
{
    Value all = Value::object();
    for (const Type &type : types()) {
        Value schema = schemaOfType(type, referencePrefix);
        if (std::find(kinds.begin(), kinds.end(), type.name) != kinds.end())
            addKindFields(schema, referencePrefix);
        all.set(type.name, std::move(schema));
    }
    return all;
}

} // namespace demo
