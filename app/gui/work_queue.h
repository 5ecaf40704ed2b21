// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Jobs that block (plans, dry runs, writes, test requests), one after the other on a thread of their own; each result comes back to the
// receiver's thread.  Destruction asks the running job to stop, waits for it and drops what is queued; nothing is delivered after that.
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
        m_stop.request_stop();
        m_pool.clear();
        m_pool.waitForDone();
    }
    WorkQueue(const WorkQueue &) = delete;
    WorkQueue &operator=(const WorkQueue &) = delete;

    // receiver must outlive the queue.  job: (std::stop_token) → result; deliver: (result) on receiver's thread.
    template<typename Job, typename Deliver>
    void run(QObject *receiver, Job job, Deliver deliver)
    {
        m_pool.start(
            [receiver, job = std::move(job), deliver = std::move(deliver), stop = m_stop.get_token()] {
                auto result = job(stop);
                if (!stop.stop_requested())
                    QMetaObject::invokeMethod(
                        receiver, [deliver, result = std::move(result)] { deliver(result); },
                        Qt::QueuedConnection);
            });
    }

private:
    std::stop_source m_stop;
    QThreadPool m_pool;
};

} // namespace app::gui
