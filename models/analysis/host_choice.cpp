// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/host_choice.h"

#include "models/analysis/route_order.h"
#include "models/resources/text.h"

#include <algorithm>
#include <unordered_set>

using namespace Qt::StringLiterals;

namespace models {

namespace {

constexpr qsizetype MostDomains = 8;
constexpr qsizetype MostMappings = 20;

QString listed(const QStringList &domains)
{
    QString text = domains.mid(0, MostDomains).join(u", "_s);
    if (domains.size() > MostDomains)
        text += u" and %1 more"_s.arg(domains.size() - MostDomains);
    return text;
}

QStringList domainsOf(const edge::VirtualHost &host)
{
    QStringList domains;
    for (const std::string &domain : host.domains)
        domains.append(text(domain));
    return domains;
}

// As Envoy: exact, *suffix or prefix*, whatever the letter case.
bool fits(const QString &domain, const QString &host)
{
    if (domain.startsWith(u'*'))
        return host.size() >= domain.size() && host.endsWith(domain.mid(1), Qt::CaseInsensitive);
    if (domain.endsWith(u'*'))
        return host.size() >= domain.size() && host.startsWith(domain.chopped(1), Qt::CaseInsensitive);
    return domain.compare(host, Qt::CaseInsensitive) == 0;
}

// A regex may match: whether it does is the table's to say, once its host is asked.
bool mayMatch(const edge::PathMatch &match, const QString &path)
{
    const QString wanted = text(match.value);
    const auto letterCase = match.caseSensitive ? Qt::CaseSensitive : Qt::CaseInsensitive;
    switch (match.kind) {
    case edge::PathMatch::Kind::Prefix: return path.startsWith(wanted, letterCase);
    case edge::PathMatch::Kind::Exact: return path.compare(wanted, letterCase) == 0;
    case edge::PathMatch::Kind::Regex: break;
    }
    return true;
}

} // namespace

QString whyNoHostFits(const edge::FilterChain &chain, std::string_view host)
{
    const QString wanted = text(host);
    QStringList domains;
    for (const edge::VirtualHost &one : chain.virtualHosts)
        domains += domainsOf(one);
    if (domains.isEmpty())
        return u"the edge has no Host for this port"_s;
    QString why = u"the Host header is %1, the hosts are %2"_s.arg(wanted, listed(domains));
    const QString plain = wanted.left(wanted.lastIndexOf(u':'));
    const bool byPortOnly = plain != wanted
        && std::any_of(domains.begin(), domains.end(),
                       [&](const QString &domain) { return fits(domain, plain); });
    if (byPortOnly)
        why +=
            u"; the edge compares the port too: send Host: %1, or set strip_matching_host_port in the Module"_s
                .arg(plain);
    return why;
}

QList<edge::Candidate> mappingsOfOtherHosts(const edge::Decision &decision, std::string_view host,
                                            std::string_view path)
{
    std::unordered_set<std::string> seen;
    if (decision.virtualHost) {
        for (const edge::Route &route : decision.virtualHost->routes)
            seen.insert(keyOf(route.mapping));
    }
    const QString requested = text(path);
    QList<edge::Candidate> fitting;
    QList<edge::Candidate> others;
    const auto look = [&](const edge::VirtualHost &virtualHost) {
        const std::string domains = listed(domainsOf(virtualHost)).toStdString();
        for (const edge::Route &route : virtualHost.routes) {
            if (fitting.size() == MostMappings)
                return;
            QList<edge::Candidate> &list = mayMatch(route.path, requested) ? fitting : others;
            if (route.mapping.kind.empty() || list.size() == MostMappings
                || seen.count(keyOf(route.mapping)) > 0)
                continue;
            seen.insert(keyOf(route.mapping));
            edge::Candidate candidate;
            candidate.mapping = route.mapping;
            candidate.path = route.path.value;
            candidate.failedCondition = "host";
            candidate.expected = domains;
            candidate.actual = std::string(host);
            list.append(candidate);
        }
    };
    for (const edge::FilterChain &chain : decision.listener->chains) {
        if (chain.tls != decision.chain->tls)
            continue;
        for (const edge::VirtualHost &virtualHost : chain.virtualHosts) {
            if (&virtualHost != decision.virtualHost)
                look(virtualHost);
        }
    }
    return (fitting + others).mid(0, MostMappings);
}

} // namespace models
