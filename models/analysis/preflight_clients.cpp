// SPDX-License-Identifier: GPL-3.0-or-later
// C2 … C8: clients that would not use mutual TLS.
#include "models/analysis/client_rules.h"
#include "models/analysis/preflight_scene.h"
#include "models/analysis/shadow_gate.h"
#include "models/resources/counted.h"

#include <algorithm>
#include <optional>

using namespace Qt::StringLiterals;

namespace models {

namespace {

using Level = PreflightLevel;

// That become STRICT, of those that the Service leads to.
QStringList strictWorkloads(const PreflightScene &scene, const Service &service)
{
    QStringList workloads;
    for (const ServicePort &port : service.ports) {
        const auto servers = scene.strictPodsOf(service, port);
        for (const auto *server : servers) {
            if (const QString workload = workloadKey(*server->pod); !workloads.contains(workload))
                workloads.append(workload);
        }
    }
    return workloads;
}

// Workloads that were seen to speak clear text, as they name themselves.
QSet<QString> speakersOfClearText(const PreflightScene &scene)
{
    QSet<QString> seen;
    if (scene.input().telemetry) {
        for (const StrictTelemetry::Plaintext &one : scene.input().telemetry->plaintext)
            seen.insert(one.sourceNamespace + u'/' + one.sourceWorkload);
    }
    return seen;
}

void addBypasses(PreflightScene &scene)
{
    const QSet<QString> speakers = speakersOfClearText(scene);
    QSet<QString> said;
    for (const Pod &pod : scene.snapshot().pods) {
        if (!pod.hasSidecar || pod.isGone() || pod.isGateway()
            || (!said.isEmpty() && said.contains(workloadKey(pod)))
            || isOfEdge(scene.snapshot(),
                        pod)) // it sends by itself, on purpose: E2 and E8 say what of it fails
            continue;
        QString path;
        QString value;
        for (const QString &key : {u"traffic.sidecar.istio.io/excludeOutboundPorts"_s,
                                   u"traffic.sidecar.istio.io/excludeOutboundIPRanges"_s}) {
            if (!pod.annotations.value(key).isEmpty()) {
                path = u"metadata.annotations[%1]"_s.arg(key);
                value = pod.annotations.value(key);
            }
        }
        const auto included =
            pod.annotations.constFind(u"traffic.sidecar.istio.io/includeOutboundIPRanges"_s);
        if (included != pod.annotations.constEnd() && *included != "*"_L1) {
            path = u"metadata.annotations[traffic.sidecar.istio.io/includeOutboundIPRanges]"_s;
            value = *included;
        }
        if (!pod.runAsProxy.isEmpty()) {
            path = pod.runAsProxy.first();
            value = u"1337"_s;
        }
        if (path.isEmpty())
            continue;
        said.insert(workloadKey(pod));
        scene.add({.check = u"C4"_s,
                   .level = speakers.contains(workloadKey(pod)) ? Level::Likely : Level::Possible,
                   .subject = workloadRef(pod),
                   .path = templatePath(pod, path),
                   .value = value,
                   .message = u"some of its outgoing traffic goes around its sidecar, in clear text"_s,
                   .remedy = u"let the sidecar take it, or make an exception for the port that it calls"_s,
                   .verify = u"V9: no refused peer is one of its pods"_s});
    }
}

void addInitContainers(PreflightScene &scene)
{
    static const QSet<QString> istios{u"istio-init"_s, u"istio-validation"_s, u"istio-proxy"_s};
    QSet<QString> said;
    for (const Pod &pod : scene.snapshot().pods) {
        if (!pod.hasSidecar || pod.isGone() || pod.initContainers.isEmpty()
            || said.contains(workloadKey(pod)))
            continue;
        QStringList early;
        for (const QString &name : pod.initContainers) {
            if (name == "istio-proxy"_L1) // a native sidecar: what comes after it may use it
                break;
            if (!istios.contains(name))
                early.append(name);
        }
        if (early.isEmpty())
            continue;
        said.insert(workloadKey(pod));
        scene.add({.check = u"C5"_s,
                   .level = Level::Possible,
                   .subject = workloadRef(pod),
                   .path = templatePath(pod, u"spec.initContainers"_s),
                   .value = early.join(u", "_s),
                   .message =
                       u"these run before the sidecar: what they call in the mesh, they call in clear text"_s,
                   .remedy = u"use native sidecars, or make an exception for the port that they call"_s,
                   .verify = u"V6: new pods become ready"_s});
    }
}

// Whom NetworkPolicies let call what becomes STRICT.
class Doors
{
public:
    explicit Doors(const PreflightScene &scene)
        : m_snapshot(scene.snapshot())
    {
        const Pod *last = nullptr; // the ports of a pod stand together
        QList<const NetworkPolicy *> about;
        for (const auto &one : scene.podPorts()) {
            if (!one.becomesStrict() || m_isOpen)
                continue;
            if (std::exchange(last, one.pod) != one.pod)
                about = policiesOf(*one.pod);
            m_isOpen = about.isEmpty(); // nothing keeps anybody from it
            m_guarded.push_back({one.pod, one.port, about});
        }
    }

    // What lets the client in: a policy's name, "" no policy is needed; absent: it is kept away from every port.
    std::optional<QString> letIn(const Pod &client) const
    {
        if (m_isOpen || client.hostNetwork) // who comes from a node's address is no pod to a policy
            return QString();
        const Namespace *home = m_snapshot.nameSpace(client.nameSpace);
        for (const Guarded &one : m_guarded) {
            for (const NetworkPolicy *policy : one.policies) {
                if (policy->lets(client, home, *one.pod, one.port))
                    return policy->nameSpace + u'/' + policy->name;
            }
        }
        return {};
    }

private:
    struct Guarded
    {
        const Pod *pod;
        int port;
        QList<const NetworkPolicy *> policies;
    };

    QList<const NetworkPolicy *> policiesOf(const Pod &pod) const
    {
        QList<const NetworkPolicy *> about;
        for (const NetworkPolicy &policy : m_snapshot.networkPolicies) {
            if (policy.isAbout(pod))
                about.append(&policy);
        }
        return about;
    }

    const Snapshot &m_snapshot;
    std::vector<Guarded> m_guarded;
    bool m_isOpen = false; // some port of them, to everybody
};

// Namespaces whose pods have no sidecar may call; telemetry (T1) says whether they do.
void addOutsiders(PreflightScene &scene)
{
    const Doors doors(scene);
    QMap<QString, QSet<QString>> outside;
    for (const Pod &pod : scene.snapshot().pods) {
        if (isInMesh(pod) || pod.isGone() || pod.nameSpace == "kube-system"_L1
            || pod.nameSpace == scene.snapshot().istioRootNamespace
            || pod.nameSpace == scene.view().installation.nameSpace)
            continue;
        if (const auto policy = doors.letIn(pod))
            outside[pod.nameSpace].insert(policy->isEmpty()
                                              ? pod.workload()
                                              : u"%1, by NetworkPolicy %2"_s.arg(pod.workload(), *policy));
    }
    for (auto one = outside.begin(); one != outside.end(); ++one) {
        QStringList names(one.value().begin(), one.value().end());
        names.sort();
        scene.add({.check = u"C6"_s,
                   .level = Level::Possible,
                   .subject = {u"Namespace"_s, {}, one.key()},
                   .path = u"metadata.labels[istio-injection]"_s,
                   .message = u"%1 without a sidecar could call what becomes STRICT"_s.arg(
                       counted(names.size(), u"workload"_s)),
                   .evidence = names,
                   .remedy = u"inject them, or let them come through the edge"_s,
                   .verify = u"T1: no clear text of theirs is counted"_s});
    }
}

// That have yet to run or to end; those that a CronJob makes are said with it.
void addSingleJobs(PreflightScene &scene)
{
    const Snapshot &snapshot = scene.snapshot();
    for (const Job &job : snapshot.jobs) {
        if (job.isOver || job.isSuspended || !job.cronJob.isEmpty()
            || snapshot.injects(job.nameSpace, job.podLabels, job.podAnnotations))
            continue;
        scene.add({.check = u"C7"_s,
                   .level = Level::Possible,
                   .subject = {u"Job"_s, job.nameSpace, job.name},
                   .path = u"spec.template"_s,
                   .message =
                       u"runs without a sidecar and has not ended: what it calls in the mesh, it calls "
                       "in clear text"_s,
                   .remedy = u"wait until it has ended, or inject it"_s,
                   .verify = u"V9 until it has ended"_s});
    }
}

void addJobs(PreflightScene &scene)
{
    addSingleJobs(scene);
    for (const CronJob *job : jobsWithoutSidecar(scene.snapshot()))
        scene.add({.check = u"C7"_s,
                   .level = Level::Possible,
                   .subject = {u"CronJob"_s, job->nameSpace, job->name},
                   .path = u"spec.schedule"_s,
                   .value = job->schedule,
                   .message = u"runs without a sidecar now and then: the window must hold at least one run"_s,
                   .remedy = u"inject it, or lengthen the window"_s,
                   .verify = u"V9 after its next run"_s});
}

void addAroundRegistry(PreflightScene &scene)
{
    if (!scene.input().telemetry)
        return;
    for (const StrictTelemetry::Plaintext &one : scene.input().telemetry->aroundRegistry)
        scene.add({.check = u"C3"_s,
                   .level = Level::Likely,
                   .subject = scene.snapshot().workload(one.sourceNamespace, one.sourceWorkload),
                   .value = u"PassthroughCluster"_s,
                   .message = u"calls addresses that its sidecar does not know as a Service, in clear text"_s,
                   .evidence = {one.amount(), one.query},
                   .remedy = u"call the Service by its name"_s,
                   .verify = u"V3"_s});
}

QStringList listOf(const QString &commas) { return commas.split(u',', Qt::SkipEmptyParts); }

// Of a Service, what decides whether the proxies of other namespaces know it.
struct Reach
{
    const Service &service;
    QStringList exported;
    bool isDiscovered;
};

Reach reachOf(const Snapshot &snapshot, const Service &service)
{
    const QList<Labels> &selectors = snapshot.mesh.discoverySelectors;
    const Namespace *home = selectors.isEmpty() ? nullptr : snapshot.nameSpace(service.nameSpace);
    const bool isDiscovered = !home
        || std::any_of(selectors.begin(), selectors.end(),
                       [&](const Labels &one) { return containsAll(home->labels, one); });
    return {service, listOf(service.annotations.value(u"networking.istio.io/exportTo"_s)), isDiscovered};
}

// Of the pods of each namespace: its own one without a selector, else the root namespace's, nullptr where there is none; and those
// that select some of its pods.
using Scopes = QList<std::pair<QString, const SidecarScope *>>;

bool selectsAny(const SidecarScope &scope, const Snapshot &snapshot)
{
    return std::any_of(snapshot.pods.begin(), snapshot.pods.end(), [&scope](const Pod &pod) {
        return pod.hasSidecar && !pod.isGone() && pod.nameSpace == scope.nameSpace
            && containsAll(pod.labels, scope.selector);
    });
}

Scopes scopesOf(const Snapshot &snapshot, const QSet<QString> &namespaces)
{
    Scopes scopes;
    for (const QString &client : namespaces) {
        const SidecarScope *ofAll = nullptr;
        for (const SidecarScope &one : snapshot.sidecars) {
            if (one.selector.isEmpty()
                && (one.nameSpace == client || (!ofAll && one.nameSpace == snapshot.istioRootNamespace)))
                ofAll = &one;
        }
        scopes.append({client, ofAll});
    }
    for (const SidecarScope &one : snapshot.sidecars) {
        if (!one.selector.isEmpty() && namespaces.contains(one.nameSpace) && selectsAny(one, snapshot))
            scopes.append({one.nameSpace, &one});
    }
    return scopes;
}

struct Hidden // from the pods of a namespace
{
    QString client;
    ObjectRef by;
    QString why; // "": it is not
};

Hidden hiddenFrom(const QString &client, const SidecarScope *scope, const Reach &reach)
{
    const Service &service = reach.service;
    if (scope && !scope->reaches(service.nameSpace, service.name))
        return {client,
                {u"Sidecar"_s, scope->nameSpace, scope->name},
                u"its egress.hosts leave the Service out"_s};
    if (!isExportedTo(reach.exported, service.nameSpace, client))
        return {client,
                {u"Service"_s, service.nameSpace, service.name},
                u"its annotation networking.istio.io/exportTo hides it from namespace %1"_s.arg(client)};
    if (!reach.isDiscovered)
        return {client,
                {u"Namespace"_s, {}, service.nameSpace},
                u"meshConfig.discoverySelectors leave the namespace out"_s};
    return {};
}

// namespace/workload that takes clear text → namespaces of its callers
QHash<QString, QSet<QString>> callersInClearText(const PreflightScene &scene)
{
    QHash<QString, QSet<QString>> callers;
    if (!scene.input().telemetry)
        return callers;
    for (const StrictTelemetry::Plaintext &one : scene.input().telemetry->plaintext) {
        if (!one.sourceNamespace.isEmpty() && one.sourceNamespace != "unknown"_L1)
            callers[one.nameSpace + u'/' + one.workload].insert(one.sourceNamespace);
    }
    return callers;
}

PreflightRow hiddenRow(const Hidden &hidden, const Service &service, const QString &seenAt)
{
    return {
        .check = u"C2"_s,
        .level = seenAt.isEmpty() ? Level::Possible : Level::Likely,
        .subject = hidden.by,
        .path = hidden.by.kind == "Sidecar"_L1 ? u"spec.egress"_s : QString(),
        .message =
            u"pods of namespace %1 do not know Service %2/%3 as one of the mesh (%4): they would call it in clear text"_s
                .arg(hidden.client, service.nameSpace, service.name, hidden.why),
        .evidence = seenAt.isEmpty()
            ? QStringList()
            : QStringList{u"clear text from %1 to %2 is counted"_s.arg(hidden.client, seenAt)},
        .remedy = u"let them see the Service"_s,
        .verify = u"V3 and V9"_s};
}

// What a client's proxy does not know as a Service goes out in clear text (PassthroughCluster).
void addHiddenHosts(PreflightScene &scene)
{
    const Snapshot &snapshot = scene.snapshot();
    const QHash<QString, QSet<QString>> callers = callersInClearText(scene);
    const Scopes scopes = scopesOf(snapshot, namespacesWithSidecars(snapshot));
    QMap<QString, PreflightRow> rows; // by what hides and from whom: one that was seen comes before others
    for (const Service &service : snapshot.services) {
        const Reach reach = reachOf(snapshot, service);
        std::optional<QStringList> servers; // asked for where something hides, which is rare
        for (const auto &[client, scope] : scopes) {
            const Hidden hidden = hiddenFrom(client, scope, reach);
            if (hidden.why.isEmpty())
                continue;
            if (!servers)
                servers = strictWorkloads(scene, service);
            const auto server = std::find_if(servers->begin(), servers->end(), [&](const QString &one) {
                return callers.value(one).contains(hidden.client);
            });
            const bool seen = server != servers->end();
            const QString key = hidden.by.text() + u'\n' + hidden.client;
            if (servers->isEmpty() || (!seen && hidden.by.kind != "Sidecar"_L1)
                || (rows.contains(key) && !(seen && rows[key].level < Level::Likely)))
                continue;
            rows[key] = hiddenRow(hidden, service, seen ? *server : QString());
        }
    }
    for (const PreflightRow &row : std::as_const(rows))
        scene.add(row);
}

// By the agents' own metric; a certificate that has ended is refused by every STRICT server.
void addClientCertificates(PreflightScene &scene)
{
    if (!scene.input().telemetry)
        return scene.skip(u"C8"_s, whyNoTelemetry());
    if (!scene.input().telemetry->certificateSeconds)
        return scene.skip(
            u"C8"_s,
            u"Prometheus has no istio_agent_cert_expiry_seconds: let it scrape port 15020 of the pods (metrics merging), Istio 1.9 or newer"_s);
    const auto &seconds = *scene.input().telemetry->certificateSeconds;
    for (const Pod &pod : scene.snapshot().pods) {
        const auto left = seconds.constFind(pod.nameSpace + u'/' + pod.name);
        if (pod.isGone() || !pod.hasSidecar || left == seconds.constEnd() || *left > 0)
            continue;
        scene.add(
            {.check = u"C8"_s,
             .level = Level::Likely,
             .subject = {u"Pod"_s, pod.nameSpace, pod.name},
             .value = u"%1 s"_s.arg(qRound64(*left)),
             .message =
                 u"its workload certificate has ended and was not renewed: STRICT servers refuse it, and clients of it too"_s,
             .evidence = {u"istio_agent_cert_expiry_seconds %1"_s.arg(qRound64(*left))},
             .remedy = u"look at the log of istio-proxy and at istiod, then restart the pod"_s,
             .verify = u"V10"_s});
    }
}

// A sidecar that was asked and has no certificate yet ("warming"): its servers refuse everybody, and it can show none.
void addWarming(PreflightScene &scene)
{
    for (const ProxyCertificates &proxy : scene.snapshot().meshProxies) {
        const auto &all = proxy.certificates;
        if (!proxy.error.isEmpty() || std::any_of(all.begin(), all.end(), [](const LoadedCertificate &one) {
                return !one.isCa && isIstioCertificate(one);
            }))
            continue;
        scene.add(
            {.check = u"C8"_s,
             .level = Level::Likely,
             .subject = {u"Pod"_s, proxy.nameSpace, proxy.pod},
             .message =
                 u"its sidecar has no workload certificate: STRICT servers refuse it, and clients of it too"_s,
             .evidence = {u"its /certs, seen %1, have %2, none of its own"_s.arg(
                 proxy.seenAt.toUTC().toString(Qt::ISODate), counted(all.size(), u"certificate"_s))},
             .remedy = u"look at the log of istio-proxy (is istiod reached?), then restart the pod"_s,
             .verify = u"V10"_s});
    }
}

// The minor version of Istio's control plane; 0: none is known.
std::pair<int, int> newestControlPlane(const Snapshot &snapshot)
{
    std::pair<int, int> newest;
    for (const Deployment &deployment : snapshot.deployments) {
        for (const Deployment::Container &container : deployment.containers) {
            if (isControlPlane(container))
                newest = std::max(newest, istioVersion(imageTag(container.image)));
        }
    }
    return newest;
}

// Istio keeps a proxy of the two minor versions before its own working; an older one may not take what a policy becomes.
void addOldProxies(PreflightScene &scene)
{
    constexpr int SupportedSkew = 2;
    const auto plane = newestControlPlane(scene.snapshot());
    QSet<QString> said;
    for (const Pod &pod : scene.snapshot().pods) {
        const auto version = istioVersion(imageTag(pod.sidecarImage));
        if (!pod.hasSidecar || pod.isGone() || isOfEdge(scene.snapshot(), pod) || version.first == 0
            || version.first != plane.first || plane.second - version.second <= SupportedSkew
            || said.contains(workloadKey(pod)))
            continue;
        said.insert(workloadKey(pod));
        scene.add(
            {.check = u"C8"_s,
             .level = Level::Possible,
             .subject = workloadRef(pod),
             .value = pod.sidecarImage,
             .message =
                 u"its sidecar is of version %1.%2, istiod of %3.%4: no longer a pair that is tried together"_s
                     .arg(QString::number(version.first), QString::number(version.second),
                          QString::number(plane.first), QString::number(plane.second)),
             .evidence = {u"Pod %1/%2 spec.containers[istio-proxy].image"_s.arg(pod.nameSpace, pod.name)},
             .remedy = u"restart the pod, so that it gets the sidecar of today"_s,
             .verify = u"V1 and V10"_s});
    }
}

} // namespace

void checkClients(PreflightScene &scene)
{
    addBypasses(scene);
    addInitContainers(scene);
    addOutsiders(scene);
    addJobs(scene);
    addAroundRegistry(scene);
    addHiddenHosts(scene);
    addClientCertificates(scene);
    addWarming(scene);
    addOldProxies(scene);
}

} // namespace models
