// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/endpoints_controller.h"

#include "app/demo/object_meta.h"
#include "app/demo/pod_identity.h"

namespace demo {

namespace {

std::int64_t targetPort(const Value &servicePort, const Value &pod)
{
    const Value &target = servicePort["targetPort"];
    if (target.isNumber())
        return target.toInteger();
    if (!target.isString())
        return servicePort["port"].toInteger();
    for (const Value &container : pod.at({"spec", "containers"}).items()) {
        for (const Value &port : container["ports"].items()) {
            if (port["name"].text() == target.text())
                return port["containerPort"].toInteger();
        }
    }
    return 0;
}

Value reference(const Value &pod)
{
    return Value::object({{"kind", "Pod"},
                          {"namespace", pod.at({"metadata", "namespace"})},
                          {"name", pod.at({"metadata", "name"})},
                          {"uid", pod.at({"metadata", "uid"})}});
}

Value portsFor(const Value &service, const Value &pod, bool nameAlways)
{
    Value ports = Value::array();
    for (const Value &port : service.at({"spec", "ports"}).items()) {
        Value entry = Value::object();
        if (nameAlways || port["name"].isString())
            entry.set("name", port["name"].text());
        entry.set("port", targetPort(port, pod));
        entry.set("protocol", port["protocol"].isString() ? port["protocol"] : Value("TCP"));
        if (entry["port"].toInteger() != 0)
            ports.push(std::move(entry));
    }
    return ports;
}

std::vector<ObjectPtr> selected(const Store &store, const Value &service)
{
    const LabelMap selector = labelMap(service.at({"spec", "selector"}));
    std::vector<ObjectPtr> pods;
    for (const ObjectPtr &pod :
         store.list(*store.find("", "pods"), service.at({"metadata", "namespace"}).text())) {
        if (!selector.empty() && isSubset(selector, labelMap(pod->at({"metadata", "labels"})))
            && pod->at({"status", "podIP"}).isString())
            pods.push_back(pod);
    }
    return pods;
}

Value endpointsOf(const Value &service, const std::vector<ObjectPtr> &pods)
{
    Value subsets = Value::array();
    Value ready = Value::array();
    Value notReady = Value::array();
    for (const ObjectPtr &pod : pods)
        (isReady(*pod) ? ready : notReady)
            .push(Value::object({{"ip", pod->at({"status", "podIP"})},
                                 {"nodeName", pod->at({"spec", "nodeName"})},
                                 {"targetRef", reference(*pod)}}));
    if (!pods.empty()) {
        Value subset = Value::object();
        if (!ready.items().empty())
            subset.set("addresses", std::move(ready));
        if (!notReady.items().empty())
            subset.set("notReadyAddresses", std::move(notReady));
        subset.set("ports", portsFor(service, *pods.front(), false));
        subsets.push(std::move(subset));
    }
    return subsets;
}

Value sliceOf(const Value &service, const std::vector<ObjectPtr> &pods)
{
    Value endpoints = Value::array();
    for (const ObjectPtr &pod : pods) {
        const bool ready = isReady(*pod);
        endpoints.push(Value::object(
            {{"addresses", Value::array({pod->at({"status", "podIP"})})},
             {"conditions", Value::object({{"ready", ready}, {"serving", ready}, {"terminating", false}})},
             {"nodeName", pod->at({"spec", "nodeName"})},
             {"targetRef", reference(*pod)}}));
    }
    Value slice = Value::object({{"addressType", "IPv4"}, {"endpoints", std::move(endpoints)}});
    slice.set("ports", pods.empty() ? Value::array() : portsFor(service, *pods.front(), true));
    return slice;
}

} // namespace

EndpointsController::EndpointsController(asio::io_context &loop, Store &store)
    : m_store(store)
    , m_queue(loop, [this](const ObjectKey &key) { reconcile(key); })
    , m_subscription(store.subscribe([this](const StoreEvent &event) { noteChange(event); }))
{
}

EndpointsController::~EndpointsController() { m_store.unsubscribe(m_subscription); }

void EndpointsController::noteChange(const StoreEvent &event)
{
    if (!event.kind->group.empty())
        return;
    const std::string &home = event.object->at({"metadata", "namespace"}).text();
    if (event.kind->plural == "services")
        m_queue.add({home, event.object->at({"metadata", "name"}).text()});
    if (event.kind->plural != "pods")
        return;
    const LabelMap labels = labelMap(event.object->at({"metadata", "labels"}));
    for (const ObjectPtr &service : m_store.list(*m_store.find("", "services"), home)) {
        const LabelMap selector = labelMap(service->at({"spec", "selector"}));
        if (!selector.empty() && isSubset(selector, labels))
            m_queue.add({home, service->at({"metadata", "name"}).text()});
    }
}

void EndpointsController::put(const ResourceKind &kind, Value object)
{
    const ObjectPtr known = m_store.get(kind, object.at({"metadata", "namespace"}).text(),
                                        object.at({"metadata", "name"}).text());
    if (!known) {
        (void)m_store.create(kind, std::move(object));
        return;
    }
    Value changed = *known;
    for (const auto &[key, value] : object.members()) {
        if (key != "metadata")
            changed.set(key, value);
    }
    (void)m_store.update(kind, std::move(changed));
}

void EndpointsController::reconcile(const ObjectKey &key)
{
    const ResourceKind &endpointsKind = *m_store.find("", "endpoints");
    const ResourceKind &sliceKind = *m_store.find("discovery.k8s.io", "endpointslices");
    const ObjectPtr service = m_store.get(*m_store.find("", "services"), key.first, key.second);
    if (!service) {
        (void)m_store.remove(endpointsKind, key.first, key.second);
        (void)m_store.remove(sliceKind, key.first, key.second + "-demo1");
        return;
    }
    if (service->at({"spec", "selector"}).members().empty())
        return; // its endpoints are somebody else's
    const std::vector<ObjectPtr> pods = selected(m_store, *service);
    Value metadata = Value::object({{"name", key.second}, {"namespace", key.first}});
    if (service->at({"metadata", "labels"}).isObject())
        metadata.set("labels", service->at({"metadata", "labels"}));
    put(endpointsKind, Value::object({{"metadata", metadata}, {"subsets", endpointsOf(*service, pods)}}));
    Value slice = sliceOf(*service, pods);
    metadata.set("name", key.second + "-demo1");
    metadata.child("labels").set("kubernetes.io/service-name", key.second);
    metadata.set("ownerReferences", Value::array({ownerReference("v1", *service)}));
    slice.set("metadata", std::move(metadata));
    put(sliceKind, std::move(slice));
}

NamespaceController::NamespaceController(asio::io_context &loop, Store &store, const Authority &mesh,
                                         const Authority *cluster)
    : m_store(store)
    , m_mesh(mesh)
    , m_cluster(cluster)
    , m_queue(loop, [this](const std::string &name) { reconcile(name); })
    , m_subscription(store.subscribe([this](const StoreEvent &event) {
        if (event.kind->plural == "namespaces" && event.type == StoreEvent::Type::Added)
            m_queue.add(event.object->at({"metadata", "name"}).text());
    }))
{
    for (const ObjectPtr &known : store.list(*store.find("", "namespaces")))
        m_queue.add(known->at({"metadata", "name"}).text());
}

NamespaceController::~NamespaceController() { m_store.unsubscribe(m_subscription); }

void NamespaceController::giveConfigMap(const std::string &nameSpace, const std::string &name,
                                        const std::string &key, const std::string &text)
{
    Value map = Value::object({{"metadata", Value::object({{"name", name}, {"namespace", nameSpace}})}});
    map.set("data", Value::object({{key, text}}));
    (void)m_store.create(*m_store.find("", "configmaps"),
                         std::move(map)); // where it is there already: refused
}

void NamespaceController::reconcile(const std::string &name)
{
    if (m_cluster)
        giveConfigMap(name, "kube-root-ca.crt", "ca.crt", m_cluster->certificate());
    if (m_store.get(*m_store.find("apps", "deployments"), "istio-system", "istiod"))
        giveConfigMap(name, "istio-ca-root-cert", "root-cert.pem", m_mesh.certificate());
    (void)m_store.create(
        *m_store.find("", "serviceaccounts"),
        Value::object({{"metadata", Value::object({{"name", "default"}, {"namespace", name}})}}));
}

} // namespace demo
