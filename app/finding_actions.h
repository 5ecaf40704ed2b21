// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What would end findings → the changes that the cluster needs for it.  Plans read the cluster and write nothing; they block, so
// never on the window's thread.
#include "app/changes.h"
#include "app/cluster_analysis.h"

namespace app {

// NotFound: nothing is planned for the finding (models::fixOf), or it is not there any more.
kube::Result<Wish> wishOfFix(const ClusterAnalysis &analysis, const models::Finding &finding);

// One change set for all of them, in which several findings of one object make one change.  upon: what is staged already.
// What is so already makes no change: the set may be empty.
kube::Result<models::ChangeSet> planFixes(kube::Client &client, const ClusterAnalysis &analysis,
                                          const QList<models::Finding> &findings, std::stop_token stop,
                                          const models::StagedChanges &upon = {});

QString titleOfFix(const QList<models::Finding> &findings); // of one at least

} // namespace app
