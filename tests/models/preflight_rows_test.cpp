// SPDX-License-Identifier: GPL-3.0-or-later
// Every row of the preflight's table (facts mesh-security.md §2.3) with a world that has its fault and no other:
// exactly that row is found, and in a world that is ready none is.  A row without a fixture fails the test.
#include "tests/models/preflight_fixtures.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace preflight_world;

class PreflightRowsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void everyRowOfTheTableHasAFixture()
    {
        QStringList fixtures;
        for (const Fixture &fixture : rowFixtures())
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
        QCOMPARE(told(report).join(u", "_s),
                 u"E11 INFO Deployment ambassador/ambassador spec.template.metadata.annotations, P1 INFO, "
                 "P11 INFO Deployment ambassador/ambassador"_s); // P11 and E11: the guide's edge
        QCOMPARE(report.verdict, models::PreflightReport::Verdict::Go);
    }

    void eachFaultIsItsRowAndNothingElse_data() { addRowsOf(rowFixtures()); }
    void eachFaultIsItsRowAndNothingElse()
    {
        QFETCH(int, index);
        QCOMPARE(whyNotAsExpected(rowFixtures()[index]), QString());
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
        const QList<Fixture> fixtures = rowFixtures();
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

    void b21CallersByTheApiServersProxyAreSpokenOf()
    {
        const models::PreflightReport report = reportOf(ready());
        const auto row = std::find_if(report.rows.begin(), report.rows.end(),
                                      [](const auto &one) { return one.check == "P1"_L1; });
        QVERIFY(row != report.rows.end());
        QVERIFY2(row->evidence.last().contains(u"show in no object"_s),
                 qPrintable(row->evidence.join(u'\n')));
    }

    // Whoever watches is refused as well.
    void b23TheObserverItselfIsSeen_data()
    {
        QTest::addColumn<QByteArray>("sidecar");
        QTest::addColumn<bool>("found");
        QTest::newRow("in the mesh") << QByteArray(", {name: istio-proxy}") << true;
        QTest::newRow("outside") << QByteArray() << false;
    }
    void b23TheObserverItselfIsSeen()
    {
        QFETCH(QByteArray, sidecar);
        QFETCH(bool, found);
        World world = ready();
        world.add(podYaml(
            "default", "prometheus",
            "containers: [{name: prometheus, image: 'prom/prometheus:v2.42.0', ports: [{containerPort: "
            "9090}]}"
                + sidecar + "]"));
        QCOMPARE(said(reportOf(world)).contains(u"K4 LIKELY"_s), found);
    }

    // A server that speaks first works better under STRICT than before: no row, MT-019 says what is wrong today.
    void b24ServersThatSpeakFirstAreNoRow()
    {
        World world = ready();
        world.replace(
            "{name: https, port: 443, targetPort: 8000}]",
            "{name: https, port: 443, targetPort: 8000}, {name: db, port: 3306, targetPort: 8000}]");
        QCOMPARE(said(reportOf(world)), said(reportOf(ready())));
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
};

SALLYPORT_TEST(preflight_rows_test, PreflightRowsTest)
#include "preflight_rows_test.moc"
