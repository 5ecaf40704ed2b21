// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/client.h"
#include "kube/client_call.h"
#include "kube/client_side_apply.h"
#include "kube/prometheus.h"
#include "kube/status.h"
#include "kube/transfer.h"
#include "kube/transport_error.h"
#include "tests/kube/scripted_api.h"
#include "tests/support/shared_data.h"
#include "tests/support/test_class.h"

#include <QFile>
#include <QFutureWatcher>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>
#include <QThread>

#include <cmath>

using namespace Qt::StringLiterals;
using namespace kube;
using namespace std::chrono_literals;

namespace {

Connection connectionTo(const QUrl &server)
{
    Connection connection;
    connection.context = u"dev"_s;
    connection.cluster = u"c"_s;
    connection.user = u"jane"_s;
    connection.file = u"config"_s;
    connection.server = server;
    connection.mode = WriteMode::Normal;
    return connection;
}

// A server that answers what the test says next, and a client on it.
struct Stage
{
    struct Scripted
    {
        int status = 200; // 0: the connection is cut
        QByteArray body = "{}";
        QByteArray headers;
    };

    Stage()
        : server([this](const ServerRequest &, const ServerReply &reply) {
            if (answers.isEmpty())
                return; // never answers
            const Scripted next = answers.takeFirst();
            next.status == 0 ? reply.cut() : reply.answer(next.status, next.body, next.headers);
        })
        , transport(connectionTo(server.url()))
        , client(std::make_unique<Client>(transport))
    {
    }

    QList<Scripted> answers;
    ScriptedServer server;
    Transport transport;
    std::unique_ptr<Client> client;
};

template<typename T>
bool finishes(const QFuture<T> &future)
{
    return QTest::qWaitFor([&future] { return future.isFinished(); }, 10'000);
}

const QByteArray podBody = podJson(u"web"_s, 7);

} // namespace

class ClientTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pathsFollowGroupScopeAndName_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("expected");
        QTest::newRow("core, all") << types::pods().path({}) << u"/api/v1/pods"_s;
        QTest::newRow("core, one") << types::pods().path(u"shop"_s, u"web"_s)
                                   << u"/api/v1/namespaces/shop/pods/web"_s;
        QTest::newRow("cluster-scoped")
            << types::namespaces().path(u"ignored"_s, u"shop"_s) << u"/api/v1/namespaces/shop"_s;
        QTest::newRow("group") << types::mappings(u"v2"_s).path(u"shop"_s)
                               << u"/apis/getambassador.io/v2/namespaces/shop/mappings"_s;
        QTest::newRow("odd name") << types::pods().path(u"shop"_s, u"a/b c"_s)
                                  << u"/api/v1/namespaces/shop/pods/a%2Fb%20c"_s;
        QTest::newRow("service proxy")
            << serviceProxyPath(u"istio-system"_s, u"prometheus"_s, u"9090"_s, u"api/v1/query?query=up"_s)
            << u"/api/v1/namespaces/istio-system/services/prometheus:9090/proxy/api/v1/query?query=up"_s;
    }

    void pathsFollowGroupScopeAndName()
    {
        QFETCH(QString, path);
        QFETCH(QString, expected);
        QCOMPARE(path, expected);
    }

    void getAnswersTheObject()
    {
        Stage stage;
        stage.answers = {{200, podBody, {}}};
        const auto future = stage.client->get(types::pods(), u"shop"_s, u"web"_s);
        QVERIFY(finishes(future));
        QVERIFY(future.result());
        QCOMPARE(future.result()->key(), u"shop/web"_s);
        QCOMPARE(stage.server.requests().first().target, QByteArray("/api/v1/namespaces/shop/pods/web"));
    }

    void theVersionComesWithItsRoundTrip()
    {
        Stage stage;
        stage.answers = {{200, "{\"gitVersion\":\"v1.37.2\"}", {}}, {200, "<html>", {}}};
        const auto good = stage.client->version();
        QVERIFY(finishes(good));
        QCOMPARE(good.result()->gitVersion, u"v1.37.2"_s);
        QVERIFY(good.result()->roundTripMs >= 0);
        const auto bad = stage.client->version();
        QVERIFY(finishes(bad));
        QVERIFY(bad.result().error().message.contains(u"is this the address of a Kubernetes API server"_s));
    }

    void theServersClockIsComparedWithOurs_data()
    {
        QTest::addColumn<QByteArray>("date"); // "" none
        QTest::addColumn<std::optional<qint64>>("ahead");
        const auto dated = [](qint64 ahead) -> QByteArray {
            return "Date: "
                + QLocale::c()
                      .toString(QDateTime::currentDateTimeUtc().addSecs(ahead),
                                u"ddd, dd MMM yyyy hh:mm:ss 'GMT'"_s)
                      .toLatin1()
                + "\r\n";
        };
        QTest::newRow("equal") << dated(0) << std::optional<qint64>(0);
        QTest::newRow("ahead") << dated(3600) << std::optional<qint64>(3600);
        QTest::newRow("behind") << dated(-86400) << std::optional<qint64>(-86400);
        QTest::newRow("none") << QByteArray() << std::optional<qint64>();
        QTest::newRow("no date") << QByteArray("Date: yesterday\r\n") << std::optional<qint64>();
    }
    void theServersClockIsComparedWithOurs()
    {
        QFETCH(QByteArray, date);
        QFETCH(std::optional<qint64>, ahead);
        Stage stage;
        stage.answers = {{200, "{\"gitVersion\":\"v1.37.2\"}", date}};
        const auto version = stage.client->version();
        QVERIFY(finishes(version));
        const std::optional<qint64> found = version.result()->clockAheadSeconds;
        QCOMPARE(found.has_value(), ahead.has_value());
        QVERIFY(!ahead || std::abs(*found - *ahead) <= 10); // the row was made before the test ran
    }

    void writesSayWhoAndHow()
    {
        Stage stage;
        stage.answers = QList<Stage::Scripted>(5, {201, podBody, {}});
        WriteOptions dry;
        dry.dryRun = true;
        dry.uidPrecondition = u"uid-7"_s;
        dry.resourceVersionPrecondition = u"41"_s;
        QVERIFY(finishes(stage.client->create(types::pods(), u"shop"_s, "{\"new\":1}", dry)));
        QVERIFY(finishes(stage.client->mergePatch(types::pods(), u"shop"_s, u"web"_s, "{\"spec\":null}")));
        QVERIFY(finishes(stage.client->replace(types::pods(), u"shop"_s, u"web"_s, "{\"all\":1}")));
        QVERIFY(finishes(stage.client->remove(types::pods(), u"shop"_s, u"web"_s, dry)));
        QVERIFY(finishes(stage.client->jsonPatch(types::pods(), u"shop"_s, u"web"_s, "[]")));
        const QList<ServerRequest> seen = stage.server.requests();
        QCOMPARE(seen[0].method, QByteArray("POST"));
        QCOMPARE(seen[0].path(), QByteArray("/api/v1/namespaces/shop/pods"));
        QCOMPARE(seen[0].query("fieldManager"), QByteArray("sallyport"));
        QCOMPARE(seen[0].query("dryRun"), QByteArray("All"));
        for (int i = 0; i < 5; ++i) // else the server drops a misspelt field without a word
            QCOMPARE(seen[i].query("fieldValidation"), QByteArray(i == 3 ? "" : "Strict"));
        QCOMPARE(seen[0].body, QByteArray("{\"new\":1}"));
        QCOMPARE(seen[1].method, QByteArray("PATCH"));
        QCOMPARE(seen[1].headers.value("content-type"), QByteArray("application/merge-patch+json"));
        QVERIFY(seen[1].query("dryRun").isEmpty());
        QCOMPARE(seen[2].method, QByteArray("PUT"));
        QCOMPARE(seen[2].headers.value("content-type"), QByteArray("application/json"));
        QCOMPARE(seen[3].method, QByteArray("DELETE"));
        const QJsonObject options = QJsonDocument::fromJson(seen[3].body).object();
        QCOMPARE(options[u"preconditions"][u"uid"].toString(), u"uid-7"_s);
        QCOMPARE(options[u"preconditions"][u"resourceVersion"].toString(), u"41"_s);
        QCOMPARE(options[u"dryRun"].toArray().first().toString(), u"All"_s);
        QCOMPARE(seen[4].method, QByteArray("PATCH"));
        QCOMPARE(seen[4].headers.value("content-type"), QByteArray("application/json-patch+json"));
    }

    void everyWriteCanBeTriedAndHasAConnectionOfItsOwn_data()
    {
        QTest::addColumn<QString>("verb");
        for (const char *verb :
             {"create", "replace", "merge patch", "JSON patch", "strategic patch", "apply", "remove"})
            QTest::newRow(verb) << QString::fromLatin1(verb);
    }
    void whatNamesNothingIsNotSent_data()
    {
        QTest::addColumn<QString>("nameSpace");
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("part"); // of the message; "" it is sent
        QTest::newRow("usual") << u"shop"_s << u"web"_s << QString();
        QTest::newRow("a role's name") << u"shop"_s << u"system:x.y"_s << QString();
        QTest::newRow("dots within") << u"shop"_s << u"..web"_s << QString();
        QTest::newRow("up from the name") << u"shop"_s << u".."_s << u"“..” names nothing"_s;
        QTest::newRow("the collection itself") << u"shop"_s << u"."_s << u"“.” names nothing"_s;
        QTest::newRow("no name") << u"shop"_s << QString() << u"it would be all of them"_s;
        QTest::newRow("up from the namespace") << u"../x"_s << u"web"_s << u"“../x” names nothing"_s;
        QTest::newRow("another namespace's") << u"proxy"_s << u"../web"_s << u"“../web” names nothing"_s;
        QTest::newRow("encoded by hand") << u"a%2Fb"_s << u"web"_s << u"“a%2Fb” names nothing"_s;
    }
    // "DELETE …/pods/.." and "DELETE …/pods/" are other objects' ends.
    void whatNamesNothingIsNotSent()
    {
        QFETCH(QString, nameSpace);
        QFETCH(QString, name);
        QFETCH(QString, part);
        Stage stage;
        stage.answers = QList<Stage::Scripted>(5, {200, podBody, {}});
        WriteOptions options;
        options.isConfirmed = true;
        Client &client = *stage.client;
        QStringList messages;
        const auto hear = [&](const auto &future) {
            QVERIFY(finishes(future));
            const auto result = future.result();
            messages << (result ? QString() : result.error().message);
        };
        hear(client.remove(types::pods(), nameSpace, name, options));
        hear(client.replace(types::pods(), nameSpace, name, "{}", options));
        hear(client.mergePatch(types::pods(), nameSpace, name, "{}", options));
        hear(client.apply(types::pods(), nameSpace, name, "{}", options));
        if (!name.isEmpty()) // else it is a list
            hear(client.get(types::pods(), nameSpace, name));
        for (const QString &message : messages)
            QVERIFY2(part.isEmpty() ? message.isEmpty() : message.contains(part), qPrintable(message));
        QCOMPARE(stage.server.requests().size(), part.isEmpty() ? messages.size() : 0);
    }

    // A kept connection may be dead, by which curl would send again what may have been done.
    void everyWriteCanBeTriedAndHasAConnectionOfItsOwn()
    {
        QFETCH(QString, verb);
        Stage stage;
        stage.answers = QList<Stage::Scripted>(2, {200, podBody, {}});
        QVERIFY(finishes(stage.client->get(types::pods(), u"shop"_s, u"web"_s)));
        WriteOptions dry;
        dry.dryRun = true;
        const ResourceType type = types::pods();
        Client &client = *stage.client;
        const auto write = [&]() -> QFuture<Result<Object>> {
            if (verb == u"create")
                return client.create(type, u"shop"_s, "{}", dry);
            if (verb == u"replace")
                return client.replace(type, u"shop"_s, u"web"_s, "{}", dry);
            if (verb == u"apply")
                return client.apply(type, u"shop"_s, u"web"_s, "{}", dry);
            const PatchType how = verb == u"merge patch" ? PatchType::Merge
                : verb == u"JSON patch"                  ? PatchType::Json
                                                         : PatchType::Strategic;
            return client.patch(how, type, u"shop"_s, u"web"_s, "{}", dry);
        };
        if (verb == u"remove")
            QVERIFY(finishes(client.remove(type, u"shop"_s, u"web"_s, dry)));
        else
            QVERIFY(finishes(write()));
        QCOMPARE(stage.server.requests().size(), 2);
        QCOMPARE(stage.server.requests().constLast().query("dryRun"), QByteArray("All"));
        QCOMPARE(stage.server.connections(), 2);
        QTRY_COMPARE(stage.server.openConnections(), 1);
    }

    void aRawWriteHasAConnectionOfItsOwnToo()
    {
        Stage stage;
        stage.answers = QList<Stage::Scripted>(2, {200, podBody, {}});
        QVERIFY(finishes(stage.client->get(types::pods(), u"shop"_s, u"web"_s)));
        QVERIFY(finishes(stage.client->rawWrite("POST", u"/_sim/api-slow"_s)));
        QCOMPARE(stage.server.connections(), 2);
    }

    void aDeletionSaysHow_data()
    {
        QTest::addColumn<QString>("propagation"); // "": unsaid
        QTest::addColumn<int>("grace");
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("as it is by itself")
            << QString() << -1
            << QByteArray(R"({"apiVersion":"v1","kind":"DeleteOptions","propagationPolicy":"Background"})");
        QTest::newRow("at once, with what it owns")
            << u"Foreground"_s << 0
            << QByteArray(
                   R"({"apiVersion":"v1","gracePeriodSeconds":0,"kind":"DeleteOptions","propagationPolicy":"Foreground"})");
        QTest::newRow("alone")
            << u"Orphan"_s << 30
            << QByteArray(
                   R"({"apiVersion":"v1","gracePeriodSeconds":30,"kind":"DeleteOptions","propagationPolicy":"Orphan"})");
    }
    void aDeletionSaysHow()
    {
        QFETCH(QString, propagation);
        QFETCH(int, grace);
        Stage stage;
        stage.answers = {{200, podBody, {}}};
        WriteOptions options;
        if (!propagation.isEmpty())
            options.propagation = propagation;
        options.gracePeriodSeconds = grace;
        QVERIFY(finishes(stage.client->remove(types::pods(), u"shop"_s, u"web"_s, options)));
        QTEST(stage.server.requests().constLast().body, "body");
    }

    void aDryRunWithoutAVersionIsRead()
    {
        Stage stage;
        stage.answers = {
            {201, "{\"kind\":\"Pod\",\"metadata\":{\"name\":\"web\",\"creationTimestamp\":null}}", {}}};
        const auto future = stage.client->create(types::pods(), u"shop"_s, "{}");
        QVERIFY(finishes(future));
        QVERIFY(future.result());
        QVERIFY(future.result()->creationTimestamp.isEmpty());
    }

    void listsAreReadPageByPage()
    {
        ScriptedApi api;
        for (int i = 0; i < 8; ++i)
            api.put(u"p%1"_s.arg(i));
        api.pageSize = 3;
        Transport transport(connectionTo(api.server.url()));
        Client client(transport);
        const auto whole = client.list(types::pods());
        QVERIFY(finishes(whole));
        QCOMPARE(whole.result()->items.size(), 8);
        QCOMPARE(whole.result()->resourceVersion, u"108"_s);
        QCOMPARE(api.lists,
                 (QByteArrayList{"/api/v1/pods?limit=500", "/api/v1/pods?limit=500&continue=3",
                                 "/api/v1/pods?limit=500&continue=6"}));
        api.failPages = 1; // expired between two pages: once more, in one piece
        const auto again = client.list(types::pods(), u"shop"_s);
        QVERIFY(finishes(again));
        QCOMPARE(again.result()->items.size(), 8);
        QCOMPARE(api.lists.last(), QByteArray("/api/v1/namespaces/shop/pods"));
    }

    void aRefusalOfNobodyNamesTheContext_data()
    {
        QTest::addColumn<QString>("user");
        QTest::addColumn<QByteArray>("token");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("words");
        QTest::newRow("a user who is nowhere")
            << u"other"_s << QByteArray() << 401
            << u"without credentials: context “dev” in /k names the user “other”, who is nowhere or has none"_s;
        QTest::newRow("no user, forbidden") << QString() << QByteArray() << 403
                                            << u"without credentials: context “dev” in /k names no user"_s;
        QTest::newRow("one with a token")
            << u"jane"_s << QByteArray("t") << 401 << u"does not accept the credentials of user “jane”"_s;
        QTest::newRow("one with a token, forbidden")
            << u"jane"_s << QByteArray("t") << 403 << u"ask whoever manages this cluster"_s;
    }
    void aRefusalOfNobodyNamesTheContext()
    {
        QFETCH(QString, user);
        QFETCH(QByteArray, token);
        QFETCH(int, status);
        QFETCH(QString, words);
        Connection connection;
        connection.context = u"dev"_s;
        connection.file = u"/k"_s;
        connection.user = user;
        connection.token = token;
        const Error error =
            errorFromResponse({status, statusJson(status, "X", "no"), {}, {}, 0}, u"GET /x"_s, connection);
        QVERIFY2(error.message.contains(words), qPrintable(error.message));
    }

    void aRefusalNamesWhereCredentialsComeFrom_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("words");
        const QString user = u"user “jane” in /users"_s;
        QTest::newRow("a token") << u"token"_s << u": sign in again or renew them in /users"_s;
        QTest::newRow("a file with one")
            << u"file"_s << u": renew the token in /run/token, the tokenFile of "_s + user;
        QTest::newRow("a program") << u"exec"_s
                                   << u": sign in again with /bin/login, the program that "_s + user;
        QTest::newRow("a file with a certificate")
            << u"certificate"_s << u": renew the client certificate in /run/jane.crt, which "_s + user;
    }
    void aRefusalNamesWhereCredentialsComeFrom()
    {
        QFETCH(const QString, kind);
        QFETCH(const QString, words);
        Connection connection;
        connection.file = u"/k"_s;
        connection.userFile = u"/users"_s;
        connection.user = u"jane"_s;
        connection.token = "t";
        if (kind == "file"_L1)
            connection.tokenFile = u"/run/token"_s;
        if (kind == "exec"_L1)
            connection.exec.emplace().command = u"/bin/login"_s;
        if (kind == "certificate"_L1) {
            connection.token.clear();
            connection.certificateFile = u"/run/jane.crt"_s;
            connection.clientCertificate = "x";
        }
        const Error error =
            errorFromResponse({401, statusJson(401, "X", "no"), {}, {}, 0}, u"GET /x"_s, connection);
        QVERIFY2(error.message.contains(words), qPrintable(error.message));
    }

    void aWrongAddressIsSaid_data()
    {
        QTest::addColumn<QString>("server");
        QTest::addColumn<QString>("where");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QString>("words"); // "": none about the address
        const QByteArray tls = "Client sent an HTTP request to an HTTPS server.\n",
                         none = "404 page not found\n";
        const QString path =
            u"; every API server has that, so https://h:6443/k8s is not the address of one: check "
            u"its path in the server of cluster “c” in /k"_s;
        QTest::newRow("without TLS")
            << u"http://h:6443"_s << u"GET /version"_s << 400 << tls
            << u"; that port speaks TLS: write https:// in the server of cluster “c” in /k"_s;
        QTest::newRow("another path") << u"https://h:6443/k8s"_s << u"GET /version"_s << 404 << none << path;
        QTest::newRow("a kind that is not served")
            << u"https://h:6443/k8s"_s << u"GET /apis/x.io/v1/gadgets"_s << 404 << none << QString();
        QTest::newRow("a 400 of another kind")
            << u"https://h:6443"_s << u"GET /version"_s << 400 << QByteArray("no") << QString();
    }
    void aWrongAddressIsSaid()
    {
        QFETCH(const QString, server);
        QFETCH(const QString, where);
        QFETCH(const int, status);
        QFETCH(const QByteArray, body);
        QFETCH(const QString, words);
        Connection connection;
        connection.file = u"/k"_s;
        connection.cluster = u"c"_s;
        connection.user = u"jane"_s;
        connection.server = QUrl(server);
        const Error error = errorFromResponse({status, body, "text/plain", {}, 0}, where, connection);
        QVERIFY2(words.isEmpty() ? !error.message.contains(u"the server of"_s)
                                 : error.message.endsWith(words),
                 qPrintable(error.message));
    }

    void refusalsAreReadable_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("message");
        const auto row = [](const char *name, int status, const QByteArray &body, const QByteArray &type,
                            Error::Kind kind, const QString &message) {
            QTest::newRow(name) << status << body << type << int(kind) << message;
        };
        row("status", 404, statusJson(404, "NotFound", "pods web not found"), "application/json",
            Error::Kind::NotFound, u"GET /x: pods web not found"_s);
        row("exists", 409, statusJson(409, "AlreadyExists", "m1 exists"), "application/json",
            Error::Kind::Conflict, u"GET /x: m1 exists"_s);
        row("text", 500, "impersonation needs a user\n", "text/plain; charset=utf-8", Error::Kind::Server,
            u"GET /x: HTTP 500: impersonation needs a user"_s);
        row("html", 503, "<html><h1>Login</h1>", "text/html", Error::Kind::Server,
            u"something between may have answered"_s);
        row("endless text", 400, QByteArray(5000, 'x'), "text/plain", Error::Kind::Invalid,
            u"the answer was no message of an API server"_s);
        row("nothing", 504, "", "", Error::Kind::Timeout, u"GET /x: HTTP 504"_s);
        row("half a status", 403, "{\"kind\":\"Status\",\"mess", "application/json", Error::Kind::Forbidden,
            u"HTTP 403"_s);
        row("prometheus", 400,
            "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"parse error at 1\"}",
            "application/json", Error::Kind::Invalid, u"parse error at 1"_s);
    }

    void refusalsAreReadable()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        QFETCH(QByteArray, type);
        QFETCH(int, kind);
        QFETCH(QString, message);
        const Error error = errorFromResponse({status, body, type, {}, 3}, u"GET /x"_s);
        QCOMPARE(int(error.kind), kind);
        QCOMPARE(error.httpStatus, status);
        QCOMPARE(error.retryAfterSeconds, 3);
        QVERIFY2(error.message.contains(message), qPrintable(error.message));
    }

    void aPlainProxysRefusalIsSaidOfTheProxy_data()
    {
        QTest::addColumn<QString>("variable");
        QTest::addColumn<QString>("named");
        QTest::newRow("kubeconfig") << QString() << u"the proxy-url of cluster “c” in config"_s;
        QTest::newRow("environment") << u"HTTP_PROXY"_s << u"HTTP_PROXY of the environment"_s;
    }
    void aPlainProxysRefusalIsSaidOfTheProxy()
    {
        QFETCH(QString, variable);
        QFETCH(QString, named);
        Connection connection = connectionTo(QUrl(u"http://api.example"_s));
        connection.proxyUrl = u"http://jane:s3cret@proxy.example:3128"_s;
        connection.proxyVariable = variable;
        const Error error = errorFromResponse({407, "<html>", "text/html", {}, 0}, u"GET /x"_s, connection);
        QCOMPARE(error.kind, Error::Kind::Config);
        QVERIFY2(error.message.contains(u"the proxy http://proxy.example:3128 asks for a user name"),
                 qPrintable(error.message));
        QVERIFY2(error.message.contains(named) && !error.message.contains(u"s3cret"),
                 qPrintable(error.message));
    }

    void causesAreKept()
    {
        const QByteArray body =
            "{\"kind\":\"Status\",\"status\":\"Failure\",\"code\":422,\"reason\":\"Invalid\",\"message\":"
            "\"m\",\"details\":{\"causes\":"
            "[{\"reason\":\"FieldValueInvalid\",\"field\":\"spec.tls\",\"message\":\"must be a string\"}]}}";
        const Error error = errorFromResponse({422, body, {}, {}, 0}, u"POST /x"_s);
        QCOMPARE(error.reason, u"Invalid"_s);
        QCOMPARE(error.causes,
                 (QList<StatusCause>{{u"FieldValueInvalid"_s, u"spec.tls"_s, u"must be a string"_s}}));
    }

    void everyRefusalOfARealServerBecomesItsOwnWords_data()
    {
        QTest::addColumn<QString>("file");
        QTest::newRow("1.37.2") << u"conformance/golden-1.37.2.jsonl"_s;
        QTest::newRow("1.26.5") << u"conformance/golden-1.26.5.jsonl"_s;
    }

    void everyRefusalOfARealServerBecomesItsOwnWords()
    {
        QFETCH(QString, file);
        QFile golden(QString::fromStdString(sharedPath(file.toStdString())));
        if (!golden.open(QIODevice::ReadOnly))
            QSKIP("skipped: the transcript of a real API server is not here");
        int seen = 0;
        for (QByteArray line = golden.readLine(); !line.isEmpty(); line = golden.readLine()) {
            const QJsonObject record = QJsonDocument::fromJson(line).object();
            const QJsonObject body = record[u"body"].toObject();
            if (body[u"kind"].toString() != u"Status" || body[u"status"].toString() != u"Failure")
                continue;
            ++seen;
            const int status = record[u"code"].toInt();
            const Error error =
                errorFromResponse({status, QJsonDocument(body).toJson(), "application/json", {}, 0}, u"X"_s);
            QCOMPARE(error.message, u"X: "_s + body[u"message"].toString());
            QCOMPARE(error.reason, body[u"reason"].toString());
            QCOMPARE(error.causes.size(), body[u"details"][u"causes"].toArray().size());
            QVERIFY2(error.kind != Error::Kind::Protocol, line.constData());
        }
        QVERIFY(seen > 50);
    }

    void aReadIsRepeatedWhenTheServerAsksForIt_data()
    {
        QTest::addColumn<QByteArray>("headers");
        QTest::newRow("in a second") << QByteArray("Retry-After: 1\r\n");
        QTest::newRow("at once") << QByteArray("Retry-After: 0\r\n");
    }
    void aReadIsRepeatedWhenTheServerAsksForIt()
    {
        QFETCH(QByteArray, headers);
        Stage stage;
        stage.answers = {{429, statusJson(429, "TooManyRequests", "slow down"), headers}, {200, podBody, {}}};
        const auto future = stage.client->get(types::pods(), u"shop"_s, u"web"_s);
        QVERIFY(finishes(future));
        QVERIFY(future.result());
        QCOMPARE(stage.server.requests().size(), 2);
    }

    void nothingElseIsRepeated_data()
    {
        QTest::addColumn<bool>("isWrite");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("headers");
        QTest::newRow("a write without Retry-After") << true << 429 << QByteArray();
        QTest::newRow("a read without Retry-After") << false << 503 << QByteArray();
        QTest::newRow("a conflict") << true << 409 << QByteArray("Retry-After: 1\r\n");
    }

    void nothingElseIsRepeated()
    {
        QFETCH(bool, isWrite);
        QFETCH(int, status);
        QFETCH(QByteArray, headers);
        Stage stage;
        stage.answers = QList<Stage::Scripted>(3, {status, statusJson(status, "X", "no"), headers});
        const auto future = isWrite ? stage.client->mergePatch(types::pods(), u"shop"_s, u"web"_s, "{}")
                                    : stage.client->get(types::pods(), u"shop"_s, u"web"_s);
        QVERIFY(finishes(future));
        QVERIFY(!future.result());
        QCOMPARE(future.result().error().httpStatus, status);
        QCOMPARE(stage.server.requests().size(), 1);
    }

    void aRefusedWriteIsRepeatedWhenTheServerAsksForIt_data()
    {
        QTest::addColumn<int>("status");
        QTest::newRow("too many requests") << 429;
        QTest::newRow("a server in trouble") << 500;
        QTest::newRow("a server that starts or ends") << 503;
    }

    void aRefusedWriteIsRepeatedWhenTheServerAsksForIt()
    {
        QFETCH(int, status);
        Stage stage;
        stage.answers = {{status, statusJson(status, "X", "slow down"), "Retry-After: 1\r\n"},
                         {200, podBody, {}}};
        QStringList told;
        QObject::connect(
            stage.client.get(), &Client::waiting, this,
            [&told](const QString &why, int seconds) { told.append(u"%1 in %2"_s.arg(why).arg(seconds)); });
        const auto future = stage.client->mergePatch(types::pods(), u"shop"_s, u"web"_s, "{}");
        QVERIFY(finishes(future));
        QVERIFY(future.result());
        QCOMPARE(told, QStringList{u"PATCH /api/v1/namespaces/shop/pods/web: slow down in 1"_s});
        QCOMPARE(stage.server.requests().last().body, QByteArray("{}"));
    }

    // As by client-go: the pause is told, however long, and none but a chosen --timeout limits it.
    void aLongPauseIsWaitedForUntilSomebodyGivesUp_data()
    {
        QTest::addColumn<bool>("isTimeoutWhole");
        QTest::newRow("waited for") << false;
        QTest::newRow("not begun") << true;
    }

    void aLongPauseIsWaitedForUntilSomebodyGivesUp()
    {
        QFETCH(bool, isTimeoutWhole);
        ScriptedServer server([](const ServerRequest &, const ServerReply &reply) {
            reply.answer(503, statusJson(503, "X", "no"), "Retry-After: 3600\r\n");
        });
        Connection connection = connectionTo(server.url());
        connection.isTimeoutWhole = isTimeoutWhole;
        Transport transport(connection);
        Client client(transport);
        std::stop_source stop;
        QList<int> told;
        connect(&client, &Client::waiting, this, [&](const QString &, int seconds) {
            told.append(seconds);
            stop.request_stop();
        });
        const auto future = client.mergePatch(types::pods(), u"shop"_s, u"web"_s, "{}", {}, stop.get_token());
        QVERIFY(finishes(future));
        QCOMPARE(int(future.result().error().kind),
                 int(isTimeoutWhole ? Error::Kind::Server : Error::Kind::Cancelled));
        QCOMPARE(told, isTimeoutWhole ? QList<int>() : QList<int>{3600});
        QCOMPARE(server.requests().size(), 1);
    }

    // A chosen --timeout is how long an answer may take, repeats included; and that it was repeated is told.
    void repeatsEndWhenAnAnswerMayTakeNoLonger()
    {
        ScriptedServer server([](const ServerRequest &, const ServerReply &reply) {
            reply.answer(429, statusJson(429, "TooManyRequests", "slow down"), "Retry-After: 1\r\n");
        });
        Connection connection = connectionTo(server.url());
        connection.timeoutMs = 2500;
        connection.isTimeoutWhole = true;
        Transport transport(connection);
        Client client(transport);
        const auto future = client.get(types::pods(), u"shop"_s, u"web"_s);
        QVERIFY(finishes(future));
        QVERIFY(!future.result());
        QCOMPARE(server.requests().size(), 3);
        QCOMPARE(
            future.result().error().message,
            u"GET /api/v1/namespaces/shop/pods/web: slow down; the server asks to wait 1 s; asked 3 times "
            u"within 3 s"_s);
    }

    void aLostConnectionRepeatsReadsButNeverWrites()
    {
        int cuts = 0;
        ScriptedServer server([&cuts](const ServerRequest &, const ServerReply &reply) {
            cuts-- > 0 ? reply.cut() : reply.answer(200, podBody);
        });
        Transport transport(connectionTo(server.url()));
        Client client(transport);
        cuts = 2;
        const auto read = client.get(types::pods(), u"shop"_s, u"web"_s);
        QVERIFY(finishes(read));
        QVERIFY2(read.result(), qPrintable(read.result() ? QString() : read.result().error().message));
        const qsizetype before = server.requests().size();
        cuts = 2;
        const auto written = client.mergePatch(types::pods(), u"shop"_s, u"web"_s, "{}");
        QVERIFY(finishes(written));
        QVERIFY(!written.result());
        QCOMPARE(server.requests().size(), before + 1);
    }

    // What a test would wait ten times for.
    void whatIsRepeated_data()
    {
        QTest::addColumn<bool>("isRead");
        QTest::addColumn<int>("status"); // 0: the connection was lost, -1: it never stood
        QTest::addColumn<int>("retryAfter");
        QTest::addColumn<int>("retries"); // so far
        QTest::addColumn<int>("pause");
        QTest::newRow("the tenth") << true << 429 << 3 << 9 << 3;
        QTest::newRow("an eleventh") << true << 429 << 3 << 10 << 0;
        QTest::newRow("a lost read") << true << 0 << 0 << 9 << 1;
        QTest::newRow("an eleventh of these") << true << 0 << 0 << 10 << 0;
        QTest::newRow("a lost write") << false << 0 << 0 << 0 << 0;
        QTest::newRow("nobody there") << true << -1 << 0 << 0 << 0;
        QTest::newRow("a write that was not taken") << false << 429 << 30 << 0 << 30;
        QTest::newRow("a day's pause") << false << 429 << 86'400 << 0 << 86'400;
        QTest::newRow("a read of a server in trouble") << true << 500 << 2 << 0 << 2;
        QTest::newRow("a write to it") << false << 500 << 2 << 0 << 2;
        QTest::newRow("a write it had no time for") << false << 504 << 0 << 0 << 0;
        QTest::newRow("a conflict") << true << 409 << 2 << 0 << 0;
    }
    void whatIsRepeated()
    {
        QFETCH(bool, isRead);
        QFETCH(int, status);
        QFETCH(int, retryAfter);
        QFETCH(int, retries);
        HttpResponse response;
        response.status = status;
        response.retryAfterSeconds = retryAfter;
        Error error;
        error.kind = Error::Kind::Unreachable;
        error.reason = status == 0 ? QString(connectionLost) : QString();
        const Result<HttpResponse> answer =
            status > 0 ? Result<HttpResponse>(response) : Result<HttpResponse>(tl::unexpected(error));
        QTEST(ClientCall::pauseBeforeRepeat(isRead, answer, retries), "pause");
    }

    // Whoever asks takes a token first: 300 at once, then one each 20 ms.
    void aVerbWaitsForItsToken()
    {
        using namespace std::chrono_literals;
        RateLimit fresh;
        for (int i = 0; i < 300; ++i)
            QCOMPARE(fresh.take(1s).count(), 0);
        QCOMPARE(fresh.take(1s).count(), 20);
        Stage stage;
        stage.answers = QList<Stage::Scripted>(2, {200, podBody, {}});
        const std::chrono::milliseconds now(Transfer::monotonicMsecs());
        while (stage.transport.rateLimit().take(now) < 60s) { }
        std::stop_source stop;
        const auto waiting = stage.client->get(types::pods(), u"shop"_s, u"web"_s, stop.get_token());
        const auto listing = stage.client->list(types::pods());
        QVERIFY(finishes(stage.client->ask(u"/x"_s, "{}", [] { // what is stopped while it waits is answered
            std::stop_source given;
            given.request_stop();
            return given.get_token();
        }())));
        stop.request_stop();
        QVERIFY(finishes(waiting));
        QCOMPARE(int(waiting.result().error().kind), int(Error::Kind::Cancelled));
        bool isAnswered = false; // one that needs no token, and comes after them
        Transport::Callbacks callbacks;
        callbacks.finished = [&isAnswered](const Result<HttpResponse> &) { isAnswered = true; };
        stage.transport.send({}, std::move(callbacks));
        QTRY_VERIFY(isAnswered);
        QVERIFY(!listing.isFinished());
        QCOMPARE(stage.server.requests().size(), 1);
    }

    // Nobody waits for a pause that the server asked for once he has given up; and it is said whether the server may have done it.
    void stoppingEndsThePauseBeforeARepeat_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<bool>("isList");
        QTest::addColumn<QString>("reason");
        QTest::addColumn<QString>("words");
        const auto row = [](const char *name, int status, const QString &reason, const QString &words) {
            QTest::addRow("%s", name) << status << false << reason << words.arg(u"/web"_s);
            QTest::addRow("%s, a list", name) << status << true << reason << words.arg(QString());
        };
        const QString hadToWait =
            u"given up while the server had it wait: GET /api/v1/namespaces/shop/pods%1: slow down"_s;
        row("refused before anything was done", 429, notCarriedOut, hadToWait);
        row("nobody knows how far it came", 503, {}, hadToWait);
        row("cut, so that the pause is ours", 0, {}, // nobody asked to wait
            u"GET /api/v1/namespaces/shop/pods%1: the connection was cut"_s);
    }

    void stoppingEndsThePauseBeforeARepeat()
    {
        QFETCH(int, status);
        QFETCH(bool, isList);
        QFETCH(QString, reason);
        QFETCH(QString, words);
        Stage stage;
        stage.answers =
            QList<Stage::Scripted>(2, {status, statusJson(status, "X", "slow down"), "Retry-After: 20\r\n"});
        std::stop_source stop;
        connect(stage.client.get(), &Client::waiting, this, [&stop] { stop.request_stop(); });
        const auto errorOf = [](const auto &future) { return future.result().error(); };
        Error error;
        if (isList) {
            const auto future = stage.client->list(types::pods(), u"shop"_s, stop.get_token());
            QVERIFY(finishes(future));
            error = errorOf(future);
        } else {
            const auto future = stage.client->get(types::pods(), u"shop"_s, u"web"_s, stop.get_token());
            QVERIFY(finishes(future));
            error = errorOf(future);
        }
        QCOMPARE(int(error.kind), int(Error::Kind::Cancelled));
        QCOMPARE(error.httpStatus, status);
        QCOMPARE(error.reason, reason);
        QVERIFY2(status == 0 ? error.message.startsWith(u"given up before it was asked again: "_s)
                         && error.message.contains(words)
                             : error.message == words,
                 qPrintable(error.message));
        QCOMPARE(stage.server.requests().size(), 1);
    }

    void requestsAreSpreadOnceTheBurstIsUsedUp()
    {
        RateLimit limit(50, 3);
        const auto at = [&limit](int msecs) { return limit.take(std::chrono::milliseconds(msecs)).count(); };
        for (int i = 0; i < 3; ++i)
            QCOMPARE(at(1000), 0);
        QCOMPARE(at(1000), 20);
        QCOMPARE(at(1000), 40);
        QCOMPARE(at(1040), 20); // the two promised ones are taken then
        QCOMPARE(at(5000), 0);
        QCOMPARE(at(5000), 0);
        QCOMPARE(at(5000), 0);
        QCOMPARE(at(5000), 20); // no more than the burst is saved up
    }

    // Of which nothing is sent: the others must not wait for it.
    void whatIsGivenUpTakesNoTurn_data()
    {
        QTest::addColumn<bool>("isStoppedBefore");
        QTest::newRow("stopped before it was asked for") << true;
        QTest::newRow("stopped while it waited for its turn") << false;
    }

    void whatIsGivenUpTakesNoTurn()
    {
        QFETCH(const bool, isStoppedBefore);
        Stage stage;
        const auto now = [] { return std::chrono::milliseconds(Transfer::monotonicMsecs()); };
        const std::chrono::milliseconds ahead = now() + 1h; // so that nothing is saved up while this runs
        RateLimit &limit = stage.transport.rateLimit();
        for (int i = 0; i < 400; ++i) // a hundred have to wait
            limit.take(ahead);
        std::stop_source stop;
        if (isStoppedBefore)
            stop.request_stop();
        const auto future = stage.client->get(types::pods(), u"shop"_s, u"web"_s, stop.get_token());
        stop.request_stop();
        QVERIFY(finishes(future));
        QCOMPARE(int(future.result().error().kind), int(Error::Kind::Cancelled));
        QCOMPARE(stage.server.requests().size(), 0);
        QCOMPARE(limit.take(ahead).count(), 101 * 20);
    }

    void warningsAreToldOnce()
    {
        Stage stage;
        stage.answers = {
            {200, podBody, "Warning: 299 - \"v1 is old\"\r\n"},
            {200, podBody, "Warning: 299 - \"v1 is old\", 299 - \"and a, b\"\r\n"},
            {403, "{}",
             "Warning: 199 - \"of a proxy\", 299 - \"and refused\" \"Sat, 28 Nov 2026 00:00:00 GMT\", "
             "299 - \"at last\"\r\n"}};
        QStringList told;
        QObject::connect(stage.client.get(), &Client::warned, this,
                         [&told](const QString &text) { told.append(text); });
        QVERIFY(finishes(stage.client->get(types::pods(), u"shop"_s, u"web"_s)));
        QVERIFY(finishes(stage.client->get(types::pods(), u"shop"_s, u"web"_s)));
        QVERIFY(finishes(stage.client->get(types::pods(), u"shop"_s, u"web"_s)));
        QCOMPARE(told, (QStringList{u"v1 is old"_s, u"and a, b"_s, u"and refused"_s, u"at last"_s}));
    }

    void theModeOfAContextIsKept_data()
    {
        QTest::addColumn<int>("mode");
        QTest::addColumn<bool>("dryRun");
        QTest::addColumn<bool>("isConfirmed");
        QTest::addColumn<bool>("isSent");
        const int normal = int(WriteMode::Normal), confirm = int(WriteMode::Confirm),
                  readOnly = int(WriteMode::ReadOnly);
        QTest::newRow("normal") << normal << false << false << true;
        QTest::newRow("confirm, not confirmed") << confirm << false << false << false;
        QTest::newRow("confirm, dry run") << confirm << true << false << true;
        QTest::newRow("confirm, confirmed") << confirm << false << true << true;
        QTest::newRow("read-only, not confirmed") << readOnly << false << false << false;
        QTest::newRow("read-only, dry run")
            << readOnly << true << false << true; // it always works: design/cli.md
        QTest::newRow("read-only, confirmed") << readOnly << false << true << false;
    }

    void theModeOfAContextIsKept()
    {
        QFETCH(int, mode);
        QFETCH(bool, dryRun);
        QFETCH(bool, isConfirmed);
        QFETCH(bool, isSent);
        ScriptedServer server(
            [](const ServerRequest &, const ServerReply &reply) { reply.answer(200, podBody); });
        Connection connection = connectionTo(server.url());
        connection.mode = WriteMode(mode);
        Transport transport(connection);
        Client client(transport);
        WriteOptions options;
        options.dryRun = dryRun;
        options.isConfirmed = isConfirmed;
        const ResourceType pods = types::pods();
        const QList<QFuture<Result<Object>>> writes{
            client.create(pods, u"shop"_s, "{}", options),
            client.replace(pods, u"shop"_s, u"web"_s, "{}", options),
            client.mergePatch(pods, u"shop"_s, u"web"_s, "{}", options),
            client.jsonPatch(pods, u"shop"_s, u"web"_s, "[]", options),
            client.patch(PatchType::Strategic, pods, u"shop"_s, u"web"_s, "{}", options),
            client.apply(pods, u"shop"_s, u"web"_s, "{}", options)};
        for (const auto &future : writes) {
            QVERIFY(finishes(future));
            QCOMPARE(future.result().has_value(), isSent);
            if (!isSent)
                QVERIFY2(future.result().error().kind == Error::Kind::Forbidden
                             && future.result().error().message.contains(u"context “dev”"),
                         qPrintable(future.result().error().message));
        }
        const auto removed = client.remove(pods, u"shop"_s, u"web"_s, options);
        QVERIFY(finishes(removed));
        QCOMPARE(removed.result().has_value(), isSent);
        QCOMPARE(server.requests().size(), isSent ? 7 : 0);
        const bool isRawSent = isSent && !dryRun; // it has no dry run
        for (const char *method : {"POST", "DELETE"}) {
            const auto raw = client.rawWrite(method, u"/_sim/api-slow"_s, options);
            QVERIFY(finishes(raw));
            QCOMPARE(raw.result().has_value(), isRawSent);
        }
        const qsizetype sent = (isSent ? 7 : 0) + (isRawSent ? 2 : 0);
        QCOMPARE(server.requests().size(), sent);
        if (isRawSent)
            QCOMPARE(server.requests().constLast().method, QByteArray("DELETE"));
        QVERIFY(finishes(client.ask(u"/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"_s,
                                    "{}"))); // a question is no write
        QCOMPARE(server.requests().size(), sent + 1);
    }

    void serverSideApplySaysWhatItWantsAndWhoOwnsTheRest()
    {
        Stage stage;
        const QByteArray conflict =
            QByteArray(
                "{'kind':'Status','status':'Failure','reason':'Conflict','code':409,'message':'Apply "
                "failed','details':{'causes':[{'reason':'FieldManagerConflict',"
                "'message':'conflict with \\'alice\\' using getambassador.io/v2','field':'.spec.service'}]}}")
                .replace('\'', '"');
        const QByteArray broken = statusJson(500, {},
                                             "failed to create typed patch object (shop/web; v1, Kind=Pod): "
                                             ".spec.x: field not declared in schema");
        stage.answers = {{409, conflict, {}}, {200, podBody, {}}, {500, broken, {}}};
        const auto first = stage.client->apply(types::pods(), u"shop"_s, u"web"_s, "{\"spec\":1}");
        QVERIFY(finishes(first));
        const QList<FieldConflict> conflicts = fieldConflicts(first.result().error());
        QCOMPARE(conflicts.size(), 1);
        QCOMPARE(conflicts.first().field, u".spec.service"_s);
        QCOMPARE(conflicts.first().manager, u"alice"_s);
        WriteOptions force;
        force.force = true;
        force.dryRun = true;
        QVERIFY(finishes(stage.client->apply(types::pods(), u"shop"_s, u"web"_s, "{\"spec\":1}", force)));
        const auto wrong = stage.client->apply(types::pods(), u"shop"_s, u"web"_s, "{\"spec\":1}");
        QVERIFY(finishes(wrong));
        QCOMPARE(wrong.result().error().kind,
                 Error::Kind::Invalid); // the user's mistake, whatever the code says
        const QList<ServerRequest> seen = stage.server.requests();
        QCOMPARE(seen[0].headers.value("content-type"), QByteArray("application/apply-patch+yaml"));
        QCOMPARE(seen[0].query("force"), QByteArray("false"));
        QCOMPARE(seen[0].query("fieldManager"), QByteArray("sallyport"));
        QCOMPARE(seen[1].query("force"), QByteArray("true"));
        QCOMPARE(seen[1].query("dryRun"), QByteArray("All"));
    }

    void aServerWithoutServerSideApplyIsGivenAPatchOrTheObject()
    {
        Stage stage;
        stage.answers = {
            {415,
             statusJson(415, "UnsupportedMediaType", "the body of the request was in an unknown format"),
             {}},
            {404, statusJson(404, "NotFound", "no such pod"), {}},
            {201, podBody, {}}};
        const auto future = stage.client->apply(types::pods(), u"shop"_s, u"web"_s, "{\"spec\":1}");
        QVERIFY(finishes(future));
        QVERIFY(future.result());
        const QList<ServerRequest> seen = stage.server.requests();
        QCOMPARE(seen.size(), 3);
        QCOMPARE(seen[1].method, QByteArray("GET"));
        QCOMPARE(seen[2].method, QByteArray("POST"));
        const QJsonObject sent = QJsonDocument::fromJson(seen[2].body).object();
        QCOMPARE(sent[u"spec"].toInt(), 1);
        QCOMPARE(lastApplied(sent)[u"spec"].toInt(), 1);
    }

    void aServerWithoutServerSideApplyIsPatchedAsItsKindCan()
    {
        Stage stage;
        const Stage::Scripted unknown{
            415,
            statusJson(415, "UnsupportedMediaType", "the body of the request was in an unknown format"),
            {}};
        stage.answers = {unknown, {200, podBody, {}}, unknown, {200, podBody, {}}};
        WriteOptions dry;
        dry.dryRun = true;
        const auto future = stage.client->apply(types::pods(), u"shop"_s, u"web"_s, "{\"spec\":1}", dry);
        QVERIFY(finishes(future));
        QVERIFY(future.result());
        const QList<ServerRequest> seen = stage.server.requests();
        QCOMPARE(seen.size(), 4);
        QCOMPARE(seen[2].headers.value("content-type"), QByteArray("application/strategic-merge-patch+json"));
        QCOMPARE(seen[3].headers.value("content-type"), QByteArray("application/merge-patch+json"));
        for (const ServerRequest &patch : seen.mid(2)) {
            QCOMPARE(patch.method, QByteArray("PATCH"));
            QCOMPARE(patch.query("dryRun"), QByteArray("All"));
            QCOMPARE(QJsonDocument::fromJson(patch.body).object()[u"spec"].toInt(), 1);
        }
    }

    // Its values must not be written once more, where logs and backups look.
    void aSecretIsAppliedWithoutACopyOfItself()
    {
        Stage stage;
        stage.answers = {
            {415,
             statusJson(415, "UnsupportedMediaType", "the body of the request was in an unknown format"),
             {}},
            {404, statusJson(404, "NotFound", "no such secret"), {}},
            {201, podBody, {}}};
        const auto future = stage.client->apply(types::secrets(), u"shop"_s, u"s"_s,
                                                "{\"metadata\":{},\"data\":{\"k\":\"cQ==\"}}");
        QVERIFY(finishes(future));
        QCOMPARE(stage.server.requests().last().body,
                 QByteArray("{\"data\":{\"k\":\"cQ==\"},\"metadata\":{}}"));
    }

    void listsTellTheirProgressAndTakeSelectors()
    {
        Stage stage;
        stage.answers = {{200,
                          "{\"metadata\":{\"resourceVersion\":\"5\",\"continue\":\"c\","
                          "\"remainingItemCount\":1},\"items\":["
                              + podBody + "]}",
                          {}},
                         {200, "{\"metadata\":{\"resourceVersion\":\"5\"},\"items\":[" + podBody + "]}", {}}};
        QStringList progress;
        ListOptions options;
        options.labelSelector = u"app in (a,b)"_s;
        options.fieldSelector = u"status.phase=Running"_s;
        options.onProgress = [&progress](qsizetype soFar, qint64 remaining) {
            progress.append(u"%1+%2"_s.arg(soFar).arg(remaining));
        };
        QVERIFY(finishes(stage.client->list(types::pods(), u"shop"_s, options)));
        QCOMPARE(progress, (QStringList{u"1+1"_s, u"2+-1"_s}));
        for (const ServerRequest &request : stage.server.requests()) {
            QCOMPARE(request.query("labelSelector"), QByteArray("app in (a,b)"));
            QCOMPARE(request.query("fieldSelector"), QByteArray("status.phase=Running"));
        }
    }

    void stoppingAbortsTheTransfer()
    {
        Stage stage; // never answers
        std::stop_source source;
        const auto future = stage.client->get(types::pods(), u"shop"_s, u"web"_s, source.get_token());
        QTRY_COMPARE(stage.server.requests().size(), 1);
        source.request_stop();
        QVERIFY(finishes(future));
        QCOMPARE(future.result().error().kind, Error::Kind::Cancelled);
        QCOMPARE(future.result().error().reason, QString()); // it may have been carried out
        const auto late = stage.client->get(types::pods(), u"shop"_s, u"web"_s, source.get_token());
        QVERIFY(finishes(late));
        QCOMPARE(late.result().error().kind, Error::Kind::Cancelled);
        QCOMPARE(late.result().error().reason, QString(notCarriedOut));
        QCOMPARE(stage.server.requests().size(), 1);
    }

    void theEndOfTheClientEndsEveryCall()
    {
        Stage stage;
        const auto get = stage.client->get(types::pods(), u"shop"_s, u"web"_s);
        const auto list = stage.client->list(types::pods());
        QTRY_COMPARE(stage.server.requests().size(), 2);
        stage.client.reset();
        QVERIFY(get.isFinished() && list.isFinished());
        QCOMPARE(get.result().error().kind, Error::Kind::Cancelled);
        QCOMPARE(list.result().error().kind, Error::Kind::Cancelled);
    }

    void callsFromAnotherThreadAreAnsweredToo()
    {
        ScriptedServer server(
            [](const ServerRequest &, const ServerReply &reply) { reply.answer(200, podBody); });
        QThread cluster;
        QObject *context = new QObject;
        context->moveToThread(&cluster);
        connect(&cluster, &QThread::finished, context, &QObject::deleteLater);
        cluster.start();
        Client *client = nullptr; // made on its thread, as its timers want it
        const auto make = [&] {
            auto *transport = new Transport(connectionTo(server.url()), context);
            client = new Client(*transport, transport);
        };
        QMetaObject::invokeMethod(context, make, Qt::BlockingQueuedConnection);
        QThread *answeredOn = nullptr;
        std::optional<Result<Object>> answer;
        client->get(types::pods(), u"shop"_s, u"web"_s).then(this, [&](const Result<Object> &result) {
            answer = result;
            answeredOn = QThread::currentThread();
        });
        QTRY_VERIFY(answer);
        QVERIFY(*answer);
        QCOMPARE(answeredOn, thread());
        std::stop_source source;
        QList<QFuture<Result<Object>>> many;
        for (int i = 0; i < 50; ++i)
            many.append(client->get(types::pods(), u"shop"_s, u"web"_s, source.get_token()));
        source.request_stop(); // while the other thread is at work: each ends in one way or the other
        for (const auto &future : many)
            QVERIFY(finishes(future));
        cluster.quit();
        cluster.wait();
    }

    void aSecretNeverPassesTheClientWhole()
    {
        Stage stage;
        stage.answers = {
            {200,
             "{\"kind\":\"Secret\",\"metadata\":{\"name\":\"s\"},\"data\":{\"k\":\"aHVudGVyMg==\"}}",
             {}}};
        const auto future = stage.client->get(types::secrets(), u"shop"_s, u"s"_s);
        QVERIFY(finishes(future));
        QVERIFY(future.result()->json.contains("{7 bytes}"));
        QVERIFY(!future.result()->json.contains("aHVudGVyMg"));
    }

    void prometheusIsAskedThroughTheServersProxy()
    {
        Stage stage;
        stage.answers = {
            {200,
             "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"metric\":{\"pod\":"
             "\"a\"},\"values\":"
             "[[1700000000.5,\"1.5\"],[1700000060,\"NaN\"],[1700000120,\"+Inf\"]]}]}}",
             {}},
            {503, statusJson(503, "ServiceUnavailable", "no endpoints available for service"), {}}};
        Prometheus prometheus(*stage.client, {});
        const QDateTime from = QDateTime::fromSecsSinceEpoch(1'700'000'000, Qt::UTC);
        const auto range = prometheus.queryRange(u"rate(x{a=\"b\"}[1m])"_s, from, from.addSecs(600), 60);
        QVERIFY(finishes(range));
        QVERIFY2(range.result(), qPrintable(range.result() ? QString() : range.result().error().message));
        const TimeSeries series = range.result()->first();
        QCOMPARE(series.labels.value(u"pod"_s), u"a"_s);
        QCOMPARE(series.points.size(), 3);
        QCOMPARE(series.points[0].msecs, 1'700'000'000'500);
        QCOMPARE(series.points[0].value, 1.5);
        QVERIFY(std::isnan(series.points[1].value) && std::isinf(series.points[2].value));
        const ServerRequest seen = stage.server.requests().first();
        QCOMPARE(
            seen.path(),
            QByteArray("/api/v1/namespaces/istio-system/services/prometheus:9090/proxy/api/v1/query_range"));
        QCOMPARE(seen.query("query"), QByteArray("rate(x{a=\"b\"}[1m])"));
        QCOMPARE(seen.query("step"), QByteArray("60"));
        const auto down = prometheus.query(u"up"_s);
        QVERIFY(finishes(down));
        QVERIFY2(
            down.result().error().message.contains(u"Prometheus at service istio-system/prometheus:9090"_s),
            qPrintable(down.result().error().message));
        QVERIFY(down.result().error().message.contains(u"no endpoints available"_s));
    }

    void prometheusAnswersOfEveryShapeAreRead_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<int>("series"); // -1: an error
        QTest::newRow("vector") << QByteArray("{\"status\":\"success\",\"data\":{\"resultType\":\"vector\","
                                              "\"result\":[{\"metric\":{},\"value\":[1,\"2\"]}]}}")
                                << 1;
        QTest::newRow("scalar") << QByteArray(
            "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1,\"2\"]}}")
                                << 1;
        QTest::newRow("empty") << QByteArray(
            "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}")
                               << 0;
        QTest::newRow("error") << QByteArray("{\"status\":\"error\",\"error\":\"bad\"}") << -1;
        QTest::newRow("html") << QByteArray("<html>") << -1;
        QTest::newRow("empty text") << QByteArray() << -1;
        QTest::newRow("a point of another shape")
            << QByteArray("{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1]}}")
            << -1;
    }

    void prometheusAnswersOfEveryShapeAreRead()
    {
        QFETCH(QByteArray, json);
        QFETCH(int, series);
        const Result<QList<TimeSeries>> read = parsePrometheusAnswer(json);
        QCOMPARE(read ? int(read->size()) : -1, series);
    }
};

SALLYPORT_TEST(client_test, ClientTest)
#include "client_test.moc"
