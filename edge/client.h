// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Sends one HTTP/1.1 request over a connection of its own and collects everything that is seen on the way.
#include "edge/http_message.h"
#include "edge/stream.h"

namespace edge {

struct ClientRequest
{
    std::string address = "127.0.0.1"; // what is dialled
    std::uint16_t port = 80;
    std::optional<asio::ip::address> source; // see Stream::connect
    std::shared_ptr<TlsCredentials> tls; // nullptr: plain
    std::string serverName;              // SNI
    RequestHead head;                    // Host must be set by the caller
    std::string body;
    std::chrono::milliseconds timeout{15'000};
    std::size_t bodyLimit = 1 << 20; // the rest of a longer answer is not read
};

struct Timings // since the start; negative: did not happen
{
    std::chrono::microseconds connected{-1}, tlsDone{-1}, firstByte{-1}, done{-1};
};

struct Reply
{
    ResponseHead head;
    std::string body;
    bool bodyCut = false;
    std::optional<TlsFacts> tls;
    Timings timings;
};

asio::awaitable<Result<Reply>> fetch(ClientRequest request);

} // namespace edge
