// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Hostnames with a star: "*", "*.example.com", "example.*" (facts emissary-routing.md §1.10).
#include <string_view>

namespace edge {

// Whether some hostname fits both; the star is never empty, and a name that begins with a dot fits none but
// itself and "*".
bool hostGlobsMatch(std::string_view a, std::string_view b);

// As 2.0 compared them: one is a pattern for the other, whose star is a letter like any; that of the pattern may be
// empty.  The first is the pattern unless only the second has a star.
bool hostGlobTakes(std::string_view glob, std::string_view name);

} // namespace edge
