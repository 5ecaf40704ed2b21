// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A container's path inside a mounted emptyDir → the folder on this machine that the pod's containers share.
#include "edge/value.h"

#include <optional>

namespace demo {

// folder: the demo's temporary one.  nullopt: no emptyDir is mounted there.
std::optional<std::string> volumePath(const std::string &folder, const edge::Value &pod,
                                      const edge::Value &container, std::string_view path);

} // namespace demo
