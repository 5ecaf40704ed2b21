// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// An asio loop on a thread of its own, for tests of what lives on the mesh's loop: call() runs something
// there and gives its result.
#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>

#include <future>
#include <thread>

class LoopThread
{
public:
    LoopThread()
        : m_guard(asio::make_work_guard(m_loop))
        , m_thread([this] { m_loop.run(); })
    {
    }
    ~LoopThread()
    {
        m_guard.reset();
        m_loop.stop();
        m_thread.join();
    }
    asio::io_context &loop() { return m_loop; }

    template<typename Call>
    auto call(Call work)
    {
        std::packaged_task<decltype(work())()> task(std::move(work));
        auto result = task.get_future();
        asio::post(m_loop, [&task] { task(); });
        return result.get();
    }

private:
    asio::io_context m_loop{1};
    asio::executor_work_guard<asio::io_context::executor_type> m_guard;
    std::thread m_thread;
};
