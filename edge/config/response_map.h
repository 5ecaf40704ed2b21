// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "edge/value.h"

namespace edge {

// error_response_overrides as Envoy's response_map; null if there are none.
Value responseMap(const Value &overrides);

} // namespace edge
