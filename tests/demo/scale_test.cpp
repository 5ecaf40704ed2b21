// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/object_meta.h"
#include "app/demo/scale.h"
#include "tests/support/test_class.h"

#include <QElapsedTimer>
#include <QTest>

using demo::Scale;

namespace {

void addMappings(demo::Store &store)
{
    demo::ResourceKind kind;
    kind.group = "getambassador.io";
    kind.versions = {"v2"};
    kind.plural = "mappings";
    kind.singular = "mapping";
    kind.kind = "Mapping";
    kind.isBuiltIn = false;
    store.addKind(std::move(kind));
}

// Changes that were due, give or take what two pulses bring.
bool isNear(std::int64_t changes, std::int64_t due)
{
    constexpr std::int64_t Slack = 20;
    qInfo("%lld changes, %lld were due", (long long)changes, (long long)due);
    return changes >= due - Slack && changes <= due + Slack;
}

std::string specs(std::uint64_t seed)
{
    asio::io_context loop;
    demo::Store store;
    addMappings(store);
    demo::ScaledObjects scaled(loop, store, {300, 200, 0, {}}, seed);
    if (!scaled.create())
        return "refused";
    std::string all;
    for (const char *plural : {"pods", "mappings"}) {
        for (const demo::ObjectPtr &object :
             store.list(*store.find(plural[0] == 'p' ? "" : "getambassador.io", plural)))
            all += demo::nameOf(*object) + edge::toJson((*object)["spec"]);
    }
    return all;
}

} // namespace

class ScaleTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void isReadFromItsOption_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("isGood");
        QTest::addColumn<int>("mappings");
        QTest::addColumn<int>("pods");
        QTest::addColumn<int>("events");
        QTest::newRow("nothing") << QByteArray() << true << 0 << 0 << 0;
        QTest::newRow("all") << QByteArray("mappings=10000,pods=5,events=1000/s") << true << 10'000 << 5
                             << 1000;
        QTest::newRow("events without a unit") << QByteArray("events=7") << true << 0 << 0 << 7;
        QTest::newRow("no number") << QByteArray("mappings=many") << false << 0 << 0 << 0;
        QTest::newRow("negative") << QByteArray("pods=-1") << false << 0 << 0 << 0;
        QTest::newRow("too many") << QByteArray("pods=1000001") << false << 0 << 0 << 0;
        QTest::newRow("unknown") << QByteArray("widgets=3") << false << 0 << 0 << 0;
        QTest::newRow("no value") << QByteArray("pods") << false << 0 << 0 << 0;
    }
    void isReadFromItsOption()
    {
        QFETCH(QByteArray, text);
        const auto scale = demo::readScale(text.toStdString());
        QTEST(scale.has_value(), "isGood");
        QTEST(scale.value_or(Scale()).mappings, "mappings");
        QTEST(scale.value_or(Scale()).pods, "pods");
        QTEST(scale.value_or(Scale()).eventsASecond, "events");
    }

    void oneSeedGivesOneWorld()
    {
        QVERIFY(specs(1).size() > 50'000);
        QVERIFY(specs(1) == specs(1));
        QVERIFY(specs(1) != specs(2));
    }

    void changesComeAtTheirRate()
    {
        asio::io_context loop;
        demo::Store store;
        demo::ScaledObjects scaled(loop, store, {0, 50, 1000, {}}, 1);
        QVERIFY(scaled.create());
        const std::int64_t before = store.version();
        scaled.startEvents();
        QElapsedTimer clock;
        clock.start();
        for (int pulses = 0; pulses < 10; ++pulses)
            loop.run_one();
        QVERIFY(isNear(store.version() - before, clock.elapsed()));
        scaled.stop();
    }

    void theRateCanBeChosenLater()
    {
        asio::io_context loop;
        demo::Store store;
        demo::ScaledObjects scaled(loop, store, {0, 50, 0, {}}, 1);
        QVERIFY(scaled.create());
        const std::int64_t before = store.version();
        scaled.startEvents();
        QCOMPARE(loop.run(), std::size_t(0)); // nothing is planned
        loop.restart();
        scaled.setRate(500);
        QElapsedTimer clock;
        clock.start();
        for (int pulses = 0; pulses < 10; ++pulses)
            loop.run_one();
        const std::int64_t changes = store.version() - before;
        QVERIFY(isNear(changes, clock.elapsed() / 2));
        scaled.setRate(0);
        loop.run(); // no pulse is left
        QCOMPARE(store.version() - before, changes);
    }

    void theMappingsCanBeAnotherEdges()
    {
        asio::io_context loop;
        demo::Store store;
        addMappings(store);
        demo::ScaledObjects scaled(loop, store, demo::readScale("mappings=1,id=bench").value_or(Scale()), 1);
        QVERIFY(scaled.create());
        const auto made = store.list(*store.find("getambassador.io", "mappings"));
        QCOMPARE(made.size(), std::size_t(1));
        QCOMPARE(edge::toJson(made.front()->at({"spec", "ambassador_id"})), std::string("[\"bench\"]"));
    }

    void withoutMappingsTheClusterSaysSo()
    {
        asio::io_context loop;
        demo::Store store;
        demo::ScaledObjects scaled(loop, store, {1, 0, 0, {}}, 1);
        QVERIFY(!scaled.create());
    }
};

SALLYPORT_TEST(scale_test, ScaleTest)
#include "scale_test.moc"
