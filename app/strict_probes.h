// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Requests of our own while a scope goes STRICT: one GET for each Mapping that a plain GET reaches (V5), one without a
// certificate to each port in scope, through the API server's pod proxy, which comes from outside the mesh (V8).
// Blocks: worker thread.
#include "app/cluster_analysis.h"
#include "app/edge_access.h"
#include "app/edge_host.h"
#include "kube/client.h"
#include "models/analysis/strict_verification.h"

namespace app {

class StrictProbes
{
public:
    StrictProbes(kube::Client &client, EdgeHost &edge, std::shared_ptr<const ClusterAnalysis> analysis,
                 std::stop_token stop);

    void askMappings(models::StrictObservation &seen);
    // workloads: whose ports are STRICT; leaveOut: "namespace/workload:port" that are not.
    void askPorts(models::StrictObservation &seen, const QList<models::Pod> &pods,
                  const QStringList &workloads, const QSet<QString> &leaveOut);

private:
    std::optional<int> statusOf(const edge::Value &mapping, const EdgeAccess &way); // absent: not asked

    kube::Client &m_client;
    EdgeHost &m_edge;
    std::shared_ptr<const ClusterAnalysis> m_analysis;
    std::stop_token m_stop;
};

} // namespace app
