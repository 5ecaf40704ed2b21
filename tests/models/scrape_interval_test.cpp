// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/resources/scrape_interval.h"
#include "tests/support/test_class.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace Qt::StringLiterals;

class ScrapeIntervalTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void itIsThatOfTheJobsThatFindSidecars_data()
    {
        QTest::addColumn<QByteArray>("yaml");
        QTest::addColumn<int>("seconds");
        const QByteArray pods = "kubernetes_sd_configs: [{role: pod}]";
        const QByteArray endpoints = "kubernetes_sd_configs: [{role: endpoints}]";
        QTest::newRow("the global one")
            << QByteArray("global: {scrape_interval: 15s}\nscrape_configs: [{job_name: a}]") << 15;
        QTest::newRow("none at all: a minute") << QByteArray("scrape_configs: []") << 60;
        QTest::newRow("no jobs") << QByteArray("global: {scrape_interval: 1m}") << 60;
        QTest::newRow("the job's own")
            << "global: {scrape_interval: 15s}\nscrape_configs: [{scrape_interval: 30s, " + pods + "}]" << 30;
        QTest::newRow("the longest of them")
            << "global: {scrape_interval: 15s}\nscrape_configs: [{scrape_interval: 5s, " + pods + "}, {"
                + pods + "}]"
            << 15;
        QTest::newRow("others do not count")
            << "global: {scrape_interval: 15s}\nscrape_configs: [{scrape_interval: 1h, static_configs: []}, {"
                + pods + "}]"
            << 15;
        QTest::newRow("endpoints, where nobody finds pods")
            << "global: {scrape_interval: 1m}\nscrape_configs: [{scrape_interval: 1m30s, " + endpoints + "}]"
            << 90;
        QTest::newRow("pods before endpoints") << "scrape_configs: [{scrape_interval: 5m, " + endpoints
                + "}, {scrape_interval: 10s, " + pods
                + "}]" << 10;
        QTest::newRow("less than a second") << QByteArray("global: {scrape_interval: 500ms}") << 1;
        QTest::newRow("no duration") << QByteArray("global: {scrape_interval: soon}") << 60;
        QTest::newRow("other shapes") << QByteArray("global: [1]\nscrape_configs: {a: b}") << 60;
    }
    void itIsThatOfTheJobsThatFindSidecars()
    {
        QFETCH(QByteArray, yaml);
        QFETCH(int, seconds);
        const QJsonObject data{{u"yaml"_s, QString::fromUtf8(yaml)}};
        const QByteArray body = QJsonDocument(QJsonObject{{u"data"_s, data}}).toJson();
        QCOMPARE(models::proxyScrapeSeconds(body), std::optional(seconds));
    }

    void anotherAnswerSaysNothing_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("no configuration") << QByteArray(R"({"status":"error"})");
        QTest::newRow("no YAML") << QByteArray("{\"data\": {\"yaml\": \"a: [\"}}");
        QTest::newRow("empty") << QByteArray(R"({"data":{"yaml":""}})");
    }
    void anotherAnswerSaysNothing()
    {
        QFETCH(QByteArray, body);
        QVERIFY(!models::proxyScrapeSeconds(body));
    }
};

SALLYPORT_TEST(scrape_interval_test, ScrapeIntervalTest)
#include "scrape_interval_test.moc"
