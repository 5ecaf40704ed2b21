// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/edge_runtime_watch.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class EdgeRuntimeWatchTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void itAsksAgainForAsLongAsSomethingLacks_data()
    {
        QTest::addColumn<QString>("error");
        QTest::addColumn<int>("lacking");
        QTest::addColumn<std::chrono::milliseconds>("took");
        QTest::addColumn<std::chrono::milliseconds>("wait");
        using Ms = std::chrono::milliseconds;
        QTest::newRow("all is there") << QString() << 0 << Ms(20) << Ms(10min);
        QTest::newRow("something lacks") << QString() << 1 << Ms(20) << Ms(3s);
        QTest::newRow("still") << QString() << 3 << Ms(20) << Ms(12s);
        QTest::newRow("for hours") << QString() << 500 << Ms(20) << Ms(96s);
        QTest::newRow("a reading that takes long is rare") << QString() << 1 << Ms(4s) << Ms(40s);
        QTest::newRow("not allowed") << u"this needs"_s << 0 << Ms(20) << Ms(1min);
    }
    void itAsksAgainForAsLongAsSomethingLacks()
    {
        QFETCH(QString, error);
        QFETCH(int, lacking);
        QFETCH(std::chrono::milliseconds, took);
        QFETCH(std::chrono::milliseconds, wait);
        models::EdgeSight sight;
        sight.envoy.error = error;
        QCOMPARE(app::gui::nextReading(sight, took, lacking), wait);
    }

    void lackingIsWhatSomeEnvoyDoesNotHave()
    {
        using Has = models::MappingSight::Has;
        models::EdgeSight sight;
        sight.mappings.insert(u"a/a"_s, {Has::All, Has::All, {}});
        sight.mappings.insert(u"a/b"_s, {Has::Missing, Has::NotRead, {}});
        QVERIFY(!app::gui::isLacking(sight));
        sight.mappings.insert(u"a/c"_s, {Has::All, Has::Partly, {}});
        QVERIFY(app::gui::isLacking(sight));
    }
};

SALLYPORT_TEST(edge_runtime_watch_test, EdgeRuntimeWatchTest)
#include "edge_runtime_watch_test.moc"
