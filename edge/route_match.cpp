// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/route_match.h"

#include <algorithm>

namespace edge {

namespace {

std::optional<std::string_view> headerValue(const RouteQuery &query, std::string_view name)
{
    const RequestHead &head = *query.head;
    if (name == ":method")
        return std::string_view(head.method);
    if (name == ":path")
        return std::string_view(head.target);
    if (name == ":scheme") { // what Envoy makes of it: the scheme that is believed
        const std::string_view proto = head.headers.value("x-forwarded-proto");
        return proto == "https" || proto == "http" ? proto : query.tls ? "https" : "http";
    }
    const std::string *value = head.headers.find(equalIgnoringCase(name, ":authority") ? "host" : name);
    return value ? std::optional<std::string_view>(*value) : std::nullopt;
}

// Envoy keeps these in one line, whatever comes (facts envoy-truth.md, "Headers").
bool isOneLine(std::string_view name)
{
    static constexpr std::string_view names[] = {"accept",
                                                 "accept-encoding",
                                                 "access-control-request-headers",
                                                 "access-control-request-method",
                                                 "authorization",
                                                 "cache-control",
                                                 "content-type",
                                                 "expect",
                                                 "grpc-timeout",
                                                 "if-match",
                                                 "if-modified-since",
                                                 "if-none-match",
                                                 "if-range",
                                                 "if-unmodified-since",
                                                 "origin",
                                                 "pragma",
                                                 "referer",
                                                 "user-agent",
                                                 "via",
                                                 "x-client-trace-id",
                                                 "x-envoy-attempt-count",
                                                 "x-forwarded-host"};
    return std::any_of(std::begin(names), std::end(names),
                       [name](std::string_view one) { return equalIgnoringCase(one, name); });
}

std::vector<std::string_view> linesOf(const Headers &headers, std::string_view name)
{
    std::vector<std::string_view> lines;
    for (const Header &header : headers) {
        if (equalIgnoringCase(header.name, name))
            lines.push_back(header.value);
    }
    return lines;
}

std::string joined(const std::vector<std::string_view> &lines)
{
    std::string text(lines.front());
    for (auto line = lines.begin() + 1; line != lines.end(); ++line)
        text.append(",").append(*line);
    return text;
}

bool hasSeveral(const Headers &headers, std::string_view name)
{
    int lines = 0;
    for (const Header &header : headers)
        lines += equalIgnoringCase(header.name, name);
    return lines > 1;
}

std::optional<std::string_view> queryValue(std::string_view query,
                                           std::string_view name) // the first of that name, undecoded
{
    while (!query.empty()) {
        const std::size_t end = std::min(query.find('&'), query.size());
        const std::string_view pair = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        const std::size_t equals = std::min(pair.find('='), pair.size());
        if (pair.substr(0, equals) == name)
            return pair.substr(std::min(equals + 1, pair.size()));
    }
    return {};
}

bool startsWithIgnoringCase(std::string_view text, std::string_view prefix)
{
    return text.size() >= prefix.size() && equalIgnoringCase(text.substr(0, prefix.size()), prefix);
}

std::string wanted(const ValueMatch &match)
{
    switch (match.kind) {
    case ValueMatch::Kind::Present: return "any value";
    case ValueMatch::Kind::Regex: return "regex " + match.value;
    case ValueMatch::Kind::Prefix: return match.value + "*";
    case ValueMatch::Kind::Suffix: return "*" + match.value;
    case ValueMatch::Kind::Exact: break;
    }
    return match.value;
}

std::string headerCondition(const std::string &name)
{
    return name == ":method" ? "method" : name == ":authority" ? "host" : "header " + name;
}

} // namespace

std::uint64_t RouteHash::of(PathMatch::Kind kind, std::optional<std::uint64_t> authority) const
{
    std::uint64_t mixed = m_value + (kind == PathMatch::Kind::Exact ? 0x9e3779b97f4a7c15 : 0)
        + (authority ? (*authority | 1) * 0xbf58476d1ce4e5b9 : 0);
    mixed ^= mixed >> 32; // the table looks at the low bits
    mixed *= 0x94d049bb133111eb;
    return mixed ^ (mixed >> 29);
}

Result<std::unique_ptr<RE2>> CompiledRoute::compile(const std::string &pattern, const Route &route)
{
    RE2::Options options;
    options.set_log_errors(false);
    auto regex = std::make_unique<RE2>(pattern, options);
    if (!regex->ok())
        return failure(Error::Kind::Config,
                       "Mapping " + route.mapping.nameSpace + "/" + route.mapping.name + ": the regex "
                           + pattern + " is refused by RE2: " + regex->error());
    return regex;
}

Result<CompiledRoute> CompiledRoute::make(std::shared_ptr<const Route> shared)
{
    CompiledRoute compiled;
    compiled.m_route = std::move(shared);
    const Route &route = *compiled.m_route;
    if (route.path.kind == PathMatch::Kind::Regex) {
        auto regex = compile(route.path.value, route); // whatever caseSensitive is, as in Envoy
        if (!regex)
            return tl::unexpected(regex.error());
        compiled.m_path = std::move(*regex);
    }
    if (const auto &rewrite = route.redirect ? route.redirect->regexRewrite : route.regexRewrite) {
        auto regex = compile(rewrite->pattern, route);
        if (!regex)
            return tl::unexpected(regex.error());
        compiled.m_rewrite = std::move(*regex);
        compiled.m_substitution = rewrite->substitution;
    }
    const auto add = [&](const std::vector<ValueMatch> &matches,
                         std::vector<Condition> &conditions) -> Result<void> {
        for (const ValueMatch &match : matches) {
            Condition condition{&match, nullptr};
            if (match.kind == ValueMatch::Kind::Regex) {
                auto regex = compile(match.value, route);
                if (!regex)
                    return tl::unexpected(regex.error());
                condition.regex = std::move(*regex);
            }
            conditions.push_back(std::move(condition));
        }
        return {};
    };
    if (const auto added = add(route.headers, compiled.m_headers); !added)
        return tl::unexpected(added.error());
    if (const auto added = add(route.queryParameters, compiled.m_queryParameters); !added)
        return tl::unexpected(added.error());
    std::optional<std::uint64_t> authority;
    for (const ValueMatch &match : route.headers) {
        if (!authority && match.kind == ValueMatch::Kind::Exact
            && equalIgnoringCase(match.name, ":authority"))
            authority = RouteHash().add(match.value).value();
    }
    compiled.m_hash = RouteHash().add(route.path.value).of(route.path.kind, authority);
    compiled.m_asksForAuthority = authority.has_value();
    return compiled;
}

std::string CompiledRoute::rewritten(std::string_view path) const
{
    std::string text(path);
    RE2::GlobalReplace(&text, *m_rewrite, m_substitution);
    return text;
}

bool CompiledRoute::pathMatches(std::string_view path) const
{
    const PathMatch &match = m_route->path;
    switch (match.kind) {
    case PathMatch::Kind::Regex: return RE2::FullMatch(re2::StringPiece(path.data(), path.size()), *m_path);
    case PathMatch::Kind::Exact:
        return match.caseSensitive ? path == match.value : equalIgnoringCase(path, match.value);
    case PathMatch::Kind::Prefix: break;
    }
    return match.caseSensitive ? path.substr(0, match.value.size()) == match.value
                               : startsWithIgnoringCase(path, match.value);
}

bool CompiledRoute::holds(const Condition &condition, const std::string_view *value)
{
    const ValueMatch &match = *condition.match;
    if (!value)
        return false;
    switch (match.kind) {
    case ValueMatch::Kind::Present: return true;
    case ValueMatch::Kind::Regex:
        return RE2::FullMatch(re2::StringPiece(value->data(), value->size()), *condition.regex);
    case ValueMatch::Kind::Prefix: return value->substr(0, match.value.size()) == match.value;
    case ValueMatch::Kind::Suffix:
        return value->size() >= match.value.size()
            && value->substr(value->size() - match.value.size()) == match.value;
    case ValueMatch::Kind::Exact: break;
    }
    return *value == match.value;
}

// As of one line, unless there are several: the newest Envoy asks each of them, those before join them.
bool CompiledRoute::headerHolds(const Condition &condition, const RouteQuery &query, std::string *actual)
{
    const std::string &name = condition.match->name;
    const auto value = headerValue(query, name);
    if (!value || name.front() == ':' || !hasSeveral(query.head->headers, name)) {
        if (actual)
            *actual = value ? std::string(*value) : "no such header";
        return holds(condition, value ? &*value : nullptr);
    }
    const std::vector<std::string_view> lines = linesOf(query.head->headers, name);
    const std::string whole = joined(lines);
    if (actual)
        *actual = whole;
    const std::string_view together = whole;
    if (!query.isNewestEnvoy || isOneLine(name))
        return holds(condition, &together);
    return std::any_of(lines.begin(), lines.end(),
                       [&](const std::string_view &line) { return holds(condition, &line); });
}

bool CompiledRoute::matches(const RouteQuery &query, Failure *failure) const
{
    const std::string_view path = query.head->path();
    if (!pathMatches(path)) {
        if (failure) {
            static constexpr const char *names[] = {"prefix", "exact path", "regex"};
            *failure = {names[int(m_route->path.kind)], m_route->path.value, std::string(path)};
        }
        return false;
    }
    for (const Condition &condition : m_headers) {
        std::string actual;
        if (headerHolds(condition, query, failure ? &actual : nullptr))
            continue;
        if (failure)
            *failure = {headerCondition(condition.match->name), wanted(*condition.match), std::move(actual)};
        return false;
    }
    for (const Condition &condition : m_queryParameters) {
        const auto value = queryValue(query.head->query(), condition.match->name);
        if (holds(condition, value ? &*value : nullptr))
            continue;
        if (failure)
            *failure = {"query parameter " + condition.match->name, wanted(*condition.match),
                        value ? std::string(*value) : "no such parameter"};
        return false;
    }
    if (m_route->runtimeNumerator && int(query.random % 100) >= *m_route->runtimeNumerator) {
        if (failure)
            *failure = {"weight", "a draw below " + std::to_string(*m_route->runtimeNumerator) + " of 100",
                        std::to_string(query.random % 100)};
        return false;
    }
    return true;
}

} // namespace edge
