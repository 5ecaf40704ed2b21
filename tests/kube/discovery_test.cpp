// SPDX-License-Identifier: GPL-3.0-or-later
// What servers of all ages say about what they serve; tables and printer columns of any kind.
#include "kube/discovery.h"
#include "kube/table.h"
#include "tests/kube/scripted_server.h"
#include "tests/support/shared_data.h"
#include "tests/support/test_class.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTcpServer>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace kube;

namespace {

QByteArray asJson(QByteArray text) { return text.replace('\'', '"'); }

const QByteArray aggregatedType = "application/json;as=APIGroupDiscoveryList;v=v2;g=apidiscovery.k8s.io";
const QByteArray aggregatedCore = asJson(
    "{'kind':'APIGroupDiscoveryList','items':[{'metadata':{'name':''},'versions':[{'version':'v1','freshness'"
    ":'Current','resources':["
    "{'resource':'pods','responseKind':{'group':'','version':'v1','kind':'Pod'},'scope':'Namespaced','"
    "singularResource':'pod','verbs':['get','list','watch'],'shortNames':['po'],'categories':['all'],"
    "'subresources':[{'subresource':'log','verbs':['get']},{'subresource':'status','verbs':['get','patch']}]}"
    ","
    "{'resource':'bindings','responseKind':{'kind':'Binding'},'scope':'Namespaced','verbs':['create']}]}]}]"
    "}");
const QByteArray aggregatedRest = asJson(
    "{'kind':'APIGroupDiscoveryList','items':["
    "{'metadata':{'name':'metrics.k8s.io'},'versions':[{'version':'v1beta1','freshness':'Stale','resources':["
    "{'resource':'pods','responseKind':{'kind':'PodMetrics'},'scope':'Namespaced','verbs':['get','list']}]}]}"
    ","
    "{'metadata':{'name':'getambassador.io'},'versions':["
    "{'version':'v2','resources':[{'resource':'mappings','responseKind':{'kind':'Mapping'},'scope':'"
    "Namespaced','singularResource':'mapping','verbs':['get','list','watch'],'shortNames':['mp']}]},"
    "{'version':'v3alpha1','resources':[{'resource':'mappings','responseKind':{'kind':'Mapping'},'scope':'"
    "Namespaced','singularResource':'mapping','verbs':['get','list','watch'],'shortNames':['mp']}]}]}]}");

Connection connectionTo(const QUrl &server)
{
    Connection connection;
    connection.context = u"dev"_s;
    connection.server = server;
    return connection;
}

struct Stage
{
    explicit Stage(ScriptedServer::Handler handler)
        : server(std::move(handler))
        , transport(connectionTo(server.url()))
        , client(transport)
        , discovery(client)
    {
    }
    Result<ApiCatalog> fetch()
    {
        const auto future = discovery.fetch();
        if (!QTest::qWaitFor([&future] { return future.isFinished(); }, 10'000))
            return failure(Error::Kind::Timeout, u"the test waited in vain"_s);
        return future.result();
    }
    ScriptedServer server;
    Transport transport;
    Client client;
    Discovery discovery;
};

void answerTyped(const ServerReply &reply, const QByteArray &type, const QByteArray &body,
                 const QByteArray &more = {})
{
    reply.raw("HTTP/1.1 200 OK\r\nContent-Type: " + type
              + "\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n" + more + "\r\n" + body);
}

} // namespace

class DiscoveryTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whoEndsBeforeTheAnswerIsNotAsked()
    {
        QFuture<Result<ApiCatalog>> catalog;
        QFuture<Result<Object>> applied;
        WriteOptions confirmed;
        confirmed.isConfirmed = true;
        {
            Stage stage([](const ServerRequest &, const ServerReply &) {}); // never answers
            catalog = stage.discovery.fetch();
            applied = stage.client.apply(types::services(), u"shop"_s, u"cart"_s, "{}", confirmed);
            QTRY_VERIFY(stage.server.requests().size() >= 2);
        }
        QVERIFY(catalog.isFinished() && applied.isFinished());
        QCOMPARE(int(catalog.result().error().kind), int(Error::Kind::Cancelled));
        QCOMPARE(int(applied.result().error().kind), int(Error::Kind::Cancelled));
    }

    // One root is enough to know that there will be no catalog: the other is not waited for as long once more.
    void whatFailsOnceIsNotWaitedForTwice()
    {
        Stage stage([](const ServerRequest &request, const ServerReply &reply) {
            if (request.target == "/api")
                reply.answer(500, "{}"); // the other never answers
        });
        const auto catalog = stage.fetch();
        QVERIFY(!catalog);
        QCOMPARE(catalog.error().httpStatus, 500);
    }

    void anAnswerThatIsNoneEndsItToo_data()
    {
        QTest::addColumn<QByteArray>("type");
        QTest::newRow("aggregated") << aggregatedType;
        QTest::newRow("legacy") << QByteArray("application/json");
    }

    void anAnswerThatIsNoneEndsItToo()
    {
        QFETCH(const QByteArray, type);
        Stage stage([&type](const ServerRequest &request, const ServerReply &reply) {
            if (request.target == "/api")
                answerTyped(reply, type, "[1"); // the other never answers
        });
        const auto catalog = stage.fetch();
        QVERIFY(!catalog);
        QCOMPARE(int(catalog.error().kind), int(Error::Kind::Protocol));
    }

    // What is known by then would pass for all that the server has.
    void whoGivesUpWhileGroupsAreReadGetsNoHalfCatalog()
    {
        std::stop_source stop;
        Stage stage([&stop](const ServerRequest &request, const ServerReply &reply) {
            if (request.target == "/api")
                return reply.answer(200, asJson("{'kind':'APIVersions','versions':['v1']}"));
            if (request.target == "/apis")
                return reply.answer(200, asJson("{'kind':'APIGroupList','groups':[]}"));
            stop.request_stop();
        });
        const auto future = stage.discovery.fetch(stop.get_token());
        QTRY_VERIFY_WITH_TIMEOUT(future.isFinished(), 10'000);
        QVERIFY(!future.result());
        QCOMPARE(int(future.result().error().kind), int(Error::Kind::Cancelled));
    }

    // TCP is accepted, and nothing speaks TLS: who waits for it waits once, and is told what it is.
    void aServerThatDoesNotSpeakIsWaitedForOnce()
    {
        QTcpServer silent;
        QVERIFY(silent.listen(QHostAddress::LocalHost));
        Connection connection = connectionTo(QUrl(u"https://127.0.0.1:%1"_s.arg(silent.serverPort())));
        connection.timeoutMs = 1500;
        Transport transport(connection);
        Client client(transport);
        Discovery discovery(client);
        int dialled = 0;
        connect(&silent, &QTcpServer::newConnection, this, [&dialled] { ++dialled; });
        const auto future = discovery.fetch();
        QTRY_VERIFY_WITH_TIMEOUT(future.isFinished(), 10'000);
        QCOMPARE(dialled, 1);
        QVERIFY2(future.result().error().message.contains(
                     u"it accepts connections, but does not answer in TLS within"_s),
                 qPrintable(future.result().error().message));
    }

    void aggregatedDiscoveryTakesTwoRequestsAndThenTwo304s()
    {
        Stage stage([](const ServerRequest &request, const ServerReply &reply) {
            if (request.headers.value("if-none-match") == "\"e1\"")
                return reply.raw("HTTP/1.1 304 Not Modified\r\nETag: \"e1\"\r\n\r\n");
            answerTyped(reply, aggregatedType, request.target == "/api" ? aggregatedCore : aggregatedRest,
                        "ETag: \"e1\"\r\n");
        });
        const Result<ApiCatalog> first = stage.fetch();
        QVERIFY2(first, qPrintable(first ? QString() : first.error().message));
        QCOMPARE(first->resources.size(), 5);
        QCOMPARE(stage.server.requests().size(), 2);
        QVERIFY(stage.server.requests().first().headers.value("accept").contains("v=v2beta1"));
        const ApiResource pods = first->resources.first();
        QCOMPARE(pods.type, (ResourceType{QString(), u"v1"_s, u"pods"_s, u"Pod"_s, true}));
        QCOMPARE(pods.subresources, (QStringList{u"log"_s, u"status"_s}));
        QVERIFY(pods.canWatch());
        QVERIFY(!first->resources[1].canWatch());
        QCOMPARE(first->staleGroups, QStringList{u"metrics.k8s.io/v1beta1"_s});
        QVERIFY(first->failures.first().contains(u"metrics.k8s.io/v1beta1: its server does not answer"_s));
        const Result<ApiCatalog> second = stage.fetch();
        QVERIFY(second);
        QCOMPARE(*second, *first);
        QCOMPARE(stage.server.requests().size(), 4);
    }

    void olderServersAreReadGroupByGroup()
    {
        Stage stage([](const ServerRequest &request, const ServerReply &reply) {
            if (request.target == "/api")
                return reply.answer(200, asJson("{'kind':'APIVersions','versions':['v1']}"));
            if (request.target == "/apis")
                return reply.answer(
                    200,
                    asJson(
                        "{'kind':'APIGroupList','groups':[{'name':'apps','versions':[{'groupVersion':'apps/"
                        "v1'}]},{'name':'broken.io','versions':[{'groupVersion':'broken.io/v1'}]}]}"));
            if (request.target == "/api/v1")
                return reply.answer(200,
                                    asJson("{'kind':'APIResourceList','groupVersion':'v1','resources':[{'"
                                           "name':'pods','singularName':'','namespaced':true,'kind':'Pod','"
                                           "verbs':['get','list','watch'],'shortNames':['po']},"
                                           "{'name':'pods/"
                                           "log','namespaced':true,'kind':'Pod','verbs':['get']},{'name':'"
                                           "nodes','namespaced':false,'kind':'Node','verbs':['list']}]}"));
            if (request.target == "/apis/apps/v1")
                return reply.answer(
                    200,
                    asJson("{'kind':'APIResourceList','groupVersion':'apps/"
                           "v1','resources':[{'name':'deployments','namespaced':true,'kind':'Deployment','"
                           "verbs':['list'],'shortNames':['deploy'],'categories':['all']}]}"));
            reply.answer(503, "{}");
        });
        const Result<ApiCatalog> catalog = stage.fetch();
        QVERIFY2(catalog, qPrintable(catalog ? QString() : catalog.error().message));
        QCOMPARE(catalog->resources.size(), 3);
        QCOMPARE(catalog->find(u"po"_s)->subresources, QStringList{u"log"_s});
        QVERIFY(!catalog->find(u"nodes"_s)->type.namespaced);
        QCOMPARE(catalog->find(u"deploy"_s)->type.apiVersion(), u"apps/v1"_s);
        QCOMPARE(catalog->inCategory(u"all"_s).size(), 1);
        QCOMPARE(catalog->failures.size(), 1);
        QVERIFY(catalog->failures.first().startsWith(u"broken.io/v1: "_s));
    }

    void aServerWithoutACoreIsOne_data()
    {
        QTest::addColumn<QByteArray>("unserved"); // of what 404 comes
        QTest::addColumn<QString>("words");       // of the catalog's failure, or of the error
        QTest::addColumn<bool>("isRead");
        QTest::newRow("an aggregated server")
            << QByteArray("/api") << u"/api: this server has no core kinds (404)"_s << true;
        QTest::newRow("no groups") << QByteArray("/apis") << u"without /apis nobody can say what"_s << false;
        QTest::newRow("neither") << QByteArray("/api /apis") << u"neither /api nor /apis is served there"_s
                                 << false;
    }
    void aServerWithoutACoreIsOne()
    {
        QFETCH(QByteArray, unserved);
        QFETCH(QString, words);
        QFETCH(bool, isRead);
        Stage stage([&unserved](const ServerRequest &request, const ServerReply &reply) {
            if (unserved.split(' ').contains(request.target))
                return reply.answer(404, "404 page not found");
            answerTyped(reply, aggregatedType, request.target == "/api" ? aggregatedCore : aggregatedRest);
        });
        const Result<ApiCatalog> catalog = stage.fetch();
        QCOMPARE(bool(catalog), isRead);
        const QString said = catalog ? catalog->failures.join(u'\n') : catalog.error().message;
        QVERIFY2(said.contains(words), qPrintable(said));
        if (catalog)
            QVERIFY(catalog->find(u"mappings"_s));
        else
            QCOMPARE(catalog.error().httpStatus, 404);
    }

    void withoutAnAnswerThereIsNoCatalog()
    {
        Stage stage([](const ServerRequest &, const ServerReply &reply) {
            reply.answer(
                403,
                asJson(
                    "{'kind':'Status','status':'Failure','code':403,'reason':'Forbidden','message':'no'}"));
        });
        const Result<ApiCatalog> catalog = stage.fetch();
        QVERIFY(!catalog);
        QCOMPARE(int(catalog.error().kind), int(Error::Kind::Forbidden));
    }

    void namesAreUnderstoodAsKubectlDoes_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("expected");
        const auto row = [](const QString &name, const QString &expected) {
            QTest::addRow("%s", qPrintable(name)) << name << expected;
        };
        row(u"po"_s, u"v1 pods"_s);
        row(u"pod"_s, u"v1 pods"_s);
        row(u"Pod"_s, u"v1 pods"_s);
        row(u"pods"_s, u"v1 pods"_s);
        row(u"pods.metrics.k8s.io"_s, u"metrics.k8s.io/v1beta1 pods"_s);
        row(u"mp"_s, u"getambassador.io/v2 mappings"_s);
        row(u"mappings.getambassador.io"_s, u"getambassador.io/v2 mappings"_s);
        row(u"mappings.v3alpha1.getambassador.io"_s, u"getambassador.io/v3alpha1 mappings"_s);
        row(u"mappings.getambassador"_s, u"getambassador.io/v2 mappings"_s);
        row(u"mappings.example.com"_s, {});
        row(u"nothing"_s, {});
    }

    void namesAreUnderstoodAsKubectlDoes()
    {
        QFETCH(QString, name);
        QFETCH(QString, expected);
        ApiCatalog catalog = *readAggregated(aggregatedCore);
        catalog.resources += readAggregated(aggregatedRest)->resources;
        const ApiResource *found = catalog.find(name);
        QCOMPARE(found ? QString(found->type.apiVersion() + u' ' + found->type.plural) : QString(), expected);
    }

    void theVersionIsOurChoice()
    {
        const ApiCatalog catalog = *readAggregated(aggregatedRest);
        QCOMPARE(catalog.versions(u"getambassador.io"_s, u"Mapping"_s),
                 (QStringList{u"v2"_s, u"v3alpha1"_s}));
        QCOMPARE(catalog.find(u"getambassador.io"_s, u"Mapping"_s, {u"v3alpha1"_s, u"v2"_s})->type.version,
                 u"v3alpha1"_s);
        QCOMPARE(catalog.find(u"getambassador.io"_s, u"mappings"_s, {u"v9"_s, u"v2"_s})->type.version,
                 u"v2"_s);
        QCOMPARE(catalog.find(u"getambassador.io"_s, u"mappings"_s)->type.version, u"v2"_s);
        QVERIFY(!catalog.find(u"getambassador.io"_s, u"mappings"_s, {u"v9"_s}));
    }

    void theContentTypeDecides_data()
    {
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<QString>("version");
        QTest::newRow("v2") << QByteArray(
            "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList")
                            << u"v2"_s;
        QTest::newRow("another order, spaces")
            << QByteArray("application/json; as=APIGroupDiscoveryList; v=v2beta1; g=apidiscovery.k8s.io")
            << u"v2beta1"_s;
        QTest::newRow("quoted, in capitals")
            << QByteArray("Application/JSON;charset=\"utf-8\"; G=\"apidiscovery.k8s.io\";"
                          "V=\"v2\";As=\"APIGroupDiscoveryList\"")
            << u"v2"_s;
        QTest::newRow("a semicolon in quotes") << QByteArray(
            "application/json;x=\"a;v=v2beta1\\\"\";g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList")
                                               << u"v2"_s;
        QTest::newRow("no JSON") << QByteArray(
            "application/cbor;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList")
                                 << QString();
        QTest::newRow("legacy") << QByteArray("application/json") << QString();
        QTest::newRow("legacy, quoted") << QByteArray("application/json; charset=\"utf-8\"") << QString();
        QTest::newRow("a later one") << QByteArray(
            "application/json;g=apidiscovery.k8s.io;v=v3;as=APIGroupDiscoveryList")
                                     << QString();
        QTest::newRow("a table") << QByteArray("application/json;g=meta.k8s.io;v=v2;as=Table") << QString();
    }

    void theContentTypeDecides()
    {
        QFETCH(QByteArray, type);
        QFETCH(QString, version);
        QCOMPARE(aggregatedVersion(type), version);
    }

    void tablesOfRealServersAreRead_data()
    {
        QTest::addColumn<QString>("file");
        QTest::newRow("1.37.2") << u"conformance/golden-1.37.2.jsonl"_s;
        QTest::newRow("1.26.5") << u"conformance/golden-1.26.5.jsonl"_s;
    }

    void tablesOfRealServersAreRead()
    {
        QFETCH(QString, file);
        const auto text = sharedFile(file.toStdString());
        if (!text)
            QSKIP("skipped: the transcripts of real API servers are not here");
        int tables = 0;
        for (const QByteArray &line : QByteArray::fromStdString(*text).split('\n')) {
            const QJsonObject body = QJsonDocument::fromJson(line).object()[u"body"].toObject();
            if (body[u"kind"].toString() != u"Table" || !body.contains(u"columnDefinitions"))
                continue;
            ++tables;
            const Result<Table> table = readTable(types::pods(), QJsonDocument(body).toJson());
            QVERIFY(table);
            QCOMPARE(table->columns.first().name, u"Name"_s);
            for (const TableRow &row : table->rows) {
                QCOMPARE(row.cells.size(), table->columns.size());
                QCOMPARE(row.cells.first(), row.object.name);
            }
        }
        QVERIFY(tables > 0);
    }

    void aTableKeepsNoCopyOfAnObject()
    {
        const Result<Table> table = readTable(
            types::pods(),
            asJson(
                "{'kind':'Table','metadata':{'resourceVersion':'7','remainingItemCount':3},'"
                "columnDefinitions':[{"
                "'name':'Name','type':'string'},{'name':'Age','type':'integer','priority':1}],"
                "'rows':[{'cells':['s',5],'object':{'kind':'PartialObjectMetadata','metadata':{'name':'s','"
                "annotations':{'kubectl.kubernetes.io/"
                "last-applied-configuration':'{PLANTED}','keep':'x'},'managedFields':[{'a':1}]}}},"
                "{'cells':[null,null],'object':{'metadata':{'resourceVersion':'9'}}}]}"));
        QVERIFY(table);
        QCOMPARE(table->rows.size(), 1); // a bookmark's row of nothing is none
        QCOMPARE(table->rows.first().cells, (QStringList{u"s"_s, u"5"_s}));
        QVERIFY(!table->rows.first().object.json.contains("PLANTED")
                && !table->rows.first().object.json.contains("managedFields"));
        QVERIFY(table->rows.first().object.json.contains("keep"));
        QCOMPARE(table->remaining, 3);
        QVERIFY(!readTable(types::pods(), "{\"kind\":\"PodList\"}"));
    }

    void whatAServerSendsInsteadOfATableIsRead_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QString>("shown"); // its rows, or the words of the error
        const QByteArray pod = "{'kind':'Pod','apiVersion':'v1','metadata':{'name':'p','creationTimestamp':"
                               "'2026-11-27T07:00:00Z'}}";
        QTest::newRow("a list") << asJson(
            "{'kind':'PodList','apiVersion':'v1','metadata':{'continue':'x'},'items':[" + pod + "]}")
                                << u"Name Age: p 29h"_s;
        QTest::newRow("an empty list")
            << asJson("{'kind':'PodList','apiVersion':'v1','metadata':{},'items':[]}") << u"Name Age:"_s;
        QTest::newRow("an empty list of Go's")
            << asJson("{'kind':'PodList','apiVersion':'v1','metadata':{},'items':null}") << u"Name Age:"_s;
        QTest::newRow("a table without rows of Go's")
            << asJson("{'kind':'Table','columnDefinitions':[{'name':'Ready'}],'rows':null}") << u"Ready:"_s;
        QTest::newRow("an object") << asJson(pod) << u"Name Age: p 29h"_s;
        QTest::newRow("no age") << asJson("{'kind':'Pod','apiVersion':'v1','metadata':{'name':'q'}}")
                                << u"Name Age: q <unknown>"_s;
        QTest::newRow("a web page") << QByteArray("<html><body>Sign in")
                                    << u"pods: the answer is a web page; a proxy"_s;
        QTest::newRow("cut") << asJson("{'kind':'Table','rows':[")
                             << u"pods: the answer is broken JSON (unterminated array"_s;
        QTest::newRow("a refusal with 200")
            << asJson("{'kind':'Status','apiVersion':'v1','status':'Failure','message':'no pods today',"
                      "'reason':'InternalError','code':500}")
            << u"no pods today"_s;
    }
    void whatAServerSendsInsteadOfATableIsRead()
    {
        QFETCH(QByteArray, body);
        QFETCH(QString, shown);
        const QDateTime now(QDate(2026, 11, 28), QTime(12, 0), Qt::UTC);
        const Result<Table> table = readTableOrObjects(types::pods(), body, now);
        QStringList words;
        for (const TableColumn &column : table ? table->columns : QList<TableColumn>())
            words.append(column.name);
        QString text = table ? words.join(u' ') + u':' : table.error().message;
        for (const TableRow &row : table ? table->rows : QList<TableRow>())
            text += u' ' + row.cells.join(u' ');
        QVERIFY2(text.contains(shown), qPrintable(text));
    }

    // Whether the server sends metadata alone (includeObject=Metadata) or the whole.
    void aTableOfSecretsKeepsNothingSecret()
    {
        const Result<Table> table =
            readTable(types::secrets(),
                      asJson("{'kind':'Table','columnDefinitions':[{'name':'Name','type':'string'}],'rows':["
                             "{'cells':['a'],'object':{'kind':'PartialObjectMetadata','metadata':{'name':'a',"
                             "'annotations':{"
                             "'meta.helm.sh/release-name':'kept','corp.example/backup':'PLANTED',"
                             "'kubectl.kubernetes.io/last-applied-configuration':'{PLANTED}'}}}},"
                             "{'cells':['b'],'object':{'kind':'Secret','metadata':{'name':'b','annotations':{"
                             "'kubernetes.io/change-cause':'PLANTED'}},'data':{'password':'UExBTlRFRA=='},"
                             "'stringData':{'password':'PLANTED'}}}]}"));
        QVERIFY2(table, qPrintable(table ? QString() : table.error().message));
        QCOMPARE(table->rows.size(), 2);
        for (const TableRow &row : table->rows)
            QVERIFY2(!row.object.json.contains("PLANTED") && !row.object.json.contains("UExBTlRFRA"),
                     row.object.json.constData());
        QVERIFY(table->rows.first().object.json.contains("kept"));
    }
};

SALLYPORT_TEST(discovery_test, DiscoveryTest)
#include "discovery_test.moc"
