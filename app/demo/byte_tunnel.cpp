// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/byte_tunnel.h"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

namespace demo {

namespace {

struct Ends
{
    explicit Ends(const asio::any_io_executor &executor)
        : otherDone(executor, edge::Deadline::max())
    {
    }
    asio::steady_timer otherDone;
    bool done = false;
};

asio::awaitable<std::uint64_t> copy(edge::Stream &from, edge::Stream &to)
{
    std::string buffer(16 * 1024, '\0');
    std::uint64_t copied = 0;
    for (;;) {
        const auto size = co_await from.read(buffer.data(), buffer.size(), edge::Deadline::max());
        if (size && *size == 0)
            break;
        edge::Result<void> written;
        if (size)
            written = co_await to.write(std::string_view(buffer.data(), *size), edge::Deadline::max());
        if (!size || !written) {
            from.close();
            to.close();
            co_return copied;
        }
        copied += *size;
    }
    asio::error_code ignored;
    if (to.tls())
        to.close(); // TLS knows no half-closed side that anyone uses
    else
        to.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    co_return copied;
}

} // namespace

asio::awaitable<TunnelBytes> tunnel(edge::Stream &first, edge::Stream &second)
{
    const auto executor = co_await asio::this_coro::executor;
    const auto ends = std::make_shared<Ends>(executor);
    const auto back = std::make_shared<std::uint64_t>(0);
    asio::co_spawn(
        executor,
        [&first, &second, ends, back]() -> asio::awaitable<void> {
            *back = co_await copy(second, first);
            ends->done = true;
            ends->otherDone.cancel();
        },
        asio::detached);
    TunnelBytes bytes;
    bytes.fromFirst = co_await copy(first, second);
    if (!ends->done) { // first and second must outlive the other coroutine
        asio::error_code ignored;
        co_await ends->otherDone.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    bytes.fromSecond = *back;
    first.close();
    second.close();
    co_return bytes;
}

} // namespace demo
