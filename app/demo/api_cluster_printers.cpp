// SPDX-License-Identifier: GPL-3.0-or-later
// As api_printers.cpp, of kinds that the product itself does not show: tests/data/tables-1.37.2.jsonl has what a real server prints.
#include "app/demo/object_meta.h"
#include "app/demo/printer_cells.h"
#include "edge/text.h"

#include <algorithm>

namespace demo {

namespace {

Cells daemonSetCells(const Value &set, std::int64_t now)
{
    const Value &status = set["status"], &pod = set["spec"]["template"]["spec"];
    Cells cells{nameOf(set),
                number(status["desiredNumberScheduled"]),
                number(status["currentNumberScheduled"]),
                number(status["numberReady"]),
                number(status["updatedNumberScheduled"]),
                number(status["numberAvailable"]),
                orNone(labelText(pod["nodeSelector"])),
                age(set, now)};
    cells = withContainers(std::move(cells), pod);
    cells.push_back(selectorText(set["spec"]["selector"]));
    return cells;
}

Cells statefulSetCells(const Value &set, std::int64_t now)
{
    return withContainers({nameOf(set),
                           std::to_string(set["status"]["readyReplicas"].toInteger()) + "/"
                               + std::to_string(set["spec"]["replicas"].toInteger(1)),
                           age(set, now)},
                          set["spec"]["template"]["spec"]);
}

Cells replicationControllerCells(const Value &controller, std::int64_t now)
{
    const Value &spec = controller["spec"];
    Cells cells{nameOf(controller), Value(spec["replicas"].toInteger(1)),
                number(controller["status"]["replicas"]), number(controller["status"]["readyReplicas"]),
                age(controller, now)};
    cells = withContainers(std::move(cells), spec["template"]["spec"]);
    cells.push_back(orNone(labelText(spec["selector"])));
    return cells;
}

Cells controllerRevisionCells(const Value &revision, std::int64_t now)
{
    std::string controller;
    for (const Value &owner : revision["metadata"]["ownerReferences"].items()) {
        const std::string &version = owner["apiVersion"].text();
        const std::size_t slash = version.find('/');
        if (owner["controller"].toBool())
            controller = edge::lowered(owner["kind"].text())
                + (slash == std::string::npos ? "" : "." + version.substr(0, slash)) + "/"
                + owner["name"].text();
    }
    return {nameOf(revision), orNone(controller), number(revision["revision"]), age(revision, now)};
}

Cells ingressCells(const Value &ingress, std::int64_t now)
{
    const Value &spec = ingress["spec"];
    std::vector<std::string> hosts, addresses;
    for (const Value &rule : spec["rules"].items()) {
        if (!rule["host"].text().empty())
            hosts.push_back(rule["host"].text());
    }
    for (const Value &each : ingress["status"]["loadBalancer"]["ingress"].items())
        addresses.push_back(each["ip"].text().empty() ? each["hostname"].text() : each["ip"].text());
    return {nameOf(ingress),
            orNone(spec["ingressClassName"].text()),
            hosts.empty() ? std::string("*") : limited(hosts),
            joined(addresses),
            std::string(spec["tls"].items().empty() ? "80" : "80, 443"),
            age(ingress, now)};
}

Cells ingressClassCells(const Value &ingressClass, std::int64_t now)
{
    const Value &parameters = ingressClass["spec"]["parameters"];
    const std::string &group = parameters["apiGroup"].text();
    const std::string text = !parameters.isObject()
        ? ""
        : parameters["kind"].text() + (group.empty() ? "" : "." + group) + "/" + parameters["name"].text();
    return {nameOf(ingressClass), ingressClass["spec"]["controller"], orNone(text), age(ingressClass, now)};
}

// "cpu: 42%/60%"; current: the same metric of the status.
std::string metricText(const Value &metric, const Value &current)
{
    const std::string &type = metric["type"].text();
    const std::string field =
        type.empty() ? type : char(type.front() | 0x20) + type.substr(1); // "containerResource"
    const Value &target = metric[field]["target"], &now = current[field]["current"];
    const bool isResource = type.ends_with("Resource");
    const auto pair = [](const Value &is, const Value &wanted, const std::string &unit) {
        return (is.isNull() ? "<unknown>" : is.text() + unit) + "/" + wanted.text() + unit;
    };
    std::string text = isResource ? metric[field]["name"].text() + ": " : std::string();
    if (isResource && !target["averageUtilization"].isNull())
        return text + pair(now["averageUtilization"], target["averageUtilization"], "%");
    if (target["averageValue"].isNull())
        return text + pair(now["value"], target["value"], "");
    text += pair(now["averageValue"], target["averageValue"], "");
    return type == "External" || type == "Object" ? text + " (avg)" : text;
}

Cells autoscalerCells(const Value &scaler, std::int64_t now)
{
    const Value &spec = scaler["spec"];
    const auto &current = scaler["status"]["currentMetrics"].items();
    std::vector<std::string> metrics;
    for (const Value &metric : spec["metrics"].items())
        metrics.push_back(
            metricText(metric, metrics.size() < current.size() ? current[metrics.size()] : Value()));
    const std::size_t shown = std::min<std::size_t>(metrics.size(), 2);
    std::string targets = joined({metrics.begin(), metrics.begin() + std::ptrdiff_t(shown)}, ", ");
    if (metrics.size() > shown)
        targets += " + " + std::to_string(metrics.size() - shown) + " more...";
    return {nameOf(scaler),
            spec["scaleTargetRef"]["kind"].text() + "/" + spec["scaleTargetRef"]["name"].text(),
            metrics.empty() ? "cpu: <unknown>/80%" : targets, // what a server sets where there is none
            std::to_string(spec["minReplicas"].toInteger(1)),
            number(spec["maxReplicas"]),
            number(scaler["status"]["currentReplicas"]),
            age(scaler, now)};
}

std::string accessModes(const Value &modes)
{
    constexpr std::pair<std::string_view, const char *> names[] = {{"ReadWriteOnce", "RWO"},
                                                                   {"ReadOnlyMany", "ROX"},
                                                                   {"ReadWriteMany", "RWX"},
                                                                   {"ReadWriteOncePod", "RWOP"}};
    std::vector<std::string> found;
    for (const auto &[mode, name] : names) {
        const auto &items = modes.items();
        if (std::any_of(items.begin(), items.end(), [&](const Value &each) { return each.text() == mode; }))
            found.emplace_back(name);
    }
    return joined(found);
}

std::string phaseOf(const Value &volume)
{
    if (isDeleting(volume))
        return "Terminating";
    const std::string &phase = volume["status"]["phase"].text();
    return phase.empty() ? "Pending" : phase;
}

std::string textOr(const Value &value, const char *otherwise)
{
    return value.text().empty() ? otherwise : value.text();
}

Cells claimCells(const Value &claim, std::int64_t now)
{
    const Value &spec = claim["spec"], &status = claim["status"];
    const bool isBound = !spec["volumeName"].text().empty();
    return {nameOf(claim),
            phaseOf(claim),
            spec["volumeName"].text(),
            isBound ? status["capacity"]["storage"].text() : std::string(),
            isBound ? accessModes(status["accessModes"]) : std::string(),
            spec["storageClassName"].text(),
            textOr(spec["volumeAttributesClassName"], "<unset>"),
            age(claim, now),
            textOr(spec["volumeMode"], "Filesystem")};
}

Cells volumeCells(const Value &volume, std::int64_t now)
{
    const Value &spec = volume["spec"], &claim = spec["claimRef"];
    return {nameOf(volume),
            spec["capacity"]["storage"].text(),
            accessModes(spec["accessModes"]),
            textOr(spec["persistentVolumeReclaimPolicy"], "Retain"),
            phaseOf(volume),
            claim.isObject() ? claim["namespace"].text() + "/" + claim["name"].text() : std::string(),
            spec["storageClassName"].text(),
            textOr(spec["volumeAttributesClassName"], "<unset>"),
            volume["status"]["reason"].text(),
            age(volume, now),
            textOr(spec["volumeMode"], "Filesystem")};
}

Cells storageClassCells(const Value &storage, std::int64_t now)
{
    return {nameOf(storage),
            storage["provisioner"],
            textOr(storage["reclaimPolicy"], "Delete"),
            textOr(storage["volumeBindingMode"], "Immediate"),
            Value(storage["allowVolumeExpansion"].toBool()),
            age(storage, now)};
}

Cells budgetCells(const Value &budget, std::int64_t now)
{
    return {nameOf(budget), textOr(budget["spec"]["minAvailable"], "N/A"),
            textOr(budget["spec"]["maxUnavailable"], "N/A"), number(budget["status"]["disruptionsAllowed"]),
            age(budget, now)};
}

Cells priorityClassCells(const Value &priority, std::int64_t now)
{
    return {nameOf(priority), number(priority["value"]), Value(priority["globalDefault"].toBool()),
            age(priority, now), textOr(priority["preemptionPolicy"], "PreemptLowerPriority")};
}

Cells quotaCells(const Value &quota, std::int64_t now)
{
    std::map<std::string, std::string> sorted;
    for (const auto &[name, hard] : quota["status"]["hard"].members())
        sorted[name] = name + ": " + quota["status"]["used"][name].text() + "/" + hard.text();
    std::vector<std::string> requests, limits;
    for (const auto &[name, text] : sorted)
        (name.starts_with("limits") ? limits : requests).push_back(text);
    return {nameOf(quota), joined(requests, ", "), joined(limits, ", "), age(quota, now)};
}

Cells flowSchemaCells(const Value &schema, std::int64_t now)
{
    const Value &spec = schema["spec"];
    std::string missing = "?";
    for (const Value &condition : schema["status"]["conditions"].items()) {
        if (condition["type"].text() == "Dangling")
            missing = condition["status"].text();
    }
    return {nameOf(schema),
            spec["priorityLevelConfiguration"]["name"],
            number(spec["matchingPrecedence"]),
            orNone(spec["distinguisherMethod"]["type"].text()),
            age(schema, now),
            missing};
}

Cells priorityLevelCells(const Value &level, std::int64_t now)
{
    const Value &limited = level["spec"]["limited"], &queuing = limited["limitResponse"]["queuing"];
    const auto orNothing = [](const Value &value) {
        return value.isNull() ? Value("<none>") : number(value);
    };
    return {nameOf(level),
            level["spec"]["type"],
            orNothing(limited["nominalConcurrencyShares"]),
            orNothing(queuing["queues"]),
            orNothing(queuing["handSize"]),
            orNothing(queuing["queueLengthLimit"]),
            age(level, now)};
}

Cells definitionCells(const Value &definition, std::int64_t)
{
    const Value &spec = definition["spec"], &names = spec["names"];
    std::vector<std::string> versions, shortNames;
    for (const Value &version : spec["versions"].items()) {
        if (version["served"].toBool())
            versions.push_back(version["name"].text() + (version["storage"].toBool() ? "(storage)" : ""));
    }
    for (const Value &name : names["shortNames"].items())
        shortNames.push_back(name.text());
    return {nameOf(definition), spec["scope"],
            joined(versions),   definition["metadata"]["creationTimestamp"],
            spec["group"],      names["kind"],
            joined(shortNames), Value(hasCondition(definition, "Established"))};
}

} // namespace

const Printers &clusterPrinters()
{
    static const Printers all{
        {"DaemonSet",
         {withType(columns({"Name", "Desired", "Current", "Ready", "Up-to-date", "Available", "Node Selector",
                            "Age"},
                           {"Containers", "Images", "Selector"}),
                   "integer", {"Desired", "Current", "Ready", "Up-to-date", "Available"}),
          daemonSetCells}},
        {"StatefulSet", {columns({"Name", "Ready", "Age"}, {"Containers", "Images"}), statefulSetCells}},
        {"ReplicationController",
         {withType(
              columns({"Name", "Desired", "Current", "Ready", "Age"}, {"Containers", "Images", "Selector"}),
              "integer", {"Desired", "Current", "Ready"}),
          replicationControllerCells}},
        {"ControllerRevision", {columns({"Name", "Controller", "Revision", "Age"}), controllerRevisionCells}},
        {"Ingress", {columns({"Name", "Class", "Hosts", "Address", "Ports", "Age"}), ingressCells}},
        {"IngressClass", {columns({"Name", "Controller", "Parameters", "Age"}), ingressClassCells}},
        {"HorizontalPodAutoscaler",
         {columns({"Name", "Reference", "Targets", "MinPods", "MaxPods", "Replicas", "Age"}),
          autoscalerCells}},
        {"PersistentVolumeClaim",
         {columns({"Name", "Status", "Volume", "Capacity", "Access Modes", "StorageClass",
                   "VolumeAttributesClass", "Age"},
                  {"VolumeMode"}),
          claimCells}},
        {"PersistentVolume",
         {columns({"Name", "Capacity", "Access Modes", "Reclaim Policy", "Status", "Claim", "StorageClass",
                   "VolumeAttributesClass", "Reason", "Age"},
                  {"VolumeMode"}),
          volumeCells}},
        {"StorageClass",
         {columns(
              {"Name", "Provisioner", "ReclaimPolicy", "VolumeBindingMode", "AllowVolumeExpansion", "Age"}),
          storageClassCells}},
        {"PodDisruptionBudget",
         {withType(columns({"Name", "Min Available", "Max Unavailable", "Allowed Disruptions", "Age"}),
                   "integer", {"Allowed Disruptions"}),
          budgetCells}},
        {"PriorityClass",
         {withType(withType(columns({"Name", "Value", "Global-Default", "Age", "PreemptionPolicy"}),
                            "integer", {"Value"}),
                   "boolean", {"Global-Default"}),
          priorityClassCells}},
        {"ResourceQuota", {columns({"Name", "Request", "Limit", "Age"}), quotaCells}},
        {"FlowSchema",
         {columns({"Name", "PriorityLevel", "MatchingPrecedence", "DistinguisherMethod", "Age", "MissingPL"}),
          flowSchemaCells}},
        {"PriorityLevelConfiguration",
         {columns(
              {"Name", "Type", "NominalConcurrencyShares", "Queues", "HandSize", "QueueLengthLimit", "Age"}),
          priorityLevelCells}},
        {"CustomResourceDefinition",
         {withType(withType(columns({"Name", "Scope", "Versions", "Created At"},
                                    {"Group", "Kind", "ShortNames", "Established"}),
                            "date", {"Created At"}),
                   "boolean", {"Established"}),
          definitionCells}},
    };
    return all;
}

} // namespace demo
