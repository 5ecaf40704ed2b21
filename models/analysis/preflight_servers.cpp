// SPDX-License-Identifier: GPL-3.0-or-later
// S1 … S6 and K1 … K4: what stands before and calls the pods that become STRICT.
#include "models/analysis/preflight_scene.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

using Level = PreflightLevel;

void addExcludedPorts(PreflightScene &scene)
{
    QSet<QString> said;
    for (const auto &one : scene.podPorts()) {
        const Pod &pod = *one.pod;
        if (!pod.hasSidecar || one.after.enforced)
            continue;
        const QString key = u"%1:%2"_s.arg(workloadKey(pod)).arg(one.port);
        const bool byAnnotation = pod.annotations.contains(u"traffic.sidecar.istio.io/excludeInboundPorts"_s)
            || pod.annotations.contains(u"traffic.sidecar.istio.io/includeInboundPorts"_s);
        if (!byAnnotation || said.contains(key) || scene.servicesOf(pod).isEmpty()
            || pod.annotations.value(u"sidecar.istio.io/inject"_s) == "false"_L1)
            continue;
        said.insert(key);
        scene.add(
            {.check = u"S1"_s,
             .level = Level::Likely,
             .subject = workloadRef(pod),
             .path = u"metadata.annotations[traffic.sidecar.istio.io/excludeInboundPorts]"_s,
             .value = QString::number(one.port),
             .message =
                 u"the sidecar does not stand before port %1: STRICT is not enforced there, and clients in the mesh send mutual TLS to the bare application"_s
                     .arg(one.port),
             .remedy =
                 u"take the port out of the annotation, or give clients a DestinationRule with DISABLE for it"_s,
             .verify = u"V3"_s});
    }
}

void addHeadless(PreflightScene &scene)
{
    for (const Service &service : scene.snapshot().services) {
        if (!service.isHeadless())
            continue;
        const QList<const Pod *> pods = scene.snapshot().podsOf(service);
        const auto bare =
            std::count_if(pods.begin(), pods.end(), [](const Pod *pod) { return !pod->hasSidecar; });
        const auto strict =
            std::find_if(service.ports.begin(), service.ports.end(),
                         [&](const ServicePort &port) { return scene.strictPodOf(service, port); });
        if (strict == service.ports.end())
            continue;
        const ObjectRef subject{u"Service"_s, service.nameSpace, service.name};
        if (bare > 0 && bare < pods.size())
            scene.add(
                {.check = u"S2"_s,
                 .level = Level::Blocker,
                 .subject = subject,
                 .path = u"spec.clusterIP"_s,
                 .value = u"None"_s,
                 .message =
                     u"%1 of %2 pods have no sidecar, so clients in the mesh speak clear text to all of them"_s
                         .arg(bare)
                         .arg(pods.size()),
                 .remedy = u"inject every pod first"_s,
                 .verify = u"V2"_s});
        const bool exceptions =
            std::any_of(scene.podPorts().begin(), scene.podPorts().end(), [&](const auto &one) {
                return service.selects(*one.pod) && one.after.known && one.after.enforced
                    && one.after.mode == MtlsMode::Disable;
            });
        if (exceptions)
            scene.add(
                {.check = u"S3"_s,
                 .level = Level::Likely,
                 .subject = subject,
                 .path = u"spec.clusterIP"_s,
                 .value = u"None"_s,
                 .message =
                     u"clients of a headless Service do not honour an exception (DISABLE) of a workload or port"_s,
                 .remedy = u"use a Service with a cluster address, or a DestinationRule"_s,
                 .verify = u"V3"_s});
    }
}

bool takesClearText(const PreflightScene &scene, const Pod &pod)
{
    const auto &telemetry = scene.input().telemetry;
    return telemetry
        && std::any_of(telemetry->plaintext.begin(), telemetry->plaintext.end(), [&pod](const auto &one) {
               return one.nameSpace + u'/' + one.workload == workloadKey(pod);
           });
}

void addOwnTls(PreflightScene &scene)
{
    for (const Service &service : scene.snapshot().services) {
        for (const ServicePort &port : service.ports) {
            const bool ownTls = port.name == "https"_L1 || port.name.startsWith("https-"_L1)
                || port.name.startsWith("tls"_L1) || port.appProtocol == "https"_L1;
            const auto *pod = ownTls ? scene.strictPodOf(service, port) : nullptr;
            // A second name for a clear-text port, as the guide's quote has, is no TLS of its own.
            const bool shared =
                pod && std::any_of(service.ports.begin(), service.ports.end(), [&](const ServicePort &other) {
                    return &other != &port && service.targetPortOf(other, *pod->pod) == pod->port
                        && protocolOf(other) == PortProtocol::Http;
                });
            if (pod && !shared)
                scene.add(
                    {.check = u"S4"_s,
                     .level = takesClearText(scene, *pod->pod) ? Level::Likely : Level::Possible,
                     .subject = {u"Service"_s, service.nameSpace, service.name},
                     .path = u"spec.ports[%1]"_s.arg(port.name),
                     .value = QString::number(port.port),
                     .message =
                         u"the application may serve TLS of its own here; clients outside the mesh that use it would be refused"_s,
                     .remedy = u"let this port stay PERMISSIVE"_s,
                     .verify = u"T1 and V9"_s,
                     .exception = scene.exceptionFor(*pod->pod, pod->port)});
        }
    }
}

void addProxyless(PreflightScene &scene)
{
    QSet<QString> said;
    for (const Pod &pod : scene.snapshot().pods) {
        if (!scene.inScope(pod) || said.contains(workloadKey(pod))
            || !pod.annotations.value(u"inject.istio.io/templates"_s).contains("grpc-agent"_L1))
            continue;
        said.insert(workloadKey(pod));
        scene.add({.check = u"S6"_s,
                   .level = Level::Possible,
                   .subject = workloadRef(pod),
                   .path = u"metadata.annotations[inject.istio.io/templates]"_s,
                   .value = u"grpc-agent"_s,
                   .message = u"a gRPC server without a proxy decides for itself what it takes"_s,
                   .remedy = u"look at its label security.istio.io/tlsMode"_s,
                   .verify = u"V3"_s});
    }
}

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

void addHooks(PreflightScene &scene)
{
    QStringList unread;
    for (const QString &plural :
         {u"mutatingwebhookconfigurations"_s, u"validatingwebhookconfigurations"_s, u"apiservices"_s}) {
        if (!scene.snapshot().knows(plural) && !scene.snapshot().isAbsent(plural))
            unread.append(scene.snapshot().whyUnknown(plural));
    }
    if (!unread.isEmpty())
        scene.skip(u"K2"_s, unread.join(u"; "_s));
    for (const ServiceHook &hook : scene.snapshot().serviceHooks) {
        const Service *service = scene.snapshot().service(hook.nameSpace, hook.service);
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
                 .evidence = {hook.failsClosed
                                  ? u"failurePolicy Fail: objects could not be written any more"_s
                                  : u"failurePolicy Ignore: its checks would silently be left out"_s},
                 .remedy = u"let this port stay PERMISSIVE"_s,
                 .verify = u"V6: no event with \"failed calling webhook\""_s,
                 .exception = scene.exceptionFor(*pod->pod, pod->port)});
    }
}

void addOutsideDoors(PreflightScene &scene)
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
    for (const ForeignIngress &ingress : scene.snapshot().ingresses) {
        if (ingress.className == "ambassador"_L1 || ingress.className == "istio"_L1)
            continue;
        for (const QString &name : ingress.services) {
            const Service *service = scene.snapshot().service(ingress.nameSpace, name);
            const auto strict = !service
                ? QList<ServicePort>::const_iterator()
                : std::find_if(service->ports.begin(), service->ports.end(),
                               [&](const ServicePort &port) { return scene.strictPodOf(*service, port); });
            if (service && strict != service->ports.end())
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
                     .exception = scene.exceptionFor(*scene.strictPodOf(*service, *strict)->pod,
                                                     scene.strictPodOf(*service, *strict)->port)});
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

void addMachines(PreflightScene &scene)
{
    const Snapshot &snapshot = scene.snapshot();
    if (!snapshot.knows(u"workloadentries"_s) && !snapshot.isAbsent(u"workloadentries"_s))
        return scene.skip(u"S5"_s, snapshot.whyUnknown(u"workloadentries"_s));
    const StrictScope &scope = scene.input().scope;
    for (const WorkloadEntry &entry : snapshot.workloadEntries) {
        if (entry.hasIdentity() || !scope.workload.isEmpty()
            || (!scope.nameSpace.isEmpty() && entry.nameSpace != scope.nameSpace))
            continue;
        scene.add(
            {.check = u"S5"_s,
             .level = Level::Likely,
             .subject = {u"WorkloadEntry"_s, entry.nameSpace, entry.name},
             .path = u"spec.serviceAccount"_s,
             .message =
                 u"machine %1 has no identity, so clients in the mesh send it clear text, which STRICT refuses"_s
                     .arg(entry.address),
             .remedy =
                 u"set serviceAccount, or the label security.istio.io/tlsMode: istio once its agent runs"_s,
             .verify = u"V3"_s});
    }
}

} // namespace

void checkServers(PreflightScene &scene)
{
    addExcludedPorts(scene);
    addHeadless(scene);
    addOwnTls(scene);
    addProxyless(scene);
    addMachines(scene);
}

void checkPlatform(PreflightScene &scene)
{
    addProbes(scene);
    addHooks(scene);
    addOutsideDoors(scene);
    addScrapes(scene);
}

} // namespace models
