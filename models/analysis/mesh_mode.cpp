// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/mesh_mode.h"

#include "models/resources/counted.h"

#include <tuple>

using namespace Qt::StringLiterals;

namespace models {

namespace {

EffectiveMode unknownMode(const Snapshot &snapshot)
{
    EffectiveMode mode;
    mode.mode = MtlsMode::Unset;
    mode.known = false;
    mode.reason = snapshot.whyModesUnknown();
    return mode;
}

// --- Istio up to 1.4: nothing is merged, the closest object alone decides (facts mesh-security.md §1.10) --------------

EffectiveMode decidedBy(const AuthenticationPolicy &policy, const QString &reason)
{
    EffectiveMode mode;
    mode.mode = policy.mode;
    mode.decidedBy = refOf(policy);
    mode.reason = reason;
    return mode;
}

EffectiveMode oldModeIn(const Snapshot &snapshot, const QString &nameSpace)
{
    const auto wide = [&](const QString &home) {
        return std::find_if(snapshot.authenticationPolicies.begin(), snapshot.authenticationPolicies.end(),
                            [&](const AuthenticationPolicy &policy) {
                                return policy.nameSpace == home && policy.targets.isEmpty()
                                    && policy.name == "default"_L1; // any other name is without effect
                            });
    };
    const auto none = snapshot.authenticationPolicies.end();
    if (const auto own = nameSpace.isEmpty() ? none : wide(nameSpace); own != none)
        return decidedBy(*own, u"namespace-wide Policy %1/default"_s.arg(nameSpace));
    if (const auto mesh = wide({}); mesh != none)
        return decidedBy(*mesh, u"MeshPolicy default"_s);
    EffectiveMode mode;
    mode.mode = MtlsMode::Disable;
    mode.reason = u"the default of Istio up to 1.4: no MeshPolicy or Policy asks for mutual TLS"_s;
    return mode;
}

// 0: not meant; 1: the Service; 2: just this port of it.
int closeness(const AuthenticationPolicy &policy, const Service &service, const ServicePort &port)
{
    int best = 0;
    for (const AuthenticationPolicy::Target &target : policy.targets) {
        if (policy.nameSpace != service.nameSpace || target.service != service.name)
            continue;
        const bool isPort = target.ports.contains(QString::number(port.port))
            || (!port.name.isEmpty() && target.ports.contains(port.name));
        best = std::max(best, isPort ? 2 : target.ports.isEmpty() ? 1 : 0);
    }
    return best;
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
    if (snapshot.isOldMesh())
        return oldModeIn(snapshot, nameSpace);
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

EffectiveMode asFarAsEnforced(EffectiveMode mode, const Pod &pod, int port)
{
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
    return asFarAsEnforced(std::move(mode), pod, port);
}

Severity severityOf(const WorkloadPosture &posture, bool isAmiss)
{
    if (!posture.mode.known)
        return Severity::Unknown;
    if (!posture.mode.enforced)
        return isAmiss ? Severity::Warning : Severity::Info;
    switch (posture.mode.mode) {
    case MtlsMode::Strict:
        return posture.podsIntercepted == posture.pods ? Severity::Good
            : isAmiss                                  ? Severity::Warning
                                                       : Severity::Info;
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
        if (port.container != "istio-proxy"_L1 && port.isTcp)
            ports.insert(port.port, port.name);
    }
    for (const Service *service : services) {
        for (const ServicePort &port : service->ports) {
            const int target = port.isTcp() ? service->targetPortOf(port, pod) : 0;
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
        row.workloadKind = pod.workloadKind();
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
    std::sort(rows.begin(), rows.end(), [](const auto &a, const auto &b) {
        return std::tie(a.workload, a.port) < std::tie(b.workload, b.port);
    });
    return rows;
}

} // namespace

StrictExpectation::StrictExpectation(const Snapshot &snapshot)
{
    for (const Namespace &one : snapshot.namespaces) {
        if (one.injected())
            m_injected.insert(one.name);
    }
    for (const EdgeInstallation &edge : snapshot.edges)
        m_edges.insert(edge.key());
}

bool StrictExpectation::isAmiss(const WorkloadPosture &row) const
{
    return row.mode.known && row.mode.mode == MtlsMode::Strict && row.podsIntercepted < row.pods
        && m_injected.contains(row.nameSpace) && !m_edges.contains(row.nameSpace + u'/' + row.workload);
}

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
    , m_known(snapshot.knowsModes())
    , m_isOld(snapshot.isOldMesh())
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
    if (m_isOld)
        return ofOldMesh(pod, port);
    if (m_pod != &pod) {
        m_around = surroundingsOf(pod);
        m_pod = &pod;
    }
    const bool hasOwn = m_around.workload && m_around.workload->portModes.contains(port);
    if (!hasOwn && pod.capturesInbound(port))
        return *m_around.enforced;
    return kept(modeOfPort(*m_around.mode, m_around.workload, pod, port));
}

// Of two Services that share a pod's port the first with a Policy of its own decides.
const EffectiveMode &EffectiveModes::ofOldMesh(const Pod &pod, int port)
{
    const AuthenticationPolicy *closest = nullptr;
    QString reason;
    int best = 0;
    for (const Service *service : m_snapshot.servicesOf(pod)) {
        for (const ServicePort &servicePort : service->ports) {
            if (service->targetPortOf(servicePort, pod) != port)
                continue;
            for (const AuthenticationPolicy &policy : m_snapshot.authenticationPolicies) {
                const int close = closeness(policy, *service, servicePort);
                if (close <= best)
                    continue;
                best = close;
                closest = &policy;
                reason = u"Policy %1/%2 for %3 of Service %4"_s.arg(
                    policy.nameSpace, policy.name,
                    close == 2 ? u"port %1"_s.arg(servicePort.port) : u"every port"_s, service->name);
            }
        }
    }
    return kept(asFarAsEnforced(closest ? decidedBy(*closest, reason) : oldModeIn(m_snapshot, pod.nameSpace),
                                pod, port));
}

EffectiveMode meshMode(const Snapshot &snapshot) { return namespaceMode(snapshot, {}); }

EffectiveMode namespaceMode(const Snapshot &snapshot, const QString &nameSpace)
{
    if (!snapshot.knowsModes())
        return unknownMode(snapshot);
    return modeIn(snapshot, nameSpace);
}

QList<WorkloadPosture> workloadPostures(const Snapshot &snapshot) { return PostureMaker().make(snapshot); }

QList<WorkloadPosture> PostureMaker::make(const Snapshot &snapshot)
{
    const QList<PeerAuthentication> rootPolicies = valuesOf(snapshot.policiesIn(snapshot.istioRootNamespace));
    const QString whyUnknown = snapshot.whyModesUnknown();
    if (rootPolicies != m_rootPolicies || snapshot.authenticationPolicies != m_oldPolicies
        || whyUnknown != m_whyUnknown || snapshot.istioRootNamespace != m_rootNamespace)
        m_made.clear();
    m_rootPolicies = rootPolicies;
    m_oldPolicies = snapshot.authenticationPolicies;
    m_whyUnknown = whyUnknown;
    m_rootNamespace = snapshot.istioRootNamespace;
    QHash<QString, Made> now;
    qsizetype count = 0;
    for (const Made &made : std::as_const(m_made))
        count += made.rows.size();
    QList<WorkloadPosture> rows;
    rows.reserve(count); // as many as the last time
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
    const StrictExpectation expectation(snapshot);
    for (WorkloadPosture &row : rows)
        row.severity = severityOf(row, expectation.isAmiss(row));
    addEnforced(rows, snapshot);
    return rows;
}

void addEnforced(QList<WorkloadPosture> &postures, const Snapshot &snapshot)
{
    if (snapshot.meshProxies.isEmpty())
        return;
    QHash<QString, const ProxyCertificates *> byPod;
    for (const ProxyCertificates &proxy : snapshot.meshProxies)
        byPod.insert(proxy.nameSpace + u'/' + proxy.pod, &proxy);
    QHash<QString, const ProxyCertificates *> byWorkload;
    for (const Pod &pod : snapshot.pods) {
        if (const ProxyCertificates *proxy = byPod.value(pod.nameSpace + u'/' + pod.name))
            byWorkload.insert(pod.nameSpace + u'/' + pod.workload(), proxy);
    }
    for (WorkloadPosture &row : postures) {
        const ProxyCertificates *proxy = byWorkload.value(row.nameSpace + u'/' + row.workload);
        if (!proxy || row.podsIntercepted == 0)
            continue;
        if (!proxy->inbound) {
            row.enforcedNote = proxy->inboundError.isEmpty() ? proxy->error : proxy->inboundError;
            continue;
        }
        const MtlsMode mode = proxy->inbound->of(row.port);
        const MtlsMode intended = row.mode.mode == MtlsMode::Unset ? MtlsMode::Permissive : row.mode.mode;
        row.enforced = mtlsModeName(mode);
        row.enforcedDiffers = row.mode.known && mode != intended;
        row.enforcedNote = u"the listener of pod %1, read at %2 UTC"_s.arg(
            proxy->pod, proxy->seenAt.toUTC().toString(u"HH:mm:ss"_s));
    }
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
            row.observed = u"mutual TLS, "_s + counted(qRound64(all), u"request"_s);
        else if (counts->mutual <= 0)
            row.observed = u"clear text, "_s + counted(qRound64(all), u"request"_s);
        else // rounded down: 99.9 % is not all
            row.observed =
                u"%1 % mutual TLS of %2 requests"_s.arg(int(row.mutualShare * 100)).arg(qRound64(all));
    }
}

} // namespace models
