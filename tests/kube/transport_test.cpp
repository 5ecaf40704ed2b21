// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/line_splitter.h"
#include "kube/proxy_choice.h"
#include "kube/token_source.h"
#include "kube/transfer.h"
#include "kube/transport.h"
#include "tests/kube/scripted_server.h"
#include "tests/kube/test_authority.h"
#include "tests/support/test_class.h"

#include <QProcess>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslKey>
#include <QSslServer>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>

#include <sys/socket.h>

#include <array>

using namespace Qt::StringLiterals;
using namespace kube;

namespace {

// What one transfer has told so far.
struct Record
{
    int head = 0;
    QByteArray data;
    int pieces = 0;
    std::optional<Result<HttpResponse>> end;
    int ends = 0;

    Transport::Callbacks streaming()
    {
        Transport::Callbacks callbacks = plain();
        callbacks.onHead = [this](int status) { head = status; };
        callbacks.onData = [this](const QByteArray &piece) {
            data += piece;
            ++pieces;
        };
        return callbacks;
    }
    Transport::Callbacks plain()
    {
        Transport::Callbacks callbacks;
        callbacks.finished = [this](const Result<HttpResponse> &result) {
            end = result;
            ++ends;
        };
        return callbacks;
    }
    QString message() const { return end && !*end ? end->error().message : QString(); }
};

HttpRequest getRequest(const QString &path)
{
    HttpRequest request;
    request.path = path;
    return request;
}

const QByteArray secretToken = "s3cret-token-value";

const std::pair<const char *, TestKey> authorityKeys[] = {
    {"EC", TestKey::EcP256}, {"RSA", TestKey::Rsa2048}, {"Ed25519", TestKey::Ed25519}};

// The program openssl, as a server that wants certificates of an authority.
class RefusingServer
{
public:
    RefusingServer(const TestAuthority &authority, const TestIdentity &server,
                   const QStringList &options = {})
    {
        if (QStandardPaths::findExecutable(u"openssl"_s).isEmpty()) {
            m_missing = u"skipped: there is no openssl program to refuse the certificate"_s;
            return;
        }
        m_openssl.start(u"openssl"_s,
                        QStringList{u"s_server"_s, u"-accept"_s, u"127.0.0.1:0"_s, u"-cert"_s,
                                    write(u"crt"_s, server.certificate), u"-key"_s,
                                    write(u"key"_s, server.key), u"-CAfile"_s,
                                    write(u"ca"_s, authority.certificate()), u"-Verify"_s, u"2"_s,
                                    u"-verify_return_error"_s, u"-www"_s}
                            + options);
        QByteArray output;
        const auto isUp = [&] {
            output += m_openssl.readAllStandardOutput();
            return output.mid(output.indexOf("ACCEPT 127.0.0.1:")).contains('\n')
                && output.contains("ACCEPT 127");
        };
        if (!QTest::qWaitFor(isUp))
            qFatal("openssl s_server: %s", output.constData());
        m_port = output.mid(output.indexOf("127.0.0.1:") + 10).split('\n').first().trimmed();
    }
    ~RefusingServer()
    {
        m_openssl.kill();
        m_openssl.waitForFinished();
    }
    RefusingServer(const RefusingServer &) = delete;
    RefusingServer &operator=(const RefusingServer &) = delete;

    QUrl url() const { return QUrl(u"https://127.0.0.1:%1"_s.arg(QString::fromLatin1(m_port))); }
    QString missing() const { return m_missing; } // why it is not there; ""

private:
    QString write(const QString &name, const QByteArray &content) const
    {
        QFile file(m_dir.filePath(name));
        if (file.open(QIODevice::WriteOnly))
            file.write(content);
        return file.fileName();
    }

    QTemporaryDir m_dir;
    QProcess m_openssl;
    QByteArray m_port;
    QString m_missing;
};

} // namespace

class TransportTest : public QObject
{
    Q_OBJECT

    TestAuthority m_authority;
    TestIdentity m_server = loopbackServer(m_authority);

    Connection connectionTo(const QUrl &server) const
    {
        Connection connection;
        connection.context = u"dev"_s;
        connection.cluster = u"c"_s;
        connection.user = u"jane"_s;
        connection.file = u"/home/jane/.kube/config"_s;
        connection.server = server;
        connection.trustedCa = m_authority.certificate();
        connection.token = secretToken;
        return connection;
    }

    static void answerOk(const ServerRequest &request, const ServerReply &reply)
    {
        reply.answer(200, request.target + ' ' + request.body);
    }

private Q_SLOTS:
    void aRequestCarriesWhatIsAskedAndWhoAsks()
    {
        ScriptedServer server(answerOk, serverTls(m_server.certificate, m_server.key));
        Connection connection = connectionTo(server.url());
        connection.server.setPath(u"/prefix"_s);
        connection.impersonation = {"Impersonate-User: bob"};
        Transport transport(connection);
        HttpRequest request = getRequest(u"/api/v1/pods?limit=5&x=%2F"_s);
        request.method = "PATCH";
        request.body = "{\"a\":1}";
        request.contentType = "application/merge-patch+json";
        Record record;
        transport.send(request, record.plain());
        QTRY_VERIFY(record.end);
        QVERIFY2(*record.end, qPrintable(record.message()));
        QCOMPARE((*record.end)->status, 200);
        QCOMPARE((*record.end)->contentType, QByteArray("application/json"));
        const ServerRequest seen = server.requests().first();
        QCOMPARE(seen.method, QByteArray("PATCH"));
        QCOMPARE(seen.target, QByteArray("/prefix/api/v1/pods?limit=5&x=%2F"));
        QCOMPARE(seen.body, QByteArray("{\"a\":1}"));
        QCOMPARE(seen.headers.value("content-type"), QByteArray("application/merge-patch+json"));
        QCOMPARE(seen.headers.value("authorization"), "Bearer " + secretToken);
        QCOMPARE(seen.headers.value("impersonate-user"), QByteArray("bob"));
        QVERIFY(seen.headers.value("user-agent").startsWith("sallyport/"));
        QVERIFY(!seen.headers.contains("expect"));
    }

    void compressionIsAskedForUnlessTheKubeconfigForbidsIt_data()
    {
        QTest::addColumn<bool>("compress");
        QTest::newRow("as it is") << true;
        QTest::newRow("disable-compression") << false;
    }
    void compressionIsAskedForUnlessTheKubeconfigForbidsIt()
    {
        QFETCH(bool, compress);
        ScriptedServer server(answerOk, serverTls(m_server.certificate, m_server.key));
        Connection connection = connectionTo(server.url());
        connection.compress = compress;
        Transport transport(connection);
        Record record;
        transport.send(getRequest(u"/api"_s), record.plain());
        QTRY_VERIFY(record.end);
        const QByteArray wanted = server.requests().first().headers.value("accept-encoding");
        QVERIFY2(wanted.contains("gzip") == compress, wanted.constData());
    }

    void aPlainConnectionCarriesNoToken()
    {
        ScriptedServer server(answerOk);
        Transport transport(connectionTo(server.url()));
        Record record;
        transport.send(getRequest(u"/x"_s), record.plain());
        QTRY_VERIFY(record.end);
        QVERIFY(*record.end);
        QVERIFY(!server.requests().first().headers.contains("authorization"));
    }

    void aStreamComesInPiecesAsItIsSent()
    {
        std::optional<ServerReply> open;
        ScriptedServer server([&open](const ServerRequest &, const ServerReply &reply) {
            reply.startStream();
            open = reply;
        });
        Transport transport(connectionTo(server.url()));
        Record record;
        transport.send(getRequest(u"/watch"_s), record.streaming());
        QTRY_COMPARE(record.head, 200); // before any event
        open->line("one");
        QTRY_COMPARE(record.data, QByteArray("one\n"));
        QVERIFY(!record.end);
        open->line("two");
        QTRY_COMPARE(record.data, QByteArray("one\ntwo\n"));
        open->endStream();
        QTRY_VERIFY(record.end);
        QVERIFY(*record.end);
        QCOMPARE(record.ends, 1);
    }

    void aStreamSurvivesEveryCutBetweenBytes()
    {
        const QByteArray text("{\"type\":\"ADDED\"}\n{\"name\":\"\xc3\xa9\"}\n");
        ScriptedServer server([&text](const ServerRequest &, const ServerReply &reply) {
            reply.startStream();
            for (const char c : text)
                reply.chunk(QByteArray(1, c));
            reply.endStream();
        });
        Transport transport(connectionTo(server.url()));
        Record record;
        transport.send(getRequest(u"/watch"_s), record.streaming());
        QTRY_VERIFY(record.end);
        QVERIFY(*record.end);
        QCOMPARE(record.data, text);
        QCOMPARE(LineSplitter().feed(record.data).size(), 2);
    }

    void aServerMayAskToWait_data()
    {
        QTest::addColumn<QByteArray>("header");
        QTest::addColumn<int>("seconds"); // 0: it does not ask
        QTest::newRow("some") << QByteArray("7") << 7;
        QTest::newRow("at once, but not without end") << QByteArray("0") << 1;
        QTest::newRow("less than that") << QByteArray("-5") << 1;
        QTest::newRow("more than a number holds") << QByteArray("99999999999") << 86'400;
        QTest::newRow("a date") << QByteArray("Sat, 28 Nov 2026 12:00:00 GMT") << 0;
        QTest::newRow("nothing") << QByteArray() << 0;
    }
    void aServerMayAskToWait()
    {
        QFETCH(QByteArray, header);
        ScriptedServer server([&header](const ServerRequest &, const ServerReply &reply) {
            reply.answer(503, "{}", "Retry-After: " + header + "\r\n");
        });
        Transport transport(connectionTo(server.url()));
        Record record;
        transport.send(getRequest(u"/watch"_s), record.streaming());
        QTRY_VERIFY(record.end);
        QVERIFY(*record.end);
        QTEST((*record.end)->retryAfterSeconds, "seconds");
    }

    void anErrorBodyOfAStreamComesWhole()
    {
        ScriptedServer server([](const ServerRequest &, const ServerReply &reply) {
            reply.answer(410, "{\"kind\":\"Status\"}", "Retry-After: 7\r\n");
        });
        Transport transport(connectionTo(server.url()));
        Record record;
        transport.send(getRequest(u"/watch"_s), record.streaming());
        QTRY_VERIFY(record.end);
        QVERIFY(*record.end);
        QCOMPARE((*record.end)->status, 410);
        QCOMPARE((*record.end)->body, QByteArray("{\"kind\":\"Status\"}"));
        QCOMPARE((*record.end)->retryAfterSeconds, 7);
        QVERIFY(record.data.isEmpty());
    }

    void warningsAreUnquotedAndNotRepeated()
    {
        QCOMPARE(warningTexts("299 - \"a, \\\"b\\\"\", 299 - \"c\""), (QList<QByteArray>{"a, \"b\"", "c"}));
        ScriptedServer server([](const ServerRequest &, const ServerReply &reply) {
            reply.answer(200, "{}",
                         "Warning: 299 - \"v1 is deprecated\"\r\nWarning: 299 - \"v1 is deprecated\", 299 - "
                         "\"other\"\r\n");
        });
        Transport transport(connectionTo(server.url()));
        Record record;
        transport.send(getRequest(u"/x"_s), record.plain());
        QTRY_VERIFY(record.end);
        QCOMPARE((*record.end)->warnings, (QList<QByteArray>{"v1 is deprecated", "other"}));
    }

    void afterCancelNothingIsHeard()
    {
        std::optional<ServerReply> open;
        ScriptedServer server([&open](const ServerRequest &request, const ServerReply &reply) {
            if (request.path() == "/watch") {
                reply.startStream();
                open = reply;
            } else {
                reply.answer(200, "{}");
            }
        });
        Transport transport(connectionTo(server.url()));
        Record watch, other;
        const Transport::Id id = transport.send(getRequest(u"/watch"_s), watch.streaming());
        QTRY_COMPARE(watch.head, 200);
        transport.cancel(id);
        transport.cancel(id);
        transport.cancel(4711);
        QTRY_VERIFY(!open->isOpen()); // the server sees it too
        transport.send(getRequest(u"/x"_s), other.plain());
        QTRY_VERIFY(other.end);
        QCOMPARE(watch.ends, 0);
        QVERIFY(watch.data.isEmpty());
    }

    void callbacksMaySendAndCancelAndEndTheTransport()
    {
        ScriptedServer server([](const ServerRequest &request, const ServerReply &reply) {
            reply.startStream();
            reply.line(request.target);
            if (request.path() != "/watch")
                reply.endStream();
        });
        auto transport = std::make_unique<Transport>(connectionTo(server.url()));
        Record watch, last;
        Transport::Id watchId = 0;
        int finished = 0;
        watchId = transport->send(getRequest(u"/watch"_s), watch.streaming());
        Transport::Callbacks chain;
        chain.onData = [&](const QByteArray &) { transport->cancel(watchId); };
        chain.finished = [&](const Result<HttpResponse> &) {
            Transport::Callbacks ending;
            ending.finished = [&](const Result<HttpResponse> &) {
                ++finished;
                transport.reset();
            };
            transport->send(getRequest(u"/two"_s), std::move(ending));
        };
        QTRY_COMPARE(watch.pieces, 1);
        transport->send(getRequest(u"/one"_s), std::move(chain));
        QTRY_COMPARE(finished, 1);
        QVERIFY(!transport);
        QCOMPARE(watch.ends, 0);
    }

    void thirtyWatchesLeaveRoomForRequests_data()
    {
        QTest::addColumn<bool>("overTls");
        QTest::newRow("plain") << false;
        QTest::newRow("TLS without HTTP/2") << true;
    }

    void thirtyWatchesLeaveRoomForRequests()
    {
        QFETCH(bool, overTls);
        const auto tls =
            overTls ? serverTls(m_server.certificate, m_server.key) : std::optional<QSslConfiguration>();
        ScriptedServer server(
            [](const ServerRequest &request, const ServerReply &reply) {
                if (request.path() == "/watch")
                    reply.startStream();
                else
                    reply.answer(200, "{}");
            },
            tls);
        Transport transport(connectionTo(server.url()));
        std::vector<Record> watches(30);
        for (Record &watch : watches)
            transport.send(getRequest(u"/watch"_s), watch.streaming());
        for (const Record &watch : watches)
            QTRY_COMPARE(watch.head, 200);
        Record record;
        transport.send(getRequest(u"/x"_s), record.plain());
        QTRY_VERIFY(record.end);
        QVERIFY(*record.end);
    }

    void aBodyWithoutEndIsGivenUp()
    {
        ScriptedServer server([](const ServerRequest &, const ServerReply &reply) {
            reply.answer(200, QByteArray(3'000'000, 'x'));
        });
        Transport transport(connectionTo(server.url()));
        HttpRequest request = getRequest(u"/big"_s);
        request.maxBodyBytes = 1'000'000;
        Record record;
        transport.send(request, record.plain());
        QTRY_VERIFY(record.end);
        QVERIFY(!*record.end);
        QVERIFY2(record.message().contains(u"too large"), qPrintable(record.message()));
    }

    void aSlowAnswerIsATimeoutWithItsSeconds()
    {
        ScriptedServer server([](const ServerRequest &, const ServerReply &) {});
        Transport transport(connectionTo(server.url()));
        HttpRequest request = getRequest(u"/slow?token=x"_s);
        request.timeoutMs = 100;
        Record record;
        transport.send(request, record.plain());
        QTRY_VERIFY(record.end);
        QCOMPARE(record.end->error().kind, Error::Kind::Timeout);
        QVERIFY2(record.message().contains(u"GET /slow: no complete answer within 100 ms"),
                 qPrintable(record.message()));
    }

    void aCutConnectionIsUnreachable()
    {
        ScriptedServer server([](const ServerRequest &request, const ServerReply &reply) {
            if (request.path() == "/half") {
                reply.startStream();
                reply.line("half of it");
            }
            reply.raw("2");
            reply.cut();
        });
        Transport transport(connectionTo(server.url()));
        for (const QString &path : {u"/half"_s, u"/nothing"_s}) {
            Record record;
            transport.send(getRequest(path), record.streaming());
            QTRY_VERIFY(record.end);
            QVERIFY(!*record.end);
            QVERIFY2(record.end->error().kind == Error::Kind::Unreachable
                         || record.end->error().kind == Error::Kind::Protocol,
                     qPrintable(record.message()));
        }
    }

    // A load balancer, or a server that goes down in good order, closes what is idle.
    void aConnectionThatWasClosedWhileIdleIsNotUsedAgain_data()
    {
        QTest::addColumn<bool>("overTls");
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<int>("size");
        for (const bool overTls : {true, false}) {
            const char *how = overTls ? "TLS" : "plain";
            QTest::addRow("a read, %s", how) << overTls << QByteArray("GET") << 0;
            QTest::addRow("a small write, %s", how) << overTls << QByteArray("PATCH") << 100;
            QTest::addRow("a large write, %s", how) << overTls << QByteArray("PATCH") << 8'000'000;
        }
    }

    void aConnectionThatWasClosedWhileIdleIsNotUsedAgain()
    {
        QFETCH(bool, overTls);
        QFETCH(QByteArray, method);
        QFETCH(int, size);
        const auto tls =
            overTls ? serverTls(m_server.certificate, m_server.key) : std::optional<QSslConfiguration>();
        ScriptedServer server(
            [](const ServerRequest &request, const ServerReply &reply) {
                reply.answer(200, "{}");
                if (request.path() == "/first")
                    reply.close();
            },
            tls);
        Transport transport(connectionTo(server.url()));
        Record first, second;
        transport.send(getRequest(u"/first"_s), first.plain());
        QTRY_VERIFY(first.end);
        QTRY_COMPARE(server.openConnections(), 0);
        HttpRequest request = getRequest(u"/second"_s);
        request.method = method;
        request.body = QByteArray(size, 'x');
        transport.send(request, second.plain());
        QTRY_VERIFY(second.end);
        QVERIFY2(*second.end, qPrintable(second.message()));
        QCOMPARE((*second.end)->status, 200);
        QCOMPARE(server.requests().size(), 2); // and it came once
        QCOMPARE(server.connections(), 2);
    }

    void connectionFailuresSayWhatAndWhatToDo_data()
    {
        QTest::addColumn<QString>("server");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QStringList>("words");
        QTcpServer closed;
        closed.listen(QHostAddress::LocalHost);
        QTest::newRow("refused") << u"https://127.0.0.1:%1"_s.arg(closed.serverPort())
                                 << int(Error::Kind::Unreachable)
                                 << QStringList{u"refused"_s, u"cluster “c” in /home/jane/.kube/config"_s};
        QTest::newRow("unknown host")
            << u"https://no-such-host.invalid:6443"_s << int(Error::Kind::Unreachable)
            << QStringList{u"the host name no-such-host.invalid is unknown"_s, u"DNS"_s};
    }

    void connectionFailuresSayWhatAndWhatToDo()
    {
        QFETCH(QString, server);
        QFETCH(int, kind);
        QFETCH(QStringList, words);
        Transport transport(connectionTo(QUrl(server)));
        Record record;
        transport.send(getRequest(u"/version"_s), record.plain());
        QTRY_VERIFY_WITH_TIMEOUT(record.end, 20'000);
        QVERIFY(!*record.end);
        QCOMPARE(int(record.end->error().kind), kind);
        words += {server, u"context “dev”"_s};
        for (const QString &word : words)
            QVERIFY2(record.message().contains(word), qPrintable(record.message()));
        QVERIFY(!record.message().contains(QString::fromLatin1(secretToken)));
    }

    void tlsFailuresSayWhatAndWhatToDo_data()
    {
        QTest::addColumn<QString>("what");
        QTest::addColumn<TestKey>("key"); // of the authority
        QTest::addColumn<QString>("words");
        for (const auto &[name, key] : authorityKeys) {
            QTest::addRow("untrusted, %s", name)
                << u"untrusted"_s << key << u"not trusted by its certificate-authority"_s;
            QTest::addRow("another of that name, %s", name) // the cluster was made anew
                << u"anew"_s << key
                << u"not trusted by its certificate-authority (one of the same name, but with another key, has signed it)"_s;
            QTest::addRow("other name, %s", name)
                << u"name"_s << key
                << u"is for another name: 127.0.0.1 was wanted, and it has other.example;"_s;
            QTest::addRow("expired, %s", name)
                << u"expired"_s << key << u"the server's certificate has expired"_s;
            QTest::addRow("system roots, %s", name)
                << u"system"_s << key << u"not trusted by the system's authorities"_s;
        }
    }

    void tlsFailuresSayWhatAndWhatToDo()
    {
        QFETCH(QString, what);
        QFETCH(TestKey, key);
        QFETCH(QString, words);
        const TestAuthority authority(u"Test root"_s, key);
        CertificateWish wish;
        wish.names = {u"IP:127.0.0.1"_s};
        if (what == u"name")
            wish.names = {u"DNS:other.example"_s};
        if (what == u"expired")
            wish.notAfter = QDateTime::currentDateTimeUtc().addSecs(-60);
        const TestIdentity identity = authority.issue(wish);
        const TestAuthority stranger(u"Stranger"_s, key);
        ScriptedServer server(answerOk, serverTls(identity.certificate, identity.key));
        Connection connection = connectionTo(server.url());
        connection.trustedCa = authority.certificate();
        if (what == u"untrusted")
            connection.trustedCa = stranger.certificate();
        if (what == u"anew")
            connection.trustedCa = TestAuthority(u"Test root"_s, key).certificate();
        if (what == u"system")
            connection.trustedCa.clear();
        Transport transport(connection);
        Record record;
        transport.send(getRequest(u"/version"_s), record.plain());
        QTRY_VERIFY(record.end);
        QVERIFY(!*record.end);
        QCOMPARE(record.end->error().kind, Error::Kind::Tls);
        QVERIFY2(record.message().contains(words), qPrintable(record.message()));
        QVERIFY(!record.message().contains(QString::fromLatin1(secretToken)));
    }

    void authoritiesOfEveryKindAreTrusted_data()
    {
        QTest::addColumn<TestKey>("key");
        for (const auto &[name, key] : authorityKeys)
            QTest::newRow(name) << key;
    }

    void authoritiesOfEveryKindAreTrusted()
    {
        QFETCH(TestKey, key);
        const TestAuthority authority(u"Cluster"_s, key);
        const TestIdentity identity = loopbackServer(authority);
        ScriptedServer server(answerOk, serverTls(identity.certificate, identity.key));
        Connection connection = connectionTo(server.url());
        connection.trustedCa = authority.certificate();
        Transport transport(connection);
        Record record;
        transport.send(getRequest(u"/x"_s), record.plain());
        QTRY_VERIFY(record.end);
        QVERIFY2(*record.end, qPrintable(record.message()));
    }

    void whatDoesNotSpeakTlsOrHttpIsSaid_data()
    {
        QTest::addColumn<QString>("scheme");
        QTest::addColumn<QString>("words");
        QTest::newRow("no TLS") << u"https"_s << u"does not speak TLS"_s;
        QTest::newRow("no HTTP") << u"http"_s << u"is no HTTP server"_s;
    }

    void whatDoesNotSpeakTlsOrHttpIsSaid()
    {
        QFETCH(QString, scheme);
        QFETCH(QString, words);
        QTcpServer server;
        connect(&server, &QTcpServer::newConnection, &server,
                [&server] { server.nextPendingConnection()->write("220 mail.example ESMTP\r\n"); });
        QVERIFY(server.listen(QHostAddress::LocalHost));
        Transport transport(connectionTo(QUrl(u"%1://127.0.0.1:%2"_s.arg(scheme).arg(server.serverPort()))));
        Record record;
        transport.send(getRequest(u"/version"_s), record.plain());
        QTRY_VERIFY(record.end);
        QVERIFY(!*record.end);
        QVERIFY2(record.message().contains(words), qPrintable(record.message()));
    }

    void tlsServerNameDecidesNameAndSniButNotTheHostHeader()
    {
        CertificateWish wish;
        wish.names = {u"DNS:api.cluster.example"_s};
        const TestIdentity identity = m_authority.issue(wish);
        ScriptedServer server(answerOk, serverTls(identity.certificate, identity.key));
        Connection connection = connectionTo(server.url());
        connection.tlsServerName = u"api.cluster.example"_s;
        Transport transport(connection);
        Record record;
        transport.send(getRequest(u"/x"_s), record.plain());
        QTRY_VERIFY(record.end);
        QVERIFY2(*record.end, qPrintable(record.message()));
        QCOMPARE(server.requests().first().headers.value("host"), server.url().authority().toLatin1());
    }

    void insecureTrustsAnyCertificate()
    {
        const TestAuthority stranger(u"Stranger"_s);
        const TestIdentity identity = loopbackServer(stranger);
        ScriptedServer server(answerOk, serverTls(identity.certificate, identity.key));
        Connection connection = connectionTo(server.url());
        connection.trustedCa.clear();
        connection.insecure = true;
        Transport transport(connection);
        Record record;
        transport.send(getRequest(u"/x"_s), record.plain());
        QTRY_VERIFY(record.end);
        QVERIFY2(*record.end, qPrintable(record.message()));
    }

    void clientCertificatesOfEveryKindAreShown_data()
    {
        QTest::addColumn<TestKey>("key");
        QTest::newRow("EC") << TestKey::EcP256;
        QTest::newRow("RSA") << TestKey::Rsa2048;
        QTest::newRow("Ed25519") << TestKey::Ed25519;
    }

    void clientCertificatesOfEveryKindAreShown()
    {
        QFETCH(TestKey, key);
        CertificateWish wish;
        wish.commonName = u"jane"_s;
        wish.key = key;
        const auto middle = m_authority.intermediate(u"Middle"_s, QDateTime::currentDateTimeUtc().addDays(1));
        const TestIdentity jane = middle->issue(wish);
        ScriptedServer server(answerOk,
                              serverTls(m_server.certificate, m_server.key, m_authority.certificate()));
        Connection connection = connectionTo(server.url());
        connection.clientCertificate = jane.certificate + middle->certificate(); // the whole chain is sent
        connection.clientKey = jane.key;
        Transport transport(connection);
        Record record;
        transport.send(getRequest(u"/x"_s), record.plain());
        QTRY_VERIFY(record.end);
        QVERIFY2(*record.end, qPrintable(record.message()));
    }

    void aKeyThatDoesNotFitIsSaid()
    {
        ScriptedServer server(answerOk, serverTls(m_server.certificate, m_server.key));
        Connection connection = connectionTo(server.url());
        connection.clientCertificate = m_authority.issue({}).certificate;
        connection.clientKey = m_authority.issue({}).key;
        Transport transport(connection);
        Record record;
        transport.send(getRequest(u"/x"_s), record.plain());
        QTRY_VERIFY(record.end);
        QVERIFY(!*record.end);
        QVERIFY2(record.message().contains(u"client certificate and key of user “jane”"),
                 qPrintable(record.message()));
    }

    // OpenSSL's own server refuses as Go's and Envoy do: by an alert, after the handshake.
    void anExpiredClientCertificateIsNamedWithItsEnd()
    {
        const RefusingServer openssl(m_authority, m_server);
        if (!openssl.missing().isEmpty())
            QSKIP(qPrintable(openssl.missing()));
        CertificateWish wish;
        wish.notAfter = QDateTime::currentDateTimeUtc().addSecs(-3600);
        const TestIdentity jane = m_authority.issue(wish);
        Connection connection = connectionTo(openssl.url());
        connection.clientCertificate = jane.certificate;
        connection.clientKey = jane.key;
        Transport transport(connection);
        Record record;
        transport.send(getRequest(u"/version"_s), record.plain());
        QTRY_VERIFY(record.end);
        QVERIFY(!*record.end);
        QVERIFY2(record.message().contains(u"the client certificate of user “jane” ended on "_s
                                           + wish.notAfter.toString(u"yyyy-MM-dd hh:mm"_s)),
                 qPrintable(record.message()));
        QVERIFY2(record.message().contains(u"(alert certificate expired)"), qPrintable(record.message()));
    }

    // One connection, one alert: only one of those who share it reads it.
    void everyRequestIsToldWhyTheServerEndsTls_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<bool>("hasCertificate");
        QTest::addColumn<QString>("words");
        const QString unknown =
            u"the server refused the client certificate of user “jane” in /home/jane/.kube/config (alert unknown ca)"_s;
        const QString none =
            u"the server asks for a client certificate, and user “jane” in /home/jane/.kube/config has none "
            "(alert certificate required)"_s;
        QTest::newRow("of an unknown authority, HTTP/2")
            << QStringList{u"-alpn"_s, u"h2"_s} << true << unknown;
        QTest::newRow("of an unknown authority, HTTP/1.1") << QStringList() << true << unknown;
        QTest::newRow("none, HTTP/2") << QStringList{u"-alpn"_s, u"h2"_s} << false << none;
        QTest::newRow("none, HTTP/1.1") << QStringList() << false << none;
    }
    void everyRequestIsToldWhyTheServerEndsTls()
    {
        QFETCH(QStringList, options);
        QFETCH(bool, hasCertificate);
        QFETCH(QString, words);
        const RefusingServer openssl(m_authority, m_server, options);
        if (!openssl.missing().isEmpty())
            QSKIP(qPrintable(openssl.missing()));
        const TestIdentity jane = TestAuthority(u"Stranger"_s).issue({});
        Connection connection = connectionTo(openssl.url());
        if (hasCertificate) {
            connection.clientCertificate = jane.certificate;
            connection.clientKey = jane.key;
        }
        Transport transport(connection);
        std::array<Record, 8> records;
        for (Record &record : records)
            transport.send(getRequest(u"/version"_s), record.plain());
        for (const Record &record : records) {
            QTRY_VERIFY(record.end);
            QVERIFY(!*record.end);
            QCOMPARE(int(record.end->error().kind), int(Error::Kind::Tls));
            QVERIFY2(record.message().contains(words), qPrintable(record.message()));
        }
    }

    void aProxyIsUsedIfNamed()
    {
        ScriptedServer proxy([](const ServerRequest &request, const ServerReply &reply) {
            reply.answer(200, "via proxy " + request.target);
        });
        Connection connection = connectionTo(QUrl(u"http://cluster.invalid:8080"_s));
        connection.proxyUrl = proxy.url().toString();
        Transport transport(connection);
        Record record;
        transport.send(getRequest(u"/version"_s), record.plain());
        QTRY_VERIFY(record.end);
        QVERIFY2(*record.end, qPrintable(record.message()));
        QCOMPARE((*record.end)->body, QByteArray("via proxy http://cluster.invalid:8080/version"));
    }

    // "%" stands for where the proxy is.
    void whatGoesWrongAtAProxyIsSaidOfIt_data()
    {
        QTest::addColumn<QString>("proxy");
        QTest::addColumn<QByteArray>("answer"); // "": cuts the connection
        QTest::addColumn<QString>("shown");
        QTest::addColumn<QString>("words");
        QTest::addColumn<int>("kind");
        const int unreachable = int(Error::Kind::Unreachable);
        const auto answering = [](const char *status) -> QByteArray {
            return "HTTP/1.1 " + QByteArray(status) + " No\r\nContent-Length: 0\r\n\r\n";
        };
        const QString proxy = u"http://jane:s3cret@%"_s, shown = u"http://%"_s;
        QTest::newRow("refused") << u"http://jane:s3cret@127.0.0.1:1"_s << QByteArray()
                                 << u"http://127.0.0.1:1"_s << u"refused the connection"_s << unreachable;
        QTest::newRow("nobody listens to SOCKS")
            << u"socks5://jane:s3cret@127.0.0.1:1"_s << QByteArray() << u"socks5://127.0.0.1:1"_s
            << u"refused the connection"_s << unreachable;
        QTest::newRow("unknown name")
            << u"http://jane:s3cret@proxy.invalid:3128"_s << QByteArray() << u"http://proxy.invalid:3128"_s
            << u"has a host name that is unknown"_s << unreachable;
        QTest::newRow("no address") << u"http://jane:s3cret@proxy.invalid:port"_s << QByteArray()
                                    << u"http://proxy.invalid:port"_s << u"has no address that can be used"_s
                                    << unreachable;
        QTest::newRow("its password is refused")
            << proxy << answering("407") << shown << u"does not accept the user name and password"_s
            << int(Error::Kind::Config);
        QTest::newRow("it wants a password")
            << shown << answering("407") << shown << u"asks for a user name and password (HTTP 407)"_s
            << int(Error::Kind::Config);
        QTest::newRow("forbidden") << proxy << answering("403") << shown
                                   << u"does not let us through to api.invalid:6443 (HTTP 403)"_s
                                   << unreachable;
        QTest::newRow("cannot go on") << proxy << answering("503") << shown
                                      << u"could not reach api.invalid:6443 (HTTP 503)"_s << unreachable;
        QTest::newRow("cuts") << proxy << QByteArray() << shown << u"gave no connection to the server"_s
                              << unreachable;
        QTest::newRow("is none") << proxy << QByteArray("220 mail.example ESMTP\r\n\r\n") << shown
                                 << u"gave no connection to the server"_s << unreachable;
        QTest::newRow("has no TLS") << u"https://jane:s3cret@%"_s << QByteArray("220 mail.example ESMTP\r\n")
                                    << u"https://%"_s << u"the proxy https://127.0.0.1"_s << unreachable;
    }

    // Go, and so kubectl, has one TLS configuration for the proxy and the server.
    void aTlsProxyIsBelievedAsTheServerIs_data()
    {
        QTest::addColumn<QByteArray>("trusted");
        QTest::addColumn<bool>("insecure");
        QTest::addColumn<QString>("words");
        QTest::newRow("the cluster's authority") << m_authority.certificate() << false << u"(HTTP 503)"_s;
        QTest::newRow("another authority")
            << TestAuthority(u"Other"_s).certificate() << false << u"not trusted"_s;
        QTest::newRow("insecure") << TestAuthority(u"Other"_s).certificate() << true << u"(HTTP 503)"_s;
    }
    void aTlsProxyIsBelievedAsTheServerIs()
    {
        QFETCH(QByteArray, trusted);
        QFETCH(bool, insecure);
        QFETCH(QString, words);
        QSslServer server;
        QSslConfiguration tls;
        tls.setLocalCertificateChain(QSslCertificate::fromData(m_server.certificate));
        tls.setPrivateKey(QSslKey(m_server.key, QSsl::Ec));
        tls.setPeerVerifyMode(QSslSocket::VerifyNone);
        server.setSslConfiguration(tls);
        QVERIFY(server.listen(QHostAddress::LocalHost));
        QObject::connect(&server, &QSslServer::pendingConnectionAvailable, &server, [&server] {
            QTcpSocket *const socket = server.nextPendingConnection();
            QObject::connect(socket, &QTcpSocket::readyRead, socket, [socket] {
                if (socket->readAll().startsWith("CONNECT "))
                    socket->write("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
                socket->disconnectFromHost();
            });
        });
        Connection connection = connectionTo(QUrl(u"https://api.invalid:6443"_s));
        connection.trustedCa = trusted;
        connection.insecure = insecure;
        connection.proxyUrl = u"https://127.0.0.1:%1"_s.arg(server.serverPort());
        Transport transport(connection);
        Record record;
        transport.send(getRequest(u"/version"_s), record.plain());
        QTRY_VERIFY(record.end);
        QVERIFY2(record.message().contains(words), qPrintable(record.message()));
    }

    void whatGoesWrongAtAProxyIsSaidOfIt()
    {
        QFETCH(QString, proxy);
        QFETCH(QByteArray, answer);
        QFETCH(QString, shown);
        QFETCH(QString, words);
        QFETCH(int, kind);
        QTcpServer server; // not the scripted one, which waits for a whole request
        QVERIFY(server.listen(QHostAddress::LocalHost));
        QObject::connect(&server, &QTcpServer::newConnection, &server, [&server, answer] {
            QTcpSocket *const socket = server.nextPendingConnection();
            QObject::connect(socket, &QTcpSocket::readyRead, socket, [socket, answer] {
                if (answer.isEmpty())
                    return socket->abort();
                socket->readAll();
                socket->write(answer);
                socket->disconnectFromHost();
            });
        });
        const QString where = u"127.0.0.1:%1"_s.arg(server.serverPort());
        for (const QString &variable : {QString(), u"HTTPS_PROXY"_s}) {
            Connection connection = connectionTo(QUrl(u"https://api.invalid:6443"_s));
            connection.proxyUrl = QString(proxy).replace(u'%', where);
            connection.proxyVariable = variable;
            Transport transport(connection);
            Record record;
            transport.send(getRequest(u"/version"_s), record.plain());
            QTRY_VERIFY(record.end);
            const QString message = record.message();
            QVERIFY2(message.contains(u"the proxy "_s + QString(shown).replace(u'%', where)),
                     qPrintable(message));
            QVERIFY2(message.contains(words), qPrintable(message));
            QVERIFY2(
                message.contains(
                    variable.isEmpty()
                        ? u"check the proxy-url of cluster “c” in /home/jane/.kube/config, or remove it"_s
                        : u"check HTTPS_PROXY of the environment, or add api.invalid to NO_PROXY"_s),
                qPrintable(message));
            QVERIFY2(!message.contains(u"s3cret") && !message.contains(u"jane:"), qPrintable(message));
            QVERIFY2(!message.contains(u"API server"), qPrintable(message));
            QCOMPARE(int(record.end->error().kind), kind);
        }
    }

    void whatGoesWrongBehindAProxyIsSaidOfTheServer()
    {
        ScriptedServer proxy([](const ServerRequest &, const ServerReply &reply) {
            reply.raw("HTTP/1.1 200 Yes\r\n\r\n");
            reply.close(); // in the middle of the TLS handshake
        });
        Connection connection = connectionTo(QUrl(u"https://api.invalid:6443"_s));
        connection.proxyUrl = proxy.url().toString();
        Transport transport(connection);
        Record record;
        transport.send(getRequest(u"/version"_s), record.plain());
        QTRY_VERIFY(record.end);
        QVERIFY2(!record.message().isEmpty() && !record.message().contains(u"the proxy "),
                 qPrintable(record.message()));
    }

    // As an API server does that is being ended: who waits for it goes on waiting.
    void aResetWithinTheHandshakeMayPass()
    {
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        QObject::connect(&server, &QTcpServer::newConnection, &server, [&server] {
            QTcpSocket *const socket = server.nextPendingConnection();
            QObject::connect(socket, &QTcpSocket::readyRead, socket, [socket] {
                const struct linger atOnce = {1, 0};
                ::setsockopt(int(socket->socketDescriptor()), SOL_SOCKET, SO_LINGER, &atOnce, sizeof atOnce);
                socket->abort();
            });
        });
        Transport transport(connectionTo(QUrl(u"https://127.0.0.1:%1"_s.arg(server.serverPort()))));
        Record record;
        transport.send(getRequest(u"/version"_s), record.plain());
        QTRY_VERIFY(record.end);
        QVERIFY2(record.message().contains(u"reset while TLS was being agreed on"_s),
                 qPrintable(record.message()));
        QCOMPARE(record.end->error().kind, Error::Kind::Unreachable);
    }

    void namesAreResolvedBehindASocksProxy()
    {
        QTcpServer proxy;
        QVERIFY(proxy.listen(QHostAddress::LocalHost));
        QByteArray seen;
        QObject::connect(&proxy, &QTcpServer::newConnection, &proxy, [&proxy, &seen] {
            QTcpSocket *const socket = proxy.nextPendingConnection();
            QObject::connect(socket, &QTcpSocket::readyRead, socket, [socket, &seen] {
                const QByteArray piece = socket->readAll();
                seen += piece;
                if (seen == piece) // the greeting
                    socket->write(QByteArray::fromHex("0500"));
                else if (!piece.startsWith("GET"))
                    socket->write(QByteArray::fromHex("05000001000000000000"));
                else
                    socket->write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
            });
        });
        Connection connection = connectionTo(QUrl(u"http://cluster.invalid:8080"_s));
        connection.proxyUrl = u"socks5://127.0.0.1:%1"_s.arg(proxy.serverPort());
        Transport transport(connection);
        Record record;
        transport.send(getRequest(u"/version"_s), record.plain());
        QTRY_VERIFY(record.end);
        QVERIFY2(*record.end, qPrintable(record.message()));
        QCOMPARE((*record.end)->body, QByteArray("hi"));
        const QByteArray asked = QByteArray::fromHex("050100030f").append("cluster.invalid");
        QVERIFY2(seen.contains(asked), seen.toHex().constData());
    }

    void secretsTravelOnAConnectionOfTheirOwn()
    {
        ScriptedServer server(answerOk, serverTls(m_server.certificate, m_server.key));
        Transport transport(connectionTo(server.url()));
        const QList<QPair<bool, int>> steps{{false, 1}, {true, 2}, {false, 2}, {true, 3}};
        for (const auto &[isSecret, connections] : steps) {
            HttpRequest request = getRequest(u"/x"_s);
            request.isSecret = isSecret;
            Record record;
            transport.send(request, record.plain());
            QTRY_VERIFY(record.end);
            QVERIFY2(*record.end, qPrintable(record.message()));
            QCOMPARE(server.connections(), connections);
        }
        QTRY_COMPARE(server.openConnections(), 1);
    }

    void aProxyOfAnyOtherSchemeIsAnHttpOne_data()
    {
        QTest::addColumn<QString>("variable");
        QTest::addColumn<QString>("proxy");
        for (const char *same : {"http://p:1", "https://p:1", "socks5://p:1", "socks5h://p:1"})
            QTest::newRow(same) << QString::fromLatin1(same) << QString::fromLatin1(same);
        QTest::newRow("ftp") << u"ftp://u:w@p:1"_s << u"http://u:w@p:1"_s;
        QTest::newRow("none") << u"p:1"_s << u"http://p:1"_s;
        QTest::newRow("capital letters") << u"HTTP://p:1"_s << u"http://p:1"_s;
    }
    void aProxyOfAnyOtherSchemeIsAnHttpOne()
    {
        QFETCH(QString, variable);
        QProcessEnvironment environment;
        environment.insert(u"HTTPS_PROXY"_s, variable);
        QTEST(proxyFromEnvironment(QUrl(u"https://a.example"_s), environment), "proxy");
    }

    void theEnvironmentsProxyFollowsGosRules_data()
    {
        QTest::addColumn<QString>("server");
        QTest::addColumn<QString>("excluded");
        QTest::addColumn<QString>("proxy");
        const QString https = u"http://proxy:3128"_s;
        QTest::newRow("https") << u"https://api.example:6443"_s << QString() << https;
        QTest::newRow("http has its own variable")
            << u"http://api.example"_s << QString() << u"http://plain:80"_s;
        QTest::newRow("localhost") << u"https://localhost:6443"_s << QString() << QString();
        QTest::newRow("127.x") << u"https://127.0.0.5:6443"_s << QString() << QString();
        QTest::newRow("::1") << u"https://[::1]:6443"_s << QString() << QString();
        QTest::newRow("domain and subdomain") << u"https://a.b.example"_s << u"x, example"_s << QString();
        QTest::newRow("no half names") << u"https://myexample"_s << u"example"_s << https;
        QTest::newRow("subdomains only") << u"https://example"_s << u".example"_s << https;
        QTest::newRow("star and dot") << u"https://a.example"_s << u"*.example"_s << QString();
        QTest::newRow("star") << u"https://a.example"_s << u"*"_s << QString();
        QTest::newRow("address") << u"https://10.0.0.7"_s << u"10.0.0.7"_s << QString();
        QTest::newRow("address of IPv4 as IPv6")
            << u"https://10.0.0.7"_s << u"::ffff:10.0.0.7"_s << QString();
        QTest::newRow("another address of IPv4 as IPv6")
            << u"https://10.0.0.7"_s << u"::ffff:10.0.0.8"_s << https;
        QTest::newRow("network") << u"https://10.0.0.7"_s << u"10.0.0.0/8"_s << QString();
        QTest::newRow("another network") << u"https://11.0.0.7"_s << u"10.0.0.0/8"_s << https;
        QTest::newRow("its port") << u"https://a.example:6443"_s << u"a.example:6443"_s << QString();
        QTest::newRow("another port") << u"https://a.example:6443"_s << u"a.example:443"_s << https;
    }

    void theEnvironmentsProxyFollowsGosRules()
    {
        QFETCH(QString, server);
        QFETCH(QString, excluded);
        QFETCH(QString, proxy);
        QProcessEnvironment environment;
        environment.insert(u"https_proxy"_s, u"proxy:3128"_s);
        environment.insert(u"HTTP_PROXY"_s, u"http://plain:80"_s);
        environment.insert(u"ALL_PROXY"_s, u"http://all:80"_s);
        environment.insert(u"NO_PROXY"_s, excluded);
        QCOMPARE(proxyFromEnvironment(QUrl(server), environment), proxy);
        Connection connection = connectionTo(QUrl(server));
        chooseProxy(connection, environment);
        QCOMPARE(connection.proxyUrl, proxy);
        const QString variable = server.startsWith(u"https") ? u"HTTPS_PROXY"_s : u"HTTP_PROXY"_s;
        QCOMPARE(connection.proxyVariable, proxy.isEmpty() ? QString() : variable);
        connection = connectionTo(QUrl(server));
        connection.proxyUrl = u"http://own:1"_s; // the kubeconfig's goes first
        chooseProxy(connection, environment);
        QCOMPARE(connection.proxyUrl, u"http://own:1"_s);
        QVERIFY(connection.proxyVariable.isEmpty());
    }

    void aTokenFileWinsAndIsReadAgain()
    {
        QTemporaryDir dir;
        const QString path = dir.filePath(u"token"_s);
        const auto write = [&path](const QByteArray &text) {
            QFile file(path);
            if (file.open(QIODevice::WriteOnly))
                file.write(text);
        };
        TokenSource tokens("inline", path);
        QCOMPARE(tokens.token(0), QByteArray("inline")); // while the file could never be read
        write(" first\n");
        QCOMPARE(tokens.token(1), QByteArray("first"));
        write("second");
        QCOMPARE(tokens.token(TokenSource::RereadAfterMsecs), QByteArray("first"));
        QCOMPARE(tokens.token(1 + TokenSource::RereadAfterMsecs), QByteArray("second"));
        QFile::remove(path);
        QCOMPARE(tokens.token(10 * TokenSource::RereadAfterMsecs),
                 QByteArray("second")); // the last good one stays
        write("third");
        QCOMPARE(tokens.token(1 + 10 * TokenSource::RereadAfterMsecs), QByteArray("third"));
        write("fourth");
        QCOMPARE(tokens.token(2 + 10 * TokenSource::RereadAfterMsecs), QByteArray("third"));
        tokens.reread(); // the server has refused it
        QCOMPARE(tokens.token(3 + 10 * TokenSource::RereadAfterMsecs), QByteArray("fourth"));
        write("two\r\nX-Evil: lines");
        QCOMPARE(tokens.token(20 * TokenSource::RereadAfterMsecs), QByteArray("fourth"));
    }

    // As client-go: the request that was refused fails, the next one has what the file says now.
    void aRefusedTokenIsReadAnew()
    {
        QTemporaryDir dir;
        const auto write = [&dir](const QByteArray &text) {
            QFile file(dir.filePath(u"token"_s));
            if (file.open(QIODevice::WriteOnly))
                file.write(text);
        };
        write("old");
        const auto handler = [](const ServerRequest &request, const ServerReply &reply) {
            const bool isGood = request.headers.value("authorization") == "Bearer new";
            reply.answer(isGood ? 200 : 401, "{}");
        };
        ScriptedServer server(handler, serverTls(m_server.certificate, m_server.key));
        Connection connection = connectionTo(server.url());
        connection.tokenFile = dir.filePath(u"token"_s);
        Transport transport(connection);
        const auto status = [&transport] {
            int seen = -1;
            HttpRequest request;
            request.path = u"/version"_s;
            Transport::Callbacks callbacks;
            callbacks.finished = [&seen](const Result<HttpResponse> &answer) {
                seen = answer ? answer->status : 0;
            };
            transport.send(request, std::move(callbacks));
            return QTest::qWaitFor([&seen] { return seen >= 0; }) ? seen : -1;
        };
        QCOMPARE(status(), 401);
        write("new");
        QCOMPARE(status(), 200);
    }
};

SALLYPORT_TEST(transport_test, TransportTest)
#include "transport_test.moc"
