// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/reflector.h"
#include "kube/transfer.h"
#include "tests/kube/scripted_api.h"
#include "tests/kube/test_authority.h"
#include "tests/support/test_class.h"

#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace kube;

namespace {

Connection connectionTo(const QUrl &server)
{
    Connection connection;
    connection.context = u"dev"_s;
    connection.cluster = u"c"_s;
    connection.user = u"jane"_s;
    connection.token = "t";
    connection.file = u"config"_s;
    connection.server = server;
    return connection;
}

// One reflector on pods against a scripted server.
struct Stage
{
    explicit Stage(const std::optional<QSslConfiguration> &tls = {}, const QByteArray &ca = {})
        : api(tls)
    {
        Connection connection = connectionTo(api.server.url());
        connection.trustedCa = ca;
        transport = std::make_unique<Transport>(connection);
        reflector = std::make_unique<Reflector>(*transport, types::pods(), QString(), store);
    }

    QMap<QString, int> known() const
    {
        QMap<QString, int> versions;
        for (const Object &object : store.objects())
            versions.insert(object.name, object.resourceVersion.toInt());
        return versions;
    }
    WatchState::Phase phase() const { return reflector->state().phase; }

    ScriptedApi api;
    std::unique_ptr<Transport> transport;
    ObjectStore store;
    std::unique_ptr<Reflector> reflector;
};

} // namespace

class ReflectorTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aListAndOneWatchKeepTheStoreEqual()
    {
        Stage stage;
        stage.api.put(u"a"_s);
        stage.api.put(u"b"_s);
        stage.reflector->start();
        QTRY_COMPARE(stage.known(), stage.api.versions);
        QTRY_COMPARE(stage.api.watches.size(), 1);
        stage.api.put(u"c"_s);
        stage.api.put(u"a"_s);
        stage.api.drop(u"b"_s);
        QTRY_COMPARE(stage.known(), stage.api.versions);
        QCOMPARE(stage.api.lists, QByteArrayList{"/api/v1/pods?limit=500&resourceVersion=0"}); // no polling
        QCOMPARE(stage.api.watches.size(), 1);
        QVERIFY(stage.api.watches.first().contains("allowWatchBookmarks=true"));
        QCOMPARE(stage.phase(), WatchState::Phase::Live);
        QVERIFY(stage.reflector->state().lastEvent.isValid());
        QVERIFY(!stage.store.find(u"shop/a"_s)->json.contains("managedFields"));
    }

    void oneWatchIsEnoughWhereTheServerStreamsLists()
    {
        Stage stage;
        stage.api.streamsLists = true;
        stage.api.put(u"a"_s);
        stage.api.put(u"b"_s);
        stage.reflector->start();
        QTRY_COMPARE(stage.known(), stage.api.versions);
        QVERIFY(stage.store.isComplete());
        stage.api.drop(u"a"_s);
        stage.api.put(u"c"_s);
        QTRY_COMPARE(stage.known(), stage.api.versions);
        QCOMPARE(stage.api.lists.size(), 0);
        QCOMPARE(stage.api.watches, QByteArrayList{stage.api.watches.value(0)});
        QVERIFY(stage.api.watches.first().contains("resourceVersion=&timeoutSeconds="));
        QVERIFY(
            stage.api.watches.first().endsWith("&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"));
    }

    // As kubectl get -w asks: the server's own rows, of which only the first names the columns.
    void tablesAreWatchedRowByRow()
    {
        const auto row = [](const QByteArray &name, int version, const QByteArray &cell) {
            return QByteArray(
                "{\"cells\":[\"" + name + "\"," + cell
                + "],\"object\":{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/v1\","
                  "\"metadata\":{\"name\":\""
                + name + "\",\"namespace\":\"shop\",\"uid\":\"uid-" + name + "\",\"resourceVersion\":\""
                + QByteArray::number(version) + "\"}}}");
        };
        const auto table = [](const QByteArray &rows, const QByteArray &columns = "null") {
            return QByteArray("{\"kind\":\"Table\",\"apiVersion\":\"meta.k8s.io/v1\",\"metadata\":{"
                              "\"resourceVersion\":\"7\"},\"columnDefinitions\":"
                              + columns + ",\"rows\":[" + rows + "]}");
        };
        const QByteArray columns =
            R"([{"name":"Name","type":"string"},{"name":"Ready","type":"string","priority":1}])";
        QByteArray listed = row("a", 5, "\"0/1\"") + ',' + row("b", 6, "null");
        QList<ServerReply> watches;
        ScriptedServer server([&](const ServerRequest &request, const ServerReply &reply) {
            if (!request.headers.value("accept").contains("as=Table")
                || request.query("labelSelector") != "app=web" || request.query("fieldSelector") != "x!=y")
                return reply.answer(400, statusJson(400, "BadRequest", "no table was asked for"));
            if (request.query("watch").isEmpty())
                return reply.answer(200, table(listed, columns));
            reply.startStream();
            watches.append(reply);
        });
        Transport transport(connectionTo(server.url()));
        ObjectStore store;
        QStringList seen;
        connect(&store, &ObjectStore::happened, this, [&seen](const Delta &delta) {
            seen.append((delta.type == Delta::Type::Remove ? u"-"_s : u"+"_s)
                        + delta.object.cells.join(u' '));
        });
        Reflector reflector(transport, types::pods(), u"shop"_s, store);
        QList<QStringList> headers;
        connect(&reflector, &Reflector::columnsChanged, this, [&headers](const QList<TableColumn> &known) {
            QStringList names;
            for (const TableColumn &column : known)
                names.append(column.name);
            headers.append(names);
        });
        reflector.readTables();
        reflector.select(u"app=web"_s, u"x!=y"_s);
        reflector.start();
        QTRY_COMPARE(watches.size(), 1);
        QCOMPARE(seen, (QStringList{u"+a 0/1"_s, u"+b "_s}));
        const auto event = [&](const QByteArray &type, const QByteArray &object) {
            watches.last().line("{\"type\":\"" + type + "\",\"object\":" + object + "}");
        };
        event("MODIFIED", table(row("a", 8, "\"1/1\""), columns));
        event("MODIFIED", table(row("a", 9, "\"0/1\""))); // both at once: neither is left out
        event("DELETED", table(row("b", 10, "null")));
        event("BOOKMARK", table("{\"cells\":[null],\"object\":{\"metadata\":{\"resourceVersion\":\"12\"}}}"));
        QTRY_COMPARE(seen, (QStringList{u"+a 0/1"_s, u"+b "_s, u"+a 1/1"_s, u"+a 0/1"_s, u"-b "_s}));
        QCOMPARE(headers, QList<QStringList>{(QStringList{u"Name"_s, u"Ready"_s})});
        watches.last().endStream();
        QTRY_COMPARE(watches.size(), 2);
        QCOMPARE(server.requests().last().query("resourceVersion"), QByteArray("12"));
        listed = row("a", 9, "\"0/1\"") + ',' + row("b", 13, "null");
        event("ERROR", statusJson(410, "Expired", "too old resource version"));
        QTRY_COMPARE(watches.size(), 3);
        QTRY_COMPARE(seen.mid(5), QStringList{u"+b "_s}); // the other is as it was known
    }

    void aServerThatStreamsNoListsIsAskedOnceOnly()
    {
        Stage stage;
        stage.reflector->start();
        QTRY_COMPARE(stage.phase(), WatchState::Phase::Live);
        ObjectStore other;
        Reflector second(*stage.transport, types::pods(), u"shop"_s, other);
        second.start();
        QTRY_COMPARE(second.state().phase, WatchState::Phase::Live);
        qsizetype tries = 0;
        for (const ServerRequest &request : stage.api.server.requests())
            tries += request.target.contains("sendInitialEvents");
        QCOMPARE(tries, 1);
    }

    void aListWaitsForItsToken()
    {
        Stage stage;
        const auto now = std::chrono::milliseconds(Transfer::monotonicMsecs());
        while (stage.transport->rateLimit().take(now).count() < 300) { } // others have asked for so much
        stage.reflector->start();
        QTRY_COMPARE(stage.phase(), WatchState::Phase::Live);
        QCOMPARE(stage.api.lists.size(), 1);
        QVERIFY(Transfer::monotonicMsecs() - now.count() >= 300);
    }

    void whoWroteIsToldWhenTheStoreHasIt()
    {
        Stage stage;
        stage.api.put(u"a"_s); // 101
        stage.reflector->start();
        QTRY_COMPARE(stage.phase(), WatchState::Phase::Live);
        QStringList seen;
        stage.reflector->whenSeen(u"99"_s, this, [&seen] { seen.append(u"99"_s); });
        QCOMPARE(seen, QStringList{u"99"_s}); // at once; as numbers 99 < 101
        stage.reflector->whenSeen(u"103"_s, this, [&seen] { seen.append(u"103"_s); });
        stage.reflector->whenSeen(
            u"102"_s, this, [&seen, &stage] { seen.append(u"102 %1"_s.arg(stage.known().value(u"b"_s))); });
        {
            QObject gone;
            stage.reflector->whenSeen(u"102"_s, &gone, [&seen] { seen.append(u"never"_s); });
        }
        stage.api.put(u"b"_s);
        QTRY_COMPARE(seen, (QStringList{u"99"_s, u"102 102"_s}));
        stage.api.bookmark();
        QTRY_COMPARE(seen.size(), 3);
    }

    void anotherClusterAtTheSameAddressIsReadAfresh()
    {
        Stage stage;
        stage.api.put(u"a"_s);
        stage.reflector->start();
        QTRY_COMPARE(stage.phase(), WatchState::Phase::Live);
        stage.reflector->restart();
        QTRY_COMPARE(stage.api.lists.size(), 2);
        QCOMPARE(stage.api.lists.last(), stage.api.lists.first()); // and not from the version of before
        QTRY_COMPARE(stage.known(), stage.api.versions);
    }

    void pagesAreJoinedAndA410BetweenThemStartsOver()
    {
        Stage stage;
        for (int i = 0; i < 10; ++i)
            stage.api.put(u"p%1"_s.arg(i));
        stage.api.pageSize = 3;
        stage.api.failPages = 1;
        stage.reflector->start();
        QTRY_COMPARE(stage.known(), stage.api.versions);
        QCOMPARE(stage.api.lists,
                 (QByteArrayList{"/api/v1/pods?limit=500&resourceVersion=0",
                                 "/api/v1/pods?limit=500&continue=3", "/api/v1/pods?resourceVersion=0"}));
    }

    void aWatchThatEndsGoesOnFromTheLastBookmark()
    {
        Stage stage;
        stage.api.put(u"a"_s);
        stage.reflector->start();
        QTRY_COMPARE(stage.api.watches.size(), 1);
        stage.api.bookmark();
        stage.api.put(u"b"_s);
        stage.api.bookmark(); // 104
        QTRY_VERIFY(stage.known() == stage.api.versions && stage.phase() == WatchState::Phase::Live);
        stage.api.endWatches();
        QTRY_COMPARE(stage.api.watches.size(), 2);
        QVERIFY2(stage.api.watches.last().contains("resourceVersion=104"),
                 stage.api.watches.last().constData());
        stage.api.put(u"c"_s);
        QTRY_COMPARE(stage.known(), stage.api.versions);
        QCOMPARE(stage.api.lists.size(), 1);
    }

    void aCutConnectionIsNotSeenByAnyone()
    {
        Stage stage;
        stage.reflector->start();
        QTRY_COMPARE(stage.api.watches.size(), 1);
        stage.api.put(u"a"_s);
        QTRY_COMPARE(stage.known(), stage.api.versions);
        QSignalSpy states(stage.reflector.get(), &Reflector::stateChanged);
        stage.api.cutWatches();
        stage.api.put(u"b"_s);
        QTRY_COMPARE(stage.known(), stage.api.versions);
        QCOMPARE(stage.api.lists.size(), 1);
        QVERIFY(states.isEmpty());
    }

    // The half is never glued to what the next watch brings.
    void aWatchThatFellSilentIsReplacedUnnoticed()
    {
        Stage stage;
        stage.reflector->setLongestSilence(std::chrono::milliseconds(300));
        stage.api.put(u"a"_s);
        stage.reflector->start();
        QTRY_COMPARE(stage.api.watches.size(), 1);
        stage.api.silenceWatches();
        QSignalSpy states(stage.reflector.get(), &Reflector::stateChanged);
        stage.api.put(u"b"_s);
        QTRY_COMPARE(stage.known(), stage.api.versions);
        QCOMPARE(stage.api.lists.size(), 1); // nothing was lost
        for (const auto &state : states)
            QCOMPARE(state.first().value<WatchState>().phase, WatchState::Phase::Live);
    }

    // What client-go reads is read: JSON in a row, or over several lines, as a proxy that knows JSON may write it.
    void eventsAreReadHoweverTheyAreLaidOut()
    {
        Stage stage;
        stage.reflector->start();
        QTRY_COMPARE(stage.api.watches.size(), 1);
        stage.api.laysOut = true;
        stage.api.put(u"a"_s);
        stage.api.put(u"b"_s);
        QTRY_COMPARE(stage.known(), stage.api.versions);
        QCOMPARE(stage.api.watches.size(), 1);
    }

    // A hop that took the request and says nothing: nobody can tell it from a slow head.
    void aWatchThatIsNotAnsweredIsReplaced()
    {
        Stage stage;
        int asked = 0;
        stage.api.before = [&asked](const ServerRequest &request, const ServerReply &) {
            return !request.query("watch").isEmpty() && request.query("sendInitialEvents").isEmpty()
                && ++asked == 1;
        };
        stage.reflector->setLongestSilence(std::chrono::milliseconds(300));
        stage.api.put(u"a"_s);
        stage.reflector->start();
        QTRY_COMPARE(asked, 1);
        stage.api.put(u"b"_s);
        QTRY_COMPARE(stage.known(), stage.api.versions);
        QCOMPARE(stage.api.lists.size(), 1);
    }

    void aWatchThatEndsInTheMiddleOfALineIsNotSeenByAnyone_data()
    {
        QTest::addColumn<bool>("isCut");
        QTest::newRow("cut") << true;
        QTest::newRow("ended") << false;
    }

    void aWatchThatEndsInTheMiddleOfALineIsNotSeenByAnyone()
    {
        QFETCH(bool, isCut);
        Stage stage;
        stage.reflector->start();
        QTRY_COMPARE(stage.api.watches.size(), 1);
        QSignalSpy states(stage.reflector.get(), &Reflector::stateChanged);
        QTRY_COMPARE(stage.phase(), WatchState::Phase::Live);
        states.clear();
        stage.api.afterEachLine = "{'type':'ADDED','object':{'kind':'Pod','metadata':{'name':'ha";
        stage.api.put(u"a"_s);
        QTRY_COMPARE(stage.known(), stage.api.versions); // and the half has come with it
        stage.api.afterEachLine.clear();
        isCut ? stage.api.cutWatches() : stage.api.endWatches();
        stage.api.put(u"b"_s);
        QTRY_COMPARE(stage.known(), stage.api.versions);
        QCOMPARE(stage.api.lists.size(), 1);
        QVERIFY(states.isEmpty());
    }

    void anExpiredVersionInTheStreamIsListedAnew()
    {
        Stage stage;
        stage.api.put(u"a"_s);
        stage.reflector->start();
        QTRY_COMPARE(stage.api.watches.size(), 1);
        stage.api.put(u"b"_s);
        QTRY_COMPARE(stage.known(), stage.api.versions);
        stage.api.compact();
        stage.api.drop(u"a"_s);
        stage.api.cutWatches();
        stage.api.compact(); // the deletion can only be seen by a list
        QTRY_COMPARE(stage.known(), stage.api.versions);
        QTRY_COMPARE(stage.api.lists.size(), 2);
        QVERIFY2(stage.api.lists.last().startsWith("/api/v1/pods?resourceVersion=10"),
                 stage.api.lists.last().constData());
        QTRY_COMPARE(stage.phase(), WatchState::Phase::Live);
    }

    void an410AsAnswerIsListedAnewAfterAPause()
    {
        Stage stage;
        stage.api.put(u"a"_s);
        stage.api.failWatches = 1;
        stage.reflector->start();
        QTRY_COMPARE(stage.phase(), WatchState::Phase::Waiting);
        QCOMPARE(stage.reflector->state().error.kind, Error::Kind::Expired);
        QVERIFY(stage.reflector->state().error.message.contains(u"the watch failed"_s));
        QCOMPARE(stage.known(), stage.api.versions); // what is known stays
        stage.reflector->retryNow();
        QTRY_COMPARE(stage.phase(), WatchState::Phase::Live);
        QCOMPARE(stage.api.lists.size(), 2);
    }

    void aBusyServerIsAskedAgainLaterWithoutAList()
    {
        Stage stage;
        stage.api.failWatches = 1;
        stage.api.watchFault = 429;
        stage.api.faultHeaders = "Retry-After: 1\r\n";
        stage.reflector->start();
        QTRY_COMPARE(stage.phase(), WatchState::Phase::Waiting);
        QCOMPARE(stage.reflector->state().error.kind, Error::Kind::TooManyRequests);
        QTRY_COMPARE(stage.phase(), WatchState::Phase::Live); // by itself, 1–2 s later
        QCOMPARE(stage.api.lists.size(), 1);
        QCOMPARE(stage.api.watches.size(), 2);
    }

    void aListThatFailsIsAStateWithAMessage_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("words");
        QTest::newRow("401") << 401 << int(Error::Kind::Unauthorized)
                             << u"does not accept the credentials of user “jane”"_s;
        QTest::newRow("403") << 403 << int(Error::Kind::Forbidden) << u"GET /api/v1/pods: the list failed"_s;
        QTest::newRow("404") << 404 << int(Error::Kind::NotFound) << u"the list failed"_s;
        QTest::newRow("500") << 500 << int(Error::Kind::Server) << u"the list failed"_s;
    }

    void aListThatFailsIsAStateWithAMessage()
    {
        QFETCH(int, status);
        QFETCH(int, kind);
        QFETCH(QString, words);
        Stage stage;
        stage.api.put(u"a"_s);
        stage.api.failLists = 1;
        stage.api.listFault = status;
        stage.reflector->start();
        QTRY_COMPARE(stage.phase(), WatchState::Phase::Waiting);
        QCOMPARE(int(stage.reflector->state().error.kind), kind);
        QVERIFY2(stage.reflector->state().error.message.contains(words),
                 qPrintable(stage.reflector->state().error.message));
        stage.reflector->retryNow();
        QTRY_COMPARE(stage.known(), stage.api.versions);
    }

    void aServerThatGoesAndComesBackIsFoundAgain()
    {
        Stage stage;
        stage.api.put(u"a"_s);
        stage.reflector->start();
        QTRY_COMPARE(stage.api.watches.size(), 1);
        stage.api.server.stop();
        stage.api.server.cutAll();
        QTRY_COMPARE(stage.phase(), WatchState::Phase::Waiting);
        QCOMPARE(stage.reflector->state().error.kind, Error::Kind::Unreachable);
        QCOMPARE(stage.known(), stage.api.versions);
        QVERIFY(stage.reflector->state().retryAt > QDateTime::currentDateTimeUtc().addSecs(-1));
    }

    void anEventThatCannotBeReadIsListedAnew()
    {
        Stage stage;
        stage.api.put(u"a"_s);
        stage.reflector->start();
        QTRY_COMPARE(stage.api.watches.size(), 1);
        stage.api.sendToWatches("{\"type\":\"ADDED\",\"object\":{\"kind\":\"Pod\"");
        QTRY_COMPARE(stage.phase(), WatchState::Phase::Waiting);
        QCOMPARE(stage.reflector->state().error.kind, Error::Kind::Protocol);
        stage.reflector->retryNow();
        QTRY_COMPARE(stage.phase(), WatchState::Phase::Live);
        QCOMPARE(stage.api.lists.size(), 2);
    }

    void eventsAreTakenWithoutAHead()
    {
        Stage stage;
        stage.api.slowHeads = true;
        stage.reflector->start();
        QTRY_COMPARE(stage.api.watches.size(), 1);
        QCOMPARE(stage.phase(), WatchState::Phase::Live); // silence is legal
        stage.api.put(u"late"_s);
        QTRY_COMPARE(stage.known(), stage.api.versions);
    }

    void stoppedOrGoneItAsksForNothingMore()
    {
        Stage stage;
        stage.reflector->start();
        QTRY_COMPARE(stage.api.watches.size(), 1);
        stage.reflector->stop();
        QCOMPARE(stage.phase(), WatchState::Phase::Idle);
        stage.reflector->start();
        QTRY_COMPARE(stage.api.watches.size(), 2);
        stage.transport.reset(); // the wrong order, and still no crash
        stage.reflector->retryNow();
        stage.reflector->stop();
        stage.reflector.reset();
    }

    void aListenerMayEndTheReflector()
    {
        Stage stage;
        stage.api.put(u"a"_s);
        connect(stage.reflector.get(), &Reflector::stateChanged, this, [&stage](const WatchState &state) {
            if (state.phase == WatchState::Phase::Live)
                stage.reflector.reset();
        });
        stage.reflector->start();
        QTRY_VERIFY(!stage.reflector);
        QVERIFY(stage.api.watches.isEmpty());
    }

    void randomFaultsOverTlsLeaveTheStoreEqual_data()
    {
        QTest::addColumn<bool>("streamsLists");
        QTest::newRow("lists") << false;
        QTest::newRow("streamed lists") << true;
    }

    void randomFaultsOverTlsLeaveTheStoreEqual()
    {
        TestAuthority authority;
        const TestIdentity identity = loopbackServer(authority);
        Stage stage(serverTls(identity.certificate, identity.key), authority.certificate());
        stage.api.pageSize = 4;
        QFETCH(bool, streamsLists);
        stage.api.streamsLists = streamsLists;
        QRandomGenerator random(11);
        stage.reflector->start();
        for (int step = 0; step < 300; ++step) {
            const QString name = u"p%1"_s.arg(random.bounded(15));
            random.bounded(3) ? stage.api.put(name) : stage.api.drop(name);
            switch (random.bounded(30)) {
            case 0: stage.api.cutWatches(); break;
            case 1: stage.api.endWatches(); break;
            case 2: stage.api.compact(); break;
            case 3: stage.api.bookmark(); break;
            case 4: stage.api.server.cutAll(); break;
            case 5: stage.api.failPages = 1; break;
            default: break;
            }
            QCoreApplication::sendPostedEvents();
            if (step % 20 == 0) {
                stage.reflector->retryNow();
                QTRY_COMPARE_WITH_TIMEOUT(stage.known(), stage.api.versions, 10'000);
            }
        }
        QTRY_COMPARE_WITH_TIMEOUT(stage.known(), stage.api.versions, 10'000);
    }

    void tenThousandObjectsArrive()
    {
        Stage stage;
        for (int i = 0; i < 10'000; ++i)
            stage.api.versions.insert(u"pod-%1"_s.arg(i), 100);
        QSignalSpy completed(&stage.store, &ObjectStore::completed);
        stage.reflector->start();
        QTRY_COMPARE_WITH_TIMEOUT(completed.size(), 1, 30'000);
        QCOMPARE(stage.store.size(), 10'000);
        QCOMPARE(stage.api.lists.size(), 20); // pages of 500
    }
};

SALLYPORT_TEST(reflector_test, ReflectorTest)
#include "reflector_test.moc"
