// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The STRICT preflight of a cluster with all that it can be told: objects, proxies, telemetry, the server's dry run.
#include "app/cli/command.h"
#include "app/strict_evidence.h"

namespace app::cli {

struct JudgedScope
{
    models::PreflightReport report;
    models::SnapshotInput objects; // that it judged; empty for manifests, whose objects have no identity
};

// Read afresh.  Writes nothing, blocks.  NotFound: the scope, -n or --edge names what is not there.
kube::Result<JudgedScope> judgeCluster(Invocation &invocation, const EvidenceWish &wish);

} // namespace app::cli
