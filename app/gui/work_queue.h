// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Jobs that block (plans, dry runs, writes, test requests), one after the other on a thread of their own; each result comes back to the
// receiver's thread.  Each can be stopped by what run() returns, and is delivered all the same: what was done until then is known to it
// alone.  Destruction asks the running job to stop, waits for it and drops what is queued; nothing is delivered after that.
#include <QObject>
#include <QThreadPool>

#include <stop_token>

namespace app::gui {

class WorkQueue
{
public:
    WorkQueue() { m_pool.setMaxThreadCount(1); }
    ~WorkQueue()
    {
        m_end.request_stop();
        m_pool.clear();
        m_pool.waitForDone();
    }
    WorkQueue(const WorkQueue &) = delete;
    WorkQueue &operator=(const WorkQueue &) = delete;

    // receiver must outlive the queue.  job: (std::stop_token) → result; deliver: (result) on receiver's thread.
    template<typename Job, typename Deliver>
    std::stop_source run(QObject *receiver, Job job, Deliver deliver)
    {
        std::stop_source stop;
        m_pool.start(
            [receiver, job = std::move(job), deliver = std::move(deliver), stop, end = m_end.get_token()] {
                const std::stop_callback withAll(end, [stop]() mutable { stop.request_stop(); });
                auto result = job(stop.get_token());
                if (!end.stop_requested())
                    QMetaObject::invokeMethod(
                        receiver, [deliver, result = std::move(result)] { deliver(result); },
                        Qt::QueuedConnection);
            });
        return stop;
    }

private:
    std::stop_source m_end; // of all of it
    QThreadPool m_pool;
};

} // namespace app::gui
