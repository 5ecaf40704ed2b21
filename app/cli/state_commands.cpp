// SPDX-License-Identifier: GPL-3.0-or-later
// certs and posture: certificates with their ends, and the mTLS mode that each workload really has.
#include "app/cli/arguments.h"

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

QString timeText(const QDateTime &time)
{
    return time.toUTC().toString(Qt::ISODate);
}

edge::Value document(const models::CertificateRow &row, const QDateTime &now)
{
    return edge::Value::object({{"subject", value(row.subject)}, {"storedIn", value(row.storedIn)}, {"usedBy", value(row.usedBy)},
                                {"renewal", value(row.renewal)}, {"checks", value(row.checks)}, {"notBefore", value(timeText(row.notBefore))},
                                {"notAfter", value(timeText(row.notAfter))}, {"secondsLeft", std::int64_t(now.secsTo(row.notAfter))},
                                {"endsFirst", value(row.endsFirst)}, {"whenItEnds", value(row.blastRadius)}});
}

models::Severity modeSeverity(const models::WorkloadPosture &posture)
{
    return posture.severity;
}

}

int runCerts(Invocation &invocation)
{
    std::optional<std::chrono::milliseconds> within;
    if (invocation.parser.isSet(u"within"_s)) {
        within = parseDuration(invocation.parser.value(u"within"_s));
        if (!within)
            return wrongUsage(invocation, u"--within %1 is no duration; write it as 30d or 12h"_s.arg(invocation.parser.value(u"within"_s)));
    }
    const auto analysis = invocation.session.analysis(Session::Reading::Proxies);
    if (!analysis)
        return invocation.output.fail(analysis.error().message);
    const auto unavailable = (*analysis)->snapshot->unavailable.constFind(u"secrets"_s);
    if (unavailable != (*analysis)->snapshot->unavailable.constEnd())
        invocation.output.note(u"warning: Secrets were not read: "_s + unavailable->message);
    const QDateTime now = QDateTime::currentDateTimeUtc();
    QList<models::CertificateRow> rows = (*analysis)->certificates;
    std::stable_sort(rows.begin(), rows.end(), [](const auto &a, const auto &b) { return a.notAfter < b.notAfter; });
    Table table {{u"ENDS IN"_s, u"SUBJECT"_s, u"STORED IN"_s, u"USED BY"_s, u"RENEWED BY"_s, u"CHECKS"_s}, {}};
    edge::Value items = edge::Value::array();
    bool anyWithin = false;
    for (const models::CertificateRow &row : rows) {
        table.rows.append({{models::countdownText(row.notAfter, now), models::countdownSeverity(row.notBefore, row.notAfter, now)}, {row.subject},
                           {row.storedIn}, {orDash(row.usedBy)}, {orDash(row.renewal)}, {orDash(row.checks), row.checksSeverity}});
        items.push(document(row, now));
        anyWithin = anyWithin || (within && row.notAfter.isValid() && now.msecsTo(row.notAfter) <= within->count());
    }
    if (invocation.output.format() != Format::Table)
        invocation.output.document("CertificateList", edge::Value::object({{"items", std::move(items)}}));
    else if (table.rows.isEmpty())
        invocation.output.note(u"no certificates found"_s);
    else
        invocation.output.table(table);
    return anyWithin ? BadAnswer : AllWell;
}

int runPosture(Invocation &invocation)
{
    const auto analysis = invocation.session.analysis();
    if (!analysis)
        return invocation.output.fail(analysis.error().message);
    const models::EffectiveMode mesh = (*analysis)->meshMode;
    Table table {{u"NAMESPACE"_s, u"WORKLOAD"_s, u"PORT"_s, u"PODS"_s, u"SIDECARS"_s, u"MODE"_s, u"BECAUSE"_s}, {}};
    edge::Value items = edge::Value::array();
    for (const models::WorkloadPosture &row : (*analysis)->postures) {
        if (!invocation.session.wantedNamespace().isEmpty() && row.nameSpace != invocation.session.wantedNamespace())
            continue;
        const QString mode = row.mode.enforced ? models::mtlsModeName(row.mode.mode) : u"none (no sidecar)"_s;
        table.rows.append({{row.nameSpace}, {row.workload}, {QString::number(row.port)}, {QString::number(row.pods)}, {QString::number(row.podsWithSidecar)},
                           {mode, modeSeverity(row)}, {row.mode.reason}});
        items.push(edge::Value::object({{"namespace", value(row.nameSpace)}, {"workload", value(row.workload)}, {"port", row.port}, {"pods", row.pods},
                                        {"sidecars", row.podsWithSidecar}, {"intended", value(models::mtlsModeName(row.mode.mode))},
                                        {"enforced", row.mode.enforced}, {"because", value(row.mode.reason)}, {"observed", value(row.observed)}}));
    }
    if (invocation.output.format() != Format::Table) {
        invocation.output.document("Posture", edge::Value::object({{"mesh", edge::Value::object({{"mode", value(models::mtlsModeName(mesh.mode))}, {"because", value(mesh.reason)}})},
                                                                   {"items", std::move(items)}}));
        return AllWell;
    }
    invocation.output.line(u"mesh: %1 (%2)\n"_s.arg(models::mtlsModeName(mesh.mode), mesh.reason));
    invocation.output.table(table);
    return AllWell;
}

} // namespace app::cli
