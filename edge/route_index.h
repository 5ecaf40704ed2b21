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

// Routes of one virtual host: by path, and among those of one path by the exact host that they ask for.  The
// table knows hashes only: a route that is found by the wrong text does not match, and that is all.
class HostIndex
{
public:
    // previous: the index of a similar list, whose prepared routes are used again where both share them.
    static Result<std::shared_ptr<const HostIndex>> make(const SharedList<Route> &routes,
                                                         const HostIndex *previous);
    const CompiledRoute *match(const RouteQuery &query) const; // nullptr: none
    const std::vector<std::shared_ptr<const CompiledRoute>> &routes() const
    {
        return m_routes;
    }                                                 // in match order
    bool isOf(const SharedList<Route> &routes) const; // the very same items

private:
    static constexpr std::uint32_t None = std::uint32_t(-1);
    struct Chain // numbers of routes, ascending, linked by m_next
    {
        std::uint64_t hash = 0;                  // of what they have in common
        std::uint32_t first = None, last = None; // None: free
    };
    Result<void> prepare(const SharedList<Route> &routes, const HostIndex *previous);
    void add(std::uint32_t number);
    void append(Chain &chain, std::uint32_t number);
    Chain &chainOf(std::uint64_t hash);
    std::uint32_t firstOf(std::uint64_t hash, const RouteQuery &query, std::uint32_t best) const;
    std::uint32_t firstOf(const Chain &chain, const RouteQuery &query, std::uint32_t best) const;

    std::vector<std::shared_ptr<const CompiledRoute>> m_routes;
    std::vector<std::uint32_t> m_next;
    std::vector<Chain> m_table;         // a power of two in size, never more than half full
    std::vector<std::size_t> m_lengths; // of prefixes, each once, shortest first
    bool m_hasExactPaths = false, m_hasAuthorities = false;
    Chain m_others; // regexes, and paths whose letter case does not matter
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
