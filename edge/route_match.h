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

class CompiledRoute
{
public:
    static Result<CompiledRoute> make(const Route &route);

    // failure: filled with the first condition that does not hold, if wanted; nothing is allocated otherwise.
    bool matches(const RouteQuery &query, Failure *failure = nullptr) const;
    const Route &route() const { return *m_route; }
    const RE2 *rewritePattern() const { return m_rewrite.get(); }

private:
    struct Condition
    {
        const ValueMatch *match = nullptr;
        std::unique_ptr<RE2> regex;
    };
    static Result<std::unique_ptr<RE2>> compile(const std::string &pattern, const Route &route);
    bool pathMatches(std::string_view path) const;
    static bool holds(const Condition &condition, const std::string_view *value);

    const Route *m_route = nullptr;
    std::unique_ptr<RE2> m_path, m_rewrite;
    std::vector<Condition> m_headers, m_queryParameters;
};

} // namespace edge
