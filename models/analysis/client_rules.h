// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// By which DestinationRule clients in the mesh call a host, as Istio finds it: in the client's own namespace, else in the
// server's, else in the root namespace; there the most specific host's, of which those with a workloadSelector are for the
// clients that they select; several for one host are one rule.  In a rule the subset's own word counts, then the port's,
// then the rule's as a whole (facts mesh-security.md §1.8.1).
#include "models/resources/finding.h"
#include "models/resources/snapshot.h"

#include <optional>

namespace models {

struct ClientRule // what clients go by for one port of a host
{
    const DestinationRule *rule = nullptr; // the snapshot's; nullptr: there is none
    ClientTls tls = ClientTls::Unset;
    QString path;        // of the field that says it; "" none does
    Labels servers;      // of the pods that it is about, as a subset has them; empty: all
    QStringList clients; // namespaces, sorted
    // Of those in which a workloadSelector tells clients apart, the workloads that go by it.
    QMap<QString, QStringList> chosen = {};
    bool isFor(const QString &nameSpace, const QString &workload) const; // that client goes by it
};

class ClientRules
{
public:
    explicit ClientRules(const Snapshot &snapshot); // which must outlive it and stay as it is
    // Those of the host's clients that call through a proxy of the mesh, a sidecar or a gateway, each field once.  nameSpace: the
    // server's.
    QList<ClientRule> of(const QString &nameSpace, const QString &host, const ServicePort &port) const;
    // Of them those that make clients speak what a STRICT sidecar refuses.
    QList<ClientRule> refused(const QString &nameSpace, const QString &host, const ServicePort &port) const;
    // Of them those by which clients speak TLS, whether the server takes it or not.
    QList<ClientRule> encrypting(const QString &nameSpace, const QString &host,
                                 const ServicePort &port) const;
    // Whether clients send the mesh's TLS to pods of it.
    bool isMeshTls(const ClientRule &rule) const;

private:
    using Rules = QList<const DestinationRule *>;
    // Of rules that are for the host, in Istio's order, those that a namespace's clients find.
    Rules found(const Rules &rules, const QString &nameSpace, const QString &client) const;

    QList<ClientRule> those(const Rules &candidates, bool (*isMeant)(ClientTls), const QString &nameSpace,
                            const QString &host, const ServicePort &port) const;

    const Snapshot &m_snapshot;
    QMap<QString, QList<const Pod *>> m_clients; // with a sidecar, by namespace
    Rules m_refusing;   // with a field that makes clients speak what a STRICT sidecar refuses: few of them
    Rules m_encrypting; // with one that makes them speak TLS
};

// Hosts of Services and ServiceEntries that clients with a sidecar call, by some rule, as STRICT would refuse; sorted.
QStringList hostsOfRefusedRules(const Snapshot &snapshot);

// An object by which clients with a sidecar speak to a server as STRICT would refuse: a DestinationRule, or a headless Service
// before pods of which some have no sidecar.
struct ClearTextCause
{
    ObjectRef object;
    std::optional<ClientRule> rule = {}; // of a DestinationRule
    bool isFor(const Pod &client) const;
};
// By namespace/workload of the servers.  Those of rules point into the snapshot.
QMap<QString, QList<ClearTextCause>> clearTextCauses(const Snapshot &snapshot);
QMap<QString, QList<ObjectRef>> causesOfClearText(const Snapshot &snapshot); // the objects, each once

// What to do about clear text of callers that have a sidecar, by these causes.
QString remedyForMeshCallers(const QList<ObjectRef> &causes);

QSet<QString> namespacesWithSidecars(const Snapshot &snapshot);

} // namespace models
