// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What a configuration asks for and the edge core does not do, although it is compiled, explained and exported.
// Pure; any thread.
#include "edge/config.h"

namespace edge {

// One sentence each, empty if all of it is done.
std::vector<std::string> unservedBy(const Config &config);

} // namespace edge
