// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What is known of the connection that a request came over, without anything of sockets.
#include "edge/tls_facts.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace edge {

struct HttpLimits;

struct ConnectionInfo
{
    std::string peerAddress;
    std::uint16_t listenerPort = 0; // as configured (may differ from the bound one)
    std::optional<TlsFacts> tls;
    bool isHttp2 = false;                     // requests are streams of one connection
    std::shared_ptr<const HttpLimits> limits; // of this connection; nullptr: the server's
    std::shared_ptr<const void>
        lifetime; // whatever must live as long as the connection; nobody else looks at it
};

} // namespace edge
