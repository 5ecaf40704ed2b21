// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/configured_objects.h"
#include "models/analysis/edge_view.h"
#include "models/items/configured_rows.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace {

// documents: of the annotation, indented by six.
QByteArray annotated(const QByteArray &service, const QByteArray &documents)
{
    return "---\napiVersion: v1\nkind: Service\nmetadata:\n  name: " + service
        + "\n  namespace: shop\n  annotations:\n    getambassador.io/config: |\n" + documents
        + "spec: {ports: [{port: 80}]}\n";
}

const QByteArray whole =
    "      ---\n      apiVersion: getambassador.io/v3alpha1\n      kind: Host\n      metadata: {name: "
    "site, namespace: web, labels: {a: b}}\n      spec: {hostname: a.example}\n";
const QByteArray old =
    "      ---\n      apiVersion: ambassador/v2\n      kind: Mapping\n      name: quote\n      prefix: "
    "/old/\n      service: quote\n      metadata_labels: {c: d}\n";

QString summaryOf(const models::ConfiguredObject &one)
{
    return QString::fromStdString(edge::toJson(*one.object)) + u" of "_s + one.holder.text();
}

} // namespace

class ConfiguredObjectsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void eachFormBecomesAnObject_data()
    {
        QTest::addColumn<QByteArray>("documents");
        QTest::addColumn<QStringList>("objects");
        QTest::newRow("nothing") << QByteArray("      # none\n") << QStringList();
        QTest::newRow("no YAML") << QByteArray("      a: [\n") << QStringList();
        QTest::newRow("without a kind") << QByteArray("      name: x\n") << QStringList();
        QTest::newRow("a whole object")
            << whole
            << QStringList{u"{\"apiVersion\":\"getambassador.io/v3alpha1\",\"kind\":\"Host\","
                           "\"metadata\":{\"name\":\"site\",\"namespace\":\"web\",\"labels\":{\"a\":\"b\"}},"
                           "\"spec\":{\"hostname\":\"a.example\"}} of Service shop/s"_s};
        QTest::newRow("the old form")
            << old
            << QStringList{
                   u"{\"apiVersion\":\"getambassador.io/v2\",\"kind\":\"Mapping\","
                   "\"metadata\":{\"name\":\"quote\",\"namespace\":\"shop\",\"labels\":{\"c\":\"d\"}},"
                   "\"spec\":{\"prefix\":\"/old/\",\"service\":\"quote\"}} of Service shop/s"_s};
    }
    void eachFormBecomesAnObject()
    {
        QFETCH(QByteArray, documents);
        QFETCH(QStringList, objects);
        QStringList found;
        for (const models::ConfiguredObject &one :
             models::annotatedObjects(*snapshotOf(annotated("s", documents))))
            found.append(summaryOf(one));
        QCOMPARE(found, objects);
    }

    // The edge takes the later of two, so the earlier is no object at all.
    void ofTwoOfOneNameTheLaterIsThere()
    {
        QByteArray later = old;
        later.replace("/old/", "/new/");
        const auto objects = models::annotatedObjects(*snapshotOf(annotated("s", old + whole + later)));
        QCOMPARE(objects.size(), size_t(2));
        QCOMPARE(objects[0].object->at({"spec", "prefix"}).text(), std::string("/new/"));
    }

    // What the edge makes of Ingresses has the names that its diagnostics and routes have.
    void anIngressIsWhatTheEdgeMakesOfIt()
    {
        const QByteArray ingress =
            "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web, namespace: shop, "
            "annotations: {kubernetes.io/ingress.class: ambassador}}\nspec:\n"
            "  tls: [{hosts: [a.example], secretName: cert}]\n"
            "  defaultBackend: {service: {name: all, port: {number: 80}}}\n"
            "  rules: [{host: a.example, http: {paths: [{path: /x/, pathType: Prefix, backend: {service: "
            "{name: x, "
            "port: {name: web}}}}]}}]\n"
            "---\napiVersion: v1\nkind: Service\nmetadata: {name: x, namespace: shop}\n"
            "spec: {ports: [{name: web, port: 8080}]}\n"
            "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: other, namespace: shop, "
            "annotations: {kubernetes.io/ingress.class: nginx}}\nspec: {defaultBackend: {service: {name: "
            "all, "
            "port: {number: 80}}}}\n";
        const auto snapshot = snapshotOf(ingress);
        QStringList found;
        for (const models::ConfiguredObject &one : models::configuredObjects(*snapshot, {}))
            found.append(QString::fromStdString((*one.object)["kind"].text()) + u' ' + one.key() + u' '
                         + QString::fromStdString(one.object->at({"spec", "service"}).text()));
        QCOMPARE(found,
                 (QStringList{u"Host shop/web-0-0 from Ingress shop/web "_s,
                              u"Mapping shop/web-default-backend from Ingress shop/web all.shop:80"_s,
                              u"Mapping shop/web-0-0 from Ingress shop/web x.shop:8080"_s}));
        const auto objects = models::configuredObjects(*snapshot, {});
        QCOMPARE(objects[1].source(), u"Ingress shop/web"_s);
        QCOMPARE(objects[1].object->at({"apiVersion"}).text(), std::string("getambassador.io/v3alpha1"));
        const auto rows = models::unwatchedMappingRows(*snapshot, {});
        QCOMPARE(rows.size(), 2);
        QCOMPARE(rows[1].key, objects[2].key());
        QCOMPARE(models::sourceOf(rows[1]), u"Ingress shop/web"_s);
        QVERIFY(models::isMade(rows[1]));
        QCOMPARE(rows[1].prefix, u"/x/"_s);
    }

    // Of several of one name the edge takes the one whose holder comes last.
    void whoseNameAnotherHasTakenSaysWhich_data()
    {
        QTest::addColumn<QByteArray>("yaml");
        QTest::addColumn<QStringList>("replaced"); // key: why
        const QByteArray own = "---\napiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: quote, "
                               "namespace: shop}\nspec: {prefix: /own/, service: quote}\n";
        QTest::newRow("one") << annotated("s", old) << QStringList();
        QTest::newRow("two annotations")
            << annotated("b", old) + annotated("a", old)
            << QStringList{
                   u"shop/quote of Service shop/a: another of this name counts, that of annotation of Service shop/b"_s};
        QTest::newRow("an object of that name before")
            << annotated("z", old) + own
            << QStringList{
                   u"shop/quote: another of this name counts, that of annotation of Service shop/z"_s};
        QTest::newRow("and after")
            << annotated("a", old) + own
            << QStringList{
                   u"shop/quote of Service shop/a: another of this name counts: the object Mapping shop/quote"_s};
        QTest::newRow("three")
            << annotated("c", old) + annotated("a", old) + annotated("b", old)
            << QStringList{
                   u"shop/quote of Service shop/a: another of this name counts, that of annotation of Service shop/c"_s,
                   u"shop/quote of Service shop/b: another of this name counts, that of annotation of Service shop/c"_s};
        QByteArray foreign = old;
        foreign.replace("metadata_labels", "ambassador_id: blue\n      metadata_labels");
        QTest::newRow("one is another edge's")
            << annotated("a", old) + annotated("b", foreign) << QStringList();
    }
    void whoseNameAnotherHasTakenSaysWhich()
    {
        QFETCH(QByteArray, yaml);
        QFETCH(QStringList, replaced);
        const auto snapshot = snapshotOf(yaml);
        const models::EdgeView view = models::viewEdge(*snapshot, {});
        QVERIFY2(view.table, qPrintable(view.problem));
        QStringList found;
        for (const models::ConfiguredObject &one : models::configuredObjects(*snapshot, {})) {
            if (const QString why = models::whyReplaced(one, view.table->config()); !why.isEmpty()) {
                found.append(one.key() + u": "_s + why);
                const auto verdict = view.others.value(one.key());
                QVERIFY(verdict && verdict->state == models::MappingVerdict::State::Replaced);
                QCOMPARE(verdict->stateReason, why);
            }
        }
        QCOMPARE(found, replaced);
    }

    void ownObjectsComeFirst()
    {
        const auto snapshot =
            snapshotOf(annotated("s", old)
                       + "---\napiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: own, "
                         "namespace: shop}\nspec: {prefix: /own/, service: quote}\n");
        const auto objects = models::configuredObjects(*snapshot);
        QCOMPARE(objects.size(), size_t(2)); // not the Service
        QVERIFY(objects[0].isOwn());
        QCOMPARE(objects[0].object->at({"metadata", "name"}).text(), std::string("own"));
        QCOMPARE(objects[0].source(), QString());
        QCOMPARE(objects[0].key(), u"shop/own"_s);
        QCOMPARE(objects[1].source(), u"annotation of Service shop/s"_s);
        QCOMPARE(objects[1].key(), u"shop/quote of Service shop/s"_s);
    }
};

SALLYPORT_TEST(configured_objects_test, ConfiguredObjectsTest)
#include "configured_objects_test.moc"
