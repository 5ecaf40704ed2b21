// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Deployment → ReplicaSet → Pod (what a deleted owner leaves behind is the API server's housekeeping).  A
// rollout goes the steps of rollout.h.  Pods of injected namespaces get the sidecar when they are made, so older ones have none.  Thread: the loop.
#include "app/demo/event_recorder.h"
#include "app/demo/work_queue.h"

namespace demo {

using ObjectKey = std::pair<std::string, std::string>; // namespace, name

class WorkloadController
{
public:
    WorkloadController(asio::io_context &loop, Store &store);
    ~WorkloadController();

private:
    void noteChange(const StoreEvent &event);
    void noteDeployment(const Value &deployment);
    void reconcileDeployment(const ObjectKey &key);
    void reconcileReplicaSet(const ObjectKey &key);
    std::vector<ObjectPtr> ownedBy(const ResourceKind &kind, const Value &owner) const;
    ObjectPtr currentReplicaSet(const Value &deployment, const std::vector<ObjectPtr> &sets);
    ObjectPtr asNewest(const ObjectPtr &set, const Value &deployment, std::int64_t least);
    void rollOn(const Value &deployment, const Value &current, const std::vector<ObjectPtr> &all);
    void forgetOldSets(const Value &deployment, const Value &current, const std::vector<ObjectPtr> &all);
    void scale(const Value &deployment, const Value &replicaSet, std::int64_t replicas);
    void writeDeploymentStatus(const Value &deployment, const std::vector<ObjectPtr> &sets,
                               const Value *current);
    bool createPod(const Value &replicaSet);
    void removePod(const Value &replicaSet, const std::string &name);

    Store &m_store;
    EventRecorder m_deploymentEvents, m_replicaSetEvents;
    WorkQueue<ObjectKey> m_deployments, m_replicaSets;
    int m_subscription = 0;
};

} // namespace demo
