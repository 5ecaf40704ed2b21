// SPDX-License-Identifier: GPL-3.0-or-later
// The loaded certificates of a real edge pod of the demo cluster, by port-forward, as on any cluster.
#include "app/cluster_analysis.h"
#include "app/cluster_thread.h"
#include "app/edge_proxies.h"
#include "app/snapshot_fetch.h"
#include "kube/kubeconfig.h"
#include "kube/object_reader.h"
#include "models/analysis/edge_sight.h"
#include "tests/demo/demo_world.h"
#include "tests/support/elsewhere.h"
#include "tests/support/foreign_kubectl.h"
#include "tests/support/test_class.h"

#include <QProcess>
#include <QRegularExpression>
#include <QTest>

using namespace Qt::StringLiterals;

class EdgeProxiesTest : public QObject
{
    Q_OBJECT

    std::unique_ptr<DemoWorld> m_world;
    std::unique_ptr<app::ClusterThread> m_cluster;

    models::CertificateRow rowOfMesh()
    {
        return elsewhere([this] {
            auto input = app::fetchSnapshot(m_cluster->client(), {});
            if (!input)
                return models::CertificateRow();
            app::fetchEdgeProxies(m_cluster->client(), *input, {});
            const auto analysis = app::analyse(*input, u"ambassador/ambassador"_s);
            for (const models::CertificateRow &row : analysis->certificates) {
                if (row.key.contains(u"istio-certs"_s))
                    return row;
            }
            return models::CertificateRow();
        });
    }

    QString podOf(const QString &nameSpace, const QString &start)
    {
        const QString pods = m_world->kubectl({u"get"_s, u"pods"_s, u"-n"_s, nameSpace, u"-o"_s, u"name"_s});
        const QRegularExpressionMatch match =
            QRegularExpression(u"pod/("_s + start + u"-\\S+)"_s).match(pods);
        return match.captured(1);
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (const QString why = DemoWorld::missingPeer(); !why.isEmpty())
            QSKIP(qPrintable(why));
        demo::DemoOptions options;
        options.state = "guide-done";
        options.certLife = std::chrono::seconds(8);
        m_world = std::make_unique<DemoWorld>(options);
        QVERIFY2(m_world->start(), qPrintable(m_world->error()));
        const auto config =
            kube::Kubeconfig::load(kube::kubeconfigSources(m_world->ready().kubeconfig, {}, {}));
        QVERIFY(config);
        const auto connection = config->connection({});
        QVERIFY(connection);
        m_cluster = std::make_unique<app::ClusterThread>(*connection);
    }
    void cleanupTestCase()
    {
        m_cluster.reset();
        m_world.reset();
    }

    void theMeshsCertificateIsReadAndSeenToRotate()
    {
        models::CertificateRow first;
        QTRY_VERIFY2_WITH_TIMEOUT((first = rowOfMesh()).notAfter.isValid(), qPrintable(first.checks), 20'000);
        QVERIFY(first.key.startsWith(u"loaded/ambassador/ambassador-"_s));
        QCOMPARE(first.chain.first().uriNames,
                 QStringList{u"spiffe://cluster.local/ns/ambassador/sa/ambassador"_s});
        QVERIFY(first.usedBy.contains(u"quote-backend"_s));
        models::CertificateRow later;
        QTRY_VERIFY_WITH_TIMEOUT((later = rowOfMesh()).notAfter > first.notAfter, 20'000);
        QVERIFY(later.chain.first().serial != first.chain.first().serial);
    }

    // curl through kubectl's port-forward sees what we say; through the pod's address nobody does.
    void kubectlsPortForwardSeesTheSame()
    {
        const QString pod = podOf(u"ambassador"_s, u"ambassador"_s);
        QVERIFY(!pod.isEmpty());
        QProcess forward;
        forward.start(foreignKubectl(),
                      {u"--kubeconfig"_s, m_world->ready().kubeconfig, u"port-forward"_s, u"-n"_s,
                       u"ambassador"_s, u"pod/"_s + pod, u":8001"_s});
        QByteArray said;
        QVERIFY2(
            QTest::qWaitFor([&] { return (said += forward.readAllStandardOutput()).contains("->"); }, 20'000),
            forward.readAllStandardError().constData());
        const QString port =
            QRegularExpression(u"127.0.0.1:(\\d+)"_s).match(QString::fromUtf8(said)).captured(1);
        const HttpSeen seen = m_world->get(u"http://127.0.0.1:%1/certs"_s.arg(port));
        QCOMPARE(seen.status, 200);
        const auto loaded = models::readProxyCertificates(seen.body);
        QVERIFY2(loaded, seen.body.constData());
        QVERIFY(std::any_of(loaded->begin(), loaded->end(), models::isIstioCertificate));
        forward.terminate();
        forward.waitForFinished(5000);

        m_world->kubectl(
            {u"get"_s, u"--raw"_s, u"/api/v1/namespaces/ambassador/pods/%1:8001/proxy/certs"_s.arg(pod)});
        QVERIFY(m_world->code != 0);
    }

    void aSidecarTellsItsOwn()
    {
        const QString pod = podOf(u"shop"_s, u"cart"_s);
        const auto answer = elsewhere([&] {
            return app::getFromPod(m_cluster->client(), {u"shop"_s, pod, 15000}, u"/certs"_s, 10'000, {});
        });
        QVERIFY2(answer, answer ? "" : qPrintable(answer.error().message));
        const auto loaded = models::readProxyCertificates(*answer);
        QVERIFY(loaded);
        QVERIFY(
            loaded->first().certificate.uriNames.first().startsWith(u"spiffe://cluster.local/ns/shop/"_s));
    }

    // Envoy's other pages, as the console and other tools ask for them.
    void theAdminPortsTellTheConfiguration_data()
    {
        QTest::addColumn<QString>("nameSpace");
        QTest::addColumn<QString>("workload");
        QTest::addColumn<int>("port");
        QTest::addColumn<QString>("path");
        QTest::addColumn<QStringList>("parts");
        const QString dump = u"/config_dump"_s;
        QTest::newRow("the edge's routes")
            << u"ambassador"_s << u"ambassador"_s << 8001 << dump
            << QStringList{u"ListenersConfigDump\""_s, u"\"/backend/\""_s, u"ClustersConfigDump\""_s,
                           u"cluster_quote_default"_s};
        QTest::newRow("the edge's clusters alone")
            << u"ambassador"_s << u"ambassador"_s << 8001 << dump + u"?resource=dynamic_active_clusters"_s
            << QStringList{u"ClustersConfigDump.DynamicCluster"_s, u"cluster_quote_default"_s};
        QTest::newRow("where the edge's clusters are")
            << u"ambassador"_s << u"ambassador"_s << 8001 << u"/clusters?format=json"_s
            << QStringList{u"cluster_statuses"_s, u"cluster_quote_default"_s, u"\"10.96."_s};
        QTest::newRow("the edge's counters") << u"ambassador"_s << u"ambassador"_s << 8001
                                             << u"/stats/prometheus"_s << QStringList{u"envoy_cluster_"_s};
        QTest::newRow("a sidecar's chains")
            << u"shop"_s << u"cart"_s << 15000 << dump
            << QStringList{u"virtualInbound"_s, u"0.0.0.0_8080"_s, u"inbound|8080||"_s};
        QTest::newRow("a sidecar's chains by istiod")
            << u"istio-system"_s << u"istiod"_s << 8080 << u"/debug/config_dump?proxyID=%1.shop"_s
            << QStringList{u"virtualInbound"_s, u"0.0.0.0_8080"_s};
        QTest::newRow("istiod's Services")
            << u"istio-system"_s << u"istiod"_s << 8080 << u"/debug/registryz"_s
            << QStringList{u"cart.shop.svc.cluster.local"_s};
    }
    void theAdminPortsTellTheConfiguration()
    {
        QFETCH(QString, nameSpace);
        QFETCH(QString, workload);
        QFETCH(int, port);
        QFETCH(QString, path);
        QFETCH(QStringList, parts);
        const QString pod = podOf(nameSpace, workload);
        if (path.contains(u"%1"_s))
            path = path.arg(podOf(u"shop"_s, u"cart"_s));
        const auto answer = elsewhere([&] {
            return app::getFromPod(m_cluster->client(), {nameSpace, pod, port}, path, 10'000, {});
        });
        QVERIFY2(answer, answer ? "" : qPrintable(answer.error().message));
        for (const QString &part : parts)
            QVERIFY2(answer->contains(part.toUtf8()),
                     qPrintable(part + u" is not in: "_s + QString::fromUtf8(*answer)));
    }

    // The mode of the mesh reaches the proxy, and is read from there and not from the objects.
    void whatASidecarEnforcesFollowsTheMesh()
    {
        models::Pod pod;
        pod.nameSpace = u"shop"_s;
        pod.name = podOf(u"shop"_s, u"cart"_s);
        const auto enforced = [&] {
            return elsewhere([&] {
                const auto modes = app::readInbound(m_cluster->client(), pod, {});
                return modes ? models::mtlsModeName(modes->of(8080)) : modes.error().message;
            });
        };
        const auto posture = [&] {
            return elsewhere([&] {
                auto input = app::fetchSnapshot(m_cluster->client(), {});
                if (!input)
                    return models::WorkloadPosture();
                app::fetchProxies(m_cluster->client(), *input, {});
                const auto analysis = app::analyse(*input, {});
                for (const models::WorkloadPosture &row : analysis->postures) {
                    if (row.key == "shop/cart:8080"_L1)
                        return row;
                }
                return models::WorkloadPosture();
            });
        };
        QCOMPARE(enforced(), u"STRICT"_s);
        QCOMPARE(posture().enforced, u"STRICT"_s);
        m_world->kubectl({u"apply"_s, u"-f"_s, u"-"_s},
                         "apiVersion: security.istio.io/v1beta1\nkind: PeerAuthentication\n"
                         "metadata: {name: default, namespace: shop}\nspec: {mtls: {mode: PERMISSIVE}}\n");
        QTRY_COMPARE_WITH_TIMEOUT(enforced(), u"PERMISSIVE"_s, 20'000);
        const models::WorkloadPosture row = posture();
        QCOMPARE(row.enforced, u"PERMISSIVE"_s);
        QVERIFY(!row.enforcedDiffers);
        QVERIFY2(row.enforcedNote.startsWith(u"the listener of pod %1, "_s.arg(pod.name)),
                 qPrintable(row.enforcedNote));
        m_world->kubectl({u"delete"_s, u"peerauthentication"_s, u"default"_s, u"-n"_s, u"shop"_s});
        QTRY_COMPARE_WITH_TIMEOUT(enforced(), u"STRICT"_s, 20'000);
    }

    // What the demo's edge serves is what its objects compile to; what it was never told, it does not have.
    void whatTheEdgeHasTakenOverIsSeen()
    {
        using Has = models::MappingSight::Has;
        const auto sightWith = [&](const QByteArray &untold) {
            return elsewhere([&] {
                auto input = app::fetchSnapshot(m_cluster->client(), {});
                if (!input)
                    return models::EdgeSight();
                if (!untold.isEmpty())
                    input->objects[u"mappings"_s].append(
                        *kube::readObject(kube::types::mappings(u"v2"_s), untold));
                const auto analysis = app::analyse(*input, u"ambassador/ambassador"_s);
                const models::Snapshot &snapshot = *analysis->snapshot;
                const QList<models::Pod> pods(snapshot.pods.begin(), snapshot.pods.end());
                return models::edgeSight(
                    analysis->view,
                    app::readEdgeRuntimes(m_cluster->client(), analysis->view.installation, pods, {}));
            });
        };
        const models::EdgeSight whole = sightWith({});
        QVERIFY2(whole.envoy.error.isEmpty() && whole.ambassador.error.isEmpty(),
                 qPrintable(whole.envoy.error + whole.ambassador.error));
        QVERIFY(whole.mappings.size() >= 5);
        for (auto one = whole.mappings.cbegin(); one != whole.mappings.cend(); ++one) {
            QVERIFY2(one->envoy == Has::All, qPrintable(one.key()));
            QVERIFY2(one->ambassador == Has::All, qPrintable(one.key()));
        }
        QVERIFY(whole.envoyUpdatedAt.isValid());
        const models::EdgeSight ahead = sightWith(
            R"({"apiVersion":"getambassador.io/v2","kind":"Mapping","metadata":{"name":"new","namespace":"shop"},)"
            R"("spec":{"prefix":"/new/","service":"cart"}})");
        QCOMPARE(ahead.mappings.size(), whole.mappings.size() + 1);
        QCOMPARE(ahead.mappings.value(u"shop/new"_s).envoy, Has::Missing);
        QCOMPARE(ahead.mappings.value(u"shop/new"_s).ambassador, Has::Missing);
        QCOMPARE(ahead.mappings.value(u"default/quote-backend"_s).envoy, Has::All);
    }

    // A viewer may read everything but reach into no pod.
    void whoMayNotForwardIsToldWhichRightItTakes()
    {
        const auto config =
            kube::Kubeconfig::load(kube::kubeconfigSources(m_world->ready().kubeconfig, {}, {}));
        const auto connection = config->connection(u"demo-viewer"_s);
        QVERIFY(connection);
        app::ClusterThread viewer(*connection);
        const auto runtimes = elsewhere([&] {
            const auto input = app::fetchSnapshot(viewer.client(), {});
            if (!input)
                return QList<models::EdgeRuntime>();
            const auto snapshot = models::makeSnapshot(*input);
            const QList<models::Pod> pods(snapshot->pods.begin(), snapshot->pods.end());
            return app::readEdgeRuntimes(viewer.client(), *snapshot->edge(u"ambassador/ambassador"_s), pods,
                                         {});
        });
        QCOMPARE(runtimes.size(), 1);
        QCOMPARE(runtimes.first().envoyError, u"this needs `create` on `pods/portforward` in `ambassador`"_s);
        QCOMPARE(runtimes.first().diagError, runtimes.first().envoyError);
    }

    void whatCannotBeAskedSaysWhichPodAndWhy_data()
    {
        QTest::addColumn<QString>("pod"); // "": the edge's
        QTest::addColumn<int>("port");
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("part");
        QTest::newRow("no such pod") << u"gone-1"_s << 8001 << u"/certs"_s << u"not found"_s;
        QTest::newRow("nobody listens") << QString() << 9 << u"/certs"_s << u"port 9"_s;
        QTest::newRow("no such page") << QString() << 8001 << u"/nothing"_s << u"answered 404"_s;
    }
    void whatCannotBeAskedSaysWhichPodAndWhy()
    {
        QFETCH(QString, pod);
        QFETCH(int, port);
        QFETCH(QString, path);
        QFETCH(QString, part);
        if (pod.isEmpty())
            pod = podOf(u"ambassador"_s, u"ambassador"_s);
        const auto answer = elsewhere([&] {
            return app::getFromPod(m_cluster->client(), {u"ambassador"_s, pod, port}, path, 10'000, {});
        });
        QVERIFY(!answer);
        QVERIFY2(answer.error().message.startsWith(u"pod ambassador/%1, port %2: "_s.arg(pod).arg(port)),
                 qPrintable(answer.error().message));
        QVERIFY2(answer.error().message.contains(part), qPrintable(answer.error().message));
    }
};

SALLYPORT_TEST(edge_proxies_test, EdgeProxiesTest)
#include "edge_proxies_test.moc"
