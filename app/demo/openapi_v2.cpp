// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/openapi_v2.h"

#include "app/demo/api_openapi.h"
#include "app/demo/type_table.h"

namespace demo {

namespace {

// Protobuf's wire format, writing only.
void putVarint(std::string &out, std::uint64_t number)
{
    for (; number >= 0x80; number >>= 7)
        out += char(number | 0x80);
    out += char(number);
}

void putText(std::string &out, int field, std::string_view text) // strings and messages alike
{
    putVarint(out, std::uint64_t(field) << 3 | 2);
    putVarint(out, text.size());
    out += text;
}

std::string named(const std::string &name, const std::string &message)
{
    std::string out;
    putText(out, 1, name);
    putText(out, 2, message);
    return out;
}

std::string schemaMessage(const Value &schema);

std::string propertiesMessage(const Value &properties)
{
    std::string out;
    for (const auto &[name, schema] : properties.members())
        putText(out, 1, named(name, schemaMessage(schema)));
    return out;
}

std::string extension(const std::string &name, const Value &value) // NamedAny { name, Any { yaml } }
{
    std::string any;
    putText(any, 2, edge::toYaml(value));
    return named(name, any);
}

std::string
schemaMessage(const Value &schema) // field numbers: gnostic openapiv2/OpenAPIv2.proto, message Schema
{
    std::string out;
    if (const Value *reference = schema.find("$ref"))
        putText(out, 1, reference->text());
    if (const Value *description = schema.find("description"))
        putText(out, 4, description->text());
    if (schema["x-kubernetes-int-or-string"].toBool())
        putText(out, 2, "int-or-string");
    else if (const Value *format = schema.find("format"))
        putText(out, 2, format->text());
    for (const Value &name : schema["required"].items())
        putText(out, 19, name.text());
    if (const Value *additional = schema.find("additionalProperties")) {
        std::string item;
        putText(item, 1, schemaMessage(*additional));
        putText(out, 21, item);
    }
    const bool isText = schema["x-kubernetes-int-or-string"].toBool();
    if (!schema["type"].text().empty() || isText) {
        std::string type;
        putText(type, 1, isText ? "string" : schema["type"].text());
        putText(out, 22, type);
    }
    if (const Value *items = schema.find("items")) {
        std::string item;
        putText(item, 1, schemaMessage(*items));
        putText(out, 23, item);
    }
    if (const Value *properties = schema.find("properties"))
        putText(out, 25, propertiesMessage(*properties));
    for (const auto &[name, value] : schema.members()) {
        if (name.starts_with("x-kubernetes-") && name != "x-kubernetes-int-or-string")
            putText(out, 31, extension(name, value));
    }
    return out;
}

// kubectl asks here whether PATCH knows dryRun: PathItem { patch { parameters { query dryRun }, x-kubernetes-group-version-kind } }.
std::string pathMessage(const ResourceKind &kind, const std::string &version)
{
    std::string query, nonBody, parameter, item, operation, path;
    putText(query, 2, "query");
    putText(query, 4, "dryRun");
    putText(query, 6, "string");
    putText(nonBody, 3, query);
    putText(parameter, 2, nonBody);
    putText(item, 1, parameter);
    putText(operation, 8, item);
    putText(operation, 13,
            extension("x-kubernetes-group-version-kind",
                      Value::object({{"group", kind.group}, {"kind", kind.kind}, {"version", version}})));
    putText(path, 8, operation);
    const std::string root = (kind.group.empty() ? "/api/" : "/apis/" + kind.group + "/") + version;
    return named(root + (kind.namespaced ? "/namespaces/{namespace}/" : "/") + kind.plural + "/{name}", path);
}

// What this version of OpenAPI cannot say is left out, as real servers do it, else old kubectls refuse what the server takes: null, and
// fields that no schema names.
Value sayable(Value schema)
{
    const bool isNullable = schema["nullable"].toBool();
    if (isNullable || schema["x-kubernetes-preserve-unknown-fields"].toBool()) {
        schema.erase("items");
        schema.erase("properties");
        schema.erase("required");
    }
    if (isNullable)
        schema.erase("type");
    if (schema["properties"].isObject()) {
        Value properties = Value::object();
        for (const auto &[name, property] : schema["properties"].members())
            properties.set(name, sayable(property));
        schema.set("properties", std::move(properties));
    }
    for (const char *inner : {"items", "additionalProperties"}) {
        if (schema[inner].isObject())
            schema.set(inner, sayable(schema[inner]));
    }
    return schema;
}

Value definitionOf(const ResourceKind &kind, const std::string &version)
{
    const ResourceKind::Version *of = kind.version(version);
    Value schema = of && of->schema ? sayable(*of->schema) : Value::object({{"type", "object"}});
    if (schema.find("properties")) {
        Value &properties = schema.child("properties");
        properties.set("apiVersion", Value::object({{"type", "string"}}));
        properties.set("kind", Value::object({{"type", "string"}}));
        properties.set("metadata", Value::object({{"$ref", "#/definitions/ObjectMeta"}}));
    }
    schema.set(
        "x-kubernetes-group-version-kind",
        Value::array({Value::object({{"group", kind.group}, {"kind", kind.kind}, {"version", version}})}));
    return schema;
}

std::string documentMessage(const Store &store)
{
    std::vector<std::string> names;
    for (const auto &kind : store.kinds()) {
        if (kind->isServed && kind->isBuiltIn)
            names.push_back(typeNameOf(kind->group, kind->kind));
    }
    Value schemas = typeSchemas("#/definitions/", names);
    for (const auto &kind : store.kinds()) {
        const std::string name = kind->isBuiltIn ? typeNameOf(kind->group, kind->kind) : std::string();
        if (!kind->isServed || name.empty())
            continue;
        schemas.child(name)
            .child("x-kubernetes-group-version-kind")
            .push(Value::object(
                {{"group", kind->group}, {"kind", kind->kind}, {"version", kind->versions.front()}}));
    }
    for (const auto &kind : store.kinds()) {
        for (const std::string &version :
             kind->isServed && !kind->isBuiltIn ? kind->versions : std::vector<std::string>())
            schemas.set(schemaName(*kind, version), definitionOf(*kind, version));
    }
    std::string info, definitions, paths, document;
    for (const auto &kind : store.kinds()) {
        for (const std::string &version :
             kind->isServed && !kind->isReview ? kind->versions : std::vector<std::string>())
            putText(paths, 2, pathMessage(*kind, version));
    }
    putText(info, 1, "Kubernetes");
    putText(info, 2, "v1.37.2");
    for (const auto &[name, schema] : schemas.members())
        putText(definitions, 1, named(name, schemaMessage(schema)));
    putText(document, 1, "2.0");
    putText(document, 2, info);
    putText(document, 8, paths);
    putText(document, 9, definitions);
    return document;
}

} // namespace

Answer openApiV2Answer(const Store &store, const edge::RequestHead &head)
{
    if (head.headers.value("accept").find("protobuf") == std::string_view::npos)
        return plainText(406,
                         "only application/com.github.proto-openapi.spec.v2@v1.0+protobuf is served here; "
                         "/openapi/v3 has JSON\n");
    Answer answer;
    answer.contentType = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
    answer.body = documentMessage(store);
    return answer;
}

} // namespace demo
