// SPDX-License-Identifier: GPL-3.0-or-later
// S1 … S6: what stands before the pods that become STRICT, and who they are.
#include "models/analysis/client_rules.h"
#include "models/analysis/preflight_scene.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

using Level = PreflightLevel;

// The annotation by which the sidecar does not stand before the port; "" none: it does, or nothing redirects to it.
QString whatExcludes(const Pod &pod, int port)
{
    if (!pod.hasSidecar || pod.capturesInbound(port))
        return {};
    const QString excluding = u"traffic.sidecar.istio.io/excludeInboundPorts"_s;
    const QString including = u"traffic.sidecar.istio.io/includeInboundPorts"_s;
    Pod without = pod;
    without.annotations.remove(including);
    if (without.capturesInbound(port))
        return including;
    without.annotations.remove(excluding); // both of them may leave it out
    return without.capturesInbound(port) ? excluding : QString();
}

// Some client in the mesh calls that port of the pod by this Service, with the mesh's TLS.
bool hasMeshClients(const ClientRules &rules, const Service &service, const Pod &pod, int port)
{
    const QString host = serviceHost(service.nameSpace, service.name);
    return std::any_of(service.ports.begin(), service.ports.end(), [&](const ServicePort &one) {
        if (!one.isTcp() || service.targetPortOf(one, pod) != port)
            return false;
        const QList<ClientRule> taken = rules.of(service.nameSpace, host, one);
        return std::any_of(taken.begin(), taken.end(), [&](const ClientRule &rule) {
            return rules.isMeshTls(rule) && containsAll(pod.labels, rule.servers);
        });
    });
}

bool hasMeshClients(const PreflightScene &scene, const ClientRules &rules, const Pod &pod, int port)
{
    const QList<const Service *> services = scene.servicesOf(pod);
    return std::any_of(services.begin(), services.end(),
                       [&](const Service *service) { return hasMeshClients(rules, *service, pod, port); });
}

void addExcludedPorts(PreflightScene &scene)
{
    const ClientRules rules(scene.snapshot());
    QSet<QString> said;
    for (const auto &one : scene.podPorts()) {
        const Pod &pod = *one.pod;
        if (one.after.enforced || (one.after.known && one.after.mode == MtlsMode::Disable)
            || isOfEdge(scene.snapshot(), pod)) // E11 says it
            continue;
        const QString key = u"%1:%2"_s.arg(workloadKey(pod)).arg(one.port);
        const QString annotation = whatExcludes(pod, one.port);
        if (annotation.isEmpty() || said.contains(key) || !hasMeshClients(scene, rules, pod, one.port))
            continue;
        said.insert(key);
        scene.add(
            {.check = u"S1"_s,
             .level = Level::Likely,
             .subject = workloadRef(pod),
             .path = templatePath(pod, u"metadata.annotations[%1]"_s.arg(annotation)),
             .value = pod.annotations.value(annotation),
             .message =
                 u"the sidecar does not stand before port %1: STRICT is not enforced there, and clients in the mesh send mutual TLS to the bare application"_s
                     .arg(one.port),
             .remedy =
                 u"let the sidecar take the port, or give clients a DestinationRule with DISABLE for it"_s,
             .verify = u"V3"_s});
    }
}

void addMixed(PreflightScene &scene, const Service &service)
{
    const QList<const Pod *> pods = scene.snapshot().podsOf(service);
    const auto bare = std::count_if(pods.begin(), pods.end(), [](const Pod *pod) { return !isInMesh(*pod); });
    const bool anyStrict =
        std::any_of(service.ports.begin(), service.ports.end(),
                    [&](const ServicePort &port) { return scene.strictPodOf(service, port); });
    if (bare == 0 || bare == pods.size() || !anyStrict)
        return;
    scene.add(
        {.check = u"S2"_s,
         .level = Level::Blocker,
         .subject = {u"Service"_s, service.nameSpace, service.name},
         .path = u"spec.clusterIP"_s,
         .value = u"None"_s,
         .message = u"%1 of %2 pods have no sidecar, so clients in the mesh speak clear text to all of them"_s
                        .arg(bare)
                        .arg(pods.size()),
         .remedy = u"inject every pod first"_s,
         .verify = u"V2"_s});
}

// Whether any other port of the Service becomes STRICT or none does.
void addNotHonoured(PreflightScene &scene, const ClientRules &rules, const Service &service)
{
    const bool exceptions =
        std::any_of(scene.podPorts().begin(), scene.podPorts().end(), [&](const auto &one) {
            return service.selects(*one.pod) && one.after.known && one.after.enforced
                && one.after.mode == MtlsMode::Disable && hasMeshClients(rules, service, *one.pod, one.port);
        });
    if (!exceptions)
        return;
    scene.add(
        {.check = u"S3"_s,
         .level = Level::Likely,
         .subject = {u"Service"_s, service.nameSpace, service.name},
         .path = u"spec.clusterIP"_s,
         .value = u"None"_s,
         .message =
             u"clients of a headless Service do not honour an exception (DISABLE) of a workload or port"_s,
         .remedy = u"use a Service with a cluster address, or a DestinationRule with DISABLE for the port"_s,
         .verify = u"V3"_s});
}

void addHeadless(PreflightScene &scene)
{
    const ClientRules rules(scene.snapshot());
    for (const Service &service : scene.snapshot().services) {
        if (!service.isHeadless())
            continue;
        addMixed(scene, service);
        addNotHonoured(scene, rules, service);
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

PreflightRow ownTlsRow(const PreflightScene &scene, const Service &service, const ServicePort &port,
                       const PreflightScene::PodPort &server)
{
    return {
        .check = u"S4"_s,
        .level = takesClearText(scene, *server.pod) ? Level::Likely : Level::Possible,
        .subject = {u"Service"_s, service.nameSpace, service.name},
        .path = u"spec.ports[%1]"_s.arg(port.name.isEmpty() ? QString::number(port.port) : port.name),
        .value = QString::number(port.port),
        .message =
            u"the application of %1 may serve TLS of its own on port %2; clients outside the mesh that use it would be refused"_s
                .arg(workloadKey(*server.pod))
                .arg(server.port),
        .remedy = u"let this port stay PERMISSIVE"_s,
        .verify = u"T1 and V9"_s,
        .exception = scene.exceptionFor(*server.pod, server.port)};
}

void addOwnTls(PreflightScene &scene)
{
    for (const Service &service : scene.snapshot().services) {
        for (const ServicePort &port : service.ports) {
            const QString declared =
                port.appProtocol.isEmpty() ? port.name.section(u'-', 0, 0) : port.appProtocol.toLower();
            if (declared != "https"_L1 && declared != "tls"_L1)
                continue;
            const auto servers = scene.strictPodsOf(service, port);
            for (const auto *server : servers) {
                // A second name for a clear-text port, as the guide's quote has, is no TLS of its own.
                const bool shared =
                    std::any_of(service.ports.begin(), service.ports.end(), [&](const ServicePort &other) {
                        return &other != &port && service.targetPortOf(other, *server->pod) == server->port
                            && protocolOf(other) == PortProtocol::Http;
                    });
                if (!shared)
                    scene.add(ownTlsRow(scene, service, port, *server));
            }
        }
    }
}

void addProxyless(PreflightScene &scene)
{
    QSet<QString> said;
    for (const Pod &pod : scene.snapshot().pods) {
        if (!pod.annotations.value(u"inject.istio.io/templates"_s).contains("grpc-agent"_L1)
            || !scene.inScope(pod) || pod.isGone() || said.contains(workloadKey(pod)))
            continue;
        said.insert(workloadKey(pod));
        scene.add({.check = u"S6"_s,
                   .level = Level::Possible,
                   .subject = workloadRef(pod),
                   .path = templatePath(pod, u"metadata.annotations[inject.istio.io/templates]"_s),
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
         .message = entry.address.isEmpty()
             ? u"machines that are made by its template have no identity, so clients in the mesh send them clear text, which STRICT refuses"_s
             : u"machine %1 has no identity, so clients in the mesh send it clear text, which STRICT refuses"_s
                   .arg(entry.address),
         .remedy = u"set serviceAccount, or the label security.istio.io/tlsMode: istio once its agent runs"_s,
         .verify = u"V3"_s});
}

void addMachines(PreflightScene &scene)
{
    const Snapshot &snapshot = scene.snapshot();
    for (const WorkloadEntry &entry : snapshot.workloadEntries)
        addMachine(scene, u"WorkloadEntry"_s, u"spec.serviceAccount"_s, entry);
    for (const WorkloadEntry &group : snapshot.workloadGroups)
        addMachine(scene, u"WorkloadGroup"_s, u"spec.template.serviceAccount"_s, group);
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
