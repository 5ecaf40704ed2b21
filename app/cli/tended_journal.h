// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The journal of the chosen context, before a command shows it or goes by it: what is unread of it is noted, and what became of
// writes whose answer was lost is found out, where the cluster can be asked.
#include "app/cli/command.h"

namespace app::cli {

kube::Result<Journal> tendedJournal(Invocation &invocation);

} // namespace app::cli
