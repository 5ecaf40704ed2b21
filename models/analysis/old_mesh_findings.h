// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// MeshPolicies and Policies of Istio up to 1.4 that contradict each other or have no effect (facts mesh-security.md §1.10).
#include "models/resources/finding.h"
#include "models/resources/snapshot.h"

namespace models {

QList<Finding> oldMeshFindings(const Snapshot &snapshot); // of one that isOldMesh()

} // namespace models
