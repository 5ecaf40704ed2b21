// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/api_autoscaler.h"

#include "app/demo/autoscaler_annotations.h"

namespace demo {

namespace {

constexpr int DefaultPercentage = 80;

Value cpuPercentage(const Value &percentage)
{
    return Value::object(
        {{"type", "Resource"},
         {"resource",
          Value::object(
              {{"name", "cpu"},
               {"target", Value::object({{"type", "Utilization"}, {"averageUtilization", percentage}})}})}});
}

void setIfAbsent(Value &object, const char *key, Value value)
{
    if (object[key].isNull())
        object.set(key, std::move(value));
}

Value policy(const char *type, int value)
{
    constexpr int PeriodSeconds = 15;
    return Value::object({{"type", type}, {"value", value}, {"periodSeconds", PeriodSeconds}});
}

// Once something is said of it, all is; nothing of how long scaling down waits, which is the controller's flag.
void completeBehavior(Value &spec)
{
    if (!spec["behavior"].isObject())
        return;
    Value &behavior = spec.child("behavior");
    for (const char *direction : {"scaleUp", "scaleDown"})
        setIfAbsent(behavior.child(direction), "selectPolicy", "Max");
    setIfAbsent(behavior.child("scaleUp"), "stabilizationWindowSeconds", 0);
    setIfAbsent(behavior.child("scaleUp"), "policies",
                Value::array({policy("Pods", 4), policy("Percent", 100)}));
    setIfAbsent(behavior.child("scaleDown"), "policies", Value::array({policy("Percent", 100)}));
}

} // namespace

bool isOldAutoscaler(const ResourceKind &kind, const std::string &version)
{
    return kind.isBuiltIn && kind.kind == "HorizontalPodAutoscaler" && version == "v1";
}

void showAsOldAutoscaler(Value &stored)
{
    if (!stored["spec"].isObject())
        return;
    const Value was = stored;
    tellInAnnotations(stored.child("metadata"), was["spec"], was["status"]);
    Value &spec = stored.child("spec");
    spec.erase("metrics");
    spec.erase("behavior");
    for (const Value &metric : was["spec"]["metrics"].items()) {
        if (isCpuPercentage(metric))
            spec.set("targetCPUUtilizationPercentage", metric["resource"]["target"]["averageUtilization"]);
    }
    Value status = Value::object();
    for (const char *known : {"observedGeneration", "lastScaleTime"}) {
        if (const Value *value = was["status"].find(known))
            status.set(known, *value);
    }
    for (const char *number : {"currentReplicas", "desiredReplicas"})
        status.set(number, was["status"][number].toInteger());
    for (const Value &metric : was["status"]["currentMetrics"].items()) {
        const Value &percentage = metric["resource"]["current"]["averageUtilization"];
        if (metric["resource"]["name"].text() == "cpu" && !percentage.isNull())
            status.set("currentCPUUtilizationPercentage", percentage);
    }
    stored.set("status", std::move(status));
}

namespace {

// v1 names a part of the status; the rest stays.
Value statusInNewForm(const Value &old, Value current)
{
    for (const char *known : {"observedGeneration", "lastScaleTime", "currentReplicas", "desiredReplicas"}) {
        if (const Value *value = old.find(known))
            current.set(known, *value);
    }
    return current;
}

} // namespace

void completeAutoscaler(Value &object)
{
    if (!object["spec"].isObject())
        return;
    Value &spec = object.child("spec");
    setIfAbsent(spec, "minReplicas", 1);
    if (object["apiVersion"].text() == "autoscaling/v1") {
        if (!toldInAnnotations(object["metadata"]).hasMetrics)
            setIfAbsent(spec, "targetCPUUtilizationPercentage", DefaultPercentage);
        return;
    }
    if (spec["metrics"].items().empty())
        spec.set("metrics", Value::array({cpuPercentage(DefaultPercentage)}));
    completeBehavior(spec);
}

void storeAutoscaler(const ResourceKind &kind, const ApiPath &path, Value &object, const ObjectPtr &stored)
{
    if (!kind.isBuiltIn || kind.kind != "HorizontalPodAutoscaler")
        return;
    const ToldAutoscaler told = toldInAnnotations(object["metadata"]);
    dropTold(object.child("metadata"));
    if (!isOldAutoscaler(kind, path.version))
        return;
    object.set("apiVersion", "autoscaling/v2");
    if (!object["spec"].isObject())
        return;
    if (stored && (*stored)["status"].isObject())
        object.set("status", statusInNewForm(object["status"], (*stored)["status"]));
    if (stored && path.subresource == "status") {
        object.set("spec", (*stored)["spec"]);
        return;
    }
    const Value percentage = object["spec"]["targetCPUUtilizationPercentage"];
    Value metrics = told.metrics;
    if (!percentage.isNull())
        metrics.push(cpuPercentage(percentage));
    Value &spec = object.child("spec");
    spec.erase("targetCPUUtilizationPercentage");
    spec.set("metrics", std::move(metrics));
    if (told.behavior.isObject())
        spec.set("behavior", told.behavior);
    completeBehavior(spec);
}

} // namespace demo
