// SPDX-License-Identifier: GPL-3.0-or-later
// How long a step must be watched before that no clear text was counted says anything, and what a look at a cluster has not seen.
#include "app/cluster_thread.h"
#include "app/strict_run.h"
#include "app/strict_watch.h"
#include "tests/kube/scripted_server.h"
#include "tests/support/elsewhere.h"
#include "tests/support/test_class.h"

#include <QTest>

#include <atomic>

using namespace Qt::StringLiterals;

class StrictWatchTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aWatchShorterThanTheDrainAndTwoScrapesIsSaid_data()
    {
        QTest::addColumn<qint64>("watch");
        QTest::addColumn<qint64>("drain");
        QTest::addColumn<int>("scrape");
        QTest::addColumn<QString>("said"); // a part of it; "" nothing
        QTest::newRow("as it is") << qint64(600) << qint64(45) << 15 << QString();
        QTest::newRow("just long enough") << qint64(75) << qint64(45) << 15 << QString();
        QTest::newRow("a second less") << qint64(74) << qint64(45) << 15 << u"--watch 75s or more"_s;
        QTest::newRow("shorter than the drain") << qint64(4) << qint64(45) << 15 << u"watched for 4 s only"_s;
        QTest::newRow("scrapes that come once a minute")
            << qint64(164) << qint64(45) << 60 << u"two scrapes take 120 s"_s;
        QTest::newRow("and waited for") << qint64(165) << qint64(45) << 60 << QString();
        QTest::newRow("connections that last longer") << qint64(75) << qint64(90) << 15 << u"may last 90 s"_s;
    }
    void aWatchShorterThanTheDrainAndTwoScrapesIsSaid()
    {
        QFETCH(qint64, watch);
        QFETCH(qint64, drain);
        QFETCH(int, scrape);
        QFETCH(QString, said);
        models::StrictOptions options;
        options.watchSeconds = watch;
        options.drainSeconds = drain;
        const QString why = app::whyWatchIsShort(options, scrape);
        QCOMPARE(why.isEmpty(), said.isEmpty());
        QVERIFY2(why.contains(said), qPrintable(why));
        QVERIFY2(why.isEmpty() || why.contains(u"proves nothing"_s), qPrintable(why));
    }

    void aRateHasTwoScrapes_data()
    {
        QTest::addColumn<qint64>("watch");
        QTest::addColumn<int>("scrape");
        QTest::addColumn<int>("seconds");
        QTest::newRow("as it is") << qint64(600) << 15 << 60;
        QTest::newRow("a short watch") << qint64(20) << 2 << 8;
        QTest::newRow("a short watch of slow scrapes") << qint64(20) << 15 << 31;
        QTest::newRow("once a minute") << qint64(600) << 60 << 121;
    }
    void aRateHasTwoScrapes()
    {
        QFETCH(qint64, watch);
        QFETCH(int, scrape);
        models::StrictOptions options;
        options.watchSeconds = watch;
        QTEST(app::rateSeconds(options, scrape), "seconds");
    }

    // What was seen to be refused before does not make a log seen that cannot be read now.
    void aLogThatCannotBeReadIsNotSeen_data()
    {
        QTest::addColumn<QByteArray>("first"); // the log at the first look
        QTest::newRow("nobody was refused") << QByteArray("[2026-11-25T12:00:30.000Z] served\n");
        QTest::newRow("somebody was") << QByteArray(
            "[2026-11-25T12:00:40.000Z] \"- - -\" 0 NR filter_chain_not_found - \"-\" 0 0 0 - \"-\" \"-\" "
            "\"-\" \"-\" \"-\" - - 10.244.0.7:8000 10.244.0.9:43040 - -\n");
    }
    void aLogThatCannotBeReadIsNotSeen()
    {
        QFETCH(QByteArray, first);
        std::atomic<bool> isReadable = true;
        ScriptedServer server([&](const ServerRequest &request, const ServerReply &reply) {
            if (request.path().endsWith("/log"))
                return isReadable ? reply.answer(200, first) : reply.answer(500, "no");
            if (request.path().endsWith("/pods"))
                return reply.answer(
                    200,
                    R"({"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[{"metadata":{"name":"cart","namespace":"shop","uid":"1"},"spec":{"containers":[{"name":"istio-proxy"}]},"status":{"phase":"Running"}}]})");
            reply.answer(404, "{}");
        });
        kube::Connection connection;
        connection.server = server.url();
        app::ClusterThread thread(connection);
        app::EdgeHost edge;
        auto analysis = std::make_shared<app::ClusterAnalysis>();
        analysis->snapshot = std::make_shared<models::Snapshot>();
        models::StrictPlan plan;
        plan.scope.nameSpace = u"shop"_s;
        QStringList why; // at each look
        elsewhere([&] {
            app::StrictWatch watch(thread.client(), edge, analysis, plan, {});
            for (const bool can : {true, false}) {
                isReadable = can;
                why.append(watch.observe({}).notSeen.value(u"V9"_s));
            }
            return true;
        });
        QCOMPARE(why[0], QString());
        QVERIFY2(why[1].contains(u"log of shop/cart"_s), qPrintable(why[1]));
    }
};

SALLYPORT_TEST(strict_watch_test, StrictWatchTest)
#include "strict_watch_test.moc"
