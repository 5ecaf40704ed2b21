// SPDX-License-Identifier: GPL-3.0-or-later
// What TCP does, port-forwards do as well: each direction ends on its own, and who does not read holds up nobody else.  And a link whose
// other side has gone silent is left.
#include "kube/port_forward.h"
#include "kube/spdy.h"
#include "kube/websocket.h"
#include "tests/fuzz/memory_link.h"
#include "tests/kube/forward_stage.h"
#include "tests/support/test_class.h"

#include <QTest>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace kube;

namespace {

ForwardTarget target(const QString &port) { return {ForwardTarget::Kind::Pod, u"shop"_s, u"web"_s, port}; }

// Ends its sending, as curl --http0.9, nc -N and many a protocol do; QTcpSocket cannot.
void sendLast(Local &local, const QByteArray &bytes)
{
    QTRY_COMPARE(local.socket.state(), QAbstractSocket::ConnectedState);
    local.socket.write(bytes);
    local.socket.flush();
    QTRY_COMPARE(local.socket.bytesToWrite(), 0);
    QCOMPARE(::shutdown(int(local.socket.socketDescriptor()), SHUT_WR), 0);
}

// Of frames without a payload, which are six bytes.
int pingsIn(const QByteArray &sent)
{
    int pings = 0;
    for (qsizetype at = 0; at < sent.size(); at += 6)
        pings += quint8(sent[at]) == 0x89 ? 1 : 0;
    return pings;
}

class AnsweringLink : public MemoryLink
{
public:
    void send(const QByteArray &bytes) override
    {
        MemoryLink::send(bytes);
        if (answers && onBytes)
            onBytes(QByteArray::fromHex("8a00"));
    }
    bool answers = true;
};

} // namespace

class PortForwardTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    // As kubectl chooses them.
    void aServicesPortIsFoundAtItsPods_data()
    {
        QTest::addColumn<QByteArray>("spec");
        QTest::addColumn<QString>("port");
        QTest::addColumn<QString>("atPods");
        const QByteArray named = "{\"clusterIP\":\"10.96.0.9\",\"ports\":[{\"name\":\"http\",\"port\":80,"
                                 "\"targetPort\":\"web\"}]}";
        QTest::newRow("by number, a name there") << named << u"80"_s << u"web"_s;
        QTest::newRow("by name, a name there") << named << u"http"_s << u"web"_s;
        QTest::newRow("a number there")
            << QByteArray("{\"ports\":[{\"port\":80,\"targetPort\":8080}]}") << u"80"_s << u"8080"_s;
        QTest::newRow("the same there") << QByteArray("{\"ports\":[{\"port\":80}]}") << u"80"_s << u"80"_s;
        QTest::newRow("headless: clients reach the pods themselves")
            << QByteArray("{\"clusterIP\":\"None\",\"ports\":[{\"port\":80,\"targetPort\":\"web\"}]}")
            << u"80"_s << u"80"_s;
    }
    void aServicesPortIsFoundAtItsPods()
    {
        QFETCH(QByteArray, spec);
        QFETCH(QString, port);
        QFETCH(QString, atPods);
        Object service;
        service.json = "{\"spec\":" + spec + "}";
        const auto found = targetPort(service, port);
        QVERIFY2(found, found ? "" : qPrintable(found.error().message));
        QCOMPARE(*found, atPods);
    }

    void aSidecarOfKubernetesOwnFormHasPortsToo()
    {
        Object pod;
        pod.json = "{\"spec\":{\"containers\":[{\"name\":\"a\"}],\"initContainers\":["
                   "{\"name\":\"s\",\"restartPolicy\":\"Always\",\"ports\":[{\"name\":\"metrics\","
                   "\"containerPort\":15020}]},"
                   "{\"name\":\"i\",\"ports\":[{\"name\":\"once\",\"containerPort\":1}]}]}}";
        QCOMPARE(containerPort(pod, u"metrics"_s).value_or(0), 15020);
        QVERIFY(!containerPort(pod, u"once"_s));
    }

    void whoHasEndedHisSendingGetsTheAnswer_data()
    {
        QTest::addColumn<bool>("tunnel");
        QTest::addColumn<bool>("spdy");
        QTest::addColumn<QString>("port");
        QTest::newRow("tunnel, an answer to the end") << true << true << u"82"_s;
        QTest::newRow("SPDY, an answer to the end") << false << true << u"82"_s;
        QTest::newRow("tunnel, an answer to the bytes") << true << true << u"80"_s;
        QTest::newRow("channels, an answer to the bytes") << false << false << u"80"_s;
    }

    void whoHasEndedHisSendingGetsTheAnswer()
    {
        QFETCH(bool, tunnel);
        QFETCH(bool, spdy);
        QFETCH(QString, port);
        Stage stage;
        stage.kubelet.speaksTunnel = tunnel;
        stage.kubelet.speaksSpdy = spdy;
        PortForward forward(stage.client, target(port));
        Local local(*forward.listen());
        sendLast(local, "hello");
        QTRY_COMPARE(local.received, QByteArray("HELLO"));
        QTRY_VERIFY_WITH_TIMEOUT(local.isClosed, 10'000);
        QTRY_COMPARE(forward.state().connections, 0);
        Local next(forward.state().localPort); // and the wire is as good as new
        sendLast(next, "again");
        QTRY_COMPARE(next.received, QByteArray("AGAIN"));
    }

    // Ended before there was a wire to say so on.
    void anEarlyEndIsPassedOn()
    {
        Stage stage;
        PortForward forward(stage.client, target(u"82"_s));
        const quint16 port = *forward.listen();
        QTcpSocket early;
        early.connectToHost(QHostAddress::LocalHost, port);
        QVERIFY(early.waitForConnected()); // by the kernel: the forward has not run yet
        early.write("early");
        QVERIFY(early.waitForBytesWritten());
        QCOMPARE(::shutdown(int(early.socketDescriptor()), SHUT_WR), 0);
        QByteArray received;
        connect(&early, &QTcpSocket::readyRead, this, [&] { received += early.readAll(); });
        QTRY_COMPARE(received, QByteArray("EARLY"));
    }

    void aPodThatHasEndedItsSendingStillHears()
    {
        Stage stage;
        PortForward forward(stage.client, target(u"83"_s));
        const int local = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(*forward.listen());
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        QCOMPARE(::connect(local, reinterpret_cast<sockaddr *>(&address), sizeof address), 0);
        QByteArray received;
        QTRY_VERIFY([&] { // until its end
            char piece[16];
            const auto size = ::recv(local, piece, sizeof piece, MSG_DONTWAIT);
            received += QByteArray(piece, std::max<qsizetype>(size, 0));
            return size == 0;
        }());
        QCOMPARE(received, QByteArray("bye"));
        QCOMPARE(::send(local, "after that", 10, 0), 10);
        QTRY_COMPARE(stage.kubelet.heard, QByteArray("after that"));
        QCOMPARE(forward.state().connections, 1);
        ::close(local);
        QTRY_COMPARE(forward.state().connections, 0);
    }

    void aReaderThatStallsHoldsUpNobody_data()
    {
        QTest::addColumn<bool>("tunnel");
        QTest::newRow("tunnel") << true;
        QTest::newRow("SPDY") << false;
    }

    void aReaderThatStallsHoldsUpNobody()
    {
        QFETCH(bool, tunnel);
        Stage stage;
        stage.kubelet.speaksTunnel = tunnel;
        stage.kubelet.documents["/api/v1/namespaces/shop/pods/web"] = pod("web");
        PortForward flood(stage.client, target(u"84"_s));
        const quint16 port = *flood.listen();
        Local stalled(port), reading(port);
        QTRY_COMPARE(reading.socket.state(), QAbstractSocket::ConnectedState);
        stalled.socket.disconnect();
        stalled.socket.setReadBufferSize(1024);
        QTRY_VERIFY_WITH_TIMEOUT(reading.received.size() > 30'000'000, 20'000);
        stalled.socket.abort();
        reading.socket.abort();
        QTRY_COMPARE(flood.state().connections, 0);
    }

    // What nobody reads is not sent for: it would fill this machine's memory.
    void aStalledReaderIsNotReadAheadFor()
    {
        Stage stage;
        PortForward forward(stage.client, target(u"84"_s));
        Local stalled(*forward.listen());
        stalled.socket.disconnect();
        stalled.socket.setReadBufferSize(1024);
        qint64 before = -1;
        QTRY_VERIFY_WITH_TIMEOUT(stage.kubelet.flooded > 0
                                     && std::exchange(before, stage.kubelet.flooded) == stage.kubelet.flooded,
                                 10'000);
        QVERIFY2(stage.kubelet.flooded < 40'000'000, qPrintable(QString::number(stage.kubelet.flooded)));
    }

    void wiresAreUsedAgainAndAreFew()
    {
        Stage stage;
        PortForward forward(stage.client, target(u"80"_s));
        const quint16 port = *forward.listen();
        for (int i = 0; i < 5; ++i) {
            Local local(port);
            local.socket.write("hello");
            QTRY_COMPARE(local.received, QByteArray("HELLO"));
            local.socket.disconnectFromHost();
            QTRY_COMPARE(forward.state().connections, 0);
        }
        QCOMPARE(stage.kubelet.wires(), 1);
        std::vector<std::unique_ptr<Local>> many;
        for (int i = 0; i < 20; ++i) {
            many.push_back(std::make_unique<Local>(port));
            many.back()->socket.write("hello");
        }
        for (const auto &local : many)
            QTRY_COMPARE(local->received, QByteArray("HELLO"));
        QCOMPARE(stage.kubelet.wires(), ForwardWires::MaxWires);
        many.clear();
        QTRY_COMPARE(forward.state().connections, 0);
        QTRY_COMPARE(stage.kubelet.wires(), ForwardWires::MaxFree);
    }

    // Where client-go falls back to SPDY, and where the way beyond the API server ends at once.
    void aTunnelThatIsRefusedIsNoEnd_data()
    {
        QTest::addColumn<int>("status"); // of the upgrade; 101: it is closed by 1011
        for (const int status : {101, 200, 400, 401, 403, 404, 426, 500, 502})
            QTest::addRow("%d", status) << status;
    }
    void aTunnelThatIsRefusedIsNoEnd()
    {
        QFETCH(int, status);
        Stage stage;
        stage.kubelet.endsTunnels = status == 101;
        stage.kubelet.special = [&stage, status](QTcpSocket *socket, const QByteArray &target) {
            if (status == 101 || !target.endsWith("/portforward")
                || !stage.kubelet.requests.last().startsWith("GET "))
                return false;
            socket->write("HTTP/1.1 " + QByteArray::number(status) + " No\r\nContent-Length: 2\r\n\r\nno");
            return true;
        };
        PortForward forward(stage.client, {ForwardTarget::Kind::Pod, u"shop"_s, u"web"_s, u"80"_s});
        Local local(*forward.listen());
        local.socket.write("hello");
        QTRY_COMPARE(local.received, QByteArray("HELLO"));
        QCOMPARE(forward.state().wire, u"SPDY"_s);
    }

    void whatIsRefusedEverywhereEndsWithAnError()
    {
        Stage stage;
        stage.kubelet.endsTunnels = true;
        stage.kubelet.speaksSpdy = stage.kubelet.speaksChannels = false;
        PortForward forward(stage.client, {ForwardTarget::Kind::Pod, u"shop"_s, u"web"_s, u"80"_s});
        forward.listen();
        bool wasUp = false;
        QObject::connect(&forward, &PortForward::stateChanged, &forward,
                         [&] { wasUp = wasUp || !forward.state().wire.isEmpty(); });
        forward.connectNow();
        QTRY_VERIFY(!forward.state().lastError.isEmpty());
        QVERIFY2(forward.state().lastError.contains(u"unable to upgrade"_s),
                 qPrintable(forward.state().lastError));
        QVERIFY(!wasUp); // nobody was told that it stands
        const qsizetype asked = stage.kubelet.requests.size();
        // Nor is it tried again for nobody, as long as another one takes to be refused too.
        PortForward second(stage.client, {ForwardTarget::Kind::Pod, u"shop"_s, u"web"_s, u"80"_s});
        second.listen();
        second.connectNow();
        QTRY_VERIFY(!second.state().lastError.isEmpty());
        QCOMPARE(stage.kubelet.requests.size(), 2 * asked);
    }

    void anIdleForwardHearsOfItsPodsEnd_data()
    {
        QTest::addColumn<QByteArray>("event"); // "": the account may not watch it, and finds it gone
        QTest::addColumn<QString>("words");
        QTest::newRow("deleted") << QByteArray("{\"type\":\"DELETED\",\"object\":" + pod("web") + "}")
                                 << u"pod shop/web is gone"_s;
        QTest::newRow("ended") << QByteArray(
            "{\"type\":\"MODIFIED\",\"object\":" + pod("web", "Succeeded", "False") + "}")
                               << u"pod shop/web has ended (Succeeded)"_s;
        QTest::newRow("not to be watched") << QByteArray() << u"not found"_s;
    }
    void anIdleForwardHearsOfItsPodsEnd()
    {
        QFETCH(QByteArray, event);
        QFETCH(QString, words);
        Stage stage;
        QPointer<QTcpSocket> watch;
        stage.kubelet.special = [&](QTcpSocket *socket, const QByteArray &target) {
            if (!target.startsWith("/api/v1/namespaces/shop/pods?"))
                return false;
            if (event.isEmpty() || target.contains("sendInitialEvents")) {
                socket->write("HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno");
            } else if (target.contains("watch=true")) {
                socket->write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                watch = socket;
            } else {
                const QByteArray list =
                    "{\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[" + pod("web") + "]}";
                socket->write("HTTP/1.1 200 OK\r\nContent-Length: " + QByteArray::number(list.size())
                              + "\r\n\r\n" + list);
            }
            return true;
        };
        PortForward forward(stage.client, {ForwardTarget::Kind::Pod, u"shop"_s, u"web"_s, u"80"_s});
        forward.tellOfItsEnd();
        forward.setLookPace(std::chrono::milliseconds(50));
        QStringList ends;
        QObject::connect(&forward, &PortForward::gone, &forward,
                         [&](const QString &why) { ends.append(why); });
        forward.listen();
        forward.connectNow();
        QTRY_VERIFY(!forward.state().wire.isEmpty());
        QTRY_VERIFY(watch || event.isEmpty());
        QVERIFY(ends.isEmpty());
        if (watch)
            watch->write(QByteArray::number(event.size() + 1, 16) + "\r\n" + event + "\n\r\n");
        else
            stage.kubelet.documents.clear();
        QTRY_COMPARE(ends.size(), 1);
        QVERIFY2(ends[0].contains(words), qPrintable(ends[0]));
    }

    void aPingIsAnsweredWithItsWords()
    {
        auto *const wire = new MemoryLink;
        websocket::Link link(Upgraded{{}, {}, wire});
        wire->onBytes(QByteArray::fromHex("8903") + "abc");
        QCOMPARE(quint8(wire->sent[0]), 0x8a); // a pong
        QCOMPARE(quint8(wire->sent[1]), 0x83); // masked, of three bytes
        QByteArray words = wire->sent.mid(6);
        for (qsizetype i = 0; i < words.size(); ++i)
            words[i] = char(words[i] ^ wire->sent[2 + i]);
        QCOMPARE(words, QByteArray("abc"));
        delete wire;
    }

    void aServerThatAnswersNoPingIsLeft()
    {
        auto *const wire = new MemoryLink;
        websocket::Link link(Upgraded{{}, {}, wire});
        std::optional<QString> end;
        link.onClosed = [&](const QString &why) { end = why; };
        link.heartbeat().setPace(1);
        QTRY_VERIFY(end);
        QVERIFY2(end->contains(u"does not answer"_s), qPrintable(*end));
        QCOMPARE(pingsIn(wire->sent), Heartbeat::MaxUnanswered);
        delete wire;
    }

    void aServerThatAnswersPingsIsKept()
    {
        auto *const wire = new AnsweringLink;
        websocket::Link link(Upgraded{{}, {}, wire});
        std::optional<QString> end;
        link.onClosed = [&](const QString &why) { end = why; };
        link.heartbeat().setPace(1);
        QTRY_VERIFY(end || pingsIn(wire->sent) > 5 * Heartbeat::MaxUnanswered);
        QVERIFY(!end);
        wire->answers = false;
        link.setReading(false); // nobody listens: silence says nothing
        wire->sent.clear();
        QTRY_VERIFY(end || pingsIn(wire->sent) > 5 * Heartbeat::MaxUnanswered);
        QVERIFY(!end);
        link.setReading(true);
        link.send(QByteArray(100'000, '\0')); // may be waiting for a pod that does not read
        wire->sent.clear();
        QTRY_VERIFY(end || pingsIn(wire->sent) > 5 * Heartbeat::MaxUnanswered);
        QVERIFY(!end);
        wire->onBytes(QByteArray::fromHex("8a00")); // it did read; and then fell silent
        QTRY_VERIFY(end);
        delete wire;
    }

    void aSilentSpdyServerIsLeftToo()
    {
        auto *const wire = new MemoryLink;
        spdy::Session session(wire);
        std::optional<QString> end, lost;
        session.onClosed = [&](const QString &why) { end = why; };
        spdy::StreamCallbacks callbacks;
        callbacks.onLost = [&](const QString &why) { lost = why; };
        session.open({{"streamtype", "data"}}, callbacks);
        session.heartbeat().setPace(1);
        QTRY_VERIFY(end && lost);
        spdy::FrameReader reader;
        QList<quint8> pings;
        const auto frames = reader.feed(wire->sent);
        for (const spdy::Frame &frame : *frames) {
            if (frame.type == spdy::FrameType::Ping)
                pings.append(quint8(frame.payload.back()));
        }
        QCOMPARE(pings.mid(0, 3), (QList<quint8>{1, 3, 5})); // a client's are odd
    }
};

SALLYPORT_TEST(port_forward_test, PortForwardTest)
#include "port_forward_test.moc"
