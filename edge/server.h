// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Listeners on one asio loop; each accepted connection is served by serveConnection(), or by an H2Connection where TLS agreed on h2.
// Promise: stop() closes listeners and connections, and every coroutine ends before the loop does.
#include "edge/handler.h"

#include <asio/io_context.hpp>

#include <functional>

namespace edge {

struct ListenOptions
{
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;           // 0: any free one
    std::uint16_t configuredPort = 0; // what ConnectionInfo::listenerPort says; 0: the bound one
};

// Decides how a fresh connection is served, before a byte is read: plain, TLS, or not at all.
// The default (no chooser) is plain HTTP.  It may peek at the stream, shake hands on it, or close it; false: do not serve.
using Acceptor = std::function<asio::awaitable<bool>(Stream &stream, ConnectionInfo &info)>;

class Server
{
public:
    Server(asio::io_context &loop, Handler &handler);
    ~Server();
    Server(const Server &) = delete;
    Server &operator=(const Server &) = delete;

    Result<std::uint16_t> listen(const ListenOptions &options, Acceptor acceptor = {}); // the bound port
    void stop();
    void stopListening(); // no new connections; those that are open live on
    std::size_t openConnections() const;
    void closeConnections(); // open ones are cut, listeners stay: a changed TLS mode, a fault hook
    void sendAway(); // HTTP/2: GOAWAY, and what is under way is answered; HTTP/1.1 cannot say that: cut

private:
    struct State;
    std::shared_ptr<State> m_state; // coroutines keep it
};

// TLS for every connection, with the credentials that `current` returns at that moment (rotation).
Acceptor tlsAcceptor(std::function<std::shared_ptr<TlsCredentials>()> current);

struct HttpLimits
{
    std::size_t headBytes = 60 * 1024;
    std::size_t headers = 100;
    std::chrono::milliseconds headTimeout{10'000};
    std::chrono::milliseconds idleTimeout{60'000};
    std::chrono::milliseconds writeTimeout{60'000};
    std::string serverName;          // answers to what is no HTTP carry it and a date; "": neither
    bool acceptHttp10 = false;       // Module enable_http10
    bool allowChunkedLength = false; // content-length beside chunks is dropped instead of refused
    bool properCase = false;         // Header-Names of answers
    std::uint32_t streams = 100;     // of one HTTP/2 connection at once
};

// HTTP/1.1 on a stream that is ready (handshake done), until it closes.  Strict: no request smuggling.
asio::awaitable<void> serveConnection(Stream stream, ConnectionInfo info, Handler &handler,
                                      HttpLimits limits);

} // namespace edge
