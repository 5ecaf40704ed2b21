// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What only running traffic tells: clear text that servers of the mesh have counted in the last minute (MT-020, by
// Prometheus) and callers that STRICT has refused in the last two (MT-024, by the servers' access logs).
// Blocks: call it from a worker thread.
#include "kube/client.h"
#include "models/resources/snapshot.h"

namespace app {

struct TrafficFindings
{
    QList<models::Finding> findings;
    QStringList notChecked; // what could not be asked, and why
};

constexpr int MostLogs = 40; // of STRICT pods; more are not read, which notChecked says
TrafficFindings trafficFindings(kube::Client &client, const models::Snapshot &snapshot, const QDateTime &now,
                                std::stop_token stop);

} // namespace app
