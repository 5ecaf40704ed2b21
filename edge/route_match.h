// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One route against one request: the conditions in Envoy's order, and which one failed first.  Regexes are
// compiled once.
#include "edge/route_table.h"

#include <re2/re2.h>

namespace edge {

struct Failure
{
    std::string condition, expected, actual;
};

// Of a path, byte by byte, so that all prefixes of one path are hashed in one go (FNV-1a).
class RouteHash
{
public:
    RouteHash &add(std::string_view text)
    {
        for (const char c : text)
            m_value = (m_value ^ static_cast<unsigned char>(c)) * 0x100000001b3;
        return *this;
    }
    std::uint64_t value() const { return m_value; }
    // Of a route with this path; authority: hash of the exact host that it asks for, nothing: it asks for
    // none.
    std::uint64_t of(PathMatch::Kind kind, std::optional<std::uint64_t> authority) const;

private:
    std::uint64_t m_value = 0xcbf29ce484222325;
};

class CompiledRoute
{
public:
    static Result<CompiledRoute> make(std::shared_ptr<const Route> route);

    // failure: filled with the first condition that does not hold, if wanted; nothing is allocated otherwise.
    bool matches(const RouteQuery &query, Failure *failure = nullptr) const;
    const Route &route() const { return *m_route; }
    std::string rewritten(std::string_view path) const; // by the route's regex_rewrite or regex_redirect
    std::uint64_t hash() const { return m_hash; }       // of its path and the exact host that it asks for
    bool asksForAuthority() const { return m_asksForAuthority; } // for an exact one

private:
    struct Condition
    {
        const ValueMatch *match = nullptr;
        std::unique_ptr<RE2> regex;
    };
    static Result<std::unique_ptr<RE2>> compile(const std::string &pattern, const Route &route);
    bool pathMatches(std::string_view path) const;
    static bool holds(const Condition &condition, const std::string_view *value);
    static bool headerHolds(const Condition &condition, const RouteQuery &query, std::string *actual);

    std::shared_ptr<const Route> m_route;
    std::unique_ptr<RE2> m_path, m_rewrite;
    std::string m_substitution; // of m_rewrite
    std::vector<Condition> m_headers, m_queryParameters;
    std::uint64_t m_hash = 0;
    bool m_asksForAuthority = false;
};

} // namespace edge
