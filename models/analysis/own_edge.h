// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Mappings that lead to the very edge that serves them (RT-024).  Pure.
#include "models/analysis/route_order.h"
#include "models/analysis/upstream_target.h"

namespace models {

// The port of a listener of this edge that the target leads to; 0: it leads elsewhere, or to a port that the edge does not route.
int ownPortOf(const UpstreamTarget &target, const edge::Config &config, const EdgeInstallation &edge);
// What is forwarded to that port comes to the same Mapping once more.  places: of the Mapping.
bool comesAgain(const std::vector<RoutePlace> &places, int ownPort);

} // namespace models
