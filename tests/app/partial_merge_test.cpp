// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/partial_merge.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

class PartialMergeTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void partsAreLaidOverTheWhole_data()
    {
        QTest::addColumn<QByteArray>("whole");
        QTest::addColumn<QByteArray>("part");
        QTest::addColumn<QByteArray>("merged");
        QTest::newRow("members join") << QByteArray(R"({"a":1})") << QByteArray(R"({"b":{"c":2}})")
                                      << QByteArray(R"({"a":1,"b":{"c":2}})");
        QTest::newRow("members are replaced")
            << QByteArray(R"({"a":{"x":1,"y":2}})") << QByteArray(R"({"a":{"x":3}})")
            << QByteArray(R"({"a":{"x":3,"y":2}})");
        QTest::newRow("a container joins")
            << QByteArray(R"({"containers":[{"name":"aes","image":"1"}]})")
            << QByteArray(R"({"containers":[{"name":"proxy","image":"2"}]})")
            << QByteArray(R"({"containers":[{"name":"aes","image":"1"},{"name":"proxy","image":"2"}]})");
        QTest::newRow("a container is changed inside")
            << QByteArray(R"({"containers":[{"name":"aes","image":"1","env":[{"name":"A","value":"1"}]}]})")
            << QByteArray(R"({"containers":[{"name":"aes","env":[{"name":"B","value":"2"}]}]})")
            << QByteArray(
                   R"({"containers":[{"name":"aes","image":"1","env":[{"name":"A","value":"1"},{"name":"B","value":"2"}]}]})");
        QTest::newRow("mounts go by path, since one volume may be mounted twice")
            << QByteArray(R"({"volumeMounts":[{"mountPath":"/a","name":"v"}]})")
            << QByteArray(R"({"volumeMounts":[{"mountPath":"/b","name":"v"}]})")
            << QByteArray(
                   R"({"volumeMounts":[{"mountPath":"/a","name":"v"},{"mountPath":"/b","name":"v"}]})");
        QTest::newRow("plain lists are replaced")
            << QByteArray(R"({"args":["a","b"]})") << QByteArray(R"({"args":["c"]})")
            << QByteArray(R"({"args":["c"]})");
        QTest::newRow("twice is as once") << QByteArray(R"({"volumes":[{"name":"certs","emptyDir":{}}]})")
                                          << QByteArray(R"({"volumes":[{"name":"certs","emptyDir":{}}]})")
                                          << QByteArray(R"({"volumes":[{"name":"certs","emptyDir":{}}]})");
    }
    void partsAreLaidOverTheWhole()
    {
        QFETCH(QByteArray, whole);
        QFETCH(QByteArray, part);
        QFETCH(QByteArray, merged);
        const auto value = [](const QByteArray &json) { return edge::parseJson(json.toStdString()).value(); };
        QCOMPARE(QByteArray::fromStdString(edge::toJson(app::mergePartial(value(whole), value(part)))),
                 merged);
    }
};

SALLYPORT_TEST(partial_merge_test, PartialMergeTest)
#include "partial_merge_test.moc"
