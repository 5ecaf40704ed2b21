// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One route as Envoy v3 writes it; a part of envoy_export.h.
#include "edge/config.h"

namespace edge {

Value envoyRoute(const Route &route, const Config &config);
Value envoyTyped(std::string_view type);    // {"@type": "type.googleapis.com/envoy.TYPE"}
std::string envoySeconds(int milliseconds); // "0.250s"

} // namespace edge
