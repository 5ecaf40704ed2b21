// SPDX-License-Identifier: GPL-3.0-or-later
// strict plan|apply|status|rollback: the staged switch of a scope to STRICT.
#include "app/cli/arguments.h"
#include "app/cli/change_prompt.h"
#include "app/cli/plan_reports.h"
#include "app/cli/report_answer.h"
#include "app/cli/strict_options.h"
#include "app/cli/tended_journal.h"
#include "app/rights.h"
#include "app/strict_run.h"
#include "models/resources/counted.h"

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

using End = StrictResult::End;

std::optional<qint64> secondsOf(const Invocation &invocation, const QString &option)
{
    const auto duration = parseDuration(invocation.parser.value(option));
    if (!duration || *duration < std::chrono::seconds(1))
        return {};
    return std::chrono::duration_cast<std::chrono::seconds>(*duration).count();
}

QString readWish(const Invocation &invocation, StrictWish &wish) // why not, "" all well
{
    if (!invocation.parser.isSet(u"scope"_s))
        return u"--scope is missing: mesh, NAMESPACE or NAMESPACE/WORKLOAD"_s;
    const auto scope = readScope(invocation.parser.value(u"scope"_s));
    if (!scope)
        return scope.error().message;
    wish.scope = *scope;
    qint64 window = 0;
    for (const auto &[option, target] :
         {std::pair(u"window"_s, &window), std::pair(u"soak"_s, &wish.options.soakSeconds),
          std::pair(u"watch"_s, &wish.options.watchSeconds)}) {
        if (invocation.parser.value(option).isEmpty() && !invocation.parser.isSet(option))
            continue;
        const auto seconds = secondsOf(invocation, option);
        if (!seconds)
            return u"--%1 %2 is no duration of a second or more; write it as 7d, 12h or 10m"_s.arg(
                option, invocation.parser.value(option));
        *target = *seconds;
    }
    if (window > 0)
        wish.windowSeconds = window;
    const auto accepted = readAcceptances(invocation);
    if (!accepted)
        return accepted.error().message;
    wish.accepted = *accepted;
    wish.options.shadow = !invocation.parser.isSet(u"no-shadow"_s);
    wish.edge = invocation.session.options().edge;
    return {};
}

kube::Result<StrictPrepared> prepare(Invocation &invocation, const StrictWish &wish, kube::Client &client)
{
    auto prepared = prepareStrict(client, wish, invocation.session.stop());
    if (!prepared)
        return prepared;
    const QUrl &server = client.transport().connection().server;
    const QString why = invocation.session.options().misfit(*prepared->analysis->snapshot, server);
    return why.isEmpty() ? prepared : kube::failure(kube::Error::Kind::NotFound, why);
}

StrictTools toolsOf(Invocation &invocation, kube::Client &client, const Journal &journal)
{
    return {client, invocation.session.edge(), journal, invocation.session.stop(),
            [&output = invocation.output](const QString &line) { output.line(line); }};
}

edge::Value document(const models::StrictStage &stage)
{
    edge::Value steps = edge::Value::array();
    for (const models::StrictStep &step : stage.steps) {
        edge::Value objects = edge::Value::array();
        for (const edge::Value &object : step.objects)
            objects.push(object);
        QStringList removes;
        for (const models::ObjectRef &object : step.removes)
            removes.append(object.text());
        steps.push(edge::Value::object({{"title", value(step.title)},
                                        {"objects", std::move(objects)},
                                        {"removes", value(removes)},
                                        {"workloads", value(step.workloads)},
                                        {"soakSeconds", std::int64_t(step.soakSeconds)}}));
    }
    return edge::Value::object({{"stage", stage.number},
                                {"title", value(stage.title)},
                                {"purpose", value(stage.purpose)},
                                {"leaveWhen", value(stage.leaveWhen)},
                                {"leftOutBecause", value(stage.skipped)},
                                {"verify", value(stage.verify)},
                                {"steps", std::move(steps)}});
}

edge::Value document(const StrictPrepared &prepared)
{
    const models::StrictPlan &plan = prepared.plan;
    edge::Value stages = edge::Value::array();
    for (const models::StrictStage &stage : plan.stages)
        stages.push(document(stage));
    edge::Value checks = edge::Value::array();
    for (const models::VerificationKind &kind : models::verificationKinds())
        checks.push(edge::Value::object({{"id", value(kind.id)},
                                         {"title", value(kind.title)},
                                         {"how", value(kind.how)},
                                         {"pass", value(kind.pass)}}));
    edge::Value criteria = edge::Value::array();
    for (const models::RollbackCriterion &one : models::rollbackCriteria())
        criteria.push(edge::Value::object(
            {{"check", value(one.check)}, {"criterion", value(one.text)}, {"automatic", one.automatic}}));
    QStringList frozen;
    for (const models::ObjectRef &object : plan.frozen)
        frozen.append(object.text());
    return edge::Value::object({{"scope", value(plan.scope.text())},
                                {"verdict", value(models::verdictName(prepared.report.verdict))},
                                {"refused", value(plan.refused)},
                                {"stages", std::move(stages)},
                                {"frozen", value(frozen)},
                                {"verifications", std::move(checks)},
                                {"rollbackCriteria", std::move(criteria)},
                                {"hazards", value(plan.hazards)},
                                {"debt", value(plan.debt)}});
}

void print(const Output &output, const models::StrictStage &stage)
{
    output.line(u"\n%1  %2: %3"_s.arg(stage.number).arg(stage.title, stage.purpose));
    if (!stage.skipped.isEmpty())
        return output.line(u"   left out: "_s + stage.skipped);
    for (const models::StrictStep &step : stage.steps) {
        output.line(u"   - "_s + step.title);
        for (const edge::Value &object : step.objects)
            output.line(u"     write %1 %2/%3"_s.arg(
                QString::fromStdString(object["kind"].text()),
                QString::fromStdString(object.at({"metadata", "namespace"}).text()),
                QString::fromStdString(object.at({"metadata", "name"}).text())));
        for (const models::ObjectRef &object : step.removes)
            output.line(u"     remove %1, which this plan has made"_s.arg(object.text()));
    }
    if (!stage.verify.isEmpty())
        output.line(u"   verify %1"_s.arg(stage.verify.join(u", "_s)));
    output.line(u"   leave when: "_s + stage.leaveWhen);
}

void print(const Output &output, const StrictPrepared &prepared)
{
    const models::StrictPlan &plan = prepared.plan;
    output.line(u"%1 to STRICT, preflight: %2, %3"_s.arg(
        plan.scope.text(), models::verdictName(prepared.report.verdict), prepared.report.reason));
    for (const QString &why : prepared.report.notAccepted)
        output.note(u"not accepted: "_s + why);
    for (const models::StrictStage &stage : plan.stages)
        print(output, stage);
    output.line(u"\nTaken back by itself when:"_s);
    for (const models::RollbackCriterion &one : models::rollbackCriteria()) {
        if (one.automatic)
            output.line(u"   %1 %2"_s.arg(one.check, one.text));
    }
    for (const QString &hazard : plan.hazards)
        output.line(u"hazard on the way back: "_s + hazard);
    if (!plan.debt.isEmpty())
        output.line(u"these namespaces stay below STRICT: "_s + plan.debt.join(u", "_s));
    if (!plan.refused.isEmpty())
        output.line(u"\n%1"_s.arg(output.painted(plan.refused, models::Severity::Error)));
}

kube::Result<StrictPrepared> preparedOfFiles(Invocation &invocation, const StrictWish &wish)
{
    const auto analysis = invocation.session.analysis();
    if (!analysis)
        return tl::unexpected(analysis.error());
    StrictPrepared prepared;
    prepared.analysis = *analysis;
    models::PreflightInput input;
    input.scope = wish.scope;
    input.windowSeconds = wish.windowSeconds.value_or(models::defaultWindowSeconds(*(*analysis)->snapshot));
    input.includeNarrower = true;
    input.accepted = wish.accepted;
    prepared.report = models::strictPreflight(*(*analysis)->snapshot, (*analysis)->view, input);
    prepared.plan = models::strictPlan(*(*analysis)->snapshot, prepared.report, wish.options);
    return prepared;
}

int showPlan(const Invocation &invocation, const StrictWish &wish,
             const kube::Result<StrictPrepared> &prepared)
{
    if (!prepared)
        return invocation.output.fail(prepared.error().message);
    const int code = prepared->plan.refused.isEmpty() ? AllWell : BadAnswer;
    const Report report = reportOf(*prepared, subjectOf(invocation.session), QDateTime::currentDateTimeUtc());
    if (const auto answered = reportAnswer(invocation, report, code))
        return *answered;
    if (const QString why = whyWatchIsShort(wish.options, prepared->scrapeSeconds); !why.isEmpty())
        invocation.output.note(u"note: each step would be "_s + why);
    if (invocation.output.format() == Format::Table)
        print(invocation.output, *prepared);
    else
        invocation.output.document("StrictPlan", document(*prepared));
    return code;
}

int planStrict(Invocation &invocation, StrictWish wish, kube::Client &client)
{
    if (const auto journal = invocation.session.journal())
        wish.options.made = madeObjects(standingEntries(*journal, wish.scope));
    return showPlan(invocation, wish, prepare(invocation, wish, client));
}

int codeOf(const StrictResult &result)
{
    switch (result.end) {
    case End::Done: return AllWell;
    case End::NotVerified:
    case End::Refused:
    case End::RolledBack:
    case End::Foreign: return BadAnswer;
    case End::Lost:
    case End::Stopped:
    case End::Failed: break;
    }
    return CouldNot;
}

int finish(const Invocation &invocation, const StrictResult &result)
{
    const int code = codeOf(result);
    if (code == AllWell)
        invocation.output.line(result.why);
    else
        invocation.output.note(u"sallyportctl: "_s + result.why);
    return code;
}

// What the first writes would be, for the prompt: later stages depend on what these bring, and are dry-run in their turn.
models::ChangeReview allReviewed(const StrictTools &tools, const StrictPrepared &prepared, ReviewFor purpose)
{
    models::ChangeReview all;
    all.dryRunOk = true;
    for (const models::StrictStage &stage : prepared.plan.stages) {
        for (const models::StrictStep &step : stage.steps) {
            const auto changes = reviewStep(tools, prepared.plan.scope, stage, step, purpose);
            if (!changes) {
                all.dryRunOk = false;
                all.dryRunMessage = changes.error().message;
                return all;
            }
            all.context = changes->review.context;
            all.needsTyping = changes->review.needsTyping;
            all.diffs += changes->review.diffs;
            all.changes.changes += changes->review.changes.changes;
            if (!changes->review.dryRunOk) {
                all.dryRunOk = false;
                all.dryRunMessage = changes->review.dryRunMessage;
                return all;
            }
        }
    }
    all.dryRunMessage =
        u"the server accepted %1 of %2 in a dry run; each is tried again before it is written"_s
            .arg(all.changes.changes.size())
            .arg(models::counted(all.changes.changes.size(), u"change"_s));
    return all;
}

int applyStrict(Invocation &invocation, StrictWish wish, kube::Client &client, const Journal &journal)
{
    if (const QString why = whyReadOnly(client); !why.isEmpty() && !invocation.parser.isSet(u"dry-run"_s))
        return invocation.output.fail(why); // before it looks at the whole cluster
    wish.options.made = madeObjects(standingEntries(journal, wish.scope));
    const auto prepared = prepare(invocation, wish, client);
    if (!prepared)
        return invocation.output.fail(prepared.error().message);
    if (!prepared->plan.refused.isEmpty()) {
        invocation.output.note(u"sallyportctl: nothing is written. "_s + prepared->plan.refused);
        return BadAnswer;
    }
    const StrictTools tools = toolsOf(invocation, client, journal);
    models::ChangeReview reviewed = allReviewed(tools, *prepared, purposeOf(invocation));
    reviewed.changes.title = u"STRICT for %1, preflight %2"_s.arg(
        wish.scope.text(), models::verdictName(prepared->report.verdict));
    reviewed.warnings = prepared->plan.hazards;
    if (const QString why = whyWatchIsShort(wish.options, prepared->scrapeSeconds); !why.isEmpty())
        reviewed.warnings.append(u"each step is "_s + why);
    if (reviewed.dryRunOk && reviewed.changes.changes.isEmpty()) {
        invocation.output.line(u"nothing to change: it is so already"_s);
        return invocation.parser.isSet(u"dry-run"_s) ? AllWell
                                                     : finish(invocation, runStrict(tools, wish, *prepared));
    }
    printReview(invocation.output, reviewed);
    if (!reviewed.dryRunOk)
        return invocation.output.fail(reviewed.dryRunMessage);
    if (invocation.parser.isSet(u"dry-run"_s))
        return AllWell;
    if (const QString why = refusal(invocation, reviewed); !why.isEmpty())
        return invocation.output.fail(why);
    return finish(invocation, runStrict(tools, wish, *prepared));
}

struct Standing // an entry of the journal, as it is in the cluster now
{
    int number = 0;
    QString at, step, object, state;
    bool isOurs = true; // it can be taken back; else others have changed it
};

kube::Result<QList<Standing>> standingNow(Invocation &invocation, const StrictWish &wish,
                                          kube::Client &client, const Journal &journal)
{
    QList<Standing> found;
    const QList<models::JournalEntry> standing = standingEntries(journal, wish.scope);
    for (const models::JournalEntry &entry : standing) {
        const models::Change &done = entry.change;
        const auto now =
            currentState(client, done.type, done.nameSpace, done.name, invocation.session.stop());
        if (!now)
            return tl::unexpected(now.error());
        const models::Undo undo = undoOfStanding(standing, entry, *now);
        if (undo.isSoAlready) // somebody has set it back, or it was never written: nothing of it stands
            continue;
        found.append({entry.number, entry.at.toUTC().toString(Qt::ISODate), entry.title.section(u", "_s, 1),
                      done.subject().text(), undo.change ? u"in force"_s : undo.why,
                      undo.change.has_value()});
    }
    return found;
}

// "3 STRICT", "1 PERMISSIVE": of ports of workloads in scope.
QStringList portsByMode(const ClusterAnalysis &analysis, const models::StrictScope &scope)
{
    QMap<QString, int> modes;
    for (const models::WorkloadPosture &row : analysis.postures) {
        if ((scope.nameSpace.isEmpty() || row.nameSpace == scope.nameSpace)
            && (scope.workload.isEmpty() || row.workload == scope.workload))
            ++modes[models::modeText(row.mode)];
    }
    QStringList counts;
    for (auto mode = modes.begin(); mode != modes.end(); ++mode)
        counts.append(u"%1 %2"_s.arg(mode.value()).arg(mode.key()));
    return counts;
}

void print(const Output &output, const StrictWish &wish, const QStringList &ports,
           const QList<Standing> &standing)
{
    output.line(u"%1: ports of workloads: %2"_s.arg(wish.scope.text(),
                                                    ports.isEmpty() ? u"none"_s : ports.join(u", "_s)));
    if (standing.isEmpty())
        return output.line(u"nothing of it was changed by these programs, or it is as it was before"_s);
    Table table{{u"N"_s, u"AT"_s, u"STEP"_s, u"OBJECT"_s, u"STATE"_s}, {}};
    for (const Standing &one : standing)
        table.rows.append({{QString::number(one.number)},
                           {one.at},
                           {one.step},
                           {one.object},
                           {one.state, one.isOurs ? models::Severity::Good : models::Severity::Warning}});
    output.table(table);
}

edge::Value document(const StrictWish &wish, const QStringList &ports, const QList<Standing> &standing)
{
    edge::Value items = edge::Value::array();
    for (const Standing &one : standing)
        items.push(edge::Value::object({{"number", one.number},
                                        {"at", value(one.at)},
                                        {"step", value(one.step)},
                                        {"object", value(one.object)},
                                        {"state", value(one.state)}}));
    return edge::Value::object(
        {{"scope", value(wish.scope.text())}, {"ports", value(ports)}, {"items", std::move(items)}});
}

int showStatus(Invocation &invocation, const StrictWish &wish, kube::Client &client, const Journal &journal)
{
    const auto analysis = invocation.session.analysis();
    if (!analysis)
        return invocation.output.fail(analysis.error().message);
    const auto standing = standingNow(invocation, wish, client, journal);
    if (!standing)
        return invocation.output.fail(standing.error().message);
    const QStringList ports = portsByMode(**analysis, wish.scope);
    if (invocation.output.format() == Format::Table)
        print(invocation.output, wish, ports, *standing);
    else
        invocation.output.document("StrictStatus", document(wish, ports, *standing));
    const bool isForeign =
        std::any_of(standing->begin(), standing->end(), [](const Standing &one) { return !one.isOurs; });
    return isForeign ? BadAnswer : AllWell;
}

int rollBack(Invocation &invocation, const StrictWish &wish, kube::Client &client, const Journal &journal)
{
    const QList<models::JournalEntry> standing = standingEntries(journal, wish.scope);
    if (standing.isEmpty()) {
        invocation.output.line(
            u"nothing of %1 was changed by these programs, or it is taken back already"_s.arg(
                wish.scope.text()));
        return AllWell;
    }
    models::ChangeReview reviewed;
    reviewed.context = client.transport().connection().context;
    reviewed.needsTyping = client.mode() == kube::WriteMode::Confirm;
    reviewed.changes.title = u"Take back STRICT of %1: %2, newest first"_s.arg(
        wish.scope.text(), models::counted(standing.size(), u"change"_s));
    reviewed.dryRunMessage = u"each change is taken back only while our values still hold"_s;
    for (auto entry = standing.rbegin(); entry != standing.rend(); ++entry)
        reviewed.diffs.append(u"%1 %2 (%3)"_s.arg(entry->number)
                                  .arg(entry->change.subject().text(), entry->title.section(u", "_s, 1)));
    printReview(invocation.output, reviewed);
    if (const QString why = whyReadOnly(client); !why.isEmpty())
        return invocation.output.fail(why);
    if (const QString missing = missingRightsText(
            client, missingRights(client, rightsToTakeBack(standing), invocation.session.stop()));
        !missing.isEmpty())
        return invocation.output.fail(missing);
    if (invocation.parser.isSet(u"dry-run"_s))
        return AllWell;
    if (const QString why = refusal(invocation, reviewed); !why.isEmpty())
        return invocation.output.fail(why);
    return finish(invocation, rollBackStrict(toolsOf(invocation, client, journal), wish.scope));
}

} // namespace

int runStrictCommand(Invocation &invocation)
{
    const QStringList verbs{u"plan"_s, u"apply"_s, u"status"_s, u"rollback"_s};
    const QString verb = invocation.arguments.value(0);
    if (!verbs.contains(verb) || invocation.arguments.size() > 1)
        return wrongUsage(
            invocation,
            u"strict knows %1, not '%2'"_s.arg(verbs.join(u", "_s), invocation.arguments.join(u' ')));
    if (const QString why = noReportWith(invocation, u"strict "_s + verb, u"strict plan"_s); !why.isEmpty())
        return wrongUsage(invocation, why);
    StrictWish wish;
    if (const QString why = readWish(invocation, wish); !why.isEmpty())
        return wrongUsage(invocation, why);
    if (!invocation.session.options().manifests.isEmpty())
        return verb == "plan"_L1
            ? showPlan(invocation, wish, preparedOfFiles(invocation, wish))
            : wrongUsage(invocation, u"strict %1 is about a cluster; -f goes with strict plan"_s.arg(verb));
    const auto client = invocation.session.client();
    if (!client)
        return invocation.output.fail(client.error().message);
    if (verb == "plan"_L1)
        return planStrict(invocation, wish, **client);
    const auto journal = tendedJournal(invocation);
    if (!journal)
        return invocation.output.fail(journal.error().message);
    if (verb == "apply"_L1)
        return applyStrict(invocation, wish, **client, *journal);
    return verb == "status"_L1 ? showStatus(invocation, wish, **client, *journal)
                               : rollBack(invocation, wish, **client, *journal);
}

} // namespace app::cli
