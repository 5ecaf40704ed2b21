// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// get --watch: what there is, and then every change to it, a line each, until it is stopped.  A watch that ends or is lost goes on from
// where it was; what changed meanwhile is shown then.  Other columns get a header of their own; a kind that is no longer served in the
// version that is read goes on in another one, unless that version was asked for.  Before its first line it waits for what passes, at most as long as any answer may take.
#include "app/cli/command.h"
#include "app/cli/get_rows.h"

namespace app::cli {

// Blocks; an exit code.
int watchKind(Invocation &invocation, kube::Client &client, const GetWanted &wanted, const GetRows &rows);

} // namespace app::cli
