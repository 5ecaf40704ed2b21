// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/tcp_chains.h"

#include <algorithm>

namespace edge {

namespace {

struct BoundTcp // a group of TCPMappings that has the listener's port
{
    const TcpGroup &group;
    std::size_t firstCluster; // among ListenerContext::tcpClusters
};

class TcpCompiler
{
public:
    TcpCompiler(const ListenerContext &context, const std::vector<ActiveHost> &hosts,
                const ListenerPlan &plan)
        : m_context(context)
        , m_hosts(hosts)
        , m_plan(plan)
    {
    }

    std::vector<FilterChain> compile();

private:
    void refuse(const BoundTcp &bound, std::string path, std::string why)
    {
        m_context.diagnostics.push_back({Diagnostic::Severity::Error, bound.group.first->upstream.ref,
                                         std::move(path), std::move(why), true});
    }
    std::vector<BoundTcp> bound() const;
    FilterChain cleartext(const BoundTcp &bound) const;
    std::string contextOf(const TcpGroup &group) const;
    void add(const BoundTcp &bound);
    void addByHosts(const BoundTcp &bound);
    void addOf(const std::string &hostname, FilterChain chain);

    const ListenerContext &m_context;
    const std::vector<ActiveHost> &m_hosts;
    const ListenerPlan &m_plan;
    std::vector<FilterChain> m_chains;
    // Until 2.4: chains of one Host stand together, in the order in which Hosts are first asked for; "" without one.
    std::vector<std::pair<std::string, std::vector<FilterChain>>> m_byHost;
};

std::vector<FilterChain> TcpCompiler::compile()
{
    for (const BoundTcp &one : bound()) {
        if (m_plan.stack.http && !m_context.rules.tcpBesideHttp)
            refuse(one, "spec.port",
                   "Listener " + m_plan.listener.name
                       + " has this port for HTTP, and until 2.4 TCP is not served beside it; give this "
                         "TCPMapping a "
                         "port of its own");
        else if (m_context.rules.tcpTlsByHost)
            addByHosts(one);
        else
            add(one);
    }
    for (auto &[hostname, chains] : m_byHost)
        std::move(chains.begin(), chains.end(), std::back_inserter(m_chains));
    return std::move(m_chains);
}

std::vector<BoundTcp> TcpCompiler::bound() const
{
    std::vector<BoundTcp> found;
    std::size_t cluster = 0;
    for (const TcpGroup &group : m_context.tcpGroups) {
        const std::string address =
            group.first->address.empty() ? bindAddress(m_context) : group.first->address;
        const Listener &listener = m_plan.listener;
        if (!listener.udp && listener.address == address && listener.port == group.first->port)
            found.push_back({group, cluster});
        cluster += group.members.size();
    }
    return found;
}

FilterChain TcpCompiler::cleartext(const BoundTcp &bound) const
{
    FilterChain chain;
    chain.name = "tcphost-GROUP: " + bound.group.first->name;
    chain.source = bound.group.first->upstream.ref;
    for (std::size_t i = 0; i < bound.group.members.size(); ++i)
        chain.tcpClusters.push_back(
            {m_context.tcpClusters[bound.firstCluster + i], bound.group.members[i].weight});
    return chain;
}

// A TCPMapping with a host ends TLS: with the first Host's certificate, else with a TLSContext that lists the
// host.
std::string TcpCompiler::contextOf(const TcpGroup &group) const
{
    const std::string &host = group.first->host;
    for (const ActiveHost &candidate : m_hosts) {
        if (hasCertificate(candidate, m_context.tls) && takesName(candidate, host, m_context.rules))
            return candidate.context;
    }
    for (const std::string &name : m_context.tls.order()) {
        const ResolvedContext *context = m_context.tls.usable(name);
        if (context && std::find(context->hosts.begin(), context->hosts.end(), host) != context->hosts.end())
            return name;
    }
    return {};
}

void TcpCompiler::add(const BoundTcp &bound)
{
    FilterChain chain = cleartext(bound);
    if (const std::string &host = bound.group.first->host; !host.empty()) {
        chain.tlsContext = contextOf(bound.group);
        if (chain.tlsContext.empty()) {
            refuse(bound, "spec.host",
                   "no Host and no TLSContext has a certificate for " + host
                       + "; this TCPMapping is not served");
            return;
        }
        chain.tls = true;
        if (host != "*")
            chain.serverNames = {host};
    }
    const auto same = std::find_if(m_chains.begin(), m_chains.end(), [&](const FilterChain &other) {
        return other.tls == chain.tls && other.serverNames == chain.serverNames;
    });
    if (same != m_chains.end())
        refuse(bound, "spec.port",
               "TCPMapping " + same->source.name + " answers the same connections; this one is not used");
    else
        m_chains.push_back(std::move(chain));
}

void TcpCompiler::addOf(const std::string &hostname, FilterChain chain)
{
    auto found = std::find_if(m_byHost.begin(), m_byHost.end(),
                              [&](const auto &known) { return known.first == hostname; });
    if (found == m_byHost.end())
        found = m_byHost.insert(found, {hostname, {}});
    else if (chain.tls)
        chain.tlsContext = found->second.front().tlsContext; // of Hosts of one name the first one's
    found->second.push_back(std::move(chain));
}

// Until 2.4: by the name of each Host that the TCPMapping fits, with that one's certificate.
void TcpCompiler::addByHosts(const BoundTcp &bound)
{
    const std::string &wanted = bound.group.first->host;
    if (wanted.empty()) {
        addOf({}, cleartext(bound));
        return;
    }
    bool isServed = false;
    for (const ActiveHost &host : m_hosts) {
        if (!hasCertificate(host, m_context.tls) || !takesName(host, wanted, m_context.rules))
            continue;
        isServed = true;
        FilterChain chain = cleartext(bound);
        if (host.complained && !m_context.rules.complainedHostsServe) { // as if there were no host
            addOf({}, std::move(chain));
            continue;
        }
        chain.tls = true;
        chain.tlsContext = host.context;
        chain.serverNames = {host.host.hostname};
        addOf(host.host.hostname, std::move(chain));
    }
    if (!isServed)
        refuse(bound, "spec.host",
               "no Host has a certificate for " + wanted + "; this TCPMapping is not served");
}

} // namespace

std::vector<FilterChain> tcpChains(const ListenerContext &context, const std::vector<ActiveHost> &hosts,
                                   const ListenerPlan &plan)
{
    return TcpCompiler(context, hosts, plan).compile();
}

} // namespace edge
