// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Finds the virtual host of a request and, within it, the first route that matches, without trying them one
// after the other. Answers exactly what a scan in match order would.  Immutable once built; finding allocates
// nothing.
#include "edge/route_match.h"

#include <unordered_map>

namespace edge {

struct TextHash // lets a string_view look into a map of strings without making one
{
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};
template<typename Content>
using ByText = std::unordered_map<std::string, Content, TextHash, std::equal_to<>>;

// Routes of one virtual host: by path, and among those of one path by the exact host that they ask for.
class HostIndex
{
public:
    static Result<HostIndex> make(const VirtualHost &host);
    const Route *match(const RouteQuery &query) const;
    const std::vector<CompiledRoute> &routes() const { return m_routes; } // in match order

private:
    struct Bucket
    {
        std::vector<std::uint32_t> any; // numbers of routes, ascending
        ByText<std::vector<std::uint32_t>> byAuthority;
    };
    void add(const Route &route, std::uint32_t number);
    std::uint32_t firstOf(const std::vector<std::uint32_t> &numbers, const RouteQuery &query,
                          std::uint32_t best) const;
    std::uint32_t firstOf(const Bucket &bucket, const RouteQuery &query, std::string_view authority,
                          std::uint32_t best) const;

    std::vector<CompiledRoute> m_routes;
    ByText<Bucket> m_prefixes, m_exact;
    std::vector<std::size_t> m_lengths; // of the prefixes, each once, longest first
    Bucket m_others; // regexes, and paths whose letter case does not matter
};

struct HostChoice
{
    const VirtualHost *host = nullptr;
    std::string_view domain; // that was matched
};

// Virtual hosts of one filter chain.  Envoy: exact, then the longest *.suffix, then the longest prefix.*,
// then "*"; letter case does not matter.
class DomainIndex
{
public:
    explicit DomainIndex(const FilterChain &chain);
    HostChoice choose(std::string_view authority) const;

private:
    struct Entry
    {
        const VirtualHost *host = nullptr;
        std::string_view domain;
    };
    struct Wildcards // of one direction, by the fixed part
    {
        ByText<Entry> byPart;
        std::vector<std::size_t> lengths; // longest first
    };
    static void addLength(std::vector<std::size_t> &lengths, std::size_t length);
    HostChoice find(std::string_view lowerAuthority) const;

    ByText<Entry> m_exact;
    Wildcards m_suffixes, m_prefixes;
    Entry m_any;
};

} // namespace edge
