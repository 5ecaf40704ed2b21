// SPDX-License-Identifier: GPL-3.0-or-later
// Each finding says by a code of the catalogue what is wrong with which object and what to do: all that the analyses find in the
// worlds of the tests.  Those of the tables of findings_test and bad_input_test are looked at there.
#include "models/analysis/findings.h"
#include "models/analysis/refused_callers.h"
#include "tests/models/failure_worlds.h"
#include "tests/models/field_samples.h"
#include "tests/models/preflight_fixtures.h"
#include "tests/models/unfinished_findings.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace {

QList<models::Finding> findingsOf(const models::SnapshotInput &input)
{
    const auto snapshot = models::makeSnapshot(input);
    const models::EdgeInstallation *edge = snapshot->edge({});
    const models::EdgeView view = models::viewEdge(*snapshot, edge ? *edge : models::EdgeInstallation());
    return models::clusterFindings(*snapshot, view, models::certificateRows(*snapshot, view, {}),
                                   input.takenAt)
        .findings;
}

} // namespace

class FindingWordsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void whatIsFoundOfEachFailureIsFinished_data()
    {
        QTest::addColumn<int>("index");
        for (int i = 0; i < failure_worlds::catalogue().size(); ++i)
            QTest::newRow(qPrintable(u"F%1"_s.arg(i + 1))) << i;
    }
    void whatIsFoundOfEachFailureIsFinished()
    {
        QFETCH(int, index);
        const failure_worlds::Failure &failure = failure_worlds::catalogue()[index];
        QByteArray world;
        failure.world(world);
        const auto findings = failure_worlds::findingsIn(
            world, failure.loaded ? failure.loaded() : QList<models::ProxyCertificates>());
        QVERIFY(!findings.isEmpty());
        QCOMPARE(unfinished(findings), QStringList());
    }

    void whatIsFoundBeforeTheSwitchIsFinished_data()
    {
        preflight_world::addRowsOf(preflight_world::rowFixtures());
    }
    void whatIsFoundBeforeTheSwitchIsFinished()
    {
        QFETCH(int, index);
        preflight_world::World world = preflight_world::ready();
        preflight_world::rowFixtures()[index].fault(world);
        models::SnapshotInput input = inputOf(world.yaml);
        input.edgeProxies = world.proxies;
        input.meshProxies = world.sidecars;
        QCOMPARE(unfinished(findingsOf(input)), QStringList());
        QCOMPARE(unfinished(models::trafficFindings(*models::makeSnapshot(input), *world.input.telemetry)),
                 QStringList());
    }

    void whatIsFoundOfEachKindIsFinished_data()
    {
        QTest::addColumn<int>("index");
        const QList<FieldSample> samples = fieldSamples();
        for (int i = 0; i < samples.size(); ++i)
            QTest::newRow(samples[i].name.constData()) << i;
    }
    void whatIsFoundOfEachKindIsFinished()
    {
        QFETCH(int, index);
        QCOMPARE(unfinished(findingsOf(fieldSamples()[index].input())), QStringList());
    }
};

SALLYPORT_TEST(finding_words_test, FindingWordsTest)
#include "finding_words_test.moc"
