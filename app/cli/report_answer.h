// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What -o and --report ask for beside the table, JSON and YAML, of every command that has a report.
#include "app/cli/command.h"
#include "app/cli/report.h"

namespace app::cli {

// The exit code once it is answered; absent: the table, JSON or YAML is asked for, and the file of --report is written.
std::optional<int> reportAnswer(const Invocation &invocation, const Report &report, int code);

// Of a command that has a report with one of its verbs alone: why this is none of them, "" it is.
QString noReportWith(const Invocation &invocation, const QString &verb, const QString &only);

} // namespace app::cli
