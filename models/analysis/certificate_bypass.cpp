// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/certificate_bypass.h"

#include "models/analysis/route_order.h"
#include "models/resources/text.h"

#include <unordered_map>
#include <unordered_set>

using namespace Qt::StringLiterals;

namespace models {

namespace {

// A name that a domain or a server name with a star stands for.
std::string anyOf(const std::string &glob)
{
    const std::size_t star = glob.find('*');
    return star == std::string::npos ? glob : glob.substr(0, star) + "any" + glob.substr(star + 1);
}

// Whether a route is for this domain alone: in the virtual host of a wider one such a route asks for its own Mapping's
// hostname.
bool isBoundTo(const edge::Route &route, const std::string &domain)
{
    using Kind = edge::ValueMatch::Kind;
    for (const edge::ValueMatch &match : route.headers) {
        if (match.name != ":authority")
            continue;
        return (match.kind == Kind::Exact && match.value == domain)
            || (match.kind == Kind::Suffix && "*" + match.value == domain)
            || (match.kind == Kind::Prefix && match.value + "*" == domain);
    }
    return false;
}

class ListenerLook
{
public:
    ListenerLook(const edge::RouteTable &table, const edge::Listener &listener)
        : m_table(table)
        , m_listener(listener)
    {
        for (const edge::FilterChain &chain : listener.chains) {
            if (!chain.tls || isProtected(chain))
                continue;
            for (const edge::VirtualHost &host : chain.virtualHosts) {
                for (const std::string &domain : host.domains)
                    m_open[domain].push_back(&chain);
            }
        }
    }

    QList<Finding> findings() const
    {
        QList<Finding> found;
        if (m_open.empty())
            return found;
        for (const edge::FilterChain &chain : m_listener.chains) {
            for (const edge::VirtualHost &host : chain.virtualHosts) {
                if (isProtected(chain) && !host.host.kind.empty())
                    look(found, host);
            }
        }
        return found;
    }

private:
    bool isProtected(const edge::FilterChain &chain) const
    {
        const auto context = m_table.config().tlsContexts.find(chain.tlsContext);
        return chain.tls && context != m_table.config().tlsContexts.end() && context->second.certRequired;
    }

    // Chains with a virtual host that this domain could be asked of, by the name or by a star in its place.
    std::vector<const edge::FilterChain *> openTo(const std::string &domain) const
    {
        std::vector<const edge::FilterChain *> chains;
        const auto add = [&](const std::string &key) {
            if (const auto found = m_open.find(key); found != m_open.end())
                chains.insert(chains.end(), found->second.begin(), found->second.end());
        };
        add(domain);
        for (std::size_t at = 1; at <= domain.size(); ++at)
            add("*" + domain.substr(at));
        for (std::size_t length = 1; length < domain.size(); ++length)
            add(domain.substr(0, length) + "*");
        return chains;
    }

    void look(QList<Finding> &found, const edge::VirtualHost &host) const
    {
        std::unordered_set<std::string> own;
        for (const edge::Route &route : host.routes) {
            if (!route.mapping.kind.empty())
                own.insert(keyOf(route.mapping));
        }
        for (const std::string &domain : host.domains) {
            for (const edge::FilterChain *chain : openTo(domain)) {
                const QStringList mappings = evaded(own, domain, *chain);
                if (mappings.isEmpty())
                    continue;
                found.append(findingOf(host, domain, *chain, mappings));
                return; // one a Host is enough to act on
            }
        }
    }

    // The Mappings of this domain that the table answers for a client of the other chain.
    QStringList evaded(const std::unordered_set<std::string> &own, const std::string &domain,
                       const edge::FilterChain &chain) const
    {
        edge::RequestHead head;
        head.headers.add("host", anyOf(domain));
        const std::string serverName =
            chain.serverNames.empty() ? std::string() : anyOf(chain.serverNames.front());
        const edge::Decision decision = m_table.match({&head, m_listener.port, true, serverName, 0});
        QStringList mappings;
        if (decision.chain != &chain || !decision.virtualHost)
            return mappings;
        for (const edge::Route &route : decision.virtualHost->routes) {
            if (isBoundTo(route, domain) && own.contains(keyOf(route.mapping)))
                mappings.append(text(keyOf(route.mapping)));
        }
        mappings.removeDuplicates();
        return mappings;
    }

    Finding findingOf(const edge::VirtualHost &host, const std::string &domain,
                      const edge::FilterChain &chain, const QStringList &mappings) const
    {
        const ObjectRef subject{text(host.host.kind), text(host.host.nameSpace), text(host.host.name)};
        const QString name = chain.serverNames.empty()
            ? u"no server name, or any other,"_s
            : u"the server name %1"_s.arg(text(chain.serverNames.front()));
        return {
            u"TLS-011"_s,
            Severity::Warning,
            subject,
            u"spec.tls.cert_required"_s,
            u"%1 demands a client's certificate, and a client that begins TLS with %2 and then asks for %1 gets %3 without one"_s
                .arg(text(domain), name,
                     mappings.size() == 1 ? u"Mapping "_s + mappings.front()
                                          : u"%1 Mappings"_s.arg(mappings.size())),
            {u"port %1, TLSContext %2"_s.arg(QString::number(m_listener.port),
                                             chain.tlsContext.empty() ? u"of the edge's own"_s
                                                                      : text(chain.tlsContext)),
             u"Mapping "_s + mappings.mid(0, MostNamed).join(u", "_s)},
            u"demand a certificate of the wider Host too, or serve this one on a port of its own"_s};
    }

    static constexpr qsizetype MostNamed = 8;
    const edge::RouteTable &m_table;
    const edge::Listener &m_listener;
    std::unordered_map<std::string, std::vector<const edge::FilterChain *>> m_open; // by domain
};

} // namespace

QList<Finding> certificateBypasses(const edge::RouteTable &table)
{
    QList<Finding> findings;
    for (const edge::Listener &listener : table.config().listeners)
        findings += ListenerLook(table, listener).findings();
    return findings;
}

} // namespace models
