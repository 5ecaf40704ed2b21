// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/route_table.h"

#include "edge/route_match.h"

#include <algorithm>
#include <unordered_map>

namespace edge {

namespace {

struct TextHash // lets a string_view look into a map of strings without making one
{
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

constexpr std::size_t None = std::size_t(-1);

// Routes of one virtual host: case-sensitive prefixes and exact paths by hash, the rest one after the other.
// Of all that match, the one with the lowest number (match order) serves.
class HostIndex
{
public:
    static Result<HostIndex> make(const VirtualHost &host)
    {
        HostIndex index;
        for (const Route &route : host.routes) {
            auto compiled = CompiledRoute::make(route);
            if (!compiled)
                return tl::unexpected(compiled.error());
            index.m_routes.push_back(std::move(*compiled));
            index.addToIndex(route.path, index.m_routes.size() - 1);
        }
        std::sort(index.m_lengths.begin(), index.m_lengths.end(), std::greater<>());
        return index;
    }

    const Route *match(const RouteQuery &query) const
    {
        const std::string_view path = query.head->path();
        std::size_t best = None;
        for (const std::size_t length : m_lengths) {
            if (length > path.size())
                continue;
            if (const auto found = m_prefixes.find(path.substr(0, length)); found != m_prefixes.end())
                best = firstOf(found->second, query, best);
        }
        if (const auto found = m_exact.find(path); found != m_exact.end())
            best = firstOf(found->second, query, best);
        best = firstOf(m_others, query, best);
        return best == None ? nullptr : &m_routes[best].route();
    }

    const std::vector<CompiledRoute> &routes() const { return m_routes; }

private:
    using ByText = std::unordered_map<std::string, std::vector<std::size_t>, TextHash, std::equal_to<>>;

    void addToIndex(const PathMatch &path, std::size_t number)
    {
        if (!path.caseSensitive || path.kind == PathMatch::Kind::Regex) {
            m_others.push_back(number);
        } else if (path.kind == PathMatch::Kind::Exact) {
            m_exact[path.value].push_back(number);
        } else {
            m_prefixes[path.value].push_back(number);
            if (std::find(m_lengths.begin(), m_lengths.end(), path.value.size()) == m_lengths.end())
                m_lengths.push_back(path.value.size());
        }
    }

    std::size_t firstOf(const std::vector<std::size_t> &numbers, const RouteQuery &query, std::size_t best) const
    {
        for (const std::size_t number : numbers) {
            if (number >= best)
                break;
            if (m_routes[number].matches(query))
                return number;
        }
        return best;
    }

    std::vector<CompiledRoute> m_routes;
    ByText m_prefixes, m_exact;
    std::vector<std::size_t> m_lengths; // of the prefixes, each once
    std::vector<std::size_t> m_others;
};

struct HostChoice
{
    const VirtualHost *host = nullptr;
    std::string_view domain; // that was matched
};

std::string_view suffixOf(std::string_view wildcard) // "*.example.com" → ".example.com"
{
    return wildcard.substr(1);
}

// Envoy: exact, then the longest *.suffix, then the longest prefix.*, then "*"; letter case does not matter.
HostChoice chooseHost(const FilterChain &chain, std::string_view authority)
{
    HostChoice best;
    int bestRank = -1;
    for (const VirtualHost &host : chain.virtualHosts) {
        for (const std::string &domain : host.domains) {
            int rank = -1;
            if (domain == "*")
                rank = 0;
            else if (equalIgnoringCase(domain, authority))
                rank = 1 << 20;
            else if (domain.front() == '*' && authority.size() > domain.size() - 1 && equalIgnoringCase(authority.substr(authority.size() - domain.size() + 1), suffixOf(domain)))
                rank = (1 << 10) + int(domain.size());
            else if (domain.back() == '*' && authority.size() > domain.size() - 1 && equalIgnoringCase(authority.substr(0, domain.size() - 1), std::string_view(domain).substr(0, domain.size() - 1)))
                rank = int(domain.size());
            if (rank > bestRank) {
                bestRank = rank;
                best = {&host, domain};
            }
        }
    }
    return best;
}

bool serverNameMatches(std::string_view pattern, std::string_view name)
{
    if (pattern.substr(0, 2) == "*.")
        return name.size() > pattern.size() - 1 && equalIgnoringCase(name.substr(name.size() - pattern.size() + 1), suffixOf(pattern));
    return equalIgnoringCase(pattern, name);
}

const FilterChain *chooseChain(const Listener &listener, const RouteQuery &query)
{
    const FilterChain *open = nullptr;
    const FilterChain *best = nullptr;
    std::size_t bestLength = 0;
    for (const FilterChain &chain : listener.chains) {
        if (chain.tls != query.tls)
            continue;
        if (chain.serverNames.empty()) {
            open = open ? open : &chain;
            continue;
        }
        for (const std::string &name : chain.serverNames) {
            const std::size_t length = name.front() == '*' ? name.size() : name.size() + 1000;
            if (query.tls && length > bestLength && serverNameMatches(name, query.serverName)) {
                best = &chain;
                bestLength = length;
            }
        }
    }
    return best ? best : open;
}

}

struct RouteTable::Index
{
    Config config;
    std::unordered_map<const VirtualHost *, HostIndex> hosts;
};

RouteTable::RouteTable(Config config)
    : m_index(std::make_unique<Index>())
{
    m_index->config = std::move(config);
}

RouteTable::~RouteTable() = default;

Result<std::shared_ptr<const RouteTable>> RouteTable::build(Config config)
{
    std::shared_ptr<RouteTable> table(new RouteTable(std::move(config)));
    for (const Listener &listener : table->m_index->config.listeners) {
        for (const FilterChain &chain : listener.chains) {
            for (const VirtualHost &host : chain.virtualHosts) {
                auto index = HostIndex::make(host);
                if (!index)
                    return tl::unexpected(index.error());
                table->m_index->hosts.emplace(&host, std::move(*index));
            }
        }
    }
    return std::shared_ptr<const RouteTable>(std::move(table));
}

const Config &RouteTable::config() const
{
    return m_index->config;
}

Decision RouteTable::match(const RouteQuery &query) const
{
    Decision decision;
    decision.outcome = Decision::Outcome::NoListener;
    for (const Listener &listener : m_index->config.listeners) {
        if (listener.port == query.port)
            decision.listener = &listener;
    }
    if (!decision.listener)
        return decision;
    decision.outcome = Decision::Outcome::NoChain;
    decision.chain = chooseChain(*decision.listener, query);
    if (!decision.chain)
        return decision;
    decision.outcome = Decision::Outcome::NoRoute;
    decision.virtualHost = chooseHost(*decision.chain, query.head->headers.value("host")).host;
    if (!decision.virtualHost)
        return decision;
    decision.route = m_index->hosts.at(decision.virtualHost).match(query);
    if (!decision.route)
        return decision;
    decision.outcome = decision.route->redirect ? Decision::Outcome::Redirect : Decision::Outcome::Forward;
    if (const auto cluster = m_index->config.clusters.find(decision.route->cluster); cluster != m_index->config.clusters.end())
        decision.cluster = &cluster->second;
    return decision;
}

Explanation RouteTable::explain(const RouteQuery &query) const
{
    const Decision decision = match(query);
    Explanation explanation;
    explanation.outcome = decision.outcome;
    if (decision.listener)
        explanation.listener = std::to_string(decision.listener->port) + (query.tls ? ", TLS" : ", clear text");
    if (decision.outcome == Decision::Outcome::NoRoute)
        explanation.status = 404;
    if (!decision.virtualHost)
        return explanation;
    const HostChoice host = chooseHost(*decision.chain, query.head->headers.value("host"));
    explanation.virtualHost = decision.virtualHost->name;
    explanation.virtualHostReason = "domain " + std::string(host.domain) + (decision.chain->serverNames.empty() ? "" : ", SNI " + std::string(query.serverName));
    unsigned before = 0; // numerators of the same group that were tried before the chosen route
    for (const CompiledRoute &route : m_index->hosts.at(decision.virtualHost).routes()) {
        Failure failure;
        Candidate candidate;
        candidate.mapping = route.route().mapping;
        candidate.path = route.route().path.value;
        candidate.matched = route.matches(query, &failure);
        candidate.chosen = &route.route() == decision.route;
        candidate.failedCondition = failure.condition;
        candidate.expected = failure.expected;
        candidate.actual = failure.actual;
        if (failure.condition == "weight" && decision.route && route.route().groupId == decision.route->groupId && !candidate.chosen)
            before = std::max(before, *route.route().runtimeNumerator);
        explanation.candidates.push_back(std::move(candidate));
    }
    if (!decision.route)
        return explanation;
    const Route &route = *decision.route;
    explanation.mapping = route.mapping;
    explanation.timeoutMs = route.timeoutMs;
    explanation.share = double(std::min(route.runtimeNumerator.value_or(100), 100U) - std::min(before, 100U)) / 100;
    if (route.redirect) {
        explanation.status = route.redirect->status;
        explanation.location = redirectLocation(*route.redirect, route.path, *query.head, query.tls);
        return explanation;
    }
    explanation.cluster = route.cluster;
    explanation.rewrittenPath = rewrittenTarget(route, query.head->target);
    if (decision.cluster) {
        explanation.upstreamHost = decision.cluster->host;
        explanation.upstreamPort = decision.cluster->port;
        explanation.upstreamTls = !decision.cluster->tls ? "" : decision.cluster->tlsContext.empty() ? "-" : decision.cluster->tlsContext;
    }
    return explanation;
}

namespace {

std::string replaceAll(const RegexRewrite &rewrite, std::string path)
{
    RE2::Options options;
    options.set_log_errors(false);
    const RE2 pattern(rewrite.pattern, options);
    if (pattern.ok())
        RE2::GlobalReplace(&path, pattern, rewrite.substitution);
    return path;
}

std::string withPrefixReplaced(const PathMatch &match, const std::string &replacement, std::string_view path)
{
    if (match.kind != PathMatch::Kind::Prefix) // the whole path was matched, so the whole is replaced
        return replacement;
    return replacement + std::string(path.substr(std::min(match.value.size(), path.size())));
}

}

std::string rewrittenTarget(const Route &route, std::string_view target)
{
    const std::size_t mark = std::min(target.find('?'), target.size());
    const std::string_view path = target.substr(0, mark);
    const std::string_view query = target.substr(mark);
    if (route.regexRewrite)
        return replaceAll(*route.regexRewrite, std::string(path)).append(query);
    if (route.prefixRewrite)
        return withPrefixReplaced(route.path, *route.prefixRewrite, path).append(query);
    return std::string(target);
}

std::string redirectLocation(const Redirect &redirect, const PathMatch &match, const RequestHead &head, bool tls)
{
    const std::string scheme = redirect.httpsRedirect || tls ? "https" : "http";
    std::string host = redirect.host.empty() ? std::string(head.headers.value("host")) : redirect.host;
    if (redirect.httpsRedirect && host.size() > 3 && host.substr(host.size() - 3) == ":80") // Envoy drops the port that no longer fits
        host.resize(host.size() - 3);
    std::string target = head.target;
    if (!redirect.path.empty())
        target = redirect.path + (redirect.path.find('?') == std::string::npos && !head.query().empty() ? "?" + std::string(head.query()) : "");
    else if (!redirect.prefixRewrite.empty())
        target = withPrefixReplaced(match, redirect.prefixRewrite, head.path()) + (head.query().empty() ? "" : "?" + std::string(head.query()));
    else if (redirect.regexRewrite)
        target = replaceAll(*redirect.regexRewrite, std::string(head.path())) + (head.query().empty() ? "" : "?" + std::string(head.query()));
    return scheme + "://" + host + target;
}

} // namespace edge
