// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What the edge presents to clients, by handshakes from this machine: to an address of its Service, else through a
// port-forward to it (right: rightToForward()).  Blocks: call it from a worker thread, never from the cluster thread.
#include "app/cluster_analysis.h"
#include "app/edge_access.h"
#include "kube/client.h"

#include <stop_token>

namespace app {

struct HandshakePlan
{
    QString edge; // EdgeInstallation::key()
    QStringList serverNames;
    QList<EdgeAccess> ways;
    bool operator==(const HandshakePlan &) const = default;
};
// Of the edge that the analysis looks at; without names where it ends no TLS by a Secret.
HandshakePlan handshakePlan(const ClusterAnalysis &analysis);

// One for each name, in the plan's order; who cannot be reached for one name is not asked for the others.
QList<models::PresentedCertificate> askPresented(kube::Client &client, const HandshakePlan &plan,
                                                 std::stop_token stop);

// The analysis with what its edge presents now: certificates and findings are worked out again.
std::shared_ptr<const ClusterAnalysis>
withPresented(kube::Client &client, std::shared_ptr<const ClusterAnalysis> analysis, std::stop_token stop);

} // namespace app
