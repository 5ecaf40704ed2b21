// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The demo cluster's etcd and admission in one: objects by resource, one counter of resource versions, an ordered log of events.
// The API server serves it; the controllers, sidecars and the edge read it and write through it, as real ones would.
// A new Store knows the built-in kinds and holds the namespaces of a fresh cluster.
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
    std::string group; // "" core
    std::vector<std::string>
        versions; // served, preferred first; every version shows the same object with its own apiVersion
    std::string plural, singular, kind;
    std::vector<std::string> shortNames, categories;
    bool namespaced = true;
    bool hasStatus = false;
    bool isBuiltIn = true; // false: custom resource (no strategic merge patch, 415)
    struct Column
    {
        std::string name, type, jsonPath;
        int priority = 0;
        std::string format, description;
    };
    std::vector<Column>
        columns; // printer columns beyond Name and Age, of every version that has none of its own
    bool hasGeneration = false; // metadata.generation counts changes of all but metadata and status
    bool isServed = true;       // false: its CustomResourceDefinition is gone
    bool isHidden = false;      // known inside, but this API server is too old to serve it
    bool isReview = false;      // only ever created, never stored: access reviews, bindings
    std::string listKind;       // "": kind + "List"
    struct
        ScalePaths // .spec.replicas, .status.replicas, .status.selector or "": what /scale shows of an object
    {
        std::string specReplicas, statusReplicas, selector;
    };
    struct Version // of custom resources, as the CustomResourceDefinition has it
    {
        std::shared_ptr<const Value> schema; // openAPIV3Schema; nullptr: anything goes
        std::vector<Column> columns;
        bool hasStatus = false;
        std::optional<ScalePaths> scale;
        std::string deprecationWarning; // "": not deprecated
    };
    std::map<std::string, Version> perVersion;
    std::vector<std::string> lackedColumns =
        {}; // of a built-in kind, which an older server does not print yet

    std::string apiVersion(const std::string &version) const; // v1, or group/version
    std::string listKindName() const { return listKind.empty() ? kind + "List" : listKind; }
    bool serves(std::string_view version) const;
    bool hasStatusIn(const std::string &version) const;
    const Version *version(const std::string &version) const; // nullptr: a built-in kind
};

struct StoreEvent
{
    enum class Type { Added, Modified, Deleted };
    Type type = Type::Added;
    const ResourceKind *kind = nullptr;
    std::shared_ptr<const Value>
        object; // after the change; Deleted: the last state, with the deletion's resourceVersion
    std::shared_ptr<const Value> before; // Modified and Deleted: the state that the change met
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

using ObjectPtr = std::shared_ptr<const Value>;

struct RemoveOptions
{
    std::string uid, resourceVersion; // preconditions; "": none
    std::string propagationPolicy;    // "", Background, Foreground, Orphan
    std::optional<std::int64_t> gracePeriodSeconds;
};

struct Allocations // what an API server gives out by itself, each once
{
    unsigned lastClusterIp =
        10; // 10.96.0.10 is the DNS of most clusters; ours start behind the reserved ones
    int lastNodePort = 30000;
};

class Store
{
public:
    Store();
    const std::vector<std::unique_ptr<ResourceKind>> &kinds() const { return m_kinds; }
    const ResourceKind *find(std::string_view group, std::string_view plural) const; // served ones only
    const ResourceKind *findByKind(std::string_view group, std::string_view kind) const;
    ResourceKind &addKind(ResourceKind kind); // of a known group and plural: replaces what is known of it
    void withdrawKind(std::string_view group, std::string_view plural);

    ObjectPtr get(const ResourceKind &kind, std::string_view nameSpace, std::string_view name) const;
    std::vector<ObjectPtr> list(const ResourceKind &kind,
                                std::string_view nameSpace = {}) const; // "" all; in the order of KeyOrder
    // As it was at an earlier version; nullopt: the log does not reach back that far.
    std::optional<std::vector<ObjectPtr>> listAt(const ResourceKind &kind, std::string_view nameSpace,
                                                 std::int64_t version) const;
    // Sets uid, creationTimestamp, resourceVersion, generation; refuses duplicates, missing namespaces, bad names.
    StoreResult<ObjectPtr> create(const ResourceKind &kind, Value object, bool dryRun = false);
    // metadata.resourceVersion in the object, if any, must be the current one (409).  Unchanged objects keep their version.
    StoreResult<ObjectPtr> update(const ResourceKind &kind, Value object, bool dryRun = false);
    // The object as it was last; with deletionTimestamp in it: it stays until its finalizers (a pod: its grace period) are through.
    StoreResult<ObjectPtr> remove(const ResourceKind &kind, std::string_view nameSpace, std::string_view name,
                                  bool dryRun = false, const RemoveOptions &options = {});

    // Fills in what an API server does for a new object of a built-in kind; resource_kinds.h.
    void complete(const ResourceKind &kind, Value &object);

    // Says that the object was made at that time (RFC 3339): what a cluster's past would have left.  Only for who builds the world.
    void backdate(const ResourceKind &kind, std::string_view nameSpace, std::string_view name,
                  const std::string &creationTimestamp);

    std::int64_t version() const { return m_version; }
    std::int64_t oldestVersion() const { return m_oldest; } // a watch from before it gets 410
    const std::deque<StoreEvent> &log() const { return m_log; }
    void compact(); // forget the log: every older watch must relist
    using Listener = std::function<void(const StoreEvent &)>;
    int subscribe(Listener listener);
    void unsubscribe(int id);

private:
    using Key = std::pair<std::string, std::string>; // namespace, name
    struct KeyOrder // etcd's, by "namespace/name": all of "shop-a" comes before "shop", since '-' < '/'
    {
        bool operator()(const Key &one, const Key &other) const;
    };
    using Objects = std::map<Key, ObjectPtr, KeyOrder>;

    void record(StoreEvent event);
    StoreResult<void> admit(const ResourceKind &kind, const Value &object) const;
    ObjectPtr put(const ResourceKind &kind, Value object, ObjectPtr before, bool dryRun);
    ObjectPtr take(const ResourceKind &kind, const ObjectPtr &object, bool dryRun);
    StoreResult<ObjectPtr> finish(const ResourceKind &kind, Value object, ObjectPtr before, bool dryRun);

    std::vector<std::unique_ptr<ResourceKind>> m_kinds;
    std::map<const ResourceKind *, Objects> m_objects;
    Allocations m_allocations;
    std::deque<StoreEvent> m_log;
    std::map<int, Listener> m_listeners;
    std::int64_t m_version = 1000;
    std::int64_t m_oldest = 1000;
    int m_nextListener = 1;
};

} // namespace demo
