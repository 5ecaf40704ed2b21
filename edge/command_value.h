// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What a %COMMAND% stands for in one exchange.  Within edge/header_commands.
#include "edge/command_form.h"
#include "edge/header_rules.h"

namespace edge {

// "": there is nothing to say, as where its side of the exchange is not known yet.
std::string valueOf(const Piece &piece, Fact fact, const HeaderFacts &facts);

} // namespace edge
