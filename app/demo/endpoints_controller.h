// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Service → Endpoints and EndpointSlice, from the ready pods that it selects; and what a new namespace is
// given (ConfigMaps of the roots of trust, the service account "default").  Thread: the loop.
#include "app/demo/authority.h"
#include "app/demo/workload_controller.h"

namespace demo {

class EndpointsController
{
public:
    EndpointsController(asio::io_context &loop, Store &store);
    ~EndpointsController();

private:
    void noteChange(const StoreEvent &event);
    void reconcile(const ObjectKey &key);
    void put(const ResourceKind &kind, Value object);

    Store &m_store;
    WorkQueue<ObjectKey> m_queue;
    int m_subscription = 0;
};

class NamespaceController
{
public:
    // cluster: nullptr, where a Kubernetes of that age publishes no authority of its own.
    NamespaceController(asio::io_context &loop, Store &store, const Authority &mesh,
                        const Authority *cluster);
    ~NamespaceController();

private:
    void reconcile(const std::string &name);
    void giveConfigMap(const std::string &nameSpace, const std::string &name, const std::string &key,
                       const std::string &text);

    Store &m_store;
    const Authority &m_mesh;
    const Authority *m_cluster;
    WorkQueue<std::string> m_queue;
    int m_subscription = 0;
};

} // namespace demo
