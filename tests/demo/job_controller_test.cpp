// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/job_controller.h"
#include "tests/support/test_class.h"

#include <QTest>

class JobControllerTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aScheduleNamesItsNextMinute_data()
    {
        QTest::addColumn<QByteArray>("schedule");
        QTest::addColumn<qint64>("after");
        QTest::addColumn<qint64>("next"); // -1: none
        QTest::newRow("every minute") << QByteArray("* * * * *") << qint64(100) << qint64(101);
        QTest::newRow("every five") << QByteArray("*/5 * * * *") << qint64(101) << qint64(105);
        QTest::newRow("at a full hour") << QByteArray("0 * * * *") << qint64(61) << qint64(120);
        QTest::newRow("once a day") << QByteArray("30 2 * * *") << qint64(150) << qint64(150 + 1440);
        QTest::newRow("two minutes") << QByteArray("1,31 * * * *") << qint64(2) << qint64(31);
        QTest::newRow("a minute that is none") << QByteArray("75 * * * *") << qint64(0) << qint64(-1);
        QTest::newRow("four fields") << QByteArray("* * * *") << qint64(0) << qint64(-1);
        QTest::newRow("words") << QByteArray("@hourly") << qint64(0) << qint64(-1);
    }
    void aScheduleNamesItsNextMinute()
    {
        QFETCH(QByteArray, schedule);
        QFETCH(qint64, after);
        QFETCH(qint64, next);
        QCOMPARE(qint64(demo::nextMinute(schedule.toStdString(), after).value_or(-1)), next);
    }
};

SALLYPORT_TEST(job_controller_test, JobControllerTest)
#include "job_controller_test.moc"
