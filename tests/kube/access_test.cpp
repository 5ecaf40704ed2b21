// SPDX-License-Identifier: GPL-3.0-or-later
// What this account may do, edits that meet others' edits, and whether it is still the same cluster.
#include "kube/access.h"
#include "kube/cluster_identity.h"
#include "kube/three_way.h"
#include "tests/kube/scripted_api.h"
#include "tests/support/test_class.h"

#include <QJsonDocument>
#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace kube;

namespace {

QByteArray asJson(QByteArray text) { return text.replace('\'', '"'); }

Connection connectionTo(const QUrl &server)
{
    Connection connection;
    connection.context = u"dev"_s;
    connection.server = server;
    return connection;
}

// A server that knows the rules of one account.
struct Stage
{
    Stage()
        : server([this](const ServerRequest &request, const ServerReply &reply) {
            const QJsonObject body = QJsonDocument::fromJson(request.body).object();
            if (request.path().endsWith("selfsubjectrulesreviews") && rulesCode == 0)
                return; // never answered
            if (request.path().endsWith("selfsubjectrulesreviews")) {
                if (rulesCode == 201)
                    reply.answer(
                        201,
                        asJson("{'status':{'incomplete':" + QByteArray(isIncomplete ? "true" : "false")
                               + ",'resourceRules':[" + rules + "]}}"));
                else
                    reply.answer(rulesCode, statusJson(rulesCode, "X", "no rules"));
                if (const auto call = std::exchange(afterRules, {}))
                    call();
                return;
            }
            ++singles;
            lastAttributes = body[u"spec"][u"resourceAttributes"].toObject();
            reply.answer(201,
                         asJson("{'status':{'allowed':" + QByteArray(isAllowed ? "true" : "false")
                                + ",'reason':'RBAC: no'}}"));
        })
        , transport(connectionTo(server.url()))
        , client(transport)
        , access(client, nullptr, [this] { return now; })
    {
    }
    Result<AccessVerdict> ask(const AccessQuestion &question)
    {
        const auto future = access.ask(question);
        if (!QTest::qWaitFor([&future] { return future.isFinished(); }, 5000))
            return failure(Error::Kind::Timeout, u"the test waited in vain"_s);
        return future.result();
    }
    std::function<void()> afterRules; // once, when the answer is on its way
    QByteArray rules;
    bool isIncomplete = false, isAllowed = false;
    int rulesCode = 201, singles = 0;
    qint64 now = 1000;
    QJsonObject lastAttributes;
    ScriptedServer server;
    Transport transport;
    Client client;
    Access access;
};

QJsonObject object(const QByteArray &text) { return QJsonDocument::fromJson(asJson(text)).object(); }

} // namespace

class AccessTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void rulesDecide_data()
    {
        QTest::addColumn<QByteArray>("rules");
        QTest::addColumn<AccessQuestion>("question");
        QTest::addColumn<bool>("isAllowed");
        const AccessQuestion patch{u"patch"_s, u"getambassador.io"_s, u"mappings"_s, u"shop"_s};
        const AccessQuestion forward{u"create"_s, {}, u"pods/portforward"_s, u"shop"_s};
        const AccessQuestion one{u"get"_s, {}, u"configmaps"_s, u"shop"_s, u"a"_s};
        QTest::newRow("nothing") << QByteArray() << patch << false;
        QTest::newRow("just that") << QByteArray(
            "{'verbs':['patch'],'apiGroups':['getambassador.io'],'resources':['mappings']}")
                                   << patch << true;
        QTest::newRow("another verb")
            << QByteArray("{'verbs':['get'],'apiGroups':['getambassador.io'],'resources':['mappings']}")
            << patch << false;
        QTest::newRow("another group")
            << QByteArray("{'verbs':['patch'],'apiGroups':[''],'resources':['mappings']}") << patch << false;
        QTest::newRow("everything") << QByteArray("{'verbs':['*'],'apiGroups':['*'],'resources':['*']}")
                                    << patch << true;
        QTest::newRow("the subresource")
            << QByteArray("{'verbs':['create'],'apiGroups':[''],'resources':['pods/portforward']}") << forward
            << true;
        QTest::newRow("the resource is not its subresource")
            << QByteArray("{'verbs':['create'],'apiGroups':[''],'resources':['pods']}") << forward << false;
        QTest::newRow("that subresource of everything")
            << QByteArray("{'verbs':['create'],'apiGroups':[''],'resources':['*/portforward']}") << forward
            << true;
        QTest::newRow("that name") << QByteArray(
            "{'verbs':['get'],'apiGroups':[''],'resources':['configmaps'],'resourceNames':['a']}")
                                   << one << true;
        QTest::newRow("another name") << QByteArray(
            "{'verbs':['get'],'apiGroups':[''],'resources':['configmaps'],'resourceNames':['b']}")
                                      << one << false;
    }

    void rulesDecide()
    {
        QFETCH(QByteArray, rules);
        QFETCH(AccessQuestion, question);
        QFETCH(bool, isAllowed);
        Stage stage;
        stage.rules = rules;
        const Result<AccessVerdict> verdict = stage.ask(question);
        QVERIFY(verdict);
        QCOMPARE(verdict->isAllowed, isAllowed);
        QCOMPARE(stage.singles, 0);
    }

    void aRefusalSaysWhatIsNeeded()
    {
        Stage stage;
        QCOMPARE(stage.ask({u"patch"_s, u"getambassador.io"_s, u"mappings"_s, u"shop"_s})->message,
                 u"this needs `patch` on `mappings.getambassador.io` in `shop`"_s);
        QCOMPARE(stage.ask({u"list"_s, {}, u"secrets"_s})->message,
                 u"this needs `list` on `secrets` in the whole cluster (RBAC: no)"_s);
    }

    void anIncompleteListHidesNothing()
    {
        Stage stage;
        stage.isIncomplete = true;
        stage.isAllowed = true;
        QVERIFY(stage.ask({u"create"_s, {}, u"pods/portforward"_s, u"shop"_s})->isAllowed);
        QCOMPARE(stage.singles, 1);
        QCOMPARE(stage.lastAttributes[u"resource"].toString(), u"pods"_s);
        QCOMPARE(stage.lastAttributes[u"subresource"].toString(), u"portforward"_s);
        stage.rulesCode = 404; // a server without such reviews
        stage.access.forget();
        QVERIFY(stage.ask({u"get"_s, {}, u"pods"_s, u"shop"_s})->isAllowed);
        QCOMPARE(stage.singles, 2);
    }

    // F5 while a review is under way: its answer is of before.
    void whatWasAskedBeforeIsForgottenToo()
    {
        Stage stage;
        const AccessQuestion question{u"patch"_s, {}, u"pods"_s, u"shop"_s};
        QFuture<Result<AccessVerdict>> second;
        stage.afterRules = [&] {
            stage.rules = "{'verbs':['patch'],'apiGroups':[''],'resources':['pods']}"; // the right is given
            stage.access.forget();
            second = stage.access.ask(question);
        };
        const QFuture<Result<AccessVerdict>> first = stage.access.ask(question);
        QTRY_VERIFY(first.isFinished() && second.isFinished());
        QVERIFY(!first.result()->isAllowed);
        QVERIFY(second.result()->isAllowed);
        stage.now += Access::KeptMsecs - 1;
        QVERIFY(stage.ask(question)->isAllowed);
        QCOMPARE(stage.server.requests().size(), 2);
    }

    void answersAreKeptForAMinute()
    {
        Stage stage;
        stage.rules = "{'verbs':['get'],'apiGroups':[''],'resources':['pods']}";
        QList<QFuture<Result<AccessVerdict>>> together;
        for (const QString &verb : {u"get"_s, u"patch"_s, u"delete"_s})
            together.append(stage.access.ask({verb, {}, u"pods"_s, u"shop"_s}));
        for (const auto &future : together)
            QTRY_VERIFY(future.isFinished());
        QCOMPARE(stage.server.requests().size(), 1); // one question for all three
        stage.now += Access::KeptMsecs - 1;
        stage.ask({u"get"_s, {}, u"pods"_s, u"shop"_s});
        QCOMPARE(stage.server.requests().size(), 1);
        stage.now += 1;
        stage.ask({u"get"_s, {}, u"pods"_s, u"shop"_s});
        QCOMPARE(stage.server.requests().size(), 2);
        stage.ask({u"list"_s, {}, u"nodes"_s});
        stage.ask({u"list"_s, {}, u"nodes"_s});
        QCOMPARE(stage.singles, 1);
        stage.now += Access::KeptMsecs - 1;
        stage.ask({u"list"_s, {}, u"nodes"_s});
        QCOMPARE(stage.singles, 1);
        stage.now += 1;
        stage.ask({u"list"_s, {}, u"nodes"_s});
        QCOMPARE(stage.singles, 2);
    }

    // Of several that wait for the same rules one may go: it is not kept until the server answers.
    void whoStopsWaitingIsAnsweredAtOnce()
    {
        Stage stage;
        stage.rulesCode = 0;
        std::stop_source stopping;
        const AccessQuestion question{u"patch"_s, u"getambassador.io"_s, u"mappings"_s, u"shop"_s};
        const auto stays = stage.access.ask(question);
        const auto goes = stage.access.ask(question, stopping.get_token());
        stopping.request_stop();
        QTRY_VERIFY(goes.isFinished());
        QVERIFY(!goes.result());
        QCOMPARE(goes.result().error().kind, Error::Kind::Cancelled);
        QVERIFY(!stays.isFinished());
    }

    void editsThatDoNotTouchAreJoined_data()
    {
        QTest::addColumn<QByteArray>("base");
        QTest::addColumn<QByteArray>("mine");
        QTest::addColumn<QByteArray>("theirs");
        QTest::addColumn<QByteArray>("merged");
        QTest::addColumn<QString>("conflicts");
        const auto row = [](const char *name, const char *base, const char *mine, const char *theirs,
                            const char *merged, const QString &conflicts = {}) {
            QTest::newRow(name) << QByteArray(base) << QByteArray(mine) << QByteArray(theirs)
                                << QByteArray(merged) << conflicts;
        };
        row("only mine", "{'a':1}", "{'a':2}", "{'a':1}", "{'a':2}");
        row("only theirs", "{'a':1}", "{'a':1}", "{'a':2}", "{'a':2}");
        row("both the same", "{'a':1}", "{'a':2}", "{'a':2}", "{'a':2}");
        row("two fields", "{'s':{'a':1,'b':1}}", "{'s':{'a':2,'b':1}}", "{'s':{'a':1,'b':2}}",
            "{'s':{'a':2,'b':2}}");
        row("I added, they removed", "{'a':1}", "{'a':1,'b':2}", "{}", "{'b':2}");
        row("I removed, they changed another", "{'a':1,'b':1}", "{'b':1}", "{'a':1,'b':2}", "{'b':2}");
        row("one field, two values", "{'s':{'a':1}}", "{'s':{'a':2}}", "{'s':{'a':3}}", "{'s':{'a':3}}",
            u"s.a"_s);
        row("I removed, they changed", "{'a':1}", "{}", "{'a':2}", "{'a':2}", u"a"_s);
        row("lists are one value", "{'l':[1]}", "{'l':[1,2]}", "{'l':[3]}", "{'l':[3]}", u"l"_s);
        row("both added objects", "{}", "{'m':{'a':1}}", "{'m':{'b':2}}", "{'m':{'a':1,'b':2}}");
        row("the server's fields are no edit",
            "{'metadata':{'resourceVersion':'1','name':'x'},'status':{'a':1}}",
            "{'metadata':{'resourceVersion':'1','name':'x'},'status':{'a':1},'s':1}",
            "{'metadata':{'resourceVersion':'9','name':'x'},'status':{'a':2}}",
            "{'metadata':{'name':'x'},'s':1}");
    }

    void editsThatDoNotTouchAreJoined()
    {
        QFETCH(QByteArray, base);
        QFETCH(QByteArray, mine);
        QFETCH(QByteArray, theirs);
        QFETCH(QByteArray, merged);
        QFETCH(QString, conflicts);
        const ThreeWay result = threeWay(object(base), object(mine), object(theirs));
        QCOMPARE(result.merged, object(merged));
        QStringList paths;
        for (const EditConflict &conflict : result.conflicts)
            paths.append(conflict.path);
        QCOMPARE(paths.join(u' '), conflicts);
    }

    // RFC 7386 by its own definition, on random objects.
    void aMergePatchLeadsFromOneToTheOther()
    {
        QRandomGenerator random(3);
        const std::function<QJsonObject(int)> make = [&](int depth) {
            QJsonObject made;
            for (int i = random.bounded(4); i > 0; --i) {
                const QString key(QChar(u'a' + random.bounded(4)));
                made.insert(key,
                            depth > 0 && random.bounded(2) ? QJsonValue(make(depth - 1))
                                                           : QJsonValue(random.bounded(3)));
            }
            return made;
        };
        const std::function<QJsonValue(QJsonValue, const QJsonObject &)> applied =
            [&](const QJsonValue &target, const QJsonObject &patch) -> QJsonValue {
            QJsonObject result = target.toObject();
            for (auto it = patch.begin(); it != patch.end(); ++it) {
                if (it.value().isNull())
                    result.remove(it.key());
                else
                    result.insert(it.key(),
                                  it.value().isObject()
                                      ? applied(result.value(it.key()), it.value().toObject())
                                      : it.value());
            }
            return result;
        };
        for (int i = 0; i < 2000; ++i) {
            const QJsonObject from = make(3), to = make(3);
            QCOMPARE(applied(from, mergePatch(from, to)).toObject(), to);
            const QJsonObject mine = make(3);
            const ThreeWay joined = threeWay(from, mine, to);
            QCOMPARE(applied(to, QJsonDocument::fromJson(joined.patch).object()).toObject(), joined.merged);
            QCOMPARE(threeWay(from, from, to).merged, to);
            QCOMPARE(threeWay(from, mine, from).merged, mine);
        }
    }

    void aClusterThatWasMadeAnewIsNoticed()
    {
        QByteArray uid = "one";
        int code = 200;
        ScriptedServer server([&](const ServerRequest &, const ServerReply &reply) {
            reply.answer(
                code,
                asJson("{'kind':'Namespace','apiVersion':'v1','metadata':{'name':'kube-system','uid':'" + uid
                       + "'}}"));
        });
        Transport transport(connectionTo(server.url()));
        Client client(transport);
        ClusterIdentity identity(client);
        QSignalSpy recreated(&identity, &ClusterIdentity::recreated);
        identity.check();
        QTRY_COMPARE(identity.uid(), u"one"_s);
        code = 403; // tells nothing
        identity.check();
        QTRY_COMPARE(server.requests().size(), 2);
        code = 200;
        uid = "two";
        Q_EMIT transport.resumed();
        QTRY_COMPARE(identity.uid(), u"two"_s);
        QCOMPARE(recreated.count(), 1);
    }
};

SALLYPORT_TEST(access_test, AccessTest)
#include "access_test.moc"
