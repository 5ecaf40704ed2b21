// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "edge/config/rules.h"

#include <optional>
#include <string>
#include <vector>

namespace edge {

// error_response_overrides as Envoy's response_map; null if there are none.
// Why the compiler takes one of them for wrong, which it then leaves out (and a Mapping that has it as a whole); path: below
// the list, "[0].body".  Nothing where all are right, as far as can be seen here.
struct ResponseFault
{
    std::string path, message;
};
std::optional<ResponseFault> responseFault(const Value &overrides, const Rules &rules);

// The files that they name: where the edge's own container has none such, that is as wrong.
std::vector<ResponseFault> responseFiles(const Value &overrides, const Rules &rules);

Value responseMap(const Value &overrides);

} // namespace edge
