// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The keys of a Module named ambassador (facts ambassador-crds.md §3): which a generation reads.
#include "edge/config/compile.h"

namespace edge {

// "is no key of a Module …", "changes nothing since 2.0: …"; "" where the edge acts on it.
std::string whyModuleKeyIsIgnored(std::string_view key, Compat compat);

} // namespace edge
