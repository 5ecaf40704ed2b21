// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/shadow_gate.h"
#include "models/analysis/strict_plan.h"
#include "models/analysis/strict_policies.h"
#include "models/analysis/workload_selector.h"
#include "tests/models/preflight_world.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace {

QByteArray policyYaml(const QByteArray &nameSpace, const QByteArray &name, const QByteArray &spec,
                      const QByteArray &created = "2026-01-01T00:00:00Z")
{
    return "---\napiVersion: security.istio.io/v1beta1\nkind: PeerAuthentication\nmetadata: {name: " + name
        + ", namespace: " + nameSpace + ", creationTimestamp: '" + created + "'}\nspec: " + spec + "\n";
}

QByteArray istiodYaml(const QByteArray &tag)
{
    return "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: istiod, namespace: "
           "istio-system}\nspec: {template: {spec: "
           "{containers: [{name: discovery, image: 'docker.io/istio/pilot:"
        + tag + "'}]}}}\n";
}

// A mesh of two workloads in namespace default: quote and one more of its kind.
QByteArray meshYaml()
{
    return edgeWithCertsYaml() + quoteYaml(true) + istioUpstreamYaml() + istiodYaml("1.10.0")
        + QByteArray(quoteYaml(true))
              .mid(quoteYaml(true).indexOf("---\napiVersion: v1\nkind: Service"))
              .replace("quote", "price")
              .replace("jctbh", "zzzzz");
}

models::StrictPlan planOf(const models::SnapshotInput &world, const models::StrictScope &scope,
                          const models::StrictOptions &options = {})
{
    models::SnapshotInput asked = world;
    asked.edgeProxies = {
        preflight_world::loaded(asked.takenAt.addSecs(-6 * 3600), asked.takenAt.addSecs(18 * 3600))};
    const auto snapshot = models::makeSnapshot(asked);
    models::PreflightInput input;
    input.scope = scope;
    input.includeNarrower = true;
    input.missingRights = QStringList();
    input.dryRun = QString();
    input.telemetry.emplace();
    input.telemetry->to = snapshot->takenAt;
    input.telemetry->from = snapshot->takenAt.addDays(-8);
    input.telemetry->covered = {u"default/quote"_s, u"default/price"_s};
    const auto report =
        models::strictPreflight(*snapshot, models::viewEdge(*snapshot, *snapshot->edge({})), input);
    return models::strictPlan(*snapshot, report, options);
}

models::StrictPlan planOf(const QByteArray &world, const models::StrictScope &scope,
                          const models::StrictOptions &options = {})
{
    return planOf(inputOf(world), scope, options);
}

QByteArray oldPolicy(const QByteArray &kind, const QByteArray &metadata, const QByteArray &spec)
{
    return "---\napiVersion: authentication.istio.io/v1alpha1\nkind: " + kind + "\nmetadata: {" + metadata
        + "}\nspec: " + spec + "\n";
}

QByteArray oldMeshYaml()
{
    return meshYaml()
        + "---\napiVersion: networking.istio.io/v1alpha3\nkind: DestinationRule\nmetadata: {name: default, "
          "namespace: "
          "istio-system}\nspec: {host: '*.local', trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}\n";
}

QString line(const edge::Value &object)
{
    if (object["apiVersion"].text() == "authentication.istio.io/v1alpha1")
        return QString::fromStdString(
            object["kind"].text() + " " + object.at({"metadata", "namespace"}).text() + "/"
            + object.at({"metadata", "name"}).text() + " " + edge::toJson(object["spec"]));
    const edge::Value &spec = object["spec"];
    QString text = u"%1/%2 %3"_s.arg(QString::fromStdString(object.at({"metadata", "namespace"}).text()),
                                     QString::fromStdString(object.at({"metadata", "name"}).text()),
                                     QString::fromStdString(object["kind"].text() == "PeerAuthentication"
                                                                ? spec.at({"mtls", "mode"}).text()
                                                                : spec["action"].text()));
    for (const auto &[port, mode] : spec["portLevelMtls"].members())
        text += u" %1=%2"_s.arg(QString::fromStdString(port), QString::fromStdString(mode["mode"].text()));
    return text;
}

// "4 default/quote STRICT" for each write, "5 -PeerAuthentication default/x" for each removal, in order.
QStringList writes(const models::StrictPlan &plan)
{
    QStringList all;
    for (const models::StrictStage &stage : plan.stages) {
        for (const models::StrictStep &step : stage.steps) {
            for (const edge::Value &object : step.objects)
                all.append(u"%1 %2"_s.arg(stage.number).arg(line(object)));
            for (const models::ObjectRef &object : step.removes)
                all.append(u"%1 -%2"_s.arg(stage.number).arg(object.text()));
        }
    }
    return all;
}

} // namespace

class StrictPlanTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aPlanHasEightStagesAndEachSaysWhenToLeaveIt()
    {
        const models::StrictPlan plan = planOf(meshYaml(), {});
        QCOMPARE(plan.refused, QString());
        QCOMPARE(plan.stages.size(), 8);
        for (int i = 0; i < 8; ++i) {
            QCOMPARE(plan.stages[i].number, i);
            QVERIFY(!plan.stages[i].leaveWhen.isEmpty());
            QVERIFY2(plan.stages[i].steps.isEmpty() == !plan.stages[i].skipped.isEmpty() || i == 0,
                     qPrintable(plan.stages[i].title));
            for (const QString &check : plan.stages[i].verify) {
                const auto &kinds = models::verificationKinds();
                QVERIFY2(std::any_of(kinds.begin(), kinds.end(),
                                     [&](const auto &kind) { return kind.id == check; }),
                         qPrintable(check));
            }
        }
        QCOMPARE(models::verificationKinds().size(), 10);
    }

    // Facts mesh-security.md §1.10: a workload is named by its Service, its ports by Policies of their own.
    void aMeshOfIstio14IsSwitchedByItsOwnPolicies_data()
    {
        QTest::addColumn<QByteArray>("more");
        QTest::addColumn<QString>("nameSpace");
        QTest::addColumn<QString>("workload");
        QTest::addColumn<QStringList>("expected");
        const QByteArray permissive =
            oldPolicy("MeshPolicy", "name: default", "{peers: [{mtls: {mode: PERMISSIVE}}]}");
        const QString strictPrice =
            u"4 Policy default/strict-price {\"targets\":[{\"name\":\"price\"}],\"peers\":[{\"mtls\":{}}]}"_s;
        const QString strictQuote =
            u"4 Policy default/strict-quote {\"targets\":[{\"name\":\"quote\"}],\"peers\":[{\"mtls\":{}}]}"_s;
        const QStringList ofNamespace{
            u"1 Policy default/default {\"peers\":[{\"mtls\":{\"mode\":\"PERMISSIVE\"}}]}"_s,
            strictPrice,
            strictQuote,
            u"5 Policy default/default {\"peers\":[{\"mtls\":{}}]}"_s,
            u"5 -Policy default/strict-price"_s,
            u"5 -Policy default/strict-quote"_s};
        QTest::newRow("a namespace") << permissive << u"default"_s << QString() << ofNamespace;
        QTest::newRow("the mesh, and what else its MeshPolicy says stays")
            << oldPolicy("MeshPolicy", "name: default",
                         "{peers: [{mtls: {mode: PERMISSIVE}}], origins: [{jwt: {issuer: x}}]}")
            << QString() << QString()
            << ofNamespace
                + QStringList{
                    u"6 MeshPolicy /default {\"peers\":[{\"mtls\":{}}],\"origins\":[{\"jwt\":{\"issuer\":\"x\"}}]}"_s,
                    u"7 -Policy default/default"_s};
        QTest::newRow("a workload") << permissive << u"default"_s << u"quote"_s << QStringList{strictQuote};
        QTest::newRow("a Policy of its own is edited")
            << permissive
                + oldPolicy(
                    "Policy", "name: mine, namespace: default",
                    "{targets: [{name: quote}], peers: [{jwt: {issuer: x}}, {mtls: {mode: PERMISSIVE}}]}")
            << u"default"_s << u"quote"_s
            << QStringList{
                   u"4 Policy default/mine {\"targets\":[{\"name\":\"quote\"}],\"peers\":[{\"mtls\":{}},{\"jwt\":{\"issuer\":\"x\"}}]}"_s};
    }
    void aMeshOfIstio14IsSwitchedByItsOwnPolicies()
    {
        QFETCH(QByteArray, more);
        QFETCH(QString, nameSpace);
        QFETCH(QString, workload);
        QFETCH(QStringList, expected);
        const models::StrictPlan plan = planOf(oldMeshOf(oldMeshYaml() + more), {nameSpace, workload});
        QCOMPARE(plan.refused, QString());
        QCOMPARE(writes(plan), expected);
        QVERIFY2(plan.stages[2].skipped.contains(u"1.4"_s), qPrintable(plan.stages[2].skipped));
        QVERIFY(plan.frozen.contains(models::ObjectRef{u"MeshPolicy"_s, {}, u"default"_s}));
    }

    void anExceptedPortOfIstio14GetsAPolicyOfItsOwn()
    {
        const auto snapshot = models::makeSnapshot(
            oldMeshOf(oldMeshYaml()
                      + oldPolicy("MeshPolicy", "name: default", "{peers: [{mtls: {mode: PERMISSIVE}}]}")));
        models::PreflightReport report;
        report.scope = {u"default"_s, u"quote"_s};
        report.verdict = models::PreflightReport::Verdict::GoWithExceptions;
        report.exceptions = {{u"default"_s, u"quote"_s, {}, 8000}};
        const QStringList lines = writes(models::strictPlan(*snapshot, report, {}));
        QVERIFY2(
            lines.join(u'\n').contains(
                u"Policy default/permissive-quote-80 {\"targets\":[{\"name\":\"quote\",\"ports\":[{\"number\":80}]}],\"peers\":[{\"mtls\":{\"mode\":\"PERMISSIVE\"}}]}"_s),
            qPrintable(lines.join(u'\n')));
        QVERIFY2(lines.last().contains(u"Policy default/strict-quote"_s), qPrintable(lines.join(u'\n')));
    }

    // Declaring ports is optional in Kubernetes: the Service names this one.
    void aWorkloadThatDeclaresNoPortIsSwitchedToo()
    {
        QByteArray world = edgeWithCertsYaml() + quoteYaml(true) + istioUpstreamYaml() + istiodYaml("1.10.0");
        const QByteArray declared = "    ports: [{name: http, containerPort: 8000}]\n  - {name: istio-proxy";
        QVERIFY(world.contains(declared));
        world.replace(declared, "  - {name: istio-proxy");
        QVERIFY2(writes(planOf(world, {u"default"_s, {}})).contains(u"5 default/default STRICT"_s),
                 qPrintable(writes(planOf(world, {u"default"_s, {}})).join(u'\n')));
    }

    // The preflight that follows judges the same snapshot: it must not find its own wish fulfilled there.
    void anEditLeavesTheSnapshotAsItWasRead_data()
    {
        QTest::addColumn<models::SnapshotInput>("world");
        const QByteArray ofQuote = "{selector: {matchLabels: {app: quote}}, mtls: {mode: PERMISSIVE}}";
        QTest::newRow("PeerAuthentications")
            << inputOf(meshYaml() + policyYaml("istio-system", "default", "{mtls: {mode: DISABLE}}")
                       + policyYaml("default", "default", "{mtls: {mode: PERMISSIVE}}")
                       + policyYaml("default", "quote", ofQuote));
        const QByteArray permissive = "{peers: [{mtls: {mode: PERMISSIVE}}]}";
        QTest::newRow("Policies of Istio 1.4")
            << oldMeshOf(oldMeshYaml() + oldPolicy("MeshPolicy", "name: default", permissive)
                         + oldPolicy("Policy", "name: default, namespace: default", permissive)
                         + oldPolicy("Policy", "name: quote, namespace: default",
                                     "{targets: [{name: quote}], peers: [{mtls: {mode: PERMISSIVE}}]}"));
    }
    void anEditLeavesTheSnapshotAsItWasRead()
    {
        QFETCH(models::SnapshotInput, world);
        const auto snapshot = models::makeSnapshot(world);
        const auto again = models::makeSnapshot(world); // shares nothing with the other
        const auto policies = models::strictPolicies(*snapshot);
        const auto pod = std::find_if(snapshot->pods.begin(), snapshot->pods.end(),
                                      [](const models::Pod &one) { return one.workload() == "quote"_L1; });
        QVERIFY(pod != snapshot->pods.end());
        QVERIFY(policies->setMesh(models::MtlsMode::Strict).isChanged);
        QVERIFY(policies->setNamespace(u"default"_s, models::MtlsMode::Strict).isChanged);
        QVERIFY(policies->setWorkload({&*pod, u"strict"_s}).front().isChanged);
        QVERIFY(policies->ofMesh() == models::MtlsMode::Strict);
        QVERIFY(snapshot->peerAuthentications == again->peerAuthentications);
        QVERIFY(snapshot->authenticationPolicies == again->authenticationPolicies);
    }

    void stagesWriteWhatTheTableSays_data()
    {
        QTest::addColumn<QByteArray>("more");
        QTest::addColumn<QString>("nameSpace");
        QTest::addColumn<QString>("workload");
        QTest::addColumn<QStringList>("expected");
        const QStringList shadows{u"2 default/sallyport-shadow-strict-price DENY"_s,
                                  u"2 default/sallyport-shadow-strict DENY"_s};
        const QStringList removal{u"7 -AuthorizationPolicy default/sallyport-shadow-strict-price"_s,
                                  u"7 -AuthorizationPolicy default/sallyport-shadow-strict"_s};
        QTest::newRow("a namespace without any object")
            << QByteArray() << u"default"_s << QString()
            << QStringList{u"1 default/default PERMISSIVE"_s} + shadows
                + QStringList{u"4 default/strict-price STRICT"_s, u"4 default/strict-quote STRICT"_s,
                              u"5 default/default STRICT"_s, u"5 -PeerAuthentication default/strict-price"_s,
                              u"5 -PeerAuthentication default/strict-quote"_s}
                + removal;
        QTest::newRow("its oldest object is edited, not doubled")
            << policyYaml("default", "old", "{mtls: {mode: DISABLE}}")
                + policyYaml("default", "new", "{mtls: {mode: STRICT}}", "2026-02-01T00:00:00Z")
            << u"default"_s << QString()
            << QStringList{u"1 default/old PERMISSIVE"_s} + shadows
                + QStringList{u"4 default/strict-price STRICT"_s, u"4 default/strict-quote STRICT"_s,
                              u"5 default/old STRICT"_s, u"5 -PeerAuthentication default/strict-price"_s,
                              u"5 -PeerAuthentication default/strict-quote"_s}
                + removal;
        QTest::newRow("an object of the workload's own stays and keeps its ports")
            << policyYaml("default", "quote",
                          "{selector: {matchLabels: {app: quote}}, mtls: {mode: PERMISSIVE}, portLevelMtls: "
                          "{9000: {mode: PERMISSIVE}}}")
            << u"default"_s << u"quote"_s
            << QStringList{u"2 default/sallyport-shadow-strict-quote DENY"_s,
                           u"4 default/quote STRICT 9000=PERMISSIVE"_s,
                           u"7 -AuthorizationPolicy default/sallyport-shadow-strict-quote"_s};
        QTest::newRow("the mesh: namespaces first, then the root's oldest")
            << policyYaml("istio-system", "global", "{mtls: {mode: PERMISSIVE}}") << QString() << QString()
            << QStringList{u"1 default/default PERMISSIVE"_s} + shadows
                + QStringList{u"4 default/strict-price STRICT"_s,
                              u"4 default/strict-quote STRICT"_s,
                              u"5 default/default STRICT"_s,
                              u"5 -PeerAuthentication default/strict-price"_s,
                              u"5 -PeerAuthentication default/strict-quote"_s,
                              u"6 istio-system/global STRICT"_s}
                + removal + QStringList{u"7 -PeerAuthentication default/default"_s};
        QTest::newRow("STRICT already: nothing")
            << policyYaml("istio-system", "default", "{mtls: {mode: STRICT}}") << QString() << QString()
            << QStringList();
    }
    void stagesWriteWhatTheTableSays()
    {
        QFETCH(QByteArray, more);
        QFETCH(QString, nameSpace);
        QFETCH(QString, workload);
        QFETCH(QStringList, expected);
        const models::StrictPlan plan = planOf(meshYaml() + more, {nameSpace, workload});
        QVERIFY2(writes(plan) == expected, qPrintable(u"\n"_s + writes(plan).join(u'\n')));
    }

    // Of a run that was stopped in stage 4: it goes on where that ended, and tidies what that made as well.
    void whatAnEarlierRunHasLeftIsTidied_data()
    {
        QTest::addColumn<QByteArray>("there");
        QTest::addColumn<bool>("shadow");
        QTest::addColumn<QString>("nameSpace");
        QTest::addColumn<QStringList>("expected");
        const QByteArray ofPrice = "{selector: {matchLabels: {app: price}}, mtls: {mode: STRICT}";
        const QByteArray wide = policyYaml("default", "default", "{mtls: {mode: PERMISSIVE}}");
        const QByteArray price = policyYaml("default", "strict-price", ofPrice + "}");
        const QByteArray quote = policyYaml("default", "strict-quote",
                                            "{selector: {matchLabels: {app: quote}}, mtls: {mode: STRICT}}");
        const QString goPrice = u"5 -PeerAuthentication default/strict-price"_s;
        const QString goQuote = u"5 -PeerAuthentication default/strict-quote"_s;
        const QString goShadow = u"7 -AuthorizationPolicy default/sallyport-shadow-strict-price"_s;
        const QStringList ofQuote{u"4 default/strict-quote STRICT"_s, u"5 default/default STRICT"_s};
        QTest::newRow("one of two workloads")
            << wide + price << false << u"default"_s << ofQuote + QStringList{goPrice, goQuote, goShadow};
        QTest::newRow("both") << wide + price + quote << false << u"default"_s
                              << QStringList{u"5 default/default STRICT"_s, goPrice, goQuote, goShadow};
        QTest::newRow("both, and the namespace")
            << policyYaml("default", "default", "{mtls: {mode: STRICT}}") + price + quote << false
            << u"default"_s << QStringList{goPrice, goQuote, goShadow};
        QTest::newRow("with an exception, which must outlive it")
            << wide
                + policyYaml("default", "strict-price",
                             ofPrice + ", portLevelMtls: {8000: {mode: PERMISSIVE}}}")
            << false << u"default"_s
            << QStringList{u"4 default/strict-quote STRICT"_s, u"5 default/default STRICT"_s, goQuote,
                           goShadow};
        QTest::newRow("the rehearsal is written once more")
            << wide + price << true << u"default"_s
            << QStringList{u"2 default/sallyport-shadow-strict-quote DENY"_s,
                           u"2 default/sallyport-shadow-strict DENY"_s}
                + ofQuote
                + QStringList{goPrice, goQuote, goShadow,
                              u"7 -AuthorizationPolicy default/sallyport-shadow-strict-quote"_s,
                              u"7 -AuthorizationPolicy default/sallyport-shadow-strict"_s};
        QTest::newRow("the mesh") << wide + price << false << QString()
                                  << ofQuote
                + QStringList{goPrice, goQuote, u"6 istio-system/default STRICT"_s, goShadow,
                              u"7 -PeerAuthentication default/default"_s};
    }
    void whatAnEarlierRunHasLeftIsTidied()
    {
        QFETCH(QByteArray, there);
        QFETCH(bool, shadow);
        QFETCH(QString, nameSpace);
        QFETCH(QStringList, expected);
        models::StrictOptions options;
        options.shadow = shadow;
        const models::StrictScope scope{nameSpace, {}};
        options.made = {{u"PeerAuthentication"_s, u"default"_s, u"default"_s},
                        {u"AuthorizationPolicy"_s, u"default"_s, u"sallyport-shadow-strict-price"_s},
                        {u"PeerAuthentication"_s, u"default"_s, u"strict-price"_s},
                        {u"PeerAuthentication"_s, u"default"_s, u"strict-quote"_s}};
        const models::StrictPlan plan = planOf(meshYaml() + there, scope, options);
        QVERIFY2(writes(plan) == expected, qPrintable(u"\n"_s + writes(plan).join(u'\n')));
        for (const models::StrictStage &stage : plan.stages) {
            for (const models::StrictStep &step : stage.steps)
                QVERIFY2(!step.workloads.isEmpty(), qPrintable(step.title));
        }
    }

    // Stopped between stage 5 and stage 6, with all that passes gone: the mesh's own step is verified all the same.
    void whatIsLeftOfAMeshIsJudgedByEverybody()
    {
        models::StrictOptions options;
        options.shadow = false;
        const auto strict = policyYaml("default", "default", "{mtls: {mode: STRICT}}");
        const models::StrictPlan plan = planOf(meshYaml() + strict, {}, options);
        QCOMPARE(writes(plan), QStringList{u"6 istio-system/default STRICT"_s});
        QCOMPARE(plan.stages[6].steps[0].workloads, (QStringList{u"default/price"_s, u"default/quote"_s}));
    }

    // A policy of somebody else's may have any name.
    void othersPoliciesAreNeverWrittenOver_data()
    {
        QTest::addColumn<bool>("isOurs");
        QTest::addColumn<QString>("suffix");
        QTest::newRow("somebody else's") << false << u"-2"_s;
        QTest::newRow("of an earlier run of this switch") << true << QString();
    }
    void othersPoliciesAreNeverWrittenOver()
    {
        QFETCH(bool, isOurs);
        QFETCH(QString, suffix);
        QByteArray there;
        models::StrictOptions options;
        for (const char *name : {"sallyport-shadow-strict", "sallyport-shadow-strict-price"}) {
            there += QByteArray("---\napiVersion: security.istio.io/v1beta1\nkind: AuthorizationPolicy\n"
                                "metadata: {name: ")
                + name + ", namespace: default}\nspec: {action: ALLOW, rules: [{}]}\n";
            if (isOurs)
                options.made.append({u"AuthorizationPolicy"_s, u"default"_s, QString::fromLatin1(name)});
        }
        const QStringList lines = writes(planOf(meshYaml() + there, {u"default"_s, {}}, options));
        for (const QString &line : {u"2 default/sallyport-shadow-strict-price%1 DENY"_s,
                                    u"2 default/sallyport-shadow-strict%1 DENY"_s,
                                    u"7 -AuthorizationPolicy default/sallyport-shadow-strict-price%1"_s,
                                    u"7 -AuthorizationPolicy default/sallyport-shadow-strict%1"_s})
            QVERIFY2(lines.contains(line.arg(suffix)), qPrintable(lines.join(u'\n')));
    }

    void whatOthersHaveMadeStays()
    {
        const QByteArray theirs = policyYaml("default", "strict-price",
                                             "{selector: {matchLabels: {app: price}}, mtls: {mode: STRICT}}");
        const QString lines = writes(planOf(meshYaml() + theirs, {u"default"_s, {}})).join(u'\n');
        QVERIFY2(!lines.contains(u"-PeerAuthentication default/strict-price"_s), qPrintable(lines));
    }

    void aPortThatMustStayPermissiveStandsInTheWorkloadsObject()
    {
        const QByteArray hook = "---\napiVersion: admissionregistration.k8s.io/v1\nkind: "
                                "MutatingWebhookConfiguration\nmetadata: {name: "
                                "hook}\nwebhooks: [{name: a.example.com, clientConfig: {service: {name: "
                                "quote, namespace: default}}}]\n";
        const models::StrictPlan plan = planOf(meshYaml() + hook, {u"default"_s, {}});
        QCOMPARE(plan.refused, QString());
        QVERIFY2(writes(plan).contains(u"4 default/strict-quote STRICT 8000=PERMISSIVE"_s),
                 qPrintable(writes(plan).join(u'\n')));
        QVERIFY2(!writes(plan).contains(u"5 -PeerAuthentication default/strict-quote"_s),
                 "an exception must outlive stage 5");
    }

    void wavesAreATenthOfTheWorkloads()
    {
        QByteArray world = edgeWithCertsYaml() + quoteYaml(true);
        const QByteArray pod =
            quoteYaml(true).mid(quoteYaml(true).lastIndexOf("---\napiVersion: v1\nkind: Pod"));
        for (int i = 0; i < 29; ++i)
            world += QByteArray(pod)
                         .replace("quote", QByteArray("app" + QByteArray::number(i)))
                         .replace("jctbh", QByteArray::number(10000 + i));
        const models::StrictPlan plan = planOf(world, {u"default"_s, {}});
        QCOMPARE(plan.stages[4].steps.size(), 10);
        for (const models::StrictStep &step : plan.stages[4].steps)
            QCOMPARE(step.workloads.size(), 3);
    }

    void whatBreaksRefusesThePlan()
    {
        const QByteArray mapping = "---\napiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: "
                                   "quote-backend, namespace: default}\n"
                                   "spec: {prefix: /backend/, service: 'quote:80'}\n";
        const models::StrictPlan plan = planOf(meshYaml() + mapping, {u"default"_s, {}});
        QVERIFY2(plan.refused.startsWith(u"NO-GO: E2 Mapping default/quote-backend"_s),
                 qPrintable(plan.refused));
    }

    void disableAloneIsHealedByTheFirstStage()
    {
        QCOMPARE(planOf(meshYaml() + policyYaml("default", "default", "{mtls: {mode: DISABLE}}"),
                        {u"default"_s, {}})
                     .refused,
                 QString());
    }

    // What is verified after a step is asked of the workloads that it is about: without any nobody is asked.
    void everyStepNamesItsWorkloads()
    {
        for (const models::StrictStage &stage : planOf(meshYaml(), {}).stages) {
            for (const models::StrictStep &step : stage.steps)
                QVERIFY2(!step.workloads.isEmpty(), qPrintable(stage.title + u' ' + step.title));
        }
    }

    // One object selects two workloads: the step that edits it is about both, and the preflight judges both.
    void anObjectThatSelectsTwoWorkloadsIsAboutBoth()
    {
        const QByteArray other =
            "---\napiVersion: v1\nkind: Pod\nmetadata: {name: price-6b7c8d9e0f-abcde, namespace: "
            "default, labels: {app: price, tier: front, pod-template-hash: 6b7c8d9e0f}, ownerReferences: "
            "[{kind: ReplicaSet, name: "
            "price-6b7c8d9e0f, controller: true}]}\nspec: {containers: [{name: app, ports: "
            "[{containerPort: 9000}]}, {name: istio-proxy, image: 'istio/proxyv2:1.10.0'}]}\nstatus: "
            "{phase: Running}\n";
        QByteArray world = meshYaml() + other
            + policyYaml("default", "front",
                         "{selector: {matchLabels: {tier: front}}, mtls: {mode: PERMISSIVE}}");
        world.replace("labels: {app: quote, pod-template-hash",
                      "labels: {app: quote, tier: front, pod-template-hash");
        const models::StrictPlan plan = planOf(world, {u"default"_s, u"quote"_s});
        QStringList workloads;
        for (const models::StrictStep &step : plan.stages[4].steps)
            workloads += step.workloads;
        workloads.sort();
        QCOMPARE(workloads, (QStringList{u"default/price"_s, u"default/quote"_s}));
    }

    void theRootNamespaceIsNoScopeOfItsOwn()
    {
        QVERIFY(planOf(meshYaml(), {u"istio-system"_s, {}}).refused.contains(u"the scope is mesh"_s));
    }

    void theShadowWaitsForVersionsThatKnowDryRuns_data()
    {
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QByteArray>("after");
        QTest::addColumn<QString>("why");
        QTest::newRow("new enough") << QByteArray("1.10.0") << QByteArray("1.10.0") << QString();
        QTest::newRow("old istiod") << QByteArray("pilot:1.10.0") << QByteArray("pilot:1.9.9")
                                    << u"would enforce"_s;
        QTest::newRow("old proxy")
            << QByteArray("proxyv2:1.10.0'}\nstatus:\n  phase: Running\n  podIP: 10.244.0.7")
            << QByteArray("proxyv2:1.9.0'}\nstatus:\n  phase: Running\n  podIP: 10.244.0.7")
            << u"the proxy of pod"_s;
        QTest::newRow("no version") << QByteArray("pilot:1.10.0") << QByteArray("pilot:latest")
                                    << u"would enforce"_s;
        QTest::newRow("no istiod") << QByteArray("name: discovery, image: 'docker.io/istio/pilot")
                                   << QByteArray("name: other, image: 'docker.io/acme/other")
                                   << u"no istiod"_s;
        const QByteArray proxyOfQuote("proxyv2:1.10.0'}\nstatus:\n  phase: Running\n  podIP: 10.244.0.7");
        const auto proxy = [&](const QByteArray &image) {
            return QByteArray(proxyOfQuote).replace("proxyv2:1.10.0", image);
        };
        QTest::newRow("old proxy of a registry with a port")
            << "'istio/" + proxyOfQuote << "'registry.corp:5000/istio/" + proxy("proxyv2:1.9.0")
            << u"the proxy of pod"_s;
        QTest::newRow("new proxy of a registry with a port")
            << "'istio/" + proxyOfQuote << "'registry.corp:5000/istio/" + proxy("proxyv2:1.12.0")
            << QString();
        QTest::newRow("old proxy of another name")
            << proxyOfQuote << proxy("sidecar:1.9.0") << u"the proxy of pod"_s;
        QTest::newRow("proxy by its digest")
            << proxyOfQuote << proxy("proxyv2@sha256:0123456789abcdef") << u"names no version"_s;
        QTest::newRow("old istiod of another name")
            << QByteArray("istio/pilot:1.10.0") << QByteArray("acme/controlplane:1.8.1")
            << u"would enforce"_s;
        QTest::newRow("ambient") << QByteArray("  labels: {app: quote, pod-template-hash")
                                 << QByteArray("  annotations: {ambient.istio.io/redirection: enabled}\n  "
                                               "labels: {app: quote, pod-template-hash")
                                 << u"ambient"_s;
    }
    void theShadowWaitsForVersionsThatKnowDryRuns()
    {
        QFETCH(QByteArray, before);
        QFETCH(QByteArray, after);
        QFETCH(QString, why);
        QByteArray world = meshYaml();
        QVERIFY(world.contains(before));
        const QString said =
            models::whyNoShadow(*snapshotOf(world.replace(before, after)), {u"default"_s, {}});
        QVERIFY2(why.isEmpty() ? said.isEmpty() : said.contains(why), qPrintable(said));
    }

    void anotherDryRunStopsTheShadow()
    {
        const QByteArray other = "---\napiVersion: security.istio.io/v1beta1\nkind: "
                                 "AuthorizationPolicy\nmetadata: {name: trial, namespace: default, "
                                 "annotations: {istio.io/dry-run: 'true'}}\nspec: {action: DENY}\n";
        QVERIFY(models::whyNoShadow(*snapshotOf(meshYaml() + other), {}).contains(u"counters would mix"_s));
        QVERIFY(models::whyNoShadow(
                    *models::makeSnapshot(withoutKind(inputOf(meshYaml()), u"authorizationpolicies"_s)), {})
                    .contains(u"forbidden"_s));
    }

    void aSelectorOutlivesARelease()
    {
        const auto snapshot = snapshotOf(meshYaml());
        for (const models::Pod &pod : snapshot->pods) {
            if (pod.workload() == "quote"_L1)
                QCOMPARE(models::workloadSelector(*snapshot, pod), (models::Labels{{u"app"_s, u"quote"_s}}));
        }
    }

    // By its owner's own selector, whatever labels the pods have today.
    void aSelectorIsTheOwners_data()
    {
        QTest::addColumn<QByteArray>("kind");
        QTest::addColumn<bool>("isRead");
        QTest::newRow("Deployment") << QByteArray("Deployment") << true;
        QTest::newRow("StatefulSet") << QByteArray("StatefulSet") << true;
        QTest::newRow("DaemonSet") << QByteArray("DaemonSet") << true;
        QTest::newRow("StatefulSet, of which only the pods were read") << QByteArray("StatefulSet") << false;
    }
    void aSelectorIsTheOwners()
    {
        QFETCH(QByteArray, kind);
        QFETCH(bool, isRead);
        const QByteArray owner = "---\napiVersion: apps/v1\nkind: " + kind
            + "\nmetadata: {name: db, namespace: default}\nspec: {selector: {matchLabels: {app: db}}, "
              "template: "
              "{metadata: {labels: {app: db, stage: blue}}}}\n";
        const bool isDeployment = kind == "Deployment";
        const QByteArray pod =
            "---\napiVersion: v1\nkind: Pod\nmetadata: {name: db-0, namespace: default, labels: "
            "{app: db, stage: blue"
            + QByteArray(isDeployment ? ", pod-template-hash: abc}" : "}") + ", ownerReferences: [{kind: "
            + (isDeployment ? QByteArray("ReplicaSet, name: db-abc") : kind + ", name: db")
            + ", controller: true}]}\nspec: {containers: [{name: app}, {name: istio-proxy}]}\n";
        const auto snapshot = snapshotOf(isRead ? owner + pod : pod);
        models::Labels wanted{{u"app"_s, u"db"_s}};
        if (!isRead)
            wanted.insert(u"stage"_s, u"blue"_s);
        QCOMPARE(models::workloadSelector(*snapshot, snapshot->pods.front()), wanted);
    }

    void aTitleBelongsToItsScopeAlone()
    {
        const models::StrictScope shop{u"shop"_s, {}};
        const QString title = models::strictTitle(shop, 4, u"cart of shop"_s);
        QVERIFY(models::isOfStrict(title, shop));
        QVERIFY(!models::isOfStrict(title, {u"shop"_s, u"cart"_s}));
        QVERIFY(!models::isOfStrict(title, {u"shop2"_s, {}}));
        QVERIFY(!models::isOfStrict(title, {}));
    }
};

SALLYPORT_TEST(strict_plan_test, StrictPlanTest)
#include "strict_plan_test.moc"
