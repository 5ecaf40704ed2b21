// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Some fields belong to a group as a whole and are taken from one of its Mappings (facts emissary-routing.md §1.5).  What
// another one says of them and does not get is told, so that nobody believes it to be at work.
#include "edge/config/mapping_groups.h"

namespace edge {

// Adds a Notice for each such field of each member, with the path of the field, and naming who decides.
void tellGroupLosses(const MappingGroup &group, const ModuleResource &module,
                     std::vector<Diagnostic> &diagnostics);
bool isOfGroupLoss(const Diagnostic &diagnostic); // it is one of these

} // namespace edge
