// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What the API server cannot do any more while a scope goes STRICT: events of pods and webhooks, aggregated APIs that are not
// available, conversions that fail (V6).  Reads only.  Blocks: worker thread.
#include "kube/client.h"
#include "models/analysis/strict_verification.h"

namespace app {

// pods: of the scope.  nameSpace: of the scope, "" for the mesh.
void lookAtPlatform(models::StrictObservation &seen, kube::Client &client, const models::Snapshot &snapshot,
                    const QList<models::Pod> &pods, const QString &nameSpace, std::stop_token stop);

} // namespace app
