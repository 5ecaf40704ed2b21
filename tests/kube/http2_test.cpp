// SPDX-License-Identifier: GPL-3.0-or-later
// The transport over real HTTP/2: nghttpx stands before a scripted server, as a load balancer before an API server.
#include "kube/reflector.h"

#include "tests/kube/scripted_api.h"
#include "tests/kube/test_authority.h"
#include "tests/support/test_class.h"

#include <QProcess>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace kube;

class Http2Test : public QObject
{
    Q_OBJECT

    TestAuthority m_authority;
    QTemporaryDir m_dir;
    QString m_program;

    QString write(const QString &name, const QByteArray &content) const
    {
        QFile file(m_dir.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size())
            qFatal("cannot write %s", qPrintable(file.fileName()));
        return file.fileName();
    }

    static quint16 freePort()
    {
        QTcpServer probe;
        probe.listen(QHostAddress::LocalHost);
        return probe.serverPort();
    }

    // Established ones, as the kernel sees them.
    static qsizetype connectionsTo(int port)
    {
        QFile table(u"/proc/net/tcp"_s);
        if (!table.open(QIODevice::ReadOnly))
            return 0;
        const QByteArray remote = QByteArray::number(port, 16).rightJustified(4, '0').toUpper() + " 01 ";
        return table.readAll().count(QByteArray(':' + remote));
    }

    Connection startBefore(quint16 backend, QProcess &proxy, const QStringList &more = {})
    {
        const quint16 port = freePort();
        const TestIdentity identity = loopbackServer(m_authority);
        const QStringList arguments {u"--conf=/dev/null"_s, u"--workers=1"_s, u"-f127.0.0.1,%1"_s.arg(port), u"-b127.0.0.1,%1"_s.arg(backend),
                                     u"--accesslog-file=/dev/null"_s, u"--log-level=NOTICE"_s};
        proxy.start(m_program, arguments + more + QStringList {write(u"key"_s, identity.key), write(u"crt"_s, identity.certificate)});
        QByteArray log;
        if (!QTest::qWaitFor([&] { return (log += proxy.readAllStandardError()).contains("Listening on"); }))
            qWarning("nghttpx: %s", log.constData());
        Connection connection;
        connection.context = u"dev"_s;
        connection.server = QUrl(u"https://127.0.0.1:%1"_s.arg(port));
        connection.trustedCa = m_authority.certificate();
        return connection;
    }

    static void end(QProcess &proxy)
    {
        proxy.terminate();
        if (!proxy.waitForFinished(2000))
            proxy.kill();
        proxy.waitForFinished();
    }

private Q_SLOTS:
    void initTestCase()
    {
        const QString unpacked = QStringLiteral(SALLYPORT_SOURCE_DIR "/build/peers/nghttpx/usr/");
        m_program = QStandardPaths::findExecutable(u"nghttpx"_s);
        if (m_program.isEmpty())
            m_program = QStandardPaths::findExecutable(u"nghttpx"_s, {unpacked + u"bin"_s, unpacked + u"sbin"_s});
        if (m_program.isEmpty() || QProcess::execute(m_program, {u"--version"_s}) != 0)
            QSKIP("skipped: there is no nghttpx to speak HTTP/2 with (./dev setup --peers)");
    }

    void manyWatchesShareFewConnections()
    {
        constexpr int watches = 130; // more than one connection may carry
        ScriptedServer server([](const ServerRequest &request, const ServerReply &reply) {
            if (request.path() == "/watch") {
                reply.startStream();
                reply.line("{}");
            } else {
                reply.answer(200, "{}");
            }
        });
        QProcess proxy;
        Transport transport(startBefore(server.port(), proxy));
        int heads = 0, answered = 0, failed = 0;
        QList<Transport::Id> open;
        for (int i = 0; i < watches; ++i) {
            HttpRequest request;
            request.path = u"/watch"_s;
            request.timeoutMs = 0;
            open.append(transport.send(request, {[&](int status) { heads += status == 200; }, [](const QByteArray &) {},
                                                 [&](const Result<HttpResponse> &) { ++failed; }}));
        }
        QTRY_COMPARE_WITH_TIMEOUT(heads, watches, 20'000);
        for (int i = 0; i < 20; ++i) {
            HttpRequest request;
            request.path = u"/get"_s;
            transport.send(request, {{}, {}, [&](const Result<HttpResponse> &result) { answered += result && result->status == 200; }});
        }
        QTRY_COMPARE(answered, 20);
        QCOMPARE(failed, 0);
#ifdef Q_OS_LINUX
        QVERIFY2(connectionsTo(transport.connection().server.port()) <= 4, QByteArray::number(connectionsTo(transport.connection().server.port())).constData());
#endif
        for (const Transport::Id id : open)
            transport.cancel(id);
        end(proxy);
    }

    void requestsGoOnAfterGoaway()
    {
        ScriptedApi api;
        api.put(u"a"_s);
        QProcess proxy;
        Transport transport(startBefore(api.server.port(), proxy, {u"--frontend-max-requests=7"_s})); // then GOAWAY
        ObjectStore store;
        Reflector reflector(transport, types::pods(), {}, store);
        reflector.start();
        QTRY_COMPARE(api.watches.size(), 1);
        for (int i = 0; i < 60; ++i) {
            std::optional<Result<HttpResponse>> answer;
            HttpRequest request;
            request.path = u"/api/v1/pods"_s;
            transport.send(request, {{}, {}, [&](const Result<HttpResponse> &result) { answer = result; }});
            QTRY_VERIFY(answer);
            QVERIFY2(*answer, qPrintable(*answer ? QString() : answer->error().message));
        }
        api.put(u"b"_s); // the watch lives on, or has been resumed
        QTRY_COMPARE(store.size(), 2);
        end(proxy);
    }

    void aProxyThatDiesIsSeenByEveryStream()
    {
        ScriptedApi api;
        api.put(u"a"_s);
        QProcess proxy;
        Transport transport(startBefore(api.server.port(), proxy));
        ObjectStore store;
        Reflector reflector(transport, types::pods(), {}, store);
        reflector.start();
        QTRY_COMPARE(api.watches.size(), 1);
        proxy.kill();
        proxy.waitForFinished();
        QTRY_COMPARE(reflector.state().phase, WatchState::Phase::Waiting);
        QCOMPARE(reflector.state().error.kind, Error::Kind::Unreachable);
        QCOMPARE(store.size(), 1);
    }
};

SALLYPORT_TEST(http2_test, Http2Test)
#include "http2_test.moc"
