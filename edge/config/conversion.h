// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// v1 and v2 objects as v3alpha1 (facts emissary-routing.md §1.13): done by the API server's webhook for
// objects, by the edge itself for annotations.
#include "edge/value.h"

namespace edge {

// The spec of a v1 or v2 object of this kind as a v3alpha1 spec.
Value convertedSpec(const std::string &kind, const Value &spec);
std::string convertedId(const std::string &ambassadorId);

} // namespace edge
