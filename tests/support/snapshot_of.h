// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Worlds for analyses: Kubernetes objects as YAML text → what a console would have read of them.
#include "models/resources/snapshot.h"

// Every kind that the analyses know counts as read, also those without an object.  The text must be good
// YAML.
models::SnapshotInput inputOf(const QByteArray &yaml);
// The same without one kind, as where RBAC denies it.
models::SnapshotInput withoutKind(models::SnapshotInput input, const QString &plural,
                                  kube::Error::Kind why = kube::Error::Kind::Forbidden);
// A mesh of Istio up to 1.4: it has MeshPolicy and Policy instead of PeerAuthentications.
models::SnapshotInput oldMeshOf(const QByteArray &yaml);
std::shared_ptr<const models::Snapshot> snapshotOf(const QByteArray &yaml);

// Objects that many worlds share.
QByteArray edgeYaml();              // AES 1.11.2 in namespace ambassador, one pod, no sidecar
QByteArray edgeWithCertsYaml();     // the same after the guide's step "share istio-certs"
QByteArray quoteYaml(bool sidecar); // namespace default with Service, Deployment and one ready pod of quote
QByteArray istioUpstreamYaml();     // the guide's TLSContext
