// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Ways from this desk to an edge installation, best first: an address that its Service names, else the API server's service proxy.
//   1. annotation sallyport.dev/external-address on the edge's Service: URLs separated by spaces, "http://10.1.2.3:80 https://edge.example:443"
//   2. status.loadBalancer.ingress of the Service
//   3. /api/v1/namespaces/…/services/…/proxy, for GET without own headers
#include "models/resources/snapshot.h"

namespace app {

struct EdgeAccess
{
    QString host; // "" for the proxy
    quint16 port = 0;
    QString nameSpace, service,
        servicePort; // of the proxy: port name or number, "https:" services need the scheme
    QString how;     // "Service ambassador/ambassador, its external address"
    bool operator==(const EdgeAccess &) const = default;
};
QList<EdgeAccess> edgeAccesses(const models::Snapshot &snapshot, const models::EdgeInstallation &edge,
                               bool tls);

// The URL that people type for this edge: scheme and authority of its best address, "" if only the proxy is there.
QString edgeUrl(const models::Snapshot &snapshot, const models::EdgeInstallation &edge, bool tls);

// Where a snapshot has no edge: that there is none, or that it is not known, and what to do.  No full stop: who asks adds its own way out.
QString whyNoEdge(const models::Snapshot &snapshot);

} // namespace app
