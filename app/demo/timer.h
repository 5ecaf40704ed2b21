// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One call later on the loop.  Unlike a bare asio timer, nothing is called once the Timer is destroyed or
// armed anew, even if the time had already come.
#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>

#include <functional>
#include <memory>

namespace demo {

class Timer
{
public:
    explicit Timer(asio::io_context &loop)
        : m_timer(loop)
    {
    }

    void after(std::chrono::milliseconds delay, std::function<void()> call)
    {
        m_armed = std::make_shared<std::function<void()>>(std::move(call));
        m_timer.expires_after(delay);
        m_timer.async_wait([weak = std::weak_ptr(m_armed)](asio::error_code error) {
            const auto armed = weak.lock();
            if (!error && armed)
                std::exchange(*armed, {})();
        });
    }
    void stop()
    {
        m_armed.reset();
        m_timer.cancel();
    }
    bool isArmed() const { return m_armed && *m_armed; }

private:
    asio::steady_timer m_timer;
    std::shared_ptr<std::function<void()>> m_armed;
};

} // namespace demo
