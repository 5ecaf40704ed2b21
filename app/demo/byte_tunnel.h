// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Copies bytes both ways between two streams until both sides have ended: what a TCP proxy does with a
// connection it does not read.
#include "edge/stream.h"

#include <asio/io_context.hpp>

#include <cstdint>

namespace demo {

struct TunnelBytes
{
    std::uint64_t fromFirst = 0, fromSecond = 0;
};

// An end of one side is passed on to the other; a reset ends both at once.
asio::awaitable<TunnelBytes> tunnel(edge::Stream &first, edge::Stream &second);

} // namespace demo
