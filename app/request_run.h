// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One test request for real: chooses the way, sends, and confirms by the edge's own counters which upstream cluster served it.
// Blocks: call it from a worker thread.  Nothing here fails as a whole: what could not be done is RequestOutcome::error.
#include "app/cluster_analysis.h"
#include "app/edge_host.h"
#include "kube/client.h"

namespace app {

struct RequestTools
{
    kube::Client *client = nullptr; // nullptr: no cluster, only addresses can be reached
    EdgeHost *edge = nullptr;
};

// spec.via: "edge" (the best way that there is), "proxy" (the API server's service proxy), or ADDRESS:PORT.
models::RequestOutcome runRequest(const RequestTools &tools, const ClusterAnalysis &analysis, const models::RequestSpec &spec,
                                  const models::Prediction &prediction, int timeoutMs, std::stop_token stop);

// envoy_cluster_upstream_rq_total of one cluster in a Prometheus text; absent: no such series yet.
std::optional<double> clusterRequests(const QByteArray &metrics, const QString &cluster);

} // namespace app
