// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Requests a second of the edge's upstream clusters, from Prometheus through the API server, for the chart
// and for the table's rows.
#include "app/cluster_analysis.h"
#include "app/prometheus_place.h"
#include "ui/pages/metrics_page.h"
#include "ui/traffic_card.h"

namespace app::gui {

// Which series are of the edge that is shown; where there is none, those of all.
QStringList matchersOf(const ClusterAnalysis &analysis);

// Blocks on the cluster thread's answer: call it from a worker thread.  What could not be done is
// MetricsAnswer::error; of why there is no service only the caller knows, and says it there.
ui::MetricsAnswer askTraffic(kube::Client &client, const std::optional<kube::PrometheusService> &service,
                             const QStringList &matchers, int rangeSeconds, const QDateTime &now,
                             std::stop_token stop);

// The same of the edge as a whole, for the last hour; blocks likewise.
ui::TrafficSummary askEdgeTraffic(kube::Client &client, const kube::PrometheusService &service,
                                  const QStringList &matchers, const QDateTime &now, std::stop_token stop);

struct MappingTraffic
{
    double requestsPerSecond = -1;
    QList<double> history;
    bool operator==(const MappingTraffic &) const = default;
};
// By Mapping; those that share an upstream cluster with another are left out: its counter cannot tell them
// apart.
QHash<QString, MappingTraffic> trafficOfMappings(const edge::Config &config, const ui::MetricsAnswer &answer);

} // namespace app::gui
