// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/cron_period.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

class CronPeriodTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void theLongestPauseIsNeverTooShort_data()
    {
        QTest::addColumn<QString>("schedule");
        QTest::addColumn<QString>("pause");
        QTest::newRow("every minute") << u"* * * * *"_s << u"60 s"_s;
        QTest::newRow("every 20 minutes") << u"*/20 * * * *"_s << u"20 min"_s;
        QTest::newRow("twice an hour, unevenly") << u"0,10 * * * *"_s << u"50 min"_s;
        QTest::newRow("office hours") << u"0 9-17 * * *"_s << u"16 h"_s;
        QTest::newRow("daily") << u"0 3 * * *"_s << u"24 h"_s;
        QTest::newRow("weekdays") << u"0 3 * * mon-fri"_s << u"3 days"_s;
        QTest::newRow("Sunday by its other number") << u"0 3 * * 7"_s << u"7 days"_s;
        QTest::newRow("monthly") << u"0 3 1 * *"_s << u"31 days"_s;
        QTest::newRow("the first or a Monday") << u"0 3 1 * 1"_s << u"7 days"_s;
        QTest::newRow("every second month") << u"0 3 1 */2 *"_s << u"366 days"_s;
        QTest::newRow("by name") << u"@weekly"_s << u"7 days"_s;
        QTest::newRow("with a time zone") << u"TZ=Europe/Berlin 0 3 * * *"_s << u"24 h"_s;
        QTest::newRow("too few fields") << u"0 3 * *"_s << u"0 s"_s;
        QTest::newRow("no number") << u"x 3 * * *"_s << u"0 s"_s;
        QTest::newRow("outside its range") << u"0 24 * * *"_s << u"0 s"_s;
        QTest::newRow("a step of nothing") << u"*/0 * * * *"_s << u"0 s"_s;
        QTest::newRow("nothing") << QString() << u"0 s"_s;
    }
    void theLongestPauseIsNeverTooShort()
    {
        QFETCH(QString, schedule);
        QFETCH(QString, pause);
        QCOMPARE(models::pauseText(models::longestPause(schedule)), pause);
    }
};

SALLYPORT_TEST(cron_period_test, CronPeriodTest)
#include "cron_period_test.moc"
