// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// How many Mappings stand how, by standingOf(): what the Overview counts is what the page Routing lists.  Pure.
#include "models/items/rows.h"
#include "models/items/table_model.h"

namespace models {

struct MappingTally
{
    int all = 0;        // of this edge, but those that another of their name replaces
    int loaded = 0;     // seen in a pod of the edge
    int configOnly = 0; // should be loaded, by their objects alone: no pod was read, yet or at all
    int notYet = 0;     // should be loaded, and not each Envoy has it
    int faulty = 0, rejected = 0;
    int other = 0;        // shadowed, unreachable, or not known
    int otherEdge = 0;    // beside all: they may serve well there
    bool wasAsked = true; // of configOnly: pods were asked, and none answered
    void add(MappingStanding standing, int count = 1);
    bool operator==(const MappingTally &) const = default;
};

} // namespace models
