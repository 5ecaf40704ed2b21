// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One place that can be dialled.
#include <asio/ip/address.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace edge {

struct Endpoint
{
    std::string address;
    std::uint16_t port = 0;
    std::optional<asio::ip::address> source = {}; // see Stream::connect
};

} // namespace edge
