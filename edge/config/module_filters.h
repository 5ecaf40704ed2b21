// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The filters that a Module switches on by itself, in the order in which the compilers write them; AuthService and the like
// come after them (services.h).
#include "edge/config.h"
#include "edge/config/resources.h"
#include "edge/config/rules.h"

#include <vector>

namespace edge {

std::vector<HttpFilter> moduleFilters(const ModuleResource &module, const Rules &rules);

} // namespace edge
