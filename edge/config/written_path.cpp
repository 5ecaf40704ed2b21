// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/written_path.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

namespace edge {

namespace {

struct FormerName
{
    std::string_view name, former;
    bool isKey = false; // the same only where what is in it is there, too
};

// Of getambassador.io/v1 and v2, those included by which an API server stores what only v3alpha1 has.
constexpr std::array<FormerName, 13> FormerNames{{{"hostname", "host"},
                                                  {"regex_headers", "headers", true},
                                                  {"regex_query_parameters", "query_parameters", true},
                                                  {"stats_name", "v3StatsName"},
                                                  {"health_checks", "v3health_checks"},
                                                  {"crl_secret", "v3CRLSecret"},
                                                  {"circuit_breakers", "v3CircuitBreakers"},
                                                  {"custom_tags", "v3CustomTags"},
                                                  {"custom_tags", "tag_headers"},
                                                  {"protocol_version", "v3ProtocolVersion"},
                                                  {"propagation_modes", "v3PropagationModes"},
                                                  {"grpc", "v3GRPC"},
                                                  {"ambassador_id", "ambassadorId"}}};

std::string inCamelCase(std::string_view name)
{
    std::string camel;
    for (std::size_t i = 0; i < name.size(); ++i) {
        const bool joins = name[i] == '_' && i + 1 < name.size();
        camel += joins ? char(std::toupper(static_cast<unsigned char>(name[++i]))) : name[i];
    }
    return camel;
}

// Names may hold dots: the longest that the path can mean.
const Value::Member *memberAt(const Value &object, std::string_view path)
{
    const Value::Member *longest = nullptr;
    for (const Value::Member &member : object.members()) {
        const std::string &name = member.first;
        const bool isMeant = path.starts_with(name)
            && (path.size() == name.size() || path[name.size()] == '.' || path[name.size()] == '[');
        if (isMeant && (!longest || name.size() > longest->first.size()))
            longest = &member;
    }
    return longest;
}

const Value::Member *formerMember(const Value &object, std::string_view name, std::string_view behind)
{
    for (const FormerName &known : FormerNames) {
        const Value::Member *member = known.name == name ? memberAt(object, known.former) : nullptr;
        const bool isThere = member
            && (!known.isKey || (!behind.empty() && memberAt(member->second, behind.substr(1)) != nullptr));
        if (isThere)
            return member;
    }
    return memberAt(object, inCamelCase(name));
}

// The item that a path's "[2]…" means; nullptr: none.
const Value *itemAt(const Value &list, std::string_view path)
{
    std::size_t number = 0;
    std::from_chars(path.data() + 1, path.data() + path.size(), number);
    return number < list.items().size() ? &list.items()[number] : nullptr;
}

} // namespace

std::string writtenPath(const Value &spec, std::string_view path)
{
    constexpr std::string_view Root = "spec";
    if (!path.starts_with("spec."))
        return std::string(path);
    std::string written(Root);
    const Value *at = &spec;
    std::string_view rest = path.substr(Root.size());
    while (!rest.empty()) {
        if (!at->isObject() && !at->isArray()) // a text where v3alpha1 has an object or a list
            return at->isNull() ? written + std::string(rest) : written;
        if (rest.front() == '[') {
            const std::size_t length = std::min(rest.find(']'), rest.size() - 1) + 1;
            const Value *item = itemAt(*at, rest);
            if (!item)
                return written + std::string(rest);
            written += rest.substr(0, length);
            rest.remove_prefix(length);
            at = item;
            continue;
        }
        rest.remove_prefix(1);
        const Value::Member *member = memberAt(*at, rest);
        std::size_t length = member ? member->first.size() : std::min(rest.find_first_of(".["), rest.size());
        if (!member)
            member = formerMember(*at, rest.substr(0, length), rest.substr(length));
        if (!member)
            return written + "." + std::string(rest);
        written += "." + member->first;
        rest.remove_prefix(length);
        at = &member->second;
    }
    return written;
}

} // namespace edge
