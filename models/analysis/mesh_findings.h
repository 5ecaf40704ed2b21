// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What is contradictory or without effect in the mesh's security, wherever the edge stands (facts
// mesh-security.md §1.6, §1.8, §2.1). Silent about what could not be read.
#include "models/analysis/mesh_mode.h"

namespace models {

QList<Finding> meshFindings(const Snapshot &snapshot);
QList<Finding>
policyFindings(const Snapshot &snapshot); // of them, what concerns PeerAuthentications beside each other
QList<Finding> meshFindings(const Snapshot &snapshot,
                            const QList<WorkloadPosture> &postures); // of that snapshot

} // namespace models
