// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A cluster's and a user's entry of a kubeconfig → their part of a Connection, or what is wrong with the entry, in which file, and what
// to do (facts kube-client.md K6 to K14).  Reads the files that they name.
#include "kube/kubeconfig.h"
#include "kube/kubeconfig_file.h"

namespace kube {

Result<void> addCluster(Connection &connection, const KubeconfigCluster &cluster, bool hasClientCertificate);
// After its cluster: over clear text there are no credentials.
Result<void> addUser(Connection &connection, const KubeconfigUser &user, const KubeconfigCluster &cluster);

} // namespace kube
