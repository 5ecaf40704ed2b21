// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/store.h"

#include "app/demo/object_meta.h"
#include "app/demo/resource_kinds.h"

#include <algorithm>

namespace demo {

namespace {

constexpr std::size_t LogLimit =
    50'000; // events that a watch may resume over; older ones get 410, as with a real watch cache

bool changesGeneration(const Value &before, const Value &after)
{
    const auto meaning = [](const Value &object) {
        Value rest = object;
        rest.erase("metadata");
        rest.erase("status");
        rest.erase("apiVersion");
        return rest;
    };
    return !(meaning(before) == meaning(after));
}

void keepFromServer(Value &object, const Value &current)
{
    Value &metadata = object.child("metadata");
    for (const char *field : {"uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds",
                              "generation", "resourceVersion"}) {
        const Value *kept = current["metadata"].find(field);
        if (kept)
            metadata.set(field, *kept);
        else
            metadata.erase(field);
    }
}

void addDeletionMark(Value &object, std::int64_t grace, const ResourceKind &kind)
{
    Value &metadata = object.child("metadata");
    const std::int64_t now = readTime(timeNow()).value_or(0);
    metadata.set("deletionTimestamp", timeText(now + grace));
    metadata.set("deletionGracePeriodSeconds", grace);
    if (kind.hasGeneration)
        metadata.set("generation", metadata["generation"].toInteger(1) + 1);
    if (kind.group.empty() && kind.kind == "Namespace")
        object.child("status").set("phase", "Terminating");
}

std::int64_t podGrace(const ResourceKind &kind, const Value &object, const RemoveOptions &options)
{
    if (!kind.group.empty() || kind.kind != "Pod" || object["spec"]["nodeName"].text().empty())
        return 0; // nobody runs it
    return options.gracePeriodSeconds.value_or(object["spec"]["terminationGracePeriodSeconds"].toInteger(30));
}

} // namespace

std::string ResourceKind::apiVersion(const std::string &version) const
{
    return group.empty() ? version : group + "/" + version;
}

bool ResourceKind::serves(std::string_view version) const
{
    return std::find(versions.begin(), versions.end(), version) != versions.end();
}

const ResourceKind::Version *ResourceKind::version(const std::string &version) const
{
    const auto found = perVersion.find(version);
    return found == perVersion.end() ? nullptr : &found->second;
}

bool ResourceKind::hasStatusIn(const std::string &name) const
{
    const Version *of = version(name);
    return of ? of->hasStatus : hasStatus;
}

bool Store::KeyOrder::operator()(const Key &one, const Key &other) const
{
    if (one.first == other.first)
        return one.second < other.second;
    const auto [here, there] =
        std::mismatch(one.first.begin(), one.first.end(), other.first.begin(), other.first.end());
    return (here == one.first.end() ? '/' : *here) < (there == other.first.end() ? '/' : *there);
}

Store::Store()
{
    for (ResourceKind &kind : builtInKinds())
        addKind(std::move(kind));
    for (const char *name : {"default", "kube-node-lease", "kube-public", "kube-system"})
        (void)create(*find("", "namespaces"), Value::object({{"metadata", Value::object({{"name", name}})}}));
}

const ResourceKind *Store::find(std::string_view group, std::string_view plural) const
{
    for (const auto &kind : m_kinds) {
        if (kind->isServed && kind->group == group && kind->plural == plural)
            return kind.get();
    }
    return nullptr;
}

const ResourceKind *Store::findByKind(std::string_view group, std::string_view name) const
{
    for (const auto &kind : m_kinds) {
        if (kind->isServed && kind->group == group && kind->kind == name)
            return kind.get();
    }
    return nullptr;
}

ResourceKind &Store::addKind(ResourceKind kind)
{
    for (const auto &known : m_kinds) {
        if (known->group == kind.group && known->plural == kind.plural)
            return *known = std::move(kind); // watches and events point at it: it stays where it is
    }
    return *m_kinds.emplace_back(std::make_unique<ResourceKind>(std::move(kind)));
}

void Store::withdrawKind(std::string_view group, std::string_view plural)
{
    for (const auto &kind : m_kinds) {
        if (kind->group == group && kind->plural == plural)
            kind->isServed = false;
    }
}

ObjectPtr Store::get(const ResourceKind &kind, std::string_view nameSpace, std::string_view name) const
{
    const auto objects = m_objects.find(&kind);
    if (objects == m_objects.end())
        return nullptr;
    const auto found = objects->second.find({std::string(nameSpace), std::string(name)});
    return found == objects->second.end() ? nullptr : found->second;
}

std::vector<ObjectPtr> Store::list(const ResourceKind &kind, std::string_view nameSpace) const
{
    std::vector<ObjectPtr> listed;
    const auto objects = m_objects.find(&kind);
    if (objects == m_objects.end())
        return listed;
    auto next = nameSpace.empty() ? objects->second.begin()
                                  : objects->second.lower_bound({std::string(nameSpace), {}});
    for (; next != objects->second.end() && (nameSpace.empty() || next->first.first == nameSpace); ++next)
        listed.push_back(next->second);
    return listed;
}

std::optional<std::vector<ObjectPtr>> Store::listAt(const ResourceKind &kind, std::string_view nameSpace,
                                                    std::int64_t version) const
{
    if (version < m_oldest)
        return {};
    const auto known = m_objects.find(&kind);
    Objects objects = known == m_objects.end() ? Objects() : known->second;
    for (auto event = m_log.rbegin(); event != m_log.rend() && event->version > version; ++event) {
        if (event->kind != &kind)
            continue;
        const Key key(namespaceOf(*event->object), nameOf(*event->object));
        if (event->before)
            objects[key] = event->before;
        else
            objects.erase(key);
    }
    std::vector<ObjectPtr> listed;
    for (const auto &[key, object] : objects) {
        if (nameSpace.empty() || key.first == nameSpace)
            listed.push_back(object);
    }
    return listed;
}

StoreResult<void> Store::admit(const ResourceKind &kind, const Value &object) const
{
    if (!kind.namespaced)
        return {};
    const ResourceKind &namespaces = *find("", "namespaces");
    const std::string &name = namespaceOf(object);
    const ObjectPtr home = get(namespaces, {}, name);
    if (!home)
        return tl::unexpected(notFound(namespaces, name));
    if (isDeleting(*home)) {
        const std::string why = "namespace " + name + " is being terminated";
        StoreError error = forbidden(kind.group, kind.plural, nameOf(object),
                                     "unable to create new content in namespace " + name
                                         + " because it is being terminated");
        error.details.set(
            "causes",
            Value::array({Value::object(
                {{"reason", "NamespaceTerminating"}, {"message", why}, {"field", "metadata.namespace"}})}));
        return tl::unexpected(std::move(error));
    }
    return {};
}

StoreResult<ObjectPtr> Store::create(const ResourceKind &kind, Value object, bool dryRun)
{
    object.set("kind", kind.kind);
    if (!kind.serves(
            std::string_view(object["apiVersion"].text()).substr(object["apiVersion"].text().find('/') + 1)))
        object.set("apiVersion", kind.apiVersion(kind.versions.front()));
    Value &metadata = object.child("metadata");
    if (!kind.namespaced)
        metadata.erase("namespace");
    else if (metadata["namespace"].text().empty())
        metadata.set("namespace", "default");
    const std::vector<Cause> problems = metadataProblems(kind, object);
    if (!problems.empty())
        return tl::unexpected(invalid(kind, nameOf(object), problems));
    if (const auto admitted = admit(kind, object); !admitted)
        return tl::unexpected(admitted.error());
    if (metadata["name"].text().empty())
        metadata.set("name", metadata["generateName"].text() + nameSuffix());
    if (!metadata["resourceVersion"].text().empty()
        && !dryRun) // the storage says so, which a dry run does not reach
        return tl::unexpected(internalError("resourceVersion should not be set on objects to be created"));
    if (get(kind, namespaceOf(object), nameOf(object)))
        return tl::unexpected(alreadyExists(kind, nameOf(object)));
    for (const char *field :
         {"resourceVersion", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "generation"})
        metadata.erase(field);
    metadata.set("uid", newUid());
    metadata.set("creationTimestamp", timeNow());
    if (kind.hasGeneration)
        metadata.set("generation", 1);
    complete(kind, object);
    return put(kind, std::move(object), nullptr, dryRun);
}

void Store::complete(const ResourceKind &kind, Value &object) { completeNew(kind, object, m_allocations); }

StoreResult<ObjectPtr> Store::update(const ResourceKind &kind, Value object, bool dryRun)
{
    const ObjectPtr current =
        get(kind, kind.namespaced ? namespaceOf(object) : std::string(), nameOf(object));
    if (!current)
        return tl::unexpected(notFound(kind, nameOf(object)));
    const std::string &version = object["metadata"]["resourceVersion"].text();
    if (!version.empty() && version != (*current)["metadata"]["resourceVersion"].text())
        return tl::unexpected(modifiedMeanwhile(kind, nameOf(object)));
    const std::string &uid = uidOf(object);
    if (!uid.empty() && uid != uidOf(*current)) {
        const std::string key = "/registry/" + (kind.isBuiltIn ? "" : kind.group + "/") + kind.plural + "/"
            + (kind.namespaced ? namespaceOf(object) + "/" : "") + nameOf(object);
        return tl::unexpected(conflict(
            kind, nameOf(object),
            "StorageError: invalid object, Code: 4, Key: " + key
                + ", ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: " + uid
                + ", UID in object meta: " + uidOf(*current)));
    }
    keepFromServer(object, *current);
    object.set("kind", kind.kind);
    if (object["apiVersion"].text().empty())
        object.set("apiVersion", (*current)["apiVersion"]);
    return finish(kind, std::move(object), current, dryRun);
}

StoreResult<ObjectPtr> Store::finish(const ResourceKind &kind, Value object, ObjectPtr before, bool dryRun)
{
    if (kind.hasGeneration && changesGeneration(*before, object))
        object.child("metadata").set("generation", object["metadata"]["generation"].toInteger(1) + 1);
    if (object == *before)
        return before;
    const bool isDone = isDeleting(object) && !hasFinalizers(object)
        && object["metadata"]["deletionGracePeriodSeconds"].toInteger() == 0;
    ObjectPtr stored = put(kind, std::move(object), std::move(before), dryRun);
    return isDone ? take(kind, stored, dryRun) : stored;
}

StoreResult<ObjectPtr> Store::remove(const ResourceKind &kind, std::string_view nameSpace,
                                     std::string_view name, bool dryRun, const RemoveOptions &options)
{
    const ObjectPtr current = get(kind, kind.namespaced ? nameSpace : std::string_view(), name);
    if (!current)
        return tl::unexpected(notFound(kind, name));
    if (!options.uid.empty() && options.uid != uidOf(*current))
        return tl::unexpected(conflict(kind, name,
                                       "the UID in the precondition (" + options.uid
                                           + ") does not match the UID in record (" + uidOf(*current)
                                           + "). The object might have been deleted and then recreated",
                                       true));
    const std::string &version = (*current)["metadata"]["resourceVersion"].text();
    if (!options.resourceVersion.empty() && options.resourceVersion != version)
        return tl::unexpected(conflict(kind, name,
                                       "the ResourceVersion in the precondition (" + options.resourceVersion
                                           + ") does not match the ResourceVersion in record (" + version
                                           + "). The object might have been modified",
                                       true));
    Value marked = *current;
    if (options.propagationPolicy == "Foreground" || options.propagationPolicy == "Orphan") {
        const Value finalizer = options.propagationPolicy == "Orphan" ? "orphan" : "foregroundDeletion";
        Value &finalizers = marked.child("metadata").child("finalizers");
        if (!isDeleting(*current)
            && std::find(finalizers.items().begin(), finalizers.items().end(), finalizer)
                == finalizers.items().end())
            finalizers.push(finalizer);
    }
    const std::int64_t grace = podGrace(kind, *current, options);
    if (grace == 0 && !hasFinalizers(marked))
        return take(kind, current, dryRun);
    if (isDeleting(*current) && grace >= (*current)["metadata"]["deletionGracePeriodSeconds"].toInteger())
        return current;
    addDeletionMark(marked, grace, kind);
    return put(kind, std::move(marked), current, dryRun);
}

void Store::backdate(const ResourceKind &kind, std::string_view nameSpace, std::string_view name,
                     const std::string &creationTimestamp)
{
    const ObjectPtr current = get(kind, kind.namespaced ? nameSpace : std::string_view(), name);
    if (!current)
        return;
    Value aged = *current;
    aged.child("metadata").set("creationTimestamp", creationTimestamp);
    put(kind, std::move(aged), current, false);
}

ObjectPtr Store::put(const ResourceKind &kind, Value object, ObjectPtr before, bool dryRun)
{
    if (dryRun)
        return std::make_shared<const Value>(std::move(object));
    object.child("metadata").set("resourceVersion", std::to_string(++m_version));
    const Key key(namespaceOf(object), nameOf(object));
    auto stored = std::make_shared<const Value>(std::move(object));
    m_objects[&kind][key] = stored;
    const auto type = before ? StoreEvent::Type::Modified : StoreEvent::Type::Added;
    record({type, &kind, stored, std::move(before), m_version});
    return stored;
}

ObjectPtr Store::take(const ResourceKind &kind, const ObjectPtr &object, bool dryRun)
{
    if (dryRun)
        return object;
    Value last = *object;
    last.child("metadata").set("resourceVersion", std::to_string(++m_version));
    m_objects[&kind].erase({namespaceOf(last), nameOf(last)});
    record({StoreEvent::Type::Deleted, &kind, std::make_shared<const Value>(std::move(last)), object,
            m_version});
    return object;
}

void Store::record(StoreEvent event)
{
    m_log.push_back(event);
    while (m_log.size() > LogLimit) {
        m_oldest = m_log.front().version;
        m_log.pop_front();
    }
    const std::map<int, Listener> listeners = m_listeners; // one of them may unsubscribe
    for (const auto &[id, listener] : listeners)
        listener(event);
}

void Store::compact()
{
    m_log.clear();
    m_oldest = m_version;
}

int Store::subscribe(Listener listener)
{
    m_listeners.emplace(m_nextListener, std::move(listener));
    return m_nextListener++;
}

void Store::unsubscribe(int id) { m_listeners.erase(id); }

} // namespace demo
