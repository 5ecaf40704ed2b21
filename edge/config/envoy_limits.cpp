// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/envoy_limits.h"

#include "edge/config/address_lists.h"
#include "edge/config/go_types.h"
#include "edge/config/json_readers.h"
#include "edge/config/objects.h"
#include "edge/config/resources.h"
#include "edge/header_commands.h"
#include "edge/text.h"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>

namespace edge {

namespace {

enum class Check {
    Number,     // from least to most
    Digits,     // the same, or as digits in a text
    Word,       // one of words, or a number up to most
    Texts,      // a list of texts
    Name,       // something, in one line
    Changeable, // a name, of a header that rules may touch
    Filled,     // something
    Line,       // no line break
    Text,       // a text, and that in one line
    Script,     // a text
    TextOrList, // of texts, which the compilers join
    Truth,      // true or false; of a Module, whose values no schema has seen
    Header,     // a value with commands
    LogFormat,  // commands, line breaks as well
    Lifetime,   // a Duration of protobuf: "3s"
    GoLifetime, // the same of what Go makes of it
    Address,    // of IP, or ""
    StatusCode, // of HTTP, as Envoy names them
    Distinct,   // a list of names, none twice
    Range       // min, and max that is not below it
};

constexpr std::int64_t AnyLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t AnyNumber = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t LargestUint32 = 4294967295;
constexpr std::int64_t LongestMs = 315576000000000; // of a Duration of protobuf: ten thousand years

struct Limit
{
    std::string_view kind;
    std::string_view path; // below spec; {name} each name of a map, {} each value of it, [] each of a list
    Check check = Check::Line;
    std::int64_t least = 0, most = AnyNumber;
    std::string_view words = {}; // each between spaces
    Compat since = Compat::V1;
    bool ofRoutes = false; // not where a Mapping redirects
    Compat until = Compat::V4;
};

constexpr Limit number(std::string_view kind, std::string_view path, std::int64_t least = 0,
                       std::int64_t most = AnyNumber)
{
    return {kind, path, Check::Number, least, most};
}

constexpr Limit breaker(std::string_view kind, std::string_view path)
{
    return {kind, path, Check::Digits, 0, LargestUint32};
}

constexpr Limit word(std::string_view path, std::string_view words, std::int64_t most,
                     Compat since = Compat::V1)
{
    return {"Module", path, Check::Word, 0, most, words, since};
}

constexpr Limit ofRoute(std::string_view path, Check check)
{
    return {"Mapping", path, check, 0, AnyNumber, {}, Compat::V1, true};
}

constexpr Limit ofChecks(std::string_view path, Check check)
{
    return {"Mapping", path, check, 0, AnyNumber, {}, Compat::V3, true};
}

constexpr std::array limits{
    // What a request must be like
    Limit{"Mapping", "headers.{name}", Check::Name},
    Limit{"Mapping", "regex_headers.{name}", Check::Name},
    ofRoute("query_parameters.{name}", Check::Filled),
    ofRoute("regex_query_parameters.{name}", Check::Filled),
    // Rules for headers
    ofRoute("add_request_headers.{name}", Check::Changeable),
    ofRoute("add_request_headers.{}", Check::Header),
    ofRoute("add_request_headers.{}.value", Check::Header),
    ofRoute("add_response_headers.{name}", Check::Changeable),
    ofRoute("add_response_headers.{}", Check::Header),
    ofRoute("add_response_headers.{}.value", Check::Header),
    ofRoute("remove_request_headers.[]", Check::Changeable),
    ofRoute("remove_response_headers.[]", Check::Changeable),
    // What becomes of it
    ofRoute("rewrite", Check::Line),
    ofRoute("host_rewrite", Check::Line),
    ofRoute("regex_rewrite.substitution", Check::Line),
    Limit{"Mapping", "path_redirect", Check::Line},
    Limit{"Mapping", "prefix_redirect", Check::Line},
    Limit{"Mapping", "regex_redirect.substitution", Check::Line},
    ofRoute("allow_upgrade", Check::Distinct),
    ofRoute("load_balancer.cookie.name", Check::Filled),
    ofRoute("load_balancer.cookie.ttl", Check::Lifetime),
    ofRoute("load_balancer.header", Check::Name),
    ofChecks("health_checks.[].interval", Check::GoLifetime),
    ofChecks("health_checks.[].timeout", Check::GoLifetime),
    ofChecks("health_checks.[].health_check.http.expected_statuses.[]", Check::Range),
    Limit{"Mapping", "priority", Check::Word, 0, 1, " DEFAULT HIGH ", Compat::V1, true},
    // Times and numbers
    number("Mapping", "timeout_ms"),
    number("Mapping", "idle_timeout_ms"),
    number("Mapping", "retry_policy.num_retries", 0, LargestUint32),
    ofRoute("retry_policy.per_try_timeout", Check::Lifetime),
    number("Mapping", "connect_timeout_ms", 1),
    number("Mapping", "cluster_idle_timeout_ms", 0, LongestMs),
    number("Mapping", "cluster_max_connection_lifetime_ms", 0, LongestMs),
    number("Mapping", "keepalive.time", 0, LargestUint32),
    number("Mapping", "keepalive.interval", 0, LargestUint32),
    number("Mapping", "keepalive.probes", 0, LargestUint32),
    number("TCPMapping", "keepalive.time", 0, LargestUint32),
    number("TCPMapping", "keepalive.interval", 0, LargestUint32),
    number("TCPMapping", "keepalive.probes", 0, LargestUint32),
    breaker("Mapping", "circuit_breakers.[].max_connections"),
    breaker("Mapping", "circuit_breakers.[].max_pending_requests"),
    breaker("Mapping", "circuit_breakers.[].max_requests"),
    breaker("Mapping", "circuit_breakers.[].max_retries"),
    breaker("TCPMapping", "circuit_breakers.[].max_connections"),
    breaker("TCPMapping", "circuit_breakers.[].max_pending_requests"),
    breaker("TCPMapping", "circuit_breakers.[].max_requests"),
    breaker("TCPMapping", "circuit_breakers.[].max_retries"),
    breaker("AuthService", "circuit_breakers.[].max_connections"),
    breaker("AuthService", "circuit_breakers.[].max_pending_requests"),
    breaker("AuthService", "circuit_breakers.[].max_requests"),
    breaker("AuthService", "circuit_breakers.[].max_retries"),
    Limit{"TCPMapping", "address", Check::Address},
    number("Listener", "l7Depth", AnyLeast, LargestUint32), // below 0 is 0
    number("AuthService", "timeout_ms"),
    number("AuthService", "include_body.max_bytes", 1, LargestUint32),
    Limit{"AuthService", "status_on_error.code", Check::StatusCode},
    Limit{"AuthService", "path_prefix", Check::Line},
    Limit{"AuthService", "add_auth_headers.{name}", Check::Changeable},
    Limit{"AuthService", "add_auth_headers.{}", Check::Header},
    number("RateLimitService", "timeout_ms"),
    number("LogService", "flush_interval_time", 1, LongestMs / 1000),
    number("LogService", "flush_interval_byte_size", 0, LargestUint32),
    Limit{"Host", "hostname", Check::Line},
    // The Module
    number("Module", "buffer.max_request_bytes", 1, LargestUint32),
    number("Module", "buffer_limit_bytes", 0, LargestUint32),
    Limit{"Module", "grpc_stats.services.[].name", Check::Filled},
    Limit{"Module", "gzip.content_type", Check::Texts},
    Limit{"Module", "gzip.disable_on_etag_header", Check::Truth},
    Limit{"Module", "gzip.remove_accept_encoding_header", Check::Truth},
    number("Module", "gzip.memory_level", 1, 9),
    number("Module", "gzip.min_content_length", 0, LargestUint32),
    number("Module", "gzip.window_bits", 9, 15),
    number("Module", "max_request_headers_kb", 0, 8192), // 0 is as good as nothing said
    number("Module", "listener_idle_timeout_ms"),
    number("Module", "cluster_idle_timeout_ms"),
    number("Module", "cluster_request_timeout_ms"),
    number("Module", "retry_policy.num_retries", 0, LargestUint32),
    Limit{"Module", "retry_policy.per_try_timeout", Check::Lifetime},
    breaker("Module", "circuit_breakers.[].max_connections"),
    breaker("Module", "circuit_breakers.[].max_pending_requests"),
    breaker("Module", "circuit_breakers.[].max_requests"),
    breaker("Module", "circuit_breakers.[].max_retries"),
    number("Module", "keepalive.time", 0, LargestUint32),
    number("Module", "keepalive.interval", 0, LargestUint32),
    number("Module", "keepalive.probes", 0, LargestUint32),
    Limit{"Module", "load_balancer.cookie.ttl", Check::Lifetime},
    Limit{"Module", "server_name", Check::Text},
    Limit{"Module", "lua_scripts", Check::Script},
    Limit{"Module", "envoy_log_path", Check::Text},
    Limit{"Module", "cors.max_age", Check::Text},
    Limit{"Module", "cors.methods", Check::TextOrList},
    Limit{"Module", "cors.headers", Check::TextOrList},
    Limit{"Module", "cors.exposed_headers", Check::TextOrList},
    Limit{"Module", "cors.credentials", Check::Truth},
    Limit{"Module", "use_remote_address", Check::Truth},
    Limit{"Module", "enable_http10", Check::Truth},
    Limit{"Module", "preserve_external_request_id", Check::Truth, 0, AnyNumber, {}, Compat::V2_0},
    Limit{"Module", "allow_chunked_length", Check::Truth, 0, AnyNumber, {}, Compat::V2_0},
    Limit{"Module", "envoy_log_format", Check::LogFormat},
    Limit{"Module", "envoy_log_format.{}", Check::LogFormat},
    Limit{"Module", "defaults.add_request_headers.{name}", Check::Changeable},
    Limit{"Module", "defaults.add_request_headers.{}", Check::Header},
    Limit{"Module", "defaults.add_request_headers.{}.value", Check::Header},
    Limit{"Module", "defaults.add_response_headers.{name}", Check::Changeable},
    Limit{"Module", "defaults.add_response_headers.{}", Check::Header},
    Limit{"Module", "defaults.add_response_headers.{}.value", Check::Header},
    Limit{"Module", "gzip.compression_level", Check::Word, 0, 2, " DEFAULT BEST SPEED ", Compat::V1, false,
          Compat::V1}, // as the second version of Envoy's API has them
    Limit{"Module", "gzip.compression_strategy", Check::Word, 0, 3, " DEFAULT FILTERED HUFFMAN RLE ",
          Compat::V1, false, Compat::V1},
    word("gzip.compression_level",
         " DEFAULT_COMPRESSION BEST_SPEED COMPRESSION_LEVEL_1 COMPRESSION_LEVEL_2 COMPRESSION_LEVEL_3 "
         "COMPRESSION_LEVEL_4 COMPRESSION_LEVEL_5 COMPRESSION_LEVEL_6 COMPRESSION_LEVEL_7 "
         "COMPRESSION_LEVEL_8 COMPRESSION_LEVEL_9 BEST_COMPRESSION ",
         9, Compat::V2_0),
    word("gzip.compression_strategy", " DEFAULT_STRATEGY FILTERED HUFFMAN_ONLY RLE FIXED ", 4, Compat::V2_0),
    word("headers_with_underscores_action", " ALLOW REJECT_REQUEST DROP_HEADER ", AnyNumber, Compat::V2_0),
};

using Visit = std::function<void(const std::string &path, const Value &value)>;

void visitAt(const Value &value, std::string_view rest, const std::string &path, const Visit &visit)
{
    if (rest.empty()) {
        visit(path, value);
        return;
    }
    const std::size_t dot = std::min(rest.find('.'), rest.size());
    const std::string_view step = rest.substr(0, dot);
    rest.remove_prefix(std::min(dot + 1, rest.size()));
    if (step == "[]") {
        std::size_t number = 0;
        for (const Value &item : value.items())
            visitAt(item, rest, path + "[" + std::to_string(number++) + "]", visit);
        if (value.isString())
            visitAt(value, rest, path, visit);
    } else if (step == "{}") {
        for (const auto &[name, member] : value.members())
            visitAt(member, rest, path + "." + name, visit);
    } else if (step == "{name}") {
        for (const auto &[name, member] : value.members())
            visit(path + "." + name, Value(name));
    } else if (const Value *member = value.find(step)) {
        visitAt(*member, rest, path + "." + std::string(step), visit);
    }
}

bool hasLineBreak(std::string_view text)
{
    return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

// The text as a message can show it.
std::string shown(const Value &value) { return toJson(value); }

std::string nameFault(const Value &value)
{
    return value.text().empty()      ? "is no name: it is empty"
        : hasLineBreak(value.text()) ? "is no name: it has a line break"
                                     : std::string();
}

std::string headerNameFault(const Value &value)
{
    const std::string name = lowered(value.text());
    return name == "host" || name.starts_with(':')
        ? "is a header that no rule may touch; use host_rewrite, rewrite and the like"
        : nameFault(value);
}

std::string numberFault(const Limit &limit, const Value &value)
{
    // The way to Envoy takes a text of digits for a number; of other kinds the schema has not.
    const std::optional<std::int64_t> digits =
        limit.check == Check::Digits || limit.kind == "Module" ? wholeNumber(value) : std::nullopt;
    const bool isNumber = value.isNumber() || digits;
    if (!isNumber && (limit.kind != "Module" || limit.check == Check::Digits)) // what the schema has taken
        return {};
    const std::int64_t given = digits.value_or(value.toInteger(-1));
    if (isNumber && given >= limit.least && given <= limit.most)
        return {};
    if (limit.least == AnyLeast)
        return "is more than " + std::to_string(limit.most);
    const std::string from = std::to_string(limit.least);
    return limit.most == AnyNumber ? "is no number of " + from + " or more"
                                   : "is no number from " + from + " to " + std::to_string(limit.most);
}

bool isLifetime(std::string_view text)
{
    if (text.size() < 2 || text.back() != 's')
        return false;
    text.remove_suffix(1);
    const std::size_t point = text.find('.');
    const auto areDigits = [](std::string_view part) {
        return part.find_first_not_of("0123456789") == std::string_view::npos;
    };
    constexpr std::size_t MostDigits = 12;
    const std::string_view whole = text.substr(0, point);
    return !whole.empty() && whole.size() <= MostDigits && areDigits(whole)
        && (point == std::string_view::npos
            || (areDigits(text.substr(point + 1)) && text.size() - point <= 10));
}

std::string twiceFault(const Value &value)
{
    std::vector<std::string> seen;
    for (const Value &item : value.items()) {
        const std::string name = lowered(item.text());
        if (const std::string fault = nameFault(item); !fault.empty())
            return "has " + shown(item) + ", which " + fault;
        if (std::find(seen.begin(), seen.end(), name) != seen.end())
            return "has " + shown(item) + " twice";
        seen.push_back(name);
    }
    return {};
}

std::string statusFault(const Value &value)
{
    static constexpr std::array codes{100, 200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302,
                                      303, 304, 305, 307, 308, 400, 401, 402, 403, 404, 405, 406, 407, 408,
                                      409, 410, 411, 412, 413, 414, 415, 416, 417, 421, 422, 423, 424, 426,
                                      428, 429, 431, 500, 501, 502, 503, 504, 505, 506, 507, 508, 510, 511};
    const bool isKnown =
        !value.isNumber() || std::find(codes.begin(), codes.end(), value.toInteger()) != codes.end();
    return isKnown ? std::string() : "is no status that it knows";
}

struct Fault
{
    Taken taken = Taken::ByBoth;
    std::string what; // the value is or does wrongly, as the rest of a sentence
};

std::string howToWrite(std::string_view words, const Value &value)
{
    const std::string given = lowered(value.text());
    for (std::string_view rest = words.substr(1); !rest.empty();) {
        const std::string_view word = rest.substr(0, rest.find(' '));
        if (lowered(std::string(word)) == given)
            return "is to be written " + std::string(word);
        rest.remove_prefix(word.size() + 1);
    }
    return "is a text";
}

// Of what the two readers take differently.
std::optional<Fault> readingFault(const Limit &limit, const Value &value)
{
    switch (limit.check) {
    case Check::Truth: return Fault{asTruth(value), "is neither true nor false"};
    case Check::Texts: return Fault{asTexts(value), "is no list of texts"};
    case Check::Word: {
        if (limit.kind == "Mapping" && value.isString() && value.text().empty()) // which is lost before
            return Fault{};
        const Taken taken = asName(value, limit.words, limit.most);
        return Fault{taken,
                     taken == Taken::ByEnvoyAlone
                         ? howToWrite(limit.words, value)
                         : "is none of" + std::string(limit.words.substr(0, limit.words.size() - 1))};
    }
    default: return {};
    }
}

std::string goLifetimeFault(const std::string &text)
{
    const std::optional<std::string> made = goDuration(text);
    return !made || isLifetime(*made)
        ? ""
        : "reaches Envoy as " + *made + ", which is no time to it; write seconds, from 1s to 59s";
}

// What the value is or does wrongly, as the rest of a sentence; "" nothing.
std::string faultOf(const Limit &limit, const Value &value)
{
    if (limit.check == Check::Number || limit.check == Check::Digits)
        return numberFault(limit, value);
    if (limit.check == Check::StatusCode)
        return statusFault(value);
    if (limit.check == Check::Distinct)
        return twiceFault(value);
    if (limit.check == Check::Range)
        return value["min"].toInteger() > value["max"].toInteger() ? "ends before it begins" : "";
    if ((limit.check == Check::Text || limit.check == Check::Script) && !value.isString())
        return "is no text";
    if (limit.check == Check::TextOrList && !value.isString() && !value.isArray())
        return "is no text and no list of texts";
    if (limit.check == Check::Header && (value.isBool() || value.isNumber()))
        return "is no text"; // in a Module, or to 1.x, whose schema lets it through
    if (limit.check == Check::Lifetime && !value.isString())
        return "is no time such as 3600s";
    if (!value.isString())
        return {};
    const std::string &text = value.text();
    switch (limit.check) {
    case Check::Name: return nameFault(value);
    case Check::Changeable: return headerNameFault(value);
    case Check::Filled: return text.empty() ? "is no name: it is empty" : "";
    case Check::Text:
    case Check::Line: return hasLineBreak(text) ? "has a line break" : "";
    case Check::Address: return text.empty() || isIpAddress(text) ? "" : "is no IP address";
    case Check::GoLifetime: return goLifetimeFault(text);
    case Check::Lifetime: return isLifetime(text) ? "" : "is no time such as 3600s";
    case Check::Header:
    case Check::LogFormat: break;
    default: return {};
    }
    const std::string fault =
        limit.check == Check::Header && hasLineBreak(text) ? "it has a line break" : formatFault(text);
    return fault.empty() ? fault : "is no value: " + fault;
}

template<typename Tell>
void forEachLimit(const std::string &kind, const Value &spec, Compat compat, Tell tell)
{
    const bool redirects = kind == "Mapping" && spec["host_redirect"].toBool();
    const Value &root = kind == "Module" ? spec["config"] : spec;
    const std::string path = kind == "Module" ? "spec.config" : "spec";
    for (const Limit &limit : limits) {
        if (limit.kind == kind && compat >= limit.since && compat <= limit.until
            && !(redirects && limit.ofRoutes))
            visitAt(root, limit.path, path, [&](const std::string &at, const Value &value) {
                if (!value.isNull())
                    tell(limit, at, value);
            });
    }
}

} // namespace

bool isRefusedByEnvoy(const Diagnostic &diagnostic)
{
    const std::string &message = diagnostic.message;
    return message.ends_with(EnvoyRefuses) || message.ends_with(EdgeFails) || message.ends_with(EdgeCloses)
        || message.ends_with(PortStays);
}

std::vector<FieldRemark> refusedFields(const std::string &kind, const Value &spec, Compat compat)
{
    std::vector<FieldRemark> remarks;
    forEachLimit(kind, spec, compat, [&](const Limit &limit, const std::string &path, const Value &value) {
        if (const auto fault = readingFault(limit, value); fault && fault->taken != Taken::ByBoth)
            remarks.push_back(
                {path,
                 shown(value) + " " + fault->what
                     + std::string(fault->taken == Taken::ByNeither ? EnvoyRefuses : EdgeCloses)});
        else if (const std::string what = fault ? std::string() : faultOf(limit, value); !what.empty())
            remarks.push_back({path, shown(value) + " " + what + std::string(EnvoyRefuses)});
    });
    if (kind == "Mapping" && compat >= Compat::V3 && !spec["grpc"].toBool()
        && !spec["host_redirect"].toBool())
        visitAt(spec, "health_checks.[].health_check.grpc", "spec",
                [&](const std::string &path, const Value &) {
                    remarks.push_back(
                        {path,
                         "asks by gRPC, which needs grpc: true in the Mapping" + std::string(EnvoyRefuses)});
                });
    return remarks;
}

std::vector<FieldRemark> unansweredFields(const std::string &kind, const Value &spec)
{
    std::vector<FieldRemark> remarks;
    forEachLimit(kind, spec, Compat::V4,
                 [&](const Limit &limit, const std::string &path, const Value &value) {
                     if (limit.check != Check::Header || !value.isString())
                         return;
                     for (const std::string &command : unansweredCommands(value.text()))
                         remarks.push_back(
                             {path, command + " is answered by the edge's Envoy; served here it is empty"});
                 });
    return remarks;
}

void tellLimits(const SourceObject &object, Compat compat, std::vector<Diagnostic> &diagnostics)
{
    for (FieldRemark &value : refusedFields(object.kind, *object.spec, compat))
        diagnostics.push_back({Diagnostic::Severity::Error, object.ref, std::move(value.path),
                               std::move(value.message), false});
    for (FieldRemark &value : unansweredFields(object.kind, *object.spec))
        diagnostics.push_back({Diagnostic::Severity::Notice, object.ref, std::move(value.path),
                               std::move(value.message), false});
}

} // namespace edge
