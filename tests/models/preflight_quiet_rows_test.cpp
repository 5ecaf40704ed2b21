// SPDX-License-Identifier: GPL-3.0-or-later
// What lies close to rows of §2.3 and is none of them: beside the neighbours of the other files, so that each row has one.
#include "tests/models/preflight_fixtures.h"
#include "tests/models/preflight_neighbour.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace preflight_world;

namespace {

const QByteArray Bare = "containers: [{name: app, ports: [{containerPort: 8000}]}]";

void headless(World &world)
{
    world.replace("clusterIP: 10.96.0.30", "clusterIP: None")
        .replace(
            "ports: [{name: http, port: 80, targetPort: 8000}, {name: https, port: 443, targetPort: 8000}]",
            "ports: [{name: http, port: 8000}]")
        .replace("service: 'quote:80'", "service: 'quote:8000'");
}

QList<Neighbour> ofPolicies()
{
    const auto narrow = [](World &world, const QByteArray &mode) {
        world.add(policy("default", "default", "{mtls: {mode: " + mode + "}}"));
    };
    const auto revisions = [](World &world, const QByteArray &second) {
        world.replace("  labels: {app: quote, pod-template-hash: 6bc6b6bd5d}",
                      "  labels: {app: quote, pod-template-hash: 6bc6b6bd5d, istio.io/rev: blue}");
        world.add(
            podYaml("shop", "second", TwoContainers, "labels: {app: second, istio.io/rev: " + second + "}"));
    };
    return {
        {"a narrower object that is STRICT already",
         u"P5"_s,
         {},
         [=](World &world) { narrow(world, "STRICT"); }},
        {"a narrower object of another namespace",
         u"P5"_s,
         {},
         [=](World &world) {
             addOrders(world);
             world.add(policy("shop", "default", "{mtls: {mode: PERMISSIVE}}"));
             world.input.scope = {u"default"_s, {}};
         }},
        {"a narrower object, and the scope is not the mesh",
         u"P5"_s,
         {u"INFO PeerAuthentication default/quote"_s},
         [](World &world) {
             world.add(policy("default", "quote",
                              "{selector: {matchLabels: {app: quote}}, mtls: {mode: PERMISSIVE}}"));
             world.input.scope = {u"default"_s, {}};
         }},
        {"a namespace that is PERMISSIVE",
         u"P6"_s,
         {},
         [=](World &world) {
             narrow(world, "PERMISSIVE");
             world.input.scope = {u"default"_s, u"quote"_s};
         }},
        {"a namespace below DISABLE as a whole",
         u"P6"_s,
         {},
         [=](World &world) {
             narrow(world, "DISABLE");
             world.input.scope = {u"default"_s, {}};
         }},
        {"from PERMISSIVE to STRICT",
         u"P7"_s,
         {},
         [](World &world) { world.add(policy("istio-system", "default", "{mtls: {mode: PERMISSIVE}}")); }},
        {"what stays at DISABLE", u"P7"_s, {}, [=](World &world) { narrow(world, "DISABLE"); }},
        {"what is at DISABLE in another namespace",
         u"P7"_s,
         {},
         [](World &world) {
             addOrders(world);
             world.add(policy("shop", "default", "{mtls: {mode: DISABLE}}"));
             world.input.scope = {u"default"_s, {}};
         }},
        {"two pods of one revision", u"P10"_s, {}, [=](World &world) { revisions(world, "blue"); }},
        {"another revision outside the scope",
         u"P10"_s,
         {},
         [=](World &world) {
             revisions(world, "green");
             world.input.scope = {u"default"_s, {}};
         }},
        {"a pod without a sidecar outside the scope",
         u"P11"_s,
         {},
         [](World &world) {
             world.add(podYaml("bare", "one", Bare));
             world.input.scope = {u"default"_s, {}};
         }},
        {"a pod without a sidecar that has ended",
         u"P11"_s,
         {u"INFO Deployment ambassador/ambassador"_s},
         [](World &world) {
             world.add(
                 QByteArray(podYaml("bare", "one", Bare)).replace("phase: Running", "phase: Succeeded"));
         }},
    };
}

QList<Neighbour> ofClientsAndServers()
{
    const auto job = [](World &world, const QByteArray &schedule, const QByteArray &more) {
        world.add("apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: nightly, namespace: legacy}\nspec: "
                  "{schedule: '"
                  + schedule + "'" + more + "}");
    };
    const QByteArray injected =
        ", jobTemplate: {spec: {template: {metadata: {labels: {sidecar.istio.io/inject: 'true'}}}}}";
    return {
        {"what comes after a native sidecar",
         u"C5"_s,
         {},
         [](World &world) {
             world.add(podYaml(
                 "shop", "cart",
                 "initContainers: [{name: istio-proxy, restartPolicy: Always}, {name: migrate}], containers: "
                 "[{name: app, ports: [{containerPort: 9000}]}]"));
         }},
        {"Istio's own one",
         u"C5"_s,
         {},
         [](World &world) {
             world.add(podYaml("shop", "cart", "initContainers: [{name: istio-init}], " + TwoContainers));
         }},
        {"one of a pod without a sidecar, which C6 says",
         u"C5"_s,
         {},
         [](World &world) {
             world.add(podYaml("legacy", "report", "initContainers: [{name: migrate}], " + Bare));
         }},
        {"the cluster's own",
         u"C6"_s,
         {},
         [](World &world) { world.add(podYaml("kube-system", "dns", Bare)); }},
        {"one that has ended",
         u"C6"_s,
         {},
         [](World &world) {
             world.add(
                 QByteArray(podYaml("legacy", "report", Bare)).replace("phase: Running", "phase: Succeeded"));
         }},
        {"a CronJob that gets a sidecar",
         u"C7"_s,
         {},
         [=](World &world) { job(world, "0 3 * * *", injected); }},
        {"a CronJob that is suspended",
         u"C7"_s,
         {},
         [=](World &world) { job(world, "0 3 * * *", ", suspend: true"); }},
        {"a headless Service of injected pods", u"S2"_s, {}, headless},
        {"a headless Service of none",
         u"S2"_s,
         {},
         [](World &world) {
             headless(world);
             world.replace("  - {name: istio-proxy, image: 'istio/proxyv2:1.24.1'}\n", "");
         }},
        {"a mixed Service with an address",
         u"S2"_s,
         {},
         [](World &world) { world.add(podYaml("default", "quote-2", Bare, "labels: {app: quote}")); }},
        {"a headless Service of mixed pods that are not in scope",
         u"S2"_s,
         {},
         [](World &world) {
             headless(world);
             world.add(podYaml("default", "quote-2", Bare, "labels: {app: quote}"));
             addOrders(world);
             world.input.scope = {u"shop"_s, {}};
         }},
    };
}

QList<Neighbour> ofTheEdge()
{
    const auto unlike = [](World &world, const QByteArray &spec) {
        world.add("apiVersion: getambassador.io/v2\nkind: TLSContext\nmetadata: {name: other, namespace: "
                  "ambassador}\nspec: "
                  + spec);
    };
    return {
        {"an edge of the guide's end", u"E1"_s, {}, [](World &) {}},
        {"an edge without a certificate that leads nowhere STRICT",
         u"E1"_s,
         {},
         [](World &world) {
             world.yaml.replace(edgeWithCertsYaml(), edgeYaml());
             world.replace(istioUpstreamYaml(), "")
                 .replace("service: 'quote:80', tls: istio-upstream}", "service: 'example.com:80'}");
         }},
        {"a TLSContext of hosts whose Secret is there not",
         u"E4"_s,
         {},
         [=](World &world) { unlike(world, "{hosts: [shop.example.com], secret: gone}"); }},
        {"a TLSContext without a Secret that nothing names",
         u"E4"_s,
         {},
         [=](World &world) { unlike(world, "{alpn_protocols: istio}"); }},
        {"a TLSContext without ALPN that nothing names",
         u"E5"_s,
         {},
         [=](World &world) { unlike(world, "{secret: istio-certs}"); }},
        {"ALPN among others",
         u"E5"_s,
         {},
         [](World &world) { world.replace("alpn_protocols: istio", "alpn_protocols: 'h2,istio'"); }},
        {"a certificate that is fresh", u"E9"_s, {}, [](World &) {}},
    };
}

QList<Neighbour> ofEvidence()
{
    const auto job = [](World &world, const QByteArray &schedule) {
        world.add("apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: nightly, namespace: legacy}\nspec: "
                  "{schedule: '"
                  + schedule + "'}");
    };
    return {
        {"clear text to what does not become STRICT",
         u"T1"_s,
         {},
         [](World &world) {
             addOrders(world);
             world.input.telemetry->plaintext = {clearText({}, u"unknown"_s)};
             world.input.telemetry->covered = {u"shop/orders-v1"_s, u"shop/orders-v2"_s};
             world.input.scope = {u"shop"_s, {}};
         }},
        {"clear text to a workload that is not here",
         u"T1"_s,
         {},
         [](World &world) {
             world.input.telemetry->plaintext = {clearText({}, u"unknown"_s)};
             world.input.telemetry->plaintext[0].workload = u"gone"_s;
         }},
        {"a job of every day", u"T4"_s, {}, [=](World &world) { job(world, "0 3 * * *"); }},
        {"a job of every month",
         u"T4"_s,
         {u"POSSIBLE CronJob legacy/nightly"_s},
         [=](World &world) { job(world, "0 3 1 * *"); }},
    };
}

QList<Neighbour> all() { return ofPolicies() + ofClientsAndServers() + ofTheEdge() + ofEvidence(); }

} // namespace

class PreflightQuietRowsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void eachNeighbourHasItsRowsAndNoOther_data()
    {
        QTest::addColumn<int>("index");
        const QList<Neighbour> rows = all();
        for (int i = 0; i < rows.size(); ++i)
            QTest::addRow("%s, %s", qPrintable(rows[i].check), rows[i].name) << i;
    }
    void eachNeighbourHasItsRowsAndNoOther()
    {
        QFETCH(int, index);
        const Neighbour neighbour = all()[index];
        World world = ready();
        neighbour.change(world);
        QCOMPARE(rowsOf(reportOf(world), neighbour.check).join(u'\n'), neighbour.expected.join(u'\n'));
    }

    // T2, T3: what is covered and readable is checked, and is no row.
    void coverageAndLabelsThatAreWellAreChecked()
    {
        const models::PreflightReport report = reportOf(ready());
        for (const models::PreflightCheck &check : report.checks) {
            if (check.id == "T2"_L1 || check.id == "T3"_L1)
                QCOMPARE(check.state, models::PreflightCheck::State::Passed);
        }
    }
};

SALLYPORT_TEST(preflight_quiet_rows_test, PreflightQuietRowsTest)
#include "preflight_quiet_rows_test.moc"
