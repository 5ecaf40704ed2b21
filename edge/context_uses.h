// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// On which side of the edge each TLSContext is used.
#include "edge/config.h"

#include <set>

namespace edge {

struct ContextUses // keys into Config::tlsContexts; one may be on both sides
{
    std::set<std::string> asServer, asClient;
};
ContextUses contextUses(const Config &config);

} // namespace edge
