// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Envoy's %COMMANDS% in the values of headers that a route adds: which there are, what they take, and what this proxy
// answers to them (measured with Envoy 1.37 and 1.40; the names are 1.37's, which Emissary 4.1 ships).  Pure but for
// the clock and the name of this machine.
#include "edge/header_rules.h"

namespace edge {

// Why Envoy refuses a configuration with this value in a rule for headers, or as the format of its log; "" it takes it.
std::string formatFault(std::string_view value);

// Commands in it that Envoy answers and this proxy cannot: they are empty here.
std::vector<std::string> unansweredCommands(std::string_view value);

// Each command by its value, %% by a percent sign.  What Envoy would refuse stays as it was written.
std::string expandCommands(std::string_view text, const HeaderFacts &facts);

} // namespace edge
