// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/schema.h"

#include "edge/config/go_types.h"
#include "edge/text.h"

#include <algorithm>
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

// The rules of one generation, by kind and path.
class Schema
{
public:
    explicit Schema(const std::vector<FieldRule> &rules)
    {
        for (const FieldRule &rule : rules) {
            const std::string whole = keyOf(rule.kind, rule.path);
            m_byPath.emplace(whole, &rule);
            if (!rule.path.empty() && whole.back() != '}' && whole.back() != ']')
                m_parents.insert(whole.substr(0, std::max(whole.find(' ') + 1, whole.rfind('.') + 1)));
        }
    }

    const FieldRule *ruleOf(const std::string &key) const
    {
        const auto found = m_byPath.find(key);
        return found == m_byPath.end() ? nullptr : found->second;
    }

    // Whether members are named at all: some objects hold what anybody likes.
    bool namesMembers(const std::string &key) const { return m_parents.count(memberKey(key, {})) > 0; }

    static std::string memberKey(const std::string &key, std::string_view name)
    {
        return (key.back() == ' ' ? key : key + ".") + std::string(name);
    }

private:
    std::unordered_map<std::string, const FieldRule *> m_byPath;
    std::unordered_set<std::string> m_parents;
};

const Schema &current()
{
    static const Schema schema(fieldRules());
    return schema;
}

const Schema &ofV1()
{
    static const Schema schema(fieldRulesV1());
    return schema;
}

const char *typeName(Type type)
{
    static constexpr const char *names[] = {"a text",
                                            "a whole number",
                                            "a number",
                                            "true or false",
                                            "an object",
                                            "a list",
                                            "anything",
                                            "a text or a list",
                                            "a text, true or false",
                                            "a text, true, false or an object"};
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
    case Type::TextOrList: return value.isString() || value.isArray();
    case Type::TextOrBool: return value.isString() || value.isBool();
    case Type::TextBoolOrObject: return value.isString() || value.isBool() || value.isObject();
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

std::optional<SchemaFault> lostMember(const FieldRule &rule, const Value &holder, const std::string &path)
{
    for (const std::string_view name : requiredOf(rule)) {
        const Value &member = holder[name];
        const bool isEmpty = member.isString() && member.text().empty();
        if (isEmpty || (member.isNumber() && member.toDouble() == 0) || (member.isBool() && !member.toBool()))
            return SchemaFault{path + "." + std::string(name),
                               isEmpty
                                   ? "is empty, which is as good as missing"
                                   : "is " + shown(member) + ", which the edge's own types take for missing"};
    }
    return {};
}

// known: members that an API server does not prune.
std::optional<SchemaFault> faultOf(const FieldRule &rule, const Value &value, const std::string &path,
                                   std::size_t known)
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
                                       : std::int64_t(known);
    const std::string what = isNumber ? shown(value) + " is"
        : value.isArray()             ? "its length is"
                                      : "its number of members is";
    if (rule.least && size < *rule.least)
        return SchemaFault{path, what + " less than " + std::to_string(*rule.least)};
    if (rule.most && size > *rule.most)
        return SchemaFault{path, what + " more than " + std::to_string(*rule.most)};
    return missingMember(rule, value, path);
}

// The edge's watcher reads every number as a double, and takes none for whole that such may have lost digits of.
std::optional<SchemaFault> inexactNumber(const FieldRule &rule, const Value &value, const std::string &path)
{
    constexpr double Largest = 9007199254740991.0; // 2^53 - 1
    if (rule.type != Type::Integer || std::fabs(value.toDouble()) <= Largest)
        return {};
    return SchemaFault{
        path, shown(value) + " is beyond 9007199254740991, which the edge takes no whole number above"};
}

// The one text that the CRDs hold against a pattern, ^([hH][tT][tT][pP][sS]?://)?$, and the one beside it whose words may
// be nothing at all.
std::optional<SchemaFault> explicitTlsFault(const Value &spec)
{
    const Value &tls = spec["v2ExplicitTLS"];
    const std::string scheme = lowered(tls["serviceScheme"].text());
    if (!scheme.empty() && scheme != "http://" && scheme != "https://")
        return SchemaFault{"spec.v2ExplicitTLS.serviceScheme",
                           "'" + tls["serviceScheme"].text() + "' is none of http://, https:// and nothing"};
    const std::string &word = tls["tls"].text();
    if (!oneOf("|null|bool:true|bool:false|string", word))
        return SchemaFault{"spec.v2ExplicitTLS.tls",
                           "'" + word + "' is none of null, bool:true, bool:false, string and nothing"};
    return {};
}

// key: kind and path in the form of the rules; path: as it is shown.
std::optional<SchemaFault> walk(const std::string &key, const Value &value, const std::string &path)
{
    const FieldRule *rule = current().ruleOf(key);
    if (value.isNull() || !rule) // an API server prunes what it does not know
        return {};
    const bool isFree = current().ruleOf(key + "{}") || !current().namesMembers(key);
    const auto known =
        std::count_if(value.members().begin(), value.members().end(), [&](const Value::Member &member) {
            return isFree || current().ruleOf(Schema::memberKey(key, member.first));
        });
    if (auto fault = faultOf(*rule, value, path, std::size_t(known)))
        return fault;
    if (auto fault = inexactNumber(*rule, value, path))
        return fault;
    for (const auto &[name, member] : value.members()) {
        const bool map = current().ruleOf(key + "{}") != nullptr;
        if (auto fault = walk(map ? key + "{}" : Schema::memberKey(key, name), member, path + "." + name))
            return fault;
    }
    std::size_t number = 0;
    for (const Value &item : value.items()) {
        if (auto fault = walk(key + "[]", item, path + "[" + std::to_string(number++) + "]"))
            return fault;
    }
    return {};
}

// The watcher's types lose what is empty, 0 or false (go_types.h), and the schema is asked once more.
std::optional<SchemaFault> lostBelow(const std::string &key, const Value &value, const std::string &path)
{
    if (const FieldRule *rule = current().ruleOf(key); rule && losesZeros(key)) {
        if (auto fault = lostMember(*rule, value, path))
            return fault;
    }
    const bool isMap = current().ruleOf(key + "{}") != nullptr;
    for (const auto &[name, member] : value.members()) {
        const std::string below = isMap ? key + "{}" : Schema::memberKey(key, name);
        if (auto fault = lostBelow(below, member, path + "." + name))
            return fault;
    }
    std::size_t number = 0;
    for (const Value &item : value.items()) {
        if (auto fault = lostBelow(key + "[]", item, path + "[" + std::to_string(number++) + "]"))
            return fault;
    }
    return {};
}

// Of health_checks, the one place where the types have a time of Go.
std::optional<SchemaFault> timeFault(const Value &spec)
{
    std::size_t number = 0;
    for (const Value &check : spec["health_checks"].items()) {
        const std::string path = "spec.health_checks[" + std::to_string(number++) + "].";
        for (const std::string field : {"interval", "timeout"}) {
            const Value &time = check[field];
            if (time.isString() && !goDuration(time.text()))
                return SchemaFault{path + field, "'" + time.text() + "' is no time such as 5s or 1.5s"};
        }
    }
    return {};
}

// Fields of v2 without a type of their own: what may stand there is said in the edge's code.
constexpr std::string_view untypedInV2[]{"AuthService tls",
                                         "Mapping add_request_headers{}",
                                         "Mapping add_response_headers{}",
                                         "Mapping cors.exposed_headers",
                                         "Mapping cors.headers",
                                         "Mapping cors.methods",
                                         "Mapping cors.origins",
                                         "Mapping headers{}",
                                         "Mapping query_parameters{}",
                                         "Mapping remove_request_headers",
                                         "Mapping remove_response_headers",
                                         "Mapping tls",
                                         "RateLimitService tls",
                                         "TCPMapping tls"};

bool hasTypeInV2(const std::string &key)
{
    return !key.ends_with(" ambassador_id")
        && std::find(std::begin(untypedInV2), std::end(untypedInV2), key) == std::end(untypedInV2);
}

std::optional<SchemaFault> nullBelow(const std::string &key, const Value &value, const std::string &path,
                                     bool isV2)
{
    const FieldRule *rule = current().ruleOf(key);
    if (isV2 && !hasTypeInV2(key))
        return {};
    if (value.isNull() && rule && rule->type != Type::Any)
        return SchemaFault{path, std::string("null is not ") + typeName(rule->type)};
    const bool isMap = current().ruleOf(key + "{}") != nullptr;
    for (const auto &[name, member] : value.members()) {
        const std::string below = isMap ? key + "{}" : Schema::memberKey(key, name);
        if (auto fault = nullBelow(below, member, path + "." + name, isV2))
            return fault;
    }
    std::size_t number = 0;
    for (const Value &item : value.items()) {
        if (auto fault = nullBelow(key + "[]", item, path + "[" + std::to_string(number++) + "]", isV2))
            return fault;
    }
    return {};
}

void addUnknown(const std::string &key, const Value &value, const std::string &path,
                std::vector<std::string> &unknown)
{
    const bool isMap = current().ruleOf(key + "{}") != nullptr;
    for (const auto &[name, member] : value.members()) {
        const std::string memberKey = isMap ? key + "{}" : Schema::memberKey(key, name);
        if (isMap || current().ruleOf(memberKey))
            addUnknown(memberKey, member, path + "." + name, unknown);
        else if (current().namesMembers(key))
            unknown.push_back(path + "." + name);
    }
    std::size_t number = 0;
    for (const Value &item : value.items())
        addUnknown(key + "[]", item, path + "[" + std::to_string(number++) + "]", unknown);
}

// annotated: the version of an annotation, "" of an object.  The annotations' own schemas differ from the CRDs:
// of v1 alone they have a keepalive, in which anything may stand.
bool isKnownV1(const std::string &key, std::string_view annotated)
{
    if (!annotated.empty() && key.starts_with("Mapping keepalive"))
        return annotated == "v1";
    return ofV1().ruleOf(key)
        || (!annotated.empty() && (key.ends_with(" generation") || key.ends_with(" metadata_labels")));
}

std::optional<SchemaFault> walkV1(const std::string &key, const Value &value, const std::string &path,
                                  const std::string &kind, std::string_view annotated)
{
    const FieldRule *rule = ofV1().ruleOf(key);
    const bool isLost = annotated.empty() && (key.back() == '}' || key.ends_with(" ambassador_id"));
    if (!rule || (value.isNull() && isLost))
        return {};
    if (auto fault = faultOf(*rule, value, path, value.members().size()))
        return fault;
    const bool isMap = ofV1().ruleOf(key + "{}") != nullptr;
    for (const auto &[name, member] : value.members()) {
        const std::string memberKey = isMap ? key + "{}" : Schema::memberKey(key, name);
        const std::string memberPath = path + "." + name;
        if (!annotated.empty() && !isMap && ofV1().namesMembers(key) && !isKnownV1(memberKey, annotated))
            return SchemaFault{memberPath, "is no field of a " + kind};
        if (auto fault = walkV1(memberKey, member, memberPath, kind, annotated))
            return fault;
    }
    std::size_t number = 0;
    for (const Value &item : value.items()) {
        if (auto fault =
                walkV1(key + "[]", item, path + "[" + std::to_string(number++) + "]", kind, annotated))
            return fault;
    }
    return {};
}

} // namespace

std::optional<SchemaFault> schemaFault(const std::string &kind, const Value &spec)
{
    const std::string key = keyOf(kind, "");
    if (!current().ruleOf(key))
        return {};
    if (spec.isNull() && kind.ends_with("Resolver")) // of which no field is asked for
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
    if (auto fault = explicitTlsFault(spec))
        return fault;
    if (kind == "Mapping") {
        if (auto fault = timeFault(spec))
            return fault;
    }
    return lostBelow(key, spec, "spec");
}

std::optional<SchemaFault> nullFault(const std::string &kind, const Value &spec, std::string_view version)
{
    return spec.isObject() ? nullBelow(keyOf(kind, ""), spec, "spec", version != "v3alpha1") : std::nullopt;
}

std::vector<std::string> unknownFields(const std::string &kind, const Value &spec)
{
    std::vector<std::string> unknown;
    if (current().ruleOf(keyOf(kind, "")))
        addUnknown(keyOf(kind, ""), spec, "spec", unknown);
    return unknown;
}

std::vector<std::string> unknownFieldsV1(const std::string &kind, const Value &spec)
{
    std::vector<std::string> unknown;
    for (const auto &[name, value] : spec.members()) {
        const std::string key = keyOf(kind, name);
        if (ofV1().ruleOf(keyOf(kind, "")) && !isKnownV1(key, {}) && !isKnownV1(key, "v1"))
            unknown.push_back("spec." + name);
    }
    return unknown;
}

std::optional<SchemaFault> schemaFaultV1(const std::string &kind, const Value &spec,
                                         std::string_view annotated)
{
    if (!annotated.empty() && (kind == "Host" || kind.ends_with("Resolver")))
        return {};
    return walkV1(keyOf(kind, ""), spec, "spec", kind, annotated);
}

} // namespace edge
