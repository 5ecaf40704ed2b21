// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/corpus/tampering.h"

#include "tests/corpus/case_runner.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <vector>

using edge::Value;

namespace {

constexpr int EnoughCases = 3; // for one key
constexpr int MostCases = 400; // for one that nobody has noticed so far

using Path = std::vector<std::size_t>; // of members or items, from the case on

struct Place
{
    std::string key;
    Path path;
};

void addPlaces(const Value &value, const std::string &key, const Path &path, std::vector<Place> &places)
{
    if (!value.isNull())
        places.push_back({key, path});
    std::size_t number = 0;
    for (const auto &[name, member] : value.members()) {
        Path to = path;
        to.push_back(number++);
        const bool isOfObject = key.ends_with(".errors") || key.ends_with(".notices"); // whose name is no key
        addPlaces(member, key + "." + (isOfObject ? "{}" : name), to, places);
    }
    for (std::size_t i = 0; i < value.items().size(); ++i) {
        Path to = path;
        to.push_back(i);
        addPlaces(value.items()[i], key, to, places);
    }
}

// A list or an object is emptied, a text gets longer, a number larger.
Value wrong(const Value &value)
{
    switch (value.type()) {
    case Value::Type::Bool: return !value.toBool();
    case Value::Type::Number: return value.toDouble() + 1;
    case Value::Type::String: return value.text() + "zz";
    case Value::Type::Array: return Value::array();
    case Value::Type::Object: return Value::object();
    case Value::Type::Null: break;
    }
    return {};
}

Value tampered(const Value &value, const Path &path, std::size_t depth)
{
    if (depth == path.size())
        return wrong(value);
    Value changed = value;
    if (value.isArray()) {
        Value &item = changed.mutableItems()[path[depth]];
        item = tampered(item, path, depth + 1);
    } else {
        const auto &[name, member] = value.members()[path[depth]];
        changed.set(name, tampered(member, path, depth + 1));
    }
    return changed;
}

// And not what is asked, nor the whole of all answers: a case may have none.
bool isAnswer(const std::string &key)
{
    const auto isBelow = [&](std::string_view field) {
        return key.starts_with(std::string(field) + ".")
            || key.find("." + std::string(field) + ".") != std::string::npos;
    };
    const bool isResult =
        key == "calls.result" || key.starts_with("calls.result.") || key == "cases.expected";
    const bool isAsked = isBelow("request") || key.ends_with(".request");
    return isResult
        || (!isAsked
            && (isBelow("expected") || isBelow("queries") || isBelow("weighted_queries")
                || isBelow("expected_rendered_listeners") || isBelow("expected_envoy")));
}

} // namespace

void tamper(const Value &corpusCase, TamperedKeys &keys)
{
    std::vector<Place> places;
    std::size_t number = 0;
    for (const auto &[name, value] : corpusCase.members())
        addPlaces(value, name, {number++}, places);
    std::map<std::string, std::vector<Path>> byKey;
    for (Place &place : places) {
        if (isAnswer(place.key))
            byKey[place.key].push_back(std::move(place.path));
    }
    for (const auto &[name, paths] : byKey) {
        TamperedKey &key = keys[name];
        if (isComparedByNobody(name) || key.cases >= (key.noticed > 0 ? EnoughCases : MostCases))
            continue;
        ++key.cases;
        for (const std::size_t i : std::set{std::size_t(0), paths.size() / 2, paths.size() - 1}) {
            const Value changed = tampered(corpusCase, paths[i], 0);
            if (changed == corpusCase)
                continue;
            ++key.tried;
            if (!runCase(changed).empty())
                ++key.noticed;
            else if (key.example.empty())
                key.example = corpusCase["name"].text();
        }
    }
}

bool isComparedByNobody(const std::string &key)
{
    struct Reason
    {
        std::string_view end, why;
    };
    static constexpr Reason reasons[] = {
        {".trace", "how the answer was found, for people"},
        {"queries.route.error", "why nobody answers, for people; that nobody does is compared"},
        {"queries.assumes", "what the asker took for given"},
        {".@type", "the name of a type whose fields are compared"},
        {".transport_socket.name", "the same"},
        {".filters.name", "the same"},
        {".cluster_name", "the cluster's name once more"},
        {".socket_address.protocol", "TCP everywhere but for HTTP/3, which listeners tell"},
        {".eds_config", "where any edge's endpoints come from"},
        {".eds_config.resource_api_version", "the same"},
        {".denominator", "HUNDRED everywhere"},
        {".runtime_fraction", "without one it is 100 %, as in most cases; its numerator is compared"},
        {".runtime_fraction.default_value", "the same"},
        {".runtime_key", "a name for Envoy's runtime, which nobody sets"},
        {".cors.filter_enabled", "100 % everywhere"},
        {".cors.filter_enabled.default_value", "the same"},
        {".cors.filter_enabled.default_value.numerator", "the same"},
        {".regex_rewrite.pattern.google_re2", "as in the matches, where it is compared"},
        {".regex_rewrite.pattern.google_re2.max_program_size", "the same"},
        {".groups.host", "told by the group's headers"},
        {".groups.kind", "told by the group's port"},
        {".groups.precedence", "told by the group's order"},
        {".mappings.route_weight", "the same"},
        {".mappings.cluster", "the inner name of what envoy_cluster names"},
        {".stat_prefix", "a label of metrics"},
        {".virtual_hosts.name", "free to choose"},
        {"expected_envoy.static_resources.listeners.name", "two recordings are of other Listeners"},
        {".traffic_direction", "a label of metrics"},
        {".tls_context.sni", "told by the transport socket"},
    };
    static constexpr std::string_view folders[] = {
        "expected_envoy.layered_runtime", // of that Envoy's version
        "compiles.expected.notices",      // of the pod that compiled, and of nothing given to it
        "expected.tracing",               // of a tracer, which nobody is here (unserved.h)
    };
    return std::any_of(std::begin(reasons), std::end(reasons),
                       [&](const Reason &reason) { return key.ends_with(reason.end); })
        || std::any_of(std::begin(folders), std::end(folders),
                       [&](std::string_view folder) { return key.starts_with(folder); });
}
