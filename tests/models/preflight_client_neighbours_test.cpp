// SPDX-License-Identifier: GPL-3.0-or-later
// What lies close to the fixtures of the rows about policies, rules and clients: worlds that look like a fault and have none.
#include "tests/models/preflight_neighbour.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace preflight_world;

namespace {

const QByteArray Off = ", trafficPolicy: {tls: {mode: DISABLE}}}";
const QByteArray Mutual = ", trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}";

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

models::StrictTelemetry::Plaintext clearTextTo(const QString &server, const QString &client)
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
            world.input.telemetry->plaintext = {clearTextTo(seen, u"front"_s)};
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

QList<Neighbour> allNeighbours()
{
    return policyNeighbours() + ruleNeighbours() + clientNeighbours() + hiddenNeighbours();
}

} // namespace

class PreflightClientNeighboursTest : public QObject
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
};

SALLYPORT_TEST(preflight_client_neighbours_test, PreflightClientNeighboursTest)
#include "preflight_client_neighbours_test.moc"
