// SPDX-License-Identifier: GPL-3.0-or-later
// The loaded certificates of a real edge pod of the demo cluster, by port-forward, as on any cluster.
#include "app/cluster_analysis.h"
#include "app/cluster_thread.h"
#include "app/edge_proxies.h"
#include "app/snapshot_fetch.h"
#include "kube/kubeconfig.h"
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
