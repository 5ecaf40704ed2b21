// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/listeners.h"

#include "edge/config/host_globs.h"
#include "edge/config/listener_plans.h"
#include "edge/config/numbers.h"
#include "edge/text.h"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace edge {

namespace {

constexpr const char *FallbackContext = "fallback-self-signed-context";

std::string serverName(const std::string &hostname) // SNI knows no ports
{
    const std::size_t colon = hostname.rfind(':');
    return colon == std::string::npos ? hostname : hostname.substr(0, colon);
}

class ListenerCompiler
{
public:
    ListenerCompiler(const ListenerContext &context, std::vector<ActiveHost> hosts)
        : m_context(context)
        , m_hosts(std::move(hosts))
    {
    }

    std::vector<Listener> compile();

private:
    void report(const ResourceRef &object, std::string path, std::string message, bool dropped)
    {
        m_context.diagnostics.push_back(
            {Diagnostic::Severity::Error, object, std::move(path), std::move(message), dropped});
    }
    void addDefaultHost();
    bool takes(const ListenerPlan &plan, const ActiveHost &host) const;
    bool hostTakes(const ActiveHost &host, const CompiledGroup &group) const;
    void addHosts(ListenerPlan &plan);
    void addHost(ListenerPlan &plan, const ActiveHost &host);
    static const FilterChain *cleartextTcp(const ListenerPlan &plan);
    void tellCleartextConflict(const ListenerPlan &plan, const FilterChain &tcp, const ActiveHost &host);
    FilterChain &sharedChain(ListenerPlan &plan) const;
    SharedList<Route> routesFor(const ListenerPlan &plan, const ActiveHost &host) const;
    void addTcp(ListenerPlan &plan);
    bool addTcpChain(ListenerPlan &plan, const TcpGroup &group, std::size_t firstCluster);
    std::string tcpContext(const TcpGroup &group) const;

    void tellUnreachable();
    void tellUnusedContexts();

    const ListenerContext &m_context;
    std::vector<ActiveHost> m_hosts;   // by hostname
    mutable std::vector<bool> m_taken; // groups, by some Host
};

std::vector<Listener> ListenerCompiler::compile()
{
    if (m_hosts.empty())
        addDefaultHost();
    else
        tellUnusedContexts();
    std::stable_sort(m_hosts.begin(), m_hosts.end(), [](const ActiveHost &a, const ActiveHost &b) {
        return a.host.hostname < b.host.hostname;
    });
    m_taken.assign(m_context.groups.size(), false);
    std::vector<Listener> listeners;
    for (ListenerPlan &plan : planListeners(m_context)) {
        addTcp(plan);
        if (plan.stack.http)
            addHosts(plan);
        if (plan.listener.chains.empty()) {
            report(plan.listener.listener, "",
                   "no Host and no TCPMapping belongs to this Listener; nothing listens on port "
                       + std::to_string(plan.listener.port),
                   true);
            continue;
        }
        plan.listener.tlsInspector = plan.stack.tls && !plan.stack.udp;
        listeners.push_back(std::move(plan.listener));
    }
    if (!listeners.empty())
        tellUnreachable();
    return listeners;
}

void ListenerCompiler::tellUnreachable()
{
    for (std::size_t i = 0; i < m_context.groups.size(); ++i) {
        const CompiledGroup &group = *m_context.groups[i];
        if (m_taken[i])
            continue;
        const std::string why = group.host.empty() && !group.hostRegex
            ? "it has no hostname, and without one only a Host with a fitting mappingSelector takes it"
            : "no Host that a Listener serves fits its hostname " + group.host + " and labels";
        for (const auto &route : group.routes)
            m_context.diagnostics.push_back({Diagnostic::Severity::Notice, route->mapping, "spec.hostname",
                                             "this Mapping is never used: " + why, false});
    }
}

// Since 2.0 a TLSContext ends TLS for a Host or a TCPMapping that leads to it, and for nobody else.
void ListenerCompiler::tellUnusedContexts()
{
    for (const TlsContextResource &context : m_context.resources.tlsContexts) {
        const auto isListed = [&](const std::string &name) {
            return std::find(context.hosts.begin(), context.hosts.end(), name) != context.hosts.end();
        };
        const bool isUsed =
            std::any_of(m_hosts.begin(), m_hosts.end(),
                        [&](const ActiveHost &host) { return host.context == context.context.name; })
            || std::any_of(m_context.tcpGroups.begin(), m_context.tcpGroups.end(),
                           [&](const TcpGroup &group) { return isListed(group.first->host); });
        if (context.context.source.kind == "TLSContext" && !context.hosts.empty() && !isUsed)
            m_context.diagnostics.push_back(
                {Diagnostic::Severity::Notice, context.context.source, "spec.hosts",
                 "hosts changes nothing: no Host has this TLSContext and no TCPMapping is for one of them",
                 false});
    }
}

// No Host at all: one for "*", in clear text unless there is the certificate of last resort.
void ListenerCompiler::addDefaultHost()
{
    if (std::any_of(m_context.resources.tlsContexts.begin(), m_context.resources.tlsContexts.end(),
                    [](const TlsContextResource &context) {
                        return (!context.hosts.empty() && context.context.source.kind == "TLSContext")
                            || (context.ofModule && context.context.name == "server");
                    }))
        report({}, "",
               "TLSContexts are there to end TLS, but no Host is; they are not used for that. Make a Host",
               false);
    ActiveHost host;
    host.host.ref = {"", "default-host", m_context.options.ambassadorNamespace};
    host.host.hostname = "*";
    host.context = m_context.tls.usable(FallbackContext) ? FallbackContext : "";
    host.host.insecureAction = host.context.empty() ? InsecureAction::Route : InsecureAction::Redirect;
    m_hosts.push_back(std::move(host));
}

bool ListenerCompiler::takes(const ListenerPlan &plan, const ActiveHost &host) const
{
    const Value &binding = (*plan.spec)["hostBinding"];
    if (lowered(binding["namespace"]["from"].text()) != "all" && host.host.ref.nameSpace != plan.nameSpace)
        return false;
    const Value &labels = binding["selector"]["matchLabels"];
    return labels.isNull() || labelsMatch(labels, host.host.labels);
}

bool ListenerCompiler::hostTakes(const ActiveHost &host, const CompiledGroup &group) const
{
    if (group.own)
        return true;
    const bool hasName = group.hostRegex || !group.host.empty();
    const bool nameFits = hasName && (group.hostRegex || hostGlobsMatch(host.host.hostname, group.host));
    const Value *selector = host.host.selector;
    if (!selector)
        return nameFits;
    const Value *labels = group.labels.isNull() ? nullptr : &group.labels;
    if (m_context.rules.strictSelectors)
        return labelsMatch(*selector, labels) && (!hasName || nameFits);
    const bool oneFits = selector->members().empty()
        || std::any_of(selector->members().begin(), selector->members().end(), [&](const auto &label) {
                             return labels && (*labels)[label.first].isString()
                                 && (*labels)[label.first].text() == label.second.text();
                         });
    return nameFits || oneFits;
}

SharedList<Route> ListenerCompiler::routesFor(const ListenerPlan &plan, const ActiveHost &host) const
{
    SharedList<Route> routes;
    routes.reserve(m_context.groups.size());
    const bool skipsAuth = m_context.services.auth && m_context.rules.redirectsSkipAuth;
    for (std::size_t i = 0; i < m_context.groups.size(); ++i) {
        const CompiledGroup &group = *m_context.groups[i];
        if (!hostTakes(host, group))
            continue;
        m_taken[i] = true;
        for (std::size_t route = 0; route < group.routes.size(); ++route) {
            if (plan.security == ListenerPlan::Security::Secure) {
                routes.push_back(group.routes[route]);
                continue;
            }
            const bool byScheme = plan.security == ListenerPlan::Security::Xfp;
            if (byScheme)
                routes.push_back(group.secure(route, m_context.rules));
            if (auto insecure = group.insecure(route, host.host.insecureAction, skipsAuth, byScheme))
                routes.push_back(std::move(insecure));
        }
    }
    return routes;
}

FilterChain &ListenerCompiler::sharedChain(ListenerPlan &plan) const
{
    for (FilterChain &chain : plan.listener.chains) {
        if (chain.name == "httphost-shared")
            return chain;
    }
    FilterChain chain;
    chain.name = "httphost-shared";
    plan.listener.chains.push_back(std::move(chain));
    return plan.listener.chains.back();
}

const FilterChain *ListenerCompiler::cleartextTcp(const ListenerPlan &plan)
{
    const auto found =
        std::find_if(plan.listener.chains.begin(), plan.listener.chains.end(),
                     [](const FilterChain &chain) { return !chain.tls && !chain.tcpClusters.empty(); });
    return found == plan.listener.chains.end() ? nullptr : &*found;
}

// Emissary gives Envoy both, with the same match; Envoy refuses that and Emissary then keeps what it had before, as a
// whole.  Where the two speak TLS the TCPMapping comes first, so it does here.
void ListenerCompiler::tellCleartextConflict(const ListenerPlan &plan, const FilterChain &tcp,
                                             const ActiveHost &host)
{
    const std::string port = std::to_string(plan.listener.port);
    const std::string refused =
        "; Envoy refuses two answers to the same connections, and the edge goes on with the "
        "last configuration that it took";
    report(tcp.source, "spec.port",
           "without a host it takes all clear text of port " + port
               + ", where Hosts answer HTTP in clear text too" + refused
               + ". Give it a port of its own, or a host",
           false);
    if (!host.host.ref.kind.empty())
        report(host.host.ref, "spec.hostname",
               "TCPMapping " + tcp.source.name + " takes all clear text of port " + port + refused
                   + ". HTTP of this Host is not served there",
               false);
}

void ListenerCompiler::addHost(ListenerPlan &plan, const ActiveHost &host)
{
    VirtualHost site{plan.listener.name + "-" + host.host.hostname, {host.host.hostname}, {}, host.host.ref};
    const bool certificate = !host.context.empty() && m_context.tls.usable(host.context);
    const bool tls = plan.stack.tls && (certificate || m_context.rules.tlsWithoutCertificate);
    const bool cleartext = !plan.stack.udp
        && (plan.security != ListenerPlan::Security::Insecure
            || host.host.insecureAction != InsecureAction::Reject);
    if (!tls && !cleartext)
        return;
    site.routes = routesFor(plan, host);
    if (tls) {
        const std::string name = serverName(host.host.hostname);
        const auto same = std::find_if(
            plan.listener.chains.begin(), plan.listener.chains.end(), [&](const FilterChain &chain) {
                return chain.tls
                    && (name == "*" ? chain.serverNames.empty()
                                    : chain.serverNames == std::vector<std::string>{name});
            });
        if (same == plan.listener.chains.end()) {
            FilterChain chain;
            chain.name = "httpshost-" + host.host.ref.name;
            chain.tls = true;
            chain.tlsContext = certificate ? host.context : "";
            if (name != "*")
                chain.serverNames = {name};
            chain.virtualHosts.push_back(site);
            plan.listener.chains.push_back(std::move(chain));
        } else if (same->tlsContext == host.context && same->tcpClusters.empty()) {
            same->virtualHosts.push_back(site);
        } else {
            report(host.host.ref, "spec.hostname",
                   "another Host or TCPMapping has claimed TLS for " + host.host.hostname
                       + " with another certificate; this one is not served there",
                   false);
        }
    }
    if (!cleartext)
        return;
    if (const FilterChain *tcp = cleartextTcp(plan)) {
        tellCleartextConflict(plan, *tcp, host);
        return;
    }
    FilterChain &shared = sharedChain(plan);
    const auto known = std::find_if(shared.virtualHosts.begin(), shared.virtualHosts.end(),
                                    [&](const VirtualHost &other) { return other.domains == site.domains; });
    if (known == shared.virtualHosts.end())
        shared.virtualHosts.push_back(std::move(site));
    else
        *known = std::move(site); // the last Host of a name wins
}

void ListenerCompiler::addHosts(ListenerPlan &plan)
{
    if (!plan.spec)
        return;
    HttpOptions &http = plan.listener.http;
    http = httpOptions(m_context);
    http.statPrefix = (*plan.spec)["statsPrefix"].text();
    if (http.statPrefix.empty())
        http.statPrefix = plan.stack.tls ? "ingress_https" : "ingress_http";
    http.trustedHops = saturated((*plan.spec)["l7Depth"].toInteger());
    http.maxConcurrentStreams = integerOf((*plan.spec)["http2MaxConcurrentStreams"]);
    http.http3 = plan.http3;
    for (const ActiveHost &host : m_hosts) {
        if (takes(plan, host))
            addHost(plan, host);
    }
}

// A TCPMapping with a host ends TLS: with the first Host's certificate, else with a TLSContext that lists the
// host.
std::string ListenerCompiler::tcpContext(const TcpGroup &group) const
{
    const std::string &host = group.first->host;
    for (const ActiveHost &candidate : m_hosts) {
        if (!candidate.context.empty() && m_context.tls.usable(candidate.context)
            && hostGlobsMatch(candidate.host.hostname, host))
            return candidate.context;
    }
    for (const std::string &name : m_context.tls.order()) {
        const ResolvedContext *context = m_context.tls.usable(name);
        if (context && std::find(context->hosts.begin(), context->hosts.end(), host) != context->hosts.end())
            return name;
    }
    return {};
}

bool ListenerCompiler::addTcpChain(ListenerPlan &plan, const TcpGroup &group, std::size_t firstCluster)
{
    FilterChain chain;
    chain.name = "tcphost-GROUP: " + group.first->name;
    chain.source = group.first->upstream.ref;
    if (!group.first->host.empty()) {
        chain.tlsContext = tcpContext(group);
        if (chain.tlsContext.empty()) {
            report(group.first->upstream.ref, "spec.host",
                   "no Host and no TLSContext has a certificate for " + group.first->host
                       + "; this TCPMapping is not served",
                   true);
            return false;
        }
        chain.tls = true;
        if (group.first->host != "*")
            chain.serverNames = {group.first->host};
    }
    const auto same =
        std::find_if(plan.listener.chains.begin(), plan.listener.chains.end(), [&](const FilterChain &other) {
            return other.tls == chain.tls && other.serverNames == chain.serverNames;
        });
    if (same != plan.listener.chains.end()) {
        report(group.first->upstream.ref, "spec.port",
               "TCPMapping " + same->source.name + " answers the same connections; this one is not used",
               true);
        return false;
    }
    for (std::size_t i = 0; i < group.members.size(); ++i)
        chain.tcpClusters.push_back(
            {m_context.tcpClusters[firstCluster + i], unsigned(group.members[i].weight)});
    plan.listener.chains.push_back(std::move(chain));
    return true;
}

void ListenerCompiler::addTcp(ListenerPlan &plan)
{
    std::size_t cluster = 0;
    for (const TcpGroup &group : m_context.tcpGroups) {
        const std::string address =
            group.first->address.empty() ? bindAddress(m_context) : group.first->address;
        if (!plan.listener.udp && plan.listener.address == address && plan.listener.port == group.first->port)
            addTcpChain(plan, group, cluster);
        cluster += group.members.size();
    }
}

} // namespace

std::vector<Listener> compileListeners(const ListenerContext &context, std::vector<ActiveHost> hosts)
{
    return ListenerCompiler(context, std::move(hosts)).compile();
}

} // namespace edge
