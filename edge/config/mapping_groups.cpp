// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/mapping_groups.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

namespace edge {

namespace {

std::string sha1(std::string_view text)
{
    static constexpr char digits[] = "0123456789abcdef";
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest {};
    unsigned size = 0;
    EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr);
    std::string hex;
    for (unsigned i = 0; i < size; ++i)
        hex.append(1, digits[digest[i] >> 4]).append(1, digits[digest[i] & 15]);
    return hex;
}

int codePoints(std::string_view text) // lengths are counted in characters
{
    return int(std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

struct OrderKey // compared as a list, as Emissary does
{
    std::array<int, 4> numbers {}; // precedence, prefix length, header length, query length
    std::vector<std::string> words;
    auto operator<=>(const OrderKey &) const = default;
};

OrderKey orderKey(const MappingResource &mapping)
{
    const auto length = [](const FieldMatch &match) { return codePoints(match.name) + codePoints(match.value.value_or("*")) + (match.regex ? 1 : 0); };
    OrderKey key;
    key.numbers = {mapping.precedence, codePoints(mapping.prefix), 0, 0};
    key.words = {mapping.prefix, "GET"};
    for (const FieldMatch &header : mapping.headers)
        key.numbers[2] += length(header);
    for (const FieldMatch &parameter : mapping.queryParameters)
        key.numbers[3] += length(parameter);
    for (const auto *list : {&mapping.headers, &mapping.queryParameters}) {
        for (const FieldMatch &match : *list)
            key.words.push_back(match.name + "-" + match.value.value_or("*"));
    }
    return key;
}

// What must be equal within a group although the id does not tell it; "" if nothing differs.
std::string mismatch(const MappingResource &first, const MappingResource &other)
{
    if (first.headers != other.headers)
        return "headers";
    if (first.prefix != other.prefix)
        return "prefix";
    if (other.prefixRegex && !first.prefixRegex)
        return "prefix_regex";
    if (other.prefixExact && !first.prefixExact)
        return "prefix_exact";
    if (first.hostRedirect != other.hostRedirect)
        return "host_redirect";
    return {};
}

void report(std::vector<Diagnostic> &diagnostics, const MappingResource &mapping, std::string path, std::string message, bool dropped)
{
    diagnostics.push_back({Diagnostic::Severity::Error, mapping.ref, std::move(path), std::move(message), dropped});
}

// One Mapping alone keeps its weight in the 1.x line (later: 100).
void shareOut(MappingGroup &group, std::vector<Diagnostic> &diagnostics)
{
    std::stable_partition(group.members.begin(), group.members.end(), [](const GroupMember &member) { return member.mapping->weight.has_value(); });
    int sum = 0;
    int weightless = 0;
    for (GroupMember &member : group.members) {
        if (!member.mapping->weight) {
            ++weightless;
            continue;
        }
        if (*member.mapping->weight > 100 || *member.mapping->weight < 0) {
            report(diagnostics, *member.mapping, "spec.weight", "weight " + std::to_string(*member.mapping->weight) + " is not between 0 and 100; the weights of this group are not shared out", false);
            for (GroupMember &other : group.members)
                other.numerator = other.mapping->weight.value_or(100);
            return;
        }
        sum += *member.mapping->weight;
        member.numerator = sum;
    }
    if (sum > 100) {
        report(diagnostics, *group.members.front().mapping, "spec.weight", "the weights of this group add up to " + std::to_string(sum) + ", more than 100", false);
        for (GroupMember &member : group.members) {
            if (!member.mapping->weight)
                member.numerator = 0;
        }
        return;
    }
    if (weightless == 0)
        return;
    const int each = int(std::nearbyint(double(100 - sum) / weightless)); // half to even, as Python rounds
    for (GroupMember &member : group.members) {
        if (!member.mapping->weight)
            member.numerator = sum += each;
    }
    group.members.back().numerator = 100;
}

}

std::string groupId(const MappingResource &mapping)
{
    std::string text = "HTTP-GET" + mapping.prefix;
    for (const auto *list : {&mapping.headers, &mapping.queryParameters}) {
        for (const FieldMatch &match : *list)
            text += match.name + match.value.value_or("");
    }
    if (mapping.precedence != 0)
        text += std::to_string(mapping.precedence);
    return sha1(text);
}

std::vector<MappingGroup> groupMappings(const std::vector<MappingResource> &mappings, std::vector<Diagnostic> &diagnostics)
{
    std::vector<MappingGroup> groups;
    std::map<std::string, std::size_t> byId;
    for (const MappingResource &mapping : mappings) {
        std::string id = groupId(mapping);
        const auto [place, isNew] = byId.emplace(id, groups.size());
        if (isNew)
            groups.push_back({std::move(id), {}, {}});
        MappingGroup &group = groups[place->second];
        if (mapping.shadow) {
            if (group.shadows.empty())
                group.shadows.push_back(&mapping);
            else
                report(diagnostics, mapping, "spec.shadow", "this group has the shadow " + group.shadows.front()->ref.name + " already; only one is used", true);
            continue;
        }
        const std::string differs = group.members.empty() ? std::string() : mismatch(*group.first(), mapping);
        if (differs.empty())
            group.members.push_back({&mapping, 100});
        else
            report(diagnostics, mapping, "spec." + differs, "differs from Mapping " + group.first()->ref.name + ", which answers the same requests; give both the same " + differs, true);
    }
    std::erase_if(groups, [](const MappingGroup &group) { return group.members.empty(); });
    for (MappingGroup &group : groups)
        shareOut(group, diagnostics);
    // Ascending and stable, then reversed: of equal ones the later made comes first.
    std::vector<std::pair<OrderKey, std::size_t>> order;
    for (std::size_t i = 0; i < groups.size(); ++i)
        order.emplace_back(orderKey(*groups[i].first()), i);
    std::sort(order.begin(), order.end(), [](const auto &a, const auto &b) { return b < a; });
    std::vector<MappingGroup> sorted;
    for (const auto &[key, index] : order)
        sorted.push_back(std::move(groups[index]));
    return sorted;
}

} // namespace edge
