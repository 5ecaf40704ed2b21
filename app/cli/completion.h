// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Shell completion made from the commands' own table: a new command or option completes without a second list.
#include "app/cli/command.h"

namespace app::cli {

// The script for bash, zsh or fish; "" for any other shell.
QString completionScript(const QString &shell);

int runCompletion(Invocation &invocation);

} // namespace app::cli
