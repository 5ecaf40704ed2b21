// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What the guide builds on: an Ambassador that serves, and an Istio, of versions that go together (facts
// integration-guide.md §1).  Pure.
#include "models/analysis/guide_checks.h"
#include "models/analysis/guide_yaml.h"

namespace models {

// Says what is there; fails at the first thing that no later step could repair.  yaml: what is missing, where the guide has it.
GuideStep startStep(const Snapshot &snapshot, const EdgeView &view, const GuideWords &words);

// Whether it is Istio's control plane, whatever the name: one is installed under each revision's (istiod-1-24-1), and up to 1.4 it was pilot.
bool isControlPlane(const Deployment &deployment);
// The version of the control plane, else of a sidecar; "" none was found.
QString istioVersionIn(const Snapshot &snapshot);

} // namespace models
