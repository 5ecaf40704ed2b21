// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/own_probes.h"
#include "tests/support/test_class.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

const QDateTime asked(QDate(2026, 11, 26), QTime(3, 0, 10), Qt::UTC);

} // namespace

class OwnProbesTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aLineIsOursByItsPodAndItsTime_data()
    {
        QTest::addColumn<QString>("pod");
        QTest::addColumn<QString>("at");
        QTest::addColumn<bool>("isOurs");
        QTest::newRow("while it was asked") << u"cart"_s << u"2026-11-26T03:00:10.500Z"_s << true;
        QTest::newRow("by another clock") << u"cart"_s << u"2026-11-26T03:00:14.000Z"_s << true;
        QTest::newRow("of another pod") << u"orders"_s << u"2026-11-26T03:00:10.500Z"_s << false;
        QTest::newRow("before") << u"cart"_s << u"2026-11-26T02:59:50.000Z"_s << false;
        QTest::newRow("after") << u"cart"_s << u"2026-11-26T03:00:30.000Z"_s << false;
        QTest::newRow("without a time") << u"cart"_s << QString() << false;
        QTest::newRow("another format") << u"cart"_s << u"x"_s << false;
    }
    void aLineIsOursByItsPodAndItsTime()
    {
        QFETCH(QString, pod);
        QFETCH(QString, at);
        QFETCH(bool, isOurs);
        const QList<app::OwnProbes::Probe> probes{{u"shop/cart"_s, asked, asked.addSecs(1)}};
        QCOMPARE(app::isOwnProbe(probes, u"shop"_s, pod, at), isOurs);
    }

    void theyAreKeptForAWhileForOtherPrograms()
    {
        QTemporaryDir folder;
        qputenv("XDG_DATA_HOME", folder.path().toUtf8());
        kube::Connection connection;
        connection.context = u"test"_s;
        QVERIFY(
            QDir(folder.path()).mkpath(u"sallyport/journal"_s)); // the journal of the same switch is there
        app::OwnProbes(connection).note(u"shop"_s, u"cart"_s, asked, asked.addSecs(1));
        app::OwnProbes(connection).note(u"shop"_s, u"orders"_s, asked.addSecs(60), asked.addSecs(61));
        const auto known = app::OwnProbes(connection).known();
        QCOMPARE(known.size(), 2);
        QCOMPARE(known[0].pod, u"shop/cart"_s);
        QCOMPARE(known[0].from, asked);
        app::OwnProbes(connection).note(u"shop"_s, u"cart"_s, asked.addSecs(3600), asked.addSecs(3601));
        QCOMPARE(app::OwnProbes(connection).known().size(), 1);
        connection.context = u"another"_s;
        QVERIFY(app::OwnProbes(connection).known().isEmpty());
    }
};

SALLYPORT_TEST(own_probes_test, OwnProbesTest)
#include "own_probes_test.moc"
