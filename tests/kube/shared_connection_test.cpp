// SPDX-License-Identifier: GPL-3.0-or-later
// Requests that share one HTTP/2 connection: each gets its answer, whatever the others do.
#include "kube/client.h"
#include "kube/transport.h"
#include "tests/kube/framed_server.h"
#include "tests/kube/scripted_server.h"
#include "tests/kube/tcp_relay.h"
#include "tests/kube/test_authority.h"
#include "tests/support/test_class.h"

#include <QTest>

#include <algorithm>
#include <random>

using namespace Qt::StringLiterals;
using namespace kube;

class SharedConnectionTest : public QObject
{
    Q_OBJECT

    TestAuthority m_authority;
    TestIdentity m_identity = loopbackServer(m_authority);

    Connection connectionTo(const FramedServer &server) const
    {
        Connection connection;
        connection.server = QUrl(u"https://127.0.0.1:%1"_s.arg(server.port()));
        connection.trustedCa = m_authority.certificate();
        return connection;
    }

private Q_SLOTS:
    // libcurl 7.88 leaves what it has read for the other streams lying when one is complete: without our prod they wait for the
    // connection's next byte, which may never come.
    void answersThatComeTogetherAllArrive_data()
    {
        QTest::addColumn<QList<int>>("sizes");
        QTest::newRow("small ones") << QList<int>{10, 20, 30, 40};
        QTest::newRow("one is longer than a piece") << QList<int>{10, 17'000, 30, 20'000};
        QTest::newRow("all are longer than a piece") << QList<int>{10, 34'453, 21'427, 16'451};
        QTest::newRow("ends lie side by side") << QList<int>{10, 16'384, 16'390, 16'400, 16'410, 16'420};
        QTest::newRow("many") << QList<int>{10,     50'000, 40'000, 30'000, 20'000, 10'000, 60'000,
                                            18'000, 17'500, 17'000, 16'500, 33'000, 100};
        for (unsigned seed = 1; seed <= 6; ++seed) {
            std::minstd_rand random(seed);
            QList<int> sizes(3 + int(random() % 40));
            std::generate(sizes.begin(), sizes.end(), [&] { return 1 + int(random() % 70'000); });
            QTest::addRow("%d at random", int(sizes.size())) << sizes;
        }
    }
    void answersThatComeTogetherAllArrive()
    {
        QFETCH(const QList<int>, sizes);
        const FramedServer server(serverTls(m_identity.certificate, m_identity.key), sizes);
        Transport transport(connectionTo(server));
        QList<int> got;
        QStringList wrong;
        const auto ask = [&] {
            Transport::Callbacks callbacks;
            callbacks.finished = [&](const Result<HttpResponse> &answer) {
                const int size = answer ? int(answer->body.size()) : -1;
                got.push_back(size);
                if (!answer)
                    wrong.push_back(answer.error().message);
                else if (answer->body != FramedServer::bodyOf(size))
                    wrong.push_back(u"another body of %1"_s.arg(size));
            };
            transport.send({}, std::move(callbacks));
        };
        ask();
        QTRY_COMPARE(got.size(), 1);
        for (qsizetype i = 1; i < sizes.size(); ++i)
            ask();
        QTRY_COMPARE(got.size(), sizes.size());
        QCOMPARE(wrong, QStringList());
        QVERIFY(std::is_permutation(got.cbegin(), got.cend(), sizes.cbegin(), sizes.cend()));
    }

    // Reads and questions go on after it; writes have a connection of their own, over HTTP/1.1, where there is none (client_test).
    void aReadUnderWayAtGoawayIsAnswered_data()
    {
        using Farewell = FramedServer::Farewell;
        QTest::addColumn<bool>("isQuestion");
        QTest::addColumn<int>("farewell");
        QTest::newRow("a read that was not taken") << false << int(Farewell::Untaken);
        QTest::newRow("a read that was") << false << int(Farewell::Taken);
        QTest::newRow("a question that was not taken") << true << int(Farewell::Untaken);
        QTest::newRow("a question that was") << true << int(Farewell::Taken);
    }
    void aReadUnderWayAtGoawayIsAnswered()
    {
        QFETCH(bool, isQuestion);
        QFETCH(int, farewell);
        FramedServer server(serverTls(m_identity.certificate, m_identity.key), {10, 20});
        server.leaveAtTheSecond(FramedServer::Farewell(farewell));
        Transport transport(connectionTo(server));
        Client client(transport);
        const auto first = client.rawGet(u"/version"_s);
        QTRY_VERIFY(first.isFinished());
        QVERIFY2(first.result(), qPrintable(first.result() ? QString() : first.result().error().message));
        const auto second = isQuestion ? client.ask(u"/reviews"_s, "{}") : client.rawGet(u"/version"_s);
        QTRY_VERIFY(second.isFinished());
        QVERIFY2(second.result(), qPrintable(second.result() ? QString() : second.result().error().message));
        QVERIFY(server.requests() >= 3); // curl may try the old connection once more
    }

    void whoReadsNoFurtherHoldsNobodyUp_data()
    {
        QTest::addColumn<bool>("isCancelled"); // or paused, as by a reader of logs who is slow
        QTest::newRow("cancelled") << true;
        QTest::newRow("paused") << false;
    }
    void whoReadsNoFurtherHoldsNobodyUp()
    {
        QFETCH(const bool, isCancelled);
        const FramedServer server(serverTls(m_identity.certificate, m_identity.key),
                                  {10, 300'000, 50'000, 20'000, 90'000});
        Transport transport(connectionTo(server));
        QList<int> got;
        const auto ask = [&] {
            Transport::Callbacks callbacks;
            callbacks.finished = [&](const Result<HttpResponse> &answer) {
                got.push_back(answer ? int(answer->body.size()) : -1);
            };
            return transport.send({}, std::move(callbacks));
        };
        ask();
        QTRY_COMPARE(got, QList<int>{10});
        Transport::Id id = 0;
        Transport::Callbacks callbacks;
        callbacks.onData = [&](const QByteArray &) {
            isCancelled ? transport.cancel(id) : transport.pause(id);
        };
        callbacks.finished = [](const Result<HttpResponse> &) {};
        HttpRequest follow;
        follow.timeoutMs = 0;
        id = transport.send(follow, std::move(callbacks));
        for (int i = 0; i < 3; ++i)
            ask();
        QTRY_COMPARE(got.size(), 4);
        std::sort(got.begin(), got.end());
        QCOMPARE(got, (QList<int>{10, 20'000, 50'000, 90'000}));
    }

    // Its load balancer leads to another server, or HTTP/2 was switched off there: each watch needs a connection of its own then.
    void aServerMayStopSpeakingHttp2()
    {
        const QSslConfiguration tls = serverTls(m_identity.certificate, m_identity.key);
        const FramedServer before(tls, {10});
        QList<ServerReply> watches;
        ScriptedServer after(
            [&watches](const ServerRequest &request, ServerReply reply) {
                if (request.query("watch").isEmpty())
                    return reply.answer(200, "{}");
                reply.startStream();
                watches.append(reply);
            },
            tls);
        TcpRelay relay(quint16(before.port()));
        Connection connection = connectionTo(before);
        connection.server.setPort(relay.port());
        Transport transport(connection);
        int answered = 0;
        const auto ask = [&](const QString &path, int timeoutMs) {
            HttpRequest request;
            request.path = path;
            request.timeoutMs = timeoutMs;
            Transport::Callbacks callbacks;
            callbacks.finished = [&answered](const Result<HttpResponse> &answer) {
                answered += answer ? 1 : 0;
            };
            transport.send(request, std::move(callbacks));
        };
        ask(u"/first"_s, 10'000);
        QTRY_COMPARE(answered, 1);
        relay.setTarget(after.port());
        relay.cutAll();
        constexpr int Many = 12; // more than connections over HTTP/2 may be
        for (int i = 0; i < Many; ++i)
            ask(u"/kind%1?watch=true"_s.arg(i), 0);
        ask(u"/last"_s, 10'000);
        QTRY_COMPARE(watches.size(), Many);
        QTRY_COMPARE(answered, 2);
    }
};

SALLYPORT_TEST(shared_connection_test, SharedConnectionTest)
#include "shared_connection_test.moc"
