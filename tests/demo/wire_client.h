// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A client that is not ours to the server under test: blocking sockets and plain OpenSSL, everything noted
// that is seen on the wire.
#include "app/demo/authority.h"

#include <optional>
#include <string>
#include <vector>

struct WireClient
{
    bool tls = false;
    std::vector<std::string> alpn;
    std::optional<demo::KeyPair> certificate;
    int maxVersion = 0; // OpenSSL's; 0: the newest
    int minVersion = 0;
    std::string serverName = "web.app.svc.cluster.local";
    int silenceMs = 0; // before the payload is sent
    std::string payload;
    bool isHttp = false; // the answer is read by its content-length
    bool endsAfterConnect = false;
};

struct WireSeen
{
    bool handshake = false;
    std::string version, alpn, alert;     // alert: OpenSSL's name of what the server said, "" none
    std::vector<std::string> serverNames; // of its certificate
    std::string silentGot, received;
    enum class End { Open, Closed, Reset } end = End::Open;
    int status = 0; // HTTP
};

// waitMs: how long a connection that says nothing more is looked at before it counts as open.
WireSeen runWireClient(std::uint16_t port, const WireClient &client, int waitMs);
