// SPDX-License-Identifier: GPL-3.0-or-later
// The failure catalogue F1 … F32 of facts integration-guide.md §13: each failure has a world with it, in which exactly its
// finding stands.
#include "tests/models/failure_worlds.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace failure_worlds;

class FailureCatalogueTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void theCatalogueIsWhole()
    {
        for (int i = 0; i < 32; ++i) {
            const Failure &failure = catalogue()[i];
            QCOMPARE(failure.number, i + 1);
            QVERIFY2(!failure.places.isEmpty(), qPrintable(QString::number(failure.number)));
        }
    }

    void aCleanWorldHasNone() { QCOMPARE(codesIn(clean()).join(u' '), QString()); }

    void eachFailureIsFoundAndNothingElse_data()
    {
        QTest::addColumn<int>("index");
        for (int i = 0; i < 32; ++i)
            QTest::newRow(qPrintable(u"F%1"_s.arg(i + 1))) << i;
    }
    void eachFailureIsFoundAndNothingElse()
    {
        QFETCH(int, index);
        const Failure failure = catalogue()[index];
        QByteArray world;
        failure.world(world);
        const auto loaded = failure.loaded ? failure.loaded() : QList<models::ProxyCertificates>();
        QCOMPARE(placesIn(world, loaded), failure.places);
    }

    // The same failure in another shape.
    void theirKinAreFoundToo_data()
    {
        QTest::addColumn<QByteArray>("world");
        QTest::addColumn<QString>("codes");
        // As the injector does it from 2.0 on: the template has annotations, the pods have the container.
        const QByteArray injected = replaced(
            replaced(clean(),
                     "      - name: istio-proxy\n        image: istio/proxyv2:1.10.0\n"
                     "        env: [{name: OUTPUT_CERTS, value: /etc/istio-certs}]\n"
                     "        volumeMounts: [{name: istio-certs, mountPath: /etc/istio-certs/}]\n",
                     ""),
            "      annotations: {sidecar.istio.io/inject: 'false'}\n",
            "      annotations:\n        proxy.istio.io/config: |\n          proxyMetadata: {OUTPUT_CERTS: "
            "/etc/istio-certs}\n        sidecar.istio.io/userVolumeMount: '[{\"name\": \"istio-certs\", "
            "\"mountPath\": \"/etc/istio-certs\"}]'\n");
        const auto ofVersion = [&](const QByteArray &tag) {
            return replaced(injected, "{name: istio-proxy, image: 'istio/proxyv2:1.10.0'}",
                            "{name: istio-proxy, image: 'istio/proxyv2:" + tag + "'}");
        };
        QTest::newRow("F15, injected") << QByteArray(ofVersion("1.22.3") + istiod("1.22.3")) << u"GD-004"_s;
        QTest::newRow("F17, injected") << QByteArray(ofVersion("1.9.5") + istiod("1.9.5")) << u"GD-005"_s;
        QTest::newRow("neither, injected") << QByteArray(ofVersion("1.20.3") + istiod("1.20.3")) << QString();
        const QByteArray forbidden = replaced(
            replaced(
                replaced(injected, "      annotations:\n        proxy.istio.io/config",
                         "      annotations:\n        sidecar.istio.io/inject: 'false'\n        "
                         "proxy.istio.io/config"),
                "  - {name: istio-proxy, image: 'istio/proxyv2:1.10.0'}\nstatus:\n  phase: Running\n  podIP: "
                "10.244.0.5",
                "status:\n  phase: Running\n  podIP: 10.244.0.5"),
            "metadata: {name: ambassador}\n---",
            "metadata: {name: ambassador, labels: {istio-injection: enabled}}\n---");
        QTest::newRow("F21 of an edge that is scaled to 0")
            << QByteArray("---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ambassador, "
                          "namespace: ambassador}\nspec: "
                          "{replicas: 0, template: {spec: {containers: [{name: aes, image: "
                          "'docker.io/datawire/aes:1.11.2'}]}}}\n")
            << u"GD-010"_s;
        QTest::newRow("F28 is the cause, and no GD-001") << forbidden << u"GD-007 MT-001 TLS-001 TLS-008"_s;
        const auto denying = [](const QByteArray &source, const QByteArray &more) -> QByteArray {
            return "---\napiVersion: security.istio.io/v1beta1\nkind: AuthorizationPolicy\nmetadata: {name: "
                   "no, namespace: "
                   "default}\nspec: {action: DENY, rules: [{from: [{source: {"
                + source + "}}]" + more + "}]}\n";
        };
        const QByteArray edge = "principals: ['cluster.local/ns/ambassador/sa/ambassador']";
        QTest::newRow("F10, denied by name") << QByteArray(clean() + denying(edge, "")) << u"MT-026"_s;
        QTest::newRow("F10, denied as one of all others")
            << QByteArray(clean() + denying("notPrincipals: ['cluster.local/ns/shop/sa/*']", ""))
            << u"MT-026"_s;
        QTest::newRow("others are denied")
            << QByteArray(clean() + denying("principals: ['cluster.local/ns/shop/sa/*']", "")) << QString();
        QTest::newRow("all others are denied")
            << QByteArray(clean() + denying("notPrincipals: ['cluster.local/ns/ambassador/sa/*']", ""))
            << QString();
        QTest::newRow("some paths are denied")
            << QByteArray(clean() + denying(edge, ", to: [{operation: {paths: ['/admin']}}]")) << QString();
        QTest::newRow("F18 of another edge's TracingService") << QByteArray(
            replaced(clean(), "  name: ambassador-5d4f8c7b9-x2x2x\n",
                     "  name: ambassador-5d4f8c7b9-x2x2x\n  creationTimestamp: '2026-11-01T00:00:00Z'\n")
            + "---\napiVersion: getambassador.io/v2\nkind: TracingService\nmetadata: {name: tracing, "
              "namespace: ambassador, creationTimestamp: '2026-11-02T00:00:00Z'}\nspec: {service: "
              "'zipkin:9411', driver: zipkin, ambassador_id: [other]}\n")
                                                              << u"RT-010"_s;
    }
    void theirKinAreFoundToo()
    {
        QFETCH(QByteArray, world);
        QFETCH(QString, codes);
        QCOMPARE(codesIn(world).join(u' '), codes);
    }

    // What an API server knows of writes stands in managedFields.
    void aTracingServiceThatWasChangedLaterIsFound_data()
    {
        QTest::addColumn<QString>("changed");
        QTest::addColumn<QString>("found");
        QTest::newRow("not since") << u"2026-10-31T12:00:00Z"_s << QString();
        QTest::newRow("since") << u"2026-11-02T00:00:00Z"_s << u"OBS-001 spec"_s;
        QTest::newRow("not known") << QString() << QString();
    }
    void aTracingServiceThatWasChangedLaterIsFound()
    {
        QFETCH(QString, changed);
        const QByteArray world =
            replaced(clean(), "  name: ambassador-5d4f8c7b9-x2x2x\n",
                     "  name: ambassador-5d4f8c7b9-x2x2x\n  creationTimestamp: '2026-11-01T00:00:00Z'\n")
            + tracingService("zipkin.example.com:9411");
        models::SnapshotInput input = inputOf(world);
        kube::Object &tracing = input.objects[u"tracingservices"_s].first();
        tracing.creationTimestamp = u"2026-10-30T00:00:00Z"_s;
        tracing.changedAt =
            changed.isEmpty() ? 0 : QDateTime::fromString(changed, Qt::ISODate).toSecsSinceEpoch();
        const auto snapshot = models::makeSnapshot(input);
        const auto view = models::viewEdge(*snapshot, *snapshot->edge({}));
        QStringList found;
        for (const models::Finding &finding :
             models::clusterFindings(*snapshot, view, {}, QDateTime::currentDateTimeUtc()).findings)
            found.append(finding.code + u' ' + finding.path);
        QTEST(found.join(u", "_s), "found");
    }

    // What the guide's step says of it.
    void aTracingServiceThatLeadsNowhereIsFound_data()
    {
        QTest::addColumn<QByteArray>("world");
        QTest::addColumn<QString>("codes");
        const QByteArray good =
            "---\napiVersion: v1\nkind: Service\nmetadata: {name: zipkin, namespace: "
            "trace}\nspec: {selector: {app: zipkin}, ports: [{name: http-z, port: 9411}]}\n"
            "---\napiVersion: v1\nkind: Pod\nmetadata: {name: zipkin-x, namespace: trace, "
            "labels: {app: zipkin}}\nspec: {containers: [{name: zipkin, image: "
            "openzipkin/zipkin}]}\nstatus: {phase: Running, conditions: [{type: Ready, "
            "status: 'True'}]}\n"
            "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: trace}\n";
        const QByteArray tracing = tracingService("zipkin.trace:9411");
        QTest::newRow("it arrives") << QByteArray(good + tracing) << QString();
        QTest::newRow("no Service") << QByteArray(
            replaced(good, "name: zipkin, namespace: trace}\nspec", "name: other, namespace: trace}\nspec")
            + tracing) << u"OBS-006"_s;
        QTest::newRow("no port") << QByteArray(replaced(good, "port: 9411", "port: 9412") + tracing)
                                 << u"OBS-006"_s;
        QTest::newRow("no pod is ready")
            << QByteArray(replaced(good, "status: 'True'", "status: 'False'") + tracing) << u"OBS-006"_s;
        QTest::newRow("outside of the cluster") << tracingService("zipkin.example.com:9411") << QString();
    }
    void aTracingServiceThatLeadsNowhereIsFound()
    {
        QFETCH(QByteArray, world);
        QTEST(codesIn(clean() + world).join(u' '), "codes");
    }

    // F30 is mended by whoever scrapes the edge itself, however.
    void anEdgeThatIsScrapedItselfIsNoF30_data()
    {
        QTest::addColumn<QByteArray>("more");
        QTest::addColumn<QString>("codes");
        const auto configuration = [](const QByteArray &job) -> QByteArray {
            return "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: prometheus, namespace: "
                   "istio-system}\n"
                   "data:\n  prometheus.yml: |\n    scrape_configs:\n    - job_name: ambassador\n"
                + job;
        };
        const QByteArray sd =
            "      kubernetes_sd_configs: [{role: endpoints, namespaces: {names: [ambassador]}}]\n"
            "      relabel_configs: [{source_labels: [x], action: keep, regex: ";
        QTest::newRow("nobody does") << QByteArray() << u"OBS-003"_s;
        QTest::newRow("the guide's job")
            << configuration(sd + "ambassador-admin;ambassador-admin}]\n") << QString();
        QTest::newRow("by its address")
            << configuration("      static_configs: [{targets: ['ambassador-admin.ambassador:8877']}]\n")
            << QString();
        QTest::newRow("a job of another Service") << configuration(sd + "other}]\n") << u"OBS-003"_s;
        QTest::newRow("a monitor of another namespace") << QByteArray(
            "---\napiVersion: monitoring.coreos.com/v1\nkind: PodMonitor\nmetadata: {name: edge, namespace: "
            "default}\nspec: {selector: {}, podMetricsEndpoints: [{targetPort: 8877}]}\n")
                                                        << u"OBS-003"_s;
        QTest::newRow("a monitor") << QByteArray(
            "---\napiVersion: monitoring.coreos.com/v1\nkind: PodMonitor\nmetadata: {name: edge, namespace: "
            "ambassador}\nspec: {selector: {}, podMetricsEndpoints: [{targetPort: 8877}]}\n")
                                   << QString();
    }
    void anEdgeThatIsScrapedItselfIsNoF30()
    {
        QFETCH(QByteArray, more);
        QByteArray world = clean();
        catalogue()[29].world(world);
        QTEST(codesIn(world + more).join(u' '), "codes");
    }

    // What looks like F10, F25 and F29 and is none of them.
    void theirHarmlessKinAreNotFound_data()
    {
        QTest::addColumn<QByteArray>("more");
        QTest::newRow("let in by its account") << allowing("ambassador/sa/ambassador");
        QTest::newRow("by its namespace's accounts") << allowing("ambassador/sa/*");
        QTest::newRow("a rehearsal") << allowing("other/sa/x", ", annotations: {istio.io/dry-run: 'true'}");
        QTest::newRow("one of two policies lets it in")
            << QByteArray(allowing("other/sa/x")
                          + allowing("ambassador/sa/ambassador").replace("name: quote,", "name: q2,"));
        QTest::newRow("of other pods") << allowing("other/sa/x").replace("app: quote", "app: cart");
        QTest::newRow("a rule about something else")
            << QByteArray(allowing("other/sa/x")
                              .replace("principals: ['cluster.local/ns/other/sa/x']",
                                       "notPrincipals: ['cluster.local/ns/a/sa/x']"));
        QTest::newRow("Redis without a sidecar") << redis(false);
        QTest::newRow("a native sidecar of a job") << QByteArray(
            "---\napiVersion: v1\nkind: Pod\nmetadata: {name: report-x2x2x, namespace: default, labels: "
            "{job-name: report}}\nspec: {initContainers: [{name: istio-proxy, image: 'istio/proxyv2:1.10.0', "
            "restartPolicy: Always}], containers: [{name: report, image: report}]}\nstatus: {phase: "
            "Running}\n");
    }
    void theirHarmlessKinAreNotFound()
    {
        QFETCH(QByteArray, more);
        QByteArray world =
            replaced(clean(), "        - {name: AMBASSADOR_ISTIO",
                     "        - {name: REDIS_URL, value: 'ambassador-redis:6379'}\n        - {name: "
                     "AMBASSADOR_ISTIO");
        QCOMPARE(codesIn(world + more).join(u' '), QString());
    }

    // Before Ambassador 1.10 the certificate is in files that its sidecar writes: it is the edge's account's all the same.
    void anEdgeWithFilesComesAsItsAccount()
    {
        QByteArray world = replaced(clean(), "aes:1.11.2", "aes:1.9.1");
        world = replaced(world, "AMBASSADOR_ISTIO_SECRET_DIR", "SOMETHING_ELSE");
        world = replaced(world, "secret: istio-certs",
                         "cert_chain_file: /etc/istio-certs/cert-chain.pem, private_key_file: "
                         "/etc/istio-certs/key.pem");
        const QString before = codesIn(world).join(u' ');
        QCOMPARE(codesIn(world + allowing("ambassador/sa/ambassador")).join(u' '), before);
        QVERIFY(codesIn(world + allowing("other/sa/x")).contains(u"MT-026"_s));
        // Whose files are written elsewhere is not known.
        const QByteArray elsewhere = QByteArray(world).replace("/etc/istio-certs/cert", "/etc/other/cert");
        QVERIFY(!codesIn(elsewhere + allowing("other/sa/x")).contains(u"MT-026"_s));
    }

    // What looks like F2 and F31 and is neither.
    void whatTheEdgeAndTheCollectorHaveIsNoFailure_data()
    {
        QTest::addColumn<QByteArray>("more");
        QTest::addColumn<QString>("loadedFile"); // "" it was not asked
        QTest::newRow("not asked") << QByteArray() << QString();
        QTest::newRow("loaded") << QByteArray()
                                << u"/ambassador/snapshots/default/secrets-decoded/istio-certs/A.crt"_s;
        QTest::newRow("Jaeger that was told the port")
            << tracing(jaeger("1.30", ", env: [{name: COLLECTOR_ZIPKIN_HOST_PORT, value: ':9411'}]"))
            << QString();
        QTest::newRow("an older Jaeger, by the name of its time")
            << tracing(jaeger("1.18.1", ", env: [{name: COLLECTOR_ZIPKIN_HTTP_PORT, value: '9411'}]"))
            << QString();
        QTest::newRow("by an argument")
            << tracing(jaeger("1.30", ", args: ['--collector.zipkin.host-port=:9411']")) << QString();
        QTest::newRow("Jaeger 2, which a file configures")
            << tracing(jaeger("2.1.0").replace("all-in-one", "jaeger")) << QString();
        QTest::newRow("settings that are not known")
            << tracing(jaeger("1.30", ", envFrom: [{secretRef: {name: jaeger}}]")) << QString();
        QTest::newRow("Zipkin itself")
            << tracing(jaeger("3").replace("jaegertracing/all-in-one", "openzipkin/zipkin")) << QString();
    }
    void whatTheEdgeAndTheCollectorHaveIsNoFailure()
    {
        QFETCH(QByteArray, more);
        QFETCH(QString, loadedFile);
        const auto proxies = loadedFile.isEmpty() ? QList<models::ProxyCertificates>()
                                                  : loadedBy({leafIn(loadedFile.toLatin1())});
        QCOMPARE(codesIn(clean() + more, proxies).join(u' '), QString());
    }

    // Two ways to come with the mesh's TLS, both at once.
    void whatIsEncryptedTwiceIsFound_data()
    {
        QTest::addColumn<QByteArray>("annotations");
        QTest::addColumn<QString>("codes");
        // MT-019: now the edge's own Service is one of the mesh, and its ports do not say what they speak.
        const QByteArray injected =
            "sidecar.istio.io/status: '{}', traffic.sidecar.istio.io/includeInboundPorts: ''";
        QTest::newRow("taken") << injected << u"MT-019 MT-029"_s;
        QTest::newRow("as the guide has it")
            << QByteArray(injected + ", traffic.sidecar.istio.io/includeOutboundIPRanges: ''") << u"MT-019"_s;
        QTest::newRow("some addresses only")
            << QByteArray(injected + ", traffic.sidecar.istio.io/includeOutboundIPRanges: '192.0.2.0/24'")
            << u"MT-019"_s;
    }
    void whatIsEncryptedTwiceIsFound()
    {
        QFETCH(QByteArray, annotations);
        QFETCH(QString, codes);
        const QByteArray pod = "pod-template-hash: 5d4f8c7b9}\n  annotations: {";
        QCOMPARE(
            codesIn(replaced(clean(), pod + "sidecar.istio.io/inject: 'false'}", pod + annotations + "}"))
                .join(u' '),
            codes);
    }

    void theNewNameOfJaegersPortIsWanted()
    {
        const QByteArray old = ", env: [{name: COLLECTOR_ZIPKIN_HTTP_PORT, value: '9411'}]";
        QCOMPARE(codesIn(clean() + tracing(jaeger("1.22.0", old))).join(u' '), u"OBS-005"_s);
    }

    // F20: by which of the two doors a Mapping can be reached.
    void aCertificateIsEvadedByAWiderHost_data()
    {
        QTest::addColumn<QByteArray>("closed");
        QTest::addColumn<QByteArray>("open");
        QTest::addColumn<QByteArray>("mappings");
        QTest::addColumn<QByteArray>("more");
        QTest::addColumn<QString>("found");
        const QString evaded = u"TLS-011"_s;
        const QByteArray demanded = ", tls: {ca_secret: clients, cert_required: true}";
        QTest::newRow("by any name") << QByteArray("closed.example.com") << QByteArray("'*'")
                                     << QByteArray("closed.example.com") << QByteArray() << evaded;
        QTest::newRow("by its siblings'") << QByteArray("closed.example.com") << QByteArray("'*.example.com'")
                                          << QByteArray("closed.example.com") << QByteArray() << evaded;
        QTest::newRow("a star below a star") << QByteArray("'*.in.example.com'") << QByteArray("'*'")
                                             << QByteArray("'*.in.example.com'") << QByteArray() << evaded;
        QTest::newRow("another Host") << QByteArray("closed.example.com") << QByteArray("open.example.com")
                                      << QByteArray("closed.example.com") << QByteArray() << QString();
        QTest::newRow("a wider one that demands it too")
            << QByteArray("closed.example.com") << QByteArray("'*'") << QByteArray("closed.example.com")
            << demanded << QString();
        QTest::newRow("a Mapping of any host") << QByteArray("closed.example.com") << QByteArray("'*'")
                                               << QByteArray("'*'") << QByteArray() << QString();
        QTest::newRow("the wider one is closed")
            << QByteArray("'*'") << QByteArray("open.example.com") << QByteArray("open.example.com")
            << QByteArray() << QString();
    }
    void aCertificateIsEvadedByAWiderHost()
    {
        QFETCH(QByteArray, closed);
        QFETCH(QByteArray, open);
        QFETCH(QByteArray, mappings);
        QFETCH(QByteArray, more);
        QFETCH(QString, found);
        QCOMPARE(codesIn(twoDoors(closed, open, mappings, more)).join(u' '), found);
    }

    // The two parts of the edge read a dotted name differently where a Module is silent (facts mesh-security.md §3.1).
    void aNameThatTheEdgeReadsInTwoWaysIsFound()
    {
        const QByteArray module = "---\napiVersion: getambassador.io/v2\nkind: Module\nmetadata: {name: "
                                  "ambassador, namespace: ambassador}\nspec: {config: {CONFIG}}\n";
        const QByteArray dotted = edgeWithCertsYaml() + quoteYaml(true)
            + replaced(istioUpstreamYaml(), "secret: istio-certs,", "secret: cert.shop,")
            + replaced(accountsSecret("x"), "name: istio.x, namespace: ambassador",
                       "name: cert, namespace: shop")
            + mapping(Plain);
        QCOMPARE(codesIn(dotted).join(u' '), QString());
        QCOMPARE(codesIn(dotted + replaced(module, "CONFIG", "x_forwarded_proto_redirect: true")).join(u' '),
                 u"TLS-009"_s);
        QCOMPARE(codesIn(dotted + replaced(module, "CONFIG", "defaults: {tls_secret_namespacing: true}"))
                     .join(u' '),
                 QString());
    }

    void clearTextIsFoundWhereASidecarCountedIt()
    {
        const auto snapshot = snapshotOf(replaced(clean(), "mode: STRICT", "mode: PERMISSIVE"));
        models::StrictTelemetry telemetry;
        models::StrictTelemetry::Plaintext one;
        one.nameSpace = u"default"_s;
        one.workload = u"quote"_s;
        one.sourceWorkload = u"unknown"_s;
        one.requests = 4;
        telemetry.plaintext = {one};
        const auto findings = models::trafficFindings(*snapshot, telemetry);
        QCOMPARE(findings.size(), 1);
        QCOMPARE(findings[0].code + u' ' + findings[0].subject.text(), u"MT-020 Deployment default/quote"_s);
        telemetry.plaintext[0].workload = u"gone"_s;
        QVERIFY(models::trafficFindings(*snapshot, telemetry).isEmpty());
    }

    // Telemetry tells of the last minute: a server that is STRICT by now has let in what it counted before that.
    void clearTextOfBeforeIsNoneOfAStrictServer_data()
    {
        QTest::addColumn<QByteArray>("mode"); // of the mesh's policy
        QTest::addColumn<int>("found");
        QTest::newRow("PERMISSIVE") << QByteArray("PERMISSIVE") << 1;
        QTest::newRow("STRICT") << QByteArray("STRICT") << 0;
        QTest::newRow("DISABLE") << QByteArray("DISABLE") << 1;
    }
    void clearTextOfBeforeIsNoneOfAStrictServer()
    {
        QFETCH(QByteArray, mode);
        const QByteArray mesh = replaced(clean(), "mode: STRICT", "mode: " + mode);
        const QByteArray exception =
            "---\napiVersion: security.istio.io/v1beta1\nkind: PeerAuthentication\nmetadata: {name: p, "
            "namespace: default}\nspec: {selector: {matchLabels: {app: quote}}, portLevelMtls: {8000: {mode: "
            "PERMISSIVE}}}\n";
        models::StrictTelemetry telemetry;
        models::StrictTelemetry::Plaintext one;
        one.nameSpace = u"default"_s;
        one.workload = u"quote"_s;
        one.requests = 4;
        telemetry.plaintext = {one};
        QTEST(int(models::trafficFindings(*snapshotOf(mesh), telemetry).size()), "found");
        QCOMPARE(models::trafficFindings(*snapshotOf(mesh + exception), telemetry).size(), 1);
    }

    // What was seen stands beside what is said, so that a person can check it.
    void aFindingShowsWhatItRestsOn_data()
    {
        QTest::addColumn<QByteArray>("more");
        QTest::addColumn<QString>("code");
        QTest::addColumn<QString>("shown");
        const auto mapping = [](const QByteArray &name, const QByteArray &spec) -> QByteArray {
            return "---\napiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: " + name
                + ", namespace: default}\nspec: {prefix: /m/, " + spec + "}\n";
        };
        const QByteArray peer = "---\napiVersion: security.istio.io/v1beta1\nkind: PeerAuthentication\n"
                                "metadata: {name: p, namespace: istio-system}\nspec: {";
        QTest::newRow("clear text to STRICT")
            << peer + "mtls: {mode: STRICT}}\n" + mapping("a", "service: 'quote:80'") << u"MT-001"_s
            << u"mode STRICT"_s;
        QTest::newRow("weights") << mapping("a", "service: 'quote:80', tls: istio-upstream, weight: 60")
                + mapping("b", "service: 'quote:80', tls: istio-upstream, weight: 70")
                                 << u"RT-005"_s << u"Mapping default/b: weight 70"_s;
        QTest::newRow("no such TLSContext") << mapping("a", "service: 'quote:80', tls: gone") << u"TLS-001"_s
                                            << u"ambassador/istio-upstream"_s;
        QTest::newRow("a selector in the root namespace")
            << peer + "selector: {matchLabels: {app: quote}}, mtls: {mode: STRICT}}\n"
            << u"MT-011"_s << u"in default: 1"_s;
    }
    void aFindingShowsWhatItRestsOn()
    {
        QFETCH(QByteArray, more);
        QFETCH(QString, code);
        QFETCH(QString, shown);
        const auto snapshot = snapshotOf(edgeWithCertsYaml() + quoteYaml(true) + istioUpstreamYaml() + more);
        const auto view = models::viewEdge(*snapshot, *snapshot->edge({}));
        QStringList evidence;
        for (const models::Finding &finding :
             models::clusterFindings(*snapshot, view, {}, QDateTime::currentDateTimeUtc()).findings) {
            if (finding.code == code)
                evidence += finding.evidence;
        }
        QVERIFY2(evidence.join(u'\n').contains(shown), qPrintable(evidence.join(u'\n')));
    }

    // Whatever Istio's version: before the walk nobody is told of a job for an edge outside the mesh.
    void aScrapeJobIsMissedByTheWalkAlone()
    {
        const QByteArray map = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: prometheus, "
                               "namespace: istio-system}\ndata: {prometheus.yml: 'scrape_configs: []'}\n";
        const QByteArray start = edgeYaml() + quoteYaml(true) + map;
        const QByteArray context =
            replaced(istioUpstreamYaml(), "secret: istio-certs", "secret: istio.default");
        const auto isMissed = [](const models::SnapshotInput &input) {
            const auto snapshot = models::makeSnapshot(input);
            const auto view = models::viewEdge(*snapshot, *snapshot->edge({}));
            const auto all = models::clusterFindings(*snapshot, view, {}, QDateTime::currentDateTimeUtc());
            return std::any_of(all.findings.begin(), all.findings.end(),
                               [](const models::Finding &one) { return one.code == "OBS-004"_L1; });
        };
        QVERIFY(!isMissed(inputOf(start)));
        QVERIFY(!isMissed(oldMeshOf(start)));
        QVERIFY(isMissed(oldMeshOf(start + context)));
    }

    void aScrapeJobThatIsMissingIsFound()
    {
        const QByteArray map = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: prometheus, "
                               "namespace: istio-system}\ndata: {prometheus.yml: 'scrape_configs: [JOB]'}\n";
        QCOMPARE(codesIn(clean() + map).join(u' '), u"OBS-004"_s);
        QCOMPARE(codesIn(clean() + replaced(map, "JOB", "{job_name: ambassador}")).join(u' '), QString());
    }

    void prometheusThatIsNotReadyIsFound()
    {
        const QByteArray prometheus =
            "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: prometheus, namespace: "
            "istio-system}\nspec: {template: {spec: {containers: [{name: prometheus, image: "
            "'prom/prometheus:v2.42.0'}]}}}\n";
        QCOMPARE(codesIn(clean() + prometheus).join(u' '), u"OBS-002"_s);
        QCOMPARE(codesIn(clean() + prometheus
                         + "---\napiVersion: v1\nkind: Pod\nmetadata: {name: prometheus, namespace: "
                           "istio-system}\nspec: {containers: [{name: prometheus}]}\nstatus: {phase: "
                           "Running, conditions: [{type: Ready, status: 'True'}]}\n")
                     .join(u' '),
                 QString());
    }
};

SALLYPORT_TEST(failure_catalogue_test, FailureCatalogueTest)
#include "failure_catalogue_test.moc"
