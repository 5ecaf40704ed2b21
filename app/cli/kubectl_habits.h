// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What people write who know kubectl, where it is called otherwise here: what to write instead.
#include "app/cli/command.h"

namespace app::cli {

QString hintForOptions(const Command &command,
                       const QStringList &unknown);                   // "" or "; labels are a column: …"
QString hintForFormat(const Command &command, const QString &format); // of -o

} // namespace app::cli
