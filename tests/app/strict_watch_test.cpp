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
        QTest::addColumn<QString>("said"); // a part of it; "" nothing
        QTest::newRow("as it is") << qint64(600) << qint64(45) << QString();
        QTest::newRow("just long enough") << qint64(75) << qint64(45) << QString();
        QTest::newRow("a second less") << qint64(74) << qint64(45) << u"--watch 75s or more"_s;
        QTest::newRow("shorter than the drain") << qint64(4) << qint64(45) << u"watched for 4 s only"_s;
        QTest::newRow("connections that last longer") << qint64(75) << qint64(90) << u"may last 90 s"_s;
    }
    void aWatchShorterThanTheDrainAndTwoScrapesIsSaid()
    {
        QFETCH(qint64, watch);
        QFETCH(qint64, drain);
        QFETCH(QString, said);
        models::StrictOptions options;
        options.watchSeconds = watch;
        options.drainSeconds = drain;
        const QString why = app::whyWatchIsShort(options);
        QCOMPARE(why.isEmpty(), said.isEmpty());
        QVERIFY2(why.contains(said), qPrintable(why));
        QVERIFY2(why.isEmpty() || why.contains(u"proves nothing"_s), qPrintable(why));
    }
};

SALLYPORT_TEST(strict_watch_test, StrictWatchTest)
#include "strict_watch_test.moc"
