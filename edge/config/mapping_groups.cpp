// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/mapping_groups.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace edge {

namespace {

std::string sha1(std::string_view text)
{
    static constexpr char digits[] = "0123456789abcdef";
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr);
    std::string hex;
    for (unsigned i = 0; i < size; ++i)
        hex.append(1, digits[digest[i] >> 4]).append(1, digits[digest[i] & 15]);
    return hex;
}

int codePoints(std::string_view text) // lengths are counted in characters
{
    return int(std::count_if(text.begin(), text.end(),
                             [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

OrderKey orderKey(const MappingResource &mapping)
{
    const auto length = [](const FieldMatch &match) {
        return codePoints(match.name) + codePoints(match.value.value_or("*")) + (match.regex ? 1 : 0);
    };
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

// Fields that must be equal within a group although its id does not tell them.
constexpr std::array<std::string_view, 11> coreFields{"bypass_auth",
                                                      "circuit_breakers",
                                                      "cluster_timeout_ms",
                                                      "connect_timeout_ms",
                                                      "cluster_idle_timeout_ms",
                                                      "cluster_max_connection_lifetime_ms",
                                                      "keepalive",
                                                      "labels",
                                                      "load_balancer",
                                                      "prefix_regex",
                                                      "prefix_exact"};

// The field that keeps other out of first's group; "" if none does.
std::string mismatch(const MappingResource &first, const MappingResource &other)
{
    if (first.headers != other.headers)
        return "headers";
    if (first.prefix != other.prefix)
        return "prefix";
    for (const std::string_view field : coreFields) {
        const Value *theirs = other.spec->find(field);
        if (!theirs)
            continue;
        const Value *ours = first.spec->find(field);
        if (!ours || !(*ours == *theirs))
            return std::string(field);
    }
    return {};
}

void report(const GroupContext &context, const ResourceRef &object, std::string path, std::string message,
            bool dropped)
{
    context.diagnostics.push_back(
        {Diagnostic::Severity::Error, object, std::move(path), std::move(message), dropped});
}

// Emissary 4 knows a Mapping by its name up to the first dot.
std::string cacheName(const MappingResource &mapping)
{
    return mapping.name.substr(0, mapping.name.find('.')) + " " + mapping.upstream.nameSpace;
}

int rounded(double value) // half to even, as Python rounds
{
    return int(std::nearbyint(value));
}

// Gives numerators; false: the weights do not add up, and what was reached stays.
bool normalize(MappingGroup &group, const GroupContext &context)
{
    std::vector<GroupMember> weighted, weightless;
    int sum = 0;
    for (GroupMember &member : group.members) {
        const auto &weight = member.mapping->weight;
        if (!weight) {
            weightless.push_back(member);
            continue;
        }
        if (*weight > 100) {
            report(context, group.first->upstream.ref, "spec.weight",
                   "weight " + std::to_string(*weight) + " of Mapping " + member.mapping->name
                       + " is more than 100; the weights of this group are not shared out",
                   false);
            return false;
        }
        sum += *weight;
        member.numerator = sum;
        weighted.push_back(member);
        if (sum > 100 && !context.rules.sharesAsWritten) {
            report(context, group.first->upstream.ref, "spec.weight",
                   "the weights of this group add up to " + std::to_string(sum) + ", more than 100", false);
            return false;
        }
    }
    if (sum > 100) {
        report(context, group.first->upstream.ref, "spec.weight",
               "the weights of this group add up to " + std::to_string(sum) + ", more than 100", false);
        return false;
    }
    const int each = weightless.empty() ? 0 : rounded(double(100 - sum) / double(weightless.size()));
    for (GroupMember &member : weightless) {
        member.numerator = sum += each;
        weighted.push_back(member);
    }
    if (!weightless.empty())
        weighted.back().numerator = 100;
    group.members = std::move(weighted);
    return true;
}

void shareOut(MappingGroup &group, const GroupContext &context)
{
    if (group.members.size() == 1
        && (!context.rules.loneWeightCounts || !group.members.front().mapping->weight)) {
        group.members.front().numerator = 100;
        return;
    }
    for (GroupMember &member : group.members)
        member.numerator = context.rules.sharesAsWritten ? member.mapping->weight : std::optional(0);
    normalize(group, context);
}

void join(MappingGroup &group, const MappingResource &mapping, const GroupContext &context)
{
    const ResourceRef &ref = mapping.upstream.ref;
    if (context.rules.dottedNamesCollide && !mapping.own) {
        std::vector<const MappingResource *> all = group.shadows;
        for (const GroupMember &member : group.members)
            all.push_back(member.mapping);
        if (group.redirect)
            all.push_back(group.redirect);
        const std::string name = cacheName(mapping);
        const auto same = std::find_if(
            all.begin(), all.end(), [&](const MappingResource *other) { return cacheName(*other) == name; });
        if (same != all.end()) {
            context.diagnostics.push_back({Diagnostic::Severity::Notice, ref, "metadata.name",
                                           "Emissary 4 cannot tell this Mapping from " + (*same)->name
                                               + " in the same group, as it cuts names at the first dot; "
                                                 "this one is not used. Rename one of them",
                                           true});
            return;
        }
    }
    if (const std::string differs = group.first == &mapping ? std::string() : mismatch(*group.first, mapping);
        !differs.empty()) {
        report(context, ref, "spec." + differs,
               differs + " differs from Mapping " + group.first->name
                   + ", which answers the same requests; give both the same",
               true);
        report(context, group.first->upstream.ref, "spec." + differs,
               "Mapping " + mapping.name + " answers the same requests with another " + differs
                   + " and is not used",
               false);
        return;
    }
    if (mapping.hostRedirect) {
        if (group.redirect) {
            report(context, group.first->upstream.ref, "spec.host_redirect",
                   "Mapping " + mapping.name + " is a second host_redirect after " + group.redirect->name
                       + " and is not used",
                   false);
        } else if (!group.members.empty()) {
            report(context, group.first->upstream.ref, "spec.host_redirect",
                   "Mapping " + mapping.name + " redirects the same requests and is not used", false);
            report(context, ref, "spec.host_redirect",
                   "a host_redirect cannot join Mapping " + group.members.front().mapping->name
                       + ", which forwards; it is not used",
                   true);
        } else {
            group.redirect = &mapping;
        }
    } else if (mapping.shadow) {
        if (group.shadows.empty())
            group.shadows.push_back(&mapping);
        else
            report(context, group.first->upstream.ref, "spec.shadow",
                   "Mapping " + mapping.name + " is a second shadow after " + group.shadows.front()->name
                       + " and is not used",
                   false);
    } else if (group.redirect) {
        report(context, ref, "spec.host_redirect",
               "Mapping " + group.redirect->name + " redirects the same requests; this Mapping is not used",
               true);
    } else {
        group.members.push_back({&mapping, 100});
    }
}

void finish(MappingGroup &group, const GroupContext &context)
{
    group.order = orderKey(*group.first);
    for (const GroupMember &member : group.members) {
        group.flattening.push_back(member.mapping);
        group.order = std::max(group.order, orderKey(*member.mapping));
    }
    if (group.members.size() > 1)
        std::stable_sort(
            group.flattening.begin(), group.flattening.end(),
            [](const MappingResource *a, const MappingResource *b) { return orderKey(*a) < orderKey(*b); });
    shareOut(group, context);
}

} // namespace

MappingGroup groupOf(std::string id, std::span<const MappingResource *const> mappings,
                     const GroupContext &context)
{
    MappingGroup group;
    group.id = std::move(id);
    group.first = mappings.front();
    for (const MappingResource *mapping : mappings)
        join(group, *mapping, context);
    finish(group, context);
    return group;
}

std::vector<Value> orderValues(const OrderKey &key)
{
    std::vector<Value> order;
    for (const int number : key.numbers)
        order.emplace_back(number);
    for (const std::string &word : key.words)
        order.emplace_back(word);
    return order;
}

bool labelsMatch(const Value &matchLabels, const Value *labels)
{
    for (const auto &[key, value] : matchLabels.members()) {
        if (!labels || (*labels)[key].isNull() || (*labels)[key].text() != value.text())
            return false;
    }
    return true;
}

std::string groupId(const MappingResource &mapping, const GroupContext &context)
{
    std::string text = "HTTP-GET" + mapping.prefix;
    for (const auto *list : {&mapping.headers, &mapping.queryParameters}) {
        for (const FieldMatch &match : *list)
            text += match.name + match.value.value_or("");
    }
    const bool plainHost = !mapping.host.empty() && !mapping.hostRegex;
    if (context.rules.labelsInGroupId && !plainHost && mapping.labels) {
        for (const HostResource *host : context.hosts) {
            if (!host->selector || !labelsMatch(*host->selector, mapping.labels))
                continue;
            for (const auto &[key, value] : host->selector->members())
                text += key + value.text();
        }
    }
    if (mapping.precedence != 0)
        text += std::to_string(mapping.precedence);
    return sha1(text);
}

std::vector<TcpGroup> groupTcpMappings(const std::vector<TcpMappingResource> &mappings,
                                       const GroupContext &context)
{
    std::vector<TcpGroup> groups;
    for (const TcpMappingResource &mapping : mappings) {
        const std::string text = "TCP-" + (mapping.address.empty() ? "*" : mapping.address)
            + std::to_string(mapping.port) + (mapping.host.empty() ? "*" : mapping.host);
        const std::string id = sha1(text);
        auto found =
            std::find_if(groups.begin(), groups.end(), [&](const TcpGroup &group) { return group.id == id; });
        if (found == groups.end()) {
            groups.push_back({id, &mapping, {{&mapping, 100}}});
            continue;
        }
        const Value *theirs = mapping.spec->find("circuit_breakers");
        const Value *ours = found->first->spec->find("circuit_breakers");
        if (theirs && (!ours || !(*ours == *theirs)))
            report(context, found->first->upstream.ref, "spec.circuit_breakers",
                   "TCPMapping " + mapping.name
                       + " answers the same connections with other circuit_breakers and is not used",
                   false);
        else
            found->members.push_back({&mapping, 100});
    }
    for (TcpGroup &group : groups) {
        std::stable_partition(group.members.begin(), group.members.end(),
                              [](const TcpMember &member) { return member.mapping->weight.has_value(); });
        if (group.members.size() == 1
            && (!context.rules.loneWeightCounts || !group.members.front().mapping->weight))
            continue;
        const auto weightless =
            std::count_if(group.members.begin(), group.members.end(),
                          [](const TcpMember &member) { return !member.mapping->weight; });
        int sum = 0;
        int left = int(weightless);
        int each = -1;
        for (TcpMember &member : group.members) {
            if (each < 0 && !member.mapping->weight)
                each = rounded(double(100 - sum) / double(weightless));
            sum += member.mapping->weight ? *member.mapping->weight : each;
            if (!member.mapping->weight && --left == 0)
                sum = 100;
            member.weight = sum;
        }
    }
    std::reverse(groups.begin(), groups.end());
    return groups;
}

} // namespace edge
