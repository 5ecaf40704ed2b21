// SPDX-License-Identifier: GPL-3.0-or-later
// What may not be read leaves the checks that stand on it open: named, and never a GO.  The same for queries that fail.
#include "tests/models/preflight_world.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace preflight_world;
using Verdict = models::PreflightReport::Verdict;

namespace {

QString whyNotChecked(const models::PreflightReport &report, const QString &id)
{
    for (const models::PreflightCheck &check : report.checks) {
        if (check.id == id && check.state == models::PreflightCheck::State::NotChecked)
            return check.why;
    }
    return {};
}

} // namespace

class PreflightSourcesTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aKindThatIsNotReadLeavesItsChecksOpen_data()
    {
        QTest::addColumn<QString>("plural");
        QTest::addColumn<QStringList>("checks");
        QTest::addColumn<bool>("isPart"); // read in one namespace alone
        const QList<std::pair<QString, QStringList>> sources{
            {u"deployments"_s, {u"E1"_s, u"E2"_s, u"E8"_s, u"E9"_s, u"P10"_s}},
            {u"daemonsets"_s, {u"E1"_s, u"E2"_s, u"E8"_s, u"E9"_s}},
            {u"mappings"_s, {u"E2"_s}},
            {u"tcpmappings"_s, {u"E2"_s, u"E7"_s}},
            {u"tlscontexts"_s, {u"E2"_s, u"E3"_s, u"E4"_s, u"E5"_s}},
            {u"authservices"_s, {u"E7"_s}},
            {u"tracingservices"_s, {u"E7"_s}},
            {u"ingresses"_s, {u"K3"_s, u"E2"_s}},
            {u"ingressclasses"_s, {u"K3"_s}},
            {u"gateways"_s, {u"K3"_s}},
            {u"gatewayclasses"_s, {u"K3"_s}},
            {u"httproutes"_s, {u"K3"_s}},
            {u"servicemonitors"_s, {u"K4"_s}},
            {u"podmonitors"_s, {u"K4"_s}},
            {u"destinationrules"_s, {u"C1"_s}},
            {u"sidecars"_s, {u"C2"_s}},
            {u"networkpolicies"_s, {u"C6"_s}},
            {u"cronjobs"_s, {u"C7"_s, u"T4"_s}},
            {u"serviceentries"_s, {u"C1"_s, u"S5"_s}},
            {u"workloadentries"_s, {u"S5"_s}},
            {u"telemetries"_s, {u"T3"_s}},
            {u"configmaps"_s, {u"X2"_s}}};
        for (const auto &[plural, checks] : sources) {
            QTest::addRow("%s, forbidden", qPrintable(plural)) << plural << checks << false;
            QTest::addRow("%s, of one namespace", qPrintable(plural)) << plural << checks << true;
        }
    }
    void aKindThatIsNotReadLeavesItsChecksOpen()
    {
        QFETCH(QString, plural);
        QFETCH(QStringList, checks);
        QFETCH(bool, isPart);
        World world = ready();
        (isPart ? world.narrowed : world.without) = plural;
        const models::PreflightReport report = reportOf(world);
        QVERIFY(report.verdict != Verdict::Go && report.verdict != Verdict::GoWithExceptions);
        if (report.checks.isEmpty())
            return; // not even the basis was read, which the reason says
        for (const models::PreflightCheck &check : report.checks)
            QVERIFY2(check.state != models::PreflightCheck::State::NotChecked || !check.why.contains(plural)
                         || check.why.contains(u"ask for get, list and watch on %1 "_s.arg(plural))
                         || check.id == "R1"_L1,
                     qPrintable(check.id + u": "_s + check.why));
        for (const QString &check : std::as_const(checks))
            QVERIFY2(whyNotChecked(report, check).contains(plural)
                         || said(report).filter(check + u' ').size() > 0,
                     qPrintable(check + u": "_s + whyNotChecked(report, check)));
    }

    // Whoever has no such API has no objects of it.
    void aKindThatIsNotServedHasNoObjects_data()
    {
        QTest::addColumn<QString>("plural");
        for (const char *plural : {"gateways", "gatewayclasses", "httproutes", "servicemonitors",
                                   "podmonitors", "telemetries", "serviceentries"})
            QTest::newRow(plural) << QString::fromLatin1(plural);
    }
    void aKindThatIsNotServedHasNoObjects()
    {
        QFETCH(QString, plural);
        World world = ready();
        world.absent = plural;
        const models::PreflightReport report = reportOf(world);
        QVERIFY2(report.verdict == Verdict::Go, qPrintable(report.reason));
    }

    void anUnreadContextIsNoMissingOne()
    {
        World world = ready();
        world.narrowed = u"tlscontexts"_s;
        world.replace("name: istio-upstream, namespace: ambassador",
                      "name: istio-upstream, namespace: staging"); // as if it stood where nobody may look
        const models::PreflightReport report = reportOf(world);
        QVERIFY2(!said(report).contains(u"E2 BLOCKER"_s), qPrintable(said(report).join(u", "_s)));
        QVERIFY(report.verdict != Verdict::Go);
    }

    void noContextIsThereWhereNoneIsServed()
    {
        World world = ready();
        world.absent = u"tlscontexts"_s;
        QCOMPARE(reportOf(world).verdict, Verdict::NoGo);
        QVERIFY(said(reportOf(world)).contains(u"E2 BLOCKER"_s));
    }

    void endpointsKeptByHandAreAskedFor()
    {
        World world = ready();
        world
            .add("apiVersion: v1\nkind: Service\nmetadata: {name: byhand, namespace: default}\nspec: {ports: "
                 "[{name: http, port: 80}]}")
            .add("apiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: byhand, namespace: "
                 "default}\nspec: {prefix: /byhand/, service: 'byhand.default:80'}");
        QCOMPARE(reportOf(world).verdict, Verdict::Go); // no slice leads to a pod
        world.without = u"endpointslices"_s;
        const models::PreflightReport report = reportOf(world);
        QCOMPARE(report.verdict, Verdict::Unknown);
        QVERIFY2(whyNotChecked(report, u"E2"_s).contains(u"Service default/byhand has no selector"_s),
                 qPrintable(whyNotChecked(report, u"E2"_s)));
    }

    void queriesThatFailLeaveTheTelemetryOpen()
    {
        World world = ready();
        world.input.telemetry->unanswered = {u"traffic around the registry"_s, u"shadow STRICT"_s};
        const models::PreflightReport report = reportOf(world);
        QCOMPARE(report.verdict, Verdict::Unknown);
        QCOMPARE(
            whyNotChecked(report, u"T3"_s),
            u"2 queries failed: traffic around the registry, shadow STRICT; sallyportctl doctor asks Prometheus, and its log says which limit they met"_s);
    }

    void withoutPrometheusNothingOfItPasses()
    {
        World world = ready();
        world.input.telemetry.reset();
        const models::PreflightReport report = reportOf(world);
        for (const char *check : {"T1", "T2", "T3", "T4", "C3"})
            QVERIFY2(whyNotChecked(report, QString::fromLatin1(check)).contains(u"sallyportctl doctor"_s),
                     check);
        QCOMPARE(report.verdict, Verdict::Unknown);
    }

    // Each says what is missing and how to give it.
    void whatWasNotAskedSaysHowItIs()
    {
        World world = ready();
        world.input.missingRights.reset();
        world.input.dryRun.reset();
        world.input.telemetry->from = world.input.telemetry->to.addSecs(-60);
        const models::PreflightReport report = reportOf(world);
        QVERIFY(whyNotChecked(report, u"R1"_s).contains(u"`sallyportctl preflight` on the cluster"_s));
        QVERIFY(whyNotChecked(report, u"R2"_s).contains(u"create and patch"_s));
        QVERIFY(whyNotChecked(report, u"T4"_s).contains(u"by --window"_s));
    }

    // The root namespace is the mesh, for whoever gathers the evidence, too.
    void theEffectiveScopeOfTheRootNamespaceIsTheMesh()
    {
        models::Snapshot snapshot;
        snapshot.istioRootNamespace = u"istio-system"_s;
        QCOMPARE(models::effectiveScope(snapshot, {u"istio-system"_s, {}}).text(), u"the mesh"_s);
        QCOMPARE(models::effectiveScope(snapshot, {u"istio-system"_s, u"istiod"_s}).text(),
                 u"workload istio-system/istiod"_s);
        QCOMPARE(models::effectiveScope(snapshot, {u"shop"_s, {}}).text(), u"namespace shop"_s);
    }
};

SALLYPORT_TEST(preflight_sources_test, PreflightSourcesTest)
#include "preflight_sources_test.moc"
