// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Two streams joined after an upgrade: bytes go both ways until either side ends; then both do, what was
// received being delivered first.
#include "edge/stream.h"

namespace edge {

struct TunnelEnds
{
    Stream &downstream;
    std::string fromDownstream; // already read
    Stream &upstream;
    std::string fromUpstream;
};

asio::awaitable<void> tunnel(TunnelEnds ends,
                             std::chrono::milliseconds idle); // idle: without a byte in either direction

} // namespace edge
