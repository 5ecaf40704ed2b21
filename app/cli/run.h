// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Runs one parsed command: the demo cluster, if wanted, on this thread (its child process needs an event loop), the command on a
// worker that may block, and Ctrl+C as a stop for both.
#include "app/cli/arguments.h"

namespace app::cli {

struct OutFile // standard output
{
    Output::Sink write;
    std::function<QString()> fault;     // why it could not be written, "" it could
    std::function<bool()> isReaderGone; // a fault that is none: `| head` has read enough
};
int run(const Arguments &arguments, const OutFile &out, const Output::Sink &err);
// The exit code, or CouldNot where not all of the output could be written, and why on standard error unless its reader has gone.
int withFault(int code, const OutFile &out, const Output::Sink &err);

} // namespace app::cli
