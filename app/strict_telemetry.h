// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What Prometheus has counted of a scope in a window: clear text, who was counted at all, and what the preflight asks beside
// (the queries Q1 to Q6 of facts mesh-security.md §2.3).  Reads only.  Blocks: call it from a worker thread.
#include "kube/prometheus.h"
#include "models/analysis/strict_preflight.h"

namespace app {

// Absent: Prometheus was not found or did not answer.
std::optional<models::StrictTelemetry> strictTelemetry(kube::Client &client,
                                                       const kube::PrometheusService &service,
                                                       const models::StrictScope &scope, qint64 windowSeconds,
                                                       const QDateTime &now, std::stop_token stop);

// What servers counted in the last seconds; absent: Prometheus was not found or did not answer.
std::optional<models::ObservedTraffic> observedTraffic(kube::Client &client,
                                                       const kube::PrometheusService &service,
                                                       qint64 windowSeconds, std::stop_token stop);

} // namespace app
