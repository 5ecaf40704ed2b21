// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/own_probes.h"
#include "tests/support/test_class.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

const QDateTime asked(QDate(2026, 11, 26), QTime(3, 0, 10), Qt::UTC);

QByteArray refusal(const QByteArray &time)
{
    return "[" + time
        + "] \"- - -\" 0 NR filter_chain_not_found - \"-\" 0 0 0 - \"-\" \"-\" \"-\" \"-\" \"-\" - - "
          "10.244.0.9:8080 10.244.0.1:40000 - -";
}

} // namespace

class OwnProbesTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aLineIsOursByItsPodAndItsTime_data()
    {
        QTest::addColumn<QString>("pod");
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<bool>("isOurs");
        QTest::newRow("while it was asked") << u"cart"_s << refusal("2026-11-26T03:00:10.500Z") << true;
        QTest::newRow("by another clock") << u"cart"_s << refusal("2026-11-26T03:00:14.000Z") << true;
        QTest::newRow("of another pod") << u"orders"_s << refusal("2026-11-26T03:00:10.500Z") << false;
        QTest::newRow("before") << u"cart"_s << refusal("2026-11-26T02:59:50.000Z") << false;
        QTest::newRow("after") << u"cart"_s << refusal("2026-11-26T03:00:30.000Z") << false;
        QTest::newRow("JSON") << u"cart"_s
                              << QByteArray(
                                     R"({"response_flags":"NR","start_time":"2026-11-26T03:00:11.000Z"})")
                              << true;
        QTest::newRow("without a time") << u"cart"_s << QByteArray("NR filter_chain_not_found") << false;
        QTest::newRow("another format") << u"cart"_s << QByteArray("[x] NR filter_chain_not_found") << false;
    }
    void aLineIsOursByItsPodAndItsTime()
    {
        QFETCH(QString, pod);
        QFETCH(QByteArray, line);
        QFETCH(bool, isOurs);
        const QList<app::OwnProbes::Probe> probes{{u"shop/cart"_s, asked, asked.addSecs(1)}};
        QCOMPARE(app::isOwnProbe(probes, u"shop"_s, pod, line), isOurs);
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
