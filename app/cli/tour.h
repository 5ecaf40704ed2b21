// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The guide's whole story on a fresh demo cluster, through the same plans, dry runs, journal and undo that operators use.
// One line a step (✓ or ✗, what was seen, milliseconds), a report in DIR/tour.md, pictures where the program sallyport is installed.
// After the first step that fails only the last is run, which takes everything back; 3 then.
#include "app/cli/command.h"

namespace app::cli {

int runTour(Invocation &invocation);

} // namespace app::cli
