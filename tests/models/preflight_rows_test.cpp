// SPDX-License-Identifier: GPL-3.0-or-later
// Every row of the preflight's table (facts mesh-security.md §2.3) with a world that has its fault and no other:
// exactly that row is found, and in a world that is ready none is.  A row without a fixture fails the test.
#include "tests/models/preflight_world.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace preflight_world;

namespace {

models::StrictTelemetry::Plaintext clearText(const QString &sourceNamespace, const QString &source)
{
    models::StrictTelemetry::Plaintext seen;
    seen.nameSpace = u"default"_s;
    seen.workload = u"quote"_s;
    seen.sourceNamespace = sourceNamespace;
    seen.sourceWorkload = source;
    seen.requests = 12;
    return seen;
}

struct Fixture
{
    const char *row;      // of the table
    QStringList expected; // what said() has more than in a world that is ready; "-X" less
    std::function<void(World &)> fault;
};

const QByteArray QuotePod = "  name: quote-6bc6b6bd5d-jctbh\n  namespace: default\n";

const QList<Fixture> &policyFixtures()
{
    static const QList<Fixture> fixtures{
        {"P1",
         {},
         [](World &) {}}, // the base of all: it stands in every report, see aReadyMeshSaysNothingMore
        {"P2",
         {u"P2 BLOCKER"_s},
         [](World &world) {
             world.add(policy("istio-system", "a", "{mtls: {mode: PERMISSIVE}}"))
                 .add(policy("istio-system", "b", "{mtls: {mode: STRICT}}", "2026-02-01T00:00:00Z"));
         }},
        {"P3",
         {u"P3 BLOCKER"_s},
         [](World &world) {
             world.add(policy("istio-system", "s",
                              "{selector: {matchLabels: {app: quote}}, mtls: {mode: STRICT}}"));
         }},
        {"P4",
         {u"P4 LIKELY"_s},
         [](World &world) {
             world.add(
                 policy("default", "p",
                        "{selector: {matchLabels: {app: quote}}, portLevelMtls: {80: {mode: PERMISSIVE}}}"));
         }},
        {"P5",
         {u"P5 LIKELY"_s},
         [](World &world) { world.add(policy("default", "default", "{mtls: {mode: PERMISSIVE}}")); }},
        {"P6",
         {u"-P11 INFO"_s, u"P6 BLOCKER"_s, u"P7 BLOCKER"_s},
         [](World &world) {
             world.add(policy("default", "default", "{mtls: {mode: DISABLE}}"));
             world.input.scope = {u"default"_s, u"quote"_s};
         }},
        {"P7",
         {u"P7 BLOCKER"_s},
         [](World &world) { world.add(policy("istio-system", "default", "{mtls: {mode: DISABLE}}")); }},
        {"P8",
         {u"P8 LIKELY"_s},
         [](World &world) {
             world.add(policy("default", "a", "{selector: {matchLabels: {app: quote}}}"))
                 .add(policy("default", "b",
                             "{selector: {matchLabels: {app: quote}}, portLevelMtls: {8000: {mode: STRICT}}}",
                             "2026-02-01T00:00:00Z"));
         }},
        {"P9",
         {u"P9 LIKELY"_s},
         [](World &world) {
             world.add("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: "
                       "istio-system}\ndata: {mesh: 'enableAutoMtls: false'}");
         }},
        {"P10",
         {u"P10 INFO"_s},
         [](World &world) {
             world.replace("  labels: {app: quote, pod-template-hash: 6bc6b6bd5d}",
                           "  labels: {app: quote, pod-template-hash: 6bc6b6bd5d, istio.io/rev: blue}");
             world.add(
                 podYaml("default", "second", TwoContainers, "labels: {app: second, istio.io/rev: green}"));
         }},
        {"P11",
         {u"C6 POSSIBLE"_s, u"-P11 INFO"_s, u"P11 INFO 2"_s},
         [](World &world) {
             world.add(podYaml("bare", "one", "containers: [{name: app, ports: [{containerPort: 9000}]}]"));
         }},
    };
    return fixtures;
}

const QList<Fixture> &clientFixtures()
{
    static const QList<Fixture> fixtures{
        {"C1",
         {u"C1 LIKELY"_s},
         [](World &world) {
             world.add(
                 "apiVersion: networking.istio.io/v1beta1\nkind: DestinationRule\nmetadata: {name: quote, "
                 "namespace: default}\nspec: {host: quote, trafficPolicy: {tls: {mode: DISABLE}}}");
         }},
        {"C2",
         {u"C2 LIKELY"_s, u"T1 LIKELY"_s},
         [](World &world) {
             world.add(podYaml("shop", "cart", TwoContainers))
                 .add("apiVersion: networking.istio.io/v1beta1\nkind: Sidecar\nmetadata: {name: default, "
                      "namespace: shop}\nspec: {egress: [{hosts: ['./*', 'istio-system/*']}]}");
             world.input.telemetry->plaintext = {clearText(u"shop"_s, u"cart"_s)};
         }},
        {"C3",
         {u"C3 LIKELY"_s},
         [](World &world) { world.input.telemetry->aroundRegistry = {clearText(u"shop"_s, u"cart"_s)}; }},
        {"C4",
         {u"C4 POSSIBLE"_s},
         [](World &world) {
             world.add(podYaml("shop", "cart", TwoContainers,
                               "annotations: {traffic.sidecar.istio.io/excludeOutboundPorts: '8000'}, "
                               "labels: {app: cart}"));
         }},
        {"C5",
         {u"C5 POSSIBLE"_s},
         [](World &world) {
             world.add(podYaml("shop", "cart", "initContainers: [{name: migrate}], " + TwoContainers));
         }},
        {"C6",
         {u"C6 POSSIBLE"_s},
         [](World &world) { world.add(podYaml("legacy", "report", "containers: [{name: app}]")); }},
        {"C7",
         {u"C7 POSSIBLE"_s},
         [](World &world) {
             world.add("apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: nightly, namespace: "
                       "legacy}\nspec: {schedule: '0 3 * * *', jobTemplate: {spec: {template: {spec: "
                       "{containers: [{name: job}]}}}}}");
         }},
        {"C8",
         {u"C8 LIKELY"_s},
         [](World &world) {
             world.input.telemetry->certificateSeconds->insert(u"default/quote-6bc6b6bd5d-jctbh"_s, -60);
         }},
    };
    return fixtures;
}

const QList<Fixture> &serverFixtures()
{
    static const QByteArray second = "apiVersion: v1\nkind: Pod\nmetadata: {name: quote-2, namespace: "
                                     "default, labels: {app: quote}}\nspec: {containers: [{name: app, ports: "
                                     "[{containerPort: 8000}]}]}\nstatus: {phase: Running}";
    static const QList<Fixture> fixtures{
        {"S1",
         {u"-P11 INFO"_s, u"P11 INFO 2"_s, u"S1 LIKELY"_s},
         [](World &world) {
             world.replace(QuotePod,
                           QuotePod
                               + "  annotations: {traffic.sidecar.istio.io/excludeInboundPorts: '8000'}\n");
             world.replace(", tls: istio-upstream}", "}");
         }},
        {"S2",
         {u"C6 POSSIBLE"_s, u"-P11 INFO"_s, u"P11 INFO 2"_s, u"S2 BLOCKER"_s},
         [](World &world) {
             world.replace("clusterIP: 10.96.0.30", "clusterIP: None")
                 .replace("ports: [{name: http, port: 80, targetPort: 8000}, {name: https, port: 443, "
                          "targetPort: 8000}]",
                          "ports: [{name: http, port: 8000}]");
             world.replace("service: 'quote:80'", "service: 'quote:8000'").add(second);
         }},
        {"S3",
         {u"P5 LIKELY"_s, u"S3 LIKELY"_s},
         [](World &world) {
             world.replace("clusterIP: 10.96.0.30", "clusterIP: None")
                 .replace("ports: [{name: http, port: 80, targetPort: 8000}, {name: https, port: 443, "
                          "targetPort: 8000}]",
                          "ports: [{name: http, port: 8000}, {name: raw, port: 9000}]");
             world.replace("service: 'quote:80'", "service: 'quote:8000'");
             world.replace("ports: [{name: http, containerPort: 8000}]\n  - {name: istio-proxy",
                           "ports: [{name: http, containerPort: 8000}, {name: raw, containerPort: 9000}]\n  "
                           "- {name: istio-proxy");
             world.add(
                 policy("default", "raw",
                        "{selector: {matchLabels: {app: quote}}, portLevelMtls: {9000: {mode: DISABLE}}}"));
         }},
        {"S4",
         {u"S4 POSSIBLE"_s},
         [](World &world) {
             world.replace("{name: https, port: 443, targetPort: 8000}]",
                           "{name: https, port: 443, targetPort: 8443}]");
         }},
        {"S5",
         {u"S5 LIKELY"_s},
         [](World &world) {
             world.add("apiVersion: networking.istio.io/v1beta1\nkind: WorkloadEntry\nmetadata: {name: vm, "
                       "namespace: default}\nspec: {address: 10.0.0.9, labels: {app: vm}}");
         }},
        {"S6",
         {u"S6 POSSIBLE"_s},
         [](World &world) {
             world.add(podYaml("default", "grpc", TwoContainers,
                               "annotations: {inject.istio.io/templates: grpc-agent}, labels: {app: grpc}"));
         }},
        {"K1",
         {u"K1 BLOCKER"_s},
         [](World &world) {
             world.replace("    ports: [{name: http, containerPort: 8000}]\n  - {name: istio-proxy",
                           "    ports: [{name: http, containerPort: 8000}]\n    readinessProbe: {httpGet: "
                           "{path: /health, port: http}}\n  - {name: istio-proxy");
         }},
        {"K2",
         {u"K2 BLOCKER"_s},
         [](World &world) {
             world.add("apiVersion: admissionregistration.k8s.io/v1\nkind: "
                       "MutatingWebhookConfiguration\nmetadata: {name: hook}\nwebhooks: [{name: "
                       "a.example.com, clientConfig: {service: {name: quote, namespace: default}}}]");
         }},
        {"K3",
         {u"K3 LIKELY"_s},
         [](World &world) { world.replace("clusterIP: 10.96.0.30", "type: NodePort"); }},
        {"K4",
         {u"K4 LIKELY"_s},
         [](World &world) {
             world.replace(
                 QuotePod,
                 QuotePod + "  annotations: {prometheus.io/scrape: 'true', prometheus.io/port: '8000'}\n");
         }},
    };
    return fixtures;
}

const QList<Fixture> &edgeFixtures()
{
    static const QList<Fixture> fixtures{
        {"E1",
         {u"-E11 INFO"_s, u"E1 BLOCKER"_s, u"E2 BLOCKER"_s},
         [](World &world) {
             world.yaml.replace(edgeWithCertsYaml(), edgeYaml());
             world.replace(istioUpstreamYaml(), "").replace(", tls: istio-upstream}", "}");
         }},
        {"E2", {u"E2 BLOCKER"_s}, [](World &world) { world.replace(", tls: istio-upstream}", "}"); }},
        {"E3",
         {u"E3 BLOCKER"_s, u"E4 BLOCKER"_s},
         [](World &world) {
             world.replace("name: istio-upstream, namespace: ambassador",
                           "name: istio-upstream, namespace: staging");
         }},
        {"E4",
         {u"E4 BLOCKER"_s},
         [](World &world) { world.replace("secret: istio-certs,", "secret: gone,"); }},
        {"E5",
         {u"E5 LIKELY"_s, u"R4 LIKELY"_s},
         [](World &world) { world.replace(", alpn_protocols: istio", ""); }},
        {"E6",
         {u"E6 BLOCKER"_s},
         [](World &world) {
             world.replace("quote:80", "quote").replace(", {name: https, port: 443, targetPort: 8000}", "");
         }},
        {"E7",
         {u"E7 BLOCKER"_s},
         [](World &world) {
             world.add("apiVersion: getambassador.io/v2\nkind: LogService\nmetadata: {name: log, namespace: "
                       "default}\nspec: {service: 'quote.default:80', driver: http, driver_config: {}}");
         }},
        {"E8",
         {u"E8 LIKELY"_s},
         [](World &world) {
             world.replace("  - {name: istio-proxy, image: 'istio/proxyv2:1.10.0'}\nstatus:\n  phase: "
                           "Running\n  podIP: 10.244.0.5",
                           "  - {name: istio-proxy, image: 'istio/proxyv2:1.10.0'}\n  - {name: "
                           "opa}\nstatus:\n  phase: Running\n  podIP: 10.244.0.5");
         }},
        {"E9",
         {u"E9 BLOCKER"_s},
         [](World &world) { world.proxies = {loaded(takenAt.addDays(-2), takenAt.addSecs(-60))}; }},
        {"E10",
         {u"E10 LIKELY"_s, u"E4 BLOCKER"_s},
         [](World &world) {
             world.replace("secret: istio-certs,", "secret: mesh.cert,");
             world.add("apiVersion: v1\nkind: Secret\nmetadata: {name: mesh.cert, namespace: "
                       "ambassador}\ntype: kubernetes.io/tls\ndata: {tls.crt: "
                       + root(u"Mesh"_s, takenAt.addYears(1)).toBase64() + ", tls.key: '{1704 bytes}'}");
         }},
        {"E11",
         {},
         [](World &) {}}, // the guide's edge has no captured port: it stands in the ready world, see there
    };
    return fixtures;
}

const QList<Fixture> &evidenceFixtures()
{
    static const QList<Fixture> fixtures{
        {"T1",
         {u"T1 LIKELY"_s},
         [](World &world) { world.input.telemetry->plaintext = {clearText({}, u"unknown"_s)}; }},
        {"T2", {u"T2 not checked"_s}, [](World &world) { world.input.telemetry->covered.clear(); }},
        {"T3", {u"T3 not checked"_s}, [](World &world) { world.input.telemetry->unreadable = 3; }},
        {"T4",
         {u"T4 not checked"_s},
         [](World &world) { world.input.telemetry->from = takenAt.addDays(-1); }},
        {"T5",
         {u"T5 LIKELY"_s},
         [](World &world) {
             world.input.telemetry->shadowDenied->insert(u"default/quote-6bc6b6bd5d-jctbh"_s, 4);
         }},
        {"X1",
         {u"X1 BLOCKER"_s},
         [](World &world) { world.add(rootMap("default", root(u"Mesh root"_s, takenAt.addDays(20)))); }},
        {"X2",
         {u"X2 BLOCKER 2"_s},
         [](World &world) {
             world.add(rootMap("default", root(u"Mesh root"_s, takenAt.addYears(3))))
                 .add(rootMap("shop", root(u"Other root"_s, takenAt.addYears(3))));
         }},
        {"X3",
         {u"X3 POSSIBLE"_s},
         [](World &world) {
             world.add("apiVersion: v1\nkind: Secret\nmetadata: {name: istio-remote-secret-west, namespace: "
                       "istio-system, labels: {istio/multiCluster: 'true'}}\ndata: {west: '{900 bytes}'}");
         }},
        {"X4", {u"X4 INFO"_s}, [](World &world) { world.replace("pilot:1.24.1", "pilot:1.23.1"); }},
        {"R1",
         {u"R1 BLOCKER"_s},
         [](World &world) {
             world.input.missingRights = QStringList{u"create peerauthentications in istio-system"_s};
         }},
        {"R2", {u"R2 BLOCKER"_s}, [](World &world) { world.input.dryRun = u"failed calling webhook"_s; }},
        {"R3",
         {u"R3 LIKELY"_s},
         [](World &world) {
             world.add("apiVersion: security.istio.io/v1beta1\nkind: PeerAuthentication\nmetadata: {name: "
                       "default, namespace: istio-system, annotations: {argocd.argoproj.io/tracking-id: "
                       "x}}\nspec: {mtls: {mode: PERMISSIVE}}");
         }},
        {"R4",
         {u"E5 LIKELY"_s, u"R4 LIKELY"_s},
         [](World &world) { world.replace(", alpn_protocols: istio", ""); }},
        {"R5",
         {u"R5 LIKELY"_s},
         [](World &world) {
             world.input.changedMeanwhile = QStringList{u"PeerAuthentication default/default"_s};
         }},
    };
    return fixtures;
}

QByteArray rule(const QByteArray &spec, const QByteArray &nameSpace = "default")
{
    return "apiVersion: networking.istio.io/v1beta1\nkind: DestinationRule\nmetadata: {name: quote, "
           "namespace: "
        + nameSpace + "}\nspec: " + spec;
}

QByteArray entry(const QByteArray &spec)
{
    return "apiVersion: networking.istio.io/v1beta1\nkind: ServiceEntry\nmetadata: {name: named, namespace: "
           "default}\nspec: {hosts: [quote.example.com], ports: [{number: 8000, name: http, protocol: "
           "HTTP}], "
        + spec + "}";
}

QByteArray edgeObject(const QByteArray &kind, const QByteArray &spec)
{
    return "apiVersion: getambassador.io/v2\nkind: " + kind
        + "\nmetadata: {name: other, namespace: default}\nspec: " + spec;
}

// A second installation, without a certificate of the mesh, that takes Mappings of its own id only.
QByteArray innerEdge()
{
    const QByteArray all = edgeYaml();
    const qsizetype begin = all.indexOf("apiVersion: apps/v1");
    QByteArray inner = all.mid(begin, all.indexOf("---", begin) - begin);
    inner.replace("namespace: ambassador", "namespace: inner");
    inner.replace("        - name: AMBASSADOR_NAMESPACE\n",
                  "        - {name: AMBASSADOR_ID, value: inner}\n        - name: AMBASSADOR_NAMESPACE\n");
    return inner;
}

// What a row says of neighbours of its fixture: what it must find as well, and what it must not.
const QList<Fixture> &closerFixtures()
{
    const auto undeclared = [](World &world, const QByteArray &probe) {
        world.add(podYaml("default", "probed", "containers: [{name: app" + probe + "}, {name: istio-proxy}]",
                          "labels: {app: probed}, annotations: {prometheus.io/scrape: 'true', "
                          "prometheus.io/port: '9102'}"));
    };
    static const QList<Fixture> fixtures{
        {"X3 clients of another cluster come in clear text",
         {u"X3 BLOCKER"_s},
         [](World &world) {
             world.input.telemetry->otherClusters = {{u"west"_s, false, 12, u"q"_s}};
         }},
        {"X3 they come by mutual TLS",
         {u"X3 INFO"_s},
         [](World &world) {
             world.input.telemetry->otherClusters = {{u"west"_s, true, 12, u"q"_s}};
         }},
        {"C1 whose clients were seen",
         {u"C1 BLOCKER"_s, u"T1 LIKELY"_s},
         [](World &world) {
             world.add(rule("{host: quote, trafficPolicy: {tls: {mode: DISABLE}}}"));
             world.input.telemetry->plaintext = {clearText(u"default"_s, u"cart"_s)};
         }},
        {"C1 not where the port says otherwise",
         {},
         [](World &world) {
             world.add(rule("{host: quote, trafficPolicy: {tls: {mode: DISABLE}, portLevelSettings: [{port: "
                            "{number: 80}, tls: {mode: ISTIO_MUTUAL}}, {port: {number: 443}, tls: {mode: "
                            "ISTIO_MUTUAL}}]}}"));
         }},
        {"C1 not of a port that the Service lacks",
         {},
         [](World &world) {
             world.add(rule("{host: quote, trafficPolicy: {portLevelSettings: [{port: {number: 9999}, tls: "
                            "{mode: DISABLE}}]}}"));
         }},
        {"C1 not for nobody",
         {},
         [](World &world) {
             world.add(rule("{host: quote.default, exportTo: ['.'], trafficPolicy: {tls: {mode: DISABLE}}}",
                            "empty"));
         }},
        {"K2 of a conversion",
         {u"K2 BLOCKER"_s},
         [](World &world) {
             world.add("apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: "
                       "{name: widgets.example.com}\nspec: {conversion: {strategy: Webhook, webhook: "
                       "{clientConfig: {service: {name: quote, namespace: default}}}}}");
         }},
        {"K2 of a Service whose pods a slice names",
         {u"K2 BLOCKER"_s},
         [](World &world) {
             world.add("apiVersion: v1\nkind: Service\nmetadata: {name: by-hand, namespace: default}\nspec: "
                       "{clusterIP: 10.96.0.99, ports: [{name: tcp-hook, port: 443, targetPort: 8000}]}");
             world.add("apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: by-hand-1, "
                       "namespace: default, labels: {kubernetes.io/service-name: by-hand}}\naddressType: "
                       "IPv4\nendpoints: [{addresses: [10.244.0.9], targetRef: {kind: Pod, name: "
                       "quote-6bc6b6bd5d-jctbh}}]\nports: [{name: tcp-hook, port: 8000}]");
             world.add("apiVersion: admissionregistration.k8s.io/v1\nkind: "
                       "MutatingWebhookConfiguration\nmetadata: {name: hook}\nwebhooks: [{name: "
                       "a.example.com, clientConfig: {service: {name: by-hand, namespace: default}}}]");
         }},
        {"K2 not of a slice that leads elsewhere",
         {},
         [](World &world) {
             world.add("apiVersion: v1\nkind: Service\nmetadata: {name: by-hand, namespace: default}\nspec: "
                       "{clusterIP: 10.96.0.99, ports: [{name: tcp-hook, port: 443, targetPort: 8000}]}");
             world.add("apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: by-hand-1, "
                       "namespace: default, labels: {kubernetes.io/service-name: by-hand}}\naddressType: "
                       "IPv4\nendpoints: [{addresses: [192.0.2.7]}]\nports: [{name: tcp-hook, port: 8000}]");
             world.add("apiVersion: admissionregistration.k8s.io/v1\nkind: "
                       "MutatingWebhookConfiguration\nmetadata: {name: hook}\nwebhooks: [{name: "
                       "a.example.com, clientConfig: {service: {name: by-hand, namespace: default}}}]");
         }},
        {"C1 of a host that a ServiceEntry gives to pods",
         {u"C1 LIKELY"_s},
         [](World &world) {
             world.add(entry("location: MESH_INTERNAL, workloadSelector: {labels: {app: quote}}"));
             world.add(rule("{host: quote.example.com, trafficPolicy: {tls: {mode: DISABLE}}}"));
         }},
        {"C1 not of one that is outside the mesh",
         {},
         [](World &world) {
             world.add(entry("workloadSelector: {labels: {app: quote}}"));
             world.add(rule("{host: quote.example.com, trafficPolicy: {tls: {mode: DISABLE}}}"));
         }},
        {"S5 of a machine that a ServiceEntry names",
         {u"S5 LIKELY"_s},
         [](World &world) {
             world.add(entry("location: MESH_INTERNAL, endpoints: [{address: 10.0.0.9}, {address: "
                             "10.0.0.10, serviceAccount: vm}]"));
         }},
        {"S5 not of one outside the mesh",
         {},
         [](World &world) { world.add(entry("endpoints: [{address: 10.0.0.9}]")); }},
        {"P10 of two control planes with other root namespaces",
         {u"P10 LIKELY"_s},
         [](World &world) {
             world.replace("  labels: {app: quote, pod-template-hash: 6bc6b6bd5d}",
                           "  labels: {app: quote, pod-template-hash: 6bc6b6bd5d, istio.io/rev: default}");
             world.add(
                 podYaml("default", "second", TwoContainers, "labels: {app: second, istio.io/rev: green}"));
             world.add("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: "
                       "istio-system}\ndata: {mesh: 'trustDomain: cluster.local'}");
             world.add("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio-green, namespace: "
                       "istio-green}\ndata: {mesh: 'trustDomain: cluster.local'}");
         }},
        {"K1 and K4 of ports that are declared nowhere",
         {u"K1 BLOCKER"_s, u"K4 LIKELY"_s},
         [undeclared](World &world) {
             undeclared(world, ", livenessProbe: {httpGet: {path: /, port: 9999}}");
         }},
        {"K1 not of a rewritten probe",
         {u"K4 LIKELY"_s},
         [undeclared](World &world) {
             undeclared(world, ", livenessProbe: {httpGet: {path: /app-health/app/livez, port: 15020}}");
         }},
        {"E2 of a TCPMapping without tls",
         {u"E2 BLOCKER"_s},
         [](World &world) { world.add(edgeObject("TCPMapping", "{port: 7000, service: 'quote:80'}")); }},
        {"E2 of one with no certificate",
         {u"E2 BLOCKER"_s},
         [](World &world) {
             world.add(edgeObject("TCPMapping", "{port: 7000, service: 'quote:80', tls: true}"));
         }},
        {"E2 of one that names no TLSContext",
         {u"E2 BLOCKER"_s},
         [](World &world) {
             world.add(edgeObject("TCPMapping", "{port: 7000, service: 'quote:80', tls: gone}"));
         }},
        {"E2 of an AuthService with https alone",
         {u"E2 BLOCKER"_s},
         [](World &world) {
             world.add(edgeObject("AuthService", "{auth_service: 'https://quote.default:80', proto: http}"));
         }},
        {"E2 of an AuthService with https, which goes to 443",
         {u"E2 BLOCKER"_s},
         [](World &world) {
             world.add(edgeObject("AuthService", "{auth_service: 'https://quote.default', proto: http}"));
         }},
        {"E2 not of an AuthService of the edge's own namespace",
         {},
         [](World &world) {
             world.add(edgeObject("AuthService", "{auth_service: 'quote:80', proto: http}"));
         }},
        {"E2 of an AuthService in an annotation",
         {u"E2 BLOCKER"_s},
         [](World &world) {
             world.add("apiVersion: v1\nkind: Service\nmetadata:\n  name: noted\n  namespace: ambassador\n  "
                       "annotations:\n    getambassador.io/config: |\n      apiVersion: "
                       "getambassador.io/v2\n      kind: "
                       "AuthService\n      name: noted\n      auth_service: quote.default:80\n      proto: "
                       "http\nspec: {ports: "
                       "[{port: 80, name: http}]}");
         }},
        {"E2 of a Mapping that gets copies",
         {u"E2 BLOCKER"_s},
         [](World &world) {
             world.add(
                 edgeObject("Mapping", "{prefix: /backend/, service: 'quote.default:80', shadow: true}"));
         }},
        {"E2 of an alias of the Service",
         {u"E2 BLOCKER"_s},
         [](World &world) {
             world
                 .add("apiVersion: v1\nkind: Service\nmetadata: {name: alias, namespace: default}\nspec: "
                      "{type: "
                      "ExternalName, externalName: quote.default.svc.cluster.local}")
                 .add(edgeObject("Mapping", "{prefix: /alias/, service: 'alias:80'}"));
         }},
        {"E2 not of an alias of something else",
         {},
         [](World &world) {
             world
                 .add("apiVersion: v1\nkind: Service\nmetadata: {name: alias, namespace: default}\nspec: "
                      "{type: "
                      "ExternalName, externalName: quote.example.com}")
                 .add(edgeObject("Mapping", "{prefix: /alias/, service: 'alias:80'}"));
         }},
        {"E2 of a TCPMapping with tls and no port",
         {u"E2 BLOCKER"_s},
         [](World &world) {
             world.add(edgeObject("TCPMapping", "{port: 7000, service: quote, tls: true}"));
         }},
        {"E7 of a tracer that Envoy does not know any more",
         {u"E7 BLOCKER"_s},
         [](World &world) {
             world.add(edgeObject("TracingService", "{service: 'quote.default:80', driver: lightstep}"));
         }},
        {"E7 not of a LogService that the edge does not use, for the first one counts",
         {},
         [](World &world) {
             world
                 .add("apiVersion: getambassador.io/v2\nkind: LogService\nmetadata: {name: a-first, "
                      "namespace: "
                      "default}\nspec: {service: 'logs.example.com:80', driver: http, driver_config: {}}")
                 .add("apiVersion: getambassador.io/v2\nkind: LogService\nmetadata: {name: b-second, "
                      "namespace: "
                      "default}\nspec: {service: 'quote.default:80', driver: http, driver_config: {}}");
         }},
        {"E8 of a Redis that the edge calls",
         {u"E8 LIKELY"_s},
         [](World &world) {
             world.replace("        - name: AMBASSADOR_NAMESPACE\n",
                           "        - {name: REDIS_URL, value: 'quote.default:80'}\n        - name: "
                           "AMBASSADOR_NAMESPACE\n");
         }},
        {"E8 not of a Redis without a sidecar",
         {},
         [](World &world) {
             world.replace("        - name: AMBASSADOR_NAMESPACE\n",
                           "        - {name: REDIS_URL, value: 'redis.elsewhere:6379'}\n        - name: "
                           "AMBASSADOR_NAMESPACE\n");
         }},
        {"E2 not of one with the mesh's certificate",
         {},
         [](World &world) {
             world.add(edgeObject("TCPMapping", "{port: 7000, service: 'quote:80', tls: istio-upstream}"));
         }},
        {"E2 not of another edge's",
         {},
         [](World &world) {
             world.add(
                 edgeObject("TCPMapping", "{port: 7000, service: 'quote:80', ambassador_id: [nobody]}"));
         }},
        {"E1 and E2 of the other edge",
         {u"E1 BLOCKER"_s, u"E2 BLOCKER"_s},
         [](World &world) {
             world.add(innerEdge());
             world.add("apiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: inner, namespace: "
                       "default}\nspec: {prefix: /inner/, service: 'quote:80', ambassador_id: [inner]}");
         }},
        {"C4 of a client that was seen",
         {u"C4 LIKELY"_s, u"T1 LIKELY"_s},
         [](World &world) {
             world.add(podYaml("shop", "cart", TwoContainers,
                               "annotations: {traffic.sidecar.istio.io/excludeOutboundPorts: '8000'}, "
                               "labels: {app: cart}"));
             world.input.telemetry->plaintext = {clearText(u"shop"_s, u"cart"_s)};
         }},
        {"S4 of a server that takes it",
         {u"S4 LIKELY"_s, u"T1 LIKELY"_s},
         [](World &world) {
             world.replace("{name: https, port: 443, targetPort: 8000}]",
                           "{name: https, port: 443, targetPort: 8443}]");
             world.input.telemetry->plaintext = {clearText({}, u"unknown"_s)};
         }},
        {"X1 of a workload's certificate that is not renewed",
         {u"X1 BLOCKER"_s},
         [](World &world) {
             models::ProxyCertificates own = loaded(takenAt.addSecs(-20 * 3600), takenAt.addSecs(4 * 3600));
             own.nameSpace = u"default"_s;
             own.pod = u"quote-6bc6b6bd5d-jctbh"_s;
             world.sidecars = {own};
         }},
        {"X1 not of one at half of its life",
         {},
         [](World &world) {
             models::ProxyCertificates own = loaded(takenAt.addSecs(-11 * 3600), takenAt.addSecs(13 * 3600));
             own.nameSpace = u"default"_s;
             own.pod = u"quote-6bc6b6bd5d-jctbh"_s;
             world.sidecars = {own};
         }},
        {"T2 of a dark target of a Mapping",
         {u"T2 not checked"_s},
         [](World &world) {
             world.input.coverageThreshold = 0;
             world.input.telemetry->covered.clear();
         }},
        {"T4 of a job that runs once a month",
         {u"C7 POSSIBLE"_s, u"T4 POSSIBLE"_s},
         [](World &world) {
             world.add("apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: monthly, namespace: "
                       "legacy}\nspec: {schedule: '0 3 1 * *', jobTemplate: {spec: {template: {spec: "
                       "{containers: [{name: job}]}}}}}");
         }},
        {"ambient pods are in the mesh",
         {},
         [](World &world) {
             world.add(
                 podYaml("default", "ambient", "containers: [{name: app, ports: [{containerPort: 9000}]}]",
                         "labels: {app: ambient}, annotations: {ambient.istio.io/redirection: enabled}"));
         }},
    };
    return fixtures;
}

QList<Fixture> allFixtures()
{
    return policyFixtures() + clientFixtures() + serverFixtures() + edgeFixtures() + evidenceFixtures();
}

} // namespace

class PreflightRowsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void everyRowOfTheTableHasAFixture()
    {
        QStringList fixtures;
        for (const Fixture &fixture : allFixtures())
            fixtures.append(QString::fromLatin1(fixture.row));
        QStringList rows;
        for (const models::PreflightCheck &check : reportOf(ready()).checks)
            rows.append(check.id);
        QCOMPARE(rows.size(), 54);
        QCOMPARE(fixtures, rows);
    }

    void aReadyMeshSaysNothingMore()
    {
        const models::PreflightReport report = reportOf(ready());
        QCOMPARE(said(report).join(u", "_s),
                 u"E11 INFO, P1 INFO, P11 INFO"_s); // P11 and E11: the guide's edge
        QCOMPARE(report.verdict, models::PreflightReport::Verdict::Go);
    }

    void eachFaultIsItsRowAndNothingElse_data()
    {
        QTest::addColumn<int>("index");
        const QList<Fixture> fixtures = allFixtures() + closerFixtures();
        for (int i = 0; i < fixtures.size(); ++i)
            QTest::newRow(fixtures[i].row) << i;
    }
    void eachFaultIsItsRowAndNothingElse()
    {
        QFETCH(int, index);
        const Fixture fixture = (allFixtures() + closerFixtures())[index];
        World world = ready();
        fixture.fault(world);
        QStringList expected = said(reportOf(ready()));
        for (const QString &one : fixture.expected) {
            if (one.startsWith(u'-'))
                expected.removeAll(one.mid(1));
            else
                expected.append(one);
        }
        expected.removeDuplicates();
        expected.sort();
        const models::PreflightReport report = reportOf(world);
        QCOMPARE(said(report).join(u", "_s), expected.join(u", "_s));
        for (const models::PreflightRow &row : report.rows) {
            QVERIFY2(!row.message.isEmpty(), qPrintable(row.check));
            QVERIFY2(row.level == models::PreflightLevel::Info || !row.remedy.isEmpty(),
                     qPrintable(row.check + u" has no remedy"_s));
        }
    }

    // What a row proposes must mend it: the patched object has no row any more, and no other fault.
    void thePatchOfE2MendsIt_data()
    {
        QTest::addColumn<QByteArray>("service");
        QTest::addColumn<QByteArray>("patch");
        QTest::newRow("a port") << QByteArray("quote:80")
                                << QByteArray(R"({"spec":{"tls":"istio-upstream"}})");
        QTest::newRow("no port, which tls would send to 443")
            << QByteArray("quote") << QByteArray(R"({"spec":{"tls":"istio-upstream","service":"quote:80"}})");
    }
    void thePatchOfE2MendsIt()
    {
        QFETCH(QByteArray, service);
        QFETCH(QByteArray, patch);
        World world = ready();
        world.add(edgeObject("Mapping", "{prefix: /other/, service: '" + service + "'}"));
        const models::PreflightReport report = reportOf(world);
        const auto row = std::find_if(report.rows.begin(), report.rows.end(),
                                      [](const auto &one) { return one.check == "E2"_L1; });
        QVERIFY(row != report.rows.end());
        QCOMPARE(row->subject.name, u"other"_s);
        QCOMPARE(row->patch, patch);
        const auto parsed = edge::parseJson(patch.toStdString());
        World mended = ready();
        mended.add(edgeObject("Mapping",
                              "{prefix: /other/, service: '"
                                  + QByteArray::fromStdString(parsed->at({"spec", "service"}).isString()
                                                                  ? parsed->at({"spec", "service"}).text()
                                                                  : service.toStdString())
                                  + "', tls: istio-upstream}"));
        QCOMPARE(said(reportOf(mended)), said(reportOf(ready())));
    }

    // The API server knows nothing of a Mapping that is made of an Ingress: who reads the row finds the Ingress.
    void anIngressIsNamedAsItIs()
    {
        World world = ready();
        world.add(
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: door, namespace: default, "
            "annotations: {kubernetes.io/ingress.class: ambassador}}\nspec: {rules: [{http: {paths: [{path: "
            "/in/, "
            "pathType: Prefix, backend: {service: {name: quote, port: {number: 80}}}}]}}]}");
        const models::PreflightReport report = reportOf(world);
        const auto row = std::find_if(report.rows.begin(), report.rows.end(),
                                      [](const auto &one) { return one.check == "E2"_L1; });
        QVERIFY(row != report.rows.end());
        QCOMPARE(row->subject, (models::ObjectRef{u"Ingress"_s, u"default"_s, u"door"_s}));
        QVERIFY(row->patch.isEmpty());
        QVERIFY2(row->remedy.contains(u"write a Mapping"_s), qPrintable(row->remedy));
    }

    void aScopeThatIsNotThereIsNoGo_data()
    {
        QTest::addColumn<models::StrictScope>("scope");
        QTest::addColumn<models::PreflightReport::Verdict>("verdict");
        QTest::addColumn<QString>("reason");
        using Verdict = models::PreflightReport::Verdict;
        QTest::newRow("the mesh") << models::StrictScope() << Verdict::Go << QString();
        QTest::newRow("a namespace") << models::StrictScope{u"default"_s, {}} << Verdict::Go << QString();
        QTest::newRow("no such namespace")
            << models::StrictScope{u"defalt"_s, {}} << Verdict::Unknown << u"there is no namespace defalt"_s;
        QTest::newRow("a workload") << models::StrictScope{u"default"_s, u"quote"_s} << Verdict::Go
                                    << QString();
        QTest::newRow("no such workload") << models::StrictScope{u"default"_s, u"qoute"_s} << Verdict::Unknown
                                          << u"no pod of a workload qoute"_s;
    }
    void aScopeThatIsNotThereIsNoGo()
    {
        QFETCH(models::StrictScope, scope);
        QFETCH(models::PreflightReport::Verdict, verdict);
        QFETCH(QString, reason);
        World world = ready();
        world.input.scope = scope;
        const models::PreflightReport report = reportOf(world);
        QCOMPARE(models::verdictName(report.verdict), models::verdictName(verdict));
        QVERIFY2(report.reason.contains(reason), qPrintable(report.reason));
    }

    // Found by a switch that broke somebody: the object that selects the workload selects another, which the edge calls in clear text.
    void whoBecomesStrictAlongIsJudgedToo_data()
    {
        QTest::addColumn<QByteArray>("selector");
        QTest::addColumn<QString>("verdict");
        QTest::newRow("of both") << QByteArray("{tier: front}") << u"NO-GO"_s;
        QTest::newRow("of the one alone") << QByteArray("{app: quote}") << u"GO"_s;
    }
    void whoBecomesStrictAlongIsJudgedToo()
    {
        QFETCH(QByteArray, selector);
        QFETCH(QString, verdict);
        World world = ready();
        world.replace("labels: {app: quote, pod-template-hash",
                      "labels: {app: quote, tier: front, pod-template-hash");
        world.add(podYaml("default", "price", TwoContainers, "labels: {app: price, tier: front}"))
            .add("apiVersion: v1\nkind: Service\nmetadata: {name: price, namespace: default}\nspec: "
                 "{selector: {app: "
                 "price}, ports: [{port: 80, name: http, targetPort: 8000}]}")
            .add(edgeObject("Mapping", "{prefix: /price/, service: 'price:80'}"))
            .add(policy("default", "front",
                        "{selector: {matchLabels: " + selector + "}, mtls: {mode: PERMISSIVE}}"));
        world.input.scope = {u"default"_s, u"quote"_s};
        world.input.telemetry->covered.insert(u"default/price"_s);
        const models::PreflightReport report = reportOf(world);
        QCOMPARE(models::verdictName(report.verdict), verdict);
        QCOMPARE(said(report).contains(u"E2 BLOCKER"_s), verdict == "NO-GO"_L1);
        QStringList messages;
        for (const models::PreflightRow &row : report.rows)
            messages.append(row.message);
        QCOMPARE(messages.join(u'\n').contains(u"default/price"_s), verdict == "NO-GO"_L1);
    }

    void theRootNamespaceIsTheMesh()
    {
        World world = ready();
        world.replace(", tls: istio-upstream}", "}");
        world.input.scope = {u"istio-system"_s, {}};
        const models::PreflightReport report = reportOf(world);
        QCOMPARE(models::verdictName(report.verdict), u"NO-GO"_s);
    }

    // A4: the breakages of §2.1 by the rows that see them; those without a row say where they are told instead.
    void a4EveryKnownBreakageHasItsRow_data()
    {
        QTest::addColumn<QString>("row");
        const QList<std::pair<const char *, const char *>> rows{
            {"B1 clients without a sidecar", "T1"},
            {"B2 the edge without a certificate", "E1"},
            {"B3 load balancers to pods", "K3"},
            {"B4 probes", "K1"},
            {"B6 scrapes", "K4"},
            {"B7 mesh certificates without ALPN", "R4"},
            {"B8 headless", "S2"},
            {"B9 unknown destinations", "C2"},
            {"B10 init containers", "C5"},
            {"B11 jobs", "C7"},
            {"B12 webhooks", "K2"},
            {"B13 excluded ports", "S1"},
            {"B14 outbound around the sidecar", "C4"},
            {"B15 DestinationRules", "C1"},
            {"B16 ports of Services in portLevelMtls", "P4"},
            {"B17 DISABLE to STRICT", "P7"},
            {"B18 machines", "S5"},
            {"B19 other clusters", "X3"},
            {"B20 hostNetwork", "P11"},
            {"B22 the edge's helpers", "E7"},
            {"B25 no port with TLS", "E6"}};
        for (const auto &[breakage, row] : rows)
            QTest::newRow(breakage) << QString::fromLatin1(row);
    }
    void a4EveryKnownBreakageHasItsRow()
    {
        QFETCH(QString, row);
        const QList<Fixture> fixtures = allFixtures();
        const auto fixture = std::find_if(fixtures.begin(), fixtures.end(),
                                          [&](const Fixture &one) { return row == QLatin1String(one.row); });
        QVERIFY(fixture != fixtures.end());
        World world = ready();
        fixture->fault(world);
        const models::PreflightReport report = reportOf(world);
        const auto found = std::find_if(report.rows.begin(), report.rows.end(),
                                        [&](const models::PreflightRow &one) { return one.check == row; });
        QVERIFY(found != report.rows.end());
        QVERIFY2(!found->message.isEmpty()
                     && (!found->path.isEmpty() || !found->evidence.isEmpty() || !found->value.isEmpty()),
                 "a row names its field or its evidence");
    }

    // What it stops is said by its kind, and louder where more than its own objects hang on it.
    void aCallOfTheApiServerSaysWhatItStops_data()
    {
        QTest::addColumn<QByteArray>("object");
        QTest::addColumn<QString>("service");
        QTest::addColumn<QString>("said");
        QTest::addColumn<bool>("isCritical");
        const QByteArray conversion =
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: "
            "mappings.getambassador.io}\nspec: {conversion: {webhook: {clientConfig: {service: {name: NAME, "
            "namespace: default}}}}}";
        QTest::newRow("a conversion") << conversion << u"quote"_s << u"neither read nor written"_s << false;
        QTest::newRow("the edge's") << conversion << u"emissary-apiext"_s << u"neither read nor written"_s
                                    << true;
        QTest::newRow("an aggregated API")
            << QByteArray("apiVersion: apiregistration.k8s.io/v1\nkind: APIService\nmetadata: {name: "
                          "v1beta1.metrics.k8s.io}\nspec: {service: {name: NAME, namespace: default}}")
            << u"quote"_s << u"everything of v1beta1.metrics.k8s.io"_s << false;
        QTest::newRow("a webhook that may fail") << QByteArray(
            "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: "
            "{name: hook}\nwebhooks: [{name: a.example.com, failurePolicy: Ignore, clientConfig: {service: "
            "{name: NAME, namespace: default}}}]")
                                                 << u"kyverno-svc"_s << u"silently be left out"_s << true;
    }
    void aCallOfTheApiServerSaysWhatItStops()
    {
        QFETCH(QByteArray, object);
        QFETCH(QString, service);
        QFETCH(QString, said);
        QFETCH(bool, isCritical);
        World world = ready();
        if (service != "quote"_L1)
            world.add("apiVersion: v1\nkind: Service\nmetadata: {name: " + service.toUtf8()
                      + ", namespace: default}\nspec: {selector: {app: quote}, ports: [{name: https, port: "
                        "443, targetPort: 8000}]}");
        world.add(QByteArray(object).replace("NAME", service.toUtf8()));
        const models::PreflightReport report = reportOf(world);
        const auto row = std::find_if(report.rows.begin(), report.rows.end(),
                                      [](const auto &one) { return one.check == "K2"_L1; });
        QVERIFY(row != report.rows.end());
        const QString evidence = row->evidence.join(u'\n');
        QVERIFY2(evidence.contains(said), qPrintable(evidence));
        QCOMPARE(evidence.contains(u"CRITICAL"_s), isCritical);
    }

    void b5GrpcProbesAreProbesToo()
    {
        World world = ready();
        world.replace("    ports: [{name: http, containerPort: 8000}]\n  - {name: istio-proxy",
                      "    ports: [{name: http, containerPort: 8000}]\n    livenessProbe: {grpc: {port: "
                      "8000}}\n  - {name: istio-proxy");
        QVERIFY(said(reportOf(world)).contains(u"K1 BLOCKER"_s));
    }

    void b20HostNetworkIsNeverEnforced()
    {
        World world = ready();
        world.add(podYaml("default", "agent",
                          "hostNetwork: true, containers: [{name: agent, ports: [{containerPort: 9100}]}]"));
        const models::PreflightReport report = reportOf(world);
        QVERIFY(std::any_of(report.rows.begin(), report.rows.end(), [](const auto &row) {
            return row.check == "P11"_L1 && row.message.contains("hostNetwork"_L1);
        }));
    }

    // What could not be read is said with its reason, and how to make it readable.
    void whatCannotBeReadSaysWhy_data()
    {
        QTest::addColumn<QString>("check");
        QTest::addColumn<QString>("missing");
        QTest::addColumn<QString>("why");
        QTest::newRow("K2, webhooks")
            << u"K2"_s << u"mutatingwebhookconfigurations"_s << u"mutatingwebhookconfigurations"_s;
        QTest::newRow("K2, conversions")
            << u"K2"_s << u"customresourcedefinitions"_s << u"customresourcedefinitions"_s;
        QTest::newRow("C2") << u"C2"_s << u"sidecars"_s << u"sidecars"_s;
        QTest::newRow("S5") << u"S5"_s << u"workloadentries"_s << u"workloadentries"_s;
        QTest::newRow("S5, entries") << u"S5"_s << u"serviceentries"_s << u"serviceentries"_s;
        QTest::newRow("X3") << u"X3"_s << u"secrets"_s << u"istio/multiCluster"_s;
        QTest::newRow("X4") << u"X4"_s << u"deployments"_s << u"deployments"_s;
        QTest::newRow("C8, no metric") << u"C8"_s << u"certificateSeconds"_s << u"scrape port 15020"_s;
        QTest::newRow("E9, not asked") << u"E9"_s << u"loaded"_s << u"pods/portforward"_s;
        QTest::newRow("R5, not read again") << u"R5"_s << u"changedMeanwhile"_s << u"a second time"_s;
    }
    void whatCannotBeReadSaysWhy()
    {
        QFETCH(QString, check);
        QFETCH(QString, missing);
        QFETCH(QString, why);
        World world = ready();
        if (missing == "certificateSeconds"_L1)
            world.input.telemetry->certificateSeconds.reset();
        else if (missing == "loaded"_L1)
            world.proxies.clear();
        else if (missing == "changedMeanwhile"_L1)
            world.input.changedMeanwhile.reset();
        else
            world.without = missing;
        for (const models::PreflightCheck &one : reportOf(world).checks) {
            if (one.id != check)
                continue;
            QCOMPARE(one.state, models::PreflightCheck::State::NotChecked);
            QVERIFY2(one.why.contains(why), qPrintable(one.why));
        }
    }

    void aClientThatKnowsTheHostIsNoC2_data()
    {
        QTest::addColumn<QByteArray>("hosts");
        QTest::addColumn<bool>("hidden");
        QTest::newRow("everything") << QByteArray("'*/*'") << false;
        QTest::newRow("its namespace") << QByteArray("'default/*'") << false;
        QTest::newRow("the host itself") << QByteArray("'default/quote.default.svc.cluster.local'") << false;
        QTest::newRow("a wildcard host") << QByteArray("'*/*.svc.cluster.local'") << false;
        QTest::newRow("another namespace") << QByteArray("'shop/*'") << true;
        QTest::newRow("another host") << QByteArray("'default/other.default.svc.cluster.local'") << true;
        QTest::newRow("nothing") << QByteArray("'~/*'") << true;
    }
    void aClientThatKnowsTheHostIsNoC2()
    {
        QFETCH(QByteArray, hosts);
        QFETCH(bool, hidden);
        World world = ready();
        world.add(podYaml("shop", "cart", TwoContainers));
        world.add("apiVersion: networking.istio.io/v1beta1\nkind: Sidecar\nmetadata: {name: default, "
                  "namespace: shop}\nspec: {egress: [{hosts: ["
                  + hosts + "]}]}");
        QCOMPARE(said(reportOf(world)).contains(u"C2 POSSIBLE"_s), hidden);
    }

    void exportToHidesAServiceFromObservedClients()
    {
        World world = ready();
        world.add(podYaml("shop", "cart", TwoContainers));
        world.replace("metadata: {name: quote, namespace: default}\nspec:\n  clusterIP",
                      "metadata: {name: quote, namespace: default, annotations: "
                      "{networking.istio.io/exportTo: '.'}}\nspec:\n  clusterIP");
        QVERIFY(!said(reportOf(world)).contains(u"C2 LIKELY"_s)); // nobody was seen
        world.input.telemetry->plaintext = {clearText(u"shop"_s, u"cart"_s)};
        QVERIFY(said(reportOf(world)).contains(u"C2 LIKELY"_s));
    }

    void discoverySelectorsHideANamespace()
    {
        World world = ready();
        world.add(podYaml("shop", "cart", TwoContainers));
        world.add("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: istio-system}\ndata: "
                  "{mesh: 'discoverySelectors: [{matchLabels: {mesh: \"yes\"}}]'}");
        world.input.telemetry->plaintext = {clearText(u"shop"_s, u"cart"_s)};
        QVERIFY2(said(reportOf(world)).contains(u"C2 LIKELY"_s),
                 qPrintable(said(reportOf(world)).join(u' ')));
    }

    void aMachineWithAnIdentityIsNoS5_data()
    {
        QTest::addColumn<QByteArray>("spec");
        QTest::addColumn<bool>("found");
        QTest::newRow("none") << QByteArray("{address: 10.0.0.9}") << true;
        QTest::newRow("account") << QByteArray("{address: 10.0.0.9, serviceAccount: vm}") << false;
        QTest::newRow("label") << QByteArray(
            "{address: 10.0.0.9, labels: {security.istio.io/tlsMode: istio}}")
                               << false;
        QTest::newRow("label off") << QByteArray(
            "{address: 10.0.0.9, serviceAccount: vm, labels: {security.istio.io/tlsMode: disabled}}")
                                   << true;
    }
    void aMachineWithAnIdentityIsNoS5()
    {
        QFETCH(QByteArray, spec);
        QFETCH(bool, found);
        World world = ready();
        world.add("apiVersion: networking.istio.io/v1beta1\nkind: WorkloadEntry\nmetadata: {name: vm, "
                  "namespace: default}\nspec: "
                  + spec);
        QCOMPARE(said(reportOf(world)).contains(u"S5 LIKELY"_s), found);
    }

    void theLoadedCertificateIsComparedWithTheFiles_data()
    {
        QTest::addColumn<qint64>("startedAgo");
        QTest::addColumn<qint64>("secondsLeft");
        QTest::addColumn<qint64>("filesSecondsLeft");
        QTest::addColumn<bool>("found");
        QTest::newRow("fresh, and the files the same")
            << qint64(3600) << qint64(82800) << qint64(82800) << false;
        QTest::newRow("fresh, the files are newer")
            << qint64(40000) << qint64(46400) << qint64(86000) << true;
        QTest::newRow("ended, the files are fresh")
            << qint64(90000) << qint64(-3600) << qint64(80000) << true;
        QTest::newRow("a fifth left") << qint64(70000) << qint64(16400) << qint64(16400) << true;
    }
    void theLoadedCertificateIsComparedWithTheFiles()
    {
        QFETCH(qint64, startedAgo);
        QFETCH(qint64, secondsLeft);
        QFETCH(qint64, filesSecondsLeft);
        QFETCH(bool, found);
        World world = ready();
        world.proxies = {loaded(takenAt.addSecs(-startedAgo), takenAt.addSecs(secondsLeft))};
        world.input.telemetry->certificateSeconds->insert(u"ambassador/ambassador-5d4f8c7b9-x2x2x"_s,
                                                          double(filesSecondsLeft));
        QCOMPARE(said(reportOf(world)).contains(u"E9 BLOCKER"_s), found);
    }
};

SALLYPORT_TEST(preflight_rows_test, PreflightRowsTest)
#include "preflight_rows_test.moc"
