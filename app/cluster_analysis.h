// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Everything that the pages and commands show, computed from one snapshot.  Pure; runs on the pool.
#include "models/analysis/certificates.h"
#include "models/analysis/findings.h"
#include "models/analysis/guide_checks.h"
#include "models/analysis/prediction.h"
#include "models/items/edge_object_rows.h"
#include "models/items/route_tree.h"
#include "models/resources/snapshot_maker.h"

namespace app {

struct ClusterAnalysis
{
    std::shared_ptr<const models::Snapshot> snapshot;
    models::EdgeView view; // of the edge that was chosen
    bool hasEdge = false;
    int configuration =
        0; // another number whenever the objects compile to something else than in the last analysis
    edge::Compat imageCompat =
        edge::Compat::V4; // what its image's tag says; view's is another where one was chosen
    models::EffectiveMode meshMode;
    QList<models::CertificateRow> certificates;
    QList<models::PresentedCertificate> presented; // by the edge, in handshakes; empty: none was made
    QList<models::WorkloadPosture> postures;
    QList<models::GuideStep> guide;
    models::EdgeObjects objects;      // of the edge: Hosts, Listeners, TCPMappings
    QList<models::RouteNode> routes;  // host → path → Mapping
    models::ClusterFindings findings; // certificates judged at judgedAt()
    QStringList
        breaksUnderStrict; // what the mesh as a whole would lose, one sentence each, as far as objects tell
};

// What a person chose otherwise than the edge's image and variables say: changes the installation that is looked at.
using EdgeChoice = std::function<void(models::EdgeInstallation &)>;

// edge: "namespace/name"; "" the first of this ambassadorId, without one or where none has it the first that has Mappings.
std::shared_ptr<const ClusterAnalysis> analyse(const models::SnapshotInput &input, const QString &edge,
                                               const EdgeChoice &choice = {},
                                               const QString &ambassadorId = {});

// The snapshot's time, or that of the newest reading of a proxy: what was read after it was made is not of the future.
QDateTime judgedAt(const models::Snapshot &snapshot);

// Fills what is worked out from its snapshot, view, postures and presented: mode, certificates, guide, findings.
void completeAnalysis(ClusterAnalysis &analysis);
// Of that the certificates and findings alone.
void judgeCertificates(ClusterAnalysis &analysis);

// One snapshot after another: what is as it was in the last one is neither parsed nor compiled again.  Thread: one at a time.
class ClusterAnalyst
{
public:
    std::shared_ptr<const ClusterAnalysis> analyse(const models::SnapshotInput &input, const QString &edge,
                                                   const EdgeChoice &choice = {},
                                                   const QString &ambassadorId = {},
                                                   const QList<models::PresentedCertificate> &presented = {});

private:
    models::SnapshotMaker m_snapshots;
    models::EdgeCompiler m_compiler;
    std::shared_ptr<const ClusterAnalysis> m_last;
    models::PostureMaker m_postures;
};

} // namespace app
