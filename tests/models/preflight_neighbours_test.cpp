// SPDX-License-Identifier: GPL-3.0-or-later
// What lies close to the fixtures of preflight_rows_test: Services that lead to several workloads, of which each port needs
// its own exception, and worlds that look like a fault and have none.
#include "tests/models/preflight_world.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace preflight_world;

namespace {

// The rows of one check, as "LEVEL subject" and, with an exception, " > namespace/workload:port"; sorted.
QStringList rowsOf(const models::PreflightReport &report, const QString &check)
{
    QStringList rows;
    for (const models::PreflightRow &row : report.rows) {
        if (row.check != check)
            continue;
        QString text = models::preflightLevelName(row.level) + u' ' + row.subject.text();
        if (row.exception)
            text += u" > %1/%2:%3"_s.arg(row.exception->nameSpace, row.exception->workload)
                        .arg(row.exception->port);
        rows.append(text);
    }
    rows.sort();
    return rows;
}

struct Neighbour
{
    const char *name;
    QString check;
    QStringList expected; // rowsOf(check); empty: it must not fire
    std::function<void(World &)> change;
};

const QByteArray Ports = "ports: [{containerPort: 8080}, {containerPort: 8081}, {containerPort: 9099}]";

// Two workloads behind one label, each with three ports.
void addOrders(World &world)
{
    world.add("apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {istio-injection: enabled}}");
    for (const QByteArray version : {"v1", "v2"})
        world.add(podYaml("shop", "orders-" + version,
                          "containers: [{name: app, " + Ports + "}, {name: istio-proxy}]",
                          "labels: {app: orders, version: " + version + "}"));
}

// With the annotations by which it only fetches its certificate, as the guide has it.
void injectEdge(World &world)
{
    world.replace(
        "pod-template-hash: 5d4f8c7b9}\n  annotations: {sidecar.istio.io/inject: 'false'}",
        "pod-template-hash: 5d4f8c7b9}\n  annotations: {traffic.sidecar.istio.io/includeInboundPorts: '', "
        "traffic.sidecar.istio.io/includeOutboundIPRanges: '', sidecar.istio.io/status: '{}'}");
}

QByteArray service(const QByteArray &spec, const QByteArray &name = "orders")
{
    return "apiVersion: v1\nkind: Service\nmetadata: {name: " + name + ", namespace: shop}\nspec: " + spec;
}

const QByteArray ThreePorts =
    "selector: {app: orders}, ports: [{name: http-metrics, port: 9099}, {name: http-api, port: 80, "
    "targetPort: 8080}, {name: http-admin, port: 81, targetPort: 8081}]}";

QByteArray hook(const QByteArray &port)
{
    return "apiVersion: admissionregistration.k8s.io/v1\nkind: MutatingWebhookConfiguration\nmetadata: "
           "{name: hook}\nwebhooks: "
           "[{name: a.example.com, clientConfig: {service: {name: orders, namespace: shop, port: "
        + port + "}}}]";
}

QByteArray ingress(const QByteArray &metadata, const QByteArray &spec,
                   const QByteArray &port = "{name: http-api}")
{
    return "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web, namespace: shop" + metadata
        + "}\nspec: {" + spec
        + "rules: [{http: {paths: [{path: /, backend: {service: {name: orders, port: " + port + "}}}]}}]}";
}

QByteArray ingressClass(const QByteArray &name, const QByteArray &controller, const QByteArray &metadata = "")
{
    return "apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {name: " + name + metadata
        + "}\nspec: {controller: " + controller + "}";
}

QByteArray rule(const QByteArray &name, const QByteArray &nameSpace, const QByteArray &spec)
{
    return "apiVersion: networking.istio.io/v1beta1\nkind: DestinationRule\nmetadata: {name: " + name
        + ", namespace: " + nameSpace + "}\nspec: " + spec;
}

const QByteArray Off = ", trafficPolicy: {tls: {mode: DISABLE}}}";
const QByteArray Mutual = ", trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}";
const QString OfPod = u"LIKELY Pod shop/orders-%1 > shop/orders-%1:%2"_s;

QStringList ofBoth(const QString &subject, const QList<int> &ports, const QString &level = u"LIKELY"_s)
{
    QStringList rows;
    for (const QString &version : {u"v1"_s, u"v2"_s}) {
        for (const int port : ports)
            rows.append(u"%1 %2 > shop/orders-%3:%4"_s.arg(level, subject, version).arg(port));
    }
    rows.sort();
    return rows;
}

QList<Neighbour> doorNeighbours()
{
    const QString web = u"Ingress shop/web"_s;
    const auto behind = [](World &world, const QByteArray &more) {
        addOrders(world);
        world.add(service("{" + ThreePorts)).add(more);
    };
    return {
        {"a load balancer to two workloads", u"K3"_s, ofBoth(u"Service shop/orders"_s, {8080, 8081, 9099}),
         [](World &world) {
             addOrders(world);
             world.add(service("{type: LoadBalancer, " + ThreePorts));
         }},
        {"a workload whose object is another's too", u"K3"_s,
         ofBoth(u"Service shop/orders"_s, {8080, 8081, 9099}),
         [](World &world) {
             addOrders(world);
             world.add(service("{type: LoadBalancer, " + ThreePorts));
             world.add(policy("shop", "orders",
                              "{selector: {matchLabels: {app: orders}}, mtls: {mode: PERMISSIVE}}"));
             world.input.scope = {u"shop"_s, u"orders-v1"_s};
         }},
        {"a workload whose object is its own", u"K3"_s,
         ofBoth(u"Service shop/orders"_s, {8080, 8081, 9099}).filter(u"orders-v1"_s),
         [](World &world) {
             addOrders(world);
             world.add(service("{type: LoadBalancer, " + ThreePorts));
             world.add(policy("shop", "orders",
                              "{selector: {matchLabels: {version: v1}}, mtls: {mode: PERMISSIVE}}"));
             world.input.scope = {u"shop"_s, u"orders-v1"_s};
         }},
        {"a load balancer of UDP",
         u"K3"_s,
         {},
         [](World &world) {
             addOrders(world);
             world.add(service(
                 "{type: LoadBalancer, selector: {app: orders}, ports: [{name: dns, port: 8080, protocol: "
                 "UDP}]}"));
         }},
        {"a load balancer of a name",
         u"K3"_s,
         {},
         [](World &world) {
             addOrders(world);
             world.add(service("{type: ExternalName, externalName: orders.example.com}"));
         }},
        {"a webhook of two workloads", u"K2"_s,
         ofBoth(u"MutatingWebhookConfiguration hook"_s, {8080}, u"BLOCKER"_s),
         [behind](World &world) { behind(world, hook("80")); }},
        {"a webhook of a port that the Service lacks",
         u"K2"_s,
         {},
         [behind](World &world) { behind(world, hook("443")); }},
        {"an Ingress to one port of three", u"K3"_s, ofBoth(web, {8080}),
         [behind](World &world) { behind(world, ingress("", "ingressClassName: nginx, ")); }},
        {"an Ingress by number", u"K3"_s, ofBoth(web, {8081}),
         [behind](World &world) { behind(world, ingress("", "ingressClassName: nginx, ", "{number: 81}")); }},
        {"an Ingress to a port that is not there",
         u"K3"_s,
         {},
         [behind](World &world) {
             behind(world, ingress("", "ingressClassName: nginx, ", "{number: 8081}"));
         }},
        {"an Ingress of Istio's controller under another name",
         u"K3"_s,
         {},
         [behind](World &world) {
             behind(world, ingress("", "ingressClassName: inner, "));
             world.add(ingressClass("inner", "istio.io/ingress-controller"));
         }},
        {"an Ingress of the edge's controller under another name",
         u"K3"_s,
         {},
         [behind](World &world) {
             behind(world, ingress("", "ingressClassName: outer, "));
             world.add(ingressClass("outer", "getambassador.io/ingress-controller"));
         }},
        {"an Ingress of the default class",
         u"K3"_s,
         {},
         [behind](World &world) {
             behind(world, ingress("", ""));
             world.add(ingressClass("outer", "getambassador.io/ingress-controller",
                                    ", annotations: {ingressclass.kubernetes.io/is-default-class: 'true'}"));
         }},
        {"an Ingress of a foreign controller that is called istio", u"K3"_s, ofBoth(web, {8080}),
         [behind](World &world) {
             behind(world, ingress("", "ingressClassName: istio, "));
             world.add(ingressClass("istio", "k8s.io/ingress-nginx"));
         }},
        {"an Ingress by annotation",
         u"K3"_s,
         {},
         [behind](World &world) {
             behind(world, ingress(", annotations: {kubernetes.io/ingress.class: ambassador}", ""));
         }},
    };
}

QList<Neighbour> serverNeighbours()
{
    const auto excluded = [](World &world, const QByteArray &annotation, const QByteArray &port) {
        world.add(podYaml("shop", "cart", "containers: [{name: app, " + Ports + "}, {name: istio-proxy}]",
                          "labels: {app: cart}, annotations: {" + annotation + "}"));
        world.add(service(
            "{selector: {app: cart}, ports: [{name: http, port: 80, targetPort: " + port + "}]}", "cart"));
    };
    const QByteArray out = "traffic.sidecar.istio.io/excludeInboundPorts: '8081'";
    const QStringList found{u"LIKELY Pod shop/cart"_s};
    const QByteArray own =
        "{selector: {app: orders}, ports: [{name: https-api, port: 443, targetPort: 8081}]}";
    return {
        {"a port that is left out", u"S1"_s, found, [=](World &world) { excluded(world, out, "8081"); }},
        {"a port that is not taken in", u"S1"_s, found,
         [=](World &world) {
             excluded(world, "traffic.sidecar.istio.io/includeInboundPorts: '8080,9099'", "8081");
         }},
        {"a port that is left out of what is taken in", u"S1"_s, found,
         [=](World &world) {
             excluded(world, out + ", traffic.sidecar.istio.io/includeInboundPorts: '8080'", "8081");
         }},
        {"a port that no Service leads to", u"S1"_s, {}, [=](World &world) { excluded(world, out, "8080"); }},
        {"after its own remedy",
         u"S1"_s,
         {},
         [=](World &world) {
             excluded(world, out, "8081");
             world.add(
                 rule("cart", "shop",
                      "{host: cart, trafficPolicy: {portLevelSettings: [{port: {number: 80}, tls: {mode: "
                      "DISABLE}}]}}"));
         }},
        {"after the remedy for another port", u"S1"_s, found,
         [=](World &world) {
             excluded(world, out, "8081");
             world.add(
                 rule("cart", "shop",
                      "{host: cart, trafficPolicy: {portLevelSettings: [{port: {number: 81}, tls: {mode: "
                      "DISABLE}}]}}"));
         }},
        {"a port whose mode is DISABLE",
         u"S1"_s,
         {},
         [=](World &world) {
             excluded(world, out, "8081");
             world.add(
                 policy("shop", "cart",
                        "{selector: {matchLabels: {app: cart}}, portLevelMtls: {8081: {mode: DISABLE}}}"));
         }},
        {"an edge that captures nothing", u"S1"_s, {}, [](World &world) { injectEdge(world); }},
        {"HTTPS of two workloads", u"S4"_s, ofBoth(u"Service shop/orders"_s, {8081}, u"POSSIBLE"_s),
         [own](World &world) {
             addOrders(world);
             world.add(service(own));
         }},
        {"a port that is called https and says http",
         u"S4"_s,
         {},
         [own](World &world) {
             addOrders(world);
             world.add(service(QByteArray(own).replace("port: 443", "appProtocol: http, port: 443")));
         }},
        {"a name that begins as tls",
         u"S4"_s,
         {},
         [own](World &world) {
             addOrders(world);
             world.add(service(QByteArray(own).replace("https-api", "tlsless")));
         }},
        {"an exception of a port that the headless Service does not lead to",
         u"S3"_s,
         {},
         [](World &world) {
             addOrders(world);
             world.add(
                 service("{clusterIP: None, selector: {app: orders}, ports: [{name: http, port: 8080}]}"));
             world.add(
                 policy("shop", "raw",
                        "{selector: {matchLabels: {app: orders}}, portLevelMtls: {9099: {mode: DISABLE}}}"));
         }},
    };
}

QList<Neighbour> policyNeighbours()
{
    const auto twins = [](World &world, const QByteArray &second) {
        addOrders(world);
        world.add(policy("shop", "a", "{selector: {matchLabels: {app: orders}}, mtls: {mode: STRICT}}"));
        world.add(policy("shop", "b", second, "2026-02-01T00:00:00Z"));
    };
    const QByteArray other =
        "{selector: {matchLabels: {app: orders}}, mtls: {mode: STRICT}, portLevelMtls: {8080: {mode: "
        "PERMISSIVE}}}";
    return {
        {"what an earlier run has made", u"P5"_s, ofBoth(u"PeerAuthentication shop/orders"_s, {8080}),
         [](World &world) {
             addOrders(world);
             world.add(policy("shop", "orders",
                              "{selector: {matchLabels: {app: orders}}, mtls: {mode: STRICT}, portLevelMtls: "
                              "{8080: {mode: "
                              "PERMISSIVE}}}"));
         }},
        {"a workload as a whole stays below",
         u"P5"_s,
         {u"LIKELY PeerAuthentication shop/orders"_s},
         [](World &world) {
             addOrders(world);
             world.add(policy("shop", "orders",
                              "{selector: {matchLabels: {app: orders}}, mtls: {mode: PERMISSIVE}}"));
         }},
        {"a port whose mode is DISABLE is no exception",
         u"P5"_s,
         {u"LIKELY PeerAuthentication shop/orders"_s},
         [](World &world) {
             addOrders(world);
             world.add(policy("shop", "orders",
                              "{selector: {matchLabels: {app: orders}}, mtls: {mode: STRICT}, portLevelMtls: "
                              "{8080: {mode: "
                              "DISABLE}}}"));
         }},
        {"twins that differ",
         u"P8"_s,
         {u"LIKELY PeerAuthentication shop/b"_s},
         [=](World &world) { twins(world, other); }},
        {"twins that say the same",
         u"P8"_s,
         {u"INFO PeerAuthentication shop/b"_s},
         [=](World &world) {
             twins(world, "{selector: {matchLabels: {app: orders}}, mtls: {mode: STRICT}}");
         }},
        {"twins of another workload",
         u"P8"_s,
         {},
         [=](World &world) {
             twins(world, other);
             world.input.scope = {u"default"_s, u"quote"_s};
         }},
        {"twins of another namespace",
         u"P8"_s,
         {},
         [=](World &world) {
             twins(world, other);
             world.input.scope = {u"default"_s, {}};
         }},
        {"twins of the scope's own workload",
         u"P8"_s,
         {u"LIKELY PeerAuthentication shop/b"_s},
         [=](World &world) {
             twins(world, other);
             world.input.scope = {u"shop"_s, u"orders-v1"_s};
         }},
        {"a selector in the root namespace, for others",
         u"P3"_s,
         {},
         [](World &world) {
             world.add(policy("istio-system", "s",
                              "{selector: {matchLabels: {app: orders}}, mtls: {mode: STRICT}}"));
             world.input.scope = {u"default"_s, {}};
         }},
        {"a selector in the root namespace, for the scope",
         u"P3"_s,
         {u"BLOCKER PeerAuthentication istio-system/s"_s},
         [](World &world) {
             world.add(policy("istio-system", "s",
                              "{selector: {matchLabels: {app: quote}}, mtls: {mode: STRICT}}"));
             world.input.scope = {u"default"_s, u"quote"_s};
         }},
        {"the mesh's twins are nothing to a namespace",
         u"P2"_s,
         {},
         [](World &world) {
             world.add(policy("istio-system", "a", "{mtls: {mode: PERMISSIVE}}"))
                 .add(policy("istio-system", "b", "{mtls: {mode: STRICT}}", "2026-02-01T00:00:00Z"));
             world.input.scope = {u"default"_s, {}};
         }},
    };
}

QList<Neighbour> ruleNeighbours()
{
    const QStringList found{u"LIKELY DestinationRule default/quote"_s};
    const QByteArray cart = podYaml("shop", "cart", TwoContainers, "labels: {app: cart}");
    const auto add = [](World &world, const QList<QByteArray> &objects) {
        for (const QByteArray &object : objects)
            world.add(object);
    };
    const QByteArray all = rule("all", "default", "{host: '*.local'" + Off);
    const QByteArray subset =
        "{host: quote, subsets: [{name: old, labels: {app: LABEL}, trafficPolicy: {tls: {mode: DISABLE}}}]}";
    return {
        {"a wildcard alone",
         u"C1"_s,
         {u"LIKELY DestinationRule default/all"_s},
         [=](World &world) { add(world, {all}); }},
        {"a wildcard below a closer rule",
         u"C1"_s,
         {},
         [=](World &world) {
             add(world, {all, rule("quote", "default", "{host: quote" + Mutual)});
         }},
        {"a wildcard below a closer one that says nothing of TLS",
         u"C1"_s,
         {},
         [=](World &world) {
             add(world, {all, rule("quote", "default", "{host: quote, trafficPolicy: {}}")});
         }},
        {"a wildcard of the root namespace below the server's",
         u"C1"_s,
         {},
         [=](World &world) {
             add(world,
                 {rule("all", "istio-system", "{host: '*.local'" + Off),
                  rule("quote", "default", "{host: quote" + Mutual)});
         }},
        {"a wildcard of the client's own namespace before the server's rule",
         u"C1"_s,
         {u"LIKELY DestinationRule shop/all"_s},
         [=](World &world) {
             add(world,
                 {cart, rule("all", "shop", "{host: '*.local'" + Off),
                  rule("quote", "default", "{host: quote" + Mutual)});
         }},
        {"the older of two for one host",
         u"C1"_s,
         {},
         [=](World &world) {
             add(world,
                 {rule("a", "default", "{host: quote" + Mutual),
                  rule("quote", "default", "{host: quote" + Off)});
         }},
        {"the older of two says nothing", u"C1"_s, found,
         [=](World &world) {
             add(world,
                 {rule("a", "default", "{host: quote}"), rule("quote", "default", "{host: quote" + Off)});
         }},
        {"for clients that a selector names", u"C1"_s, found,
         [=](World &world) {
             add(world,
                 {rule("quote", "default",
                       "{host: quote, workloadSelector: {matchLabels: {app: quote}}" + Off)});
         }},
        {"for clients that are not there",
         u"C1"_s,
         {},
         [=](World &world) {
             add(world,
                 {rule("quote", "default",
                       "{host: quote, workloadSelector: {matchLabels: {app: gone}}" + Off)});
         }},
        {"with a selector, for clients of another namespace",
         u"C1"_s,
         {},
         [=](World &world) {
             add(world,
                 {cart,
                  rule("quote", "default",
                       "{host: quote, workloadSelector: {matchLabels: {app: cart}}" + Off)});
         }},
        {"a subset of its pods", u"C1"_s, found,
         [=](World &world) {
             add(world, {rule("quote", "default", QByteArray(subset).replace("LABEL", "quote"))});
         }},
        {"a subset of nobody",
         u"C1"_s,
         {},
         [=](World &world) {
             add(world, {rule("quote", "default", QByteArray(subset).replace("LABEL", "gone"))});
         }},
        {"a name that no client asks for",
         u"C1"_s,
         {},
         [=](World &world) { add(world, {rule("quote", "default", "{host: quote.default" + Off)}); }},
        {"exported to a namespace without clients",
         u"C1"_s,
         {},
         [=](World &world) {
             add(world, {rule("quote", "default", "{host: quote, exportTo: [empty]" + Off)});
         }},
        {"automatic TLS is off, and a closer rule asks for it",
         u"P9"_s,
         {},
         [=](World &world) {
             add(world,
                 {rule("quote", "default", "{host: quote" + Mutual),
                  "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: istio-system}\ndata: "
                  "{mesh: "
                  "'enableAutoMtls: false'}"});
         }},
    };
}

QList<Neighbour> clientNeighbours()
{
    const auto job = [](const QByteArray &metadata, const QByteArray &spec,
                        const QByteArray &status) -> QByteArray {
        return "apiVersion: batch/v1\nkind: Job\nmetadata: {name: migrate, namespace: legacy" + metadata
            + "}\nspec: {" + spec + "template: {spec: {containers: [{name: job}]}}}\nstatus: " + status;
    };
    const auto asProxy = [](World &world, const QByteArray &pod, const QByteArray &container) {
        world.add(
            podYaml("shop", "cart", pod + "containers: [{name: app" + container + "}, {name: istio-proxy}]"));
    };
    const QStringList found{u"POSSIBLE Pod shop/cart"_s};
    const QByteArray uid = "securityContext: {runAsUser: 1337}";
    return {
        {"a Job that runs",
         u"C7"_s,
         {u"POSSIBLE Job legacy/migrate"_s},
         [job](World &world) { world.add(job("", "", "{active: 1}")); }},
        {"a Job that has ended",
         u"C7"_s,
         {},
         [job](World &world) { world.add(job("", "", "{conditions: [{type: Complete, status: 'True'}]}")); }},
        {"a Job that has given up",
         u"C7"_s,
         {},
         [job](World &world) { world.add(job("", "", "{conditions: [{type: Failed, status: 'True'}]}")); }},
        {"a Job that may not begin",
         u"C7"_s,
         {},
         [job](World &world) { world.add(job("", "suspend: true, ", "{}")); }},
        {"a Job of a CronJob, which is said itself",
         u"C7"_s,
         {},
         [job](World &world) {
             world.add(job(", ownerReferences: [{kind: CronJob, name: nightly, controller: true}]", "",
                           "{active: 1}"));
         }},
        {"a pod that runs as the proxy", u"C4"_s, found,
         [=](World &world) { asProxy(world, uid + ", ", ""); }},
        {"a pod whose container runs as itself",
         u"C4"_s,
         {},
         [=](World &world) { asProxy(world, uid + ", ", ", securityContext: {runAsUser: 1000}"); }},
        {"a container that runs as the proxy", u"C4"_s, found,
         [=](World &world) { asProxy(world, "", ", " + uid); }},
        {"a group of the proxy's", u"C4"_s, found,
         [=](World &world) {
             asProxy(world, "securityContext: {runAsGroup: 1337}, ", ", securityContext: {runAsUser: 1000}");
         }},
        {"the guide's own annotation on the edge", u"C4"_s, {}, [](World &world) { injectEdge(world); }},
    };
}

models::StrictTelemetry::Plaintext clearText(const QString &server, const QString &client)
{
    models::StrictTelemetry::Plaintext seen;
    seen.nameSpace = u"shop"_s;
    seen.workload = server;
    seen.sourceNamespace = client;
    seen.sourceWorkload = u"web"_s;
    seen.requests = 12;
    return seen;
}

QList<Neighbour> hiddenNeighbours()
{
    const auto hide = [](World &world, const QString &seen) {
        addOrders(world);
        world.add(podYaml("shop", "cart", TwoContainers, "labels: {app: cart}"))
            .add(service("{selector: {app: cart}, ports: [{name: http, port: 9000}]}", "cart"))
            .add(service("{" + ThreePorts))
            .add(podYaml("front", "web", TwoContainers, "labels: {app: web}"))
            .add("apiVersion: networking.istio.io/v1beta1\nkind: Sidecar\nmetadata: {name: default, "
                 "namespace: "
                 "front}\nspec: {egress: [{hosts: ['./*', 'istio-system/*', 'default/*']}]}");
        if (!seen.isEmpty())
            world.input.telemetry->plaintext = {clearText(seen, u"front"_s)};
    };
    return {
        {"nobody was seen",
         u"C2"_s,
         {u"POSSIBLE Sidecar front/default"_s},
         [=](World &world) { hide(world, {}); }},
        {"a caller of the second workload was seen",
         u"C2"_s,
         {u"LIKELY Sidecar front/default"_s},
         [=](World &world) { hide(world, u"orders-v2"_s); }},
        {"a caller of one that is known was seen",
         u"C2"_s,
         {},
         [=](World &world) {
             hide(world, u"orders-v2"_s);
             world.replace("'default/*']", "'default/*', 'shop/*']");
         }},
    };
}

QByteArray portMode(const QByteArray &port)
{
    return policy("shop", "cart",
                  "{selector: {matchLabels: {app: cart}}, mtls: {mode: STRICT}, portLevelMtls: {" + port
                      + ": {mode: PERMISSIVE}}}");
}

QList<Neighbour> portModeNeighbours()
{
    const auto cart = [](World &world, const QByteArray &container, const QByteArray &annotations) {
        world.add(podYaml("shop", "cart", "containers: [{name: app" + container + "}, {name: istio-proxy}]",
                          "labels: {app: cart}, annotations: {" + annotations + "}"));
    };
    const QByteArray scraped = "prometheus.io/scrape: 'true', prometheus.io/port: '9102'";
    return {
        {"a port that nobody asks",
         u"P4"_s,
         {u"LIKELY PeerAuthentication shop/cart"_s},
         [=](World &world) {
             cart(world, "", "a: b");
             world.add(portMode("9102"));
         }},
        {"a port that is scraped, and declared nowhere",
         u"P4"_s,
         {},
         [=](World &world) {
             cart(world, "", scraped);
             world.add(portMode("9102"));
         }},
        {"a port that is probed, and declared nowhere",
         u"P4"_s,
         {},
         [=](World &world) {
             cart(world, ", livenessProbe: {httpGet: {path: /, port: 9999}}", "a: b");
             world.add(portMode("9999"));
         }},
    };
}

QList<Neighbour> allNeighbours()
{
    return doorNeighbours() + serverNeighbours() + policyNeighbours() + ruleNeighbours() + clientNeighbours()
        + hiddenNeighbours() + portModeNeighbours();
}

} // namespace

class PreflightNeighboursTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void eachNeighbourHasItsRowsAndNoOther_data()
    {
        QTest::addColumn<int>("index");
        const QList<Neighbour> all = allNeighbours();
        for (int i = 0; i < all.size(); ++i)
            QTest::addRow("%s, %s", qPrintable(all[i].check), all[i].name) << i;
    }
    void eachNeighbourHasItsRowsAndNoOther()
    {
        QFETCH(int, index);
        const Neighbour neighbour = allNeighbours()[index];
        World world = ready();
        neighbour.change(world);
        QCOMPARE(rowsOf(reportOf(world), neighbour.check).join(u'\n'), neighbour.expected.join(u'\n'));
    }

    // The second run, with what the first one asked for in place, names the same exceptions and no fault.
    void whatTheFirstRunAskedForIsNoFaultOfTheSecond()
    {
        World world = ready();
        addOrders(world);
        world.add(service("{type: NodePort, " + ThreePorts));
        world.input.coverageThreshold = 0;
        const models::PreflightReport first = reportOf(world);
        QCOMPARE(models::verdictName(first.verdict), u"GO WITH EXCEPTIONS"_s);
        QCOMPARE(first.exceptions.size(), 6);
        for (const QByteArray version : {"v1", "v2"})
            world.add(policy(
                "shop", "orders-" + version,
                "{selector: {matchLabels: {app: orders, version: " + version
                    + "}}, mtls: {mode: STRICT}, portLevelMtls: {8080: {mode: PERMISSIVE}, 8081: {mode: "
                      "PERMISSIVE}, 9099: {mode: PERMISSIVE}}}"));
        const models::PreflightReport second = reportOf(world);
        QCOMPARE(models::verdictName(second.verdict), u"GO WITH EXCEPTIONS"_s);
        QCOMPARE(second.exceptions.size(), 6);
    }

    // The field that a row names is the one that does it.
    void aRowNamesTheFieldThatDoesIt_data()
    {
        QTest::addColumn<QByteArray>("pod");
        QTest::addColumn<QByteArray>("annotations");
        QTest::addColumn<QString>("check");
        QTest::addColumn<QString>("path");
        const QByteArray out = "traffic.sidecar.istio.io/excludeInboundPorts: '9000'";
        const QByteArray in = "traffic.sidecar.istio.io/includeInboundPorts: '8080'";
        const QString annotation = u"metadata.annotations[traffic.sidecar.istio.io/%1]"_s;
        QTest::newRow("left out") << QByteArray() << out << u"S1"_s
                                  << annotation.arg(u"excludeInboundPorts"_s);
        QTest::newRow("not taken in")
            << QByteArray() << in << u"S1"_s << annotation.arg(u"includeInboundPorts"_s);
        QTest::newRow("of the pod") << QByteArray("securityContext: {runAsUser: 1337}, ")
                                    << QByteArray("a: b") << u"C4"_s << u"spec.securityContext.runAsUser"_s;
    }
    void aRowNamesTheFieldThatDoesIt()
    {
        QFETCH(QByteArray, pod);
        QFETCH(QByteArray, annotations);
        QFETCH(QString, check);
        QFETCH(QString, path);
        World world = ready();
        world.add(podYaml("shop", "cart", pod + TwoContainers,
                          "labels: {app: cart}, annotations: {" + annotations + "}"));
        world.add(service("{selector: {app: cart}, ports: [{name: http, port: 9000}]}", "cart"));
        const models::PreflightReport report = reportOf(world);
        const auto row = std::find_if(report.rows.begin(), report.rows.end(),
                                      [&check](const auto &one) { return one.check == check; });
        QVERIFY(row != report.rows.end());
        QCOMPARE(row->path, path);
    }
};

SALLYPORT_TEST(preflight_neighbours_test, PreflightNeighboursTest)
#include "preflight_neighbours_test.moc"
