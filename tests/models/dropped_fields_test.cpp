// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/dropped_fields.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

class DroppedFieldsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void whatTheAnswerLacksIsNamed_data()
    {
        QTest::addColumn<QByteArray>("sent"); // YAML
        QTest::addColumn<QByteArray>("answered");
        QTest::addColumn<QStringList>("dropped");
        const auto row = [](const char *name, const QByteArray &sent, const QByteArray &answered,
                            const QStringList &dropped = {}) {
            QTest::newRow(name) << sent << answered << dropped;
        };
        row("all is there", "spec: {replicas: 3}", "spec: {replicas: 3, paused: false}");
        row("a misspelt field", "spec: {repicas: 3}", "spec: {replicas: 1}", {u"spec.repicas"_s});
        row("another value is no lack", "spec: {cpu: 1000m}", "spec: {cpu: '1'}");
        row("a whole branch", "spec: {selektor: {app: web}}", "spec: {}", {u"spec.selektor"_s});
        row("null, as a patch takes a field away", "spec: {a: null}", "spec: {}");
        row("what is left out when it is nothing", "spec: {a: {}, b: [], c: '', d: 0, e: false, f: {g: ''}}",
            "spec: {}");
        row("in a list, by name", "spec: {ports: [{name: b, tragetPort: 1}, {name: a, port: 1}]}",
            "spec: {ports: [{name: a, port: 1}, {name: b}]}", {u"spec.ports[b].tragetPort"_s});
        row("in a list, by place", "spec: {ports: [{port: 80, tragetPort: 8080}]}",
            "spec: {ports: [{port: 80, protocol: TCP}]}", {u"spec.ports[0].tragetPort"_s});
        row("in a list that others have a part in", "spec: {ports: [{port: 80, tragetPort: 1}]}",
            "spec: {ports: [{port: 443}, {port: 80}]}");
        row("in a list that the server sorts", "spec: {ports: [{port: 80}, {port: 443, targetPort: 8443}]}",
            "spec: {ports: [{port: 443, targetPort: 8443}, {port: 80}]}");
        row("in a list that has both kinds of elements", "spec: {rules: [{a: 1}, {b: 2}]}",
            "spec: {rules: [{b: 2}, {a: 1}]}");
        row("of one name twice", "spec: {ports: [{name: dns, port: 53}, {name: dns, udpPort: 53}]}",
            "spec: {ports: [{name: dns, port: 53}, {name: dns, udpPort: 53}]}");
        row("what the server keeps", "metadata: {resourceVersion: '4', creationTimestamp: x, uid: u}",
            "metadata: {}");
        row("labels it keeps as they are sent", "metadata: {labels: {a: b}}", "metadata: {}",
            {u"metadata.labels"_s});
        row("a misspelt branch of metadata", "metadata: {label: {a: b}}", "metadata: {}",
            {u"metadata.label"_s});
        row("annotations, which others may take away", "metadata: {annotations: {a: b}}", "metadata: {}");
        row("one of several annotations", "metadata: {annotations: {a: b, c: d}}",
            "metadata: {annotations: {c: d}}");
        row("annotations of a template", "spec: {template: {metadata: {annotations: {a: b}}}}",
            "spec: {template: {metadata: {labels: {a: b}}}}");
        row("status and stringData", "status: {a: 1}\nstringData: {a: b}", "data: {a: Yg==}");
        row("another shape", "spec: {a: {b: c}}", "spec: {a: [1]}", {u"spec.a.b"_s});
        row("an answer that is none", "spec: {a: 1}", "x", {u"spec"_s});
    }
    void whatTheAnswerLacksIsNamed()
    {
        QFETCH(QByteArray, sent);
        QFETCH(QByteArray, answered);
        const auto value = [](const QByteArray &yaml) {
            return edge::parseYaml(yaml.toStdString(), "test").value().front();
        };
        QTEST(models::droppedFields(value(sent), value(answered)), "dropped");
    }

    void itDependsOnTheServersAge_data()
    {
        QTest::addColumn<bool>("drops");
        QTest::newRow("v1.15.12") << true;
        QTest::newRow("v1.24.17-eks-1") << true;
        QTest::newRow("v1.25.0") << false;
        QTest::newRow("v1.37.2") << false;
        QTest::newRow("") << false;
        QTest::newRow("development") << false;
    }
    void itDependsOnTheServersAge()
    {
        QTEST(models::dropsUnknownFields(QString::fromLatin1(QTest::currentDataTag())), "drops");
    }
};

SALLYPORT_TEST(dropped_fields_test, DroppedFieldsTest)
#include "dropped_fields_test.moc"
