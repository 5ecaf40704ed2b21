// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/housekeeping.h"

#include "app/demo/crd.h"
#include "app/demo/object_meta.h"

#include <asio/post.hpp>

#include <algorithm>

namespace demo {

namespace {

constexpr std::chrono::seconds PodPulse{1};

bool isKind(const ResourceKind &kind, std::string_view group, std::string_view name)
{
    return kind.group == group && kind.kind == name;
}

bool hasFinalizer(const Value &object, std::string_view finalizer)
{
    const auto &all = object["metadata"]["finalizers"].items();
    return std::any_of(all.begin(), all.end(),
                       [finalizer](const Value &each) { return each.text() == finalizer; });
}

bool isOwnedBy(const Value &object, const std::string &uid)
{
    const auto &owners = object["metadata"]["ownerReferences"].items();
    return std::any_of(owners.begin(), owners.end(),
                       [&uid](const Value &owner) { return owner["uid"].text() == uid; });
}

} // namespace

Housekeeping::Housekeeping(asio::io_context &loop, Store &store)
    : m_loop(loop)
    , m_store(store)
    , m_podTimer(loop)
{
}

void Housekeeping::start()
{
    m_subscription = m_store.subscribe([this](const StoreEvent &event) { note(event); });
    for (const auto &kind : m_store.kinds()) {
        for (const ObjectPtr &object : m_store.list(*kind))
            note({StoreEvent::Type::Added, kind.get(), object, nullptr, 0});
    }
}

void Housekeeping::stop()
{
    m_store.unsubscribe(m_subscription);
    m_podTimer.cancel();
}

void Housekeeping::setClusterCa(std::string pem)
{
    m_clusterCa = std::move(pem);
    const ResourceKind *namespaces = m_store.find("", "namespaces");
    for (const ObjectPtr &space : m_store.list(*namespaces))
        m_dirty.insert({namespaces, {}, nameOf(*space)});
    schedule();
}

void Housekeeping::note(const StoreEvent &event)
{
    noteOwners(event);
    const ResourceKind &kind = *event.kind;
    const bool isGone = event.type == StoreEvent::Type::Deleted;
    const bool isOwnersEnd = isDeleting(*event.object)
        && (hasFinalizer(*event.object, "foregroundDeletion") || hasFinalizer(*event.object, "orphan"));
    if (isKind(kind, "apiextensions.k8s.io", "CustomResourceDefinition") || isKind(kind, "", "Namespace")
        || isOwnersEnd)
        m_dirty.insert({&kind, namespaceOf(*event.object), nameOf(*event.object)});
    if (isGone && isKind(kind, "apiextensions.k8s.io", "CustomResourceDefinition"))
        m_store.withdrawKind((*event.object)["spec"]["group"].text(),
                             (*event.object)["spec"]["names"]["plural"].text());
    if (isGone && kind.namespaced) { // its namespace may have waited for it
        if (const ObjectPtr space =
                m_store.get(*m_store.find("", "namespaces"), {}, namespaceOf(*event.object));
            space && isDeleting(*space))
            m_dirty.insert({m_store.find("", "namespaces"), {}, namespaceOf(*event.object)});
    }
    if (isGone && !kind.isBuiltIn) { // its definition may have
        const ResourceKind *definitions = m_store.find("apiextensions.k8s.io", "customresourcedefinitions");
        m_dirty.insert({definitions, {}, kind.plural + "." + kind.group});
    }
    if (isKind(kind, "", "Pod") && isDeleting(*event.object) && !isGone)
        watchPods();
    if (!m_dirty.empty() || !m_goneOwners.empty())
        schedule();
}

void Housekeeping::noteOwners(const StoreEvent &event)
{
    const Item item{event.kind, namespaceOf(*event.object), nameOf(*event.object)};
    for (const Value &owner : (*event.object)["metadata"]["ownerReferences"].items()) {
        std::set<Item> &dependents = m_dependents[owner["uid"].text()];
        if (event.type == StoreEvent::Type::Deleted)
            dependents.erase(item);
        else
            dependents.insert(item);
        if (dependents.empty())
            m_dependents.erase(owner["uid"].text());
        const ResourceKind *kind = m_store.findByKind(
            owner["apiVersion"].text().find('/') == std::string::npos
                ? std::string()
                : owner["apiVersion"].text().substr(0, owner["apiVersion"].text().find('/')),
            owner["kind"].text());
        if (kind
            && event.type
                == StoreEvent::Type::Deleted) // an owner in foreground deletion waits for its dependents
            m_dirty.insert({kind, kind->namespaced ? item.nameSpace : std::string(), owner["name"].text()});
    }
    if (event.type == StoreEvent::Type::Deleted && m_dependents.contains(uidOf(*event.object)))
        m_goneOwners.insert(uidOf(*event.object));
}

void Housekeeping::schedule()
{
    if (std::exchange(m_isScheduled, true))
        return;
    asio::post(m_loop, [weak = weak_from_this()] {
        if (const auto self = weak.lock())
            self->work();
    });
}

void Housekeeping::work()
{
    m_isScheduled = false;
    const std::set<Item> dirty = std::exchange(m_dirty, {});
    for (const std::string &owner : std::exchange(m_goneOwners, {}))
        collect(owner);
    for (const Item &item : dirty) {
        const ObjectPtr object = m_store.get(*item.kind, item.nameSpace, item.name);
        if (!object)
            continue;
        if (isKind(*item.kind, "apiextensions.k8s.io", "CustomResourceDefinition"))
            syncDefinition(object);
        else if (isKind(*item.kind, "", "Namespace"))
            syncNamespace(object);
        if (isDeleting(*object))
            syncOwner(*item.kind, object);
    }
}

void Housekeeping::syncDefinition(const ObjectPtr &definition)
{
    const Value &spec = (*definition)["spec"];
    if (!isDeleting(*definition)) {
        establish(m_store, *definition); // changes nothing the second time
        return;
    }
    const ResourceKind *kind = m_store.find(spec["group"].text(), spec["names"]["plural"].text());
    if (kind) {
        for (const ObjectPtr &object : m_store.list(*kind))
            (void)m_store.remove(*kind, namespaceOf(*object), nameOf(*object));
    }
    if (!kind || m_store.list(*kind).empty())
        dropFinalizer(*m_store.find("apiextensions.k8s.io", "customresourcedefinitions"), *definition,
                      "customresourcecleanup.apiextensions.k8s.io");
}

void Housekeeping::syncNamespace(const ObjectPtr &space)
{
    const std::string &name = nameOf(*space);
    const ResourceKind &accounts = *m_store.find("", "serviceaccounts");
    const ResourceKind &maps = *m_store.find("", "configmaps");
    const auto place = [&name](const char *object) {
        return Value::object({{"name", object}, {"namespace", name}});
    };
    if (!isDeleting(*space)) {
        if (!m_store.get(accounts, name, "default"))
            (void)m_store.create(accounts, Value::object({{"metadata", place("default")}}));
        if (!m_clusterCa.empty() && !m_store.get(maps, name, "kube-root-ca.crt"))
            (void)m_store.create(maps,
                                 Value::object({{"metadata", place("kube-root-ca.crt")},
                                                {"data", Value::object({{"ca.crt", m_clusterCa}})}}));
        return;
    }
    bool isEmpty = true;
    for (const auto &kind : m_store.kinds()) {
        for (const ObjectPtr &object :
             kind->namespaced ? m_store.list(*kind, name) : std::vector<ObjectPtr>()) {
            if (!isDeleting(*object))
                (void)m_store.remove(*kind, name, nameOf(*object));
        }
        isEmpty = isEmpty && (!kind->namespaced || m_store.list(*kind, name).empty());
    }
    const ObjectPtr current = m_store.get(*m_store.find("", "namespaces"), {}, name);
    if (!isEmpty || !current)
        return;
    Value done = *current;
    done.child("spec").erase("finalizers");
    done.child("metadata").erase("resourceVersion");
    (void)m_store.update(*m_store.find("", "namespaces"), std::move(done));
}

void Housekeeping::dropFinalizer(const ResourceKind &kind, Value object, const char *finalizer)
{
    if (!hasFinalizer(object, finalizer))
        return;
    std::erase_if(object.child("metadata").child("finalizers").mutableItems(),
                  [finalizer](const Value &each) { return each.text() == finalizer; });
    if (object["metadata"]["finalizers"].items().empty())
        object.child("metadata").erase("finalizers");
    object.child("metadata").erase("resourceVersion");
    (void)m_store.update(kind, std::move(object));
}

void Housekeeping::syncOwner(const ResourceKind &kind, const ObjectPtr &object)
{
    const auto found = m_dependents.find(uidOf(*object));
    const std::set<Item> dependents = found == m_dependents.end() ? std::set<Item>() : found->second;
    if (hasFinalizer(*object, "orphan")) {
        for (const Item &item : dependents) {
            const ObjectPtr dependent = m_store.get(*item.kind, item.nameSpace, item.name);
            if (!dependent)
                continue;
            Value freed = *dependent;
            std::erase_if(freed.child("metadata").child("ownerReferences").mutableItems(),
                          [&](const Value &owner) { return owner["uid"].text() == uidOf(*object); });
            if (freed["metadata"]["ownerReferences"].items().empty())
                freed.child("metadata").erase("ownerReferences");
            (void)m_store.update(*item.kind, std::move(freed));
        }
        m_dependents.erase(uidOf(*object));
        dropFinalizer(kind, *object, "orphan");
        return;
    }
    if (!hasFinalizer(*object, "foregroundDeletion"))
        return;
    bool isFree = true;
    for (const Item &item : dependents) {
        const ObjectPtr dependent = m_store.get(*item.kind, item.nameSpace, item.name);
        if (!dependent || !isOwnedBy(*dependent, uidOf(*object)))
            continue;
        (void)m_store.remove(*item.kind, item.nameSpace, item.name);
        isFree = isFree && !m_store.get(*item.kind, item.nameSpace, item.name);
    }
    if (isFree)
        dropFinalizer(kind, *object, "foregroundDeletion");
}

void Housekeeping::collect(const std::string &goneOwner)
{
    const auto found = m_dependents.find(goneOwner);
    if (found == m_dependents.end())
        return;
    const std::set<Item> dependents = found->second;
    for (const Item &item : dependents) {
        const ObjectPtr object = m_store.get(*item.kind, item.nameSpace, item.name);
        if (!object || !isOwnedBy(*object, goneOwner))
            continue;
        const auto &owners = (*object)["metadata"]["ownerReferences"].items();
        const bool hasOther =
            owners.size() > 1; // another owner keeps it; the reference to the gone one is dropped
        if (!hasOther) {
            (void)m_store.remove(*item.kind, item.nameSpace, item.name);
            continue;
        }
        Value freed = *object;
        std::erase_if(freed.child("metadata").child("ownerReferences").mutableItems(),
                      [&](const Value &owner) { return owner["uid"].text() == goneOwner; });
        (void)m_store.update(*item.kind, std::move(freed));
    }
    m_dependents.erase(goneOwner);
}

void Housekeeping::watchPods()
{
    m_podTimer.expires_after(PodPulse);
    m_podTimer.async_wait([weak = weak_from_this()](const asio::error_code &error) {
        const auto self = weak.lock();
        if (error || !self)
            return;
        const ResourceKind &pods = *self->m_store.find("", "pods");
        const std::int64_t now = readTime(timeNow()).value_or(0);
        bool isWaiting = false;
        for (const ObjectPtr &pod : self->m_store.list(pods)) {
            const auto deadline = readTime((*pod)["metadata"]["deletionTimestamp"].text());
            isWaiting = isWaiting || deadline;
            if (deadline && *deadline < now)
                (void)self->m_store.remove(pods, namespaceOf(*pod), nameOf(*pod), false, {{}, {}, {}, 0});
        }
        if (isWaiting)
            self->watchPods();
    });
}

} // namespace demo
