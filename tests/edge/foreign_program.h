// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A program of other people (curl, openssl) run by the shell while the loop serves it.
#include "tests/edge/loop_runner.h"

#include <asio/post.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <sys/wait.h>

#include <cstdio>
#include <string>
#include <thread>

namespace edge_test {

struct ProgramResult
{
    int exitCode = -1; // 127: not found
    std::string output;
};

inline ProgramResult runProgram(asio::io_context &loop, const std::string &command)
{
    ProgramResult result;
    asio::steady_timer ended(loop, std::chrono::steady_clock::time_point::max());
    std::thread thread([&] {
        ProgramResult read;
        if (FILE *pipe = ::popen(command.c_str(), "r")) {
            char buffer[4096];
            for (std::size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;)
                read.output.append(buffer, n);
            const int status = ::pclose(pipe);
            read.exitCode = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        }
        asio::post(loop, [&result, &ended, read] {
            result = read;
            ended.expires_at(std::chrono::steady_clock::time_point::min()); // also where nobody waits yet
        });
    });
    const auto wait = [](asio::steady_timer &timer) -> asio::awaitable<int> {
        asio::error_code ignored;
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        co_return 0;
    };
    run(loop, wait(ended), std::chrono::seconds(60));
    thread.join();
    return result;
}

} // namespace edge_test
