// SPDX-License-Identifier: GPL-3.0-or-later
// API servers of older Kubernetes, as a foreign client sees them, and that our own client reads them all the
// same.
#include "kube/client.h"
#include "kube/discovery.h"
#include "kube/kubeconfig.h"
#include "kube/reflector.h"
#include "tests/demo/api_fixture.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace {

const char Aggregated[] =
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";
const char Configs[] = "/api/v1/namespaces/default/configmaps";

} // namespace

class ServerAgeTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void servesWhatItsTimeKnew_data()
    {
        QTest::addColumn<QByteArray>("version");
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<int>("status");
        const struct
        {
            const char *path;
            int in15, in21, in37;
        } rows[] = {
            {"/apis/discovery.k8s.io/v1/endpointslices", 404, 200, 200},
            {"/apis/batch/v1/cronjobs", 404, 200, 200},
            {"/apis/batch/v1beta1/cronjobs", 200, 200, 404},
            {"/apis/apiextensions.k8s.io/v1beta1/customresourcedefinitions", 200, 200, 404},
            {"/apis/apiextensions.k8s.io/v1/customresourcedefinitions", 404, 200, 200},
            {"/apis/autoscaling/v2/horizontalpodautoscalers", 404, 404, 200},
            {"/apis/autoscaling/v1/horizontalpodautoscalers", 200, 200, 200},
            {"/apis/networking.k8s.io/v1beta1/ingresses", 200, 200, 404},
            {"/apis/networking.k8s.io/v1/ingresses", 404, 200, 200},
            {"/apis/admissionregistration.k8s.io/v1beta1/validatingwebhookconfigurations", 200, 200, 404},
            {"/apis/policy/v1beta1/poddisruptionbudgets", 200, 200, 404},
            {"/apis/discovery.k8s.io/v1beta1/endpointslices", 404, 200, 404},
            {"/apis/autoscaling/v2beta2/horizontalpodautoscalers", 200, 200, 404},
            {"/openapi/v3", 404, 404, 200},
            {"/api/v1/pods", 200, 200, 200},
            {"/apis/apps/v1/deployments", 200, 200, 200},
        };
        for (const auto &row : rows) {
            QTest::addRow("1.15 %s", row.path) << QByteArray("1.15") << QByteArray(row.path) << row.in15;
            QTest::addRow("1.21 %s", row.path) << QByteArray("1.21") << QByteArray(row.path) << row.in21;
            QTest::addRow("1.37 %s", row.path) << QByteArray("1.37") << QByteArray(row.path) << row.in37;
        }
    }
    void servesWhatItsTimeKnew()
    {
        QFETCH(QByteArray, version);
        QFETCH(QByteArray, path);
        QFETCH(int, status);
        ApiFixture api({}, version.toStdString());
        QCOMPARE(api.call("GET", path.toStdString()).status, status);
    }

    // Servers before 1.25 leave fields out that they do not know, whatever is asked, and say nothing.
    void unknownFieldsAreToldBySomeServers_data()
    {
        QTest::addColumn<QByteArray>("version");
        QTest::addColumn<QByteArray>("validation");
        QTest::addColumn<int>("status"); // of a creation
        QTest::addColumn<bool>("isToldOf");
        for (const char *version : {"1.15", "1.21", "1.37"}) {
            for (const char *validation : {"", "Ignore", "Warn", "Strict"}) {
                const QByteArray how = validation;
                const bool isNew = qstrcmp(version, "1.37") == 0;
                QTest::addRow("%s %s", version, validation)
                    << QByteArray(version) << how << (isNew && how == "Strict" ? 400 : 201)
                    << (isNew && (how.isEmpty() || how == "Warn"));
            }
        }
    }
    void unknownFieldsAreToldBySomeServers()
    {
        QFETCH(QByteArray, version);
        QFETCH(QByteArray, validation);
        QFETCH(int, status);
        QFETCH(bool, isToldOf);
        ApiFixture api({}, version.toStdString());
        const std::string body = R"({"metadata":{"name":"a"},"dada":{"x":"y"}})",
                          query = validation.isEmpty() ? "" : "?fieldValidation=" + validation.toStdString();
        const ApiAnswer made = api.call("POST", Configs + query, body);
        QVERIFY2(made.status == status, made.body.constData());
        const std::string_view said = isToldOf ? "299 - \"unknown field \\\"dada\\\"\"" : "";
        QCOMPARE(made.headers.value("warning"), said);
        (void)api.call("POST", Configs, R"({"metadata":{"name":"a"}})");
        for (const char *type : {"application/merge-patch+json", "application/strategic-merge-patch+json"}) {
            const ApiAnswer patched = api.call("PATCH", Configs + std::string("/a") + query,
                                               R"({"dada":{"x":"y"}})", {{"content-type", type}});
            QVERIFY2(patched.status == (status == 400 ? 422 : 200), patched.body.constData());
            QCOMPARE(patched.headers.value("warning"), said);
        }
    }

    void warnsOfWhatWillGo_data()
    {
        QTest::addColumn<QByteArray>("version");
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("warning");
        const auto row = [](const char *version, const char *path, const char *warning) {
            QTest::addRow("%s %s", version, path)
                << QByteArray(version) << QByteArray(path) << QByteArray(warning);
        };
        row("1.37", "/api/v1/endpoints",
            "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice");
        row("1.37", "/apis/discovery.k8s.io/v1/endpointslices", "");
        row("1.21", "/api/v1/endpoints", "");
        row("1.21", "/apis/batch/v1beta1/cronjobs",
            "batch/v1beta1 CronJob is deprecated in v1.21+, unavailable in v1.25+; use batch/v1 CronJob");
        row("1.21", "/apis/batch/v1/cronjobs", "");
        row("1.15", "/apis/batch/v1beta1/cronjobs", ""); // no such header yet
    }
    void warnsOfWhatWillGo()
    {
        QFETCH(QByteArray, version);
        QFETCH(QByteArray, path);
        QFETCH(QByteArray, warning);
        ApiFixture api({}, version.toStdString());
        const ApiAnswer answer = api.call("GET", path.toStdString());
        QCOMPARE(answer.status, 200);
        const QByteArray header = QByteArray::fromStdString(std::string(answer.headers.value("warning")));
        QCOMPARE(header, warning.isEmpty() ? warning : QByteArray("299 - \"" + warning + "\""));
    }

    void answersAsItsTimeDid_data()
    {
        QTest::addColumn<QByteArray>("version");
        QTest::addColumn<bool>("isOld");
        QTest::addColumn<int>("applied");
        QTest::newRow("1.15") << QByteArray("1.15") << true << 415;
        QTest::newRow("1.21") << QByteArray("1.21") << true << 201;
        QTest::newRow("1.37") << QByteArray("1.37") << false << 201;
    }
    void answersAsItsTimeDid()
    {
        QFETCH(QByteArray, version);
        QFETCH(bool, isOld);
        QFETCH(int, applied);
        ApiFixture api({}, version.toStdString());
        QVERIFY(api.call("GET", "/version").body.contains(QByteArray("v" + version + ".")));
        const ApiAnswer groups = api.call("GET", "/apis", {}, {{"accept", Aggregated}});
        QCOMPARE(groups.json["kind"].text() == "APIGroupList", isOld);
        const ApiAnswer patched =
            api.call("PATCH", std::string(Configs) + "/made?fieldManager=test",
                     "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"made\"}}",
                     {{"content-type", "application/apply-patch+yaml"}});
        QCOMPARE(patched.status, applied);
        const ApiAnswer watched =
            api.call("GET",
                     std::string(Configs)
                         + "?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&"
                           "allowWatchBookmarks=true&timeoutSeconds=1");
        QCOMPARE(watched.status, 200);
        QCOMPARE(watched.body.contains("initial-events-end"), !isOld);
    }

    void itsTablesAndObjectsAreOfItsTime_data()
    {
        QTest::addColumn<QByteArray>("version");
        QTest::addColumn<QByteArray>("cronJobs");
        QTest::addColumn<bool>("hasTimeZones");
        QTest::addColumn<bool>("tellsOwners");
        QTest::newRow("1.15") << QByteArray("1.15") << QByteArray("v1beta1") << false << false;
        QTest::newRow("1.21") << QByteArray("1.21") << QByteArray("v1") << false << true;
        QTest::newRow("1.37") << QByteArray("1.37") << QByteArray("v1") << true << true;
    }

    void itsTablesAndObjectsAreOfItsTime()
    {
        QFETCH(QByteArray, version);
        QFETCH(QByteArray, cronJobs);
        QFETCH(bool, hasTimeZones);
        QFETCH(bool, tellsOwners);
        ApiFixture api({}, version.toStdString());
        const std::string path = "/apis/batch/" + cronJobs.toStdString() + "/namespaces/default/cronjobs";
        const ApiAnswer made = api.call(
            "POST", path,
            R"({"metadata":{"name":"c"},"spec":{"schedule":"* * * * *","jobTemplate":{"spec":{"template":{"spec":)"
            R"({"restartPolicy":"Never","containers":[{"name":"a","image":"b"}]}}}}}})");
        QVERIFY2(made.status == 201, made.body.constData());
        QCOMPARE(made.body.contains("managedFields"), tellsOwners);
        const ApiAnswer table =
            api.call("GET", path, {}, {{"Accept", "application/json;as=Table;v=v1;g=meta.k8s.io"}});
        const auto &columns = table.json["columnDefinitions"].items();
        const auto &cells = table.json["rows"].items().at(0)["cells"].items();
        QCOMPARE(columns.size(), cells.size());
        QCOMPARE(std::any_of(columns.begin(), columns.end(),
                             [](const edge::Value &each) { return each["name"].text() == "Timezone"; }),
                 hasTimeZones);
        QCOMPARE(QByteArray::fromStdString(cells[hasTimeZones ? 3 : 2].text()), QByteArray("False"));
    }

    void ourClientReadsAll_data()
    {
        QTest::addColumn<QByteArray>("version");
        for (const char *version : {"1.15", "1.21", "1.37"})
            QTest::newRow(version) << QByteArray(version);
    }
    void ourClientReadsAll()
    {
        QFETCH(QByteArray, version);
        ApiFixture api({}, version.toStdString());
        const auto kubeconfig = kube::Kubeconfig::load({{api.kubeconfig()}, true});
        QVERIFY(kubeconfig);
        const auto connection = kubeconfig->connection();
        QVERIFY(connection);
        kube::Transport transport(*connection);
        kube::Client client(transport);
        kube::Discovery discovery(client);
        const auto catalog = discovery.fetch();
        QTRY_VERIFY_WITH_TIMEOUT(catalog.isFinished(), 10'000);
        QVERIFY2(catalog.result(), catalog.result() ? "" : qPrintable(catalog.result().error().message));
        QVERIFY(catalog.result()->failures.isEmpty());
        kube::ObjectStore store;
        kube::Reflector reflector(transport, kube::types::configMaps(), u"default"_s, store);
        reflector.start();
        QTRY_VERIFY_WITH_TIMEOUT(store.isComplete(), 30'000);
        if (version != "1.15") // it came in 1.20
            QTRY_VERIFY_WITH_TIMEOUT(store.find(u"default/kube-root-ca.crt"_s), 10'000);
        QCOMPARE(api.call("POST", Configs, "{\"metadata\":{\"name\":\"late\"}}").status, 201);
        QTRY_VERIFY_WITH_TIMEOUT(store.find(u"default/late"_s), 10'000);
        QCOMPARE(store.find(u"default/kube-root-ca.crt"_s) != nullptr, version != "1.15");
    }
};

SALLYPORT_TEST(server_age_test, ServerAgeTest)
#include "server_age_test.moc"
