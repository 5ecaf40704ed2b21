// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/findings.h"

#include "models/analysis/certificate_bypass.h"
#include "models/analysis/client_rules.h"
#include "models/analysis/collector_findings.h"
#include "models/analysis/configured_objects.h"
#include "models/analysis/edge_call_findings.h"
#include "models/analysis/edge_start_findings.h"
#include "models/analysis/failure_findings.h"
#include "models/analysis/integration_findings.h"
#include "models/analysis/mesh_findings.h"
#include "models/analysis/preflight_scene.h"
#include "models/resources/counted.h"
#include "models/resources/edge_installation.h"
#include "models/resources/text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

constexpr qint64 ShortLifeSeconds = 7 * 86400;

QString pathOf(const CertificateRow &row)
{
    const bool isData = row.storedAt.kind == "Secret"_L1 || row.storedAt.kind == "ConfigMap"_L1
        || row.storedAt.kind == "Pod"_L1 || row.storedAt.kind.isEmpty();
    return isData && !row.dataKey.isEmpty() ? u"data."_s + row.dataKey : row.dataKey;
}

const QString WhenItEnds = u"when it ends: "_s;

// What fails (CertificateRow::blastRadius), each with when it does; "" now.
QStringList effects(const CertificateRow &row, const QString &when)
{
    QStringList said = row.blastRadius;
    for (QString &effect : said)
        effect.prepend(when);
    return said;
}

// cert-manager was to have renewed it by now, and is not at it.
std::optional<Finding> overdue(const CertificateRow &row, const QDateTime &now)
{
    if (!row.renewalDue.isValid() || now <= row.renewalDue || row.isIssuing)
        return {};
    Finding finding{
        u"CERT-011"_s,
        row.notAfter <= now ? Severity::Error : Severity::Warning,
        row.storedAt,
        pathOf(row),
        u"%1: cert-manager was to renew it on %2, and is not at it; it ends on %3"_s.arg(
            row.subject, row.renewalDue.toUTC().toString(Qt::ISODate),
            row.notAfter.toUTC().toString(Qt::ISODate)),
        effects(row, row.notAfter <= now ? QString() : WhenItEnds),
        u"look at the Certificate's conditions and its CertificateRequests, and at cert-manager's log"_s};
    if (!row.renewalProblem.isEmpty())
        finding.evidence.prepend(u"Certificate is not ready: "_s + row.renewalProblem);
    return finding;
}

QString remedyOf(const QString &code)
{
    if (code == "CERT-010"_L1)
        return u"look at the edge's diagnostics for why it was not taken; restart the pod"_s;
    if (code == "CERT-013"_L1)
        return u"look at what stands before the edge: who ends TLS there presents its own; else at what the edge has loaded"_s;
    if (code == "CERT-014"_L1)
        return u"store the key that the certificate was made for, in clear PEM"_s;
    if (code == "CERT-015"_L1)
        return u"store a certificate for these names, or name the Secret that has one"_s;
    if (code == "CERT-016"_L1)
        return u"have it issued for a key of P-256, or of RSA with 2048 bits or more"_s;
    return u"replace what is stored"_s;
}

Finding aboutRow(const CertificateRow &row)
{
    Finding finding;
    finding.subject = row.storedAt;
    finding.path = pathOf(row);
    return finding;
}

// What is at stake of a fault that is not about the end: plainly what is so now, else from when on.
QString timeOf(const QString &code)
{
    if (code == "CERT-010"_L1)
        return u"when the loaded one ends: "_s;
    return code == "CERT-014"_L1 ? u"once the edge has no other one: "_s : QString();
}

Finding faultFinding(const CertificateRow &row, const CertificateFault &fault)
{
    Finding finding = aboutRow(row);
    finding.code = fault.code;
    finding.severity = fault.severity;
    finding.message = u"%1: %2"_s.arg(row.subject, fault.text);
    finding.remedy = remedyOf(fault.code);
    finding.evidence = effects(row, timeOf(fault.code));
    return finding;
}

// The last of the chain to begin, if it has not yet; nullptr: all have begun.
const kube::Certificate *notBegun(const CertificateRow &row, const QDateTime &now)
{
    const auto last = std::max_element(row.chain.begin(), row.chain.end(), [](const auto &a, const auto &b) {
        return a.notBefore < b.notBefore;
    });
    return last != row.chain.end() && now < last->notBefore ? &*last : nullptr;
}

Finding beginFinding(const CertificateRow &row, const kube::Certificate &late, Severity severity)
{
    Finding finding = aboutRow(row);
    finding.code = u"CERT-009"_s;
    finding.severity = severity;
    finding.evidence = effects(row, u"until then: "_s);
    const bool isLeaf = &late == &row.chain.first();
    const QString who = isLeaf ? row.subject : u"%1, by %2 in its chain"_s.arg(row.subject, late.subject);
    finding.message = u"%1 is not valid before %2"_s.arg(who, late.notBefore.toUTC().toString(Qt::ISODate));
    finding.remedy =
        u"compare the clocks of who has issued it and who checks it; wait until then, or have %1 issued anew"_s
            .arg(isLeaf ? u"it"_s : late.subject);
    return finding;
}

// When it ends; nothing: long enough away, or its renewal will be in time.
std::optional<Finding> endFinding(const CertificateRow &row, Severity severity, const QDateTime &now)
{
    if (auto late = overdue(row, now); late && late->severity >= severity)
        return late;
    const Severity life = countdownSeverity(row, now);
    if (!row.notAfter.isValid() || life == Severity::Good || life == Severity::Unknown)
        return {};
    Finding finding = aboutRow(row);
    const QString who =
        row.endsFirst.isEmpty() ? row.subject : u"%1, by %2 in its chain"_s.arg(row.subject, row.endsFirst);
    const bool isRotated = row.rotates && row.notBefore.secsTo(row.notAfter) < ShortLifeSeconds;
    const bool ended = row.notAfter <= now;
    finding.evidence = effects(row, ended ? QString() : WhenItEnds);
    finding.code = ended          ? u"CERT-001"_s
        : isRotated               ? u"CERT-007"_s
        : row.endsFirst.isEmpty() ? u"CERT-002"_s
                                  : u"CERT-008"_s;
    finding.severity = severity;
    finding.message = ended ? u"%1 has ended on %2"_s.arg(who, row.notAfter.toString(Qt::ISODate))
                            : u"%1 ends in %2"_s.arg(who, countdownText(row.notAfter, now));
    if (const int days = daysThreshold(row, now))
        finding.message += u", past the threshold of %1"_s.arg(counted(days, u"day"_s));
    finding.remedy = isRotated
        ? u"look at the log of istio-proxy and at istiod: the renewal, due at half of its life, did not happen"_s
        : u"renew it (%1)"_s.arg(row.renewal);
    return finding;
}

// What is wrong with what is stored, each by itself, and when it ends.  What is not about what is stored (who has loaded another one) is
// one with the end: the more pressing of both.
QList<Finding> findingsOf(const CertificateRow &row, const QDateTime &now)
{
    QList<Finding> findings;
    for (const CertificateFault &fault : row.faults)
        findings.append(faultFinding(row, fault));
    const kube::Certificate *late = notBegun(row, now);
    Severity severity = late     ? Severity::Error
        : row.notAfter.isValid() ? countdownSeverity(row, now)
                                 : Severity::Good;
    if (severity >= Severity::Warning && row.usedBy.isEmpty() && !row.mesh)
        severity = Severity::Info; // nobody would miss it
    const bool isOfItsOwn =
        row.faultCode == "CERT-006"_L1; // whoever publishes which roots: it ends all the same
    if (row.faults.isEmpty() && isOfItsOwn)
        findings.append(faultFinding(row, {row.faultCode, row.checks, row.checksSeverity}));
    if (row.faults.isEmpty() && !row.faultCode.isEmpty() && !isOfItsOwn && row.checksSeverity >= severity)
        findings.append(faultFinding(row, {row.faultCode, row.checks, row.checksSeverity}));
    else if (late && row.notAfter > now)
        findings.append(beginFinding(row, *late, severity));
    else if (const auto end = endFinding(row, severity, now))
        findings.append(*end);
    return findings;
}

// Those that there are, the one that is looked at as it was asked for; of manifests without an edge that one alone.
QList<EdgeInstallation> edgesOf(const Snapshot &snapshot, const EdgeView &view)
{
    QList<EdgeInstallation> edges = snapshot.edges;
    if (edges.isEmpty() && (view.table || !view.problem.isEmpty()))
        return {view.installation};
    for (EdgeInstallation &edge : edges) {
        if (edge.key() == view.installation.key())
            edge = view.installation;
    }
    return edges;
}

// Of the edges that all refuse the object the first one that would take it in its own namespace; none: the first of all,
// where each of them looks at another namespace only; -1: it is a matter of ids.
qsizetype edgeOfAnotherNamespace(const edge::Value &object, const QList<EdgeInstallation> &edges)
{
    qsizetype outside = 0;
    for (qsizetype i = 0; i < edges.size(); ++i) {
        EdgeInstallation wide = edges[i];
        wide.singleNamespace = false;
        if (!isOutsideOf(object, edges[i]))
            continue;
        ++outside;
        if (whyNotForEdge(object, wide).isEmpty())
            return i;
    }
    return outside == edges.size() ? 0 : -1;
}

void addForNoEdge(QList<Finding> &findings, const Snapshot &snapshot, const EdgeView &view)
{
    const QList<EdgeInstallation> edges = edgesOf(snapshot, view);
    if (edges.isEmpty())
        return;
    const bool isOfFiles = snapshot.edges.isEmpty();
    for (const ConfiguredObject &one : configuredObjects(snapshot)) {
        const edge::Value &object = *one.object;
        const QStringList why = whyForNoEdge(object, edges);
        if (why.isEmpty())
            continue;
        const qsizetype outside = edgeOfAnotherNamespace(object, edges);
        const bool isElsewhere = outside >= 0;
        findings.append(
            {u"RT-010"_s, Severity::Warning, refOf(object),
             isElsewhere ? u"metadata.namespace"_s : u"spec.ambassador_id"_s,
             isOfFiles         ? u"no edge that these manifests are checked for takes it: "_s + why.first()
                 : isElsewhere ? u"no edge of this cluster takes it: "_s + why[outside]
                               : u"no edge of this cluster takes it"_s,
             why,
             isElsewhere ? u"move it into the edge's namespace, or unset AMBASSADOR_SINGLE_NAMESPACE"_s
                 : isOfFiles
                 ? u"set ambassador_id to that of the edge, or name the edge's by --ambassador-id"_s
                 : u"set ambassador_id to that of an edge"_s});
    }
}

QStringList unreadKinds(const Snapshot &snapshot)
{
    QStringList kinds;
    for (auto error = snapshot.unavailable.begin(); error != snapshot.unavailable.end(); ++error) {
        if (error->kind != kube::Error::Kind::NotFound)
            kinds.append(u"%1: %2"_s.arg(error.key(), error->message));
    }
    for (auto narrowed = snapshot.onlyIn.begin(); narrowed != snapshot.onlyIn.end(); ++narrowed)
        kinds.append(snapshot.whyUnknown(narrowed.key()));
    kinds.sort();
    return kinds;
}

// Countdowns are by this machine's clock, and whether a certificate counts yet is judged by the others'.
void addClock(QList<Finding> &findings, const Snapshot &snapshot)
{
    constexpr qint64 TakenForEqual = 60;
    const qint64 ahead = snapshot.clockAheadSeconds.value_or(0);
    if (std::abs(ahead) <= TakenForEqual)
        return;
    findings.append(
        {u"CERT-012"_s,
         Severity::Warning,
         {},
         {},
         u"this machine's clock is %1 s %2 the API server's: every countdown here is off by as much"_s
             .arg(std::abs(ahead))
             .arg(ahead > 0 ? u"behind"_s : u"ahead of"_s),
         {u"by the Date of its answer to GET /version"_s},
         u"set the clock by a time server, here or there"_s});
}

} // namespace

QList<Finding> certificateFindings(const QList<CertificateRow> &certificates, const QDateTime &now)
{
    QList<Finding> findings;
    for (const CertificateRow &row : certificates) {
        findings += findingsOf(row, now);
    }
    return findings;
}

// Every port of it is STRICT: what was counted has come before that, and whom it refuses by now is MT-024's.
static bool takesNoClearText(EffectiveModes &modes, const Snapshot &snapshot, const Pod &pod)
{
    const QList<int> ports = portsInMesh(pod, snapshot.servicesOf(pod));
    return !ports.isEmpty() && std::all_of(ports.begin(), ports.end(), [&](int port) {
        const EffectiveMode &mode = modes.of(pod, port);
        return mode.known && mode.enforced && mode.mode == MtlsMode::Strict;
    });
}

QList<Finding> trafficFindings(const Snapshot &snapshot, const StrictTelemetry &telemetry)
{
    QHash<QString, QList<const Pod *>> inMesh; // by namespace/workload
    for (const Pod &pod : snapshot.pods) {
        if (pod.hasSidecar && !pod.isGateway() && !pod.isGone())
            inMesh[pod.nameSpace + u'/' + pod.workload()].append(&pod);
    }
    EffectiveModes modes(snapshot);
    const auto isOpen = [&](const QString &server) {
        const QList<const Pod *> pods = inMesh.value(server);
        return std::any_of(pods.begin(), pods.end(),
                           [&](const Pod *pod) { return !takesNoClearText(modes, snapshot, *pod); });
    };
    struct Callers // of a server
    {
        QStringList texts;
        bool areInMesh = false, areOutside = false; // some of them
    };
    QMap<QString, Callers> servers;
    for (const StrictTelemetry::Plaintext &one : telemetry.plaintext) {
        const QString server = one.nameSpace + u'/' + one.workload;
        if (!isOpen(server))
            continue;
        const bool named = !one.sourceWorkload.isEmpty() && one.sourceWorkload != "unknown"_L1;
        const QString caller = one.sourceNamespace + u'/' + one.sourceWorkload;
        Callers &callers = servers[server];
        callers.texts.append(
            u"%1 of %2"_s.arg(one.amount()).arg(named ? caller : u"callers without a sidecar"_s));
        (named && inMesh.contains(caller) ? callers.areInMesh : callers.areOutside) = true;
    }
    QList<Finding> findings;
    const QMap<QString, QList<ObjectRef>> causes =
        servers.isEmpty() ? QMap<QString, QList<ObjectRef>>() : causesOfClearText(snapshot);
    const auto remedyOf = [&causes](const QString &server, const Callers &callers) {
        QStringList remedies;
        if (callers.areInMesh)
            remedies.append(remedyForMeshCallers(causes.value(server)));
        if (callers.areOutside)
            remedies.append(u"give the callers a sidecar, or lead them over the edge"_s);
        return remedies.join(u"; "_s);
    };
    for (auto server = servers.begin(); server != servers.end(); ++server)
        findings.append({u"MT-020"_s,
                         Severity::Warning,
                         snapshot.workload(server.key().section(u'/', 0, 0), server.key().section(u'/', 1)),
                         {},
                         u"clear text comes to it between %1 and %2"_s.arg(
                             telemetry.from.toString(Qt::ISODate), telemetry.to.toString(Qt::ISODate)),
                         server->texts,
                         remedyOf(server.key(), *server)});
    return findings;
}

// By which objects are sorted; without a copy, since all findings are sorted again after every event.
static auto inOrder(const ObjectRef &object) { return std::tie(object.kind, object.nameSpace, object.name); }

ClusterFindings clusterFindings(const Snapshot &snapshot, const EdgeView &view,
                                const QList<CertificateRow> &certificates, const QDateTime &now)
{
    return clusterFindings(snapshot, view, certificates, workloadPostures(snapshot), now);
}

ClusterFindings clusterFindings(const Snapshot &snapshot, const EdgeView &view,
                                const QList<CertificateRow> &certificates,
                                const QList<WorkloadPosture> &postures, const QDateTime &now)
{
    ClusterFindings all;
    all.findings = view.findings + snapshot.fieldFaults + meshFindings(snapshot, postures)
        + integrationFindings(snapshot, view) + certificateFindings(certificates, now);
    all.findings += failureFindings(snapshot, view) + edgeStartFindings(snapshot, view)
        + collectorFindings(snapshot, view) + edgeCallFindings(snapshot, view);
    if (view.table)
        all.findings += certificateBypasses(*view.table);
    addForNoEdge(all.findings, snapshot, view);
    addClock(all.findings, snapshot);
    for (const auto &verdict : view.mappings)
        all.findings += verdict->findings;
    std::sort(all.findings.begin(), all.findings.end(), [](const Finding &a, const Finding &b) {
        return std::tuple(-int(a.severity), std::cref(a.code), inOrder(a.subject), std::cref(a.path))
            < std::tuple(-int(b.severity), std::cref(b.code), inOrder(b.subject), std::cref(b.path));
    });
    all.notChecked = unreadKinds(snapshot);
    return all;
}

} // namespace models
