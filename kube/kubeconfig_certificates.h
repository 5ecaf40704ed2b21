// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The certificates that a kubeconfig carries in itself, as PEM blocks: authorities of clusters first, then users' own.  Istio
// keeps one in a Secret for each other cluster of the mesh.  Nothing else of it is copied, keys beside a certificate least.
#include <QByteArray>
#include <QList>

namespace kube {

QList<QByteArray>
certificatesOfKubeconfig(const QByteArray &text); // YAML or JSON; none: it is no kubeconfig, or has none

} // namespace kube
