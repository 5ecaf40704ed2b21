// SPDX-License-Identifier: GPL-3.0-or-later
// guide: its steps as checks, and what applies them and takes them back.
#include "app/cli/guide_record.h"
#include "app/cli/guide_steps.h"
#include "app/cli/guide_walk.h"
#include "app/cli/plan_reports.h"
#include "app/cli/report_answer.h"
#include "app/cli/strict_options.h"
#include "app/cli/tended_journal.h"

#include <algorithm>

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

int checkSteps(Invocation &invocation, const QList<models::GuideStep> &steps)
{
    using Result = models::GuideStep::Result;
    const bool all = std::all_of(steps.begin(), steps.end(),
                                 [](const models::GuideStep &step) { return step.result == Result::Passed; });
    const int code = all ? AllWell : BadAnswer;
    const Report report = reportOf({steps, subjectOf(invocation.session), QDateTime::currentDateTimeUtc()});
    if (const auto answered = reportAnswer(invocation, report, code))
        return *answered;
    Table table{{u""_s, u"STEP"_s, u"TITLE"_s, u"SEEN"_s}, {}};
    edge::Value items = edge::Value::array();
    for (const models::GuideStep &step : steps) {
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
    for (const models::GuideStep &step : steps) {
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

// Why these words after the verb cannot be meant; "" they can.
QString whyNotSteps(const QString &verb, const QStringList &ids, const QStringList &known, bool all,
                    bool thenUndo)
{
    for (const QString &id : ids) {
        if (!known.contains(id))
            return u"there is no step %1; the steps are %2"_s.arg(id, known.join(u", "_s));
    }
    if (verb == "check"_L1)
        return ids.isEmpty() && !all ? QString() : u"guide check takes no step, it checks all"_s;
    if (all && !ids.isEmpty())
        return u"guide %1 takes steps or --all, not both"_s.arg(verb);
    if (verb == "show"_L1 && (ids.size() != 1 || all))
        return u"guide show needs a step: "_s + known.join(u", "_s);
    if (ids.isEmpty() && !all && verb != "verify"_L1)
        return u"guide %1 needs a step, or --all: %2"_s.arg(verb, known.join(u", "_s));
    if (thenUndo && verb != "apply"_L1)
        return u"--then-undo goes with guide apply"_s;
    return {};
}

// Rows of the preflight, which only the step strict asks.
QString whyNotAccepted(const Invocation &invocation, const QString &verb, const QStringList &ids)
{
    if (!invocation.parser.isSet(u"accept"_s))
        return {};
    if (verb != "apply"_L1 || (!ids.isEmpty() && !ids.contains(u"strict"_s)))
        return u"--accept goes with guide apply strict, or guide apply --all: it answers for rows of the preflight"_s;
    const auto accepted = readAcceptances(invocation);
    return accepted ? QString() : accepted.error().message;
}

QList<models::GuideStep> chosen(const ClusterAnalysis &analysis, const QStringList &ids)
{
    QList<models::GuideStep> steps;
    for (const models::GuideStep &step : analysis.guide) {
        if (ids.contains(step.id))
            steps.append(step);
    }
    return steps;
}

} // namespace

int runGuide(Invocation &invocation)
{
    const QString verb = invocation.arguments.value(0, u"check"_s);
    const QStringList verbs{u"check"_s, u"show"_s, u"apply"_s, u"verify"_s, u"undo"_s};
    if (!verbs.contains(verb))
        return wrongUsage(invocation, u"guide knows %1, not %2"_s.arg(verbs.join(u", "_s), verb));
    const bool writes = verb == "apply"_L1 || verb == "undo"_L1;
    if (!invocation.session.options().manifests.isEmpty() && writes)
        return wrongUsage(
            invocation,
            u"guide %1 writes to a cluster; -f goes with guide check, show and verify"_s.arg(verb));
    const bool thenUndo = invocation.parser.isSet(u"then-undo"_s);
    if (thenUndo && invocation.parser.isSet(u"dry-run"_s))
        return wrongUsage(invocation,
                          u"--then-undo takes back what was written, and --dry-run writes nothing"_s);
    const bool isCheck = verb == "check"_L1 || verb == "verify"_L1;
    if (const QString why =
            isCheck ? QString() : noReportWith(invocation, u"guide "_s + verb, u"guide check"_s);
        !why.isEmpty())
        return wrongUsage(invocation, why);
    const QStringList ids = invocation.arguments.mid(1);
    if (const QString why = whyNotAccepted(invocation, verb, ids); !why.isEmpty())
        return wrongUsage(invocation, why);
    const auto analysis = invocation.session.analysis(Session::Reading::Observers);
    if (!analysis)
        return invocation.output.fail(analysis.error().message);
    QStringList known;
    for (const models::GuideStep &step : (*analysis)->guide)
        known.append(step.id);
    const bool all = invocation.parser.isSet(u"all"_s);
    if (const QString why = whyNotSteps(verb, ids, known, all, thenUndo); !why.isEmpty())
        return wrongUsage(invocation, why);
    const QStringList meant = ids.isEmpty() ? known : ids;
    if (isCheck)
        return checkSteps(invocation, chosen(**analysis, meant));
    if (verb == "show"_L1)
        return showStep(invocation, *stepOf(**analysis, meant.first()));
    if (const auto journal = tendedJournal(invocation); !journal)
        return invocation.output.fail(journal.error().message);
    const bool isOne = ids.size() == 1 && !thenUndo;
    if (verb == "undo"_L1)
        return isOne ? undoStep(invocation, *stepOf(**analysis, meant.first()))
                     : undoSteps(invocation, meant);
    const GuideRecord record(invocation);
    return record.tell(isOne ? applyStep(invocation, **analysis, *stepOf(**analysis, meant.first()))
                             : applySteps(invocation, meant, thenUndo),
                       meant);
}

} // namespace app::cli
