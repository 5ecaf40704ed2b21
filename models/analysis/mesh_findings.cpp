// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/mesh_findings.h"

#include "models/analysis/client_rules.h"
#include "models/analysis/old_mesh_findings.h"
#include "models/analysis/preflight_scene.h"

#include <QSet>

#include <algorithm>
#include <optional>

using namespace Qt::StringLiterals;

namespace models {

namespace {

// By namespace, whom the selector would select there.
QStringList podsMeant(const Snapshot &snapshot, const PeerAuthentication &policy)
{
    if (!snapshot.knows(u"pods"_s))
        return {};
    QMap<QString, int> counts;
    for (const Pod &pod : snapshot.pods) {
        if (pod.nameSpace != policy.nameSpace && !pod.isGone() && containsAll(pod.labels, policy.selector))
            ++counts[pod.nameSpace];
    }
    if (counts.isEmpty())
        return {u"no pod of any namespace has these labels"_s};
    QStringList texts;
    for (auto count = counts.begin(); count != counts.end(); ++count)
        texts.append(u"pods with these labels are in %1: %2"_s.arg(count.key()).arg(count.value()));
    return texts;
}

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
                {u"MT-011"_s, Severity::Warning, refOf(policy), u"spec.selector"_s,
                 u"a selector in the root namespace %1 selects nothing: this object has no effect"_s.arg(
                     policy.nameSpace),
                 podsMeant(snapshot, policy), u"move it to the namespace of the pods"_s});
        }
    }
}

// Whoever calls it, somebody is known to: what nobody declares may still be probed or scraped.
bool hasPort(const Snapshot &snapshot, const QList<const Pod *> &pods, int port)
{
    if (std::any_of(pods.begin(), pods.end(), [&](const Pod *pod) {
            return portsInMesh(*pod, snapshot.servicesOf(*pod)).contains(port);
        }))
        return true;
    const std::vector<ScrapeTarget> targets = scrapeTargets(snapshot);
    return std::any_of(targets.begin(), targets.end(), [&](const ScrapeTarget &target) {
        return target.port == port && pods.contains(target.pod);
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
        const bool same = older && older->mode == policy.mode && older->portModes == policy.portModes;
        if (older)
            findings.append(
                {u"MT-013"_s,
                 same ? Severity::Info : Severity::Warning, // whichever counts, nothing is lost
                 refOf(policy),
                 u"spec.selector"_s,
                 u"selects pods that the older %1 selects too; for them only the older one counts, its port modes included"_s
                     .arg(refOf(*older).text()),
                 {},
                 u"put both into one object"_s});
        for (auto mode = policy.portModes.begin(); mode != policy.portModes.end(); ++mode) {
            if (!pods.isEmpty() && !hasPort(snapshot, pods, mode.key()))
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

// Of a pod with these labels that the port leads to and whose sidecar enforces that mode; nothing: there is none.
std::optional<EffectiveMode> modeBehind(const Snapshot &snapshot, const Service &service,
                                        const ServicePort &port, MtlsMode wanted, const Labels &labels = {})
{
    for (const Pod *pod : port.isTcp() ? snapshot.podsOf(service) : QList<const Pod *>()) {
        EffectiveMode mode = effectiveMode(snapshot, *pod, service.targetPortOf(port, *pod));
        if (mode.known && mode.enforced && mode.mode == wanted && containsAll(pod->labels, labels))
            return mode;
    }
    return {};
}

bool hasStrictPort(const Snapshot &snapshot, const Service &service)
{
    return std::any_of(service.ports.begin(), service.ports.end(), [&](const ServicePort &port) {
        return modeBehind(snapshot, service, port, MtlsMode::Strict).has_value();
    });
}

// What one field of a rule does to Services.
struct RuleFault
{
    ClientRule field;
    QStringList services;
    QString reason; // of the first one's mode
};
using RuleFaults = QHash<const DestinationRule *, QList<RuleFault>>;

void append(RuleFaults &faults, const ClientRule &field, const Service &service, const QString &reason)
{
    QList<RuleFault> &all = faults[field.rule];
    auto kept = std::find_if(all.begin(), all.end(),
                             [&field](const RuleFault &one) { return one.field.path == field.path; });
    if (kept == all.end())
        kept = all.insert(all.end(), {field, {}, reason});
    if (!kept->services.contains(refOf(service).text()))
        kept->services.append(refOf(service).text());
}

// No handshake comes about (facts sidecar-truth.md §1).  TLS of another kind than the mesh's may be the application's own,
// where the sidecar does not take the port for HTTP.
bool isInVain(ClientTls tls, const ServicePort &port)
{
    return tls == ClientTls::IstioMutual || protocolOf(port) == PortProtocol::Http;
}

bool mayBeOff(const Snapshot &snapshot) // somewhere
{
    const auto &all = snapshot.peerAuthentications;
    return snapshot.isOldMesh() || std::any_of(all.begin(), all.end(), [](const PeerAuthentication &policy) {
               return policy.mode == MtlsMode::Disable
                   || std::find(policy.portModes.begin(), policy.portModes.end(), MtlsMode::Disable)
                   != policy.portModes.end();
           });
}

Finding refusedFinding(const DestinationRule &rule, const RuleFault &fault)
{
    return {u"MT-014"_s,
            Severity::Error,
            {u"DestinationRule"_s, rule.nameSpace, rule.name},
            fault.field.path,
            u"clients in the mesh send %1 to %2, whose pods are STRICT: their connections are reset"_s.arg(
                clientTlsName(fault.field.tls), fault.services.first()),
            fault.services.mid(1),
            u"take tls out of the rule, or set it to ISTIO_MUTUAL"_s};
}

Finding vainFinding(const DestinationRule &rule, const RuleFault &fault)
{
    return {
        u"MT-030"_s,
        Severity::Error,
        {u"DestinationRule"_s, rule.nameSpace, rule.name},
        fault.field.path,
        u"clients in the mesh send TLS (%1) to %2, where mutual TLS is off by %3: their calls fail with 503"_s
            .arg(clientTlsName(fault.field.tls), fault.services.first(), fault.reason),
        fault.services.mid(1),
        u"set tls to DISABLE for this host and port, or let the port be PERMISSIVE"_s};
}

void addRules(QList<Finding> &findings, const Snapshot &snapshot)
{
    RuleFaults refusedBy, vainBy;
    const ClientRules rules(snapshot);
    const bool someAreOff = mayBeOff(snapshot);
    for (const Service &service : snapshot.services) {
        const QString host = serviceHost(service.nameSpace, service.name);
        for (const ServicePort &port : service.ports) {
            const QList<ClientRule> refused = rules.refused(service.nameSpace, host, port);
            for (const ClientRule &one : refused) {
                if (const auto mode = modeBehind(snapshot, service, port, MtlsMode::Strict, one.servers))
                    append(refusedBy, one, service, mode->reason);
            }
            if (!someAreOff || !modeBehind(snapshot, service, port, MtlsMode::Disable))
                continue;
            const QList<ClientRule> encrypting = rules.encrypting(service.nameSpace, host, port);
            for (const ClientRule &one : encrypting) {
                const auto mode = modeBehind(snapshot, service, port, MtlsMode::Disable, one.servers);
                if (mode && isInVain(one.tls, port))
                    append(vainBy, one, service, mode->reason);
            }
        }
    }
    for (const DestinationRule &rule : snapshot.destinationRules) {
        const QList<RuleFault> refused = refusedBy.value(&rule), vain = vainBy.value(&rule);
        for (const RuleFault &fault : refused)
            findings.append(refusedFinding(rule, fault));
        for (const RuleFault &fault : vain)
            findings.append(vainFinding(rule, fault));
    }
}

void addHeadless(QList<Finding> &findings, const Snapshot &snapshot)
{
    for (const Service &service : snapshot.services) {
        if (!service.isHeadless())
            continue;
        const QList<const Pod *> pods = snapshot.podsOf(service);
        const auto bare =
            std::count_if(pods.begin(), pods.end(), [](const Pod *pod) { return !isInMesh(*pod); });
        if (bare == 0 || bare == pods.size())
            continue;
        const bool strict = hasStrictPort(snapshot, service);
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
                 snapshot.isOldMesh()
                     ? u"let a Policy that targets the Service make port %1 PERMISSIVE"_s.arg(hook.port)
                     : u"let a PeerAuthentication with portLevelMtls make port %1 PERMISSIVE"_s.arg(target)});
            break;
        }
    }
}

// STRICT where it does not work: below a DISABLE, or without a sidecar that would enforce it.
void addWeakStrict(QList<Finding> &findings, const Snapshot &snapshot, const QList<WorkloadPosture> &postures)
{
    const StrictExpectation expectation(snapshot);
    QSet<QString> disabled;
    for (auto one = snapshot.index.namespaces.begin(); one != snapshot.index.namespaces.end(); ++one) {
        if (namespaceMode(snapshot, one.key()).mode == MtlsMode::Disable)
            disabled.insert(one.key());
    }
    QSet<QString> said;
    for (const WorkloadPosture &row : postures) {
        const bool below = row.mode.enforced && disabled.contains(row.nameSpace);
        if (!row.mode.known || row.mode.mode != MtlsMode::Strict || (!below && !expectation.isAmiss(row)))
            continue;
        const QString workload = row.nameSpace + u'/' + row.workload;
        if (said.contains(workload))
            continue;
        said.insert(workload);
        const ObjectRef subject{row.workloadKind, row.nameSpace, row.workload};
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
    if (snapshot.isOldMesh())
        findings = oldMeshFindings(snapshot);
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
    if (!snapshot.knowsModes())
        return findings;
    addRules(findings, snapshot);
    addHeadless(findings, snapshot);
    addHooks(findings, snapshot);
    addWeakStrict(findings, snapshot, postures);
    return findings;
}

namespace {

std::optional<Finding> postureFinding(const WorkloadPosture &row)
{
    const ObjectRef workload{row.workloadKind, row.nameSpace, row.workload};
    const MtlsMode mode = row.mode.mode;
    Finding finding;
    finding.severity = row.severity;
    finding.subject = row.mode.decidedBy.kind.isEmpty() ? workload : row.mode.decidedBy;
    finding.path = row.mode.decidedBy.kind == "PeerAuthentication"_L1 ? u"spec.mtls.mode"_s
        : row.mode.decidedBy.kind.isEmpty()                           ? QString()
                                                                      : u"spec.peers"_s;
    finding.evidence = {row.key, row.mode.reason};
    if (!row.mode.known || row.severity == Severity::Good)
        return {};
    if (!row.mode.enforced || mode == MtlsMode::Strict) {
        finding.code = mode == MtlsMode::Strict ? u"MT-018"_s : u"MT-023"_s;
        finding.subject = workload;
        finding.path = u"spec.template"_s;
        finding.message =
            u"port %1 of %2: %3 is meant, and no sidecar stands before it in %4 of %5 pods"_s.arg(row.port)
                .arg(workload.text(), mtlsModeName(mode))
                .arg(row.pods - row.podsIntercepted)
                .arg(row.pods);
        finding.remedy = u"inject the pods, or take the port out of what excludes it"_s;
        return finding;
    }
    const bool isOff = mode == MtlsMode::Disable;
    finding.code = isOff ? u"MT-022"_s : u"MT-021"_s;
    finding.message = u"port %1 of %2 is %3 by %4: %5"_s.arg(row.port).arg(
        workload.text(), mtlsModeName(mode), row.mode.reason,
        isOff ? u"clear text alone is taken"_s : u"clear text is taken beside mutual TLS"_s);
    finding.remedy = isOff ? u"make it PERMISSIVE first, then plan STRICT"_s
                           : u"`sallyportctl strict plan` says how it becomes STRICT"_s;
    return finding;
}

} // namespace

QList<Finding> postureFindings(const QList<WorkloadPosture> &postures)
{
    QList<Finding> findings;
    for (const WorkloadPosture &row : postures) {
        if (auto finding = postureFinding(row))
            findings.append(std::move(*finding));
    }
    return findings;
}

} // namespace models
