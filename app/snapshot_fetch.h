// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One snapshot by plain lists, for programs that look once.  Blocks: call it from a worker thread, never from the cluster thread.
// A kind that may not be read in all namespaces is read in the context's own (SnapshotInput::onlyIn).
// Ambassador's kinds whose conversion the server puts off are given up after some seconds: what else is wrong is said then.
// A kind that may not be read or is not there goes into SnapshotInput::unavailable; where the API server's own kinds (pods, Services …)
// or its discovery fail for any other reason, the whole fails: nothing would be told from an empty cluster.
#include "kube/client.h"
#include "models/resources/snapshot.h"

namespace app {

kube::Result<models::SnapshotInput> fetchSnapshot(kube::Client &client, std::stop_token stop);
// Adds what only checks look at (platformTypes); a kind that may not be read goes into unavailable.
void fetchPlatform(kube::Client &client, models::SnapshotInput &input, std::stop_token stop);

// Everything failed for the same reason (401, no connection): that reason; absent if at least one list worked.
std::optional<kube::Error> commonFailure(const models::SnapshotInput &input);

} // namespace app
