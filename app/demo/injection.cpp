// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/injection.h"

#include "app/demo/pod_identity.h"

namespace demo {

namespace {

std::string istioImageTag(const Store &store)
{
    const ObjectPtr istiod = store.get(*store.find("apps", "deployments"), "istio-system", "istiod");
    if (!istiod)
        return "1.10.0";
    const auto &containers = istiod->at({"spec", "template", "spec", "containers"}).items();
    return containers.empty() ? "1.10.0" : imageTag(containers.front()["image"].text());
}

Value port(int number, const char *name)
{
    return Value::object({{"containerPort", number}, {"name", name}, {"protocol", "TCP"}});
}

Value proxyContainer(const std::string &tag)
{
    Value container = Value::object({{"name", "istio-proxy"}, {"image", "docker.io/istio/proxyv2:" + tag}});
    container.set("args",
                  Value::array({"proxy", "sidecar", "--domain", "$(POD_NAMESPACE).svc.cluster.local",
                                "--proxyLogLevel=warning", "--concurrency", "2"}));
    container.set("ports", Value::array({port(15090, "http-envoy-prom")}));
    container.set("readinessProbe",
                  Value::object({{"httpGet", Value::object({{"path", "/healthz/ready"}, {"port", 15021}})},
                                 {"periodSeconds", 2},
                                 {"failureThreshold", 30}}));
    return container;
}

} // namespace

bool wantsSidecar(const Store &store, const Value &pod)
{
    const std::string &home = pod.at({"metadata", "namespace"}).text();
    const Value &label = pod.at({"metadata", "labels", "sidecar.istio.io/inject"});
    const std::string &said = label.isString()
        ? label.text()
        : pod.at({"metadata", "annotations", "sidecar.istio.io/inject"}).text();
    if (said == "false" || containerNamed(pod, "istio-proxy"))
        return false;
    if (said == "true" && label.isString())
        return true;
    const ObjectPtr nameSpace = store.get(*store.find("", "namespaces"), {}, home);
    if (!nameSpace || !store.get(*store.find("apps", "deployments"), "istio-system", "istiod"))
        return false;
    const std::string &injection = nameSpace->at({"metadata", "labels", "istio-injection"}).text();
    return injection.empty() ? !nameSpace->at({"metadata", "labels", "istio.io/rev"}).text().empty()
                             : injection == "enabled";
}

void injectSidecar(const Store &store, Value &pod)
{
    if (!wantsSidecar(store, pod))
        return;
    const std::string tag = istioImageTag(store);
    Value &metadata = pod.child("metadata");
    metadata.child("annotations")
        .set("sidecar.istio.io/status",
             R"({"initContainers":["istio-init"],"containers":["istio-proxy"],"revision":"default"})");
    metadata.child("annotations").set("prometheus.io/scrape", "true");
    metadata.child("annotations").set("prometheus.io/port", "15020");
    metadata.child("annotations").set("prometheus.io/path", "/stats/prometheus");
    metadata.child("labels").set("security.istio.io/tlsMode", "istio");
    metadata.child("labels").set("istio.io/rev", "default");
    Value &spec = pod.child("spec");
    spec.child("initContainers")
        .push(Value::object(
            {{"name", "istio-init"},
             {"image", "docker.io/istio/proxyv2:" + tag},
             {"args", Value::array({"istio-iptables", "-p", "15001", "-z", "15006", "-u", "1337"})}}));
    spec.child("containers").push(proxyContainer(tag));
}

} // namespace demo
