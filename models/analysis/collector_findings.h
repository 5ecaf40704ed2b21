// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// F31 of facts integration-guide.md §13: the edge sends spans as Zipkin takes them, and the Jaeger behind the Service takes none,
// since its port for them is closed unless it is told to open it (istio issues 32026, 32044).  Pure.
#include "models/analysis/edge_view.h"

namespace models {

// OBS-005, and OBS-006 for a TracingService of the edge that leads nowhere.
QList<Finding> collectorFindings(const Snapshot &snapshot, const EdgeView &view);

// Why no span arrives at what the TracingService names; "" nothing stands in the way that objects tell of.
QString whyNoSpans(const Snapshot &snapshot, const EdgeInstallation &installation,
                   const edge::Value &tracing);

// The variable that opens the port of a Jaeger for Zipkin's spans (ZipkinPort); "" it is open, or nobody knows here.
QString zipkinVariableOf(const Deployment::Container &container);
inline constexpr int ZipkinPort = 9411;

} // namespace models
