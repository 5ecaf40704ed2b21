// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/json_members.h"
#include "tests/support/test_class.h"

#include <QByteArray>
#include <QTest>

#include <memory>

using namespace kube;

namespace {

QByteArray bytes(std::string_view text) { return {text.data(), qsizetype(text.size())}; }

} // namespace

class JsonMembersTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aMemberIsFoundAsItStands_data()
    {
        QTest::addColumn<QByteArray>("object");
        QTest::addColumn<QByteArray>("value"); // of x
        const auto row = [](const char *name, const char *object, const char *value) {
            QTest::newRow(name) << QByteArray(object) << QByteArray(value);
        };
        row("a text", "{\"a\":1,\"x\":\"y\"}", "\"y\"");
        row("a number at the end", "{\"x\":1.0}", "1.0");
        row("space around", " {\n \"x\" : [ 1 ] ,\t\"b\":2 } ", "[ 1 ]");
        row("null", "{\"x\":null,\"b\":1}", "null");
        row("not the one deeper inside", "{\"a\":{\"x\":1},\"b\":[\"x\",{\"x\":2}],\"x\":3}", "3");
        row("brackets in texts", "{\"a\":{\"}\":\"]{\"},\"x\":{\"y\":\"}\"}}", "{\"y\":\"}\"}");
        row("quotes and backslashes in texts", "{\"a\":\"\\\",\\\"x\\\":1,\\\\\",\"x\":\"\\\\\\\"\"}",
            "\"\\\\\\\"\"");
        row("the name as a value", "{\"a\":\"x\",\"b\":1}", "");
        row("none", "{}", "");
        row("a list", "[\"x\",1]", "");
        row("a text with the name", "\"x\"", "");
    }
    void aMemberIsFoundAsItStands()
    {
        QFETCH(QByteArray, object);
        QFETCH(QByteArray, value);
        QCOMPARE(bytes(memberOf({object.constData(), size_t(object.size())}, "x")), value);
    }

    void elementsAreThoseOfTheOuterList_data()
    {
        QTest::addColumn<QByteArray>("array");
        QTest::addColumn<QByteArrayList>("elements");
        QTest::newRow("mixed") << QByteArray("[1, \"a,]\", [2,[3]],{\"b\":[4]} ,null]")
                               << QByteArrayList{"1", "\"a,]\"", "[2,[3]]", "{\"b\":[4]}", "null"};
        QTest::newRow("none") << QByteArray(" [ ] ") << QByteArrayList();
        QTest::newRow("null") << QByteArray("null") << QByteArrayList();
        QTest::newRow("an object") << QByteArray("{\"a\":1}") << QByteArrayList();
        QTest::newRow("nothing") << QByteArray() << QByteArrayList();
    }
    void elementsAreThoseOfTheOuterList()
    {
        QFETCH(QByteArray, array);
        QFETCH(QByteArrayList, elements);
        QByteArrayList found;
        for (const std::string_view element : elementsOf({array.constData(), size_t(array.size())}))
            found.append(bytes(element));
        QCOMPARE(found, elements);
    }

    void aTextIsGivenWithoutItsQuotes()
    {
        QCOMPARE(bytes(writtenText("\"a\\\"b\"")), QByteArray("a\\\"b"));
        for (const char *other : {"", "\"", "1", "null", "[\"a\"]", "{\"a\":1}"})
            QVERIFY2(writtenText(other).empty(), other);
    }

    void whatIsNoJsonIsNotReadBeyondItsEnd() // in memory that ends with it, for the sanitizers
    {
        const QByteArray whole =
            "{\"a\":{\"b\":[\"\\\\\",{\"x\":\"\\\"}\"}]},\"x\":[1,\"]\",{\"y\":2}],\"z\":nul";
        for (qsizetype size = 0; size <= whole.size(); ++size) {
            const auto exact = std::make_unique<char[]>(size_t(size));
            std::copy_n(whole.constData(), size, exact.get());
            const std::string_view text(exact.get(), size_t(size));
            const std::string_view found = memberOf(text, "x");
            QVERIFY(found.size() <= text.size());
            for (const std::string_view element : elementsOf(found))
                QVERIFY(element.data() + element.size() <= text.data() + text.size());
        }
        for (const char *broken :
             {"[}", "{]", "[,", "{,", "{:", "{\"x\"", "{\"x\":", "{\"x\":}", "[1 2]", "[1}}]"}) {
            elementsOf(broken);
            memberOf(broken, "x");
        }
    }
};

SALLYPORT_TEST(json_members_test, JsonMembersTest)
#include "json_members_test.moc"
