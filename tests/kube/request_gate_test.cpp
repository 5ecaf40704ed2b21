// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/request_gate.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace kube;

namespace {

constexpr quint16 Port = 8080;
const QByteArray Get = "GET /a HTTP/1.1\r\nHost: localhost:8080\r\n\r\n";
const QByteArray Own = "GET /a HTTP/1.1\r\nHost: localhost:8080\r\nOrigin: http://localhost:8080\r\n\r\n";
const QByteArray Evil = "POST /b HTTP/1.1\r\nHost: localhost:8080\r\norigin:https://evil.example\r\n\r\n";
const QByteArray Post = "POST /c HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n";
const QByteArray Chunked = "POST /d HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";

} // namespace

class RequestGateTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void requestsPassUnlessTheyAreAnotherOrigins_data()
    {
        QTest::addColumn<QByteArray>("sent");
        QTest::addColumn<QByteArray>("passed");
        QTest::addColumn<int>("status"); // 0: nothing was refused
        const auto row = [](const QByteArray &name, const QByteArray &sent, const QByteArray &passed,
                            int status) { QTest::newRow(name.constData()) << sent << passed << status; };
        row("one", Get, Get, 0);
        row("of its own origin", Own, Own, 0);
        row("another's", Evil, {}, 403);
        row("another's behind one", Get + Evil, Get, 403);
        row("another's behind a body", Post + "12345" + Evil, Post + "12345", 403);
        const QByteArray quoted = "\r\nOrigin: https://evil.example\r\n\r\n";
        const QByteArray letter =
            "POST /c HTTP/1.1\r\nContent-Length: " + QByteArray::number(quoted.size()) + "\r\n\r\n" + quoted;
        row("a body that quotes one", letter + Get, letter + Get, 0);
        row("another's behind chunks", Chunked + "3;x=y\r\nabc\r\n0\r\nT: 1\r\n\r\n" + Evil,
            Chunked + "3;x=y\r\nabc\r\n0\r\nT: 1\r\n\r\n", 403);
        row("one behind chunks", Chunked + "3\r\nabc\r\n0\r\n\r\n" + Get,
            Chunked + "3\r\nabc\r\n0\r\n\r\n" + Get, 0);
        row("a chunk without a size", Chunked + "zz\r\nabc\r\n", Chunked + "zz\r\n", 400);
        row("of no origin, as in a sandbox", "GET / HTTP/1.1\r\nOrigin: null\r\n\r\n", {}, 403);
        row("another port of this machine", "GET / HTTP/1.1\r\nOrigin: http://127.0.0.1:9\r\n\r\n", {}, 403);
        row("behind a long target",
            "POST /?" + QByteArray(17'000, 'q') + " HTTP/1.1\r\nOrigin: https://evil.example\r\n\r\n", {},
            403);
        row("a head without an end", "POST /?" + QByteArray(70'000, 'q'), {}, 431);
        row("line ends between requests", Get + "\r\n" + Get, Get + "\r\n" + Get, 0);
        row("something else behind HTTP", Get + "hello\r\n", Get, 400);
        const QByteArray upgrade = "GET /ws HTTP/1.1\r\nUpgrade: websocket\r\n\r\n";
        row("what is upgraded", upgrade + "\x81\x05hello" + Evil, upgrade + "\x81\x05hello" + Evil, 0);
        row("no HTTP", "\x16\x03\x01" + Evil, "\x16\x03\x01" + Evil, 0);
        row("a database", "PGSQL hello", "PGSQL hello", 0);
        row("another database", "GET key\r\nGET", "GET key\r\nGET", 0);
        for (const QByteArray &method : {QByteArray("PROPFIND"), QByteArray("patch"), QByteArray("FOO"),
                                         QByteArray("M-SEARCH"), QByteArray(300, 'F')}) {
            const QByteArray first = method + " /a HTTP/1.1\r\nHost: localhost\r\n\r\n";
            const QByteArray evil = method + " /a HTTP/1.1\r\nHost: evil.example:8080\r\n\r\n";
            const QByteArray evilGet = "GET /a HTTP/1.1\r\nHost: evil.example:8080\r\n\r\n";
            const QByteArray name = method.left(10);
            row(name + " and one", first + Get, first + Get, 0);
            row(name + " of another host", evil + Get, {}, 403);
            row(name + " and another host's", first + evilGet, first, 403);
            row(name + " and another's", first + Evil, first, 403);
        }
        // No request line, known from here on: nothing of it waits for more.
        for (const char *start : {"*1\r", "\r\n", "SSH-2.0-x\r\n", "EHLO a\r\n", "FOO a\x01", "\x80", " GET"})
            row(start, start, start, 0);
        const QByteArray absolute = "FOO HTTP://evil.example/a HTTP/1.1\r\nHost: evil.example\r\n\r\n";
        row("a whole address of another host", absolute, {}, 403);
        row("a whole address of another host beside a Host of this one",
            "GET http://evil.example/a HTTP/1.1\r\nHost: localhost\r\n\r\n", {}, 403);
        row("a whole address of this machine",
            "GET http://localhost:8080/a HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "GET http://localhost:8080/a HTTP/1.1\r\nHost: localhost\r\n\r\n", 0);
        row("line ends before the first one", "\r\n\r\n" + Get, "\r\n\r\n" + Get, 0);
        row("another's behind line ends", "\r\n\n" + Evil, "\r\n\n", 403);
        row("another host's behind a line end", "\r\nGET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", "\r\n",
            403);
        row("a NUL behind the method", QByteArray("FOO \0", 5), QByteArray("FOO \0", 5), 0);
        const QByteArray h2c = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
        row("HTTP/2", h2c, h2c, 0);
        for (const QByteArray size :
             {"7fffffffffffffff", "7ffffffffffffffe", "ffffffffffffffff", "0x3", "+3", "-0"})
            row("a chunk of " + size, Chunked + size + "\r\nabc\r\n", Chunked + size + "\r\n", 400);
    }
    void requestsPassUnlessTheyAreAnotherOrigins()
    {
        QFETCH(const QByteArray, sent);
        QFETCH(const QByteArray, passed);
        QFETCH(const int, status);
        for (const qsizetype piece : {qsizetype(1), qsizetype(7), sent.size()}) {
            RequestGate gate(Port);
            QByteArray through;
            for (qsizetype at = 0; at < sent.size(); at += piece)
                through += gate.pass(sent.mid(at, piece));
            QCOMPARE(through, passed);
            QCOMPARE(gate.refusal().mid(9, 3).toInt(), status);
            QVERIFY(status == 0 || gate.pass("more").isEmpty());
        }
    }

    // DNS rebinding: the page's own name leads here, so its requests are of the same origin, and of no Origin.
    void onlyThisMachinesNamesAreAnswered_data()
    {
        QTest::addColumn<QByteArray>("host");
        QTest::addColumn<QStringList>("others");
        QTest::addColumn<bool>("isRefused");
        const auto row = [](const char *host, bool isRefused, const QStringList &others = {}) {
            QTest::addRow("%s, %s", host, qPrintable(others.join(u' ')))
                << QByteArray(host) << others << isRefused;
        };
        for (const char *own :
             {"Host: localhost", "Host: localhost:8080", "Host: LOCALHOST:9", "host:127.0.0.1:8080",
              "Host: 127.0.0.1", "Host: [::1]:8080", "Host: [::1]", "X: y"})
            row(own, false);
        for (const char *other :
             {"Host: evil.example:8080", "Host: evil.example", "hOst : 127.0.0.1.evil.example",
              "Host: 10.1.2.3", "Host: [::2]", "Host: localhost.evil.example:8080", "Host: ", "Host: a b",
              "Host: localhost\r\nHost: evil.example"})
            row(other, true);
        const QStringList shop{QString::fromLatin1("shop.example")};
        row("Host: Shop.Example:8080", false, shop);
        row("Host: shop.example.:8080", false, shop);
        row("Host: shop.example:8080\r\nOrigin: http://shop.example:8080", false, shop);
        row("Host: shop.example:8080\r\nOrigin: http://shop.example:8080", false, {QString::fromLatin1("*")});
        row("Host: evil.example", true, shop);
        row("Host: evil.example", false, {QString::fromLatin1("*")});
    }

    // A client that speaks first and waits is not held for ever; half a request line is.
    void aWordAlonePassesWhenNothingMoreComes()
    {
        RequestGate gate(Port);
        QCOMPARE(gate.pass("hello"), QByteArray());
        QVERIFY(gate.isHoldingWord());
        QCOMPARE(gate.release(false), QByteArray("hello"));
        QCOMPARE(gate.pass(Evil), Evil); // it is no browser's
        RequestGate large(Port);         // data that happen to have no space
        const QByteArray data(500'000, 'q');
        QCOMPARE(large.pass(data), QByteArray());
        QCOMPARE(large.release(false), data);
        RequestGate endless(Port);
        QCOMPARE(endless.pass(QByteArray(RequestGate::MaxWord + 1, 'q')).size(), RequestGate::MaxWord + 1);
        RequestGate begun(Port);
        QCOMPARE(begun.pass("FOO /a"), QByteArray());
        QVERIFY(!begun.isHoldingWord());
        QCOMPARE(begun.release(false), QByteArray());
        begun.pass(" HTTP/1.1\r\nHost: evil.example\r\n\r\n");
        QVERIFY(begun.refusal().startsWith("HTTP/1.1 403"));
        RequestGate ended(Port);
        ended.pass("FOO /a");
        QCOMPARE(ended.release(true), QByteArray("FOO /a")); // it will be no whole request
    }

    void aPageOfAnotherNameIsForeignStill()
    {
        const QByteArray request =
            "POST /a HTTP/1.1\r\nHost: shop.example:8080\r\nOrigin: http://evil.example:8080\r\n\r\n";
        for (const char *other : {"*", "shop.example"}) {
            RequestGate gate(Port, {QString::fromLatin1(other)});
            QCOMPARE(gate.pass(request), QByteArray());
            QVERIFY2(gate.refusal().contains("other origins"), gate.refusal().constData());
        }
        RequestGate gate(Port, {QString::fromLatin1("shop.example")});
        gate.pass("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n");
        QVERIFY2(gate.refusal().contains("[::1] and shop.example alone"), gate.refusal().constData());
    }

    void onlyThisMachinesNamesAreAnswered()
    {
        QFETCH(const QByteArray, host);
        QFETCH(const QStringList, others);
        QFETCH(const bool, isRefused);
        const QByteArray request = "GET /a HTTP/1.1\r\n" + host + "\r\n\r\n";
        RequestGate gate(Port, others);
        const QByteArray through = gate.pass(Get + request);
        QCOMPARE(through, isRefused ? Get : Get + request);
        QCOMPARE(gate.refusal().startsWith("HTTP/1.1 403 "), isRefused);
        QCOMPARE(gate.refusal().contains("--host NAME"), isRefused);
    }
};

SALLYPORT_TEST(request_gate_test, RequestGateTest)
#include "request_gate_test.moc"
