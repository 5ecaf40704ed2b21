// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/tunnel.h"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

#include <array>

namespace edge {

namespace {

asio::awaitable<void> copy(Stream &from, std::string first, Stream &to, std::chrono::milliseconds idle)
{
    Result<void> written = co_await to.write(first, in(idle));
    std::array<char, 16 * 1024> buffer{};
    while (written) {
        const Result<std::size_t> n = co_await from.read(buffer.data(), buffer.size(), in(idle));
        if (!n || *n == 0)
            break;
        to.limitReading(in(idle)); // a byte one way keeps the other way waiting, too
        written = co_await to.write(std::string_view(buffer.data(), *n), in(idle));
    }
    if (to.isOpen())
        to.finishWriting();
    from.cancel();
    to.cancel();
}

} // namespace

asio::awaitable<void> tunnel(TunnelEnds ends, std::chrono::milliseconds idle)
{
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer otherEnded(executor, Deadline::max());
    bool running = true;
    const auto other = [](TunnelEnds &e, std::chrono::milliseconds time, bool &alive,
                          asio::steady_timer &ended) -> asio::awaitable<void> {
        co_await copy(e.upstream, std::move(e.fromUpstream), e.downstream, time);
        alive = false;
        ended.cancel();
    };
    asio::co_spawn(executor, other(ends, idle, running, otherEnded), asio::detached);
    co_await copy(ends.downstream, std::move(ends.fromDownstream), ends.upstream, idle);
    while (running) {
        ends.upstream.cancel(); // it may have been between two calls when it was cancelled first
        ends.downstream.cancel();
        asio::error_code error;
        otherEnded.expires_after(std::chrono::milliseconds(20));
        if (running)
            co_await otherEnded.async_wait(asio::redirect_error(asio::use_awaitable, error));
    }
}

} // namespace edge
