// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/prometheus_discovery.h"

#include "app/demo/pod_identity.h"

#include <algorithm>

namespace demo {

namespace {

constexpr std::string_view Path = "/discovery?role=";
constexpr std::string_view NamespacesParameter = "&namespaces=";
constexpr const char *RefreshInterval = "2s";

std::string labelName(std::string text)
{
    for (char &c : text) {
        const bool isSafe = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        c = isSafe ? c : '_';
    }
    return text;
}

void put(Value &labels, const std::string &name, std::string value)
{
    labels.set("__meta_kubernetes_" + name, std::move(value));
}

void putAll(Value &labels, const std::string &prefix, const Value &object)
{
    for (const char *map : {"label", "annotation"}) {
        const std::string of = map;
        for (const auto &[name, value] : object.at({"metadata", of + "s"}).members()) {
            put(labels, prefix + "_" + of + "_" + labelName(name), value.text());
            put(labels, prefix + "_" + of + "present_" + labelName(name), "true");
        }
    }
}

void putPod(Value &labels, const Value &pod)
{
    put(labels, "pod_name", pod.at({"metadata", "name"}).text());
    put(labels, "pod_uid", pod.at({"metadata", "uid"}).text());
    put(labels, "pod_ip", pod.at({"status", "podIP"}).text());
    put(labels, "pod_phase", pod.at({"status", "phase"}).text());
    put(labels, "pod_ready", isReady(pod) ? "true" : "false");
    put(labels, "pod_node_name", pod.at({"spec", "nodeName"}).text());
    put(labels, "pod_host_ip", pod.at({"status", "hostIP"}).text());
    for (const Value &owner : pod.at({"metadata", "ownerReferences"}).items()) {
        put(labels, "pod_controller_kind", owner["kind"].text());
        put(labels, "pod_controller_name", owner["name"].text());
    }
    putAll(labels, "pod", pod);
}

void putContainer(Value &labels, const Value &container, const Value *port)
{
    put(labels, "pod_container_name", container["name"].text());
    put(labels, "pod_container_image", container["image"].text());
    put(labels, "pod_container_init", "false");
    if (!port)
        return;
    put(labels, "pod_container_port_name", (*port)["name"].text());
    put(labels, "pod_container_port_number", (*port)["containerPort"].text());
    put(labels, "pod_container_port_protocol",
        (*port)["protocol"].isString() ? (*port)["protocol"].text() : "TCP");
}

Value target(const std::string &address, Value labels)
{
    return Value::object({{"targets", Value::array({address})}, {"labels", std::move(labels)}});
}

void addPod(Value &targets,
            const Value &pod) // one target a port; a container without ports: its bare address
{
    const std::string &address = pod.at({"status", "podIP"}).text();
    if (address.empty())
        return;
    Value common;
    put(common, "namespace", pod.at({"metadata", "namespace"}).text());
    putPod(common, pod);
    for (const Value &container : pod.at({"spec", "containers"}).items()) {
        if (container["ports"].items().empty()) {
            Value labels = common;
            putContainer(labels, container, nullptr);
            targets.push(target(address, std::move(labels)));
        }
        for (const Value &port : container["ports"].items()) {
            Value labels = common;
            putContainer(labels, container, &port);
            targets.push(target(address + ":" + port["containerPort"].text(), std::move(labels)));
        }
    }
}

void addPort(Value &targets, const Store &store, const Value &common, const Value &port, const Value &address,
             bool ready)
{
    Value labels = common;
    put(labels, "endpoint_port_name", port["name"].text());
    put(labels, "endpoint_port_protocol", port["protocol"].text());
    put(labels, "endpoint_ready", ready ? "true" : "false");
    put(labels, "endpoint_node_name", address["nodeName"].text());
    if (const Value &reference = address["targetRef"]; reference.isObject()) {
        put(labels, "endpoint_address_target_kind", reference["kind"].text());
        put(labels, "endpoint_address_target_name", reference["name"].text());
        if (const ObjectPtr pod =
                store.get(*store.find("", "pods"), reference["namespace"].text(), reference["name"].text()))
            putPod(labels, *pod);
    }
    targets.push(target(address["ip"].text() + ":" + port["port"].text(), std::move(labels)));
}

void addEndpoints(Value &targets, const Store &store, const Value &endpoints)
{
    Value common;
    const std::string &nameSpace = endpoints.at({"metadata", "namespace"}).text();
    const std::string &name = endpoints.at({"metadata", "name"}).text();
    put(common, "namespace", nameSpace);
    put(common, "endpoints_name", name);
    putAll(common, "endpoints", endpoints);
    if (const ObjectPtr service = store.get(*store.find("", "services"), nameSpace, name)) {
        put(common, "service_name", name);
        putAll(common, "service", *service);
    }
    for (const Value &subset : endpoints["subsets"].items()) {
        for (const Value &port : subset["ports"].items()) {
            for (const Value &address : subset["addresses"].items())
                addPort(targets, store, common, port, address, true);
            for (const Value &address : subset["notReadyAddresses"].items())
                addPort(targets, store, common, port, address, false);
        }
    }
}

void addService(Value &targets, const Value &service)
{
    const std::string &nameSpace = service.at({"metadata", "namespace"}).text();
    const std::string &name = service.at({"metadata", "name"}).text();
    for (const Value &port : service.at({"spec", "ports"}).items()) {
        Value labels;
        put(labels, "namespace", nameSpace);
        put(labels, "service_name", name);
        put(labels, "service_cluster_ip", service.at({"spec", "clusterIP"}).text());
        put(labels, "service_port_name", port["name"].text());
        put(labels, "service_port_number", port["port"].text());
        putAll(labels, "service", service);
        targets.push(target(name + "." + nameSpace + ".svc:" + port["port"].text(), std::move(labels)));
    }
}

void addNode(Value &targets, const Value &node)
{
    Value labels;
    put(labels, "node_name", node.at({"metadata", "name"}).text());
    putAll(labels, "node", node);
    for (const Value &address : node.at({"status", "addresses"}).items()) {
        if (address["type"].text() == "InternalIP")
            targets.push(target(address["address"].text() + ":10250", labels));
    }
}

std::vector<ObjectPtr> objectsOf(const Store &store, std::string_view plural,
                                 const std::vector<std::string> &namespaces)
{
    std::vector<ObjectPtr> all = store.list(*store.find("", plural));
    std::erase_if(all, [&](const ObjectPtr &object) {
        return !namespaces.empty()
            && std::find(namespaces.begin(), namespaces.end(), object->at({"metadata", "namespace"}).text())
            == namespaces.end();
    });
    return all;
}

} // namespace

Value discoverTargets(const Store &store, const DiscoveryQuery &query)
{
    Value targets = Value::array();
    if (query.role == "pod") {
        for (const ObjectPtr &pod : objectsOf(store, "pods", query.namespaces))
            addPod(targets, *pod);
    } else if (query.role == "endpoints" || query.role == "endpointslice") {
        for (const ObjectPtr &endpoints : objectsOf(store, "endpoints", query.namespaces))
            addEndpoints(targets, store, *endpoints);
    } else if (query.role == "service") {
        for (const ObjectPtr &service : objectsOf(store, "services", query.namespaces))
            addService(targets, *service);
    } else if (query.role == "node") {
        for (const ObjectPtr &node : objectsOf(store, "nodes", {}))
            addNode(targets, *node);
    }
    return targets;
}

std::string discoveryPath(const Value &kubernetesDiscovery)
{
    std::string path =
        std::string(Path) + kubernetesDiscovery["role"].text() + std::string(NamespacesParameter);
    bool first = true;
    for (const Value &name : kubernetesDiscovery.at({"namespaces", "names"}).items()) {
        path += (first ? "" : ",") + name.text();
        first = false;
    }
    return path;
}

std::optional<DiscoveryQuery> readDiscoveryPath(std::string_view target)
{
    const std::size_t at = target.find(NamespacesParameter);
    if (!target.starts_with(Path) || at == std::string_view::npos)
        return {};
    DiscoveryQuery query;
    query.role = target.substr(Path.size(), at - Path.size());
    for (std::string_view names = target.substr(at + NamespacesParameter.size()); !names.empty();) {
        const std::size_t comma = std::min(names.find(','), names.size());
        query.namespaces.emplace_back(names.substr(0, comma));
        names.remove_prefix(std::min(comma + 1, names.size()));
    }
    return query;
}

edge::Result<std::string> prometheusConfiguration(const std::string &text, std::uint16_t proxyPort)
{
    const auto documents = edge::parseYaml(text, "prometheus.yml");
    if (!documents)
        return tl::unexpected(documents.error());
    Value configuration = documents->empty() ? Value::object() : documents->front();
    if (!configuration["scrape_configs"].isArray())
        return edge::toYaml(configuration);
    const std::string proxy = "http://127.0.0.1:" + std::to_string(proxyPort);
    for (Value &job : configuration.child("scrape_configs").mutableItems()) {
        job.set("proxy_url", proxy);
        const Value discoveries = job["kubernetes_sd_configs"];
        job.erase("kubernetes_sd_configs");
        for (const Value &discovery : discoveries.items())
            job.child("http_sd_configs")
                .push(Value::object(
                    {{"url", proxy + discoveryPath(discovery)}, {"refresh_interval", RefreshInterval}}));
    }
    return edge::toYaml(configuration);
}

} // namespace demo
