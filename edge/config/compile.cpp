// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/compile.h"

#include "edge/config/listeners_v1.h"
#include "edge/config/mapping_reader.h"

#include <algorithm>
#include <array>
#include <memory>
#include <tuple>

namespace edge {

namespace {

constexpr const char *FallbackSecret = "fallback-self-signed-cert";

Value withNames(const Value &value, const std::map<std::string, std::string> &names)
{
    if (value.isString()) {
        const auto found = names.find(value.text());
        return found == names.end() ? value : Value(found->second);
    }
    Value changed = value;
    if (changed.isArray()) {
        for (Value &item : changed.mutableItems())
            item = withNames(item, names);
    }
    for (const auto &[name, member] : value.members())
        changed.set(name, withNames(member, names));
    return changed;
}

class Compiler
{
public:
    Compiler(std::span<const Value> objects, const CompileOptions &options);
    Config compile();

private:
    void addOwn(const std::string &name, Value spec);
    void addProbes();
    void addEdgeStack();
    void addFallbackContext();
    GroupInfo groupInfo(const CompiledGroup &compiled) const;
    GroupInfo tcpGroupInfo(const TcpGroup &group, std::size_t firstCluster) const;
    void addGroups(Config &config) const;
    void shortenNames(Config &config) const;
    void finishDiagnostics(Config &config);

    const CompileOptions &m_options;
    const Rules m_rules;
    Input m_input;
    Resources m_resources;
    SecretTable m_secrets;
    std::vector<ActiveHost> m_hosts;
    std::vector<MappingResource> m_own;
    std::unique_ptr<ContextTable> m_tls;
    std::unique_ptr<ClusterTable> m_clusters;
    std::vector<MappingGroup> m_groups;
    std::vector<CompiledGroup> m_compiled;
    std::vector<TcpGroup> m_tcpGroups;
    std::vector<std::string> m_tcpClusters;
};

Compiler::Compiler(std::span<const Value> objects, const CompileOptions &options)
    : m_options(options)
    , m_rules(rulesOf(options.compat))
    , m_input(readInput(objects, options, m_rules))
    , m_resources(readResources(m_input, options, m_rules))
    , m_secrets(m_resources, m_input, options, m_rules)
    , m_hosts(activeHosts(m_resources, m_secrets, m_rules))
{
    addFallbackContext();
    m_tls = std::make_unique<ContextTable>(m_resources, m_secrets, options, m_rules);
}

// A certificate of last resort, for when no Host is there (1.x: Edge Stack only, and no TLSContext that ends
// TLS either).
void Compiler::addFallbackContext()
{
    if (!m_hosts.empty() || (!m_rules.listenerResources && !m_options.edgeStack))
        return;
    const auto ends = [](const TlsContextResource &context) { return !context.hosts.empty(); };
    if (!m_rules.listenerResources
        && std::any_of(m_resources.tlsContexts.begin(), m_resources.tlsContexts.end(), ends))
        return;
    const std::string key = m_secrets.find(FallbackSecret, m_options.ambassadorNamespace);
    if (key.empty())
        return;
    TlsContextResource context;
    context.context.name = "fallback-self-signed-context";
    context.context.source = {"Secret", FallbackSecret, m_options.ambassadorNamespace};
    context.hostSecret = key;
    m_resources.tlsContexts.push_back(std::move(context));
}

void Compiler::addOwn(const std::string &name, Value spec)
{
    m_input.owned.push_back(std::move(spec));
    SourceObject object;
    object.key = name;
    object.kind = "Mapping";
    object.name = name;
    object.ref = {"Mapping", name, m_options.ambassadorNamespace};
    object.spec = &m_input.owned.back();
    const ReaderContext context{m_resources.module, m_resources.resolvers, m_options, m_rules,
                                m_resources.diagnostics};
    if (auto mapping = readMapping(object, context)) {
        mapping->own = true;
        mapping->upstream.resolver = {};
        m_own.push_back(std::move(*mapping));
    }
}

// The edge's own answers to probes.  They take part in the order as Mappings do.
void Compiler::addProbes()
{
    static constexpr std::array<std::array<const char *, 3>, 3> probes{
        {{"readiness_probe", "internal_readiness_probe_mapping", "/ambassador/v0/check_ready"},
         {"liveness_probe", "internal_liveness_probe_mapping", "/ambassador/v0/check_alive"},
         {"diagnostics", "internal_diagnostics_probe_mapping", "/ambassador/v0/"}}};
    for (const auto &[field, name, prefix] : probes) {
        const Value &given = m_resources.module[field];
        if (given.isObject() && !given["enabled"].toBool()) // said without enabled: true, it is off
            continue;
        const auto text = [&](const char *key, const std::string &fallback) {
            return given[key].text().empty() ? fallback : given[key].text();
        };
        Value spec = Value::object();
        spec.set("prefix", text("prefix", prefix));
        spec.set("rewrite", text("rewrite", prefix));
        spec.set("service", text("service", "127.0.0.1:8877"));
        spec.set("timeout_ms", 10'000);
        spec.set("resolver", "kubernetes-service");
        if (m_rules.hostnames)
            spec.set("hostname", "*");
        addOwn(name, std::move(spec));
    }
}

void Compiler::addEdgeStack()
{
    const auto add
        = [this](const char *name, const char *prefix, bool regex, int precedence, const char *rewrite) {
              Value spec = Value::object();
              spec.set("prefix", prefix);
              if (regex)
                  spec.set("prefix_regex", true);
              spec.set("precedence", precedence);
              spec.set("rewrite", rewrite);
              spec.set("service", "127.0.0.1:8500");
              spec.set("timeout_ms", 60'000);
              spec.set("add_response_headers", Value::object({{"x-content-type-options", "nosniff"}}));
              addOwn(name, std::move(spec));
          };
    add("edgestack-direct-mapping", "/edge_stack/", false, 1'000'000, "/edge_stack_ui/edge_stack/");
    add("edgestack-fallback-mapping", "^/$", true, -1'000'000, "/edge_stack_ui/");
}

Config Compiler::compile()
{
    addProbes();
    if (m_options.edgeStack && !m_rules.listenerResources)
        addEdgeStack();
    std::vector<Diagnostic> &diagnostics = m_resources.diagnostics;
    const ClusterContext clusterContext{m_input, m_resources.module, *m_tls, m_options, m_rules, diagnostics};
    m_clusters = std::make_unique<ClusterTable>(clusterContext);

    m_own.insert(m_own.end(), std::make_move_iterator(m_resources.mappings.begin()),
                 std::make_move_iterator(m_resources.mappings.end()));
    GroupContext groupContext{m_rules, {}, diagnostics};
    for (const ActiveHost &host : m_hosts)
        groupContext.hosts.push_back(&host.host);
    m_groups = groupMappings(m_own, groupContext);
    bool errorResponses = m_rules.errorResponses && !m_resources.module["error_response_overrides"].isNull();
    for (const MappingResource &mapping : m_own)
        errorResponses = errorResponses
            || (m_rules.errorResponses && !mapping.field("error_response_overrides").isNull());

    const ServiceOutput services = compileServices(m_resources, *m_clusters, clusterContext, errorResponses);
    m_compiled = compileRoutes(m_groups, {m_resources.module, m_options, m_rules, services, *m_clusters});
    m_tcpGroups = groupTcpMappings(m_resources.tcpMappings, groupContext);
    for (const TcpGroup &group : m_tcpGroups) {
        for (const TcpMember &member : group.members)
            m_tcpClusters.push_back(m_clusters->clusterFor(member.mapping->upstream));
    }

    Config config;
    config.tlsContexts = m_tls->sound();
    const ListenerContext listenerContext{m_resources, *m_tls,        m_options, m_rules,    m_compiled,
                                          m_tcpGroups, m_tcpClusters, services,  diagnostics};
    config.listeners = m_rules.listenerResources
        ? compileListeners(listenerContext, m_hosts)
        : compileListenersV1(listenerContext, m_hosts, config.tlsContexts);
    for (Listener &listener : config.listeners)
        listener.bufferLimit
            = m_rules.newClusterFields ? integerOf(m_resources.module["buffer_limit_bytes"]) : std::nullopt;
    config.httpFilters = services.filters;
    config.accessLogs = services.accessLogs;
    config.regexMaxSize = int(m_resources.module["regex_max_size"].toInteger(200));
    config.stdRegex = m_rules.stdRegexAllowed && m_resources.module["regex_type"].text() == "unsafe";
    for (const auto &[name, cluster] : m_clusters->clusters())
        config.clusters.emplace(name, cluster);
    addGroups(config);
    shortenNames(config);
    finishDiagnostics(config);
    return config;
}

GroupInfo Compiler::groupInfo(const CompiledGroup &compiled) const
{
    const MappingGroup &group = *compiled.group;
    GroupInfo info;
    info.id = group.id;
    info.name = group.first->name;
    info.host = compiled.host;
    info.prefix = group.first->prefix;
    info.precedence = group.first->precedence;
    info.order = group.order;
    const auto match = [](const FieldMatch &field) {
        return ValueMatch{!field.value      ? ValueMatch::Kind::Present
                              : field.regex ? ValueMatch::Kind::Regex
                                            : ValueMatch::Kind::Exact,
                          field.name, field.value.value_or("")};
    };
    for (const FieldMatch &header : group.first->headers)
        info.headers.push_back(match(header));
    const MappingResource &last = group.flattening.empty() ? *group.first : *group.flattening.back();
    for (const FieldMatch &parameter : last.queryParameters)
        info.queryParameters.push_back(match(parameter));
    info.redirect = group.redirect ? group.redirect->name : "";
    for (const MappingResource *shadow : group.shadows)
        info.shadows.push_back(shadow->name);
    for (std::size_t i = 0; i < group.members.size(); ++i) {
        const GroupMember &member = group.members[i];
        ResourceRef ref = member.mapping->upstream.ref;
        ref.name = member.mapping->name;
        info.members.push_back({std::move(ref), member.mapping->weight, member.numerator,
                                member.mapping->upstream.service, compiled.routes[i].cluster});
    }
    return info;
}

GroupInfo Compiler::tcpGroupInfo(const TcpGroup &group, std::size_t firstCluster) const
{
    GroupInfo info;
    info.id = group.id;
    info.name = group.first->name;
    info.tcp = true;
    info.port = group.first->port;
    info.host = group.first->host;
    info.order = {Value(0)};
    for (std::size_t i = 0; i < group.members.size(); ++i) {
        const TcpMember &member = group.members[i];
        info.members.push_back({member.mapping->upstream.ref, member.mapping->weight, member.weight,
                                member.mapping->upstream.service, m_tcpClusters[firstCluster + i]});
    }
    return info;
}

void Compiler::addGroups(Config &config) const
{
    for (const CompiledGroup &group : m_compiled)
        config.groups.push_back(groupInfo(group));
    std::size_t cluster = 0;
    for (const TcpGroup &group : m_tcpGroups) {
        config.groups.push_back(tcpGroupInfo(group, cluster));
        cluster += group.members.size();
    }
}

void Compiler::shortenNames(Config &config) const
{
    const auto names = m_clusters->shortNames();
    if (names.empty())
        return;
    const auto shorten = [&](std::string &name) {
        if (const auto found = names.find(name); found != names.end())
            name = found->second;
    };
    for (Listener &listener : config.listeners) {
        for (FilterChain &chain : listener.chains) {
            for (WeightedCluster &cluster : chain.tcpClusters)
                shorten(cluster.cluster);
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
    for (HttpFilter &filter : config.httpFilters)
        filter.config = withNames(filter.config, names);
    for (Value &log : config.accessLogs)
        log = withNames(log, names);
    for (GroupInfo &group : config.groups) {
        for (GroupInfo::Member &member : group.members)
            shorten(member.cluster);
    }
}

// What was said twice about one object is said once.
void Compiler::finishDiagnostics(Config &config)
{
    std::set<std::tuple<std::string, std::string, std::string, std::string>> said;
    for (Diagnostic &diagnostic : m_resources.diagnostics) {
        const ResourceRef &object = diagnostic.object;
        if (said.emplace(object.kind + "/" + object.nameSpace, object.name, diagnostic.path,
                         diagnostic.message)
                .second)
            config.diagnostics.push_back(std::move(diagnostic));
    }
}

} // namespace

Config compile(std::span<const Value> objects, const CompileOptions &options)
{
    return Compiler(objects, options).compile();
}

} // namespace edge
