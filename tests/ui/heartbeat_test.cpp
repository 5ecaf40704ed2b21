// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_class.h"
#include "ui/heartbeat.h"

#include <QElapsedTimer>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>
#include <QTimer>

using namespace Qt::StringLiterals;

class HeartbeatTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aWindowThatHangsIsToldWhileItDoesAndAfterwards()
    {
        constexpr int LateMs = 300, HeldMs = 900;
        QTest::ignoreMessage(QtWarningMsg,
                             QRegularExpression(u"the window has not answered for [0-9]+ ms"_s));
        ui::Heartbeat heart(5, LateMs);
        const QSignalSpy resumed(&heart, &ui::Heartbeat::resumed);
        int beats = 0; // of this thread: the first ones have been heard
        QTimer turns;
        QObject::connect(&turns, &QTimer::timeout, &turns, [&beats] { ++beats; });
        turns.start(5);
        QTRY_VERIFY(beats > 10);
        QCOMPARE(resumed.count(), 0);
        QElapsedTimer held;
        held.start();
        while (held.elapsed() < HeldMs) { // as a loop would that never comes back to the events
        }
        QTRY_COMPARE(resumed.count(), 1);
        QVERIFY2(resumed.first().first().toDouble() >= HeldMs - 100,
                 qPrintable(resumed.first().first().toString()));
    }
};

SALLYPORT_TEST(heartbeat_test, HeartbeatTest)
#include "heartbeat_test.moc"
