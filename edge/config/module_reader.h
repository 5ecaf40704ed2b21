// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The Module ambassador, as the edge reads it: one setting after another, of which a wrong one is often the last.
#include "edge/config/objects.h"
#include "edge/config/resources.h"
#include "edge/config/rules.h"

namespace edge {

struct ModuleSurroundings
{
    const Input &input;
    const CompileOptions &options;
    const Rules &rules;
};

// Into resources.module; what is wrong with it into resources.diagnostics.
void readEdgeModule(const SourceObject &object, Resources &resources, const ModuleSurroundings &around);

} // namespace edge
