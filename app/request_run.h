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
    QString otherWay =
        QStringLiteral("give an address by --via HOST:PORT"); // what errors advise who asks to do
};

// "" or what is wrong with spec.via, which nobody need be asked for.
QString wayProblem(const QString &via);

// spec.via: "edge" (the best way that there is), "proxy" (the API server's service proxy), or ADDRESS:PORT.
models::RequestOutcome runRequest(const RequestTools &tools, const ClusterAnalysis &analysis,
                                  const models::RequestSpec &spec, const models::Prediction &prediction,
                                  int timeoutMs, std::stop_token stop);

// Did what came back agree with the prediction?  By the status, by where a redirect points to, and by the edge's counters before
// and after: the predicted cluster must have taken one request more.  Others' requests grow the counters too, so a counter that
// grew is a confirmation and no proof; one that stood still is a proof.  Without counters ("") they are not asked.
void confirmByCounters(models::RequestOutcome &outcome, const models::Prediction &prediction,
                       const QByteArray &before, const QByteArray &after);

// envoy_cluster_upstream_rq_total of one cluster, by the name that metrics have for it, in a Prometheus text;
// absent: no such series yet.
std::optional<double> clusterRequests(const QByteArray &metrics, const QString &name);

} // namespace app
