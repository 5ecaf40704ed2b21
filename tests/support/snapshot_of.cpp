// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/snapshot_of.h"

#include "edge/value.h"

#include <QHash>

using namespace Qt::StringLiterals;

namespace {

const QHash<QString, QString> &plurals()
{
    static const QHash<QString, QString> all{
        {u"Namespace"_s, u"namespaces"_s},
        {u"Pod"_s, u"pods"_s},
        {u"Service"_s, u"services"_s},
        {u"Deployment"_s, u"deployments"_s},
        {u"DaemonSet"_s, u"daemonsets"_s},
        {u"ConfigMap"_s, u"configmaps"_s},
        {u"Secret"_s, u"secrets"_s},
        {u"PeerAuthentication"_s, u"peerauthentications"_s},
        {u"AuthService"_s, u"authservices"_s},
        {u"RateLimitService"_s, u"ratelimitservices"_s},
        {u"LogService"_s, u"logservices"_s},
        {u"TracingService"_s, u"tracingservices"_s},
        {u"Filter"_s, u"filters"_s},
        {u"FilterPolicy"_s, u"filterpolicies"_s},
        {u"ConsulResolver"_s, u"consulresolvers"_s},
        {u"TCPMapping"_s, u"tcpmappings"_s},
        {u"AuthorizationPolicy"_s, u"authorizationpolicies"_s},
        {u"DestinationRule"_s, u"destinationrules"_s},
        {u"Sidecar"_s, u"sidecars"_s},
        {u"StatefulSet"_s, u"statefulsets"_s},
        {u"ServiceEntry"_s, u"serviceentries"_s},
        {u"EndpointSlice"_s, u"endpointslices"_s},
        {u"WorkloadEntry"_s, u"workloadentries"_s},
        {u"WorkloadGroup"_s, u"workloadgroups"_s},
        {u"MutatingWebhookConfiguration"_s, u"mutatingwebhookconfigurations"_s},
        {u"ValidatingWebhookConfiguration"_s, u"validatingwebhookconfigurations"_s},
        {u"APIService"_s, u"apiservices"_s},
        {u"CustomResourceDefinition"_s, u"customresourcedefinitions"_s},
        {u"Certificate"_s, u"certificates"_s},
        {u"CronJob"_s, u"cronjobs"_s},
        {u"Job"_s, u"jobs"_s},
        {u"GatewayClass"_s, u"gatewayclasses"_s},
        {u"Gateway"_s, u"gateways"_s},
        {u"HTTPRoute"_s, u"httproutes"_s},
        {u"NetworkPolicy"_s, u"networkpolicies"_s},
        {u"ServiceMonitor"_s, u"servicemonitors"_s},
        {u"PodMonitor"_s, u"podmonitors"_s},
        {u"Telemetry"_s, u"telemetries"_s},
        {u"Ingress"_s, u"ingresses"_s},
        {u"IngressClass"_s, u"ingressclasses"_s},
        {u"Mapping"_s, u"mappings"_s},
        {u"Host"_s, u"hosts"_s},
        {u"Listener"_s, u"listeners"_s},
        {u"TLSContext"_s, u"tlscontexts"_s},
        {u"Module"_s, u"modules"_s}};
    return all;
}

const QHash<QString, QString> &oldPlurals() // of Istio up to 1.4
{
    static const QHash<QString, QString> all{{u"MeshPolicy"_s, u"meshpolicies"_s},
                                             {u"Policy"_s, u"policies"_s}};
    return all;
}

QString member(const edge::Value &object, std::string_view key)
{
    return QString::fromStdString(object.at({"metadata", key}).text());
}

} // namespace

models::SnapshotInput inputOf(const QByteArray &yaml)
{
    models::SnapshotInput input;
    input.takenAt = QDateTime(QDate(2026, 11, 25), QTime(12, 0), Qt::UTC);
    for (const QString &plural : plurals())
        input.objects.insert(plural, {});
    const auto documents = edge::parseYaml(yaml.toStdString(), "world");
    if (!documents)
        qFatal("the world of this test is no YAML: %s", documents.error().message.c_str());
    for (const edge::Value &document : *documents) {
        const QString kind = QString::fromStdString(document["kind"].text());
        const QString plural = kind == "CustomResourceDefinition"_L1 // read by name only, so never as a whole
            ? u"customresourcedefinitions"_s
            : kind == "Endpoints"_L1 // read of clusters without EndpointSlices
                ? u"endpoints"_s
                : plurals().value(kind, oldPlurals().value(kind));
        if (plural.isEmpty())
            qFatal("no plural for kind %s", document["kind"].text().c_str());
        kube::Object object;
        object.nameSpace = member(document, "namespace");
        object.name = member(document, "name");
        object.creationTimestamp = member(document, "creationTimestamp");
        object.json = QByteArray::fromStdString(edge::toJson(document));
        input.objects[plural].append(object);
    }
    return input;
}

models::SnapshotInput withoutKind(models::SnapshotInput input, const QString &plural, kube::Error::Kind why)
{
    input.objects.remove(plural);
    input.unavailable.insert(
        plural,
        {why, why == kube::Error::Kind::Forbidden ? 403 : 404, {}, plural + u" is forbidden"_s, {}, 0});
    return input;
}

models::SnapshotInput oldMeshOf(const QByteArray &yaml)
{
    models::SnapshotInput input =
        withoutKind(inputOf(yaml), u"peerauthentications"_s, kube::Error::Kind::NotFound);
    for (const QString &plural : oldPlurals())
        input.objects[plural]; // read, also without an object
    return input;
}

std::shared_ptr<const models::Snapshot> snapshotOf(const QByteArray &yaml)
{
    return models::makeSnapshot(inputOf(yaml));
}

QByteArray edgeYaml()
{
    return R"(---
apiVersion: v1
kind: Namespace
metadata: {name: ambassador}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ambassador, namespace: ambassador, labels: {product: aes}}
spec:
  replicas: 1
  selector: {matchLabels: {service: ambassador}}
  template:
    metadata:
      annotations: {sidecar.istio.io/inject: 'false'}
      labels: {service: ambassador}
    spec:
      serviceAccountName: ambassador
      containers:
      - name: aes
        image: docker.io/datawire/aes:1.11.2
        env:
        - name: AMBASSADOR_NAMESPACE
          valueFrom: {fieldRef: {fieldPath: metadata.namespace}}
        ports: [{name: http, containerPort: 8080}, {name: https, containerPort: 8443}, {name: admin, containerPort: 8877}]
status: {readyReplicas: 1}
---
apiVersion: v1
kind: Pod
metadata:
  name: ambassador-5d4f8c7b9-x2x2x
  namespace: ambassador
  labels: {service: ambassador, pod-template-hash: 5d4f8c7b9}
  annotations: {sidecar.istio.io/inject: 'false'}
  ownerReferences: [{kind: ReplicaSet, name: ambassador-5d4f8c7b9, controller: true}]
spec:
  serviceAccountName: ambassador
  containers:
  - name: aes
    image: docker.io/datawire/aes:1.11.2
    ports: [{name: http, containerPort: 8080}, {name: https, containerPort: 8443}, {name: admin, containerPort: 8877}]
status:
  phase: Running
  podIP: 10.244.0.5
  conditions: [{type: Ready, status: 'True'}]
  containerStatuses: [{name: aes, ready: true}]
---
apiVersion: v1
kind: Service
metadata: {name: ambassador, namespace: ambassador}
spec:
  type: LoadBalancer
  clusterIP: 10.96.0.20
  selector: {service: ambassador}
  ports: [{name: http, port: 80, targetPort: http}, {name: https, port: 443, targetPort: https}]
---
apiVersion: v1
kind: Service
metadata: {name: ambassador-admin, namespace: ambassador, labels: {service: ambassador-admin}}
spec:
  clusterIP: 10.96.0.21
  selector: {service: ambassador}
  ports: [{name: ambassador-admin, port: 8877, targetPort: admin}]
)";
}

QByteArray edgeWithCertsYaml()
{
    QByteArray yaml = edgeYaml();
    yaml.replace("          valueFrom: {fieldRef: {fieldPath: metadata.namespace}}\n",
                 "          valueFrom: {fieldRef: {fieldPath: metadata.namespace}}\n"
                 "        - {name: AMBASSADOR_ISTIO_SECRET_DIR, value: /etc/istio-certs}\n"
                 "        volumeMounts: [{name: istio-certs, mountPath: /etc/istio-certs/}]\n");
    yaml.replace("status: {readyReplicas: 1}\n",
                 "      - name: istio-proxy\n        image: istio/proxyv2:1.10.0\n"
                 "        env: [{name: OUTPUT_CERTS, value: /etc/istio-certs}]\n"
                 "        volumeMounts: [{name: istio-certs, mountPath: /etc/istio-certs/}]\nstatus: "
                 "{readyReplicas: 1}\n");
    yaml.replace("status:\n  phase: Running",
                 "  - {name: istio-proxy, image: 'istio/proxyv2:1.10.0'}\nstatus:\n  phase: Running");
    return yaml;
}

QByteArray quoteYaml(bool sidecar)
{
    QByteArray yaml = R"(---
apiVersion: v1
kind: Namespace
metadata: {name: default, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: Service
metadata: {name: quote, namespace: default}
spec:
  clusterIP: 10.96.0.30
  selector: {app: quote}
  ports: [{name: http, port: 80, targetPort: 8000}, {name: https, port: 443, targetPort: 8000}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: quote, namespace: default}
spec:
  selector: {matchLabels: {app: quote}}
  template:
    metadata: {labels: {app: quote}}
    spec: {containers: [{name: backend, image: 'docker.io/datawire/quote:0.5.0'}]}
status: {readyReplicas: 1}
---
apiVersion: v1
kind: Pod
metadata:
  name: quote-6bc6b6bd5d-jctbh
  namespace: default
  labels: {app: quote, pod-template-hash: 6bc6b6bd5d}
  ownerReferences: [{kind: ReplicaSet, name: quote-6bc6b6bd5d, controller: true}]
spec:
  containers:
  - name: backend
    image: docker.io/datawire/quote:0.5.0
    ports: [{name: http, containerPort: 8000}]
  SIDECAR
status:
  phase: Running
  podIP: 10.244.0.7
  conditions: [{type: Ready, status: 'True'}]
)";
    yaml.replace("  SIDECAR\n", sidecar ? "  - {name: istio-proxy, image: 'istio/proxyv2:1.10.0'}\n" : "");
    return yaml;
}

QByteArray istioUpstreamYaml()
{
    return R"(---
apiVersion: getambassador.io/v2
kind: TLSContext
metadata: {name: istio-upstream, namespace: ambassador}
spec: {secret: istio-certs, alpn_protocols: istio}
)";
}
