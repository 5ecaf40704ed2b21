// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Values of a Module on which the edge's own compiler fails, so that nothing new is taken any more (measured with 1.11.2 to
// 4.1.0).
#include "edge/config/module_keys.h"
#include "edge/config/rules.h"

namespace edge {

std::vector<KeyRemark> fatalModuleValues(const Value &config, const Rules &rules);

// The config with numbers where its texts are read as such.
Value withNumbers(Value config);

} // namespace edge
