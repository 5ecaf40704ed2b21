// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/mapping_groups.h"

#include "edge/config/envoy_limits.h"
#include "edge/config/numbers.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

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

// What counts in the order: the empty text is as good as none.
std::string orderedValue(const FieldMatch &match)
{
    return match.value && !match.value->empty() ? *match.value : "*";
}

OrderKey orderKey(const MappingResource &mapping)
{
    const auto length = [](const FieldMatch &match) {
        return codePoints(match.name) + codePoints(orderedValue(match)) + (match.regex ? 1 : 0);
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
            key.words.push_back(match.name + "-" + orderedValue(match));
    }
    return key;
}

// Fields that must be equal within a group although its id does not tell them, in the order in which Emissary names
// them.
constexpr std::array<std::string_view, 13> coreFields{"bypass_auth",
                                                      "bypass_error_response_overrides",
                                                      "circuit_breakers",
                                                      "connect_timeout_ms",
                                                      "cluster_idle_timeout_ms",
                                                      "cluster_max_connection_lifetime_ms",
                                                      "headers",
                                                      "keepalive",
                                                      "labels",
                                                      "load_balancer",
                                                      "prefix",
                                                      "prefix_regex",
                                                      "prefix_exact"};
constexpr std::array<std::string_view, 8> coreFieldsOfTcp{
    "address", "circuit_breakers", "enable_ipv4", "enable_ipv6", "host", "idle_timeout_ms", "port", "tls"};

// Said by other, and not by first or otherwise.
bool differs(const Value &first, const Value &other, std::string_view field)
{
    const Value *theirs = other.find(field);
    const Value *ours = first.find(field);
    return theirs && (!ours || !(*ours == *theirs));
}

// Unlike those fields it counts where nothing is said, too: every Mapping has some, if only the Module's or none.
bool breakersDiffer(const UpstreamOptions &first, const UpstreamOptions &other)
{
    static const Value none;
    return !((first.circuitBreakers ? *first.circuitBreakers : none)
             == (other.circuitBreakers ? *other.circuitBreakers : none));
}

template<std::size_t Count, typename Differ>
std::vector<std::string> those(const std::array<std::string_view, Count> &fields, Differ differ)
{
    std::vector<std::string> differing;
    for (const std::string_view field : fields) {
        if (differ(field))
            differing.emplace_back(field);
    }
    return differing;
}

// The fields that keep other out of first's group; none if it may join.
std::vector<std::string> mismatches(const MappingResource &first, const MappingResource &other,
                                    const Rules &rules)
{
    const auto differ = [&](std::string_view field) {
        if (field == "circuit_breakers")
            return breakersDiffer(first.upstream, other.upstream);
        if (field == "headers")
            return first.headers != other.headers;
        if (field == "prefix")
            return first.prefix != other.prefix;
        return (field != "bypass_error_response_overrides" || rules.errorResponses)
            && differs(*first.spec, *other.spec, field);
    };
    return those(coreFields, differ);
}

std::vector<std::string> mismatches(const TcpMappingResource &first, const TcpMappingResource &other)
{
    return those(coreFieldsOfTcp, [&](std::string_view field) {
        return field == "circuit_breakers" ? breakersDiffer(first.upstream, other.upstream)
                                           : differs(*first.spec, *other.spec, field);
    });
}

std::string listed(const std::vector<std::string> &fields) // "a, b and c"
{
    std::string text;
    for (std::size_t i = 0; i < fields.size(); ++i)
        text += (i == 0 ? "" : i + 1 == fields.size() ? " and " : ", ") + fields[i];
    return text;
}

void report(const GroupContext &context, const ResourceRef &object, std::string path, std::string message,
            bool dropped)
{
    context.diagnostics.push_back(
        {Diagnostic::Severity::Error, object, std::move(path), std::move(message), dropped});
}

// Emissary 4 knows a Mapping by its name up to the first dot.
template<class Resource>
std::string cacheName(const Resource &mapping)
{
    return mapping.name.substr(0, mapping.name.find('.')) + " " + mapping.upstream.nameSpace;
}

struct Shares // of the members of one group
{
    std::vector<std::size_t> order;                      // members in the order of their routes
    std::vector<std::optional<std::int64_t>> numerators; // by member: cumulative, of 100
    std::optional<std::size_t> tooHeavy;                 // the member whose own weight is more than 100
    std::int64_t sum = 0;                                // of the weights
};

// What is left is shared out among those without a weight.  Where the weights do not add up, what was reached so far
// stays, and the members stay in input order.
Shares sharesOf(const std::vector<std::optional<std::int64_t>> &weights, const Rules &rules)
{
    Shares shares;
    for (std::size_t i = 0; i < weights.size(); ++i)
        shares.order.push_back(i);
    if (weights.size() == 1 && (!rules.loneWeightCounts || !weights.front())) {
        shares.numerators = {100};
        return shares;
    }
    for (const auto &weight : weights)
        shares.numerators.push_back(rules.sharesAsWritten ? weight : std::optional<std::int64_t>(0));
    for (std::size_t i = 0; i < weights.size(); ++i) {
        if (!weights[i])
            continue;
        if (*weights[i] > 100) {
            shares.tooHeavy = i;
            return shares;
        }
        shares.sum = saturatedSum(shares.sum, *weights[i]);
        shares.numerators[i] = shares.sum;
    }
    if (shares.sum > 100)
        return shares;
    const auto weightless = std::stable_partition(shares.order.begin(), shares.order.end(),
                                                  [&](std::size_t i) { return weights[i].has_value(); });
    const auto count = shares.order.end() - weightless;
    const double left = double(100) - double(shares.sum);
    const std::int64_t each = count == 0 ? 0 : wholeOf(std::nearbyint(left / double(count))); // half to even
    std::int64_t reached = shares.sum;
    for (auto i = weightless; i != shares.order.end(); ++i)
        shares.numerators[*i] = reached = i + 1 == shares.order.end() ? 100 : saturatedSum(reached, each);
    return shares;
}

// Emissary hands Envoy whatever comes out, also what Envoy does not take.  least: that it takes.
void tellShare(const ResourceRef &member, std::int64_t share, std::int64_t least, const GroupContext &context)
{
    constexpr std::int64_t most = std::numeric_limits<std::uint32_t>::max();
    if (share >= least && share <= most)
        return;
    report(context, member, "spec.weight",
           "Envoy is given the share " + std::to_string(share) + ", and takes none "
               + (share < least ? "below " + std::to_string(least) : "above " + std::to_string(most))
               + std::string(EnvoyRefuses),
           false);
}

constexpr std::string_view ToNobody = ", or are answered 404";

// A request that no member's draw takes is compared with the routes that follow.
void tellRest(const std::vector<GroupMember> &members, const ResourceRef &first, const GroupContext &context)
{
    std::int64_t reached = members.empty() ? 100 : 0;
    for (const GroupMember &member : members) {
        const bool isTooHeavy = member.mapping->weight.value_or(0) > 100; // nothing is shared out then
        reached = std::max(reached, isTooHeavy ? std::int64_t(100) : member.numerator.value_or(100));
    }
    const bool isRefused = std::any_of(members.begin(), members.end(), [](const GroupMember &member) {
        return member.numerator.value_or(0) < 0;
    });
    if (reached >= 100 || isRefused)
        return;
    context.diagnostics.push_back({Diagnostic::Severity::Notice, first, "spec.weight",
                                   "the weights of this group add up to " + std::to_string(reached)
                                       + ": the other " + std::to_string(100 - reached)
                                       + " % of its requests go to the next Mapping that matches them"
                                       + std::string(ToNobody),
                                   false});
}

// Puts members into the order of their routes; how gives one its numerator.  least: that Envoy takes.
template<typename Member, typename How>
void shareOut(std::vector<Member> &members, const ResourceRef &first, std::int64_t least,
              const GroupContext &context, How how)
{
    std::vector<std::optional<std::int64_t>> weights;
    for (const Member &member : members)
        weights.push_back(member.mapping->weight);
    const Shares shares = sharesOf(weights, context.rules);
    if (shares.tooHeavy)
        report(context, first, "spec.weight",
               "weight " + std::to_string(*weights[*shares.tooHeavy]) + " of "
                   + members[*shares.tooHeavy].mapping->upstream.ref.kind + " "
                   + members[*shares.tooHeavy].mapping->name
                   + " is more than 100; the weights of this group are not shared out",
               false);
    else if (shares.sum > 100)
        report(context, first, "spec.weight",
               "the weights of this group add up to " + std::to_string(shares.sum) + ", more than 100",
               false);
    else if (weights.size() == 1 && shares.numerators.front() == 100 && weights.front().value_or(100) != 100)
        context.diagnostics.push_back(
            {Diagnostic::Severity::Notice, members.front().mapping->upstream.ref, "spec.weight",
             "weight changes nothing where no other " + members.front().mapping->upstream.ref.kind
                 + " answers the same: it gets all",
             false});
    std::vector<Member> ordered;
    for (const std::size_t i : shares.order) {
        ordered.push_back(members[i]);
        how(ordered.back(), shares.numerators[i]);
        if (shares.numerators[i])
            tellShare(members[i].mapping->upstream.ref, *shares.numerators[i], least, context);
    }
    members = std::move(ordered);
}

template<class Resource>
void tellNamesake(const Resource &mapping, const std::string &kind, const std::string &other,
                  const GroupContext &context)
{
    context.diagnostics.push_back({Diagnostic::Severity::Notice, mapping.upstream.ref, "metadata.name",
                                   "Emissary 4 cannot tell this " + kind + " from " + other
                                       + " in the same group, as it cuts names at the first dot; "
                                         "this one is not used. Rename one of them",
                                   true});
}

// The member that Emissary 4 takes for the same Mapping: it compares members only, by the first part of the name.
const MappingResource *namesake(const MappingGroup &group, const MappingResource &mapping, const Rules &rules)
{
    if (!rules.dottedNamesCollide || mapping.own)
        return nullptr;
    const auto same =
        std::find_if(group.members.begin(), group.members.end(), [&](const GroupMember &member) {
            return !member.mapping->own && cacheName(*member.mapping) == cacheName(mapping);
        });
    return same == group.members.end() ? nullptr : same->mapping;
}

void joinAsRedirect(MappingGroup &group, const MappingResource &mapping, const GroupContext &context)
{
    const ResourceRef &first = group.first->upstream.ref;
    if (group.redirect) {
        report(context, first, "spec.host_redirect",
               "Mapping " + mapping.name + " is a second host_redirect after " + group.redirect->name
                   + " and is not used",
               false);
        return;
    }
    if (group.members.empty()) {
        group.redirect = &mapping;
        return;
    }
    report(context, first, "spec.host_redirect",
           "Mapping " + mapping.name + " redirects the same requests and is not used", false);
    report(context, mapping.upstream.ref, "spec.host_redirect",
           "a host_redirect cannot join Mapping " + group.members.front().mapping->name
               + ", which forwards; it is not used",
           true);
}

void joinAsShadow(MappingGroup &group, const MappingResource &mapping, const GroupContext &context)
{
    if (group.shadows.empty())
        group.shadows.push_back(&mapping);
    else
        report(context, group.first->upstream.ref, "spec.shadow",
               "Mapping " + mapping.name + " is a second shadow after " + group.shadows.front()->name
                   + " and is not used",
               false);
}

void refuseDifference(const MappingGroup &group, const MappingResource &mapping,
                      const std::vector<std::string> &fields, const GroupContext &context)
{
    report(context, mapping.upstream.ref, "spec." + fields.front(),
           listed(fields) + (fields.size() == 1 ? " differs" : " differ") + " from Mapping "
               + group.first->name + ", which answers the same requests; give both the same",
           true);
    report(context, group.first->upstream.ref, "spec." + fields.front(),
           "Mapping " + mapping.name + " answers the same requests with another " + listed(fields)
               + " and is not used",
           false);
}

void join(MappingGroup &group, const MappingResource &mapping, const GroupContext &context)
{
    const ResourceRef &ref = mapping.upstream.ref;
    if (const MappingResource *same = namesake(group, mapping, context.rules)) {
        tellNamesake(mapping, "Mapping", same->name, context);
        return;
    }
    const std::vector<std::string> differing = group.first == &mapping
        ? std::vector<std::string>()
        : mismatches(*group.first, mapping, context.rules);
    if (!differing.empty())
        refuseDifference(group, mapping, differing, context);
    else if (mapping.hostRedirect)
        joinAsRedirect(group, mapping, context);
    else if (mapping.shadow)
        joinAsShadow(group, mapping, context);
    else if (group.redirect)
        report(context, ref, "spec.host_redirect",
               "Mapping " + group.redirect->name + " redirects the same requests; this Mapping is not used",
               true);
    else
        group.members.push_back({&mapping, 100});
}

void finish(MappingGroup &group, const GroupContext &context)
{
    group.order = orderKey(*group.first);
    for (const GroupMember &member : group.members) {
        group.arrival.push_back(member.mapping);
        group.order = std::max(group.order, orderKey(*member.mapping));
    }
    group.flattening = group.arrival;
    if (group.members.size() > 1)
        std::stable_sort(
            group.flattening.begin(), group.flattening.end(),
            [](const MappingResource *a, const MappingResource *b) { return orderKey(*a) < orderKey(*b); });
    shareOut(
        group.members, group.first->upstream.ref, 0, context,
        [](GroupMember &member, std::optional<std::int64_t> numerator) { member.numerator = numerator; });
    tellRest(group.members, group.first->upstream.ref, context);
    if (!group.shadows.empty())
        tellShare(group.shadows.front()->upstream.ref, group.shadows.front()->weight.value_or(0), 0, context);
}

} // namespace

bool isOfOverfullGroup(const Diagnostic &diagnostic)
{
    return diagnostic.path == "spec.weight" && !diagnostic.dropped
        && diagnostic.severity == Diagnostic::Severity::Error && !isRefusedByEnvoy(diagnostic);
}

bool isOfUnsharedRest(const Diagnostic &diagnostic) { return diagnostic.message.ends_with(ToNobody); }

MappingGroup groupOf(std::string id, std::span<const MappingResource *const> mappings,
                     const GroupContext &context)
{
    MappingGroup group;
    group.id = std::move(id);
    group.first = mappings.front();
    for (const MappingResource *mapping : mappings)
        join(group, *mapping, context);
    if (group.members.empty() && !group.redirect && !group.shadows.empty())
        context.diagnostics.push_back(
            {Diagnostic::Severity::Notice, group.shadows.front()->upstream.ref, "spec.shadow",
             "a shadow gets copies of the requests that another Mapping with the same prefix and conditions "
             "answers, and there is no such Mapping",
             false});
    finish(group, context);
    return group;
}

std::vector<Value> orderValues(const OrderKey &key)
{
    std::vector<Value> order;
    for (const std::int64_t number : key.numbers)
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
            groups.push_back({id, &mapping, {{&mapping, 100}}, {&mapping}});
            continue;
        }
        const auto same =
            std::find_if(found->members.begin(), found->members.end(), [&](const TcpMember &member) {
                return context.rules.dottedNamesCollide && cacheName(*member.mapping) == cacheName(mapping);
            });
        if (same != found->members.end())
            tellNamesake(mapping, "TCPMapping", same->mapping->name, context);
        else if (const std::vector<std::string> fields = mismatches(*found->first, mapping); !fields.empty())
            report(context, found->first->upstream.ref, "spec." + fields.front(),
                   "TCPMapping " + mapping.name + " answers the same connections with another "
                       + listed(fields) + " and is not used",
                   false);
        else {
            found->members.push_back({&mapping, 100});
            found->arrival.push_back(&mapping);
        }
    }
    const auto setWeight = [&](TcpMember &member, std::optional<std::int64_t> share) {
        member.weight = share.value_or(0);
        if (!share)
            report(context, member.mapping->upstream.ref, "spec.weight",
                   "there is no weight, and those of its group cannot be shared out" + std::string(EdgeFails),
                   false);
    };
    for (TcpGroup &group : groups)
        shareOut(group.members, group.first->upstream.ref, 1, context, setWeight);
    std::reverse(groups.begin(), groups.end());
    return groups;
}

} // namespace edge
