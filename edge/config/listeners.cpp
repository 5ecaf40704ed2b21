// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/listeners.h"

#include "edge/config/listener_plans.h"
#include "edge/config/numbers.h"
#include "edge/config/tcp_chains.h"
#include "edge/text.h"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace edge {

namespace {

constexpr const char *FallbackContext = "fallback-self-signed-context";

// What TLS calls a Host.  A client never sends a port with it, so a name that keeps its port fits nobody.
std::string serverName(const std::string &hostname, const Rules &rules)
{
    const std::size_t colon = hostname.rfind(':');
    return colon == std::string::npos || !rules.serverNamesWithoutPort ? hostname : hostname.substr(0, colon);
}

bool isHollow(const FilterChain &chain) // TLS with nothing behind it
{
    return chain.tls && chain.virtualHosts.empty() && chain.tcpClusters.empty();
}

// The last Host of a name wins.
void putSite(FilterChain &chain, VirtualHost site)
{
    const auto known = std::find_if(chain.virtualHosts.begin(), chain.virtualHosts.end(),
                                    [&](const VirtualHost &other) { return other.domains == site.domains; });
    if (known == chain.virtualHosts.end())
        chain.virtualHosts.push_back(std::move(site));
    else
        *known = std::move(site);
    if (chain.tls)
        chain.name = "httpshost-" + chain.virtualHosts.front().host.name;
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
    bool selects(const Value &selector, const Value *labels) const;
    bool takes(const ListenerPlan &plan, const ActiveHost &host) const;
    bool hostTakes(const ActiveHost &host, const CompiledGroup &group) const;
    void addHosts(ListenerPlan &plan);
    void addHost(ListenerPlan &plan, const ActiveHost &host);
    void addTlsHost(ListenerPlan &plan, const ActiveHost &host, const VirtualHost &site);
    void shareTls(FilterChain &chain, const ActiveHost &host, const VirtualHost &site);
    bool hasCertificate(const ActiveHost &host) const { return edge::hasCertificate(host, m_context.tls); }
    void leaveOut(ListenerPlan &plan, const ActiveHost &host, bool tls, bool cleartext);
    void addCleartextHost(ListenerPlan &plan, const ActiveHost &host, VirtualHost site);
    static const FilterChain *cleartextTcp(const ListenerPlan &plan);
    void tellCleartextConflict(const ListenerPlan &plan, const FilterChain &tcp, const ActiveHost &host);
    FilterChain &sharedChain(ListenerPlan &plan) const;
    SharedList<Route> routesFor(const ListenerPlan &plan, const ActiveHost &host) const;

    void tellUnreachable();
    void tellIdleActions();
    void tellUnusedContexts();

    const ListenerContext &m_context;
    std::vector<ActiveHost> m_hosts;   // by hostname
    mutable std::vector<bool> m_taken; // groups, by some Host
    struct Served
    {
        bool secure = false, insecure = false; // by a Listener for which all requests are secure, by another
    };
    std::vector<Served> m_served; // by host
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
    m_served.assign(m_hosts.size(), {});
    std::vector<Listener> listeners;
    for (ListenerPlan &plan : planListeners(m_context)) {
        plan.listener.chains = tcpChains(m_context, m_hosts, plan);
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
    tellIdleActions();
    if (!listeners.empty())
        tellUnreachable();
    return listeners;
}

// Where every request counts as secure, none is insecure.
void ListenerCompiler::tellIdleActions()
{
    for (std::size_t i = 0; i < m_hosts.size(); ++i) {
        const HostResource &host = m_hosts[i].host;
        if (host.saysInsecure && m_served[i].secure && !m_served[i].insecure)
            m_context.diagnostics.push_back({Diagnostic::Severity::Notice, host.ref,
                                             "spec.requestPolicy.insecure.action",
                                             "the insecure action changes nothing: every Listener of this "
                                             "Host is of securityModel SECURE, "
                                             "where each request is served",
                                             false});
    }
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
    const auto &contexts = m_context.resources.tlsContexts;
    const auto unused = std::find_if(contexts.begin(), contexts.end(), [](const TlsContextResource &context) {
        return (!context.hosts.empty() && context.context.source.kind == "TLSContext")
            || (context.ofModule && context.context.name == "server");
    });
    if (unused != contexts.end())
        report(unused->context.source, unused->ofModule ? "" : "spec.hosts",
               "TLSContexts are there to end TLS, but no Host is; they are not used for that. Make a Host",
               false);
    ActiveHost host;
    host.host.ref = {"", "default-host", m_context.options.ambassadorNamespace};
    host.host.name = host.host.ref.name;
    host.host.hostname = "*";
    host.context = m_context.tls.usable(FallbackContext) ? FallbackContext : "";
    host.host.insecureAction = host.context.empty() ? InsecureAction::Route : InsecureAction::Redirect;
    m_hosts.push_back(std::move(host));
}

// Of a Host or a Listener.  Before 3.0 one label of several is enough.
bool ListenerCompiler::selects(const Value &selector, const Value *labels) const
{
    if (m_context.rules.strictSelectors || selector.members().empty())
        return labelsMatch(selector, labels);
    return std::any_of(selector.members().begin(), selector.members().end(), [&](const auto &label) {
        return labels && (*labels)[label.first].isString()
            && (*labels)[label.first].text() == label.second.text();
    });
}

bool ListenerCompiler::takes(const ListenerPlan &plan, const ActiveHost &host) const
{
    const Value &binding = (*plan.spec)["hostBinding"];
    if (lowered(binding["namespace"]["from"].text()) != "all" && host.host.ref.nameSpace != plan.nameSpace)
        return false;
    const Value &labels = binding["selector"]["matchLabels"];
    return labels.isNull() || selects(labels, host.host.labels);
}

bool ListenerCompiler::hostTakes(const ActiveHost &host, const CompiledGroup &group) const
{
    if (group.own && m_context.rules.starsOnBothSides) // else their "*" fits no Host that has another star
        return true;
    const bool hasName = group.hostRegex || !group.host.empty();
    const bool nameFits = hasName && (group.hostRegex || takesName(host, group.host, m_context.rules));
    const Value *selector = host.host.selector;
    if (!selector)
        return nameFits;
    const Value *labels = group.labels.isNull() ? nullptr : &group.labels;
    if (m_context.rules.strictSelectors)
        return selects(*selector, labels) && (!hasName || nameFits);
    return nameFits || selects(*selector, labels);
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
    const bool tls = plan.stack.tls && (hasCertificate(host) || m_context.rules.tlsWithoutCertificate);
    const bool cleartext = !plan.stack.udp
        && (plan.security != ListenerPlan::Security::Insecure
            || host.host.insecureAction != InsecureAction::Reject);
    if (!tls && !cleartext)
        return;
    if (host.complained && !m_context.rules.complainedHostsServe) {
        leaveOut(plan, host, tls, cleartext);
        return;
    }
    site.routes = routesFor(plan, host);
    if (tls)
        addTlsHost(plan, host, site);
    if (cleartext)
        addCleartextHost(plan, host, std::move(site));
}

// What Emissary makes of it has no name and nothing in it, and there is one for all such Hosts.
void ListenerCompiler::leaveOut(ListenerPlan &plan, const ActiveHost &host, bool tls, bool cleartext)
{
    auto &chains = plan.listener.chains;
    if (tls && std::none_of(chains.begin(), chains.end(), isHollow)) {
        FilterChain hollow;
        hollow.tls = true;
        chains.push_back(std::move(hollow));
    }
    if (cleartext)
        sharedChain(plan);
    report(host.host.ref, "",
           "until 2.4 a Host that has an error is not served; TLS for names that no other Host has fails",
           true);
}

void ListenerCompiler::addTlsHost(ListenerPlan &plan, const ActiveHost &host, const VirtualHost &site)
{
    const std::string name = serverName(host.host.hostname, m_context.rules);
    const auto same =
        std::find_if(plan.listener.chains.begin(), plan.listener.chains.end(), [&](const FilterChain &chain) {
            return chain.tls && !isHollow(chain)
                && (name == "*" ? chain.serverNames.empty() : chain.serverNames == std::vector{name});
        });
    if (same != plan.listener.chains.end()) {
        shareTls(*same, host, site);
        return;
    }
    FilterChain chain;
    chain.name = "httpshost-" + host.host.name;
    chain.tls = true;
    chain.tlsContext = hasCertificate(host) ? host.context : "";
    if (name != "*")
        chain.serverNames = {name};
    chain.virtualHosts.push_back(site);
    plan.listener.chains.push_back(std::move(chain));
}

// A Host whose server name another Host or TCPMapping has already.
void ListenerCompiler::shareTls(FilterChain &chain, const ActiveHost &host, const VirtualHost &site)
{
    const auto refuse = [&](const std::string &why) {
        report(host.host.ref, "spec.hostname",
               "another Host or TCPMapping has claimed TLS for " + host.host.hostname + why, false);
    };
    switch (m_context.rules.hostsOfOneName) {
    case SameName::FirstOnly: refuse("; this one is not served there"); return;
    case SameName::LastServed:
        if (chain.tlsContext.empty())
            chain.tlsContext = hasCertificate(host) ? host.context : "";
        else if (hasCertificate(host) && chain.tlsContext != host.context)
            refuse(" with another certificate; this one is served with that");
        putSite(chain, site);
        return;
    case SameName::Share: break;
    }
    if (chain.tlsContext != host.context || !chain.tcpClusters.empty())
        refuse(" with another certificate; this one is not served there");
    else
        putSite(chain, site);
}

void ListenerCompiler::addCleartextHost(ListenerPlan &plan, const ActiveHost &host, VirtualHost site)
{
    if (const FilterChain *tcp = cleartextTcp(plan))
        tellCleartextConflict(plan, *tcp, host);
    else
        putSite(sharedChain(plan), std::move(site));
}

void ListenerCompiler::addHosts(ListenerPlan &plan)
{
    if (!plan.spec)
        return;
    HttpOptions &http = plan.listener.http;
    const std::string statPrefix = http.statPrefix;
    http = httpOptions(m_context);
    http.statPrefix = statPrefix;
    const std::int64_t depth = (*plan.spec)["l7Depth"].toInteger();
    if (depth < 0)
        m_context.diagnostics.push_back({Diagnostic::Severity::Notice, plan.listener.listener, "spec.l7Depth",
                                         "an l7Depth below 0 is ignored; 0 applies", false});
    http.trustedHops = saturated(std::max(depth, std::int64_t(0)));
    http.maxConcurrentStreams = integerOf((*plan.spec)["http2MaxConcurrentStreams"]);
    http.http3 = plan.http3;
    for (std::size_t i = 0; i < m_hosts.size(); ++i) {
        if (!takes(plan, m_hosts[i]))
            continue;
        (plan.security == ListenerPlan::Security::Secure ? m_served[i].secure : m_served[i].insecure) = true;
        addHost(plan, m_hosts[i]);
    }
}

} // namespace

std::vector<Listener> compileListeners(const ListenerContext &context, std::vector<ActiveHost> hosts)
{
    return ListenerCompiler(context, std::move(hosts)).compile();
}

} // namespace edge
