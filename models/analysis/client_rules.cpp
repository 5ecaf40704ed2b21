// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/client_rules.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

using Rules = QList<const DestinationRule *>;

// Nobody but its own namespace finds it.
bool isPrivate(const DestinationRule &rule)
{
    return !rule.selector.isEmpty()
        || (rule.exportTo.size() == 1 && (rule.exportTo[0] == "."_L1 || rule.exportTo[0] == rule.nameSpace));
}

// Those of one namespace whose host is the most specific one.
Rules mostSpecific(const Rules &rules)
{
    const auto rank = [](const DestinationRule *rule) {
        const QString host = rule->fullHost();
        return std::pair(!host.startsWith(u'*'), host.size());
    };
    const auto best =
        std::max_element(rules.begin(), rules.end(), [&rank](auto *a, auto *b) { return rank(a) < rank(b); });
    Rules all;
    for (const DestinationRule *rule : rules) {
        if (rank(rule) == rank(*best))
            all.append(rule);
    }
    return all;
}

// One with a selector stands alone; those without one are put together.
Rules rulesFor(const Rules &found, const Pod &client)
{
    Rules common;
    for (const DestinationRule *rule : found) {
        if (rule->selector.isEmpty())
            common.append(rule);
        else if (rule->nameSpace == client.nameSpace && containsAll(client.labels, rule->selector))
            return {rule};
    }
    return common;
}

// A port's entry without tls leaves the cluster's TLS to be automatic, but its endpoints are marked for mutual TLS by the tls beside
// the entries all the same: where that is another than ISTIO_MUTUAL they get clear text (pilot mtls_checker.go,
// trafficPolicyTLSModeForPort).
bool isLeftInClearText(ClientTls entry, ClientTls beside)
{
    return entry == ClientTls::Unset && refusesMeshTls(beside);
}

ClientRule wholeRule(const Rules &rules, const ServicePort &port)
{
    const auto found =
        std::find_if(rules.begin(), rules.end(), [](const DestinationRule *rule) { return rule->hasPolicy; });
    if (found == rules.end())
        return {};
    const DestinationRule &rule = **found;
    const auto own = rule.portTls.constFind(port.port);
    const QString whole = u"spec.trafficPolicy.tls.mode"_s;
    if (own == rule.portTls.constEnd())
        return {&rule, rule.tls, whole, {}, {}};
    if (isLeftInClearText(*own, rule.tls))
        return {&rule, ClientTls::Disable, whole, {}, {}};
    return {&rule, *own, u"spec.trafficPolicy.portLevelSettings[%1].tls.mode"_s.arg(port.port), {}, {}};
}

// What subsets say of their own; of two with one name the first counts.
QList<ClientRule> subsetRules(const Rules &rules, const ServicePort &port)
{
    QList<ClientRule> all;
    QSet<QString> known;
    for (const DestinationRule *rule : rules) {
        for (const DestinationRule::Subset &subset : rule->subsets) {
            if (std::exchange(known, known + QSet<QString>{subset.name}).contains(subset.name))
                continue;
            const QString path = u"spec.subsets[%1].trafficPolicy."_s.arg(subset.name);
            const auto own = subset.portTls.constFind(port.port);
            if (own != subset.portTls.constEnd() && isLeftInClearText(*own, subset.tls))
                all.append({rule, ClientTls::Disable, path + u"tls.mode"_s, subset.labels, {}});
            else if (own != subset.portTls.constEnd())
                all.append({rule,
                            *own,
                            path + u"portLevelSettings[%1].tls.mode"_s.arg(port.port),
                            subset.labels,
                            {}});
            else if (subset.tls != ClientTls::Unset)
                all.append({rule, subset.tls, path + u"tls.mode"_s, subset.labels, {}});
        }
    }
    return all;
}

bool speaksTls(ClientTls mode) // by the rule's own word
{
    return mode == ClientTls::Simple || mode == ClientTls::Mutual || mode == ClientTls::IstioMutual;
}

bool saysSomewhere(const DestinationRule &rule, bool (*isMeant)(ClientTls)) // at some port
{
    const auto says = [isMeant](ClientTls whole, const QMap<int, ClientTls> &ports) {
        return isMeant(whole) || std::any_of(ports.begin(), ports.end(), isMeant);
    };
    return says(rule.tls, rule.portTls)
        || std::any_of(rule.subsets.begin(), rule.subsets.end(),
                       [&says](const auto &subset) { return says(subset.tls, subset.portTls); });
}

Rules rulesForHost(const Snapshot &snapshot, const QString &host)
{
    Rules rules;
    for (const DestinationRule &rule : snapshot.destinationRules) {
        if (rule.isFor(host))
            rules.append(&rule);
    }
    return rules;
}

// Its proxy sends what leaves it: a gateway's own calls, too; not a sidecar's that only fetches certificates, as an edge's.
bool isClient(const Pod &pod) { return !pod.isGone() && (pod.isGateway() || pod.capturesOutbound()); }

} // namespace

bool ClientRule::isFor(const QString &nameSpace, const QString &workload) const
{
    const auto some = chosen.constFind(nameSpace);
    return clients.contains(nameSpace) && (some == chosen.constEnd() || some->contains(workload));
}

ClientRules::ClientRules(const Snapshot &snapshot)
    : m_snapshot(snapshot)
{
    for (const Pod &pod : snapshot.pods) {
        if (isClient(pod))
            m_clients[pod.nameSpace].append(&pod);
    }
    for (const DestinationRule &rule : snapshot.destinationRules) {
        if (saysSomewhere(rule, refusesMeshTls))
            m_refusing.append(&rule);
        if (saysSomewhere(rule, speaksTls))
            m_encrypting.append(&rule);
    }
}

ClientRules::Rules ClientRules::found(const Rules &rules, const QString &nameSpace,
                                      const QString &client) const
{
    const QString &root = m_snapshot.istioRootNamespace;
    Rules own, servers, roots; // in the order in which they are asked
    for (const DestinationRule *rule : rules) {
        const bool isOwn = rule->nameSpace == client
            && (!rule->selector.isEmpty() || isExportedTo(rule->exportTo, rule->nameSpace, client))
            && (client != root || isPrivate(*rule));
        if (isOwn)
            own.append(rule);
        if (!isPrivate(*rule) && rule->nameSpace == nameSpace)
            servers.append(rule);
        if (!isPrivate(*rule) && rule->nameSpace == root)
            roots.append(rule);
    }
    if (!own.isEmpty())
        return mostSpecific(own);
    for (const Rules *place : {&servers, &roots}) {
        Rules all = place->isEmpty() ? Rules() : mostSpecific(*place);
        all.removeIf([&client](const DestinationRule *rule) {
            return !isExportedTo(rule->exportTo, rule->nameSpace, client);
        });
        if (!all.isEmpty())
            return all;
    }
    return {};
}

QList<ClientRule> ClientRules::of(const QString &nameSpace, const QString &host,
                                  const ServicePort &port) const
{
    QList<ClientRule> all;
    const Rules rules = rulesForHost(m_snapshot, host);
    const auto add = [&all](const ClientRule &one, const QString &client, const QString &workload) {
        auto kept = std::find_if(all.begin(), all.end(), [&one](const ClientRule &other) {
            return other.rule == one.rule && other.path == one.path;
        });
        if (kept == all.end())
            kept = all.insert(all.end(), one);
        if (!kept->clients.contains(client))
            kept->clients.append(client);
        if (!workload.isEmpty() && !kept->chosen[client].contains(workload))
            kept->chosen[client].append(workload);
    };
    for (auto clients = m_clients.begin(); clients != m_clients.end(); ++clients) {
        const Rules here = found(rules, nameSpace, clients.key());
        const bool isChosen =
            std::any_of(here.begin(), here.end(), [](auto *rule) { return !rule->selector.isEmpty(); });
        for (const Pod *client : isChosen ? *clients : clients->mid(0, 1)) { // else all are alike
            const Rules taken = rulesFor(here, *client);
            const QString workload = isChosen ? client->workload() : QString();
            add(wholeRule(taken, port), clients.key(), workload);
            for (const ClientRule &subset : subsetRules(taken, port))
                add(subset, clients.key(), workload);
        }
    }
    return all;
}

QList<ClientRule> ClientRules::refused(const QString &nameSpace, const QString &host,
                                       const ServicePort &port) const
{
    return those(m_refusing, refusesMeshTls, nameSpace, host, port);
}

QList<ClientRule> ClientRules::encrypting(const QString &nameSpace, const QString &host,
                                          const ServicePort &port) const
{
    return those(m_encrypting, speaksTls, nameSpace, host, port);
}

QList<ClientRule> ClientRules::those(const Rules &candidates, bool (*isMeant)(ClientTls),
                                     const QString &nameSpace, const QString &host,
                                     const ServicePort &port) const
{
    if (std::none_of(candidates.begin(), candidates.end(),
                     [&](const DestinationRule *rule) { return rule->isFor(host); }))
        return {};
    QList<ClientRule> all = of(nameSpace, host, port);
    all.removeIf([isMeant](const ClientRule &one) { return !isMeant(one.tls); });
    return all;
}

bool ClientRules::isMeshTls(const ClientRule &rule) const
{
    return rule.tls == ClientTls::IstioMutual
        || (rule.tls == ClientTls::Unset && m_snapshot.mesh.autoMtls && !m_snapshot.isOldMesh());
}

QStringList hostsOfRefusedRules(const Snapshot &snapshot)
{
    QStringList hosts;
    const ClientRules rules(snapshot);
    const auto add = [&](const QString &nameSpace, const QString &host, const QList<ServicePort> &ports) {
        if (std::any_of(ports.begin(), ports.end(), [&](const ServicePort &port) {
                return !rules.refused(nameSpace, host, port).isEmpty();
            }))
            hosts.append(host);
    };
    for (const Service &service : snapshot.services)
        add(service.nameSpace, serviceHost(service.nameSpace, service.name), service.ports);
    for (const ServiceEntry &entry : snapshot.serviceEntries) {
        for (const QString &host : entry.isMeshInternal ? entry.hosts : QStringList())
            add(entry.nameSpace, host, entry.ports);
    }
    hosts.sort();
    hosts.removeDuplicates();
    return hosts;
}

bool ClearTextCause::isFor(const Pod &client) const
{
    return client.hasSidecar && (!rule || rule->isFor(client.nameSpace, client.workload()));
}

QMap<QString, QList<ClearTextCause>> clearTextCauses(const Snapshot &snapshot)
{
    QMap<QString, QList<ClearTextCause>> causes;
    const auto add = [&causes](const QList<const Pod *> &servers, const ClearTextCause &cause) {
        QSet<QString> known; // pods of one workload are told alike
        for (const Pod *server : servers) {
            const QString workload = server->nameSpace + u'/' + server->workload();
            if (!server->hasSidecar || known.contains(workload))
                continue;
            known.insert(workload);
            causes[workload].append(cause);
        }
    };
    const ClientRules rules(snapshot);
    for (const Service &service : snapshot.services) {
        const QString host = serviceHost(service.nameSpace, service.name);
        for (const ServicePort &port : service.ports) {
            const QList<ClientRule> refused = rules.refused(service.nameSpace, host, port);
            for (const ClientRule &one : refused) {
                QList<const Pod *> servers = snapshot.podsOf(service);
                servers.removeIf([&one](const Pod *pod) { return !containsAll(pod->labels, one.servers); });
                add(servers, {{u"DestinationRule"_s, one.rule->nameSpace, one.rule->name}, one});
            }
        }
        const QList<const Pod *> pods =
            service.isHeadless() ? snapshot.podsOf(service) : QList<const Pod *>();
        if (std::any_of(pods.begin(), pods.end(), [](const Pod *pod) { return !pod->hasSidecar; }))
            add(pods, {{u"Service"_s, service.nameSpace, service.name}});
    }
    return causes;
}

QMap<QString, QList<ObjectRef>> causesOfClearText(const Snapshot &snapshot)
{
    QMap<QString, QList<ObjectRef>> objects;
    const QMap<QString, QList<ClearTextCause>> causes = clearTextCauses(snapshot);
    for (auto server = causes.begin(); server != causes.end(); ++server) {
        QList<ObjectRef> &known = objects[server.key()];
        for (const ClearTextCause &cause : server.value()) {
            if (!known.contains(cause.object))
                known.append(cause.object);
        }
    }
    return objects;
}

QString remedyForMeshCallers(const QList<ObjectRef> &causes)
{
    QStringList remedies;
    for (const ObjectRef &cause : causes)
        remedies.append(cause.kind == "DestinationRule"_L1
                            ? u"take tls out of %1, or set it to ISTIO_MUTUAL"_s.arg(cause.text())
                            : u"inject every pod of the headless %1"_s.arg(cause.text()));
    return remedies.isEmpty() ? u"the callers have a sidecar: see what leads them around it (annotations "
                                "traffic.sidecar.istio.io/…, a Sidecar's egress, calls by address)"_s
                              : remedies.join(u"; "_s);
}

QSet<QString> namespacesWithSidecars(const Snapshot &snapshot)
{
    QSet<QString> names;
    for (const Pod &pod : snapshot.pods) {
        if (isClient(pod) && !pod.isGateway())
            names.insert(pod.nameSpace);
    }
    return names;
}

} // namespace models
