// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What a TracingService makes of Envoy's tracer (Emissary's own compilers, 1.11.2 to 4.1.0: v2tracing, v3tracing).
#include "edge/value.h"

#include <string>
#include <vector>

namespace edge {

// The provider of the HTTP connection manager's tracing, as Envoy of today reads it; null where it knows none: lightstep.
// cluster: the full name of what collects the spans.
Value tracerOf(const Value &tracingService, const std::string &cluster);

// Members of spec.config that its driver has no use for.
std::vector<std::string> untoldToTracer(const Value &tracingService);

} // namespace edge
