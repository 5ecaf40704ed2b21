// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// CronJob → Job → Pod as far as the demo needs them: schedules of minutes and hours in UTC; a CronJob that is
// resumed makes up for the start that it missed at once, as a real one does; a Job has one pod at a time; of
// the finished Jobs the newest three that succeeded and the newest that failed are kept.  Thread: the loop.
#include "app/demo/event_recorder.h"
#include "app/demo/store.h"
#include "app/demo/work_queue.h"

namespace demo {

using JobKey = std::pair<std::string, std::string>; // namespace, name

class JobController
{
public:
    JobController(asio::io_context &loop, Store &store);
    ~JobController();

private:
    void noteChange(const StoreEvent &event);
    void retryHeldUp();
    void reconcileCronJob(const JobKey &key);
    void startJob(const Value &cronJob, std::int64_t minute);
    void dropOldJobs(const Value &cronJob);
    void reconcileJob(const JobKey &key);
    void createPod(const Value &job);
    void tick(); // every second while a CronJob waits for its minute

    Store &m_store;
    WorkQueue<JobKey> m_cronJobs, m_jobs;
    Timer m_clock;
    EventRecorder m_events;
    std::map<JobKey, std::int64_t> m_next; // minute since the epoch of the next start
    std::set<JobKey> m_suspended;
    int m_subscription = 0;
};

// The first minute after `minute` (both since the epoch, UTC) that a schedule of five fields names; nullopt:
// none within a week, or not understood ("*", "*/5", "7", "1,31" in minute and hour, "*" in the others).
std::optional<std::int64_t> nextMinute(const std::string &schedule, std::int64_t minute);

} // namespace demo
