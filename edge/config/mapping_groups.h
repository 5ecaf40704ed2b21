// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Mappings that answer the same requests are one group; groups are tried in Emissary's order, and a group shares its traffic by weight
// (facts emissary-routing.md §1.2–1.5).
#include "edge/config/resources.h"

namespace edge {

struct GroupMember
{
    const MappingResource *mapping = nullptr;
    int numerator = 100; // cumulative, of 100
};

struct MappingGroup
{
    std::string id;                   // SHA-1, hex
    std::vector<GroupMember> members; // in the order of their routes
    const MappingResource *first() const { return members.front().mapping; }
    std::vector<const MappingResource *> shadows;
};

// In match order.  Diagnostics are appended.
std::vector<MappingGroup> groupMappings(const std::vector<MappingResource> &mappings, std::vector<Diagnostic> &diagnostics);

std::string groupId(const MappingResource &mapping);

} // namespace edge
