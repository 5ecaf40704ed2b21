// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/injection.h"

#include "app/demo/api_status.h"
#include "app/demo/pod_identity.h"

namespace demo {

namespace {

ObjectPtr controlPlane(const Store &store) // istiod's Deployment, up to Istio 1.4 Pilot's
{
    const ResourceKind &deployments = *store.find("apps", "deployments");
    const ObjectPtr istiod = store.get(deployments, "istio-system", "istiod");
    return istiod ? istiod : store.get(deployments, "istio-system", "istio-pilot");
}

std::string istioImageTag(const Store &store)
{
    const ObjectPtr istiod = controlPlane(store);
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

// What the pod's annotations say of its proxy (facts integration-guide.md §2.4).
void obeyAnnotations(const Value &pod, Value &container)
{
    const Value &annotations = pod.at({"metadata", "annotations"});
    const auto config = edge::parseYaml(annotations["proxy.istio.io/config"].text());
    if (config && !config->empty()) {
        for (const auto &[name, value] : config->front()["proxyMetadata"].members())
            container.child("env").push(Value::object({{"name", name}, {"value", value}}));
    }
    const auto mounts = edge::parseJson(annotations["sidecar.istio.io/userVolumeMount"].text());
    for (const Value &mount : mounts ? mounts->items() : Value::Array())
        container.child("volumeMounts").push(mount);
}

// As Go's strconv.ParseBool reads it; nullopt: it is none.
std::optional<bool> parsedBool(std::string_view text)
{
    if (text == "1" || text == "t" || text == "T" || text == "true" || text == "TRUE" || text == "True")
        return true;
    if (text == "0" || text == "f" || text == "F" || text == "false" || text == "FALSE" || text == "False")
        return false;
    return {};
}

// The pod's own word, else the mesh's (enablePrometheusMerge), else yes.
bool mergesMetrics(const Store &store, const Value &annotations)
{
    if (const auto own = parsedBool(annotations["prometheus.istio.io/merge-metrics"].text()))
        return *own;
    const ObjectPtr mesh = store.get(*store.find("", "configmaps"), "istio-system", "istio");
    const auto config = mesh ? edge::parseYaml(mesh->at({"data", "mesh"}).text()) : std::vector<Value>();
    return !config || config->empty() || config->front()["enablePrometheusMerge"].toBool(true);
}

// istiod's applyPrometheusMerge (istio@1.10.0 pkg/kube/inject/webhook.go): who scrapes the pod gets the sidecar's metrics, which
// holds the application's among them where its annotations told of such.  A pod that is not to be scraped stays as it is.
void mergeMetrics(const Store &store, Value &pod, Value &proxy)
{
    Value &annotations = pod.child("metadata").child("annotations");
    if (!parsedBool(annotations["prometheus.io/scrape"].text()).value_or(true)
        || !mergesMetrics(store, annotations))
        return;
    Value told = Value::object();
    bool isAny = false;
    for (const char *field : {"scrape", "path", "port"}) { // as Go writes them, also empty ones
        const std::string &own = annotations[std::string("prometheus.io/") + field].text();
        told.set(field, own);
        isAny = isAny || !own.empty();
    }
    if (isAny && told["port"].text() != "15020")
        proxy.child("env").push(
            Value::object({{"name", "ISTIO_PROMETHEUS_ANNOTATIONS"}, {"value", edge::toJson(told)}}));
    annotations.set("prometheus.io/scrape", "true");
    annotations.set("prometheus.io/port", "15020");
    annotations.set("prometheus.io/path", "/stats/prometheus");
}

} // namespace

std::optional<StoreError> injectionTrouble(const Store &store, const Value &pod)
{
    const ResourceKind *kind = store.find("admissionregistration.k8s.io", "mutatingwebhookconfigurations");
    const ObjectPtr hooks = kind ? store.get(*kind, {}, "istio-sidecar-injector") : nullptr;
    const ObjectPtr istiod = controlPlane(store);
    if (!hooks || (*hooks)["webhooks"].items().empty() || !istiod
        || istiod->at({"spec", "replicas"}).toInteger(1) > 0 || !wantsSidecar(store, pod))
        return {};
    const Value &hook = (*hooks)["webhooks"].items().front();
    const Value &service = hook.at({"clientConfig", "service"});
    if (hook["failurePolicy"].text() == "Ignore")
        return {};
    const std::string port = std::to_string(service["port"].toInteger(443));
    const ObjectPtr at =
        store.get(*store.find("", "services"), service["namespace"].text(), service["name"].text());
    const std::string text = "failed calling webhook " + demo::quoted(hook["name"].text())
        + ": failed to call webhook: Post "
        + demo::quoted("https://" + service["name"].text() + "." + service["namespace"].text()
                       + ".svc:" + port + service["path"].text()
                       + "?timeout=" + std::to_string(hook["timeoutSeconds"].toInteger(10)) + "s")
        + ": dial tcp " + (at ? at->at({"spec", "clusterIP"}).text() : std::string()) + ":" + port
        + ": connect: connection refused";
    StoreError error{500, "InternalError", "Internal error occurred: " + text, {}};
    error.details = Value::object({{"causes", Value::array({Value::object({{"message", text}})})}});
    return error;
}

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
    if (!nameSpace || !controlPlane(store))
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
    metadata.child("labels").set("security.istio.io/tlsMode", "istio");
    metadata.child("labels").set("istio.io/rev", "default");
    Value &spec = pod.child("spec");
    spec.child("initContainers")
        .push(Value::object(
            {{"name", "istio-init"},
             {"image", "docker.io/istio/proxyv2:" + tag},
             {"args", Value::array({"istio-iptables", "-p", "15001", "-z", "15006", "-u", "1337"})}}));
    Value container = proxyContainer(tag);
    obeyAnnotations(pod, container);
    mergeMetrics(store, pod, container);
    spec.child("containers").push(std::move(container));
}

} // namespace demo
