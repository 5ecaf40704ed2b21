// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/guide_branches.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QTest>

#include <optional>

using namespace Qt::StringLiterals;
using Result = models::GuideStep::Result;

namespace {

std::optional<models::GuideStep> stepIn(const models::SnapshotInput &input, const QString &id)
{
    const auto snapshot = models::makeSnapshot(input);
    const models::EdgeInstallation *edge = snapshot->edge({});
    for (const models::GuideStep &step :
         models::guideSteps(*snapshot, edge ? models::viewEdge(*snapshot, *edge) : models::EdgeView())) {
        if (step.id == id)
            return step;
    }
    return {};
}

// As Istio's add-on jaeger has it.
QByteArray zipkin(const QByteArray &nameSpace = "istio-system", const QByteArray &name = "zipkin",
                  bool hasSidecar = false, bool isReady = true)
{
    return "---\napiVersion: v1\nkind: Service\nmetadata: {name: " + name + ", namespace: " + nameSpace
        + "}\nspec: {clusterIP: 10.96.0.77, selector: {app: jaeger}, ports: [{name: http-query, port: "
          "9411}]}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: jaeger, namespace: "
        + nameSpace
        + ", labels: {app: jaeger}}\nspec: {containers: [{name: jaeger, ports: [{containerPort: 9411}]}"
        + (hasSidecar ? ", {name: istio-proxy}" : "")
        + "]}\nstatus: {phase: Running, conditions: [{type: Ready, status: '" + (isReady ? "True" : "False")
        + "'}]}\n";
}

QByteArray tracing(const QByteArray &service = "zipkin.istio-system:9411", const QByteArray &more = {})
{
    return "---\napiVersion: getambassador.io/v2\nkind: TracingService\nmetadata: {name: tracing, namespace: "
           "ambassador"
        + more + "}\nspec: {service: '" + service + "', driver: zipkin}\n";
}

const QByteArray StrictMesh =
    "---\napiVersion: security.istio.io/v1beta1\nkind: PeerAuthentication\nmetadata: {name: default, "
    "namespace: istio-system}\nspec: {mtls: {mode: STRICT}}\n";

QByteArray istiod(const QByteArray &environment)
{
    return "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: istiod, namespace: "
           "istio-system}\nspec: {template: {spec: {containers: [{name: discovery, image: "
           "'istio/pilot:1.10.0', env: "
        + environment + "}]}}}\n";
}

} // namespace

class GuideBranchesTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void grafanaIsAStepWhereThereIsOne_data()
    {
        using Loaded = models::LoadedGrafana;
        QTest::addColumn<QByteArray>("world");
        QTest::addColumn<models::LoadedGrafana>("grafana");
        QTest::addColumn<bool>("isThere");
        QTest::addColumn<Result>("result");
        QTest::addColumn<QString>("seen");
        const QString where = u"istio-system/grafana:3000"_s;
        const auto dashboards = [&](const QByteArray &expression) {
            const QByteArray body =
                "{\"dashboard\": {\"uid\": \"u\", \"title\": \"Ambassador\", \"panels\": [{\"panels\": "
                "[{\"targets\": [{\"expr\": \""
                + expression + "\"}]}]}]}}";
            return Loaded{Loaded::State::Answered, where, {models::parseDashboard(body)}, {}};
        };
        const QByteArray service = "---\napiVersion: v1\nkind: Service\nmetadata: {name: grafana, namespace: "
                                   "istio-system}\nspec: {ports: [{port: 3000}]}\n";
        const auto map = [](const QByteArray &expression) -> QByteArray {
            return "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio-grafana-dashboards, "
                   "namespace: "
                   "istio-system}\ndata: {x.json: '{\"title\": \"x\", \"panels\": [{\"targets\": [{\"expr\": "
                   "\""
                + expression + "\"}]}]}'}\n";
        };
        const QByteArray ofEdge = "envoy_cluster_manager_active_clusters{job='ambassador'}";
        const QByteArray ofAll = "avg(envoy_cluster_manager_active_clusters)";
        const QByteArray quoted = QByteArray(ofEdge).replace('\'', "''"); // in a YAML text in single quotes
        const Loaded none{Loaded::State::Answered, where, {}, {}};
        QTest::newRow("no Grafana") << edgeYaml() << Loaded() << false << Result::Passed << QString();
        QTest::newRow("not asked") << service << Loaded() << true << Result::NotChecked << u"was not asked"_s;
        QTest::newRow("does not answer") << service << Loaded{Loaded::State::Unknown, where, {}, u"503"_s}
                                         << true << Result::NotChecked << u"503"_s;
        QTest::newRow("none") << service << none << true << Result::Failed << u"has no dashboard"_s;
        QTest::newRow("of other things")
            << service << dashboards("sum(up)") << true << Result::Failed << u"has no dashboard"_s;
        QTest::newRow("of every Envoy")
            << service << dashboards(ofAll) << true << Result::Failed << u"counts every Envoy"_s;
        QTest::newRow("of the edge") << service << dashboards(ofEdge) << true << Result::Passed
                                     << u"Ambassador"_s;
        QTest::newRow("a file, not asked") << service + map(quoted) << Loaded() << true << Result::Passed
                                           << u"istio-system/istio-grafana-dashboards/x.json"_s;
        QTest::newRow("a file that is not shown")
            << service + map(quoted) << none << true << Result::Failed << u"does not show it"_s;
        QTest::newRow("a file of every Envoy")
            << service + map(ofAll) << none << true << Result::Failed << u"has no dashboard"_s;
    }
    void grafanaIsAStepWhereThereIsOne()
    {
        QFETCH(QByteArray, world);
        QFETCH(models::LoadedGrafana, grafana);
        QFETCH(bool, isThere);
        QFETCH(Result, result);
        QFETCH(QString, seen);
        models::SnapshotInput input = inputOf(world);
        input.loadedGrafana = grafana;
        const auto step = stepIn(input, u"grafana"_s);
        QCOMPARE(step.has_value(), isThere);
        if (!step)
            return;
        QVERIFY2(step->result == result, qPrintable(step->seen));
        QVERIFY2(step->seen.contains(seen), qPrintable(step->seen));
        QCOMPARE(step->remedy.isEmpty(), result == Result::Passed);
    }

    // The dashboard that the step applies is one that the step accepts.
    void theDashboardOfTheStepPassesIt_data()
    {
        QTest::addColumn<QByteArray>("more");
        QTest::addColumn<QString>("map");
        QTest::newRow("beside the add-on's") << QByteArray(
            "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio-grafana-dashboards, namespace: "
            "istio-system}\ndata: {pilot-dashboard.json: '{}'}\n")
                                             << u"istio-grafana-dashboards"_s;
        QTest::newRow("of its own") << QByteArray() << u"ambassador-grafana-dashboard"_s;
    }
    void theDashboardOfTheStepPassesIt()
    {
        QFETCH(QByteArray, more);
        QFETCH(QString, map);
        const QByteArray service = "---\napiVersion: v1\nkind: Service\nmetadata: {name: grafana, namespace: "
                                   "istio-system}\nspec: {ports: [{port: 3000}]}\n";
        const QString yaml = stepIn(inputOf(service + more), u"grafana"_s).value().yaml;
        const auto parsed = edge::parseYaml(yaml.toStdString(), "grafana");
        QVERIFY2(parsed.has_value() && parsed->size() == 1, qPrintable(yaml));
        QCOMPARE(QString::fromStdString(parsed->front().at({"metadata", "name"}).text()), map);
        const auto done = stepIn(inputOf(service + "---\n" + yaml.toUtf8()), u"grafana"_s);
        QVERIFY2(done->result == Result::Passed, qPrintable(done->seen));
    }

    void tracesAreAStepOnceSomethingCollectsThem_data()
    {
        QTest::addColumn<QByteArray>("world");
        QTest::addColumn<bool>("isThere");
        QTest::addColumn<Result>("result");
        QTest::addColumn<QString>("seen");
        const QByteArray edge = edgeWithCertsYaml();
        const QByteArray started = "  name: ambassador-5d4f8c7b9-x2x2x\n";
        QByteArray dated = edge;
        dated.replace(started, QByteArray(started + "  creationTimestamp: '2026-11-01T00:00:00Z'\n"));
        QTest::newRow("nothing") << edge << false << Result::NotChecked << QString();
        QTest::newRow("no edge") << zipkin() << false << Result::NotChecked << QString();
        QTest::newRow("a collector alone")
            << edge + zipkin() << true << Result::Failed << u"to zipkin.istio-system:9411"_s;
        QTest::newRow("Jaeger's own name") << edge + zipkin("tracing", "jaeger-collector") << true
                                           << Result::Failed << u"to jaeger-collector.tracing:9411"_s;
        QTest::newRow("both") << edge + zipkin() + tracing() << true << Result::Passed
                              << u"TracingService ambassador/tracing sends spans"_s;
        QTest::newRow("the Service is not there")
            << edge + "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: istio-system}\n"
                + zipkin("other") + tracing()
            << true << Result::Failed << u"Service istio-system/zipkin is not there"_s;
        QTest::newRow("another port") << edge + zipkin() + tracing("zipkin.istio-system:9999") << true
                                      << Result::Failed << u"has no port 9999"_s;
        QTest::newRow("not ready") << edge + zipkin("istio-system", "zipkin", false, false) + tracing()
                                   << true << Result::Failed << u"no pod of Service istio-system/zipkin"_s;
        QTest::newRow("STRICT") << edge + zipkin("istio-system", "zipkin", true) + StrictMesh + tracing()
                                << true << Result::Failed << u"STRICT"_s;
        QTest::newRow("PERMISSIVE") << edge + zipkin("istio-system", "zipkin", true) + tracing() << true
                                    << Result::Passed << QString();
        QTest::newRow("outside the cluster")
            << edge + tracing("zipkin.example.com:9411") << true << Result::Passed << QString();
        QTest::newRow("no service at all")
            << edge + tracing("") << true << Result::Failed << u"cannot be used"_s;
        QTest::newRow("two") << edge + zipkin() + tracing()
                + QByteArray(tracing()).replace("name: tracing", "name: second")
                             << true << Result::Failed << u"2 TracingServices"_s;
        QTest::newRow("another edge's") << edge + zipkin() + tracing()
                + QByteArray(tracing())
                      .replace("name: tracing", "name: second")
                      .replace("driver: zipkin", "driver: zipkin, ambassador_id: [other]")
                                        << true << Result::Passed << QString();
        QTest::newRow("younger than the edge")
            << dated + zipkin()
                + tracing("zipkin.istio-system:9411", ", creationTimestamp: '2026-11-02T00:00:00Z'")
            << true << Result::Failed << u"after the edge's pods have started"_s;
        QTest::newRow("older than the edge") << dated + zipkin()
                + tracing("zipkin.istio-system:9411", ", creationTimestamp: '2026-10-02T00:00:00Z'")
                                             << true << Result::Passed << QString();
    }
    void tracesAreAStepOnceSomethingCollectsThem()
    {
        QFETCH(QByteArray, world);
        QFETCH(bool, isThere);
        QFETCH(Result, result);
        QFETCH(QString, seen);
        const auto step = stepIn(inputOf(world), u"tracing"_s);
        QCOMPARE(step.has_value(), isThere);
        if (!step)
            return;
        QVERIFY2(step->result == result, qPrintable(step->seen));
        QVERIFY2(step->seen.contains(seen), qPrintable(step->seen));
        QCOMPARE(step->needsRestart, step->seen.contains(u"have started"_s));
        QCOMPARE(step->remedy.isEmpty(), result == Result::Passed);
    }

    // F18: what somebody writes later is as unread as what was made later; the status is no such write.
    void aChangeAfterTheStartIsNotReadEither()
    {
        QByteArray world = edgeWithCertsYaml();
        world.replace("  name: ambassador-5d4f8c7b9-x2x2x\n",
                      "  name: ambassador-5d4f8c7b9-x2x2x\n  creationTimestamp: '2026-11-01T00:00:00Z'\n");
        models::SnapshotInput input =
            inputOf(world + zipkin()
                    + tracing("zipkin.istio-system:9411", ", creationTimestamp: '2026-10-02T00:00:00Z'"));
        QVERIFY(stepIn(input, u"tracing"_s)->result == Result::Passed);
        kube::Object &object = input.objects[u"tracingservices"_s].first();
        object.changedAt = QDateTime(QDate(2026, 10, 31), QTime(0, 0), Qt::UTC).toSecsSinceEpoch();
        QVERIFY(stepIn(input, u"tracing"_s)->result == Result::Passed);
        object.changedAt = QDateTime(QDate(2026, 11, 2), QTime(0, 0), Qt::UTC).toSecsSinceEpoch();
        const auto step = stepIn(input, u"tracing"_s);
        QVERIFY2(step->result == Result::Failed && step->needsRestart, qPrintable(step->seen));
    }

    void theYamlNamesTheCollectorThatIsThere()
    {
        const QString own = stepIn(inputOf(edgeWithCertsYaml() + zipkin("tracing")), u"tracing"_s)->yaml;
        QVERIFY2(own.contains(u"service: \"zipkin.tracing:9411\""_s), qPrintable(own));
        QVERIFY2(own.contains(u"getambassador.io/v2\n"_s) && own.contains(u"namespace: ambassador\n"_s),
                 qPrintable(own));
        const QByteArray newer =
            QByteArray(edgeWithCertsYaml()).replace("datawire/aes:1.11.2", "datawire/aes:3.9.1");
        QVERIFY(stepIn(inputOf(newer + zipkin()), u"tracing"_s)->yaml.contains(u"v3alpha1"_s));
    }

    // What it asks for, the edge of that version must act on.
    void theYamlTagsSpansAsTheEdgeReadsIt_data()
    {
        QTest::addColumn<QByteArray>("version");
        QTest::addColumn<bool>("custom");
        QTest::addColumn<bool>("noted"); // 3.0 to 3.8 are judged as 3.9
        QTest::newRow("1.11") << QByteArray("1.11.2") << false << false;
        QTest::newRow("2.5") << QByteArray("2.5.1") << false << false;
        QTest::newRow("3.3") << QByteArray("3.3.0") << false << true;
        QTest::newRow("3.4") << QByteArray("3.4.0") << true << false;
        QTest::newRow("3.9") << QByteArray("3.9.1") << true << false;
        QTest::newRow("4.1") << QByteArray("4.1.0") << true << false;
        QTest::newRow("no version") << QByteArray("latest") << true << false;
    }
    void theYamlTagsSpansAsTheEdgeReadsIt()
    {
        QFETCH(QByteArray, version);
        QFETCH(bool, noted);
        const QByteArray world = QByteArray(edgeWithCertsYaml())
                                     .replace("datawire/aes:1.11.2", QByteArray("datawire/aes:" + version))
            + zipkin();
        const QString own = stepIn(inputOf(world), u"tracing"_s)->yaml;
        QTEST(own.contains("custom_tags:"_L1), "custom");
        QCOMPARE(own.contains("tag_headers:"_L1), !own.contains("custom_tags:"_L1));
        const auto snapshot = models::makeSnapshot(inputOf(world + own.toUtf8()));
        const models::EdgeView view = models::viewEdge(*snapshot, *snapshot->edge({}));
        const bool isNoted =
            std::any_of(view.findings.begin(), view.findings.end(), [](const models::Finding &finding) {
                return finding.subject.kind == "TracingService"_L1 && finding.code != "RT-017"_L1;
            });
        QCOMPARE(isNoted, noted);
    }

    void unreadTracingServicesAreNotMissing()
    {
        const auto step =
            stepIn(withoutKind(inputOf(edgeWithCertsYaml() + zipkin()), u"tracingservices"_s), u"tracing"_s);
        QVERIFY(step);
        QVERIFY2(step->result == Result::NotChecked && step->seen.contains(u"forbidden"_s),
                 qPrintable(step->seen));
    }

    void aTestOfRotationIsAStepOnceItHasBegun_data()
    {
        QTest::addColumn<QByteArray>("world");
        QTest::addColumn<bool>("isThere");
        QTest::addColumn<Result>("result");
        const QByteArray edge = edgeWithCertsYaml();
        QByteArray shortLived = edge;
        shortLived.replace("[{name: OUTPUT_CERTS", "[{name: SECRET_TTL, value: 30m}, {name: OUTPUT_CERTS");
        QTest::newRow("nothing") << edge + istiod("[]") << false << Result::NotChecked;
        QTest::newRow("the guide's own recipe, which stops every renewal") << edge
                + istiod("[{name: DEFAULT_WORKLOAD_CERT_TTL, value: 30m}, {name: MAX_WORKLOAD_CERT_TTL, "
                         "value: 1h}]") << true << Result::Failed;
        QTest::newRow("a longest life that is long enough")
            << edge + istiod("[{name: MAX_WORKLOAD_CERT_TTL, value: 2160h}]") << true << Result::Passed;
        QTest::newRow("the edge's sidecar alone") << shortLived + istiod("[]") << true << Result::Passed;
    }
    void aTestOfRotationIsAStepOnceItHasBegun()
    {
        QFETCH(QByteArray, world);
        QFETCH(bool, isThere);
        QFETCH(Result, result);
        const auto step = stepIn(inputOf(world), u"rotation"_s);
        QCOMPARE(step.has_value(), isThere);
        if (!step)
            return;
        QVERIFY2(step->result == result, qPrintable(step->seen));
        QVERIFY(step->yaml.isEmpty() && !step->evidence.isEmpty());
        if (result == Result::Failed)
            QVERIFY2(step->remedy.contains(u"MAX_WORKLOAD_CERT_TTL-"_s), qPrintable(step->remedy));
    }

    // What does not go together with the edge's or the sidecar's version stands beside the step that it concerns.
    void versionsThatDoNotFitAreSaidAtTheCertificates()
    {
        QByteArray world = edgeWithCertsYaml();
        world.replace("istio/proxyv2:1.10.0\n        env", "istio/proxyv2:1.9.2\n        env");
        const auto step = stepIn(inputOf(world), u"istio-certs"_s);
        QVERIFY2(step->evidence.join(u'\n').contains(u"GD-004: istio-proxy 1.9.2"_s),
                 qPrintable(step->evidence.join(u'\n')));
        QVERIFY(stepIn(inputOf(edgeWithCertsYaml()), u"istio-certs"_s)->evidence.isEmpty());
    }

    void aContextOfFilesIsNoneThatRotates()
    {
        QByteArray files = istioUpstreamYaml();
        files.replace("secret: istio-certs,",
                      "cert_chain_file: /etc/istio-certs/cert-chain.pem, "
                      "private_key_file: /etc/istio-certs/key.pem,");
        const auto step = stepIn(inputOf(edgeWithCertsYaml() + files), u"tlscontext"_s);
        QVERIFY2(step->result == Result::Failed && step->seen.contains(u"until the first rotation"_s),
                 qPrintable(step->seen));
    }
};

SALLYPORT_TEST(guide_branches_test, GuideBranchesTest)
#include "guide_branches_test.moc"
