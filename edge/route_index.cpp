// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/route_index.h"

#include <algorithm>
#include <array>

namespace edge {

namespace {

constexpr std::uint32_t None = std::uint32_t(-1);

std::string lower(std::string_view text)
{
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
    return result;
}

// The exact host that a route asks for, or nullptr.
const std::string *exactAuthority(const Route &route)
{
    for (const ValueMatch &match : route.headers) {
        if (match.kind == ValueMatch::Kind::Exact && equalIgnoringCase(match.name, ":authority"))
            return &match.value;
    }
    return nullptr;
}

} // namespace

Result<HostIndex> HostIndex::make(const VirtualHost &host)
{
    HostIndex index;
    index.m_routes.reserve(host.routes.size());
    for (const Route &route : host.routes) {
        auto compiled = CompiledRoute::make(route);
        if (!compiled)
            return tl::unexpected(compiled.error());
        index.add(route, std::uint32_t(index.m_routes.size()));
        index.m_routes.push_back(std::move(*compiled));
    }
    std::sort(index.m_lengths.begin(), index.m_lengths.end(), std::greater<>());
    return index;
}

void HostIndex::add(const Route &route, std::uint32_t number)
{
    Bucket *bucket = &m_others;
    if (route.path.caseSensitive && route.path.kind == PathMatch::Kind::Exact) {
        bucket = &m_exact[route.path.value];
    } else if (route.path.caseSensitive && route.path.kind == PathMatch::Kind::Prefix) {
        bucket = &m_prefixes[route.path.value];
        if (std::find(m_lengths.begin(), m_lengths.end(), route.path.value.size()) == m_lengths.end())
            m_lengths.push_back(route.path.value.size());
    }
    const std::string *authority = exactAuthority(route);
    (authority ? bucket->byAuthority[*authority] : bucket->any).push_back(number);
}

std::uint32_t HostIndex::firstOf(const std::vector<std::uint32_t> &numbers, const RouteQuery &query,
                                 std::uint32_t best) const
{
    for (const std::uint32_t number : numbers) {
        if (number >= best)
            break;
        if (m_routes[number].matches(query))
            return number;
    }
    return best;
}

std::uint32_t HostIndex::firstOf(const Bucket &bucket, const RouteQuery &query, std::string_view authority,
                                 std::uint32_t best) const
{
    best = firstOf(bucket.any, query, best);
    if (bucket.byAuthority.empty())
        return best;
    const auto named = bucket.byAuthority.find(authority);
    return named == bucket.byAuthority.end() ? best : firstOf(named->second, query, best);
}

const Route *HostIndex::match(const RouteQuery &query) const
{
    const std::string_view path = query.head->path();
    const std::string_view authority = query.head->headers.value("host");
    std::uint32_t best = None;
    for (const std::size_t length : m_lengths) {
        if (length > path.size())
            continue;
        if (const auto found = m_prefixes.find(path.substr(0, length)); found != m_prefixes.end())
            best = firstOf(found->second, query, authority, best);
    }
    if (!m_exact.empty()) {
        if (const auto found = m_exact.find(path); found != m_exact.end())
            best = firstOf(found->second, query, authority, best);
    }
    best = firstOf(m_others, query, authority, best);
    return best == None ? nullptr : &m_routes[best].route();
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
            const std::string name = lower(domain);
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
        return find(lower(authority));
    const auto end = std::transform(authority.begin(), authority.end(), buffer.begin(),
                                    [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
    return find({buffer.data(), std::size_t(end - buffer.begin())});
}

} // namespace edge
