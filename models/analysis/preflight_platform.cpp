// SPDX-License-Identifier: GPL-3.0-or-later
// K1 … K4: who calls the pods that become STRICT by the cluster's own doing.
#include "models/analysis/preflight_scene.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

using Level = PreflightLevel;

// A TCP probe always succeeds at the sidecar; an HTTP one that the injector has rewritten asks the agent on
// 15020.
void addProbes(PreflightScene &scene)
{
    QSet<QString> said;
    for (const auto &one : scene.podPorts()) {
        for (const Probe &probe : one.pod->probes) {
            const QString key = workloadKey(*one.pod) + probe.container + probe.path;
            if (!one.becomesStrict() || plainProbePort(*one.pod, probe) != one.port || said.contains(key))
                continue;
            said.insert(key);
            scene.add(
                {.check = u"K1"_s,
                 .level = Level::Blocker,
                 .subject = workloadRef(*one.pod),
                 .path = u"spec.template.spec.containers[%1].%2"_s.arg(probe.container, probe.path),
                 .value = u"port %1"_s.arg(one.port),
                 .message =
                     u"the kubelet asks this port in clear text; STRICT refuses it and the pod is not ready any more or restarts"_s,
                 .remedy =
                     u"let the injector rewrite probes (sidecar.istio.io/rewriteAppHTTPProbers), and restart the pod"_s,
                 .verify = u"V6: the pods stay ready"_s,
                 .exception = scene.exceptionFor(*one.pod, one.port)});
        }
    }
}

// Whose webhook stops more than the objects that it looks at: of pods, certificates and networks, or of the edge's own
// kinds.
bool isCritical(const ServiceHook &hook)
{
    static const QStringList names{u"apiext"_s,  u"istiod"_s,     u"injector"_s, u"cert-manager"_s,
                                   u"kyverno"_s, u"gatekeeper"_s, u"cilium"_s,   u"calico"_s};
    return std::any_of(names.begin(), names.end(), [&](const QString &name) {
        return hook.service.contains(name) || hook.nameSpace.contains(name);
    });
}

QStringList effectOf(const ServiceHook &hook)
{
    QStringList lines;
    if (isCritical(hook))
        lines.append(u"CRITICAL: pods, certificates, policies or the edge's own kinds depend on it"_s);
    if (hook.object.kind == "CustomResourceDefinition"_L1)
        lines.append(
            u"a conversion: objects of %1 could be neither read nor written in a version other than the stored one"_s
                .arg(hook.object.name));
    else if (hook.object.kind == "APIService"_L1)
        lines.append(u"an aggregated API: everything of %1 would fail"_s.arg(hook.object.name));
    else
        lines.append(hook.failsClosed ? u"failurePolicy Fail: objects could not be written any more"_s
                                      : u"failurePolicy Ignore: its checks would silently be left out"_s);
    return lines;
}

void addHooks(PreflightScene &scene)
{
    QStringList unread;
    for (const QString &plural : {u"mutatingwebhookconfigurations"_s, u"validatingwebhookconfigurations"_s,
                                  u"customresourcedefinitions"_s, u"apiservices"_s}) {
        if (!scene.snapshot().knows(plural) && !scene.snapshot().isAbsent(plural))
            unread.append(scene.snapshot().whyUnknown(plural));
    }
    for (const ServiceHook &hook : scene.snapshot().serviceHooks) {
        const Service *service = scene.snapshot().service(hook.nameSpace, hook.service);
        if (service && service->selector.isEmpty() && !scene.snapshot().knows(u"endpointslices"_s))
            unread.append(u"Service %1/%2, which %3 calls, has no selector, and %4"_s.arg(
                hook.nameSpace, hook.service, hook.object.text(),
                scene.snapshot().whyUnknown(u"endpointslices"_s)));
        const ServicePort *port = service ? service->portOf(hook.port) : nullptr;
        const auto *pod = port ? scene.strictPodOf(*service, *port) : nullptr;
        if (pod)
            scene.add(
                {.check = u"K2"_s,
                 .level = Level::Blocker,
                 .subject = hook.object,
                 .path = hook.path,
                 .value = u"Service %1/%2:%3"_s.arg(hook.nameSpace, hook.service).arg(hook.port),
                 .message =
                     u"the API server has no certificate of the mesh; its calls to port %1 of pod %2 would end with EOF"_s
                         .arg(pod->port)
                         .arg(pod->pod->name),
                 .evidence = effectOf(hook),
                 .remedy = u"let this port stay PERMISSIVE"_s,
                 .verify = u"V6: no event with \"failed calling webhook\""_s,
                 .exception = scene.exceptionFor(*pod->pod, pod->port)});
    }
    unread.removeDuplicates();
    if (!unread.isEmpty())
        scene.skip(u"K2"_s, unread.join(u"; "_s));
}

void addOpenServices(PreflightScene &scene)
{
    for (const Service &service : scene.snapshot().services) {
        if (service.type != "LoadBalancer"_L1 && service.type != "NodePort"_L1)
            continue;
        for (const ServicePort &port : service.ports) {
            if (const auto *pod = scene.strictPodOf(service, port)) {
                scene.add(
                    {.check = u"K3"_s,
                     .level = Level::Likely,
                     .subject = {u"Service"_s, service.nameSpace, service.name},
                     .path = u"spec.type"_s,
                     .value = service.type,
                     .message =
                         u"callers from outside the cluster reach pods that become STRICT without a gateway of the mesh"_s,
                     .remedy = u"lead them over the edge or a gateway, or let port %1 stay PERMISSIVE"_s.arg(
                         pod->port),
                     .verify = u"V9"_s,
                     .exception = scene.exceptionFor(*pod->pod, pod->port)});
                break;
            }
        }
    }
}

const PreflightScene::PodPort *strictPodOf(const PreflightScene &scene, const Service *service)
{
    if (service) {
        for (const ServicePort &port : service->ports) {
            if (const auto *pod = scene.strictPodOf(*service, port))
                return pod;
        }
    }
    return nullptr;
}

void addForeignIngresses(PreflightScene &scene)
{
    for (const ForeignIngress &ingress : scene.snapshot().ingresses) {
        if (ingress.className == "ambassador"_L1 || ingress.className == "istio"_L1)
            continue;
        for (const QString &name : ingress.services) {
            if (const auto *strict = strictPodOf(scene, scene.snapshot().service(ingress.nameSpace, name)))
                scene.add(
                    {.check = u"K3"_s,
                     .level = Level::Likely,
                     .subject = {u"Ingress"_s, ingress.nameSpace, ingress.name},
                     .path = u"spec.ingressClassName"_s,
                     .value = ingress.className,
                     .message =
                         u"its controller sends clear text to Service %1, which becomes STRICT"_s.arg(name),
                     .remedy = u"route it over the edge, or inject its controller"_s,
                     .verify = u"V9"_s,
                     .exception = scene.exceptionFor(*strict->pod, strict->port)});
        }
    }
}

template<typename Item>
const Item *findNamed(const QList<Item> &items, const QString &name)
{
    const auto found =
        std::find_if(items.begin(), items.end(), [&](const Item &item) { return item.name == name; });
    return found == items.end() ? nullptr : &*found;
}

// Gateways of Istio's and of the edge's own controller bring a certificate of the mesh, or are judged as an edge.
bool isOfTheMesh(const Snapshot &snapshot, const Gateway &gateway)
{
    const GatewayClass *known = findNamed(snapshot.gatewayClasses, gateway.className);
    const QString controller = known ? known->controller : QString();
    return controller.startsWith("istio.io/"_L1) || controller.startsWith("getambassador.io/"_L1)
        || (!known && gateway.className.startsWith("istio"_L1));
}

// The first Gateway outside the mesh that a route hangs from; nullptr: none that is known.
const Gateway *foreignGateway(const Snapshot &snapshot, const GatewayRoute &route)
{
    for (const GatewayRoute::Parent &parent : route.parents) {
        for (const Gateway &gateway : snapshot.gateways) {
            if (parent.kind == "Gateway"_L1 && gateway.nameSpace == parent.nameSpace
                && gateway.name == parent.name && !isOfTheMesh(snapshot, gateway))
                return &gateway;
        }
    }
    return nullptr;
}

void addGatewayRoutes(PreflightScene &scene)
{
    const Snapshot &snapshot = scene.snapshot();
    for (const QString &plural : {u"gateways"_s, u"httproutes"_s}) {
        if (!snapshot.knows(plural) && !snapshot.isAbsent(plural) && snapshot.unavailable.contains(plural))
            return scene.skip(u"K3"_s, snapshot.whyUnknown(plural));
    }
    for (const GatewayRoute &route : snapshot.gatewayRoutes) {
        const Gateway *gateway = foreignGateway(snapshot, route);
        if (!gateway)
            continue;
        for (const GatewayRoute::Backend &backend : route.backends) {
            const Service *service = snapshot.service(backend.nameSpace, backend.service);
            const ServicePort *port = service ? service->portOf(backend.port) : nullptr;
            const auto *strict = port ? scene.strictPodOf(*service, *port) : nullptr;
            if (strict)
                scene.add(
                    {.check = u"K3"_s,
                     .level = Level::Likely,
                     .subject = {route.kind, route.nameSpace, route.name},
                     .path = backend.path,
                     .value = backend.nameSpace + u'/' + backend.service,
                     .message =
                         u"Gateway %1/%2 of class %3 sends clear text to Service %4/%5, which becomes STRICT"_s
                             .arg(gateway->nameSpace, gateway->name, gateway->className, backend.nameSpace,
                                  backend.service),
                     .remedy = u"route it over the edge, or inject the Gateway's pods"_s,
                     .verify = u"V9"_s,
                     .exception = scene.exceptionFor(*strict->pod, strict->port)});
        }
    }
}

void addScrapes(PreflightScene &scene)
{
    QSet<QString> said;
    for (const auto &one : scene.podPorts()) {
        if (scrapedPort(*one.pod) != one.port || !one.becomesStrict() || said.contains(workloadKey(*one.pod)))
            continue;
        said.insert(workloadKey(*one.pod));
        scene.add({.check = u"K4"_s,
                   .level = Level::Likely,
                   .subject = workloadRef(*one.pod),
                   .path = u"metadata.annotations[prometheus.io/port]"_s,
                   .value = QString::number(one.port),
                   .message = u"Prometheus reads this port in clear text"_s,
                   .remedy = scene.snapshot().mesh.prometheusMerge
                       ? u"restart the pod: with metrics merging the injector sends Prometheus to 15020"_s
                       : u"switch metrics merging on, or let the port stay PERMISSIVE"_s,
                   .verify = u"V7: up stays 1"_s,
                   .exception = scene.exceptionFor(*one.pod, one.port)});
    }
}

// Once for each field of a monitor and workload; a target that is asked with a certificate is left alone.
void addMonitors(PreflightScene &scene)
{
    for (const QString &plural : {u"servicemonitors"_s, u"podmonitors"_s}) {
        if (scene.snapshot().unavailable.contains(plural) && !scene.snapshot().isAbsent(plural))
            return scene.skip(u"K4"_s, scene.snapshot().whyUnknown(plural));
    }
    QSet<QPair<const ScrapeMonitor::Endpoint *, QString>> said;
    for (const ScrapeTarget &target : scene.scrapeTargets()) {
        const auto *strict = target.endpoint->ownTls ? nullptr : scene.strictPortOf(*target.pod, target.port);
        const auto key = qMakePair(target.endpoint, workloadKey(*target.pod));
        if (!strict || said.contains(key))
            continue;
        said.insert(key);
        scene.add(
            {.check = u"K4"_s,
             .level = Level::Likely,
             .subject = {target.monitor->kind, target.monitor->nameSpace, target.monitor->name},
             .path = target.endpoint->path,
             .value = QString::number(target.port),
             .message =
                 u"makes Prometheus read port %1 of %2 in clear text"_s.arg(target.port).arg(key.second),
             .remedy = u"give its endpoint the mesh's certificate (scheme https with tlsConfig), or let "
                       "the port stay PERMISSIVE"_s,
             .verify = u"V7: up stays 1"_s,
             .exception = scene.exceptionFor(*target.pod, target.port)});
    }
}

} // namespace

void checkPlatform(PreflightScene &scene)
{
    addProbes(scene);
    addHooks(scene);
    addOpenServices(scene);
    addForeignIngresses(scene);
    addGatewayRoutes(scene);
    addScrapes(scene);
    addMonitors(scene);
}

} // namespace models
