// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Of findings whose remedy is a field of a workload or of a Service: the partial object that is laid over the one that is there.
// A restart is at the time of the snapshot.  Pure; answers nothing for other codes, and where the snapshot does not tell for
// certain which object it is.
#include "models/analysis/edge_view.h"

#include <optional>

namespace models {

// What `kubectl rollout restart` writes: a change of the pods' template that can be shown, journalled and taken back.
edge::Value restartOf(const ObjectRef &workload, const QDateTime &at);

std::optional<edge::Value> workloadFix(const Finding &finding, const Snapshot &snapshot,
                                       const EdgeView &view);

} // namespace models
