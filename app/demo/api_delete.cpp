// SPDX-License-Identifier: GPL-3.0-or-later
// What deletes: the options that it is asked with, and what is answered.
#include "app/demo/api_write.h"
#include "app/demo/crd.h"
#include "app/demo/go_json.h"
#include "app/demo/go_types.h"
#include "app/demo/object_meta.h"
#include "edge/text.h"

#include <algorithm>
#include <set>

namespace demo {

namespace {

bool hasGracefulAnswer(const ResourceKind &kind) // these answer a delete with the object, not with a Status
{
    const std::set<std::string_view> names{"Pod", "Service", "ServiceAccount", "PersistentVolumeClaim"};
    return kind.group.empty() && names.contains(kind.kind);
}

Value optionsOfQuery(const Query &query)
{
    Value options = Value::object();
    for (const char *name : {"propagationPolicy", "gracePeriodSeconds"}) {
        if (query.has(name))
            options.set(name, query.value(name));
    }
    if (query.has("orphanDependents"))
        options.set("orphanDependents", query.isTrue("orphanDependents"));
    if (query.has("dryRun"))
        options.set("dryRun", Value::strings(query.values("dryRun")));
    return options;
}

StoreResult<Value> optionsOfBody(const Call &call)
{
    const std::string type = edge::lowered(mediaTypeOf(call));
    if (type == "application/vnd.kubernetes.protobuf") // none of its options is known here
        return Value::object();
    if (type != "application/json" && type != "application/yaml")
        return tl::unexpected(unknownFormat());
    auto body = type == "application/json" ? edge::parseJson(call.body)
                                           : edge::parseYaml(call.body).map([](std::vector<Value> documents) {
                                                 return documents.empty() ? Value() : documents.front();
                                             });
    std::string problem = type == "application/json" ? goSyntaxError(call.body) : std::string();
    if (problem.empty() && !body)
        problem = body.error().message;
    if (problem.empty())
        problem = typeMetaMismatch(*body);
    if (!problem.empty())
        return tl::unexpected(badRequest("couldn't get version/kind; json parse error: " + problem));
    if (const std::string &kind = (*body)["kind"].text(); !kind.empty() && kind != "DeleteOptions")
        return tl::unexpected(badRequest("no kind " + quoted(kind) + " is registered for version "
                                         + quoted((*body)["apiVersion"].text())
                                         + " in scheme \"pkg/runtime/scheme.go:111\""));
    if (const Value &grace = (*body)["gracePeriodSeconds"]; !grace.isNull() && !grace.isNumber())
        return tl::unexpected(
            badRequest(std::string("json: cannot unmarshal ") + goJsonKind(grace)
                       + " into Go struct field DeleteOptions.gracePeriodSeconds of type int64"));
    return body->isObject() ? std::move(*body) : Value::object();
}

struct Deletion
{
    RemoveOptions options;
    bool isDryRun = false;
};

// Where there is a body, the query is not looked at, as in kube-apiserver.
StoreResult<Deletion> deletionOf(const Call &call)
{
    if (const auto good = checkNumber(call.query, "gracePeriodSeconds"); call.body.empty() && !good)
        return tl::unexpected(good.error());
    const auto asked = call.body.empty() ? optionsOfQuery(call.query) : optionsOfBody(call);
    if (!asked)
        return tl::unexpected(asked.error());
    const Value &body = *asked;
    std::vector<Cause> causes;
    const std::string &policy = body["propagationPolicy"].text();
    if (!policy.empty() && !body["orphanDependents"].isNull())
        causes.push_back(invalidValue("propagationPolicy", quoted(policy),
                                      "orphanDependents and deletionPropagation cannot be both set"));
    if (!policy.empty() && policy != "Foreground" && policy != "Background" && policy != "Orphan")
        causes.push_back(unsupportedValue("propagationPolicy", quoted(policy),
                                          {"Foreground", "Background", "Orphan", "nil"}));
    const auto &dryRuns = body["dryRun"].items();
    if (std::any_of(dryRuns.begin(), dryRuns.end(), [](const Value &each) { return each.text() != "All"; }))
        causes.push_back(unsupportedValue("dryRun", edge::toJson(body["dryRun"]), {"All"}));
    if (!causes.empty())
        return tl::unexpected(invalid("meta.k8s.io", "DeleteOptions", {}, causes));
    Deletion deletion;
    deletion.isDryRun = !dryRuns.empty();
    RemoveOptions &options = deletion.options;
    options.propagationPolicy = body["orphanDependents"].toBool() ? "Orphan" : policy;
    options.uid = body["preconditions"]["uid"].text();
    options.resourceVersion = body["preconditions"]["resourceVersion"].text();
    if (const Value &grace = body["gracePeriodSeconds"]; !grace.isNull())
        options.gracePeriodSeconds = std::atoll(grace.text().c_str());
    return deletion;
}

Value successOf(const ResourceKind &kind, const Value &object)
{
    Value details = Value::object({{"name", nameOf(object)}});
    if (!kind.group.empty())
        details.set("group", kind.group);
    details.set("kind", kind.plural);
    details.set("uid", uidOf(object));
    return Value::object({{"kind", "Status"},
                          {"apiVersion", "v1"},
                          {"metadata", Value::object()},
                          {"status", "Success"},
                          {"details", std::move(details)}});
}

} // namespace

StoreResult<Answer> Writer::remove(Call &call) const
{
    const auto deletion = deletionOf(call);
    if (!deletion)
        return tl::unexpected(deletion.error());
    const std::string &name = call.path.name;
    if (call.kind->isBuiltIn && call.kind->kind == "Namespace"
        && (name == "default" || name == "kube-system" || name == "kube-public"))
        return tl::unexpected(forbidden({}, call.kind->plural, name, "this namespace may not be deleted"));
    if (call.kind->isBuiltIn && call.kind->kind == "CustomResourceDefinition" && !deletion->isDryRun)
        markTerminating(m_store, call.path.name);
    const auto removed = m_store.remove(*call.kind, call.path.nameSpace, call.path.name, deletion->isDryRun,
                                        deletion->options);
    if (!removed)
        return tl::unexpected(removed.error());
    if (isDeleting(**removed) || hasGracefulAnswer(*call.kind))
        return renderObject(call, **removed);
    return answerOf(successOf(*call.kind, **removed), call.wanted);
}

StoreResult<Answer> Writer::removeCollection(Call &call) const
{
    const auto deletion = deletionOf(call);
    if (!deletion)
        return tl::unexpected(deletion.error());
    const auto selector = selectorOf(call);
    if (!selector)
        return tl::unexpected(selector.error());
    std::vector<ObjectPtr> removed;
    for (const ObjectPtr &object : m_store.list(*call.kind, call.path.nameSpace)) {
        if (!selector->matches(*object))
            continue;
        if (const auto gone = m_store.remove(*call.kind, namespaceOf(*object), nameOf(*object),
                                             deletion->isDryRun, deletion->options))
            removed.push_back(*gone);
    }
    ListMeta meta;
    meta.version = m_store.version();
    return renderList(call, removed, meta);
}

} // namespace demo
