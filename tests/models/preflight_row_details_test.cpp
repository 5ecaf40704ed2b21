// SPDX-License-Identifier: GPL-3.0-or-later
// What single rows of the preflight say: their objects, evidence and patches, and why they were not looked at.
#include "tests/models/preflight_neighbour.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace preflight_world;

class PreflightRowDetailsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    // increase() extrapolates.
    void countsAreWhole_data()
    {
        QTest::addColumn<double>("requests");
        QTest::addColumn<bool>("areBytes");
        QTest::addColumn<QString>("text");
        QTest::newRow("a part of one") << 0.3 << false << u"1 request or connection"_s;
        QTest::newRow("a little more than one") << 1.0345 << false << u"1 request or connection"_s;
        QTest::newRow("three") << 3.0417 << false << u"3 requests or connections"_s;
        QTest::newRow("many") << 12345678.9 << false << u"12345679 requests or connections"_s;
        QTest::newRow("bytes") << 2048.4 << true << u"2048 bytes over connections that were open before"_s;
    }
    void countsAreWhole()
    {
        QFETCH(double, requests);
        QFETCH(bool, areBytes);
        models::StrictTelemetry::Plaintext seen;
        seen.requests = requests;
        seen.areBytes = areBytes;
        QTEST(seen.amount(), "text");
    }

    void whatAShadowRefusesIsWhole()
    {
        World world = ready();
        world.input.telemetry->shadowDenied->insert(u"default/quote-6bc6b6bd5d-jctbh"_s, 4.0931);
        const models::PreflightReport report = reportOf(world);
        const auto row = std::find_if(report.rows.begin(), report.rows.end(),
                                      [](const auto &one) { return one.check == "T5"_L1; });
        QVERIFY(row != report.rows.end());
        QVERIFY2(row->message.contains(u"refused 4 of"_s), qPrintable(row->message));
    }

    // What a row proposes must mend it: the patched object has no row any more, and no other fault.
    void thePatchOfE2MendsIt_data()
    {
        QTest::addColumn<QByteArray>("service");
        QTest::addColumn<QByteArray>("patch");
        QTest::newRow("a port") << QByteArray("quote:80")
                                << QByteArray(R"({"spec":{"tls":"istio-upstream"}})");
        QTest::newRow("no port, which tls would send to 443")
            << QByteArray("quote") << QByteArray(R"({"spec":{"tls":"istio-upstream","service":"quote:80"}})");
    }
    void thePatchOfE2MendsIt()
    {
        QFETCH(QByteArray, service);
        QFETCH(QByteArray, patch);
        World world = ready();
        world.add(edgeObject("Mapping", "{prefix: /other/, service: '" + service + "'}"));
        const models::PreflightReport report = reportOf(world);
        const auto row = std::find_if(report.rows.begin(), report.rows.end(),
                                      [](const auto &one) { return one.check == "E2"_L1; });
        QVERIFY(row != report.rows.end());
        QCOMPARE(row->subject.name, u"other"_s);
        QCOMPARE(row->patch, patch);
        const auto parsed = edge::parseJson(patch.toStdString());
        World mended = ready();
        mended.add(edgeObject("Mapping",
                              "{prefix: /other/, service: '"
                                  + QByteArray::fromStdString(parsed->at({"spec", "service"}).isString()
                                                                  ? parsed->at({"spec", "service"}).text()
                                                                  : service.toStdString())
                                  + "', tls: istio-upstream}"));
        QCOMPARE(said(reportOf(mended)), said(reportOf(ready())));
    }

    // The secret by its namespace too, as a near miss of E3 has it, which has no row.
    void thePatchOfE3MendsIt()
    {
        World world = ready();
        world.replace("name: istio-upstream, namespace: ambassador",
                      "name: istio-upstream, namespace: staging");
        const models::PreflightReport report = reportOf(world);
        const auto row = std::find_if(report.rows.begin(), report.rows.end(),
                                      [](const auto &one) { return one.check == "E3"_L1; });
        QVERIFY(row != report.rows.end());
        QCOMPARE(row->patch, QByteArray(R"({"spec":{"secret":"istio-certs.ambassador"}})"));
        world.replace("secret: istio-certs,", "secret: istio-certs.ambassador,");
        QCOMPARE(said(reportOf(world)), said(reportOf(ready())));
    }

    void thePatchOfE6MendsIt_data()
    {
        QTest::addColumn<QByteArray>("ports");
        QTest::addColumn<QByteArray>("patch");
        QTest::newRow("the only port") << QByteArray("{name: http, port: 80, targetPort: 8000}")
                                       << QByteArray(R"({"spec":{"service":"quote:80"}})");
        QTest::newRow("one of two, which nobody can tell") << QByteArray(
            "{name: http, port: 80, targetPort: 8000}, {name: tcp-b, port: 81, targetPort: 8000}")
                                                           << QByteArray();
    }
    void thePatchOfE6MendsIt()
    {
        QFETCH(QByteArray, ports);
        QFETCH(QByteArray, patch);
        World world = ready();
        world.replace("{name: http, port: 80, targetPort: 8000}, {name: https, port: 443, targetPort: 8000}",
                      ports);
        World faulty = world;
        faulty.replace("service: 'quote:80'", "service: 'quote'");
        const models::PreflightReport report = reportOf(faulty);
        const auto row = std::find_if(report.rows.begin(), report.rows.end(),
                                      [](const auto &one) { return one.check == "E6"_L1; });
        QVERIFY(row != report.rows.end());
        QCOMPARE(row->patch, patch);
        QVERIFY(!said(reportOf(world)).contains(u"E6 BLOCKER"_s)); // as the patch has it
    }

    void thePatchOfK1IsOfTheTemplate()
    {
        World world = ready();
        world.replace("    ports: [{name: http, containerPort: 8000}]\n  - {name: istio-proxy",
                      "    ports: [{name: http, containerPort: 8000}]\n    readinessProbe: {httpGet: "
                      "{path: /health, port: http}}\n  - {name: istio-proxy");
        const models::PreflightReport report = reportOf(world);
        const auto row = std::find_if(report.rows.begin(), report.rows.end(),
                                      [](const auto &one) { return one.check == "K1"_L1; });
        QVERIFY(row != report.rows.end());
        QCOMPARE(row->subject.kind, u"Deployment"_s);
        QVERIFY2(row->patch.contains("rewriteAppHTTPProbers"), row->patch.constData());
    }

    // The API server knows nothing of a Mapping that is made of an Ingress: who reads the row finds the Ingress.
    void anIngressIsNamedAsItIs()
    {
        World world = ready();
        world.add(
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: door, namespace: default, "
            "annotations: {kubernetes.io/ingress.class: ambassador}}\nspec: {rules: [{http: {paths: [{path: "
            "/in/, "
            "pathType: Prefix, backend: {service: {name: quote, port: {number: 80}}}}]}}]}");
        const models::PreflightReport report = reportOf(world);
        const auto row = std::find_if(report.rows.begin(), report.rows.end(),
                                      [](const auto &one) { return one.check == "E2"_L1; });
        QVERIFY(row != report.rows.end());
        QCOMPARE(row->subject, (models::ObjectRef{u"Ingress"_s, u"default"_s, u"door"_s}));
        QVERIFY(row->patch.isEmpty());
        QVERIFY2(row->remedy.contains(u"write a Mapping"_s), qPrintable(row->remedy));
    }

    void aScopeThatIsNotThereIsNoGo_data()
    {
        QTest::addColumn<models::StrictScope>("scope");
        QTest::addColumn<models::PreflightReport::Verdict>("verdict");
        QTest::addColumn<QString>("reason");
        using Verdict = models::PreflightReport::Verdict;
        QTest::newRow("the mesh") << models::StrictScope() << Verdict::Go << QString();
        QTest::newRow("a namespace") << models::StrictScope{u"default"_s, {}} << Verdict::Go << QString();
        QTest::newRow("no such namespace")
            << models::StrictScope{u"defalt"_s, {}} << Verdict::Unknown << u"there is no namespace defalt"_s;
        QTest::newRow("a workload") << models::StrictScope{u"default"_s, u"quote"_s} << Verdict::Go
                                    << QString();
        QTest::newRow("no such workload") << models::StrictScope{u"default"_s, u"qoute"_s} << Verdict::Unknown
                                          << u"no pod of a workload qoute"_s;
    }
    void aScopeThatIsNotThereIsNoGo()
    {
        QFETCH(models::StrictScope, scope);
        QFETCH(models::PreflightReport::Verdict, verdict);
        QFETCH(QString, reason);
        World world = ready();
        world.input.scope = scope;
        const models::PreflightReport report = reportOf(world);
        QCOMPARE(models::verdictName(report.verdict), models::verdictName(verdict));
        QVERIFY2(report.reason.contains(reason), qPrintable(report.reason));
    }

    // Found by a switch that broke somebody: the object that selects the workload selects another, which the edge calls in clear text.
    void whoBecomesStrictAlongIsJudgedToo_data()
    {
        QTest::addColumn<QByteArray>("selector");
        QTest::addColumn<QString>("verdict");
        QTest::newRow("of both") << QByteArray("{tier: front}") << u"NO-GO"_s;
        QTest::newRow("of the one alone") << QByteArray("{app: quote}") << u"GO"_s;
    }
    void whoBecomesStrictAlongIsJudgedToo()
    {
        QFETCH(QByteArray, selector);
        QFETCH(QString, verdict);
        World world = ready();
        world.replace("labels: {app: quote, pod-template-hash",
                      "labels: {app: quote, tier: front, pod-template-hash");
        world.add(podYaml("default", "price", TwoContainers, "labels: {app: price, tier: front}"))
            .add("apiVersion: v1\nkind: Service\nmetadata: {name: price, namespace: default}\nspec: "
                 "{selector: {app: "
                 "price}, ports: [{port: 80, name: http, targetPort: 8000}]}")
            .add(edgeObject("Mapping", "{prefix: /price/, service: 'price:80'}"))
            .add(policy("default", "front",
                        "{selector: {matchLabels: " + selector + "}, mtls: {mode: PERMISSIVE}}"));
        world.input.scope = {u"default"_s, u"quote"_s};
        world.input.telemetry->covered.insert(u"default/price"_s);
        const models::PreflightReport report = reportOf(world);
        QCOMPARE(models::verdictName(report.verdict), verdict);
        QCOMPARE(said(report).contains(u"E2 BLOCKER"_s), verdict == "NO-GO"_L1);
        QStringList messages;
        for (const models::PreflightRow &row : report.rows)
            messages.append(row.message);
        QCOMPARE(messages.join(u'\n').contains(u"default/price"_s), verdict == "NO-GO"_L1);
    }

    void theRootNamespaceIsTheMesh()
    {
        World world = ready();
        world.replace(", tls: istio-upstream}", "}");
        world.input.scope = {u"istio-system"_s, {}};
        const models::PreflightReport report = reportOf(world);
        QCOMPARE(models::verdictName(report.verdict), u"NO-GO"_s);
    }

    // What it stops is said by its kind, and louder where more than its own objects hang on it.
    void aCallOfTheApiServerSaysWhatItStops_data()
    {
        QTest::addColumn<QByteArray>("object");
        QTest::addColumn<QString>("service");
        QTest::addColumn<QString>("said");
        QTest::addColumn<bool>("isCritical");
        const QByteArray conversion =
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: "
            "mappings.getambassador.io}\nspec: {conversion: {webhook: {clientConfig: {service: {name: NAME, "
            "namespace: default}}}}}";
        QTest::newRow("a conversion") << conversion << u"quote"_s << u"neither read nor written"_s << false;
        QTest::newRow("the edge's") << conversion << u"emissary-apiext"_s << u"neither read nor written"_s
                                    << true;
        QTest::newRow("an aggregated API")
            << QByteArray("apiVersion: apiregistration.k8s.io/v1\nkind: APIService\nmetadata: {name: "
                          "v1beta1.metrics.k8s.io}\nspec: {service: {name: NAME, namespace: default}}")
            << u"quote"_s << u"everything of v1beta1.metrics.k8s.io"_s << false;
        QTest::newRow("a webhook that may fail") << QByteArray(
            "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: "
            "{name: hook}\nwebhooks: [{name: a.example.com, failurePolicy: Ignore, clientConfig: {service: "
            "{name: NAME, namespace: default}}}]")
                                                 << u"kyverno-svc"_s << u"silently be left out"_s << true;
    }
    void aCallOfTheApiServerSaysWhatItStops()
    {
        QFETCH(QByteArray, object);
        QFETCH(QString, service);
        QFETCH(QString, said);
        QFETCH(bool, isCritical);
        World world = ready();
        if (service != "quote"_L1)
            world.add("apiVersion: v1\nkind: Service\nmetadata: {name: " + service.toUtf8()
                      + ", namespace: default}\nspec: {selector: {app: quote}, ports: [{name: https, port: "
                        "443, targetPort: 8000}]}");
        world.add(QByteArray(object).replace("NAME", service.toUtf8()));
        const models::PreflightReport report = reportOf(world);
        const auto row = std::find_if(report.rows.begin(), report.rows.end(),
                                      [](const auto &one) { return one.check == "K2"_L1; });
        QVERIFY(row != report.rows.end());
        const QString evidence = row->evidence.join(u'\n');
        QVERIFY2(evidence.contains(said), qPrintable(evidence));
        QCOMPARE(evidence.contains(u"CRITICAL"_s), isCritical);
    }

    // What could not be read is said with its reason, and how to make it readable.
    void whatCannotBeReadSaysWhy_data()
    {
        QTest::addColumn<QString>("check");
        QTest::addColumn<QString>("missing");
        QTest::addColumn<QString>("why");
        QTest::newRow("K2, webhooks")
            << u"K2"_s << u"mutatingwebhookconfigurations"_s << u"mutatingwebhookconfigurations"_s;
        QTest::newRow("K2, conversions")
            << u"K2"_s << u"customresourcedefinitions"_s << u"customresourcedefinitions"_s;
        QTest::newRow("C2") << u"C2"_s << u"sidecars"_s << u"sidecars"_s;
        QTest::newRow("S5") << u"S5"_s << u"workloadentries"_s << u"workloadentries"_s;
        QTest::newRow("S5, entries") << u"S5"_s << u"serviceentries"_s << u"serviceentries"_s;
        QTest::newRow("X3") << u"X3"_s << u"secrets"_s << u"istio/multiCluster"_s;
        QTest::newRow("X4") << u"X4"_s << u"deployments"_s << u"deployments"_s;
        QTest::newRow("C8, no metric") << u"C8"_s << u"certificateSeconds"_s << u"scrape port 15020"_s;
        QTest::newRow("C8, Prometheus did not answer")
            << u"C8"_s << u"telemetry"_s << u"Prometheus was not asked or did not answer"_s;
        QTest::newRow("E9, not asked") << u"E9"_s << u"loaded"_s << u"pods/portforward"_s;
        QTest::newRow("R5, not read again") << u"R5"_s << u"changedMeanwhile"_s << u"a second time"_s;
    }
    void whatCannotBeReadSaysWhy()
    {
        QFETCH(QString, check);
        QFETCH(QString, missing);
        QFETCH(QString, why);
        World world = ready();
        if (missing == "certificateSeconds"_L1)
            world.input.telemetry->certificateSeconds.reset();
        else if (missing == "telemetry"_L1)
            world.input.telemetry.reset();
        else if (missing == "loaded"_L1)
            world.proxies.clear();
        else if (missing == "changedMeanwhile"_L1)
            world.input.changedMeanwhile.reset();
        else
            world.without = missing;
        for (const models::PreflightCheck &one : reportOf(world).checks) {
            if (one.id != check)
                continue;
            QCOMPARE(one.state, models::PreflightCheck::State::NotChecked);
            QVERIFY2(one.why.contains(why), qPrintable(one.why));
        }
    }

    // Of manifests with Mappings alone: what the edge's own pods have, they do not say.
    void anEdgeThatIsNotThereIsNotChecked_data()
    {
        QTest::addColumn<QString>("check");
        for (const char *check : {"E1", "E8", "E9", "E11"})
            QTest::newRow(check) << QString::fromLatin1(check);
    }
    void anEdgeThatIsNotThereIsNotChecked()
    {
        QFETCH(QString, check);
        World world = ready();
        world.yaml = quoteYaml(true);
        world.add(edgeObject("Mapping", "{prefix: /backend/, service: 'quote:80'}"));
        const auto snapshot = models::makeSnapshot(inputOf(world.yaml));
        models::EdgeInstallation nobody;
        nobody.ambassadorNamespace = u"ambassador"_s;
        nobody.judgeBy(edge::Compat::V1);
        const auto report =
            models::strictPreflight(*snapshot, models::viewEdge(*snapshot, nobody), world.input);
        QCOMPARE(rowsOf(report, check), QStringList());
        const auto one = std::find_if(report.checks.begin(), report.checks.end(),
                                      [&check](const auto &other) { return other.id == check; });
        QVERIFY(one != report.checks.end());
        QCOMPARE(one->state, models::PreflightCheck::State::NotChecked);
        QVERIFY2(one->why.contains("the edge is not among"_L1), qPrintable(one->why));
    }

    void aClientThatKnowsTheHostIsNoC2_data()
    {
        QTest::addColumn<QByteArray>("hosts");
        QTest::addColumn<bool>("hidden");
        QTest::newRow("everything") << QByteArray("'*/*'") << false;
        QTest::newRow("its namespace") << QByteArray("'default/*'") << false;
        QTest::newRow("the host itself") << QByteArray("'default/quote.default.svc.cluster.local'") << false;
        QTest::newRow("a wildcard host") << QByteArray("'*/*.svc.cluster.local'") << false;
        QTest::newRow("another namespace") << QByteArray("'shop/*'") << true;
        QTest::newRow("another host") << QByteArray("'default/other.default.svc.cluster.local'") << true;
        QTest::newRow("nothing") << QByteArray("'~/*'") << true;
    }
    void aClientThatKnowsTheHostIsNoC2()
    {
        QFETCH(QByteArray, hosts);
        QFETCH(bool, hidden);
        World world = ready();
        world.add(podYaml("shop", "cart", TwoContainers));
        world.add("apiVersion: networking.istio.io/v1beta1\nkind: Sidecar\nmetadata: {name: default, "
                  "namespace: shop}\nspec: {egress: [{hosts: ["
                  + hosts + "]}]}");
        QCOMPARE(said(reportOf(world)).contains(u"C2 POSSIBLE"_s), hidden);
    }

    void exportToHidesAServiceFromObservedClients()
    {
        World world = ready();
        world.add(podYaml("shop", "cart", TwoContainers));
        world.replace("metadata: {name: quote, namespace: default}\nspec:\n  clusterIP",
                      "metadata: {name: quote, namespace: default, annotations: "
                      "{networking.istio.io/exportTo: '.'}}\nspec:\n  clusterIP");
        QVERIFY(!said(reportOf(world)).contains(u"C2 LIKELY"_s)); // nobody was seen
        world.input.telemetry->plaintext = {clearText(u"shop"_s, u"cart"_s)};
        QVERIFY(said(reportOf(world)).contains(u"C2 LIKELY"_s));
    }

    void discoverySelectorsHideANamespace()
    {
        World world = ready();
        world.add(podYaml("shop", "cart", TwoContainers));
        world.add("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: istio-system}\ndata: "
                  "{mesh: 'discoverySelectors: [{matchLabels: {mesh: \"yes\"}}]'}");
        world.input.telemetry->plaintext = {clearText(u"shop"_s, u"cart"_s)};
        QVERIFY2(said(reportOf(world)).contains(u"C2 LIKELY"_s),
                 qPrintable(said(reportOf(world)).join(u' ')));
    }

    void aMachineWithAnIdentityIsNoS5_data()
    {
        QTest::addColumn<QByteArray>("spec");
        QTest::addColumn<bool>("found");
        QTest::newRow("none") << QByteArray("{address: 10.0.0.9}") << true;
        QTest::newRow("account") << QByteArray("{address: 10.0.0.9, serviceAccount: vm}") << false;
        QTest::newRow("label") << QByteArray(
            "{address: 10.0.0.9, labels: {security.istio.io/tlsMode: istio}}")
                               << false;
        QTest::newRow("label off") << QByteArray(
            "{address: 10.0.0.9, serviceAccount: vm, labels: {security.istio.io/tlsMode: disabled}}")
                                   << true;
    }
    void aMachineWithAnIdentityIsNoS5()
    {
        QFETCH(QByteArray, spec);
        QFETCH(bool, found);
        World world = ready();
        world.add("apiVersion: networking.istio.io/v1beta1\nkind: WorkloadEntry\nmetadata: {name: vm, "
                  "namespace: default}\nspec: "
                  + spec);
        QCOMPARE(said(reportOf(world)).contains(u"S5 LIKELY"_s), found);
    }

    void theLoadedCertificateIsComparedWithTheFiles_data()
    {
        QTest::addColumn<qint64>("startedAgo");
        QTest::addColumn<qint64>("secondsLeft");
        QTest::addColumn<qint64>("filesSecondsLeft");
        QTest::addColumn<bool>("found");
        QTest::newRow("fresh, and the files the same")
            << qint64(3600) << qint64(82800) << qint64(82800) << false;
        QTest::newRow("fresh, the files are newer")
            << qint64(40000) << qint64(46400) << qint64(86000) << true;
        QTest::newRow("ended, the files are fresh")
            << qint64(90000) << qint64(-3600) << qint64(80000) << true;
        QTest::newRow("a fifth left") << qint64(70000) << qint64(16400) << qint64(16400) << true;
    }
    void theLoadedCertificateIsComparedWithTheFiles()
    {
        QFETCH(qint64, startedAgo);
        QFETCH(qint64, secondsLeft);
        QFETCH(qint64, filesSecondsLeft);
        QFETCH(bool, found);
        World world = ready();
        world.proxies = {loaded(takenAt.addSecs(-startedAgo), takenAt.addSecs(secondsLeft))};
        world.input.telemetry->certificateSeconds->insert(u"ambassador/ambassador-5d4f8c7b9-x2x2x"_s,
                                                          double(filesSecondsLeft));
        QCOMPARE(said(reportOf(world)).contains(u"E9 BLOCKER"_s), found);
    }
};

SALLYPORT_TEST(preflight_row_details_test, PreflightRowDetailsTest)
#include "preflight_row_details_test.moc"
