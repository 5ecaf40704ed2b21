// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The addresses of a host name, within a time limit.  The system's resolver cannot be interrupted and may take many seconds, so
// each lookup runs on a thread of its own, which nobody waits for once the deadline has passed: not even the program's end.
#include "edge/stream.h"

#include <vector>

namespace edge {

// Error::UnknownName: there is no such name.  Error::Timeout: not known by the deadline, or MaxLookups are already under way.
asio::awaitable<Result<std::vector<asio::ip::tcp::endpoint>>> lookUp(std::string name, std::uint16_t port,
                                                                     Deadline deadline);

inline constexpr int MaxLookups = 64; // each may hold a thread long after its deadline

} // namespace edge
