// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/guide_steps.h"

#include "app/cli/change_prompt.h"
#include "app/cli/preflight_run.h"
#include "app/cli/strict_options.h"
#include "app/guide_actions.h"

#include <QDeadlineTimer>
#include <QThread>

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

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
    const models::GuideStep *step = stepOf(analysis, id);
    return step ? Observed{step->result == models::GuideStep::Result::Passed, step->seen} : Observed();
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
    if (invocation.session.stop().stop_requested())
        return CouldNot;
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
    if (invocation.session.stop().stop_requested())
        return CouldNot;
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

// Coverage grows with each scrape, and that clear text has ended three of them show.
constexpr std::chrono::seconds ThreeScrapes{60}; // and what lies before the first

// What this guide's steps have sent in clear text is its own, by the journal.
EvidenceWish evidenceWish(const Invocation &invocation)
{
    EvidenceWish wish;
    if (const auto accepted = readAcceptances(invocation)) // else it was refused before
        wish.accepted = *accepted;
    if (const auto journal = invocation.session.journal()) {
        const QList<models::JournalEntry> entries = journal->entries();
        wish.ownMappings = mappingsOfGuide(entries);
        wish.clearTextTimes = clearTextTimes(entries, wish.ownMappings);
    }
    return wish;
}

// What a preflight says of the switch, which leaves no port out.
struct StrictAnswer
{
    QString why;         // not; "" it may go on
    bool isOpen = false; // scrapes to come may say more
    QStringList notes;   // what was accepted, and what was offered in vain
};
StrictAnswer answerOf(const models::PreflightReport &report)
{
    using Verdict = models::PreflightReport::Verdict;
    StrictAnswer answer;
    QStringList breaking;
    for (const models::PreflightRow &row : report.rows) {
        const QString text = u"%1 of %2: %3"_s.arg(row.check, row.subject.text(), row.message);
        if (!row.accepted.isEmpty())
            answer.notes.append(u"accepted: %1 (%2)"_s.arg(text, row.accepted));
        else if (row.level >= models::PreflightLevel::Likely)
            breaking.append(text);
    }
    for (const QString &vain : report.notAccepted)
        answer.notes.append(u"not accepted: "_s + vain);
    answer.isOpen = report.verdict == Verdict::Unknown
        ? report.coverage >= 0
        : std::all_of(report.rows.begin(), report.rows.end(), [](const models::PreflightRow &row) {
              return !row.breaks() || row.check == "T1"_L1; // clear text that has just ended
          });
    const bool isGo = report.verdict == Verdict::Go
        || (report.verdict == Verdict::GoWithExceptions && report.exceptions.isEmpty());
    if (!isGo)
        answer.why = u"%1, %2"_s.arg(models::verdictName(report.verdict),
                                     breaking.isEmpty() ? report.reason : breaking.join(u"; "_s));
    return answer;
}

// nullopt: it was ended from outside, or the cluster could not be asked, which is said.  What telemetry does not cover yet is asked
// for again, until three scrapes have come.
std::optional<StrictAnswer> askPreflight(Invocation &invocation)
{
    const std::stop_token stop = invocation.session.stop();
    const EvidenceWish wish = evidenceWish(invocation);
    bool isSaid = false;
    for (QDeadlineTimer deadline(ThreeScrapes);; QThread::msleep(500)) {
        const auto judged =
            stop.stop_requested() ? kube::Result<JudgedScope>() : judgeCluster(invocation, wish);
        if (stop.stop_requested())
            return {};
        if (!judged) {
            invocation.output.fail(judged.error().message);
            return {};
        }
        const StrictAnswer answer = answerOf(judged->report);
        if (answer.why.isEmpty() || !answer.isOpen || deadline.hasExpired())
            return answer;
        if (!std::exchange(isSaid, true))
            invocation.output.note(u"waiting up to %1 s for three scrapes; the preflight says now %2"_s.arg(
                QString::number(ThreeScrapes.count()), answer.why));
    }
}

} // namespace

int applyStep(Invocation &invocation, const ClusterAnalysis &analysis, const models::GuideStep &step)
{
    const auto client = invocation.session.client();
    if (!client)
        return invocation.output.fail(client.error().message);
    if (step.id == "strict"_L1 && step.result != models::GuideStep::Result::Passed) {
        const auto answer = askPreflight(invocation);
        if (!answer)
            return CouldNot;
        for (const QString &note : answer->notes)
            invocation.output.note(note);
        if (!answer->why.isEmpty()) {
            invocation.output.note(u"nothing is written. The preflight says "_s + answer->why);
            invocation.output.note(
                u"sallyportctl preflight says more and what mends it; a row that is LIKELY and that you answer for: --accept ROW=REASON; sallyportctl strict apply switches stage by stage"_s);
            return BadAnswer;
        }
    }
    const auto wish = wishOfStep(analysis, step);
    if (!wish)
        return invocation.output.fail(wish.error().message);
    const auto changes = planApply(**client, *wish, invocation.session.stop());
    if (invocation.session.stop().stop_requested())
        return CouldNot;
    return changes ? writeAndWait(invocation, **client, *changes, step, false)
                   : invocation.output.fail(changes.error().message);
}

int undoStep(Invocation &invocation, const models::GuideStep &step)
{
    const auto client = invocation.session.client();
    if (!client)
        return invocation.output.fail(client.error().message);
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

std::optional<models::GuideStep> awaitStep(Invocation &invocation, const QString &id, Restart restart,
                                           QString &seen)
{
    std::optional<models::GuideStep> found;
    const auto look = [&](const ClusterAnalysis &analysis) {
        const models::GuideStep *step = stepOf(analysis, id);
        if (!step)
            return Observed{false, u"the guide has no step "_s + id};
        found = *step;
        const bool hasPassed = step->result == models::GuideStep::Result::Passed && !step->needsRestart;
        return Observed{hasPassed || (step->needsRestart && restart == Restart::MayBeAskedFor), step->seen};
    };
    return awaitObserver(invocation, look, seen) ? found : std::nullopt;
}

const models::GuideStep *stepOf(const ClusterAnalysis &analysis, const QString &id)
{
    const auto found = std::find_if(analysis.guide.begin(), analysis.guide.end(),
                                    [&id](const models::GuideStep &step) { return step.id == id; });
    return found == analysis.guide.end() ? nullptr : &*found;
}

} // namespace app::cli
