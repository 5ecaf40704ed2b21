// SPDX-License-Identifier: GPL-3.0-or-later
// What writes are refused for beyond their schema, each as a real kube-apiserver 1.37 refused it: metadata, built-in kinds, patches.
#include "tests/demo/api_fixture.h"
#include "tests/support/test_class.h"

#include <QTest>

namespace {

std::string json(const char *yaml)
{
    const auto documents = edge::parseYaml(yaml);
    return documents && !documents->empty() ? edge::toJson(documents->front()) : std::string();
}

const char Configs[] = "/api/v1/namespaces/default/configmaps";
const char Secrets[] = "/api/v1/namespaces/default/secrets";
const char Services[] = "/api/v1/namespaces/default/services";
const char Deployments[] = "/apis/apps/v1/namespaces/default/deployments";

} // namespace

class BuiltinRulesTest : public QObject
{
    Q_OBJECT
    std::unique_ptr<ApiFixture> m_api;

private Q_SLOTS:
    void initTestCase()
    {
        m_api = std::make_unique<ApiFixture>();
        for (const auto &[path, object] :
             {std::pair(Configs, "{metadata: {name: c}, data: {k: v}, immutable: true}"),
              std::pair(Secrets, "{metadata: {name: s}, type: example.com/x}"),
              std::pair(Services, "{metadata: {name: s}, spec: {ports: [{port: 80}]}}")}) {
            const ApiAnswer made = m_api->call("POST", path, json(object));
            QVERIFY2(made.status == 201, made.body.constData());
        }
    }
    void cleanupTestCase() { m_api.reset(); }

    void nullItemsAreZeroes()
    {
        const ApiAnswer made =
            m_api->call("POST", std::string(Services) + "?dryRun=All",
                        json("{metadata: {name: zero}, spec: {ports: [{port: 80}], selector: {a: null}}}"));
        QVERIFY2(made.status == 201, made.body.constData());
        QCOMPARE(made.json.at({"spec", "selector", "a"}).text(), std::string());
        QVERIFY(made.json.at({"spec", "selector"}).find("a"));
        const ApiAnswer arguments =
            m_api->call("POST", std::string(Deployments) + "?dryRun=All",
                        json("{metadata: {name: zero}, spec: {selector: {matchLabels: {a: b}}, template: "
                             "{metadata: {labels: {a: b}}, "
                             "spec: {containers: [{name: c, image: i, args: [null, x]}]}}}}"));
        QVERIFY2(arguments.status == 201 && arguments.body.contains("\"args\":[\"\",\"x\"]"),
                 arguments.body.constData());
    }

    void writesAreRefused_data()
    {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("part"); // of the answer's message
        const auto row = [](const char *name, const char *method, const std::string &path, const char *body,
                            int status, const char *part) {
            QTest::newRow(name) << QByteArray(method) << QByteArray::fromStdString(path) << QByteArray(body)
                                << status << QByteArray(part);
        };
        const std::string config = std::string(Configs) + "/c", secret = std::string(Secrets) + "/s",
                          service = std::string(Services) + "/s";
        row("an annotation's key", "POST", Configs, "{metadata: {name: x, annotations: {a b: c}}}", 422,
            "metadata.annotations: Invalid value: \"a b\": name part must consist of");
        row("an owner without uid", "POST", Configs,
            "{metadata: {name: x, ownerReferences: [{apiVersion: v1, kind: Pod, name: p}]}}", 422,
            "metadata.ownerReferences[0].uid: Required value: must not be empty");
        // A null item is the zero of its Go type.
        row("a null port", "POST", Services, "{metadata: {name: x}, spec: {ports: [null]}}", 422,
            "[spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive, "
            "spec.ports[0].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive]");
        row("a null port among others", "POST", Services,
            "{metadata: {name: x}, spec: {ports: [{port: 80}, null]}}", 422,
            "[spec.ports[0].name: Required value, spec.ports[1].name: Required value, "
            "spec.ports[1].port: Invalid value: 0: must be between 1 and 65535, inclusive, "
            "spec.ports[1].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive]");
        row("null ports merged", "PATCH", service, "{spec: {ports: [null]}}", 422,
            "spec.ports[0].port: Invalid value: 0: must be between 1 and 65535");
        row("a null container", "POST", Deployments,
            "{metadata: {name: x}, spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: "
            "b}}, "
            "spec: {containers: [{name: c, image: i}, null]}}}}",
            422, "spec.template.spec.containers[1].name: Required value");
        row("a null variable", "POST", Deployments,
            "{metadata: {name: x}, spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: "
            "b}}, "
            "spec: {containers: [{name: c, image: i, env: [null]}]}}}}",
            422, "spec.template.spec.containers[0].env[0].name: Required value");
        row("a null rule", "POST", "/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles",
            "{metadata: {name: x}, rules: [null]}", 422, "rules[0].verbs: Required value");
        row("labels that are text", "POST", Configs, "{metadata: {name: x, labels: text}}", 400,
            "json: cannot unmarshal string into Go struct field ObjectMeta.metadata.labels of type "
            "map[string]string");
        row("a number as data", "POST", Configs, "{metadata: {name: x}, data: {n: 1}}", 400,
            "json: cannot unmarshal number into Go struct field ConfigMap.data of type string");
        row("a number patched in", "PATCH", config, "{data: {n: 1}}", 422,
            "json: cannot unmarshal number into Go struct field ConfigMap.data of type string");
        row("labels patched to text", "PATCH", config, "{metadata: {labels: text}}", 422,
            "cannot unmarshal string into Go struct field ObjectMeta.metadata.labels");
        row("another uid", "PATCH", config, "{metadata: {uid: x}}", 422,
            "metadata.uid: Invalid value: \"x\": field is immutable");
        row("a deletion patched in", "PATCH", config,
            "{metadata: {deletionTimestamp: '2020-01-01T00:00:00Z'}}", 422,
            "metadata.deletionTimestamp: Invalid value: \"2020-01-01T00:00:00Z\": field is immutable");
        row("a key of data", "POST", Configs, "{metadata: {name: x}, data: {bad key!: v}}", 422,
            "data[bad key!]: Invalid value: \"bad key!\": a valid config key must consist of");
        row("immutable data", "PATCH", config, "{data: {k: z}}", 422,
            "data: Forbidden: field is immutable when `immutable` is set");
        row("another type", "PATCH", secret, "{type: Opaque}", 422,
            "type: Invalid value: \"Opaque\": field is immutable");
        row("half a TLS Secret", "POST", Secrets,
            "{metadata: {name: x}, type: kubernetes.io/tls, data: {tls.crt: ''}}", 422,
            "data[tls.key]: Required value");
        row("another address", "PATCH", service, "{spec: {clusterIP: 1.2.3.4}}", 422,
            "spec.clusterIPs[0]: Invalid value: [\"1.2.3.4\"]: may not change once set");
        row("port 0", "POST", Services, "{metadata: {name: x}, spec: {ports: [{port: 0}]}}", 422,
            "spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive");
        row("two ports without names", "POST", Services,
            "{metadata: {name: x}, spec: {ports: [{port: 80}, {port: 81}]}}", 422,
            "spec.ports[1].name: Required value");
        row("the namespace default", "DELETE", "/api/v1/namespaces/default", "", 403,
            "namespaces \"default\" is forbidden: this namespace may not be deleted");
        row("seconds in letters", "GET", std::string(Configs) + "?watch=1&timeoutSeconds=x", "", 400,
            "strconv.ParseInt: parsing \"x\": invalid syntax");
    }
    void writesAreRefused()
    {
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, path);
        QFETCH(QByteArray, body);
        QFETCH(QByteArray, part);
        edge::Headers headers{{"authorization", std::string("Bearer ") + ApiFixture::AdminToken}};
        headers.set("content-type", method == "PATCH" ? "application/merge-patch+json" : "application/json");
        const ApiAnswer answer =
            m_api->call(method.toStdString(), path.toStdString(),
                        body.isEmpty() ? std::string() : json(body.constData()), headers);
        QTEST(answer.status, "status");
        const QByteArray message = QByteArray::fromStdString(answer.json["message"].text());
        QVERIFY2(message.contains(part), message.constData());
    }
};

SALLYPORT_TEST(builtin_rules_test, BuiltinRulesTest)
#include "builtin_rules_test.moc"
