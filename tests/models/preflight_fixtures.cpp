// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/models/preflight_fixtures.h"

#include "tests/support/snapshot_of.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace preflight_world {

namespace {

const QByteArray QuotePod = "  name: quote-6bc6b6bd5d-jctbh\n  namespace: default\n";

const QList<Fixture> &policyFixtures()
{
    static const QList<Fixture> fixtures{
        {"P1",
         {},
         [](World &) {}}, // the base of all: it stands in every report, see aReadyMeshSaysNothingMore
        {"P2",
         {u"-P1 INFO"_s, u"P1 INFO PeerAuthentication istio-system/a"_s,
          u"P2 BLOCKER PeerAuthentication istio-system/b metadata.creationTimestamp"_s},
         [](World &world) {
             world.add(policy("istio-system", "a", "{mtls: {mode: PERMISSIVE}}"))
                 .add(policy("istio-system", "b", "{mtls: {mode: STRICT}}", "2026-02-01T00:00:00Z"));
         }},
        {"P3",
         {u"P3 BLOCKER PeerAuthentication istio-system/s spec.selector"_s},
         [](World &world) {
             world.add(policy("istio-system", "s",
                              "{selector: {matchLabels: {app: quote}}, mtls: {mode: STRICT}}"));
         }},
        {"P4",
         {u"P4 LIKELY PeerAuthentication default/p spec.portLevelMtls.80"_s},
         [](World &world) {
             world.add(
                 policy("default", "p",
                        "{selector: {matchLabels: {app: quote}}, portLevelMtls: {80: {mode: PERMISSIVE}}}"));
         }},
        {"P5",
         {u"P5 LIKELY PeerAuthentication default/default spec.mtls.mode"_s},
         [](World &world) { world.add(policy("default", "default", "{mtls: {mode: PERMISSIVE}}")); }},
        {"P6",
         {u"-P11 INFO Deployment ambassador/ambassador"_s,
          u"P6 BLOCKER PeerAuthentication default/default spec.mtls.mode"_s,
          u"P7 BLOCKER PeerAuthentication default/default spec.mtls.mode"_s},
         [](World &world) {
             world.add(policy("default", "default", "{mtls: {mode: DISABLE}}"));
             world.input.scope = {u"default"_s, u"quote"_s};
         }},
        {"P7",
         {u"-P1 INFO"_s, u"P1 INFO PeerAuthentication istio-system/default"_s,
          u"P7 BLOCKER PeerAuthentication istio-system/default spec.mtls.mode"_s},
         [](World &world) { world.add(policy("istio-system", "default", "{mtls: {mode: DISABLE}}")); }},
        {"P8",
         {u"P8 LIKELY PeerAuthentication default/b spec.selector"_s},
         [](World &world) {
             world.add(policy("default", "a", "{selector: {matchLabels: {app: quote}}}"))
                 .add(policy("default", "b",
                             "{selector: {matchLabels: {app: quote}}, portLevelMtls: {8000: {mode: STRICT}}}",
                             "2026-02-01T00:00:00Z"));
         }},
        {"P9",
         {u"P9 LIKELY ConfigMap istio-system/istio data.mesh.enableAutoMtls"_s},
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
         {u"C6 POSSIBLE Namespace bare metadata.labels[istio-injection]"_s, u"P11 INFO Pod bare/one"_s},
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
         {u"C1 LIKELY DestinationRule default/quote spec.trafficPolicy.tls.mode"_s},
         [](World &world) {
             world.add(
                 "apiVersion: networking.istio.io/v1beta1\nkind: DestinationRule\nmetadata: {name: quote, "
                 "namespace: default}\nspec: {host: quote, trafficPolicy: {tls: {mode: DISABLE}}}");
         }},
        {"C2",
         {u"C2 LIKELY Sidecar shop/default spec.egress"_s, u"T1 LIKELY Deployment default/quote"_s},
         [](World &world) {
             world.add(podYaml("shop", "cart", TwoContainers))
                 .add("apiVersion: networking.istio.io/v1beta1\nkind: Sidecar\nmetadata: {name: default, "
                      "namespace: shop}\nspec: {egress: [{hosts: ['./*', 'istio-system/*']}]}");
             world.input.telemetry->plaintext = {clearText(u"shop"_s, u"cart"_s)};
         }},
        {"C3",
         {u"C3 LIKELY Deployment shop/cart"_s},
         [](World &world) { world.input.telemetry->aroundRegistry = {clearText(u"shop"_s, u"cart"_s)}; }},
        {"C4",
         {u"C4 POSSIBLE Pod shop/cart metadata.annotations[traffic.sidecar.istio.io/excludeOutboundPorts]"_s},
         [](World &world) {
             world.add(podYaml("shop", "cart", TwoContainers,
                               "annotations: {traffic.sidecar.istio.io/excludeOutboundPorts: '8000'}, "
                               "labels: {app: cart}"));
         }},
        {"C5",
         {u"C5 POSSIBLE Pod shop/cart spec.initContainers"_s},
         [](World &world) {
             world.add(podYaml("shop", "cart", "initContainers: [{name: migrate}], " + TwoContainers));
         }},
        {"C6",
         {u"C6 POSSIBLE Namespace legacy metadata.labels[istio-injection]"_s},
         [](World &world) { world.add(podYaml("legacy", "report", "containers: [{name: app}]")); }},
        {"C7",
         {u"C7 POSSIBLE CronJob legacy/nightly spec.schedule"_s},
         [](World &world) {
             world.add("apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: nightly, namespace: "
                       "legacy}\nspec: {schedule: '0 3 * * *', jobTemplate: {spec: {template: {spec: "
                       "{containers: [{name: job}]}}}}}");
         }},
        {"C8",
         {u"C8 LIKELY Pod default/quote-6bc6b6bd5d-jctbh"_s},
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
         {u"P11 INFO Deployment default/quote"_s,
          u"S1 LIKELY Deployment default/quote spec.template.metadata.annotations[traffic.sidecar.istio.io/excludeInboundPorts]"_s},
         [](World &world) {
             world.replace(QuotePod,
                           QuotePod
                               + "  annotations: {traffic.sidecar.istio.io/excludeInboundPorts: '8000'}\n");
             world.replace(", tls: istio-upstream}", "}");
         }},
        {"S2",
         {u"C6 POSSIBLE Namespace default metadata.labels[istio-injection]"_s,
          u"P11 INFO Pod default/quote-2"_s, u"S2 BLOCKER Service default/quote spec.clusterIP"_s},
         [](World &world) {
             world.replace("clusterIP: 10.96.0.30", "clusterIP: None")
                 .replace("ports: [{name: http, port: 80, targetPort: 8000}, {name: https, port: 443, "
                          "targetPort: 8000}]",
                          "ports: [{name: http, port: 8000}]");
             world.replace("service: 'quote:80'", "service: 'quote:8000'").add(second);
         }},
        {"S3",
         {u"P5 LIKELY PeerAuthentication default/raw spec.mtls.mode"_s,
          u"S3 LIKELY Service default/quote spec.clusterIP"_s},
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
         {u"S4 POSSIBLE Service default/quote spec.ports[https]"_s},
         [](World &world) {
             world.replace("{name: https, port: 443, targetPort: 8000}]",
                           "{name: https, port: 443, targetPort: 8443}]");
         }},
        {"S5",
         {u"S5 LIKELY WorkloadEntry default/vm spec.serviceAccount"_s},
         [](World &world) {
             world.add("apiVersion: networking.istio.io/v1beta1\nkind: WorkloadEntry\nmetadata: {name: vm, "
                       "namespace: default}\nspec: {address: 10.0.0.9, labels: {app: vm}}");
         }},
        {"S6",
         {u"S6 POSSIBLE Pod default/grpc metadata.annotations[inject.istio.io/templates]"_s},
         [](World &world) {
             world.add(podYaml("default", "grpc", TwoContainers,
                               "annotations: {inject.istio.io/templates: grpc-agent}, labels: {app: grpc}"));
         }},
        {"K1",
         {u"K1 BLOCKER Deployment default/quote spec.template.spec.containers[backend].readinessProbe"_s},
         [](World &world) {
             world.replace("    ports: [{name: http, containerPort: 8000}]\n  - {name: istio-proxy",
                           "    ports: [{name: http, containerPort: 8000}]\n    readinessProbe: {httpGet: "
                           "{path: /health, port: http}}\n  - {name: istio-proxy");
         }},
        {"K2",
         {u"K2 BLOCKER MutatingWebhookConfiguration hook webhooks[0].clientConfig.service"_s},
         [](World &world) {
             world.add("apiVersion: admissionregistration.k8s.io/v1\nkind: "
                       "MutatingWebhookConfiguration\nmetadata: {name: hook}\nwebhooks: [{name: "
                       "a.example.com, clientConfig: {service: {name: quote, namespace: default}}}]");
         }},
        {"K3",
         {u"K3 LIKELY Service default/quote spec.type"_s},
         [](World &world) { world.replace("clusterIP: 10.96.0.30", "type: NodePort"); }},
        {"K4",
         {u"K4 LIKELY Deployment default/quote spec.template.metadata.annotations[prometheus.io/port]"_s},
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
         {u"-E11 INFO Deployment ambassador/ambassador spec.template.metadata.annotations"_s,
          u"E1 BLOCKER Deployment ambassador/ambassador spec.template.spec"_s,
          u"E2 BLOCKER Mapping default/quote-backend spec.tls"_s},
         [](World &world) {
             world.yaml.replace(edgeWithCertsYaml(), edgeYaml());
             world.replace(istioUpstreamYaml(), "").replace(", tls: istio-upstream}", "}");
         }},
        {"E2",
         {u"E2 BLOCKER Mapping default/quote-backend spec.tls"_s},
         [](World &world) { world.replace(", tls: istio-upstream}", "}"); }},
        {"E3",
         {u"E3 BLOCKER TLSContext staging/istio-upstream spec.secret"_s,
          u"E4 BLOCKER Mapping default/quote-backend spec.tls"_s},
         [](World &world) {
             world.replace("name: istio-upstream, namespace: ambassador",
                           "name: istio-upstream, namespace: staging");
         }},
        {"E4",
         {u"E4 BLOCKER Mapping default/quote-backend spec.tls"_s},
         [](World &world) { world.replace("secret: istio-certs,", "secret: gone,"); }},
        {"E5",
         {u"E5 LIKELY TLSContext ambassador/istio-upstream spec.alpn_protocols"_s, u"R4 LIKELY"_s},
         [](World &world) { world.replace(", alpn_protocols: istio", ""); }},
        {"E6",
         {u"E6 BLOCKER Mapping default/quote-backend spec.service"_s},
         [](World &world) {
             world.replace("quote:80", "quote").replace(", {name: https, port: 443, targetPort: 8000}", "");
         }},
        {"E7",
         {u"E7 BLOCKER LogService default/log spec.service"_s},
         [](World &world) {
             world.add("apiVersion: getambassador.io/v2\nkind: LogService\nmetadata: {name: log, namespace: "
                       "default}\nspec: {service: 'quote.default:80', driver: http, driver_config: {}}");
         }},
        {"E8",
         {u"E8 LIKELY Deployment ambassador/ambassador spec.template.spec.containers[opa]"_s},
         [](World &world) {
             world.replace("  - {name: istio-proxy, image: 'istio/proxyv2:1.10.0'}\nstatus:\n  phase: "
                           "Running\n  podIP: 10.244.0.5",
                           "  - {name: istio-proxy, image: 'istio/proxyv2:1.10.0'}\n  - {name: "
                           "opa}\nstatus:\n  phase: Running\n  podIP: 10.244.0.5");
         }},
        {"E9",
         {u"E9 BLOCKER Pod ambassador/ambassador-5d4f8c7b9-x2x2x"_s},
         [](World &world) { world.proxies = {loaded(takenAt.addDays(-2), takenAt.addSecs(-60))}; }},
        {"E10",
         {u"E10 LIKELY TLSContext ambassador/istio-upstream spec.secret"_s,
          u"E4 BLOCKER Mapping default/quote-backend spec.tls"_s},
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
         {u"T1 LIKELY Deployment default/quote"_s},
         [](World &world) { world.input.telemetry->plaintext = {clearText({}, u"unknown"_s)}; }},
        {"T2", {u"T2 not checked"_s}, [](World &world) { world.input.telemetry->covered.clear(); }},
        {"T3", {u"T3 not checked"_s}, [](World &world) { world.input.telemetry->unreadable = 3; }},
        {"T4",
         {u"T4 not checked"_s},
         [](World &world) { world.input.telemetry->from = takenAt.addDays(-1); }},
        {"T5",
         {u"T5 LIKELY Deployment default/quote"_s},
         [](World &world) {
             world.input.telemetry->shadowDenied->insert(u"default/quote-6bc6b6bd5d-jctbh"_s, 4);
         }},
        {"X1",
         {u"X1 BLOCKER ConfigMap default/istio-ca-root-cert data.root-cert.pem"_s},
         [](World &world) { world.add(rootMap("default", root(u"Mesh root"_s, takenAt.addDays(20)))); }},
        {"X2",
         {u"X2 BLOCKER ConfigMap default/istio-ca-root-cert data.root-cert.pem"_s,
          u"X2 BLOCKER ConfigMap shop/istio-ca-root-cert data.root-cert.pem"_s},
         [](World &world) {
             world.add(rootMap("default", root(u"Mesh root"_s, takenAt.addYears(3))))
                 .add(rootMap("shop", root(u"Other root"_s, takenAt.addYears(3))));
         }},
        {"X3",
         {u"X3 POSSIBLE Secret istio-system/istio-remote-secret-west metadata.labels[istio/multiCluster]"_s},
         [](World &world) {
             world.add("apiVersion: v1\nkind: Secret\nmetadata: {name: istio-remote-secret-west, namespace: "
                       "istio-system, labels: {istio/multiCluster: 'true'}}\ndata: {west: '{900 bytes}'}");
         }},
        {"X4",
         {u"X4 INFO Deployment istio-system/istiod spec.template.spec.containers[discovery].image"_s},
         [](World &world) { world.replace("pilot:1.24.1", "pilot:1.23.1"); }},
        {"R1",
         {u"R1 BLOCKER"_s},
         [](World &world) {
             world.input.missingRights = QStringList{u"create peerauthentications in istio-system"_s};
         }},
        {"R2", {u"R2 BLOCKER"_s}, [](World &world) { world.input.dryRun = u"failed calling webhook"_s; }},
        {"R3",
         {u"-P1 INFO"_s, u"P1 INFO PeerAuthentication istio-system/default"_s,
          u"R3 LIKELY PeerAuthentication istio-system/default metadata"_s},
         [](World &world) {
             world.add("apiVersion: security.istio.io/v1beta1\nkind: PeerAuthentication\nmetadata: {name: "
                       "default, namespace: istio-system, annotations: {argocd.argoproj.io/tracking-id: "
                       "x}}\nspec: {mtls: {mode: PERMISSIVE}}");
         }},
        {"R4",
         {u"E5 LIKELY TLSContext ambassador/istio-upstream spec.alpn_protocols"_s, u"R4 LIKELY"_s},
         [](World &world) { world.replace(", alpn_protocols: istio", ""); }},
        {"R5",
         {u"R5 LIKELY PeerAuthentication default/default metadata.resourceVersion"_s},
         [](World &world) {
             world.input.changedMeanwhile = QStringList{u"PeerAuthentication default/default"_s};
         }},
    };
    return fixtures;
}

} // namespace

QList<Fixture> rowFixtures()
{
    return policyFixtures() + clientFixtures() + serverFixtures() + edgeFixtures() + evidenceFixtures();
}

QStringList expectedOf(const Fixture &fixture)
{
    QStringList expected = told(reportOf(ready()));
    for (const QString &one : fixture.expected) {
        if (one.startsWith(u'-'))
            expected.removeAll(one.mid(1));
        else
            expected.append(one);
    }
    expected.sort();
    return expected;
}

QString whyNotAsExpected(const Fixture &fixture)
{
    World world = ready();
    fixture.fault(world);
    const models::PreflightReport report = reportOf(world);
    const QString found = told(report).join(u", "_s), expected = expectedOf(fixture).join(u", "_s);
    return found == expected ? whyUnfinished(report) : u"said: %1; expected: %2"_s.arg(found, expected);
}

void addRowsOf(const QList<Fixture> &fixtures)
{
    QTest::addColumn<int>("index");
    for (int i = 0; i < fixtures.size(); ++i)
        QTest::newRow(fixtures[i].row) << i;
}

QString whyUnfinished(const models::PreflightReport &report)
{
    for (const models::PreflightRow &row : report.rows) {
        if (row.message.isEmpty())
            return row.check + u" has no message"_s;
        if (row.level > models::PreflightLevel::Info && row.remedy.isEmpty())
            return row.check + u" has no remedy"_s;
    }
    return {};
}

} // namespace preflight_world
