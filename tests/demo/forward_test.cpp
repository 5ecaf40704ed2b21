// SPDX-License-Identifier: GPL-3.0-or-later
// The client's port-forwards through the demo's API server to a program of this machine: what TCP does passes both ways.
#include "kube/client.h"
#include "kube/kubeconfig.h"
#include "kube/port_forward.h"
#include "kube/websocket.h"
#include "tests/demo/api_fixture.h"
#include "tests/support/test_class.h"

#include <QScopeGuard>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <thread>

using namespace Qt::StringLiterals;

class ForwardTest : public QObject
{
    Q_OBJECT
    static constexpr int Patience = 20'000; // ms
    std::unique_ptr<QTcpServer> m_application;
    std::unique_ptr<ApiFixture> m_api;
    std::unique_ptr<kube::Transport> m_transport;
    std::unique_ptr<kube::Client> m_client;
    std::unique_ptr<kube::PortForward> m_forward;
    quint16 m_port = 0;

    std::string m_gone; // the pod behind which nobody is any more; read and written on the server's thread

    void init(const QByteArray &kubeVersion)
    {
        m_application = std::make_unique<QTcpServer>();
        QVERIFY(m_application->listen(QHostAddress::LocalHost));
        m_gone.clear();
        demo::ApiServerHooks hooks;
        hooks.forwardAddress = [this, port = m_application->serverPort()](
                                   const std::string &, const std::string &pod,
                                   std::uint16_t) -> std::optional<std::pair<std::string, std::uint16_t>> {
            if (pod == m_gone)
                return {};
            return std::pair(std::string("127.0.0.1"), port);
        };
        m_api = std::make_unique<ApiFixture>(std::move(hooks), kubeVersion.toStdString());
        startPod("p");
        const auto config = kube::Kubeconfig::load({{m_api->kubeconfig()}, true});
        QVERIFY(config && config->connection());
        m_transport = std::make_unique<kube::Transport>(*config->connection());
        m_client = std::make_unique<kube::Client>(*m_transport);
        m_forward = std::make_unique<kube::PortForward>(
            *m_client, kube::ForwardTarget{kube::ForwardTarget::Kind::Pod, u"default"_s, u"p"_s, u"80"_s});
        const auto port = m_forward->listen();
        QVERIFY(port);
        m_port = *port;
    }

    static std::string asJson(std::string text)
    {
        std::replace(text.begin(), text.end(), '\'', '"');
        return text;
    }

    void startPod(const std::string &name)
    {
        const std::string pods = "/api/v1/namespaces/default/pods";
        const std::string pod = asJson(
            "{'metadata':{'name':'" + name
            + "','labels':{'app':'p'}},'spec':{'nodeName':'n','containers':[{'name':'c','image':'i:1'}]}}");
        QCOMPARE(m_api->call("POST", pods, pod).status, 201);
        const std::string running =
            asJson("{'status':{'phase':'Running','conditions':[{'type':'Ready','status':'True'}]}}");
        QCOMPARE(m_api
                     ->call("PATCH", pods + "/" + name + "/status", running,
                            {{"content-type", "application/merge-patch+json"}})
                     .status,
                 200);
    }

    void answerInCapitals()
    {
        connect(m_application.get(), &QTcpServer::newConnection, m_application.get(), [this] {
            QTcpSocket *socket = m_application->nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, socket,
                    [socket] { socket->write(socket->readAll().toUpper()); });
        });
    }

    // Of a connection of its own, until as much has come back or it has ended.
    static QByteArray answerTo(const QByteArray &question, quint16 port)
    {
        QTcpSocket local;
        local.connectToHost(QHostAddress::LocalHost, port);
        local.write(question);
        QByteArray answer;
        const auto isOver = [&] {
            answer += local.readAll();
            return answer.size() >= question.size()
                || (local.state() == QAbstractSocket::UnconnectedState && local.bytesAvailable() == 0);
        };
        return QTest::qWaitFor(isOver, Patience) ? answer : "no end of " + question;
    }

private Q_SLOTS:
    void init() { init("1.37"); }
    void cleanup()
    {
        m_forward.reset();
        m_client.reset();
        m_transport.reset();
        m_api.reset();
        m_application.reset();
    }

    // As `nc -N` and many a protocol: the answer comes after the end of the question.  Not by a QTcpSocket, which ends with its peer.
    void whoHasEndedHisSendingGetsTheAnswer()
    {
        m_application->pauseAccepting();
        std::thread application([listening = int(m_application->socketDescriptor())] {
            pollfd waiting{listening, POLLIN, 0};
            ::poll(&waiting, 1, Patience);
            const int peer = ::accept(listening, nullptr, nullptr);
            QByteArray question;
            std::array<char, 16 * 1024> piece{};
            for (auto size = ::recv(peer, piece.data(), piece.size(), 0); size > 0;
                 size = ::recv(peer, piece.data(), piece.size(), 0))
                question.append(piece.data(), qsizetype(size));
            const QByteArray answer = question.toUpper();
            for (qsizetype at = 0; at < answer.size();) {
                const auto sent =
                    ::send(peer, answer.constData() + at, size_t(answer.size() - at), MSG_NOSIGNAL);
                at = sent > 0 ? at + qsizetype(sent) : answer.size();
            }
            ::close(peer);
        });
        const auto ended = qScopeGuard([&application] { application.join(); });
        QTcpSocket local;
        QByteArray received;
        connect(&local, &QTcpSocket::readyRead, &local, [&] { received += local.readAll(); });
        local.connectToHost(QHostAddress::LocalHost, m_port);
        QTRY_COMPARE(local.state(), QAbstractSocket::ConnectedState);
        const QByteArray question = QByteArray(500'000, 'q') + '.';
        local.write(question);
        QTRY_COMPARE(local.bytesToWrite(), 0);
        QCOMPARE(::shutdown(int(local.socketDescriptor()), SHUT_WR), 0);
        QTRY_COMPARE_WITH_TIMEOUT(received.size(), question.size(), Patience);
        QTRY_COMPARE(m_forward->state().connections, 0);
        QCOMPARE(m_forward->state().wire, u"SPDY in a WebSocket"_s);
    }

    void aReaderThatStallsHoldsUpNobody()
    {
        connect(m_application.get(), &QTcpServer::newConnection, m_application.get(), [this] {
            QTcpSocket *socket = m_application->nextPendingConnection();
            const auto more = [socket] {
                while (socket->bytesToWrite() < 256 * 1024)
                    socket->write(QByteArray(64 * 1024, 'f'));
            };
            connect(socket, &QTcpSocket::bytesWritten, socket, more);
            more();
        });
        QTcpSocket stalled, reading;
        stalled.setReadBufferSize(1024);
        stalled.connectToHost(QHostAddress::LocalHost, m_port);
        QTRY_VERIFY(stalled.bytesAvailable() > 0);
        qint64 received = 0;
        connect(&reading, &QTcpSocket::readyRead, &reading, [&] { received += reading.readAll().size(); });
        reading.connectToHost(QHostAddress::LocalHost, m_port);
        QTRY_VERIFY_WITH_TIMEOUT(received > 30'000'000, 30'000);
        QCOMPARE(stalled.state(), QAbstractSocket::ConnectedState);
    }

    // A kubelet refuses what comes for a pod that was deleted, over wires that live on: the first to come must not suffer for it.
    void theFirstConnectionAfterItsPodWasDeletedComesThrough()
    {
        answerInCapitals();
        const std::string service =
            asJson("{'metadata':{'name':'s'},'spec':{'selector':{'app':'p'},'ports':[{'port':80}]}}");
        QCOMPARE(m_api->call("POST", "/api/v1/namespaces/default/services", service).status, 201);
        kube::PortForward forward(
            *m_client,
            kube::ForwardTarget{kube::ForwardTarget::Kind::Service, u"default"_s, u"s"_s, u"80"_s});
        const quint16 port = *forward.listen();
        QCOMPARE(answerTo("before", port), QByteArray("BEFORE"));
        QTRY_COMPARE(forward.state().connections, 0);
        QCOMPARE(forward.state().pod, u"p"_s);
        startPod("q");
        m_api->onLoop([this](demo::Store &) { m_gone = "p"; });
        QCOMPARE(m_api->call("DELETE", "/api/v1/namespaces/default/pods/p?gracePeriodSeconds=0").status, 200);
        QCOMPARE(answerTo("after", port), QByteArray("AFTER"));
        QCOMPARE(forward.state().pod, u"q"_s);
    }

    void everyAgeSpeaksWhatItsTimeDid_data()
    {
        QTest::addColumn<QByteArray>("version");
        QTest::addColumn<QString>("wire");
        QTest::newRow("1.15") << QByteArray("1.15") << u"SPDY"_s;
        QTest::newRow("1.21") << QByteArray("1.21") << u"SPDY"_s;
        QTest::newRow("1.37") << QByteArray("1.37") << u"SPDY in a WebSocket"_s;
    }

    void everyAgeSpeaksWhatItsTimeDid()
    {
        QFETCH(QByteArray, version);
        QFETCH(QString, wire);
        cleanup();
        init(version);
        answerInCapitals();
        QCOMPARE(answerTo("question", m_port), QByteArray("QUESTION"));
        QCOMPARE(m_forward->state().wire, wire);
        // What kubectl tries first, and what an old server makes of it (1.26.5, recorded).
        kube::Result<kube::websocket::Link *> tunnel = nullptr;
        bool isAnswered = false;
        kube::websocket::connectTo(*m_transport, u"/api/v1/namespaces/default/pods/p/portforward"_s,
                                   "SPDY/3.1+portforward.k8s.io", this, [&](const auto &answer) {
                                       tunnel = answer;
                                       isAnswered = true;
                                   });
        QTRY_VERIFY(isAnswered);
        QCOMPARE(tunnel.has_value(), wire != u"SPDY");
        if (tunnel)
            return delete *tunnel;
        QCOMPARE(tunnel.error().httpStatus, 400);
        QVERIFY2(tunnel.error().message.contains(u"query parameter \"port\" is required"_s),
                 qPrintable(tunnel.error().message));
    }

    void channelsWorkAtEveryAge_data()
    {
        QTest::addColumn<QByteArray>("version");
        for (const char *version : {"1.15", "1.21", "1.37"})
            QTest::newRow(version) << QByteArray(version);
    }

    void channelsWorkAtEveryAge()
    {
        QFETCH(QByteArray, version);
        cleanup();
        init(version);
        answerInCapitals();
        QObject owner;
        kube::ForwardWire *wire = nullptr;
        kube::ForwardWire::dial(
            *m_transport, u"default"_s, u"p"_s, kube::ForwardWire::Kind::Channels, &owner,
            [&](const kube::Result<kube::ForwardWire *> &answer) { wire = answer.value_or(nullptr); });
        QTRY_VERIFY(wire);
        QCOMPARE(wire->kind(), kube::ForwardWire::Kind::Channels);
        QByteArray received;
        bool isClosed = false;
        kube::ForwardCallbacks callbacks;
        callbacks.onData = [&](const QByteArray &bytes) { received += bytes; };
        callbacks.onClosed = [&] { isClosed = true; };
        const auto connection = wire->open(80, callbacks);
        const QByteArray much(300'000, 'a');
        wire->send(connection, much);
        QTRY_COMPARE(received, much.toUpper());
        m_application->findChild<QTcpSocket *>()->disconnectFromHost();
        QTRY_VERIFY(isClosed);
        m_api->onLoop([this](demo::Store &) { m_gone = "p"; });
        QString refusal;
        callbacks.onError = [&](const QString &text) { refusal += text; };
        wire->open(80, callbacks);
        QTRY_VERIFY(refusal.startsWith(u"error forwarding port 80 to pod p: "_s));
    }

    // For clients that cannot carry bytes, and with two ports over one socket.
    void channelsComeAsTextToo()
    {
        answerInCapitals();
        QByteArrayList messages;
        kube::websocket::Link *link = nullptr;
        kube::websocket::connectTo(
            *m_transport, u"/api/v1/namespaces/default/pods/p/portforward?ports=80&ports=258"_s,
            "v4.base64.channel.k8s.io", this, [&](const kube::Result<kube::websocket::Link *> &answer) {
                link = answer.value_or(nullptr);
                if (link)
                    link->onBytes = [&](const QByteArray &message) {
                        messages.append(message.left(1) + QByteArray::fromBase64(message.mid(1)).toHex());
                    };
            });
        QTRY_COMPARE(messages, (QByteArrayList{"05000", "15000", "20201", "30201"}));
        link->send("2" + QByteArray("hello").toBase64());
        QTRY_COMPARE(messages.value(4), "2" + QByteArray("HELLO").toHex());
        delete link;
    }

    // Where every pod refuses, that is said, and soon.
    void whereNobodyListensThatIsSaid()
    {
        const std::string service =
            asJson("{'metadata':{'name':'s'},'spec':{'selector':{'app':'p'},'ports':[{'port':80}]}}");
        QCOMPARE(m_api->call("POST", "/api/v1/namespaces/default/services", service).status, 201);
        m_api->onLoop([this](demo::Store &) { m_gone = "p"; });
        kube::PortForward forward(
            *m_client,
            kube::ForwardTarget{kube::ForwardTarget::Kind::Service, u"default"_s, u"s"_s, u"80"_s});
        QCOMPARE(answerTo("anybody", *forward.listen()), QByteArray());
        QVERIFY2(forward.state().lastError.contains(u"connection refused"_s),
                 qPrintable(forward.state().lastError));
    }
};

SALLYPORT_TEST(forward_test, ForwardTest)
#include "forward_test.moc"
