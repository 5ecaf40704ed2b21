// SPDX-License-Identifier: GPL-3.0-or-later
// K1 … K4: who calls the pods that become STRICT by the cluster's own doing.
#include "models/analysis/preflight_scene.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

using Level = PreflightLevel;
using Servers = QList<const PreflightScene::PodPort *>;

// Of a template that can be changed; a pod on its own cannot.
QByteArray rewritePatch(const Pod &pod)
{
    static const QStringList kinds{u"Deployment"_s, u"StatefulSet"_s, u"DaemonSet"_s};
    return kinds.contains(pod.workloadKind())
        ? R"({"spec":{"template":{"metadata":{"annotations":{"sidecar.istio.io/rewriteAppHTTPProbers":"true"}}}}})"
        : QByteArray();
}

// A TCP probe always succeeds at the sidecar; an HTTP one that the injector has rewritten asks the agent on 15020.  Where the
// node's ztunnel stands before the pod, the node gives the kubelet's probes an address of their own, which is let through.
void addProbes(PreflightScene &scene)
{
    QSet<QString> said;
    for (const auto &one : scene.podPorts()) {
        for (const Probe &probe : one.pod->probes) {
            if (!one.becomesStrict() || !one.pod->hasSidecar || plainProbePort(*one.pod, probe) != one.port)
                continue;
            const QString key = workloadKey(*one.pod) + probe.container + probe.path;
            if (said.contains(key))
                continue;
            said.insert(key);
            scene.add(
                {.check = u"K1"_s,
                 .level = Level::Blocker,
                 .subject = workloadRef(*one.pod),
                 .path = templatePath(*one.pod, u"spec.containers[%1].%2"_s.arg(probe.container, probe.path)),
                 .value = u"port %1"_s.arg(one.port),
                 .message =
                     u"the kubelet asks this port in clear text; STRICT refuses it and the pod is not ready any more or restarts"_s,
                 .remedy =
                     u"let the injector rewrite probes (sidecar.istio.io/rewriteAppHTTPProbers), and restart the pod"_s,
                 .patch = rewritePatch(*one.pod),
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
    for (const ServiceHook &hook : scene.snapshot().serviceHooks) {
        const Service *service = scene.snapshot().service(hook.nameSpace, hook.service);
        if (service && service->selector.isEmpty() && scene.isUnread(scene.snapshot().slicesPlural()))
            scene.skip(u"K2"_s,
                       u"Service %1/%2, which %3 calls, has no selector, and %4"_s.arg(
                           hook.nameSpace, hook.service, hook.object.text(),
                           scene.whyUnread(scene.snapshot().slicesPlural())));
        const ServicePort *port = service ? service->portOf(hook.port) : nullptr;
        const auto servers = port ? scene.strictPodsOf(*service, *port) : Servers();
        for (const auto *pod : servers)
            scene.add(
                {.check = u"K2"_s,
                 .level = Level::Blocker,
                 .subject = hook.object,
                 .path = hook.path,
                 .value = hook.url.isEmpty()
                     ? u"Service %1/%2:%3"_s.arg(hook.nameSpace, hook.service).arg(hook.port)
                     : hook.url,
                 .message =
                     u"the API server has no certificate of the mesh; its calls to port %1 of %2 would end with EOF"_s
                         .arg(pod->port)
                         .arg(workloadKey(*pod->pod)),
                 .evidence = effectOf(hook),
                 .remedy = u"let this port stay PERMISSIVE"_s,
                 .verify = u"V6: no event with \"failed calling webhook\""_s,
                 .exception = scene.exceptionFor(*pod->pod, pod->port)});
    }
}

// One for each workload and port that somebody from outside the mesh is led to.
PreflightRow doorRow(const PreflightScene &scene, const ObjectRef &door,
                     const PreflightScene::PodPort &server)
{
    PreflightRow row;
    row.check = u"K3"_s;
    row.level = Level::Likely;
    row.subject = door;
    row.verify = u"V9"_s;
    row.exception = scene.exceptionFor(*server.pod, server.port);
    return row;
}

void addOpenServices(PreflightScene &scene)
{
    for (const Service &service : scene.snapshot().services) {
        const bool isOpenType = service.type == "LoadBalancer"_L1 || service.type == "NodePort"_L1;
        if (!isOpenType && service.externalIps.isEmpty())
            continue;
        QSet<QString> said; // two ports of it may lead to one
        for (const ServicePort &port : service.ports) {
            const Servers servers = scene.strictPodsOf(service, port);
            for (const auto *server : servers) {
                const QString name = u"port %1 of %2"_s.arg(server->port).arg(workloadKey(*server->pod));
                if (said.contains(name))
                    continue;
                said.insert(name);
                PreflightRow row = doorRow(scene, {u"Service"_s, service.nameSpace, service.name}, *server);
                row.path = isOpenType ? u"spec.type"_s : u"spec.externalIPs"_s;
                row.value = isOpenType ? service.type : service.externalIps.join(u", "_s);
                row.message =
                    u"callers from outside the cluster reach %1, which becomes STRICT, without a gateway of the mesh"_s
                        .arg(name);
                row.remedy = u"lead them over the edge or a gateway, or let port %1 stay PERMISSIVE"_s.arg(
                    server->port);
                scene.add(row);
            }
        }
    }
}

// A port of the node leads to the pod without any Service.
void addHostPorts(PreflightScene &scene)
{
    QSet<QString> said;
    for (const auto &one : scene.podPorts()) {
        const auto &ports = one.pod->ports;
        const auto open = std::find_if(ports.begin(), ports.end(), [&one](const ContainerPort &port) {
            return port.hostPort > 0 && port.port == one.port && port.isTcp;
        });
        if (open == ports.end() || !one.becomesStrict())
            continue;
        const QString name = u"port %1 of %2"_s.arg(one.port).arg(workloadKey(*one.pod));
        if (said.contains(name))
            continue;
        said.insert(name);
        PreflightRow row = doorRow(scene, workloadRef(*one.pod), one);
        row.path = templatePath(*one.pod, u"spec.containers[%1].ports"_s.arg(open->container));
        row.value = u"hostPort %1"_s.arg(open->hostPort);
        row.message =
            u"callers reach %1, which becomes STRICT, by port %2 of its nodes, without a gateway of the mesh"_s
                .arg(name)
                .arg(open->hostPort);
        row.remedy = u"take hostPort away, or let port %1 stay PERMISSIVE"_s.arg(one.port);
        scene.add(row);
    }
}

template<typename Item>
const Item *findNamed(const QList<Item> &items, const QString &name)
{
    const auto found =
        std::find_if(items.begin(), items.end(), [&](const Item &item) { return item.name == name; });
    return found == items.end() ? nullptr : &*found;
}

// Controllers that bring a certificate of the mesh, or are judged as an edge.
bool isControllerOfTheMesh(const QString &controller)
{
    return controller.startsWith("istio.io/"_L1) || controller.startsWith("getambassador.io/"_L1);
}

// By its class's controller, whatever the class is called; by annotation, by the controller's own name.
bool isOfTheMesh(const Snapshot &snapshot, const Ingress &ingress)
{
    const auto &classes = snapshot.ingressClasses;
    const IngressClass *known = findNamed(classes, ingress.className);
    if (ingress.className.isEmpty()) {
        const auto byDefault = std::find_if(classes.begin(), classes.end(),
                                            [](const IngressClass &one) { return one.isDefault; });
        known = byDefault == classes.end() ? nullptr : &*byDefault;
    }
    if (known && !ingress.isByAnnotation)
        return isControllerOfTheMesh(known->controller);
    return ingress.className == "ambassador"_L1 || ingress.className == "istio"_L1;
}

// Of a Service, or of the one that it is another name of.
Servers serversOf(PreflightScene &scene, const Service *service, const QString &portNameOrNumber)
{
    if (!service)
        return {};
    const ServicePort *port = service->portNamed(portNameOrNumber);
    if (service->type != "ExternalName"_L1)
        return port ? scene.strictPodsOf(*service, *port) : Servers();
    const int number = port ? port->port : portNameOrNumber.toInt();
    return number > 0 ? scene.strictPodsOf(resolveUpstream(scene.snapshot(), service->name, number,
                                                           service->nameSpace, scene.modesBefore()))
                      : Servers();
}

void addForeignIngresses(PreflightScene &scene)
{
    const Snapshot &snapshot = scene.snapshot();
    for (const Ingress &ingress : snapshot.ingresses) {
        if (isOfTheMesh(snapshot, ingress))
            continue;
        for (const Ingress::Backend &backend : ingress.backends) {
            const Service *service = snapshot.service(ingress.nameSpace, backend.service);
            for (const auto *server : serversOf(scene, service, backend.port)) {
                PreflightRow row = doorRow(scene, {u"Ingress"_s, ingress.nameSpace, ingress.name}, *server);
                row.path = backend.path;
                row.value = backend.service + u':' + backend.port;
                row.message =
                    u"the controller of class %1 sends clear text to port %2 of %3 by Service %4, which becomes STRICT"_s
                        .arg(ingress.className.isEmpty() ? u"(none)"_s : ingress.className)
                        .arg(server->port)
                        .arg(workloadKey(*server->pod), backend.service);
                row.remedy = u"route it over the edge, or inject its controller"_s;
                scene.add(row);
            }
        }
    }
}

// Gateways of Istio's and of the edge's own controller bring a certificate of the mesh, or are judged as an edge.
bool isOfTheMesh(const Snapshot &snapshot, const Gateway &gateway)
{
    const GatewayClass *known = findNamed(snapshot.gatewayClasses, gateway.className);
    const QString controller = known ? known->controller : QString();
    return isControllerOfTheMesh(controller) || (!known && gateway.className.startsWith("istio"_L1));
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
    for (const GatewayRoute &route : snapshot.gatewayRoutes) {
        const Gateway *gateway = foreignGateway(snapshot, route);
        if (!gateway)
            continue;
        for (const GatewayRoute::Backend &backend : route.backends) {
            const Service *service = snapshot.service(backend.nameSpace, backend.service);
            const ServicePort *port = service ? service->portOf(backend.port) : nullptr;
            const Servers servers = port ? scene.strictPodsOf(*service, *port) : Servers();
            for (const auto *server : servers) {
                PreflightRow row = doorRow(scene, {route.kind, route.nameSpace, route.name}, *server);
                row.path = backend.path;
                row.value = backend.nameSpace + u'/' + backend.service;
                row.message =
                    u"Gateway %1/%2 of class %3 sends clear text to port %4 of %5 by Service %6, which becomes STRICT"_s
                        .arg(gateway->nameSpace, gateway->name, gateway->className)
                        .arg(server->port)
                        .arg(workloadKey(*server->pod), backend.service);
                row.remedy = u"route it over the edge, or inject the Gateway's pods"_s;
                scene.add(row);
            }
        }
    }
}

void addScrapes(PreflightScene &scene)
{
    QSet<QString> said;
    for (const auto &one : scene.podPorts()) {
        if (!one.becomesStrict() || !scrapedPorts(*one.pod).contains(one.port))
            continue;
        const QString key = u"%1:%2"_s.arg(workloadKey(*one.pod)).arg(one.port);
        if (said.contains(key))
            continue;
        said.insert(key);
        scene.add({.check = u"K4"_s,
                   .level = Level::Likely,
                   .subject = workloadRef(*one.pod),
                   .path = templatePath(*one.pod, u"metadata.annotations[prometheus.io/port]"_s),
                   .value = QString::number(one.port),
                   .message = u"Prometheus reads this port in clear text"_s,
                   .remedy = scene.snapshot().mesh.prometheusMerge
                       ? u"restart the pod: with metrics merging the injector sends Prometheus to 15020"_s
                       : u"switch metrics merging on, or let the port stay PERMISSIVE"_s,
                   .verify = u"V7: up stays 1"_s,
                   .exception = scene.exceptionFor(*one.pod, one.port)});
    }
}

// What the job for Services' endpoints of a common Prometheus configuration reads: the annotated port of each pod, else all that
// the Service leads to.
void addScrapedServices(PreflightScene &scene)
{
    for (const Service &service : scene.snapshot().services) {
        if (!isScraped(service))
            continue;
        QSet<QString> said;
        for (const Pod *pod : scene.snapshot().podsOf(service)) {
            for (const int port : scrapedPorts(service, *pod)) {
                const auto *strict = scene.strictPortOf(*pod, port);
                const QString key = u"%1:%2"_s.arg(workloadKey(*pod)).arg(port);
                if (!strict || said.contains(key))
                    continue;
                said.insert(key);
                scene.add({.check = u"K4"_s,
                           .level = Level::Likely,
                           .subject = {u"Service"_s, service.nameSpace, service.name},
                           .path = u"metadata.annotations[prometheus.io/scrape]"_s,
                           .value = QString::number(port),
                           .message = u"makes Prometheus read port %1 of %2 in clear text"_s.arg(
                               QString::number(port), workloadKey(*pod)),
                           .remedy = u"let Prometheus read the pods' port 15020 (metrics merging) and take "
                                     u"the annotation "
                                     "away, or let the port stay PERMISSIVE"_s,
                           .verify = u"V7: up stays 1"_s,
                           .exception = scene.exceptionFor(*pod, port)});
            }
        }
    }
}

// Whoever watches the switch reads Prometheus from outside the mesh: this program by the API server, Grafana and Kiali by its
// Service (facts mesh-security.md B23).
void addObservers(PreflightScene &scene)
{
    QSet<QString> said;
    for (const auto &one : scene.podPorts()) {
        if (!isPrometheus(*one.pod) || !one.becomesStrict() || said.contains(workloadKey(*one.pod)))
            continue;
        said.insert(workloadKey(*one.pod));
        scene.add(
            {.check = u"K4"_s,
             .level = Level::Likely,
             .subject = workloadRef(*one.pod),
             .value = u"port %1"_s.arg(one.port),
             .message =
                 u"Prometheus itself becomes STRICT: who reads it without a sidecar (Grafana, Kiali, the API server's proxy) is refused, and nobody sees what the switch does"_s,
             .remedy = u"let its port stay PERMISSIVE"_s,
             .verify = u"V7: up stays 1, and queries are answered"_s,
             .exception = scene.exceptionFor(*one.pod, one.port)});
    }
}

// Once for each field of a monitor and workload; a target that is asked with a certificate is left alone.
void addMonitors(PreflightScene &scene)
{
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
    addHostPorts(scene);
    addForeignIngresses(scene);
    addGatewayRoutes(scene);
    addScrapes(scene);
    addScrapedServices(scene);
    addObservers(scene);
    addMonitors(scene);
}

} // namespace models
