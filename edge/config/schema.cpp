// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/schema.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>
#include <unordered_set>

namespace edge {

namespace {

using Type = FieldRule::Type;

std::string keyOf(std::string_view kind, std::string_view path)
{
    return std::string(kind) + " " + std::string(path);
}

const FieldRule *ruleOf(const std::string &key)
{
    static const std::unordered_map<std::string, const FieldRule *> byPath = [] {
        std::unordered_map<std::string, const FieldRule *> map;
        for (const FieldRule &rule : fieldRules())
            map.emplace(keyOf(rule.kind, rule.path), &rule);
        return map;
    }();
    const auto found = byPath.find(key);
    return found == byPath.end() ? nullptr : found->second;
}

// Whether members are named at all: some objects hold what anybody likes.
bool namesMembers(const std::string &key)
{
    static const std::unordered_set<std::string> parents = [] {
        std::unordered_set<std::string> keys;
        for (const FieldRule &rule : fieldRules()) {
            const std::string whole = keyOf(rule.kind, rule.path);
            if (!rule.path.empty() && whole.back() != '}' && whole.back() != ']')
                keys.insert(whole.substr(0, std::max(whole.find(' ') + 1, whole.rfind('.') + 1)));
        }
        return keys;
    }();
    return parents.count(key.back() == ' ' ? key : key + ".") > 0;
}

const char *typeName(Type type)
{
    static constexpr const char *names[] = {"a text",    "a whole number", "a number", "true or false",
                                            "an object", "a list",         "anything"};
    return names[int(type)];
}

bool hasType(const Value &value, Type type)
{
    switch (type) {
    case Type::Text: return value.isString();
    case Type::Integer: return value.isNumber() && value.toDouble() == double(value.toInteger(-1));
    case Type::Number: return value.isNumber();
    case Type::Bool: return value.isBool();
    case Type::Object: return value.isObject();
    case Type::List: return value.isArray();
    case Type::Any: break;
    }
    return true;
}

std::string shown(const Value &value) { return value.isString() ? value.text() : toJson(value); }

bool oneOf(std::string_view words, std::string_view word)
{
    while (!words.empty()) {
        const std::size_t bar = std::min(words.find('|'), words.size());
        if (words.substr(0, bar) == word)
            return true;
        words.remove_prefix(std::min(bar + 1, words.size()));
    }
    return false;
}

std::vector<std::string_view> requiredOf(const FieldRule &rule)
{
    std::vector<std::string_view> names;
    for (std::string_view rest = rule.required; !rest.empty();) {
        const std::size_t comma = std::min(rest.find(','), rest.size());
        names.push_back(rest.substr(0, comma));
        rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
    return names;
}

std::optional<SchemaFault> missingMember(const FieldRule &rule, const Value &value, const std::string &path)
{
    for (const std::string_view name : requiredOf(rule)) {
        if (value[name].isNull())
            return SchemaFault{path, std::string(name) + " is required"};
    }
    return {};
}

// Objects are stored as v2, by which empty texts and zeros are lost, and the edge judges them once more.
std::optional<SchemaFault> lostMember(const FieldRule &rule, const Value &spec)
{
    for (const std::string_view name : requiredOf(rule)) {
        const Value &member = spec[name];
        if ((member.isString() && member.text().empty()) || (member.isNumber() && member.toDouble() == 0))
            return SchemaFault{"spec." + std::string(name), "is empty, which is as good as missing"};
    }
    return {};
}

std::optional<SchemaFault> faultOf(const FieldRule &rule, const Value &value, const std::string &path)
{
    constexpr double FirstBeyond = 9223372036854775808.0; // 64 bits
    if (!hasType(value, rule.type))
        return SchemaFault{path,
                           value.isNumber() && std::fabs(value.toDouble()) >= FirstBeyond
                               ? "the number is larger than any whole number of 64 bits"
                               : shown(value) + " is not " + typeName(rule.type)};
    if (!rule.words.empty() && !oneOf(rule.words, shown(value)))
        return SchemaFault{path, "'" + shown(value) + "' is none of " + std::string(rule.words)};
    const bool isNumber = value.isNumber();
    const std::int64_t size = isNumber ? value.toInteger()
        : value.isArray()              ? std::int64_t(value.items().size())
                                       : std::int64_t(value.members().size());
    const std::string what = isNumber ? shown(value) + " is"
        : value.isArray()             ? "its length is"
                                      : "its number of members is";
    if (rule.least && size < *rule.least)
        return SchemaFault{path, what + " less than " + std::to_string(*rule.least)};
    if (rule.most && size > *rule.most)
        return SchemaFault{path, what + " more than " + std::to_string(*rule.most)};
    return missingMember(rule, value, path);
}

// key: kind and path in the form of the rules; path: as it is shown.
std::optional<SchemaFault> walk(const std::string &key, const Value &value, const std::string &path)
{
    const FieldRule *rule = ruleOf(key);
    if (value.isNull() || !rule) // an API server prunes what it does not know
        return {};
    if (auto fault = faultOf(*rule, value, path))
        return fault;
    const std::string ofKey = key.back() == ' ' ? key : key + ".";
    for (const auto &[name, member] : value.members()) {
        const bool map = ruleOf(key + "{}") != nullptr;
        if (auto fault = walk(map ? key + "{}" : ofKey + name, member, path + "." + name))
            return fault;
    }
    std::size_t number = 0;
    for (const Value &item : value.items()) {
        if (auto fault = walk(key + "[]", item, path + "[" + std::to_string(number++) + "]"))
            return fault;
    }
    return {};
}

void addUnknown(const std::string &key, const Value &value, const std::string &path,
                std::vector<std::string> &unknown)
{
    const bool isMap = ruleOf(key + "{}") != nullptr;
    for (const auto &[name, member] : value.members()) {
        const std::string memberKey = isMap ? key + "{}" : (key.back() == ' ' ? key : key + ".") + name;
        if (isMap || ruleOf(memberKey))
            addUnknown(memberKey, member, path + "." + name, unknown);
        else if (namesMembers(key))
            unknown.push_back(path + "." + name);
    }
    std::size_t number = 0;
    for (const Value &item : value.items())
        addUnknown(key + "[]", item, path + "[" + std::to_string(number++) + "]", unknown);
}

// Fields that came after 1.11, and those that only v1 and v2 have.
constexpr std::array<std::string_view, 9> afterV1{"hostname",
                                                  "stats_name",
                                                  "dns_type",
                                                  "respect_dns_ttl",
                                                  "health_checks",
                                                  "cluster_max_connection_lifetime_ms",
                                                  "auth_context_extensions",
                                                  "crl_secret",
                                                  "mappingSelector"};
constexpr std::array<std::string_view, 12> beforeV3{
    "host",          "ambassador_id", "rate_limits", "envoy_override", "outlier_detection", "tls", "modules",
    "use_websocket", "regex_type",    "generation",  "status",         "metadata_labels"};

bool knownV1(const std::string &kind, const std::string &field)
{
    const bool ofHost = kind == "Host" && field == "hostname"; // which Mappings got later
    if (!ofHost && std::find(afterV1.begin(), afterV1.end(), field) != afterV1.end())
        return false;
    return ruleOf(keyOf(kind, field)) || std::find(beforeV3.begin(), beforeV3.end(), field) != beforeV3.end();
}

// Where v2 takes more than v3alpha1.
bool widerInV1(const std::string &field)
{
    static constexpr std::array<std::string_view, 13> wider{"headers",
                                                            "query_parameters",
                                                            "add_request_headers",
                                                            "add_response_headers",
                                                            "remove_request_headers",
                                                            "remove_response_headers",
                                                            "cors",
                                                            "tls",
                                                            "labels",
                                                            "ambassador_id",
                                                            "health_checks",
                                                            "load_balancer",
                                                            "error_response_overrides"};
    return std::find(wider.begin(), wider.end(), field) != wider.end();
}

} // namespace

std::optional<SchemaFault> schemaFault(const std::string &kind, const Value &spec)
{
    const std::string key = keyOf(kind, "");
    if (!ruleOf(key))
        return {};
    if (!spec.isObject())
        return SchemaFault{"spec", "is not an object"};
    if (kind == "Mapping") {
        for (const Value &check : spec["health_checks"].items()) {
            if (check["health_check"].members().size() != 1)
                return SchemaFault{"spec.health_checks", "each needs exactly one of http and grpc"};
        }
        if (const Value *checks = spec.find("health_checks");
            checks && checks->isArray() && checks->items().empty())
            return SchemaFault{"spec.health_checks", "is an empty list"};
    }
    if (auto fault = walk(key, spec, "spec"))
        return fault;
    return lostMember(*ruleOf(key), spec);
}

std::vector<std::string> unknownFields(const std::string &kind, const Value &spec)
{
    std::vector<std::string> unknown;
    if (ruleOf(keyOf(kind, "")))
        addUnknown(keyOf(kind, ""), spec, "spec", unknown);
    return unknown;
}

std::vector<std::string> unknownFieldsV1(const std::string &kind, const Value &spec)
{
    std::vector<std::string> unknown;
    for (const auto &[name, value] : spec.members()) {
        if (ruleOf(keyOf(kind, "")) && !knownV1(kind, name))
            unknown.push_back("spec." + name);
    }
    return unknown;
}

std::optional<SchemaFault> schemaFaultV1(const std::string &kind, const Value &spec, bool refuseUnknown)
{
    const FieldRule *whole = ruleOf(keyOf(kind, ""));
    if (!whole)
        return {};
    if (kind != "Host") {
        if (auto fault = missingMember(*whole, spec, "spec"))
            return fault;
    }
    for (const auto &[name, value] : spec.members()) {
        if (refuseUnknown && !knownV1(kind, name))
            return SchemaFault{"spec." + name, "is no field of a " + kind};
        const FieldRule *rule = ruleOf(keyOf(kind, name));
        if (rule && !value.isNull() && !widerInV1(name) && !hasType(value, rule->type))
            return SchemaFault{"spec." + name, shown(value) + " is not " + typeName(rule->type)};
    }
    return {};
}

} // namespace edge
