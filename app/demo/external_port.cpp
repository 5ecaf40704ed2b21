// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/external_port.h"

#include "app/demo/byte_tunnel.h"

namespace demo {

struct ExternalPort::State : edge::Handler
{
    State(asio::io_context &loop, ServiceDirectory &d, ServiceName s, std::uint16_t p)
        : directory(d)
        , service(std::move(s))
        , port(p)
        , server(loop, *this)
    {
    }

    asio::awaitable<void> handle(edge::Request &, edge::Responder &) override
    {
        co_return;
    } // only bytes here

    asio::awaitable<void> forward(edge::Stream &client) const
    {
        const auto where = directory.dial(service.name, service.nameSpace, port);
        if (!where)
            co_return client.reset();
        auto pod = co_await edge::Stream::connect("127.0.0.1", *where, edge::in(std::chrono::seconds(5)));
        if (!pod)
            co_return client.reset();
        co_await tunnel(client, *pod);
    }

    ServiceDirectory &directory;
    ServiceName service;
    std::uint16_t port;
    edge::Server server;
};

ExternalPort::ExternalPort(asio::io_context &loop, ServiceDirectory &directory, ServiceName service,
                           std::uint16_t port)
    : m_state(std::make_shared<State>(loop, directory, std::move(service), port))
{
}

edge::Result<std::uint16_t> ExternalPort::listen()
{
    const std::weak_ptr<State> weak = m_state;
    return m_state->server.listen(
        {}, [weak](edge::Stream &client, edge::ConnectionInfo &) -> asio::awaitable<bool> {
            if (const auto state = weak.lock())
                co_await state->forward(client);
            co_return false;
        });
}

void ExternalPort::stop() { m_state->server.stop(); }

} // namespace demo
