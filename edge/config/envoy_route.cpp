// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/envoy_route.h"

#include <cstdio>

namespace edge {

namespace {

Value regexOf(const std::string &pattern) { return Value::object({{"regex", pattern}}); }

Value stringMatch(const ValueMatch &match)
{
    switch (match.kind) {
    case ValueMatch::Kind::Prefix: return Value::object({{"prefix", match.value}});
    case ValueMatch::Kind::Suffix: return Value::object({{"suffix", match.value}});
    case ValueMatch::Kind::Regex: return Value::object({{"safe_regex", regexOf(match.value)}});
    default: return Value::object({{"exact", match.value}});
    }
}

Value conditionOf(const ValueMatch &match)
{
    Value condition = Value::object({{"name", match.name}});
    if (match.kind == ValueMatch::Kind::Present)
        condition.set("present_match", true);
    else
        condition.set("string_match", stringMatch(match));
    return condition;
}

Value fraction(std::int64_t numerator)
{
    return Value::object(
        {{"default_value", Value::object({{"numerator", numerator}, {"denominator", "HUNDRED"}})}});
}

Value matchOf(const Route &route)
{
    Value match = Value::object();
    switch (route.path.kind) {
    case PathMatch::Kind::Prefix: match.set("prefix", route.path.value); break;
    case PathMatch::Kind::Exact: match.set("path", route.path.value); break;
    case PathMatch::Kind::Regex: match.set("safe_regex", regexOf(route.path.value)); break;
    }
    match.set("case_sensitive", route.path.caseSensitive); // of which Envoy makes nothing beside a regex
    for (const ValueMatch &header : route.headers)
        match.child("headers").push(conditionOf(header));
    for (const ValueMatch &parameter : route.queryParameters)
        match.child("query_parameters").push(conditionOf(parameter));
    if (route.runtimeNumerator)
        match.set("runtime_fraction", fraction(*route.runtimeNumerator));
    return match;
}

Value rewriteOf(const RegexRewrite &rewrite)
{
    return Value::object({{"pattern", regexOf(rewrite.pattern)}, {"substitution", rewrite.substitution}});
}

Value redirectOf(const Redirect &redirect)
{
    static const std::map<int, const char *> codes{{301, "MOVED_PERMANENTLY"},
                                                   {302, "FOUND"},
                                                   {303, "SEE_OTHER"},
                                                   {307, "TEMPORARY_REDIRECT"},
                                                   {308, "PERMANENT_REDIRECT"}};
    Value value = Value::object({{"response_code", codes.at(redirect.status)}});
    if (redirect.httpsRedirect)
        value.set("https_redirect", true);
    if (!redirect.host.empty())
        value.set("host_redirect", redirect.host);
    if (!redirect.path.empty())
        value.set("path_redirect", redirect.path);
    else if (!redirect.prefixRewrite.empty())
        value.set("prefix_rewrite", redirect.prefixRewrite);
    else if (redirect.regexRewrite)
        value.set("regex_rewrite", rewriteOf(*redirect.regexRewrite));
    return value;
}

Value retryOf(const RetryPolicy &policy)
{
    Value value = Value::object({{"retry_on", policy.retryOn}, {"num_retries", policy.numRetries}});
    if (!policy.perTryTimeout.empty()) // as Emissary hands it on; what Envoy refuses of it is told
        value.set("per_try_timeout", policy.perTryTimeout);
    return value;
}

Value hashOf(const HashPolicy &hash)
{
    switch (hash.kind) {
    case HashPolicy::Kind::SourceIp:
        return Value::object({{"connection_properties", Value::object({{"source_ip", true}})}});
    case HashPolicy::Kind::Header:
        return Value::object({{"header", Value::object({{"header_name", hash.name}})}});
    case HashPolicy::Kind::Cookie: break;
    }
    Value cookie = Value::object({{"name", hash.name}});
    if (hash.path)
        cookie.set("path", *hash.path);
    if (hash.ttl)
        cookie.set("ttl", *hash.ttl);
    return Value::object({{"cookie", std::move(cookie)}});
}

Value actionOf(const Route &route)
{
    Value action = Value::object({{"cluster", route.cluster}, {"timeout", envoySeconds(route.timeoutMs)}});
    if (route.regexRewrite)
        action.set("regex_rewrite", rewriteOf(*route.regexRewrite));
    else if (route.prefixRewrite)
        action.set("prefix_rewrite", *route.prefixRewrite);
    if (!route.hostRewrite.empty())
        action.set("host_rewrite_literal", route.hostRewrite);
    else if (route.autoHostRewrite)
        action.set("auto_host_rewrite", true);
    if (route.idleTimeoutMs)
        action.set("idle_timeout", envoySeconds(*route.idleTimeoutMs));
    if (route.retryPolicy)
        action.set("retry_policy", retryOf(*route.retryPolicy));
    if (!route.priority.empty())
        action.set("priority", route.priority);
    for (const std::string &upgrade : route.upgrades)
        action.child("upgrade_configs").push(Value::object({{"upgrade_type", upgrade}}));
    if (!route.mirrorCluster.empty())
        action.child("request_mirror_policies")
            .push(Value::object(
                {{"cluster", route.mirrorCluster}, {"runtime_fraction", fraction(route.mirrorNumerator)}}));
    for (const HashPolicy &hash : route.hashPolicies)
        action.child("hash_policy").push(hashOf(hash));
    for (const RateLimit &limit : route.rateLimits)
        action.child("rate_limits")
            .push(Value::object({{"stage", limit.stage}, {"actions", Value::array(limit.actions)}}));
    return action;
}

Value headersOf(const std::vector<HeaderToAdd> &headers)
{
    Value list = Value::array();
    for (const HeaderToAdd &header : headers)
        list.push(Value::object(
            {{"header", Value::object({{"key", header.name}, {"value", header.value}})},
             {"append_action", header.append ? "APPEND_IF_EXISTS_OR_ADD" : "OVERWRITE_IF_EXISTS_OR_ADD"}}));
    return list;
}

Value corsOf(const CorsPolicy &cors)
{
    Value value = envoyTyped("extensions.filters.http.cors.v3.CorsPolicy");
    for (const std::string &origin : cors.origins)
        value.child("allow_origin_string_match").push(Value::object({{"exact", origin}}));
    const std::pair<const char *, const std::string *> fields[] = {{"allow_methods", &cors.methods},
                                                                   {"allow_headers", &cors.headers},
                                                                   {"expose_headers", &cors.exposedHeaders},
                                                                   {"max_age", &cors.maxAge}};
    for (const auto &[name, text] : fields) {
        if (!text->empty())
            value.set(name, *text);
    }
    if (cors.credentials)
        value.set("allow_credentials", *cors.credentials);
    return value;
}

void setFilters(Value &value, const Route &route, bool hasAuth)
{
    if (route.cors && !route.redirect)
        value.child("typed_per_filter_config").set("envoy.filters.http.cors", corsOf(*route.cors));
    if (!hasAuth || (!route.authDisabled && route.authContext.empty()))
        return;
    Value auth = envoyTyped("extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute");
    if (route.authDisabled) {
        auth.set("disabled", true);
    } else {
        Value context = Value::object();
        for (const auto &[key, text] : route.authContext)
            context.set(key, text);
        auth.set("check_settings", Value::object({{"context_extensions", std::move(context)}}));
    }
    value.child("typed_per_filter_config").set("envoy.filters.http.ext_authz", std::move(auth));
}

} // namespace

Value envoyTyped(std::string_view type)
{
    return Value::object({{"@type", "type.googleapis.com/envoy." + std::string(type)}});
}

std::string envoySeconds(int milliseconds)
{
    char text[32];
    std::snprintf(text, sizeof text, "%d.%03ds", milliseconds / 1000, milliseconds % 1000);
    return text;
}

Value envoyRoute(const Route &route, const Config &config)
{
    Value value = Value::object({{"match", matchOf(route)}});
    if (route.redirect)
        value.set("redirect", redirectOf(*route.redirect));
    else
        value.set("route", actionOf(route));
    bool hasAuth = false;
    for (const HttpFilter &filter : config.httpFilters)
        hasAuth = hasAuth || filter.name == "envoy.filters.http.ext_authz";
    setFilters(value, route, hasAuth);
    const std::pair<const char *, const std::vector<HeaderToAdd> *> added[] = {
        {"request_headers_to_add", &route.requestHeadersToAdd},
        {"response_headers_to_add", &route.responseHeadersToAdd}};
    for (const auto &[name, headers] : added) {
        if (!headers->empty())
            value.set(name, headersOf(*headers));
    }
    const std::pair<const char *, const std::vector<std::string> *> removed[] = {
        {"request_headers_to_remove", &route.requestHeadersToRemove},
        {"response_headers_to_remove", &route.responseHeadersToRemove}};
    for (const auto &[name, headers] : removed) {
        if (!headers->empty())
            value.set(name, Value::strings(*headers));
    }
    return value;
}

} // namespace edge
