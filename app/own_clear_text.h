// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Clear text that was the edge's own and is no more.  A sidecar knows no name for who comes without a certificate, so what the edge
// sent until its Mappings had tls stands in the telemetry for the whole window like an unknown caller's.  It is taken for the
// edge's where all of this holds: every Mapping that leads to the workload has tls now; nothing of it is older than the first of
// these Mappings; it ended when the edge's certificate was first seen there; and three scrapes since have not seen more.
// Where the Mappings were in clear text before, been taken back and written again, that does not hold.  Then a journal of all that
// tells: it was counted at no other time of the window than while one of them, by the journal, led in clear text (and for three
// scrapes after, which connections last); the edge has come with its certificate since; and three scrapes have not seen more.
#include "app/clear_text_times.h"
#include "kube/client.h"
#include "kube/prometheus.h"
#include "models/analysis/edge_view.h"
#include "models/analysis/strict_preflight.h"

namespace app {

// Sets endedWith of those rows, and clearTimes where it took the journal.  times: of the Mappings that the journal's owner has
// written; one of another owner makes it no evidence.  Blocks; asks Prometheus up to nine times a row that could be one.  What it does
// not answer changes nothing: the caller stays unknown.
void findOwnClearText(kube::Client &client, const kube::PrometheusService &service,
                      const models::Snapshot &snapshot, const models::EdgeView &view,
                      const QList<ClearTextTime> &times, models::StrictTelemetry &telemetry,
                      std::stop_token stop);

} // namespace app
