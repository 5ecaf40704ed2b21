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

struct ConnectionEnds
{
    std::string peer, local; // addresses, without brackets
    std::uint16_t peerPort = 0, localPort = 0;
};

struct ConnectionInfo
{
    std::string peerAddress; // of a PROXY header, if one has told it; so are the next three
    std::uint16_t peerPort = 0;
    std::string localAddress;
    std::uint16_t localPort = 0;          // 0: listenerPort
    std::optional<ConnectionEnds> direct; // the connection's own, where a PROXY header has told others
    std::uint16_t listenerPort = 0;       // as configured (may differ from the bound one)
    std::optional<TlsFacts> tls;
    bool isHttp2 = false;                     // requests are streams of one connection
    std::shared_ptr<const HttpLimits> limits; // of this connection; nullptr: the server's
    std::shared_ptr<const void>
        lifetime; // whatever must live as long as the connection; nobody else looks at it
};

} // namespace edge
