// SPDX-License-Identifier: GPL-3.0-or-later
// A KUBECONFIG of several files: a message names the one in which the entry stands that is to be corrected.
#include "kube/client.h"
#include "kube/credential_source.h"
#include "kube/doctor.h"
#include "kube/transport_error.h"
#include "tests/kube/scripted_api.h"
#include "tests/kube/test_authority.h"
#include "tests/support/test_class.h"

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <curl/curl.h>

#include <cerrno>

using namespace Qt::StringLiterals;
using namespace kube;

class SplitKubeconfigTest : public QObject
{
    Q_OBJECT

    TestAuthority m_authority, m_other;
    TestIdentity m_identity = loopbackServer(m_authority);
    QTemporaryDir m_dir;

    QString write(const QString &name, const QByteArray &content) const
    {
        QFile file(m_dir.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size())
            qFatal("cannot write %s", qPrintable(file.fileName()));
        return file.fileName();
    }

    KubeconfigSources sources(const QByteArray &cluster, const QByteArray &user = "token: s3cret") const
    {
        return {{write(u"contexts"_s,
                       "current-context: dev\ncontexts: [{name: dev, context: {cluster: c, user: u}}]\n"),
                 write(u"clusters"_s, "clusters: [{name: c, cluster: {" + cluster + "}}]\n"),
                 write(u"users"_s, "users: [{name: u, user: {" + user + "}}]\n")},
                false};
    }

    Connection connection(const QByteArray &cluster = "server: 'https://127.0.0.1:1'",
                          const QByteArray &user = "token: s3cret") const
    {
        const Result<Kubeconfig> config = Kubeconfig::load(sources(cluster, user));
        const Result<Connection> found =
            config ? config->connection() : Result<Connection>(tl::unexpected(config.error()));
        if (!found)
            qFatal("%s", qPrintable(found.error().message));
        return *found;
    }

private Q_SLOTS:
    void aFailureNamesTheFileOfItsEntry_data()
    {
        QTest::addColumn<int>("curlCode");
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("entry");
        const QString cluster = u"cluster “c” in "_s + m_dir.filePath(u"clusters"_s);
        const QString user = u"user “u” in "_s + m_dir.filePath(u"users"_s);
        QTest::newRow("host") << int(CURLE_COULDNT_RESOLVE_HOST) << QByteArray() << cluster;
        QTest::newRow("connect") << int(CURLE_COULDNT_CONNECT) << QByteArray() << cluster;
        QTest::newRow("time") << int(CURLE_OPERATION_TIMEDOUT) << QByteArray() << cluster;
        QTest::newRow("authority") << int(CURLE_PEER_FAILED_VERIFICATION)
                                   << QByteArray("SSL certificate problem: unknown") << cluster;
        QTest::newRow("TLS") << int(CURLE_SSL_CONNECT_ERROR) << QByteArray("no") << cluster;
        QTest::newRow("key") << int(CURLE_SSL_CERTPROBLEM) << QByteArray() << user;
        QTest::newRow("refused certificate")
            << int(CURLE_RECV_ERROR) << QByteArray("alert bad certificate") << user;
    }
    void aFailureNamesTheFileOfItsEntry()
    {
        QFETCH(int, curlCode);
        QFETCH(QByteArray, text);
        QFETCH(QString, entry);
        TransferFailure failed;
        failed.curlCode = curlCode;
        failed.systemError = ECONNREFUSED;
        failed.text = text;
        failed.what = u"GET /x"_s;
        const Error error = errorFromFailure(failed, connection(), QDateTime::currentDateTimeUtc());
        QVERIFY2(error.message.contains(entry), qPrintable(error.message));
        QVERIFY2(!error.message.contains(m_dir.filePath(u"contexts"_s)), qPrintable(error.message));
    }

    void aProxyIsNamedWithTheFileOfTheCluster()
    {
        QCOMPARE(proxyEntry(connection("server: 'https://127.0.0.1:1', proxy-url: 'http://127.0.0.1:2'")),
                 u"the proxy-url of cluster “c” in "_s + m_dir.filePath(u"clusters"_s));
    }

    void refusedCredentialsAreRenewedWhereTheyStand()
    {
        HttpResponse response;
        response.status = 401;
        const Error error = errorFromResponse(response, u"GET /x"_s, connection());
        QVERIFY2(error.message.contains(u"renew them in "_s + m_dir.filePath(u"users"_s)),
                 qPrintable(error.message));
    }

    void aPluginIsNamedWithTheFileOfTheUser()
    {
        const auto source = makeCredentialSource(connection(
            "server: 'https://127.0.0.1:1'",
            "exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: /no/such/program}"));
        std::optional<Result<SharedCredential>> answer;
        source->get([&answer](const Result<SharedCredential> &credential) { answer = credential; });
        QTRY_VERIFY(answer);
        QVERIFY(!*answer);
        QVERIFY2(answer->error().message.contains(u"user “u” in "_s + m_dir.filePath(u"users"_s)),
                 qPrintable(answer->error().message));
    }

    // What is nowhere has no file of its own: what names it is to be corrected.
    void aUserWhoIsNowhereIsNamedWithTheContext()
    {
        const KubeconfigSources files{
            {write(u"one"_s,
                   "current-context: dev\ncontexts: [{name: dev, context: {cluster: c, user: nobody}}]\n"),
             write(u"two"_s, "clusters: [{name: c, cluster: {server: 'https://127.0.0.1:1'}}]\n")},
            false};
        const Result<Kubeconfig> config = Kubeconfig::load(files);
        QVERIFY(config);
        const Result<Connection> found = config->connection();
        QVERIFY(found);
        QCOMPARE(found->fileOfUser(), m_dir.filePath(u"one"_s));
        QCOMPARE(found->fileOfCluster(), m_dir.filePath(u"two"_s));
    }

    void theDoctorNamesIt_data()
    {
        QTest::addColumn<bool>("isThere");
        QTest::newRow("no server") << false;
        QTest::newRow("another authority") << true;
    }
    void theDoctorNamesIt()
    {
        QFETCH(bool, isThere);
        ScriptedServer server(
            [](const ServerRequest &, const ServerReply &reply) { reply.answer(200, "{}"); },
            serverTls(m_identity.certificate, m_identity.key));
        const QByteArray url = isThere ? server.url().toEncoded() : QByteArray("https://127.0.0.1:1");
        Doctor doctor(sources("server: '" + url + "', certificate-authority-data: '"
                              + m_other.certificate().toBase64() + "'"),
                      {});
        QSignalSpy finished(&doctor, &Doctor::finished);
        doctor.run();
        QTRY_VERIFY_WITH_TIMEOUT(!finished.isEmpty(), 20'000);
        QString said;
        for (const DoctorStep &step : doctor.steps()) {
            if (step.outcome == DoctorStep::Outcome::Failed)
                said += step.detail;
        }
        QVERIFY2(said.contains(u"cluster “c” in "_s + m_dir.filePath(u"clusters"_s)), qPrintable(said));
        QVERIFY2(!said.contains(m_dir.filePath(u"contexts"_s)), qPrintable(said));
    }
};

SALLYPORT_TEST(split_kubeconfig_test, SplitKubeconfigTest)
#include "split_kubeconfig_test.moc"
