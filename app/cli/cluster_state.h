// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// All objects that the analyses read, to be compared with a later state of the same cluster: what was taken back is as it was.
#include "edge/value.h"
#include "kube/client.h"

#include <QMap>
#include <QStringList>

namespace app::cli {

// "mappings default/quote-backend" → the object without what servers write.  No pods: their names change with every roll-out, and
// their workloads are among them.
using ClusterState = QMap<QString, edge::Value>;

kube::Result<ClusterState> readState(kube::Client &client, std::stop_token stop); // blocks

// "mappings default/quote-backend differs", "… is gone", "… was not there"; empty: the two are equal.
QStringList differences(const ClusterState &before, const ClusterState &after);

} // namespace app::cli
