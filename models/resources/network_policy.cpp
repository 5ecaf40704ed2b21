// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/resources/network_policy.h"

#include "models/resources/text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

std::optional<LabelSelector> selectorIn(const edge::Value &peer, const char *field)
{
    return peer[field].isObject() ? std::optional(parseLabelSelector(peer[field])) : std::nullopt;
}

bool isPort(const NetworkPolicy::Port &wanted, const Pod &server, int port)
{
    if (wanted.port.isEmpty())
        return true;
    const int first = server.containerPort(wanted.port);
    return first > 0 && port >= first && port <= std::max(first, wanted.last);
}

// Addresses of pods come and go: a block is taken to hold each of them.
bool isPeer(const NetworkPolicy &policy, const NetworkPolicy::Peer &peer, const Pod &client,
            const Namespace *home)
{
    if (peer.isBlock)
        return true;
    const bool isHome = peer.namespaces ? peer.namespaces->selects(home ? home->labels : Labels())
                                        : client.nameSpace == policy.nameSpace;
    return isHome && (!peer.pods || peer.pods->selects(client.labels));
}

} // namespace

bool NetworkPolicy::isAbout(const Pod &pod) const
{
    return isOfIngress && pod.nameSpace == nameSpace && !pod.hostNetwork && selector.selects(pod.labels);
}

bool NetworkPolicy::lets(const Pod &client, const Namespace *clientsNamespace, const Pod &server,
                         int port) const
{
    return std::any_of(rules.begin(), rules.end(), [&](const Rule &rule) {
        const bool hasPort = rule.ports.isEmpty()
            || std::any_of(rule.ports.begin(), rule.ports.end(),
                           [&](const Port &one) { return isPort(one, server, port); });
        return hasPort
            && (rule.from.isEmpty() || std::any_of(rule.from.begin(), rule.from.end(), [&](const Peer &peer) {
                    return isPeer(*this, peer, client, clientsNamespace);
                }));
    });
}

NetworkPolicy parseNetworkPolicy(const edge::Value &object)
{
    NetworkPolicy policy;
    policy.nameSpace = text(object.at({"metadata", "namespace"}));
    policy.name = text(object.at({"metadata", "name"}));
    policy.selector = parseLabelSelector(object.at({"spec", "podSelector"}));
    const auto &types = object.at({"spec", "policyTypes"}).items();
    policy.isOfIngress = types.empty() // the API server's default: always Ingress
        || std::any_of(types.begin(), types.end(),
                       [](const edge::Value &type) { return type.text() == "Ingress"; });
    for (const edge::Value &given : object.at({"spec", "ingress"}).items()) {
        NetworkPolicy::Rule rule;
        for (const edge::Value &port : given["ports"].items())
            rule.ports.append({text(port["port"]), int(port["endPort"].toInteger())});
        for (const edge::Value &peer : given["from"].items())
            rule.from.append({selectorIn(peer, "podSelector"), selectorIn(peer, "namespaceSelector"),
                              peer["ipBlock"].isObject()});
        policy.rules.append(rule);
    }
    return policy;
}

} // namespace models
