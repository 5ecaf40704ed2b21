// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Runs a coroutine on a loop until it is done; whatever else lives on the loop (servers, gateways) runs
// along.
#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>

namespace edge_test {

template<typename T>
std::optional<T> run(asio::io_context &loop, asio::awaitable<T> work,
                     std::chrono::seconds limit = std::chrono::seconds(20))
{
    std::optional<T> answer;
    bool done = false;
    asio::co_spawn(loop, std::move(work), [&](const std::exception_ptr &problem, T value) {
        EXPECT_FALSE(problem);
        answer = std::move(value);
        done = true;
    });
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!done && std::chrono::steady_clock::now() < end) {
        loop.restart();
        loop.run_one_for(std::chrono::milliseconds(100));
    }
    EXPECT_TRUE(done) << "not done within " << limit.count() << " s";
    return answer;
}

} // namespace edge_test
