// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The upgraded connection of a port-forward: bytes both ways, bare or in WebSocket's binary messages (server's side, RFC 6455).
// Sending never waits; drained() does, so that a slow client holds up its application and not the memory.
#include "edge/stream.h"

#include <QByteArray>

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>

namespace demo {

class ForwardLink : public std::enable_shared_from_this<ForwardLink>
{
public:
    ForwardLink(asio::io_context &loop, edge::Stream &stream, bool isWebSocket);
    void start();
    asio::awaitable<std::string> read(); // the next bytes; "": the client has gone
    void send(const QByteArray &bytes);
    asio::awaitable<void> drained();
    asio::awaitable<void> close(); // returns when nothing of it runs any more

private:
    void put(int opcode, std::string_view payload);
    bool unwrap(std::string &data); // whole messages of m_input; false: the end
    static asio::awaitable<void> write(std::shared_ptr<ForwardLink> self);

    asio::io_context &m_loop;
    edge::Stream &m_stream;
    bool m_isWebSocket;
    std::string m_input, m_output;
    asio::steady_timer m_wake, m_pause;
    bool m_isClosing = false, m_isWriting = false;
};

} // namespace demo
