// SPDX-License-Identifier: GPL-3.0-or-later
// What the doctor says of watches: each row is what a server does to one after the other.
#include "kube/watch_probe.h"
#include "tests/kube/scripted_api.h"
#include "tests/kube/scripted_server.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace kube;
using Kind = WatchProbe::Outcome::Kind;

namespace {

constexpr char Gone[] = "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"code\":410,\"reason\":"
                        "\"Expired\",\"message\":\"too old resource version: 1 (9)\"}}";

Connection connectionTo(const QUrl &server)
{
    Connection connection;
    connection.server = server;
    connection.context = u"test"_s;
    return connection;
}

// "ends", "expires", "silent", "cut", or a status.
void behave(const QString &how, const ServerReply &reply)
{
    if (const int status = how.toInt(); status > 0)
        return reply.answer(status, statusJson(status, "Reason", "the server says no"));
    if (how == u"cut")
        return reply.cut();
    reply.startStream();
    reply.line(how == u"expires" ? QByteArray(Gone)
                                 : QByteArray("{\"type\":\"ADDED\",\"object\":{\"kind\":\"Namespace\","
                                              "\"metadata\":{\"name\":\"default\"}}}"));
    if (how != u"silent")
        reply.endStream();
}

} // namespace

class WatchProbeTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void saysWhatHappenedToIt_data()
    {
        QTest::addColumn<QStringList>("server");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("words");
        QTest::newRow("well") << QStringList{u"ends"_s} << int(Kind::Lives) << u"ended when it was to"_s;
        QTest::newRow("expired")
            << QStringList{u"expires"_s, u"ends"_s} << int(Kind::Lives)
            << u"begun again (1 ×), before: it had expired (410: watching namespaces: too old"_s;
        QTest::newRow("half-open") << QStringList{u"silent"_s, u"ends"_s} << int(Kind::Lives)
                                   << u"begun again (1 ×), before: it fell silent without an end"_s;
        QTest::newRow("cut twice") << QStringList{u"cut"_s, u"cut"_s, u"ends"_s} << int(Kind::Lives)
                                   << u"begun again (2 ×), before: "_s;
        QTest::newRow("an error") << QStringList{u"500"_s, u"ends"_s} << int(Kind::Lives)
                                  << u"the server says no"_s;
        QTest::newRow("not allowed") << QStringList{u"403"_s} << int(Kind::NotAllowed)
                                     << u"may not watch namespaces"_s;
        QTest::newRow("never") << QStringList(WatchProbe::MaxTries, u"expires"_s) << int(Kind::Failed)
                               << u"watches do not live here: it had expired"_s;
    }
    void saysWhatHappenedToIt()
    {
        QFETCH(QStringList, server);
        QFETCH(int, kind);
        QFETCH(QString, words);
        qsizetype asked = 0;
        ScriptedServer api([&](const ServerRequest &request, const ServerReply &reply) {
            QCOMPARE(request.path(), QByteArray("/api/v1/namespaces"));
            QCOMPARE(request.query("timeoutSeconds"), QByteArray("1"));
            behave(server.value(asked++, u"404"_s), reply);
        });
        Transport transport(connectionTo(api.url()));
        WatchProbe probe(transport);
        probe.setSilence(std::chrono::milliseconds(100));
        std::optional<WatchProbe::Outcome> outcome;
        probe.start([&outcome](const WatchProbe::Outcome &known) { outcome = known; });
        QTRY_VERIFY_WITH_TIMEOUT(outcome, 20'000);
        QVERIFY2(outcome->detail.contains(words), qPrintable(outcome->detail));
        QCOMPARE(int(outcome->kind), kind);
        QCOMPARE(asked, server.size());
    }

    void isGivenUpAfterWhatAUserBears_data()
    {
        QTest::addColumn<bool>("begins");
        QTest::addColumn<QString>("words");
        QTest::newRow("watches that never end") << true << u"it fell silent without an end"_s;
        QTest::newRow("watches that never begin") << false << u"it did not begin"_s;
    }
    void isGivenUpAfterWhatAUserBears()
    {
        QFETCH(bool, begins);
        QFETCH(QString, words);
        ScriptedServer api([&](const ServerRequest &, const ServerReply &reply) {
            if (begins)
                behave(u"silent"_s, reply);
        });
        Transport transport(connectionTo(api.url()));
        WatchProbe probe(transport);
        probe.setMost(std::chrono::milliseconds(500)); // long before the first is called silent
        std::optional<WatchProbe::Outcome> outcome;
        probe.start([&outcome](const WatchProbe::Outcome &known) { outcome = known; });
        QElapsedTimer clock;
        clock.start();
        QTRY_VERIFY_WITH_TIMEOUT(outcome, 20'000);
        QVERIFY(clock.elapsed() < 2000);
        QCOMPARE(int(outcome->kind), int(Kind::Failed));
        QCOMPARE(outcome->detail,
                 u"watches do not live here: none of 1 ended when it was to, in 0.5 s: "_s + words);
    }
};

SALLYPORT_TEST(watch_probe_test, WatchProbeTest)
#include "watch_probe_test.moc"
