// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The record that each proxied request leaves: what was decided, what was seen on both sides, how it ended.
#include "edge/config.h"
#include "edge/tls_facts.h"

#include <chrono>
#include <optional>

namespace edge {

struct Exchange
{
    std::chrono::system_clock::time_point startedAt;
    std::chrono::microseconds duration{0};
    std::string requestId, method, authority, target, upstreamTarget;
    std::uint16_t listenerPort = 0;
    ResourceRef mapping; // kind "" if no route
    std::string cluster;
    std::string upstreamAddress; // "127.0.0.1:40123", "" if never connected
    int status = 0;
    std::string flags;  // Envoy's: NR, UF, UC, UT, UH, DC; "" all well
    std::string detail; // the upstream's TLS error in words, never sent to the client
    std::optional<TlsFacts> downstreamTls, upstreamTls;
};

} // namespace edge
