// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One HTTP/2 connection of a Server: an H2Session on a Stream, and a coroutine of the Handler for each request.
// Promise: requests are served at once, as far as H2Limits let them; a write() of an answer returns when the client's windows and
//   the socket have taken it, so who is not read waits, alone; a read() gives its bytes back to the client's window.
// Handlers that run on after their stream was reset count: at four times the streams the connection ends (ENHANCE_YOUR_CALM).
// Silent connections: headTimeout until the first frame, idleTimeout without an open stream; then GOAWAY.
// Thread: the loop of the stream.
#include "edge/handler.h"
#include "edge/server.h"

namespace edge {

class H2Connection
{
public:
    H2Connection(Stream stream, ConnectionInfo info, Handler &handler,
                 const HttpLimits &limits); // after ALPN h2
    ~H2Connection();
    asio::awaitable<void> run(); // until it is closed and every handler has returned
    void goAway();               // see H2Session

private:
    struct State;
    std::shared_ptr<State> m_state;
};

} // namespace edge
