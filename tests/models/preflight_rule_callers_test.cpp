// SPDX-License-Identifier: GPL-3.0-or-later
// C1 by evidence: whether a client that goes by the DestinationRule was seen to call what becomes STRICT.
#include "models/analysis/client_rules.h"
#include "tests/models/preflight_neighbour.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace preflight_world;

namespace {

using Call = models::StrictTelemetry::Call;

constexpr const char *Of = "{host: quote, trafficPolicy: {tls: {mode: DISABLE}}}";
constexpr const char *OfAPort =
    "{host: quote, trafficPolicy: {portLevelSettings: [{port: {number: 80}, tls: {mode: DISABLE}}]}}";
constexpr const char *OfCarts =
    "{host: quote.default.svc.cluster.local, workloadSelector: {matchLabels: {app: cart}}, "
    "trafficPolicy: {tls: {mode: DISABLE}}}";

QByteArray withMode(const QByteArray &mode) { return QByteArray(Of).replace("DISABLE", mode); }

Call call(const QString &client, bool byServer, bool isMutual, const QString &service = u"quote"_s)
{
    Call one;
    one.nameSpace = u"default"_s;
    one.workload = byServer || service == "quote"_L1 ? u"quote"_s : u"other"_s;
    one.service = service;
    one.sourceNamespace = client.section(u'/', 0, 0);
    one.sourceWorkload = client.section(u'/', 1);
    one.byServer = byServer;
    one.isMutual = isMutual;
    one.requests = 12;
    one.lastSeen = takenAt.addSecs(-60);
    one.query = byServer ? u"asked of the server"_s : u"asked of the client"_s;
    return one;
}

Call sent(const QString &client) { return call(client, false, false); }
Call taken(const QString &client, bool isMutual) { return call(client, true, isMutual); }

} // namespace

class PreflightRuleCallersTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aCallerThatWasSeenDecides_data()
    {
        QTest::addColumn<QByteArray>("rule");
        QTest::addColumn<QString>("home"); // of the rule
        QTest::addColumn<QList<Call>>("calls");
        QTest::addColumn<QString>("clearTextOf");
        QTest::addColumn<QString>("level");
        QTest::addColumn<QString>("evidence"); // part of it
        const QString blocker = u"BLOCKER"_s, likely = u"LIKELY"_s, none;
        const auto row = [](const char *name, const QByteArray &rule, const QList<Call> &calls,
                            const QString &level, const QString &evidence,
                            const QString &home = u"default"_s) {
            QTest::newRow(name) << rule << home << calls << QString() << level << evidence;
        };
        row("nobody was seen", Of, {}, likely, none);
        row("by its own proxy", Of, {sent(u"shop/cart"_s)}, blocker,
            u"calls from shop/cart are counted by its own proxy: 12 requests or connections, last seen 2026-11-25T11:59:00Z"_s);
        row("TLS of another authority, which the server's proxy counts nowhere", withMode("SIMPLE"),
            {sent(u"shop/cart"_s)}, blocker, u"asked of the client"_s);
        row("one that reached nobody", Of, {[] {
                Call one = sent(u"shop/cart"_s);
                one.workload = u"unknown"_s;
                return one;
            }()},
            blocker, u"calls from shop/cart"_s);
        row("of another Service", Of, {call(u"shop/cart"_s, false, false, u"other"_s)}, likely, none);
        row("by the server, in clear text", Of, {taken(u"shop/cart"_s, false)}, blocker,
            u"clear text from shop/cart is counted"_s);
        QTest::newRow("in clear text, by T1's question")
            << QByteArray(Of) << u"default"_s << QList<Call>() << u"cart"_s << blocker
            << u"clear text from shop/cart is counted"_s;
        row("by mutual TLS, before the rule was made", Of, {taken(u"shop/cart"_s, true)}, blocker,
            u"mutual TLS from shop/cart is counted: 12 requests or connections"_s);
        row("by mutual TLS, of a rule about one port", OfAPort,
            {sent(u"shop/cart"_s), taken(u"shop/cart"_s, true)}, likely,
            u"mutual TLS from shop/cart is counted"_s);
        row("by mutual TLS and in clear text, of a rule about one port", OfAPort,
            {taken(u"shop/cart"_s, true), taken(u"shop/cart"_s, false)}, blocker,
            u"clear text from shop/cart"_s);
        row("by mutual TLS, with a certificate that the rule names", withMode("MUTUAL"),
            {sent(u"shop/cart"_s), taken(u"shop/cart"_s, true)}, likely, u"asked of the server"_s);
        row("with a certificate that the rule names, and the server counts none", withMode("MUTUAL"),
            {sent(u"shop/cart"_s)}, blocker, u"calls from shop/cart"_s);
        row("one of two", withMode("MUTUAL"),
            {sent(u"shop/cart"_s), taken(u"shop/cart"_s, true), sent(u"shop/web"_s)}, blocker,
            u"calls from shop/web"_s);
        row("a gateway of the mesh", Of, {sent(u"infra/gateway"_s)}, blocker, u"calls from infra/gateway"_s);
        row("one whose sidecar takes nothing that it sends", Of, {sent(u"tools/by-hand"_s)}, likely, none);
        row("of a namespace without sidecars", Of, {sent(u"legacy/report"_s)}, likely, none);
        row("one whom nobody knows", Of, {taken(u"unknown/unknown"_s, false)}, likely, none);
        row("of a namespace that the rule is not exported to",
            QByteArray(Of).replace("quote,", "quote, exportTo: ['.'],"), {sent(u"shop/cart"_s)}, likely,
            none);
        row("one whom the rule's selector names", OfCarts, {sent(u"shop/cart"_s)}, blocker,
            u"calls from shop/cart"_s, u"shop"_s);
        row("another one of its namespace", OfCarts, {sent(u"shop/web"_s)}, likely, none, u"shop"_s);
    }
    void aCallerThatWasSeenDecides()
    {
        QFETCH(QByteArray, rule);
        QFETCH(QString, home);
        QFETCH(QString, clearTextOf);
        QFETCH(QString, evidence);
        World world = ready();
        world.add(podYaml("shop", "cart", TwoContainers, "labels: {app: cart}"))
            .add(podYaml("shop", "web", TwoContainers, "labels: {app: web}"))
            .add(podYaml("infra", "gateway", "containers: [{name: istio-proxy}]", "labels: {app: gateway}"))
            .add(podYaml("tools", "by-hand", TwoContainers,
                         "labels: {app: by-hand}, annotations: {sidecar.istio.io/inject: 'false'}"))
            .add(preflight_world::rule("quote", home.toLatin1(), rule));
        QFETCH(QList<Call>, calls);
        world.input.telemetry->calls = calls;
        if (!clearTextOf.isEmpty())
            world.input.telemetry->plaintext = {clearText(u"shop"_s, clearTextOf)};
        const models::PreflightReport report = reportOf(world);
        QFETCH(QString, level);
        QCOMPARE(rowsOf(report, u"C1"_s), QStringList{level + u" DestinationRule %1/quote"_s.arg(home)});
        for (const models::PreflightRow &row : report.rows) {
            if (row.check != "C1"_L1)
                continue;
            QVERIFY2(evidence.isEmpty() ? row.evidence.isEmpty()
                                        : row.evidence.join(u'\n').contains(evidence),
                     qPrintable(row.evidence.join(u'\n')));
            QCOMPARE(models::confidenceOf(row),
                     (level == "BLOCKER"_L1 ? u"certain"_s : u"likely"_s)
                         + (evidence.isEmpty() ? u", by objects"_s : u", by objects and traffic"_s));
        }
    }

    // Where clients do not speak mutual TLS by themselves, a rule without tls would be refused as well.
    void thePatchIsRightForTheMesh_data()
    {
        QTest::addColumn<QByteArray>("rule");
        QTest::addColumn<QByteArray>("mesh");
        QTest::addColumn<QByteArray>("patch");
        const QByteArray manual = "enableAutoMtls: false";
        QTest::newRow("by itself") << QByteArray(Of) << QByteArray("enableAutoMtls: true")
                                   << QByteArray(R"({"spec":{"trafficPolicy":{"tls":null}}})");
        QTest::newRow("by rules alone")
            << QByteArray(Of) << manual
            << QByteArray(R"({"spec":{"trafficPolicy":{"tls":{"mode":"ISTIO_MUTUAL"}}}})");
        QTest::newRow("by rules alone, of many hosts")
            << QByteArray(Of).replace("host: quote", "host: '*.local'") << manual << QByteArray();
        QTest::newRow("of a port") << QByteArray(OfAPort) << manual << QByteArray();
    }
    void thePatchIsRightForTheMesh()
    {
        QFETCH(QByteArray, rule);
        QFETCH(QByteArray, mesh);
        World world = ready();
        world.add(podYaml("shop", "cart", TwoContainers, "labels: {app: cart}"))
            .add(preflight_world::rule("quote", "default", rule))
            .add("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: istio-system}\ndata: "
                 "{mesh: '"
                 + mesh + "'}");
        const models::PreflightReport report = reportOf(world);
        const auto row = std::find_if(report.rows.begin(), report.rows.end(),
                                      [](const models::PreflightRow &one) { return one.check == "C1"_L1; });
        QVERIFY(row != report.rows.end());
        QTEST(row->patch, "patch");
    }

    // What Prometheus is asked about.
    void hostsOfRulesThatSendWhatIsRefused_data()
    {
        QTest::addColumn<QByteArray>("rules");
        QTest::addColumn<QStringList>("hosts");
        const QString quote = u"quote.default.svc.cluster.local"_s;
        QTest::newRow("no rule") << QByteArray() << QStringList();
        QTest::newRow("clear text") << preflight_world::rule("quote", "default", Of) << QStringList{quote};
        QTest::newRow("of one port") << preflight_world::rule("quote", "default", OfAPort)
                                     << QStringList{quote};
        QTest::newRow("mutual TLS") << preflight_world::rule("quote", "default", withMode("ISTIO_MUTUAL"))
                                    << QStringList();
        QTest::newRow("a host that is not there")
            << preflight_world::rule("gone", "default", QByteArray(Of).replace("quote", "gone"))
            << QStringList();
    }
    void hostsOfRulesThatSendWhatIsRefused()
    {
        QFETCH(QByteArray, rules);
        World world = ready();
        if (!rules.isEmpty())
            world.add(rules);
        QTEST(models::hostsOfRefusedRules(*snapshotOf(world.yaml)), "hosts");
    }
};

SALLYPORT_TEST(preflight_rule_callers_test, PreflightRuleCallersTest)
#include "preflight_rule_callers_test.moc"
