// SPDX-License-Identifier: GPL-3.0-or-later
// preflight: what breaks when a scope goes to STRICT.  Writes nothing; the server's dry run is asked.
#include "app/cli/arguments.h"
#include "app/cli/finding_reports.h"
#include "app/cli/preflight_run.h"
#include "app/cli/report_answer.h"
#include "app/cli/strict_options.h"
#include "app/snapshot_plan.h"
#include "models/resources/counted.h"

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

const char *stateName(models::PreflightCheck::State state)
{
    switch (state) {
    case models::PreflightCheck::State::Passed: return "passed";
    case models::PreflightCheck::State::Found: return "found";
    case models::PreflightCheck::State::NotChecked: break;
    }
    return "not checked";
}

edge::Value subjectOf(const models::ObjectRef &ref, const models::SnapshotInput &judged)
{
    edge::Value subject = edge::Value::object(
        {{"kind", value(ref.kind)}, {"namespace", value(ref.nameSpace)}, {"name", value(ref.name)}});
    const auto type = typeOfKind(nullptr, ref.kind, false);
    for (const kube::Object &object : judged.objects.value(type ? type->plural : QString())) {
        if (object.name != ref.name || object.nameSpace != ref.nameSpace)
            continue;
        subject.set("uid", value(object.uid));
        subject.set("resourceVersion", value(object.resourceVersion));
        break;
    }
    return subject;
}

edge::Value document(const JudgedScope &judged)
{
    const models::PreflightReport &report = judged.report;
    edge::Value rows = edge::Value::array();
    for (const models::PreflightRow &row : report.rows) {
        rows.push(
            edge::Value::object({{"check", value(row.check)},
                                 {"level", value(models::preflightLevelName(row.level))},
                                 {"confidence", value(models::confidenceOf(row))},
                                 {"subject", subjectOf(row.subject, judged.objects)},
                                 {"path", value(row.path)},
                                 {"value", value(row.value)},
                                 {"message", value(row.message)},
                                 {"evidence", value(row.evidence)},
                                 {"remedy", value(row.remedy)},
                                 {"patch", edge::parseJson(row.patch.toStdString()).value_or(edge::Value())},
                                 {"verify", value(row.verify)},
                                 {"healedByException", row.exception.has_value()},
                                 {"accepted", value(row.accepted)}}));
    }
    edge::Value checks = edge::Value::array();
    for (const models::PreflightCheck &check : report.checks)
        checks.push(edge::Value::object({{"id", value(check.id)},
                                         {"title", value(check.title)},
                                         {"state", stateName(check.state)},
                                         {"why", value(check.why)},
                                         {"required", check.required}}));
    edge::Value exceptions = edge::Value::array();
    for (const models::PortException &exception : report.exceptions)
        exceptions.push(edge::Value::object({{"namespace", value(exception.nameSpace)},
                                             {"workload", value(exception.workload)},
                                             {"port", exception.port}}));
    return edge::Value::object({{"scope", value(report.scope.text())},
                                {"verdict", value(models::verdictName(report.verdict))},
                                {"reason", value(report.reason)},
                                {"podPorts", report.podPorts},
                                {"becomingStrict", report.becomingStrict},
                                {"withoutSidecar", report.withoutSidecar},
                                {"coverage", report.coverage},
                                {"silent", value(report.silent)},
                                {"window", value(report.window)},
                                {"rows", std::move(rows)},
                                {"checks", std::move(checks)},
                                {"exceptions", std::move(exceptions)},
                                {"notAccepted", value(report.notAccepted)}});
}

void print(const Output &output, const models::PreflightReport &report)
{
    const bool go = report.verdict == models::PreflightReport::Verdict::Go
        || report.verdict == models::PreflightReport::Verdict::GoWithExceptions;
    const auto severity = go                                       ? models::Severity::Good
        : report.verdict == models::PreflightReport::Verdict::NoGo ? models::Severity::Error
                                                                   : models::Severity::Unknown;
    output.line(u"%1 to STRICT: %2, %3"_s.arg(
        report.scope.text(), output.painted(models::verdictName(report.verdict), severity), report.reason));
    output.line(
        u"%1 of pods in scope, %2 STRICT, %3 without a sidecar; telemetry covers %4\n"_s
            .arg(models::counted(report.podPorts, u"port"_s))
            .arg(report.becomingStrict == 1 ? u"1 becomes"_s : u"%1 become"_s.arg(report.becomingStrict))
            .arg(report.withoutSidecar)
            .arg(report.coverage < 0 ? u"nothing"_s
                                     : u"%1 % of the workloads"_s.arg(qRound(report.coverage * 100))));
    if (!report.window.isEmpty())
        output.line(report.window + u'\n');
    if (!report.silent.isEmpty())
        output.line(u"nothing was counted of %1 in that time\n"_s.arg(report.silent.join(u", "_s)));
    Table table{{u"CHECK"_s, u"LEVEL"_s, u"OBJECT"_s, u"WHAT"_s, u"WHAT TO DO"_s}, {}};
    for (const models::PreflightRow &row : report.rows)
        table.rows.append({{row.check},
                           {models::preflightLevelName(row.level), severityOf(row.level)},
                           {row.subject.kind.isEmpty() ? u"-"_s : row.subject.text()},
                           {row.message},
                           {row.accepted.isEmpty() ? orDash(row.remedy) : u"accepted: "_s + row.accepted}});
    output.table(table);
    Table open{{u"NOT CHECKED"_s, u"WHAT"_s, u"WHY"_s}, {}};
    for (const models::PreflightCheck &check : report.checks) {
        if (check.state == models::PreflightCheck::State::NotChecked)
            open.rows.append({{check.id}, {check.title}, {check.why}});
    }
    if (open.rows.isEmpty())
        return;
    output.line({});
    output.table(open);
}

// Neither traffic nor rights are in files: what would break is said, and what is not known keeps it from a GO.
kube::Result<JudgedScope> onFiles(Invocation &invocation, const models::PreflightInput &input)
{
    const auto analysis = invocation.session.analysis();
    if (!analysis)
        return tl::unexpected(analysis.error());
    return JudgedScope{models::strictPreflight(*(*analysis)->snapshot, (*analysis)->view, input), {}};
}

} // namespace

int runPreflight(Invocation &invocation)
{
    models::PreflightInput input;
    const auto scope = readScope(invocation.parser.value(u"scope"_s));
    if (!scope)
        return wrongUsage(invocation, scope.error().message);
    input.scope = *scope;
    const auto accepted = readAcceptances(invocation);
    if (!accepted)
        return wrongUsage(invocation, accepted.error().message);
    input.accepted = *accepted;
    EvidenceWish wish{input.scope, {}, false, *accepted};
    if (invocation.parser.isSet(u"window"_s)) {
        const auto window = parseDuration(invocation.parser.value(u"window"_s));
        if (!window || *window < std::chrono::seconds(1))
            return wrongUsage(invocation,
                              u"--window %1 is no duration; write it as 7d or 12h"_s.arg(
                                  invocation.parser.value(u"window"_s)));
        wish.windowSeconds = std::chrono::duration_cast<std::chrono::seconds>(*window).count();
    }
    const auto judged = invocation.session.options().manifests.isEmpty() ? judgeCluster(invocation, wish)
                                                                         : onFiles(invocation, input);
    if (!judged)
        return invocation.output.fail(judged.error().message);
    const models::PreflightReport &report = judged->report;
    for (const QString &why : report.notAccepted)
        invocation.output.note(u"not accepted: "_s + why);
    const bool go = report.verdict == models::PreflightReport::Verdict::Go
        || report.verdict == models::PreflightReport::Verdict::GoWithExceptions;
    const int code = go ? AllWell : BadAnswer;
    const Report page = reportOf(report, subjectOf(invocation.session), QDateTime::currentDateTimeUtc());
    if (const auto answered = reportAnswer(invocation, page, code))
        return *answered;
    if (invocation.output.format() == Format::Table)
        print(invocation.output, report);
    else
        invocation.output.document("Preflight", document(*judged));
    return code;
}

} // namespace app::cli
