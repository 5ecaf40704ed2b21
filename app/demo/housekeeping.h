// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What the controller manager of any cluster does, whatever runs in it: CustomResourceDefinitions become kinds and take their objects
// along when they go; namespaces get ServiceAccount default and ConfigMap kube-root-ca.crt, and empty out when deleted; dependents
// follow their owners (ownerReferences); pods whose grace period is over and that no kubelet ended are forgotten.
// Thread: the loop; it works in posted calls after the event, as controllers do.
#include "app/demo/store.h"

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>

#include <set>

namespace demo {

class Housekeeping : public std::enable_shared_from_this<Housekeeping>
{
public:
    Housekeeping(asio::io_context &loop, Store &store);
    void start(); // subscribes; looks at what is there already
    void stop();
    void setClusterCa(std::string pem);

private:
    struct Item
    {
        const ResourceKind *kind;
        std::string nameSpace, name;
        auto operator<=>(const Item &) const = default;
    };
    void note(const StoreEvent &event);
    void noteOwners(const StoreEvent &event);
    void schedule();
    void work();
    void syncDefinition(const ObjectPtr &definition);
    void syncNamespace(const ObjectPtr &space);
    void syncOwner(const ResourceKind &kind, const ObjectPtr &object);
    void collect(const std::string &goneOwner);
    void watchPods();
    void dropFinalizer(const ResourceKind &kind, Value object, const char *finalizer);

    asio::io_context &m_loop;
    Store &m_store;
    asio::steady_timer m_podTimer;
    std::set<Item> m_dirty;
    std::set<std::string> m_goneOwners;                 // uids
    std::map<std::string, std::set<Item>> m_dependents; // by owner's uid
    std::string m_clusterCa;
    int m_subscription = 0;
    bool m_isScheduled = false;
};

} // namespace demo
