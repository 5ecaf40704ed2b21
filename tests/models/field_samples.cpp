// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/models/field_samples.h"

#include "tests/support/snapshot_of.h"

using namespace Qt::StringLiterals;

namespace {

QByteArray object(const QByteArray &version, const QByteArray &kind, const QByteArray &rest,
                  bool namespaced = true)
{
    return "apiVersion: " + version + "\nkind: " + kind + "\nmetadata: {name: z, "
        + (namespaced ? "namespace: default, " : "") + R"(uid: u, creationTimestamp: '2026-01-01T00:00:00Z',
  labels: {app: a, kubernetes.io/service-name: by-hand}, annotations: {a: b},
  ownerReferences: [{kind: ReplicaSet, name: a, controller: true}],
  managedFields: [{manager: kubectl, subresource: status}]}
)" + rest;
}

const QByteArray Selector =
    "{matchLabels: {app: a}, matchExpressions: [{key: a, operator: In, values: [b]}]}";
const QByteArray Handlers =
    "httpGet: {path: /, port: 80, host: a}, tcpSocket: {port: 80, host: a}, grpc: {port: 80}";
const QByteArray Reference = "{name: a, key: a, optional: true}";

QByteArray podSpec()
{
    const QByteArray container =
        "{name: a, image: a, command: [a], args: [a], env: [{name: A, value: a, valueFrom: "
        "{fieldRef: {fieldPath: metadata.namespace}, secretKeyRef: "
        + Reference + ", configMapKeyRef: " + Reference + "}}], envFrom: [{prefix: A, secretRef: " + Reference
        + ", configMapRef: " + Reference
        + "}], ports: [{name: a, containerPort: 80, hostPort: 80, protocol: TCP}], livenessProbe: {"
        + Handlers + "}, readinessProbe: {" + Handlers + "}, startupProbe: {" + Handlers
        + "}, lifecycle: {postStart: {" + Handlers + "}, preStop: {" + Handlers
        + "}}, securityContext: {runAsUser: 1, runAsGroup: 1}, restartPolicy: Always, volumeMounts: [{name: "
          "a, "
          "mountPath: /a}]}";
    return "{serviceAccountName: a, hostNetwork: false, securityContext: {runAsUser: 1, runAsGroup: 1}, "
           "containers: ["
        + container + "], initContainers: [" + container + "]}";
}

QByteArray hookClient()
{
    return "{url: 'https://a.default.svc/', caBundle: YQ==, service: {namespace: default, name: a, port: "
           "443}}";
}

QList<FieldSample> coreSamples()
{
    const QByteArray marks = "{labels: {a: b}, annotations: {a: b}}";
    const QByteArray workload = "spec: {replicas: 1, selector: {matchLabels: {a: b}}, template: {metadata: "
        + marks + ", spec: " + podSpec()
        + "}}\nstatus: {readyReplicas: 1, numberReady: 1, desiredNumberScheduled: 1}\n";
    const QByteArray conditions = "[{type: Ready, status: 'True', message: a}]";
    QList<FieldSample> all{
        {"Namespace", object("v1", "Namespace", "", false), u"namespaces"_s},
        {"Pod",
         object(
             "v1", "Pod",
             "spec: " + podSpec()
                 + "\nstatus: {phase: Running, podIP: 10.0.0.1, containerStatuses: [{name: a, ready: true}], "
                   "initContainerStatuses: [{name: a, ready: true}], conditions: "
                 + conditions + "}\n"),
         u"pods"_s}};
    for (const auto &[kind, plural] :
         {std::pair("Deployment", "deployments"), std::pair("DaemonSet", "daemonsets"),
          std::pair("StatefulSet", "statefulsets")})
        all.append({kind, object("apps/v1", kind, workload), QString::fromLatin1(plural)});
    all.append(
        {{"CronJob",
          object("batch/v1", "CronJob",
                 "spec: {schedule: '* * * * *', suspend: false, jobTemplate: {spec: {template: {metadata: "
                     + marks + "}}}}\n"),
          u"cronjobs"_s},
         {"Job",
          object("batch/v1", "Job",
                 "spec: {suspend: false, template: {metadata: " + marks
                     + "}}\nstatus: {conditions: " + conditions + "}\n"),
          u"jobs"_s},
         {"Service",
          object(
              "v1", "Service",
              "spec: {type: ClusterIP, clusterIP: 10.0.0.1, selector: {a: b}, externalName: a, externalIPs: "
              "[10.0.0.2], ports: [{name: a, port: 80, targetPort: 80, protocol: TCP, appProtocol: "
              "http}]}\n"),
          u"services"_s},
         {"Secret", object("v1", "Secret", "type: Opaque\ndata: {a: YQ==}\nstringData: {b: c}\n"),
          u"secrets"_s},
         {"ConfigMap", object("v1", "ConfigMap", "data: {a: b}\n"), u"configmaps"_s}});
    return all;
}

QList<FieldSample> networkSamples()
{
    const QByteArray byHand = "apiVersion: v1\nkind: Service\nmetadata: {name: by-hand, namespace: "
                              "default}\nspec: {ports: [{port: 80}]}\n";
    const QByteArray target = "targetRef: {kind: Pod, name: a, namespace: default}";
    const QByteArray backend =
        "{service: {name: a, port: {number: 80, name: a}}, serviceName: a, servicePort: 80}";
    return {
        {"EndpointSlice",
         object("discovery.k8s.io/v1", "EndpointSlice",
                "endpoints: [{addresses: [10.0.0.1], conditions: {ready: true}, " + target + "}]\n"),
         u"endpointslices"_s, byHand},
        {"Endpoints",
         object("v1", "Endpoints",
                "subsets: [{addresses: [{ip: 10.0.0.1, " + target + "}], notReadyAddresses: [{ip: 10.0.0.1, "
                    + target + "}]}]\n"),
         u"endpoints"_s},
        {"Ingress",
         object("networking.k8s.io/v1", "Ingress",
                "spec: {ingressClassName: a, defaultBackend: " + backend + ", backend: " + backend
                    + ", rules: [{http: {paths: [{backend: " + backend + "}]}}]}\n"),
         u"ingresses"_s},
        {"IngressClass", object("networking.k8s.io/v1", "IngressClass", "spec: {controller: a}\n", false),
         u"ingressclasses"_s},
        {"NetworkPolicy",
         object("networking.k8s.io/v1", "NetworkPolicy",
                "spec: {podSelector: " + Selector
                    + ", policyTypes: [Ingress], ingress: [{ports: [{port: 80, endPort: 81}], from: "
                      "[{podSelector: "
                    + Selector + ", namespaceSelector: " + Selector + ", ipBlock: {}}]}]}\n"),
         u"networkpolicies"_s},
    };
}

QList<FieldSample> platformSamples()
{
    const QByteArray webhooks =
        "webhooks: [{name: a, failurePolicy: Fail, clientConfig: " + hookClient() + "}]\n";
    return {
        {"MutatingWebhookConfiguration",
         object("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", webhooks, false),
         u"mutatingwebhookconfigurations"_s},
        {"ValidatingWebhookConfiguration",
         object("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", webhooks, false),
         u"validatingwebhookconfigurations"_s},
        {"CustomResourceDefinition",
         object("apiextensions.k8s.io/v1", "CustomResourceDefinition",
                "spec: {conversion: {webhook: {clientConfig: " + hookClient() + "}, webhookClientConfig: "
                    + hookClient() + "}, versions: [{name: v1, storage: true, served: true}]}\n",
                false),
         u"customresourcedefinitions"_s},
        {"APIService",
         object("apiregistration.k8s.io/v1", "APIService", "spec: " + hookClient() + "\n", false),
         u"apiservices"_s},
        {"Certificate",
         object("cert-manager.io/v1", "Certificate",
                "spec: {secretName: a, dnsNames: [a]}\nstatus: {notBefore: '2026-01-01T00:00:00Z', notAfter: "
                "'2026-01-01T00:00:00Z', renewalTime: '2026-01-01T00:00:00Z', conditions: [{type: Ready, "
                "status: "
                "'True', message: a}]}\n"),
         u"certificates"_s}};
}

QList<FieldSample> istioSamples()
{
    const QByteArray tls = "tls: {mode: SIMPLE, credentialName: a}";
    const QByteArray policy = "{" + tls + ", portLevelSettings: [{port: {number: 80}, " + tls + "}]}";
    const QByteArray networking = "networking.istio.io/v1beta1", security = "security.istio.io/v1beta1";
    return {
        {"PeerAuthentication",
         object(security, "PeerAuthentication",
                "spec: {selector: {matchLabels: {a: b}}, mtls: {mode: STRICT}, portLevelMtls: {'80': {mode: "
                "DISABLE}}}\n"),
         u"peerauthentications"_s},
        {"AuthorizationPolicy",
         object(security, "AuthorizationPolicy",
                "spec: {selector: {matchLabels: {a: b}}, action: DENY, targetRef: {}, targetRefs: [], rules: "
                "[{from: "
                "[{source: {principals: [a], notPrincipals: [a], namespaces: [a], notNamespaces: [a]}}], to: "
                "[], when: "
                "[]}]}\n"),
         u"authorizationpolicies"_s},
        {"DestinationRule",
         object(networking, "DestinationRule",
                "spec: {host: a, exportTo: ['*'], workloadSelector: {matchLabels: {a: b}}, trafficPolicy: "
                    + policy + ", subsets: [{name: a, labels: {a: b}, trafficPolicy: " + policy + "}]}\n"),
         u"destinationrules"_s},
        {"Sidecar",
         object(networking, "Sidecar",
                "spec: {workloadSelector: {labels: {a: b}}, egress: [{hosts: ['./*']}]}\n"),
         u"sidecars"_s},
        {"WorkloadEntry",
         object(networking, "WorkloadEntry",
                "spec: {address: 10.0.0.1, labels: {a: b}, serviceAccount: a}\n"),
         u"workloadentries"_s},
        {"WorkloadGroup",
         object(networking, "WorkloadGroup",
                "spec: {metadata: {labels: {a: b}}, template: {labels: {a: b}, serviceAccount: a}}\n"),
         u"workloadgroups"_s},
        {"ServiceEntry",
         object(networking, "ServiceEntry",
                "spec: {hosts: [a.b], exportTo: ['*'], location: MESH_INTERNAL, resolution: STATIC, "
                "workloadSelector: "
                "{labels: {a: b}}, ports: [{name: a, number: 80, targetPort: 80, protocol: HTTP}], "
                "endpoints: [{address: "
                "10.0.0.1, labels: {a: b}, serviceAccount: a}]}\n"),
         u"serviceentries"_s},
        {"Gateway of Istio",
         object(
             networking, "Gateway",
             "spec: {selector: {a: b}, servers: [{hosts: [a], tls: {mode: SIMPLE, credentialName: a}}]}\n"),
         u"gateways"_s},
        {"Telemetry",
         object("telemetry.istio.io/v1", "Telemetry",
                "spec: {selector: {matchLabels: {a: b}}, targetRef: {}, targetRefs: [], metrics: "
                "[{overrides: [{match: "
                "{mode: CLIENT, metric: REQUEST_COUNT, customMetric: a}, disabled: true, tagOverrides: "
                "{connection_security_policy: {operation: REMOVE}}}]}]}\n"),
         u"telemetries"_s},
        {"MeshPolicy",
         object("authentication.istio.io/v1alpha1", "MeshPolicy",
                "spec: {peers: [{mtls: {mode: STRICT}}], targets: [{name: a, ports: [{number: 80, name: "
                "a}]}]}\n",
                false),
         u"meshpolicies"_s},
        {"Policy",
         object("authentication.istio.io/v1alpha1", "Policy",
                "spec: {peers: [{mtls: {mode: STRICT}}], targets: [{name: a, ports: [{number: 80, name: "
                "a}]}]}\n"),
         u"policies"_s},
    };
}

QList<FieldSample> gatewaySamples()
{
    const QByteArray target = "kind: Service, namespace: default, name: a";
    const QByteArray backend = "{" + target + ", group: '', port: 80}";
    const QByteArray monitor =
        "{port: a, targetPort: 80, portNumber: 80, scheme: http, tlsConfig: {certFile: /a, cert: "
        "{}}}";
    const QByteArray version = "gateway.networking.k8s.io/v1";
    QList<FieldSample> all{
        {"GatewayClass", object(version, "GatewayClass", "spec: {controllerName: a}\n", false),
         u"gatewayclasses"_s},
        {"Gateway",
         object(version, "Gateway",
                "spec: {gatewayClassName: a, listeners: [{tls: {certificateRefs: [{" + target + "}]}}]}\n"),
         u"gateways"_s}};
    for (const auto &[kind, plural] :
         {std::pair("HTTPRoute", "httproutes"), std::pair("GRPCRoute", "grpcroutes"),
          std::pair("TCPRoute", "tcproutes"), std::pair("TLSRoute", "tlsroutes")})
        all.append({kind,
                    object(version, kind,
                           "spec: {parentRefs: [{" + target + "}], rules: [{backendRefs: [" + backend
                               + "], filters: [{requestMirror: {backendRef: " + backend + "}}]}]}\n"),
                    QString::fromLatin1(plural)});
    for (const auto &[kind, plural] :
         {std::pair("ServiceMonitor", "servicemonitors"), std::pair("PodMonitor", "podmonitors")})
        all.append({kind,
                    object("monitoring.coreos.com/v1", kind,
                           "spec: {selector: " + Selector
                               + ", namespaceSelector: {any: true, matchNames: [a]}, endpoints: [" + monitor
                               + "], podMetricsEndpoints: [" + monitor + "]}\n"),
                    QString::fromLatin1(plural)});
    return all;
}

} // namespace

QList<kube::Object> FieldSample::objects() const
{
    const auto parsed = edge::parseYaml(yaml.toStdString());
    if (!parsed || parsed->size() != 1)
        qFatal("a sample is no YAML of one object");
    kube::Object object;
    object.nameSpace = QString::fromStdString(parsed->front().at({"metadata", "namespace"}).text());
    object.name = QString::fromStdString(parsed->front().at({"metadata", "name"}).text());
    object.json = QByteArray::fromStdString(edge::toJson(parsed->front()));
    return {object};
}

models::SnapshotInput FieldSample::input() const
{
    models::SnapshotInput input = beside.isEmpty() ? models::SnapshotInput() : inputOf(beside);
    input.objects[plural] += objects();
    return input;
}

QList<FieldSample> fieldSamples()
{
    return coreSamples() + networkSamples() + platformSamples() + istioSamples() + gatewaySamples();
}
