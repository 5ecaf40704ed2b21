// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Scheduler and kubelet in one: runs every pod of the Store, keeps its status, ends it when it is deleted.
// Thread: the loop.
#include "app/demo/running_pod.h"
#include "app/demo/work_queue.h"
#include "app/demo/workload_controller.h"

namespace demo {

class Kubelet
{
public:
    explicit Kubelet(World &world);
    ~Kubelet();
    RunningPod *find(const std::string &nameSpace, const std::string &name);
    bool allReady() const; // every pod there is
    void stop();

private:
    void noteChange(const StoreEvent &event);
    void sync(const ObjectKey &key);
    void startPod(const Value &pod);
    void writeStatus(const ObjectKey &key);
    void checkReadiness();
    void renewLease();

    void noteContainers(const Value &before, const Value &after);

    World &m_world;
    EventRecorder m_scheduler, m_events;
    WorkQueue<ObjectKey> m_queue;
    Timer m_readiness, m_lease;
    std::map<ObjectKey, std::unique_ptr<RunningPod>> m_pods;
    std::vector<std::unique_ptr<RunningPod>> m_ended; // coroutines of theirs may still be unwinding
    int m_subscription = 0;
};

} // namespace demo
