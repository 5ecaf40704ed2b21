// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Of findings whose remedy is a field of a workload or of a Service: the partial object that is laid over the one that is there.
// A restart is what `kubectl rollout restart` writes, at the time of the snapshot.  Pure; answers nothing for other codes, and
// where the snapshot does not tell for certain which object it is.
#include "models/analysis/edge_view.h"

#include <optional>

namespace models {

std::optional<edge::Value> workloadFix(const Finding &finding, const Snapshot &snapshot,
                                       const EdgeView &view);

} // namespace models
