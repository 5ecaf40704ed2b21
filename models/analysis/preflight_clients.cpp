// SPDX-License-Identifier: GPL-3.0-or-later
// C1 … C8: clients that would not use mutual TLS.
#include "models/analysis/client_rules.h"
#include "models/analysis/preflight_scene.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

using Level = PreflightLevel;

const ServicePort *strictPort(const PreflightScene &scene, const Service &service)
{
    for (const ServicePort &port : service.ports) {
        if (scene.strictPodOf(service, port))
            return &port;
    }
    return nullptr;
}

// One row for what one field of a rule does to the Services that become STRICT.
struct RuleEffect
{
    ClientTls tls = ClientTls::Unset;
    QStringList services;
    QStringList callers; // that were seen to speak clear text to them, and go by the rule
};

QStringList callersSeen(const PreflightScene &scene, const PreflightScene::PodPort &server,
                        const QStringList &clients)
{
    QStringList seen;
    if (!scene.input().telemetry)
        return seen;
    for (const StrictTelemetry::Plaintext &one : scene.input().telemetry->plaintext) {
        const QString caller = one.sourceNamespace + u'/' + one.sourceWorkload;
        if (one.nameSpace + u'/' + one.workload == workloadKey(*server.pod)
            && clients.contains(one.sourceNamespace) && !seen.contains(caller))
            seen.append(caller);
    }
    return seen;
}

// Pods that a ServiceEntry gives another name.
void addHosts(QMap<QString, RuleEffect> &effects, const PreflightScene &scene, const DestinationRule &rule,
              const QSet<QString> &injected)
{
    for (const ServiceEntry &entry : scene.snapshot().serviceEntries) {
        if (!entry.isMeshInternal || entry.selector.isEmpty() || !entry.isMeantBy(rule)
            || clientsOf(scene.snapshot(), rule, entry.nameSpace, injected).isEmpty())
            continue;
        for (const ServicePort &port : entry.ports) {
            const RefusedTls refused = refusedTls(rule, port);
            const int target = port.targetPort.isEmpty() ? port.port : port.targetPort.toInt();
            const auto contents =
                scene.snapshot().contentsOf(entry.nameSpace); // nobody else holds an empty one
            const bool isStrict =
                std::any_of(contents->pods.begin(), contents->pods.end(), [&](const auto &pod) {
                    return entry.selects(*pod) && scene.strictPortOf(*pod, target);
                });
            if (refused.tls == ClientTls::Unset || !isStrict)
                continue;
            RuleEffect &effect = effects[refused.path];
            effect.tls = refused.tls;
            const QString name =
                u"%1 (ServiceEntry %2/%3)"_s.arg(entry.hosts.value(0), entry.nameSpace, entry.name);
            if (!effect.services.contains(name))
                effect.services.append(name);
        }
    }
}

QMap<QString, RuleEffect> effectsOf(const PreflightScene &scene, const DestinationRule &rule,
                                    const QSet<QString> &injected) // by path
{
    QMap<QString, RuleEffect> effects;
    addHosts(effects, scene, rule, injected);
    for (const Service &service : scene.snapshot().services) {
        if (!rule.covers(service.nameSpace, service.name))
            continue;
        const QStringList clients = clientsOf(scene.snapshot(), rule, service.nameSpace, injected);
        for (const ServicePort &port : service.ports) {
            const RefusedTls refused = refusedTls(rule, port);
            const auto *server = refused.tls == ClientTls::Unset || clients.isEmpty()
                ? nullptr
                : scene.strictPodOf(service, port);
            if (!server)
                continue;
            RuleEffect &effect = effects[refused.path];
            effect.tls = refused.tls;
            if (const QString name = service.nameSpace + u'/' + service.name; !effect.services.contains(name))
                effect.services.append(name);
            for (const QString &caller : callersSeen(scene, *server, clients)) {
                if (!effect.callers.contains(caller))
                    effect.callers.append(caller);
            }
        }
    }
    return effects;
}

void addRules(PreflightScene &scene)
{
    if (!scene.snapshot().knows(u"destinationrules"_s) && !scene.snapshot().isAbsent(u"destinationrules"_s))
        return scene.skip(u"C1"_s, scene.snapshot().whyUnknown(u"destinationrules"_s));
    const QSet<QString> injected = namespacesWithSidecars(scene.snapshot());
    for (const DestinationRule &rule : scene.snapshot().destinationRules) {
        const QMap<QString, RuleEffect> effects = effectsOf(scene, rule, injected);
        for (auto effect = effects.begin(); effect != effects.end(); ++effect) {
            const bool whole = effect.key() == "spec.trafficPolicy.tls.mode"_L1;
            const QStringList &services = effect->services;
            QStringList evidence = services.size() > 1 ? services : QStringList();
            for (const QString &caller : effect->callers)
                evidence.append(u"clear text from %1 is counted"_s.arg(caller));
            scene.add(
                {.check = u"C1"_s,
                 .level = effect->callers.isEmpty() ? Level::Likely : Level::Blocker,
                 .subject = {u"DestinationRule"_s, rule.nameSpace, rule.name},
                 .path = effect.key(),
                 .value = clientTlsName(effect->tls),
                 .message = services.size() == 1
                     ? u"clients in the mesh would send %1 to Service %2, which becomes STRICT"_s.arg(
                         clientTlsName(effect->tls), services.first())
                     : u"clients in the mesh would send %1 to %2 Services that become STRICT"_s
                           .arg(clientTlsName(effect->tls))
                           .arg(services.size()),
                 .evidence = evidence,
                 .remedy = u"set it to ISTIO_MUTUAL or remove tls"_s,
                 .patch = whole ? QByteArray(R"({"spec":{"trafficPolicy":{"tls":null}}})") : QByteArray(),
                 .verify = u"V3: no new 503 with UC or UF of its clients"_s});
        }
    }
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
        if (!pod.hasSidecar || pod.isGone() || pod.isGateway() || said.contains(workloadKey(pod)))
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
        if (!pod.containersAsProxy.isEmpty()) {
            path = u"spec.containers[%1].securityContext.runAsUser"_s.arg(pod.containersAsProxy.first());
            value = u"1337"_s;
        }
        if (path.isEmpty())
            continue;
        said.insert(workloadKey(pod));
        scene.add({.check = u"C4"_s,
                   .level = speakers.contains(workloadKey(pod)) ? Level::Likely : Level::Possible,
                   .subject = workloadRef(pod),
                   .path = path,
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
        if (!pod.hasSidecar || pod.isGone() || said.contains(workloadKey(pod)))
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
                   .path = u"spec.initContainers"_s,
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
        scene.add(
            {.check = u"C6"_s,
             .level = Level::Possible,
             .subject = {u"Namespace"_s, {}, one.key()},
             .path = u"metadata.labels[istio-injection]"_s,
             .message = u"%1 workloads without a sidecar could call what becomes STRICT"_s.arg(names.size()),
             .evidence = names,
             .remedy = u"inject them, or let them come through the edge"_s,
             .verify = u"T1: no clear text of theirs is counted"_s});
    }
}

void addJobs(PreflightScene &scene)
{
    if (!scene.snapshot().knows(u"cronjobs"_s) && !scene.snapshot().isAbsent(u"cronjobs"_s))
        return scene.skip(u"C7"_s, scene.snapshot().whyUnknown(u"cronjobs"_s));
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
                   .evidence = {u"%1 requests or connections"_s.arg(one.requests), one.query},
                   .remedy = u"call the Service by its name"_s,
                   .verify = u"V3"_s});
}

QStringList listOf(const QString &commas) { return commas.split(u',', Qt::SkipEmptyParts); }

// Why pods of a namespace do not know a Service; "" they do.  The object that says so goes into `by`.
QString whyHidden(const PreflightScene &scene, const QString &client, const Service &service, ObjectRef &by)
{
    const Snapshot &snapshot = scene.snapshot();
    const SidecarScope *scope = nullptr; // the namespace's own one, else the root namespace's
    for (const SidecarScope &one : snapshot.sidecars) {
        if (one.selector.isEmpty()
            && (one.nameSpace == client || (!scope && one.nameSpace == snapshot.istioRootNamespace)))
            scope = &one;
    }
    if (scope && !scope->reaches(service.nameSpace, service.name)) {
        by = {u"Sidecar"_s, scope->nameSpace, scope->name};
        return u"its egress.hosts leave the Service out"_s;
    }
    const QStringList exported = listOf(service.annotations.value(u"networking.istio.io/exportTo"_s));
    if (!isExportedTo(exported, service.nameSpace, client)) {
        by = {u"Service"_s, service.nameSpace, service.name};
        return u"its annotation networking.istio.io/exportTo hides it from namespace %1"_s.arg(client);
    }
    const QList<Labels> &selectors = snapshot.mesh.discoverySelectors;
    const Namespace *home = selectors.isEmpty() ? nullptr : snapshot.nameSpace(service.nameSpace);
    const bool discovered = !home || std::any_of(selectors.begin(), selectors.end(), [&](const Labels &one) {
        return containsAll(home->labels, one);
    });
    if (!discovered) {
        by = {u"Namespace"_s, {}, service.nameSpace};
        return u"meshConfig.discoverySelectors leave the namespace out"_s;
    }
    return {};
}

// What a client's proxy does not know as a Service goes out in clear text (PassthroughCluster).
void addHiddenHosts(PreflightScene &scene)
{
    const Snapshot &snapshot = scene.snapshot();
    if (!snapshot.knows(u"sidecars"_s) && !snapshot.isAbsent(u"sidecars"_s))
        return scene.skip(u"C2"_s, snapshot.whyUnknown(u"sidecars"_s));
    QHash<QString, QSet<QString>> callers; // namespace/workload that takes clear text → namespaces of callers
    if (scene.input().telemetry) {
        for (const StrictTelemetry::Plaintext &one : scene.input().telemetry->plaintext) {
            if (!one.sourceNamespace.isEmpty() && one.sourceNamespace != "unknown"_L1)
                callers[one.nameSpace + u'/' + one.workload].insert(one.sourceNamespace);
        }
    }
    const QSet<QString> injected = namespacesWithSidecars(snapshot);
    QSet<QString> said;
    for (const Service &service : snapshot.services) {
        const ServicePort *port = strictPort(scene, service);
        if (!port)
            continue;
        const QString server = workloadKey(*scene.strictPodOf(service, *port)->pod);
        const QSet<QString> callersOfIt = callers.value(server);
        for (const QString &client : injected) {
            ObjectRef by;
            const QString why = whyHidden(scene, client, service, by);
            const bool seen = callersOfIt.contains(client);
            if (why.isEmpty() || said.contains(by.text() + client) || (!seen && by.kind != "Sidecar"_L1))
                continue;
            said.insert(by.text() + client);
            scene.add(
                {.check = u"C2"_s,
                 .level = seen ? Level::Likely : Level::Possible,
                 .subject = by,
                 .path = by.kind == "Sidecar"_L1 ? u"spec.egress"_s : QString(),
                 .message =
                     u"pods of namespace %1 do not know Service %2/%3 as one of the mesh (%4): they would call it in clear text"_s
                         .arg(client, service.nameSpace, service.name, why),
                 .evidence = seen ? QStringList{u"clear text from %1 to %2 is counted"_s.arg(client, server)}
                                  : QStringList(),
                 .remedy = u"let them see the Service"_s,
                 .verify = u"V3 and V9"_s});
        }
    }
}

// By the agents' own metric; a certificate that has ended is refused by every STRICT server.
void addClientCertificates(PreflightScene &scene)
{
    if (!scene.input().telemetry || !scene.input().telemetry->certificateSeconds)
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

} // namespace

void checkClients(PreflightScene &scene)
{
    addRules(scene);
    addBypasses(scene);
    addInitContainers(scene);
    addOutsiders(scene);
    addJobs(scene);
    addAroundRegistry(scene);
    addHiddenHosts(scene);
    addClientCertificates(scene);
}

} // namespace models
