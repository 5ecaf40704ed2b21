// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/strict_preflight.h"

#include "models/analysis/cron_period.h"
#include "models/analysis/preflight_scene.h"

#include <algorithm>
#include <array>
#include <utility>

using namespace Qt::StringLiterals;

namespace models {

namespace {

using Level = PreflightLevel;
using Verdict = PreflightReport::Verdict;

struct Definition
{
    const char *id;
    const char *title;
    bool required; // not looked at: no verdict
};

// The rows of §2.3.
constexpr std::array definitions{Definition{"P1", "modes before and after", true},
                                 Definition{"P2", "an older object of the same scope", true},
                                 Definition{"P3", "selectors in the root namespace", true},
                                 Definition{"P4", "port modes of ports that no pod has", true},
                                 Definition{"P5", "narrower objects below STRICT", true},
                                 Definition{"P6", "STRICT below DISABLE", true},
                                 Definition{"P7", "DISABLE to STRICT in one step", true},
                                 Definition{"P8", "two objects for one pod", true},
                                 Definition{"P9", "automatic mutual TLS of clients", true},
                                 Definition{"P10", "several control planes", true},
                                 Definition{"P11", "pods that nothing enforces", true},
                                 Definition{"C1", "DestinationRules that turn TLS off", true},
                                 Definition{"C2", "Sidecars that hide the host", true},
                                 Definition{"C3", "traffic around the registry", true},
                                 Definition{"C4", "outgoing traffic around the sidecar", true},
                                 Definition{"C5", "init containers before the sidecar", true},
                                 Definition{"C6", "workloads without a sidecar", true},
                                 Definition{"C7", "jobs that run now and then", false},
                                 Definition{"C8", "clients' own certificates", false},
                                 Definition{"S1", "ports excluded from the sidecar", true},
                                 Definition{"S2", "headless Services with mixed pods", true},
                                 Definition{"S3", "headless Services with exceptions", true},
                                 Definition{"S4", "applications with TLS of their own", true},
                                 Definition{"S5", "machines outside the cluster", true},
                                 Definition{"S6", "gRPC without a proxy", true},
                                 Definition{"K1", "probes of the kubelet", true},
                                 Definition{"K2", "webhooks and aggregated APIs", true},
                                 Definition{"K3", "doors from outside", true},
                                 Definition{"K4", "scrapes by Prometheus", true},
                                 Definition{"E1", "the edge's certificate", true},
                                 Definition{"E2", "Mappings without tls", true},
                                 Definition{"E3", "TLSContext's namespace", true},
                                 Definition{"E4", "TLSContexts without a certificate", true},
                                 Definition{"E5", "ALPN istio", true},
                                 Definition{"E6", "TLS without a port", true},
                                 Definition{"E7", "objects that cannot do TLS", true},
                                 Definition{"E8", "other containers of the edge", true},
                                 Definition{"E9", "the certificate that the edge has loaded", true},
                                 Definition{"E10", "dots in secrets' names", true},
                                 Definition{"E11", "the edge's own ports", true},
                                 Definition{"T1", "clear text that was seen", true},
                                 Definition{"T2", "coverage of the telemetry", true},
                                 Definition{"T3", "health of the telemetry", true},
                                 Definition{"T4", "length of the window", true},
                                 Definition{"T5", "shadow STRICT", false},
                                 Definition{"X1", "life of the roots", true},
                                 Definition{"X2", "roots are the same everywhere", true},
                                 Definition{"X3", "other clusters", false},
                                 Definition{"X4", "known faults of the version", false},
                                 Definition{"R1", "rights", true},
                                 Definition{"R2", "the server's dry run", true},
                                 Definition{"R3", "owners that would set it back", true},
                                 Definition{"R4", "the way back", true},
                                 Definition{"R5", "others' changes meanwhile", false}};

// "" if all that the checks as a whole need was read.
QString unreadBasis(const Snapshot &snapshot)
{
    for (const QString &plural : {snapshot.modesPlural(), u"pods"_s, u"services"_s, u"namespaces"_s}) {
        if (!snapshot.knows(plural))
            return snapshot.whyUnknown(plural);
    }
    return {};
}

void count(PreflightReport &report, const PreflightScene &scene)
{
    const auto &telemetry = scene.input().telemetry;
    int strict = 0, covered = 0; // ports of pods that have a Service
    const Pod *last = nullptr;   // the ports of a pod stand together
    bool hasService = false, isCovered = false;
    for (const auto &one : scene.podPorts()) {
        ++report.podPorts;
        report.becomingStrict += one.becomesStrict() ? 1 : 0;
        report.withoutSidecar += one.after.enforced ? 0 : 1;
        if (!telemetry || !one.isStrictAfter())
            continue;
        if (std::exchange(last, one.pod) != one.pod) {
            const QString workload = workloadKey(*one.pod);
            hasService = !scene.servicesOf(*one.pod).isEmpty();
            isCovered = telemetry->covered.contains(workload);
            if (hasService && !isCovered && !report.silent.contains(workload))
                report.silent.append(workload);
        }
        strict += hasService ? 1 : 0;
        covered += hasService && isCovered ? 1 : 0;
    }
    report.silent.sort();
    if (telemetry)
        report.window = u"telemetry of %1, from %2 to %3; %4 are asked for"_s.arg(
            telemetry->from < telemetry->to ? countdownText(telemetry->to, telemetry->from) : u"no time"_s,
            telemetry->from.toUTC().toString(Qt::ISODate), telemetry->to.toUTC().toString(Qt::ISODate),
            countdownText(telemetry->to, telemetry->to.addSecs(-scene.input().windowSeconds)));
    if (telemetry)
        report.coverage = strict == 0 ? 1 : double(covered) / strict;
}

// A name that nothing has would be a GO for nothing.
QString whyNoScope(const Snapshot &snapshot, const StrictScope &scope)
{
    if (scope.nameSpace.isEmpty())
        return {};
    if (snapshot.knows(u"namespaces"_s) && !snapshot.nameSpace(scope.nameSpace))
        return u"there is no namespace %1"_s.arg(scope.nameSpace);
    const auto &pods = snapshot.pods;
    const bool hasPod = std::any_of(pods.begin(), pods.end(), [&](const Pod &pod) {
        return pod.nameSpace == scope.nameSpace && pod.workload() == scope.workload;
    });
    return scope.workload.isEmpty() || !snapshot.knows(u"pods"_s) || hasPod
        ? QString()
        : u"no pod of a workload %1 is in namespace %2"_s.arg(scope.workload, scope.nameSpace);
}

QString whyNotCovered(const PreflightReport &report, double threshold)
{
    constexpr qsizetype Named = 10;
    if (report.coverage < 0 || report.coverage >= threshold)
        return {};
    QStringList silent = report.silent.mid(0, Named);
    if (report.silent.size() > Named)
        silent.append(u"%1 more"_s.arg(report.silent.size() - Named));
    return u"%1 % of the ports of pods have telemetry, %2 % are asked for; nothing was counted of %3; let Prometheus scrape port 15020 of their pods, or call them once in the window"_s
        .arg(qRound(report.coverage * 100))
        .arg(qRound(threshold * 100))
        .arg(silent.join(u", "_s));
}

// What breaks is known, whatever else is not; less than that leaves open what could not be looked at.
QList<PreflightCheck> checksOf(const PreflightScene &scene, const PreflightReport &report)
{
    QHash<QString, bool> rowsOf; // by check: whether one of them breaks
    for (const PreflightRow &row : report.rows)
        rowsOf[row.check] |= row.breaks();
    QList<PreflightCheck> checks;
    for (const Definition &definition : definitions) {
        PreflightCheck check{QString::fromLatin1(definition.id), QString::fromLatin1(definition.title),
                             PreflightCheck::State::Passed,
                             scene.skipped().value(QString::fromLatin1(definition.id)), definition.required};
        if (check.id == "T2"_L1) {
            QStringList reasons{whyNotCovered(report, scene.input().coverageThreshold), check.why};
            reasons.removeAll(QString());
            check.why = reasons.join(u"; "_s);
        }
        const auto rows = rowsOf.constFind(check.id);
        const bool isFound = rows != rowsOf.constEnd();
        check.state = isFound && (*rows || check.why.isEmpty()) ? PreflightCheck::State::Found
            : check.why.isEmpty()                               ? PreflightCheck::State::Passed
                                                                : PreflightCheck::State::NotChecked;
        checks.append(check);
    }
    return checks;
}

// A BLOCKER breaks with certainty, whoever would have it.
void accept(PreflightReport &report, const QList<Acceptance> &accepted)
{
    for (const Acceptance &one : accepted) {
        if (one.check.startsWith(u'V')) // of the checks after a step
            continue;
        bool isUsed = false, isBlocked = false;
        for (PreflightRow &row : report.rows) {
            if (!isAccepted(one, row.check, row.subject))
                continue;
            isBlocked = isBlocked || row.level == Level::Blocker;
            if (row.level != Level::Likely || row.exception) // that heals it
                continue;
            row.accepted = one.reason;
            isUsed = true;
        }
        if (isUsed)
            report.accepted.append(one);
        else
            report.notAccepted.append(isBlocked
                                          ? u"%1 is a BLOCKER, which cannot be accepted"_s.arg(one.text())
                                          : u"%1: no such row is LIKELY"_s.arg(one.text()));
    }
}

QString exceptionsText(const PreflightReport &report)
{
    QStringList parts;
    if (!report.exceptions.isEmpty())
        parts.append(report.exceptions.size() == 1
                         ? u"one port stays PERMISSIVE"_s
                         : u"%1 ports stay PERMISSIVE"_s.arg(report.exceptions.size()));
    QStringList accepted;
    for (const Acceptance &one : report.accepted)
        accepted.append(one.text());
    if (!accepted.isEmpty())
        parts.append(u"accepted: %1"_s.arg(accepted.join(u", "_s)));
    return parts.join(u"; "_s);
}

void decide(PreflightReport &report)
{
    qsizetype breaking = 0;
    for (const PreflightRow &row : report.rows) {
        breaking += row.breaks() ? 1 : 0;
        if (row.level >= Level::Likely && row.exception && !report.exceptions.contains(*row.exception))
            report.exceptions.append(*row.exception);
    }
    QStringList missing;
    for (const PreflightCheck &check : report.checks) {
        if (check.required && check.state == PreflightCheck::State::NotChecked)
            missing.append(u"%1 (%2)"_s.arg(check.id, check.why));
    }
    const QString exceptions = exceptionsText(report);
    if (breaking > 0) {
        report.verdict = Verdict::NoGo;
        report.reason = breaking == 1 ? u"one thing breaks or is likely to"_s
                                      : u"%1 things break or are likely to"_s.arg(breaking);
    } else if (!missing.isEmpty()) {
        report.verdict = Verdict::Unknown;
        report.reason = u"not looked at: %1"_s.arg(missing.join(u"; "_s));
    } else {
        report.verdict = exceptions.isEmpty() ? Verdict::Go : Verdict::GoWithExceptions;
        report.reason = exceptions.isEmpty() ? u"nothing breaks by what was seen"_s : exceptions;
    }
}

} // namespace

QString StrictScope::text() const
{
    if (nameSpace.isEmpty())
        return u"the mesh"_s;
    return workload.isEmpty() ? u"namespace "_s + nameSpace : u"workload %1/%2"_s.arg(nameSpace, workload);
}

QString StrictTelemetry::Plaintext::amount() const
{
    const qint64 whole = wholeCount(requests);
    return areBytes  ? u"%1 bytes over connections that were open before"_s.arg(whole)
        : whole == 1 ? u"1 request or connection"_s
                     : u"%1 requests or connections"_s.arg(whole);
}

StrictScope effectiveScope(const Snapshot &snapshot, const StrictScope &scope)
{
    return scope.nameSpace == snapshot.istioRootNamespace && scope.workload.isEmpty() ? StrictScope() : scope;
}

QString preflightCheckTitle(const QString &id)
{
    for (const Definition &one : definitions) {
        if (id == QLatin1String(one.id))
            return QString::fromLatin1(one.title);
    }
    return {};
}

QStringList preflightChecks()
{
    QStringList ids;
    for (const Definition &definition : definitions)
        ids.append(QString::fromLatin1(definition.id));
    return ids;
}

QString preflightLevelName(PreflightLevel level)
{
    switch (level) {
    case Level::Blocker: return u"BLOCKER"_s;
    case Level::Likely: return u"LIKELY"_s;
    case Level::Possible: return u"POSSIBLE"_s;
    case Level::Info: break;
    }
    return u"INFO"_s;
}

QString confidenceOf(const PreflightRow &row)
{
    const bool isSeen = row.check.startsWith(u'T') || row.check == "C3"_L1 || row.check == "C8"_L1;
    const bool isAnswered = row.check == "R1"_L1 || row.check == "R2"_L1 || row.check == "R5"_L1;
    const bool isCounted = std::any_of(row.evidence.begin(), row.evidence.end(), [](const QString &line) {
        return line.startsWith("clear text from"_L1) || line.startsWith("calls from"_L1)
            || line.startsWith("mutual TLS from"_L1); // the rule's callers were seen
    });
    const QString basis = isAnswered ? u"the server's answer"_s
        : isSeen                     ? u"traffic"_s
        : isCounted                  ? u"objects and traffic"_s
                                     : u"objects"_s;
    return (row.level == Level::Likely         ? u"likely, by "_s
                : row.level == Level::Possible ? u"possible, by "_s
                                               : u"certain, by "_s)
        + basis;
}

QString verdictName(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Go: return u"GO"_s;
    case Verdict::GoWithExceptions: return u"GO WITH EXCEPTIONS"_s;
    case Verdict::NoGo: return u"NO-GO"_s;
    case Verdict::Unknown: break;
    }
    return u"UNKNOWN"_s;
}

qint64 defaultWindowSeconds(const Snapshot &snapshot)
{
    qint64 window = PreflightInput().windowSeconds;
    for (const CronJob *job : jobsWithoutSidecar(snapshot)) {
        const qint64 pause = longestPause(job->schedule);
        window = std::max(window, pause + pause / 5);
    }
    return window;
}

PreflightReport strictPreflight(const Snapshot &snapshot, const EdgeView &view, const PreflightInput &asked)
{
    PreflightReport report;
    PreflightInput input = asked;
    report.scope = asked.scope;
    input.scope = effectiveScope(snapshot, asked.scope);
    if (const QString nowhere = whyNoScope(snapshot, input.scope); !nowhere.isEmpty()) {
        report.reason = nowhere;
        return report;
    }
    if (const QString unread = unreadBasis(snapshot); !unread.isEmpty()) {
        report.reason = unread;
        for (const Definition &definition : definitions)
            report.checks.append({QString::fromLatin1(definition.id), QString::fromLatin1(definition.title),
                                  PreflightCheck::State::NotChecked, unread, definition.required});
        return report;
    }
    PreflightScene scene(snapshot, view, input);
    checkPolicies(scene);
    checkClientRules(scene);
    checkClients(scene);
    checkServers(scene);
    checkPlatform(scene);
    checkEdge(scene);
    for (const EdgeInstallation &edge : snapshot.edges) {
        if (edge.key() != view.installation.key())
            scene.lookAt(viewEdge(snapshot, edge), checkOtherEdge);
    }
    checkEvidence(scene);
    checkTrustAndRights(scene);
    skipUnread(scene);
    count(report, scene);
    report.rows = scene.rows();
    std::stable_sort(report.rows.begin(), report.rows.end(),
                     [](const PreflightRow &a, const PreflightRow &b) { return a.level > b.level; });
    accept(report, input.accepted);
    report.checks = checksOf(scene, report);
    decide(report);
    return report;
}

} // namespace models
