// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Bytes and their base64 text (RFC 4648 §4, with padding), as Kubernetes' JSON carries them.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace demo {

std::string base64(std::string_view bytes);
std::string fromBase64(std::string_view text); // "" for what is none
// Where Go's encoding/base64 finds that it is none ("illegal base64 data at input byte 3"); as there, line breaks count for nothing.
std::optional<std::size_t> base64Fault(std::string_view text);

} // namespace demo
