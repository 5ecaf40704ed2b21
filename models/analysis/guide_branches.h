// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Branches of the guide that not every cluster takes (facts integration-guide.md §6, §11, §12): Grafana where there is one, traces, which are a step once
// something collects them or is to be sent them, and the test of rotation, once somebody has begun it.
#include "models/analysis/guide_checks.h"
#include "models/analysis/guide_yaml.h"

namespace models {

QList<GuideStep> branchSteps(const Snapshot &snapshot, const EdgeView &view, const GuideWords &words);
// "zipkin.istio-system:9411": the Service that collects spans as Zipkin does, "" none is known.
QString spanCollector(const Snapshot &snapshot, const QString &edgeNamespace);

} // namespace models
