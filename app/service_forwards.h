// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Where the edge on this machine finds the Services of a cluster: each by a port-forward of its own, opened when it is first
// asked for.  A forward ends behind the pod's sidecar, so the mesh's own TLS must not be spoken to it.
// Thread: the edge's loop; it waits there for the cluster thread, once a Service and port.
#include "app/cluster_forward.h"
#include "edge/config.h"
#include "edge/endpoint.h"
#include "models/resources/snapshot.h"

#include <map>
#include <memory>
#include <optional>

namespace app {

class ServiceForwards
{
public:
    // ownNamespace: the edge's, where a Service lives that is named without one.
    ServiceForwards(kube::Client &client, QString ownNamespace);
    void setServices(const models::Snapshot &snapshot); // those that there are
    // nullopt: it is no Service of this cluster, or no forward could be opened.
    std::optional<edge::Endpoint> endpointOf(const edge::Cluster &cluster);

private:
    kube::Client &m_client;
    QString m_ownNamespace;
    QSet<QString> m_services;                                      // "shop/cart"
    std::map<QString, std::unique_ptr<ClusterForward>> m_forwards; // "shop/cart:80"
};

// "cart.shop.svc.cluster.local" → shop/cart; a name without a namespace is in ownNamespace.
QString serviceKeyOf(const QString &host, const QString &ownNamespace);

} // namespace app
