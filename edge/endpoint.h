// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One place that can be dialled.
#include <cstdint>
#include <string>

namespace edge {

struct Endpoint
{
    std::string address;
    std::uint16_t port = 0;
};

} // namespace edge
