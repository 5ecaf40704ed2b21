// SPDX-License-Identifier: GPL-3.0-or-later
// What a person edits and what somebody else did meanwhile.
#include "models/analysis/edit_together.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

class EditTogetherTest : public QObject
{
    Q_OBJECT

    static edge::Value yaml(const QByteArray &text)
    {
        const auto read = edge::parseYaml(text.toStdString());
        return read && !read->empty() ? read->front() : edge::Value();
    }
    static QByteArray mapping(const char *spec, const char *metadata = "name: a")
    {
        return QByteArray("{kind: Mapping, metadata: {") + metadata + "}, spec: {" + spec + "}}";
    }

private Q_SLOTS:
    void bothSidesAreKeptWhereTheyDoNotTouch_data()
    {
        QTest::addColumn<QByteArray>("base");
        QTest::addColumn<QByteArray>("mine");
        QTest::addColumn<QByteArray>("theirs");
        QTest::addColumn<QByteArray>("merged");
        QTest::addColumn<QByteArray>("mergedMine");
        QTest::addColumn<QString>("places");
        QTest::addColumn<QString>("collisions");
        QTest::addColumn<QString>("theirChanges");
        const QByteArray base = mapping("prefix: /a/, service: s");
        QTest::newRow("nobody else") << base << mapping("prefix: /b/, service: s") << base
                                     << mapping("prefix: /b/, service: s")
                                     << mapping("prefix: /b/, service: s") << QString() << QString()
                                     << QString();
        QTest::newRow("beside it")
            << base << mapping("prefix: /b/, service: s") << mapping("prefix: /a/, service: t, timeout_ms: 5")
            << mapping("prefix: /b/, service: t, timeout_ms: 5")
            << mapping("prefix: /b/, service: t, timeout_ms: 5") << QString() << QString()
            << u"spec.service: was \"s\", is now \"t\"; spec.timeout_ms: was absent, is now 5"_s;
        QTest::newRow("the same field")
            << base << mapping("prefix: /b/, service: u") << mapping("prefix: /c/, service: s")
            << mapping("prefix: /c/, service: u") << mapping("prefix: /b/, service: u") << u"spec|prefix"_s
            << u"spec.prefix: was \"/a/\", yours is \"/b/\", theirs is \"/c/\""_s << QString();
        QTest::newRow("to the same") << base << mapping("prefix: /b/, service: s")
                                     << mapping("prefix: /b/, service: s")
                                     << mapping("prefix: /b/, service: s")
                                     << mapping("prefix: /b/, service: s") << QString() << QString()
                                     << QString();
        QTest::newRow("I take it away, they change it")
            << base << mapping("prefix: /a/") << mapping("prefix: /a/, service: t")
            << mapping("prefix: /a/, service: t") << mapping("prefix: /a/") << u"spec|service"_s
            << u"spec.service: was \"s\", yours is absent, theirs is \"t\""_s << QString();
        QTest::newRow("a key with a dot, and what servers write")
            << mapping("prefix: /a/", "name: a, resourceVersion: '1', annotations: {a.b/c: x}")
            << mapping("prefix: /a/", "name: a, annotations: {a.b/c: w}")
            << mapping("prefix: /a/", "name: a, resourceVersion: '2', annotations: {a.b/c: z}")
            << mapping("prefix: /a/", "name: a, annotations: {a.b/c: z}")
            << mapping("prefix: /a/", "name: a, annotations: {a.b/c: w}") << u"metadata|annotations|a.b/c"_s
            << u"metadata.annotations.a.b/c: was \"x\", yours is \"w\", theirs is \"z\""_s << QString();
    }
    void bothSidesAreKeptWhereTheyDoNotTouch()
    {
        QFETCH(QByteArray, base);
        QFETCH(QByteArray, mine);
        QFETCH(QByteArray, theirs);
        QFETCH(QByteArray, merged);
        QFETCH(QByteArray, mergedMine);
        QFETCH(QString, places);
        QFETCH(QString, collisions);
        QFETCH(QString, theirChanges);
        const models::EditTogether all = models::editTogether(yaml(base), yaml(mine), yaml(theirs));
        QCOMPARE(edge::toJson(all.merged), edge::toJson(yaml(merged)));
        QCOMPARE(edge::toJson(all.mergedMine), edge::toJson(yaml(mergedMine)));
        QStringList at;
        for (const QStringList &keys : all.places)
            at.append(keys.join(u'|'));
        QCOMPARE(at.join(u"; "_s), places);
        QCOMPARE(all.collisions.join(u"; "_s), collisions);
        QCOMPARE(all.theirChanges.join(u"; "_s), theirChanges);
        QVERIFY(!all.theirs["metadata"].find("resourceVersion"));
    }

    // Who has ordered the members otherwise finds them so again.
    void theOrderOfTheTextStays()
    {
        const auto all =
            models::editTogether(yaml("{spec: {a: 1, b: 1, c: 1}}"), yaml("{spec: {c: 2, a: 1, b: 1}}"),
                                 yaml("{spec: {a: 1, b: 3, c: 1}}"));
        QCOMPARE(edge::toJson(all.merged), std::string("{\"spec\":{\"c\":2,\"a\":1,\"b\":3}}"));
    }
};

SALLYPORT_TEST(edit_together_test, EditTogetherTest)
#include "edit_together_test.moc"
