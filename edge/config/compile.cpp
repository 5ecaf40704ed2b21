// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/compile.h"

#include "edge/config/listeners_v1.h"
#include "edge/config/mapping_groups.h"

#include <algorithm>
#include <array>

namespace edge {

namespace {

constexpr int DefaultTimeoutMs = 3000;
constexpr std::array<std::pair<std::string_view, Compat>, 4> compatNames {{{"v1", Compat::V1}, {"v2", Compat::V2}, {"v3", Compat::V3}, {"v4", Compat::V4}}};

// The edge's own answers to probes.  They take part in the order as Mappings do.
std::vector<MappingResource> probeMappings()
{
    std::vector<MappingResource> probes;
    for (const char *prefix : {"/ambassador/v0/check_ready", "/ambassador/v0/check_alive", "/ambassador/v0/"}) {
        MappingResource probe;
        probe.prefix = prefix;
        probe.rewrite = prefix;
        probe.service = "127.0.0.1:8877";
        probe.timeoutMs = 10'000;
        probes.push_back(std::move(probe));
    }
    return probes;
}

PathMatch pathMatch(const MappingResource &first, const MappingResource &mapping)
{
    const auto kind = first.prefixRegex ? PathMatch::Kind::Regex : first.prefixExact ? PathMatch::Kind::Exact : PathMatch::Kind::Prefix;
    return {kind, mapping.prefix, mapping.caseSensitive.value_or(first.caseSensitive.value_or(true))};
}

ValueMatch valueMatch(const FieldMatch &match)
{
    const auto kind = !match.value ? ValueMatch::Kind::Present : match.regex ? ValueMatch::Kind::Regex : ValueMatch::Kind::Exact;
    return {kind, match.name, match.value.value_or("")};
}

class Compiler
{
public:
    Compiler(std::span<const Value> objects, const CompileOptions &options)
        : m_options(options)
        , m_resources(readResources(objects, {options.ambassadorId, options.ambassadorNamespace, options.singleNamespace, false}))
        , m_contexts(resolveContexts(m_resources, options.knownSecrets))
        , m_clusters(m_contexts, options.ambassadorNamespace, m_resources.module.ambassadorNamespaceForServices)
    {
    }

    Config compile()
    {
        std::vector<MappingResource> mappings = probeMappings();
        mappings.insert(mappings.end(), m_resources.mappings.begin(), m_resources.mappings.end());
        std::vector<Route> routes;
        for (const MappingGroup &group : groupMappings(mappings, m_resources.diagnostics)) {
            for (const GroupMember &member : group.members)
                routes.push_back(routeOf(group, member));
        }
        ListenerOutput listeners = listenersV1({m_resources, m_contexts, routes, fallbackSecret()});
        Config config;
        config.listeners = std::move(listeners.listeners);
        config.tlsContexts = std::move(listeners.contexts);
        for (const auto &[name, context] : m_contexts) {
            if (context.usable)
                config.tlsContexts.emplace(name, context.context);
        }
        for (const auto &[name, cluster] : m_clusters.clusters())
            config.clusters.emplace(name, cluster);
        shortenNames(config);
        config.diagnostics = std::move(m_resources.diagnostics);
        config.diagnostics.insert(config.diagnostics.end(), listeners.diagnostics.begin(), listeners.diagnostics.end());
        return config;
    }

private:
    std::string fallbackSecret() const
    {
        const std::string key = "fallback-self-signed-cert." + m_options.ambassadorNamespace;
        return m_options.edgeStack && m_resources.secrets.count(key) + m_options.knownSecrets.count(key) > 0 ? key : "";
    }

    Route routeOf(const MappingGroup &group, const GroupMember &member)
    {
        const MappingResource &mapping = *member.mapping;
        Route route;
        route.path = pathMatch(*group.first(), mapping);
        for (const FieldMatch &match : group.first()->headers)
            route.headers.push_back(valueMatch(match));
        for (const FieldMatch &match : group.members.back().mapping->queryParameters)
            route.queryParameters.push_back(valueMatch(match));
        if (member.numerator != 100)
            route.runtimeNumerator = unsigned(member.numerator);
        route.mapping = mapping.ref;
        route.groupId = group.id;
        if (mapping.hostRedirect) {
            route.redirect = mapping.redirect;
            route.redirect->host = mapping.service;
            return route;
        }
        route.cluster = mapping.ref.kind.empty() ? m_clusters.own("127.0.0.1", 8877) : m_clusters.clusterFor(mapping, m_resources.diagnostics);
        setRewrite(route, mapping);
        setTraffic(route, group, mapping);
        return route;
    }

    static void setRewrite(Route &route, const MappingResource &mapping)
    {
        const std::string rewrite = mapping.rewrite.value_or("/");
        if (!rewrite.empty())
            route.prefixRewrite = rewrite;
        route.regexRewrite = mapping.regexRewrite;
        route.hostRewrite = mapping.hostRewrite;
        route.autoHostRewrite = mapping.autoHostRewrite;
    }

    // Fields of the whole group are its last Mapping's (§1.5); timeouts are each Mapping's own.
    void setTraffic(Route &route, const MappingGroup &group, const MappingResource &mapping)
    {
        const MappingResource &last = *group.members.back().mapping;
        route.timeoutMs = mapping.timeoutMs.value_or(DefaultTimeoutMs);
        route.idleTimeoutMs = mapping.idleTimeoutMs;
        route.retryPolicy = last.retryPolicy ? last.retryPolicy : m_resources.module.retryPolicy;
        route.cors = last.cors ? last.cors : m_resources.module.cors;
        route.priority = last.priority;
        route.upgrades = last.upgrades;
        route.requestHeadersToRemove = last.requestHeadersToRemove;
        route.responseHeadersToRemove = last.responseHeadersToRemove;
        for (const GroupMember &member : group.members) {
            addHeaders(route.requestHeadersToAdd, member.mapping->requestHeadersToAdd);
            addHeaders(route.responseHeadersToAdd, member.mapping->responseHeadersToAdd);
        }
        if (!group.shadows.empty()) {
            route.mirrorCluster = m_clusters.clusterFor(*group.shadows.front(), m_resources.diagnostics);
            route.mirrorNumerator = unsigned(group.shadows.front()->weight.value_or(100));
        }
    }

    static void addHeaders(std::vector<HeaderToAdd> &into, const std::vector<HeaderToAdd> &headers)
    {
        for (const HeaderToAdd &header : headers) {
            const auto same = std::find_if(into.begin(), into.end(), [&](const HeaderToAdd &known) { return known.name == header.name; });
            if (same == into.end())
                into.push_back(header);
            else
                *same = header;
        }
    }

    void shortenNames(Config &config) const
    {
        const auto names = m_clusters.shortNames();
        if (names.empty())
            return;
        const auto shorten = [&](std::string &name) {
            if (const auto found = names.find(name); found != names.end())
                name = found->second;
        };
        for (Listener &listener : config.listeners) {
            for (FilterChain &chain : listener.chains) {
                for (VirtualHost &host : chain.virtualHosts) {
                    for (Route &route : host.routes) {
                        shorten(route.cluster);
                        shorten(route.mirrorCluster);
                    }
                }
            }
        }
        for (const auto &[full, name] : names) {
            auto node = config.clusters.extract(full);
            node.key() = name;
            node.mapped().name = name;
            config.clusters.insert(std::move(node));
        }
    }

    const CompileOptions &m_options;
    Resources m_resources;
    std::map<std::string, ResolvedContext> m_contexts;
    ClusterTable m_clusters;
};

}

std::string_view compatName(Compat compat)
{
    return compatNames[std::size_t(compat)].first;
}

std::optional<Compat> compatFromName(std::string_view name)
{
    for (const auto &[known, compat] : compatNames) {
        if (known == name)
            return compat;
    }
    return {};
}

Compat compatFromVersion(std::string_view imageTag)
{
    if (!imageTag.empty() && imageTag.front() == 'v')
        imageTag.remove_prefix(1);
    if (imageTag.size() < 2 || (imageTag[1] != '.' && imageTag[1] != '-'))
        return Compat::V4;
    switch (imageTag.front()) {
    case '0':
    case '1': return Compat::V1;
    case '2': return Compat::V2;
    case '3': return Compat::V3;
    default: return Compat::V4;
    }
}

Config compile(std::span<const Value> objects, const CompileOptions &options)
{
    Config config = Compiler(objects, options).compile();
    if (options.compat != Compat::V1) {
        config.diagnostics.insert(config.diagnostics.begin(),
            {Diagnostic::Severity::Error, {}, "", "this version compiles by the rules of Ambassador 1.x only; Listeners, Host selectors and globs of " + std::string(compatName(options.compat)) + " are not looked at", false});
    }
    return config;
}

} // namespace edge
