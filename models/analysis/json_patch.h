// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// JSON Patch (RFC 6902) as far as undo needs it: test, add, replace, remove.
#include "edge/value.h"

#include <optional>
#include <string>

namespace models {

// "/metadata/labels/app.kubernetes.io~1name": one more step of a JSON pointer (RFC 6901).
std::string pointerTo(const std::string &parent, const std::string &key);

// The object after the operations; absent: one of them does not hold, and nothing of it is done.
std::optional<edge::Value> afterJsonPatch(edge::Value object, const edge::Value &operations);

} // namespace models
