// SPDX-License-Identifier: GPL-3.0-or-later
// WebSocket and SPDY to the byte, port-forwards over all three wires, logs that survive lost connections.
#include "kube/log_stream.h"
#include "kube/port_forward.h"
#include "kube/spdy.h"
#include "kube/websocket.h"
#include "tests/kube/forward_stage.h"
#include "tests/support/test_class.h"

#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTcpServer>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace kube;

namespace {

const std::array<char, 4> mask{0x37, char(0xfa), 0x21, 0x3d};

} // namespace

class StreamsTest : public QObject
{
    Q_OBJECT

    static QByteArray serverFrame(int first, const QByteArray &payload)
    {
        return QByteArray(1, char(first)) + char(payload.size()) + payload;
    }

private Q_SLOTS:
    void framesAreThoseOfTheStandard()
    {
        QCOMPARE(websocket::frame(websocket::Opcode::Text, "Hello", mask).toHex(),
                 QByteArray("818537fa213d7f9f4d5158")); // RFC 6455, 5.7
        QCOMPARE(websocket::acceptOf("dGhlIHNhbXBsZSBub25jZQ=="),
                 QByteArray("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")); // 1.3
        QCOMPARE(websocket::frame(websocket::Opcode::Binary, QByteArray(200, 'x'), mask).left(4).toHex(),
                 QByteArray("82fe00c8"));
        QCOMPARE(websocket::frame(websocket::Opcode::Binary, QByteArray(70'000, 'x'), mask).left(10).toHex(),
                 QByteArray("82ff0000000000011170"));
        websocket::Reader reader;
        const auto messages = reader.feed(QByteArray::fromHex("810548656c6c6f"
                                                              "0103"
                                                              "48656c"
                                                              "8900"
                                                              "8002"
                                                              "6c6f"));
        QVERIFY(messages);
        QCOMPARE(messages->size(), 3); // whole, a ping between two pieces, the pieces
        QCOMPARE(messages->at(0).payload, QByteArray("Hello"));
        QCOMPARE(int(messages->at(1).opcode), int(websocket::Opcode::Ping));
        QCOMPARE(messages->at(2).payload, QByteArray("Hello"));
    }

    void messagesSurviveEveryCut()
    {
        const QByteArray all = serverFrame(0x82, "one") + QByteArray::fromHex("827e0100")
            + QByteArray(256, 'y') + serverFrame(0x8a, {});
        for (qsizetype cut = 0; cut <= all.size(); ++cut) {
            websocket::Reader reader;
            QByteArrayList payloads;
            for (const QByteArray &piece : {all.left(cut), all.mid(cut)}) {
                const auto messages = reader.feed(piece);
                QVERIFY(messages);
                for (const websocket::Message &message : *messages)
                    payloads.append(message.payload);
            }
            QCOMPARE(payloads, (QByteArrayList{"one", QByteArray(256, 'y'), {}}));
        }
    }

    void brokenFramesAreRefused_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("masked by the server") << QByteArray::fromHex("828537fa213d7f9f4d5158");
        QTest::newRow("reserved bits") << QByteArray::fromHex("c200");
        QTest::newRow("an unknown opcode") << QByteArray::fromHex("8300");
        QTest::newRow("a ping in pieces") << QByteArray::fromHex("0900");
        QTest::newRow("a long ping") << QByteArray(QByteArray::fromHex("897e0080") + QByteArray(128, 'x'));
        QTest::newRow("a piece of nothing") << QByteArray::fromHex("8000");
        QTest::newRow("a message inside another") << QByteArray::fromHex("01008200");
        QTest::newRow("a message of 8 EiB") << QByteArray::fromHex("827f7fffffffffffffff");
    }

    void brokenFramesAreRefused()
    {
        QFETCH(QByteArray, bytes);
        websocket::Reader reader;
        QVERIFY(!reader.feed(bytes));
    }

    void theDictionaryIsTheProtocols()
    {
        spdy::HeaderPacker packer;
        const QByteArray block = packer.pack({{"a", "b"}});
        QCOMPARE(block.mid(2, 4).toHex(),
                 QByteArray("e3c6a7c2")); // the checksum that every implementation sends
        spdy::HeaderPacker other;
        spdy::HeaderUnpacker unpacker;
        for (int i = 0; i < 50; ++i) { // blocks of one direction depend on each other
            const spdy::Headers headers{
                {"streamtype", "data"}, {"port", QByteArray::number(i)}, {"x", QByteArray(i * 37, 'q')}};
            const auto back = unpacker.unpack(other.pack(headers));
            QVERIFY(back);
            QCOMPARE(*back, headers);
        }
        QVERIFY(!unpacker.unpack("nonsense"));
    }

    void spdyFramesSurviveEveryCut()
    {
        const QByteArray all = spdy::dataFrame(3, 1, "hello")
            + spdy::controlFrame(spdy::FrameType::Ping, 0, QByteArray::fromHex("00000001"))
            + spdy::dataFrame(5, 0, {});
        for (qsizetype cut = 0; cut <= all.size(); ++cut) {
            spdy::FrameReader reader;
            QList<spdy::Frame> frames = *reader.feed(all.left(cut));
            frames += *reader.feed(all.mid(cut));
            QCOMPARE(frames.size(), 3);
            QVERIFY(!frames[0].isControl && frames[0].stream == 3 && frames[0].flags == 1
                    && frames[0].payload == "hello");
            QVERIFY(frames[1].isControl && frames[1].type == spdy::FrameType::Ping);
        }
        spdy::FrameReader reader;
        QVERIFY(!reader.feed(QByteArray::fromHex("8002000100000000"))); // SPDY/2
    }

    void noBytesMakeTheReadersFallOver()
    {
        QRandomGenerator random(7);
        for (int i = 0; i < 20'000; ++i) {
            QByteArray bytes(random.bounded(40), Qt::Uninitialized);
            for (char &byte : bytes)
                byte = char(random.bounded(256));
            if (i % 2 == 0 && bytes.size() > 2)
                bytes[0] = char(0x80 | random.bounded(12));
            websocket::Reader reader;
            (void)reader.feed(bytes);
            spdy::FrameReader frames;
            (void)frames.feed(bytes);
            spdy::HeaderUnpacker unpacker;
            (void)unpacker.unpack(bytes);
        }
    }

    void aForwardWorksOverEveryWire_data()
    {
        QTest::addColumn<bool>("tunnel");
        QTest::addColumn<bool>("spdy");
        QTest::addColumn<QString>("wire");
        QTest::newRow("tunnel") << true << true << u"SPDY in a WebSocket"_s;
        QTest::newRow("SPDY") << false << true << u"SPDY"_s;
        QTest::newRow("channels") << false << false << u"WebSocket channels (v4)"_s;
    }

    void aForwardWorksOverEveryWire()
    {
        QFETCH(bool, tunnel);
        QFETCH(bool, spdy);
        QFETCH(QString, wire);
        Stage stage;
        stage.kubelet.speaksTunnel = tunnel;
        stage.kubelet.speaksSpdy = spdy;
        PortForward forward(stage.client, {ForwardTarget::Kind::Pod, u"shop"_s, u"web"_s, u"http"_s});
        const Result<quint16> port = forward.listen();
        QVERIFY(port);
        Local one(*port), two(*port);
        one.socket.write("hello");
        two.socket.write("who");
        QTRY_COMPARE(one.received, QByteArray("HELLO"));
        QTRY_COMPARE(two.received, QByteArray("web"));
        QCOMPARE(forward.state().wire, wire);
        QCOMPARE(forward.state().pod, u"web"_s);
        QCOMPARE(forward.state().connections, 2);
        const QByteArray much(3'000'000, 'a');
        one.received.clear();
        one.socket.write(much);
        QTRY_COMPARE_WITH_TIMEOUT(one.received.size(), much.size(), 20'000);
        QCOMPARE(one.received, much.toUpper());
        two.socket.disconnectFromHost();
        QTRY_COMPARE(forward.state().connections, 1);
    }

    // A program that asks for "localhost" may try either first.
    void aForwardListensOnBothLoopbacks()
    {
        if (!QTcpServer().listen(QHostAddress::LocalHostIPv6))
            QSKIP("skipped: this machine has no IPv6");
        Stage stage;
        PortForward forward(stage.client, {ForwardTarget::Kind::Pod, u"shop"_s, u"web"_s, u"http"_s});
        const Result<quint16> port = forward.listen();
        QVERIFY(port);
        for (const auto address : {QHostAddress::LocalHost, QHostAddress::LocalHostIPv6}) {
            QTcpSocket socket;
            socket.connectToHost(address, *port);
            socket.write("hello");
            QTRY_COMPARE(socket.bytesAvailable(), 5);
            QCOMPARE(socket.readAll(), QByteArray("HELLO"));
        }
    }

    void aPortThatNobodyListensOnIsSaid()
    {
        for (const bool hasSpdy : {true, false}) {
            Stage stage;
            stage.kubelet.speaksTunnel = stage.kubelet.speaksSpdy = hasSpdy;
            PortForward forward(stage.client, {ForwardTarget::Kind::Pod, u"shop"_s, u"web"_s, u"81"_s});
            Local local(*forward.listen());
            local.socket.write("hello");
            QTRY_VERIFY(local.isClosed);
            QVERIFY2(forward.state().lastError.contains(u"forwarding 81: connection refused"_s),
                     qPrintable(forward.state().lastError));
        }
    }

    void whatCannotBeForwardedIsSaid_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("port");
        QTest::addColumn<QString>("words");
        QTest::newRow("no such pod") << u"nobody"_s << u"80"_s << u"not found"_s;
        QTest::newRow("not running") << u"late"_s << u"80"_s << u"pod shop/late is not running (Pending)"_s;
        QTest::newRow("no such port")
            << u"web"_s << u"admin"_s << u"pod shop/web has no port “admin”; there are: http"_s;
    }

    void whatCannotBeForwardedIsSaid()
    {
        QFETCH(QString, name);
        QFETCH(QString, port);
        QFETCH(QString, words);
        Stage stage;
        stage.kubelet.documents["/api/v1/namespaces/shop/pods/late"] = pod("late", "Pending");
        PortForward forward(stage.client, {ForwardTarget::Kind::Pod, u"shop"_s, name, port});
        Local local(*forward.listen());
        QTRY_VERIFY(local.isClosed);
        QVERIFY2(forward.state().lastError.contains(words), qPrintable(forward.state().lastError));
    }

    void whoConnectsAtOnceHearsOfItAtOnce()
    {
        Stage stage;
        PortForward good(stage.client, {ForwardTarget::Kind::Pod, u"shop"_s, u"web"_s, u"80"_s});
        good.connectNow();
        QTRY_VERIFY(!good.state().wire.isEmpty());
        QCOMPARE(good.state().connections, 0);
        PortForward bad(stage.client, {ForwardTarget::Kind::Pod, u"shop"_s, u"nobody"_s, u"80"_s});
        QString gone;
        connect(&bad, &PortForward::gone, this, [&gone](const QString &why) { gone = why; });
        bad.connectNow();
        QTRY_VERIFY(gone.contains(u"not found"_s));
        // A wire that ends is looked into: the pod may be no more.
        connect(&good, &PortForward::gone, this, [&gone](const QString &why) { gone = u"good: "_s + why; });
        stage.kubelet.documents.remove("/api/v1/namespaces/shop/pods/web");
        stage.kubelet.cutWires();
        QTRY_VERIFY(gone.startsWith(u"good: "_s) && gone.contains(u"not found"_s));
    }

    void aForwardFollowsItsServicesPodsOnTheSamePort()
    {
        Stage stage;
        const auto pods = [&stage](const QByteArray &list) {
            stage.kubelet.documents["/api/v1/namespaces/shop/pods"] =
                "{\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[" + list + "]}";
        };
        stage.kubelet.documents["/api/v1/namespaces/shop/services/web"] =
            asJson("{'kind':'Service','apiVersion':'v1','metadata':{'name':'web','namespace':'shop'},'spec'"
                   ":{'selector':{'app':'web'},'ports':[{'name':'p','port':8080,'targetPort':'http'}]}}");
        pods(pod("web-0", "Running", "False") + ',' + pod("web-1"));
        PortForward forward(stage.client, {ForwardTarget::Kind::Service, u"shop"_s, u"web"_s, u"8080"_s});
        const quint16 port = *forward.listen();
        Local first(port);
        first.socket.write("who");
        QTRY_COMPARE(first.received, QByteArray("web-1")); // the ready one
        pods(pod("web-2"));
        stage.kubelet.cutWires();
        QTRY_VERIFY(first.isClosed);
        Local second(port);
        second.socket.write("who");
        QTRY_COMPARE(second.received, QByteArray("web-2"));
        pods({});
        stage.kubelet.cutWires();
        QTRY_VERIFY(second.isClosed);
        Local third(port);
        QTRY_VERIFY(third.isClosed);
        QVERIFY2(forward.state().lastError.contains(u"service shop/web has no ready pod"_s),
                 qPrintable(forward.state().lastError));
    }

    // Nothing was cut: the selector has changed, or the pod is no longer ready.
    void whoComesLaterIsLedToWhoServesNow()
    {
        Stage stage;
        const auto pods = [&stage](const QByteArray &list) {
            stage.kubelet.documents["/api/v1/namespaces/shop/pods"] =
                "{\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[" + list + "]}";
        };
        stage.kubelet.documents["/api/v1/namespaces/shop/services/web"] =
            asJson("{'kind':'Service','apiVersion':'v1','metadata':{'name':'web','namespace':'shop'},'spec'"
                   ":{'selector':{'app':'web'},'ports':[{'name':'p','port':8080,'targetPort':'http'}]}}");
        pods(pod("web-1"));
        PortForward forward(stage.client, {ForwardTarget::Kind::Service, u"shop"_s, u"web"_s, u"8080"_s});
        forward.setFreshFor(std::chrono::milliseconds(0));
        const quint16 port = *forward.listen();
        Local first(port);
        first.socket.write("who");
        QTRY_COMPARE(first.received, QByteArray("web-1"));
        pods(pod("web-1", "Running", "False") + ',' + pod("web-2"));
        Local second(port);
        second.socket.write("who");
        QTRY_COMPARE(second.received, QByteArray("web-2"));
        first.socket.write("who"); // stays connected as it is
        QTRY_COMPARE(first.received, QByteArray("web-1web-1"));
        pods("nonsense"); // nobody can tell: who served before
        Local third(port);
        third.socket.write("who");
        QTRY_COMPARE(third.received, QByteArray("web-2"));
        pods({});
        Local fourth(port);
        QTRY_VERIFY(fourth.isClosed);
        QVERIFY(!second.isClosed && !third.isClosed);
        QVERIFY2(forward.state().lastError.contains(u"service shop/web has no ready pod"_s),
                 qPrintable(forward.state().lastError));
    }

    // A browser sends a picture's request, without an Origin, and then a page's over the same connection.
    void aLaterRequestOfAnotherOriginIsRefusedToo()
    {
        Stage stage;
        PortForward forward(stage.client, {ForwardTarget::Kind::Pod, u"shop"_s, u"web"_s, u"80"_s});
        Local browser(*forward.listen());
        browser.socket.write("GET /img HTTP/1.1\r\nHost: localhost\r\n\r\n");
        QTRY_VERIFY(browser.received.startsWith("GET /IMG"));
        browser.received.clear();
        browser.socket.write("POST /delete HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\n"
                             "Content-Length: 0\r\n\r\n");
        QTRY_VERIFY(browser.isClosed);
        QVERIFY2(browser.received.startsWith("HTTP/1.1 403"), browser.received.constData());
    }

    void aDeadPodOnALivingWireIsLeft_data()
    {
        QTest::addColumn<bool>("spdy");
        QTest::newRow("tunnel") << true;
        QTest::newRow("channels") << false;
    }
    // A kubelet keeps the connection and refuses each stream of a pod that is gone.
    void aDeadPodOnALivingWireIsLeft()
    {
        QFETCH(bool, spdy);
        Stage stage;
        stage.kubelet.speaksTunnel = stage.kubelet.speaksSpdy = spdy;
        const auto pods = [&stage](const QByteArray &list) {
            stage.kubelet.documents["/api/v1/namespaces/shop/pods"] =
                "{\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[" + list + "]}";
        };
        stage.kubelet.documents["/api/v1/namespaces/shop/services/web"] =
            asJson("{'kind':'Service','apiVersion':'v1','metadata':{'name':'web','namespace':'shop'},'spec'"
                   ":{'selector':{'app':'web'},'ports':[{'name':'p','port':8080,'targetPort':'http'}]}}");
        pods(pod("web-1"));
        PortForward forward(stage.client, {ForwardTarget::Kind::Service, u"shop"_s, u"web"_s, u"8080"_s});
        const quint16 port = *forward.listen();
        Local first(port);
        first.socket.write("who");
        QTRY_COMPARE(first.received, QByteArray("web-1"));
        pods(pod("web-2"));
        if (spdy)
            first.socket.disconnectFromHost(); // leaves its wire to the next
        else
            stage.kubelet.cutWires(); // its one socket ends
        QTRY_COMPARE(forward.state().connections, 0);
        stage.kubelet.dead = "web-1";
        Local next(port); // refused by the old one, which it does not hear
        next.socket.write("who");
        QTRY_COMPARE(next.received, QByteArray("web-2"));
        QCOMPARE(forward.state().pod, u"web-2"_s);
        QVERIFY(!next.isClosed);
    }

    // While someone is still connected to the old one.
    void aPodThatIsGoneAtTheNextDialIsLeftAtOnce()
    {
        Stage stage;
        const auto pods = [&stage](const QByteArray &list) {
            stage.kubelet.documents["/api/v1/namespaces/shop/pods"] =
                "{\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[" + list + "]}";
        };
        stage.kubelet.documents["/api/v1/namespaces/shop/services/web"] =
            asJson("{'kind':'Service','apiVersion':'v1','metadata':{'name':'web','namespace':'shop'},'spec'"
                   ":{'selector':{'app':'web'},'ports':[{'name':'p','port':8080,'targetPort':'http'}]}}");
        pods(pod("web-1"));
        PortForward forward(stage.client, {ForwardTarget::Kind::Service, u"shop"_s, u"web"_s, u"8080"_s});
        const quint16 port = *forward.listen();
        Local first(port);
        first.socket.write("who");
        QTRY_COMPARE(first.received, QByteArray("web-1"));
        pods(pod("web-2"));
        stage.kubelet.dead = "web-1";
        Local next(port);
        next.socket.write("who");
        QTRY_COMPARE(next.received, QByteArray("web-2"));
        first.socket.write(" still");
        QTRY_COMPARE(first.received, QByteArray("web-1 STILL"));
    }

    void aPageOfAnotherOriginIsRefused()
    {
        Stage stage;
        PortForward forward(stage.client, {ForwardTarget::Kind::Pod, u"shop"_s, u"web"_s, u"80"_s});
        const quint16 port = *forward.listen();
        Local foreign(port), own(port), plain(port);
        QTRY_COMPARE(foreign.socket.state(), QAbstractSocket::ConnectedState);
        foreign.socket.write("GET / HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\n");
        foreign.socket.flush();
        foreign.socket.write("\r\n"); // the head comes in two pieces
        QTRY_VERIFY(foreign.isClosed);
        QVERIFY(foreign.received.startsWith("HTTP/1.1 403"));
        own.socket.write("GET / HTTP/1.1\r\nOrigin: http://localhost:" + QByteArray::number(port)
                         + "\r\n\r\n");
        QTRY_VERIFY(own.received.startsWith("GET / HTTP/1.1\r\nORIGIN"));
        plain.socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
        QTRY_VERIFY(plain.received.startsWith("GET / HTTP/1.1\r\nHOST"));
    }

    void aRefusedUpgradeKeepsTheServersWords()
    {
        Stage stage;
        stage.kubelet.special = [](QTcpSocket *socket, const QByteArray &target) {
            if (!target.contains("/portforward"))
                return false;
            const QByteArray body = asJson("{'kind':'Status','status':'Failure','code':403,'reason':'"
                                           "Forbidden','message':'pods web is forbidden'}");
            socket->write("HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\nTransfer-Encoding: "
                          "chunked\r\n\r\n"
                          + QByteArray::number(body.size(), 16) + "\r\n" + body + "\r\n0\r\n\r\n");
            return true;
        };
        PortForward forward(stage.client, {ForwardTarget::Kind::Pod, u"shop"_s, u"web"_s, u"80"_s});
        Local local(*forward.listen());
        QTRY_VERIFY(local.isClosed);
        QVERIFY2(forward.state().lastError.contains(u"pods web is forbidden"_s),
                 qPrintable(forward.state().lastError));
    }

    void theEndOfTheForwardEndsItsConnections()
    {
        Stage stage;
        auto forward = std::make_unique<PortForward>(
            stage.client, ForwardTarget{ForwardTarget::Kind::Pod, u"shop"_s, u"web"_s, u"80"_s});
        Local local(*forward->listen());
        local.socket.write("hello");
        QTRY_COMPARE(local.received, QByteArray("HELLO"));
        forward.reset();
        QTRY_VERIFY(local.isClosed);
    }

    void aLogGoesOnAfterALostConnectionWithoutRepeating()
    {
        Stage stage;
        int round = 0;
        stage.kubelet.special = [&round](QTcpSocket *socket, const QByteArray &) {
            ++round;
            socket->write(
                "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n");
            const auto chunk = [socket](const QByteArray &text) {
                socket->write(QByteArray::number(text.size(), 16) + "\r\n" + text + "\r\n");
            };
            if (round == 1) {
                chunk("2026-01-01T00:00:00.1Z one\n2026-01-01T00:00:00.2Z two\n2026-01-01T00:00:00.2Z tw");
                chunk("o again\n2026-01-01T00:00:00.9Z half a li");
                socket->flush();
                socket->abort();
            } else {
                chunk(
                    "2026-01-01T00:00:00.1Z one\n2026-01-01T00:00:00.2Z two\n2026-01-01T00:00:00.2Z two "
                    "again\n2026-01-01T00:00:00.20001Z a little later\n" // as text, it is before the last one
                    "2026-01-01T00:00:00.2Z third of it\n2026-01-01T00:00:01Z three\n");
                chunk({});
            }
            return true;
        };
        LogOptions options;
        options.container = u"app"_s;
        LogStream log(stage.transport, u"shop"_s, u"web"_s, options);
        QStringList texts;
        std::optional<QString> end;
        int reconnects = 0;
        connect(&log, &LogStream::arrived, this, [&texts](const QList<LogLine> &lines) {
            for (const LogLine &line : lines)
                texts.append(line.text);
        });
        connect(&log, &LogStream::reconnecting, this, [&reconnects] { ++reconnects; });
        connect(&log, &LogStream::ended, this, [&end](const QString &why) { end = why; });
        log.start();
        QTRY_VERIFY(end);
        QCOMPARE(texts,
                 (QStringList{u"one"_s, u"two"_s, u"two again"_s, u"a little later"_s, u"third of it"_s,
                              u"three"_s}));
        QCOMPARE(*end, QString());
        QCOMPARE(reconnects, 1);
        QCOMPARE(stage.kubelet.requests[0],
                 QByteArray("GET "
                            "/api/v1/namespaces/shop/pods/web/"
                            "log?timestamps=true&container=app&follow=true&tailLines=500"));
        QCOMPARE(
            stage.kubelet.requests[1],
            QByteArray("GET "
                       "/api/v1/namespaces/shop/pods/web/"
                       "log?timestamps=true&container=app&follow=true&sinceTime=2026-01-01T00%3A00%3A00.2Z"));
    }

    // Over HTTP/1.1, where nobody asks the connection for signs of life; each line is shown once all the same.
    void aLogWhoseConnectionDiesIsAskedForOnANewOne()
    {
        Stage stage;
        QSet<QTcpSocket *> used;
        stage.kubelet.special = [&used](QTcpSocket *socket, const QByteArray &) {
            const QByteArray lines = used.isEmpty() ? "2026-01-01T00:00:01Z one\n"
                                                    : "2026-01-01T00:00:01Z one\n2026-01-01T00:00:02Z two\n";
            used.insert(socket);
            socket->write("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
                          + QByteArray::number(lines.size(), 16) + "\r\n" + lines + "\r\n");
            return true; // and is silent from then on
        };
        LogStream log(stage.transport, u"shop"_s, u"web"_s, {});
        log.setLongestSilence(std::chrono::milliseconds(200));
        QStringList texts;
        connect(&log, &LogStream::arrived, this, [&texts](const QList<LogLine> &lines) {
            for (const LogLine &line : lines)
                texts.append(line.text);
        });
        QSignalSpy ended(&log, &LogStream::ended);
        log.start();
        QTRY_COMPARE(texts, (QStringList{u"one"_s, u"two"_s}));
        QTRY_VERIFY(used.size() >= 3);
        QCOMPARE(texts.size(), 2);
        QVERIFY(ended.isEmpty());
    }

    void linesWhoseTimesGoBackAreShown_data()
    {
        QTest::addColumn<bool>("isCut");
        QTest::newRow("within one answer") << false;
        QTest::newRow("after a reconnect each is shown once") << true;
    }
    void linesWhoseTimesGoBackAreShown()
    {
        QFETCH(bool, isCut);
        Stage stage;
        int round = 0;
        stage.kubelet.special = [&round, isCut](QTcpSocket *socket, const QByteArray &) {
            const QByteArray shown = "2026-01-01T00:00:02Z two\n2026-01-01T00:00:03Z three\n"
                                     "2026-01-01T00:00:02Z two, late\n2026-01-01T00:00:01Z one\n";
            const QByteArray more = "2026-01-01T00:00:01Z one and a half\n2026-01-01T00:00:00Z zero\n";
            const bool isWhole = !isCut || ++round > 1;
            const QByteArray body = isWhole ? shown + more : shown;
            socket->write("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
                          + QByteArray::number(body.size(), 16) + "\r\n" + body + "\r\n");
            socket->write(isWhole ? "0\r\n\r\n" : "");
            socket->flush();
            if (!isWhole)
                socket->abort();
            return true;
        };
        LogStream log(stage.transport, u"shop"_s, u"web"_s, {});
        QStringList texts;
        connect(&log, &LogStream::arrived, this, [&texts](const QList<LogLine> &lines) {
            for (const LogLine &line : lines)
                texts.append(line.text);
        });
        QSignalSpy ended(&log, &LogStream::ended);
        log.start();
        QTRY_COMPARE(ended.count(), 1);
        QCOMPARE(
            texts,
            (QStringList{u"two"_s, u"three"_s, u"two, late"_s, u"one"_s, u"one and a half"_s, u"zero"_s}));
    }

    void aLineThatIsTooLongIsCutAndTheNextFollow()
    {
        Stage stage;
        const QByteArray body = "2026-01-01T00:00:01Z first\n2026-01-01T00:00:02Z "
            + QByteArray(20'000'000, 'x') + "\n2026-01-01T00:00:03Z after\n";
        stage.kubelet.special = [&body](QTcpSocket *socket, const QByteArray &) {
            socket->write("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: "
                          + QByteArray::number(body.size()) + "\r\n\r\n" + body);
            return true;
        };
        LogStream log(stage.transport, u"shop"_s, u"web"_s, {});
        QStringList texts;
        connect(&log, &LogStream::arrived, this, [&texts](const QList<LogLine> &lines) {
            for (const LogLine &line : lines)
                texts.append(line.text);
        });
        QSignalSpy ended(&log, &LogStream::ended);
        log.start();
        QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, 20'000);
        QCOMPARE(texts.size(), 3);
        QVERIFY(texts[1].startsWith(u"xxx"_s)
                && texts[1].endsWith(u"(cut here: the line is longer than 16 MiB)"_s));
        QCOMPARE(texts[2], u"after"_s);
    }

    void aLogIsAskedForAsItIsWanted_data()
    {
        QTest::addColumn<LogOptions>("options");
        QTest::addColumn<QByteArray>("query");
        QTest::newRow("all of it, once")
            << LogOptions{{}, false, false, -1, -1} << QByteArray("timestamps=true");
        QTest::newRow("of the run before") << LogOptions{u"a b"_s, false, true, -1, -1}
                                           << QByteArray("timestamps=true&container=a%20b&previous=true");
        QTest::newRow("what is young")
            << LogOptions{{}, true, false, 10, 60}
            << QByteArray("timestamps=true&follow=true&sinceSeconds=60&tailLines=10");
    }
    void aLogIsAskedForAsItIsWanted()
    {
        QFETCH(LogOptions, options);
        Stage stage;
        LogStream log(stage.transport, u"shop"_s, u"web"_s, options);
        log.start();
        QTRY_COMPARE(stage.kubelet.requests.size(), 1);
        QTEST(stage.kubelet.requests.first().split('?').value(1), "query");
    }

    void aRefusedLogSaysWhy()
    {
        Stage stage;
        stage.kubelet.special = [](QTcpSocket *socket, const QByteArray &) {
            const QByteArray body =
                asJson("{'kind':'Status','status':'Failure','code':400,'message':'a container name must be "
                       "specified for pod web, choose one of: [c d]'}");
            socket->write("HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: "
                          + QByteArray::number(body.size()) + "\r\n\r\n" + body);
            return true;
        };
        LogStream log(stage.transport, u"shop"_s, u"web"_s, {});
        QSignalSpy ended(&log, &LogStream::ended);
        log.start();
        QTRY_COMPARE(ended.count(), 1);
        QVERIFY(ended.first().first().toString().contains(u"choose one of: [c d]"_s));
    }
};

SALLYPORT_TEST(streams_test, StreamsTest)
#include "streams_test.moc"
