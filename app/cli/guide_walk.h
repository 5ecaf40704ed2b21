// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Several steps of the guide, or all: up, each awaited before the next one begins, and back.  An exit code; blocks.
#include "app/cli/command.h"

namespace app::cli {

// In this order; those that have passed are left alone.  Ends at the first that fails, is refused or has not passed in time; one
// that cannot be judged here, and has nothing to apply, is said and left out: 3 in the end.  thenUndo: afterwards, however far it
// came, all that it wrote is taken back, and every object must be as it was at the start.
int applySteps(Invocation &invocation, const QStringList &ids, bool thenUndo);

// What the journal has of the last time that each of them was applied, in one change set.
int undoSteps(Invocation &invocation, const QStringList &ids);

} // namespace app::cli
