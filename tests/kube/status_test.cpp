// SPDX-License-Identifier: GPL-3.0-or-later
// What is said of a server's Status: the words of kube-apiserver 1.37.2 for patches, and whose they are.
#include "kube/status.h"
#include "tests/support/test_class.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace Qt::StringLiterals;

class StatusTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    // kubectl says "The request is invalid" there, and quotes all of the object.
    void aPatchsObjectIsNamed_data()
    {
        QTest::addColumn<QString>("where");
        QTest::addColumn<QString>("message");
        QTest::addColumn<QString>("said");
        const QString
            nameless =
                u" \"\" is invalid: patch: Invalid value: \"{\\\"data\\\":{\\\"a\\\":{\\\"b\\\":1}}}\": json: cannot unmarshal object"_s,
            rest =
                u" is invalid: patch: Invalid value: the object as it would be: json: cannot unmarshal object"_s;
        const auto row = [&](const char *name, const QString &where, const QString &object) {
            QTest::newRow(name) << where << nameless << where + u": "_s + object + rest;
        };
        row("of the core group", u"PATCH /api/v1/namespaces/default/configmaps/x"_s, u"configmaps \"x\""_s);
        row("of another group", u"PATCH /apis/x.example/v1/namespaces/default/things/t"_s, u"things \"t\""_s);
        row("its status", u"PATCH /apis/x.example/v1/namespaces/default/things/t/status"_s,
            u"things \"t\""_s);
        row("a namespace", u"PATCH /api/v1/namespaces/shop"_s, u"namespaces \"shop\""_s);
        row("a namespace's status", u"PATCH /api/v1/namespaces/shop/status"_s, u"namespaces \"shop\""_s);
        row("of the whole cluster", u"PATCH /apis/x.example/v1/things/t"_s, u"things \"t\""_s);
        row("no object", u"POST /api/v1/namespaces"_s, u"the request"_s);
        row("a watch", u"watching /api/v1/pods"_s, u"the request"_s);
        row("anything", u"asking"_s, u"the request"_s);
        const QString named = u"ConfigMap \"x\" is invalid: data[a b]: Invalid value: \"a b\": why"_s,
                      where = u"PATCH /api/v1/namespaces/default/configmaps/x"_s;
        const QString failed = u"the server rejected our request due to an error in our request"_s;
        QTest::newRow("a patch whose test failed") << where << failed
                                                   << where
                + u": configmaps \"x\" is no longer as it was when this patch of it was made: somebody has changed it since, so nothing was written; look at it and do it again"_s;
        QTest::newRow("the same words of something else")
            << u"POST /api/v1/namespaces"_s << failed << u"POST /api/v1/namespaces: "_s + failed;
        QTest::newRow("one that is named") << where << named << where + u": "_s + named;
    }

    void aPatchsObjectIsNamed()
    {
        QFETCH(const QString, where);
        QFETCH(const QString, message);
        QFETCH(const QString, said);
        const QJsonObject status{{u"kind"_s, u"Status"_s},
                                 {u"status"_s, u"Failure"_s},
                                 {u"code"_s, 422},
                                 {u"reason"_s, u"Invalid"_s},
                                 {u"message"_s, message}};
        const auto error = kube::errorFromStatus(QJsonDocument(status).toJson(), where);
        QVERIFY(error);
        QCOMPARE(error->message, said);
    }

    void aSecretsValueIsNotQuoted_data()
    {
        QTest::addColumn<QString>("message");
        QTest::addColumn<QString>("kept"); // of it
        QTest::newRow("a typed patch, 1.37")
            << u"failed to create typed patch object (default/x; /v1, Kind=Secret): .stringData.password: expected string, got &value.valueUnstructured{Value:48151623}"_s
            << u".stringData.password: expected string"_s;
        QTest::newRow("over two lines")
            << u"errors:\n  .data: expected map, got &{a\n48151623}\n  .stringData.b: expected string, got &{48151623}"_s
            << u".data: expected map"_s;
        QTest::newRow("the bytes around it, 1.19")
            << u"Secret in version \"v1\" cannot be handled as a Secret: v1.Secret.StringData: ReadString: expects \" or n, but found 4, error found in #10 byte of ...|assword\":48151623}|..., bigger context ...|{\"password\":48151623}|..."_s
            << u"v1.Secret.StringData: ReadString: expects"_s;
        QTest::newRow("a number of Go's")
            << u"json: cannot unmarshal number 48151623 into Go struct field Secret.immutable of type bool"_s
            << u"cannot unmarshal number into Go struct field Secret.immutable of type bool"_s;
        QTest::newRow("the object of a patch")
            << u" \"\" is invalid: patch: Invalid value: \"{\\\"stringData\\\":{\\\"a\\\":48151623}}\": json: cannot unmarshal number into Go struct field Secret.stringData of type string"_s
            << u"json: cannot unmarshal number into Go struct field Secret.stringData of type string"_s;
        QTest::newRow("a key that is none")
            << u"Secret \"x\" is invalid: data[a b]: Invalid value: \"a b\": a valid config key must consist of"_s
            << u"data[a b]: Invalid value: \"a b\": a valid config key must consist of"_s;
    }
    void aSecretsValueIsNotQuoted()
    {
        QFETCH(const QString, message);
        QFETCH(const QString, kept);
        const QJsonObject cause{{u"message"_s, message}};
        const QJsonObject status{{u"kind"_s, u"Status"_s},
                                 {u"status"_s, u"Failure"_s},
                                 {u"code"_s, 500},
                                 {u"message"_s, message},
                                 {u"details"_s, QJsonObject{{u"causes"_s, QJsonArray{cause}}}}};
        const auto error = kube::errorFromStatus(QJsonDocument(status).toJson(),
                                                 u"PATCH /api/v1/namespaces/default/secrets/x"_s);
        QVERIFY(error);
        for (const QString &said : {error->message, error->causes.value(0).message}) {
            QVERIFY2(said.contains(kept), qPrintable(said));
            QVERIFY2(!said.contains(u"48151623"_s), qPrintable(said));
        }
    }
};

SALLYPORT_TEST(status_test, StatusTest)
#include "status_test.moc"
