// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/object_change.h"
#include "tests/support/test_class.h"

#include <QTest>

using demo::ObjectChange;
using edge::Value;

namespace {

Value yaml(const char *text) { return edge::parseYaml(text).value().front(); }

const demo::ResourceKind &configMaps(const demo::Store &store) { return *store.find("", "configmaps"); }

} // namespace

class ObjectChangeTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void anInversePatchBringsBackWhatWas_data()
    {
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QByteArray>("patch");
        QTest::newRow("changed") << QByteArray("{a: 1, b: 2}") << QByteArray("{a: 3}");
        QTest::newRow("added") << QByteArray("{a: 1}") << QByteArray("{b: {c: 2}}");
        QTest::newRow("removed") << QByteArray("{a: {b: 1, c: 2}}") << QByteArray("{a: {b: null}}");
        QTest::newRow("list") << QByteArray("{a: [1, 2]}") << QByteArray("{a: [3]}");
        QTest::newRow("scalar becomes object") << QByteArray("{a: 1}") << QByteArray("{a: {b: 2}}");
        QTest::newRow("nothing removed") << QByteArray("{a: 1}") << QByteArray("{b: null}");
    }
    void anInversePatchBringsBackWhatWas()
    {
        QFETCH(QByteArray, before);
        QFETCH(QByteArray, patch);
        const Value object = yaml(before.constData());
        const Value change = yaml(patch.constData());
        const Value changed = edge::mergePatch(object, change);
        QVERIFY(edge::mergePatch(changed, demo::inversePatch(object, change)) == object);
    }

    void aMadeObjectGoesAndAChangedOneIsRestored()
    {
        demo::Store store;
        (void)store.create(configMaps(store),
                           yaml("{metadata: {name: known, namespace: default}, data: {a: first}}"));
        ObjectChange change(store);
        QVERIFY(change.apply({yaml("{apiVersion: v1, kind: ConfigMap, metadata: {name: known, namespace: "
                                   "default}, data: {a: changed}}"),
                              yaml("{apiVersion: v1, kind: ConfigMap, metadata: {name: new, namespace: "
                                   "default, creationTimestamp: "
                                   "'2024-03-01T08:00:00Z'}}")}));
        QCOMPARE(store.get(configMaps(store), "default", "known")->at({"data", "a"}).text(), "changed");
        QCOMPARE(store.get(configMaps(store), "default", "new")->at({"metadata", "creationTimestamp"}).text(),
                 "2024-03-01T08:00:00Z");
        change.undo();
        QCOMPARE(store.get(configMaps(store), "default", "known")->at({"data", "a"}).text(), "first");
        QVERIFY(!store.get(configMaps(store), "default", "new"));
    }

    void anotherObjectOfTheNameIsLeftAlone()
    {
        demo::Store store;
        ObjectChange change(store);
        const Value made =
            yaml("{apiVersion: v1, kind: ConfigMap, metadata: {name: new, namespace: default}}");
        QVERIFY(change.apply({made}));
        (void)store.remove(configMaps(store), "default", "new");
        (void)store.create(configMaps(store), made);
        change.undo();
        QVERIFY(store.get(configMaps(store), "default", "new"));
    }

    void aRefusedChangeLeavesNothing()
    {
        demo::Store store;
        ObjectChange change(store);
        const Value good =
            yaml("{apiVersion: v1, kind: ConfigMap, metadata: {name: new, namespace: default}}");
        QVERIFY(!change.apply({good, yaml("{apiVersion: v1, kind: Earthquake, metadata: {name: x}}")}));
        QVERIFY(!store.get(configMaps(store), "default", "new"));
    }
};

SALLYPORT_TEST(object_change_test, ObjectChangeTest)
#include "object_change_test.moc"
