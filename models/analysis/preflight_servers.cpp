// SPDX-License-Identifier: GPL-3.0-or-later
// S1 … S6: what stands before the pods that become STRICT, and who they are.
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

void addMachine(PreflightScene &scene, const QString &kind, const QString &path, const WorkloadEntry &entry)
{
    const StrictScope &scope = scene.input().scope;
    if (entry.hasIdentity() || !scope.workload.isEmpty()
        || (!scope.nameSpace.isEmpty() && entry.nameSpace != scope.nameSpace))
        return;
    scene.add(
        {.check = u"S5"_s,
         .level = Level::Likely,
         .subject = {kind, entry.nameSpace, entry.name},
         .path = path,
         .message =
             u"machine %1 has no identity, so clients in the mesh send it clear text, which STRICT refuses"_s
                 .arg(entry.address),
         .remedy = u"set serviceAccount, or the label security.istio.io/tlsMode: istio once its agent runs"_s,
         .verify = u"V3"_s});
}

void addMachines(PreflightScene &scene)
{
    const Snapshot &snapshot = scene.snapshot();
    for (const QString &plural : {u"workloadentries"_s, u"serviceentries"_s}) {
        if (!snapshot.knows(plural) && !snapshot.isAbsent(plural) && snapshot.unavailable.contains(plural))
            return scene.skip(u"S5"_s, snapshot.whyUnknown(plural));
    }
    for (const WorkloadEntry &entry : snapshot.workloadEntries)
        addMachine(scene, u"WorkloadEntry"_s, u"spec.serviceAccount"_s, entry);
    for (const ServiceEntry &entry : snapshot.serviceEntries) {
        for (const ServiceEntry::Endpoint &endpoint : entry.endpoints) {
            if (entry.isMeshInternal) // what is outside gets no mutual TLS, in whatever mode
                addMachine(scene, u"ServiceEntry"_s, endpoint.path + u".serviceAccount"_s, endpoint.machine);
        }
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

} // namespace models
