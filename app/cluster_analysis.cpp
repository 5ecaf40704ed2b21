// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cluster_analysis.h"

#include "models/analysis/strict_preflight.h"

namespace app {

namespace {

QStringList breaksUnderStrict(const models::Snapshot &snapshot, const models::EdgeView &view)
{
    QStringList sentences;
    for (const models::PreflightRow &row : models::strictPreflight(snapshot, view, {}).rows) {
        if (row.level >= models::PreflightLevel::Likely)
            sentences.append(row.subject.text() + QLatin1String(": ") + row.message);
    }
    return sentences;
}

} // namespace

std::shared_ptr<const ClusterAnalysis> analyse(const models::SnapshotInput &input, const QString &edge,
                                               std::optional<edge::Compat> compat)
{
    return ClusterAnalyst().analyse(input, edge, [compat](const QString &) { return compat; });
}

std::shared_ptr<const ClusterAnalysis> ClusterAnalyst::analyse(const models::SnapshotInput &input,
                                                               const QString &edge, const CompatOf &compatOf)
{
    auto analysis = std::make_shared<ClusterAnalysis>();
    analysis->snapshot = m_snapshots.make(input);
    const models::Snapshot &snapshot = *analysis->snapshot;
    if (const models::EdgeInstallation *found = snapshot.edge(edge)) {
        models::EdgeInstallation installation = *found;
        analysis->imageCompat = installation.compat;
        if (compatOf)
            installation.compat = compatOf(installation.key()).value_or(installation.compat);
        analysis->hasEdge = true;
        analysis->view = models::viewEdge(snapshot, installation, m_compiler);
        analysis->objects = models::edgeObjects(snapshot, analysis->view);
        analysis->routes = models::routeNodes(analysis->view);
    }
    analysis->meshMode = models::meshMode(snapshot);
    analysis->certificates = models::certificateRows(snapshot, analysis->view, {});
    analysis->postures = m_postures.make(snapshot);
    analysis->guide = models::guideSteps(snapshot, analysis->view);
    analysis->findings = models::clusterFindings(snapshot, analysis->view, analysis->certificates,
                                                 analysis->postures, snapshot.takenAt);
    analysis->breaksUnderStrict = breaksUnderStrict(snapshot, analysis->view);
    return analysis;
}

} // namespace app
