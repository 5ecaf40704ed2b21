// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/channel_forward.h"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>

namespace demo {

namespace {

using namespace std::chrono_literals;

asio::awaitable<void> pause(asio::io_context &loop)
{
    asio::steady_timer timer(loop, 5ms);
    asio::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

} // namespace

ChannelForward::ChannelForward(asio::io_context &loop, ForwardLink &link, Dial dial, std::string pod,
                               const std::vector<std::uint16_t> &ports)
    : m_loop(loop)
    , m_link(link)
    , m_dial(std::move(dial))
    , m_pod(std::move(pod))
{
    for (const std::uint16_t number : ports)
        m_ports.push_back({number, std::make_shared<ForwardedConnection>(loop, link)});
}

void ChannelForward::send(std::size_t channel, const QByteArray &bytes)
{
    m_link.send(QByteArray(1, char(channel)) + bytes);
}

asio::awaitable<void> ChannelForward::run()
{
    const auto self = shared_from_this();
    for (std::size_t i = 0; i < m_ports.size(); ++i) {
        const std::uint16_t number = m_ports[i].number;
        const QByteArray littleEndian = QByteArray(1, char(number & 0xff)) + char(number >> 8);
        send(2 * i, littleEndian);
        send(2 * i + 1, littleEndian);
        ++m_running;
        asio::co_spawn(m_loop, forward(shared_from_this(), i), asio::detached);
    }
    for (;;) {
        const std::string message = co_await m_link.read();
        if (message.empty())
            break;
        const std::size_t channel = static_cast<unsigned char>(message.front());
        if (channel % 2 != 0 || channel / 2 >= m_ports.size()) // errors are the server's to say
            continue;
        ForwardedConnection &connection = *m_ports[channel / 2].connection;
        connection.take(std::string_view(message).substr(1));
        while (connection.isBehind()) // who is slow is not read
            co_await pause(m_loop);
    }
    for (const Port &port : m_ports)
        port.connection->cut();
    while (m_running > 0)
        co_await pause(m_loop);
}

asio::awaitable<void> ChannelForward::forward(std::shared_ptr<ChannelForward> self, std::size_t index)
{
    // Named, not temporary: GCC 12 may destroy twice what is made within a co_await.
    const Port port = self->m_ports[index];
    const std::optional<ForwardedConnection::Address> address = self->m_dial(port.number);
    const std::function<void(const QByteArray &)> deliver = [self, index](const QByteArray &bytes) {
        self->send(2 * index, bytes);
    };
    const bool isConnected = co_await port.connection->connect(address);
    if (isConnected) {
        co_await port.connection->pump(deliver);
        co_await port.connection->close();
    } else {
        self->send(2 * index + 1,
                   QByteArray::fromStdString(ForwardedConnection::refusal(self->m_pod, port.number)));
    }
    if (self->m_running == 1) // the last one ends the socket
        co_await self->m_link.close();
    --self->m_running;
}

} // namespace demo
