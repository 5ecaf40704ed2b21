// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What preflight and strict are asked by the same options.  Pure.
#include "app/cli/command.h"
#include "models/analysis/strict_preflight.h"

namespace app::cli {

kube::Result<models::StrictScope> readScope(const QString &text); // mesh, NAMESPACE or NAMESPACE/WORKLOAD
kube::Result<QList<models::Acceptance>> readAcceptances(const Invocation &invocation); // of --accept

} // namespace app::cli
