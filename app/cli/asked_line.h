// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One line of standard input, for a prompt.  Takes no byte beyond its end, so that the next prompt finds its own line.
// Blocks, but not beyond the token's stop (but on Windows, where a console ends with its program).  Any thread, one at a time.
#include <QString>

#include <optional>
#include <stop_token>

namespace app::cli {

std::optional<QString> askedLine(const std::stop_token &stop); // nullopt: there is no line, or it was stopped

} // namespace app::cli
