// SPDX-License-Identifier: GPL-3.0-or-later
// Ways to a row that are less common than its fixture: webhooks by URL, annotations of Services, aliases, templates of machines,
// workloads that sleep, what Edge Stack calls beside its Envoy.  Exactly these rows are found.
#include "tests/models/preflight_fixtures.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace preflight_world;

namespace {

const QByteArray QuotePod = "  name: quote-6bc6b6bd5d-jctbh\n  namespace: default\n";
const QByteArray QuoteService = "metadata: {name: quote, namespace: default}\nspec:\n  clusterIP";

QByteArray hookTo(const QByteArray &url)
{
    return "apiVersion: admissionregistration.k8s.io/v1\nkind: MutatingWebhookConfiguration\nmetadata: "
           "{name: "
           "hook}\nwebhooks: [{name: a.example.com, clientConfig: {url: '"
        + url + "'}}]";
}

QByteArray ingressTo(const QByteArray &service)
{
    return "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web, namespace: "
           "default}\nspec: "
           "{ingressClassName: nginx, rules: [{http: {paths: [{path: /, backend: {service: {name: "
        + service + ", port: {number: 80}}}}]}}]}";
}

QByteArray alias(const QByteArray &name)
{
    return "apiVersion: v1\nkind: Service\nmetadata: {name: alias, namespace: default}\nspec: {type: "
           "ExternalName, "
           "externalName: "
        + name + "}";
}

QByteArray machines(const QByteArray &pattern)
{
    return "apiVersion: networking.istio.io/v1beta1\nkind: WorkloadGroup\nmetadata: {name: vms, namespace: "
           "default}\nspec: {template: "
        + pattern + "}";
}

QByteArray scopeOf(const QByteArray &app)
{
    return "apiVersion: networking.istio.io/v1beta1\nkind: Sidecar\nmetadata: {name: narrow, namespace: "
           "shop}\nspec: {workloadSelector: {labels: {app: "
        + app + "}}, egress: [{hosts: ['./*', 'istio-system/*']}]}";
}

QByteArray filter(const QByteArray &spec)
{
    return "apiVersion: getambassador.io/v2\nkind: Filter\nmetadata: {name: f, namespace: default}\nspec: "
        + spec;
}

// A Deployment behind a Service and a Mapping, without a pod.
QByteArray sleeper(const QByteArray &replicas, const QByteArray &annotations)
{
    return "apiVersion: v1\nkind: Namespace\nmetadata: {name: night, labels: {istio-injection: "
           "enabled}}\n---\n"
           "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: batch, namespace: night}\nspec: "
           "{replicas: "
        + replicas + ", template: {metadata: {labels: {app: batch}" + annotations
        + "}, spec: {containers: [{name: app}]}}}\n---\n"
          "apiVersion: v1\nkind: Service\nmetadata: {name: batch, namespace: night}\nspec: {clusterIP: "
          "10.96.0.77, "
          "selector: {app: batch}, ports: [{name: http, port: 80, targetPort: 8000}]}";
}

QByteArray toSleeper(const QByteArray &more)
{
    return edgeObject("Mapping", "{prefix: /batch/, service: 'batch.night:80'" + more + "}");
}

// Services without a selector and who answers for them, as Kubernetes has it before 1.17.
void addByHand(World &world, const QByteArray &pod)
{
    world.absent = u"endpointslices"_s;
    world.add("apiVersion: v1\nkind: Service\nmetadata: {name: by-hand, namespace: default}\nspec: "
              "{clusterIP: 10.96.0.99, ports: [{name: tcp-hook, port: 443, targetPort: 8000}]}");
    world.add("apiVersion: v1\nkind: Endpoints\nmetadata: {name: by-hand, namespace: default}\nsubsets: "
              "[{addresses: [{ip: 10.244.0.9, targetRef: {kind: Pod, name: "
              + pod + "}}], ports: [{name: tcp-hook, port: 8000}]}]");
    world.add(
        "apiVersion: admissionregistration.k8s.io/v1\nkind: MutatingWebhookConfiguration\nmetadata: {name: "
        "hook}\nwebhooks: [{name: a.example.com, clientConfig: {service: {name: by-hand, namespace: "
        "default}}}]");
}

void captureOutbound(World &world)
{
    world.replace(
        EdgesPod,
        "pod-template-hash: 5d4f8c7b9}\n  annotations: {traffic.sidecar.istio.io/includeInboundPorts: '', "
        "sidecar.istio.io/status: '{}'}");
}

QList<Fixture> platformFixtures()
{
    const auto scraped = [](World &world, const QByteArray &annotations) {
        world.replace(QuoteService,
                      "metadata: {name: quote, namespace: default, annotations: {" + annotations
                          + "}}\nspec:\n  clusterIP");
    };
    return {
        {"K1 not of a probe that the ztunnel's node sends",
         {},
         [](World &world) {
             world.add(
                 podYaml("default", "ambient",
                         "containers: [{name: app, ports: [{containerPort: 9000}], readinessProbe: {httpGet: "
                         "{path: /, port: 9000}}}]",
                         "labels: {app: ambient}, annotations: {ambient.istio.io/redirection: enabled}"));
         }},
        {"K2 by the URL of a Service",
         {u"K2 BLOCKER MutatingWebhookConfiguration hook webhooks[0].clientConfig.url"_s},
         [](World &world) { world.add(hookTo("https://quote.default.svc:443/mutate")); }},
        {"K2 by a URL with the cluster's domain and no port",
         {u"K2 BLOCKER MutatingWebhookConfiguration hook webhooks[0].clientConfig.url"_s},
         [](World &world) { world.add(hookTo("https://quote.default.svc.cluster.local/mutate")); }},
        {"K2 by the address of a Service",
         {u"K2 BLOCKER MutatingWebhookConfiguration hook webhooks[0].clientConfig.url"_s},
         [](World &world) { world.add(hookTo("https://10.96.0.30/mutate")); }},
        {"K2 not by a URL outside the cluster",
         {},
         [](World &world) { world.add(hookTo("https://hooks.example.com/mutate")); }},
        {"K2 not by an address that no Service has",
         {},
         [](World &world) { world.add(hookTo("https://192.0.2.7/mutate")); }},
        {"K2 of a Service whose pods Endpoints name",
         {u"K2 BLOCKER MutatingWebhookConfiguration hook webhooks[0].clientConfig.service"_s},
         [](World &world) { addByHand(world, "quote-6bc6b6bd5d-jctbh"); }},
        {"K2 not of Endpoints that lead elsewhere", {}, [](World &world) { addByHand(world, "gone"); }},
        {"K3 of an Ingress to another name of the Service",
         {u"K3 LIKELY Ingress default/web spec.rules[0].http.paths[0].backend"_s},
         [](World &world) { world.add(alias("quote.default.svc.cluster.local")).add(ingressTo("alias")); }},
        {"K3 not of an Ingress to a name outside",
         {},
         [](World &world) { world.add(alias("quote.example.com")).add(ingressTo("alias")); }},
        {"K4 of all ports of a Service that is annotated",
         {u"K4 LIKELY Service default/quote metadata.annotations[prometheus.io/scrape]"_s},
         [=](World &world) { scraped(world, "prometheus.io/scrape: 'true'"); }},
        {"K4 of the port that a Service's annotation names",
         {u"K4 LIKELY Service default/quote metadata.annotations[prometheus.io/scrape]"_s},
         [=](World &world) { scraped(world, "prometheus.io/scrape: 'true', prometheus.io/port: '9102'"); }},
        {"K4 not of the agent's port",
         {},
         [=](World &world) { scraped(world, "prometheus.io/scrape: 'true', prometheus.io/port: '15020'"); }},
        {"K4 not of a Service that says no",
         {},
         [=](World &world) { scraped(world, "prometheus.io/scrape: 'false', prometheus.io/port: '8000'"); }},
    };
}

QList<Fixture> meshFixtures()
{
    const auto asked = [](World &world, const QList<models::LoadedCertificate> &certificates) {
        world.sidecars = {{u"default"_s, u"quote-6bc6b6bd5d-jctbh"_s, takenAt, {}, certificates}};
    };
    return {
        {"S5 of machines that a template makes",
         {u"S5 LIKELY WorkloadGroup default/vms spec.template.serviceAccount"_s},
         [](World &world) { world.add(machines("{labels: {app: vm}}")); }},
        {"S5 not of a template with an account",
         {},
         [](World &world) { world.add(machines("{serviceAccount: vm}")); }},
        {"C8 of a sidecar without its certificate",
         {u"C8 LIKELY Pod default/quote-6bc6b6bd5d-jctbh"_s},
         [=](World &world) { asked(world, {}); }},
        {"C8 not of one that has it",
         {},
         [=](World &world) {
             asked(world, loaded(takenAt.addSecs(-3600), takenAt.addSecs(23 * 3600)).certificates);
         }},
        {"C8 of a sidecar that is three versions behind",
         {u"C8 POSSIBLE Pod default/old"_s},
         [](World &world) {
             world.add(podYaml(
                 "default", "old",
                 "containers: [{name: app, ports: [{containerPort: 9000}]}, {name: istio-proxy, image: "
                 "'istio/proxyv2:1.21.6'}]",
                 "labels: {app: old}"));
         }},
        {"C8 not of one that is two behind",
         {},
         [](World &world) {
             world.add(podYaml(
                 "default", "old",
                 "containers: [{name: app, ports: [{containerPort: 9000}]}, {name: istio-proxy, image: "
                 "'istio/proxyv2:1.22.6'}]",
                 "labels: {app: old}"));
         }},
    };
}

QList<Fixture> edgeFixtures()
{
    const QByteArray tls = ", tls: istio-upstream";
    const auto headless = [](World &world, const QByteArray &service) {
        world.replace("clusterIP: 10.96.0.30", "clusterIP: None")
            .replace("ports: [{name: http, port: 80, targetPort: 8000}, {name: https, port: 443, targetPort: "
                     "8000}]",
                     "ports: [{name: http, port: 8000}]")
            .replace("service: 'quote:80'", "service: '" + service + "'");
    };
    return {
        {"E2 of a Deployment that is scaled to nothing",
         {u"E2 BLOCKER Mapping default/other spec.tls"_s},
         [](World &world) { world.add(sleeper("0", "")).add(toSleeper("")); }},
        {"E2 not with the mesh's certificate",
         {},
         [tls](World &world) { world.add(sleeper("0", "")).add(toSleeper(tls)); }},
        {"E2 not where it would get no sidecar",
         {},
         [](World &world) {
             world.add(sleeper("0", ", annotations: {sidecar.istio.io/inject: 'false'}")).add(toSleeper(""));
         }},
        {"E2 not of one that merely has no pod yet",
         {},
         [](World &world) { world.add(sleeper("1", "")).add(toSleeper("")); }},
        {"E6 of a headless Service",
         {u"E6 BLOCKER Mapping default/quote-backend spec.service"_s},
         [=](World &world) { headless(world, "quote"); }},
        {"E6 not of one with its port", {}, [=](World &world) { headless(world, "quote:8000"); }},
        {"E7 of a Filter",
         {u"E7 BLOCKER Filter default/f spec.External.auth_service"_s},
         [](World &world) {
             world.add(filter("{External: {auth_service: 'quote.default:80', proto: http}}"));
         }},
        {"C2 of a Sidecar for some pods of a namespace",
         {u"C2 POSSIBLE Sidecar shop/narrow spec.egress"_s},
         [](World &world) {
             world.add(podYaml("shop", "cart", TwoContainers, "labels: {app: cart}")).add(scopeOf("cart"));
         }},
        {"C2 not of a Sidecar that selects nobody",
         {},
         [](World &world) {
             world.add(podYaml("shop", "cart", TwoContainers, "labels: {app: cart}")).add(scopeOf("web"));
         }},
        {"K4 of a pod that names no port: Prometheus reads those that it declares",
         {u"K4 LIKELY Deployment default/quote spec.template.metadata.annotations[prometheus.io/port]"_s},
         [](World &world) {
             world.replace(QuotePod, QuotePod + "  annotations: {prometheus.io/scrape: 'true'}\n");
         }},
        {"K4 not of a pod that names another port than becomes STRICT",
         {},
         [](World &world) {
             world.replace(QuotePod,
                           QuotePod
                               + "  annotations: {prometheus.io/scrape: 'true', prometheus.io/port: "
                                 "'15020'}\n");
         }},
        {"K1 not of a probe that asks another machine",
         {},
         [](World &world) {
             world.replace("    ports: [{name: http, containerPort: 8000}]\n  - {name: istio-proxy",
                           "    ports: [{name: http, containerPort: 8000}]\n    livenessProbe: {httpGet: "
                           "{host: 192.0.2.1, path: /health, port: http}}\n  - {name: istio-proxy");
         }},
        {"E7 of a Filter's keys",
         {u"E7 BLOCKER Filter default/f spec.JWT.jwksURI"_s},
         [](World &world) { world.add(filter("{JWT: {jwksURI: 'http://quote.default/keys'}}")); }},
        {"E7 not of a Filter that calls somebody outside",
         {},
         [](World &world) { world.add(filter("{JWT: {jwksURI: 'https://login.example.com/keys'}}")); }},
        {"E7 not of another edge's Filter",
         {},
         [](World &world) {
             world.add(filter("{ambassador_id: [other], External: {auth_service: 'quote.default:80'}}"));
         }},
        {"E8 of an edge whose sidecar encrypts once more",
         {u"E8 BLOCKER Deployment ambassador/ambassador spec.template.metadata.annotations[traffic.sidecar.istio.io/includeOutboundIPRanges]"_s},
         captureOutbound},
        {"E8 not where that port is left alone",
         {},
         [](World &world) {
             captureOutbound(world);
             world.replace(
                 "sidecar.istio.io/status: '{}'",
                 "sidecar.istio.io/status: '{}', traffic.sidecar.istio.io/excludeOutboundPorts: '80'");
         }},
    };
}

QList<Fixture> all() { return platformFixtures() + meshFixtures() + edgeFixtures(); }

} // namespace

class PreflightFurtherRowsTest : public QObject
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

SALLYPORT_TEST(preflight_further_rows_test, PreflightFurtherRowsTest)
#include "preflight_further_rows_test.moc"
