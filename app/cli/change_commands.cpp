// SPDX-License-Identifier: GPL-3.0-or-later
// guide and journal: the commands that write.  Nothing is written without a shown diff, a dry run and a confirmation.
#include "app/cli/change_prompt.h"
#include "app/cli/plan_reports.h"
#include "app/cli/report_answer.h"
#include "app/guide_actions.h"
#include "models/analysis/undo.h"

#include <QDeadlineTimer>
#include <QThread>

#include <algorithm>
#include <functional>
#include <optional>

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

const char *resultName(models::GuideStep::Result result)
{
    switch (result) {
    case models::GuideStep::Result::Passed: return "passed";
    case models::GuideStep::Result::Failed: return "failed";
    case models::GuideStep::Result::NotChecked: break;
    }
    return "not checked";
}

edge::Value document(const models::GuideStep &step)
{
    return edge::Value::object({{"id", value(step.id)},
                                {"title", value(step.title)},
                                {"result", resultName(step.result)},
                                {"seen", value(step.seen)},
                                {"evidence", value(step.evidence)},
                                {"remedy", value(step.remedy)},
                                {"needsRestart", step.needsRestart}});
}

int checkGuide(Invocation &invocation, const ClusterAnalysis &analysis)
{
    using Result = models::GuideStep::Result;
    const bool all = std::all_of(analysis.guide.begin(), analysis.guide.end(),
                                 [](const models::GuideStep &step) { return step.result == Result::Passed; });
    const int code = all ? AllWell : BadAnswer;
    const Report report =
        reportOf({analysis.guide, subjectOf(invocation.session), QDateTime::currentDateTimeUtc()});
    if (const auto answered = reportAnswer(invocation, report, code))
        return *answered;
    Table table{{u""_s, u"STEP"_s, u"TITLE"_s, u"SEEN"_s}, {}};
    edge::Value items = edge::Value::array();
    for (const models::GuideStep &step : analysis.guide) {
        const Cell mark = step.result == Result::Passed ? Cell{u"✓"_s, models::Severity::Good}
            : step.result == Result::Failed             ? Cell{u"✗"_s, models::Severity::Error}
                                                        : Cell{u"?"_s, models::Severity::Unknown};
        table.rows.append({mark, {step.id}, {step.title}, {step.seen}});
        items.push(document(step));
    }
    if (invocation.output.format() != Format::Table) {
        invocation.output.document("GuideCheck", edge::Value::object({{"items", std::move(items)}}));
        return code;
    }
    invocation.output.table(table);
    for (const models::GuideStep &step : analysis.guide) {
        if (step.result != Result::Passed && !nextFor(step).isEmpty())
            invocation.output.note(u"%1: %2"_s.arg(step.id, nextFor(step)));
    }
    return code;
}

int showStep(Invocation &invocation, const models::GuideStep &step)
{
    if (invocation.output.format() != Format::Table) {
        edge::Value content = document(step);
        content.set("yaml", value(step.yaml));
        invocation.output.document("GuideStep", std::move(content));
        return AllWell;
    }
    invocation.output.line(u"%1: %2\n%3\n"_s.arg(step.id, step.title, step.seen));
    invocation.output.line(step.yaml);
    return AllWell;
}

constexpr int LoadSeconds = 120; // a roll-out, and Prometheus reads its log of samples again

// What is written for an observer is done when it has read it.  look: whether it has, and what is seen of it meanwhile.
struct Observed
{
    bool isDone = false;
    QString seen;
};
std::optional<QString> awaitObserver(Invocation &invocation,
                                     const std::function<Observed(const ClusterAnalysis &)> &look,
                                     QString &last)
{
    for (QDeadlineTimer deadline(std::chrono::seconds{LoadSeconds});
         !deadline.hasExpired() && !invocation.session.stop().stop_requested(); QThread::msleep(500)) {
        const auto analysis = invocation.session.analysis(Session::Reading::Observers);
        const Observed observed = analysis ? look(**analysis) : Observed{false, analysis.error().message};
        if (observed.isDone)
            return observed.seen;
        last = observed.seen;
    }
    return {};
}

Observed lookAtPrometheus(const ClusterAnalysis &analysis)
{
    const models::LoadedPrometheus &loaded = analysis.snapshot->loadedPrometheus;
    const QString jobs = loaded.jobs.join(u", "_s);
    if (models::hasLoaded(loaded,
                          analysis.snapshot->configMaps.value(u"istio-system/prometheus/prometheus.yml"_s)))
        return {true, u"Prometheus %1 has loaded the jobs %2"_s.arg(loaded.service, jobs)};
    return {false, loaded.error.isEmpty() ? u"it has the jobs %1"_s.arg(jobs) : loaded.error};
}

Observed lookAtStep(const ClusterAnalysis &analysis, const QString &id)
{
    for (const models::GuideStep &step : analysis.guide) {
        if (step.id == id)
            return {step.result == models::GuideStep::Result::Passed, step.seen};
    }
    return {};
}

int awaitPrometheus(Invocation &invocation)
{
    invocation.output.note(
        u"waiting up to %1 s until Prometheus has loaded what its ConfigMap holds"_s.arg(LoadSeconds));
    QString last;
    if (const auto done = awaitObserver(invocation, lookAtPrometheus, last)) {
        invocation.output.line(*done);
        return AllWell;
    }
    invocation.output.note(
        u"it is written, but Prometheus has not loaded it within %1 s: %2; look at its pods, or restart it: "
        u"kubectl -n istio-system rollout restart deployment prometheus"_s.arg(QString::number(LoadSeconds),
                                                                               last));
    return BadAnswer;
}

// The kubelet brings a ConfigMap's file within a minute or so, and Grafana looks for files every few seconds.
int awaitGrafana(Invocation &invocation, const QString &id)
{
    invocation.output.note(u"waiting up to %1 s until Grafana shows it"_s.arg(LoadSeconds));
    QString last;
    const auto look = [&id](const ClusterAnalysis &analysis) { return lookAtStep(analysis, id); };
    if (const auto done = awaitObserver(invocation, look, last)) {
        invocation.output.line(*done);
        return AllWell;
    }
    invocation.output.note(u"it is written, but Grafana does not show it within %1 s: %2; look whether its "
                           u"pod mounts the ConfigMap, "
                           u"or import the JSON of sallyportctl guide show grafana by hand"_s.arg(
                               QString::number(LoadSeconds), last));
    return BadAnswer;
}

int writeAndWait(Invocation &invocation, kube::Client &client, const models::ChangeSet &changes,
                 const models::GuideStep &step, bool isUndo)
{
    const int code = reviewAndWrite(invocation, client, changes);
    if (code != AllWell || changes.changes.isEmpty() || invocation.parser.isSet(u"dry-run"_s))
        return code;
    if (step.id == "prometheus"_L1)
        return awaitPrometheus(invocation);
    return step.id == "grafana"_L1 && !isUndo ? awaitGrafana(invocation, step.id) : code;
}

// What objects tell is enough to stop; traffic and rights are the preflight's to ask for.
int refuseStrict(Invocation &invocation, const QStringList &breaks)
{
    invocation.output.note(u"nothing is written. NO-GO: %1"_s.arg(breaks.join(u"; "_s)));
    invocation.output.note(
        u"sallyportctl preflight says more and what mends it; sallyportctl strict apply switches stage by stage"_s);
    return BadAnswer;
}

int writeStep(Invocation &invocation, const ClusterAnalysis &analysis, const models::GuideStep &step,
              bool undo)
{
    const auto client = invocation.session.client();
    if (!client)
        return invocation.output.fail(client.error().message);
    if (undo) {
        const auto journal = invocation.session.journal();
        if (!journal)
            return invocation.output.fail(journal.error().message);
        const QList<models::JournalEntry> entries = entriesOfStep(journal->entries(), step);
        if (entries.isEmpty())
            return invocation.output.fail(
                u"the journal has no change of step %1 that could be taken back"_s.arg(step.id));
        const auto changes = planUndo(**client, entries, invocation.session.stop());
        return changes ? writeAndWait(invocation, **client, *changes, step, true)
                       : invocation.output.fail(changes.error().message);
    }
    if (step.id == "strict"_L1 && !analysis.breaksUnderStrict.isEmpty())
        return refuseStrict(invocation, analysis.breaksUnderStrict);
    const auto wish = wishOfStep(analysis, step);
    if (!wish)
        return invocation.output.fail(wish.error().message);
    auto changes = planApply(**client, *wish, invocation.session.stop());
    if (!changes)
        return invocation.output.fail(changes.error().message);
    return writeAndWait(invocation, **client, *changes, step, false);
}

QString noSuchEntry(int number)
{
    return u"the journal has no entry %1; `sallyportctl journal` lists them"_s.arg(number);
}

// What the write made of the object, as its plan said: without what servers add.  Of a Secret's JSON patch the journal keeps no
// body, but the server's answer.
std::optional<edge::Value> stateAfter(const models::JournalEntry &entry)
{
    const bool isKept = !entry.change.body.isEmpty() || entry.change.verb == models::Change::Verb::Remove;
    return isKept ? models::stateAfter(entry.change) : entry.after;
}

QString diffOf(const models::JournalEntry &entry)
{
    const bool isKept = !entry.change.body.isEmpty() || entry.change.verb == models::Change::Verb::Remove;
    return (isKept ? models::unifiedDiff(entry.change)
                   : models::unifiedDiff(entry.change.before, stateAfter(entry)))
        .trimmed();
}

// A Secret's values are sizes here: the journal has never held them.
edge::Value stateDocument(const std::optional<edge::Value> &object)
{
    return object ? models::withoutServerFields(*object) : edge::Value();
}

edge::Value document(const models::JournalEntry &entry)
{
    return edge::Value::object({{"number", entry.number},
                                {"at", value(entry.at.toUTC().toString(Qt::ISODate))},
                                {"context", value(entry.context)},
                                {"who", value(entry.who)},
                                {"title", value(entry.title)},
                                {"object", value(entry.change.subject().text())},
                                {"succeeded", entry.succeeded},
                                {"answered", entry.settled},
                                {"reverted", entry.reverted},
                                {"revertOf", entry.revertOf},
                                {"result", value(entry.result)},
                                {"diff", value(diffOf(entry))},
                                {"before", stateDocument(entry.change.before)},
                                {"after", stateDocument(stateAfter(entry))}});
}

// All entries, or the one of that number.
int showJournal(Invocation &invocation, const Journal &journal, const QString &wanted)
{
    bool isNumber = true;
    const int only = wanted.isEmpty() ? 0 : wanted.toInt(&isNumber);
    if (!isNumber)
        return wrongUsage(invocation, u"journal show takes the number of an entry, got '%1'"_s.arg(wanted));
    Table table{{u"N"_s, u"AT"_s, u"CHANGE"_s, u"OBJECT"_s, u"RESULT"_s}, {}};
    edge::Value items = edge::Value::array();
    QString diff;
    for (const models::JournalEntry &entry : journal.entries()) {
        if (only != 0 && entry.number != only)
            continue;
        const QString known = entry.result.isEmpty() && !entry.settled
            ? u"not known, it may have been written: the program ended before the answer"_s
            : entry.result;
        const QString result = entry.reverted ? known + u", taken back"_s : known;
        table.rows.append({{QString::number(entry.number)},
                           {entry.at.toUTC().toString(Qt::ISODate)},
                           {entry.title},
                           {entry.change.subject().text()},
                           {result, entry.succeeded ? models::Severity::Info : models::Severity::Error}});
        if (invocation.output.format() != Format::Table)
            items.push(document(entry));
        else if (only != 0)
            diff = diffOf(entry);
    }
    if (only != 0 && table.rows.isEmpty())
        return invocation.output.fail(noSuchEntry(only));
    if (invocation.output.format() != Format::Table)
        invocation.output.document("Journal", edge::Value::object({{"items", std::move(items)}}));
    else if (table.rows.isEmpty())
        invocation.output.note(u"nothing was changed by these programs in this context"_s);
    else
        invocation.output.table(table);
    if (!diff.isEmpty())
        invocation.output.line(u'\n' + diff);
    return AllWell;
}

int revertEntry(Invocation &invocation, const Journal &journal, const QString &text)
{
    bool isNumber = false;
    const int number = text.toInt(&isNumber);
    if (!isNumber)
        return wrongUsage(invocation, u"journal revert needs the number of an entry, got '%1'"_s.arg(text));
    for (const models::JournalEntry &entry : journal.entries()) {
        if (entry.number != number)
            continue;
        if (!entry.canBeTakenBack())
            return invocation.output.fail(
                entry.reverted ? u"entry %1 was taken back already"_s.arg(number)
                               : u"entry %1 failed: there is nothing to take back"_s.arg(number));
        const auto client = invocation.session.client();
        if (!client)
            return invocation.output.fail(client.error().message);
        const QList<models::JournalEntry> together = models::withLaterWrites(entry, journal.entries());
        const auto changes = planUndo(**client, together, invocation.session.stop());
        if (!changes)
            return invocation.output.fail(changes.error().message);
        for (const models::JournalEntry &later : together) {
            if (later.number != number)
                invocation.output.note(
                    u"entry %1 (%2) wrote to the same object later: it is taken back too"_s.arg(
                        QString::number(later.number), later.title));
        }
        return reviewAndWrite(invocation, **client, *changes, {number});
    }
    return invocation.output.fail(noSuchEntry(number));
}

} // namespace

int runGuide(Invocation &invocation)
{
    const QString verb = invocation.arguments.value(0, u"check"_s);
    const QStringList verbs{u"check"_s, u"show"_s, u"apply"_s, u"undo"_s};
    if (!verbs.contains(verb))
        return wrongUsage(invocation, u"guide knows %1, not %2"_s.arg(verbs.join(u", "_s), verb));
    if (!invocation.session.options().manifests.isEmpty() && verb != "check"_L1 && verb != "show"_L1)
        return wrongUsage(invocation,
                          u"guide %1 writes to a cluster; -f goes with guide check and show"_s.arg(verb));
    if (const QString why = noReportWith(invocation, u"guide "_s + verb, u"guide check"_s); !why.isEmpty())
        return wrongUsage(invocation, why);
    // STRICT is judged by all that the preflight reads of objects.
    const bool isSwitch = verb == "apply"_L1 && invocation.arguments.value(1) == "strict"_L1;
    const auto analysis =
        invocation.session.analysis(isSwitch ? Session::Reading::Certificates : Session::Reading::Observers);
    if (!analysis)
        return invocation.output.fail(analysis.error().message);
    if (verb == "check"_L1)
        return invocation.arguments.size() > 1
            ? wrongUsage(invocation, u"guide check takes no step, it checks all"_s)
            : checkGuide(invocation, **analysis);
    const QString id = invocation.arguments.value(1);
    QStringList ids;
    for (const models::GuideStep &step : (*analysis)->guide) {
        if (step.id == id)
            return verb == "show"_L1 ? showStep(invocation, step)
                                     : writeStep(invocation, **analysis, step, verb == "undo"_L1);
        ids.append(step.id);
    }
    return wrongUsage(invocation,
                      id.isEmpty() ? u"guide %1 needs a step: %2"_s.arg(verb, ids.join(u", "_s))
                                   : u"there is no step %1; the steps are %2"_s.arg(id, ids.join(u", "_s)));
}

int runJournal(Invocation &invocation)
{
    const auto journal = invocation.session.journal();
    if (!journal)
        return invocation.output.fail(journal.error().message);
    const QString verb = invocation.arguments.value(0, u"show"_s);
    if (verb == "show"_L1)
        return showJournal(invocation, *journal, invocation.arguments.value(1));
    if (verb == "revert"_L1)
        return revertEntry(invocation, *journal, invocation.arguments.value(1));
    return wrongUsage(invocation, u"journal knows show and revert, not %1"_s.arg(verb));
}

} // namespace app::cli
