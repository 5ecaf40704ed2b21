// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/edge/naive_matcher.h"

#include <re2/re2.h>

#include <optional>

namespace {

std::string lower(std::string text)
{
    for (char &c : text)
        c = c >= 'A' && c <= 'Z' ? char(c | 0x20) : c;
    return text;
}

// How well a domain fits a host: 0 not at all, "*" 1, wildcards by length, exact most.
long fit(const std::string &domain, const std::string &host)
{
    if (domain == host)
        return 1'000'000;
    if (domain == "*")
        return 1;
    const std::size_t part = domain.size() - 1;
    if (domain.front() == '*' && host.size() > part && host.substr(host.size() - part) == domain.substr(1))
        return 10'000 + long(part);
    if (domain.back() == '*' && host.size() > part && host.substr(0, part) == domain.substr(0, part))
        return 10 + long(part);
    return 0;
}

bool valueFits(const edge::ValueMatch &match, const std::optional<std::string> &value)
{
    if (!value)
        return false;
    switch (match.kind) {
    case edge::ValueMatch::Kind::Exact: return *value == match.value;
    case edge::ValueMatch::Kind::Prefix: return value->rfind(match.value, 0) == 0;
    case edge::ValueMatch::Kind::Suffix:
        return value->size() >= match.value.size()
            && value->compare(value->size() - match.value.size(), match.value.size(), match.value) == 0;
    case edge::ValueMatch::Kind::Regex: return RE2::FullMatch(*value, match.value);
    case edge::ValueMatch::Kind::Present: return true;
    }
    return false;
}

std::optional<std::string> headerOf(const edge::RequestHead &head, const std::string &name)
{
    if (name == ":method")
        return head.method;
    const std::string *value = head.headers.find(name == ":authority" ? "host" : name);
    return value ? std::optional(*value) : std::nullopt;
}

std::optional<std::string> parameterOf(const std::string &query, const std::string &name)
{
    std::size_t begin = 0;
    while (begin <= query.size() && !query.empty()) {
        const std::size_t end = std::min(query.find('&', begin), query.size());
        const std::string pair = query.substr(begin, end - begin);
        const std::size_t equals = pair.find('=');
        if (pair.substr(0, equals) == name)
            return equals == std::string::npos ? "" : pair.substr(equals + 1);
        begin = end + 1;
    }
    return {};
}

bool pathFits(const edge::PathMatch &match, std::string path)
{
    std::string wanted = match.value;
    if (match.kind == edge::PathMatch::Kind::Regex)
        return RE2::FullMatch(path, wanted);
    if (!match.caseSensitive) {
        path = lower(path);
        wanted = lower(wanted);
    }
    return match.kind == edge::PathMatch::Kind::Exact ? path == wanted : path.rfind(wanted, 0) == 0;
}

bool routeFits(const edge::Route &route, const edge::RouteQuery &query)
{
    const std::string target = query.head->target;
    const std::size_t mark = std::min(target.find('?'), target.size());
    if (!pathFits(route.path, target.substr(0, mark)))
        return false;
    for (const edge::ValueMatch &header : route.headers) {
        if (!valueFits(header, headerOf(*query.head, header.name)))
            return false;
    }
    for (const edge::ValueMatch &parameter : route.queryParameters) {
        if (!valueFits(parameter,
                       parameterOf(mark == target.size() ? "" : target.substr(mark + 1), parameter.name)))
            return false;
    }
    return !route.runtimeNumerator || int(query.random % 100) < *route.runtimeNumerator;
}

} // namespace

NaiveAnswer naiveMatch(const edge::Config &config, const edge::RouteQuery &query)
{
    NaiveAnswer answer;
    const edge::FilterChain &chain = config.listeners.front().chains.front();
    long best = 0;
    for (const edge::VirtualHost &host : chain.virtualHosts) {
        for (const std::string &domain : host.domains) {
            if (const long here = fit(lower(domain), lower(std::string(query.head->headers.value("host"))));
                here > best) {
                best = here;
                answer.host = &host;
            }
        }
    }
    if (!answer.host)
        return answer;
    for (const edge::Route &route : answer.host->routes) {
        if (routeFits(route, query)) {
            answer.route = &route;
            break;
        }
    }
    return answer;
}
