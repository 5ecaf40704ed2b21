// SPDX-License-Identifier: GPL-3.0-or-later
// What lies close to the fixtures of the rows about servers and doors: Services that lead to several workloads, of which each
// port needs its own exception, and worlds that look like a fault and have none.
#include "tests/models/preflight_neighbour.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace preflight_world;

namespace {

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
        {"an exception of the headless Service's only port",
         u"S3"_s,
         {u"LIKELY Service shop/orders"_s},
         [](World &world) {
             addOrders(world);
             world.add(
                 service("{clusterIP: None, selector: {app: orders}, ports: [{name: http, port: 8080}]}"));
             world.add(
                 policy("shop", "off",
                        "{selector: {matchLabels: {app: orders}}, portLevelMtls: {8080: {mode: DISABLE}}}"));
         }},
        {"an exception of a headless Service's workload",
         u"S3"_s,
         {u"LIKELY Service shop/orders"_s},
         [](World &world) {
             addOrders(world);
             world.add(service("{clusterIP: None, selector: {app: orders, version: v1}, ports: [{name: http, "
                               "port: 8080}]}"));
             world.add(
                 policy("shop", "off", "{selector: {matchLabels: {version: v1}}, mtls: {mode: DISABLE}}"));
         }},
        {"an exception for whose headless Service a rule says the same",
         u"S3"_s,
         {},
         [](World &world) {
             addOrders(world);
             world.add(
                 service("{clusterIP: None, selector: {app: orders}, ports: [{name: http, port: 8080}]}"));
             world.add(
                 policy("shop", "off",
                        "{selector: {matchLabels: {app: orders}}, portLevelMtls: {8080: {mode: DISABLE}}}"));
             world.add(rule("off", "shop", "{host: orders, trafficPolicy: {tls: {mode: DISABLE}}}"));
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

QList<Neighbour> allNeighbours() { return doorNeighbours() + serverNeighbours() + portModeNeighbours(); }

} // namespace

class PreflightServerNeighboursTest : public QObject
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

SALLYPORT_TEST(preflight_server_neighbours_test, PreflightServerNeighboursTest)
#include "preflight_server_neighbours_test.moc"
