// SPDX-License-Identifier: GPL-3.0-or-later
// At which time a cluster is judged: it may stand still for hours while its certificates come and go.
#include "app/gui/cluster_session.h"
#include "tests/gui/small_cluster.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using Phase = models::ConnectionState::Phase;

namespace {

constexpr int Patience = 15'000;

} // namespace

class ClusterSessionTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    // Proxies are read again while no object changes; what they have loaded since is not of the future.
    void aCertificateIsJudgedAtTheNewestReading_data()
    {
        QTest::addColumn<int>("readAfter"); // seconds after the objects
        QTest::addColumn<bool>("isEarly");
        QTest::newRow("before it begins") << 60 << true;
        QTest::newRow("after it has begun") << 300 << false;
    }
    void aCertificateIsJudgedAtTheNewestReading()
    {
        QFETCH(int, readAfter);
        QFETCH(bool, isEarly);
        const QDateTime takenAt = inputOf({}).takenAt;
        CertificateWish wish;
        wish.commonName = u"new.example.com"_s;
        wish.notBefore = takenAt.addSecs(240);
        wish.notAfter = takenAt.addDays(365);
        const TestIdentity made = TestAuthority().issue(wish);
        models::SnapshotInput input =
            inputOf(edgeYaml()
                    + "---\napiVersion: v1\nkind: Secret\ntype: kubernetes.io/tls\nmetadata: {name: "
                      "new, namespace: ambassador}\ndata: {tls.crt: "
                    + made.certificate.toBase64() + ", tls.key: " + made.key.toBase64() + "}\n");
        input.meshProxies = {{u"default"_s, u"quote-1"_s, takenAt.addSecs(readAfter), {}, {}}};
        const auto analysis = app::analyse(input, {});
        QCOMPARE(app::judgedAt(*analysis->snapshot), takenAt.addSecs(readAfter));
        bool found = false;
        for (const models::Finding &finding : analysis->findings.findings)
            found = found || finding.code == u"CERT-009"_s;
        QCOMPARE(found, isEarly);
    }

    void whoSkipsTlsVerificationIsTold_data()
    {
        QTest::addColumn<QString>("server");
        QTest::addColumn<bool>("isInsecure");
        QTest::addColumn<bool>("isTold");
        QTest::newRow("verified") << u"https://127.0.0.1:1"_s << false << false;
        QTest::newRow("not verified") << u"https://127.0.0.1:1"_s << true << true;
        QTest::newRow("no TLS that could be verified") << u"http://127.0.0.1:1"_s << true << false;
    }
    void whoSkipsTlsVerificationIsTold()
    {
        QFETCH(QString, server);
        QFETCH(bool, isInsecure);
        kube::Connection connection;
        connection.context = u"test"_s;
        connection.server = QUrl(server);
        connection.insecure = isInsecure;
        app::gui::ClusterSession session(connection, {});
        session.start();
        QTRY_VERIFY_WITH_TIMEOUT(session.state().phase != Phase::NotConnected, Patience);
        QTEST(session.state().isUnverified, "isTold");
    }

    void aQuietClusterIsJudgedAtTheTimeItIs()
    {
        SmallCluster cluster;
        cluster.put(edgeYaml());
        cluster.put(quoteYaml(true));
        const QTemporaryDir folder;
        QFile file(folder.filePath(u"config"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(cluster.kubeconfig());
        file.close();
        const auto kubeconfig =
            kube::Kubeconfig::load(kube::kubeconfigSources(file.fileName(), {}, folder.path()));
        QVERIFY(kubeconfig);
        app::gui::ClusterSession session(*kubeconfig->connection(u"test"_s), {});
        session.start();
        QTRY_VERIFY_WITH_TIMEOUT(session.analysis() && session.state().phase == Phase::Live, Patience);
        const auto before = session.analysis();
        const QDateTime first = before->snapshot->takenAt;
        QTRY_VERIFY(QDateTime::currentDateTimeUtc() > first.addMSecs(50));
        session.setCompats({{before->view.installation.key(), edge::Compat::V2}}); // nothing of the cluster
        QTRY_VERIFY_WITH_TIMEOUT(session.analysis()->view.installation.compat == edge::Compat::V2, Patience);
        QVERIFY(session.analysis()->snapshot->takenAt > first);
    }
};

SALLYPORT_TEST(cluster_session_test, ClusterSessionTest)
#include "cluster_session_test.moc"
