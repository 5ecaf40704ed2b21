// SPDX-License-Identifier: GPL-3.0-or-later
// Ways to a STRICT pod that are not the plain name of its Service, and what else a preflight must not overlook.
#include "tests/models/preflight_world.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace preflight_world;
using Verdict = models::PreflightReport::Verdict;

namespace {

// One more pod in the mesh, with an address, below a headless Service.
void addOrders(World &world, const QByteArray &phase = "Running")
{
    world
        .add("apiVersion: v1\nkind: Pod\nmetadata: {name: orders-0, namespace: shop, labels: {app: orders}}\n"
             "spec: {containers: [{name: app, ports: [{containerPort: 8080, hostPort: 18080}]}, {name: "
             "istio-proxy}]}\nstatus: {phase: "
             + phase + ", podIP: 10.244.7.7, conditions: [{type: Ready, status: 'True'}]}")
        .add("apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}")
        .add("apiVersion: v1\nkind: Service\nmetadata: {name: orders-hl, namespace: shop}\nspec: {clusterIP: "
             "None, selector: {app: orders}, ports: [{name: http, port: 8080}]}")
        .add("apiVersion: v1\nkind: Service\nmetadata: {name: orders, namespace: shop}\nspec: {selector: "
             "{app: "
             "orders}, ports: [{name: http, port: 80, targetPort: 8080}]}");
    world.input.telemetry->covered.insert(u"shop/orders-0"_s);
}

QByteArray mappingTo(const QByteArray &service)
{
    return "apiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: orders, namespace: shop}\nspec: "
           "{prefix: /orders/, service: '"
        + service + "'}";
}

QStringList subjectsOf(const models::PreflightReport &report, const QString &check)
{
    QStringList all;
    for (const models::PreflightRow &row : report.rows) {
        if (row.check == check)
            all.append(row.subject.text());
    }
    return all;
}

QString allMessages(const models::PreflightReport &report)
{
    QStringList all;
    for (const models::PreflightRow &row : report.rows)
        all.append(row.check + u' ' + row.subject.text() + u": "_s + row.message);
    return all.join(u'\n');
}

} // namespace

class PreflightTargetsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void mappingsInClearTextByWhateverName_data()
    {
        QTest::addColumn<QByteArray>("service");
        QTest::addColumn<bool>("isBroken");
        QTest::newRow("a Service") << QByteArray("orders.shop:80") << true;
        QTest::newRow("a Service, with the root's dot") << QByteArray("orders.shop.:80") << true;
        QTest::newRow("its whole name and dot") << QByteArray("orders.shop.svc.cluster.local.:80") << true;
        QTest::newRow("a pod by its name")
            << QByteArray("orders-0.orders-hl.shop.svc.cluster.local:8080") << true;
        QTest::newRow("a pod by its short name") << QByteArray("orders-0.orders-hl.shop:8080") << true;
        QTest::newRow("a pod by its address") << QByteArray("10.244.7.7:8080") << true;
        QTest::newRow("another pod's name")
            << QByteArray("orders-1.orders-hl.shop.svc.cluster.local:8080") << false;
        QTest::newRow("an address of nobody's") << QByteArray("10.244.7.8:8080") << false;
        QTest::newRow("a name outside") << QByteArray("orders-0.orders-hl.example.com:8080") << false;
    }
    void mappingsInClearTextByWhateverName()
    {
        QFETCH(QByteArray, service);
        QFETCH(bool, isBroken);
        World world = ready();
        addOrders(world);
        world.replace(", hostPort: 18080", "");
        world.add(mappingTo(service));
        const models::PreflightReport report = reportOf(world);
        QVERIFY2(subjectsOf(report, u"E2"_s).contains(u"Mapping shop/orders"_s) == isBroken,
                 qPrintable(allMessages(report)));
        QCOMPARE(report.verdict == Verdict::NoGo, isBroken);
    }

    void anAddressOfAPodThatIsGoneIsNobodys()
    {
        World world = ready();
        addOrders(world, "Succeeded");
        world.add(mappingTo("10.244.7.7:8080"));
        QVERIFY(!subjectsOf(reportOf(world), u"E2"_s).contains(u"Mapping shop/orders"_s));
    }

    void portsOfNodesAndOutsideAddressesAreDoors_data()
    {
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        QTest::addColumn<QString>("subject"); // of K3; "" no row
        const QByteArray hostPort = ", hostPort: 18080";
        QTest::newRow("a port of the node") << QByteArray() << QByteArray() << u"Pod shop/orders-0"_s;
        QTest::newRow("no port of the node") << hostPort << QByteArray() << QString();
        QTest::newRow("of UDP") << hostPort << QByteArray(", protocol: UDP, hostPort: 18080") << QString();
        QTest::newRow("addresses outside")
            << hostPort << QByteArray("externalIPs") << u"Service shop/orders"_s;
    }
    void portsOfNodesAndOutsideAddressesAreDoors()
    {
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        QFETCH(QString, subject);
        World world = ready();
        addOrders(world);
        if (!from.isEmpty())
            world.replace(from, to == "externalIPs" ? QByteArray() : to);
        if (to == "externalIPs")
            world.replace("name: orders, namespace: shop}\nspec: {selector",
                          "name: orders, namespace: shop}\nspec: {externalIPs: [192.0.2.1], selector");
        const models::PreflightReport report = reportOf(world);
        QCOMPARE(subjectsOf(report, u"K3"_s), subject.isEmpty() ? QStringList() : QStringList{subject});
        if (!subject.isEmpty()) {
            QCOMPARE(report.verdict, Verdict::GoWithExceptions);
            QCOMPARE(report.exceptions.constFirst().port, 8080);
        }
    }

    // Asked, and without: its TLS is refused, whatever the Mappings say.
    void anEdgeThatHasLoadedNoCertificate()
    {
        World world = ready();
        world.proxies.first().certificates.clear();
        const models::PreflightReport report = reportOf(world);
        QCOMPARE(report.verdict, Verdict::NoGo);
        QCOMPARE(subjectsOf(report, u"E9"_s), QStringList{u"Pod ambassador/ambassador-5d4f8c7b9-x2x2x"_s});
        world.proxies.clear(); // not asked: not known
        QCOMPARE(reportOf(world).verdict, Verdict::Unknown);
    }

    // Two edges may share a namespace: what the other one's pods have loaded says nothing of this one.
    void aPodOfAnotherEdgeIsAskedForItsOwn()
    {
        World world = ready();
        world.add(
            "apiVersion: v1\nkind: Pod\nmetadata: {name: other-7c9d-abcde, namespace: ambassador, labels: "
            "{pod-template-hash: 7c9d}, ownerReferences: [{kind: ReplicaSet, name: other-7c9d, controller: "
            "true}]}\nspec: {containers: [{name: other}]}\nstatus: {phase: Running}");
        models::ProxyCertificates other = world.proxies.first();
        other.pod = u"other-7c9d-abcde"_s;
        other.certificates.clear();
        world.proxies.append(other);
        const models::PreflightReport report = reportOf(world);
        QCOMPARE(subjectsOf(report, u"E9"_s), QStringList());
        QCOMPARE(report.verdict, Verdict::Go);
        world.proxies.removeFirst(); // and this one's were not asked
        QCOMPARE(reportOf(world).verdict, Verdict::Unknown);
    }

    void ownersAreKnownByWhatTheyWroteAs_data()
    {
        QTest::addColumn<QByteArray>("manager");
        QTest::addColumn<QString>("owner"); // "" none
        QTest::newRow("Argo CD") << QByteArray("argocd-controller") << u"Argo CD"_s;
        QTest::newRow("Flux") << QByteArray("kustomize-controller") << u"Flux"_s;
        QTest::newRow("Helm") << QByteArray("helm") << u"Helm"_s;
        QTest::newRow("Terraform") << QByteArray("Terraform") << u"Terraform"_s;
        QTest::newRow("a person") << QByteArray("kubectl-edit") << QString();
        QTest::newRow("this program") << QByteArray("sallyport") << QString();
    }
    void ownersAreKnownByWhatTheyWroteAs()
    {
        QFETCH(QByteArray, manager);
        QFETCH(QString, owner);
        World world = ready();
        world.add(
            "apiVersion: security.istio.io/v1beta1\nkind: PeerAuthentication\nmetadata: {name: default, "
            "namespace: istio-system, managedFields: [{manager: other, operation: Update}, {manager: "
            + manager + ", operation: Apply}]}\nspec: {mtls: {mode: PERMISSIVE}}");
        const models::PreflightReport report = reportOf(world);
        QStringList owners;
        for (const models::PreflightRow &row : report.rows) {
            if (row.check == "R3"_L1)
                owners.append(row.value);
        }
        QCOMPARE(owners, owner.isEmpty() ? QStringList() : QStringList{owner});
    }

    // B7: what reads by the mesh's certificate works under STRICT, and ends when that is taken back.
    void scrapesByTheMeshsCertificateAreAHazardOfTheWayBack()
    {
        World world = ready();
        const QByteArray monitor =
            "apiVersion: monitoring.coreos.com/v1\nkind: PodMonitor\nmetadata: {name: quote, namespace: "
            "default}\nspec: {selector: {}, podMetricsEndpoints: [{port: http, scheme: https, tlsConfig: "
            "{certFile: /etc/prom-certs/cert-chain.pem}}]}";
        world.add(monitor);
        const models::PreflightReport report = reportOf(world);
        const auto row = std::find_if(report.rows.begin(), report.rows.end(),
                                      [](const models::PreflightRow &one) { return one.check == "R4"_L1; });
        QVERIFY(row != report.rows.end());
        QCOMPARE(row->evidence, QStringList{u"PodMonitor default/quote spec.podMetricsEndpoints[0]"_s});
        QCOMPARE(subjectsOf(report, u"K4"_s), QStringList());
    }

    void aServiceWithoutThePortIsAskedAboutInItsScopeAlone()
    {
        World world = ready();
        world.add("apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}");
        world.replace("quote:80", "quote").replace(", {name: https, port: 443, targetPort: 8000}", "");
        QVERIFY(!subjectsOf(reportOf(world), u"E6"_s).isEmpty());
        world.input.scope = {u"shop"_s, {}};
        QVERIFY(subjectsOf(reportOf(world), u"E6"_s).isEmpty());
    }

    // ConfigMap istio is the default revision's, whoever else has one.
    void anotherRevisionsSettingsAreItsOwn()
    {
        const auto mesh = [](const QByteArray &name, const QByteArray &settings) -> QByteArray {
            return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name
                + ", namespace: istio-system}\ndata: {mesh: '" + settings + "'}";
        };
        World world = ready();
        world.add(mesh("istio", "enableAutoMtls: false"))
            .add(mesh("istio-canary", "rootNamespace: elsewhere"));
        const models::PreflightReport report = reportOf(world);
        QVERIFY2(!subjectsOf(report, u"P9"_s).isEmpty(), qPrintable(allMessages(report)));
    }

    void aRulesTlsWithoutAModeIsClearText_data()
    {
        QTest::addColumn<QByteArray>("tls");
        QTest::addColumn<bool>("isFound");
        QTest::newRow("empty") << QByteArray("tls: {}") << true;
        QTest::newRow("another field alone") << QByteArray("tls: {sni: quote}") << true;
        QTest::newRow("said") << QByteArray("tls: {mode: DISABLE}") << true;
        QTest::newRow("the mesh's") << QByteArray("tls: {mode: ISTIO_MUTUAL}") << false;
        QTest::newRow("none") << QByteArray("connectionPool: {}") << false;
    }
    void aRulesTlsWithoutAModeIsClearText()
    {
        QFETCH(QByteArray, tls);
        QFETCH(bool, isFound);
        World world = ready();
        world.add("apiVersion: networking.istio.io/v1beta1\nkind: DestinationRule\nmetadata: {name: quote, "
                  "namespace: default}\nspec: {host: quote, trafficPolicy: {"
                  + tls + "}}");
        QCOMPARE(!subjectsOf(reportOf(world), u"C1"_s).isEmpty(), isFound);
    }
};

SALLYPORT_TEST(preflight_targets_test, PreflightTargetsTest)
#include "preflight_targets_test.moc"
