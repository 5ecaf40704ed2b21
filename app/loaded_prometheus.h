// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Which scrape jobs the mesh's Prometheus has loaded: GET /api/v1/status/config of the Service that the guide's
// ConfigMap belongs to, istio-system/prometheus, through the API server.  Blocks: call it from a worker thread.
#include "kube/prometheus.h"
#include "models/resources/snapshot.h"

namespace app {

models::LoadedPrometheus readLoadedPrometheus(kube::Client &client, const kube::PrometheusService &service,
                                              std::stop_token stop);

// For a snapshot's objects that were read but not yet parsed; without such a Service nothing is asked.
void fetchLoadedPrometheus(kube::Client &client, models::SnapshotInput &input, std::stop_token stop);

} // namespace app
