// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Where a cluster's Prometheus is reached through the API server: one rule for every page and command.
#include "kube/prometheus.h"
#include "models/resources/snapshot.h"

#include <optional>

namespace app {

kube::PrometheusService prometheusAt(const models::Service &service); // port 9090, else the first

// istio-system/prometheus, as Istio's samples install it, else a Service of that name or of the label
// app.kubernetes.io/name=prometheus; absent: there is none that could be read.
std::optional<kube::PrometheusService> prometheusIn(const models::Snapshot &snapshot);
// The same, or the usual place, so that the error of who asks says where it was looked for.
kube::PrometheusService prometheusOf(const models::Snapshot &snapshot);
// Where it is absent: that there is none, or that it is not known, and what to do.
QString whyNoPrometheus(const models::Snapshot &snapshot);

} // namespace app
