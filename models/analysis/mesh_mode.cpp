// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/mesh_mode.h"

#include <tuple>

using namespace Qt::StringLiterals;

namespace models {

namespace {

EffectiveMode unknownMode(const Snapshot &snapshot)
{
    EffectiveMode mode;
    mode.mode = MtlsMode::Unset;
    mode.known = false;
    mode.reason = snapshot.whyUnknown(u"peerauthentications"_s);
    return mode;
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

EffectiveMode modeIn(const Snapshot &snapshot, const QString &nameSpace)
{
    EffectiveMode mode;
    mode.reason = u"Istio's default: no PeerAuthentication says otherwise"_s;
    narrow(mode, meshWidePolicy(snapshot), u"mesh-wide"_s);
    if (nameSpace != snapshot.istioRootNamespace && !nameSpace.isEmpty())
        narrow(mode, withoutSelector(snapshot.policiesIn(nameSpace)), u"namespace-wide"_s);
    return mode;
}

// As a sidecar enforces it.
EffectiveMode enforcedMode(EffectiveMode mode)
{
    if (!mode.unset.kind.isEmpty())
        mode.reason += u"; %1 is UNSET and inherits it"_s.arg(mode.unset.text());
    mode.enforced = true;
    return mode;
}

EffectiveMode modeOfPort(EffectiveMode mode, const PeerAuthentication *workload, const Pod &pod, int port)
{
    const MtlsMode ofPort = workload ? workload->portModes.value(port, MtlsMode::Unset) : MtlsMode::Unset;
    if (ofPort != MtlsMode::Unset) {
        mode.unset = {};
        mode.mode = ofPort;
        mode.decidedBy = refOf(*workload);
        mode.reason = u"PeerAuthentication %1/%2, portLevelMtls %3"_s.arg(workload->nameSpace, workload->name)
                          .arg(port);
    }
    const bool enforced = pod.capturesInbound(port);
    mode = enforcedMode(std::move(mode));
    mode.enforced = enforced;
    mode.hasSidecar = !enforced && pod.hasSidecar;
    if (!enforced)
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
        return posture.podsIntercepted == posture.pods ? Severity::Good : Severity::Warning;
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
    const int intercepted = pod.capturesInbound(port) ? 1 : 0;
    const auto known = rowOf.constFind(port);
    if (known == rowOf.constEnd()) {
        rowOf.insert(port, rows.size());
        const QString workload = pod.workload();
        const QString key = u"%1/%2:%3"_s.arg(pod.nameSpace, workload).arg(port);
        WorkloadPosture row;
        row.key = key;
        row.nameSpace = pod.nameSpace;
        row.workload = workload;
        row.port = port;
        row.portName = portName;
        row.pods = 1;
        row.podsWithSidecar = pod.hasSidecar ? 1 : 0;
        row.podsIntercepted = intercepted;
        row.mode = mode;
        rows.append(row);
        return;
    }
    WorkloadPosture &row = rows[*known];
    ++row.pods;
    row.podsWithSidecar += pod.hasSidecar ? 1 : 0;
    row.podsIntercepted += intercepted;
    if (mode.enforced
        && !row.mode.enforced) // what any pod enforces is the row's mode; the counts say that not all do
        row.mode = mode;
}

QList<PeerAuthentication> valuesOf(const QList<const PeerAuthentication *> &policies)
{
    QList<PeerAuthentication> values;
    for (const PeerAuthentication *policy : policies)
        values.append(*policy);
    return values;
}

// Of one namespace, sorted.
QList<WorkloadPosture> posturesIn(const Snapshot &snapshot, const NamespaceContents &contents)
{
    QList<WorkloadPosture> rows;
    QHash<QString, RowsOfWorkload> rowsOf; // by workload
    EffectiveModes modes(snapshot);
    for (const auto &shared : contents.pods) {
        const Pod &pod = *shared;
        if (pod.isGone() || pod.isGateway())
            continue;
        const QMap<int, QString> ports = portsOf(pod, contents.servicesOfPod.value(&pod));
        RowsOfWorkload &rowOf = rowsOf[pod.workload()];
        for (auto port = ports.begin(); port != ports.end(); ++port)
            addPort(rows, rowOf, pod, port.key(), port.value(), modes.of(pod, port.key()));
    }
    for (WorkloadPosture &row : rows)
        row.severity = severityOf(row);
    std::sort(rows.begin(), rows.end(), [](const auto &a, const auto &b) {
        return std::tie(a.workload, a.port) < std::tie(b.workload, b.port);
    });
    return rows;
}

} // namespace

QString modeText(const EffectiveMode &mode)
{
    if (!mode.enforced)
        return mode.hasSidecar ? u"not intercepted"_s : u"no sidecar"_s;
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
    return EffectiveModes(snapshot).of(pod, port);
}

EffectiveModes::EffectiveModes(const Snapshot &snapshot)
    : m_snapshot(snapshot)
    , m_known(snapshot.knows(u"peerauthentications"_s))
{
}

const EffectiveMode &EffectiveModes::kept(EffectiveMode mode)
{
    m_all.push_back(std::move(mode));
    return m_all.back();
}

EffectiveModes::Surroundings EffectiveModes::surroundingsOf(const Pod &pod)
{
    auto base = m_namespaces.find(pod.nameSpace);
    if (base == m_namespaces.end()) {
        const EffectiveMode mode = modeIn(m_snapshot, pod.nameSpace);
        QList<const PeerAuthentication *> narrower;
        if (pod.nameSpace != m_snapshot.istioRootNamespace) {
            narrower = m_snapshot.policiesIn(pod.nameSpace);
            narrower.removeIf([](const PeerAuthentication *policy) { return policy->selector.isEmpty(); });
        }
        base = m_namespaces.insert(pod.nameSpace, {&kept(mode), nullptr, nullptr, narrower});
    }
    Surroundings found = *base;
    found.workload = selecting(found.policies, pod.labels);
    if (found.workload) {
        EffectiveMode mode = *found.mode;
        narrow(mode, found.workload, u"workload's"_s);
        found = {&kept(std::move(mode)), found.workload, nullptr, {}};
    }
    if (!found.enforced) { // the same for every pod of the namespace that no object selects
        found.enforced = &kept(enforcedMode(*found.mode));
        if (!found.workload)
            base->enforced = found.enforced;
    }
    return found;
}

const EffectiveMode &EffectiveModes::of(const Pod &pod, int port)
{
    if (!m_known) {
        EffectiveMode mode = unknownMode(m_snapshot);
        mode.enforced = pod.capturesInbound(port);
        mode.hasSidecar = !mode.enforced && pod.hasSidecar;
        return kept(std::move(mode));
    }
    if (m_pod != &pod) {
        m_around = surroundingsOf(pod);
        m_pod = &pod;
    }
    const bool hasOwn = m_around.workload && m_around.workload->portModes.contains(port);
    if (!hasOwn && pod.capturesInbound(port))
        return *m_around.enforced;
    return kept(modeOfPort(*m_around.mode, m_around.workload, pod, port));
}

EffectiveMode meshMode(const Snapshot &snapshot) { return namespaceMode(snapshot, {}); }

EffectiveMode namespaceMode(const Snapshot &snapshot, const QString &nameSpace)
{
    if (!snapshot.knows(u"peerauthentications"_s))
        return unknownMode(snapshot);
    return modeIn(snapshot, nameSpace);
}

QList<WorkloadPosture> workloadPostures(const Snapshot &snapshot) { return PostureMaker().make(snapshot); }

QList<WorkloadPosture> PostureMaker::make(const Snapshot &snapshot)
{
    const QList<PeerAuthentication> rootPolicies = valuesOf(snapshot.policiesIn(snapshot.istioRootNamespace));
    const QString whyUnknown = snapshot.whyUnknown(u"peerauthentications"_s);
    if (rootPolicies != m_rootPolicies || whyUnknown != m_whyUnknown
        || snapshot.istioRootNamespace != m_rootNamespace)
        m_made.clear();
    m_rootPolicies = rootPolicies;
    m_whyUnknown = whyUnknown;
    m_rootNamespace = snapshot.istioRootNamespace;
    QHash<QString, Made> now;
    QList<WorkloadPosture> rows;
    QStringList names = snapshot.index.namespaces.keys();
    names.sort();
    for (const QString &name : names) {
        Made made = m_made.value(name);
        const auto contents = snapshot.index.namespaces.value(name);
        const QList<PeerAuthentication> policies = valuesOf(snapshot.policiesIn(name));
        if (made.contents != contents || made.policies != policies)
            made = {contents, policies, posturesIn(snapshot, *contents)};
        rows += made.rows;
        now.insert(name, std::move(made));
    }
    m_made = std::move(now);
    return rows;
}

void addObserved(QList<WorkloadPosture> &postures, const ObservedTraffic &traffic)
{
    for (WorkloadPosture &row : postures) {
        const auto counts = traffic.workloads.constFind(row.nameSpace + u'/' + row.workload);
        const double all = counts == traffic.workloads.constEnd() ? 0 : counts->mutual + counts->plain;
        if (all <= 0) {
            const bool unreadable = counts != traffic.workloads.constEnd() && counts->other > 0;
            row.observed = row.podsIntercepted == 0 ? u"nobody counts: %1"_s.arg(modeText(row.mode))
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
