// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What the STRICT preflight cannot know from objects: the traffic that Prometheus has counted, and whether
// the server would take the change from this user.  Blocks: call it from a worker thread.  Writes nothing:
// the change is sent as a dry run.
#include "kube/client.h"
#include "models/analysis/strict_preflight.h"

namespace app {

// Absent: Prometheus was not found or did not answer.
std::optional<models::StrictTelemetry> strictTelemetry(kube::Client &client, const models::StrictScope &scope,
                                                       qint64 windowSeconds, const QDateTime &now,
                                                       std::stop_token stop);

// Fills dryRun and missingRights of the input.
void tryStrict(kube::Client &client, const models::Snapshot &snapshot, models::PreflightInput &input,
               std::stop_token stop);

} // namespace app
