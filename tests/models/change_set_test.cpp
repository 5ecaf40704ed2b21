// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/undo.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;
using edge::Value;
using models::Change;

namespace {

Value yaml(const QByteArray &text)
{
    auto documents = edge::parseYaml(text.toStdString(), "test");
    if (!documents || documents->size() != 1)
        qFatal("not one document: %s", text.constData());
    return documents->front();
}

Value json(const QByteArray &text) { return edge::parseJson(text.toStdString()).value_or(Value()); }

const QByteArray mapping = "{apiVersion: getambassador.io/v2, kind: Mapping, metadata: {name: quote-backend, "
                           "namespace: default}, spec: {prefix: /backend/, service: quote}}";
const QByteArray mappingTls =
    "{apiVersion: getambassador.io/v2, kind: Mapping, metadata: {name: quote-backend, namespace: default}, "
    "spec: {prefix: /backend/, service: quote, tls: istio-upstream}}";

// As a server keeps it: with the fields that only servers write.
Value stored(Value object)
{
    Value &metadata = object.child("metadata");
    metadata.set("uid", "u-1");
    metadata.set("resourceVersion", "41");
    metadata.set("generation", 3);
    metadata.set("creationTimestamp", "2026-11-25T10:00:00Z");
    return object;
}

} // namespace

class ChangeSetTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void whatIsNotThereIsCreated()
    {
        const auto change = models::changeTo(yaml(mapping), kube::types::mappings(u"v2"_s), {});
        QVERIFY(change);
        QCOMPARE(change->verb, Change::Verb::Create);
        QCOMPARE(change->nameSpace, u"default"_s);
        QCOMPARE(change->name, u"quote-backend"_s);
        QVERIFY(json(change->body) == yaml(mapping));
        QCOMPARE(change->subject().text(), u"Mapping default/quote-backend"_s);
    }

    void aRemovalLeavesNothing()
    {
        const Value was = stored(yaml(mapping));
        const Change removal{
            Change::Verb::Remove, kube::types::mappings(u"v2"_s), u"default"_s, u"quote-backend"_s, {}, was};
        QVERIFY(!models::stateAfter(removal));
        const QString diff = models::unifiedDiff(was, models::stateAfter(removal));
        QVERIFY2(diff.startsWith(u"--- Mapping default/quote-backend, now\n+++ /dev/null\n"_s),
                 qPrintable(diff));
        QCOMPARE(diff.count(u"null"_s), 1); // of /dev/null
        const auto creation = models::changeTo(yaml(mapping), kube::types::mappings(u"v2"_s), {});
        QVERIFY(creation && models::stateAfter(*creation));
    }

    void whatIsSoAlreadyMakesNoChange()
    {
        QVERIFY(!models::changeTo(yaml(mapping), kube::types::mappings(u"v2"_s), stored(yaml(mapping))));
    }

    static Change reverse(const Change &change, const std::optional<Value> &now)
    {
        models::JournalEntry entry;
        entry.change = change;
        return models::undoOf(entry, now).change.value_or(Change());
    }

private Q_SLOTS:
    void onlyTheDifferenceIsWritten_data()
    {
        QTest::addColumn<QByteArray>("current");
        QTest::addColumn<QByteArray>("desired");
        QTest::addColumn<QByteArray>("patch"); // "" no change
        QTest::newRow("a Mapping gets tls")
            << mapping << mappingTls << QByteArray(R"({"spec":{"tls":"istio-upstream"}})");
        QTest::newRow("a Mapping loses tls: its spec is wished for as a whole")
            << mappingTls << mapping << QByteArray(R"({"spec":{"tls":null}})");
        QTest::newRow("a label beside others")
            << QByteArray("{apiVersion: v1, kind: Namespace, metadata: {name: default, labels: {team: a}}}")
            << QByteArray("{apiVersion: v1, kind: Namespace, metadata: {name: default, labels: "
                          "{istio-injection: enabled}}}")
            << QByteArray(R"({"metadata":{"labels":{"istio-injection":"enabled"}}})");
        QTest::newRow("defaults that the server has added stay")
            << QByteArray("{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}, spec: {replicas: 1, "
                          "revisionHistoryLimit: 10, template: {spec: {containers: [{name: c, image: i, "
                          "imagePullPolicy: Always}]}}}}")
            << QByteArray("{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}, spec: {replicas: 1, "
                          "template: {spec: {containers: [{name: c, image: i}]}}}}")
            << QByteArray();
        QTest::newRow("quantities by meaning")
            << QByteArray(
                   "{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}, spec: {template: {spec: "
                   "{containers: [{name: c, resources: {limits: {cpu: 100m, memory: 1Gi}}}]}}}}")
            << QByteArray(
                   "{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}, spec: {template: {spec: "
                   "{containers: [{name: c, resources: {limits: {cpu: '0.1', memory: 1024Mi}}}]}}}}")
            << QByteArray();
        QTest::newRow("a list that differs is written with what the server has added")
            << QByteArray("{apiVersion: v1, kind: Service, metadata: {name: s}, spec: {ports: [{name: http, "
                          "port: 80, protocol: TCP}]}}")
            << QByteArray("{apiVersion: v1, kind: Service, metadata: {name: s}, spec: {ports: [{name: http, "
                          "port: 81}]}}")
            << QByteArray(R"({"spec":{"ports":[{"name":"http","port":81,"protocol":"TCP"}]}})");
        QTest::newRow("what kubectl applied last and is wished for no more goes")
            << QByteArray("{apiVersion: v1, kind: Service, metadata: {name: s, annotations: "
                          "{kubectl.kubernetes.io/last-applied-configuration: "
                          "'{\"spec\":{\"type\":\"NodePort\",\"selector\":{\"a\":\"b\"}}}'}}, spec: {type: "
                          "NodePort, selector: {a: b}, clusterIP: 10.0.0.1}}")
            << QByteArray("{apiVersion: v1, kind: Service, metadata: {name: s}, spec: {selector: {a: b}}}")
            << QByteArray(R"({"spec":{"type":null}})");
    }
    void onlyTheDifferenceIsWritten()
    {
        QFETCH(QByteArray, current);
        QFETCH(QByteArray, desired);
        QFETCH(QByteArray, patch);
        const auto change =
            models::changeTo(yaml(desired), kube::types::mappings(u"v2"_s), stored(yaml(current)));
        QCOMPARE(change ? change->body : QByteArray(), patch);
    }

    void theInverseMakesTheWorldAsItWas_data()
    {
        QTest::addColumn<QByteArray>("before"); // "" absent
        QTest::addColumn<QByteArray>("desired");
        QTest::newRow("created") << QByteArray() << mapping;
        QTest::newRow("a field added") << mapping << mappingTls;
        QTest::newRow("a field taken") << mappingTls << mapping;
        QTest::newRow("a first label")
            << QByteArray("{apiVersion: v1, kind: Namespace, metadata: {name: default}}")
            << QByteArray("{apiVersion: v1, kind: Namespace, metadata: {name: default, labels: "
                          "{istio-injection: enabled}}}");
        QTest::newRow("a list replaced") << QByteArray(
            "{apiVersion: v1, kind: X, metadata: {name: x}, spec: {l: [1, 2], deep: {er: {a: 1}}}}")
                                         << QByteArray("{apiVersion: v1, kind: X, metadata: {name: x}, spec: "
                                                       "{l: [3], deep: {er: {a: 2, b: 3}}}}");
        QTest::newRow("a value of another type")
            << QByteArray("{apiVersion: v1, kind: X, metadata: {name: x}, spec: {v: {a: 1}}}")
            << QByteArray("{apiVersion: v1, kind: X, metadata: {name: x}, spec: {v: text}}");
    }
    void theInverseMakesTheWorldAsItWas()
    {
        QFETCH(QByteArray, before);
        QFETCH(QByteArray, desired);
        const std::optional<Value> was = before.isEmpty() ? std::optional<Value>() : stored(yaml(before));
        const auto change = models::changeTo(yaml(desired), kube::types::mappings(u"v2"_s), was);
        QVERIFY(change);
        const Value now = models::applied(was, *change);
        const Change back = reverse(*change, now);
        if (!was) {
            QCOMPARE(back.verb, Change::Verb::Remove);
            return;
        }
        const Value again = models::applied(now, back);
        QVERIFY2(again == *was, edge::toJson(again).c_str());
    }

    void theInverseOfARemovalCreatesWithoutServerFields()
    {
        Change removal;
        removal.verb = Change::Verb::Remove;
        removal.type = kube::types::mappings(u"v2"_s);
        removal.nameSpace = u"default"_s;
        removal.name = u"quote-backend"_s;
        removal.before = stored(yaml(mapping));
        const Change back = reverse(removal, {});
        QCOMPARE(back.verb, Change::Verb::Create);
        QVERIFY(json(back.body) == yaml(mapping));
    }

    void whatOthersHavePutBesideStays()
    {
        const Value before = yaml("{apiVersion: v1, kind: Namespace, metadata: {name: default}}");
        const auto change = models::changeTo(yaml("{apiVersion: v1, kind: Namespace, metadata: {name: "
                                                  "default, labels: {istio-injection: enabled}}}"),
                                             kube::types::namespaces(), before);
        Value now = models::applied(before, *change);
        now.child("metadata").child("labels").set("team", "shop");
        const Value after = models::applied(now, reverse(*change, now));
        QVERIFY(after.at({"metadata", "labels", "istio-injection"}).isNull());
        QCOMPARE(after.at({"metadata", "labels", "team"}).text(), "shop");
    }

    void aDiffIsAsDiffUWritesIt()
    {
        QCOMPARE(
            models::unifiedDiff(stored(yaml(mapping)), stored(yaml(mappingTls))),
            u"--- Mapping default/quote-backend, now\n+++ Mapping default/quote-backend, then\n@@ -6,3 +6,4 @@\n spec:\n   prefix: /backend/\n   service: quote\n+  tls: istio-upstream\n"_s);
        const QString created = models::unifiedDiff({}, yaml(mapping));
        QVERIFY2(created.startsWith(u"--- /dev/null\n+++ Mapping default/quote-backend, then\n@@ -0,0 +1,"_s),
                 qPrintable(created));
        QVERIFY(models::unifiedDiff(stored(yaml(mapping)), yaml(mapping)).isEmpty());
    }

    void noValueOfASecretIsShownOrWrittenDown()
    {
        const Value before = yaml("{apiVersion: v1, kind: Secret, metadata: {name: s, namespace: d, "
                                  "annotations: {kubectl.kubernetes.io/last-applied-configuration: "
                                  "'{\"data\":{\"k\":\"VE9QU0VDUkVU\"}}'}}, data: {k: VE9QU0VDUkVU}}");
        const Value after =
            yaml("{apiVersion: v1, kind: Secret, metadata: {name: s, namespace: d, annotations: "
                 "{tool.example/copy: 'k: T1RIRVJLRVkx', cert-manager.io/issuer-name: ours}}, "
                 "data: {k: T1RIRVJLRVkx}, stringData: {'n': PLAINKEY}}");
        const QString diff = models::unifiedDiff(before, after);
        QVERIFY2(diff.contains(u"another value of the same size: k"_s), qPrintable(diff));
        models::JournalEntry entry;
        entry.number = 1;
        entry.change.type = kube::types::secrets();
        entry.change.name = u"s"_s;
        entry.change.body = QByteArray::fromStdString(edge::toJson(after));
        entry.change.before = before;
        const QByteArray line = models::toJsonLine(entry);
        for (const char *secret : {"VE9QU0VDUkVU", "TOPSECRET", "T1RIRVJLRVkx", "OTHERKEY1", "PLAINKEY"}) {
            QVERIFY2(!line.contains(secret), line.constData());
            QVERIFY2(!diff.contains(QString::fromLatin1(secret)), qPrintable(diff));
        }
        QVERIFY2(diff.contains(u"issuer-name: ours"_s) && diff.contains(u"tool.example/copy"_s),
                 qPrintable(diff));
        const auto again = models::fromJsonLine(line);
        QVERIFY(again);
        QVERIFY(!models::whyNotReversible(again->change).isEmpty());
        QVERIFY(models::whyNotReversible(entry.change).isEmpty());
    }

    void aJournalEntryComesBackFromItsLine()
    {
        models::JournalEntry entry;
        entry.number = 7;
        entry.at = QDateTime(QDate(2026, 11, 25), QTime(9, 8, 7, 123), Qt::UTC);
        entry.context = u"demo \"quoted\"\nline"_s;
        entry.who = u"admin"_s;
        entry.title = u"Switch the mesh to STRICT ✓"_s;
        entry.change.type = kube::types::peerAuthentications();
        entry.change.nameSpace = u"istio-system"_s;
        entry.change.name = u"default"_s;
        entry.change.body = R"({"spec":{"mtls":{"mode":"STRICT"}}})";
        entry.change.before =
            stored(yaml("{apiVersion: security.istio.io/v1beta1, kind: PeerAuthentication, metadata: {name: "
                        "default, namespace: istio-system}, spec: {mtls: {mode: PERMISSIVE}}}"));
        entry.result = u"done in 12 ms"_s;
        entry.succeeded = true;
        entry.revertOf = 3;
        const QByteArray line = models::toJsonLine(entry);
        QVERIFY(!line.contains('\n'));
        const auto again = models::fromJsonLine(line);
        QVERIFY(again);
        QCOMPARE(models::toJsonLine(*again), line);
        QCOMPARE(again->at, entry.at);
        QCOMPARE(again->title, entry.title);
        QCOMPARE(again->change.type, entry.change.type);
        QCOMPARE(again->change.body, entry.change.body);
        QVERIFY(*again->change.before == *entry.change.before);
        QVERIFY(again->succeeded);
        QCOMPARE(again->revertOf, 3);
    }

    void whatIsNoEntryIsNone_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("half a line") << QByteArray("{\"number\":1,\"verb\":\"cre");
        QTest::newRow("another document") << QByteArray(R"({"kind":"Pod"})");
        QTest::newRow("an unknown verb")
            << QByteArray(R"({"number":1,"verb":"explode","plural":"pods","name":"p"})");
        QTest::newRow("not UTF-8") << QByteArray(
            "{\"number\":1,\"verb\":\"create\",\"plural\":\"pods\",\"name\":\"\xff\xfe\"}");
    }
    void whatIsNoEntryIsNone()
    {
        QFETCH(QByteArray, line);
        QVERIFY(!models::fromJsonLine(line));
    }
};

SALLYPORT_TEST(change_set_test, ChangeSetTest)
#include "change_set_test.moc"
