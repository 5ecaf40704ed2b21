// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Where a field stands in an object as somebody has written it.  Objects of older versions are converted before they
// are read, and of a Host some fields have two spellings: what is said of them names fields of v3alpha1.
#include "edge/value.h"

#include <string>
#include <string_view>

namespace edge {

// spec: as it was given; path: "spec.…", of the same object in v3alpha1.  The way as far as it leads; a field that is
// missing keeps the name by which it was looked for.
std::string writtenPath(const Value &spec, std::string_view path);

} // namespace edge
