// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>

namespace demo {

// Bytes that nobody can guess, for tokens and serial numbers.  Never fewer and never weaker ones: where the system gives none, the
// program ends with words on standard error.
std::string randomBytes(std::size_t count);

} // namespace demo
