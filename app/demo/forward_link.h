// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The upgraded connection of a port-forward: bytes both ways, bare or in WebSocket's messages (server's side, RFC 6455).
// Sending never waits; drained() does, so that a slow client holds up its application and not the memory.
#include "edge/stream.h"

#include <QByteArray>

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>

#include <deque>

namespace demo {

class ForwardLink : public std::enable_shared_from_this<ForwardLink>
{
public:
    // Base64: of channels, for clients that cannot carry bytes: the channel as a digit, the rest as base64.
    enum class Framing { Bare, Binary, Base64 };
    ForwardLink(asio::io_context &loop, edge::Stream &stream, Framing framing);
    void start();
    asio::awaitable<std::string>
    read(); // the next bytes, of a WebSocket the next message; "": the client has gone
    void send(const QByteArray &bytes);
    asio::awaitable<void> drained();
    asio::awaitable<void> close(); // returns when nothing of it runs any more

private:
    void put(int opcode, std::string_view payload);
    bool unwrap(); // whole messages of m_input; false: the end
    void take(std::string message);
    static asio::awaitable<void> write(std::shared_ptr<ForwardLink> self);

    asio::io_context &m_loop;
    edge::Stream &m_stream;
    Framing m_framing;
    std::string m_input, m_output, m_partial; // the last: of a message in fragments
    std::deque<std::string> m_messages;
    asio::steady_timer m_wake, m_pause;
    bool m_isClosing = false, m_isWriting = false, m_hasEnded = false;
};

} // namespace demo
