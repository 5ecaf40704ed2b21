// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Who was counted as calling what DestinationRules of this mesh would have refused: pairs of client and server, by both of
// their proxies (StrictTelemetry::calls).  Asks nothing where there is no such rule.  Reads only.  Blocks: call it from a
// worker thread.
#include "kube/prometheus.h"
#include "models/analysis/strict_preflight.h"

namespace app {

// Fills `calls` of the telemetry, whose window it takes; what is not answered is named in `unanswered`.
void findRefusedCallers(kube::Client &client, const kube::PrometheusService &service,
                        const models::Snapshot &snapshot, qint64 windowSeconds,
                        models::StrictTelemetry &telemetry, std::stop_token stop);

} // namespace app
