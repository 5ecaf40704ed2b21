// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Which clients in the mesh a DestinationRule makes speak something else than the mesh's TLS, and to which ports of a
// Service (facts mesh-security.md §1.8.1: port-level first, then the rule as a whole; a subset's own before it).
#include "models/resources/snapshot.h"

namespace models {

struct RefusedTls
{
    ClientTls tls = ClientTls::Unset; // Unset: nothing that a STRICT sidecar would refuse
    QString path;                     // of the field that says it
};
RefusedTls refusedTls(const DestinationRule &rule, const ServicePort &port);

QSet<QString> namespacesWithSidecars(const Snapshot &snapshot);

// Of those namespaces, whose proxies go by the rule for a Service of that namespace: Istio looks in the client's own
// namespace, in the Service's and in the root namespace, and heeds exportTo.  Sorted.
QStringList clientsOf(const Snapshot &snapshot, const DestinationRule &rule, const QString &serviceNamespace,
                      const QSet<QString> &namespaces);

} // namespace models
