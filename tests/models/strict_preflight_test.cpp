// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/strict_preflight.h"
#include "tests/models/preflight_world.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;
using Verdict = models::PreflightReport::Verdict;
using Level = models::PreflightLevel;

namespace {

QByteArray policyYaml(const QByteArray &nameSpace, const QByteArray &name, const QByteArray &spec,
                      const QByteArray &created = "2026-01-01T00:00:00Z")
{
    return "---\napiVersion: security.istio.io/v1beta1\nkind: PeerAuthentication\nmetadata: {name: " + name
        + ", namespace: " + nameSpace + ", creationTimestamp: '" + created + "'}\nspec: " + spec + "\n";
}

QByteArray mappingYaml(const QByteArray &spec)
{
    return "---\napiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: quote-backend, namespace: "
           "default}\nspec: "
        + spec + "\n";
}

// Ready to be switched: the edge brings the mesh's certificate.
QByteArray readyWorld()
{
    return edgeWithCertsYaml() + quoteYaml(true) + istioUpstreamYaml()
        + mappingYaml("{prefix: /backend/, service: 'quote:80', tls: istio-upstream}");
}

models::PreflightInput fullInput(const models::StrictScope &scope = {})
{
    models::PreflightInput input;
    input.scope = scope;
    input.missingRights = QStringList();
    input.dryRun = QString();
    input.telemetry.emplace();
    input.telemetry->to = QDateTime(QDate(2026, 11, 25), QTime(12, 0), Qt::UTC);
    input.telemetry->from = input.telemetry->to.addDays(-8);
    input.telemetry->covered = {u"default/quote"_s};
    return input;
}

models::PreflightReport reportOf(const models::SnapshotInput &world, const models::PreflightInput &input)
{
    models::SnapshotInput asked = world;
    asked.edgeProxies = {
        preflight_world::loaded(asked.takenAt.addSecs(-6 * 3600), asked.takenAt.addSecs(18 * 3600))};
    const auto snapshot = models::makeSnapshot(asked);
    const models::EdgeInstallation *edge = snapshot->edge({});
    return models::strictPreflight(*snapshot, edge ? models::viewEdge(*snapshot, *edge) : models::EdgeView(),
                                   input);
}

QStringList breaking(const models::PreflightReport &report, Level from = Level::Likely)
{
    QStringList checks;
    for (const models::PreflightRow &row : report.rows) {
        if (row.level >= from)
            checks.append(row.check);
    }
    checks.sort();
    return checks;
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

class StrictPreflightTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aReadyMeshMayGo()
    {
        const models::PreflightReport report = reportOf(inputOf(readyWorld()), fullInput());
        QVERIFY2(report.verdict == Verdict::Go,
                 qPrintable(models::verdictName(report.verdict) + u": "_s + report.reason));
        QCOMPARE(report.becomingStrict, 1);
        QCOMPARE(report.coverage, 1.0);
        QCOMPARE(report.checks.size(), 54);
    }

    // Istio up to 1.4: its MeshPolicy and Policies are what becomes STRICT, and clients need a rule for mutual TLS.
    void aMeshOfIstio14IsJudgedByItsOwnPolicies_data()
    {
        QTest::addColumn<QByteArray>("more");
        QTest::addColumn<QString>("nameSpace");
        QTest::addColumn<QStringList>("breaks"); // from LIKELY on
        QTest::addColumn<QString>("target");
        const auto policy = [](const QByteArray &kind, const QByteArray &metadata,
                               const QByteArray &spec) -> QByteArray {
            return "---\napiVersion: authentication.istio.io/v1alpha1\nkind: " + kind + "\nmetadata: {"
                + metadata + "}\nspec: " + spec + "\n";
        };
        const auto rule = [](const QByteArray &name, const QByteArray &host,
                             const QByteArray &mode) -> QByteArray {
            return "---\napiVersion: networking.istio.io/v1alpha3\nkind: DestinationRule\nmetadata: {name: "
                + name + ", namespace: istio-system}\nspec: {host: '" + host + "'" + mode + "}\n";
        };
        const QByteArray mutual = ", trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}";
        const QByteArray all = rule("default", "*.local", mutual);
        const QByteArray permissive =
            policy("MeshPolicy", "name: default", "{peers: [{mtls: {mode: PERMISSIVE}}]}");
        QTest::newRow("ready") << permissive + all << QString() << QStringList() << u"MeshPolicy default"_s;
        QTest::newRow("clients have no rule")
            << permissive << QString() << QStringList{u"P9"_s} << u"MeshPolicy default"_s;
        QTest::newRow("a more specific rule says nothing of TLS")
            << permissive + all + rule("quote", "quote.default.svc.cluster.local", "") << QString()
            << QStringList{u"P9"_s} << u"MeshPolicy default"_s;
        QTest::newRow("a rule that turns TLS off")
            << permissive + all
                + rule("quote", "quote.default.svc.cluster.local", ", trafficPolicy: {tls: {mode: DISABLE}}")
            << QString() << QStringList{u"C1"_s, u"P9"_s} << u"MeshPolicy default"_s;
        QTest::newRow("no MeshPolicy: clear text alone until now")
            << all << QString() << QStringList{u"P7"_s} << QString();
        QTest::newRow("a narrower Policy stays below")
            << permissive + all
                + policy("Policy", "name: default, namespace: default",
                         "{peers: [{mtls: {mode: PERMISSIVE}}]}")
            << QString() << QStringList{u"P5"_s} << u"MeshPolicy default"_s;
        const auto ofQuote = [&policy](const QByteArray &name, const QByteArray &month,
                                       const QByteArray &ports,
                                       const QByteArray &peer = "{mtls: {mode: PERMISSIVE}}") {
            return policy("Policy",
                          "name: " + name + ", namespace: default, creationTimestamp: '2026-" + month
                              + "-01T00:00:00Z'",
                          "{targets: [{name: quote" + ports + "}], peers: [" + peer + "]}");
        };
        const QByteArray port80 = ", ports: [{number: 80}]";
        const QByteArray http = ", ports: [{name: http}]";
        QTest::newRow("two Policies for one Service")
            << permissive + all + ofQuote("b", "01", "") + ofQuote("a", "02", "", "{mtls: {}}") << QString()
            << QStringList{u"P5"_s, u"P8"_s} << u"MeshPolicy default"_s;
        QTest::newRow("two that say the same")
            << permissive + all + ofQuote("b", "01", "") + ofQuote("a", "02", "") << QString()
            << QStringList{u"P5"_s} << u"MeshPolicy default"_s;
        QTest::newRow("for one port, by name and number")
            << permissive + all + ofQuote("a", "02", port80, "{mtls: {}}") + ofQuote("b", "01", http)
            << QString() << QStringList{u"P5"_s, u"P8"_s} << u"MeshPolicy default"_s;
        QTest::newRow("one for the Service, one for its port")
            << permissive + all + ofQuote("a", "02", port80) + ofQuote("b", "01", "") << QString()
            << QStringList{u"P5"_s} << u"MeshPolicy default"_s;
        QTest::newRow("for two ports")
            << permissive + all + ofQuote("a", "02", port80) + ofQuote("b", "01", ", ports: [{number: 443}]")
            << QString() << QStringList{u"P5"_s} << u"MeshPolicy default"_s;
        QTest::newRow("a namespace") << permissive + all << u"default"_s << QStringList() << QString();
        QTest::newRow("a namespace's own") << permissive + all
                + policy("Policy", "name: default, namespace: default",
                         "{peers: [{mtls: {mode: PERMISSIVE}}]}")
                                           << u"default"_s << QStringList() << u"Policy default/default"_s;
    }
    void aMeshOfIstio14IsJudgedByItsOwnPolicies()
    {
        QFETCH(QByteArray, more);
        QFETCH(QString, nameSpace);
        QFETCH(QStringList, breaks);
        QFETCH(QString, target);
        const models::PreflightReport report =
            reportOf(oldMeshOf(readyWorld() + more), fullInput({nameSpace, {}}));
        QCOMPARE(breaking(report), breaks);
        // A Policy that is about ports alone names them as exceptions.
        static const QByteArrayList ofPorts{"one for the Service, one for its port", "for two ports"};
        QCOMPARE(report.verdict,
                 breaks.isEmpty()                                ? Verdict::Go
                     : ofPorts.contains(QTest::currentDataTag()) ? Verdict::GoWithExceptions
                                                                 : Verdict::NoGo);
        const auto summary = std::find_if(report.rows.begin(), report.rows.end(),
                                          [](const auto &row) { return row.check == "P1"_L1; });
        QVERIFY(summary != report.rows.end());
        QCOMPARE(summary->subject.kind.isEmpty() ? QString() : summary->subject.text(), target);
        QVERIFY(report.becomingStrict > 0 || breaks.contains(u"P5"_s));
        for (const models::PreflightRow &row : report.rows) {
            if (row.check == "P8"_L1)
                QCOMPARE(row.subject.text() + u' ' + row.path, u"Policy default/a spec.targets[0]"_s);
        }
    }

    void anOldMeshThatCannotBeReadHasNoVerdict()
    {
        const models::PreflightReport unread =
            reportOf(withoutKind(oldMeshOf(readyWorld()), u"meshpolicies"_s), fullInput());
        QCOMPARE(unread.verdict, Verdict::Unknown);
        QVERIFY2(unread.reason.contains(u"meshpolicies could not be read"_s), qPrintable(unread.reason));
    }

    void whatBreaksIsFoundByItsRow_data()
    {
        QTest::addColumn<QByteArray>("world");
        QTest::addColumn<QString>("check");
        const QByteArray ready = readyWorld();
        QTest::newRow("P2") << ready + policyYaml("istio-system", "a", "{mtls: {mode: PERMISSIVE}}")
                + policyYaml("istio-system", "b", "{mtls: {mode: STRICT}}", "2026-02-01T00:00:00Z")
                            << u"P2"_s;
        QTest::newRow("P3") << ready
                + policyYaml("istio-system", "sel",
                             "{selector: {matchLabels: {app: quote}}, mtls: {mode: STRICT}}")
                            << u"P3"_s;
        QTest::newRow("P5") << ready + policyYaml("default", "default", "{mtls: {mode: PERMISSIVE}}")
                            << u"P5"_s;
        QTest::newRow("P7") << QByteArray(ready)
                                   .replace(", tls: istio-upstream", "")
                                   .replace("service: 'quote:80'", "service: 'other:80'")
                + policyYaml("istio-system", "default", "{mtls: {mode: DISABLE}}")
                            << u"P7"_s;
        QTest::newRow("P9") << ready
                + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: "
                  "istio-system}\ndata: {mesh: 'enableAutoMtls: false'}\n"
                            << u"P9"_s;
        QTest::newRow("C1") << ready
                + "---\napiVersion: networking.istio.io/v1beta1\nkind: DestinationRule\nmetadata: {name: "
                  "quote, namespace: default}\nspec: {host: quote, trafficPolicy: {tls: {mode: DISABLE}}}\n"
                            << u"C1"_s;
        QTest::newRow("S2") << QByteArray(edgeWithCertsYaml() + quoteYaml(true))
                                   .replace("clusterIP: 10.96.0.30", "clusterIP: None")
                                   .replace("targetPort: 8000}",
                                            "targetPort: 8000}, {name: http-8000, port: 8000}")
                + QByteArray(
                      quoteYaml(false).mid(quoteYaml(false).lastIndexOf("---\napiVersion: v1\nkind: Pod")))
                      .replace("jctbh", "zzzzz")
                            << u"S2"_s;
        // Clients that take the pods' addresses of its own port, those that take its endpoints the pods' one.
        QTest::newRow("S2, by the port that its endpoints have")
            << QByteArray(edgeWithCertsYaml() + quoteYaml(true))
                    .replace("clusterIP: 10.96.0.30", "clusterIP: None")
                + QByteArray(
                      quoteYaml(false).mid(quoteYaml(false).lastIndexOf("---\napiVersion: v1\nkind: Pod")))
                      .replace("jctbh", "zzzzz")
            << u"S2"_s;
        QTest::newRow("E1 and E2") << edgeYaml() + quoteYaml(true)
                + mappingYaml("{prefix: /backend/, service: 'quote:80'}")
                                   << u"E1 E2"_s;
        QTest::newRow("E2") << QByteArray(ready).replace(", tls: istio-upstream", "") << u"E2"_s;
        QTest::newRow("E4") << QByteArray(ready).replace("secret: istio-certs,", "secret: gone,") << u"E4"_s;
        QTest::newRow("E5, and with it R4")
            << QByteArray(ready).replace(", alpn_protocols: istio", "") << u"E5 R4"_s;
        QTest::newRow("E6") << QByteArray(ready)
                                   .replace("quote:80", "quote")
                                   .replace(", {name: https, port: 443, targetPort: 8000}", "")
                            << u"E6"_s;
        QTest::newRow("E2, of an AuthService") << ready
                + "---\napiVersion: getambassador.io/v2\nkind: AuthService\nmetadata: {name: auth, "
                  "namespace: default}\nspec: {auth_service: 'quote.default:80'}\n"
                                               << u"E2"_s;
        QTest::newRow("R3") << ready
                + "---\napiVersion: security.istio.io/v1beta1\nkind: PeerAuthentication\nmetadata: {name: "
                  "default, namespace: istio-system, annotations: {argocd.argoproj.io/tracking-id: "
                  "x}}\nspec: {mtls: {mode: PERMISSIVE}}\n"
                            << u"R3"_s;
    }
    // By the telemetry it may have been somebody else's too: the preflight alone does not let it pass.
    void clearTextThatHasEndedIsForAPersonToAccept()
    {
        models::PreflightInput input = fullInput();
        models::StrictTelemetry::Plaintext own;
        own.nameSpace = u"default"_s;
        own.workload = u"quote"_s;
        own.sourceWorkload = u"unknown"_s;
        own.requests = 3;
        own.endedWith = {u"default/quote-backend"_s};
        input.telemetry->plaintext.append(own);
        const models::PreflightReport report = reportOf(inputOf(readyWorld()), input);
        QCOMPARE(breaking(report).join(u' '), u"T1"_s);
        QCOMPARE(report.verdict, Verdict::NoGo);
        for (const QString &mapping : {u"default/other"_s, u"default/quote-backend"_s}) {
            input.ownMappings = {mapping};
            const bool isOwn = mapping == own.endedWith.first();
            QCOMPARE(reportOf(inputOf(readyWorld()), input).verdict, isOwn ? Verdict::Go : Verdict::NoGo);
        }
    }

    void whatBreaksIsFoundByItsRow()
    {
        QFETCH(QByteArray, world);
        QFETCH(QString, check);
        const models::PreflightReport report = reportOf(inputOf(world), fullInput());
        QCOMPARE(breaking(report).join(u' '), check);
        QCOMPARE(report.verdict, Verdict::NoGo);
        for (const models::PreflightRow &row : report.rows)
            QVERIFY2(!row.message.isEmpty(), qPrintable(row.check));
    }

    void whatAnExceptionHealsIsAGoWithExceptions_data()
    {
        QTest::addColumn<QByteArray>("world");
        QTest::addColumn<QString>("check");
        const QByteArray ready = readyWorld();
        QTest::newRow("K1") << QByteArray(ready).replace(
            "    ports: [{name: http, containerPort: 8000}]\n  - {name: istio-proxy",
            "    ports: [{name: http, containerPort: 8000}]\n    readinessProbe: {httpGet: {path: /health, "
            "port: http}}\n  - {name: istio-proxy")
                            << u"K1"_s;
        QTest::newRow("K2") << ready
                + "---\napiVersion: admissionregistration.k8s.io/v1\nkind: "
                  "MutatingWebhookConfiguration\nmetadata: {name: hook}\nwebhooks: [{name: a.example.com, "
                  "clientConfig: {service: {name: quote, namespace: default}}}]\n"
                            << u"K2"_s;
        QTest::newRow("K3") << QByteArray(ready).replace("clusterIP: 10.96.0.30", "type: NodePort")
                            << u"K3"_s;
        QTest::newRow("E7") << ready
                + "---\napiVersion: getambassador.io/v2\nkind: LogService\nmetadata: {name: log, namespace: "
                  "default}\nspec: {service: 'quote.default:80', driver: http, driver_config: {}}\n"
                            << u"E7"_s;
        QTest::newRow("K4") << QByteArray(ready).replace(
            "  labels: {app: quote, pod-template-hash: 6bc6b6bd5d}",
            "  labels: {app: quote, pod-template-hash: 6bc6b6bd5d}\n  annotations: {prometheus.io/scrape: "
            "'true', prometheus.io/port: '8000'}")
                            << u"K4"_s;
    }
    void whatAnExceptionHealsIsAGoWithExceptions()
    {
        QFETCH(QByteArray, world);
        QFETCH(QString, check);
        const models::PreflightReport report = reportOf(inputOf(world), fullInput());
        QCOMPARE(breaking(report).join(u' '), check);
        QCOMPARE(report.verdict, Verdict::GoWithExceptions);
        QCOMPARE(report.exceptions.size(), 1);
        QCOMPARE(report.exceptions[0].port, 8000);
        QCOMPARE(report.exceptions[0].labels, (models::Labels{{u"app"_s, u"quote"_s}}));
    }

    void probesThatTheInjectorHasRewrittenAreFine()
    {
        const QByteArray world =
            QByteArray(readyWorld())
                .replace("    ports: [{name: http, containerPort: 8000}]\n  - {name: istio-proxy",
                         "    ports: [{name: http, containerPort: 8000}]\n    readinessProbe: {httpGet: "
                         "{path: /app-health/backend/readyz, port: 15020}}\n    livenessProbe: {tcpSocket: "
                         "{port: 8000}}\n  - {name: istio-proxy");
        QCOMPARE(reportOf(inputOf(world), fullInput()).verdict, Verdict::Go);
    }

    void withoutPrometheusNothingIsAGo()
    {
        models::PreflightInput input = fullInput();
        input.telemetry.reset();
        const models::PreflightReport report = reportOf(inputOf(readyWorld()), input);
        QCOMPARE(report.verdict, Verdict::Unknown);
        QCOMPARE(checkOf(report, u"T1"_s).state, models::PreflightCheck::State::NotChecked);
        QCOMPARE(checkOf(report, u"E2"_s).state, models::PreflightCheck::State::Passed);
    }

    void littleCoverageIsNoGo()
    {
        models::PreflightInput input = fullInput();
        input.telemetry->covered.clear();
        const models::PreflightReport report = reportOf(inputOf(readyWorld()), input);
        QCOMPARE(report.verdict, Verdict::Unknown);
        QVERIFY2(report.reason.contains(u"T2"_s), qPrintable(report.reason));
        QCOMPARE(report.silent, QStringList{u"default/quote"_s});
        QVERIFY2(report.reason.contains(u"nothing was counted of default/quote"_s),
                 qPrintable(report.reason));
    }

    // A row that only may break something does not answer what could not be looked at.
    void whatIsOnlyPossibleLeavesOpenWhatIsNotKnown()
    {
        models::PreflightInput input = fullInput();
        input.telemetry->from = input.telemetry->to.addSecs(-60); // T4
        const QByteArray job =
            "---\napiVersion: batch/v1\nkind: CronJob\nmetadata: {name: monthly, namespace: "
            "legacy}\nspec: {schedule: '0 3 1 * *', jobTemplate: {spec: {template: {spec: "
            "{containers: [{name: job}]}}}}}\n";
        const models::PreflightReport report = reportOf(inputOf(readyWorld() + job), input);
        QVERIFY(breaking(report, Level::Possible).contains(u"T4"_s));
        QCOMPARE(checkOf(report, u"T4"_s).state, models::PreflightCheck::State::NotChecked);
        QCOMPARE(report.verdict, Verdict::Unknown);
    }

    void clearTextThatWasSeenIsNamed()
    {
        models::PreflightInput input = fullInput();
        models::StrictTelemetry::Plaintext seen;
        seen.nameSpace = u"default"_s;
        seen.workload = u"quote"_s;
        seen.sourceNamespace = u"reports"_s;
        seen.sourceWorkload = u"legacy-report"_s;
        seen.requests = 12;
        seen.lastSeen = input.telemetry->to.addSecs(-60);
        input.telemetry->plaintext.append(seen);
        const models::PreflightReport report = reportOf(inputOf(readyWorld()), input);
        QCOMPARE(breaking(report), (QStringList{u"T1"_s}));
        QVERIFY2(report.rows[0].message.contains(u"reports/legacy-report"_s),
                 qPrintable(report.rows[0].message));
        QVERIFY2(report.rows[0].evidence[0].contains(u"last seen 2026-11-25T11:59:00Z"_s),
                 qPrintable(report.rows[0].evidence[0]));
    }

    void aRightThatIsMissingIsNamed_data()
    {
        QTest::addColumn<QString>("plural");
        QTest::addColumn<QString>("check");
        QTest::newRow("pods") << u"pods"_s << u"K1"_s;
        QTest::newRow("peer authentications") << u"peerauthentications"_s << u"P1"_s;
        QTest::newRow("destination rules") << u"destinationrules"_s << u"C1"_s;
        QTest::newRow("webhooks") << u"mutatingwebhookconfigurations"_s << u"K2"_s;
        QTest::newRow("LogServices") << u"logservices"_s << u"E7"_s;
        QTest::newRow("Mappings") << u"mappings"_s << u"E2"_s;
    }
    void aRightThatIsMissingIsNamed()
    {
        QFETCH(QString, plural);
        QFETCH(QString, check);
        const models::PreflightReport report =
            reportOf(withoutKind(inputOf(readyWorld()), plural), fullInput());
        QCOMPARE(report.verdict, Verdict::Unknown);
        QVERIFY2(checkOf(report, check).state == models::PreflightCheck::State::NotChecked,
                 qPrintable(check));
        QVERIFY2(checkOf(report, check).why.contains(plural), qPrintable(checkOf(report, check).why));
    }

    void aRefusedDryRunIsANoGo()
    {
        models::PreflightInput input = fullInput();
        input.dryRun = u"failed calling webhook"_s;
        QCOMPARE(reportOf(inputOf(readyWorld()), input).verdict, Verdict::NoGo);
        input = fullInput();
        input.missingRights = QStringList{u"create peerauthentications in istio-system"_s};
        QCOMPARE(breaking(reportOf(inputOf(readyWorld()), input)), (QStringList{u"R1"_s}));
    }

    void aWorkloadAloneCanBeLookedAt()
    {
        const models::PreflightReport report =
            reportOf(inputOf(readyWorld() + policyYaml("default", "default", "{mtls: {mode: DISABLE}}")),
                     fullInput({u"default"_s, u"quote"_s}));
        QVERIFY2(breaking(report).contains(u"P6"_s), qPrintable(breaking(report).join(u' ')));
    }
};

SALLYPORT_TEST(strict_preflight_test, StrictPreflightTest)
#include "strict_preflight_test.moc"
