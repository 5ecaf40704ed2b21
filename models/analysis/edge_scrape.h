// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Who makes Prometheus read the edge's own counters, which its admin port 8877 serves.  Pure.
#include "edge/value.h"
#include "models/resources/snapshot.h"

namespace models {

// The Service of the edge's admin port; where there is none of that label, the name that manifests give it.
QString adminServiceOf(const Snapshot &snapshot, const QString &edgeNamespace);
// job: one of prometheus.yml's scrape_configs.
bool isJobOfEdge(const edge::Value &job, const EdgeInstallation &edge, const QString &adminService);
// By a job of the ConfigMap istio-system/prometheus, or by a monitor of the Prometheus operator.
bool isEdgeScraped(const Snapshot &snapshot, const EdgeInstallation &edge);

} // namespace models
