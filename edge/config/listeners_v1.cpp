// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/listeners_v1.h"

#include "edge/config/envoy_limits.h"
#include "edge/config/listener_plans.h"
#include "edge/config/numbers.h"
#include "edge/config/said.h"

#include <algorithm>
#include <cmath>

namespace edge {

namespace {

constexpr std::uint16_t CleartextPort = 8080;
constexpr std::uint16_t TlsPort = 8443;
constexpr std::string_view OnlyByTls = "; Ambassador 1.x tells names apart by TLS only";
constexpr std::string_view AcmePrefix = "/.well-known/acme-challenge/";
constexpr std::string_view EdgeStackRoot =
    "^/$"; // the welcome page of Edge Stack: shown even where all else is redirected

struct Site // what becomes one virtual host
{
    std::string name;                 // hostname
    std::vector<std::string> domains; // on the main port: all hosts of its context, else the name
    std::string context;              // "" no TLS
    InsecureAction insecure = InsecureAction::Redirect;
    int secondPort = 0; // 0 none
    ResourceRef source;
};

bool contains(const std::vector<std::string> &texts, const std::string &text)
{
    return std::find(texts.begin(), texts.end(), text) != texts.end();
}

class ListenerBuilder
{
public:
    ListenerBuilder(const ListenerContext &context, std::map<std::string, TlsContext> &contexts)
        : m_context(context)
        , m_contexts(contexts)
    {
    }

    std::vector<Listener> build(const std::vector<ActiveHost> &hosts);

private:
    void complain(const ResourceRef &object, std::string path, std::string why)
    {
        m_context.diagnostics.push_back(
            {Diagnostic::Severity::Error, object, std::move(path), std::move(why), true});
    }
    bool claim(const std::string &hostname) { return m_claimed.insert(hostname).second; }
    void addHost(const ActiveHost &host);
    void addContextSites();
    void addDefaultSite();
    void tellIdleRedirect();
    std::uint16_t mainPort() const;
    std::optional<std::uint16_t> servicePort() const;

    const std::vector<std::string> *boundTo(const MappingGroup &group) const;
    bool serves(const Site &site, const CompiledGroup &group, const Route &route) const;
    SharedList<Route> routesFor(const Site &site, bool main) const;
    FilterChain chainOf(const Site &site, bool main) const;
    void tellDead(const std::vector<Site> &sites, std::uint16_t port) const;
    Listener listenerOf(std::vector<Site> sites, std::uint16_t port, bool main) const;
    void addSecondPorts(std::uint16_t main, std::vector<Listener> &listeners) const;
    void addTcp(std::vector<Listener> &listeners);
    void addTcpChain(std::vector<Listener> &listeners, const TcpGroup &group, FilterChain chain);
    FilterChain tcpChain(const TcpGroup &group, std::size_t firstCluster) const;
    std::string tcpContext(const TcpGroup &group) const;

    const ListenerContext &m_context;
    std::map<std::string, TlsContext> &m_contexts; // receives the fallback
    std::vector<Site> m_sites;
    std::set<std::string> m_claimed;
};

std::vector<Listener> ListenerBuilder::build(const std::vector<ActiveHost> &hosts)
{
    for (const ActiveHost &host : hosts)
        addHost(host);
    addContextSites();
    if (m_sites.empty())
        addDefaultSite();
    else
        tellIdleRedirect();
    const std::uint16_t port = mainPort();
    std::vector<Listener> listeners;
    listeners.push_back(listenerOf(m_sites, port, true));
    addSecondPorts(port, listeners);
    addTcp(listeners);
    return listeners;
}

// A Host without a context of its own, or with one that is in error, is served by the one that claims its hostname, which
// may be in error, too: then it ends no TLS.
void ListenerBuilder::addHost(const ActiveHost &active)
{
    const HostResource &host = active.host;
    const std::string &owner = m_context.tls.ownerOf(host.hostname);
    const bool isOwn = m_context.tls.usable(active.context);
    const bool isClaimed = m_context.tls.usable(owner);
    const std::string &name = isOwn ? active.context : owner;
    const ResolvedContext *context = name.empty() ? nullptr : m_context.tls.find(name);
    if (active.contextLost) { // 1.x opens TLS without a certificate for it where nobody has its hostname
        complain(host.ref, "spec.tls",
                 "TLSContext " + active.context + " is another's; nobody can talk to this Host");
        return;
    }
    if (isOwn && isClaimed && owner != name) {
        complain(host.ref, "spec.hostname",
                 "another TLSContext or Host has claimed " + host.hostname + "; this Host is not served");
        return;
    }
    Site site{host.hostname, {host.hostname}, {}, host.insecureAction, host.additionalPort.value_or(0),
              host.ref};
    if (context && !context->hosts.empty()) // also of one that cannot be used
        site.domains = context->hosts;
    if (context && context->sound)
        site.context = name;
    if (active.ownContext && isOwn && isClaimed && !host.additionalPort)
        site.secondPort = CleartextPort;
    if (m_context.options.edgeStack && host.acme && host.additionalPort && *host.additionalPort < 0) {
        m_context.diagnostics.push_back({Diagnostic::Severity::Error, host.ref,
                                         "spec.requestPolicy.insecure.additionalPort",
                                         "ACME needs a port for clear text; 8080 is opened for it", false});
        site.secondPort = CleartextPort;
        site.insecure = InsecureAction::Reject;
    }
    if (!claim(host.hostname))
        complain(host.ref, "spec.hostname",
                 "another Host has claimed " + host.hostname + "; this one is not served");
    else
        m_sites.push_back(std::move(site));
}

void ListenerBuilder::addContextSites()
{
    for (const std::string &name : m_context.tls.order()) {
        const ResolvedContext &context = *m_context.tls.find(name);
        for (const std::string &host : context.hosts) {
            if (!claim(host))
                continue;
            const std::string &owner = m_context.tls.ownerOf(host);
            const ResolvedContext &used = *m_context.tls.find(owner);
            const auto action =
                used.redirectCleartextFrom != 0 ? InsecureAction::Redirect : InsecureAction::Reject;
            m_sites.push_back({host, used.hosts, used.sound ? owner : "", action, used.redirectCleartextFrom,
                               used.context.source});
        }
    }
}

void ListenerBuilder::addDefaultSite()
{
    Site site{"*", {"*"}, {}, InsecureAction::Route, 0, {}};
    if (isTruthy(m_context.resources.module["x_forwarded_proto_redirect"]))
        site.insecure = InsecureAction::Redirect;
    static constexpr const char *Fallback = "fallback-self-signed-context";
    if (const ResolvedContext *context =
            m_context.tls.usable(Fallback)) { // Edge Stack serves TLS with a certificate of its own making
        m_contexts.emplace(Fallback, context->context);
        site.context = Fallback;
        site.insecure = InsecureAction::Redirect;
        site.secondPort = CleartextPort;
    }
    m_sites.push_back(std::move(site));
}

// What is no number stops the compiler, even null; Envoy is given any number as it stands.
std::optional<std::uint16_t> ListenerBuilder::servicePort() const
{
    constexpr double Most = 65535;
    const ModuleResource &module = m_context.resources.module;
    const Value *written = module.config.find("service_port");
    if (!written)
        return {};
    const double port = written->toDouble();
    if (written->isNumber() && port >= 0 && port <= Most && port == std::floor(port))
        return std::uint16_t(port);
    const bool isSwallowed = written->isNumber() || written->isBool();
    m_context.diagnostics.push_back({Diagnostic::Severity::Error, module.ref, "spec.config.service_port",
                                     toJson(*written) + " is not the number of a port"
                                         + std::string(isSwallowed ? EnvoyRefuses : EdgeFails),
                                     false});
    return {};
}

void ListenerBuilder::tellIdleRedirect()
{
    const ModuleResource &module = m_context.resources.module;
    if (isTruthy(module["x_forwarded_proto_redirect"]))
        m_context.diagnostics.push_back({Diagnostic::Severity::Notice, module.ref,
                                         "spec.config.x_forwarded_proto_redirect",
                                         "x_forwarded_proto_redirect changes nothing where there is a Host "
                                         "or a TLSContext with hosts; use the "
                                         "Host's requestPolicy.insecure.action",
                                         false});
}

std::uint16_t ListenerBuilder::mainPort() const
{
    if (const auto port = servicePort())
        return *port;
    bool tls =
        std::any_of(m_sites.begin(), m_sites.end(), [](const Site &site) { return !site.context.empty(); });
    for (const std::string &name : m_context.tls.order())
        tls = tls || !m_context.tls.find(name)->hosts.empty();
    return tls ? TlsPort : CleartextPort;
}

// The hosts of the TLSContext that claims the host of a group's Mappings; nullptr: nothing binds the group to any.
// A redirect is none of a group's Mappings.
const std::vector<std::string> *ListenerBuilder::boundTo(const MappingGroup &group) const
{
    for (const MappingResource *mapping : group.flattening) {
        const std::string &host = mapping->field("host").text();
        for (const std::string &name : m_context.tls.order()) {
            const auto &hosts = m_context.tls.find(name)->hosts;
            if (!host.empty() && contains(hosts, host))
                return contains(hosts, "*") ? nullptr : &hosts;
        }
    }
    return nullptr;
}

// Every Mapping goes into every virtual host, but for hosts that a TLSContext names, and
// prune_unreachable_routes.
bool ListenerBuilder::serves(const Site &site, const CompiledGroup &group, const Route &route) const
{
    if (site.name == "*" || (route.path.kind == PathMatch::Kind::Prefix && route.path.value == AcmePrefix))
        return true;
    if (const auto *hosts = boundTo(*group.group); hosts && !contains(*hosts, site.name))
        return false;
    if (!isTruthy(m_context.resources.module["prune_unreachable_routes"]))
        return true;
    return std::none_of(route.headers.begin(), route.headers.end(), [&](const ValueMatch &match) {
        const bool reachable = match.value == site.name && match.value.find('*') == std::string::npos;
        return match.name == ":authority" && match.kind == ValueMatch::Kind::Exact && !reachable;
    });
}

SharedList<Route> ListenerBuilder::routesFor(const Site &site, bool main) const
{
    SharedList<Route> routes;
    routes.reserve(2 * m_context.groups.size());
    if (m_context.options.edgeStack && m_context.services.auth) {
        Route acme;
        acme.path.value = AcmePrefix;
        acme.prefixRewrite = std::string(AcmePrefix);
        acme.cluster = m_context.services.authCluster;
        routes.push_back(std::move(acme));
    }
    for (const CompiledGroup *group : m_context.groups) {
        for (std::size_t i = 0; i < group->routes.size(); ++i) {
            const auto &route = group->routes[i];
            if (!serves(site, *group, *route))
                continue;
            const bool welcome = group->own && route->path.value == EdgeStackRoot;
            if (main)
                routes.push_back(welcome ? route : group->secure(i, m_context.rules));
            if (auto insecure =
                    group->insecure(i, welcome ? InsecureAction::Route : site.insecure, false, false))
                routes.push_back(std::move(insecure));
        }
    }
    return routes;
}

FilterChain ListenerBuilder::chainOf(const Site &site, bool main) const
{
    FilterChain chain;
    chain.tls = !site.context.empty();
    chain.tlsContext = site.context;
    if (site.name != "*")
        chain.serverNames = {site.name};
    const auto domains = site.name != "*" && main ? site.domains : std::vector<std::string>{site.name};
    chain.virtualHosts.push_back({site.name, domains, routesFor(site, main), site.source});
    return chain;
}

std::string_view actionName(InsecureAction action)
{
    return action == InsecureAction::Reject  ? "Reject"
        : action == InsecureAction::Redirect ? "Redirect"
                                             : "Route";
}

// The chains of a port are told apart by the name that TLS sends: in clear text there is none, so that only the one
// without a name is ever used, whatever a request's Host says.
void ListenerBuilder::tellDead(const std::vector<Site> &sites, std::uint16_t port) const
{
    const auto taker = std::find_if(sites.begin(), sites.end(), [](const Site &site) {
        return site.name == "*" && site.context.empty();
    });
    const std::string place = "in clear text on port " + std::to_string(port) + " ";
    for (const Site &site : sites) {
        if (site.name == "*" || !site.context.empty()
            || (taker != sites.end() && taker->insecure == site.insecure))
            continue;
        const std::string why = taker == sites.end()
            ? "nobody gets to " + site.name + ", as all else there is TLS"
            : "the action of " + site.name + ", " + std::string(actionName(site.insecure))
                + ", does not hold: " + std::string(actionName(taker->insecure)) + ", that of "
                + (taker->source.kind.empty() ? "the edge" : taker->source.kind + " " + taker->source.name)
                + ", does for every name";
        m_context.diagnostics.push_back({Diagnostic::Severity::Notice, site.source,
                                         site.source.kind == "Host" ? "spec.requestPolicy.insecure.action"
                                                                    : "spec.redirect_cleartext_from",
                                         place + why + std::string(OnlyByTls), false});
    }
}

Listener ListenerBuilder::listenerOf(std::vector<Site> sites, std::uint16_t port, bool main) const
{
    // A port without a site for "*" makes its first one that.
    if (std::none_of(sites.begin(), sites.end(), [](const Site &site) { return site.name == "*"; }))
        sites.front().name = "*";
    for (Site &site : sites) {
        if (!main)
            site.context.clear();
    }
    tellDead(sites, port);
    Listener listener;
    listener.name = "ambassador-listener-" + std::to_string(port);
    listener.port = port;
    listener.http = httpOptions(m_context);
    listener.http.trustedHops = saturated(m_context.resources.module["xff_num_trusted_hops"].toInteger());
    listener.proxyProtocol = isTruthy(m_context.resources.module["use_proxy_proto"]);
    for (const Site &site : sites)
        listener.chains.push_back(chainOf(site, main));
    listener.tlsInspector = std::any_of(listener.chains.begin(), listener.chains.end(),
                                        [](const FilterChain &chain) { return chain.tls; });
    return listener;
}

void ListenerBuilder::addSecondPorts(std::uint16_t main, std::vector<Listener> &listeners) const
{
    std::vector<std::pair<int, std::vector<Site>>> second; // in the order in which they are asked for
    for (const Site &site : m_sites) {
        if (site.secondPort <= 0 || site.secondPort > 65535 || site.secondPort == main)
            continue;
        auto known = std::find_if(second.begin(), second.end(),
                                  [&](const auto &port) { return port.first == site.secondPort; });
        if (known == second.end())
            known = second.insert(second.end(), {site.secondPort, {}});
        known->second.push_back(site);
    }
    for (const auto &[port, sites] : second)
        listeners.push_back(listenerOf(sites, std::uint16_t(port), false));
}

// The TLSContext that lists the host of a TCPMapping.
std::string ListenerBuilder::tcpContext(const TcpGroup &group) const
{
    for (const std::string &name : m_context.tls.order()) {
        const ResolvedContext *context = group.first->host.empty() ? nullptr : m_context.tls.usable(name);
        if (context && contains(context->hosts, group.first->host))
            return name;
    }
    return {};
}

FilterChain ListenerBuilder::tcpChain(const TcpGroup &group, std::size_t firstCluster) const
{
    FilterChain chain;
    chain.source = group.first->upstream.ref;
    for (std::size_t i = 0; i < group.members.size(); ++i)
        chain.tcpClusters.push_back({m_context.tcpClusters[firstCluster + i], group.members[i].weight});
    return chain;
}

// TLS of a port is that of the first TCPMapping there, and hosts are looked at only where there is TLS.
// 1.x gives Envoy what follows all the same, and Envoy refuses two listeners at one address and two answers to the
// same connections: then the edge goes on with the last configuration that it took.
void ListenerBuilder::addTcpChain(std::vector<Listener> &listeners, const TcpGroup &group, FilterChain chain)
{
    const std::string address = group.first->address.empty() ? "0.0.0.0" : group.first->address;
    const auto known = std::find_if(listeners.begin(), listeners.end(), [&](const Listener &listener) {
        return listener.address == address && listener.port == group.first->port;
    });
    const std::string refused =
        "; Envoy refuses that, and the edge goes on with the last configuration that it took";
    const std::string port = std::to_string(group.first->port);
    const std::string &host = group.first->host;
    chain.tlsContext = known == listeners.end() ? tcpContext(group) : known->chains.front().tlsContext;
    chain.tls = !chain.tlsContext.empty();
    if (chain.tls && !host.empty() && host != "*")
        chain.serverNames = {host};
    else if (!chain.tls && !host.empty() && host != "*")
        m_context.diagnostics.push_back(
            {Diagnostic::Severity::Notice, chain.source, "spec.host",
             "host changes nothing: no TLSContext lists that of the first TCPMapping of port " + port
                 + ", so that its connections are taken in clear text, for whichever host",
             false});
    if (known == listeners.end()) {
        Listener listener;
        listener.name = "listener-" + address + "-" + port;
        listener.address = address;
        listener.port = std::uint16_t(group.first->port);
        listener.tlsInspector = chain.tls;
        listener.http.statPrefix = "ingress_tcp_" + port;
        listener.chains.push_back(std::move(chain));
        listeners.push_back(std::move(listener));
    } else if (known->chains.front().tcpClusters.empty()) {
        complain(chain.source, "spec.port",
                 "HTTP is served on port " + port + " already" + refused
                     + ". Give the TCPMapping a port of its own");
    } else {
        const auto same =
            std::find_if(known->chains.begin(), known->chains.end(), [&](const FilterChain &other) {
                return other.tls == chain.tls && other.serverNames == chain.serverNames;
            });
        if (same != known->chains.end())
            complain(chain.source, "spec.port",
                     "TCPMapping " + same->source.name + " answers the same connections on port " + port
                         + refused
                         + ". A host parts them only where a TLSContext lists that of the first of them");
        known->chains.push_back(std::move(chain));
    }
}

void ListenerBuilder::addTcp(std::vector<Listener> &listeners)
{
    std::size_t cluster = 0;
    for (const TcpGroup &group : m_context.tcpGroups) {
        if (const std::string why = whyNoPort(group); !why.empty())
            complain(group.first->upstream.ref, "spec.port", why);
        else
            addTcpChain(listeners, group, tcpChain(group, cluster));
        cluster += group.members.size();
    }
}

} // namespace

bool isOfDeadCleartext(const Diagnostic &diagnostic) { return diagnostic.message.ends_with(OnlyByTls); }

std::vector<Listener> compileListenersV1(const ListenerContext &context, std::vector<ActiveHost> hosts,
                                         std::map<std::string, TlsContext> &contexts)
{
    return ListenerBuilder(context, contexts).build(hosts);
}

} // namespace edge
