// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/mesh_findings.h"
#include "models/analysis/mesh_mode.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;
Q_DECLARE_METATYPE(models::MtlsMode)

// Facts mesh-security.md §1.6, "Test vectors", by their numbers.
class MeshModeTest : public QObject
{
    Q_OBJECT

    static QByteArray policy(const char *nameSpace, const char *name, const QByteArray &spec,
                             const char *created = "2026-01-01T00:00:00Z")
    {
        return QByteArray(
                   "---\napiVersion: security.istio.io/v1beta1\nkind: PeerAuthentication\nmetadata: {name: ")
            + name + ", namespace: " + nameSpace + ", creationTimestamp: '" + created + "'}\nspec: " + spec
            + '\n';
    }

    static models::Pod pod(const QString &nameSpace = u"shop"_s)
    {
        models::Pod pod;
        pod.nameSpace = nameSpace;
        pod.name = u"cart-1"_s;
        pod.labels = {{u"app"_s, u"cart"_s}, {u"version"_s, u"v1"_s}};
        pod.containers = {u"cart"_s, u"istio-proxy"_s};
        pod.hasSidecar = true;
        return pod;
    }

    static QByteArray oldPolicy(const char *kind, const QByteArray &metadata, const QByteArray &spec)
    {
        return QByteArray("---\napiVersion: authentication.istio.io/v1alpha1\nkind: ") + kind
            + "\nmetadata: {" + metadata + "}\nspec: " + spec + '\n';
    }

private Q_SLOTS:
    void aRowNamesItsWorkloadAsKubectlDoes_data()
    {
        QTest::addColumn<QByteArray>("owner");
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("name");
        QTest::newRow("a Deployment")
            << QByteArray("{kind: ReplicaSet, name: web-5d4f8c7b9, controller: true}") << u"Deployment"_s
            << u"web"_s;
        QTest::newRow("a ReplicaSet of its own")
            << QByteArray("{kind: ReplicaSet, name: web-plain, controller: true}") << u"ReplicaSet"_s
            << u"web-plain"_s;
        QTest::newRow("a StatefulSet")
            << QByteArray("{kind: StatefulSet, name: web, controller: true}") << u"StatefulSet"_s << u"web"_s;
        QTest::newRow("a CronJob") << QByteArray("{kind: Job, name: web-28765432, controller: true}")
                                   << u"CronJob"_s << u"web"_s;
        QTest::newRow("a Job") << QByteArray("{kind: Job, name: web, controller: true}") << u"Job"_s
                               << u"web"_s;
        QTest::newRow("nobody") << QByteArray("{kind: Node, name: n1}") << u"Pod"_s << u"web-x"_s;
    }

    void aRowNamesItsWorkloadAsKubectlDoes()
    {
        QFETCH(QByteArray, owner);
        QFETCH(QString, kind);
        QFETCH(QString, name);
        const auto snapshot =
            snapshotOf("{apiVersion: v1, kind: Pod, metadata: {name: web-x, namespace: shop, labels: "
                       "{pod-template-hash: 5d4f8c7b9}, ownerReferences: ["
                       + owner + "]}, spec: {containers: [{name: web, ports: [{containerPort: 80}]}]}}\n");
        const auto rows = models::workloadPostures(*snapshot);
        QCOMPARE(rows.size(), 1);
        QCOMPARE(rows.first().workloadKind, kind);
        QCOMPARE(rows.first().workload, name);
    }

    // Facts mesh-security.md §1.10: nothing is merged, the closest object decides.
    void anOldMeshIsReadByItsOwnRules_data()
    {
        QTest::addColumn<QByteArray>("policies");
        QTest::addColumn<QString>("mode");
        QTest::addColumn<QString>("reason");
        const QByteArray strictMesh = oldPolicy("MeshPolicy", "name: default", "{peers: [{mtls: {}}]}");
        const QByteArray inDefault = "name: default, namespace: default";
        QTest::newRow("nothing: clear text alone")
            << QByteArray() << u"DISABLE"_s << u"no MeshPolicy or Policy"_s;
        QTest::newRow("the mesh, mtls: {}") << strictMesh << u"STRICT"_s << u"MeshPolicy default"_s;
        QTest::newRow("the mesh, mtls: with nothing")
            << oldPolicy("MeshPolicy", "name: default", "{peers: [{mtls: null}]}") << u"STRICT"_s
            << u"MeshPolicy default"_s;
        QTest::newRow("the mesh, PERMISSIVE")
            << oldPolicy("MeshPolicy", "name: default", "{peers: [{mtls: {mode: PERMISSIVE}}]}")
            << u"PERMISSIVE"_s << u"MeshPolicy default"_s;
        QTest::newRow("a MeshPolicy of another name is without effect")
            << oldPolicy("MeshPolicy", "name: mesh", "{peers: [{mtls: {}}]}") << u"DISABLE"_s
            << u"no MeshPolicy"_s;
        QTest::newRow("peers without mtls switch it off")
            << strictMesh + oldPolicy("Policy", inDefault, "{peers: [{jwt: {}}]}") << u"DISABLE"_s
            << u"Policy default/default"_s;
        QTest::newRow("the namespace beats the mesh")
            << strictMesh + oldPolicy("Policy", inDefault, "{peers: [{mtls: {mode: PERMISSIVE}}]}")
            << u"PERMISSIVE"_s << u"namespace-wide Policy default/default"_s;
        QTest::newRow("another namespace's does not")
            << strictMesh + oldPolicy("Policy", "name: default, namespace: shop", "{}") << u"STRICT"_s
            << u"MeshPolicy"_s;
        QTest::newRow("the Service beats the namespace")
            << oldPolicy("Policy", inDefault, "{}")
                + oldPolicy("Policy", "name: quote, namespace: default",
                            "{targets: [{name: quote}], peers: [{mtls: {}}]}")
            << u"STRICT"_s << u"Policy default/quote for every port of Service quote"_s;
        QTest::newRow("its port beats the Service")
            << oldPolicy("Policy", "name: a, namespace: default",
                         "{targets: [{name: quote}], peers: [{mtls: {}}]}")
                + oldPolicy(
                    "Policy", "name: b, namespace: default",
                    "{targets: [{name: quote, ports: [{number: 80}]}], peers: [{mtls: {mode: PERMISSIVE}}]}")
            << u"PERMISSIVE"_s << u"port 80 of Service quote"_s;
        QTest::newRow("a port by its name")
            << oldPolicy("Policy", "name: b, namespace: default",
                         "{targets: [{name: quote, ports: [{name: http}]}], peers: [{mtls: {}}]}")
            << u"STRICT"_s << u"port 80 of Service quote"_s;
        const QByteArray later = ", namespace: default, creationTimestamp: '2026-02-01T00:00:00Z'";
        const QByteArray earlier = ", namespace: default, creationTimestamp: '2026-01-01T00:00:00Z'";
        QTest::newRow("of two for one Service the older counts")
            << oldPolicy("Policy", "name: a" + later, "{targets: [{name: quote}], peers: [{mtls: {}}]}")
                + oldPolicy("Policy", "name: b" + earlier,
                            "{targets: [{name: quote}], peers: [{mtls: {mode: PERMISSIVE}}]}")
            << u"PERMISSIVE"_s << u"Policy default/b"_s;
        QTest::newRow("another Service's")
            << strictMesh + oldPolicy("Policy", "name: b, namespace: default", "{targets: [{name: cart}]}")
            << u"STRICT"_s << u"MeshPolicy"_s;
    }
    void anOldMeshIsReadByItsOwnRules()
    {
        QFETCH(QByteArray, policies);
        QFETCH(QString, mode);
        QFETCH(QString, reason);
        QByteArray world = quoteYaml(true);
        world.replace(", {name: https, port: 443, targetPort: 8000}", "");
        const auto snapshot = models::makeSnapshot(oldMeshOf(world + policies));
        QVERIFY(snapshot->isOldMesh() && snapshot->knowsModes());
        const models::EffectiveMode found = effectiveMode(*snapshot, *snapshot->pods.begin(), 8000);
        QVERIFY(found.known && found.enforced);
        QCOMPARE(models::mtlsModeName(found.mode), mode);
        QVERIFY2(found.reason.contains(reason), qPrintable(found.reason));
        const QList<models::WorkloadPosture> rows = models::workloadPostures(*snapshot);
        QCOMPARE(rows.size(), 1);
        QCOMPARE(models::modeText(rows.first().mode), mode);
    }

    void aPolicyWithoutEffectIsFound_data()
    {
        QTest::addColumn<QByteArray>("policy");
        QTest::addColumn<QString>("path"); // of MT-031, "" it has an effect
        const auto row = [](const char *name, const QByteArray &policy, const QString &path) {
            QTest::newRow(name) << policy << path;
        };
        const QByteArray inDefault = "name: q, namespace: default";
        row("a MeshPolicy", oldPolicy("MeshPolicy", "name: default", "{}"), {});
        row("a MeshPolicy of another name", oldPolicy("MeshPolicy", "name: mesh", "{}"), u"metadata.name"_s);
        row("a namespace's", oldPolicy("Policy", "name: default, namespace: default", "{}"), {});
        row("a namespace's of another name", oldPolicy("Policy", inDefault, "{}"), u"metadata.name"_s);
        row("a Service's", oldPolicy("Policy", inDefault, "{targets: [{name: quote}]}"), {});
        row("a port's", oldPolicy("Policy", inDefault, "{targets: [{name: quote, ports: [{number: 80}]}]}"),
            {});
        row("a port's by its name",
            oldPolicy("Policy", inDefault, "{targets: [{name: quote, ports: [{name: http}]}]}"), {});
        row("nobody's", oldPolicy("Policy", inDefault, "{targets: [{name: quote}, {name: nosuch}]}"),
            u"spec.targets[1].name"_s);
        row("no port's",
            oldPolicy("Policy", inDefault, "{targets: [{name: quote, ports: [{number: 8000}]}]}"),
            u"spec.targets[0].ports"_s);
    }
    void aPolicyWithoutEffectIsFound()
    {
        QFETCH(QByteArray, policy);
        QFETCH(QString, path);
        QStringList paths;
        for (const models::Finding &finding :
             models::policyFindings(*models::makeSnapshot(oldMeshOf(quoteYaml(true) + policy)))) {
            if (finding.code == "MT-031"_L1)
                paths.append(finding.path);
        }
        QCOMPARE(paths.join(u' '), path);
    }

    void aNewMeshKnowsNothingOfOldPolicies()
    {
        const QByteArray old = oldPolicy("MeshPolicy", "name: default", "{}");
        const auto snapshot =
            snapshotOf(quoteYaml(true) + old + policy("istio-system", "default", "{mtls: {mode: STRICT}}"));
        QVERIFY(!snapshot->isOldMesh());
        QCOMPARE(models::meshMode(*snapshot).mode, models::MtlsMode::Strict);
    }

    void whatIsNotReadOfAnOldMeshIsUnknown()
    {
        const auto snapshot = models::makeSnapshot(withoutKind(oldMeshOf(quoteYaml(true)), u"policies"_s));
        QVERIFY(snapshot->isOldMesh() && !snapshot->knowsModes());
        const models::EffectiveMode mode = models::meshMode(*snapshot);
        QVERIFY(!mode.known);
        QVERIFY2(mode.reason.contains(u"policies"_s), qPrintable(mode.reason));
    }

    void theNarrowestObjectDecides_data()
    {
        QTest::addColumn<QByteArray>("policies");
        QTest::addColumn<QString>("nameSpace");
        QTest::addColumn<int>("port");
        QTest::addColumn<QString>("mode");
        const QByteArray meshStrict = policy("istio-system", "default", "{mtls: {mode: STRICT}}");
        const QByteArray nsStrict = policy("shop", "default", "{mtls: {mode: STRICT}}");
        const QByteArray ofCart = "selector: {matchLabels: {app: cart}}";
        QTest::newRow("1 nothing") << QByteArray() << u"shop"_s << 8080 << u"PERMISSIVE"_s;
        QTest::newRow("2 the mesh is strict") << meshStrict << u"shop"_s << 8080 << u"STRICT"_s;
        QTest::newRow("3 a namespace that says nothing inherits")
            << meshStrict + policy("shop", "default", "{mtls: {mode: UNSET}}") << u"shop"_s << 8080
            << u"STRICT"_s;
        QTest::newRow("4 mesh STRICT is not mesh-wide")
            << meshStrict + policy("shop", "default", "{mtls: {mode: PERMISSIVE}}") << u"shop"_s << 8080
            << u"PERMISSIVE"_s;
        QTest::newRow("5 the older of two counts")
            << policy("istio-system", "a", "{mtls: {mode: STRICT}}", "2026-02-01T00:00:00Z")
                + policy("istio-system", "z", "{mtls: {mode: PERMISSIVE}}", "2026-01-01T00:00:00Z")
            << u"shop"_s << 8080 << u"PERMISSIVE"_s;
        QTest::newRow("6 the same second: by name")
            << policy("istio-system", "b", "{mtls: {mode: PERMISSIVE}}")
                + policy("istio-system", "a", "{mtls: {mode: STRICT}}")
            << u"shop"_s << 8080 << u"STRICT"_s;
        QTest::newRow("7 a selector in the root namespace has no effect")
            << policy("istio-system", "cart", "{" + ofCart + ", mtls: {mode: STRICT}}") << u"shop"_s << 8080
            << u"PERMISSIVE"_s;
        const QByteArray portException =
            nsStrict + policy("shop", "cart", "{" + ofCart + ", portLevelMtls: {8080: {mode: DISABLE}}}");
        QTest::newRow("8 a port's exception") << portException << u"shop"_s << 8080 << u"DISABLE"_s;
        QTest::newRow("8 the other ports") << portException << u"shop"_s << 9090 << u"STRICT"_s;
        QTest::newRow("9 the port map of a younger object is lost")
            << policy("shop", "old", "{" + ofCart + ", mtls: {mode: STRICT}}", "2026-01-01T00:00:00Z")
                + policy("shop", "new", "{" + ofCart + ", portLevelMtls: {8080: {mode: DISABLE}}}",
                         "2026-02-01T00:00:00Z")
            << u"shop"_s << 8080 << u"STRICT"_s;
        QTest::newRow("10 a Service's port number means nothing")
            << nsStrict + policy("shop", "cart", "{" + ofCart + ", portLevelMtls: {80: {mode: DISABLE}}}")
            << u"shop"_s << 8080 << u"STRICT"_s;
        QTest::newRow("11 a mesh object without a mode")
            << policy("istio-system", "default", "{mtls: {}}") << u"shop"_s << 8080 << u"PERMISSIVE"_s;
        QTest::newRow("12 in the root namespace only the mesh object counts")
            << policy("istio-system", "default", "{mtls: {mode: STRICT}}") << u"istio-system"_s << 8080
            << u"STRICT"_s;
        QTest::newRow("12 nor does a selector's object count there")
            << policy("istio-system", "cart",
                      "{" + ofCart + ", mtls: {mode: STRICT}, portLevelMtls: {8080: {mode: STRICT}}}")
            << u"istio-system"_s << 8080 << u"PERMISSIVE"_s;
        QTest::newRow("empty matchLabels are no selector")
            << policy("istio-system", "default", "{selector: {matchLabels: {}}, mtls: {mode: STRICT}}")
            << u"shop"_s << 8080 << u"STRICT"_s;
        QTest::newRow("a selector that does not fit")
            << policy("shop", "other", "{selector: {matchLabels: {app: web}}, mtls: {mode: STRICT}}")
            << u"shop"_s << 8080 << u"PERMISSIVE"_s;
        QTest::newRow("an unset port takes the workload's mode") << policy(
            "shop", "cart", "{" + ofCart + ", mtls: {mode: STRICT}, portLevelMtls: {8080: {mode: UNSET}}}")
                                                                 << u"shop"_s << 8080 << u"STRICT"_s;
    }
    void theNarrowestObjectDecides()
    {
        QFETCH(QByteArray, policies);
        QFETCH(QString, nameSpace);
        QFETCH(int, port);
        QFETCH(QString, mode);
        const auto snapshot = snapshotOf(policies);
        const models::EffectiveMode effective = models::effectiveMode(*snapshot, pod(nameSpace), port);
        QVERIFY(effective.known);
        QVERIFY(effective.enforced);
        QCOMPARE(models::mtlsModeName(effective.mode), mode);
    }

    void whoDecidedIsSaid()
    {
        const auto snapshot = snapshotOf(policy("istio-system", "default", "{mtls: {mode: STRICT}}"));
        const models::EffectiveMode mode = models::effectiveMode(*snapshot, pod(), 8080);
        QCOMPARE(mode.decidedBy.text(), u"PeerAuthentication istio-system/default"_s);
        QCOMPARE(mode.reason, u"mesh-wide PeerAuthentication istio-system/default"_s);
        QCOMPARE(models::meshMode(*snapshot).mode, models::MtlsMode::Strict);
        QVERIFY(models::meshMode(*snapshotOf({})).decidedBy.kind.isEmpty());
    }

    void theRootNamespaceIsTheMeshsOwnChoice()
    {
        const QByteArray mesh = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: "
                                "istio-system}\ndata: {mesh: 'rootNamespace: mesh-root'}\n";
        const auto snapshot = snapshotOf(mesh + policy("mesh-root", "default", "{mtls: {mode: STRICT}}")
                                         + policy("istio-system", "default", "{mtls: {mode: DISABLE}}"));
        QCOMPARE(snapshot->istioRootNamespace, u"mesh-root"_s);
        QCOMPARE(models::effectiveMode(*snapshot, pod(), 80).mode, models::MtlsMode::Strict);
    }

    void aModeIsEnforcedOnlyWhereTheSidecarStands_data()
    {
        QTest::addColumn<QString>("annotation");
        QTest::addColumn<QString>("value");
        QTest::addColumn<int>("port");
        QTest::addColumn<bool>("enforced");
        QTest::newRow("an ordinary port") << QString() << QString() << 8080 << true;
        QTest::newRow("the proxy's own port") << QString() << QString() << 15020 << false;
        QTest::newRow("an excluded port")
            << u"traffic.sidecar.istio.io/excludeInboundPorts"_s << u"9000, 8080"_s << 8080 << false;
        QTest::newRow("beside an excluded port")
            << u"traffic.sidecar.istio.io/excludeInboundPorts"_s << u"9000"_s << 8080 << true;
        QTest::newRow("nothing is captured")
            << u"traffic.sidecar.istio.io/includeInboundPorts"_s << QString(u""_s) << 8080 << false;
        QTest::newRow("all is captured")
            << u"traffic.sidecar.istio.io/includeInboundPorts"_s << u"*"_s << 8080 << true;
        QTest::newRow("a proxy put in by hand fetches certificates only")
            << u"sidecar.istio.io/inject"_s << u"false"_s << 8080 << false;
    }
    void aModeIsEnforcedOnlyWhereTheSidecarStands()
    {
        QFETCH(QString, annotation);
        QFETCH(QString, value);
        QFETCH(int, port);
        QFETCH(bool, enforced);
        models::Pod one = pod();
        if (!annotation.isEmpty())
            one.annotations.insert(annotation, value);
        const auto snapshot = snapshotOf(policy("istio-system", "default", "{mtls: {mode: STRICT}}"));
        const models::EffectiveMode mode = models::effectiveMode(*snapshot, one, port);
        QCOMPARE(mode.enforced, enforced);
        QCOMPARE(mode.mode, models::MtlsMode::Strict);
    }

    void whatCouldNotBeReadIsUnknownAndNeverGood()
    {
        const auto snapshot =
            models::makeSnapshot(withoutKind(inputOf(quoteYaml(true)), u"peerauthentications"_s));
        QVERIFY(!models::meshMode(*snapshot).known);
        const QList<models::WorkloadPosture> rows = models::workloadPostures(*snapshot);
        QCOMPARE(rows.size(), 1);
        QCOMPARE(rows[0].severity, models::Severity::Unknown);
        QVERIFY2(rows[0].mode.reason.contains(u"forbidden"_s), qPrintable(rows[0].mode.reason));
        QCOMPARE(models::modeText(rows[0].mode), u"unknown"_s);
    }

    // A proxy that only fetches certificates, as the guide's edge has one, or that leaves a port out, is no missing one.
    void aSidecarThatDoesNotInterceptIsNoMissingOne()
    {
        const QByteArray byHand =
            "{apiVersion: v1, kind: Pod, metadata: {name: edge, namespace: ambassador, annotations: "
            "{sidecar.istio.io/inject: \"false\"}}, spec: {containers: [{name: aes, ports: [{containerPort: "
            "8080}]}, {name: istio-proxy}]}, status: {phase: Running}}\n";
        const QByteArray excluded =
            "{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop, annotations: "
            "{sidecar.istio.io/status: \"{}\", traffic.sidecar.istio.io/excludeInboundPorts: \"9090\"}}, "
            "spec: {containers: [{name: web, ports: [{containerPort: 80}, {containerPort: 9090}]}, {name: "
            "istio-proxy}]}, status: {phase: Running}}\n";
        const QByteArray bare =
            "{apiVersion: v1, kind: Pod, metadata: {name: old, namespace: shop}, spec: {containers: [{name: "
            "old, ports: [{containerPort: 80}]}]}, status: {phase: Running}}\n";
        QList<models::WorkloadPosture> rows =
            models::workloadPostures(*snapshotOf(byHand + "---\n" + excluded + "---\n" + bare));
        models::addObserved(rows, {{}, u"15 min"_s});
        QStringList lines;
        for (const models::WorkloadPosture &row : rows)
            lines.append(u"%1 %2 of %3 %4, %5"_s.arg(row.key)
                             .arg(row.podsWithSidecar)
                             .arg(row.pods)
                             .arg(models::modeText(row.mode), row.observed));
        QCOMPARE(
            lines,
            (QStringList{u"ambassador/edge:8080 1 of 1 not intercepted, nobody counts: not intercepted"_s,
                         u"shop/old:80 0 of 1 no sidecar, nobody counts: no sidecar"_s,
                         u"shop/web:80 1 of 1 PERMISSIVE, no traffic in 15 min"_s,
                         u"shop/web:9090 1 of 1 not intercepted, nobody counts: not intercepted"_s}));
    }

    void everyPortOfEveryWorkloadHasARow()
    {
        const auto snapshot = snapshotOf(quoteYaml(true) + edgeYaml());
        QStringList keys;
        for (const models::WorkloadPosture &row : models::workloadPostures(*snapshot))
            keys.append(u"%1 %2/%3 %4"_s.arg(row.key)
                            .arg(row.podsWithSidecar)
                            .arg(row.pods)
                            .arg(models::modeText(row.mode)));
        QCOMPARE(keys,
                 (QStringList{u"ambassador/ambassador:8080 0/1 no sidecar"_s,
                              u"ambassador/ambassador:8443 0/1 no sidecar"_s,
                              u"ambassador/ambassador:8877 0/1 no sidecar"_s,
                              u"default/quote:8000 1/1 PERMISSIVE"_s}));
    }

    void fiveThousandPodsWithTenPortsHaveARowEach()
    {
        models::Snapshot snapshot;
        snapshot.kindsRead = {u"peerauthentications"_s};
        for (int i = 0; i < 5000; ++i) {
            models::Pod one = pod(u"team-%1"_s.arg(i % 50));
            one.name = u"pod-%1"_s.arg(i);
            one.controller = u"workload-%1"_s.arg(i / 5);
            for (int port = 8000; port < 8010; ++port)
                one.ports.append({{}, port, u"app"_s});
            snapshot.pods.push_back(one);
        }
        models::buildIndex(snapshot);
        const auto rows = models::workloadPostures(snapshot); // how fast is `./dev bench analysis`'s
        QCOMPARE(rows.size(), 50000);
        QVERIFY(std::all_of(rows.begin(), rows.end(), [](const auto &row) { return row.pods == 1; }));
    }

    // What a proxy has is read from its listener, and said beside what the objects ask for.
    void whatAProxyHasStandsBesideWhatIsAskedFor_data()
    {
        QTest::addColumn<bool>("isRead");
        QTest::addColumn<models::MtlsMode>("has");
        QTest::addColumn<QString>("enforced");
        QTest::addColumn<bool>("differs");
        QTest::newRow("the same") << true << models::MtlsMode::Strict << u"STRICT"_s << false;
        QTest::newRow("not yet") << true << models::MtlsMode::Permissive << u"PERMISSIVE"_s << true;
        QTest::newRow("not known") << false << models::MtlsMode::Unset << QString() << false;
    }
    void whatAProxyHasStandsBesideWhatIsAskedFor()
    {
        QFETCH(bool, isRead);
        QFETCH(models::MtlsMode, has);
        QFETCH(QString, enforced);
        QFETCH(bool, differs);
        models::SnapshotInput input =
            inputOf(policy("istio-system", "default", "{mtls: {mode: STRICT}}") + quoteYaml(true));
        const auto podName = [](const models::SnapshotInput &of) {
            return of.objects.value(u"pods"_s).constFirst().name;
        };
        models::ProxyCertificates proxy{
            u"default"_s, podName(input), QDateTime::currentDateTimeUtc(), {}, {}};
        if (isRead)
            proxy.inbound = models::InboundModes{has, {}};
        else
            proxy.error = u"pods/portforward is forbidden"_s;
        input.meshProxies = {proxy};
        const auto rows = models::workloadPostures(*models::makeSnapshot(input));
        QVERIFY(!rows.isEmpty());
        for (const models::WorkloadPosture &row : rows) {
            QCOMPARE(row.enforced, enforced);
            QCOMPARE(row.enforcedDiffers, differs);
            QVERIFY(row.enforcedNote.contains(isRead ? proxy.pod : proxy.error));
        }
        input.meshProxies.clear();
        for (const models::WorkloadPosture &row : models::workloadPostures(*models::makeSnapshot(input)))
            QVERIFY(row.enforced.isEmpty() && row.enforcedNote.isEmpty());
    }

    // What `check` warns of has a warning mark in the list, and nothing else has.
    void onlyWhatCheckWarnsOfIsMarked_data()
    {
        QTest::addColumn<QByteArray>("labels"); // of namespace default
        QTest::addColumn<models::Severity>("severity");
        QTest::newRow("an injected namespace")
            << QByteArray("{istio-injection: enabled}") << models::Severity::Warning;
        QTest::newRow("one outside the mesh")
            << QByteArray("{istio-injection: disabled}") << models::Severity::Info;
        QTest::newRow("one that says nothing") << QByteArray("{}") << models::Severity::Info;
    }
    void onlyWhatCheckWarnsOfIsMarked()
    {
        QFETCH(QByteArray, labels);
        QFETCH(models::Severity, severity);
        const auto snapshot =
            snapshotOf("apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: " + labels
                       + "}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: bare, namespace: shop}\nspec: "
                         "{containers: [{name: "
                         "app, ports: [{containerPort: 9000}]}]}\nstatus: {phase: Running}\n---\n"
                         "apiVersion: security.istio.io/v1beta1\nkind: PeerAuthentication\nmetadata: {name: "
                         "default, namespace: "
                         "istio-system}\nspec: {mtls: {mode: STRICT}}\n");
        const QList<models::WorkloadPosture> rows = models::workloadPostures(*snapshot);
        QCOMPARE(rows.size(), 1);
        QCOMPARE(rows[0].severity, severity);
        const auto findings = models::meshFindings(*snapshot, rows);
        const bool isWarned = std::any_of(findings.begin(), findings.end(),
                                          [](const models::Finding &one) { return one.code == "MT-018"_L1; });
        QCOMPARE(isWarned, severity == models::Severity::Warning);
    }
};

SALLYPORT_TEST(mesh_mode_test, MeshModeTest)
#include "mesh_mode_test.moc"
