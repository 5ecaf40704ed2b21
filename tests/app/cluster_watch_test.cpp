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
        bool wasNarrow = false;  // of any kind, ever
        QStringList falseWholes; // kinds that were called whole while another snapshot had more of them
    };

    // A watch as the console has it, with a context of the demo's.
    struct Console
    {
        Seen seen;
        QString error, nameSpace;
        std::chrono::milliseconds measurePause{30'000};

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
            m_thread->runThere([this] {
                m_watch = new app::ClusterWatch(m_thread->client(), &m_thread->context(), measurePause);
            });
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
            seen.wasNarrow = seen.wasNarrow || !input.onlyIn.isEmpty();
            seen.snapshot = input;
            ++seen.snapshots;
        }

        QObject m_here;
        QList<qsizetype> m_wholes;
        std::unique_ptr<app::ClusterThread> m_thread; // ends before what it fills
        app::ClusterWatch *m_watch = nullptr;
    };

    static bool patch(DemoChild &demo, const kube::ResourceType &type, const QString &nameSpace,
                      const QString &name, const QByteArray &operations)
    {
        kube::WriteOptions confirmed;
        confirmed.isConfirmed = true;
        const auto done = demo.client().jsonPatch(type, nameSpace, name, operations, confirmed).result();
        if (!done)
            qWarning("%s", qPrintable(done.error().message));
        return done.has_value();
    }
    // Its only version, v2, is joined by v3alpha1.
    static bool upgradeDefinition(DemoChild &demo, const QString &plural, bool keepsV2)
    {
        const kube::ResourceType definitions{u"apiextensions.k8s.io"_s, u"v1"_s,
                                             u"customresourcedefinitions"_s, u"CustomResourceDefinition"_s,
                                             false};
        const QString name = plural + u".getambassador.io"_s;
        const auto definition = demo.client().get(definitions, {}, name).result();
        if (!definition)
            return false;
        auto object = edge::parseJson(definition->json.toStdString());
        edge::Value v2 = object->at({"spec", "versions"}).items().front();
        edge::Value newer = v2;
        newer.set("name", "v3alpha1");
        v2.set("served", keepsV2);
        v2.set("storage", false);
        const edge::Value operations = edge::Value::array(
            {edge::Value::object({{"op", "replace"},
                                  {"path", "/spec/versions"},
                                  {"value", edge::Value::array({std::move(newer), std::move(v2)})}})});
        return patch(demo, definitions, {}, name, QByteArray::fromStdString(edge::toJson(operations)));
    }

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
        for (const QString &right : {u"secrets"_s, u"pods/portforward"_s, u"services/proxy"_s})
            QTRY_VERIFY2_WITH_TIMEOUT(seen.state.clusterRole.contains(u'"' + right + u'"'), qPrintable(right),
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

    // An hour later the first answer says nothing of how the server does.
    void theRoundTripIsMeasuredAgain()
    {
        DemoChild demo;
        QVERIFY2(demo.start(), qPrintable(demo.error()));
        Console console;
        console.measurePause = std::chrono::milliseconds(50);
        QVERIFY2(console.open(demo, {}), qPrintable(console.error));
        console.start();
        QTRY_VERIFY_WITH_TIMEOUT(console.seen.state.phase == Phase::Live, Patience);
        QVERIFY(demo.fault(u"api-slow"_s, true));
        QTRY_VERIFY_WITH_TIMEOUT(console.seen.state.roundTripMs >= 200, Patience);
        QVERIFY(demo.fault(u"api-slow"_s, false));
        QTRY_VERIFY_WITH_TIMEOUT(console.seen.state.roundTripMs < 200, Patience);
    }

    // Wide, by lists: narrowed to one namespace it would show less, and widened again, and so on.
    void whoMayListButNotWatchIsShownTheWholeCluster()
    {
        DemoChild demo;
        QVERIFY2(demo.start(), qPrintable(demo.error()));
        const auto everywhere = demo.client().list(kube::types::services()).result();
        QVERIFY(everywhere.has_value());
        QVERIFY(demo.fault(u"rbac-denied?verb=watch"_s, true));
        Console console;
        QVERIFY2(console.open(demo, {}), qPrintable(console.error));
        const Seen &seen = console.seen;
        console.start();
        const QString said = u"services: read again every minute, watching them is forbidden"_s;
        QTRY_VERIFY_WITH_TIMEOUT(seen.state.partial.contains(said), Patience);
        QTRY_COMPARE_WITH_TIMEOUT(keysOf(seen.snapshot.objects.value(u"services"_s)),
                                  keysOf(everywhere->items), Patience);
        kube::WriteOptions confirmed;
        confirmed.isConfirmed = true;
        QVERIFY(
            demo.client().create(kube::types::services(), u"default"_s, LaterService, confirmed).result());
        console.retryNow(); // asks for the rights again, too
        QTRY_VERIFY_WITH_TIMEOUT(
            keysOf(seen.snapshot.objects.value(u"services"_s)).contains(u"default/later"_s), Patience);
        QVERIFY2(!seen.wasNarrow, "it was narrowed to one namespace although all may be listed");
        QVERIFY(demo.fault(u"rbac-denied"_s, false));
        console.retryNow();
        QTRY_VERIFY_WITH_TIMEOUT(seen.state.partial.isEmpty(), Patience);
    }

    void aLongPauseThatTheServerAsksForIsShownAndMayBeSkipped()
    {
        DemoChild demo;
        QVERIFY2(demo.start(), qPrintable(demo.error()));
        QVERIFY(demo.fault(u"api-429?seconds=3600&count=1"_s, true));
        Console console;
        QVERIFY2(console.open(demo, {}), qPrintable(console.error));
        const Seen &seen = console.seen;
        console.start();
        QTRY_VERIFY2_WITH_TIMEOUT(seen.state.waiting.endsWith(u", again in 3600 s"_s),
                                  qPrintable(seen.state.waiting + seen.state.message), Patience);
        console.retryNow();
        QTRY_VERIFY_WITH_TIMEOUT(!seen.snapshot.objects.value(u"services"_s).isEmpty(), Patience);
        QCOMPARE(seen.state.phase, models::ConnectionState::Phase::Live);
        QVERIFY2(seen.state.waiting.isEmpty(), qPrintable(seen.state.waiting));
    }

    // While the console looks on, the CRDs are upgraded and v2 is served no more, then the edge is.
    void anotherVersionOfAKindIsNoticed_data()
    {
        QTest::addColumn<bool>("keepsV2");
        QTest::addColumn<bool>("mayReadDefinitions");
        QTest::newRow("v2 is gone") << false << true;
        QTest::newRow("v2 is gone, and a 404 has to tell") << false << false;
        QTest::newRow("both, and a newer edge") << true << true;
    }
    void anotherVersionOfAKindIsNoticed()
    {
        QFETCH(bool, keepsV2);
        QFETCH(bool, mayReadDefinitions);
        DemoChild demo;
        QVERIFY2(demo.start(), qPrintable(demo.error()));
        if (!mayReadDefinitions)
            QVERIFY(demo.fault(u"rbac-denied?resource=customresourcedefinitions"_s, true));
        Console console;
        QVERIFY2(console.open(demo, {}), qPrintable(console.error));
        const Seen &seen = console.seen;
        console.start();
        const auto versions = [&seen] {
            QStringList found;
            for (const kube::Object &mapping : seen.snapshot.objects.value(u"mappings"_s)) {
                const auto object = edge::parseJson(mapping.json.toStdString());
                const QString version =
                    object ? QString::fromStdString((*object)["apiVersion"].text()) : QString();
                if (!found.contains(version))
                    found.append(version);
            }
            return found.join(u' ');
        };
        QTRY_COMPARE_WITH_TIMEOUT(versions(), u"getambassador.io/v2"_s, Patience);
        const qsizetype mappings = seen.snapshot.objects.value(u"mappings"_s).size();

        if (!mayReadDefinitions) // their watch has ended with its refusal, and the test wants to write now
            QVERIFY(demo.fault(u"rbac-denied"_s, false));
        QVERIFY(upgradeDefinition(demo, u"mappings"_s, keepsV2));
        if (keepsV2) {
            QCOMPARE(versions(), u"getambassador.io/v2"_s); // which the edge of 1.11 reads
            for (const QString &edge : {u"ambassador"_s, u"ambassador-internal"_s}) // until none needs v2
                QVERIFY(patch(demo, kube::types::deployments(), edge, edge,
                              "[{\"op\":\"replace\",\"path\":\"/spec/template/spec/containers/0/image\","
                              "\"value\":\"docker.io/emissaryingress/emissary:3.9.1\"}]"));
        }
        QTRY_COMPARE_WITH_TIMEOUT(versions(), u"getambassador.io/v3alpha1"_s, Patience);
        QCOMPARE(seen.snapshot.objects.value(u"mappings"_s).size(), mappings);
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
