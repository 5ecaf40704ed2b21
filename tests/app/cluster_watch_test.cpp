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
        QStringList falseWholes; // kinds that were called whole while another snapshot had more of them
    };

    // A watch as the console has it, with a context of the demo's.
    struct Console
    {
        Seen seen;
        QString error, nameSpace;

        bool open(const DemoChild &demo, const QString &context)
        {
            const QString file = demo.readyLine().section(u"KUBECONFIG="_s, 1).section(u' ', 0, 0);
            const auto config = kube::Kubeconfig::load(kube::kubeconfigSources(file, {}, {}));
            auto connection = !config ? tl::unexpected(config.error())
                : context.isEmpty()   ? config->connection()
                                      : config->connection(context);
            if (!connection) {
                error = connection.error().message;
                return false;
            }
            nameSpace = connection->nameSpace;
            m_thread = std::make_unique<app::ClusterThread>(std::move(*connection));
            m_thread->runThere(
                [this] { m_watch = new app::ClusterWatch(m_thread->client(), &m_thread->context()); });
            connect(m_watch, &app::ClusterWatch::snapshotReady, &m_here,
                    [this](const models::SnapshotInput &input) { take(input); });
            connect(m_watch, &app::ClusterWatch::connectionChanged, &m_here,
                    [this](const models::ConnectionState &state) { seen.state = state; });
            return true;
        }
        void start()
        {
            m_thread->postThere([watch = m_watch] { watch->start(); });
        }
        void retryNow()
        {
            m_thread->postThere([watch = m_watch] { watch->retryNow(); });
        }

    private:
        void take(const models::SnapshotInput &input)
        {
            const auto services = input.objects.value(u"services"_s).size();
            if (!input.onlyIn.contains(u"services"_s) && input.objects.contains(u"services"_s))
                m_wholes.append(services);
            if (!m_wholes.isEmpty() && m_wholes.constFirst() < services)
                seen.falseWholes.append(u"services"_s);
            seen.snapshot = input;
            ++seen.snapshots;
        }

        QObject m_here;
        QList<qsizetype> m_wholes;
        std::unique_ptr<app::ClusterThread> m_thread; // ends before what it fills
        app::ClusterWatch *m_watch = nullptr;
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

        Console console;
        QVERIFY2(console.open(demo, u"demo-team"_s), qPrintable(console.error));
        QCOMPARE(console.nameSpace, u"shop"_s);
        const Seen &seen = console.seen;
        console.start();

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
    }

    // All were forbidden, and then are not: what was read in one namespace is not the whole, and becomes it.
    void rightsThatAreGivenBackAreSeen_data()
    {
        QTest::addColumn<bool>("isAsked");
        QTest::newRow("by itself") << false;
        QTest::newRow("at once by F5") << true;
    }
    void rightsThatAreGivenBackAreSeen()
    {
        QFETCH(bool, isAsked);
        DemoChild demo;
        QVERIFY2(demo.start({u"--incident"_s, u"rbac-denied"_s}), qPrintable(demo.error()));
        Console console;
        QVERIFY2(console.open(demo, {}), qPrintable(console.error));
        const Seen &seen = console.seen;
        console.start();
        QTRY_VERIFY_WITH_TIMEOUT(seen.snapshot.unavailable.contains(u"mappings"_s), Patience);
        QTRY_VERIFY_WITH_TIMEOUT(!seen.state.partial.isEmpty(), Patience);
        QVERIFY(demo.fault(u"rbac-denied"_s, false));
        // A snapshot says of each kind whether all of it was read: with the objects of one namespace it never claims more.
        const auto all = demo.client().list(kube::types::services()).result();
        QVERIFY(all.has_value());
        if (isAsked)
            console.retryNow();
        QTRY_VERIFY_WITH_TIMEOUT(seen.snapshot.onlyIn.isEmpty() && seen.snapshot.unavailable.isEmpty(),
                                 isAsked ? 4000 : Patience);
        QCOMPARE(keysOf(seen.snapshot.objects.value(u"services"_s)), keysOf(all->items));
        QVERIFY(!seen.snapshot.objects.value(u"mappings"_s).isEmpty());
        QVERIFY2(seen.falseWholes.isEmpty(), qPrintable(seen.falseWholes.join(u' ')));
        QTRY_VERIFY_WITH_TIMEOUT(seen.state.partial.isEmpty(), Patience);
        QVERIFY(seen.state.clusterRole.isEmpty());
    }

    // What is shown while the connection is lost is not newer than the last news.
    void theAgeOfWhatIsShownGoesOnWhileTheConnectionIsLost()
    {
        auto demo = std::make_unique<DemoChild>();
        QVERIFY2(demo->start(), qPrintable(demo->error()));
        Console console;
        QVERIFY2(console.open(*demo, {}), qPrintable(console.error));
        const Seen &seen = console.seen;
        console.start();
        QTRY_VERIFY_WITH_TIMEOUT(!seen.snapshot.objects.value(u"services"_s).isEmpty(), Patience);
        demo.reset();
        QTRY_VERIFY_WITH_TIMEOUT(seen.state.phase == Phase::Stale, Patience);
        const int before = seen.snapshots;
        QTRY_VERIFY_WITH_TIMEOUT(seen.snapshots >= before + 3, Patience);
        QVERIFY2(seen.snapshot.takenAt <= seen.state.lastEvent,
                 qPrintable(seen.snapshot.takenAt.toString(Qt::ISODateWithMs) + u" after "_s
                            + seen.state.lastEvent.toString(Qt::ISODateWithMs)));
    }
};

SALLYPORT_TEST(cluster_watch_test, ClusterWatchTest)
#include "cluster_watch_test.moc"
