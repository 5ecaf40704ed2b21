// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace edge {

std::optional<std::string> decodeBase64(std::string_view text); // standard alphabet, line breaks allowed

} // namespace edge
