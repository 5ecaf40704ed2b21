// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/edge/scripted_upstream.h"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/ip/address.hpp>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>

namespace edge_test {

namespace {

constexpr std::chrono::seconds Patience{10};

}

Peer::Peer(edge::Stream stream, int number, std::vector<SeenRequest> &seen)
    : m_h1(std::move(stream))
    , m_number(number)
    , m_seen(seen)
{
}

asio::awaitable<std::optional<SeenRequest>> Peer::request()
{
    const edge::Result<std::string> text = co_await m_h1.readHead(1 << 20, edge::in(Patience));
    if (!text || text->empty())
        co_return std::nullopt;
    auto head = edge::parseRequestHead(*text, 1000);
    if (!head)
        co_return std::nullopt;
    SeenRequest seen{*head, {}, m_number, {}};
    if (const edge::TlsFacts *tls = stream().tls())
        seen.tls = *tls;
    m_h1.startBody(*edge::bodyLength(*head));
    while (!m_h1.bodyEnded()) {
        const edge::Result<std::string> piece = co_await m_h1.readBody(edge::in(Patience));
        if (!piece)
            co_return std::nullopt;
        seen.body += *piece;
    }
    m_seen.push_back(seen);
    co_return seen;
}

asio::awaitable<void> Peer::send(std::string bytes)
{
    (void)co_await m_h1.stream.write(bytes, edge::in(Patience));
}

asio::awaitable<void> Peer::answer(int status, std::string body, std::string extraHeaders)
{
    co_await send("HTTP/1.1 " + std::to_string(status) + " Whatever\r\ncontent-length: "
                  + std::to_string(body.size()) + "\r\n" + extraHeaders + "\r\n" + body);
}

struct ScriptedUpstream::State
{
    State(asio::io_context &loop, Script s)
        : acceptor(loop, asio::ip::tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0))
        , script(std::move(s))
    {
    }

    static asio::awaitable<void> serve(std::shared_ptr<State> self, asio::ip::tcp::socket socket, int number)
    {
        edge::Stream stream(std::move(socket));
        if (self->tls && !co_await stream.handshakeAsServer(self->tls, edge::in(Patience)))
            co_return;
        Peer peer(std::move(stream), number, self->seen);
        co_await self->script(peer);
    }

    static asio::awaitable<void> accept(std::shared_ptr<State> self)
    {
        while (self->acceptor.is_open()) {
            asio::error_code error;
            auto socket =
                co_await self->acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
            if (error)
                co_return;
            asio::co_spawn(self->acceptor.get_executor(), serve(self, std::move(socket), ++self->connections),
                           asio::detached);
        }
    }

    asio::ip::tcp::acceptor acceptor;
    Script script;
    std::shared_ptr<edge::TlsCredentials> tls;
    std::vector<SeenRequest> seen;
    int connections = 0;
};

ScriptedUpstream::ScriptedUpstream(asio::io_context &loop, Script script,
                                   std::shared_ptr<edge::TlsCredentials> tls)
    : m_state(std::make_shared<State>(loop, std::move(script)))
{
    m_state->tls = std::move(tls);
    asio::co_spawn(loop, State::accept(m_state), asio::detached);
}

ScriptedUpstream::~ScriptedUpstream()
{
    asio::error_code ignored;
    m_state->acceptor.close(ignored);
}

std::uint16_t ScriptedUpstream::port() const { return m_state->acceptor.local_endpoint().port(); }

std::shared_ptr<edge::TlsCredentials> &ScriptedUpstream::tls() { return m_state->tls; }

const std::vector<SeenRequest> &ScriptedUpstream::seen() const { return m_state->seen; }

int ScriptedUpstream::connections() const { return m_state->connections; }

Script silentAtFirst()
{
    return [](Peer &peer) -> asio::awaitable<void> {
        (void)co_await peer.request();
        if (peer.number() == 1)
            (void)co_await peer.request(); // until the edge gives up
        else
            co_await peer.answer(200, "second");
    };
}

Script echo(std::string name)
{
    return [name](Peer &peer) -> asio::awaitable<void> {
        while (const std::optional<SeenRequest> seen = co_await peer.request())
            co_await peer.answer(200,
                                 name + " " + seen->head.method + " " + seen->head.target + " " + seen->body);
    };
}

} // namespace edge_test
