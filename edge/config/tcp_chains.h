// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What TCPMappings bring to a listener (facts emissary-routing.md §1.12; until 2.4 by Emissary's compilers of 2.x).
#include "edge/config/listener_plans.h"

namespace edge {

// In the order in which Envoy is told them.  hosts: by hostname.  TCPMappings that cannot be served there are left out,
// which is said in context.diagnostics.
std::vector<FilterChain> tcpChains(const ListenerContext &context, const std::vector<ActiveHost> &hosts,
                                   const ListenerPlan &plan);

} // namespace edge
