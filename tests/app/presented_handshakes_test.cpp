// SPDX-License-Identifier: GPL-3.0-or-later
// What an edge presents, asked by handshakes: the other side is openssl's s_server, which shows one certificate to a client that asks
// for one name, and another to all others.
#include "app/cluster_thread.h"
#include "app/presented_certificates.h"
#include "tests/kube/scripted_server.h"
#include "tests/kube/test_authority.h"
#include "tests/support/elsewhere.h"
#include "tests/support/test_class.h"

#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

const QString Edge = u"ambassador/ambassador"_s;

class OpensslServer
{
public:
    bool start()
    {
        const TestAuthority authority;
        const auto write = [&](const QString &name, const QString &host) {
            CertificateWish wish;
            wish.names = {u"DNS:"_s + host};
            const TestIdentity identity = authority.issue(wish);
            QFile file(m_folder.filePath(name));
            return file.open(QIODevice::WriteOnly) && file.write(identity.certificate + identity.key) > 0;
        };
        if (!write(u"usual.pem"_s, u"usual.example.com"_s) || !write(u"named.pem"_s, u"named.example.com"_s))
            return false;
        const QString usual = m_folder.filePath(u"usual.pem"_s), named = m_folder.filePath(u"named.pem"_s);
        m_process.start(u"openssl"_s,
                        {u"s_server"_s, u"-accept"_s, u"127.0.0.1:0"_s, u"-cert"_s, usual, u"-servername"_s,
                         u"named.example.com"_s, u"-cert2"_s, named, u"-key2"_s, named});
        static const QRegularExpression accept(u"ACCEPT 127\\.0\\.0\\.1:(\\d+)"_s);
        QString said;
        return QTest::qWaitFor(
                   [&] {
                       said += QString::fromUtf8(m_process.readAllStandardOutput());
                       m_port = accept.match(said).captured(1).toUShort();
                       return m_port > 0 || m_process.state() == QProcess::NotRunning;
                   },
                   10'000)
            && m_port > 0;
    }
    ~OpensslServer()
    {
        m_process.kill();
        m_process.waitForFinished();
    }
    quint16 port() const { return m_port; }

private:
    QTemporaryDir m_folder;
    QProcess m_process;
    quint16 m_port = 0;
};

constexpr char Forbidden[] =
    "{\"kind\": \"Status\", \"status\": \"Failure\", \"reason\": \"Forbidden\", \"code\": 403, "
    "\"message\": \"services is forbidden\"}";

app::EdgeAccess at(quint16 port) { return {u"127.0.0.1"_s, port, {}, {}, {}, u"its address"_s}; }

// "named.example.com shows named.example.com", or the error's first words.
QStringList told(const QList<models::PresentedCertificate> &all)
{
    QStringList lines;
    for (const models::PresentedCertificate &one : all)
        lines.append(one.chain.isEmpty()
                         ? one.serverName + u": "_s + one.error
                         : one.serverName + u" shows "_s + one.chain.first().dnsNames.join(u' '));
    return lines;
}

} // namespace

class PresentedHandshakesTest : public QObject
{
    Q_OBJECT

    // An API server that lets nobody through.
    static QList<models::PresentedCertificate> ask(const app::HandshakePlan &plan, std::stop_token stop = {})
    {
        ScriptedServer server(
            [](const ServerRequest &, const ServerReply &reply) { reply.answer(403, Forbidden); });
        kube::Connection connection;
        connection.server = server.url();
        app::ClusterThread thread(connection);
        return elsewhere([&] { return app::askPresented(thread.client(), plan, stop); });
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (QStandardPaths::findExecutable(u"openssl"_s).isEmpty())
            QSKIP("there is no program openssl to shake hands with");
    }

    void eachNameIsAskedForByItself()
    {
        OpensslServer server;
        QVERIFY(server.start());
        const QStringList names{u"named.example.com"_s, u"other.example.com"_s};
        const auto all = ask({Edge, names, {at(server.port())}});
        QCOMPARE(told(all),
                 (QStringList{u"named.example.com shows named.example.com"_s,
                              u"other.example.com shows usual.example.com"_s}));
        for (const models::PresentedCertificate &one : all) {
            QCOMPARE(one.edge, Edge);
            QVERIFY2(one.error.isEmpty(), qPrintable(one.error));
            QVERIFY2(one.where.contains(QString::number(server.port())), qPrintable(one.where));
            QVERIFY(one.seenAt.isValid());
        }
    }

    // Who cannot be reached for one name is not asked for the others: each would wait as long.
    void whoCannotBeReachedIsAskedOnce()
    {
        QTcpServer closed;
        QVERIFY(closed.listen(QHostAddress::LocalHost));
        const quint16 port = closed.serverPort();
        closed.close();
        const auto all = ask({Edge, {u"a.example.com"_s, u"b.example.com"_s}, {at(port)}});
        QCOMPARE(all.size(), 2);
        QVERIFY2(!all[0].error.isEmpty() && all[0].chain.isEmpty(), qPrintable(all[0].error));
        QCOMPARE(all[1].error, all[0].error);
    }

    // Who is reached and speaks no TLS is asked for each: a name may be one that is refused.
    void whoSpeaksNoTlsIsAskedForEach()
    {
        QTcpServer plain;
        int calls = 0;
        QObject::connect(&plain, &QTcpServer::newConnection, &plain, [&] {
            while (QTcpSocket *socket = plain.nextPendingConnection()) {
                ++calls;
                socket->write("HTTP/1.1 400 Bad Request\r\n\r\n");
                socket->disconnectFromHost();
            }
        });
        QVERIFY(plain.listen(QHostAddress::LocalHost));
        const auto all = ask({Edge, {u"a.example.com"_s, u"b.example.com"_s}, {at(plain.serverPort())}});
        QCOMPARE(all.size(), 2);
        QCOMPARE(calls, 2);
        for (const models::PresentedCertificate &one : all)
            QVERIFY(one.chain.isEmpty() && !one.error.isEmpty());
    }

    void withoutAnAddressTheWayIsAPortForward()
    {
        const app::EdgeAccess proxied{{}, 0, u"ambassador"_s, u"https:ambassador"_s, u"443"_s, {}};
        const auto all = ask({Edge, {u"a.example.com"_s, u"b.example.com"_s}, {proxied}});
        QCOMPARE(all.size(), 2);
        for (const models::PresentedCertificate &one : all) {
            QCOMPARE(one.where, u"Service ambassador/ambassador through a port-forward"_s);
            QVERIFY2(one.error.contains(u"is forbidden"_s), qPrintable(one.error));
        }
    }

    void whereThereIsNothingToAskNobodyIsAsked()
    {
        QCOMPARE(ask({Edge, {u"a.example.com"_s}, {}}).size(), 0); // no Service has a port for TLS
        QCOMPARE(ask({Edge, {}, {at(1)}}).size(), 0);
        std::stop_source stop;
        stop.request_stop();
        QCOMPARE(ask({Edge, {u"a.example.com"_s}, {at(1)}}, stop.get_token()).size(), 0);
    }
};

SALLYPORT_TEST(presented_handshakes_test, PresentedHandshakesTest)
#include "presented_handshakes_test.moc"
