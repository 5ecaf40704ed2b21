// SPDX-License-Identifier: GPL-3.0-or-later
// Whose fields are whose, and what of it moves or goes when kubectl's client-side apply is followed by a server-side one.
#include "app/field_ownership.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace {

edge::Value json(QByteArray text)
{
    const auto value = edge::parseJson(text.replace('\'', '"').replace('`', "\\\"").toStdString());
    if (!value)
        qFatal("no JSON: %s", text.constData());
    return *value;
}

QString shown(const edge::Value &value) { return QString::fromStdString(edge::toJson(value)); }

// One that has applied on its side; fields without metadata.
QByteArray clientSide(const QByteArray &fields, const QByteArray &manager = "kubectl-client-side-apply",
                      const QByteArray &version = "v1")
{
    return "{'manager':'" + manager + "','operation':'Update','apiVersion':'" + version
        + "','fieldsType':'FieldsV1','fieldsV1':{'f:metadata':{'f:annotations':{'.':{},"
          "'f:kubectl.kubernetes.io/last-applied-configuration':{}}}"
        + fields + "}}";
}
QByteArray entry(const QByteArray &manager, const QByteArray &operation, const QByteArray &fields,
                 const QByteArray &more = {})
{
    return "{'manager':'" + manager + "','operation':'" + operation
        + "','apiVersion':'v1','fieldsType':'FieldsV1','fieldsV1':{" + fields + "}" + more + "}";
}

// The step to an item of a list by its name; ` stands for a quote within a string.
QByteArray item(const QByteArray &name) { return "'k:{`name`:`" + name + "`}'"; }

} // namespace

class FieldOwnershipTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatDiffersIsSomebodys_data()
    {
        QTest::addColumn<QByteArray>("trie");
        QTest::addColumn<bool>("owns");
        // 'a' differs, item x of the list, and the set has lost 'two'
        QTest::newRow("a field") << QByteArray("{'f:a':{}}") << true;
        QTest::newRow("another") << QByteArray("{'f:b':{}}") << false;
        QTest::newRow("a place above alone") << QByteArray("{'f:list':{'.':{}}}") << false;
        QTest::newRow("an item's field")
            << QByteArray("{'f:list':{'k:{`n`:`x`}':{'.':{},'f:v':{}}}}") << true;
        QTest::newRow("another item's")
            << QByteArray("{'f:list':{'k:{`n`:`y`}':{'.':{},'f:v':{}}}}") << false;
        QTest::newRow("one of a set") << QByteArray("{'f:set':{'v:`two`':{}}}") << true;
        QTest::newRow("another of it") << QByteArray("{'f:set':{'v:`one`':{}}}") << false;
        QTest::newRow("a field that is nowhere") << QByteArray("{'f:z':{'f:y':{}}}") << false;
        QTest::newRow("nothing") << QByteArray("{}") << false;
    }
    void whatDiffersIsSomebodys()
    {
        QFETCH(QByteArray, trie);
        QFETCH(bool, owns);
        const edge::Value then =
            json("{'a':1,'b':1,'list':[{'n':'x','v':1},{'n':'y','v':1}],'set':['one','two']}");
        const edge::Value now = json("{'a':2,'b':1,'list':[{'n':'x','v':2},{'n':'y','v':1}],'set':['one']}");
        QCOMPARE(app::ownsWhatDiffers(json(trie), then, now), owns);
    }

    void whoAppliedOnHisSideIsKnownByTheAnnotation()
    {
        const edge::Value fields = json("[" + clientSide("") + "," + clientSide("", "argo") + ","
                                        + entry("controller", "Update", "'f:data':{}") + ","
                                        + entry("helm", "Apply",
                                                "'f:metadata':{'f:annotations':{"
                                                "'f:kubectl.kubernetes.io/last-applied-configuration':{}}}")
                                        + "]");
        QCOMPARE(app::clientSideAppliers(fields), (QStringList{u"kubectl-client-side-apply"_s, u"argo"_s}));
        QVERIFY(app::clientSideAppliers(edge::Value()).isEmpty());
    }

    void fieldsChangeHandsAsWithCsaupgrade_data()
    {
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QByteArray>("after"); // of the entries' managers, operations and data
        const QByteArray a = ",'f:data':{'.':{},'f:a':{}}";
        QTest::newRow("the entry itself, where there is none of the applier")
            << QByteArray("[" + clientSide(a) + "]") << QByteArray("sallyport Apply {'.':{},'f:a':{}}");
        QTest::newRow("into the applier's") << QByteArray(
            "[" + entry("sallyport", "Apply", "'f:data':{'f:b':{}}") + "," + clientSide(a) + "]")
                                            << QByteArray("sallyport Apply {'f:b':{},'.':{},'f:a':{}}");
        QTest::newRow("a leaf and what is below it")
            << QByteArray("[" + entry("sallyport", "Apply", "'f:data':{}") + "," + clientSide(a) + "]")
            << QByteArray("sallyport Apply {'.':{},'f:a':{}}");
        QTest::newRow("of another version of the API it goes")
            << QByteArray("[" + entry("sallyport", "Apply", "'f:data':{'f:b':{}}") + ","
                          + clientSide(a, "kubectl-client-side-apply", "v1beta1") + "]")
            << QByteArray("sallyport Apply {'f:b':{}}");
        QTest::newRow("others and subresources stay")
            << QByteArray("[" + clientSide(a) + "," + entry("controller", "Update", "'f:data':{'f:c':{}}")
                          + ","
                          + entry("kubectl-client-side-apply", "Update", "'f:data':{'f:d':{}}",
                                  ",'subresource':'status'")
                          + "]")
            << QByteArray("sallyport Apply {'.':{},'f:a':{}} controller Update {'f:c':{}} "
                          "kubectl-client-side-apply Update {'f:d':{}}");
    }
    void fieldsChangeHandsAsWithCsaupgrade()
    {
        QFETCH(QByteArray, before);
        QFETCH(QByteArray, after);
        const edge::Value fields = json(before);
        const edge::Value upgraded =
            app::upgradedToServerSide(fields, app::clientSideAppliers(fields), u"sallyport"_s);
        QStringList words;
        for (const edge::Value &each : upgraded.items())
            words +=
                {QString::fromStdString(each["manager"].text()),
                 QString::fromStdString(each["operation"].text()), shown(each.at({"fieldsV1", "f:data"}))};
        QCOMPARE(words.join(u' '), QString::fromLatin1(after.replace('\'', '"')));
    }

    void whatNobodyNamesAnyMoreGoes_data()
    {
        QTest::addColumn<QByteArray>("manifest");
        QTest::addColumn<QByteArray>("others"); // more entries
        QTest::addColumn<QByteArray>("left");
        QTest::newRow("a field, an item, a field of one, a value of a set")
            << QByteArray("{'data':{'a':'3'},'ports':[{'name':'p','port':1}],'tags':['s']}") << QByteArray()
            << QByteArray("{'data':{'a':'1','x':'9'},'ports':[{'name':'p','port':1}],'tags':['s']}");
        QTest::newRow("whole lists") << QByteArray("{'data':{'a':'3'}}") << QByteArray()
                                     << QByteArray("{'data':{'a':'1','x':'9'}}");
        QTest::newRow("not what others own too")
            << QByteArray("{}")
            << QByteArray(","
                          + entry("controller", "Update",
                                  "'f:data':{'f:b':{}},'f:ports':{" + item("q") + ":{'f:port':{}}}"))
            << QByteArray("{'data':{'b':'2','x':'9'},'ports':[{'port':2}]}");
        QTest::newRow("the applier itself is no other")
            << QByteArray("{}") << QByteArray("," + entry("sallyport", "Apply", "'f:data':{'f:b':{}}"))
            << QByteArray("{'data':{'x':'9'}}");
    }
    void whatNobodyNamesAnyMoreGoes()
    {
        QFETCH(QByteArray, manifest);
        QFETCH(QByteArray, others);
        QFETCH(QByteArray, left);
        const edge::Value object =
            json("{'data':{'a':'1','b':'2','x':'9'},'ports':[{'name':'p','port':1,'tls':true},"
                 "{'name':'q','port':2}],'tags':['s','t']}");
        const edge::Value fields =
            json("["
                 + clientSide(",'f:data':{'.':{},'f:a':{},'f:b':{}},'f:ports':{'.':{}," + item("p")
                              + ":{'.':{},'f:name':{},'f:port':{},'f:tls':{}}," + item("q")
                              + ":{'.':{},'f:name':{},'f:port':{}}},'f:tags':{'.':{},'v:`s`':{},'v:`t`':{}}")
                 + others + "]");
        const edge::Value rest = app::withoutForsaken(object, json(manifest), fields,
                                                      app::clientSideAppliers(fields), u"sallyport"_s);
        QVERIFY2(rest == json(left), qPrintable(shown(rest)));
    }
};

SALLYPORT_TEST(field_ownership_test, FieldOwnershipTest)
#include "field_ownership_test.moc"
