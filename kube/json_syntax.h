// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Is a text JSON, through and through (RFC 8259)?  simdjson's on-demand reader walks past what nobody asks for without
// looking at it.  Copies nothing, so it may be used on Secrets.  Not looked at: whether texts are UTF-8.
#include <string_view>

namespace kube {

// False too for what is nested deeper than a thousand levels; no object is (the API server refuses far less).
bool isJson(std::string_view text);

} // namespace kube
