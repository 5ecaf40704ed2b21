// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/route_index.h"

#include "edge/text.h"

#include <algorithm>
#include <array>
#include <bit>

namespace edge {

Result<std::shared_ptr<const HostIndex>> HostIndex::make(const SharedList<Route> &routes,
                                                         const HostIndex *previous)
{
    auto index = std::make_shared<HostIndex>();
    if (const auto prepared = index->prepare(routes, previous); !prepared)
        return tl::unexpected(prepared.error());
    index->m_next.assign(routes.size(), None);
    index->m_table.resize(std::bit_ceil(2 * routes.size() + 1));
    for (std::size_t number = 0; number < routes.size(); ++number)
        index->add(std::uint32_t(number));
    std::sort(index->m_lengths.begin(), index->m_lengths.end());
    return std::shared_ptr<const HostIndex>(std::move(index));
}

// Both lists are in match order, so what they share comes in the same order.
Result<void> HostIndex::prepare(const SharedList<Route> &routes, const HostIndex *previous)
{
    constexpr std::size_t LookAhead = 16; // routes that have gone in one place
    static const std::vector<std::shared_ptr<const CompiledRoute>> nothing;
    const auto &old = previous ? previous->m_routes : nothing;
    std::size_t next = 0;
    m_routes.reserve(routes.size());
    for (const auto &item : routes.items()) {
        std::size_t known = next;
        const std::size_t end = std::min(next + LookAhead, old.size());
        while (known < end && &old[known]->route() != item.get())
            ++known;
        if (known < end) {
            m_routes.push_back(old[known]);
            next = known + 1;
            continue;
        }
        auto compiled = CompiledRoute::make(item);
        if (!compiled)
            return tl::unexpected(compiled.error());
        m_routes.push_back(std::make_shared<const CompiledRoute>(std::move(*compiled)));
    }
    return {};
}

bool HostIndex::isOf(const SharedList<Route> &routes) const
{
    return std::equal(
        m_routes.begin(), m_routes.end(), routes.items().begin(), routes.items().end(),
        [](const auto &compiled, const auto &item) { return &compiled->route() == item.get(); });
}

void HostIndex::append(Chain &chain, std::uint32_t number)
{
    if (chain.first == None)
        chain.first = number;
    else
        m_next[chain.last] = number;
    chain.last = number;
}

HostIndex::Chain &HostIndex::chainOf(std::uint64_t hash)
{
    const std::size_t mask = m_table.size() - 1;
    std::size_t place = hash & mask;
    while (m_table[place].first != None && m_table[place].hash != hash)
        place = (place + 1) & mask;
    m_table[place].hash = hash;
    return m_table[place];
}

void HostIndex::add(std::uint32_t number)
{
    const CompiledRoute &route = *m_routes[number];
    const PathMatch &path = route.route().path;
    if (!path.caseSensitive || path.kind == PathMatch::Kind::Regex) {
        append(m_others, number);
        return;
    }
    m_hasAuthorities = m_hasAuthorities || route.asksForAuthority();
    m_hasExactPaths = m_hasExactPaths || path.kind == PathMatch::Kind::Exact;
    if (path.kind == PathMatch::Kind::Prefix
        && std::find(m_lengths.begin(), m_lengths.end(), path.value.size()) == m_lengths.end())
        m_lengths.push_back(path.value.size());
    append(chainOf(route.hash()), number);
}

std::uint32_t HostIndex::firstOf(const Chain &chain, const RouteQuery &query, std::uint32_t best) const
{
    for (std::uint32_t number = chain.first; number < best; number = m_next[number]) { // None is the greatest
        if (m_routes[number]->matches(query))
            return number;
    }
    return best;
}

std::uint32_t HostIndex::firstOf(std::uint64_t hash, const RouteQuery &query, std::uint32_t best) const
{
    const std::size_t mask = m_table.size() - 1;
    std::size_t place = hash & mask;
    while (m_table[place].first != None && m_table[place].hash != hash)
        place = (place + 1) & mask;
    return firstOf(m_table[place], query, best);
}

const CompiledRoute *HostIndex::match(const RouteQuery &query) const
{
    const std::string_view path = query.head->path();
    const std::uint64_t authority =
        m_hasAuthorities ? RouteHash().add(query.head->headers.value("host")).value() : 0;
    std::uint32_t best = None;
    const auto look = [&](const RouteHash &hash, PathMatch::Kind kind) {
        best = firstOf(hash.of(kind, {}), query, best);
        if (m_hasAuthorities)
            best = firstOf(hash.of(kind, authority), query, best);
    };
    RouteHash hash;
    std::size_t done = 0;
    for (const std::size_t length : m_lengths) {
        if (length > path.size())
            break;
        hash.add(path.substr(done, length - done));
        done = length;
        look(hash, PathMatch::Kind::Prefix);
    }
    if (m_hasExactPaths)
        look(hash.add(path.substr(done)), PathMatch::Kind::Exact);
    best = firstOf(m_others, query, best);
    return best == None ? nullptr : m_routes[best].get();
}

void DomainIndex::addLength(std::vector<std::size_t> &lengths, std::size_t length)
{
    if (std::find(lengths.begin(), lengths.end(), length) == lengths.end())
        lengths.insert(std::upper_bound(lengths.begin(), lengths.end(), length, std::greater<>()), length);
}

DomainIndex::DomainIndex(const FilterChain &chain)
{
    for (const VirtualHost &host : chain.virtualHosts) {
        for (const std::string &domain : host.domains) {
            const Entry entry{&host, domain};
            const std::string name = lowered(domain);
            if (name == "*") {
                m_any = m_any.host ? m_any : entry;
            } else if (!name.empty() && name.front() == '*') {
                m_suffixes.byPart.emplace(name.substr(1), entry);
                addLength(m_suffixes.lengths, name.size() - 1);
            } else if (!name.empty() && name.back() == '*') {
                m_prefixes.byPart.emplace(name.substr(0, name.size() - 1), entry);
                addLength(m_prefixes.lengths, name.size() - 1);
            } else {
                m_exact.emplace(name, entry);
            }
        }
    }
}

HostChoice DomainIndex::find(std::string_view authority) const
{
    if (const auto found = m_exact.find(authority); found != m_exact.end())
        return {found->second.host, found->second.domain};
    for (const std::size_t length : m_suffixes.lengths) { // the star stands for one character at least
        if (length >= authority.size())
            continue;
        if (const auto found = m_suffixes.byPart.find(authority.substr(authority.size() - length));
            found != m_suffixes.byPart.end())
            return {found->second.host, found->second.domain};
    }
    for (const std::size_t length : m_prefixes.lengths) {
        if (length >= authority.size())
            continue;
        if (const auto found = m_prefixes.byPart.find(authority.substr(0, length));
            found != m_prefixes.byPart.end())
            return {found->second.host, found->second.domain};
    }
    return {m_any.host, m_any.domain};
}

HostChoice DomainIndex::choose(std::string_view authority) const
{
    std::array<char, 256> buffer; // a DNS name with a port fits
    if (authority.size() > buffer.size())
        return find(lowered(std::string(authority)));
    const auto end = std::transform(authority.begin(), authority.end(), buffer.begin(),
                                    [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
    return find({buffer.data(), std::size_t(end - buffer.begin())});
}

} // namespace edge
