// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What DestinationRules make a sidecar send, by Istio's own choice and reading of them (facts mesh-security.md §1.8): the
// caller's namespace is asked first, then the server's, then the root namespace; there the most exact host counts.  Written for
// the demo's sidecars alone: what the console predicts is computed elsewhere and may be wrong.
#include "app/demo/peer_authentication.h"

#include <optional>
#include <vector>

namespace demo {

enum class ClientTls {
    None,
    Mesh,   // with the workload's certificate
    Foreign // without one of the mesh: SIMPLE, and MUTUAL with a certificate of the rule's own
};

struct HostCall
{
    std::string host; // orders.shop.svc.cluster.local
    std::string serversNamespace, callersNamespace;
    LabelMap callersLabels;
    std::uint16_t port = 0; // the Service's
};

// Nothing: no rule decides, so auto-mTLS does.
std::optional<ClientTls> ruledTls(const std::vector<std::shared_ptr<const edge::Value>> &destinationRules,
                                  const HostCall &call);

} // namespace demo
