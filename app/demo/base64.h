// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Bytes and their base64 text (RFC 4648 §4, with padding), as Kubernetes' JSON carries them.
#include <string>
#include <string_view>

namespace demo {

std::string base64(std::string_view bytes);
std::string fromBase64(std::string_view text); // "" for what is none

} // namespace demo
