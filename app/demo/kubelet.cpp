// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/kubelet.h"

#include "app/demo/api_status.h"
#include "app/demo/object_meta.h"

#include <algorithm>

namespace demo {

namespace {

constexpr std::chrono::milliseconds StartTime{60}; // from a pod's creation to its programs' start
constexpr std::chrono::milliseconds ReadinessPeriod{100};
constexpr std::chrono::milliseconds LeaseRenewal{10'000}; // a kubelet's own
constexpr const char *NodeName = "demo-node";

void setCondition(Value &conditions, const char *type, bool isTrue, const Value &before)
{
    std::string time = utcText(false);
    for (const Value &known : before.items()) {
        if (known["type"].text() == type && (known["status"].text() == "True") == isTrue)
            time = known["lastTransitionTime"].text();
    }
    conditions.push(Value::object({{"type", type},
                                   {"status", isTrue ? "True" : "False"},
                                   {"lastProbeTime", Value()},
                                   {"lastTransitionTime", time}}));
}

std::string pathOf(const std::string &container) { return "spec.containers{" + container + "}"; }

} // namespace

Kubelet::Kubelet(World &world)
    : m_world(world)
    , m_scheduler(world.store, {"default-scheduler"})
    , m_events(world.store, {"kubelet", NodeName})
    , m_queue(
          world.loop, [this](const ObjectKey &key) { sync(key); }, StartTime)
    , m_readiness(world.loop)
    , m_lease(world.loop)
    , m_subscription(world.store.subscribe([this](const StoreEvent &event) { noteChange(event); }))
{
    checkReadiness();
    m_lease.after(StartTime, [this] { renewLease(); });
}

Kubelet::~Kubelet() { stop(); }

void Kubelet::stop()
{
    if (m_subscription != 0)
        m_world.store.unsubscribe(std::exchange(m_subscription, 0));
    m_readiness.stop();
    m_lease.stop();
    for (auto &[key, pod] : m_pods)
        pod->stop();
}

void Kubelet::noteChange(const StoreEvent &event)
{
    if (!event.kind->group.empty() || event.kind->plural != "pods")
        return;
    const std::string &node = event.object->at({"spec", "nodeName"}).text();
    if (!node.empty() && node != NodeName)
        return; // another node's: nothing runs for it here
    const ObjectKey key{event.object->at({"metadata", "namespace"}).text(),
                        event.object->at({"metadata", "name"}).text()};
    const bool isEnding = !event.object->at({"metadata", "deletionTimestamp"}).isNull();
    if (event.type != StoreEvent::Type::Modified || isEnding || m_pods.count(key) == 0)
        m_queue.add(key);
}

RunningPod *Kubelet::find(const std::string &nameSpace, const std::string &name)
{
    const auto found = m_pods.find({nameSpace, name});
    return found == m_pods.end() ? nullptr : found->second.get();
}

bool Kubelet::allReady() const
{
    const auto pods = m_world.store.list(*m_world.store.find("", "pods"));
    return !pods.empty() && std::all_of(pods.begin(), pods.end(), [](const ObjectPtr &pod) {
        return isReady(*pod) || hasEnded(*pod);
    });
}

void Kubelet::sync(const ObjectKey &key)
{
    const ResourceKind &kind = *m_world.store.find("", "pods");
    const ObjectPtr pod = m_world.store.get(kind, key.first, key.second);
    const bool isEnding = pod && !pod->at({"metadata", "deletionTimestamp"}).isNull();
    if (pod && !isEnding && m_pods.count(key) == 0)
        return startPod(*pod);
    if (pod && !isEnding)
        return;
    if (const auto running = m_pods.find(key); running != m_pods.end()) {
        if (isEnding) {
            for (const Value &container : pod->at({"spec", "containers"}).items())
                m_events.normal(*pod, "Killing", "Stopping container " + container["name"].text(),
                                pathOf(container["name"].text()));
        }
        running->second->stop();
        m_ended.push_back(std::move(running->second));
        m_pods.erase(running);
    }
    if (isEnding) {
        RemoveOptions now;
        now.gracePeriodSeconds = 0;
        (void)m_world.store.remove(kind, key.first, key.second, false, now);
    }
    m_world.logs.forget(key.first, key.second);
}

void Kubelet::startPod(const Value &pod)
{
    const ObjectKey key{pod.at({"metadata", "namespace"}).text(), pod.at({"metadata", "name"}).text()};
    Value scheduled = pod;
    scheduled.child("spec").set("nodeName", NodeName);
    Value &status = scheduled.child("status");
    status.set("phase", "Pending");
    status.set("hostIP", NodeAddress);
    status.set("podIP", m_world.network.newPodAddress());
    status.set("podIPs", Value::array({Value::object({{"ip", status["podIP"]}})}));
    status.set("startTime", utcText(false));
    m_pods[key] = nullptr; // so that the event of this very update is not a new start
    const auto stored = m_world.store.update(*m_world.store.find("", "pods"), std::move(scheduled));
    if (!stored) {
        m_pods.erase(key);
        m_queue.add(key);
        return;
    }
    m_scheduler.normal(**stored, "Scheduled",
                       "Successfully assigned " + key.first + "/" + key.second + " to " + NodeName);
    auto running = std::make_unique<RunningPod>(m_world, *stored);
    running->changed = [this, key] { writeStatus(key); };
    running->start();
    m_pods[key] = std::move(running);
    writeStatus(key);
}

void Kubelet::writeStatus(const ObjectKey &key)
{
    const ResourceKind &kind = *m_world.store.find("", "pods");
    const ObjectPtr pod = m_world.store.get(kind, key.first, key.second);
    const RunningPod *running = find(key.first, key.second);
    if (!pod || !running)
        return;
    const bool ready = running->isReady();
    Value changed = *pod;
    Value &status = changed.child("status");
    const Value before = status["conditions"];
    Value conditions = Value::array();
    setCondition(conditions, "Initialized", true, before);
    setCondition(conditions, "Ready", ready, before);
    setCondition(conditions, "ContainersReady", ready, before);
    setCondition(conditions, "PodScheduled", true, before);
    status.set("phase", running->phase());
    status.set("conditions", std::move(conditions));
    status.set("containerStatuses", running->containerStatuses());
    if (const auto stored = m_world.store.update(kind, std::move(changed)))
        noteContainers(*pod, **stored);
}

// What has become of each container since the status before.
void Kubelet::noteContainers(const Value &before, const Value &after)
{
    const auto &statuses = after.at({"status", "containerStatuses"}).items();
    const auto &known = before.at({"status", "containerStatuses"}).items();
    for (std::size_t i = 0; i < statuses.size(); ++i) {
        const Value &now = statuses[i];
        const Value was = i < known.size() ? known[i] : Value();
        const std::string name = now["name"].text();
        const std::string reason = now.at({"state", "waiting", "reason"}).text();
        const bool isSame = reason == was.at({"state", "waiting", "reason"}).text()
            && now["restartCount"].toInteger() == was["restartCount"].toInteger() && was.isObject();
        if (isSame)
            continue;
        if (reason == "ImagePullBackOff") {
            m_events.warning(after, "Failed", "Error: ImagePullBackOff", pathOf(name));
            m_events.normal(after, "BackOff", "Back-off pulling image " + quoted(now["image"].text()),
                            pathOf(name));
        } else if (reason == "CrashLoopBackOff") {
            m_events.warning(after, "BackOff",
                             "Back-off restarting failed container " + name + " in pod " + nameOf(after) + "_"
                                 + namespaceOf(after) + "(" + uidOf(after) + ")",
                             pathOf(name));
        } else if (reason.empty() && (!was.isObject() || was["restartCount"] != now["restartCount"])) {
            m_events.normal(after, "Pulled",
                            "Container image " + quoted(now["image"].text()) + " already present on machine",
                            pathOf(name));
            m_events.normal(after, "Created", "Created container: " + name, pathOf(name));
            m_events.normal(after, "Started", "Started container " + name, pathOf(name));
        }
    }
}

// The sign of life of its node, as the node controller reads it; with the times of the node's conditions, which begin with it.
void Kubelet::renewLease()
{
    m_lease.after(LeaseRenewal, [this] { renewLease(); });
    const ResourceKind &nodes = *m_world.store.find("", "nodes");
    const ResourceKind *leases = m_world.store.find("coordination.k8s.io", "leases");
    const ObjectPtr node = m_world.store.get(nodes, {}, NodeName);
    if (!node || !leases)
        return;
    const std::string now = timeNow();
    const Value spec = Value::object({{"holderIdentity", NodeName},
                                      {"leaseDurationSeconds", 40},
                                      {"renewTime", now.substr(0, now.size() - 1) + ".000000Z"}});
    if (const ObjectPtr known = m_world.store.get(*leases, "kube-node-lease", NodeName)) {
        Value lease = *known;
        lease.set("spec", spec);
        (void)m_world.store.update(*leases, std::move(lease));
        return;
    }
    const Value owner = Value::object(
        {{"apiVersion", "v1"}, {"kind", "Node"}, {"name", NodeName}, {"uid", node->at({"metadata", "uid"})}});
    (void)m_world.store.create(*leases,
                               Value::object({{"apiVersion", "coordination.k8s.io/v1"},
                                              {"kind", "Lease"},
                                              {"metadata",
                                               Value::object({{"name", NodeName},
                                                              {"namespace", "kube-node-lease"},
                                                              {"ownerReferences", Value::array({owner})}})},
                                              {"spec", spec}}));
    Value begun = *node;
    Value conditions = Value::array();
    for (Value condition : node->at({"status", "conditions"}).items()) {
        for (const char *time : {"lastHeartbeatTime", "lastTransitionTime"}) {
            if (condition[time].isNull())
                condition.set(time, now);
        }
        conditions.push(std::move(condition));
    }
    begun.child("status").set("conditions", std::move(conditions));
    (void)m_world.store.update(nodes, std::move(begun));
}

void Kubelet::checkReadiness()
{
    m_ended.clear();
    std::vector<ObjectKey> keys;
    for (const auto &[key, pod] : m_pods)
        keys.push_back(key);
    for (const ObjectKey &key : keys)
        writeStatus(key); // an unchanged status is no new version
    m_readiness.after(ReadinessPeriod, [this] { checkReadiness(); });
}

} // namespace demo
