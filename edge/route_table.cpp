// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/route_table.h"

#include "edge/route_index.h"

#include <algorithm>

namespace edge {

namespace {

std::string_view suffixOf(std::string_view wildcard) // "*.example.com" → ".example.com"
{
    return wildcard.substr(1);
}

bool serverNameMatches(std::string_view pattern, std::string_view name)
{
    if (pattern.substr(0, 2) == "*.")
        return name.size() > pattern.size() - 1
            && equalIgnoringCase(name.substr(name.size() - pattern.size() + 1), suffixOf(pattern));
    return equalIgnoringCase(pattern, name);
}

// As Envoy: first by server name, then by TLS or not; a connection that lands on a chain of the other kind is
// cut.
const FilterChain *chooseChain(const Listener &listener, const RouteQuery &query)
{
    const FilterChain *best = nullptr;
    std::size_t bestLength = 0;
    const auto take = [&](const FilterChain &chain, std::size_t length) {
        if (length < bestLength
            || (best && length == bestLength && (best->tls == query.tls || chain.tls != query.tls)))
            return;
        best = &chain;
        bestLength = length;
    };
    for (const FilterChain &chain : listener.chains) {
        if (chain.tls && !query.tls)
            continue;
        if (chain.serverNames.empty())
            take(chain, 0);
        for (const std::string &name : chain.serverNames) {
            if (query.tls && serverNameMatches(name, query.serverName))
                take(chain, name.size() + (name.front() == '*' ? 0 : 1000));
        }
    }
    return best && query.tls == (best->tls && !best->tlsContext.empty()) ? best : nullptr;
}

} // namespace

struct RouteTable::Index
{
    Config config;
    std::unordered_map<const VirtualHost *, std::shared_ptr<const HostIndex>> hosts;
    std::unordered_map<const FilterChain *, DomainIndex> domains;
    std::shared_ptr<const std::unordered_map<std::string_view, const Cluster *>> clusters;

    Result<void> make(const Index *previous);
    static const HostIndex *placeIn(const Index *previous, std::size_t listener, std::size_t chain,
                                    std::size_t host);
};

// The index that stood at the same place before.
const HostIndex *RouteTable::Index::placeIn(const Index *previous, std::size_t listener, std::size_t chain,
                                            std::size_t host)
{
    if (!previous || listener >= previous->config.listeners.size())
        return nullptr;
    const auto &chains = previous->config.listeners[listener].chains;
    if (chain >= chains.size() || host >= chains[chain].virtualHosts.size())
        return nullptr;
    return previous->hosts.at(&chains[chain].virtualHosts[host]).get();
}

Result<void> RouteTable::Index::make(const Index *previous)
{
    std::vector<std::shared_ptr<const HostIndex>> made; // virtual hosts of the same routes share one
    for (std::size_t i = 0; i < config.listeners.size(); ++i) {
        const auto &chains = config.listeners[i].chains;
        for (std::size_t j = 0; j < chains.size(); ++j) {
            domains.emplace(&chains[j], DomainIndex(chains[j]));
            for (std::size_t k = 0; k < chains[j].virtualHosts.size(); ++k) {
                const VirtualHost &host = chains[j].virtualHosts[k];
                const auto same = std::find_if(made.begin(), made.end(),
                                               [&](const auto &index) { return index->isOf(host.routes); });
                if (same != made.end()) {
                    hosts.emplace(&host, *same);
                    continue;
                }
                auto index = HostIndex::make(host.routes, placeIn(previous, i, j, k));
                if (!index)
                    return tl::unexpected(index.error());
                made.push_back(*index);
                hosts.emplace(&host, std::move(*index));
            }
        }
    }
    if (previous && previous->config.clusters.items() == config.clusters.items()) {
        clusters = previous->clusters;
        return {};
    }
    auto byName = std::make_shared<std::unordered_map<std::string_view, const Cluster *>>();
    byName->reserve(config.clusters.size());
    for (const auto &[name, cluster] : config.clusters)
        byName->emplace(name, &cluster);
    clusters = std::move(byName);
    return {};
}

RouteTable::RouteTable(Config config)
    : m_index(std::make_unique<Index>())
{
    m_index->config = std::move(config);
}

RouteTable::~RouteTable() = default;

Result<std::shared_ptr<const RouteTable>> RouteTable::build(Config config, const RouteTable *previous)
{
    std::shared_ptr<RouteTable> table(new RouteTable(std::move(config)));
    if (const auto made = table->m_index->make(previous ? previous->m_index.get() : nullptr); !made)
        return tl::unexpected(made.error());
    return std::shared_ptr<const RouteTable>(std::move(table));
}

const Config &RouteTable::config() const { return m_index->config; }

Decision RouteTable::match(const RouteQuery &asked) const
{
    RouteQuery query = asked;
    Decision decision;
    decision.outcome = Decision::Outcome::NoListener;
    for (const Listener &listener : m_index->config.listeners) {
        if (listener.port == query.port)
            decision.listener = &listener;
    }
    if (!decision.listener)
        return decision;
    query.isNewestEnvoy = decision.listener->http.isNewestEnvoy;
    decision.outcome = Decision::Outcome::NoChain;
    decision.chain = chooseChain(*decision.listener, query);
    if (!decision.chain)
        return decision;
    decision.outcome = Decision::Outcome::NoRoute;
    decision.virtualHost = m_index->domains.at(decision.chain).choose(query.head->headers.value("host")).host;
    if (!decision.virtualHost)
        return decision;
    decision.compiled = m_index->hosts.at(decision.virtualHost)->match(query);
    if (!decision.compiled)
        return decision;
    decision.route = &decision.compiled->route();
    decision.outcome = decision.route->redirect ? Decision::Outcome::Redirect : Decision::Outcome::Forward;
    if (const auto cluster = m_index->clusters->find(decision.route->cluster);
        cluster != m_index->clusters->end())
        decision.cluster = cluster->second;
    return decision;
}

namespace {

// One draw a request is compared with every numerator in turn, so a route is left what none before it takes.
void addCandidates(Explanation &explanation, const HostIndex &host, const RouteQuery &query,
                   const Route *chosen)
{
    std::int64_t taken = 0; // of 100
    for (const auto &prepared : host.routes()) {
        const CompiledRoute &route = *prepared;
        Failure failure;
        Candidate candidate;
        candidate.mapping = route.route().mapping;
        candidate.path = route.route().path.value;
        candidate.matched = route.matches(query, &failure);
        candidate.chosen = &route.route() == chosen;
        chosen = candidate.chosen ? nullptr : chosen; // the same route may stand there twice
        candidate.failedCondition = failure.condition;
        candidate.expected = failure.expected;
        candidate.actual = failure.actual;
        if (candidate.matched || failure.condition == "weight") {
            const std::int64_t reached = route.route().runtimeNumerator.value_or(100);
            const std::int64_t upTo = std::max(taken, std::min(reached, std::int64_t(100)));
            candidate.share = double(upTo - taken) / 100;
            taken = upTo;
        }
        explanation.share = candidate.chosen ? candidate.share : explanation.share;
        explanation.candidates.push_back(std::move(candidate));
    }
    explanation.unserved = double(100 - taken) / 100;
}

} // namespace

Explanation RouteTable::explain(const RouteQuery &asked) const
{
    const Decision decision = match(asked);
    RouteQuery query = asked;
    query.isNewestEnvoy = decision.listener && decision.listener->http.isNewestEnvoy;
    Explanation explanation;
    explanation.outcome = decision.outcome;
    if (decision.listener)
        explanation.listener =
            std::to_string(decision.listener->port) + (query.tls ? ", TLS" : ", clear text");
    if (decision.chain && !decision.chain->tcpClusters.empty()) { // no request is looked at there
        explanation.mapping = decision.chain->source;
        explanation.cluster = decision.chain->tcpClusters.front().cluster;
        return explanation;
    }
    if (decision.outcome == Decision::Outcome::NoRoute)
        explanation.status = 404;
    if (!decision.virtualHost)
        return explanation;
    const HostChoice host = m_index->domains.at(decision.chain).choose(query.head->headers.value("host"));
    explanation.virtualHost = decision.virtualHost->name;
    explanation.virtualHostReason = "domain " + std::string(host.domain)
        + (decision.chain->serverNames.empty() ? "" : ", SNI " + std::string(query.serverName));
    addCandidates(explanation, *m_index->hosts.at(decision.virtualHost), query, decision.route);
    if (!decision.route)
        return explanation;
    const Route &route = *decision.route;
    explanation.mapping = route.mapping;
    explanation.timeoutMs = route.timeoutMs;
    if (route.redirect) {
        explanation.status = route.redirect->status;
        explanation.location = redirectLocation(decision, *query.head, query.tls);
        return explanation;
    }
    explanation.cluster = route.cluster;
    explanation.rewrittenPath = rewrittenTarget(decision, query.head->target);
    if (decision.cluster) {
        explanation.upstreamHost = decision.cluster->host;
        explanation.upstreamPort = decision.cluster->port;
        explanation.upstreamTls = !decision.cluster->tls ? ""
            : decision.cluster->tlsContext.empty()       ? "-"
                                                         : decision.cluster->tlsContext;
    }
    return explanation;
}

namespace {

std::string withPrefixReplaced(const PathMatch &match, const std::string &replacement, std::string_view path)
{
    if (match.kind != PathMatch::Kind::Prefix) // the whole path was matched, so the whole is replaced
        return replacement;
    return replacement + std::string(path.substr(std::min(match.value.size(), path.size())));
}

} // namespace

std::optional<std::string> rewriteOf(const Decision &decision, std::string_view target)
{
    const Route &route = *decision.route;
    const std::size_t mark = std::min(target.find('?'), target.size());
    const std::string_view path = target.substr(0, mark);
    std::string rewritten;
    if (route.regexRewrite)
        rewritten = decision.compiled->rewritten(path);
    else if (route.prefixRewrite)
        rewritten = withPrefixReplaced(route.path, *route.prefixRewrite, path);
    if (rewritten.empty())
        return {};
    return rewritten.append(target.substr(mark));
}

std::string rewrittenTarget(const Decision &decision, std::string_view target)
{
    return rewriteOf(decision, target).value_or(std::string(target));
}

std::string redirectLocation(const Decision &decision, const RequestHead &head, bool tls)
{
    const Redirect &redirect = *decision.route->redirect;
    const std::string_view proto = head.headers.value("x-forwarded-proto");
    const bool secure = proto == "https" || (proto != "http" && tls);
    const std::string scheme = redirect.httpsRedirect || secure ? "https" : "http";
    std::string host = redirect.host.empty() ? std::string(head.headers.value("host")) : redirect.host;
    if (redirect.httpsRedirect && host.size() > 3
        && host.substr(host.size() - 3) == ":80") // Envoy drops the port that no longer fits
        host.resize(host.size() - 3);
    const std::string query = head.query().empty() ? "" : "?" + std::string(head.query());
    std::string target = head.target;
    if (!redirect.path.empty())
        target = redirect.path + (redirect.path.find('?') == std::string::npos ? query : "");
    else if (!redirect.prefixRewrite.empty())
        target = withPrefixReplaced(decision.route->path, redirect.prefixRewrite, head.path()) + query;
    else if (redirect.regexRewrite) {
        const std::string path = decision.compiled->rewritten(head.path());
        target = (path.empty() ? std::string(head.path()) : path) + query;
    }
    if (!target.starts_with('/'))
        target.insert(0, 1, '/');
    return scheme + "://" + host + target;
}

} // namespace edge
