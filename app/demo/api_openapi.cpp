// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/api_openapi.h"

#include "app/demo/api_discovery.h"
#include "app/demo/openapi_v2.h"
#include "app/demo/type_table.h"

#include <algorithm>
#include <functional>

namespace demo {

namespace {

constexpr char Reference[] = "#/components/schemas/";

Value kindMark(const ResourceKind &kind, const std::string &version)
{
    return Value::object({{"group", kind.group}, {"version", version}, {"kind", kind.kind}});
}

Value queryParameter(const char *name)
{
    return Value::object({{"name", name},
                          {"in", "query"},
                          {"schema", Value::object({{"type", "string"}, {"uniqueItems", true}})}});
}

Value operation(const char *action, const ResourceKind &kind, const std::string &version, bool writes)
{
    Value parameters = Value::array();
    if (writes) {
        for (const char *name : {"dryRun", "fieldManager", "fieldValidation"})
            parameters.push(queryParameter(name));
        if (std::string_view(action) == "patch")
            parameters.push(queryParameter("force"));
    }
    return Value::object({{"parameters", std::move(parameters)},
                          {"responses", Value::object({{"200", Value::object({{"description", "OK"}})}})},
                          {"x-kubernetes-action", action},
                          {"x-kubernetes-group-version-kind", kindMark(kind, version)}});
}

void addPaths(Value &paths, const ResourceKind &kind, const std::string &version)
{
    const std::string root = (kind.group.empty() ? "/api/" : "/apis/" + kind.group + "/") + version;
    const std::string collection = root + (kind.namespaced ? "/namespaces/{namespace}/" : "/") + kind.plural;
    Value all = Value::object({{"post", operation("post", kind, version, true)}});
    if (!kind.isReview) {
        all.set("get", operation("list", kind, version, false));
        all.set("delete", operation("deletecollection", kind, version, false));
        paths.set(collection + "/{name}",
                  Value::object({{"get", operation("get", kind, version, false)},
                                 {"put", operation("put", kind, version, true)},
                                 {"patch", operation("patch", kind, version, true)},
                                 {"delete", operation("delete", kind, version, false)}}));
        if (kind.namespaced)
            paths.set(root + "/" + kind.plural,
                      Value::object({{"get", operation("list", kind, version, false)}}));
    }
    paths.set(collection, std::move(all));
}

Value customSchema(const ResourceKind &kind, const std::string &version)
{
    const ResourceKind::Version *of = kind.version(version);
    Value schema = of && of->schema
        ? *of->schema
        : Value::object({{"type", "object"}, {"x-kubernetes-preserve-unknown-fields", true}});
    Value &properties = schema.child("properties");
    properties.set("apiVersion", Value::object({{"type", "string"}}));
    properties.set("kind", Value::object({{"type", "string"}}));
    properties.set(
        "metadata",
        Value::object(
            {{"allOf", Value::array({Value::object({{"$ref", std::string(Reference) + "ObjectMeta"}})})}}));
    return schema;
}

Value document(const Store &store, const std::string &group, const std::string &version)
{
    Value paths = Value::object();
    std::vector<std::string> names;
    for (const auto &kind : store.kinds()) {
        if (kind->isServed && kind->isBuiltIn)
            names.push_back(typeNameOf(kind->group, kind->kind));
    }
    Value schemas = typeSchemas(Reference, names);
    for (const auto &kind : store.kinds()) {
        if (!kind->isServed || kind->group != group || !kind->serves(version))
            continue;
        addPaths(paths, *kind, version);
        const std::string name = schemaName(*kind, version);
        if (!kind->isBuiltIn || !schemas.find(name))
            schemas.set(name, customSchema(*kind, version));
        schemas.child(name).set("x-kubernetes-group-version-kind", Value::array({kindMark(*kind, version)}));
    }
    return Value::object({{"openapi", "3.0.0"},
                          {"info", Value::object({{"title", "Kubernetes"}, {"version", "v1.37.2"}})},
                          {"paths", std::move(paths)},
                          {"components", Value::object({{"schemas", std::move(schemas)}})}});
}

Value index(const Store &store)
{
    Value paths = Value::object();
    for (const auto &kind : store.kinds()) {
        for (const std::string &version : kind->isServed ? kind->versions : std::vector<std::string>()) {
            const std::string name =
                kind->group.empty() ? "api/" + version : "apis/" + kind->group + "/" + version;
            if (paths.find(name))
                continue;
            const std::size_t hash =
                std::hash<std::string>()(edge::toJson(document(store, kind->group, version)));
            paths.set(name,
                      Value::object(
                          {{"serverRelativeURL", "/openapi/v3/" + name + "?hash=" + std::to_string(hash)}}));
        }
    }
    return Value::object({{"paths", std::move(paths)}});
}

} // namespace

std::string schemaName(const ResourceKind &kind, const std::string &version)
{
    if (!kind.isBuiltIn) { // io.getambassador.v2.Mapping: the group's labels turned round
        std::string reversed;
        std::string_view rest = kind.group;
        while (!rest.empty()) {
            const std::size_t end = std::min(rest.find('.'), rest.size());
            reversed.insert(0, std::string(rest.substr(0, end)) + ".");
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
        return reversed + version + "." + kind.kind;
    }
    return typeNameOf(kind.group, kind.kind).empty() ? kind.group + "." + version + "." + kind.kind
                                                     : kind.kind;
}

std::optional<Answer> openApiAnswer(const Store &store, const edge::RequestHead &head)
{
    const std::string_view path = head.path();
    if (path == "/openapi/v2")
        return openApiV2Answer(store, head);
    if (path == "/openapi/v3") {
        Answer answer = answerOf(index(store), {});
        answer.contentType = "text/plain; charset=utf-8"; // as Go guesses it, where nobody says it
        return answer;
    }
    std::string_view rest = path;
    std::string group;
    if (rest.starts_with("/openapi/v3/apis/")) {
        rest.remove_prefix(17);
        group = rest.substr(0, rest.find('/'));
        rest.remove_prefix(std::min(group.size() + 1, rest.size()));
    } else if (rest.starts_with("/openapi/v3/api/")) {
        rest.remove_prefix(16);
    } else {
        return {};
    }
    if (!servesVersion(store, group, rest))
        return {};
    return answerOf(document(store, group, std::string(rest)), {});
}

} // namespace demo
