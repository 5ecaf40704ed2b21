// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/integration_findings.h"

#include "models/analysis/edge_scrape.h"
#include "models/analysis/shadow_gate.h"
#include "models/resources/counted.h"
#include "models/resources/text.h"

#include <QRegularExpression>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace models {

namespace {

constexpr qint64 WorkloadCertificateSeconds = 86400; // istiod's default SECRET_TTL

ObjectRef refOf(const EdgeInstallation &edge) { return {edge.kind, edge.nameSpace, edge.name}; }

const Deployment *istiodOf(const Snapshot &snapshot)
{
    for (const Deployment &deployment : snapshot.deployments) {
        if (deployment.container(u"discovery"))
            return &deployment;
    }
    return nullptr;
}

// {1, 9, 3} of "1.9.3-distroless"; zeros if it is no version.
std::array<int, 3> patchVersion(const QString &tag)
{
    const auto [major, minor] = istioVersion(tag);
    static const QRegularExpression patch(u"^v?\\d+\\.\\d+\\.(\\d+)"_s);
    return {major, minor, patch.match(tag).captured(1).toInt()};
}

QString variable(const Snapshot &snapshot, const EdgeInstallation &edge, const QString &name)
{
    const Deployment *deployment = snapshot.deployment(edge.nameSpace, edge.name);
    const Deployment::Container *container = deployment ? deployment->container(edge.container) : nullptr;
    return container ? container->environment.value(name) : QString();
}

// As the edge's Python reads truth.
bool isSwitchedOff(const QString &variable)
{
    static const QStringList on{u"y"_s, u"yes"_s, u"on"_s, u"1"_s, u"true"_s, u"t"_s};
    return !variable.isNull() && !on.contains(variable.toLower());
}

void addStaleCache(QList<Finding> &findings, const Snapshot &snapshot, const EdgeInstallation &edge)
{
    if (!keepsFirstCertificate(edge) || !edge.hasIstioCertificate
        || isSwitchedOff(variable(snapshot, edge, u"AMBASSADOR_FAST_RECONFIGURE"_s)))
        return;
    findings.append(
        {u"GD-003"_s,
         Severity::Warning,
         refOf(edge),
         u"spec.template.spec.containers[%1].image"_s.arg(edge.container),
         u"version %1 keeps the certificate of the mesh that it has read first: a day later every route with tls answers 503"_s
             .arg(edge.version),
         {u"fixed in 4.1.0 (issue 4744)"_s},
         u"upgrade to 4.1.0, or set AMBASSADOR_FAST_RECONFIGURE to false"_s});
}

struct FaultyVersions
{
    std::array<int, 3> first, last;
    const char *what;
};
// F14, F15: of the sidecar that writes the edge's files.
constexpr std::array FileFaults{
    FaultyVersions{{1, 6, 0}, {1, 6, 8}, "does not renew the certificate in files (istio 26821)"},
    FaultyVersions{
        {1, 9, 0}, {1, 9, 3}, "writes key.pem so that only its own user may read it (istio 31531)"},
    FaultyVersions{{1, 21, 0}, {1, 23, 99}, "may not renew the certificate in files (istio 53118)"},
    FaultyVersions{{1, 30, 1}, {1, 30, 1}, "may not renew the certificate in files (istio 60689)"},
};

struct Running
{
    ObjectRef where;
    QString path, image; // image "": none
};

// Of the template, where it was put in by hand; from 2.0 on the injector puts it into the pods only.
Running sidecarOf(const Snapshot &snapshot, const EdgeInstallation &edge)
{
    const Deployment *deployment = snapshot.deployment(edge.nameSpace, edge.name);
    if (const auto *written = deployment ? deployment->container(u"istio-proxy") : nullptr)
        return {refOf(edge), u"spec.template.spec.containers[istio-proxy].image"_s, written->image};
    for (const Pod &pod : snapshot.pods) {
        if (isPodOf(pod, edge) && pod.hasSidecar)
            return {{u"Pod"_s, pod.nameSpace, pod.name},
                    u"spec.containers[istio-proxy].image"_s,
                    pod.sidecarImage};
    }
    return {};
}

void addSidecarFaults(QList<Finding> &findings, const Snapshot &snapshot, const EdgeInstallation &edge)
{
    const Running sidecar = sidecarOf(snapshot, edge);
    if (sidecar.image.isEmpty() || (!edge.hasIstioCertificate && edge.meshFilesDir.isEmpty()))
        return;
    const auto version = patchVersion(imageTag(sidecar.image));
    for (const FaultyVersions &fault : FileFaults) {
        if (version >= fault.first && version <= fault.last)
            findings.append(
                {u"GD-004"_s,
                 Severity::Warning,
                 sidecar.where,
                 sidecar.path,
                 u"istio-proxy %1 %2"_s.arg(imageTag(sidecar.image), QString::fromLatin1(fault.what)),
                 {},
                 u"upgrade Istio and the sidecar"_s});
    }
    // F17: two Envoys in one pod share a domain socket by their base id, unless one of them has another.
    if (version[0] > 0 && version < std::array{1, 10, 0}
        && variable(snapshot, edge, u"AMBASSADOR_ENVOY_BASE_ID"_s).isEmpty())
        findings.append(
            {u"GD-005"_s,
             Severity::Error,
             refOf(edge),
             u"spec.template.spec.containers[%1].env"_s.arg(edge.container),
             u"with istio-proxy %1 in the same pod the edge's Envoy does not start: both use base id 0"_s.arg(
                 imageTag(sidecar.image)),
             {},
             u"set AMBASSADOR_ENVOY_BASE_ID to \"1\""_s});
}

qint64 goDuration(const QString &text) // -1: none
{
    static const QRegularExpression part(u"(\\d+)([hms])"_s);
    static const QRegularExpression whole(u"^(\\d+[hms])+$"_s);
    if (!whole.match(text).hasMatch())
        return -1;
    qint64 seconds = 0;
    auto parts = part.globalMatch(text);
    while (parts.hasNext()) {
        const auto match = parts.next();
        seconds += match.captured(1).toLongLong()
            * (match.captured(2) == "h"_L1       ? 3600
                   : match.captured(2) == "m"_L1 ? 60
                                                 : 1);
    }
    return seconds;
}

// F16: left over from the guide's rotation test, this stops every renewal of the mesh.
void addShortLife(QList<Finding> &findings, const Snapshot &snapshot)
{
    const Deployment *istiod = istiodOf(snapshot);
    if (!istiod)
        return;
    const auto &environment = istiod->container(u"discovery")->environment;
    const qint64 longest = goDuration(environment.value(u"MAX_WORKLOAD_CERT_TTL"_s));
    if (longest < 0 || longest >= WorkloadCertificateSeconds)
        return;
    findings.append(
        {u"GD-006"_s,
         Severity::Error,
         {u"Deployment"_s, istiod->nameSpace, istiod->name},
         u"spec.template.spec.containers[discovery].env[MAX_WORKLOAD_CERT_TTL]"_s,
         u"certificates may live %1 at most, and proxies ask for 24 h: none is renewed any more"_s.arg(
             environment.value(u"MAX_WORKLOAD_CERT_TTL"_s)),
         {},
         u"take it out, or set SECRET_TTL of every proxy below it"_s});
}

// F18: a TracingService is read at the edge's start only.
void addLateTracing(QList<Finding> &findings, const Snapshot &snapshot, const EdgeInstallation &edge)
{
    QDateTime started;
    for (const Pod &pod : snapshot.pods) {
        if (pod.nameSpace == edge.nameSpace && pod.workload() == edge.name && !pod.isGone()
            && (!started.isValid() || pod.created < started))
            started = pod.created;
    }
    for (const edge::Value &object : snapshot.ambassadorObjects) {
        if (object["kind"].text() != "TracingService" || !started.isValid()
            || !whyNotForEdge(object, edge).isEmpty())
            continue;
        const ObjectRef tracing{u"TracingService"_s, text(object.at({"metadata", "namespace"})),
                                text(object.at({"metadata", "name"}))};
        const QDateTime created =
            QDateTime::fromString(text(object.at({"metadata", "creationTimestamp"})), Qt::ISODate);
        const QDateTime changed =
            std::max(created, snapshot.tracingChanged.value(tracing.nameSpace + u'/' + tracing.name));
        if (!changed.isValid() || changed <= started)
            continue;
        const bool isNew = created > started;
        findings.append(
            {u"OBS-001"_s,
             Severity::Warning,
             tracing,
             isNew ? u"metadata.creationTimestamp"_s : u"spec"_s,
             isNew
                 ? u"it is younger than the edge's pods, which read it at their start only: no traces come"_s
                 : u"it was changed after the start of the edge's pods, which read it then only: they go by what it said before"_s,
             {u"pods of %1 started %2"_s.arg(edge.key(), started.toString(Qt::ISODate)),
              u"written %1"_s.arg(changed.toString(Qt::ISODate))},
             u"restart the edge"_s});
    }
}

// F24: what Istio has to guess costs a delay for server-first protocols and may take the wrong chain.
void addUnnamedPorts(QList<Finding> &findings, const Snapshot &snapshot)
{
    for (const Service &service : snapshot.services) {
        QStringList ports;
        for (const ServicePort &port : service.ports) {
            if (port.protocol != "UDP"_L1 && protocolOf(port) == PortProtocol::Undeclared)
                ports.append(QString::number(port.port));
        }
        if (ports.isEmpty())
            continue;
        const QList<const Pod *> pods = snapshot.podsOf(service);
        const bool inMesh = std::any_of(pods.begin(), pods.end(),
                                        [](const Pod *pod) { return pod->hasSidecar && !pod->isGateway(); });
        const bool byHand = std::all_of(pods.begin(), pods.end(), [](const Pod *pod) {
            return pod->annotations.value(u"sidecar.istio.io/inject"_s) == "false"_L1;
        });
        if (inMesh && !byHand)
            findings.append(
                {u"MT-019"_s,
                 Severity::Info,
                 {u"Service"_s, service.nameSpace, service.name},
                 u"spec.ports"_s,
                 u"ports %1 do not say which protocol they speak; sidecars guess it from the first bytes"_s
                     .arg(ports.join(u", "_s)),
                 {},
                 u"name them http-… or tcp-…, or set appProtocol"_s});
    }
}

// F28: manifests of 2.x and 3.x switch injection off in the template.
void addNoInjection(QList<Finding> &findings, const Snapshot &snapshot, const EdgeInstallation &edge)
{
    if (!forbidsInjection(snapshot, edge))
        return;
    const bool isMissed = !edge.istioSecretDir.isEmpty() && !edge.hasIstioCertificate;
    Finding finding{
        u"GD-007"_s,
        isMissed ? Severity::Error : Severity::Warning,
        refOf(edge),
        u"spec.template.metadata.annotations[sidecar.istio.io/inject]"_s,
        u"namespace %1 is injected and the edge's template forbids it: no sidecar brings it the mesh's certificate"_s
            .arg(edge.nameSpace),
        {},
        u"set it to true and add the annotation proxy.istio.io/config with OUTPUT_CERTS"_s};
    if (isMissed)
        finding.evidence.append(u"AMBASSADOR_ISTIO_SECRET_DIR is set: "_s + edge.istioCertificateProblem);
    findings.append(finding);
}

// F22 and its kin: what the API server calls and nobody answers makes writes, or whole kinds, impossible.
void addUnservedHooks(QList<Finding> &findings, const Snapshot &snapshot)
{
    if (!snapshot.knows(u"pods"_s) || !snapshot.knows(u"services"_s))
        return;
    for (const ServiceHook &hook : snapshot.serviceHooks) {
        const Service *service = snapshot.service(hook.nameSpace, hook.service);
        if (service && service->selector.isEmpty())
            continue; // its endpoints are somebody's own
        const QList<const Pod *> pods = service ? snapshot.podsOf(*service) : QList<const Pod *>();
        if (std::any_of(pods.begin(), pods.end(), [](const Pod *pod) { return pod->ready; }))
            continue;
        findings.append(
            {u"GD-008"_s, hook.failsClosed ? Severity::Error : Severity::Warning, hook.object, hook.path,
             u"the API server calls Service %1/%2, and %3"_s.arg(
                 hook.nameSpace, hook.service, service ? u"no pod of it is ready"_s : u"there is none"_s),
             hook.failsClosed ? QStringList{u"what it decides about cannot be written"_s} : QStringList(),
             u"bring the pods of the Service back, or remove what names it"_s});
    }
}

// The guide's walk has begun for this edge: before, that nothing counts its errors is no surprise, whatever Istio's version.
bool isJoined(const Snapshot &snapshot, const EdgeInstallation &edge)
{
    return edge.hasIstioCertificate || !edge.meshFilesDir.isEmpty()
        || std::any_of(snapshot.ambassadorObjects.begin(), snapshot.ambassadorObjects.end(),
                       [&edge](const edge::Value &object) {
                           return object["kind"].text() == "TLSContext"
                               && object.at({"spec", "secret"}).text().starts_with("istio.") // Citadel's
                               && whyNotForEdge(object, edge).isEmpty();
                       });
}

void addObservation(QList<Finding> &findings, const Snapshot &snapshot, const EdgeInstallation &edge)
{
    const Deployment *prometheus = snapshot.deployment(u"istio-system"_s, u"prometheus"_s);
    if (prometheus && snapshot.knows(u"pods"_s)) {
        const bool ready = std::any_of(snapshot.pods.begin(), snapshot.pods.end(), [&](const Pod &pod) {
            return pod.nameSpace == prometheus->nameSpace && pod.workload() == prometheus->name && pod.ready;
        });
        if (!ready)
            findings.append(
                {u"OBS-002"_s,
                 Severity::Warning,
                 {u"Deployment"_s, prometheus->nameSpace, prometheus->name},
                 u"status.readyReplicas"_s,
                 u"no pod of Prometheus is ready: nothing is observed, and no verdict on STRICT is possible"_s,
                 {},
                 u"look at the pod's events and log"_s});
    }
    const QString configuration = snapshot.configMaps.value(u"istio-system/prometheus/prometheus.yml"_s);
    const bool scraped = configuration.contains(u"8877"_s) || configuration.contains(u"ambassador"_s);
    if (!configuration.isEmpty() && !scraped && isJoined(snapshot, edge))
        findings.append({u"OBS-004"_s,
                         Severity::Warning,
                         {u"ConfigMap"_s, u"istio-system"_s, u"prometheus"_s},
                         u"data[prometheus.yml].scrape_configs"_s,
                         u"no job reads the edge's counters: errors of routes are not seen"_s,
                         {},
                         u"add the job: the guide's step prometheus"_s});
    // F30: metrics merging points Prometheus at the sidecar's port alone.
    for (const Pod &pod : snapshot.pods) {
        if (pod.nameSpace != edge.nameSpace || pod.workload() != edge.name || pod.isGone() || !pod.hasSidecar)
            continue;
        const bool told = pod.environment.value(u"istio-proxy"_s).contains(u"ISTIO_PROMETHEUS_ANNOTATIONS"_s);
        if (pod.annotations.value(u"prometheus.io/port"_s) == "15020"_L1 && !told
            && !isEdgeScraped(snapshot, edge)) {
            findings.append({u"OBS-003"_s,
                             Severity::Info,
                             {u"Pod"_s, pod.nameSpace, pod.name},
                             u"metadata.annotations[prometheus.io/port]"_s,
                             u"Prometheus reads the sidecar's metrics of this pod and not the edge's own"_s,
                             {},
                             u"let it scrape the Service of port 8877 too: the guide's step prometheus"_s});
            break;
        }
    }
}

} // namespace

bool keepsFirstCertificate(const EdgeInstallation &edge)
{
    const auto version = patchVersion(edge.version);
    return (version[0] >= 2 && version[0] < 4) || (version[0] == 4 && version[1] == 0);
}

bool takesCustomTags(const EdgeInstallation &edge)
{
    const auto version = patchVersion(edge.version);
    const bool isBefore = version[0] == 3 && version[1] < 4;
    return edge.compat == edge::Compat::V4 || (edge.compat == edge::Compat::V3 && !isBefore);
}

bool forbidsInjection(const Snapshot &snapshot, const EdgeInstallation &edge)
{
    const Namespace *home = snapshot.nameSpace(edge.nameSpace);
    const Deployment *deployment = snapshot.deployment(edge.nameSpace, edge.name);
    if (!home || !home->injected() || !deployment || deployment->container(u"istio-proxy"))
        return false;
    return deployment->podLabels.value(u"sidecar.istio.io/inject"_s,
                                       deployment->podAnnotations.value(u"sidecar.istio.io/inject"_s))
        == "false"_L1;
}

QList<Finding> twiceEncrypted(const Snapshot &snapshot, const EdgeView &view)
{
    const EdgeInstallation &edge = view.installation;
    const QString annotation = u"traffic.sidecar.istio.io/includeOutboundIPRanges"_s;
    const auto pod = std::find_if(snapshot.pods.begin(), snapshot.pods.end(), [&](const Pod &one) {
        const QString ranges = one.annotations.value(annotation, u"*"_s);
        return isPodOf(one, edge) && one.capturesOutbound() && ranges == "*"_L1 && one.runAsProxy.isEmpty();
    });
    if (pod == snapshot.pods.end())
        return {};
    const QStringList excluded =
        pod->annotations.value(u"traffic.sidecar.istio.io/excludeOutboundPorts"_s).split(u',');
    QStringList mappings;
    for (auto one = view.mappings.begin(); one != view.mappings.end(); ++one) {
        const MappingVerdict &verdict = *one.value();
        if (verdict.originatesTls && verdict.certificate.endsWith("/istio-certs"_L1) && verdict.sidecars > 0
            && !excluded.contains(QString::number(verdict.upstreamPort)))
            mappings.append(one.key());
    }
    if (mappings.isEmpty())
        return {};
    mappings.sort();
    return {
        {u"MT-029"_s, Severity::Error, refOf(edge),
         u"spec.template.metadata.annotations[%1]"_s.arg(annotation),
         u"its sidecar takes what the edge sends and encrypts it once more: behind the other sidecar the application is spoken to by TLS (%1 with tls)"_s
             .arg(counted(mappings.size(), u"Mapping"_s)),
         mappings,
         u"set the annotation to \"\", so that the edge sends by itself, or take tls out of the Mappings"_s}};
}

QList<Finding> integrationFindings(const Snapshot &snapshot, const EdgeView &view)
{
    QList<Finding> findings;
    const EdgeInstallation &edge = view.installation;
    if (!edge.name.isEmpty()) {
        addStaleCache(findings, snapshot, edge);
        addSidecarFaults(findings, snapshot, edge);
        addLateTracing(findings, snapshot, edge);
        addNoInjection(findings, snapshot, edge);
        findings += twiceEncrypted(snapshot, view);
    }
    addShortLife(findings, snapshot);
    addUnnamedPorts(findings, snapshot);
    addUnservedHooks(findings, snapshot);
    addObservation(findings, snapshot, edge);
    return findings;
}

} // namespace models
