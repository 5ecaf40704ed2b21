// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/finding_reports.h"

#include "models/analysis/finding_catalog.h"
#include "models/analysis/finding_sources.h"
#include "models/analysis/mesh_findings.h"
#include "models/resources/counted.h"

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

using models::Severity;

void place(Report::Entry &entry, const ManifestSet &manifests)
{
    if (const ManifestOrigin *origin = manifests.originOf(entry.finding)) {
        entry.file = origin->file;
        entry.line = origin->line;
    }
}

Report::Entry entryOf(const models::Finding &finding, const QString &muted, const ManifestSet &manifests)
{
    Report::Entry entry;
    entry.finding = finding;
    entry.level = QString::fromLatin1(severityName(finding.severity));
    entry.muted = muted;
    place(entry, manifests);
    return entry;
}

void addFindingMetrics(Report &report, const CheckAnswer &answer)
{
    QMap<std::pair<QString, QString>, int> counts;
    for (const models::Finding &finding : answer.findings.open)
        ++counts[{finding.code, QString::fromLatin1(severityName(finding.severity))}];
    for (auto count = counts.begin(); count != counts.end(); ++count)
        report.metrics.append({u"sallyport_findings"_s,
                               u"Findings that are open, by code and severity."_s,
                               {{u"code"_s, count.key().first}, {u"severity"_s, count.key().second}},
                               double(count.value())});
    report.metrics.append({u"sallyport_findings_muted"_s,
                           u"Findings that are muted with a reason."_s,
                           {},
                           double(answer.findings.muted.size())});
    report.metrics.append({u"sallyport_kinds_not_checked"_s,
                           u"Kinds that could not be read."_s,
                           {},
                           double(answer.notChecked.size())});
    report.metrics.append({u"sallyport_codes_not_checked"_s,
                           u"Codes of which nobody knows whether there are such findings."_s,
                           {},
                           double(answer.unjudged.size())});
}

QString line(const models::Finding &finding, const ManifestSet &manifests)
{
    const QString path = finding.path.isEmpty() ? QString() : finding.path + u": "_s;
    return withRemedy(withPlace(u"%1: %2%3"_s.arg(finding.subject.text(), path, finding.message), manifests),
                      finding.remedy);
}

Report::Case caseOf(const models::PreflightReport &preflight, const models::PreflightCheck &check)
{
    Report::Case one;
    one.id = check.id;
    one.title = check.title;
    if (check.state == models::PreflightCheck::State::NotChecked)
        one.skipped = check.why;
    for (const models::PreflightRow &row : preflight.rows) {
        if (row.check != check.id)
            continue;
        const QString text =
            u"%1 %2: %3"_s.arg(models::preflightLevelName(row.level), row.subject.text(), row.message);
        if (row.accepted.isEmpty())
            (row.breaks() ? one.failures : one.notes).append(text);
        else
            one.notes.append(u"accepted (%1): %2"_s.arg(row.accepted, text));
    }
    return one;
}

void addPreflightMetrics(Report &report, const models::PreflightReport &preflight)
{
    using Verdict = models::PreflightReport::Verdict;
    const QString scope = preflight.scope.text();
    for (const Verdict verdict : {Verdict::Go, Verdict::GoWithExceptions, Verdict::NoGo, Verdict::Unknown})
        report.metrics.append({u"sallyport_preflight_verdict"_s,
                               u"1 for the verdict of the preflight."_s,
                               {{u"scope"_s, scope}, {u"verdict"_s, models::verdictName(verdict)}},
                               verdict == preflight.verdict ? 1.0 : 0.0});
    QMap<std::pair<QString, QString>, int> counts;
    for (const models::PreflightRow &row : preflight.rows)
        ++counts[{row.check, models::preflightLevelName(row.level)}];
    for (auto count = counts.begin(); count != counts.end(); ++count)
        report.metrics.append(
            {u"sallyport_preflight_rows"_s,
             u"Rows of the preflight, by check and level."_s,
             {{u"scope"_s, scope}, {u"check"_s, count.key().first}, {u"level"_s, count.key().second}},
             double(count.value())});
    if (preflight.coverage >= 0)
        report.metrics.append({u"sallyport_preflight_coverage_ratio"_s,
                               u"Workloads that telemetry speaks of."_s,
                               {{u"scope"_s, scope}},
                               preflight.coverage});
    report.metrics.append({u"sallyport_preflight_ports_becoming_strict"_s,
                           u"Ports of pods that become STRICT."_s,
                           {{u"scope"_s, scope}},
                           double(preflight.becomingStrict)});
}

QString endText(const models::CertificateRow &row, const QDateTime &now)
{
    const QString when = row.notAfter.toUTC().toString(Qt::ISODate);
    return row.notAfter <= now
        ? u"%1 ended on %2"_s.arg(row.subject, when)
        : u"%1 ends on %2, in %3"_s.arg(row.subject, when, models::countdownText(row.notAfter, now));
}

// What is wrong with a certificate by itself, and that it ends within the time that was asked for.
QList<models::Finding> findingsOf(const models::CertificateRow &row, const CertificatesAnswer &answer)
{
    QList<models::Finding> findings = models::certificateFindings({row}, answer.at);
    if (findings.isEmpty() && answer.ending.contains(row.key))
        findings.append({u"CERT-002"_s, Severity::Error, row.storedAt,
                         row.dataKey.isEmpty() ? QString() : u"data."_s + row.dataKey,
                         u"%1 ends in %2"_s.arg(row.subject, models::countdownText(row.notAfter, answer.at)),
                         row.blastRadius, u"renew it (%1)"_s.arg(row.renewal)});
    for (models::Finding &finding : findings) {
        if (finding.subject.kind.isEmpty()) // in no object of the API
            finding.subject = {u"Certificate"_s, {}, row.storedIn};
    }
    return findings;
}

} // namespace

edge::Value findingDocument(const models::Finding &finding, const ManifestSet &manifests)
{
    edge::Value item =
        edge::Value::object({{"code", value(finding.code)},
                             {"severity", severityName(finding.severity)},
                             {"subject",
                              edge::Value::object({{"kind", value(finding.subject.kind)},
                                                   {"namespace", value(finding.subject.nameSpace)},
                                                   {"name", value(finding.subject.name)}})},
                             {"path", value(finding.path)},
                             {"message", value(finding.message)},
                             {"evidence", value(finding.evidence)},
                             {"remedy", value(finding.remedy)}});
    if (const ManifestOrigin *origin = manifests.originOf(finding)) {
        item.set("file", value(origin->file));
        item.set("document", origin->document);
        item.set("line", origin->line);
    }
    return item;
}

edge::Value fixDocument(const models::FindingFix &fix)
{
    edge::Value document = edge::Value::object({{"title", value(fix.title)}});
    if (fix.guideStep.isEmpty())
        document.set("merge", fix.part);
    else
        document.set("guideStep", value(fix.guideStep));
    return document;
}

const char *severityName(Severity severity)
{
    switch (severity) {
    case Severity::Error: return "error";
    case Severity::Warning: return "warning";
    case Severity::Info: return "info";
    case Severity::Good: return "good";
    case Severity::Unknown: break;
    }
    return "unknown";
}

Severity severityOf(models::PreflightLevel level)
{
    switch (level) {
    case models::PreflightLevel::Blocker: return Severity::Error;
    case models::PreflightLevel::Likely: return Severity::Warning;
    default: return Severity::Info;
    }
}

QStringList CheckAnswer::allNotChecked() const { return notChecked + models::unjudgedReasons(unjudged); }

Report reportOf(const CheckAnswer &answer, const ManifestSet &manifests)
{
    Report report;
    report.command = u"check"_s;
    report.title = u"Findings"_s;
    report.subject = answer.subject;
    report.at = answer.at;
    report.notChecked = answer.notChecked;
    for (const models::FindingKind &kind : models::findingKinds()) {
        Report::Case one;
        one.id = kind.code;
        one.title = kind.title;
        for (const models::Finding &finding : answer.findings.open) {
            if (finding.code == kind.code)
                (finding.severity >= answer.threshold ? one.failures : one.notes)
                    .append(line(finding, manifests));
        }
        for (const models::MutedFinding &muted : answer.findings.muted) {
            if (muted.finding.code == kind.code)
                one.notes.append(u"muted (%1): %2"_s.arg(muted.by.reason, line(muted.finding, manifests)));
        }
        const QString why = answer.unjudged.value(kind.code);
        if (one.failures.isEmpty() && one.notes.isEmpty())
            one.skipped = why;
        else if (!why.isEmpty())
            one.notes.append(u"not checked everywhere: "_s + why);
        report.cases.append(one);
    }
    for (const models::Finding &finding : answer.findings.open) {
        report.entries.append(entryOf(finding, {}, manifests));
        report.severity = std::max(report.severity, finding.severity);
    }
    for (const models::MutedFinding &muted : answer.findings.muted) {
        report.entries.append(entryOf(muted.finding, muted.by.reason, manifests));
        report.entries.last().isMutedInFile =
            std::any_of(manifests.mutes.begin(), manifests.mutes.end(),
                        [&](const models::Mute &mute) { return mute.source == muted.by.source; });
    }
    report.reason = u"%1, %2 muted"_s.arg(models::counted(answer.findings.open.size(), u"finding"_s))
                        .arg(answer.findings.muted.size());
    report.isWhole = manifests.problems.isEmpty();
    addFindingMetrics(report, answer);
    return report;
}

Report reportOf(const models::PreflightReport &preflight, const QString &subject, const QDateTime &at)
{
    using Verdict = models::PreflightReport::Verdict;
    Report report;
    report.command = u"preflight"_s;
    report.title = u"%1 to STRICT"_s.arg(preflight.scope.text());
    report.subject = subject;
    report.verdict = models::verdictName(preflight.verdict);
    report.reason = preflight.reason;
    report.severity = preflight.verdict == Verdict::NoGo ? Severity::Error
        : preflight.verdict == Verdict::Unknown          ? Severity::Unknown
                                                         : Severity::Good;
    report.at = at;
    for (const models::PreflightCheck &check : preflight.checks)
        report.cases.append(caseOf(preflight, check));
    for (const models::PreflightRow &row : preflight.rows) {
        Report::Entry entry;
        entry.finding = {row.check,   severityOf(row.level), row.subject, row.path,
                         row.message, row.evidence,          row.remedy};
        entry.level = models::preflightLevelName(row.level);
        if (row.exception)
            entry.muted = u"port %1 of %2/%3 stays PERMISSIVE"_s.arg(row.exception->port)
                              .arg(row.exception->nameSpace, row.exception->workload);
        else if (!row.accepted.isEmpty())
            entry.muted = u"accepted: "_s + row.accepted;
        entry.verify = row.verify;
        report.entries.append(entry);
    }
    addPreflightMetrics(report, preflight);
    return report;
}

Report reportOf(const CertificatesAnswer &answer, const Table &table)
{
    Report report;
    report.command = u"certs"_s;
    report.title = u"Certificates"_s;
    report.subject = answer.subject;
    report.at = answer.at;
    report.table = table;
    report.reason = models::counted(answer.rows.size(), u"certificate"_s);
    for (const models::CertificateRow &row : answer.rows) {
        Report::Case one;
        one.id = row.storedIn;
        one.title = row.subject;
        if (!row.faultCode.isEmpty() && row.checksSeverity >= Severity::Error)
            one.failures.append(row.faultCode + u' ' + row.checks);
        const Severity countdown =
            row.notAfter.isValid() ? models::countdownSeverity(row, answer.at) : Severity::Unknown;
        if (!row.notAfter.isValid())
            one.skipped = row.checks;
        else if (countdown >= Severity::Error || answer.ending.contains(row.key))
            one.failures.append(endText(row, answer.at));
        one.notes = row.blastRadius;
        report.cases.append(one);
        for (const models::Finding &finding : findingsOf(row, answer)) {
            report.entries.append(entryOf(finding, {}, {}));
            report.severity = std::max(report.severity, finding.severity);
        }
    }
    for (const QString &which : {u"after"_s, u"before"_s}) {
        for (const models::CertificateRow &row : answer.rows) {
            const QDateTime &time = which == "after"_L1 ? row.notAfter : row.notBefore;
            if (time.isValid())
                report.metrics.append({u"sallyport_certificate_not_%1_timestamp_seconds"_s.arg(which),
                                       u"Of the chain as a whole: its earliest end, its latest start."_s,
                                       {{u"subject"_s, row.subject},
                                        {u"stored_in"_s, row.storedIn},
                                        {u"used_by"_s, row.usedBy}},
                                       double(time.toSecsSinceEpoch())});
        }
    }
    return report;
}

Report reportOf(const PostureAnswer &answer, const Table &table)
{
    Report report;
    report.command = u"posture"_s;
    report.title = u"Mutual TLS of workloads and ports"_s;
    report.subject = answer.subject;
    report.notChecked = answer.notChecked;
    report.at = answer.at;
    report.table = table;
    for (const models::WorkloadPosture &row : answer.rows) {
        Report::Case one;
        one.id = row.key;
        one.title = models::modeText(row.mode);
        if (!row.mode.known)
            one.skipped = row.mode.reason;
        else if (row.severity >= Severity::Error)
            one.failures.append(row.mode.reason);
        one.notes.append(row.mode.reason
                         + (row.observed.isEmpty() ? QString() : u"; observed: "_s + row.observed));
        report.cases.append(one);
        report.metrics.append(
            {u"sallyport_workload_port_mtls"_s,
             u"1 for the mode that a workload's port has: what is intended, and whether a sidecar enforces it."_s,
             {{u"namespace"_s, row.nameSpace},
              {u"workload"_s, row.workload},
              {u"port"_s, QString::number(row.port)},
              {u"intended"_s, models::mtlsModeName(row.mode.mode)},
              {u"enforced"_s, row.mode.enforced ? u"true"_s : u"false"_s}},
             1});
    }
    QSet<QString> said; // of a workload as a whole
    for (const models::Finding &finding : answer.findings) {
        report.entries.append(entryOf(finding, {}, {}));
        report.severity = std::max(report.severity, finding.severity);
        said.insert(finding.code + finding.subject.text());
    }
    for (const models::Finding &finding : models::postureFindings(answer.rows)) {
        if (said.contains(finding.code + finding.subject.text()))
            continue;
        report.entries.append(entryOf(finding, {}, {}));
        report.entries.last().part = finding.evidence.first();
        report.severity = std::max(report.severity, finding.severity);
    }
    for (const models::WorkloadPosture &row : answer.rows) {
        if (row.mutualShare >= 0)
            report.metrics.append(
                {u"sallyport_workload_mtls_share"_s,
                 u"Share of a workload's requests and connections that came with mutual TLS."_s,
                 {{u"namespace"_s, row.nameSpace},
                  {u"workload"_s, row.workload},
                  {u"port"_s, QString::number(row.port)}},
                 row.mutualShare});
    }
    return report;
}

} // namespace app::cli
