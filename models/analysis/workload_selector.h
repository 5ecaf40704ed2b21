// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "models/resources/snapshot.h"

namespace models {

// Labels that name a workload's pods for as long as it lives: its Deployment's selector, else the pod's labels
// without those that change with a release.
Labels workloadSelector(const Snapshot &snapshot, const Pod &pod);

} // namespace models
