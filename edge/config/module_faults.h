// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Values of a Module on which the edge's own compiler fails, so that nothing new is taken any more (measured with 1.11.2 to
// 4.1.0).
#include "edge/config/module_keys.h"
#include "edge/config/rules.h"

namespace edge {

std::vector<KeyRemark> fatalModuleValues(const Value &config, const Rules &rules);

// Whether the edge answers a probe of its own (readiness_probe, liveness_probe, diagnostics) by a route: one that the
// Module says nothing of.  enabled counts as a Python truth.
bool hasProbe(const Value &config, std::string_view probe);

// The config with numbers where its texts are read as such.
Value withNumbers(Value config);

} // namespace edge
