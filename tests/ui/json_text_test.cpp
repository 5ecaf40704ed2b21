// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_class.h"
#include "ui/json_text.h"

#include <QTest>

class JsonTextTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void jsonIsIndentedAsItCame_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QByteArray>("text"); // empty: it is none
        QTest::newRow("own order") << QByteArray("{\"server\":\"q\",\"quote\":\"x\",\"time\":1}")
                                   << QByteArray(
                                          "{\n  \"server\": \"q\",\n  \"quote\": \"x\",\n  \"time\": 1\n}");
        QTest::newRow("numbers as they are") << QByteArray("[1.10, 12345678901234567890, 1e2]")
                                             << QByteArray("[\n  1.10,\n  12345678901234567890,\n  1e2\n]");
        QTest::newRow("signs in strings")
            << QByteArray("{\"a\\\"{,\":\"[:] \\\\\"}") << QByteArray("{\n  \"a\\\"{,\": \"[:] \\\\\"\n}");
        QTest::newRow("nested, empty and spaced")
            << QByteArray(" { \"a\" : [ ] , \"b\" : { } , \"c\" : [ { \"d\" : null } ] } \n")
            << QByteArray(
                   "{\n  \"a\": [],\n  \"b\": {},\n  \"c\": [\n    {\n      \"d\": null\n    }\n  ]\n}");
        QTest::newRow("a name twice")
            << QByteArray("{\"a\":1,\"a\":2}") << QByteArray("{\n  \"a\": 1,\n  \"a\": 2\n}");
        QTest::newRow("beyond ASCII") << QByteArray("{\"\xc3\xa4\":\"\xe2\x80\xa6\"}")
                                      << QByteArray("{\n  \"\xc3\xa4\": \"\xe2\x80\xa6\"\n}");
        QTest::newRow("no JSON") << QByteArray("{\"a\":") << QByteArray();
        QTest::newRow("words") << QByteArray("upstream connect error") << QByteArray();
    }
    void jsonIsIndentedAsItCame()
    {
        QFETCH(QByteArray, json);
        QFETCH(QByteArray, text);
        QCOMPARE(ui::indentedJson(json).value_or(QByteArray()), text);
    }
};

SALLYPORT_TEST(json_text_test, JsonTextTest)
#include "json_text_test.moc"
