// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What the edge's own routes will answer once the mesh is STRICT: those that speak clear text to a sidecar
// today. First form: other callers than the edge are not looked at.  Pure.
#include "models/analysis/edge_view.h"

namespace models {

QStringList brokenUnderStrict(const EdgeView &view); // one sentence a Mapping, sorted

} // namespace models
