// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/mesh_mode.h"

#include "models/analysis/service_index.h"

#include <tuple>

using namespace Qt::StringLiterals;

namespace models {

namespace {

EffectiveMode unknownMode(const Snapshot &snapshot)
{
    return {MtlsMode::Unset, false, true, {}, snapshot.whyUnknown(u"peerauthentications"_s), {}};
}

// The oldest object without a selector; nullptr if there is none.
const PeerAuthentication *withoutSelector(const QList<const PeerAuthentication *> &policies)
{
    for (const PeerAuthentication *policy : policies) {
        if (policy->selector.isEmpty())
            return policy;
    }
    return nullptr;
}

const PeerAuthentication *selecting(const QList<const PeerAuthentication *> &policies, const Labels &labels)
{
    for (const PeerAuthentication *policy : policies) {
        if (!policy->selector.isEmpty() && containsAll(labels, policy->selector))
            return policy;
    }
    return nullptr;
}

void narrow(EffectiveMode &mode, const PeerAuthentication *policy, const QString &scope)
{
    if (!policy)
        return;
    if (policy->mode == MtlsMode::Unset) {
        mode.unset = refOf(*policy);
        return;
    }
    mode.unset = {};
    mode.mode = policy->mode;
    mode.decidedBy = refOf(*policy);
    mode.reason = u"%1 PeerAuthentication %2/%3"_s.arg(scope, policy->nameSpace, policy->name);
}

// Of one pod's surroundings: the same for all of its ports but those that the workload's object names.
struct Policies
{
    EffectiveMode mode;
    const PeerAuthentication *workload = nullptr;
};

Policies policiesFor(const Snapshot &snapshot, const QString &nameSpace, const Labels *labels)
{
    Policies result;
    result.mode.reason = u"Istio's default: no PeerAuthentication says otherwise"_s;
    narrow(result.mode, meshWidePolicy(snapshot), u"mesh-wide"_s);
    if (nameSpace == snapshot.istioRootNamespace || nameSpace.isEmpty())
        return result;
    const QList<const PeerAuthentication *> own = snapshot.policiesIn(nameSpace);
    narrow(result.mode, withoutSelector(own), u"namespace-wide"_s);
    if (labels) {
        result.workload = selecting(own, *labels);
        narrow(result.mode, result.workload, u"workload's"_s);
    }
    return result;
}

EffectiveMode modeOfPort(const Policies &policies, const Pod &pod, int port)
{
    EffectiveMode mode = policies.mode;
    if (policies.workload) {
        const MtlsMode ofPort = policies.workload->portModes.value(port, MtlsMode::Unset);
        if (ofPort != MtlsMode::Unset) {
            mode.unset = {};
            mode.mode = ofPort;
            mode.decidedBy = refOf(*policies.workload);
            mode.reason = u"PeerAuthentication %1/%2, portLevelMtls %3"_s
                              .arg(policies.workload->nameSpace, policies.workload->name)
                              .arg(port);
        }
    }
    if (!mode.unset.kind.isEmpty())
        mode.reason += u"; %1 is UNSET and inherits it"_s.arg(mode.unset.text());
    mode.enforced = pod.capturesInbound(port);
    if (!mode.enforced)
        mode.reason = pod.hasSidecar
            ? u"the proxy does not stand before port %1; intended by: %2"_s.arg(port).arg(mode.reason)
            : u"no sidecar; intended by: %1"_s.arg(mode.reason);
    return mode;
}

Severity severityOf(const WorkloadPosture &posture)
{
    if (!posture.mode.known)
        return Severity::Unknown;
    if (!posture.mode.enforced) // plaintext is what comes: a fault only where STRICT was meant
        return posture.mode.mode == MtlsMode::Strict ? Severity::Warning : Severity::Info;
    switch (posture.mode.mode) {
    case MtlsMode::Strict:
        return posture.podsWithSidecar == posture.pods ? Severity::Good : Severity::Warning;
    case MtlsMode::Permissive: return Severity::Warning;
    case MtlsMode::Disable: return Severity::Error;
    case MtlsMode::Unset: break;
    }
    return Severity::Unknown;
}

// The ports of a pod that a Service or the pod itself names.
QMap<int, QString> portsOf(const Pod &pod, const QList<const Service *> &services)
{
    QMap<int, QString> ports;
    for (const ContainerPort &port : pod.ports) {
        if (port.container != "istio-proxy"_L1)
            ports.insert(port.port, port.name);
    }
    for (const Service *service : services) {
        for (const ServicePort &port : service->ports) {
            const int target = service->targetPortOf(port, pod);
            if (target > 0 && ports.value(target).isEmpty())
                ports.insert(target, port.name);
        }
    }
    return ports;
}

using RowsOfWorkload = QHash<int, qsizetype>; // port → place in the list

void addPort(QList<WorkloadPosture> &rows, RowsOfWorkload &rowOf, const Pod &pod, int port,
             const QString &portName, const EffectiveMode &mode)
{
    const int captured = pod.capturesInbound(port) ? 1 : 0;
    const auto known = rowOf.constFind(port);
    if (known == rowOf.constEnd()) {
        rowOf.insert(port, rows.size());
        const QString workload = pod.workload();
        const QString key = u"%1/%2:%3"_s.arg(pod.nameSpace, workload).arg(port);
        WorkloadPosture row{key,      pod.nameSpace, workload,          port, portName, 1,
                            captured, mode,          Severity::Unknown, {}};
        rows.append(row);
        return;
    }
    WorkloadPosture &row = rows[*known];
    ++row.pods;
    row.podsWithSidecar += captured;
    if (mode.enforced
        && !row.mode.enforced) // what any pod enforces is the row's mode; the counts say that not all do
        row.mode = mode;
}

} // namespace

QString modeText(const EffectiveMode &mode)
{
    if (!mode.enforced)
        return u"no sidecar"_s;
    if (!mode.known)
        return u"unknown"_s;
    return mode.unset.kind.isEmpty() ? mtlsModeName(mode.mode) : mtlsModeName(mode.mode) + u" (inherited)"_s;
}

const PeerAuthentication *meshWidePolicy(const Snapshot &snapshot)
{
    return withoutSelector(snapshot.policiesIn(snapshot.istioRootNamespace));
}

EffectiveMode effectiveMode(const Snapshot &snapshot, const Pod &pod, int port)
{
    if (snapshot.knows(u"peerauthentications"_s))
        return modeOfPort(policiesFor(snapshot, pod.nameSpace, &pod.labels), pod, port);
    EffectiveMode mode = unknownMode(snapshot);
    mode.enforced = pod.capturesInbound(port);
    return mode;
}

EffectiveMode meshMode(const Snapshot &snapshot) { return namespaceMode(snapshot, {}); }

EffectiveMode namespaceMode(const Snapshot &snapshot, const QString &nameSpace)
{
    if (!snapshot.knows(u"peerauthentications"_s))
        return unknownMode(snapshot);
    return policiesFor(snapshot, nameSpace, nullptr).mode;
}

QList<WorkloadPosture> workloadPostures(const Snapshot &snapshot)
{
    const ServiceIndex services(snapshot.services);
    QList<WorkloadPosture> rows;
    QHash<QString, RowsOfWorkload> rowsOf; // by namespace/workload
    const bool known = snapshot.knows(u"peerauthentications"_s);
    for (const Pod &pod : snapshot.pods) {
        if (pod.isGone() || pod.isGateway())
            continue;
        const Policies policies = known ? policiesFor(snapshot, pod.nameSpace, &pod.labels)
                                        : Policies{unknownMode(snapshot), nullptr};
        const QMap<int, QString> ports = portsOf(pod, services.of(pod));
        RowsOfWorkload &rowOf = rowsOf[pod.nameSpace + u'/' + pod.workload()];
        for (auto port = ports.begin(); port != ports.end(); ++port)
            addPort(rows, rowOf, pod, port.key(), port.value(),
                    known ? modeOfPort(policies, pod, port.key()) : effectiveMode(snapshot, pod, port.key()));
    }
    for (WorkloadPosture &row : rows)
        row.severity = severityOf(row);
    std::sort(rows.begin(), rows.end(), [](const auto &a, const auto &b) {
        return std::tie(a.nameSpace, a.workload, a.port) < std::tie(b.nameSpace, b.workload, b.port);
    });
    return rows;
}

void addObserved(QList<WorkloadPosture> &postures, const ObservedTraffic &traffic)
{
    for (WorkloadPosture &row : postures) {
        const auto counts = traffic.workloads.constFind(row.nameSpace + u'/' + row.workload);
        const double all = counts == traffic.workloads.constEnd() ? 0 : counts->mutual + counts->plain;
        if (all <= 0) {
            const bool unreadable = counts != traffic.workloads.constEnd() && counts->other > 0;
            row.observed = row.podsWithSidecar == 0 ? u"nobody counts: no sidecar"_s
                : unreadable ? u"the label connection_security_policy was taken out of its metrics"_s
                             : u"no traffic in %1"_s.arg(traffic.window);
            continue;
        }
        row.mutualShare = counts->mutual / all;
        if (counts->plain <= 0)
            row.observed = u"mutual TLS, %1 requests"_s.arg(qRound64(all));
        else if (counts->mutual <= 0)
            row.observed = u"clear text, %1 requests"_s.arg(qRound64(all));
        else // rounded down: 99.9 % is not all
            row.observed =
                u"%1 % mutual TLS of %2 requests"_s.arg(int(row.mutualShare * 100)).arg(qRound64(all));
    }
}

} // namespace models
