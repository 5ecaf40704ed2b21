// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The guide's step Grafana (facts integration-guide.md §11): a dashboard that counts the edge's Envoys and no sidecar's.  It is
// applied as a file of the ConfigMap that Istio's add-on mounts, so that it can be shown, journaled and taken back like all else.
#include "models/analysis/guide_checks.h"

#include <optional>

namespace models {

// istio-system/grafana, else a Service of that name or of the label app.kubernetes.io/name=grafana; nullptr: none was read.
const Service *grafanaService(const Snapshot &snapshot);
// Absent: there is no Grafana.
std::optional<GuideStep> grafanaStep(const Snapshot &snapshot);

} // namespace models
