// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/autoscaler_annotations.h"

#include <algorithm>
#include <array>
#include <map>

namespace demo {

namespace {

const std::string Prefix = "autoscaling.alpha.kubernetes.io/";
constexpr std::array Told{"behavior", "conditions", "current-metrics", "metrics"};

// A field of v1's form and where v2 has it; "-" stands for target or, of a current value, current.
struct Field
{
    const char *old;
    std::vector<std::string_view> path;
};
struct Source
{
    const char *member; // of the metric
    std::vector<Field> target, current;
};

const std::map<std::string_view, Source> &sources()
{
    using Fields = std::vector<Field>;
    const auto ofPod = [](const char *percentage, const char *average) {
        return Fields{{"name", {"name"}},
                      {percentage, {"-", "averageUtilization"}},
                      {average, {"-", "averageValue"}},
                      {"container", {"container"}}};
    };
    const auto ofObject = [](const char *value) {
        return Fields{{"target", {"describedObject"}},
                      {"metricName", {"metric", "name"}},
                      {value, {"-", "value"}},
                      {"selector", {"metric", "selector"}},
                      {"averageValue", {"-", "averageValue"}}};
    };
    const auto ofPods = [](const char *average) {
        return Fields{{"metricName", {"metric", "name"}},
                      {average, {"-", "averageValue"}},
                      {"selector", {"metric", "selector"}}};
    };
    const auto ofOthers = [](const char *value, const char *average) {
        return Fields{{"metricName", {"metric", "name"}},
                      {"metricSelector", {"metric", "selector"}},
                      {value, {"-", "value"}},
                      {average, {"-", "averageValue"}}};
    };
    const Fields podTarget = ofPod("targetAverageUtilization", "targetAverageValue"),
                 podCurrent = ofPod("currentAverageUtilization", "currentAverageValue");
    static const std::map<std::string_view, Source> all{
        {"Resource", {"resource", podTarget, podCurrent}},
        {"ContainerResource", {"containerResource", podTarget, podCurrent}},
        {"Object", {"object", ofObject("targetValue"), ofObject("currentValue")}},
        {"Pods", {"pods", ofPods("targetAverageValue"), ofPods("currentAverageValue")}},
        {"External",
         {"external", ofOthers("targetValue", "targetAverageValue"),
          ofOthers("currentValue", "currentAverageValue")}}};
    return all;
}

// Only these, in this order: as Go writes a struct.
Value inOrder(const Value &object, std::initializer_list<const char *> names)
{
    Value ordered = Value::object();
    for (const char *name : names) {
        if (const Value *member = object.find(name))
            ordered.set(name, *member);
    }
    return ordered;
}

Value sorted(const Value &map)
{
    Value::Object members = map.members();
    std::sort(members.begin(), members.end(),
              [](const Value::Member &one, const Value::Member &other) { return one.first < other.first; });
    return Value::object(std::move(members));
}

Value asGoWrites(std::string_view field, const Value &value)
{
    if (field == "describedObject")
        return inOrder(value, {"kind", "name", "apiVersion"});
    if (field != "selector")
        return value;
    Value selector = inOrder(value, {"matchLabels", "matchExpressions"});
    if (selector["matchLabels"].isObject())
        selector.set("matchLabels", sorted(selector["matchLabels"]));
    return selector;
}

const Value &at(const Value &from, const std::vector<std::string_view> &path, std::string_view values)
{
    const Value *found = &from;
    for (const std::string_view step : path)
        found = &(*found)[step == "-" ? values : step];
    return *found;
}

// values: target or current.
Value oldMetric(const Value &metric, std::string_view values)
{
    const std::string &type = metric["type"].text();
    Value old = Value::object({{"type", type}});
    const auto source = sources().find(type);
    if (source == sources().end())
        return old;
    Value fields = Value::object();
    for (const Field &field : values == "target" ? source->second.target : source->second.current) {
        const Value &value = at(metric[source->second.member], field.path, values);
        if (!value.isNull())
            fields.set(field.old, asGoWrites(field.path.back(), value));
        else if (type == "Object" && field.path.back() == "value")
            fields.set(field.old, "0"); // v1 cannot leave it out
    }
    old.set(source->second.member, std::move(fields));
    return old;
}

Value newMetric(const Value &old)
{
    const std::string &type = old["type"].text();
    Value metric = Value::object({{"type", type}});
    const auto source = sources().find(type);
    if (source == sources().end())
        return metric;
    const Value &fields = old[source->second.member];
    Value &made = metric.set(source->second.member, Value::object());
    for (const Field &field : source->second.target) {
        const Value &value = fields[field.old];
        const bool isZero = type == "Object" && field.path.back() == "value" && value.text() == "0"
            && !fields["averageValue"].isNull();
        if (value.isNull() || isZero)
            continue;
        Value *place = &made;
        for (std::size_t i = 0; i + 1 < field.path.size(); ++i)
            place = &place->child(field.path[i] == "-" ? "target" : field.path[i]);
        place->set(field.path.back(), value);
    }
    Value &target = made.child("target");
    target.set("type",
               target.find("averageUtilization") ? "Utilization"
                   : target.find("averageValue") ? "AverageValue"
                                                 : "Value");
    return metric;
}

// Whoever wrote this annotation first wrote it from a type without names for JSON, with capital letters and nulls.
struct Name
{
    const char *now, *told;
};
constexpr std::array Directions{Name{"scaleUp", "ScaleUp"}, Name{"scaleDown", "ScaleDown"}};
constexpr std::array Rules{Name{"stabilizationWindowSeconds", "StabilizationWindowSeconds"},
                           Name{"selectPolicy", "SelectPolicy"}, Name{"policies", "Policies"},
                           Name{"tolerance", "Tolerance"}};
constexpr std::array Policy{Name{"type", "Type"}, Name{"value", "Value"},
                            Name{"periodSeconds", "PeriodSeconds"}};

template<std::size_t N>
Value renamed(const Value &object, const std::array<Name, N> &names, bool isTelling)
{
    if (!object.isObject())
        return {};
    Value all = Value::object();
    for (const Name &name : names) {
        const Value &member = object[isTelling ? name.now : name.told];
        if (isTelling || !member.isNull())
            all.set(isTelling ? name.told : name.now, member);
    }
    return all;
}

Value renamedBehavior(const Value &behavior, bool isTelling)
{
    Value all = renamed(behavior, Directions, isTelling);
    for (const Name &direction : Directions) {
        const char *name = isTelling ? direction.told : direction.now;
        if (!all[name].isObject())
            continue;
        Value rules = renamed(all[name], Rules, isTelling);
        const char *list = isTelling ? "Policies" : "policies";
        if (rules[list].isArray()) {
            for (Value &policy : rules.child(list).mutableItems())
                policy = renamed(policy, Policy, isTelling);
        }
        all.set(name, std::move(rules));
    }
    return all;
}

Value listed(const Value &list, const std::function<Value(const Value &)> &form)
{
    Value all = Value::array();
    for (const Value &item : list.items())
        all.push(form(item));
    return all;
}

} // namespace

bool isCpuPercentage(const Value &metric)
{
    return metric["type"].text() == "Resource" && metric["resource"]["name"].text() == "cpu"
        && !metric["resource"]["target"]["averageUtilization"].isNull();
}

void tellInAnnotations(Value &metadata, const Value &spec, const Value &status)
{
    std::map<std::string, Value> told;
    Value others = Value::array();
    for (const Value &metric : spec["metrics"].items()) {
        if (!isCpuPercentage(metric))
            others.push(oldMetric(metric, "target"));
    }
    told["metrics"] = std::move(others);
    told["current-metrics"] =
        listed(status["currentMetrics"], [](const Value &metric) { return oldMetric(metric, "current"); });
    told["conditions"] = listed(status["conditions"], [](const Value &condition) {
        return inOrder(condition, {"type", "status", "lastTransitionTime", "reason", "message"});
    });
    if (spec["behavior"].isObject())
        told["behavior"] = renamedBehavior(spec["behavior"], true);
    bool isAny = false;
    for (const auto &[name, value] : told) {
        if (value.isArray() && value.items().empty())
            continue;
        metadata.child("annotations").set(Prefix + name, edge::toJson(value));
        isAny = true;
    }
    if (isAny)
        metadata.set("annotations", sorted(metadata["annotations"]));
}

ToldAutoscaler toldInAnnotations(const Value &metadata)
{
    ToldAutoscaler told{false, Value::array(), {}};
    const Value &annotations = metadata["annotations"];
    const auto metrics = edge::parseJson(annotations[Prefix + "metrics"].text());
    if (metrics && metrics->isArray()) {
        told.hasMetrics = true;
        told.metrics = listed(*metrics, newMetric);
    }
    const auto behavior = edge::parseJson(annotations[Prefix + "behavior"].text());
    if (behavior && behavior->isObject())
        told.behavior = renamedBehavior(*behavior, false);
    return told;
}

void dropTold(Value &metadata)
{
    if (!metadata["annotations"].isObject())
        return;
    Value &annotations = metadata.child("annotations");
    bool isAny = false;
    for (const char *name : Told)
        isAny = annotations.erase(Prefix + name) || isAny;
    if (isAny && annotations.members().empty())
        metadata.erase("annotations");
}

} // namespace demo
