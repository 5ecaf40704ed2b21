// SPDX-License-Identifier: GPL-3.0-or-later
// certs and posture: certificates with their ends, and the mTLS mode that each workload really has.
#include "app/cli/arguments.h"
#include "app/cli/finding_reports.h"
#include "app/cli/report_answer.h"
#include "app/prometheus_place.h"
#include "app/strict_telemetry.h"
#include "models/analysis/mesh_findings.h"

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

QString timeText(const QDateTime &time) { return time.toUTC().toString(Qt::ISODate); }

edge::Value document(const models::CertificateRow &row, const QDateTime &now)
{
    return edge::Value::object(
        {{"subject", value(row.subject)},
         {"storedIn", value(row.storedIn)},
         {"usedBy", value(row.usedBy)},
         {"renewal", value(row.renewal)},
         {"renewsInTime", models::renewsInTime(row, now)},
         {"checks", value(row.checks)},
         {"presented", value(row.presented)},
         {"notBefore", value(timeText(row.notBefore))},
         {"notAfter", value(timeText(row.notAfter))},
         {"secondsLeft", std::int64_t(now.secsTo(row.notAfter))},
         {"thresholdDays", models::daysThreshold(row, now)},
         {"fault", value(row.faultCode)},
         {"sha256", value(row.chain.isEmpty() ? QString() : row.chain.first().fingerprint)},
         {"endsFirst", value(row.endsFirst)},
         {"whenItEnds", value(row.blastRadius)}});
}

QString renewalText(const models::CertificateRow &row, const QDateTime &now)
{
    if (!row.rotates || !row.notAfter.isValid())
        return orDash(row.renewal);
    return row.renewal + (models::renewsInTime(row, now) ? u", in time"_s : u", late"_s);
}

models::Severity modeSeverity(const models::WorkloadPosture &posture) { return posture.severity; }

Table postureTable(const QList<models::WorkloadPosture> &rows)
{
    Table table{{u"NAMESPACE"_s, u"WORKLOAD"_s, u"PORT"_s, u"PODS"_s, u"SIDECARS"_s, u"MODE"_s, u"ENFORCED"_s,
                 u"OBSERVED"_s, u"BECAUSE"_s},
                {}};
    for (const models::WorkloadPosture &row : rows) {
        const QString mode =
            row.mode.enforced ? models::modeText(row.mode) : u"none (%1)"_s.arg(models::modeText(row.mode));
        table.rows.append(
            {{row.nameSpace},
             {row.workload},
             {QString::number(row.port)},
             {QString::number(row.pods)},
             {QString::number(row.podsWithSidecar)},
             {mode, modeSeverity(row)},
             {orDash(row.enforced), row.enforcedDiffers ? models::Severity::Warning : models::Severity::Info},
             {orDash(row.observed)},
             {row.mode.reason}});
    }
    return table;
}

edge::Value document(const models::WorkloadPosture &row)
{
    return edge::Value::object({{"namespace", value(row.nameSpace)},
                                {"workload", value(row.workload)},
                                {"port", row.port},
                                {"pods", row.pods},
                                {"sidecars", row.podsWithSidecar},
                                {"intended", value(models::mtlsModeName(row.mode.mode))},
                                {"enforced", row.mode.enforced},
                                {"because", value(row.mode.reason)},
                                {"proxyMode", value(row.enforced)}, // "" not asked, or not known
                                {"proxyModeNote", value(row.enforcedNote)},
                                {"observed", value(row.observed)},
                                {"mutualTlsShare", row.mutualShare}});
}

// An empty table of pods that are not known would pass for "there are none".
QStringList notKnown(const models::Snapshot &snapshot)
{
    const auto partly = snapshot.unavailable.constFind(u"pods"_s);
    if (partly != snapshot.unavailable.constEnd())
        return {u"pods: "_s + partly->message};
    return snapshot.knows(u"pods"_s) ? QStringList() : QStringList{snapshot.whyUnknown(u"pods"_s)};
}

// No traffic tells of manifests.
void addObserved(Invocation &invocation, QList<models::WorkloadPosture> &rows,
                 const models::Snapshot &snapshot, std::chrono::milliseconds window)
{
    if (!invocation.session.options().manifests.isEmpty())
        return;
    const auto client = invocation.session.client();
    if (!client)
        return;
    const auto traffic = observedTraffic(**client, prometheusOf(snapshot),
                                         std::chrono::duration_cast<std::chrono::seconds>(window).count(),
                                         invocation.session.stop());
    if (traffic)
        models::addObserved(rows, *traffic);
    else
        invocation.output.note(
            u"warning: Prometheus was not found or did not answer: nothing is observed; `sallyportctl doctor` says why"_s);
}

} // namespace

int runCerts(Invocation &invocation)
{
    std::optional<std::chrono::milliseconds> within;
    if (invocation.parser.isSet(u"within"_s)) {
        within = parseDuration(invocation.parser.value(u"within"_s));
        if (!within)
            return wrongUsage(invocation,
                              u"--within %1 is no duration; write it as 30d or 12h"_s.arg(
                                  invocation.parser.value(u"within"_s)));
    }
    const auto analysis = invocation.session.analysis(Session::Reading::Certificates);
    if (!analysis)
        return invocation.output.fail(analysis.error().message);
    const auto unavailable = (*analysis)->snapshot->unavailable.constFind(u"secrets"_s);
    if (unavailable != (*analysis)->snapshot->unavailable.constEnd())
        invocation.output.note(u"warning: Secrets were not read: "_s + unavailable->message);
    const QDateTime now = QDateTime::currentDateTimeUtc();
    QList<models::CertificateRow> rows = (*analysis)->certificates;
    std::stable_sort(rows.begin(), rows.end(),
                     [](const auto &a, const auto &b) { return a.notAfter < b.notAfter; });
    Table table{{u"ENDS IN"_s, u"SUBJECT"_s, u"STORED IN"_s, u"USED BY"_s, u"RENEWED BY"_s, u"CHECKS"_s}, {}};
    edge::Value items = edge::Value::array();
    QStringList ending;
    QStringList unknown;
    bool isReadable = true; // every one that is stored
    for (const models::CertificateRow &row : rows) {
        table.rows.append({{models::countdownText(row.notAfter, now), models::countdownSeverity(row, now)},
                           {row.subject},
                           {row.storedIn},
                           {orDash(row.usedBy)},
                           {renewalText(row, now)},
                           {orDash(row.checks), row.checksSeverity}});
        items.push(document(row, now));
        isReadable = isReadable && row.faultCode != "CERT-004"_L1;
        if (!row.notAfter.isValid())
            unknown.append(u"%1 (%2)"_s.arg(row.subject, row.checks));
        else if (now.msecsTo(row.notAfter) <= (within ? within->count() : 0) // without --within: has ended
                 && !models::renewsInTime(row, now))
            ending.append(row.key);
    }
    const bool isAnswered = !within || unknown.isEmpty();
    if (!isAnswered)
        invocation.output.note(u"warning: whether it ends within %1 is not known of: %2"_s.arg(
            invocation.parser.value(u"within"_s), unknown.join(u"; "_s)));
    const int code = ending.isEmpty() && isAnswered && isReadable ? AllWell : BadAnswer;
    if (const auto answered = reportAnswer(
            invocation, reportOf({rows, ending, subjectOf(invocation.session), now}, table), code))
        return *answered;
    if (invocation.output.format() != Format::Table)
        invocation.output.document("CertificateList", edge::Value::object({{"items", std::move(items)}}));
    else if (table.rows.isEmpty())
        invocation.output.note(u"no certificates found"_s);
    else
        invocation.output.table(table);
    return code;
}

int runPosture(Invocation &invocation)
{
    const auto window = parseDuration(invocation.parser.value(u"window"_s));
    if (!window || *window < std::chrono::seconds(1))
        return wrongUsage(
            invocation,
            u"--window %1 is no duration; write it as 15m or 7d"_s.arg(invocation.parser.value(u"window"_s)));
    const auto analysis = invocation.session.analysis(Session::Reading::Proxies);
    if (!analysis)
        return invocation.output.fail(analysis.error().message);
    PostureAnswer found;
    found.at = QDateTime::currentDateTimeUtc();
    found.subject = subjectOf(invocation.session);
    found.notChecked = notKnown(*(*analysis)->snapshot);
    for (const models::WorkloadPosture &row : (*analysis)->postures) {
        if (invocation.session.wantedNamespace().isEmpty()
            || row.nameSpace == invocation.session.wantedNamespace())
            found.rows.append(row);
    }
    addObserved(invocation, found.rows, *(*analysis)->snapshot, *window);
    for (const models::Finding &finding :
         models::meshFindings(*(*analysis)->snapshot, (*analysis)->postures)) {
        const QString &wanted = invocation.session.wantedNamespace();
        if (wanted.isEmpty() || finding.subject.nameSpace == wanted)
            found.findings.append(finding);
    }
    const Table table = postureTable(found.rows);
    if (const auto code = reportAnswer(invocation, reportOf(found, table), AllWell))
        return *code;
    const models::EffectiveMode mesh = (*analysis)->meshMode;
    if (invocation.output.format() != Format::Table) {
        edge::Value items = edge::Value::array();
        for (const models::WorkloadPosture &row : found.rows)
            items.push(document(row));
        invocation.output.document(
            "Posture",
            edge::Value::object({{"mesh",
                                  edge::Value::object({{"mode", value(models::mtlsModeName(mesh.mode))},
                                                       {"because", value(mesh.reason)}})},
                                 {"items", std::move(items)},
                                 {"notChecked", value(found.notChecked)}}));
        return AllWell;
    }
    invocation.output.line(
        u"mesh: %1 (%2)\n"_s.arg(mesh.known ? models::mtlsModeName(mesh.mode) : u"not known"_s, mesh.reason));
    invocation.output.table(table);
    for (const QString &what : std::as_const(found.notChecked))
        invocation.output.note(u"not checked: "_s + what);
    return AllWell;
}

} // namespace app::cli
