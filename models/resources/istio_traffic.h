// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What of Istio's other objects decides about mutual TLS: DestinationRules of clients, egress lists of
// Sidecars, the mesh's own configuration (facts mesh-security.md §1.8).
#include "models/resources/workload.h"

#include <optional>

namespace models {

enum class ClientTls { Unset, Disable, Simple, Mutual, IstioMutual };
QString clientTlsName(ClientTls mode); // "ISTIO_MUTUAL"

struct DestinationRule
{
    struct Subset
    {
        QString name;
        Labels labels;
        ClientTls tls = ClientTls::Unset;
    };
    QString nameSpace, name, host;
    ClientTls tls = ClientTls::Unset;
    QMap<int, ClientTls> portTls; // Service ports
    QList<Subset> subsets;
    QStringList exportTo; // empty: everywhere
    bool covers(const QString &serviceNamespace,
                const QString &serviceName) const; // its host is or includes that Service
};
DestinationRule parseDestinationRule(const edge::Value &object);

struct MeshConfig
{
    bool autoMtls = true;
    bool prometheusMerge = true;
    QString trustDomain = QStringLiteral("cluster.local");
    QStringList trustDomainAliases;
    QString source; // ConfigMap that it stands in, "" defaults
};
MeshConfig parseMeshConfig(const QString &yaml, const QString &source);

} // namespace models
