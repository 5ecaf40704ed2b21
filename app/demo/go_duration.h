// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A span of time as Go writes it: 1h15m30.918s, 100ms, -1.5s.
#include <cstdint>
#include <optional>
#include <string_view>

namespace demo {

std::optional<std::int64_t> readGoDuration(std::string_view text); // nanoseconds; nullopt: none, or too long

} // namespace demo
