// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A controller's queue: keys that something has happened to, each worked on once, soon, on the loop and
// outside the call that added it.
#include "app/demo/timer.h"

#include <set>

namespace demo {

template<typename Key>
class WorkQueue
{
public:
    WorkQueue(asio::io_context &loop, std::function<void(const Key &)> work,
              std::chrono::milliseconds delay = std::chrono::milliseconds(5))
        : m_timer(loop)
        , m_work(std::move(work))
        , m_delay(delay)
    {
    }

    void add(const Key &key)
    {
        m_keys.insert(key);
        if (!m_timer.isArmed())
            m_timer.after(m_delay, [this] { run(); });
    }

private:
    void run()
    {
        const std::set<Key> keys = std::exchange(m_keys, {});
        for (const Key &key : keys)
            m_work(key);
        if (!m_keys.empty() && !m_timer.isArmed())
            m_timer.after(m_delay, [this] { run(); });
    }

    Timer m_timer;
    std::function<void(const Key &)> m_work;
    std::chrono::milliseconds m_delay;
    std::set<Key> m_keys;
};

} // namespace demo
