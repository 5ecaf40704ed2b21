// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/guide_checks.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;
using Result = models::GuideStep::Result;

namespace {

QList<models::GuideStep> stepsIn(const models::SnapshotInput &input)
{
    const auto snapshot = models::makeSnapshot(input);
    const models::EdgeInstallation *edge = snapshot->edge({});
    return models::guideSteps(*snapshot, edge ? models::viewEdge(*snapshot, *edge) : models::EdgeView());
}

models::GuideStep stepIn(const models::SnapshotInput &input, const QString &id)
{
    for (const models::GuideStep &step : stepsIn(input)) {
        if (step.id == id)
            return step;
    }
    return {};
}

const QByteArray quoteMapping =
    "---\napiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: quote-backend, namespace: "
    "default}\nspec: {prefix: /backend/, service: quote, tls: istio-upstream}\n";
const QByteArray plainMapping =
    "---\napiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: quote-backend, namespace: "
    "default}\nspec: {prefix: /backend/, service: quote}\n";
const QByteArray strictMesh =
    "---\napiVersion: security.istio.io/v1beta1\nkind: PeerAuthentication\nmetadata: {name: default, "
    "namespace: istio-system}\nspec: {mtls: {mode: STRICT}}\n";

// A ConfigMap of Prometheus with one more scrape job, as the guide indents it.
QByteArray prometheusYaml(const QString &job)
{
    QByteArray yaml = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: prometheus, namespace: "
                      "istio-system}\ndata:\n  prometheus.yml: |\n"
                      "    global:\n      scrape_interval: 15s\n    scrape_configs:\n";
    for (const QString &line : job.split(u'\n', Qt::SkipEmptyParts))
        yaml += "    " + line.toUtf8() + '\n';
    return yaml + "    - job_name: other\n      static_configs: [{targets: ['localhost:9090']}]\n";
}

QByteArray doneWorld()
{
    return edgeWithCertsYaml() + quoteYaml(true) + istioUpstreamYaml() + quoteMapping + strictMesh
        + prometheusYaml(models::guideYaml(u"prometheus"_s));
}

} // namespace

class GuideChecksTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void everyStepPassesInAWorldWhereAllWasDone()
    {
        const QList<models::GuideStep> steps = stepsIn(inputOf(doneWorld()));
        QCOMPARE(steps.size(), 9);
        for (const models::GuideStep &step : steps)
            QVERIFY2(step.result == Result::Passed, qPrintable(step.id + u": "_s + step.seen));
    }

    void nothingPassesAtTheStart()
    {
        const QByteArray start = edgeYaml()
            + "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: default}\n" + prometheusYaml({});
        for (const models::GuideStep &step : stepsIn(inputOf(start)).mid(1)) { // it has an edge and an Istio
            QVERIFY2(step.result == Result::Failed, qPrintable(step.id + u": "_s + step.seen));
            QVERIFY2(!step.seen.isEmpty(), qPrintable(step.id));
            QVERIFY2(!step.remedy.isEmpty(), qPrintable(step.id));
        }
    }

    void oneThingMissingFailsItsStep_data()
    {
        QTest::addColumn<QByteArray>("world");
        QTest::addColumn<QString>("id");
        QTest::addColumn<QString>("seen");
        QTest::newRow("the label") << QByteArray(doneWorld()).replace("istio-injection: enabled", "a: b")
                                   << u"namespace-label"_s << u"no label istio-injection"_s;
        QTest::newRow("pods without sidecars")
            << edgeYaml() + quoteYaml(false) << u"quote"_s << u"0 with a sidecar"_s;
        QTest::newRow("no pod of the edge is ready")
            << QByteArray(edgeWithCertsYaml())
                   .replace("{type: Ready, status: 'True'}", "{type: Ready, status: 'False'}")
            << u"istio-certs"_s << u"0 of 1 pods ready"_s;
        QTest::newRow("the context is in another namespace")
            << edgeWithCertsYaml() + quoteYaml(true)
                + QByteArray(istioUpstreamYaml()).replace("namespace: ambassador", "namespace: staging")
            << u"tlscontext"_s << u"istio-certs in namespace staging"_s;
        QTest::newRow("the context has no ALPN")
            << edgeWithCertsYaml() + QByteArray(istioUpstreamYaml()).replace(", alpn_protocols: istio", "")
            << u"tlscontext"_s << u"no alpn_protocols: istio"_s;
        QTest::newRow("the Mapping has no tls under STRICT")
            << edgeWithCertsYaml() + quoteYaml(true) + istioUpstreamYaml() + plainMapping + strictMesh
            << u"mapping-tls"_s << u"clear text"_s;
        QTest::newRow("an older PERMISSIVE object") << edgeYaml() + strictMesh
                + QByteArray(strictMesh)
                      .replace("name: default", "name: global, creationTimestamp: '2020-01-01T00:00:00Z'")
                      .replace("STRICT", "PERMISSIVE")
                      .replace("name: default", "name: x")
                                                    << u"strict"_s << u"istio-system/global"_s;
        QTest::newRow("prometheus.yml that is no YAML") << edgeYaml()
                + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: prometheus, namespace: "
                  "istio-system}\ndata: {prometheus.yml: 'a: [b'}\n"
                                                        << u"prometheus"_s << u"cannot be read"_s;
    }
    void oneThingMissingFailsItsStep()
    {
        QFETCH(QByteArray, world);
        QFETCH(QString, id);
        QFETCH(QString, seen);
        QByteArray dated = world;
        dated.replace(
            "metadata: {name: default, namespace: istio-system}",
            "metadata: {name: default, namespace: istio-system, creationTimestamp: '2026-01-01T00:00:00Z'}");
        const models::GuideStep step = stepIn(inputOf(dated), id);
        QVERIFY2(step.result == Result::Failed, qPrintable(step.seen));
        QVERIFY2(step.seen.contains(seen), qPrintable(step.seen));
    }

    // Prometheus reads its file when it starts: the job in the ConfigMap is not yet the job that is scraped.
    void aJobCountsOnceItIsLoaded_data()
    {
        using State = models::LoadedPrometheus::State;
        const QString jobs =
            u"{\"status\":\"success\",\"data\":{\"yaml\":\"scrape_configs:\\n- job_name: %1\\n\"}}"_s;
        const auto answered = [&](const QString &body) {
            return models::parseLoadedPrometheus(u"istio-system/prometheus:9090"_s, body.toUtf8());
        };
        QTest::addColumn<models::LoadedPrometheus>("loaded");
        QTest::addColumn<Result>("result");
        QTest::addColumn<bool>("needsRestart");
        QTest::addColumn<QStringList>("parts"); // of what is said
        QTest::newRow("not asked") << models::LoadedPrometheus() << Result::Passed << false
                                   << QStringList{u"job ambassador reads"_s};
        QTest::newRow("loaded") << answered(jobs.arg(u"ambassador"_s)) << Result::Passed << false
                                << QStringList{u"job ambassador reads"_s};
        QTest::newRow("another is loaded") << answered(jobs.arg(u"other"_s)) << Result::Failed << true
                                           << QStringList{u"has not loaded it"_s, u"loaded the jobs other"_s,
                                                          u"rollout restart deployment prometheus"_s};
        QTest::newRow("nothing is loaded") << answered(u"{\"data\":{\"yaml\":\"\"}}"_s) << Result::Failed
                                           << true << QStringList{u"has not loaded it"_s};
        QTest::newRow("it does not answer")
            << models::LoadedPrometheus{State::Unknown,
                                        u"istio-system/prometheus:9090"_s,
                                        {},
                                        u"503 no endpoints"_s}
            << Result::NotChecked << false
            << QStringList{u"not known"_s, u"503 no endpoints"_s, u"services/proxy"_s};
        QTest::newRow("something else answers")
            << answered(u"<html>"_s) << Result::NotChecked << false << QStringList{u"status/config"_s};
        QTest::newRow("its YAML is broken") << answered(u"{\"data\":{\"yaml\":\"a: [b\"}}"_s)
                                            << Result::NotChecked << false << QStringList{u"not known"_s};
    }
    void aJobCountsOnceItIsLoaded()
    {
        QFETCH(models::LoadedPrometheus, loaded);
        QFETCH(Result, result);
        QFETCH(bool, needsRestart);
        QFETCH(QStringList, parts);
        models::SnapshotInput input = inputOf(doneWorld());
        input.loadedPrometheus = loaded;
        const models::GuideStep step = stepIn(input, u"prometheus"_s);
        const QString said = (QStringList{step.seen, step.remedy} + step.evidence).join(u'\n');
        QVERIFY2(step.result == result, qPrintable(said));
        QCOMPARE(step.needsRestart, needsRestart);
        for (const QString &part : parts)
            QVERIFY2(said.contains(part), qPrintable(part + u" is missing in: "_s + said));
    }

    void whatIsNotInstalledIsNoMatterOfRights()
    {
        models::SnapshotInput input = inputOf(doneWorld());
        input.objects.remove(u"mappings"_s); // not asked for: the server does not have the group
        const models::GuideStep step = stepIn(input, u"mapping-plain"_s);
        QVERIFY(step.result == Result::NotChecked);
        QVERIFY2(step.seen.startsWith(u"Ambassador is not installed"_s), qPrintable(step.seen));
        QVERIFY2(step.remedy.startsWith(u"install Ambassador"_s), qPrintable(step.remedy));
    }

    void whatMayNotBeReadIsNotChecked_data()
    {
        QTest::addColumn<QString>("plural");
        QTest::addColumn<QString>("id");
        QTest::newRow("namespaces") << u"namespaces"_s << u"namespace-label"_s;
        QTest::newRow("deployments") << u"deployments"_s << u"istio-certs"_s;
        QTest::newRow("pods") << u"pods"_s << u"quote"_s;
        QTest::newRow("peer authentications") << u"peerauthentications"_s << u"strict"_s;
        QTest::newRow("config maps") << u"configmaps"_s << u"prometheus"_s;
        QTest::newRow("contexts") << u"tlscontexts"_s << u"tlscontext"_s;
    }
    void whatMayNotBeReadIsNotChecked()
    {
        QFETCH(QString, plural);
        QFETCH(QString, id);
        const models::GuideStep step = stepIn(withoutKind(inputOf(doneWorld()), plural), id);
        QVERIFY2(step.result == Result::NotChecked, qPrintable(step.seen));
        QVERIFY2(!step.remedy.isEmpty(), qPrintable(step.seen));
        QVERIFY2(step.seen.contains(u"forbidden"_s), qPrintable(step.seen));
    }

    void strictOfIstio14IsItsMeshPolicy_data()
    {
        QTest::addColumn<QByteArray>("spec");
        QTest::addColumn<Result>("result");
        QTest::newRow("STRICT") << QByteArray("{peers: [{mtls: {}}]}") << Result::Passed;
        QTest::newRow("PERMISSIVE") << QByteArray("{peers: [{mtls: {mode: PERMISSIVE}}]}") << Result::Failed;
    }
    void strictOfIstio14IsItsMeshPolicy()
    {
        QFETCH(QByteArray, spec);
        QFETCH(Result, result);
        const models::GuideStep step = stepIn(
            oldMeshOf(
                doneWorld()
                + "---\napiVersion: authentication.istio.io/v1alpha1\nkind: MeshPolicy\nmetadata: {name: "
                  "default}\nspec: "
                + spec + '\n'),
            u"strict"_s);
        QVERIFY2(step.result == result, qPrintable(step.seen));
        QVERIFY2(step.seen.contains(u"MeshPolicy default"_s), qPrintable(step.seen));
        QVERIFY2(step.yaml.contains(u"kind: MeshPolicy"_s), qPrintable(step.yaml));
    }

    void everyStepsYamlIsYaml()
    {
        for (const models::GuideStep &step : stepsIn(inputOf(doneWorld()))) {
            const auto documents = edge::parseYaml(step.yaml.toStdString(), step.id.toStdString());
            QVERIFY2(documents.has_value(), qPrintable(step.id));
            QVERIFY2(!documents->empty() || step.id == u"start"_s, qPrintable(step.id));
            QVERIFY2(!step.yaml.contains(u"{{"_s), qPrintable(step.id));
        }
    }

    void theYamlIsTheGuides()
    {
        QCOMPARE(
            models::guideYaml(u"strict"_s),
            u"apiVersion: security.istio.io/v1beta1\nkind: PeerAuthentication\nmetadata:\n  name: default\n  namespace: istio-system\nspec:\n  mtls:\n    mode: STRICT\n"_s);
        QVERIFY(
            models::guideYaml(u"tlscontext"_s)
                .contains(
                    u"  secret: istio-certs     # This secret name tracks the Istio certificates read from /etc/istio-certs\n  alpn_protocols: istio\n"_s));
        QVERIFY(models::guideYaml(u"mapping-tls"_s)
                    .endsWith(u"  prefix: /backend/\n  service: quote\n  tls: istio-upstream\n"_s));
        QVERIFY(models::guideYaml(u"no-such-step"_s).isEmpty());
    }

    void theYamlFitsWhatIsThere()
    {
        QByteArray world = edgeYaml();
        world.replace("name: aes\n", "name: ambassador\n");
        world +=
            QByteArray(strictMesh).replace("name: default", "name: global").replace("STRICT", "PERMISSIVE");
        world += "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: istiod, namespace: "
                 "istio-system, labels: {app: istiod}}\nspec: {template: {spec: {containers: [{name: "
                 "discovery, image: 'docker.io/istio/pilot:1.10.3'}]}}}\n";
        const auto input = inputOf(world);
        const QString sidecar = stepIn(input, u"istio-certs"_s).yaml;
        QVERIFY(sidecar.contains(u"- name: ambassador\n"_s));
        QVERIFY(sidecar.contains(u"image: istio/proxyv2:1.10.3\n"_s));
        QVERIFY(sidecar.contains(u"kind: Deployment\nmetadata:\n  name: ambassador\n"_s));
        const auto everywhere =
            inputOf(QByteArray(world).replace("kind: Deployment\nmetadata: {name: ambassador,",
                                              "kind: DaemonSet\nmetadata: {name: ambassador,"));
        QVERIFY(stepIn(everywhere, u"istio-certs"_s)
                    .yaml.contains(u"kind: DaemonSet\nmetadata:\n  name: ambassador\n"_s));
        QVERIFY2(stepIn(input, u"strict"_s).yaml.contains(u"name: global\n"_s),
                 "a second mesh-wide object would be ignored");
        const auto newer =
            inputOf(QByteArray(world).replace("datawire/aes:1.11.2", "emissaryingress/emissary:3.9.1"));
        QVERIFY(stepIn(newer, u"mapping-tls"_s).yaml.contains(u"service: quote:80"_s));
        QVERIFY(stepIn(newer, u"tlscontext"_s).yaml.contains(u"getambassador.io/v3alpha1"_s));
    }

    void whatTheGuideBuildsOnComesFirst_data()
    {
        QTest::addColumn<QByteArray>("world");
        QTest::addColumn<bool>("hasIstio");
        QTest::addColumn<Result>("result");
        QTest::addColumn<QString>("seen");
        const auto edgeOf = [](const QByteArray &image) {
            return QByteArray(edgeYaml()).replace("datawire/aes:1.11.2", image);
        };
        const auto istiod = [](const QByteArray &tag) -> QByteArray {
            return "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: istiod, namespace: "
                   "istio-system, "
                   "labels: {app: istiod}}\nspec: {template: {spec: {containers: [{name: discovery, image: "
                   "'istio/pilot:"
                + tag + "'}]}}}\n";
        };
        const QByteArray listener =
            "---\napiVersion: getambassador.io/v3alpha1\nkind: Listener\nmetadata: {name: http, namespace: "
            "ambassador}\nspec: {port: 8080, protocol: HTTP, securityModel: XFP, hostBinding: {namespace: "
            "{from: "
            "ALL}}}\n";
        QTest::newRow("1.11")
            << edgeOf("datawire/aes:1.11.2") + istiod("1.9.5") << true << Result::Passed
            << u"Ambassador Edge Stack 1.11.2 (Deployment ambassador/ambassador, ambassador_id "
               "default), Istio 1.9.5"_s;
        QTest::newRow("a control plane elsewhere")
            << edgeYaml() << true << Result::Passed << u"Istio of a version that no object"_s;
        QTest::newRow("no edge") << istiod("1.10.0") << true << Result::Failed << u"no Ambassador"_s;
        QTest::newRow("no Istio") << edgeYaml() << false << Result::Failed << u"Istio is not installed"_s;
        QTest::newRow("3.9 with Istio 1.9")
            << edgeOf("emissaryingress/emissary:3.9.1") + listener + istiod("1.9.5") << true << Result::Failed
            << u"1.10 is the first"_s;
        QTest::newRow("3.9 with Istio 1.10")
            << edgeOf("emissaryingress/emissary:3.9.1") + listener + istiod("1.10.0") << true
            << Result::Passed << u"Emissary-ingress 3.9.1"_s;
        QTest::newRow("3.9 without a Listener") << edgeOf("emissaryingress/emissary:3.9.1") + istiod("1.20.1")
                                                << true << Result::Failed << u"has no Listener"_s;
        QTest::newRow("1.11 in its old mode")
            << QByteArray(edgeYaml())
                   .replace("        env:\n",
                            "        env:\n        - {name: AMBASSADOR_LEGACY_MODE, value: 'true'}\n")
            << true << Result::Failed << u"AMBASSADOR_LEGACY_MODE"_s;
    }
    void whatTheGuideBuildsOnComesFirst()
    {
        QFETCH(QByteArray, world);
        QFETCH(bool, hasIstio);
        QFETCH(Result, result);
        QFETCH(QString, seen);
        const models::SnapshotInput input = inputOf(world);
        const models::GuideStep step =
            stepsIn(hasIstio ? input
                             : withoutKind(input, u"peerauthentications"_s, kube::Error::Kind::NotFound))
                .first();
        QCOMPARE(step.id, u"start"_s);
        QVERIFY2(step.result == result, qPrintable(step.seen));
        QVERIFY2(step.seen.contains(seen), qPrintable(step.seen));
        QCOMPARE(step.remedy.isEmpty(), result == Result::Passed);
        QCOMPARE(step.yaml.contains(u"kind: Listener"_s), seen.contains(u"Listener"_s));
    }

    // Facts §0: files of a sidecar from 1.5 to 1.9, of a mounted Secret up to 1.3; the Secret itself in 1.4 and of a sidecar from 1.10.
    void olderEdgesHaveTheirOwnGuide_data()
    {
        QTest::addColumn<QByteArray>("version");
        QTest::addColumn<bool>("isOldMesh");
        QTest::addColumn<QString>("certificates"); // what their YAML has
        QTest::addColumn<QString>("context");
        QTest::newRow("1.3") << QByteArray("1.3.2") << true << u"secretName: istio.default"_s
                             << u"cert_chain_file: /etc/istiocerts/cert-chain.pem"_s;
        QTest::newRow("1.4") << QByteArray("1.4.3") << true << u"# Nothing is to be applied"_s
                             << u"secret: istio.default"_s;
        QTest::newRow("1.9") << QByteArray("1.9.1") << false << u"name: OUTPUT_CERTS"_s
                             << u"cert_chain_file: /etc/istio-certs/cert-chain.pem"_s;
        QTest::newRow("1.10") << QByteArray("1.10.0") << false << u"name: AMBASSADOR_ISTIO_SECRET_DIR"_s
                              << u"secret: istio-certs"_s;
        QTest::newRow("1.14") << QByteArray("1.14.4") << false << u"name: AMBASSADOR_ISTIO_SECRET_DIR"_s
                              << u"secret: istio-certs"_s;
    }
    void olderEdgesHaveTheirOwnGuide()
    {
        QFETCH(QByteArray, version);
        QFETCH(bool, isOldMesh);
        QFETCH(QString, certificates);
        QFETCH(QString, context);
        const QByteArray world = QByteArray(edgeYaml()).replace("aes:1.11.2", QByteArray("aes:" + version));
        const auto input = isOldMesh ? oldMeshOf(world) : inputOf(world);
        const models::GuideStep first = stepIn(input, u"istio-certs"_s);
        const models::GuideStep second = stepIn(input, u"tlscontext"_s);
        QVERIFY2(first.yaml.contains(certificates), qPrintable(first.yaml));
        QCOMPARE(first.yaml.contains(u"AMBASSADOR_ISTIO_SECRET_DIR"_s),
                 certificates.contains(u"SECRET_DIR"_s));
        QVERIFY2(second.yaml.contains(context), qPrintable(second.yaml));
        for (const models::GuideStep &step : {first, second}) {
            QVERIFY(step.result == Result::Failed);
            QVERIFY2(edge::parseYaml(step.yaml.toStdString(), "step").has_value(), qPrintable(step.yaml));
        }
    }

    // As the guides of 1.5 to 1.9 leave it: no variable, and a TLSContext that names the sidecar's files.
    void theFilesOfASidecarAreTheMeshsCertificate()
    {
        QByteArray world = doneWorld();
        world.replace("aes:1.11.2", "aes:1.9.1").replace("AMBASSADOR_ISTIO_SECRET_DIR", "SOMETHING_ELSE");
        world.replace("secret: istio-certs",
                      "cert_chain_file: /etc/istio-certs/cert-chain.pem, private_key_file: "
                      "/etc/istio-certs/key.pem");
        for (const models::GuideStep &step : stepsIn(inputOf(world)))
            QVERIFY2(step.result == Result::Passed, qPrintable(step.id + u": "_s + step.seen));
        const QString rotation = stepIn(inputOf(world), u"tlscontext"_s).evidence.join(u' ');
        QVERIFY2(rotation.contains(u"until the first rotation"_s), qPrintable(rotation));
        const QByteArray apart =
            QByteArray(world).replace("value: /etc/istio-certs", "value: /etc/elsewhere");
        QVERIFY(stepIn(inputOf(apart), u"istio-certs"_s).result == Result::Failed);
    }

    void theCertificatesOfOldLinesAreTakenAnew_data()
    {
        QTest::addColumn<QByteArray>("image");
        QTest::addColumn<bool>("isTold"); // to read all anew: F1
        QTest::newRow("1.11") << QByteArray("datawire/aes:1.11.2") << false;
        QTest::newRow("2.0") << QByteArray("datawire/aes:2.0.5") << true;
        QTest::newRow("3.9") << QByteArray("emissaryingress/emissary:3.9.1") << true;
        QTest::newRow("4.0") << QByteArray("emissaryingress/emissary:4.0.1") << true;
        QTest::newRow("4.1") << QByteArray("emissaryingress/emissary:4.1.0") << false;
    }
    void theCertificatesOfOldLinesAreTakenAnew()
    {
        QFETCH(QByteArray, image);
        QFETCH(bool, isTold);
        const QString yaml =
            stepIn(inputOf(QByteArray(edgeYaml()).replace("datawire/aes:1.11.2", image)), u"istio-certs"_s)
                .yaml;
        const auto parsed = edge::parseYaml(yaml.toStdString(), "istio-certs");
        QVERIFY(parsed && parsed->size() == 1);
        std::string told;
        for (const edge::Value &variable :
             parsed->front().at({"spec", "template", "spec", "containers"}).items().front()["env"].items()) {
            if (variable["name"].text() == "AMBASSADOR_FAST_RECONFIGURE")
                told = variable["value"].text();
        }
        QCOMPARE(QString::fromStdString(told), isTold ? u"false"_s : QString());
    }

    // From 2.0 on by the injector; a proxy written out by hand would be a second one, of an old form.
    void theSecondLineIsInjected_data()
    {
        QTest::addColumn<QByteArray>("image");
        QTest::addColumn<bool>("isInjected");
        QTest::newRow("1.11") << QByteArray("datawire/aes:1.11.2") << false;
        QTest::newRow("2.5") << QByteArray("datawire/aes:2.5.1") << true;
        QTest::newRow("3.9") << QByteArray("emissaryingress/emissary:3.9.1") << true;
    }
    void theSecondLineIsInjected()
    {
        QFETCH(QByteArray, image);
        QFETCH(bool, isInjected);
        const QString yaml =
            stepIn(inputOf(QByteArray(edgeYaml()).replace("datawire/aes:1.11.2", image)), u"istio-certs"_s)
                .yaml;
        QCOMPARE(yaml.contains(u"- name: istio-proxy"_s), !isInjected);
        const auto parsed = edge::parseYaml(yaml.toStdString(), "istio-certs");
        QVERIFY(parsed && parsed->size() == 1);
        const edge::Value &pods = parsed->front().at({"spec", "template"});
        const edge::Value &annotations = pods.at({"metadata", "annotations"});
        QCOMPARE(QString::fromStdString(annotations["sidecar.istio.io/inject"].text()),
                 isInjected ? u"true"_s : u"false"_s);
        if (!isInjected)
            return;
        QVERIFY(annotations["traffic.sidecar.istio.io/includeInboundPorts"].isString()); // "": none
        QVERIFY(annotations["proxy.istio.io/config"].text().find("OUTPUT_CERTS: /etc/istio-certs")
                != std::string::npos);
        const auto mounts = edge::parseJson(annotations["sidecar.istio.io/userVolumeMount"].text());
        QVERIFY(mounts);
        QCOMPARE(mounts->items().front()["name"].text(),
                 pods.at({"spec", "volumes"}).items().front()["name"].text());
    }

    // Neither more nor fewer jobs than the file's, in whatever order.
    void loadedIsWhatTheFileHolds_data()
    {
        QTest::addColumn<QString>("loaded"); // jobs
        QTest::addColumn<QString>("file");
        QTest::addColumn<bool>("has");
        QTest::newRow("the same") << u"a b"_s << u"scrape_configs: [{job_name: a}, {job_name: b}]"_s << true;
        QTest::newRow("another order")
            << u"b a"_s << u"scrape_configs: [{job_name: a}, {job_name: b}]"_s << true;
        QTest::newRow("one more") << u"a b c"_s << u"scrape_configs: [{job_name: a}, {job_name: b}]"_s
                                  << false;
        QTest::newRow("one less") << u"a"_s << u"scrape_configs: [{job_name: a}, {job_name: b}]"_s << false;
        QTest::newRow("no file") << u"a"_s << QString() << false;
        QTest::newRow("a broken file") << u"a"_s << u"scrape_configs: [{job_name: a"_s << false;
    }
    void loadedIsWhatTheFileHolds()
    {
        QFETCH(QString, loaded);
        QFETCH(QString, file);
        QFETCH(bool, has);
        models::LoadedPrometheus prometheus{models::LoadedPrometheus::State::Loaded,
                                            u"istio-system/prometheus:9090"_s,
                                            loaded.split(u' '),
                                            {}};
        QCOMPARE(models::hasLoaded(prometheus, file), has);
        prometheus.state = models::LoadedPrometheus::State::Unknown;
        QVERIFY(!models::hasLoaded(prometheus, file));
    }
};

SALLYPORT_TEST(guide_checks_test, GuideChecksTest)
#include "guide_checks_test.moc"
