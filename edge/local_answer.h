// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// An answer that the edge makes itself, in Envoy's form: date and server, text/plain bodies, gRPC statuses
// for gRPC clients.
#include "edge/handler.h"

namespace edge {

struct LocalAnswer
{
    int status = 404;
    std::string body;
    Headers headers;    // further ones
    bool close = false; // connection: close in any case
    std::string server = "envoy";
};

// Closes the connection afterwards if the request's body has not all been read.  Returns the status that was
// sent.
asio::awaitable<Result<int>> sendLocalAnswer(Request &request, Responder &responder, LocalAnswer answer);

} // namespace edge
