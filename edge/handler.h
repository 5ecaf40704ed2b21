// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What an HTTP server runs.  The proxy is a Handler, so are the demo's API server, sidecars and services:
// they can all be run over the same connection code, with or without TLS.
// Thread: the loop that the server runs on.
#include "edge/connection_info.h"
#include "edge/http_message.h"
#include "edge/stream.h"

#include <functional>

namespace edge {

class Request
{
public:
    RequestHead head;
    ConnectionInfo connection;

    virtual ~Request() = default;
    virtual asio::awaitable<Result<std::string>> read() = 0; // the next piece of the body; "" at its end
    virtual bool bodyEnded() const { return false; }         // true from the start if there is no body
    virtual void stopReading() { } // a read() that is under way answers Error::Closed
    // Answers Expect: 100-continue now instead of at the first read(), once.
    virtual asio::awaitable<Result<void>> sayContinue() { co_return Result<void>(); }
    // Calls `gone` when the client ends its side before the answer is complete.  Only after the body has ended.
    virtual void watchClient(std::function<void()>) { }
    // Reads and drops what of the body is here already, without waiting.
    virtual asio::awaitable<void> dropArrived() { co_return; }
    virtual std::string takeBuffered() { return {}; } // what the client sent behind the head of an upgrade
    asio::awaitable<Result<std::string>> readAll(std::size_t limit); // Error::Protocol past the limit
};

class Responder
{
public:
    virtual ~Responder() = default;
    // contentLength absent: chunked (or until close for HTTP/1.0).  1xx heads may precede the final one.
    virtual asio::awaitable<Result<void>> start(ResponseHead head,
                                                std::optional<std::uint64_t> contentLength) = 0;
    virtual asio::awaitable<Result<void>>
    write(std::string_view data) = 0; // flushed at once: a watch event must not wait
    virtual asio::awaitable<Result<void>> finish() = 0;
    virtual void abort() = 0;      // cuts the connection, or HTTP/2's stream: never a clean end of the body
    virtual void closeAfter() = 0; // connection: close on this answer; HTTP/2: GOAWAY with it
    // Fault injection: once what is under way has left, the connection of HTTP/2 says and hears nothing more until it is cut.
    virtual void fallSilent() { }
    virtual bool started() const = 0;
    virtual asio::any_io_executor executor() = 0; // the loop of this connection
    virtual bool
    clientGone() const = 0; // the downstream closed; long answers check it, and write() fails then
    virtual asio::awaitable<Result<Stream *>>
    upgrade(ResponseHead head) = 0; // 101, then the raw stream is the handler's
    asio::awaitable<Result<void>> send(int status, std::string contentType, std::string body); // all at once
};

class Handler
{
public:
    virtual ~Handler() = default;
    virtual asio::awaitable<void> handle(Request &request,
                                         Responder &responder) = 0; // an answer not finished is cut
};

} // namespace edge
