// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What the proxies of pods have loaded: GET /certs, and of sidecars their listeners by /config_dump, of Envoy's admin
// port (8001 of an edge, 15000 of a sidecar), which
// listens inside the pod only, so through a port-forward (right: rightToForward()).  Blocks: call it from a
// worker thread, never from the cluster thread.
#include "kube/client.h"
#include "models/resources/edge_runtime.h"
#include "models/resources/snapshot.h"

namespace app {

struct PodPort
{
    QString nameSpace, pod;
    int port = 0;
};

// The body of a 200.  The error names the pod, the port and what the server or the kubelet said.
kube::Result<QByteArray> getFromPod(kube::Client &client, const PodPort &from, const QString &path,
                                    int timeoutMs, std::stop_token stop);

// What this edge's running pods, at most three, have made of the configuration: Ambassador by its diagnostics, Envoy by
// its listeners and routes, each asked once.  A pod that cannot be asked has its errors in the answer, and they name the
// right that is missing where it is that.
QList<models::EdgeRuntime> readEdgeRuntimes(kube::Client &client, const models::EdgeInstallation &edge,
                                            const QList<models::Pod> &pods, std::stop_token stop);

// Every edge's running pods, at most three of each, asked one after the other.  A pod that cannot be asked has
// its error in the answer.
QList<models::ProxyCertificates> readEdgeProxies(kube::Client &client,
                                                 const QList<models::EdgeInstallation> &edges,
                                                 const QList<models::Pod> &pods, std::stop_token stop);

// The sidecars of these pods, one after the other; after the first 40, or 8 seconds, the rest has that as its error.
QList<models::ProxyCertificates> readMeshProxies(kube::Client &client, const QList<models::Pod> &pods,
                                                 std::stop_token stop);

// What the listener of this pod's sidecar does with inbound connections.
kube::Result<models::InboundModes> readInbound(kube::Client &client, const models::Pod &pod,
                                               std::stop_token stop);

// For a snapshot's objects that were read but not yet parsed: the edges' alone, or the sidecars' too.
void fetchEdgeProxies(kube::Client &client, models::SnapshotInput &input, std::stop_token stop);
void fetchProxies(kube::Client &client, models::SnapshotInput &input, std::stop_token stop);

} // namespace app
