// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/workload_controller.h"

#include "app/demo/injection.h"
#include "app/demo/object_meta.h"
#include "app/demo/pod_identity.h"
#include "app/demo/pod_logs.h"
#include "app/demo/rollout.h"

#include <algorithm>
#include <array>

namespace demo {

namespace {

constexpr std::string_view SafeLetters =
    "bcdfghjklmnpqrstvwxz2456789"; // as Kubernetes names pods: no words by chance

constexpr char RevisionAnnotation[] = "deployment.kubernetes.io/revision"; // kubectl rollout goes by it
constexpr char RevisionHistory[] = "deployment.kubernetes.io/revision-history";
constexpr char HashLabel[] = "pod-template-hash";

ObjectKey keyOf(const Value &object)
{
    return {object.at({"metadata", "namespace"}).text(), object.at({"metadata", "name"}).text()};
}

// A map, struct or list that nobody filled in, which Go writes or leaves out as it likes. Any other empty object says something: emptyDir,
// namespaceSelector.
bool saysNothing(std::string_view key, const Value &value)
{
    constexpr std::array Fillable{"annotations",  "labels",   "limits",   "matchLabels", "metadata",
                                  "nodeSelector", "overhead", "requests", "resources"};
    return value.isNull() || (value.isArray() && value.items().empty())
        || (value.isObject() && value.members().empty()
            && std::find(Fillable.begin(), Fillable.end(), key) != Fillable.end());
}

Value canonical(const Value &value)
{
    if (value.isArray()) {
        Value items = Value::array();
        for (const Value &item : value.items())
            items.push(canonical(item));
        return items;
    }
    if (!value.isObject())
        return value;
    Value::Object members;
    for (const auto &[key, member] : value.members()) {
        if (Value kept = canonical(member); !saysNothing(key, kept))
            members.emplace_back(key, std::move(kept));
    }
    std::sort(members.begin(), members.end(),
              [](const Value::Member &one, const Value::Member &other) { return one.first < other.first; });
    return Value::object(std::move(members));
}

// The same text for templates that mean the same, whether a Deployment's or its ReplicaSet's.
std::string meaningOf(const Value &podTemplate)
{
    Value bare = podTemplate;
    bare.child("metadata").child("labels").erase(HashLabel);
    return edge::toJson(canonical(bare));
}

std::string shortHash(std::string_view meaning)
{
    std::uint64_t hash = 14695981039346656037U; // FNV-1a
    for (const char c : meaning)
        hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
    std::string text;
    for (int i = 0; i < 10; ++i, hash /= SafeLetters.size())
        text += SafeLetters[hash % SafeLetters.size()];
    return text;
}

bool isOwnedBy(const Value &object, const std::string &uid)
{
    const auto &owners = object.at({"metadata", "ownerReferences"}).items();
    return std::any_of(owners.begin(), owners.end(),
                       [&](const Value &owner) { return owner["uid"].text() == uid; });
}

Value condition(const char *type, bool isTrue, const char *reason, const std::string &message)
{
    return Value::object(
        {{"type", type}, {"status", isTrue ? "True" : "False"}, {"reason", reason}, {"message", message}});
}

std::int64_t revisionOf(const Value &set)
{
    return std::atoll(set.at({"metadata", "annotations", RevisionAnnotation}).text().c_str());
}

// As the deployment controller does; the others are each object's own.
void copyAnnotations(const Value &deployment, Value &annotations)
{
    constexpr std::array<std::string_view, 6> Own{"kubectl.kubernetes.io/last-applied-configuration",
                                                  RevisionAnnotation,
                                                  RevisionHistory,
                                                  "deployment.kubernetes.io/desired-replicas",
                                                  "deployment.kubernetes.io/max-replicas",
                                                  "deprecated.deployment.rollback.to"};
    for (const auto &[key, value] : deployment.at({"metadata", "annotations"}).members()) {
        if (std::find(Own.begin(), Own.end(), key) == Own.end())
            annotations.set(key, value);
    }
}

// All but the current one, by revision.
std::vector<ObjectPtr> olderOnes(const Value &current, std::vector<ObjectPtr> sets)
{
    std::erase_if(sets, [&](const ObjectPtr &set) { return keyOf(*set) == keyOf(current); });
    std::stable_sort(sets.begin(), sets.end(), [](const ObjectPtr &one, const ObjectPtr &other) {
        return revisionOf(*one) < revisionOf(*other);
    });
    return sets;
}

// A condition's times move only when it changes: an unchanged status must not be a new version.
void keepTimes(Value &conditions, const Value &before)
{
    for (Value &now : conditions.mutableItems()) {
        std::string time = utcText(false);
        for (const Value &known : before.items()) {
            if (known["type"].text() == now["type"].text() && known["status"].text() == now["status"].text())
                time = known["lastTransitionTime"].text();
        }
        now.set("lastUpdateTime", time);
        now.set("lastTransitionTime", time);
    }
}

} // namespace

WorkloadController::WorkloadController(asio::io_context &loop, Store &store)
    : m_store(store)
    , m_deploymentEvents(store, {"deployment-controller"})
    , m_replicaSetEvents(store, {"replicaset-controller"})
    , m_deployments(loop, [this](const ObjectKey &key) { reconcileDeployment(key); })
    , m_replicaSets(loop, [this](const ObjectKey &key) { reconcileReplicaSet(key); })
    , m_subscription(store.subscribe([this](const StoreEvent &event) { noteChange(event); }))
{
}

WorkloadController::~WorkloadController() { m_store.unsubscribe(m_subscription); }

void WorkloadController::noteChange(const StoreEvent &event)
{
    const std::string &plural = event.kind->plural;
    if (plural == "deployments" && event.kind->group == "apps")
        noteDeployment(*event.object);
    else if (plural == "replicasets" && event.kind->group == "apps")
        m_replicaSets.add(keyOf(*event.object));
    for (const Value &owner : event.object->at({"metadata", "ownerReferences"}).items()) {
        const ObjectKey key{event.object->at({"metadata", "namespace"}).text(), owner["name"].text()};
        if (owner["kind"].text() == "ReplicaSet")
            m_replicaSets.add(key);
        else if (owner["kind"].text() == "Deployment")
            m_deployments.add(key);
    }
}

void WorkloadController::noteDeployment(const Value &deployment)
{
    m_deployments.add(keyOf(deployment));
    if (namespaceOf(deployment) != "istio-system")
        return;
    // istiod may answer again: what its webhook held up is tried anew.
    for (const ObjectPtr &set : m_store.list(*m_store.find("apps", "replicasets"))) {
        if (set->at({"status", "replicas"}).toInteger() < set->at({"spec", "replicas"}).toInteger(1))
            m_replicaSets.add(keyOf(*set));
    }
}

std::vector<ObjectPtr> WorkloadController::ownedBy(const ResourceKind &kind, const Value &owner) const
{
    std::vector<ObjectPtr> owned = m_store.list(kind, owner.at({"metadata", "namespace"}).text());
    const std::string &uid = owner.at({"metadata", "uid"}).text();
    std::erase_if(owned, [&](const ObjectPtr &object) { return !isOwnedBy(*object, uid); });
    return owned;
}

// The newest revision is that of the template which holds: one that is taken again rises, with a note of what it was.
ObjectPtr WorkloadController::asNewest(const ObjectPtr &set, const Value &deployment, std::int64_t least)
{
    const std::int64_t before = revisionOf(*set);
    Value changed = *set;
    Value &annotations = changed.child("metadata").child("annotations");
    copyAnnotations(deployment, annotations);
    if (before < least)
        annotations.set(RevisionAnnotation, std::to_string(least));
    if (before > 0 && before < least) {
        std::string history = annotations[RevisionHistory].text();
        history.append(history.empty() ? "" : ",").append(std::to_string(before));
        annotations.set(RevisionHistory, history);
    }
    if (annotations == set->at({"metadata", "annotations"}))
        return set;
    return m_store.update(*m_store.find("apps", "replicasets"), std::move(changed)).value_or(nullptr);
}

ObjectPtr WorkloadController::currentReplicaSet(const Value &deployment, const std::vector<ObjectPtr> &sets)
{
    const Value &podTemplate = deployment.at({"spec", "template"});
    const std::string meaning = meaningOf(podTemplate);
    const std::string hash = shortHash(meaning);
    const std::string name = deployment.at({"metadata", "name"}).text() + "-" + hash;
    auto known = std::find_if(sets.begin(), sets.end(), [&](const ObjectPtr &set) {
        return meaningOf(set->at({"spec", "template"})) == meaning;
    });
    if (known == sets.end()) // its template was edited since: no other can have its name
        known = std::find_if(sets.begin(), sets.end(),
                             [&](const ObjectPtr &set) { return nameOf(*set) == name; });
    std::int64_t revision = 1;
    for (auto set = sets.begin(); set != sets.end(); ++set) {
        if (set != known)
            revision = std::max(revision, revisionOf(**set) + 1);
    }
    if (known != sets.end())
        return asNewest(*known, deployment, revision);
    Value set = Value::object({{"apiVersion", "apps/v1"}, {"kind", "ReplicaSet"}});
    Value labels = podTemplate.at({"metadata", "labels"});
    labels.set(HashLabel, hash);
    Value &metadata = set.child("metadata");
    metadata.set("name", name);
    metadata.set("namespace", deployment.at({"metadata", "namespace"}));
    metadata.set("labels", labels);
    Value &annotations = metadata.child("annotations");
    copyAnnotations(deployment, annotations);
    annotations.set(RevisionAnnotation, std::to_string(revision));
    metadata.child("ownerReferences").push(ownerReference("apps/v1", deployment));
    Value selector = deployment.at({"spec", "selector"});
    selector.child("matchLabels").set(HashLabel, hash);
    Value stamped = podTemplate;
    stamped.child("metadata").set("labels", labels);
    set.set("spec", Value::object({{"replicas", 0}, {"selector", selector}, {"template", stamped}}));
    return m_store.create(*m_store.find("apps", "replicasets"), std::move(set)).value_or(nullptr);
}

void WorkloadController::scale(const Value &deployment, const Value &replicaSet, std::int64_t replicas)
{
    const std::int64_t before = replicaSet.at({"spec", "replicas"}).toInteger();
    if (before == replicas)
        return;
    Value changed = replicaSet;
    changed.child("spec").set("replicas", replicas);
    if (m_store.update(*m_store.find("apps", "replicasets"), std::move(changed)))
        m_deploymentEvents.normal(deployment, "ScalingReplicaSet",
                                  std::string("Scaled ") + (replicas > before ? "up" : "down")
                                      + " replica set " + replicaSet.at({"metadata", "name"}).text()
                                      + " from " + std::to_string(before) + " to "
                                      + std::to_string(replicas));
}

void WorkloadController::rollOn(const Value &deployment, const Value &current,
                                const std::vector<ObjectPtr> &all)
{
    const std::vector<ObjectPtr> sets = olderOnes(current, all);
    const auto stateOf = [](const Value &set) {
        return RolloutSet{set.at({"spec", "replicas"}).toInteger(),
                          set.at({"status", "availableReplicas"}).toInteger()};
    };
    std::vector<RolloutSet> old;
    for (const ObjectPtr &set : sets)
        old.push_back(stateOf(*set));
    const std::int64_t wanted = deployment.at({"spec", "replicas"}).toInteger(1);
    const RolloutStep step =
        nextStep(stateOf(current), old, wanted, rolloutLimits(deployment.at({"spec", "strategy"}), wanted));
    scale(deployment, current, step.current);
    for (std::size_t i = 0; i < sets.size(); ++i)
        scale(deployment, *sets[i], step.old[i]);
}

// Once the roll-out is complete, as many as may be undone to are left.
void WorkloadController::forgetOldSets(const Value &deployment, const Value &current,
                                       const std::vector<ObjectPtr> &all)
{
    const std::int64_t wanted = deployment.at({"spec", "replicas"}).toInteger(1);
    const Value &limit = deployment.at({"spec", "revisionHistoryLimit"});
    std::int64_t replicas = 0;
    for (const ObjectPtr &set : all)
        replicas += set->at({"status", "replicas"}).toInteger();
    const Value &status = current["status"];
    const bool isComplete = status["replicas"].toInteger() == wanted
        && status["availableReplicas"].toInteger() == wanted && replicas == wanted;
    if (!isComplete || limit.isNull())
        return;
    const std::vector<ObjectPtr> old = olderOnes(current, all);
    const std::int64_t tooMany = std::int64_t(old.size()) - limit.toInteger();
    for (std::int64_t i = 0; i < tooMany; ++i) {
        const Value &set = *old[std::size_t(i)];
        const bool isIdle = set.at({"spec", "replicas"}).toInteger(1) == 0
            && set.at({"status", "replicas"}).toInteger() == 0 && !isDeleting(set);
        if (isIdle)
            (void)m_store.remove(*m_store.find("apps", "replicasets"), namespaceOf(set), nameOf(set));
    }
}

void WorkloadController::reconcileDeployment(const ObjectKey &key)
{
    const ObjectPtr deployment = m_store.get(*m_store.find("apps", "deployments"), key.first, key.second);
    if (!deployment || !deployment->at({"metadata", "deletionTimestamp"}).isNull())
        return;
    const ResourceKind &kind = *m_store.find("apps", "replicasets");
    const ObjectPtr current = currentReplicaSet(*deployment, ownedBy(kind, *deployment));
    if (!current)
        return;
    rollOn(*deployment, *current, ownedBy(kind, *deployment));
    const std::vector<ObjectPtr> sets = ownedBy(kind, *deployment);
    writeDeploymentStatus(*deployment, sets, current.get());
    forgetOldSets(*deployment, *current, sets);
}

void WorkloadController::writeDeploymentStatus(const Value &deployment, const std::vector<ObjectPtr> &sets,
                                               const Value *current)
{
    std::int64_t replicas = 0;
    std::int64_t ready = 0;
    for (const ObjectPtr &set : sets) {
        replicas += set->at({"status", "replicas"}).toInteger();
        ready += set->at({"status", "readyReplicas"}).toInteger();
    }
    const std::int64_t wanted = deployment.at({"spec", "replicas"}).toInteger(1);
    Value status =
        Value::object({{"observedGeneration", deployment.at({"metadata", "generation"}).toInteger(1)},
                       {"replicas", replicas},
                       {"updatedReplicas", current->at({"status", "replicas"}).toInteger()},
                       {"readyReplicas", ready},
                       {"availableReplicas", ready}});
    if (ready < wanted)
        status.set("unavailableReplicas", wanted - ready);
    const bool isAvailable =
        ready >= wanted - rolloutLimits(deployment.at({"spec", "strategy"}), wanted).unavailable;
    const bool complete =
        current->at({"status", "readyReplicas"}).toInteger() >= wanted && replicas == wanted;
    const std::string set = current->at({"metadata", "name"}).text();
    Value conditions = Value::array(
        {condition("Available", isAvailable,
                   isAvailable ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
                   isAvailable ? "Deployment has minimum availability."
                               : "Deployment does not have minimum availability."),
         condition("Progressing", true, complete ? "NewReplicaSetAvailable" : "ReplicaSetUpdated",
                   "ReplicaSet \"" + set
                       + (complete ? "\" has successfully progressed." : "\" is progressing."))});
    keepTimes(conditions, deployment.at({"status", "conditions"}));
    status.set("conditions", std::move(conditions));
    Value changed = deployment;
    changed.set("status", std::move(status));
    const Value &revision = current->at({"metadata", "annotations", RevisionAnnotation});
    if (!revision.isNull())
        changed.child("metadata").child("annotations").set(RevisionAnnotation, revision);
    (void)m_store.update(*m_store.find("apps", "deployments"), std::move(changed));
}

void WorkloadController::reconcileReplicaSet(const ObjectKey &key)
{
    const ObjectPtr set = m_store.get(*m_store.find("apps", "replicasets"), key.first, key.second);
    if (!set || !set->at({"metadata", "deletionTimestamp"}).isNull())
        return;
    const ResourceKind &podKind = *m_store.find("", "pods");
    std::vector<ObjectPtr> pods = ownedBy(podKind, *set);
    std::erase_if(pods, [](const ObjectPtr &pod) {
        return !pod->at({"metadata", "deletionTimestamp"}).isNull();
    });
    const auto wanted = std::size_t(std::max<std::int64_t>(0, set->at({"spec", "replicas"}).toInteger(1)));
    std::stable_partition(pods.begin(), pods.end(), [](const ObjectPtr &pod) { return isReady(*pod); });
    std::size_t made = std::min(pods.size(), wanted);
    while (made < wanted && createPod(*set)) // refused once, refused for all of them
        ++made;
    for (std::size_t i = wanted; i < pods.size(); ++i)
        removePod(*set, pods[i]->at({"metadata", "name"}).text());
    pods.resize(std::min(pods.size(), wanted));
    const auto ready =
        std::count_if(pods.begin(), pods.end(), [](const ObjectPtr &pod) { return isReady(*pod); });
    Value changed = *set;
    Value status = Value::object({{"replicas", std::int64_t(made)},
                                  {"fullyLabeledReplicas", std::int64_t(made)},
                                  {"observedGeneration", set->at({"metadata", "generation"}).toInteger(1)}});
    if (ready > 0) {
        status.set("readyReplicas", std::int64_t(ready));
        status.set("availableReplicas", std::int64_t(ready));
    }
    changed.set("status", std::move(status));
    (void)m_store.update(*m_store.find("apps", "replicasets"), std::move(changed));
}

bool WorkloadController::createPod(const Value &replicaSet)
{
    const Value &podTemplate = replicaSet.at({"spec", "template"});
    Value pod = Value::object({{"apiVersion", "v1"}, {"kind", "Pod"}});
    Value metadata = podTemplate["metadata"];
    metadata.erase("creationTimestamp");
    metadata.erase("name");
    metadata.set("generateName", replicaSet.at({"metadata", "name"}).text() + "-");
    metadata.set("namespace", replicaSet.at({"metadata", "namespace"}));
    metadata.set("ownerReferences", Value::array({ownerReference("apps/v1", replicaSet)}));
    pod.set("metadata", std::move(metadata));
    pod.set("spec", podTemplate["spec"]);
    pod.set("status", Value::object({{"phase", "Pending"}}));
    if (const auto refused = injectionTrouble(m_store, pod)) {
        m_replicaSetEvents.warning(replicaSet, "FailedCreate", "Error creating: " + refused->message);
        return false;
    }
    injectSidecar(m_store, pod);
    const auto created = m_store.create(*m_store.find("", "pods"), std::move(pod));
    if (created)
        m_replicaSetEvents.normal(replicaSet, "SuccessfulCreate", "Created pod: " + nameOf(**created));
    else
        m_replicaSetEvents.warning(replicaSet, "FailedCreate", "Error creating: " + created.error().message);
    return created.has_value();
}

void WorkloadController::removePod(const Value &replicaSet, const std::string &name)
{
    if (m_store.remove(*m_store.find("", "pods"), namespaceOf(replicaSet), name))
        m_replicaSetEvents.normal(replicaSet, "SuccessfulDelete", "Deleted pod: " + name);
}

} // namespace demo
