// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/acceptance.h"
#include "models/analysis/strict_plan.h"
#include "tests/models/preflight_world.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;
using Verdict = models::PreflightReport::Verdict;
Q_DECLARE_METATYPE(models::Acceptance)

namespace {

const models::Acceptance Known{u"T1"_s, u"Deployment default/quote"_s, u"the old report, gone in May"_s};

// A caller without a sidecar has been counted.
preflight_world::World calledInClearText()
{
    preflight_world::World world = preflight_world::ready();
    models::StrictTelemetry::Plaintext caller;
    caller.nameSpace = u"default"_s;
    caller.workload = u"quote"_s;
    caller.requests = 3;
    world.input.telemetry->plaintext = {caller};
    return world;
}

} // namespace

class AcceptanceOfRowsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void eachIsReadOrSaysWhyNot_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("check");
        QTest::addColumn<QString>("object");
        QTest::addColumn<QString>("reason");
        QTest::addColumn<QString>("error");
        const auto row = [](const QString &text, const QString &check, const QString &object,
                            const QString &reason, const QString &error) {
            QTest::newRow(qPrintable(text)) << text << check << object << reason << error;
        };
        row(u"E8=Redis is outside"_s, u"E8"_s, {}, u"Redis is outside"_s, {});
        row(u"v9=no access log"_s, u"V9"_s, {}, u"no access log"_s, {});
        row(u"E8:Deployment a/b=x=y"_s, u"E8"_s, u"Deployment a/b"_s, u"x=y"_s, {});
        row(u"E8"_s, {}, {}, {}, u"has no reason"_s);
        row(u"E8= "_s, {}, {}, {}, u"has no reason"_s);
        row(u"E8:=why"_s, {}, {}, {}, u"names no object"_s);
        row(u"E99=why"_s, {}, {}, {}, u"names no row"_s);
        row({}, {}, {}, {}, u"names no row"_s);
    }
    void eachIsReadOrSaysWhyNot()
    {
        QFETCH(QString, text);
        QFETCH(QString, check);
        QFETCH(QString, object);
        QFETCH(QString, reason);
        QFETCH(QString, error);
        const auto read = models::parseAcceptance(text);
        QCOMPARE(read.has_value(), error.isEmpty());
        if (read)
            QCOMPARE(*read, (models::Acceptance{check, object, reason}));
        else
            QVERIFY2(read.error().message.contains(error), qPrintable(read.error().message));
    }

    void aLikelyRowIsAcceptedByNameAndTheVerdictSaysSo_data()
    {
        QTest::addColumn<models::Acceptance>("accepted");
        QTest::addColumn<bool>("holds");
        QTest::newRow("the object") << Known << true;
        QTest::newRow("without its kind") << models::Acceptance{u"T1"_s, u"default/quote"_s, u"x"_s} << true;
        QTest::newRow("every one") << models::Acceptance{u"T1"_s, {}, u"x"_s} << true;
        QTest::newRow("another object") << models::Acceptance{u"T1"_s, u"default/other"_s, u"x"_s} << false;
        QTest::newRow("another row") << models::Acceptance{u"C6"_s, {}, u"x"_s} << false;
    }
    void aLikelyRowIsAcceptedByNameAndTheVerdictSaysSo()
    {
        QFETCH(models::Acceptance, accepted);
        QFETCH(bool, holds);
        preflight_world::World world = calledInClearText();
        QCOMPARE(preflight_world::reportOf(world).verdict, Verdict::NoGo);
        world.input.accepted = {accepted};
        const models::PreflightReport report = preflight_world::reportOf(world);
        QCOMPARE(report.verdict, holds ? Verdict::GoWithExceptions : Verdict::NoGo);
        QCOMPARE(report.notAccepted.isEmpty(), holds);
        QCOMPARE(models::standingInTheWay(report, true).isEmpty(), holds);
        if (holds)
            QVERIFY2(report.reason.contains(accepted.text()), qPrintable(report.reason));
    }

    void whatBreaksForCertainCannotBeAccepted()
    {
        preflight_world::World world = preflight_world::ready();
        world.input.dryRun = u"no"_s; // R2
        world.input.accepted = {{u"R2"_s, {}, u"it will do"_s}};
        const models::PreflightReport report = preflight_world::reportOf(world);
        QCOMPARE(report.verdict, Verdict::NoGo);
        QVERIFY2(report.notAccepted.value(0).contains(u"is a BLOCKER"_s),
                 qPrintable(report.notAccepted.join(u'\n')));
    }

    void whatIsNotKnownCannotBeAccepted()
    {
        preflight_world::World world = preflight_world::ready();
        world.input.telemetry.reset();
        world.input.accepted = {{u"T1"_s, {}, u"it will do"_s}, {u"T2"_s, {}, u"it will do"_s}};
        const models::PreflightReport report = preflight_world::reportOf(world);
        QCOMPARE(report.verdict, Verdict::Unknown);
        QCOMPARE(report.notAccepted.size(), 2);
    }
};

SALLYPORT_TEST(acceptance_of_rows_test, AcceptanceOfRowsTest)
#include "acceptance_of_rows_test.moc"
