// SPDX-License-Identifier: GPL-3.0-or-later
// What kubectl get shows of built-in kinds (kubernetes pkg/printers/internalversion/printers.go, in our own words).
#include "app/demo/object_meta.h"
#include "app/demo/printer_cells.h"

#include <algorithm>

namespace demo {

namespace {

std::string stateReason(const Value &state)
{
    if (const Value *waiting = state.find("waiting"); waiting && !(*waiting)["reason"].text().empty())
        return (*waiting)["reason"].text();
    const Value *ended = state.find("terminated");
    if (!ended)
        return {};
    const std::string &reason = (*ended)["reason"].text();
    return !reason.empty() ? reason : "ExitCode:" + std::to_string((*ended)["exitCode"].toInteger());
}

std::string podStatus(const Value &pod, std::size_t ready)
{
    const Value &status = pod["status"];
    std::string reason = status["reason"].text().empty() ? status["phase"].text() : status["reason"].text();
    for (const Value &container : status["initContainerStatuses"].items()) {
        const Value &state = container["state"];
        if (state["terminated"].isObject() && state["terminated"]["exitCode"].toInteger() == 0)
            continue;
        if (container["started"].toBool() && state.find("running"))
            continue; // a sidecar of its own kind
        const std::string why = stateReason(state);
        reason = "Init:"
            + (why.empty() || why == "PodInitializing"
                   ? "0/" + std::to_string(pod["spec"]["initContainers"].items().size())
                   : why);
        break;
    }
    for (const Value &container : status["containerStatuses"].items()) {
        if (const std::string why = stateReason(container["state"]); !why.empty())
            reason = why;
    }
    if (reason == "Completed" && ready > 0)
        reason = "Running";
    return isDeleting(pod) ? "Terminating" : reason;
}

Cells podCells(const Value &pod, std::int64_t now)
{
    std::size_t ready = 0;
    std::int64_t restarts = 0;
    for (const Value &container : pod["status"]["containerStatuses"].items()) {
        ready += container["ready"].toBool() ? 1 : 0;
        restarts += container["restartCount"].toInteger();
    }
    const std::string total = std::to_string(pod["spec"]["containers"].items().size());
    const std::string &node = pod["spec"]["nodeName"].text();
    const std::string &nominated = pod["status"]["nominatedNodeName"].text();
    const std::size_t gates = pod["spec"]["readinessGates"].items().size();
    return {nameOf(pod),
            std::to_string(ready) + "/" + total,
            podStatus(pod, ready),
            std::to_string(restarts),
            age(pod, now),
            orNone(pod["status"]["podIP"].text()),
            orNone(node),
            orNone(nominated),
            gates == 0 ? std::string("<none>") : "0/" + std::to_string(gates)};
}

std::string externalIp(const Value &service)
{
    const Value &spec = service["spec"];
    std::vector<std::string> addresses;
    for (const Value &ip : spec["externalIPs"].items())
        addresses.push_back(ip.text());
    if (spec["type"].text() == "ExternalName")
        return spec["externalName"].text();
    if (spec["type"].text() != "LoadBalancer")
        return orNone(joined(addresses));
    for (const Value &ingress : service["status"]["loadBalancer"]["ingress"].items())
        addresses.push_back(ingress["ip"].text().empty() ? ingress["hostname"].text() : ingress["ip"].text());
    return addresses.empty() ? "<pending>" : joined(addresses);
}

Cells serviceCells(const Value &service, std::int64_t now)
{
    const Value &spec = service["spec"];
    std::vector<std::string> ports;
    for (const Value &port : spec["ports"].items())
        ports.push_back(port["port"].text()
                        + (port["nodePort"].toInteger() > 0 ? ":" + port["nodePort"].text() : "") + "/"
                        + port["protocol"].text());
    return {nameOf(service),       spec["type"],      orNone(spec["clusterIP"].text()),   externalIp(service),
            orNone(joined(ports)), age(service, now), orNone(labelText(spec["selector"]))};
}

Cells endpointsCells(const Value &endpoints, std::int64_t now)
{
    std::vector<std::string> addresses;
    for (const Value &subset : endpoints["subsets"].items()) {
        for (const Value &address : subset["addresses"].items()) {
            for (const Value &port : subset["ports"].items())
                addresses.push_back(address["ip"].text() + ":" + port["port"].text());
            if (subset["ports"].items().empty())
                addresses.push_back(address["ip"].text());
        }
    }
    return {nameOf(endpoints), limited(addresses), age(endpoints, now)};
}

Cells endpointSliceCells(const Value &slice, std::int64_t now)
{
    std::vector<std::string> ports, addresses;
    for (const Value &port : slice["ports"].items())
        ports.push_back(port["port"].isNull() ? "*" : port["port"].text());
    for (const Value &endpoint : slice["endpoints"].items()) {
        for (const Value &address : endpoint["addresses"].items())
            addresses.push_back(address.text());
    }
    return {nameOf(slice), slice["addressType"], ports.empty() ? "<unset>" : limited(ports),
            addresses.empty() ? "<unset>" : limited(addresses), age(slice, now)};
}

Cells nodeCells(const Value &node, std::int64_t now)
{
    std::vector<std::string> roles;
    for (const auto &[key, value] : node["metadata"]["labels"].members()) {
        if (key.starts_with("node-role.kubernetes.io/"))
            roles.push_back(key.substr(24));
    }
    std::string status = hasCondition(node, "Ready") ? "Ready" : "NotReady";
    if (node["spec"]["unschedulable"].toBool())
        status += ",SchedulingDisabled";
    const auto address = [&node](std::string_view type) {
        for (const Value &each : node["status"]["addresses"].items()) {
            if (each["type"].text() == type)
                return each["address"].text();
        }
        return std::string("<none>");
    };
    const Value &info = node["status"]["nodeInfo"];
    return {nameOf(node),           status,
            orNone(joined(roles)),  age(node, now),
            info["kubeletVersion"], address("InternalIP"),
            address("ExternalIP"),  info["osImage"],
            info["kernelVersion"],  info["containerRuntimeVersion"]};
}

Cells eventCells(const Value &event, std::int64_t now)
{
    const Value &object = event["involvedObject"];
    const Value &first = event["firstTimestamp"].isNull() ? event["eventTime"] : event["firstTimestamp"];
    const Value &last = event["lastTimestamp"].isNull() ? first : event["lastTimestamp"];
    std::string what =
        object["kind"].text() + (object["name"].text().empty() ? "" : "/" + object["name"].text());
    std::transform(what.begin(), what.begin() + std::ptrdiff_t(object["kind"].text().size()), what.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
    const std::string &host = event["source"]["host"].text();
    const std::string source = event["source"]["component"].text() + (host.empty() ? "" : ", " + host);
    return {ageOf(last, now),
            event["type"],
            event["reason"],
            what,
            object["fieldPath"].text(),
            source,
            event["message"],
            ageOf(first, now),
            Value(event["count"].toInteger(1)),
            nameOf(event)};
}

Cells deploymentCells(const Value &deployment, std::int64_t now)
{
    const Value &status = deployment["status"];
    Cells cells{nameOf(deployment),
                std::to_string(status["readyReplicas"].toInteger()) + "/"
                    + std::to_string(deployment["spec"]["replicas"].toInteger()),
                number(status["updatedReplicas"]), number(status["availableReplicas"]), age(deployment, now)};
    cells = withContainers(std::move(cells), deployment["spec"]["template"]["spec"]);
    cells.push_back(selectorText(deployment["spec"]["selector"]));
    return cells;
}

Cells replicaSetCells(const Value &set, std::int64_t now)
{
    Cells cells{nameOf(set), number(set["spec"]["replicas"]), number(set["status"]["replicas"]),
                number(set["status"]["readyReplicas"]), age(set, now)};
    cells = withContainers(std::move(cells), set["spec"]["template"]["spec"]);
    cells.push_back(selectorText(set["spec"]["selector"]));
    return cells;
}

Cells cronJobCells(const Value &job, std::int64_t now)
{
    const Value &spec = job["spec"];
    const Value &last = job["status"]["lastScheduleTime"];
    Cells cells{nameOf(job),
                spec["schedule"],
                orNone(spec["timeZone"].text()),
                spec["suspend"].toBool() ? "True" : "False",
                Value(int(job["status"]["active"].items().size())),
                last.isNull() ? std::string("<none>") : ageOf(last, now),
                age(job, now)};
    cells = withContainers(std::move(cells), spec["jobTemplate"]["spec"]["template"]["spec"]);
    cells.push_back("<none>");
    return cells;
}

Cells jobCells(const Value &job, std::int64_t now)
{
    const Value &status = job["status"];
    const std::string state = hasCondition(job, "Complete") ? "Complete"
        : hasCondition(job, "Failed")                       ? "Failed"
        : isDeleting(job)                                   ? "Terminating"
        : job["spec"]["suspend"].toBool()                   ? "Suspended"
                                                            : "Running";
    std::string duration;
    if (const auto begun = readTime(status["startTime"].text()))
        duration = humanDuration(readTime(status["completionTime"].text()).value_or(now) - *begun);
    Cells cells{nameOf(job), state,
                std::to_string(status["succeeded"].toInteger()) + "/"
                    + std::to_string(job["spec"]["completions"].toInteger(1)),
                duration, age(job, now)};
    cells = withContainers(std::move(cells), job["spec"]["template"]["spec"]);
    cells.push_back(selectorText(job["spec"]["selector"]));
    return cells;
}

std::string subjectsOf(const Value &binding, std::string_view kind)
{
    std::vector<std::string> names;
    for (const Value &subject : binding["subjects"].items()) {
        if (subject["kind"].text() == kind)
            names.push_back((kind == "ServiceAccount" ? subject["namespace"].text() + "/" : "")
                            + subject["name"].text());
    }
    std::string all;
    for (const std::string &name : names)
        all.append(all.empty() ? "" : ", ").append(name);
    return all;
}

Cells bindingCells(const Value &binding, std::int64_t now)
{
    return {nameOf(binding),
            binding["roleRef"]["kind"].text() + "/" + binding["roleRef"]["name"].text(),
            age(binding, now),
            subjectsOf(binding, "User"),
            subjectsOf(binding, "Group"),
            subjectsOf(binding, "ServiceAccount")};
}

Cells createdCells(const Value &object, std::int64_t)
{
    return {nameOf(object), object["metadata"]["creationTimestamp"]};
}

Cells apiServiceCells(const Value &service, std::int64_t now)
{
    const Value &target = service["spec"]["service"];
    const bool available = hasCondition(service, "Available") || target.isNull();
    return {nameOf(service),
            target.isNull() ? std::string("Local") : target["namespace"].text() + "/" + target["name"].text(),
            available ? "True" : "False", age(service, now)};
}

Cells webhookCells(const Value &configuration, std::int64_t now)
{
    return {nameOf(configuration), Value(int(configuration["webhooks"].items().size())),
            age(configuration, now)};
}

Cells dataCells(const Value &map, std::int64_t now)
{
    return {nameOf(map), Value(int(map["data"].members().size() + map["binaryData"].members().size())),
            age(map, now)};
}

Cells secretCells(const Value &secret, std::int64_t now)
{
    return {nameOf(secret), secret["type"], Value(int(secret["data"].members().size())), age(secret, now)};
}

const Printers &printers()
{
    static const Printers all{
        {"Pod",
         {columns({"Name", "Ready", "Status", "Restarts", "Age"},
                  {"IP", "Node", "Nominated Node", "Readiness Gates"}),
          podCells}},
        {"Service",
         {columns({"Name", "Type", "Cluster-IP", "External-IP", "Port(s)", "Age"}, {"Selector"}),
          serviceCells}},
        {"Endpoints", {columns({"Name", "Endpoints", "Age"}), endpointsCells}},
        {"EndpointSlice",
         {columns({"Name", "AddressType", "Ports", "Endpoints", "Age"}), endpointSliceCells}},
        {"Node",
         {columns({"Name", "Status", "Roles", "Age", "Version"},
                  {"Internal-IP", "External-IP", "OS-Image", "Kernel-Version", "Container-Runtime"}),
          nodeCells}},
        {"Deployment",
         {columns({"Name", "Ready", "Up-to-date", "Available", "Age"}, {"Containers", "Images", "Selector"}),
          deploymentCells}},
        {"ReplicaSet",
         {withType(
              columns({"Name", "Desired", "Current", "Ready", "Age"}, {"Containers", "Images", "Selector"}),
              "integer", {"Desired", "Current", "Ready"}),
          replicaSetCells}},
        {"CronJob",
         {withType(
              withType(columns({"Name", "Schedule", "Timezone", "Suspend", "Active", "Last Schedule", "Age"},
                               {"Containers", "Images", "Selector"}),
                       "boolean", {"Suspend"}),
              "integer", {"Active"}),
          cronJobCells}},
        {"Job",
         {columns({"Name", "Status", "Completions", "Duration", "Age"}, {"Containers", "Images", "Selector"}),
          jobCells}},
        {"RoleBinding",
         {columns({"Name", "Role", "Age"}, {"Users", "Groups", "ServiceAccounts"}), bindingCells}},
        {"ClusterRoleBinding",
         {columns({"Name", "Role", "Age"}, {"Users", "Groups", "ServiceAccounts"}), bindingCells}},
        {"Role", {withType(columns({"Name", "Created At"}), "date", {"Created At"}), createdCells}},
        {"ClusterRole", {withType(columns({"Name", "Created At"}), "date", {"Created At"}), createdCells}},
        {"LimitRange", {withType(columns({"Name", "Created At"}), "date", {"Created At"}), createdCells}},
        {"APIService", {columns({"Name", "Service", "Available", "Age"}), apiServiceCells}},
        {"MutatingWebhookConfiguration",
         {withType(columns({"Name", "Webhooks", "Age"}), "integer", {"Webhooks"}), webhookCells}},
        {"ValidatingWebhookConfiguration",
         {withType(columns({"Name", "Webhooks", "Age"}), "integer", {"Webhooks"}), webhookCells}},
        {"ConfigMap", {columns({"Name", "Data", "Age"}), dataCells}},
        {"Secret", {columns({"Name", "Type", "Data", "Age"}), secretCells}},
        {"Namespace",
         {columns({"Name", "Status", "Age"}),
          [](const Value &o, std::int64_t now) {
              return Cells{nameOf(o), o["status"]["phase"], age(o, now)};
          }}},
        {"ServiceAccount",
         {columns({"Name", "Age"}),
          [](const Value &o, std::int64_t now) {
              return Cells{nameOf(o), age(o, now)};
          }}},
        {"NetworkPolicy",
         {columns({"Name", "Pod-Selector", "Age"}),
          [](const Value &o, std::int64_t now) {
              return Cells{nameOf(o), selectorText(o["spec"]["podSelector"]), age(o, now)};
          }}},
        {"Lease",
         {columns({"Name", "Holder", "Age"}),
          [](const Value &o, std::int64_t now) {
              return Cells{nameOf(o), o["spec"]["holderIdentity"].text(), age(o, now)};
          }}},
        {"Event",
         {{column("Last Seen"), column("Type"), column("Reason"), column("Object"), column("Subobject", 1),
           column("Source", 1), column("Message"), column("First Seen", 1), column("Count", 1),
           column("Name", 1)},
          eventCells}},
    };
    return all;
}

} // namespace

const Printer *builtInPrinter(const ResourceKind &kind)
{
    for (const Printers *all : {&printers(), &clusterPrinters()}) {
        if (const auto found = all->find(kind.kind); found != all->end())
            return &found->second;
    }
    return nullptr;
}

} // namespace demo
