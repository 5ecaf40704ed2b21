// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cluster_analysis.h"

namespace app {

std::shared_ptr<const ClusterAnalysis> analyse(const models::SnapshotInput &input, const QString &edge)
{
    auto analysis = std::make_shared<ClusterAnalysis>();
    analysis->snapshot = models::makeSnapshot(input);
    const models::Snapshot &snapshot = *analysis->snapshot;
    if (const models::EdgeInstallation *installation = snapshot.edge(edge)) {
        analysis->hasEdge = true;
        analysis->view = models::viewEdge(snapshot, *installation);
    }
    analysis->meshMode = models::meshMode(snapshot);
    analysis->certificates = models::certificateRows(snapshot, analysis->view, {});
    analysis->postures = models::workloadPostures(snapshot);
    analysis->guide = models::guideSteps(snapshot, analysis->view);
    return analysis;
}

} // namespace app
