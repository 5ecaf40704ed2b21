// SPDX-License-Identifier: GPL-3.0-or-later
// The patches of apply by three states; what servers make of them: tests/demo/client_suite_applies.cpp.
#include "kube/client_side_apply.h"
#include "tests/support/test_class.h"

#include <QJsonDocument>
#include <QTest>

using namespace kube;

namespace {

QJsonObject json(QByteArray text) { return QJsonDocument::fromJson(text.replace('\'', '"')).object(); }

QByteArray bytes(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact).replace('"', '\'');
}

} // namespace

class ClientSideApplyTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void patchesSetWhatIsWantedAndTakeWhatWas_data()
    {
        QTest::addColumn<QByteArray>("last");
        QTest::addColumn<QByteArray>("wanted");
        QTest::addColumn<QByteArray>("current");
        QTest::addColumn<QByteArray>("patch");
        const auto row = [](const char *name, const char *last, const char *wanted, const char *current,
                            const char *patch) {
            QTest::newRow(name) << QByteArray(last) << QByteArray(wanted) << QByteArray(current)
                                << QByteArray(patch);
        };
        row("nothing to do", "{'a':1}", "{'a':1}", "{'a':1,'theirs':2}", "{}");
        row("changed", "{'a':1}", "{'a':2}", "{'a':1}", "{'a':2}");
        row("changed back by somebody", "{'a':1}", "{'a':1}", "{'a':2}", "{'a':1}");
        row("no more wanted", "{'a':1,'b':1}", "{'a':1}", "{'a':1,'b':7}", "{'b':null}");
        row("no more wanted, gone already", "{'a':1,'b':1}", "{'a':1}", "{'a':1}", "{}");
        row("never applied", "{}", "{'a':1}", "{'b':1}", "{'a':1}");
        row("deeper", "{'a':{'b':1,'c':1}}", "{'a':{'b':2}}", "{'a':{'b':1,'c':1,'d':1}}",
            "{'a':{'b':2,'c':null}}");
        row("null in the manifest", "{}", "{'a':null}", "{'a':1}", "{'a':null}");
        row("null in the manifest, absent", "{}", "{'a':null}", "{}", "{}");
        row("a list without a key", "{'a':[1,2]}", "{'a':[1]}", "{'a':[1,2]}", "{'a':[1]}");
        row("another type", "{'a':{'b':1}}", "{'a':[1]}", "{'a':{'b':1}}", "{'a':[1]}");
        row("a service's port more", "{}", "{'kind':'Service','spec':{'ports':[{'port':80},{'port':81}]}}",
            "{'kind':'Service','spec':{'ports':[{'port':80,'protocol':'TCP'}]}}",
            "{'spec':{'$setElementOrder/ports':[{'port':80},{'port':81}],'ports':[{'port':81}]}}");
        row("a service's port less", "{'spec':{'ports':[{'port':80},{'port':81}]}}",
            "{'kind':'Service','spec':{'ports':[{'port':81}]}}",
            "{'kind':'Service','spec':{'ports':[{'port':80},{'port':81},{'port':90}]}}",
            "{'spec':{'$setElementOrder/ports':[{'port':81}],'ports':[{'$patch':'delete','port':80}]}}");
        row("another order", "{}", "{'kind':'Service','spec':{'ports':[{'port':81},{'port':80}]}}",
            "{'kind':'Service','spec':{'ports':[{'port':80},{'port':90},{'port':81}]}}",
            "{'spec':{'$setElementOrder/ports':[{'port':81},{'port':80}]}}");
        row("one port by two protocols", "{}",
            "{'kind':'Service','spec':{'ports':[{'port':53,'protocol':'UDP'},{'port':53,'protocol':'TCP'}]}}",
            "{'kind':'Service','spec':{'ports':[{'port':53,'protocol':'TCP'}]}}",
            "{'spec':{'ports':[{'port':53,'protocol':'UDP'},{'port':53,'protocol':'TCP'},{'$patch':'replace'}"
            "]}}");
        row("finalizers", "{'metadata':{'finalizers':['a','b']}}", "{'metadata':{'finalizers':['b','c']}}",
            "{'metadata':{'finalizers':['a','b','theirs']}}",
            "{'metadata':{'$deleteFromPrimitiveList/finalizers':['a'],'finalizers':['c']}}");
        row("a volume of another kind", "{}",
            "{'kind':'Pod','spec':{'volumes':[{'name':'v','configMap':{'name':'c'}}]}}",
            "{'kind':'Pod','spec':{'volumes':[{'name':'v','emptyDir':{}}]}}",
            "{'spec':{'$setElementOrder/"
            "volumes':[{'name':'v'}],'volumes':[{'$retainKeys':['configMap','name'],"
            "'configMap':{'name':'c'},'name':'v'}]}}");
    }

    void patchesSetWhatIsWantedAndTakeWhatWas()
    {
        QFETCH(QByteArray, last);
        QFETCH(QByteArray, wanted);
        QFETCH(QByteArray, current);
        QFETCH(QByteArray, patch);
        QCOMPARE(bytes(applyPatch(json(last), json(wanted), json(current), ListMerge::ByKeys)), patch);
    }

    void customResourcesListsAreOneValue()
    {
        const QJsonObject wanted = json("{'spec':{'containers':[{'name':'a'}]}}");
        const QJsonObject current = json("{'spec':{'containers':[{'name':'a'},{'name':'b'}]}}");
        QCOMPARE(bytes(applyPatch({}, wanted, current, ListMerge::Whole)),
                 QByteArray("{'spec':{'containers':[{'name':'a'}]}}"));
    }

    void theAnnotationHoldsTheObjectAndNotItself()
    {
        const QJsonObject object = json("{'kind':'A','metadata':{'name':'a','annotations':{'b':'c'}}}");
        const QJsonObject once = withLastApplied(object);
        QCOMPARE(lastApplied(once), object);
        QCOMPARE(withLastApplied(once), once);
        QCOMPARE(lastApplied(object), QJsonObject());
    }

    void theVersionThatAWriteExpectsIsNotRemembered()
    {
        const QJsonObject expecting =
            json("{'kind':'A','metadata':{'name':'a','annotations':{'b':'c'},'resourceVersion':'7'}}");
        const QJsonObject sent = withLastApplied(expecting);
        QCOMPARE(sent[u"metadata"][u"resourceVersion"].toString(), QStringLiteral("7"));
        QCOMPARE(lastApplied(sent), json("{'kind':'A','metadata':{'name':'a','annotations':{'b':'c'}}}"));
    }
};

SALLYPORT_TEST(client_side_apply_test, ClientSideApplyTest)
#include "client_side_apply_test.moc"
