// SPDX-License-Identifier: GPL-3.0-or-later
// Ownership of fields and server-side apply, as structured-merge-diff has them.
#include "app/demo/managed_fields.h"
#include "app/demo/typed_configuration.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace demo;
using namespace Qt::StringLiterals;

namespace {

Value yaml(const char *text)
{
    const auto documents = edge::parseYaml(text);
    return documents && !documents->empty() ? documents->front() : Value::object();
}

const Value &schema()
{
    static const Value value =
        yaml("{type: object, properties: {spec: {type: object, properties: {prefix: {type: string}, service: "
             "{type: string},"
             " labels: {type: object, additionalProperties: {type: string}}, tags: {type: array, "
             "x-kubernetes-list-type: set, items: {type: string}},"
             " whole: {type: array, items: {type: string}}, ports: {type: array, x-kubernetes-list-type: "
             "map, x-kubernetes-list-map-keys: [port],"
             " items: {type: object, properties: {port: {type: integer}, name: {type: string}}}}}}}}");
    return value;
}

StoreResult<Value> apply(const Value &live, const char *configuration, const char *manager,
                         bool force = false)
{
    return applyConfiguration(live, yaml(configuration), &schema(), {manager, "x/v1", {}}, force);
}

QByteArray json(const Value &value) { return QByteArray::fromStdString(edge::toJson(value)); }

Value fieldsOfManager(const Value &object, std::string_view manager)
{
    for (const Value &entry : object["metadata"]["managedFields"].items()) {
        if (entry["manager"].text() == manager)
            return entry["fieldsV1"];
    }
    return {};
}

} // namespace

class ManagedFieldsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anApplierOwnsTheLeavesItNames()
    {
        const auto made = apply(
            {}, "{spec: {prefix: /a/, labels: {x: '1'}, tags: [t], whole: [w], ports: [{port: 1, name: n}]}}",
            "alice");
        QVERIFY(made);
        QCOMPARE(json(fieldsOfManager(*made, "alice")),
                 QByteArray("{\"f:spec\":{\"f:labels\":{\"f:x\":{}},\"f:ports\":{\"k:{\\\"port\\\":1}\":{\"."
                            "\":{},\"f:name\":{},\"f:port\":{}}},\"f:prefix\":{},\"f:tags\":{\"v:\\\"t\\\"\":"
                            "{}},\"f:whole\":{}}}"));
    }

    void anUpdaterOwnsContainersItMadeToo()
    {
        Value after = yaml("{metadata: {labels: {app: a}}, spec: {prefix: /a/}}");
        noteUpdate({}, after, &schema(), {"probe", "x/v1", {}});
        QCOMPARE(json(fieldsOfManager(after, "probe")),
                 QByteArray("{\"f:metadata\":{\"f:labels\":{\".\":{},\"f:app\":{}}},\"f:spec\":{\".\":{},\"f:"
                            "prefix\":{}}}"));
    }

    void anotherValueConflictsUnlessForced()
    {
        const Value live = apply({}, "{spec: {prefix: /a/, service: s}}", "alice").value();
        const auto refused = apply(live, "{spec: {prefix: /a/, service: other}}", "bob");
        QVERIFY(!refused);
        QCOMPARE(QByteArray(refused.error().message.c_str()),
                 QByteArray("Apply failed with 1 conflict: conflict with \"alice\": .spec.service"));
        const Value forced = apply(live, "{spec: {prefix: /a/, service: other}}", "bob", true).value();
        QCOMPARE(forced["spec"]["service"].text(), std::string("other"));
        QCOMPARE(json(fieldsOfManager(forced, "alice")), QByteArray("{\"f:spec\":{\"f:prefix\":{}}}"));
    }

    void aFieldThatNobodyAppliesAnyMoreGoes_data()
    {
        QTest::addColumn<QByteArray>("first");
        QTest::addColumn<QByteArray>("second");
        QTest::addColumn<QByteArray>("spec");
        QTest::newRow("a plain field")
            << QByteArray("{spec: {prefix: /a/, service: s}}") << QByteArray("{spec: {prefix: /a/}}")
            << QByteArray("{\"prefix\":\"/a/\"}");
        QTest::newRow("a key of a map")
            << QByteArray("{spec: {labels: {x: '1', y: '2'}}}") << QByteArray("{spec: {labels: {x: '1'}}}")
            << QByteArray("{\"labels\":{\"x\":\"1\"}}");
        QTest::newRow("an item of a set")
            << QByteArray("{spec: {tags: [a, b]}}") << QByteArray("{spec: {tags: [b]}}")
            << QByteArray("{\"tags\":[\"b\"]}");
        QTest::newRow("an item by key")
            << QByteArray("{spec: {ports: [{port: 1}, {port: 2}]}}")
            << QByteArray("{spec: {ports: [{port: 2}]}}") << QByteArray("{\"ports\":[{\"port\":2}]}");
        QTest::newRow("a field of an item")
            << QByteArray("{spec: {ports: [{port: 1, name: n}]}}")
            << QByteArray("{spec: {ports: [{port: 1}]}}") << QByteArray("{\"ports\":[{\"port\":1}]}");
    }
    void aFieldThatNobodyAppliesAnyMoreGoes()
    {
        QFETCH(QByteArray, first);
        QFETCH(QByteArray, second);
        const Value live = apply({}, first.constData(), "alice").value();
        const Value after = apply(live, second.constData(), "alice").value();
        QTEST(json(after["spec"]), "spec");
    }

    void aSharedFieldStays()
    {
        const Value live = apply(apply({}, "{spec: {prefix: /a/, service: s}}", "alice").value(),
                                 "{spec: {service: s}}", "bob")
                               .value();
        const Value after = apply(live, "{spec: {prefix: /a/}}", "alice").value();
        QCOMPARE(after["spec"]["service"].text(), std::string("s"));
    }

    void keyedItemsOfTwoAppliersLieSideBySide()
    {
        const Value live = apply({}, "{spec: {ports: [{port: 1, name: a}]}}", "alice").value();
        const Value both = apply(live, "{spec: {ports: [{port: 2, name: b}]}}", "bob").value();
        QCOMPARE(json(both["spec"]["ports"]),
                 QByteArray("[{\"port\":1,\"name\":\"a\"},{\"port\":2,\"name\":\"b\"}]"));
    }

    void anApplyThatChangesNothingChangesNothing()
    {
        const Value live = apply({}, "{spec: {prefix: /a/}}", "alice").value();
        QCOMPARE(apply(live, "{spec: {prefix: /a/}}", "alice").value(), live);
    }

    // As kube-apiserver 1.37.2 does it: who has gone from kubectl apply to kubectl apply --server-side takes along what he had applied.
    void kubectlTakesOverWhatItAppliedBefore_data()
    {
        QTest::addColumn<QByteArray>("manager");
        QTest::addColumn<QByteArray>("lastApplied"); // "" none
        QTest::addColumn<QByteArray>("conflicts");   // "" it is applied
        const QByteArray last = R"({"apiVersion":"x/v1","spec":{"prefix":"/a/","service":"s"}})";
        QTest::newRow("its own") << QByteArray("kubectl") << last << QByteArray();
        QTest::newRow("another manager's wish")
            << QByteArray("argo") << last << QByteArray(".spec.prefix .spec.service");
        QTest::newRow("never applied")
            << QByteArray("kubectl") << QByteArray() << QByteArray(".spec.prefix .spec.service");
        QTest::newRow("something else in between")
            << QByteArray("kubectl")
            << QByteArray(R"({"apiVersion":"x/v1","spec":{"prefix":"/old/","service":"s"}})")
            << QByteArray(".spec.prefix");
        QTest::newRow("another version") << QByteArray("kubectl") << QByteArray(last).replace("v1", "v2")
                                         << QByteArray(".spec.prefix .spec.service");
        QTest::newRow("no JSON") << QByteArray("kubectl") << QByteArray("{")
                                 << QByteArray(".spec.prefix .spec.service");
    }

    void kubectlTakesOverWhatItAppliedBefore()
    {
        QFETCH(QByteArray, manager);
        QFETCH(QByteArray, lastApplied);
        QFETCH(QByteArray, conflicts);
        constexpr char Annotation[] = "kubectl.kubernetes.io/last-applied-configuration";
        Value live =
            yaml("{apiVersion: x/v1, metadata: {annotations: {a: b}}, spec: {prefix: /a/, service: s}}");
        if (!lastApplied.isEmpty())
            live.child("metadata").child("annotations").set(Annotation, lastApplied.toStdString());
        noteUpdate({}, live, &schema(), {"kubectl-client-side-apply", "x/v1", {}});
        const auto applied =
            apply(live, "{apiVersion: x/v1, spec: {service: t, prefix: /b/}, metadata: {name: m}}",
                  manager.constData());
        QByteArrayList fields;
        if (!applied) {
            for (const Value &cause : applied.error().details["causes"].items())
                fields.append(QByteArray::fromStdString(cause["field"].text()));
        }
        QCOMPARE(fields.join(' '), conflicts);
        QCOMPARE(applied.has_value(), conflicts.isEmpty());
        if (!applied)
            return;
        QCOMPARE(json((*applied)["spec"]), QByteArray(R"({"prefix":"/b/","service":"t"})"));
        QCOMPARE(QByteArray::fromStdString((*applied)["metadata"]["annotations"][Annotation].text()),
                 QByteArray(
                     R"({"apiVersion":"x/v1","metadata":{"name":"m"},"spec":{"prefix":"/b/","service":"t"}})"
                     "\n"));
    }

    void whatIsNotOfTheSchemaIsSaid_data()
    {
        QTest::addColumn<QByteArray>("configuration");
        QTest::addColumn<QStringList>("problems");
        const auto row = [](const char *configuration, const QStringList &problems) {
            QTest::newRow(configuration) << QByteArray(configuration) << problems;
        };
        const QString value = u": expected string, got &value.valueUnstructured{Value:"_s;
        row("{spec: {prefix: /a, labels: {a: x}, tags: [t], whole: [w], ports: [{port: 1, name: web}]}}", {});
        row("{spec: {prefix: null, labels: null, ports: null}}", {});
        row("{spec: {bogus: 1, ports: [{port: 1, x: 2}]}}",
            {u".spec.bogus: field not declared in schema"_s,
             u".spec.ports[port=1].x: field not declared in schema"_s});
        row("{spec: {prefix: 5}}", {u".spec.prefix"_s + value + u"5}"_s});
        row("{spec: {prefix: [1, z, null, {q: true}]}}",
            {u".spec.prefix"_s + value
             + u"[]interface {}{1, \"z\", interface {}(nil), map[string]interface {}{\"q\":true}}}"_s});
        row("{spec: {labels: {a: {b: x}}}}",
            {u".spec.labels.a"_s + value + u"map[string]interface {}{\"b\":\"x\"}}"_s});
        row("{spec: {labels: [a]}}", {u".spec.labels: expected map, got &{[a]}"_s});
        row("{spec: 5}", {u".spec: expected map, got &{5}"_s});
        row("{spec: {whole: x}}", {u".spec.whole: expected list, got &{x}"_s});
        row("{spec: {whole: [w, 5], tags: [5]}}",
            {u".spec.whole[1]"_s + value + u"5}"_s, u".spec.tags[=5]"_s + value + u"5}"_s});
        row("{spec: {ports: [5]}}",
            {u".spec.ports: element 0: associative list with keys may not have non-map elements"_s});
        row("{spec: {ports: [{port: x, name: web}]}}",
            {u".spec.ports[port=\"x\"].port: expected numeric (int or float), got string"_s});
        row("{metadata: {labels: {a: true}}}", {u".metadata.labels.a"_s + value + u"true}"_s});
    }
    void whatIsNotOfTheSchemaIsSaid()
    {
        QFETCH(const QByteArray, configuration);
        QFETCH(const QStringList, problems);
        QStringList said;
        for (const std::string &problem : typingProblems(yaml(configuration.constData()), &schema()))
            said.append(QString::fromStdString(problem));
        QCOMPARE(said, problems);
    }
};

SALLYPORT_TEST(managed_fields_test, ManagedFieldsTest)
#include "managed_fields_test.moc"
