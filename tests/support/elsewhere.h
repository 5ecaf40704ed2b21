// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Runs what blocks on another thread, and this one's event loop until it is done: what it waits for lives here.
#include <QCoreApplication>

#include <chrono>
#include <future>

template<typename Work>
auto elsewhere(Work work)
{
    auto future = std::async(std::launch::async, work);
    while (future.wait_for(std::chrono::seconds(0)) != std::future_status::ready)
        QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
    return future.get();
}
