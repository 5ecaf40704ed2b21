// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/finding_actions.h"

#include "app/guide_actions.h"
#include "models/analysis/finding_fix.h"
#include "models/analysis/staged_changes.h"

using namespace Qt::StringLiterals;

namespace app {

kube::Result<Wish> wishOfFix(const ClusterAnalysis &analysis, const models::Finding &finding)
{
    const auto fix = models::fixOf(finding, *analysis.snapshot, analysis.view);
    if (!fix)
        return kube::failure(kube::Error::Kind::NotFound,
                             u"%1 of %2 is no longer there, or nothing is planned for it"_s.arg(
                                 finding.code, finding.subject.text()));
    for (const models::GuideStep &step : analysis.guide) {
        if (!fix->guideStep.isEmpty() && step.id == fix->guideStep)
            return wishOfStep(analysis, step);
    }
    Wish wish;
    wish.title = fix->title;
    wish.nameSpace = finding.subject.nameSpace;
    wish.partial = true;
    wish.objects.push_back(fix->part);
    return wish;
}

kube::Result<models::ChangeSet> planFixes(kube::Client &client, const ClusterAnalysis &analysis,
                                          const QList<models::Finding> &findings, std::stop_token stop,
                                          const models::StagedChanges &upon)
{
    models::StagedChanges all = upon, own;
    for (const models::Finding &finding : findings) {
        const auto wish = wishOfFix(analysis, finding);
        if (!wish)
            return tl::unexpected(wish.error());
        const auto changes = planApply(client, *wish, stop, all);
        if (!changes)
            return tl::unexpected(changes.error());
        all.add(*changes);
        own.add(*changes);
    }
    models::ChangeSet planned;
    planned.title = titleOfFix(findings);
    for (const models::StagedChange &each : own.changes())
        planned.changes.append(each.change);
    return planned;
}

QString titleOfFix(const QList<models::Finding> &findings)
{
    const models::Finding &first = findings.constFirst();
    return findings.size() == 1 ? u"Fix %1 of %2"_s.arg(first.code, first.subject.text())
                                : u"Fix %1 problems"_s.arg(findings.size());
}

} // namespace app
