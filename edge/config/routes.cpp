// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/routes.h"

#include "edge/config/numbers.h"
#include "edge/config/response_map.h"
#include "edge/config/said.h"
#include "edge/text.h"

#include <algorithm>

namespace edge {

namespace {

constexpr int DefaultTimeoutMs = 3000;
constexpr std::string_view AcmePrefix = "/.well-known/acme-challenge/";

ValueMatch valueMatch(const FieldMatch &match)
{
    const auto kind = !match.value ? ValueMatch::Kind::Present
        : match.regex              ? ValueMatch::Kind::Regex
                                   : ValueMatch::Kind::Exact;
    return {kind, match.name, match.value.value_or("")};
}

// A hostname may be a glob: "*" asks for nothing.
std::optional<ValueMatch> headerMatch(const FieldMatch &match, bool globs)
{
    ValueMatch result = valueMatch(match);
    if (!globs || match.name != ":authority" || match.regex || !match.value)
        return result;
    const std::string &host = *match.value;
    if (host == "*")
        return {};
    if (host.front() == '*')
        return ValueMatch{ValueMatch::Kind::Suffix, match.name, host.substr(1)};
    if (host.back() == '*')
        return ValueMatch{ValueMatch::Kind::Prefix, match.name, host.substr(0, host.size() - 1)};
    return result;
}

void addHeaders(std::vector<HeaderToAdd> &into, const Value &headers)
{
    for (const auto &[name, content] : headers.members()) {
        HeaderToAdd header{name, content.isObject() ? content["value"].text() : content.text(),
                           content["append"].toBool(true)};
        const auto same = std::find_if(into.begin(), into.end(),
                                       [&](const HeaderToAdd &known) { return known.name == header.name; });
        if (same == into.end())
            into.push_back(std::move(header));
        else
            *same = std::move(header);
    }
}

// What the last Mapping of a group that has the field says.
const Value &lastOf(const MappingGroup &group, std::string_view field)
{
    static const Value none;
    for (auto mapping = group.flattening.rbegin(); mapping != group.flattening.rend(); ++mapping) {
        if (const Value *value = (*mapping)->spec->find(field); value && !value->isNull())
            return *value;
    }
    return none;
}

class RouteCompiler
{
public:
    RouteCompiler(const MappingGroup &group, const RouteContext &context)
        : m_group(group)
        , m_context(context)
    {
    }

    CompiledGroup compile();

private:
    const Value &headersOf(const MappingResource &mapping, std::string_view field) const;
    Route match(const MappingResource &mapping) const;
    Route redirectRoute() const;
    Route forwardRoute(const GroupMember &member) const;
    void setRewrite(Route &route, const MappingResource &mapping) const;
    void setHeaders(Route &route) const;
    void setTraffic(Route &route, const MappingResource &mapping) const;
    void setBalancing(Route &route) const;
    void setAuth(Route &route, const MappingResource &mapping) const;
    void setRateLimits(Route &route) const;
    Value rateLimitAction(const Value &specifier) const;

    const MappingGroup &m_group;
    const RouteContext &m_context;
};

CompiledGroup RouteCompiler::compile()
{
    CompiledGroup result;
    result.group = &m_group;
    result.own = m_group.first->own;
    if (m_group.redirect) {
        // A group of a redirect inherits nothing but a plain host: not that the host is a regex.
        if (m_context.rules.redirectsHaveHosts && !m_group.redirect->hostRegex)
            result.host = m_group.redirect->host;
        result.routes.push_back(std::make_shared<const Route>(redirectRoute()));
        return result;
    }
    result.labels = Value::object();
    for (const MappingResource *mapping : m_group.flattening) {
        result.host = mapping->host;
        if (const Value &regex = mapping->field("host_regex"); !regex.isNull())
            result.hostRegex = regex.toBool(); // even where hostname wins
        if (mapping->labels) {
            for (const auto &[key, value] : mapping->labels->members())
                result.labels.set(key, value);
        }
    }
    for (const MappingResource *shadow : m_group.shadows)
        m_context.clusters.clusterFor(shadow->upstream);
    for (const MappingResource *mapping : m_group.arrival) // the first that asks for a cluster makes it
        m_context.clusters.clusterFor(mapping->upstream);
    for (const GroupMember &member : m_group.members)
        result.routes.push_back(std::make_shared<const Route>(forwardRoute(member)));
    return result;
}

Route RouteCompiler::match(const MappingResource &mapping) const
{
    Route route;
    const MappingResource &first = *m_group.first;
    const auto kind = first.prefixRegex ? PathMatch::Kind::Regex
        : first.prefixExact             ? PathMatch::Kind::Exact
                                        : PathMatch::Kind::Prefix;
    const Value &general =
        m_group.redirect ? m_group.redirect->field("case_sensitive") : lastOf(m_group, "case_sensitive");
    route.path = {kind, mapping.prefix, mapping.caseSensitive.value_or(general.toBool(true))};
    for (const FieldMatch &header : first.headers) {
        if (auto wanted = headerMatch(header, m_context.rules.hostnames))
            route.headers.push_back(std::move(*wanted));
    }
    if (!m_group.flattening.empty()) { // a redirect is none of the Mappings that the group asks for it
        for (const FieldMatch &parameter : m_group.flattening.back()->queryParameters)
            route.queryParameters.push_back(valueMatch(parameter));
    }
    route.mapping = mapping.upstream.ref;
    if (mapping.own)
        route.mapping = {};
    route.groupId = m_group.id;
    return route;
}

Route RouteCompiler::redirectRoute() const
{
    const MappingResource &mapping = *m_group.redirect;
    Route route = match(mapping);
    route.redirect = mapping.redirect;
    route.redirect->host = mapping.upstream.service;
    route.authDisabled = m_context.rules.redirectsSkipAuth; // whatever its bypass_auth says
    return route;
}

Route RouteCompiler::forwardRoute(const GroupMember &member) const
{
    const MappingResource &mapping = *member.mapping;
    Route route = match(mapping);
    if (member.numerator && *member.numerator != 100)
        route.runtimeNumerator = member.numerator;
    route.cluster = m_context.clusters.clusterFor(mapping.upstream);
    setRewrite(route, mapping);
    setHeaders(route);
    setTraffic(route, mapping);
    setBalancing(route);
    setAuth(route, mapping);
    setRateLimits(route);
    if (m_context.rules.errorResponses)
        route.errorResponses = responseMap(mapping.field("error_response_overrides"));
    if (m_context.rules.errorResponses && mapping.field("bypass_error_response_overrides").toBool()
        && route.errorResponses.isNull())
        route.errorResponses = Value(false);
    if (!m_group.shadows.empty()) {
        const MappingResource &shadow = *m_group.shadows.front();
        route.mirrorCluster = m_context.clusters.clusterFor(shadow.upstream);
        route.mirrorNumerator = shadow.weight.value_or(100);
    }
    return route;
}

void RouteCompiler::setRewrite(Route &route, const MappingResource &mapping) const
{
    const MappingResource &last = *m_group.flattening.back();
    route.regexRewrite = last.regexRewrite;
    const std::string rewrite = mapping.rewrite.value_or("/");
    if (!rewrite.empty() && !route.regexRewrite)
        route.prefixRewrite = rewrite;
    route.hostRewrite = mapping.upstream.hostRewrite;
    route.autoHostRewrite = mapping.field("auto_host_rewrite").toBool();
}

// The Mapping's own, or the Module's default where it says nothing at all.
const Value &RouteCompiler::headersOf(const MappingResource &mapping, std::string_view field) const
{
    const Value *own = mapping.spec->find(field);
    const bool empty =
        own && (own->isNull() || (!own->isString() && own->members().empty() && own->items().empty()));
    return own && (!empty || mapping.emptyMasks) ? *own : m_context.module.mappingDefault(field);
}

void RouteCompiler::setHeaders(Route &route) const
{
    for (const MappingResource *mapping : m_group.flattening) {
        addHeaders(route.requestHeadersToAdd, headersOf(*mapping, "add_request_headers"));
        const Value &own = mapping->field("add_linkerd_headers");
        if (own.isNull() ? isTruthy(m_context.module["add_linkerd_headers"]) : own.toBool())
            addHeaders(
                route.requestHeadersToAdd,
                Value::object({{"l5d-dst-override", m_context.clusters.authorityOf(mapping->upstream)}}));
        addHeaders(route.responseHeadersToAdd, headersOf(*mapping, "add_response_headers"));
        for (const auto &[field, list] :
             {std::pair("remove_request_headers", &route.requestHeadersToRemove),
              std::pair("remove_response_headers", &route.responseHeadersToRemove)}) {
            if (const Value &names = headersOf(*mapping, field); !names.isNull())
                *list = textsOf(names);
        }
    }
}

void RouteCompiler::setTraffic(Route &route, const MappingResource &mapping) const
{
    const int general = m_context.rules.newClusterFields
        ? saturated(m_context.module["cluster_request_timeout_ms"].toInteger(DefaultTimeoutMs))
        : DefaultTimeoutMs;
    route.timeoutMs = saturated(mapping.field("timeout_ms").toInteger(general));
    route.idleTimeoutMs = integerOf(mapping.field("idle_timeout_ms"));
    route.retryPolicy = m_context.module.retryPolicy;
    route.cors = m_context.module.cors;
    for (const MappingResource *one : m_group.flattening) {
        if (one->retryPolicy)
            route.retryPolicy = one->retryPolicy;
        if (one->cors)
            route.cors = one->cors;
    }
    route.priority = lastOf(m_group, "priority").text();
    for (const MappingResource *one : m_group.flattening) {
        std::vector<std::string> upgrades = textsOf(one->field("allow_upgrade"));
        if (one->spec->find("use_websocket") // present, true or false: Emissary looks no further
            && std::find(upgrades.begin(), upgrades.end(), "websocket") == upgrades.end())
            upgrades.emplace_back("websocket");
        if (!upgrades.empty())
            route.upgrades = std::move(upgrades);
    }
}

void RouteCompiler::setBalancing(Route &route) const
{
    const Value &own = lastOf(m_group, "load_balancer");
    const Value &balancer = own.isNull() ? m_context.module["load_balancer"] : own;
    const std::string &policy = balancer["policy"].text();
    if (policy != "ring_hash" && policy != "maglev")
        return;
    HashPolicy hash;
    if (const Value &cookie = balancer["cookie"]; cookie.isObject()) {
        hash.kind = HashPolicy::Kind::Cookie;
        hash.name = cookie["name"].text();
        if (cookie["path"].isString())
            hash.path = cookie["path"].text();
        if (cookie["ttl"].isString())
            hash.ttl = cookie["ttl"].text();
    } else if (balancer["header"].isString()) {
        hash.kind = HashPolicy::Kind::Header;
        hash.name = balancer["header"].text();
    }
    route.hashPolicies.push_back(std::move(hash));
}

void RouteCompiler::setAuth(Route &route, const MappingResource &mapping) const
{
    const bool saysRedirect = std::any_of( // true or false: Emissary looks no further
        m_group.flattening.begin(), m_group.flattening.end(),
        [](const MappingResource *one) { return one->spec->find("host_redirect"); });
    route.authDisabled =
        mapping.field("bypass_auth").toBool() || (m_context.rules.redirectsSkipAuth && saysRedirect);
    if (!m_context.rules.newClusterFields)
        return;
    for (const auto &[key, value] : mapping.field("auth_context_extensions").members())
        route.authContext.emplace(key, value.text());
}

// source_cluster, destination_cluster, remote_address, generic_key or request_headers; null for what is
// unknown.
Value RouteCompiler::rateLimitAction(const Value &specifier) const
{
    std::string name;
    Value content;
    if (specifier.isString()) {
        name = specifier.text();
    } else if (specifier.members().size() == 1) {
        name = specifier.members().front().first;
        content = specifier.members().front().second;
    }
    if (name == "source_cluster" || name == "destination_cluster" || name == "remote_address")
        return Value::object({{name, Value::object()}});
    if (name == "generic_key") {
        Value key = Value::object({{"descriptor_value", content.isString() ? content : content["value"]}});
        if (m_context.rules.newClusterFields)
            key.set("descriptor_key", content["key"].isString() ? content["key"] : Value("generic_key"));
        return Value::object({{"generic_key", std::move(key)}});
    }
    if (name == "request_headers" || content["header"].isString()) {
        const bool old = content["header"].isString();
        Value header = Value::object({{"header_name", old ? content["header"] : content["header_name"]},
                                      {"descriptor_key", old ? Value(name) : content["key"]}});
        return Value::object({{"request_headers", std::move(header)}});
    }
    if (specifier.isString())
        return Value::object({{"generic_key", Value::object({{"descriptor_value", specifier}})}});
    return {};
}

void RouteCompiler::setRateLimits(Route &route) const
{
    const std::string &domain = m_context.services.rateLimitDomain;
    if (domain.empty())
        return;
    const Value &defaults = m_context.module["default_labels"][domain]["defaults"];
    const Value &labels = lastOf(m_group, "labels");
    Value groups = labels[domain];
    if (labels.members().empty()) { // no labels at all: those of the default domain, whichever is limited
        if (!defaults.items().empty() && limitedDomain({}, m_context.module) == domain)
            groups = Value::array({Value::object({{"default", Value::array()}})});
    }
    for (const Value &group : groups.items()) {
        if (group.members().size() != 1)
            continue;
        for (const auto &[name, specifiers] : group.members()) {
            RateLimit limit;
            for (const Value *list : {&defaults, &specifiers}) {
                for (const Value &specifier : list->items()) {
                    if (Value action = rateLimitAction(specifier); !action.isNull())
                        limit.actions.push_back(std::move(action));
                }
            }
            if (!limit.actions.empty())
                route.rateLimits.push_back(std::move(limit));
        }
    }
}

bool isAcmeRoute(const Route &route)
{
    return route.path.kind == PathMatch::Kind::Prefix && route.path.value == AcmePrefix;
}

bool asksForScheme(const ValueMatch &match) { return lowered(match.name) == "x-forwarded-proto"; }

// The route as it is served to an insecure request that is sent to https: everything but what is done with the
// request.
Route redirectVariant(const Route &route, bool skipsAuth)
{
    Route redirect;
    redirect.path = route.path;
    redirect.headers = route.headers;
    redirect.queryParameters = route.queryParameters;
    redirect.runtimeNumerator = route.runtimeNumerator;
    redirect.mapping = route.mapping;
    redirect.groupId = route.groupId;
    redirect.requestHeadersToAdd = route.requestHeadersToAdd;
    redirect.requestHeadersToRemove = route.requestHeadersToRemove;
    redirect.responseHeadersToAdd = route.responseHeadersToAdd;
    redirect.responseHeadersToRemove = route.responseHeadersToRemove;
    redirect.authDisabled = skipsAuth || route.authDisabled;
    if (!skipsAuth) { // which takes the place of all that is said to filters
        redirect.authContext = route.authContext;
        redirect.errorResponses = route.errorResponses;
    }
    redirect.redirect = Redirect();
    redirect.redirect->httpsRedirect = true;
    return redirect;
}

// Only for requests that came by https.
Route secureVariant(Route route, const Rules &rules)
{
    if (rules.listenerResources)
        std::erase_if(route.headers, asksForScheme);
    else if (std::any_of(route.headers.begin(), route.headers.end(), asksForScheme))
        return route;
    route.headers.push_back({ValueMatch::Kind::Exact, "x-forwarded-proto", "https"});
    return route;
}

// For requests however they came.  Emissary leaves a list of headers that would become empty as it was.
Route anySchemeVariant(Route route)
{
    if (!std::all_of(route.headers.begin(), route.headers.end(), asksForScheme))
        std::erase_if(route.headers, asksForScheme);
    return route;
}

} // namespace

CompiledGroup compileGroup(const MappingGroup &group, const RouteContext &context)
{
    return RouteCompiler(group, context).compile();
}

const CompiledGroup::Item &CompiledGroup::secure(std::size_t index, const Rules &rules) const
{
    variants.resize(routes.size());
    Item &variant = variants[index].secure;
    if (!variant)
        variant = std::make_shared<const Route>(secureVariant(*routes[index], rules));
    return variant;
}

CompiledGroup::Item CompiledGroup::insecure(std::size_t index, InsecureAction action, bool skipsAuth,
                                            bool forgetsScheme) const
{
    const Item &route = routes[index];
    const bool forwards = action == InsecureAction::Route || isAcmeRoute(*route);
    if (!forwards && action == InsecureAction::Reject)
        return {};
    const bool changes =
        forgetsScheme && std::any_of(route->headers.begin(), route->headers.end(), asksForScheme);
    if (forwards && !changes)
        return route;
    variants.resize(routes.size());
    Variants &made = variants[index];
    Item &variant = forwards ? made.insecure : changes ? made.insecureRedirect : made.redirect;
    if (!variant) {
        Route found = changes ? anySchemeVariant(*route) : *route;
        variant =
            std::make_shared<const Route>(forwards ? std::move(found) : redirectVariant(found, skipsAuth));
    }
    return variant;
}

} // namespace edge
