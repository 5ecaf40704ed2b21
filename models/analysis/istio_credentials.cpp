// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/istio_credentials.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

const QLatin1String AuthoritySuffix("-cacert"); // of a Secret of its own, beside the one of that name

bool isAuthorityKey(const QString &dataKey) { return dataKey == "ca.crt"_L1 || dataKey == "cacert"_L1; }

void add(CertificateRow &row, const QString &user, const QString &effect)
{
    if (!row.usedBy.split(u", "_s).contains(user))
        row.usedBy += (row.usedBy.isEmpty() ? QString() : u", "_s) + user;
    if (!row.blastRadius.contains(effect))
        row.blastRadius.append(effect);
}

// Where the proxies of a Gateway run, and so look for its Secrets; without any that is known, where it stands itself.
QSet<QString> homesOf(const IstioGateway &gateway, const Snapshot &snapshot)
{
    QSet<QString> homes;
    for (const Pod &pod : snapshot.pods) {
        if (!gateway.selector.isEmpty() && !pod.isGone() && containsAll(pod.labels, gateway.selector))
            homes.insert(pod.nameSpace);
    }
    return homes.isEmpty() ? QSet<QString>{gateway.nameSpace, snapshot.istioRootNamespace} : homes;
}

void addGateway(CertificateRow &row, const TlsSecret &secret, const IstioGateway &gateway)
{
    const QString user = u"Gateway %1/%2"_s.arg(gateway.nameSpace, gateway.name);
    for (const IstioGateway::Server &server : gateway.servers) {
        if (server.credential.isEmpty())
            continue;
        const bool isOfAuthority = secret.name == server.credential + AuthoritySuffix;
        if (secret.name != server.credential && !isOfAuthority)
            continue;
        if (!isOfAuthority && !isAuthorityKey(row.dataKey))
            add(row, user,
                u"clients of %1 that ask for %2 refuse its certificate"_s.arg(user,
                                                                              server.hosts.join(u", "_s)));
        else if (server.isMutual)
            add(row, user, u"%1 refuses the clients of %2"_s.arg(user, server.hosts.join(u", "_s)));
    }
}

void addRule(CertificateRow &row, const TlsSecret &secret, const DestinationRule &rule)
{
    const QString user = u"DestinationRule %1/%2"_s.arg(rule.nameSpace, rule.name);
    for (const QString &credential : rule.credentials) {
        const bool isOfAuthority = secret.name == credential + AuthoritySuffix;
        if (secret.name != credential && !isOfAuthority)
            continue;
        add(row, user,
            isOfAuthority || isAuthorityKey(row.dataKey)
                ? u"clients that go by %1 no longer trust %2"_s.arg(user, rule.host)
                : u"%1 refuses clients that go by %2"_s.arg(rule.host, user));
    }
}

void addOtherCluster(CertificateRow &row)
{
    const QString user = u"istiod for cluster %1"_s.arg(row.dataKey);
    for (const kube::Certificate &certificate : row.chain)
        add(row, user,
            (certificate.isCa ? u"istiod no longer trusts the API server of cluster %1"_s
                              : u"istiod can no longer sign in at cluster %1"_s)
                    .arg(row.dataKey)
                + u": it learns of no change of its Services and pods"_s);
    row.renewal = u"by hand, as it was made (istioctl create-remote-secret)"_s;
    if (row.faultCode.isEmpty())
        row.checks = u"readable"_s; // no chain: who is trusted, and who signs in
}

} // namespace

void addIstioUsers(CertificateRow &row, const TlsSecret &secret, const Snapshot &snapshot)
{
    if (secret.isOtherCluster)
        return addOtherCluster(row);
    QSet<QString> proxies; // namespaces of gateways, which take rules' Secrets from there
    for (const IstioGateway &gateway : snapshot.istioGateways) {
        const QSet<QString> homes = homesOf(gateway, snapshot);
        proxies.unite(homes);
        if (homes.contains(secret.nameSpace))
            addGateway(row, secret, gateway);
    }
    for (const DestinationRule &rule : snapshot.destinationRules) {
        if (rule.nameSpace == secret.nameSpace || proxies.contains(secret.nameSpace))
            addRule(row, secret, rule);
    }
}

} // namespace models
