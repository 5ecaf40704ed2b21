// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/forwarded_connection.h"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>

namespace demo {

namespace {

using namespace std::chrono_literals;
constexpr std::size_t PieceBytes = 16 * 1024;
constexpr auto DialTime = 10s;

} // namespace

void ForwardedConnection::take(std::string_view bytes)
{
    m_toApplication += bytes;
    m_wake.cancel();
}

void ForwardedConnection::finish()
{
    m_clientIsDone = true;
    m_wake.cancel();
}

void ForwardedConnection::cut()
{
    m_isOver = true;
    m_wake.cancel();
    if (m_application)
        m_application->closer()();
}

std::string ForwardedConnection::refusal(const std::string &pod, std::uint16_t port)
{
    const std::string number = std::to_string(port);
    return "error forwarding port " + number + " to pod " + pod + ": failed to connect to localhost:" + number
        + ": dial tcp4 127.0.0.1:" + number + ": connect: connection refused";
}

asio::awaitable<bool> ForwardedConnection::connect(std::optional<Address> address)
{
    if (!address || m_isOver)
        co_return false;
    auto connected = co_await edge::Stream::connect(address->first, address->second, edge::in(DialTime));
    if (!connected)
        co_return false;
    m_application = std::make_unique<edge::Stream>(std::move(*connected));
    m_isFeeding = true;
    asio::co_spawn(m_loop, feed(shared_from_this()), asio::detached);
    co_return true;
}

asio::awaitable<void> ForwardedConnection::pump(std::function<void(const QByteArray &)> deliver)
{
    std::string buffer(PieceBytes, '\0');
    while (!m_isOver) {
        const auto size = co_await m_application->read(buffer.data(), buffer.size(), edge::in(24h));
        if (!size || *size == 0)
            break;
        deliver(QByteArray(buffer.data(), qsizetype(*size)));
        co_await m_link.drained();
    }
}

asio::awaitable<void> ForwardedConnection::close()
{
    cut();
    asio::steady_timer pause(m_loop);
    while (m_isFeeding) {
        pause.expires_after(5ms);
        asio::error_code ignored;
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
}

asio::awaitable<void> ForwardedConnection::feed(std::shared_ptr<ForwardedConnection> self)
{
    while (!self->m_isOver) {
        const std::string bytes = std::exchange(self->m_toApplication, {});
        if (!bytes.empty()) {
            const auto sent = co_await self->m_application->write(bytes, edge::in(60s));
            if (!sent)
                break;
            continue;
        }
        if (self->m_clientIsDone)
            break;
        self->m_wake.expires_after(60s);
        asio::error_code ignored;
        co_await self->m_wake.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    asio::error_code ignored;
    if (!self->m_isOver)
        self->m_application->socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    self->m_isFeeding = false;
}

} // namespace demo
