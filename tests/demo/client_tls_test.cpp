// SPDX-License-Identifier: GPL-3.0-or-later
// What a DestinationRule makes a client's sidecar send to a PERMISSIVE server, by what both proxies count of it.
#include "tests/demo/demo_world.h"
#include "tests/support/test_class.h"

#include <QRegularExpression>
#include <QTest>

using namespace Qt::StringLiterals;

class ClientTlsTest : public QObject
{
    Q_OBJECT

    std::unique_ptr<DemoWorld> m_world;

    // The sum of the counters of cart's calls to orders that carry all of these labels.
    double counted(const QString &app, const QString &labels) const
    {
        QString pattern = u"^istio_requests_total\\{"_s;
        for (const QString &label : labels.split(u','))
            pattern += u"(?=.*%1)"_s.arg(label);
        const QRegularExpression series(pattern);
        double sum = 0;
        for (const QString &line : m_world->metricsOf(u"shop"_s, app).split(u'\n')) {
            if (series.match(line).hasMatch())
                sum += line.section(u' ', -1).toDouble();
        }
        return sum;
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (const QString why = DemoWorld::missingPeer(); !why.isEmpty())
            QSKIP(qPrintable(why));
        demo::DemoOptions options;
        options.rate = 20;
        m_world = std::make_unique<DemoWorld>(options);
        QVERIFY2(m_world->start(), qPrintable(m_world->error()));
    }

    void aRulesModeDecides_data()
    {
        QTest::addColumn<QString>("policy"); // trafficPolicy
        QTest::addColumn<QString>("sent");   // as the client's proxy counts it
        QTest::addColumn<QString>("taken");  // as the server's does; "" it counts none
        const QString ok = u"response_code=\"200\",response_flags=\"-\""_s;
        const QString mutual = u"connection_security_policy=\"mutual_tls\""_s;
        const QString clear = u"connection_security_policy=\"none\""_s;
        const QString refused = u"response_code=\"503\",response_flags=\"UF\""_s;
        QTest::newRow("ISTIO_MUTUAL") << u"tls: {mode: ISTIO_MUTUAL}"_s << ok << mutual;
        QTest::newRow("DISABLE") << u"tls: {mode: DISABLE}"_s << ok << clear;
        QTest::newRow("SIMPLE") << u"tls: {mode: SIMPLE}"_s << refused << QString();
        QTest::newRow("MUTUAL") << u"tls: {mode: MUTUAL}"_s << refused << QString();
        const QString ofAPort =
            u"tls: {mode: %1}, portLevelSettings: [{port: {number: %2}, tls: {mode: %3}}]"_s;
        QTest::newRow("DISABLE of the port that is called")
            << ofAPort.arg(u"ISTIO_MUTUAL"_s, u"80"_s, u"DISABLE"_s) << ok << clear;
        QTest::newRow("ISTIO_MUTUAL of the port that is called")
            << ofAPort.arg(u"DISABLE"_s, u"80"_s, u"ISTIO_MUTUAL"_s) << ok << mutual;
        QTest::newRow("DISABLE of another port")
            << ofAPort.arg(u"ISTIO_MUTUAL"_s, u"8080"_s, u"DISABLE"_s) << ok << mutual;
    }
    void aRulesModeDecides()
    {
        QFETCH(QString, policy);
        QFETCH(QString, sent);
        QFETCH(QString, taken);
        const QString fromCart =
            u"reporter=\"source\",source_workload=\"cart\",source_workload_namespace=\"shop\","
            "destination_service=\"orders.shop.svc.cluster.local\",destination_service_name=\"orders\","
            "destination_service_namespace=\"shop\",destination_workload_namespace=\"shop\","
            "connection_security_policy=\"unknown\","_s;
        const QString byOrders =
            u"reporter=\"destination\",source_workload=\"cart\",destination_workload_namespace=\"shop\","_s;
        QVERIFY(m_world->apply(u"apiVersion: networking.istio.io/v1beta1\nkind: DestinationRule\nmetadata: "
                               u"{name: orders, namespace: "
                               "shop}\nspec: {host: orders, trafficPolicy: {%1}}\n"_s.arg(policy)));
        const double before = counted(u"cart"_s, fromCart + sent);
        QTRY_VERIFY_WITH_TIMEOUT(counted(u"cart"_s, fromCart + sent) > before + 1, 20'000);
        const QString any = byOrders + u"response_code=\"200\""_s;
        const double calls = counted(u"orders"_s, taken.isEmpty() ? any : byOrders + taken);
        if (!taken.isEmpty()) {
            QTRY_VERIFY_WITH_TIMEOUT(counted(u"orders"_s, byOrders + taken) > calls, 20'000);
            return;
        }
        const double next = counted(u"cart"_s, fromCart + sent);
        QTRY_VERIFY_WITH_TIMEOUT(counted(u"cart"_s, fromCart + sent) > next + 1, 20'000);
        QCOMPARE(counted(u"orders"_s, any), calls);
    }

    void cleanupTestCase() { m_world.reset(); }
};

SALLYPORT_TEST(client_tls_test, ClientTlsTest)
#include "client_tls_test.moc"
