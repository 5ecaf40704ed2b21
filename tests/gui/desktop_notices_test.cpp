// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/desktop_notices.h"
#include "tests/support/test_class.h"

#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using Phase = models::ConnectionState::Phase;

namespace {

const QDateTime now(QDate(2026, 11, 25), QTime(12, 0), Qt::UTC);

models::CertificateRow certificate(const QString &key, int lifeDays, double leftDays)
{
    models::CertificateRow row;
    row.key = row.subject = key;
    row.storedIn = u"ambassador/"_s + key;
    row.notAfter = now.addSecs(qint64(leftDays * 86400));
    row.notBefore = row.notAfter.addDays(-lifeDays);
    return row;
}

models::ConnectionState in(Phase phase)
{
    models::ConnectionState state;
    state.phase = phase;
    state.context = u"eks-eu1"_s;
    state.message = u"connection refused"_s;
    return state;
}

} // namespace

class DesktopNoticesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aCertificateIsToldOnceWithinSevenDays_data()
    {
        QTest::addColumn<int>("life");
        QTest::addColumn<double>("left");
        QTest::addColumn<bool>("told");
        QTest::newRow("a month") << 90 << 30.0 << false;
        QTest::newRow("eight days") << 90 << 8.5 << false;
        QTest::newRow("seven days") << 90 << 7.0 << true;
        QTest::newRow("an hour") << 90 << 0.04 << true;
        QTest::newRow("ended") << 90 << -2.0 << true;
        QTest::newRow("lives for a day") << 1 << 0.5 << false; // renewed all day by istiod
    }

    void aCertificateIsToldOnceWithinSevenDays()
    {
        QFETCH(int, life);
        QFETCH(double, left);
        QFETCH(bool, told);
        app::gui::DesktopNotices notices([] { return false; });
        const QSignalSpy wanted(&notices, &app::gui::DesktopNotices::wanted);
        const QList<models::CertificateRow> rows{certificate(u"edge-tls"_s, life, left)};
        notices.setCertificates(rows, now);
        QCOMPARE(wanted.count(), told ? 1 : 0);
        notices.setCertificates(rows, now.addSecs(60)); // the next analysis
        QCOMPARE(wanted.count(), told ? 1 : 0);
        if (told)
            QVERIFY(wanted.first().at(2).toString().contains(u"edge-tls"_s));
    }

    void severalAreToldAsOne()
    {
        app::gui::DesktopNotices notices([] { return false; });
        const QSignalSpy wanted(&notices, &app::gui::DesktopNotices::wanted);
        notices.setCertificates({certificate(u"later"_s, 90, 6), certificate(u"sooner"_s, 90, 2)}, now);
        QCOMPARE(wanted.count(), 1);
        QVERIFY(wanted.first().at(1).toString().startsWith(u"2 "_s));
        QVERIFY(wanted.first().at(2).toString().contains(u"sooner"_s));
    }

    void whatWasThereWhileSomebodyLookedIsKnown()
    {
        bool isLookedAt = true;
        app::gui::DesktopNotices notices([&isLookedAt] { return isLookedAt; });
        const QSignalSpy wanted(&notices, &app::gui::DesktopNotices::wanted);
        notices.setCertificates({certificate(u"edge-tls"_s, 90, 2)}, now);
        notices.changeFinished(true, u"one change"_s);
        isLookedAt = false;
        notices.setCertificates({certificate(u"edge-tls"_s, 90, 2)}, now);
        QCOMPARE(wanted.count(), 0);
        notices.changeFinished(false, u"403"_s);
        QCOMPARE(wanted.count(), 1);
    }

    void aLostClusterIsToldOnceUntilItIsBack()
    {
        app::gui::DesktopNotices notices([] { return false; });
        const QSignalSpy wanted(&notices, &app::gui::DesktopNotices::wanted);
        notices.setConnection(in(Phase::Failed)); // never was there: nothing is lost
        QCOMPARE(wanted.count(), 0);
        for (const Phase phase : {Phase::Live, Phase::Stale, Phase::Stale, Phase::Failed})
            notices.setConnection(in(phase));
        QCOMPARE(wanted.count(), 1);
        QVERIFY(wanted.first().at(1).toString().contains(u"eks-eu1"_s));
        notices.setConnection(in(Phase::Live));
        notices.setConnection(in(Phase::Stale));
        QCOMPARE(wanted.count(), 2);
    }
};

SALLYPORT_TEST(desktop_notices_test, DesktopNoticesTest)
#include "desktop_notices_test.moc"
