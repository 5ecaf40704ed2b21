// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// How Emissary's compilers, which are Python, read a value of any type where they ask for yes or no.
#include "edge/value.h"

namespace edge {

bool isTruthy(const Value &value); // `if value:`  "false" is true, 0 and what is empty are not
// Their parse_bool: a text such as "yes", "T", "1"; other texts are false.  Of numbers see fatalModuleValues.
bool parsesTrue(const Value &value);

} // namespace edge
