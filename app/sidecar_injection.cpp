// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sidecar_injection.h"

#include "models/resources/text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace app {

namespace {

const char ProxyName[] = "istio-proxy";
const char InjectKey[] = "sidecar.istio.io/inject";
const char AmbientKey[] = "istio.io/dataplane-mode";
constexpr int AgentPort = 15020;

bool hasProxy(const edge::Value &spec)
{
    for (const char *list : {"containers", "initContainers"}) {
        const auto &items = spec[list].items();
        if (std::any_of(items.begin(), items.end(),
                        [](const edge::Value &one) { return one["name"].text() == ProxyName; }))
            return true;
    }
    return false;
}

// Istio pkg/kube/inject/initializer.go, IgnoredNamespaces.
bool isIgnored(const QString &nameSpace)
{
    return nameSpace == "kube-system"_L1 || nameSpace == "kube-public"_L1 || nameSpace == "kube-node-lease"_L1
        || nameSpace == "local-path-storage"_L1;
}

edge::Value agentRequest(const std::string &path)
{
    return edge::Value::object({{"path", path}, {"port", AgentPort}});
}

void rewriteProbes(edge::Value &container)
{
    const std::string name = container["name"].text();
    for (const auto &[probe, path] : {std::pair("livenessProbe", "/livez"),
                                      {"readinessProbe", "/readyz"},
                                      {"startupProbe", "/startupz"}}) {
        if (container[probe]["httpGet"].isNull() && container[probe]["grpc"].isNull())
            continue;
        container.child(probe).erase("grpc");
        container.child(probe).set("httpGet", agentRequest("/app-health/" + name + path));
    }
    for (const auto &[hook, path] : {std::pair("postStart", "/poststartz"), {"preStop", "/prestopz"}}) {
        if (!container.at({"lifecycle", hook, "httpGet"}).isNull())
            container.child("lifecycle")
                .child(hook)
                .set("httpGet", agentRequest("/app-lifecycle/" + name + path));
    }
}

// With metrics merging Prometheus asks the agent, which was told where the application's own are.
void mergeMetrics(edge::Value &annotations, edge::Value &proxy)
{
    edge::Value told = edge::Value::object();
    for (const char *field : {"scrape", "path", "port"})
        told.set(field, annotations[std::string("prometheus.io/") + field]);
    proxy.child("env").push(
        edge::Value::object({{"name", "ISTIO_PROMETHEUS_ANNOTATIONS"}, {"value", edge::toJson(told)}}));
    annotations.set("prometheus.io/path", "/stats/prometheus");
    annotations.set("prometheus.io/port", std::to_string(AgentPort));
}

} // namespace

Injection injectionOf(const edge::Value &pod, const models::Snapshot &snapshot)
{
    const edge::Value &metadata = pod["metadata"];
    const QString nameSpace = models::text(metadata["namespace"]);
    if (hasProxy(pod["spec"]))
        return Injection::AsWritten;
    if (pod["spec"]["hostNetwork"].toBool() || isIgnored(nameSpace))
        return Injection::None;
    const models::Labels labels = models::texts(metadata["labels"]);
    const models::Labels annotations = models::texts(metadata["annotations"]);
    const models::Namespace *home = snapshot.nameSpace(nameSpace);
    const QString label = labels.value(QLatin1String(InjectKey));
    if (!home && label.isEmpty() && annotations.value(QLatin1String(InjectKey)) != "false"_L1)
        return Injection::Unknown;
    if (snapshot.injects(nameSpace, labels, annotations))
        return Injection::Sidecar;
    const QString ambient =
        labels.value(QLatin1String(AmbientKey), home ? home->labels.value(QLatin1String(AmbientKey)) : u""_s);
    return ambient == "ambient"_L1 ? Injection::Ambient : Injection::None;
}

edge::Value injected(edge::Value pod, const models::MeshConfig &mesh)
{
    edge::Value &annotations = pod.child("metadata").child("annotations");
    edge::Value proxy = edge::Value::object({{"name", ProxyName}});
    if (annotations["sidecar.istio.io/rewriteAppHTTPProbers"].text() != "false") {
        for (edge::Value &container : pod.child("spec").child("containers").mutableItems())
            rewriteProbes(container);
    }
    if (mesh.prometheusMerge && annotations["prometheus.io/scrape"].text() == "true"
        && annotations["prometheus.istio.io/merge-metrics"].text() != "false")
        mergeMetrics(annotations, proxy);
    annotations.set("sidecar.istio.io/status", R"({"containers":["istio-proxy"]})");
    pod.child("metadata").child("labels").set("security.istio.io/tlsMode", "istio");
    pod.child("spec").child("containers").push(std::move(proxy));
    return pod;
}

} // namespace app
