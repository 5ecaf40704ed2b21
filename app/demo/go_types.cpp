// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/go_types.h"

#include "app/demo/type_table.h"

namespace demo {

namespace {

const char *goKind(const Value &value)
{
    switch (value.type()) {
    case Value::Type::String: return "string";
    case Value::Type::Number:
        return value.text().find_first_of(".eE") == std::string::npos ? "int64" : "float64";
    case Value::Type::Bool: return "bool";
    case Value::Type::Array: return "slice";
    default: return "map";
    }
}

std::string goType(const Value &schema)
{
    const std::string &type = schema["type"].text();
    if (type == "integer")
        return "int32";
    if (type == "boolean")
        return "bool";
    if (type == "array")
        return "[]" + goType(schema["items"]);
    if (schema["additionalProperties"].isObject())
        return "map[string]" + goType(schema["additionalProperties"]);
    return schema["format"].text() == "byte" ? "[]uint8" : type == "object" ? "struct" : type;
}

bool fits(const Value &value, const std::string &type)
{
    return type.empty() || value.isNull() || (type == "string" && value.isString())
        || ((type == "integer" || type == "number") && value.isNumber())
        || (type == "boolean" && value.isBool()) || (type == "array" && value.isArray())
        || (type == "object" && value.isObject());
}

GoMismatch mismatch(const Value &value, const Value &schema, const std::string &field)
{
    const std::string &type = schema["type"].text();
    GoMismatch found{std::string("json: cannot unmarshal ") + goJsonKind(value) + " into Go struct field "
                         + field + " of type " + goType(schema),
                     {}};
    if (type == "object")
        found.converting = std::string("cannot restore map from ") + goKind(value);
    else if (type == "string" && value.isNumber())
        found.converting = std::string("cannot convert ") + goKind(value) + " to string";
    else
        found.converting = "unrecognized type: " + goType(schema);
    return found;
}

std::optional<GoMismatch> find(const Value &value, const Value &schema, const std::string &field)
{
    if (!fits(value, schema["type"].text()))
        return mismatch(value, schema, field);
    for (const Value &item : value.items()) {
        if (auto found = find(item, schema["items"], field))
            return found;
    }
    for (const auto &[key, member] : value.members()) {
        const Value *declared = schema["properties"].find(key);
        auto found = declared ? find(member, *declared, field + "." + key)
                              : find(member, schema["additionalProperties"], field);
        if (found)
            return found;
    }
    return {};
}

} // namespace

std::string goPackageOf(const ResourceKind &kind)
{
    return kind.group.empty() ? "core" : kind.group.substr(0, kind.group.find('.'));
}

const char *goJsonKind(const Value &value)
{
    switch (value.type()) {
    case Value::Type::String: return "string";
    case Value::Type::Number: return "number";
    case Value::Type::Bool: return "bool";
    case Value::Type::Array: return "array";
    default: return "object";
    }
}

std::string typeMetaMismatch(const Value &body)
{
    const std::string cannot = "json: cannot unmarshal ";
    if (!body.isObject() && !body.isNull())
        return cannot + goJsonKind(body)
            + " into Go value of type struct { APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind "
              "string \"json:\\\"kind,omitempty\\\"\" }";
    for (const auto &[key, value] : body.members()) {
        if ((key == "kind" || key == "apiVersion") && !value.isString() && !value.isNull())
            return cannot + goJsonKind(value) + " into Go struct field ." + key + " of type string";
    }
    return {};
}

std::optional<GoMismatch> goMismatch(const ResourceKind &kind, const Value &object, const Value *schema)
{
    const Value &metadata = object["metadata"];
    if (const Value *known = builtInSchema({}, "ObjectMeta")) {
        if (!fits(metadata, "object"))
            return GoMismatch{std::string("json: cannot unmarshal ") + goJsonKind(metadata) + " into Go "
                                  + (kind.isBuiltIn ? "struct field " + kind.kind + ".metadata" : "value")
                                  + " of type v1.ObjectMeta",
                              std::string("cannot restore struct from: ") + goKind(metadata)};
        if (auto found = find(metadata, *known, kind.isBuiltIn ? "ObjectMeta.metadata" : "ObjectMeta"))
            return found;
    }
    if (!kind.isBuiltIn || !schema)
        return {};
    Value rest = object;
    rest.erase("metadata");
    return find(rest, *schema, kind.kind);
}

} // namespace demo
