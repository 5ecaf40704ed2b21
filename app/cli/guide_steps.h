// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One step of the guide, applied or taken back at the command line: shown, asked for, journalled, and awaited where somebody must
// read what was written.  All answer an exit code, block, and live on the command's worker thread.
#include "app/cli/command.h"

#include <optional>

namespace app::cli {

// nullptr: the guide has no such step for this cluster.  Points into the analysis.
const models::GuideStep *stepOf(const ClusterAnalysis &analysis, const QString &id);

// STRICT only after a preflight of the mesh that says GO, for which it waits up to three scrapes: 3 otherwise.
int applyStep(Invocation &invocation, const ClusterAnalysis &analysis, const models::GuideStep &step);

// All that the journal has of the last time that it was applied.
int undoStep(Invocation &invocation, const models::GuideStep &step);

// Until it has passed, or before a restart asks for one; absent after two minutes.  seen: what was seen of it last.
enum class Restart { MayBeAskedFor, IsDone };
std::optional<models::GuideStep> awaitStep(Invocation &invocation, const QString &id, Restart restart,
                                           QString &seen);

} // namespace app::cli
