// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/mapping_tally.h"

namespace models {

void MappingTally::add(MappingStanding standing, int count)
{
    if (count == 0 || standing == MappingStanding::Replaced) // another one of its name counts
        return;
    if (standing == MappingStanding::OtherEdge) {
        otherEdge += count;
        return;
    }
    all += count;
    switch (standing) {
    case MappingStanding::Loaded: loaded += count; break;
    case MappingStanding::NotReadYet:
        wasAsked = false;
        configOnly += count;
        break;
    case MappingStanding::ConfigOnly: configOnly += count; break;
    case MappingStanding::NotSeenYet:
    case MappingStanding::NotInEnvoy: notYet += count; break;
    case MappingStanding::Faulty: faulty += count; break;
    case MappingStanding::Rejected: rejected += count; break;
    case MappingStanding::Shadowed:
    case MappingStanding::Unreachable:
    case MappingStanding::Unknown: other += count; break;
    case MappingStanding::OtherEdge:
    case MappingStanding::Replaced: break;
    }
}

} // namespace models
