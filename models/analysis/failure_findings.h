// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Failures of the catalogue in facts integration-guide.md §13 that take more than one object to see: F10, F12, F25, F29.
#include "models/analysis/edge_view.h"

namespace models {

QList<Finding> failureFindings(const Snapshot &snapshot, const EdgeView &view);

} // namespace models
