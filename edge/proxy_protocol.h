// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The PROXY protocol's first bytes (haproxy's proxy-protocol.txt, versions 1 and 2): who is behind the load balancer.
#include "edge/connection_info.h"
#include "edge/result.h"

#include <optional>

namespace edge {

struct ProxyHeader
{
    std::size_t size = 0; // bytes to take away before the connection's own begin
    ConnectionEnds ends;  // as the balancer had them; peer is "" for UNKNOWN and LOCAL: the connection's own
};

// nullopt: more bytes are needed.  Error: it is not a PROXY header.
Result<std::optional<ProxyHeader>> readProxyHeader(std::string_view bytes);

} // namespace edge
