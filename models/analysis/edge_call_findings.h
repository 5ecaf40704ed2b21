// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What the edge calls besides where its Mappings lead: AuthServices, RateLimitServices and LogServices, and where TCPMappings lead,
// judged as a Mapping's upstream is (facts integration-guide.md §13 F7, mesh-security.md §2.1 B2, B22).  Pure.
#include "models/analysis/edge_view.h"

namespace models {

QList<Finding> edgeCallFindings(const Snapshot &snapshot, const EdgeView &view); // TracingServices: OBS-006

} // namespace models
