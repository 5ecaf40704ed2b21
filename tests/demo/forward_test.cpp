// SPDX-License-Identifier: GPL-3.0-or-later
// The client's port-forwards through the demo's API server to a program of this machine: what TCP does passes both ways.
#include "kube/client.h"
#include "kube/kubeconfig.h"
#include "kube/port_forward.h"
#include "tests/demo/api_fixture.h"
#include "tests/support/test_class.h"

#include <QScopeGuard>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

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

private Q_SLOTS:
    void init()
    {
        m_application = std::make_unique<QTcpServer>();
        QVERIFY(m_application->listen(QHostAddress::LocalHost));
        demo::ApiServerHooks hooks;
        hooks.forwardAddress = [port = m_application->serverPort()](
                                   const std::string &, const std::string &,
                                   std::uint16_t) -> std::optional<std::pair<std::string, std::uint16_t>> {
            return std::pair(std::string("127.0.0.1"), port);
        };
        m_api = std::make_unique<ApiFixture>(std::move(hooks));
        QCOMPARE(
            m_api
                ->call(
                    "POST", "/api/v1/namespaces/default/pods",
                    R"({"metadata":{"name":"p"},"spec":{"nodeName":"n","containers":[{"name":"c","image":"i:1"}]}})")
                .status,
            201);
        QCOMPARE(m_api
                     ->call("PATCH", "/api/v1/namespaces/default/pods/p/status",
                            R"({"status":{"phase":"Running"}})",
                            {{"content-type", "application/merge-patch+json"}})
                     .status,
                 200);
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
};

SALLYPORT_TEST(forward_test, ForwardTest)
#include "forward_test.moc"
