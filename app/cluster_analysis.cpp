// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cluster_analysis.h"

#include "models/analysis/strict_preflight.h"

#include <algorithm>

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
                                               const EdgeChoice &choice, const QString &ambassadorId)
{
    return ClusterAnalyst().analyse(input, edge, choice, ambassadorId);
}

namespace {

// Of two that share what has not changed, which is nearly all of it.
bool isSameConfiguration(const ClusterAnalysis &before, const ClusterAnalysis &now)
{
    return before.view.installation.key() == now.view.installation.key() && before.view.table
        && now.view.table && before.view.table->config() == now.view.table->config();
}

} // namespace

QDateTime judgedAt(const models::Snapshot &snapshot)
{
    QDateTime at = snapshot.takenAt;
    for (const auto *proxies : {&snapshot.edgeProxies, &snapshot.meshProxies}) {
        for (const models::ProxyCertificates &proxy : *proxies)
            at = std::max(at, proxy.seenAt);
    }
    return at;
}

void judgeCertificates(ClusterAnalysis &analysis)
{
    const models::Snapshot &snapshot = *analysis.snapshot;
    QDateTime at = judgedAt(snapshot);
    for (const models::PresentedCertificate &one : analysis.presented)
        at = std::max(at, one.seenAt);
    analysis.certificates = models::certificateRows(snapshot, analysis.view, analysis.presented);
    analysis.findings =
        models::clusterFindings(snapshot, analysis.view, analysis.certificates, analysis.postures, at);
}

void completeAnalysis(ClusterAnalysis &analysis)
{
    const models::Snapshot &snapshot = *analysis.snapshot;
    analysis.meshMode = models::meshMode(snapshot);
    analysis.guide = models::guideSteps(snapshot, analysis.view);
    judgeCertificates(analysis);
    analysis.breaksUnderStrict = breaksUnderStrict(snapshot, analysis.view);
}

std::shared_ptr<const ClusterAnalysis>
ClusterAnalyst::analyse(const models::SnapshotInput &input, const QString &edge, const EdgeChoice &choice,
                        const QString &ambassadorId, const QList<models::PresentedCertificate> &presented)
{
    auto analysis = std::make_shared<ClusterAnalysis>();
    analysis->snapshot = m_snapshots.make(input);
    const models::Snapshot &snapshot = *analysis->snapshot;
    if (const models::EdgeInstallation *found = snapshot.edge(edge, ambassadorId)) {
        models::EdgeInstallation installation = *found;
        analysis->imageCompat = installation.compat;
        if (choice)
            choice(installation);
        analysis->hasEdge = true;
        analysis->view = models::viewEdge(snapshot, installation, m_compiler);
        analysis->objects = models::edgeObjects(snapshot, analysis->view);
        analysis->routes = models::routeNodes(analysis->view);
        if (m_last)
            analysis->configuration =
                m_last->configuration + (isSameConfiguration(*m_last, *analysis) ? 0 : 1);
    }
    analysis->postures = m_postures.make(snapshot);
    analysis->presented = presented;
    completeAnalysis(*analysis);
    m_last = analysis;
    return analysis;
}

} // namespace app
