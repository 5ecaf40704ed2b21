// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The command line of sallyportctl → what to run.  Pure: reads nothing but its arguments; a wrong one is a message, never an exit.
#include "app/cli/command.h"
#include "app/demo/demo_options.h"

#include <memory>

namespace app::cli {

struct Arguments
{
    const Command *command =
        nullptr; // nullptr: print `text` (help, version, or why the usage is wrong) and end with exitCode
    QString text;
    int exitCode = AllWell;

    std::shared_ptr<QCommandLineParser> parser;
    QStringList positional; // after the command
    SessionOptions session;
    Format format = Format::Table;
    bool colour = true;
    bool wantsDemo = false;
    bool untilEof = false;
    demo::DemoOptions demo;
};
QList<QCommandLineOption> globalOptions();
Arguments parseArguments(QStringList arguments); // with the program's name first

std::optional<std::chrono::milliseconds> parseDuration(const QString &text); // "30s", "12h", "30d", "1h30m"
QString helpText();

} // namespace app::cli
