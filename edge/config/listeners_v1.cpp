// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/listeners_v1.h"

#include <algorithm>

namespace edge {

namespace {

constexpr std::uint16_t CleartextPort = 8080;
constexpr std::uint16_t TlsPort = 8443;
constexpr std::string_view AcmePrefix = "/.well-known/acme-challenge/";

struct Site // what becomes one virtual host
{
    std::string name;                 // hostname
    std::vector<std::string> domains; // all hosts of its context, else the name
    std::string context;              // "" no TLS
    InsecureAction insecure = InsecureAction::Redirect;
    int secondPort = 0;               // 0 none
    ResourceRef source;
};

class ListenerBuilder
{
public:
    explicit ListenerBuilder(const ListenerInput &input)
        : m_input(input)
    {
    }

    ListenerOutput build()
    {
        addHosts();
        addContextSites();
        if (m_sites.empty())
            addDefaultSite();
        const std::uint16_t port = mainPort();
        m_output.listeners.push_back(mainListener(port));
        addSecondPorts(port);
        return std::move(m_output);
    }

private:
    void complain(const ResourceRef &object, std::string path, std::string why)
    {
        m_output.diagnostics.push_back({Diagnostic::Severity::Error, object, std::move(path), std::move(why), true});
    }

    bool claim(const std::string &hostname) { return m_claimed.insert(hostname).second; }

    void addHosts()
    {
        for (const HostResource &host : m_input.resources.hosts) {
            Site site {host.hostname, {host.hostname}, {}, host.insecureAction, host.additionalPort.value_or(0), host.ref};
            if (!host.tlsContext.empty()) {
                const auto context = m_input.contexts.find(host.tlsContext);
                if (context == m_input.contexts.end() || !context->second.usable) {
                    complain(host.ref, "spec.tlsContext", "TLSContext " + host.tlsContext + " is not defined or has no certificate; this Host is not served");
                    continue;
                }
                site.context = host.tlsContext;
            } else if (!host.tlsSecret.empty()) {
                const std::string key = host.tlsSecret + "." + host.ref.nameSpace;
                if (m_input.resources.secrets.count(key) == 0) {
                    complain(host.ref, "spec.tlsSecret", "Secret " + host.tlsSecret + " in namespace " + host.ref.nameSpace + " holds no certificate; this Host is not served");
                    continue;
                }
                site.context = makeContext(host.ref.name + "-context", key, host.ref);
            }
            if (!site.context.empty() && !host.additionalPort)
                site.secondPort = CleartextPort;
            if (!claim(host.hostname)) {
                complain(host.ref, "spec.hostname", "another Host has claimed " + host.hostname + "; this one is not served");
                continue;
            }
            m_sites.push_back(std::move(site));
        }
    }

    std::string makeContext(const std::string &name, const std::string &secret, const ResourceRef &source)
    {
        TlsContext context;
        context.name = name;
        context.source = source;
        context.secret = secret;
        m_output.contexts.emplace(name, context);
        return name;
    }

    void addContextSites()
    {
        for (const TlsContextResource &resource : m_input.resources.tlsContexts) { // in resource order
            const auto found = m_input.contexts.find(resource.context.name);
            if (found == m_input.contexts.end())
                continue;
            const ResolvedContext &context = found->second;
            for (const std::string &host : context.hosts) {
                m_terminates = true;
                if (!claim(host))
                    continue;
                const auto action = context.redirectCleartextFrom != 0 ? InsecureAction::Redirect : InsecureAction::Reject;
                m_sites.push_back({host, context.hosts, context.usable ? context.context.name : "", action, context.redirectCleartextFrom, context.context.source});
            }
        }
    }

    void addDefaultSite()
    {
        Site site {"*", {"*"}, {}, InsecureAction::Route, 0, {}};
        if (m_input.resources.module.forwardedProtoRedirect)
            site.insecure = InsecureAction::Redirect;
        if (!m_input.fallbackSecret.empty()) { // Edge Stack serves TLS with a certificate of its own making
            site.context = makeContext("fallback-self-signed-context", m_input.fallbackSecret, {"Secret", "fallback-self-signed-cert", m_input.fallbackSecret.substr(m_input.fallbackSecret.rfind('.') + 1)});
            site.insecure = InsecureAction::Redirect;
            site.secondPort = CleartextPort;
        }
        m_sites.push_back(std::move(site));
    }

    std::uint16_t mainPort() const
    {
        if (m_input.resources.module.servicePort)
            return std::uint16_t(*m_input.resources.module.servicePort);
        const bool tls = m_terminates || std::any_of(m_sites.begin(), m_sites.end(), [](const Site &site) { return !site.context.empty(); });
        return tls ? TlsPort : CleartextPort;
    }

    static std::optional<Route> insecureVariant(const Route &route, InsecureAction action)
    {
        if (action == InsecureAction::Route || (route.path.kind == PathMatch::Kind::Prefix && route.path.value == AcmePrefix))
            return route;
        if (action == InsecureAction::Reject)
            return {};
        Route redirect;
        redirect.path = route.path;
        redirect.headers = route.headers;
        redirect.queryParameters = route.queryParameters;
        redirect.runtimeNumerator = route.runtimeNumerator;
        redirect.mapping = route.mapping;
        redirect.groupId = route.groupId;
        redirect.redirect = Redirect();
        redirect.redirect->httpsRedirect = true;
        return redirect;
    }

    std::vector<Route> mainRoutes(const Site &site) const
    {
        std::vector<Route> routes;
        for (const Route &route : m_input.routes) {
            Route secure = route;
            const bool asksItself = std::any_of(route.headers.begin(), route.headers.end(), [](const ValueMatch &match) { return match.name == "x-forwarded-proto"; });
            if (!asksItself)
                secure.headers.push_back({ValueMatch::Kind::Exact, "x-forwarded-proto", "https"});
            routes.push_back(std::move(secure));
            if (auto insecure = insecureVariant(route, site.insecure))
                routes.push_back(std::move(*insecure));
        }
        return routes;
    }

    std::vector<Route> secondRoutes(const Site &site) const
    {
        std::vector<Route> routes;
        for (const Route &route : m_input.routes) {
            if (auto insecure = insecureVariant(route, site.insecure))
                routes.push_back(std::move(*insecure));
        }
        return routes;
    }

    static FilterChain chainOf(const Site &site, const std::string &context, std::vector<Route> routes)
    {
        FilterChain chain;
        chain.tls = !context.empty();
        chain.tlsContext = context;
        if (site.name != "*")
            chain.serverNames = {site.name};
        chain.virtualHosts.push_back({site.name, context.empty() ? std::vector<std::string> {site.name} : site.domains, std::move(routes), site.source});
        return chain;
    }

    // A port without a site for "*" makes its first one that.
    static void openFirst(Listener &listener)
    {
        const bool open = std::any_of(listener.chains.begin(), listener.chains.end(), [](const FilterChain &chain) { return chain.serverNames.empty(); });
        if (open || listener.chains.empty())
            return;
        listener.chains.front().serverNames.clear();
        listener.chains.front().virtualHosts.front().domains = {"*"};
    }

    Listener mainListener(std::uint16_t port) const
    {
        Listener listener;
        listener.name = "ambassador-listener-" + std::to_string(port);
        listener.port = port;
        for (const Site &site : m_sites)
            listener.chains.push_back(chainOf(site, site.context, mainRoutes(site)));
        openFirst(listener);
        return listener;
    }

    void addSecondPorts(std::uint16_t port)
    {
        std::map<int, Listener> second;
        for (const Site &site : m_sites) {
            if (site.secondPort <= 0 || site.secondPort > 65535 || site.secondPort == port)
                continue;
            Listener &listener = second[site.secondPort];
            listener.name = "ambassador-listener-" + std::to_string(site.secondPort);
            listener.port = std::uint16_t(site.secondPort);
            listener.chains.push_back(chainOf(site, {}, secondRoutes(site)));
        }
        for (auto &[number, listener] : second) {
            openFirst(listener);
            m_output.listeners.push_back(std::move(listener));
        }
    }

    const ListenerInput &m_input;
    ListenerOutput m_output;
    std::vector<Site> m_sites;
    std::set<std::string> m_claimed;
    bool m_terminates = false;
};

}

ListenerOutput listenersV1(const ListenerInput &input)
{
    return ListenerBuilder(input).build();
}

} // namespace edge
