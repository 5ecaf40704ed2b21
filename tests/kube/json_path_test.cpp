// SPDX-License-Identifier: GPL-3.0-or-later
// Kubernetes' JSONPath: where paths lead, what filters compare, and which texts are none, as kubectl 1.32 answers.
#include "kube/json_path.h"
#include "tests/support/test_class.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRandomGenerator>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace kube;

namespace {

QByteArray asJson(QByteArray text) { return text.replace('\'', '"'); }

} // namespace

class JsonPathTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pathsLeadWhereKubectlsLead_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QStringList>("results");
        const auto row = [](const char *path, const QStringList &results) {
            QTest::newRow(path) << QString::fromLatin1(path) << results;
        };
        row(".spec.prefix", {u"/a/"_s});
        row("{.spec.prefix}", {u"/a/"_s});
        row("$.spec.prefix", {u"/a/"_s});
        row("spec.prefix", {u"/a/"_s});
        row(".spec['prefix']", {u"/a/"_s});
        row(".metadata.labels.app\\.kubernetes\\.io/name", {u"quote"_s});
        row(".metadata.labels['app.kubernetes.io/name']", {u"quote"_s});
        row(".absent.deeper", {});
        row(".spec.prefix.deeper", {});
        row(".status.conditions[0].type", {u"Ready"_s});
        row(".status.conditions[-1].type", {u"Last"_s});
        row(".status.conditions[9].type", {});
        row(".status.conditions[*].type", {u"Ready"_s, u"Other"_s, u"Last"_s});
        row(".status.conditions[0:2].type", {u"Ready"_s, u"Other"_s});
        row(".status.conditions[-2:].type", {u"Other"_s, u"Last"_s});
        row(".status.conditions[::2].type", {u"Ready"_s, u"Last"_s});
        row(".status.conditions[0,2].type", {u"Ready"_s, u"Last"_s});
        row(".status.conditions[?(@.type==\"Ready\")].status", {u"True"_s});
        row(".status.conditions[?(@.type == 'Ready')].status", {u"True"_s});
        row(".status.conditions[?(@.type!='Ready')].type", {u"Other"_s, u"Last"_s});
        row(".status.conditions[?(@.n>1)].type", {u"Other"_s, u"Last"_s});
        row(".status.conditions[?(@.n<=2)].type", {u"Ready"_s, u"Other"_s});
        row(".status.conditions[?(@.reason)].type", {u"Last"_s});
        row(".status.conditions[?(@.ok==true)].type", {u"Ready"_s});
        row(".status.conditions[?(\"Ready\"==@.type)].status", {u"True"_s});
        row(".status.conditions[?('Ready'!=@.type)].type", {u"Other"_s, u"Last"_s});
        row(".status.conditions[?( 1 < @.n )].type", {u"Other"_s, u"Last"_s});
        row(".status.conditions[?(-1<1)].type", {u"Ready"_s, u"Other"_s, u"Last"_s});
        row(".status.conditions[?(true==false)].type", {});
        row(".status.conditions[?(\"x\")].type", {u"Ready"_s, u"Other"_s, u"Last"_s});
        row(".status.conditions[?(@.none==\"x\")].type", {});
        row("[?(@.x==1)]", {});
        row("..type", {u"Ready"_s, u"Other"_s, u"Last"_s});
        row(".spec.weight", {u"3"_s});
        row(".spec.half", {u"0.5"_s});
        row(".spec.flag", {u"false"_s});
        row(".spec['prefix','weight']", {u"/a/"_s, u"3"_s});
        row(".status.conditions[2]", {u"{\"n\":3,\"reason\":\"x\",\"type\":\"Last\"}"_s});
    }

    void pathsLeadWhereKubectlsLead()
    {
        QFETCH(QString, path);
        QFETCH(QStringList, results);
        const QJsonObject root =
            QJsonDocument::fromJson(
                asJson("{'metadata':{'labels':{'app.kubernetes.io/name':'quote'}},'spec':{'prefix':'/a/"
                       "','weight':3,'half':0.5,'flag':false},"
                       "'status':{'conditions':[{'type':'Ready','status':'True','n':1,'ok':true},{'type':'"
                       "Other','n':2},{'type':'Last','n':3,'reason':'x'}]}}"))
                .object();
        const Result<JsonPath> compiled = JsonPath::compile(path);
        QVERIFY2(compiled, qPrintable(compiled ? QString() : compiled.error().message));
        QCOMPARE(compiled->evaluate(root).size(), results.size());
        QCOMPARE(compiled->text(root), results.value(0));
        QStringList found;
        for (const QJsonValue &value : compiled->evaluate(root))
            found.append(value.isString() ? value.toString() : compiled->text(root));
        if (results.size() > 1 && path != u".spec['prefix','weight']")
            QCOMPARE(found, results);
    }

    void dotsAndSignsAreReadAsKubectlDoes_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("numbers"); // of what is found
        const auto row = [](const char *path, const char *numbers) {
            QTest::newRow(path) << QString::fromLatin1(path) << QString::fromLatin1(numbers);
        };
        row(".list[?(@.n==01)].n", "1");
        row(".list[?(@.n==+1)].n", "1");
        row(".list[?(@.f>-.5)].n", "1");
        row(".list[?(@.f==+.5)].n", "1");
        row(".list[?(@.f<1.)].n", "1");
        row(".list[?(@.f==00.5)].n", "1");
        // Without a sign or a digit before it, a dot begins a path of the item, as after @ and $.
        row(".list[?(@.5==.5)].n", "1");
        row(".list[?(.5==7)].n", "1");
        row(".list[?(.n>1)].n", "2");
        row(".list[?($.n>1)].n", "2");
        row(".list[?(@.n==$.n)].n", "1,2");
        for (const char *path :
             {".5", ".-1", ".a=b", ".a(b)!", ".a:b", "['a:b']", "['a}b']", ".a\\}b", ".a\\ b"})
            row(qPrintable(u"{.odd%1}"_s.arg(QLatin1String(path))), "3");
        for (const char *quote : {"'", "\""}) {
            for (const char *word : {"}", "{", "a}b", ":", "x]y", "p)q", "(", "==", ",", "a b"})
                row(qPrintable(
                        u"{.words[?(@.word==%1%2%1)].n}"_s.arg(QLatin1String(quote), QLatin1String(word))),
                    "4");
        }
    }

    void dotsAndSignsAreReadAsKubectlDoes()
    {
        QFETCH(const QString, path);
        QJsonObject odd;
        for (const QString &name : {u"5"_s, u"-1"_s, u"a=b"_s, u"a(b)!"_s, u"a:b"_s, u"a}b"_s, u"a b"_s})
            odd.insert(name, 3);
        QJsonArray words;
        for (const QString &word :
             {u"}"_s, u"{"_s, u"a}b"_s, u":"_s, u"x]y"_s, u"p)q"_s, u"("_s, u"=="_s, u","_s, u"a b"_s})
            words.append(QJsonObject{{u"word"_s, word}, {u"n"_s, 4}});
        const QJsonArray list{QJsonObject{{u"n"_s, 1}, {u"f"_s, 0.5}, {u"5"_s, 7}}, QJsonObject{{u"n"_s, 2}}};
        const Result<JsonPath> compiled = JsonPath::compile(path);
        QVERIFY2(compiled, qPrintable(compiled ? QString() : compiled.error().message));
        const auto found =
            compiled->joined(QJsonObject{{u"odd"_s, odd}, {u"words"_s, words}, {u"list"_s, list}});
        QVERIFY2(found, qPrintable(found ? QString() : found.error().message));
        QTEST(*found, "numbers");
    }

    // In the words of kubectl 1.32.
    void whatCannotBeComparedIsAnError_data()
    {
        QTest::addColumn<QString>("filter");
        QTest::addColumn<QString>("words");
        const QString incompatible = u"incompatible types for comparison"_s,
                      invalid = u"invalid type for comparison"_s;
        QTest::newRow("a text with a number") << u"@.type==1"_s << incompatible;
        QTest::newRow("unequal too") << u"@.type!=1"_s << incompatible;
        QTest::newRow("a number with a text") << u"@.n==\"1\""_s << incompatible;
        QTest::newRow("order") << u"@.n<\"2\""_s << incompatible;
        QTest::newRow("literals") << u"80==\"80\""_s << incompatible;
        QTest::newRow("a text with a boolean") << u"@.type==true"_s << incompatible;
        QTest::newRow("a whole number with a fraction") << u"@.n==1.0"_s << incompatible;
        QTest::newRow("and with another") << u"1.5>@.n"_s << incompatible;
        QTest::newRow("an object") << u"@.deep==1"_s << invalid;
        QTest::newRow("a list") << u"\"x\"==@.list"_s << invalid;
        QTest::newRow("null") << u"@.nil==1"_s << invalid;
        QTest::newRow("booleans in order") << u"true<false"_s << invalid;
        QTest::newRow("several") << u"@.list[*]==1"_s << u"can only compare one element at a time"_s;
    }

    void whatCannotBeComparedIsAnError()
    {
        QFETCH(QString, filter);
        const QJsonObject root =
            QJsonDocument::fromJson(
                asJson("{'all':[{'type':'Ready','n':1,'deep':{'x':1},'list':[1,2],'nil':null}]}"))
                .object();
        const Result<JsonPath> compiled = JsonPath::compile(u".all[?("_s + filter + u")].type"_s);
        QVERIFY2(compiled, qPrintable(compiled ? QString() : compiled.error().message));
        QVERIFY(compiled->evaluate(root).isEmpty());
        const auto found = compiled->joined(root);
        QVERIFY(!found);
        QTEST(found.error().message, "words");
    }

    void onlyListsCanBeFiltered()
    {
        const Result<JsonPath> compiled = JsonPath::compile(u".spec[?(@.x)]"_s);
        QVERIFY(compiled);
        const auto found = compiled->find(QJsonObject{{u"spec"_s, u"a"_s}});
        QVERIFY(!found);
        QCOMPARE(found.error().message, u"a is not array or slice and cannot be filtered"_s);
    }

    void aWrongPathSaysWhere_data()
    {
        QTest::addColumn<QString>("path");
        for (const char *path : {".a[",
                                 ".a[x]",
                                 ".a['b",
                                 ".a..",
                                 ".a[?(@.b]",
                                 ".a[?(b==1)]",
                                 ".a[?(@.b==word)]",
                                 ".a[?(@.b==nan)]",
                                 ".a[?(@.b==inf)]",
                                 ".a[?(@.b==-inf)]",
                                 ".a[?(@.b==+NaN)]",
                                 ".a[?(@.b==infinity)]",
                                 ".a]b",
                                 ".a[1:2:0]",
                                 ".a[1 2]",
                                 ".a[?(@.b==5e-1)]",
                                 ".a[?(@.b==1e0)]",
                                 ".a[?(@.b==0x1)]",
                                 ".a[?(@.b==1.0.0)]",
                                 ".a[?(@.b==-)]",
                                 ".a[?(@.b=1)]",
                                 ".a[?(@.b===1)]",
                                 ".a[?(@.b<>1)]",
                                 "{.a",
                                 ".a}",
                                 "{.a}{.b}",
                                 ".a,b",
                                 ".a$b",
                                 ".a@b",
                                 ".a b"})
            QTest::newRow(path) << QString::fromLatin1(path);
    }

    void aWrongPathSaysWhere()
    {
        QFETCH(QString, path);
        const Result<JsonPath> compiled = JsonPath::compile(path);
        if (path == u".a..") { // everything below: odd, but kubectl takes it
            QVERIFY(compiled);
            return;
        }
        QVERIFY(!compiled);
        QVERIFY2(compiled.error().message.contains(u"place "_s), qPrintable(compiled.error().message));
    }

    // A CustomResourceDefinition of anybody brings such paths, and each is walked for every row.
    void aPathThatMultipliesEndsSoon_data()
    {
        QTest::addColumn<QString>("path");
        QTest::newRow("descents") << QString(u"..*"_s.repeated(40));
        QTest::newRow("unions") << QString(u"[0,0,0,0,0,0,0,0]"_s.repeated(20));
        QTest::newRow("filters in filters")
            << QString(u"..[?(@"_s.repeated(12) + u"..*"_s + u")]"_s.repeated(12));
    }

    void aPathThatMultipliesEndsSoon()
    {
        QFETCH(QString, path);
        QJsonValue nested = QJsonArray{1, 2};
        for (int depth = 0; depth < 12; ++depth)
            nested = QJsonArray{nested, QJsonObject{{u"a"_s, nested}}, 3};
        const Result<JsonPath> compiled = JsonPath::compile(path);
        QVERIFY2(compiled, qPrintable(compiled ? QString() : compiled.error().message));
        QVERIFY(compiled->evaluate(nested).size() <= JsonPath::MaxVisits);
    }

    void noTextMakesThePathParserFallOver()
    {
        const QString pieces = u"..[]?@()'\"\\*:,-0129abc{}$ =!<>"_s;
        QRandomGenerator random(5);
        const QJsonObject root =
            QJsonDocument::fromJson(asJson("{'a':[{'b':1},{'c':[1,2]}],'b':{'a':'x'}}")).object();
        for (int i = 0; i < 20'000; ++i) {
            QString text;
            for (int length = random.bounded(24); length > 0; --length)
                text.append(pieces[random.bounded(pieces.size())]);
            if (const Result<JsonPath> compiled = JsonPath::compile(text))
                compiled->evaluate(root);
        }
    }
};

SALLYPORT_TEST(json_path_test, JsonPathTest)
#include "json_path_test.moc"
