// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/api_scale.h"

#include "app/demo/api_patch.h"
#include "app/demo/api_render.h"
#include "app/demo/api_table.h"

namespace demo {

namespace {

ResourceKind::ScalePaths pathsOf(const ResourceKind &kind, const std::string &version)
{
    const ResourceKind::Version *of = kind.version(version);
    return of && of->scale ? *of->scale : ResourceKind::ScalePaths{".spec.replicas", ".status.replicas", {}};
}

std::vector<std::string> stepsOf(std::string_view path) // ".spec.size" → spec, size
{
    std::vector<std::string> steps;
    while (path.starts_with('.')) {
        path.remove_prefix(1);
        const std::size_t end = std::min(path.find('.'), path.size());
        steps.emplace_back(path.substr(0, end));
        path.remove_prefix(end);
    }
    return steps;
}

const Value &valueAt(const Value &object, std::string_view path)
{
    const Value *at = &object;
    for (const std::string &step : stepsOf(path))
        at = &(*at)[step];
    return *at;
}

Value nested(std::string_view path, Value leaf)
{
    const std::vector<std::string> steps = stepsOf(path);
    for (auto step = steps.rbegin(); step != steps.rend(); ++step)
        leaf = Value::object({{*step, std::move(leaf)}});
    return leaf;
}

std::string selectorOf(const Value &object, const ResourceKind &kind, const ResourceKind::ScalePaths &paths)
{
    if (!kind.isBuiltIn)
        return paths.selector.empty() ? std::string() : valueAt(object, paths.selector).text();
    std::string selector;
    for (const auto &[key, value] : object["spec"]["selector"]["matchLabels"].members())
        selector.append(selector.empty() ? "" : ",").append(key).append("=").append(value.text());
    return selector;
}

// With every number, also where the API leaves out a 0.
Value scaleOf(const Value &object, const Call &call)
{
    const ResourceKind::ScalePaths paths = pathsOf(*call.kind, call.path.version);
    Value metadata = Value::object();
    for (const char *field : {"name", "namespace", "uid", "resourceVersion", "creationTimestamp"})
        metadata.set(field, object["metadata"][field]);
    const std::int64_t wanted = valueAt(object, paths.specReplicas).toInteger(call.kind->isBuiltIn ? 1 : 0);
    Value status = Value::object({{"replicas", valueAt(object, paths.statusReplicas).toInteger()}});
    if (std::string selector = selectorOf(object, *call.kind, paths); !selector.empty())
        status.set("selector", std::move(selector));
    return Value::object({{"kind", "Scale"},
                          {"apiVersion", "autoscaling/v1"},
                          {"metadata", std::move(metadata)},
                          {"spec", Value::object({{"replicas", wanted}})},
                          {"status", std::move(status)}});
}

ResourceKind kindOfScale()
{
    using Column = ResourceKind::Column;
    ResourceKind kind;
    kind.group = "autoscaling";
    kind.kind = "Scale";
    kind.isBuiltIn = false;
    Column age = columnsOf(kind, "v1").back();
    age.type = "date";
    ResourceKind::Version version;
    version.columns = {Column{"Desired", "integer", ".spec.replicas", 0, {}, "Number of desired replicas"},
                       Column{"Available", "integer", ".status.replicas", 0, {}, "Number of actual replicas"},
                       std::move(age)};
    kind.perVersion.emplace("v1", std::move(version));
    return kind;
}

StoreResult<Answer> shown(const Call &call, const Value &object)
{
    static const ResourceKind kind = kindOfScale();
    Call asScale = call;
    asScale.kind = &kind;
    asScale.path.version = "v1";
    Value scale = scaleOf(object, call);
    if (call.wanted.as != Representation::As::Table && scale["spec"]["replicas"].toInteger() == 0)
        scale.child("spec").erase("replicas");
    return renderObject(asScale, scale);
}

StoreError withoutReplicas(const std::string &path)
{
    const std::string problem = "the spec replicas field " + quoted(path) + " does not exist";
    StoreError error = internalError("Internal error occurred: " + problem, "InternalError");
    error.details = Value::object({{"causes", Value::array({Value::object({{"message", problem}})})}});
    return error;
}

StoreResult<Value> sentScale(const Call &call)
{
    const auto body = edge::parseYaml(call.body); // JSON is YAML
    const Value scale = body && !body->empty() ? body->front() : Value();
    if (!call.kind->isBuiltIn
        && (scale["kind"].text() != "Scale" || scale["apiVersion"].text() != "autoscaling/v1"))
        return tl::unexpected(badRequest(
            "no kind is registered for the type v1.Scale in scheme \"pkg/runtime/scheme.go:111\""));
    if (!scale.isObject())
        return tl::unexpected(badRequest("the body is no Scale of autoscaling/v1"));
    const std::string &name = scale["metadata"]["name"].text();
    if (name.empty())
        return tl::unexpected(badRequest("the name of the object (" + call.path.name
                                         + " based on URL) was undeterminable: name must be provided"));
    if (name != call.path.name)
        return tl::unexpected(badRequest("the name of the object (" + name
                                         + ") does not match the name on the URL (" + call.path.name + ")"));
    return scale;
}

StoreResult<Value> patchedScale(const Call &call, const Value &object)
{
    const std::string type = mediaTypeOf(call);
    const bool isStrategic = type == "application/strategic-merge-patch+json" && call.kind->isBuiltIn;
    if (type == "application/json-patch+json" || type == "application/merge-patch+json" || isStrategic) {
        const auto patch = edge::parseJson(call.body);
        if (!patch)
            return tl::unexpected(badRequest("invalid JSON patch"));
        if (type == "application/json-patch+json")
            return applyJsonPatch(scaleOf(object, call), *patch);
        return edge::mergePatch(scaleOf(object, call), *patch); // a Scale has no lists to merge otherwise
    }
    if (type == "application/apply-patch+yaml")
        return tl::unexpected(internalError(
            "failed to create manager for existing fields: failed to convert live object (/; autoscaling/v1, "
            "Kind=Scale) to proper version: request to convert CR to an invalid group/version: "
            "autoscaling/v1"));
    return tl::unexpected(StoreError{
        415,
        "UnsupportedMediaType",
        std::string("the body of the request was in an unknown format - accepted media types include: "
                    "application/json-patch+json, application/merge-patch+json, ")
            + (call.kind->isBuiltIn ? "application/strategic-merge-patch+json, " : "")
            + "application/apply-patch+yaml",
        {}});
}

StoreResult<std::int64_t> replicasOf(const Call &call, const Value &scale)
{
    const Value &wanted = scale["spec"]["replicas"];
    if (!wanted.isNull() && !wanted.isNumber()) {
        const char *type = wanted.isString() ? "string"
            : wanted.isBool()                ? "bool"
            : wanted.isArray()               ? "array"
                                             : "object";
        return tl::unexpected(
            invalid({}, {}, {},
                    {invalidValue("patch", quoted(edge::toJson(scale)),
                                  "json: cannot unmarshal " + std::string(type)
                                      + " into Go struct field ScaleSpec.spec.replicas of type int32")}));
    }
    const std::int64_t replicas = wanted.toInteger();
    if (replicas >= 0)
        return replicas;
    const std::string shownValue = std::to_string(replicas);
    if (call.kind->isBuiltIn)
        return tl::unexpected(
            invalid("autoscaling", "Scale", call.path.name,
                    {invalidValue("spec.replicas", shownValue, "must be greater than or equal to 0")}));
    return tl::unexpected(invalid(*call.kind, call.path.name,
                                  {invalidValue(pathsOf(*call.kind, call.path.version).specReplicas,
                                                shownValue, "should be a non-negative integer")}));
}

} // namespace

bool hasScale(const ResourceKind &kind, const std::string &version)
{
    const ResourceKind::Version *of = kind.version(version);
    return kind.isBuiltIn
        ? kind.group == "apps" && kind.plural != "daemonsets" && kind.plural != "controllerrevisions"
        : of && of->scale;
}

StoreResult<Answer> scaleAnswer(const Store &store, const Writer &writer, Call &call)
{
    const ResourceKind::ScalePaths paths = pathsOf(*call.kind, call.path.version);
    const bool isUpdate = call.verb == "update", isPatch = call.verb == "patch";
    if (call.verb != "get" && !isUpdate && !isPatch)
        return tl::unexpected(methodNotAllowed(call));
    const ObjectPtr object = store.get(*call.kind, call.path.nameSpace, call.path.name);
    if (!object)
        return tl::unexpected(notFound(*call.kind, call.path.name));
    if (!isUpdate && !isPatch) {
        if (!call.kind->isBuiltIn && valueAt(*object, paths.specReplicas).isNull())
            return tl::unexpected(withoutReplicas(paths.specReplicas));
        return shown(call, *object);
    }
    const auto scale = isUpdate ? sentScale(call) : patchedScale(call, *object);
    if (!scale)
        return tl::unexpected(scale.error());
    const auto replicas = replicasOf(call, *scale);
    if (!replicas)
        return tl::unexpected(replicas.error());
    Value patch = nested(paths.specReplicas, Value(*replicas));
    if (const std::string &version = (*scale)["metadata"]["resourceVersion"].text(); !version.empty())
        patch.set("metadata", Value::object({{"resourceVersion", version}}));
    Call inner = call;
    inner.verb = "patch";
    inner.wanted = {};
    inner.body = edge::toJson(patch);
    inner.head.headers.set("content-type", "application/merge-patch+json");
    inner.path.subresource.clear();
    const auto changed = writer.patch(inner);
    if (!changed)
        return changed;
    const auto written = edge::parseJson(changed->body); // of a dry run too
    return shown(call, written ? *written : *object);
}

} // namespace demo
