// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The demo cluster's etcd and admission in one: objects by resource, one counter of resource versions, an ordered log of events.
// The API server serves it; the controllers, sidecars and the edge read it and write through it, as real ones would.
// Thread: the demo's one asio loop.  Listeners run inside the call that changed the store; they may post work, not change the store.
#include "edge/value.h"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>

namespace demo {

using edge::Value;

struct ResourceKind
{
    std::string group;                 // "" core
    std::vector<std::string> versions; // served, preferred first; every version shows the same object with its own apiVersion
    std::string plural, singular, kind;
    std::vector<std::string> shortNames, categories;
    bool namespaced = true;
    bool hasStatus = false;
    bool isBuiltIn = true;             // false: custom resource (no strategic merge patch, 415)
    struct Column { std::string name, type, jsonPath; int priority = 0; };
    std::vector<Column> columns;       // printer columns beyond Name and Age

    std::string apiVersion(const std::string &version) const;
};

struct StoreEvent
{
    enum class Type { Added, Modified, Deleted };
    Type type = Type::Added;
    const ResourceKind *kind = nullptr;
    std::shared_ptr<const Value> object; // after the change; Deleted: the last state, with the deletion's resourceVersion
    std::shared_ptr<const Value> before; // Modified only
    std::int64_t version = 0;
};

struct StoreError
{
    int code = 500;
    std::string reason, message; // as a Status carries them
    Value details;
};
template<typename T>
using StoreResult = tl::expected<T, StoreError>;

class Store
{
public:
    Store();
    const std::vector<std::unique_ptr<ResourceKind>> &kinds() const { return m_kinds; }
    const ResourceKind *find(std::string_view group, std::string_view plural) const;
    const ResourceKind *findByKind(std::string_view group, std::string_view kind) const;
    ResourceKind &addKind(ResourceKind kind);

    std::shared_ptr<const Value> get(const ResourceKind &kind, std::string_view nameSpace, std::string_view name) const;
    std::vector<std::shared_ptr<const Value>> list(const ResourceKind &kind, std::string_view nameSpace = {}) const; // "" all; by namespace, name
    // Sets uid, creationTimestamp, resourceVersion, generation; refuses duplicates, missing namespaces, bad names.
    StoreResult<std::shared_ptr<const Value>> create(const ResourceKind &kind, Value object, bool dryRun = false);
    // metadata.resourceVersion in the object, if any, must be the current one (409).  Unchanged objects keep their version.
    StoreResult<std::shared_ptr<const Value>> update(const ResourceKind &kind, Value object, bool dryRun = false);
    StoreResult<std::shared_ptr<const Value>> remove(const ResourceKind &kind, std::string_view nameSpace, std::string_view name, bool dryRun = false);

    std::int64_t version() const { return m_version; }
    std::int64_t oldestVersion() const { return m_oldest; } // a watch from before it gets 410
    const std::deque<StoreEvent> &log() const { return m_log; }
    void compact(); // forget the log: every older watch must relist
    using Listener = std::function<void(const StoreEvent &)>;
    int subscribe(Listener listener);
    void unsubscribe(int id);

private:
    void record(StoreEvent event);

    std::vector<std::unique_ptr<ResourceKind>> m_kinds;
    std::map<const ResourceKind *, std::map<std::pair<std::string, std::string>, std::shared_ptr<const Value>>> m_objects;
    std::deque<StoreEvent> m_log;
    std::map<int, Listener> m_listeners;
    std::int64_t m_version = 1000;
    std::int64_t m_oldest = 1000;
    int m_nextListener = 1;
};

} // namespace demo
