// SPDX-License-Identifier: GPL-3.0-or-later
// How long a step must be watched before that no clear text was counted says anything.
#include "app/strict_run.h"
#include "tests/support/test_class.h"

#include <QTest>

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
};

SALLYPORT_TEST(strict_watch_test, StrictWatchTest)
#include "strict_watch_test.moc"
