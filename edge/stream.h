// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One TCP or TLS byte stream with the same coroutine calls.  Single loop, one reader and one writer at a time.
// Every call takes a deadline; passing it closes the stream and answers Error::Timeout.
#include "edge/connection_info.h"
#include "edge/tls_credentials.h"

#include <asio/awaitable.hpp>
#include <asio/ip/tcp.hpp>

#include <chrono>
#include <functional>
#include <optional>

namespace edge {

using Clock = std::chrono::steady_clock;
using Deadline = Clock::time_point;
inline Deadline in(std::chrono::milliseconds duration) { return Clock::now() + duration; }

class Stream
{
public:
    explicit Stream(asio::ip::tcp::socket socket);
    ~Stream();
    Stream(Stream &&) noexcept;
    Stream &operator=(Stream &&) noexcept;

    // source: that is dialled from, where this machine has it; else, and where it is absent, whichever the system takes.
    static asio::awaitable<Result<Stream>> connect(std::string address, std::uint16_t port, Deadline deadline,
                                                   std::optional<asio::ip::address> source = {});
    // Turns the stream into a TLS one.  The context must outlive the call only.
    asio::awaitable<Result<TlsFacts>> handshakeAsClient(std::shared_ptr<TlsCredentials> credentials,
                                                        std::string serverName, Deadline deadline);
    asio::awaitable<Result<TlsFacts>> handshakeAsServer(std::shared_ptr<TlsCredentials> credentials,
                                                        Deadline deadline);

    asio::awaitable<Result<std::size_t>> read(char *data, std::size_t size,
                                              Deadline deadline);                  // 0: end of stream
    asio::awaitable<Result<void>> write(std::string_view data, Deadline deadline); // all of it
    // Looks at the first bytes without taking them: a close() after it resets the connection, as a proxy without a filter chain does.
    asio::awaitable<Result<std::string>> peek(std::size_t size, Deadline deadline);

    // The same, but waits until so many bytes are there or the peer has ended.
    asio::awaitable<Result<std::string>> peekAtLeast(std::size_t size, Deadline deadline);

    void close(); // FIN (close_notify first, if TLS), without waiting
    void reset(); // RST
    bool isOpen() const;
    bool peerClosed() const;              // the peer has ended its side, seen without waiting
    bool hasInput() const;                // bytes or the end are there to be read, seen without waiting
    void finishWriting();                 // close_notify and FIN; reading goes on
    void cancel();                        // pending calls answer Error::Closed; the connection stays
    void limitReading(Deadline deadline); // a read() that is under way gets this deadline instead
    // Calls `ended` when the peer ends its side or resets while nobody reads.  Data that arrives instead ends the watch silently.
    void watchEnd(std::function<void()> ended);
    void stopWatching();
    std::function<void()>
    closer() const; // cuts the connection from elsewhere on the same loop; harmless after its end
    const TlsFacts *tls() const; // nullptr for plain TCP
    asio::ip::tcp::socket &socket();
    ConnectionEnds ends() const;

private:
    struct State;
    std::shared_ptr<State> m_state; // its timer and pending operations keep it for a moment longer
};

struct ClientHello // of a peeked TLS connection
{
    std::string serverName;
    std::vector<std::string> alpn;
};
// nullopt: these bytes do not begin a TLS ClientHello.  Incomplete hellos give what is readable so far.
std::optional<ClientHello> readClientHello(std::string_view bytes);

} // namespace edge
