// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/mutes.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace {

const QDate today(2026, 11, 26);

models::Finding finding(const QString &code, const QString &nameSpace, const QString &name)
{
    models::Finding made;
    made.code = code;
    made.subject = {u"Mapping"_s, nameSpace, name};
    return made;
}

} // namespace

class MutesTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aMuteCoversWhatItNames_data()
    {
        QTest::addColumn<QByteArray>("entry");
        QTest::addColumn<bool>("covers");
        QTest::newRow("the object") << QByteArray("object: Mapping shop/cart") << true;
        QTest::newRow("any object") << QByteArray("object: '*'") << true;
        QTest::newRow("none named") << QByteArray("note: x") << true;
        QTest::newRow("a namespace") << QByteArray("object: Mapping shop/*") << true;
        QTest::newRow("another namespace") << QByteArray("object: Mapping front/*") << false;
        QTest::newRow("another kind") << QByteArray("object: Host shop/cart") << false;
        QTest::newRow("a start") << QByteArray("object: Mapping shop/ca*") << true;
        QTest::newRow("an end") << QByteArray("object: 'Mapping shop/*rt'") << true;
        QTest::newRow("another end") << QByteArray("object: 'Mapping shop/*x'") << false;
        QTest::newRow("its last day") << QByteArray("until: 2026-11-26") << true;
        QTest::newRow("over") << QByteArray("until: 2026-11-25") << false;
    }
    void aMuteCoversWhatItNames()
    {
        QFETCH(QByteArray, entry);
        QFETCH(bool, covers);
        const auto mutes =
            models::parseMutes("- {code: RT-003, reason: known, " + entry + "}\n", u"mutes.yaml"_s);
        QVERIFY2(mutes.has_value(), mutes ? "" : qPrintable(mutes.error().message));
        const auto sorted = models::setAside(
            {finding(u"RT-003"_s, u"shop"_s, u"cart"_s), finding(u"RT-004"_s, u"shop"_s, u"cart"_s)}, *mutes,
            today);
        QCOMPARE(sorted.muted.size(), covers ? 1 : 0);
        QCOMPARE(sorted.open.size(), covers ? 1 : 2);
        if (covers)
            QCOMPARE(sorted.muted[0].by.reason, u"known"_s);
    }

    void whatIsWrongIsNamedWithItsPlace_data()
    {
        QTest::addColumn<QByteArray>("yaml");
        QTest::addColumn<QString>("part");
        QTest::newRow("no reason") << QByteArray("- {code: RT-003, reason: x}\n- {code: RT-004}\n")
                                   << u"entry 2: RT-004 has no reason"_s;
        QTest::newRow("no code") << QByteArray("- {reason: x}\n") << u"'' is no finding's code"_s;
        QTest::newRow("no date") << QByteArray("- {code: RT-003, reason: x, until: soon}\n")
                                 << u"'soon' is no date"_s;
        QTest::newRow("no list") << QByteArray("code: RT-003\n") << u"no list of mutes"_s;
        QTest::newRow("no YAML") << QByteArray("- [") << u"mutes.yaml"_s;
    }
    void whatIsWrongIsNamedWithItsPlace()
    {
        QFETCH(QByteArray, yaml);
        QFETCH(QString, part);
        const auto mutes = models::parseMutes(yaml, u"mutes.yaml"_s);
        QVERIFY(!mutes);
        QVERIFY2(mutes.error().message.contains(part), qPrintable(mutes.error().message));
    }

    void commentsInManifestsNeedACodeAndAReason()
    {
        const auto mutes = models::muteComments("kind: Mapping\n# sallyport:ignore RT-003 the other one is "
                                                "for tests\nspec: {} # sallyport:ignore RT-012 next year\n",
                                                u"a.yaml"_s, 10);
        QVERIFY(mutes);
        QCOMPARE(mutes->size(), 2);
        QCOMPARE(mutes->at(0).reason, u"the other one is for tests"_s);
        QCOMPARE(mutes->at(0).source, u"a.yaml:11"_s);
        QCOMPARE(mutes->at(1).code, u"RT-012"_s);
        // What is part of a text is no comment.
        for (const char *text : {"note: \"# sallyport:ignore RT-003 for tests\"\n",
                                 "note: |\n  # sallyport:ignore RT-003 for tests\n"})
            QVERIFY2(models::muteComments(text, u"a.yaml"_s, 1).value().isEmpty(), text);
        QVERIFY(models::muteComments("# sallyport:ignore RT-999 for tests\n", u"a.yaml"_s, 1)
                    .error()
                    .message.contains(u"there is no finding RT-999"_s));
        QVERIFY(models::muteComments("# sallyport:ignore RT-003\n", u"a.yaml"_s, 1)
                    .error()
                    .message.contains(u"a.yaml:1: sallyport:ignore RT-003 needs a reason"_s));
        QVERIFY(models::muteComments("# sallyport:ignore everything here\n", u"a.yaml"_s, 1)
                    .error()
                    .message.contains(u"needs a finding's code"_s));
    }

    void anEmptyFileMutesNothing()
    {
        QCOMPARE(models::parseMutes("", u"mutes.yaml"_s)->size(), 0);
        QCOMPARE(models::parseMutes("# nothing yet\n", u"mutes.yaml"_s)->size(), 0);
    }
};

SALLYPORT_TEST(mutes_test, MutesTest)
#include "mutes_test.moc"
