// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/mesh_findings.h"

#include <QSet>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

ObjectRef refOf(const Service &service) { return {u"Service"_s, service.nameSpace, service.name}; }

QList<const Pod *> selectedBy(const Snapshot &snapshot, const PeerAuthentication &policy)
{
    QList<const Pod *> pods;
    for (const Pod &pod : snapshot.pods) {
        if (pod.nameSpace == policy.nameSpace && !pod.isGone() && containsAll(pod.labels, policy.selector))
            pods.append(&pod);
    }
    return pods;
}

void addIgnored(QList<Finding> &findings, const Snapshot &snapshot)
{
    QHash<QString, const PeerAuthentication *> oldest; // without a selector, by namespace
    for (const PeerAuthentication &policy : snapshot.peerAuthentications) { // oldest first
        if (policy.selector.isEmpty()) {
            const PeerAuthentication *&first = oldest[policy.nameSpace];
            if (!first) {
                first = &policy;
                continue;
            }
            const bool same = first->mode == policy.mode;
            findings.append({u"MT-010"_s,
                             same ? Severity::Info : Severity::Warning,
                             refOf(policy),
                             u"metadata.creationTimestamp"_s,
                             u"ignored: %1 has the same scope and is older; %2 is in force, not %3"_s.arg(
                                 refOf(*first).text(), mtlsModeName(first->mode), mtlsModeName(policy.mode)),
                             {},
                             u"edit %1 instead, and remove this one"_s.arg(refOf(*first).text())});
        } else if (policy.nameSpace == snapshot.istioRootNamespace) {
            findings.append(
                {u"MT-011"_s,
                 Severity::Warning,
                 refOf(policy),
                 u"spec.selector"_s,
                 u"a selector in the root namespace %1 selects nothing: this object has no effect"_s.arg(
                     policy.nameSpace),
                 {},
                 u"move it to the namespace of the pods"_s});
        }
    }
}

bool hasPort(const Snapshot &snapshot, const Pod &pod, int port)
{
    if (std::any_of(pod.ports.begin(), pod.ports.end(),
                    [port](const ContainerPort &one) { return one.port == port; }))
        return true;
    return std::any_of(snapshot.services.begin(), snapshot.services.end(), [&](const Service &service) {
        return service.selects(pod)
            && std::any_of(service.ports.begin(), service.ports.end(),
                           [&](const ServicePort &one) { return service.targetPortOf(one, pod) == port; });
    });
}

void addWorkloadPolicies(QList<Finding> &findings, const Snapshot &snapshot)
{
    QHash<const Pod *, const PeerAuthentication *> winner;
    for (const PeerAuthentication &policy : snapshot.peerAuthentications) {
        if (policy.selector.isEmpty() || policy.nameSpace == snapshot.istioRootNamespace)
            continue;
        const QList<const Pod *> pods = selectedBy(snapshot, policy);
        const PeerAuthentication *older = nullptr;
        for (const Pod *pod : pods) {
            const PeerAuthentication *&first = winner[pod];
            older = first ? first : older;
            first = first ? first : &policy;
        }
        if (older)
            findings.append(
                {u"MT-013"_s,
                 Severity::Warning,
                 refOf(policy),
                 u"spec.selector"_s,
                 u"selects pods that the older %1 selects too; for them only the older one counts, its port modes included"_s
                     .arg(refOf(*older).text()),
                 {},
                 u"put both into one object"_s});
        for (auto mode = policy.portModes.begin(); mode != policy.portModes.end(); ++mode) {
            const bool known = std::any_of(pods.begin(), pods.end(), [&](const Pod *pod) {
                return hasPort(snapshot, *pod, mode.key());
            });
            if (!pods.isEmpty() && !known)
                findings.append(
                    {u"MT-012"_s,
                     Severity::Warning,
                     refOf(policy),
                     u"spec.portLevelMtls.%1"_s.arg(mode.key()),
                     u"no selected pod has a port %1; the key is the container's port, not the Service's"_s
                         .arg(mode.key()),
                     {},
                     u"write the targetPort of the Service"_s});
        }
    }
}

QList<const Pod *> strictPods(const Snapshot &snapshot, const Service &service)
{
    QList<const Pod *> strict;
    for (const Pod *pod : snapshot.podsOf(service)) {
        for (const ServicePort &port : service.ports) {
            const EffectiveMode mode = effectiveMode(snapshot, *pod, service.targetPortOf(port, *pod));
            if (mode.known && mode.enforced && mode.mode == MtlsMode::Strict) {
                strict.append(pod);
                break;
            }
        }
    }
    return strict;
}

void addRules(QList<Finding> &findings, const Snapshot &snapshot)
{
    for (const DestinationRule &rule : snapshot.destinationRules) {
        ClientTls tls = rule.tls;
        QString path = u"spec.trafficPolicy.tls.mode"_s;
        for (auto port = rule.portTls.begin(); port != rule.portTls.end() && !refusesMeshTls(tls); ++port) {
            tls = port.value();
            path = u"spec.trafficPolicy.portLevelSettings[%1].tls.mode"_s.arg(port.key());
        }
        for (qsizetype i = 0; i < rule.subsets.size() && !refusesMeshTls(tls); ++i) {
            tls = rule.subsets[i].tls;
            path = u"spec.subsets[%1].trafficPolicy.tls.mode"_s.arg(rule.subsets[i].name);
        }
        if (!refusesMeshTls(tls))
            continue;
        QStringList services;
        for (const Service &service : snapshot.services) {
            if (rule.covers(service.nameSpace, service.name) && !strictPods(snapshot, service).isEmpty())
                services.append(refOf(service).text());
        }
        if (!services.isEmpty())
            findings.append(
                {u"MT-014"_s,
                 Severity::Error,
                 {u"DestinationRule"_s, rule.nameSpace, rule.name},
                 path,
                 u"clients in the mesh send %1 to %2, whose pods are STRICT: their connections are reset"_s
                     .arg(clientTlsName(tls), services.first()),
                 services.mid(1),
                 u"take tls out of the rule, or set it to ISTIO_MUTUAL"_s});
    }
}

void addHeadless(QList<Finding> &findings, const Snapshot &snapshot)
{
    for (const Service &service : snapshot.services) {
        if (!service.isHeadless())
            continue;
        const QList<const Pod *> pods = snapshot.podsOf(service);
        const auto bare =
            std::count_if(pods.begin(), pods.end(), [](const Pod *pod) { return !pod->hasSidecar; });
        if (bare == 0 || bare == pods.size())
            continue;
        const bool strict = !strictPods(snapshot, service).isEmpty();
        findings.append(
            {u"MT-016"_s,
             strict ? Severity::Error : Severity::Warning,
             refOf(service),
             u"spec.clusterIP"_s,
             u"%1 of %2 pods have no sidecar; clients in the mesh speak clear text to all of a headless Service's pods unless every one has one%3"_s
                 .arg(bare)
                 .arg(pods.size())
                 .arg(strict ? u", and STRICT pods refuse it"_s : QString()),
             {},
             u"inject the other pods too"_s});
    }
}

void addHooks(QList<Finding> &findings, const Snapshot &snapshot)
{
    for (const ServiceHook &hook : snapshot.serviceHooks) {
        const Service *service = snapshot.service(hook.nameSpace, hook.service);
        const ServicePort *port = service ? service->portOf(hook.port) : nullptr;
        if (!port)
            continue;
        for (const Pod *pod : snapshot.podsOf(*service)) {
            const int target = service->targetPortOf(*port, *pod);
            const EffectiveMode mode = effectiveMode(snapshot, *pod, target);
            if (!mode.known || !mode.enforced || mode.mode != MtlsMode::Strict)
                continue;
            findings.append(
                {u"MT-017"_s, hook.failsClosed ? Severity::Error : Severity::Warning, hook.object, hook.path,
                 u"the API server calls %1 in clear TLS, and port %2 of its pods is STRICT by %3: the calls end with EOF"_s
                     .arg(refOf(*service).text())
                     .arg(target)
                     .arg(mode.reason),
                 hook.webhook.isEmpty() ? QStringList() : QStringList{u"webhook "_s + hook.webhook},
                 u"let a PeerAuthentication with portLevelMtls make port %1 PERMISSIVE"_s.arg(target)});
            break;
        }
    }
}

// STRICT where it does not work: below a DISABLE, or without a sidecar that would enforce it.
void addWeakStrict(QList<Finding> &findings, const Snapshot &snapshot, const QList<WorkloadPosture> &postures)
{
    QSet<QString> injected;
    for (const Namespace &one : snapshot.namespaces) {
        if (one.injected())
            injected.insert(one.name);
    }
    QSet<QString> disabled;
    for (auto one = snapshot.index.namespaces.begin(); one != snapshot.index.namespaces.end(); ++one) {
        if (namespaceMode(snapshot, one.key()).mode == MtlsMode::Disable)
            disabled.insert(one.key());
    }
    // Callers outside the mesh are what an edge is for: its sidecar captures nothing, on purpose.
    const auto isEdge = [&](const QString &workload) {
        return std::any_of(snapshot.edges.begin(), snapshot.edges.end(),
                           [&](const EdgeInstallation &edge) { return edge.key() == workload; });
    };
    QSet<QString> said;
    for (const WorkloadPosture &row : postures) {
        const bool below = row.mode.enforced && disabled.contains(row.nameSpace);
        const bool half = row.podsIntercepted < row.pods && injected.contains(row.nameSpace);
        if (!row.mode.known || row.mode.mode != MtlsMode::Strict || (!below && !half))
            continue;
        const QString workload = row.nameSpace + u'/' + row.workload;
        if (said.contains(workload) || (!below && isEdge(workload)))
            continue;
        said.insert(workload);
        const ObjectRef subject{u"Deployment"_s, row.nameSpace, row.workload};
        if (below) {
            findings.append(
                {u"MT-015"_s,
                 Severity::Error,
                 row.mode.decidedBy,
                 u"spec.mtls.mode"_s,
                 u"%1 is STRICT while its namespace is DISABLE: clients in the mesh get no TLS for it and are refused"_s
                     .arg(workload),
                 {},
                 u"make the namespace PERMISSIVE first"_s});
        } else {
            findings.append(
                {u"MT-018"_s,
                 Severity::Warning,
                 subject,
                 u"spec.template"_s,
                 u"port %1: %2 of %3 pods take clear text although STRICT is meant: no sidecar stands before it"_s
                     .arg(row.port)
                     .arg(row.pods - row.podsIntercepted)
                     .arg(row.pods),
                 {},
                 u"restart the pods so that they get a sidecar, or take the port out of excludeInboundPorts"_s});
        }
    }
}

} // namespace

QList<Finding> policyFindings(const Snapshot &snapshot)
{
    QList<Finding> findings;
    if (!snapshot.knows(u"peerauthentications"_s))
        return findings;
    addIgnored(findings, snapshot);
    addWorkloadPolicies(findings, snapshot);
    return findings;
}

QList<Finding> meshFindings(const Snapshot &snapshot)
{
    return meshFindings(snapshot, workloadPostures(snapshot));
}

QList<Finding> meshFindings(const Snapshot &snapshot, const QList<WorkloadPosture> &postures)
{
    QList<Finding> findings = policyFindings(snapshot);
    if (!snapshot.knows(u"peerauthentications"_s))
        return findings;
    addRules(findings, snapshot);
    addHeadless(findings, snapshot);
    addHooks(findings, snapshot);
    addWeakStrict(findings, snapshot, postures);
    return findings;
}

} // namespace models
