// SPDX-License-Identifier: GPL-3.0-or-later
// What lies close to the fixture of a row: what it must find as well, and what it must not.  Exactly these rows are found.
#include "tests/models/preflight_fixtures.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace preflight_world;

namespace {

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

const QList<Fixture> &closerFixtures()
{
    const auto undeclared = [](World &world, const QByteArray &probe) {
        world.add(podYaml("default", "probed", "containers: [{name: app" + probe + "}, {name: istio-proxy}]",
                          "labels: {app: probed}, annotations: {prometheus.io/scrape: 'true', "
                          "prometheus.io/port: '9102'}"));
    };
    static const QList<Fixture> fixtures{
        {"X3 clients of another cluster come in clear text",
         {u"X3 BLOCKER Cluster west"_s},
         [](World &world) {
             world.input.telemetry->otherClusters = {{u"west"_s, false, 12, u"q"_s}};
         }},
        {"X3 they come by mutual TLS",
         {u"X3 INFO Cluster west"_s},
         [](World &world) {
             world.input.telemetry->otherClusters = {{u"west"_s, true, 12, u"q"_s}};
         }},
        {"C1 whose clients were seen",
         {u"C1 BLOCKER DestinationRule default/quote spec.trafficPolicy.tls.mode"_s,
          u"T1 LIKELY Deployment default/quote"_s},
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
         {u"K2 BLOCKER CustomResourceDefinition widgets.example.com spec.conversion.webhook.clientConfig.service"_s},
         [](World &world) {
             world.add("apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: "
                       "{name: widgets.example.com}\nspec: {conversion: {strategy: Webhook, webhook: "
                       "{clientConfig: {service: {name: quote, namespace: default}}}}}");
         }},
        {"K2 of a Service whose pods a slice names",
         {u"K2 BLOCKER MutatingWebhookConfiguration hook webhooks[0].clientConfig.service"_s},
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
         {u"C1 LIKELY DestinationRule default/quote spec.trafficPolicy.tls.mode"_s},
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
         {u"S5 LIKELY ServiceEntry default/named spec.endpoints[0].serviceAccount"_s},
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
         {u"K1 BLOCKER Pod default/probed spec.containers[app].livenessProbe"_s,
          u"K4 LIKELY Pod default/probed metadata.annotations[prometheus.io/port]"_s},
         [undeclared](World &world) {
             undeclared(world, ", livenessProbe: {httpGet: {path: /, port: 9999}}");
         }},
        {"K1 not of a rewritten probe",
         {u"K4 LIKELY Pod default/probed metadata.annotations[prometheus.io/port]"_s},
         [undeclared](World &world) {
             undeclared(world, ", livenessProbe: {httpGet: {path: /app-health/app/livez, port: 15020}}");
         }},
        {"E2 of a TCPMapping without tls",
         {u"E2 BLOCKER TCPMapping default/other spec.tls"_s},
         [](World &world) { world.add(edgeObject("TCPMapping", "{port: 7000, service: 'quote:80'}")); }},
        {"E2 of a canary that waits with weight 0",
         {u"E2 INFO Mapping default/canary spec.tls"_s},
         [](World &world) {
             world.add("apiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: canary, namespace: "
                       "default}\nspec: {prefix: /backend/, service: 'quote:80', weight: 0}");
         }},
        {"E2 of each that shares one cluster",
         {u"E2 BLOCKER RateLimitService default/limits spec.tls"_s,
          u"E2 BLOCKER TCPMapping default/first spec.tls"_s,
          u"E2 BLOCKER TCPMapping default/second spec.tls"_s},
         [](World &world) {
             world
                 .add("apiVersion: getambassador.io/v2\nkind: RateLimitService\nmetadata: {name: limits, "
                      "namespace: default}\nspec: {service: 'quote.default:80'}")
                 .add("apiVersion: getambassador.io/v2\nkind: TCPMapping\nmetadata: {name: first, namespace: "
                      "default}\nspec: {port: 7000, service: 'quote.default:80'}")
                 .add("apiVersion: getambassador.io/v2\nkind: TCPMapping\nmetadata: {name: second, "
                      "namespace: default}\nspec: {port: 7001, service: 'quote.default:80'}");
         }},
        {"E2 of one with no certificate",
         {u"E2 BLOCKER TCPMapping default/other spec.tls"_s},
         [](World &world) {
             world.add(edgeObject("TCPMapping", "{port: 7000, service: 'quote:80', tls: true}"));
         }},
        {"E2 of one that names no TLSContext",
         {u"E2 BLOCKER TCPMapping default/other spec.tls"_s},
         [](World &world) {
             world.add(edgeObject("TCPMapping", "{port: 7000, service: 'quote:80', tls: gone}"));
         }},
        {"E2 of an AuthService with https alone",
         {u"E2 BLOCKER AuthService default/other spec.tls"_s},
         [](World &world) {
             world.add(edgeObject("AuthService", "{auth_service: 'https://quote.default:80', proto: http}"));
         }},
        {"E2 of an AuthService with https, which goes to 443",
         {u"E2 BLOCKER AuthService default/other spec.tls"_s},
         [](World &world) {
             world.add(edgeObject("AuthService", "{auth_service: 'https://quote.default', proto: http}"));
         }},
        {"E2 not of an AuthService of the edge's own namespace",
         {},
         [](World &world) {
             world.add(edgeObject("AuthService", "{auth_service: 'quote:80', proto: http}"));
         }},
        {"E2 of an AuthService in an annotation",
         {u"E2 BLOCKER AuthService ambassador/noted spec.tls"_s},
         [](World &world) {
             world.add("apiVersion: v1\nkind: Service\nmetadata:\n  name: noted\n  namespace: ambassador\n  "
                       "annotations:\n    getambassador.io/config: |\n      apiVersion: "
                       "getambassador.io/v2\n      kind: "
                       "AuthService\n      name: noted\n      auth_service: quote.default:80\n      proto: "
                       "http\nspec: {ports: "
                       "[{port: 80, name: http}]}");
         }},
        {"E2 of a Mapping that gets copies",
         {u"E2 BLOCKER Mapping default/other spec.tls"_s},
         [](World &world) {
             world.add(
                 edgeObject("Mapping", "{prefix: /backend/, service: 'quote.default:80', shadow: true}"));
         }},
        {"E2 of an alias of the Service",
         {u"E2 BLOCKER Mapping default/other spec.tls"_s},
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
         {u"E2 BLOCKER TCPMapping default/other spec.tls"_s},
         [](World &world) {
             world.add(edgeObject("TCPMapping", "{port: 7000, service: quote, tls: true}"));
         }},
        {"E7 of a tracer that Envoy does not know any more",
         {u"E7 BLOCKER TracingService default/other spec.service"_s},
         [](World &world) {
             world.add(edgeObject("TracingService", "{service: 'quote.default:80', driver: lightstep}"));
         }},
        {"E7 of a LogService to what is STRICT already",
         {u"-P1 INFO"_s, u"E7 BLOCKER LogService default/other spec.service"_s,
          u"P1 INFO PeerAuthentication istio-system/default"_s},
         [](World &world) {
             world.add(policy("istio-system", "default", "{mtls: {mode: STRICT}}"))
                 .add(edgeObject("LogService",
                                 "{service: 'quote.default:80', driver: http, driver_config: {}}"));
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
         {u"E8 LIKELY Deployment ambassador/ambassador spec.template.spec.containers[aes].env[REDIS_URL]"_s},
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
         {u"E1 BLOCKER Deployment inner/ambassador spec.template.spec"_s,
          u"E2 BLOCKER Mapping default/inner spec.tls"_s},
         [](World &world) {
             world.add(innerEdge());
             world.add("apiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: inner, namespace: "
                       "default}\nspec: {prefix: /inner/, service: 'quote:80', ambassador_id: [inner]}");
         }},
        {"C4 of a client that was seen",
         {u"C4 LIKELY Pod shop/cart metadata.annotations[traffic.sidecar.istio.io/excludeOutboundPorts]"_s,
          u"T1 LIKELY Deployment default/quote"_s},
         [](World &world) {
             world.add(podYaml("shop", "cart", TwoContainers,
                               "annotations: {traffic.sidecar.istio.io/excludeOutboundPorts: '8000'}, "
                               "labels: {app: cart}"));
             world.input.telemetry->plaintext = {clearText(u"shop"_s, u"cart"_s)};
         }},
        {"S4 of a server that takes it",
         {u"S4 LIKELY Service default/quote spec.ports[https]"_s, u"T1 LIKELY Deployment default/quote"_s},
         [](World &world) {
             world.replace("{name: https, port: 443, targetPort: 8000}]",
                           "{name: https, port: 443, targetPort: 8443}]");
             world.input.telemetry->plaintext = {clearText({}, u"unknown"_s)};
         }},
        {"X1 of a workload's certificate that is not renewed",
         {u"X1 BLOCKER Pod default/quote-6bc6b6bd5d-jctbh"_s},
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
         {u"C7 POSSIBLE CronJob legacy/monthly spec.schedule"_s,
          u"T4 POSSIBLE CronJob legacy/monthly spec.schedule"_s},
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

// Worlds that look like the fault of a row and have none.
const QList<Fixture> &nearMisses()
{
    static const QList<Fixture> fixtures{
        {"E3 not of a TLSContext elsewhere that names the Secret's namespace",
         {},
         [](World &world) {
             world.replace(
                 "name: istio-upstream, namespace: ambassador}\nspec: {secret: istio-certs,",
                 "name: istio-upstream, namespace: staging}\nspec: {secret: istio-certs.ambassador,");
         }},
        {"E10 not of a dot that is a namespace's",
         {},
         [](World &world) { world.replace("secret: istio-certs,", "secret: istio-certs.ambassador,"); }},
        {"E10 not where secret_namespacing is off already",
         {u"E2 BLOCKER Mapping default/quote-backend spec.tls"_s}, // the Secret is of another authority than the mesh
         [](World &world) {
             world.replace("secret: istio-certs,", "secret: mesh.cert, secret_namespacing: false,");
             world.add("apiVersion: v1\nkind: Secret\nmetadata: {name: mesh.cert, namespace: "
                       "ambassador}\ntype: kubernetes.io/tls\ndata: {tls.crt: "
                       + root(u"Mesh"_s, takenAt.addYears(1)).toBase64() + ", tls.key: '{1704 bytes}'}");
         }},
        {"E11 not of an edge whose ports the sidecar takes",
         {u"-E11 INFO Deployment ambassador/ambassador spec.template.metadata.annotations"_s,
          u"-P11 INFO Deployment ambassador/ambassador"_s},
         [](World &world) {
             world.replace(EdgesPod,
                           "pod-template-hash: 5d4f8c7b9}\n  annotations: {sidecar.istio.io/status: '{}', "
                           "traffic.sidecar.istio.io/includeOutboundIPRanges: ''}");
             world.input.scope = {u"default"_s, {}};
         }},
        {"X2 not of namespaces that have the same root",
         {},
         [](World &world) {
             const QByteArray same = root(u"Mesh root"_s, takenAt.addYears(3));
             world.add(rootMap("default", same)).add(rootMap("shop", same));
         }},
        {"X4 not of a version whose faults are mended",
         {},
         [](World &world) { world.replace("pilot:1.24.1", "pilot:1.26.0"); }},
        {"X4 not of a variable that is on",
         {},
         [](World &world) {
             world.replace(
                 "image: 'istio/pilot:1.24.1'",
                 "image: 'istio/pilot:1.24.1', env: [{name: PILOT_ENABLE_TELEMETRY_LABEL, value: 'true'}]");
         }},
        {"S6 not of a pod with a proxy of its own template",
         {},
         [](World &world) {
             world.add(
                 podYaml("default", "grpc", TwoContainers,
                         "annotations: {inject.istio.io/templates: 'sidecar,own'}, labels: {app: grpc}"));
         }},
        {"S6 not outside the scope",
         {u"-P11 INFO Deployment ambassador/ambassador"_s},
         [](World &world) {
             world.add(podYaml("shop", "grpc", TwoContainers,
                               "annotations: {inject.istio.io/templates: grpc-agent}, labels: {app: grpc}"));
             world.input.scope = {u"default"_s, {}};
         }},
        {"C3 not where nobody goes around the registry",
         {},
         [](World &world) { world.input.telemetry->aroundRegistry.clear(); }},
        {"T5 not of a shadow that has refused nobody",
         {},
         [](World &world) {
             world.input.telemetry->shadowDenied->insert(u"default/quote-6bc6b6bd5d-jctbh"_s, 0);
         }},
        {"T5 not of a pod outside the scope",
         {u"-P11 INFO Deployment ambassador/ambassador"_s},
         [](World &world) {
             world.add(podYaml("shop", "cart", TwoContainers));
             world.input.telemetry->shadowDenied->insert(u"shop/cart"_s, 4);
             world.input.scope = {u"default"_s, {}};
         }},
        {"R1 not of a right that was asked for and is there",
         {},
         [](World &world) { world.input.missingRights = QStringList(); }},
        {"R1 not known where nobody asked",
         {u"R1 not checked"_s},
         [](World &world) { world.input.missingRights.reset(); }},
        {"R2 not of a change that the server takes",
         {},
         [](World &world) { world.input.dryRun = QString(); }},
        {"R2 not known where nobody tried",
         {u"R2 not checked"_s},
         [](World &world) { world.input.dryRun.reset(); }},
    };
    return fixtures;
}

QList<Fixture> all() { return closerFixtures() + nearMisses(); }

} // namespace

class PreflightCloseRowsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void eachHasItsRowsAndNoOther_data() { addRowsOf(all()); }
    void eachHasItsRowsAndNoOther()
    {
        QFETCH(int, index);
        QCOMPARE(whyNotAsExpected(all()[index]), QString());
    }
};

SALLYPORT_TEST(preflight_close_rows_test, PreflightCloseRowsTest)
#include "preflight_close_rows_test.moc"
