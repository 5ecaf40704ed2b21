// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Mappings that answer the same requests are one group; groups are tried in Emissary's order, and a group
// shares its traffic by weight (facts emissary-routing.md §1.2–1.5 and §1.12).
#include "edge/config/resources.h"

namespace edge {

struct GroupMember
{
    const MappingResource *mapping = nullptr;
    std::optional<int> numerator = 100; // cumulative, of 100; absent: weights could not be shared out (1.x)
};

struct MappingGroup
{
    std::string id; // SHA-1, hex
    std::vector<GroupMember> members; // in the order of their routes
    const MappingResource *first = nullptr; // what the match is taken from
    const MappingResource *redirect = nullptr; // host_redirect
    std::vector<const MappingResource *> shadows;
    std::vector<const MappingResource *> flattening; // members, the last wins
    std::vector<Value> order;
    std::size_t made = 0; // number in the order in which groups came up
};

// What Emissary sorts by: precedence, lengths of prefix, headers and query, prefix, method, header and query
// keys.
std::vector<Value> routeOrder(const MappingResource &mapping);

struct GroupContext
{
    const Rules &rules;
    std::vector<const HostResource *> hosts; // for the labels in group ids
    std::vector<Diagnostic> &diagnostics;
};
// In match order.
std::vector<MappingGroup> groupMappings(const std::vector<MappingResource> &mappings,
                                        const GroupContext &context);
std::string groupId(const MappingResource &mapping, const GroupContext &context);

// matchLabels ⊆ labels; nullptr labels are none.
bool labelsMatch(const Value &matchLabels, const Value *labels);

struct TcpMember
{
    const TcpMappingResource *mapping = nullptr;
    int weight = 100; // as Envoy gets it: cumulative
};
struct TcpGroup
{
    std::string id;
    const TcpMappingResource *first = nullptr;
    std::vector<TcpMember> members;
};
std::vector<TcpGroup> groupTcpMappings(const std::vector<TcpMappingResource> &mappings,
                                       const GroupContext &context);

} // namespace edge
