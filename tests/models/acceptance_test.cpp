// SPDX-License-Identifier: GPL-3.0-or-later
// The acceptance list A1 … A12 of facts mesh-security.md §4.4 by its numbers.  A4 stands with the rows' own
// fixtures (preflight_rows_test), A7 needs an API server (strict_switch_test), A12 the reports (report_test).
#include "models/analysis/change_set.h"
#include "models/analysis/strict_plan.h"
#include "models/analysis/undo.h"
#include "tests/kube/test_authority.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace {

const QDateTime takenAt(QDate(2026, 11, 25), QTime(12, 0), Qt::UTC);

QByteArray policy(const QByteArray &nameSpace, const QByteArray &name, const QByteArray &spec,
                  const QByteArray &created = "2026-01-01T00:00:00Z")
{
    return "---\napiVersion: security.istio.io/v1beta1\nkind: PeerAuthentication\nmetadata: {name: " + name
        + ", namespace: " + nameSpace + ", creationTimestamp: '" + created + "'}\nspec: " + spec + "\n";
}

QByteArray readyYaml()
{
    return edgeWithCertsYaml() + quoteYaml(true) + istioUpstreamYaml()
        + "---\napiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: quote-backend, namespace: "
          "default}\n"
          "spec: {prefix: /backend/, service: 'quote:80', tls: istio-upstream}\n";
}

models::PreflightInput fullInput()
{
    models::PreflightInput input;
    input.missingRights = QStringList();
    input.dryRun = QString();
    input.telemetry.emplace();
    input.telemetry->to = takenAt;
    input.telemetry->from = takenAt.addDays(-8);
    input.telemetry->covered = {u"default/quote"_s};
    return input;
}

models::PreflightReport reportOf(const models::SnapshotInput &objects, const models::PreflightInput &input)
{
    const auto snapshot = models::makeSnapshot(objects);
    const models::EdgeInstallation *edge = snapshot->edge({});
    return models::strictPreflight(*snapshot, edge ? models::viewEdge(*snapshot, *edge) : models::EdgeView(),
                                   input);
}

models::PreflightCheck checkOf(const models::PreflightReport &report, const QString &id)
{
    for (const models::PreflightCheck &check : report.checks) {
        if (check.id == id)
            return check;
    }
    return {};
}

} // namespace

class AcceptanceTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    // Istio's own policy_applier cases beside the twelve vectors that mesh_mode_test walks through.
    void a1TheEngineFollowsIstiosRule_data()
    {
        QTest::addColumn<QByteArray>("policies");
        QTest::addColumn<QString>("modes"); // of ports 8000 and 9000
        const QByteArray selected = "selector: {matchLabels: {app: quote}}";
        QTest::newRow("no policy at all") << QByteArray() << u"PERMISSIVE PERMISSIVE"_s;
        QTest::newRow("workload over namespace over mesh")
            << policy("istio-system", "m", "{mtls: {mode: DISABLE}}")
                + policy("default", "n", "{mtls: {mode: STRICT}}")
                + policy("default", "w", "{" + selected + ", mtls: {mode: PERMISSIVE}}")
            << u"PERMISSIVE PERMISSIVE"_s;
        QTest::newRow("port over workload")
            << policy("default", "w",
                      "{" + selected + ", mtls: {mode: STRICT}, portLevelMtls: {9000: {mode: DISABLE}}}")
            << u"STRICT DISABLE"_s;
        QTest::newRow("port over namespace, the workload says nothing")
            << policy("default", "n", "{mtls: {mode: STRICT}}")
                + policy("default", "w", "{" + selected + ", portLevelMtls: {8000: {mode: PERMISSIVE}}}")
            << u"PERMISSIVE STRICT"_s;
        QTest::newRow("all unset is permissive") << policy("istio-system", "m", "{mtls: {mode: UNSET}}")
                + policy("default", "n", "{mtls: {mode: UNSET}}")
                + policy("default", "w", "{" + selected + ", mtls: {mode: UNSET}}")
                                                 << u"PERMISSIVE PERMISSIVE"_s;
        QTest::newRow("the oldest workload object wins whole")
            << policy("default", "w2", "{" + selected + ", mtls: {mode: DISABLE}}", "2026-03-01T00:00:00Z")
                + policy("default", "w1", "{" + selected + ", portLevelMtls: {8000: {mode: STRICT}}}")
            << u"STRICT PERMISSIVE"_s;
        QTest::newRow("another namespace's object is nothing here")
            << policy("shop", "default", "{mtls: {mode: STRICT}}") << u"PERMISSIVE PERMISSIVE"_s;
    }
    void a1TheEngineFollowsIstiosRule()
    {
        QFETCH(QByteArray, policies);
        QFETCH(QString, modes);
        const auto snapshot = snapshotOf(quoteYaml(true) + policies);
        const models::Pod &pod = snapshot->pods.front();
        QCOMPARE(models::mtlsModeName(models::effectiveMode(*snapshot, pod, 8000).mode) + u' '
                     + models::mtlsModeName(models::effectiveMode(*snapshot, pod, 9000).mode),
                 modes);
    }

    void a2ADisabledMeshIsNoClosedLock()
    {
        const auto snapshot =
            snapshotOf(quoteYaml(true) + policy("istio-system", "default", "{mtls: {mode: DISABLE}}")
                       + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: "
                         "istio-system}\ndata: {mesh: 'enableAutoMtls: true'}\n");
        QCOMPARE(models::meshMode(*snapshot).mode, models::MtlsMode::Disable);
        const auto postures = models::workloadPostures(*snapshot);
        QVERIFY(!postures.isEmpty());
        for (const models::WorkloadPosture &row : postures)
            QVERIFY(row.severity != models::Severity::Good);
    }

    void a3TheNewerOfTwoMeshObjectsIsIgnoredAndTheOlderIsEdited()
    {
        const QByteArray two = policy("istio-system", "old", "{mtls: {mode: PERMISSIVE}}")
            + policy("istio-system", "young", "{mtls: {mode: STRICT}}", "2026-02-01T00:00:00Z");
        const models::PreflightReport report = reportOf(inputOf(readyYaml() + two), fullInput());
        const auto row = std::find_if(report.rows.begin(), report.rows.end(),
                                      [](const auto &one) { return one.check == "P2"_L1; });
        QVERIFY(row != report.rows.end());
        QCOMPARE(row->subject.name, u"young"_s);
        QVERIFY2(row->message.contains(u"ignored"_s) && row->remedy.contains(u"istio-system/old"_s),
                 qPrintable(row->message + row->remedy));
        const auto snapshot = snapshotOf(readyYaml() + two);
        const models::StrictPlan plan = models::strictPlan(*snapshot, report, {});
        QCOMPARE(plan.stages[6].steps.size(), 1);
        QCOMPARE(plan.stages[6].steps[0].objects[0].at({"metadata", "name"}).text(), std::string("old"));
    }

    void a5WithoutPrometheusTheVerdictIsUnknownAndObjectsAreStillChecked()
    {
        models::PreflightInput input = fullInput();
        input.telemetry.reset();
        const models::PreflightReport report =
            reportOf(inputOf(QByteArray(readyYaml()).replace("alpn_protocols: istio", "sni: quote")), input);
        QVERIFY(checkOf(report, u"E5"_s).state == models::PreflightCheck::State::Found);
        QCOMPARE(reportOf(inputOf(readyYaml()), input).verdict, models::PreflightReport::Verdict::Unknown);
    }

    void a6AMissingRightIsNamedAndGreysWhatDependsOnIt()
    {
        const models::PreflightReport report =
            reportOf(withoutKind(inputOf(readyYaml()), u"destinationrules"_s), fullInput());
        QCOMPARE(checkOf(report, u"C1"_s).state, models::PreflightCheck::State::NotChecked);
        QVERIFY(checkOf(report, u"C1"_s).why.contains(u"destinationrules is forbidden"_s));
        QCOMPARE(checkOf(report, u"K1"_s).state, models::PreflightCheck::State::Passed);
        QCOMPARE(report.verdict, models::PreflightReport::Verdict::Unknown);
        models::PreflightInput input = fullInput();
        input.missingRights = QStringList{u"patch peerauthentications in istio-system"_s};
        QVERIFY(reportOf(inputOf(readyYaml()), input)
                    .rows.first()
                    .message.contains(u"patch peerauthentications in istio-system"_s));
    }

    void a8AChainEndsWithItsFirstEnd()
    {
        const TestAuthority root(u"Some root"_s);
        const auto middle = root.intermediate(u"Some issuer"_s, QDateTime::currentDateTimeUtc().addDays(5));
        CertificateWish wish;
        wish.names = {u"DNS:api.example.com"_s};
        wish.notAfter = QDateTime::currentDateTimeUtc().addDays(90);
        const QByteArray chain = middle->issue(wish).certificate + middle->certificate();
        const auto snapshot = snapshotOf("---\napiVersion: v1\nkind: Secret\nmetadata: {name: tls, "
                                         "namespace: ambassador}\ntype: kubernetes.io/tls\ndata: {tls.crt: "
                                         + chain.toBase64() + ", tls.key: '{1704 bytes}'}\n");
        const auto rows = models::certificateRows(*snapshot, {}, {});
        QCOMPARE(rows.size(), 1);
        QCOMPARE(rows[0].endsFirst, u"Some issuer"_s);
        QVERIFY(rows[0].notAfter < QDateTime::currentDateTimeUtc().addDays(6));
    }

    void a9RotationIsLateAtFortyFivePercentLeft_data()
    {
        QTest::addColumn<double>("left");
        QTest::addColumn<models::Severity>("severity");
        QTest::newRow("0.9") << 0.9 << models::Severity::Good;
        QTest::newRow("0.45") << 0.45 << models::Severity::Warning;
        QTest::newRow("0.2") << 0.2 << models::Severity::Error;
    }
    void a9RotationIsLateAtFortyFivePercentLeft()
    {
        QFETCH(double, left);
        QFETCH(models::Severity, severity);
        const QDateTime start = takenAt.addSecs(-qint64(86400 * (1 - left)));
        QCOMPARE(models::countdownSeverity(start, start.addSecs(86400), takenAt), severity);
    }

    void a10AStaleLoadedCertificateIsE9()
    {
        CertificateWish wish;
        wish.names = {u"URI:spiffe://cluster.local/ns/ambassador/sa/ambassador"_s};
        wish.notBefore = takenAt.addDays(-1);
        wish.notAfter = takenAt.addSecs(600);
        models::SnapshotInput objects = inputOf(readyYaml());
        objects.edgeProxies = {{u"ambassador"_s,
                                u"ambassador-5d4f8c7b9-x2x2x"_s,
                                takenAt,
                                {},
                                {{u"/x/istio-certs/1.crt"_s, false,
                                  kube::readPem(TestAuthority().issue(wish).certificate)->first()}}}};
        models::PreflightInput input = fullInput();
        input.telemetry->certificateSeconds =
            QHash<QString, double>{{u"ambassador/ambassador-5d4f8c7b9-x2x2x"_s, 80000}}; // fresh files
        const models::PreflightReport report = reportOf(objects, input);
        QVERIFY2(checkOf(report, u"E9"_s).state == models::PreflightCheck::State::Found,
                 qPrintable(checkOf(report, u"E9"_s).why));
        QVERIFY(report.rows.first().message.contains(u"older certificate than its files hold"_s));
    }

    // Its speed is the benchmark's (./dev bench analysis); here: nobody is left out, and one event changes what it must.
    void a11AllPortsOfAllPodsHaveTheirMode()
    {
        models::SnapshotInput input = inputOf(policy("team-0", "default", "{mtls: {mode: STRICT}}"));
        QByteArray ports;
        for (int port = 8000; port < 8010; ++port)
            ports += QByteArray(ports.isEmpty() ? "" : ",") + "{\"containerPort\":" + QByteArray::number(port)
                + "}";
        for (int i = 0; i < 500; ++i) {
            kube::Object pod;
            pod.nameSpace = u"team-%1"_s.arg(i % 2);
            pod.name = u"app-%1"_s.arg(i);
            pod.json = "{\"metadata\":{\"name\":\"" + pod.name.toUtf8() + "\",\"namespace\":\""
                + pod.nameSpace.toUtf8() + "\"},\"spec\":{\"containers\":[{\"name\":\"a\",\"ports\":[" + ports
                + "]},{\"name\":\"istio-proxy\"}]}}";
            input.objects[u"pods"_s].append(pod);
        }
        const auto countStrict = [](const models::Snapshot &snapshot) {
            const auto rows = models::workloadPostures(snapshot);
            return std::pair<qsizetype, qsizetype>(
                rows.size(), std::count_if(rows.begin(), rows.end(), [](const auto &row) {
                    return row.mode.mode == models::MtlsMode::Strict;
                }));
        };
        QCOMPARE(countStrict(*models::makeSnapshot(input)), (std::pair<qsizetype, qsizetype>(5000, 2500)));
        input.objects[u"peerauthentications"_s].clear();
        QCOMPARE(countStrict(*models::makeSnapshot(input)), (std::pair<qsizetype, qsizetype>(5000, 0)));
    }
};

SALLYPORT_TEST(acceptance_test, AcceptanceTest)
#include "acceptance_test.moc"
