// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_class.h"
#include "ui/event_times.h"
#include "ui/performance_dialog.h"

#include <QTest>

using namespace Qt::StringLiterals;

class EventTimesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void percentilesAreRightToTheWidthOfABucket()
    {
        ui::EventTimes times;
        QCOMPARE(times.percentile(0.5), 0.0);
        for (int i = 1; i <= 1000; ++i)
            times.add(i * 100'000); // 0.1 … 100 ms
        QCOMPARE(times.count(), 1000);
        QVERIFY(qAbs(times.percentile(0.5) - 50) < 50 * 0.08);
        QVERIFY(qAbs(times.percentile(0.99) - 99) < 99 * 0.08);
        QCOMPARE(times.maximum(), 100.0);
        QVERIFY(qAbs(times.over(50) - 500) < 40);
        times.reset();
        QCOMPARE(times.count(), 0);
        QCOMPARE(times.maximum(), 0.0);
    }

    void whatIsShorterOrLongerThanAnyBucketIsKeptToo()
    {
        ui::EventTimes times;
        times.add(1);
        times.add(qint64(3600) * 1'000'000'000);
        QCOMPARE(times.count(), 2);
        QCOMPARE(times.percentile(1), 3600'000.0);
    }

    void onlyTheLastLongOnesAreKept()
    {
        ui::EventTimes times;
        for (int i = 0; i < 100; ++i)
            times.addLong({QDateTime::currentDateTimeUtc(), double(i), u"QTimer, Timer"_s});
        QCOMPARE(times.longest().size(), ui::EventTimes::Kept);
        QCOMPARE(times.longest().last().milliseconds, 99.0);
        QVERIFY(ui::performanceText(times, 120).contains(u"120 MiB"_s));
    }
};

SALLYPORT_TEST(event_times_test, EventTimesTest)
#include "event_times_test.moc"
