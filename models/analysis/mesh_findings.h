// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What is contradictory or without effect in the mesh's security, wherever the edge stands (facts
// mesh-security.md §1.6, §1.8, §2.1). Silent about what could not be read.
#include "models/analysis/mesh_mode.h"

namespace models {

QList<Finding> meshFindings(const Snapshot &snapshot);
QList<Finding> policyFindings(const Snapshot &snapshot); // of them, what concerns policies beside each other
QList<Finding> meshFindings(const Snapshot &snapshot,
                            const QList<WorkloadPosture> &postures); // of that snapshot

// What each row of `posture` says, as a finding: a port below STRICT, or one that nothing enforces.  Its subject is the
// object that decides the mode, or the workload where none does; evidence begins with the row's key.  No part of
// meshFindings(): a mesh that is PERMISSIVE on purpose has no fault.  In the order of the rows, those that are good or
// not known left out.
QList<Finding> postureFindings(const QList<WorkloadPosture> &postures);

} // namespace models
