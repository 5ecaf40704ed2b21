// SPDX-License-Identifier: GPL-3.0-or-later
// The transport over real HTTP/2: nghttpx stands before a scripted server, as a load balancer before an API server.
#include "kube/reflector.h"
#include "tests/kube/scripted_api.h"
#include "tests/kube/test_authority.h"
#include "tests/support/test_class.h"

#include <QElapsedTimer>
#include <QProcess>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>

#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace kube;
using namespace std::chrono_literals;

namespace {

// A hop that can fall silent: TCP goes on on both sides, but nothing passes any more.
class Relay
{
public:
    explicit Relay(quint16 to)
    {
        m_server.listen(QHostAddress::LocalHost);
        QObject::connect(&m_server, &QTcpServer::newConnection, &m_server, [this, to] {
            QTcpSocket *near = m_server.nextPendingConnection();
            auto *far = new QTcpSocket(near);
            far->connectToHost(QHostAddress::LocalHost, to);
            const bool isFirst = m_first == nullptr;
            if (isFirst)
                m_first = near;
            const auto pass = [this, isFirst](QTcpSocket *from, QTcpSocket *into) {
                const QByteArray bytes = from->readAll();
                if (!isFirst || !m_isSilent)
                    into->write(bytes);
            };
            QObject::connect(near, &QTcpSocket::readyRead, far, [=] { pass(near, far); });
            QObject::connect(far, &QTcpSocket::readyRead, near, [=] { pass(far, near); });
            QObject::connect(far, &QTcpSocket::disconnected, near, &QTcpSocket::disconnectFromHost);
            QObject::connect(near, &QTcpSocket::disconnected, far, &QTcpSocket::disconnectFromHost);
        });
    }
    int port() const { return m_server.serverPort(); }
    void fallSilent() { m_isSilent = true; } // on the first connection

private:
    QTcpServer m_server;
    QTcpSocket *m_first = nullptr;
    bool m_isSilent = false;
};

} // namespace

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
        const QStringList arguments{u"--conf=/dev/null"_s,           u"--workers=1"_s,
                                    u"-f127.0.0.1,%1"_s.arg(port),   u"-b127.0.0.1,%1"_s.arg(backend),
                                    u"--accesslog-file=/dev/null"_s, u"--log-level=NOTICE"_s};
        proxy.start(m_program,
                    arguments + more
                        + QStringList{write(u"key"_s, identity.key), write(u"crt"_s, identity.certificate)});
        QByteArray log;
        if (!QTest::qWaitFor([&] { return (log += proxy.readAllStandardError()).contains("Listening on"); }))
            qWarning("nghttpx: %s", log.constData());
        Connection connection;
        connection.context = u"dev"_s;
        connection.server = QUrl(u"https://127.0.0.1:%1"_s.arg(port));
        connection.trustedCa = m_authority.certificate();
        return connection;
    }

    static qint64 residentBytes()
    {
        QFile table(u"/proc/self/statm"_s);
        return table.open(QIODevice::ReadOnly)
            ? table.readAll().split(' ').value(1).toLongLong() * sysconf(_SC_PAGESIZE)
            : 0;
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
            m_program =
                QStandardPaths::findExecutable(u"nghttpx"_s, {unpacked + u"bin"_s, unpacked + u"sbin"_s});
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
            open.append(
                transport.send(request,
                               {[&](int status) { heads += status == 200; }, [](const QByteArray &) {},
                                [&](const Result<HttpResponse> &) { ++failed; }}));
        }
        QTRY_COMPARE_WITH_TIMEOUT(heads, watches, 20'000);
        for (int i = 0; i < 20; ++i) {
            HttpRequest request;
            request.path = u"/get"_s;
            transport.send(request, {{}, {}, [&](const Result<HttpResponse> &result) {
                                         answered += result && result->status == 200;
                                     }});
        }
        QTRY_COMPARE(answered, 20);
        QCOMPARE(failed, 0);
#ifdef Q_OS_LINUX
        QVERIFY2(connectionsTo(transport.connection().server.port()) <= 4,
                 QByteArray::number(connectionsTo(transport.connection().server.port())).constData());
#endif
        for (const Transport::Id id : open)
            transport.cancel(id);
        end(proxy);
    }

    // Secrets are read over HTTP/1.1, each on a connection of its own; curl took that for what the server speaks, and gave each of the
    // others a whole connection, of which there are four.
    void connectionsOfTheirOwnLeaveTheOthersToShare()
    {
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
        int heads = 0, answered = 0;
        const auto get = [&](bool isSecret) {
            HttpRequest request;
            request.path = u"/get"_s;
            request.isSecret = isSecret;
            transport.send(request, {{}, {}, [&](const Result<HttpResponse> &result) {
                                         answered += result && result->status == 200;
                                     }});
        };
        get(false);
        QTRY_COMPARE(answered, 1);
        for (int round = 1; round <= 3; ++round) {
            get(true);
            QTRY_COMPARE(answered, 2 * round);
            for (int i = 0; i < 7; ++i) {
                HttpRequest watch;
                watch.path = u"/watch"_s;
                watch.timeoutMs = 0;
                transport.send(watch,
                               {[&](int status) { heads += status == 200; }, [](const QByteArray &) {},
                                [](const Result<HttpResponse> &) {}});
            }
            QTRY_COMPARE(heads, 7 * round);
            get(false);
            QTRY_COMPARE(answered, 2 * round + 1);
        }
        end(proxy);
    }

    void requestsGoOnAfterGoaway()
    {
        ScriptedApi api;
        api.put(u"a"_s);
        QProcess proxy;
        Transport transport(
            startBefore(api.server.port(), proxy, {u"--frontend-max-requests=7"_s})); // then GOAWAY
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

    // A question about its life finds no room on it, and goes by another.
    void aFullConnectionThatFallsSilentIsFoundDead()
    {
        ScriptedServer server([](const ServerRequest &request, const ServerReply &reply) {
            request.path() == "/watch" ? reply.startStream() : reply.answer(200, "{}");
        });
        QProcess proxy;
        Connection connection = startBefore(server.port(), proxy);
        Relay relay(quint16(connection.server.port()));
        connection.server.setPort(relay.port());
        Transport transport(connection);
        int heads = 0, ends = 0;
        for (int i = 0; i < 130; ++i) {
            Transport::Callbacks callbacks;
            callbacks.onHead = [&heads](int) { ++heads; };
            callbacks.onData = [](const QByteArray &) {};
            callbacks.finished = [&ends](const Result<HttpResponse> &) { ++ends; };
            HttpRequest watch;
            watch.path = u"/watch"_s;
            watch.timeoutMs = 0;
            transport.send(watch, std::move(callbacks));
        }
        QTRY_COMPARE_WITH_TIMEOUT(heads, 130, 20'000);
        transport.setHealthLimits(500ms, 500ms);
        relay.fallSilent(); // the first connection, which carries most of them
        QTRY_VERIFY_WITH_TIMEOUT(ends >= 30, 5000);
        Http2Test::end(proxy);
    }

    void aConnectionThatFallsSilentIsFoundDead()
    {
        ScriptedServer server([](const ServerRequest &request, const ServerReply &reply) {
            request.path() == "/watch" ? reply.startStream() : reply.answer(200, "{}");
        });
        QProcess proxy;
        Connection connection = startBefore(server.port(), proxy);
        Relay relay(quint16(connection.server.port()));
        connection.server.setPort(relay.port());
        Transport transport(connection);
        transport.setHealthLimits(500ms, 500ms);
        int head = 0;
        std::optional<Error> end;
        Transport::Callbacks callbacks;
        callbacks.onHead = [&head](int status) { head = status; };
        callbacks.onData = [](const QByteArray &) {};
        callbacks.finished = [&end](const Result<HttpResponse> &result) {
            end = result ? Error() : result.error();
        };
        HttpRequest watch;
        watch.path = u"/watch"_s;
        watch.timeoutMs = 0;
        transport.send(watch, std::move(callbacks));
        QTRY_COMPARE(head, 200);
        QTRY_VERIFY(server.requests().size()
                    >= 3); // silence alone is no fault: it is asked twice, and answers
        QVERIFY(!end);
        relay.fallSilent();
        QTRY_VERIFY_WITH_TIMEOUT(end, 5000);
        QCOMPARE(int(end->kind), int(Error::Kind::Unreachable));
        std::optional<int> status;
        Transport::Callbacks after;
        after.finished = [&status](const Result<HttpResponse> &result) {
            status = result ? result->status : 0;
        };
        transport.send({}, std::move(after));
        QTRY_COMPARE(status, 200);
        Http2Test::end(proxy);
    }

    void resettingClosesWhatIsOpenAndDialsAnew()
    {
        ScriptedServer server([](const ServerRequest &request, const ServerReply &reply) {
            request.path() == "/watch" ? reply.startStream() : reply.answer(200, "{}");
        });
        QProcess proxy;
        Transport transport(startBefore(server.port(), proxy));
        int heads = 0, ends = 0, answers = 0;
        for (int i = 0; i < 10; ++i) {
            Transport::Callbacks callbacks;
            callbacks.onHead = [&heads](int) { ++heads; };
            callbacks.onData = [](const QByteArray &) {};
            callbacks.finished = [&ends](const Result<HttpResponse> &result) { ends += result ? 0 : 1; };
            HttpRequest watch;
            watch.path = u"/watch"_s;
            watch.timeoutMs = 0;
            transport.send(watch, std::move(callbacks));
        }
        QTRY_COMPARE(heads, 10);
        transport.resetConnections();
        Transport::Callbacks callbacks;
        callbacks.finished = [&answers](const Result<HttpResponse> &result) {
            answers += result && result->status == 200;
        };
        transport.send({}, std::move(callbacks));
        QTRY_COMPARE(ends, 10);
        QTRY_COMPARE(answers, 1);
        Http2Test::end(proxy);
    }

    void aStreamThatIsNotReadFillsNoMemory()
    {
        const QByteArray block(256 * 1024, 'x');
        qint64 sent = 0;
        QElapsedTimer sinceSent;
        // A flood as fast as the other side takes it.
        QTcpServer flood;
        flood.listen(QHostAddress::LocalHost);
        connect(&flood, &QTcpServer::newConnection, &flood, [&] {
            QTcpSocket *socket = flood.nextPendingConnection();
            socket->write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n");
            const auto more = [socket, &block, &sent, &sinceSent] {
                sinceSent.start();
                while (socket->bytesToWrite() < 2 * block.size())
                    sent += socket->write(block);
            };
            connect(socket, &QTcpSocket::readyRead, socket, [socket] { socket->readAll(); });
            connect(socket, &QTcpSocket::bytesWritten, socket, more);
            more();
        });
        QProcess proxy;
        Transport transport(startBefore(flood.serverPort(), proxy));
        qint64 received = 0;
        Transport::Id id = 0;
        Transport::Callbacks callbacks;
        callbacks.onData = [&](const QByteArray &piece) {
            received += piece.size();
            transport.pause(id);
        };
        callbacks.finished = [](const Result<HttpResponse> &) {};
        HttpRequest watch;
        watch.timeoutMs = 0;
        id = transport.send(watch, std::move(callbacks));
        QTRY_VERIFY(received > 0);
        const qint64 before = residentBytes();
        QTRY_VERIFY(sinceSent.hasExpired(500)); // the server is stuck: nobody takes more
        const qint64 held = received;
        QVERIFY2(residentBytes() - before < 45'000'000,
                 qPrintable(QString::number(residentBytes() - before)));
        QVERIFY(sent < 200'000'000); // the server was slowed down
        transport.resume(id);
        QTRY_VERIFY(received > held);
        transport.cancel(id);
        Http2Test::end(proxy);
    }
};

SALLYPORT_TEST(http2_test, Http2Test)
#include "http2_test.moc"
