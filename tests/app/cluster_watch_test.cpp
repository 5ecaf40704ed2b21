// SPDX-License-Identifier: GPL-3.0-or-later
// What a console sees that may list nothing in the whole cluster: the demo's user demo-team has its rights in the namespace shop
// alone, and an API server decides that which is not ours to the watch.
#include "app/cluster_watch.h"
#include "tests/app/demo_child.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;
using Phase = models::ConnectionState::Phase;

namespace {

constexpr int Patience = 30'000;

const QByteArray LaterService =
    "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"later\"},"
    "\"spec\":{\"ports\":[{\"port\":80}]}}";

QStringList keysOf(const QList<kube::Object> &objects)
{
    QStringList keys;
    for (const kube::Object &object : objects)
        keys.append(object.key());
    keys.sort();
    return keys;
}

} // namespace

class ClusterWatchTest : public QObject
{
    Q_OBJECT

    // Filled on the test's own thread: the watch's signals come over the hop.
    struct Seen
    {
        models::SnapshotInput snapshot;
        models::ConnectionState state;
        int snapshots = 0;
    };

private Q_SLOTS:
    void whatIsForbiddenForTheClusterIsWatchedInTheOwnNamespace()
    {
        DemoChild demo;
        QVERIFY2(demo.start(), qPrintable(demo.error()));
        const auto inShop = demo.client().list(kube::types::services(), u"shop"_s).result();
        const auto everywhere = demo.client().list(kube::types::services()).result();
        QVERIFY(inShop && everywhere);
        QVERIFY(!inShop->items.isEmpty() && inShop->items.size() < everywhere->items.size());

        const QString file = demo.readyLine().section(u"KUBECONFIG="_s, 1).section(u' ', 0, 0);
        const auto config = kube::Kubeconfig::load(kube::kubeconfigSources(file, {}, {}));
        QVERIFY(config.has_value());
        auto connection = config->connection(u"demo-team"_s);
        QVERIFY2(connection.has_value(), qPrintable(connection ? QString() : connection.error().message));
        QCOMPARE(connection->nameSpace, u"shop"_s);

        Seen seen;
        app::ClusterThread thread(std::move(*connection));
        app::ClusterWatch *watch = nullptr;
        thread.runThere([&] { watch = new app::ClusterWatch(thread.client(), &thread.context()); });
        connect(watch, &app::ClusterWatch::snapshotReady, this, [&](const models::SnapshotInput &input) {
            seen.snapshot = input;
            ++seen.snapshots;
        });
        connect(watch, &app::ClusterWatch::connectionChanged, this,
                [&](const models::ConnectionState &state) { seen.state = state; });
        thread.postThere([watch] { watch->start(); });

        QTRY_VERIFY_WITH_TIMEOUT(!seen.snapshot.objects.value(u"services"_s).isEmpty(), Patience);
        QCOMPARE(keysOf(seen.snapshot.objects.value(u"services"_s)), keysOf(inShop->items));
        QCOMPARE(seen.snapshot.onlyIn.value(u"services"_s), u"shop"_s);
        QCOMPARE(seen.snapshot.onlyIn.value(u"pods"_s), u"shop"_s);
        QVERIFY(!seen.snapshot.objects.value(u"pods"_s).isEmpty());
        // A kind without namespaces has nothing to fall back to, and says so.
        QVERIFY(seen.snapshot.unavailable.contains(u"namespaces"_s));
        QVERIFY(!seen.snapshot.onlyIn.contains(u"namespaces"_s));
        QTRY_VERIFY_WITH_TIMEOUT(seen.state.partial.contains(
                                     u"services: only in namespace shop, the whole cluster is forbidden"_s),
                                 Patience);

        // It is a watch, not one list: what is made in the namespace later arrives.
        kube::WriteOptions confirmed;
        confirmed.isConfirmed = true;
        const auto made =
            demo.client().create(kube::types::services(), u"shop"_s, LaterService, confirmed).result();
        QVERIFY2(made.has_value(), qPrintable(made ? QString() : made.error().message));
        QTRY_VERIFY_WITH_TIMEOUT(keysOf(seen.snapshot.objects.value(u"services"_s)).contains(u"shop/later"_s),
                                 Patience);
        disconnect(watch, nullptr, this, nullptr);
    }
};

SALLYPORT_TEST(cluster_watch_test, ClusterWatchTest)
#include "cluster_watch_test.moc"
