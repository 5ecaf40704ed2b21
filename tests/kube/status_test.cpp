// SPDX-License-Identifier: GPL-3.0-or-later
// What is said of a server's Status: the words of kube-apiserver 1.37.2 for patches, and whose they are.
#include "kube/status.h"
#include "tests/support/test_class.h"

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
        QTest::newRow("a patch whose test failed")
            << where << failed
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
};

SALLYPORT_TEST(status_test, StatusTest)
#include "status_test.moc"
