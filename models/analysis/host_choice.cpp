// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/host_choice.h"

#include "models/analysis/configured_objects.h"
#include "models/analysis/route_order.h"
#include "models/resources/text.h"

#include <QHash>
#include <QRegularExpression>

#include <algorithm>
#include <unordered_map>
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

QString labelsText(const edge::Value &labels)
{
    QStringList pairs;
    for (const auto &[name, label] : labels.members())
        pairs.append(text(name) + u'=' + text(label));
    return pairs.join(u", "_s);
}

// Why the chosen Host does not take Mappings, in the order in which one can be told: by the Mapping's own host, which
// nothing but another request changes, then by what the Host asks of Mappings.
class HostReasons
{
public:
    HostReasons(const Snapshot &snapshot, const edge::VirtualHost &chosen, QString host)
        : m_host(std::move(host))
    {
        for (const ConfiguredObject &one : configuredObjects(snapshot)) {
            const edge::Value &object = *one.object;
            const bool isChosen = object["kind"].text() == "Host" && chosen.host.kind == "Host"
                && object.at({"metadata", "name"}).text() == chosen.host.name
                && object.at({"metadata", "namespace"}).text() == chosen.host.nameSpace;
            if (isChosen)
                m_chosen = one.object;
            if (object["kind"].text() == "Mapping")
                m_mappings.insert(text(object.at({"metadata", "namespace"})) + u'/'
                                      + text(object.at({"metadata", "name"})),
                                  one.object);
        }
    }

    void explain(QList<edge::Candidate> &candidates) const
    {
        for (edge::Candidate &candidate : candidates) {
            if (const auto mapping = m_mappings.value(text(keyOf(candidate.mapping))))
                explain(candidate, *mapping);
        }
    }

private:
    bool isFit(const edge::Value &spec, const QString &wanted) const
    {
        const QString plain = m_host.left(m_host.lastIndexOf(u':'));
        if (spec["host_regex"].toBool() && !spec["hostname"].isString()) {
            const QRegularExpression regex(QRegularExpression::anchoredPattern(wanted));
            return regex.match(m_host).hasMatch() || regex.match(plain).hasMatch();
        }
        return fits(wanted, m_host) || fits(wanted, plain);
    }

    void explain(edge::Candidate &candidate, const edge::Value &mapping) const
    {
        const edge::Value &spec = mapping["spec"];
        const QString wanted = text(spec["hostname"].isString() ? spec["hostname"] : spec["host"]);
        if (!wanted.isEmpty() && !isFit(spec, wanted)) {
            candidate.expected = wanted.toStdString();
            return;
        }
        if (!m_chosen)
            return;
        const edge::Value &host = (*m_chosen)["spec"];
        const edge::Value &given =
            host["mappingSelector"].members().empty() ? host["selector"] : host["mappingSelector"];
        const edge::Value &labels = mapping.at({"metadata", "labels"});
        for (const auto &[name, label] : given["matchLabels"].members()) {
            if (labels[name].text() == label.text())
                continue;
            candidate.failedCondition = "mappingSelector";
            candidate.expected = labelsText(given["matchLabels"]).toStdString();
            candidate.actual = labelsText(labels).toStdString();
            return;
        }
        if (wanted.isEmpty() && given.members().empty()) {
            candidate.failedCondition = "hostname";
            candidate.expected = text(host["hostname"]).toStdString();
            candidate.actual.clear();
        }
    }

    QString m_host;
    std::shared_ptr<const edge::Value> m_chosen;
    QHash<QString, std::shared_ptr<const edge::Value>> m_mappings; // by namespace/name
};

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

QList<edge::Candidate> mappingsOfOtherHosts(const Snapshot &snapshot, const edge::Config &config,
                                            const edge::Decision &decision, const edge::RequestHead &head)
{
    const std::string_view host = head.headers.value("host"), path = head.path();
    std::unordered_set<std::string> seen;
    std::unordered_map<std::string, std::string> groups; // of the Mappings
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
            groups.emplace(keyOf(route.mapping), route.groupId);
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
    std::unordered_map<std::string, std::size_t> places; // Each host has its part of the one order.
    for (const edge::GroupInfo &group : config.groups)
        places.emplace(group.id, places.size());
    const auto placeOf = [&](const edge::Candidate &candidate) {
        return places[groups[keyOf(candidate.mapping)]];
    };
    for (QList<edge::Candidate> *list : {&fitting, &others})
        std::stable_sort(list->begin(), list->end(), [&](const edge::Candidate &a, const edge::Candidate &b) {
            return placeOf(a) < placeOf(b);
        });
    QList<edge::Candidate> all = (fitting + others).mid(0, MostMappings);
    if (decision.virtualHost)
        HostReasons(snapshot, *decision.virtualHost, text(host)).explain(all);
    return all;
}

} // namespace models
