// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What the STRICT preflight cannot know from objects: the traffic that Prometheus has counted (strict_telemetry,
// strict_callers), and whether the server would take the change from this user.  Blocks: call it from a worker
// thread.  Writes nothing: the change is sent as a dry run.
#include "app/clear_text_times.h"
#include "app/cluster_analysis.h"
#include "kube/client.h"
#include "models/analysis/strict_preflight.h"

namespace app {

struct EvidenceWish
{
    models::StrictScope scope;
    std::optional<qint64> windowSeconds = {}; // absent: models::defaultWindowSeconds
    bool includeNarrower = false;             // see PreflightInput
    QList<models::Acceptance> accepted = {};
    QStringList ownMappings = {};             // see PreflightInput
    QList<ClearTextTime> clearTextTimes = {}; // of these
};
// Everything that a preflight of these objects can be told: telemetry, the server's dry run, and whether
// somebody has changed policies since `input` was read.
models::PreflightInput gatherEvidence(kube::Client &client, const ClusterAnalysis &analysis,
                                      const models::SnapshotInput &input, const EvidenceWish &wish,
                                      std::stop_token stop);

// The kinds that a switch depends on, in the versions that are served: PeerAuthentications, or of Istio up to 1.4 the
// MeshPolicy and Policies, and DestinationRules.  What is served is not known: as the newest Istio has them.
QList<kube::ResourceType> strictKinds(kube::Client &client, std::stop_token stop);

// Fills dryRun, missingRights and rightsNotTold of the input.
void tryStrict(kube::Client &client, const models::Snapshot &snapshot, models::PreflightInput &input,
               std::stop_token stop);

} // namespace app
