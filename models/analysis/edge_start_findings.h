// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Failures of the catalogue in facts integration-guide.md §13 that show in what an edge has become at its start, not in what was
// written for it: F2 (it has not taken its sidecar's certificate), F21 (it has no configuration yet), F32 (it is older than
// all that is known of here).  Pure.
#include "models/analysis/edge_view.h"

namespace models {

QList<Finding> edgeStartFindings(const Snapshot &snapshot, const EdgeView &view);

} // namespace models
