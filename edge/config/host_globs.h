// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Hostnames with a star: "*", "*.example.com", "example.*" (facts emissary-routing.md §1.10).
#include <string_view>

namespace edge {

// Whether some hostname fits both; the star is never empty, and a name that begins with a dot fits none but
// itself and "*".
bool hostGlobsMatch(std::string_view a, std::string_view b);

} // namespace edge
