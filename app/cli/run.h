// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Runs one parsed command: the demo cluster, if wanted, on this thread (its child process needs an event loop), the command on a
// worker that may block, and Ctrl+C as a stop for both.
#include "app/cli/arguments.h"

namespace app::cli {

int run(const Arguments &arguments, const Output::Sink &out, const Output::Sink &err);

} // namespace app::cli
