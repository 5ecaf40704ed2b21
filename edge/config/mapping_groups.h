// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Mappings that answer the same requests are one group; groups are tried in Emissary's order, and a group
// shares its traffic by weight (facts emissary-routing.md §1.2–1.5 and §1.12).
#include "edge/config/resources.h"

#include <array>

namespace edge {

struct GroupMember
{
    const MappingResource *mapping = nullptr;
    // Cumulative, of 100; absent: weights could not be shared out (1.x).
    std::optional<std::int64_t> numerator = 100;
};

struct OrderKey // compared as a list, as Emissary does
{
    std::array<std::int64_t, 4> numbers{}; // precedence, prefix length, header length, query length
    std::vector<std::string> words;        // prefix, method, header and query keys
    auto operator<=>(const OrderKey &) const = default;
};

struct MappingGroup
{
    std::string id;                            // SHA-1, hex
    std::vector<GroupMember> members;          // in the order of their routes
    const MappingResource *first = nullptr;    // what the match is taken from
    const MappingResource *redirect = nullptr; // host_redirect
    std::vector<const MappingResource *> shadows;
    std::vector<const MappingResource *> arrival;    // members in input order
    std::vector<const MappingResource *> flattening; // members, the last wins
    OrderKey order; // groups are tried from the greatest to the least, of equal ones the later made first
};

struct GroupContext
{
    const Rules &rules;
    std::vector<const HostResource *> hosts; // for the labels in group ids
    std::vector<Diagnostic> &diagnostics;
};
// mappings: all of one id, in input order; they must outlive the group.
MappingGroup groupOf(std::string id, std::span<const MappingResource *const> mappings,
                     const GroupContext &context);
// Whether it says that the weights of a group cannot be shared out, being more than 100.
bool isOfOverfullGroup(const Diagnostic &diagnostic);
bool isOfUnsharedRest(const Diagnostic &diagnostic); // being less
std::vector<Value> orderValues(const OrderKey &key);
std::string groupId(const MappingResource &mapping, const GroupContext &context);

// matchLabels ⊆ labels; nullptr labels are none.
bool labelsMatch(const Value &matchLabels, const Value *labels);

struct TcpMember
{
    const TcpMappingResource *mapping = nullptr;
    std::int64_t weight = 100; // as Envoy gets it: cumulative
};
struct TcpGroup
{
    std::string id;
    const TcpMappingResource *first = nullptr;
    std::vector<TcpMember> members;                  // in the order of their weights
    std::vector<const TcpMappingResource *> arrival; // members in input order
};
// The later made group first.
std::vector<TcpGroup> groupTcpMappings(const std::vector<TcpMappingResource> &mappings,
                                       const GroupContext &context);

} // namespace edge
