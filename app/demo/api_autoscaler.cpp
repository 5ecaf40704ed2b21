// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/api_autoscaler.h"

namespace demo {

namespace {

constexpr int DefaultPercentage = 80;

bool isCpuPercentage(const Value &metric)
{
    return metric["type"].text() == "Resource" && metric["resource"]["name"].text() == "cpu"
        && !metric["resource"]["target"]["averageUtilization"].isNull();
}

Value cpuPercentage(const Value &percentage)
{
    return Value::object(
        {{"type", "Resource"},
         {"resource",
          Value::object(
              {{"name", "cpu"},
               {"target", Value::object({{"type", "Utilization"}, {"averageUtilization", percentage}})}})}});
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
    const Value metrics = stored["spec"]["metrics"];
    Value &spec = stored.child("spec");
    spec.erase("metrics");
    spec.erase("behavior");
    for (const Value &metric : metrics.items()) {
        if (isCpuPercentage(metric))
            spec.set("targetCPUUtilizationPercentage", metric["resource"]["target"]["averageUtilization"]);
    }
    Value status = Value::object();
    for (const char *number : {"currentReplicas", "desiredReplicas"})
        status.set(number, stored["status"][number].toInteger());
    stored.set("status", std::move(status));
}

void storeAutoscaler(const ResourceKind &kind, const std::string &version, Value &object,
                     const ObjectPtr &stored)
{
    if (!isOldAutoscaler(kind, version))
        return;
    const Value current = stored ? *stored : Value();
    object.set("apiVersion", "autoscaling/v2");
    if (!object["spec"].isObject())
        return;
    const Value percentage = object["spec"]["targetCPUUtilizationPercentage"];
    Value metrics = Value::array();
    for (const Value &metric : current["spec"]["metrics"].items()) {
        if (!isCpuPercentage(metric))
            metrics.push(metric);
    }
    if (!percentage.isNull() || metrics.items().empty())
        metrics.push(cpuPercentage(percentage.isNull() ? Value(DefaultPercentage) : percentage));
    Value &spec = object.child("spec");
    spec.erase("targetCPUUtilizationPercentage");
    spec.set("metrics", std::move(metrics));
    if (const Value *behavior = current["spec"].find("behavior"))
        spec.set("behavior", *behavior);
    if (current["status"].isObject())
        object.set("status", current["status"]);
}

} // namespace demo
