// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/route_order.h"

#include <algorithm>
#include <set>
#include <unordered_map>

namespace models {

namespace {

using edge::PathMatch;
using edge::Route;

std::string lower(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return char(c >= 'A' && c <= 'Z' ? c + 32 : c); });
    return text;
}

// Any value of it will do, so long as there is one; each other match wants one, too.
bool takesAnyValue(const edge::ValueMatch &match)
{
    using Kind = edge::ValueMatch::Kind;
    return match.kind == Kind::Present || (match.kind == Kind::Regex && match.value == ".*");
}

bool isAlwaysThere(const std::string &header) { return header == ":authority" || header == ":method"; }

bool asksNoMoreThan(const std::vector<edge::ValueMatch> &a, const std::vector<edge::ValueMatch> &b)
{
    return std::all_of(a.begin(), a.end(), [&](const edge::ValueMatch &match) {
        const bool anyValue = takesAnyValue(match);
        return (anyValue && isAlwaysThere(match.name))
            || std::any_of(b.begin(), b.end(), [&](const edge::ValueMatch &other) {
                   return anyValue ? other.name == match.name : other == match;
               });
    });
}

bool takesAll(const Route &route) { return !route.runtimeNumerator || *route.runtimeNumerator >= 100; }

// Conditions only; paths are compared by the index below.
bool covers(const Route &earlier, const Route &later)
{
    return !(earlier.mapping == later.mapping) && asksNoMoreThan(earlier.headers, later.headers)
        && asksNoMoreThan(earlier.queryParameters, later.queryParameters);
}

// What a regex that ends in ".*" surely takes as a prefix; "" not known.  Paths begin with a slash.
std::string prefixOfRegex(const std::string &regex)
{
    constexpr std::string_view Any = ".*";
    if (regex.size() < Any.size() || regex.substr(regex.size() - Any.size()) != Any)
        return {};
    const std::string literal = regex.substr(0, regex.size() - Any.size());
    const bool isLiteral = std::all_of(literal.begin(), literal.end(), [](unsigned char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '/'
            || c == '-' || c == '_' || c == '~';
    });
    return !isLiteral ? std::string() : literal.empty() ? "/" : literal;
}

// Earlier routes that leave nothing of what they match, by path.
class Takers
{
public:
    void add(const Route &route)
    {
        if (!takesAll(route))
            return;
        const std::string key = route.path.caseSensitive ? route.path.value : lower(route.path.value);
        if (route.path.kind == PathMatch::Kind::Prefix) {
            (route.path.caseSensitive ? m_prefixes : m_lowerPrefixes)[key].push_back(&route);
            m_lengths.insert(key.size());
        } else {
            m_others[std::to_string(int(route.path.kind)) + (route.path.caseSensitive ? "s" : "i")
                     + route.path.value]
                .push_back(&route);
        }
        const std::string prefix =
            route.path.kind == PathMatch::Kind::Regex ? prefixOfRegex(route.path.value) : std::string();
        if (!prefix.empty()) { // Envoy never ignores letter case in a regex
            m_prefixes[prefix].push_back(&route);
            m_lengths.insert(prefix.size());
        }
    }

    const Route *covering(const Route &route) const
    {
        if (const Route *same = find(m_others,
                                     std::to_string(int(route.path.kind))
                                         + (route.path.caseSensitive ? "s" : "i") + route.path.value,
                                     route))
            return same;
        // A regex may match any path, so only the prefix "/" surely holds all of it.
        const std::string path = route.path.kind == PathMatch::Kind::Regex ? "/" : route.path.value;
        const std::string lowerPath = lower(path);
        // Only lengths that some prefix has: a path may be as long as somebody likes to write it.
        for (const std::size_t length : m_lengths) {
            if (length == 0 || length > path.size())
                continue;
            if (const Route *found =
                    route.path.caseSensitive ? find(m_prefixes, path.substr(0, length), route) : nullptr)
                return found;
            if (const Route *found = find(m_lowerPrefixes, lowerPath.substr(0, length), route))
                return found;
        }
        return route.path.caseSensitive ? nullptr : find(m_prefixes, "/", route);
    }

private:
    using ByPath = std::unordered_map<std::string, std::vector<const Route *>>;
    static const Route *find(const ByPath &routes, const std::string &path, const Route &later)
    {
        const auto found = routes.find(path);
        if (found == routes.end())
            return nullptr;
        const auto route = std::find_if(found->second.begin(), found->second.end(),
                                        [&](const Route *earlier) { return covers(*earlier, later); });
        return route == found->second.end() ? nullptr : *route;
    }

    ByPath m_prefixes, m_lowerPrefixes, m_others;
    std::set<std::size_t> m_lengths; // of both kinds of prefixes
};

// What a draw of the weights leaves is compared with the routes that follow.
void addRests(std::vector<RoutePlace> &own, const Route &route, const Route *taker)
{
    for (RoutePlace &place : own) {
        if (place.route == &route)
            place.restTakenBy = taker;
    }
}

void findRests(std::map<std::string, std::vector<RoutePlace>> &places, const edge::VirtualHost &host)
{
    if (std::all_of(host.routes.begin(), host.routes.end(), takesAll))
        return;
    std::vector<const Route *> backwards;
    for (const Route &route : host.routes)
        backwards.push_back(&route);
    std::reverse(backwards.begin(), backwards.end());
    Takers later;
    for (const Route *route : backwards) {
        if (!takesAll(*route) && !route->mapping.kind.empty())
            addRests(places[keyOf(route->mapping)], *route, later.covering(*route));
        later.add(*route);
    }
}

void addHost(std::map<std::string, std::vector<RoutePlace>> &places, RoutePlace place)
{
    std::map<std::string, std::size_t> placeOf; // of this host, by Mapping
    std::vector<std::string> mappings;
    Takers takers;
    std::map<std::string, std::int64_t>
        taken; // percent, by group and by what else is asked (clear text, TLS)
    for (const Route &route : place.host->routes) {
        if (!route.mapping.kind.empty()) {
            const std::string key = keyOf(route.mapping);
            const Route *taker = takers.covering(route);
            std::int64_t &before =
                taken[route.groupId + std::to_string(route.headers.size()) + (route.redirect ? "r" : "f")];
            const std::int64_t upTo = route.runtimeNumerator.value_or(100);
            place.getsNothing = upTo <= before;
            before = std::max(before, upTo);
            auto &own = places[key];
            const auto [known, fresh] = placeOf.emplace(key, own.size());
            if (fresh) {
                mappings.push_back(key);
                place.route = &route;
                place.order = int(mappings.size());
                place.shadowedBy = taker;
                own.push_back(place);
            } else if (!taker) { // one of the Mapping's routes (clear text, TLS) is free: the Mapping serves
                own[known->second].shadowedBy = nullptr;
            }
            RoutePlace &mine = own[known->second];
            const bool onlyRedirects = mine.route->redirect && mine.route->redirect->httpsRedirect;
            if (onlyRedirects && !(route.redirect && route.redirect->httpsRedirect))
                mine.route = &route;
        }
        takers.add(route);
    }
    for (const std::string &key : mappings)
        places[key][placeOf[key]].ofRoutes = int(mappings.size());
    findRests(places, *place.host);
}

} // namespace

std::string keyOf(const edge::ResourceRef &ref) { return ref.nameSpace + "/" + ref.name; }

std::map<std::string, std::vector<RoutePlace>> routePlaces(const edge::Config &config)
{
    std::map<std::string, std::vector<RoutePlace>> places;
    for (const edge::Listener &listener : config.listeners) {
        for (const edge::FilterChain &chain : listener.chains) {
            if (!chain.tls && !chain.serverNames.empty()) // which clear text does not send: nobody gets there
                continue;
            for (const edge::VirtualHost &host : chain.virtualHosts)
                addHost(places, {&listener, &chain, &host});
        }
    }
    return places;
}

} // namespace models
