// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A service behind the edge that does exactly what a test says, byte for byte, well-behaved or not.
#include "edge/h1_connection.h"

#include <asio/io_context.hpp>

#include <memory>
#include <string>
#include <vector>

namespace edge_test {

struct SeenRequest
{
    edge::RequestHead head;
    std::string body;
    int connection = 0; // number of the connection that it came over, from 1
    std::optional<edge::TlsFacts> tls;
};

// One accepted connection.  request() reads a whole request; nullopt at the end of the connection.
class Peer
{
public:
    Peer(edge::Stream stream, int number, std::vector<SeenRequest> &seen);
    asio::awaitable<std::optional<SeenRequest>> request();
    asio::awaitable<void> send(std::string bytes);
    asio::awaitable<void> answer(int status, std::string body, std::string extraHeaders = {});
    edge::Stream &stream() { return m_h1.stream; }
    edge::H1Connection &h1() { return m_h1; }
    int number() const { return m_number; }

private:
    edge::H1Connection m_h1;
    int m_number;
    std::vector<SeenRequest> &m_seen;
};

using Script = std::function<asio::awaitable<void>(Peer &)>;
Script echo(std::string name = "echo"); // 200 "NAME METHOD TARGET BODY" to everything, keeps alive
Script silentAtFirst(); // nothing to what comes over the first connection, 200 "second" over the others

class ScriptedUpstream
{
public:
    explicit ScriptedUpstream(asio::io_context &loop, Script script = echo(),
                              std::shared_ptr<edge::TlsCredentials> tls = {});
    ~ScriptedUpstream();
    std::uint16_t port() const;
    std::shared_ptr<edge::TlsCredentials> &tls(); // changed: for connections from now on
    const std::vector<SeenRequest> &seen() const;
    int connections() const;

private:
    struct State;
    std::shared_ptr<State> m_state;
};

} // namespace edge_test
