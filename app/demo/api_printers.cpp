// SPDX-License-Identifier: GPL-3.0-or-later
// What kubectl get shows of built-in kinds (kubernetes pkg/printers/internalversion/printers.go, in our own words).
#include "app/demo/api_table.h"
#include "app/demo/object_meta.h"

#include <algorithm>

namespace demo {

namespace {

using Cells = Value::Array;

ResourceKind::Column column(std::string name, int priority = 0, std::string type = "string")
{
    std::string format = name == "Name" && priority == 0 ? "name" : "";
    return {std::move(name), std::move(type), {}, priority, std::move(format), {}};
}

Columns columns(std::initializer_list<const char *> always, std::initializer_list<const char *> wide = {})
{
    Columns all;
    for (const char *name : always)
        all.push_back(column(name));
    for (const char *name : wide)
        all.push_back(column(name, 1));
    return all;
}

std::string orNone(std::string text) { return text.empty() ? "<none>" : text; }

std::string joined(const std::vector<std::string> &texts)
{
    std::string all;
    for (const std::string &text : texts)
        all.append(all.empty() ? "" : ",").append(text);
    return all;
}

std::string labelText(const Value &labels)
{
    std::vector<std::string> pairs;
    for (const auto &[key, value] : labels.members())
        pairs.push_back(key + "=" + value.text());
    std::sort(pairs.begin(), pairs.end());
    return joined(pairs);
}

std::string selectorText(const Value &selector)
{
    std::string text = labelText(selector["matchLabels"]);
    for (const Value &expression : selector["matchExpressions"].items()) {
        std::vector<std::string> values;
        for (const Value &value : expression["values"].items())
            values.push_back(value.text());
        const std::string &op = expression["operator"].text();
        const std::string word = op == "In" ? " in (" + joined(values) + ")"
            : op == "NotIn"                 ? " notin (" + joined(values) + ")"
                                            : "";
        text += (text.empty() ? "" : ",") + std::string(op == "DoesNotExist" ? "!" : "")
            + expression["key"].text() + word;
    }
    return orNone(text);
}

std::string age(const Value &object, std::int64_t now)
{
    return ageOf(object["metadata"]["creationTimestamp"], now);
}

Value number(const Value &value) { return Value(value.toInteger()); }

std::string fieldsOf(const Value &items, std::string_view field)
{
    std::vector<std::string> texts;
    for (const Value &item : items.items())
        texts.push_back(item[field].text());
    return joined(texts);
}

Cells withContainers(Cells cells, const Value &podSpec)
{
    cells.push_back(fieldsOf(podSpec["containers"], "name"));
    cells.push_back(fieldsOf(podSpec["containers"], "image"));
    return cells;
}

bool hasCondition(const Value &object, std::string_view type, std::string_view status = "True")
{
    const auto &conditions = object["status"]["conditions"].items();
    return std::any_of(conditions.begin(), conditions.end(), [&](const Value &each) {
        return each["type"].text() == type && each["status"].text() == status;
    });
}

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

std::string limited(const std::vector<std::string> &texts, std::size_t most = 3)
{
    if (texts.size() <= most)
        return orNone(joined(texts));
    return joined({texts.begin(), texts.begin() + std::ptrdiff_t(most)}) + " + "
        + std::to_string(texts.size() - most) + " more...";
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

const std::map<std::string_view, Printer> &printers()
{
    static const std::map<std::string_view, Printer> all{
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
         {columns({"Name", "Desired", "Current", "Ready", "Age"}, {"Containers", "Images", "Selector"}),
          replicaSetCells}},
        {"CronJob",
         {columns({"Name", "Schedule", "Timezone", "Suspend", "Active", "Last Schedule", "Age"},
                  {"Containers", "Images", "Selector"}),
          cronJobCells}},
        {"Job",
         {columns({"Name", "Status", "Completions", "Duration", "Age"}, {"Containers", "Images", "Selector"}),
          jobCells}},
        {"RoleBinding",
         {columns({"Name", "Role", "Age"}, {"Users", "Groups", "ServiceAccounts"}), bindingCells}},
        {"ClusterRoleBinding",
         {columns({"Name", "Role", "Age"}, {"Users", "Groups", "ServiceAccounts"}), bindingCells}},
        {"Role", {columns({"Name", "Created At"}), createdCells}},
        {"ClusterRole", {columns({"Name", "Created At"}), createdCells}},
        {"CustomResourceDefinition", {columns({"Name", "Created At"}), createdCells}},
        {"APIService", {columns({"Name", "Service", "Available", "Age"}), apiServiceCells}},
        {"MutatingWebhookConfiguration", {columns({"Name", "Webhooks", "Age"}), webhookCells}},
        {"ValidatingWebhookConfiguration", {columns({"Name", "Webhooks", "Age"}), webhookCells}},
        {"ConfigMap", {columns({"Name", "Data", "Age"}), dataCells}},
        {"Secret", {columns({"Name", "Type", "Data", "Age"}), secretCells}},
        {"Namespace",
         {columns({"Name", "Status", "Age"}),
          [](const Value &o, std::int64_t now) {
              return Cells{nameOf(o), o["status"]["phase"], age(o, now)};
          }}},
        {"ServiceAccount",
         {columns({"Name", "Secrets", "Age"}),
          [](const Value &o, std::int64_t now) {
              return Cells{nameOf(o), Value(int(o["secrets"].items().size())), age(o, now)};
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
           column("Source", 1), column("Message"), column("First Seen", 1), column("Count", 1, "integer"),
           column("Name", 1)},
          eventCells}},
    };
    return all;
}

} // namespace

const Printer *builtInPrinter(const ResourceKind &kind)
{
    const auto found = printers().find(kind.kind);
    return found == printers().end() ? nullptr : &found->second;
}

} // namespace demo
