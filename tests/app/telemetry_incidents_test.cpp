// SPDX-License-Identifier: GPL-3.0-or-later
// Incidents that only telemetry proves, on a demo cluster with a real Prometheus: a caller that speaks clear text is a
// row of the preflight within three scrapes of its first call; what servers have counted is in `posture`.
#include "tests/app/demo_child.h"
#include "tests/support/test_class.h"

#include <QElapsedTimer>
#include <QTest>
#include <QThread>

using namespace Qt::StringLiterals;

namespace {

constexpr int CallEveryMs = 60'000; // legacy-report
constexpr int ScrapesMs = 3 * 15'000;

edge::Value answerOf(const CliEnded &ended)
{
    const auto document = edge::parseJson(ended.out.toStdString());
    return document ? *document : edge::Value();
}

} // namespace

class TelemetryIncidentsTest : public QObject
{
    Q_OBJECT

    std::unique_ptr<DemoChild> m_demo;

    // Messages of the rows of T1 about Deployment shop/orders.
    QStringList clearTextToOrders()
    {
        const edge::Value report =
            answerOf(m_demo->run({u"preflight"_s, u"--scope"_s, u"mesh"_s, u"-o"_s, u"json"_s}));
        QStringList messages;
        for (const edge::Value &row : report["rows"].items()) {
            if (row["check"].text() == "T1" && row.at({"subject", "namespace"}).text() == "shop"
                && row.at({"subject", "name"}).text().rfind("orders", 0) == 0)
                messages.append(QString::fromStdString(row["message"].text()));
        }
        return messages;
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_demo = std::make_unique<DemoChild>();
        QVERIFY2(m_demo->start(), qPrintable(m_demo->error()));
        if (!m_demo->hasPrometheus())
            QSKIP("there is no prometheus here: ./dev setup unpacks one");
    }

    void postureSaysWhatServersHaveCounted()
    {
        QElapsedTimer timer;
        timer.start();
        QStringList observed; // of workloads in namespace shop, which call each other by mutual TLS
        do {
            observed.clear();
            const edge::Value postures = answerOf(m_demo->run({u"posture"_s, u"-o"_s, u"json"_s}));
            for (const edge::Value &row : postures["items"].items()) {
                const QString one = QString::fromStdString(row["observed"].text());
                if (row["namespace"].text() == "shop" && one.contains("mutual TLS"_L1))
                    observed.append(one);
            }
            if (observed.isEmpty())
                QThread::msleep(1000); // between two runs of a program, not for an event
        } while (observed.isEmpty() && timer.elapsed() < 2 * ScrapesMs);
        QVERIFY2(!observed.isEmpty(), "no workload of namespace shop has observed traffic");
        QVERIFY2(observed.first().contains("request"_L1), qPrintable(observed.first()));
    }

    void aClearTextCallerIsARowOfThePreflight()
    {
        QCOMPARE(clearTextToOrders(), QStringList());
        QVERIFY(m_demo->fault(u"plaintext-caller"_s, true));
        QElapsedTimer timer;
        timer.start();
        QStringList rows;
        while ((rows = clearTextToOrders()).isEmpty() && timer.elapsed() < CallEveryMs + ScrapesMs)
            QThread::msleep(1000); // between two runs of a program, not for an event
        QVERIFY2(!rows.isEmpty(), "not found after its first call and three scrapes");
        QVERIFY2(rows.first().contains("clear text"_L1), qPrintable(rows.first()));
        QVERIFY(m_demo->fault(u"plaintext-caller"_s, false));
    }

    // C1: TLS that no sidecar lets in is counted by the clients' own proxies alone.
    void aRuleWhoseClientsAreSeenIsABlocker()
    {
        const kube::ResourceType rules{u"networking.istio.io"_s, u"v1beta1"_s, u"destinationrules"_s,
                                       u"DestinationRule"_s, true};
        kube::WriteOptions confirmed;
        confirmed.isConfirmed = true;
        const QByteArray rule = "{\"apiVersion\":\"networking.istio.io/"
                                "v1beta1\",\"kind\":\"DestinationRule\",\"metadata\":{\"name\":\"orders\","
                                "\"namespace\":\"shop\"},\"spec\":{\"host\":\"orders\",\"trafficPolicy\":{"
                                "\"tls\":{\"mode\":\"SIMPLE\"}}}}";
        QVERIFY(m_demo->client().create(rules, u"shop"_s, rule, confirmed).result());
        QElapsedTimer timer;
        timer.start();
        std::string level, evidence;
        do {
            const edge::Value report =
                answerOf(m_demo->run({u"preflight"_s, u"--scope"_s, u"mesh"_s, u"-o"_s, u"json"_s}));
            for (const edge::Value &row : report["rows"].items()) {
                if (row["check"].text() == "C1") {
                    level = row["level"].text();
                    evidence = edge::toJson(row["evidence"]);
                }
            }
            if (evidence.find("calls from shop/cart are counted by its own proxy") == std::string::npos)
                QThread::msleep(1000); // between two runs of a program, not for an event
        } while (evidence.find("shop/cart") == std::string::npos && timer.elapsed() < 2 * ScrapesMs);
        QVERIFY(m_demo->client().remove(rules, u"shop"_s, u"orders"_s, confirmed).result());
        QCOMPARE(QString::fromStdString(level), u"BLOCKER"_s);
        QVERIFY2(evidence.find("calls from shop/cart are counted by its own proxy") != std::string::npos,
                 evidence.c_str());
    }

    void cleanupTestCase() { m_demo.reset(); }
};

SALLYPORT_TEST(telemetry_incidents_test, TelemetryIncidentsTest)
#include "telemetry_incidents_test.moc"
