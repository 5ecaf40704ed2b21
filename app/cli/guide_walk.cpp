// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/guide_walk.h"

#include "app/cli/change_prompt.h"
#include "app/cli/cluster_state.h"
#include "app/cli/guide_steps.h"
#include "app/guide_actions.h"
#include "models/resources/counted.h"

#include <QDeadlineTimer>
#include <QThread>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

using Result = models::GuideStep::Result;

constexpr std::chrono::seconds Settling{60}; // roll-outs that the last change has begun

bool isDone(const models::GuideStep &step) { return step.result == Result::Passed && !step.needsRestart; }

void say(const Invocation &invocation, const models::GuideStep &step)
{
    const bool passed = step.result == Result::Passed;
    const QString mark = invocation.output.painted(passed                              ? u"✓"_s
                                                       : step.result == Result::Failed ? u"✗"_s
                                                                                       : u"?"_s,
                                                   passed ? models::Severity::Good : models::Severity::Error);
    invocation.output.line(u"%1 %2: %3"_s.arg(mark, step.id, step.seen));
}

// Twice where it asks for a restart after what it wrote.
int applyAndAwait(Invocation &invocation, const QString &id)
{
    constexpr int Turns = 2;
    for (int turn = 0; turn < Turns; ++turn) {
        const auto analysis = invocation.session.analysis(Session::Reading::Observers);
        const models::GuideStep *step = analysis ? stepOf(**analysis, id) : nullptr;
        if (!step)
            return invocation.output.fail(analysis ? u"the guide has no step %1 here any more"_s.arg(id)
                                                   : analysis.error().message);
        const int code = applyStep(invocation, **analysis, *step);
        if (code != AllWell || invocation.parser.isSet(u"dry-run"_s))
            return code;
        QString seen;
        const auto after =
            awaitStep(invocation, id, step->needsRestart ? Restart::IsDone : Restart::MayBeAskedFor, seen);
        if (invocation.session.stop().stop_requested())
            return CouldNot;
        if (!after) {
            invocation.output.note(u"%1 is written and has not passed in time: %2"_s.arg(id, seen));
            return BadAnswer;
        }
        if (isDone(*after)) {
            say(invocation, *after);
            return AllWell;
        }
    }
    invocation.output.note(
        u"%1 still asks for a restart after one; look at the pods of its workload"_s.arg(id));
    return BadAnswer;
}

int walkUp(Invocation &invocation, const QStringList &ids)
{
    int worst = AllWell;
    for (const QString &id : ids) {
        if (invocation.session.stop().stop_requested())
            return CouldNot;
        const auto analysis = invocation.session.analysis(Session::Reading::Observers);
        if (!analysis)
            return invocation.output.fail(analysis.error().message);
        const models::GuideStep *step = stepOf(**analysis, id);
        if (!step)
            return invocation.output.fail(u"the guide has no step %1 here any more"_s.arg(id));
        if (isDone(*step)) {
            say(invocation, *step);
            continue;
        }
        if (!step->needsRestart && !wishOfStep(**analysis, *step)) {
            say(invocation, *step);
            invocation.output.note(u"%1 has nothing to apply here: %2"_s.arg(id, step->remedy));
            worst = BadAnswer;
            if (step->result == Result::Failed)
                return BadAnswer;
            continue;
        }
        if (const int code = applyAndAwait(invocation, id); code != AllWell)
            return code;
    }
    return worst;
}

int takeBack(Invocation &invocation, const QList<models::JournalEntry> &newestFirst)
{
    const auto client = invocation.session.client();
    if (!client)
        return invocation.output.fail(client.error().message);
    const auto changes = planUndo(**client, newestFirst, invocation.session.stop());
    if (!changes)
        return invocation.output.fail(changes.error().message);
    QList<int> numbers;
    for (const models::JournalEntry &entry : newestFirst)
        numbers.append(entry.number);
    return reviewAndWrite(invocation, **client, *changes, numbers);
}

// Of this run: those that came after a number.
QList<models::JournalEntry> writtenSince(const Journal &journal, int number)
{
    QList<models::JournalEntry> written;
    for (const models::JournalEntry &entry : journal.entries()) {
        if (entry.number > number && entry.canBeTakenBack() && entry.revertOf == 0)
            written.prepend(entry);
    }
    return written;
}

int compareWith(Invocation &invocation, kube::Client &client, const ClusterState &start)
{
    QStringList differing;
    for (QDeadlineTimer deadline(Settling); !invocation.session.stop().stop_requested();
         QThread::msleep(500)) {
        const auto now = readState(client, invocation.session.stop());
        if (!now)
            return invocation.output.fail(now.error().message);
        differing = differences(start, *now);
        if (differing.isEmpty()) {
            invocation.output.line(u"all %1 objects are as they were at the start"_s.arg(start.size()));
            return AllWell;
        }
        if (deadline.hasExpired())
            break;
    }
    invocation.output.note(u"not as at the start: "_s + differing.join(u"; "_s));
    return BadAnswer;
}

} // namespace

int applySteps(Invocation &invocation, const QStringList &ids, bool thenUndo)
{
    if (!thenUndo)
        return walkUp(invocation, ids);
    const auto client = invocation.session.client();
    if (!client)
        return invocation.output.fail(client.error().message);
    const auto journal = invocation.session.journal();
    if (!journal)
        return invocation.output.fail(journal.error().message);
    const auto start = readState(**client, invocation.session.stop());
    if (!start)
        return invocation.output.fail(start.error().message);
    const QList<models::JournalEntry> before = journal->entries();
    const int newest = before.isEmpty() ? 0 : before.constLast().number;
    const int up = walkUp(invocation, ids);
    const QList<models::JournalEntry> written = writtenSince(*journal, newest);
    if (written.isEmpty() || invocation.session.stop().stop_requested()) // what stands is said
        return up == AllWell && !written.isEmpty() ? int(CouldNot) : up;
    invocation.output.line(
        u"\ntaking back the %1 of this walk"_s.arg(models::counted(written.size(), u"change"_s)));
    if (const int back = takeBack(invocation, written); back != AllWell)
        return back;
    const int same = compareWith(invocation, **client, *start);
    return up != AllWell ? up : same;
}

int undoSteps(Invocation &invocation, const QStringList &ids)
{
    const auto journal = invocation.session.journal();
    if (!journal)
        return invocation.output.fail(journal.error().message);
    const auto analysis = invocation.session.analysis();
    if (!analysis)
        return invocation.output.fail(analysis.error().message);
    QList<models::JournalEntry> entries;
    for (const QString &id : ids) {
        if (const models::GuideStep *step = stepOf(**analysis, id))
            entries += entriesOfStep(journal->entries(), *step);
    }
    if (entries.isEmpty())
        return invocation.output.fail(u"the journal has no change of these steps that could be taken back"_s);
    std::sort(entries.begin(), entries.end(),
              [](const auto &a, const auto &b) { return a.number > b.number; });
    return takeBack(invocation, entries);
}

} // namespace app::cli
