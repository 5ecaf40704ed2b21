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
    edge::Compat imageCompat =
        edge::Compat::V4; // what its image's tag says; view's is another where one was chosen
    models::EffectiveMode meshMode;
    QList<models::CertificateRow> certificates;
    QList<models::WorkloadPosture> postures;
    QList<models::GuideStep> guide;
    models::EdgeObjects objects;      // of the edge: Hosts, Listeners, TCPMappings
    QList<models::RouteNode> routes;  // host → path → Mapping
    models::ClusterFindings findings; // certificates judged at the snapshot's time
    QStringList
        breaksUnderStrict; // what the mesh as a whole would lose, one sentence each, as far as objects tell
};

// edge: "namespace/name"; "" the first that has Mappings.  compat: instead of what its image's tag says.
std::shared_ptr<const ClusterAnalysis> analyse(const models::SnapshotInput &input, const QString &edge,
                                               std::optional<edge::Compat> compat = {});

// By which rules an edge ("namespace/name") is judged instead; nullopt: by those that its image's tag says.
using CompatOf = std::function<std::optional<edge::Compat>(const QString &edge)>;

// One snapshot after another: what is as it was in the last one is neither parsed nor compiled again.  Thread: one at a time.
class ClusterAnalyst
{
public:
    std::shared_ptr<const ClusterAnalysis> analyse(const models::SnapshotInput &input, const QString &edge,
                                                   const CompatOf &compatOf = {});

private:
    models::SnapshotMaker m_snapshots;
    models::EdgeCompiler m_compiler;
    models::PostureMaker m_postures;
};

} // namespace app
