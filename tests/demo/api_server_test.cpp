// SPDX-License-Identifier: GPL-3.0-or-later
// What the demo's API server answers, over real TLS.
#include "tests/demo/api_fixture.h"
#include "tests/support/test_class.h"

#include <QTest>

#include <algorithm>

using edge::Value;

namespace {

const char Configs[] = "/api/v1/namespaces/default/configmaps";

// JSON with single quotes: moc loses its way in raw strings.
std::string json(std::string text)
{
    std::replace(text.begin(), text.end(), '\'', '"');
    return text;
}

std::string configMap(const std::string &name, const std::string &value = "1")
{
    return json("{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'") + name
        + json("'},'data':{'a':'") + value + json("'}}");
}

const char *text(const Value &value) { return value.text().c_str(); }

std::vector<std::string> keysOf(const Value &list)
{
    std::vector<std::string> keys;
    for (const Value &item : list["items"].items())
        keys.push_back(item["metadata"]["namespace"].text() + "/" + item["metadata"]["name"].text());
    return keys;
}

} // namespace

class ApiServerTest : public QObject
{
    Q_OBJECT
    std::unique_ptr<ApiFixture> m_api;

private Q_SLOTS:
    void init() { m_api = std::make_unique<ApiFixture>(); }
    void cleanup() { m_api.reset(); }

    void discoveryNamesTheBuiltInKinds()
    {
        const ApiAnswer answer = m_api->call("GET", "/api/v1");
        QCOMPARE(answer.status, 200);
        QCOMPARE(text(answer.json["kind"]), "APIResourceList");
        const ApiAnswer aggregated =
            m_api->call("GET", "/apis", {},
                        {{"accept", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"}});
        QCOMPARE(aggregated.headers.value("content-type"),
                 std::string_view("application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"));
        const ApiAnswer again =
            m_api->call("GET", "/apis", {},
                        {{"accept", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"},
                         {"if-none-match", std::string(aggregated.headers.value("etag"))}});
        QCOMPARE(again.status, 304);
    }

    void strangersAreRefused_data()
    {
        QTest::addColumn<QByteArray>("authorization");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("message");
        QTest::newRow("an unknown token") << QByteArray("Bearer nobody") << 401 << QByteArray("Unauthorized");
        const QByteArray nobody = "configmaps is forbidden: User \"system:anonymous\" cannot list resource "
                                  "\"configmaps\" in API group \"\" in the namespace \"default\"";
        QTest::newRow("nobody") << QByteArray() << 403 << nobody;
        QTest::newRow("no token") << QByteArray("Bearer ") << 403 << nobody; // neither names anybody
        QTest::newRow("another scheme") << QByteArray("Basic eDp5") << 403 << nobody;
        QTest::newRow("a scheme in other letters")
            << QByteArray("bearer nobody") << 401 << QByteArray("Unauthorized");
        QTest::newRow("a user without rights")
            << QByteArray("Bearer viewer-token") << 403
            << QByteArray("configmaps is forbidden: User \"viewer\" cannot list resource \"configmaps\" in "
                          "API group \"\" in the namespace \"default\"");
        QTest::newRow("a reader of another namespace")
            << QByteArray("Bearer reader-token") << 403
            << QByteArray("configmaps is forbidden: User \"reader\" cannot list resource \"configmaps\" in "
                          "API group \"\" in the namespace \"default\"");
    }
    void strangersAreRefused()
    {
        QFETCH(QByteArray, authorization);
        edge::Headers headers;
        headers.set("authorization", authorization.toStdString());
        const ApiAnswer answer = m_api->call("GET", Configs, {}, headers);
        QTEST(answer.status, "status");
        QTEST(QByteArray(text(answer.json["message"])), "message");
        QCOMPARE(answer.headers.value("x-content-type-options"),
                 std::string_view(answer.status == 403 ? "nosniff" : ""));
    }

    // As Go's http.Error writes what is no object.
    void browsersAreNotToGuessPlainTexts()
    {
        const auto nosniff = [this](const char *path) {
            return m_api->call("GET", path).headers.value("x-content-type-options") == "nosniff";
        };
        for (const char *path :
             {"/healthz", "/livez?exclude=etcd", "/nothing", "/metrics/x", "/apis/nothing"})
            QVERIFY2(nosniff(path), path);
        for (const char *path : {"/healthz/ping", "/version", "/api/v9", "/openapi/v3/x"})
            QVERIFY2(!nosniff(path), path);
    }

    void anObjectIsMadeReadChangedAndRemoved()
    {
        const ApiAnswer made = m_api->call("POST", Configs, configMap("one"));
        QCOMPARE(made.status, 201);
        QVERIFY(!made.json["metadata"]["uid"].text().empty());
        QCOMPARE(m_api->call("POST", Configs, configMap("one")).status, 409);
        const std::string one = std::string(Configs) + "/one";
        const ApiAnswer patched = m_api->call("PATCH", one, json("{'data':{'b':'2'}}"),
                                              {{"content-type", "application/merge-patch+json"}});
        QCOMPARE(text(patched.json["data"]["b"]), "2");
        QVERIFY(patched.json["metadata"]["resourceVersion"].text()
                != made.json["metadata"]["resourceVersion"].text());
        const ApiAnswer same = m_api->call("PATCH", one, json("{'data':{'b':'2'}}"),
                                           {{"content-type", "application/merge-patch+json"}});
        QCOMPARE(same.json["metadata"]["resourceVersion"].text(),
                 patched.json["metadata"]["resourceVersion"].text());
        QCOMPARE(m_api->call("DELETE", one).status, 200);
        const ApiAnswer gone = m_api->call("GET", one);
        QCOMPARE(gone.status, 404);
        QCOMPARE(text(gone.json["message"]), "configmaps \"one\" not found");
    }

    void aDryRunChangesNothing()
    {
        QCOMPARE(m_api->call("POST", std::string(Configs) + "?dryRun=All", configMap("dry")).status, 201);
        QCOMPARE(m_api->call("GET", std::string(Configs) + "/dry").status, 404);
    }

    void aStaleWriteConflicts()
    {
        const std::string one = std::string(Configs) + "/one";
        Value object = m_api->call("POST", Configs, configMap("one")).json;
        object.child("data").set("a", "2");
        QCOMPARE(m_api->call("PUT", one, edge::toJson(object)).status, 200);
        object.child("data").set("a", "3");
        const ApiAnswer stale = m_api->call("PUT", one, edge::toJson(object));
        QCOMPARE(stale.status, 409);
        QCOMPARE(text(stale.json["reason"]), "Conflict");
    }

    void pagesAreOfOneMoment()
    {
        for (const char *name : {"a", "b", "c"})
            m_api->call("POST", Configs, configMap(name));
        const Value first = m_api->call("GET", std::string(Configs) + "?limit=2").json;
        QCOMPARE(first["items"].items().size(), std::size_t(2));
        m_api->call("POST", Configs, configMap("z")); // after the first page: not on the second
        const Value second =
            m_api
                ->call("GET",
                       std::string(Configs) + "?limit=9&continue=" + first["metadata"]["continue"].text())
                .json;
        QCOMPARE(second["metadata"]["resourceVersion"].text(), first["metadata"]["resourceVersion"].text());
        QCOMPARE(first["items"].items().size() + second["items"].items().size(),
                 std::size_t(4)); // kube-root-ca.crt is the fourth
    }

    // etcd's order is by the text "namespace/name": where a namespace's name begins another's, all of the longer one comes first.
    void pagesOfEverySizeHoldEachObjectOnce_data()
    {
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<bool>("isOfAMoment"); // the pages name the version that the first one has
        QTest::newRow("all namespaces") << QByteArray("/api/v1/configmaps") << false;
        QTest::newRow("one namespace") << QByteArray("/api/v1/namespaces/pg/configmaps") << false;
        QTest::newRow("as it was") << QByteArray("/api/v1/configmaps") << true;
    }
    void pagesOfEverySizeHoldEachObjectOnce()
    {
        QFETCH(QByteArray, path);
        QFETCH(bool, isOfAMoment);
        for (const char *name : {"pg", "pg-a", "pg0"}) {
            m_api->call("POST", "/api/v1/namespaces", json("{'metadata':{'name':'") + name + json("'}}"));
            for (const char *of : {"a", "a-b", "a.b", "z"})
                m_api->call("POST", std::string("/api/v1/namespaces/") + name + "/configmaps", configMap(of));
        }
        const Value whole = m_api->call("GET", path.toStdString()).json;
        const std::vector<std::string> all = keysOf(whole);
        QVERIFY(all.size() >= 4);
        QVERIFY(std::is_sorted(all.begin(), all.end()));
        const std::string from = isOfAMoment ? "&resourceVersion="
                + whole["metadata"]["resourceVersion"].text() + "&resourceVersionMatch=Exact"
                                             : std::string();
        for (std::size_t limit = 1; limit <= all.size() + 1; ++limit) {
            std::vector<std::string> paged;
            std::string more = from;
            do {
                const Value page =
                    m_api->call("GET", path.toStdString() + "?limit=" + std::to_string(limit) + more).json;
                const std::vector<std::string> keys = keysOf(page);
                paged.insert(paged.end(), keys.begin(), keys.end());
                more = page["metadata"]["continue"].text();
                if (!more.empty())
                    more.insert(0, "&continue=");
                if (isOfAMoment && paged.size() == limit) // written between two pages: on none of them
                    m_api->call("POST", "/api/v1/namespaces/pg-a/configmaps",
                                configMap("later-" + std::to_string(limit)));
            } while (!more.empty());
            QCOMPARE(paged.size(), all.size());
            QVERIFY(paged == all);
        }
    }

    void aWatchResumesAndEnds()
    {
        const std::string version = m_api->call("GET", Configs).json["metadata"]["resourceVersion"].text();
        m_api->call("POST", Configs, configMap("one"));
        m_api->call("DELETE", std::string(Configs) + "/one");
        const ApiAnswer events = m_api->call(
            "GET",
            std::string(Configs)
                + "?watch=1&timeoutSeconds=1&fieldSelector=metadata.name%3Done&resourceVersion=" + version);
        const QList<QByteArray> lines = events.body.trimmed().split('\n');
        QCOMPARE(lines.size(), 2);
        QVERIFY(lines[0].contains("ADDED"));
        QVERIFY(lines[1].contains("DELETED"));
    }

    void aWatchFromBeforeTheLogExpires()
    {
        const ApiAnswer events =
            m_api->call("GET", std::string(Configs) + "?watch=1&timeoutSeconds=5&resourceVersion=1");
        QCOMPARE(events.status, 200);
        const Value event = edge::parseJson(events.body.toStdString()).value_or(Value());
        QCOMPARE(text(event["type"]), "ERROR");
        QCOMPARE(text(event["object"]["reason"]), "Expired");
        QCOMPARE(event["object"]["code"].toInteger(), 410);
    }

    void aDeletedNamespaceTakesItsObjectsAlong()
    {
        m_api->call("POST", "/api/v1/namespaces", json("{'metadata':{'name':'gone'}}"));
        QTRY_COMPARE(m_api->call("GET", "/api/v1/namespaces/gone/serviceaccounts/default").status, 200);
        m_api->call("POST", "/api/v1/namespaces/gone/configmaps", configMap("one"));
        QCOMPARE(text(m_api->call("DELETE", "/api/v1/namespaces/gone").json["status"]["phase"]),
                 "Terminating");
        QTRY_COMPARE(m_api->call("GET", "/api/v1/namespaces/gone").status, 404);
        QCOMPARE(m_api->call("GET", "/api/v1/namespaces/gone/configmaps/one").status, 404);
        QCOMPARE(
            text(
                m_api->call("POST", "/api/v1/namespaces/gone/configmaps", configMap("late")).json["message"]),
            "namespaces \"gone\" not found");
    }

    void dependentsFollowTheirOwner()
    {
        const Value owner = m_api->call("POST", Configs, configMap("owner")).json;
        const std::string reference =
            json("'ownerReferences':[{'apiVersion':'v1','kind':'ConfigMap','name':'owner','uid':'")
            + owner["metadata"]["uid"].text() + json("'}]");
        m_api->call("POST", Configs, json("{'metadata':{'name':'child',") + reference + "}}");
        m_api->call("DELETE", std::string(Configs) + "/owner?propagationPolicy=Foreground");
        QTRY_COMPARE(m_api->call("GET", std::string(Configs) + "/child").status, 404);
        QTRY_COMPARE(m_api->call("GET", std::string(Configs) + "/owner").status, 404);
    }

    void aDefinitionBecomesAKindAndGoesWithItsObjects()
    {
        const std::string definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
        const ApiAnswer made = m_api->call(
            "POST", definitions,
            json("{'apiVersion':'apiextensions.k8s.io/"
                 "v1','kind':'CustomResourceDefinition','metadata':{'name':'ports.sally.example'},'spec':{'"
                 "group':'sally.example','scope':'Namespaced','names':{'plural':'ports','kind':'Port'},'"
                 "versions':[{'name':'v1','served':true,'storage':true,'schema':{'openAPIV3Schema':{'type':'"
                 "object','properties':{'spec':{'type':'object','required':['depth'],'properties':{'depth':{'"
                 "type':'integer','minimum':1},'side':{'type':'string','default':'left'}}}}}}}]}}"));
        QCOMPARE(made.status, 201);
        const std::string ports = "/apis/sally.example/v1/namespaces/default/ports";
        QTRY_COMPARE(m_api->call("GET", ports).status, 200);
        const ApiAnswer port =
            m_api->call("POST", ports,
                        json("{'apiVersion':'sally.example/"
                             "v1','kind':'Port','metadata':{'name':'a'},'spec':{'depth':2,'bogus':1}}"));
        QCOMPARE(port.status, 201);
        QCOMPARE(port.json["spec"], Value::object({{"depth", 2}, {"side", "left"}}));
        const ApiAnswer shallow =
            m_api->call("POST", ports,
                        json("{'apiVersion':'sally.example/"
                             "v1','kind':'Port','metadata':{'name':'b'},'spec':{'depth':0}}"));
        QCOMPARE(text(shallow.json["message"]),
                 "Port.sally.example \"b\" is invalid: spec.depth: Invalid value: 0: spec.depth in body "
                 "should be greater than or equal to 1");
        m_api->call("DELETE", definitions + "/ports.sally.example");
        QTRY_COMPARE(m_api->call("GET", ports).status, 404);
        QTRY_COMPARE(m_api->call("GET", definitions + "/ports.sally.example").status, 404);
    }

    void aTokenOfAServiceAccountIsAdmitted()
    {
        const std::string accounts = "/api/v1/namespaces/default/serviceaccounts",
                          token = accounts + "/bot/token";
        QCOMPARE(m_api->call("POST", accounts, json("{'metadata':{'name':'bot'}}")).status, 201);
        const ApiAnswer made = m_api->call("POST", token, json("{'spec':{'expirationSeconds':600}}"));
        QVERIFY2(made.status == 201, made.body.constData());
        QCOMPARE(made.json["kind"].text(), std::string("TokenRequest"));
        QCOMPARE(made.json["spec"]["expirationSeconds"].toInteger(), 600);
        QVERIFY(!made.json["status"]["expirationTimestamp"].text().empty());
        const edge::Headers bearer{{"authorization", "Bearer " + made.json["status"]["token"].text()}};
        const ApiAnswer refused = m_api->call("GET", "/api/v1/namespaces/default/pods", {}, bearer);
        QVERIFY2(refused.status == 403 && refused.body.contains("system:serviceaccount:default:bot"),
                 refused.body.constData());
        QCOMPARE(
            m_api
                ->call(
                    "POST", "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings",
                    json(
                        "{'metadata':{'name':'bot'},'roleRef':{'apiGroup':'rbac.authorization.k8s.io','kind':"
                        "'ClusterRole','name':'view'},'subjects':[{'kind':'ServiceAccount','name':'bot',"
                        "'namespace':'default'}]}"))
                .status,
            201);
        QCOMPARE(m_api->call("GET", "/api/v1/namespaces/default/pods", {}, bearer).status, 200);
        const ApiAnswer tooShort = m_api->call("POST", token, json("{'spec':{'expirationSeconds':60}}"));
        QVERIFY2(tooShort.status == 422
                     && tooShort.body.contains("may not specify a duration less than 10 minutes"),
                 tooShort.body.constData());
        QCOMPARE(m_api->call("POST", accounts + "/nosuch/token", "{}").status, 404);
        QCOMPARE(m_api->call("GET", token).status, 405);
        QCOMPARE(m_api->call("POST", token, "{").status, 400);
        QCOMPARE(m_api->call("POST", token, json("{'kind':'Pod','apiVersion':'v1'}")).status, 400);
    }

    void aStrategicPatchMergesListsByTheirKey()
    {
        const std::string services = "/api/v1/namespaces/default/services";
        m_api->call("POST", services,
                    json("{'metadata':{'name':'s'},'spec':{'ports':[{'name':'a','port':80},{'name':'b','port'"
                         ":81}]}}"));
        const Value patched =
            m_api
                ->call(
                    "PATCH", services + "/s",
                    json("{'spec':{'ports':[{'port':80,'targetPort':8080},{'$patch':'delete','port':81}]}}"),
                    {{"content-type", "application/strategic-merge-patch+json"}})
                .json;
        QCOMPARE(patched["spec"]["ports"],
                 Value::array({Value::object(
                     {{"name", "a"}, {"port", 80}, {"protocol", "TCP"}, {"targetPort", 8080}})}));
    }
};

SALLYPORT_TEST(api_server_test, ApiServerTest)
#include "api_server_test.moc"
