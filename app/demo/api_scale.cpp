// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/api_scale.h"

namespace demo {

StoreResult<Answer> scaleAnswer(const Store &store, const Writer &writer, Call &call)
{
    const ObjectPtr object = store.get(*call.kind, call.path.nameSpace, call.path.name);
    if (!object)
        return tl::unexpected(notFound(*call.kind, call.path.name));
    if (call.verb == "update" || call.verb == "patch") {
        const auto body = edge::parseJson(call.body);
        const Value *replicas = body ? (*body)["spec"].find("replicas") : nullptr;
        if (!replicas || !replicas->isNumber() || replicas->toInteger() < 0)
            return tl::unexpected(badRequest("a Scale with spec.replicas of at least 0 is needed"));
        call.body = edge::toJson(Value::object({{"spec", Value::object({{"replicas", *replicas}})}}));
        call.head.headers.set("content-type", "application/merge-patch+json");
        call.path.subresource.clear();
        const auto changed = writer.patch(call);
        if (!changed)
            return changed;
    }
    const ObjectPtr now = store.get(*call.kind, call.path.nameSpace, call.path.name);
    Value metadata = Value::object();
    for (const char *field : {"name", "namespace", "uid", "resourceVersion", "creationTimestamp"})
        metadata.set(field, (*now)["metadata"][field]);
    std::string selector;
    for (const auto &[key, value] : (*now)["spec"]["selector"]["matchLabels"].members())
        selector.append(selector.empty() ? "" : ",").append(key).append("=").append(value.text());
    Value status =
        Value::object({{"replicas", (*now)["status"]["replicas"].toInteger()}, {"selector", selector}});
    return answerOf(
        Value::object({{"kind", "Scale"},
                       {"apiVersion", "autoscaling/v1"},
                       {"metadata", std::move(metadata)},
                       {"spec", Value::object({{"replicas", (*now)["spec"]["replicas"].toInteger(1)}})},
                       {"status", std::move(status)}}),
        call.wanted);
}

} // namespace demo
