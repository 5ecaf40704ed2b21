// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/plan_reports.h"

#include "app/cli/finding_reports.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

using models::GuideStep;
using models::Severity;

QStringList writesOf(const models::StrictStage &stage)
{
    QStringList writes;
    for (const models::StrictStep &step : stage.steps) {
        for (const edge::Value &object : step.objects)
            writes.append(
                models::ObjectRef{QString::fromStdString(object["kind"].text()),
                                  QString::fromStdString(object.at({"metadata", "namespace"}).text()),
                                  QString::fromStdString(object.at({"metadata", "name"}).text())}
                    .text());
        for (const models::ObjectRef &object : step.removes)
            writes.append(object.text() + u" (removed)"_s);
    }
    return writes;
}

// A stage that is left out is no check that nobody made: it says so in its notes.
Report::Case caseOf(const models::StrictStage &stage)
{
    Report::Case one;
    one.id = u"stage-%1"_s.arg(stage.number);
    one.title = stage.title;
    if (!stage.skipped.isEmpty())
        one.notes.append(u"left out: "_s + stage.skipped);
    for (const QString &written : writesOf(stage))
        one.notes.append(u"writes "_s + written);
    return one;
}

QStringList titlesOf(const models::StrictStage &stage)
{
    QStringList titles;
    for (const models::StrictStep &step : stage.steps)
        titles.append(step.title);
    return titles;
}

} // namespace

Report reportOf(const StrictPrepared &prepared, const QString &subject, const QDateTime &at)
{
    const models::StrictPlan &plan = prepared.plan;
    Report report = reportOf(prepared.report, subject, at);
    report.command = u"strict plan"_s;
    report.title = u"%1 to STRICT, in stages"_s.arg(plan.scope.text());
    if (!plan.refused.isEmpty())
        report.reason = plan.refused;
    Report::Case may{u"plan"_s, u"it may be written"_s, {}, {}, {}};
    if (!plan.refused.isEmpty())
        may.failures.append(plan.refused);
    report.cases.append(may);
    report.table = {{u"Stage"_s, u"What"_s, u"Steps"_s, u"Writes"_s, u"Verified by"_s, u"Left when"_s}, {}};
    for (const models::StrictStage &stage : plan.stages) {
        report.cases.append(caseOf(stage));
        const QString steps =
            stage.skipped.isEmpty() ? titlesOf(stage).join(u"; "_s) : u"left out: "_s + stage.skipped;
        report.table.rows.append(cellsOf({QString::number(stage.number), stage.title, orDash(steps),
                                          orDash(writesOf(stage).join(u", "_s)),
                                          orDash(stage.verify.join(u", "_s)), stage.leaveWhen}));
        report.metrics.append({u"sallyport_strict_plan_steps"_s,
                               u"Steps of the staged switch to STRICT that are to be written, by stage."_s,
                               {{u"scope"_s, plan.scope.text()}, {u"stage"_s, QString::number(stage.number)}},
                               double(stage.steps.size())});
    }
    return report;
}

QString nextFor(const GuideStep &step)
{
    const QString apply = u"sallyportctl guide apply %1"_s.arg(step.id);
    if (step.result != GuideStep::Result::Failed || step.yaml.isEmpty())
        return step.remedy;
    return step.remedy.isEmpty() ? apply : u"%1 (%2)"_s.arg(step.remedy, apply);
}

Report reportOf(const GuideAnswer &answer)
{
    Report report;
    report.command = u"guide check"_s;
    report.title = u"The integration guide"_s;
    report.subject = answer.subject;
    report.at = answer.at;
    qsizetype passed = 0;
    for (const GuideStep &step : answer.steps) {
        Report::Case one{step.id, step.title, {}, {}, {}};
        const QString next = nextFor(step);
        const QString said = withRemedy(step.seen, next);
        const bool isFailed = step.result == GuideStep::Result::Failed;
        if (isFailed)
            one.failures.append(said);
        else if (step.result == GuideStep::Result::NotChecked)
            one.skipped = said;
        else
            one.notes.append(step.seen);
        passed += step.result == GuideStep::Result::Passed ? 1 : 0;
        report.cases.append(one);
        report.metrics.append(
            {u"sallyport_guide_step_passed"_s,
             u"1 where a step of the guide holds, 0 where it does not, -1 where nobody knows."_s,
             {{u"step"_s, step.id}},
             isFailed                                           ? 0.0
                 : step.result == GuideStep::Result::NotChecked ? -1.0
                                                                : 1.0});
        if (!isFailed)
            continue;
        Report::Entry entry;
        entry.finding = {
            step.id, Severity::Error, {u"GuideStep"_s, {}, step.id}, {}, step.seen, step.evidence, next};
        entry.level = u"failed"_s;
        report.entries.append(entry);
        report.severity = Severity::Error;
    }
    report.reason = u"%1 of %2 steps hold"_s.arg(passed).arg(answer.steps.size());
    return report;
}

} // namespace app::cli
