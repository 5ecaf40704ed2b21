// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What of Istio's other objects decides about mutual TLS: DestinationRules of clients, egress lists of
// Sidecars, the mesh's own configuration (facts mesh-security.md §1.8).
#include "models/resources/workload.h"

#include <optional>

namespace models {

enum class ClientTls { Unset, Disable, Simple, Mutual, IstioMutual };
QString clientTlsName(ClientTls mode); // "ISTIO_MUTUAL"
bool refusesMeshTls(ClientTls mode);   // what a sidecar under STRICT cannot be spoken to with

QString serviceHost(const QString &nameSpace, const QString &name); // as the mesh knows a Service

struct DestinationRule
{
    struct Subset
    {
        QString name;
        Labels labels;
        ClientTls tls = ClientTls::Unset;
        QMap<int, ClientTls> portTls = {}; // Service ports
    };
    QString nameSpace, name, apiVersion, host;
    QDateTime created;
    Labels selector;        // of the clients that go by it; empty: all
    bool hasPolicy = false; // trafficPolicy, whatever it says
    edge::Value policy;     // and that as it is written: a change of one port keeps what else is set there
    ClientTls tls = ClientTls::Unset;
    QMap<int, ClientTls> portTls; // Service ports
    QList<Subset> subsets;
    QStringList exportTo;     // empty: everywhere
    QStringList credentials;  // Secrets that clients present or trust by it (tls.credentialName), each once
    QString fullHost() const; // a short name is completed by the rule's namespace; one with a dot is complete
    bool isFor(const QString &full) const; // its host is that one, or includes it
    bool covers(const QString &serviceNamespace, const QString &serviceName) const; // is for that Service
};
DestinationRule parseDestinationRule(const edge::Value &object);

struct
    SidecarScope // a Sidecar object: which hosts the proxies of its namespace, or those that it selects, know
{
    QString nameSpace, name;
    Labels selector;   // empty: every pod of the namespace
    QStringList hosts; // of spec.egress, "NAMESPACE/HOST"; empty: it says nothing about egress
    bool reaches(const QString &serviceNamespace, const QString &serviceName) const;
};
SidecarScope parseSidecar(const edge::Value &object);

struct WorkloadEntry // a machine outside the cluster that belongs to the mesh
{
    QString nameSpace, name, address, serviceAccount;
    Labels labels;
    bool hasIdentity() const; // what clients in the mesh decide by (§1.8.5)
};
WorkloadEntry parseWorkloadEntry(const edge::Value &object);
WorkloadEntry
parseWorkloadGroup(const edge::Value &object); // the machine that its template makes; it has no address

// Whether an exportTo list ("." the own namespace, "*" all, "~" none, else names) lets that namespace see it.
bool isExportedTo(const QStringList &exportTo, const QString &ownNamespace, const QString &nameSpace);

struct MeshConfig
{
    bool autoMtls = true;
    bool prometheusMerge = true;
    QString trustDomain = QStringLiteral("cluster.local");
    QStringList trustDomainAliases;
    QList<Labels> discoverySelectors; // namespaces that the mesh sees; empty: all
    QString rootNamespace;            // whose policies count for the whole mesh
    QString source;                   // ConfigMap that it stands in, "" defaults
};
MeshConfig parseMeshConfig(const QString &yaml, const QString &source);

} // namespace models
