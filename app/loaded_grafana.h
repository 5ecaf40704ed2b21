// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Which dashboards of Ambassador the cluster's Grafana shows: GET /api/search and /api/dashboards/uid/… of its Service, through the
// API server and without a login.  Blocks: call it from a worker thread.
#include "kube/client.h"
#include "models/resources/snapshot.h"

namespace app {

models::LoadedGrafana readLoadedGrafana(kube::Client &client, const models::Service &service,
                                        std::stop_token stop);

// For a snapshot's objects that were read but not yet parsed; without a Grafana nothing is asked.
void fetchLoadedGrafana(kube::Client &client, models::SnapshotInput &input, std::stop_token stop);

} // namespace app
