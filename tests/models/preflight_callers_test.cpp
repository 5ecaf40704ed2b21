// SPDX-License-Identifier: GPL-3.0-or-later
// Who calls what becomes STRICT by other kinds than Services: the Gateway API (K3), the Prometheus operator's monitors (K4);
// whom NetworkPolicies keep away (C6); what Telemetry objects do to the counts (T3).
#include "tests/models/preflight_world.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace preflight_world;

namespace {

QByteArray object(const QByteArray &apiVersion, const QByteArray &kind, const QByteArray &metadata,
                  const QByteArray &spec)
{
    return "apiVersion: " + apiVersion + "\nkind: " + kind + "\nmetadata: {" + metadata + "}\nspec: " + spec;
}

const QByteArray GatewayApi = "gateway.networking.k8s.io/v1";

QByteArray gateway(const QByteArray &className, const QByteArray &controller)
{
    return object(GatewayApi, "GatewayClass", "name: " + className, "{controllerName: " + controller + "}")
        + "\n---\n"
        + object(GatewayApi, "Gateway", "name: front, namespace: infra",
                 "{gatewayClassName: " + className + "}");
}

QByteArray route(const QByteArray &parents, const QByteArray &rules)
{
    return object(GatewayApi, "HTTPRoute", "name: web, namespace: default",
                  "{parentRefs: [" + parents + "], rules: [" + rules + "]}");
}

QByteArray monitor(const QByteArray &kind, const QByteArray &spec)
{
    return object("monitoring.coreos.com/v1", kind, "name: watch, namespace: monitoring", spec);
}

QByteArray networkPolicy(const QByteArray &nameSpace, const QByteArray &spec)
{
    return object("networking.k8s.io/v1", "NetworkPolicy", "name: guard, namespace: " + nameSpace, spec);
}

QByteArray telemetry(const QByteArray &nameSpace, const QByteArray &spec)
{
    return object("telemetry.istio.io/v1", "Telemetry", "name: quiet, namespace: " + nameSpace, spec);
}

// "SUBJECT PATH", each row of the check.
QStringList rowsOf(const models::PreflightReport &report, const QString &check)
{
    QStringList rows;
    for (const models::PreflightRow &row : report.rows) {
        if (row.check == check)
            rows.append(row.subject.text() + u' ' + row.path);
    }
    return rows;
}

QString whyNotChecked(const models::PreflightReport &report, const QString &id)
{
    for (const models::PreflightCheck &check : report.checks) {
        if (check.id == id && check.state == models::PreflightCheck::State::NotChecked)
            return check.why;
    }
    return {};
}

// A client without a sidecar, in a namespace of its own.
const QByteArray Legacy = "apiVersion: v1\nkind: Namespace\nmetadata: {name: legacy, labels: {team: old}}";

} // namespace

Q_DECLARE_METATYPE(models::PreflightRow)

class PreflightCallersTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void gatewaysOutsideTheMesh_data()
    {
        QTest::addColumn<QByteArray>("objects");
        QTest::addColumn<QStringList>("rows");
        const QByteArray parent = "{name: front, namespace: infra}",
                         rule = "{backendRefs: [{name: quote, port: 80}]}";
        const QByteArray foreign = gateway("nginx", "gateway.nginx.org/nginx-gateway-controller");
        QTest::newRow("of a foreign class") << foreign + "\n---\n"
                + route(parent, rule) << QStringList{u"HTTPRoute default/web spec.rules[0].backendRefs[0]"_s};
        QTest::newRow("the second rule, and a mirror")
            << foreign + "\n---\n"
                + route(parent,
                        "{backendRefs: [{name: other, port: 80}]}, {backendRefs: [{name: quote, port: 80}]}, "
                        "{filters: [{type: RequestMirror, requestMirror: {backendRef: {name: quote, port: "
                        "443}}}]}")
            << QStringList{u"HTTPRoute default/web spec.rules[1].backendRefs[0]"_s,
                           u"HTTPRoute default/web spec.rules[2].filters[0].requestMirror.backendRef"_s};
        QTest::newRow("of Istio's class") << gateway("istio", "istio.io/gateway-controller") + "\n---\n"
                + route(parent, rule) << QStringList();
        QTest::newRow("of Istio's controller by another name")
            << gateway("internal", "istio.io/gateway-controller") + "\n---\n" + route(parent, rule)
            << QStringList();
        QTest::newRow("of the mesh itself")
            << foreign + "\n---\n" + route("{kind: Service, group: '', name: quote}", rule) << QStringList();
        QTest::newRow("to a port that the Service does not have")
            << foreign + "\n---\n" + route(parent, "{backendRefs: [{name: quote, port: 81}]}")
            << QStringList();
        QTest::newRow("to another kind than a Service") << foreign + "\n---\n"
                + route(parent, "{backendRefs: [{kind: Bucket, group: example.com, name: quote, port: 80}]}")
                                                        << QStringList();
        QTest::newRow("from a Gateway that nobody has")
            << foreign + "\n---\n" + route("{name: back}", rule) << QStringList();
        QTest::newRow("Istio's own kind of that name")
            << object("networking.istio.io/v1", "Gateway", "name: front, namespace: infra", "{servers: []}")
                + "\n---\n" + route(parent, rule)
            << QStringList();
    }
    void gatewaysOutsideTheMesh()
    {
        QFETCH(QByteArray, objects);
        QFETCH(QStringList, rows);
        const models::PreflightReport report = reportOf(ready().add(objects));
        QCOMPARE(rowsOf(report, u"K3"_s), rows);
        QCOMPARE(report.exceptions.size(), rows.isEmpty() ? 0 : 1); // one port, however many lead to it
    }

    void monitorsOfPrometheus_data()
    {
        QTest::addColumn<QByteArray>("kind");
        QTest::addColumn<QByteArray>("spec");
        QTest::addColumn<QString>("port"); // "" none
        const QByteArray ofService = "ServiceMonitor", ofPods = "PodMonitor";
        const QByteArray here = "namespaceSelector: {matchNames: [default]}, ";
        QTest::newRow("the Service's port by name")
            << ofService << "{" + here + "selector: {}, endpoints: [{port: http}]}" << u"8000"_s;
        QTest::newRow("anywhere") << ofService
                                  << QByteArray("{namespaceSelector: {any: true}, endpoints: [{port: http}]}")
                                  << u"8000"_s;
        QTest::newRow("its own namespace alone")
            << ofService << QByteArray("{selector: {}, endpoints: [{port: http}]}") << QString();
        QTest::newRow("a port that the Service does not have")
            << ofService << "{" + here + "selector: {}, endpoints: [{port: metrics}]}" << QString();
        QTest::newRow("a Service with other labels")
            << ofService << "{" + here + "selector: {matchLabels: {app: quote}}, endpoints: [{port: http}]}"
            << QString();
        QTest::newRow("the pod's port, undeclared")
            << ofService << "{" + here + "selector: {}, endpoints: [{targetPort: 9102}]}" << u"9102"_s;
        QTest::newRow("pods by label")
            << ofPods
            << "{" + here + "selector: {matchLabels: {app: quote}}, podMetricsEndpoints: [{port: http}]}"
            << u"8000"_s;
        QTest::newRow("pods by expression") << ofPods
                                            << "{" + here
                + "selector: {matchExpressions: [{key: app, operator: In, values: [cart, quote]}, {key: "
                  "canary, "
                  "operator: DoesNotExist}]}, podMetricsEndpoints: [{port: http}]}"
                                            << u"8000"_s;
        QTest::newRow("not these pods") << ofPods
                                        << "{" + here
                + "selector: {matchExpressions: [{key: app, operator: NotIn, values: [quote]}]}, "
                  "podMetricsEndpoints: [{port: http}]}"
                                        << QString();
        QTest::newRow("the agent's port, which no sidecar stands before")
            << ofPods << "{" + here + "selector: {}, podMetricsEndpoints: [{targetPort: 15020}]}"
            << QString();
        QTest::newRow("with the mesh's certificate") << ofPods
                                                     << "{" + here
                + "selector: {}, podMetricsEndpoints: [{port: http, scheme: https, tlsConfig: {certFile: "
                  "/etc/prom-certs/cert-chain.pem}}]}"
                                                     << QString();
        QTest::newRow("https without a certificate") << ofPods
                                                     << "{" + here
                + "selector: {}, podMetricsEndpoints: [{port: http, scheme: https, tlsConfig: "
                  "{insecureSkipVerify: true}}]}" << u"8000"_s;
    }
    void monitorsOfPrometheus()
    {
        QFETCH(QByteArray, kind);
        QFETCH(QByteArray, spec);
        QFETCH(QString, port);
        const models::PreflightReport report = reportOf(ready().add(monitor(kind, spec)));
        QStringList ports;
        for (const models::PreflightRow &row : report.rows) {
            if (row.check == "K4"_L1) {
                ports.append(row.value);
                QVERIFY(row.exception);
                QCOMPARE(QString::number(row.exception->port), port);
            }
        }
        QCOMPARE(ports, port.isEmpty() ? QStringList() : QStringList{port});
    }

    void networkPoliciesKeepOutsidersAway_data()
    {
        QTest::addColumn<QByteArray>("policies");
        QTest::addColumn<QString>("said"); // evidence of C6's row; "" no row
        const QByteArray all = "podSelector: {}, policyTypes: [Ingress]";
        QTest::newRow("none") << QByteArray() << u"report"_s;
        QTest::newRow("deny by default") << networkPolicy("default", "{" + all + "}") << QString();
        QTest::newRow("of other pods")
            << networkPolicy("default", "{podSelector: {matchLabels: {app: cart}}}") << u"report"_s;
        QTest::newRow("of egress only")
            << networkPolicy("default", "{podSelector: {}, policyTypes: [Egress]}") << u"report"_s;
        QTest::newRow("pods of the own namespace")
            << networkPolicy("default", "{" + all + ", ingress: [{from: [{podSelector: {}}]}]}") << QString();
        QTest::newRow("of a namespace by label") << networkPolicy(
            "default", "{" + all + ", ingress: [{from: [{namespaceSelector: {matchLabels: {team: old}}}]}]}")
                                                 << u"report, by NetworkPolicy default/guard"_s;
        QTest::newRow("of that namespace, but other pods")
            << networkPolicy("default",
                             "{" + all
                                 + ", ingress: [{from: [{namespaceSelector: {matchLabels: {team: old}}, "
                                   "podSelector: {matchLabels: {app: cart}}}]}]}")
            << QString();
        QTest::newRow("to another port")
            << networkPolicy("default", "{" + all + ", ingress: [{ports: [{port: 9000}]}]}") << QString();
        QTest::newRow("to a range of ports")
            << networkPolicy("default", "{" + all + ", ingress: [{ports: [{port: 7000, endPort: 8000}]}]}")
            << u"report, by NetworkPolicy default/guard"_s;
        QTest::newRow("to a port by name")
            << networkPolicy("default", "{" + all + ", ingress: [{ports: [{port: http}]}]}")
            << u"report, by NetworkPolicy default/guard"_s;
        QTest::newRow("from addresses, which may be a pod's")
            << networkPolicy("default", "{" + all + ", ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}")
            << u"report, by NetworkPolicy default/guard"_s;
        QTest::newRow("another one opens what the first closes")
            << networkPolicy("default", "{" + all + "}") + "\n---\n"
                + object("networking.k8s.io/v1", "NetworkPolicy", "name: open, namespace: default",
                         "{podSelector: {matchLabels: {app: quote}}, ingress: [{}]}")
            << u"report, by NetworkPolicy default/open"_s;
    }
    void networkPoliciesKeepOutsidersAway()
    {
        QFETCH(QByteArray, policies);
        QFETCH(QString, said);
        World world = ready();
        world.add(Legacy).add(podYaml("legacy", "report", "containers: [{name: app}]"));
        if (!policies.isEmpty())
            world.add(policies);
        QStringList evidence;
        for (const models::PreflightRow &row : reportOf(world).rows) {
            if (row.check == "C6"_L1)
                evidence += row.evidence;
        }
        QCOMPARE(evidence.join(u'|'), said);
    }

    void telemetryThatCountsNothing_data()
    {
        QTest::addColumn<QByteArray>("object");
        QTest::addColumn<QString>("why"); // "" all is counted
        const auto override = [](const QByteArray &more) -> QByteArray {
            return "{metrics: [{overrides: [{" + more + "}]}]}";
        };
        const QByteArray off = override("match: {metric: REQUEST_COUNT}, disabled: true");
        const QString at = u" (spec.metrics[0].overrides[0])"_s;
        QTest::newRow("of the namespace")
            << telemetry("default", off) << u"by Telemetry default/quiet REQUEST_COUNT is disabled"_s + at;
        QTest::newRow("of the mesh") << telemetry("istio-system", override("disabled: true"))
                                     << u"by Telemetry istio-system/quiet ALL_METRICS is disabled"_s + at;
        QTest::newRow("of another namespace") << telemetry("shop", off) << QString();
        QTest::newRow("of other pods") << telemetry(
            "default", "{selector: {matchLabels: {app: cart}}, metrics: [{overrides: [{disabled: true}]}]}")
                                       << QString();
        QTest::newRow("of a waypoint") << telemetry(
            "default",
            "{targetRefs: [{kind: Gateway, name: waypoint}], metrics: [{overrides: [{disabled: true}]}]}")
                                       << QString();
        QTest::newRow("of clients only")
            << telemetry("default", override("match: {metric: REQUEST_COUNT, mode: CLIENT}, disabled: true"))
            << QString();
        QTest::newRow("another metric")
            << telemetry("default", override("match: {metric: REQUEST_SIZE}, disabled: true")) << QString();
        QTest::newRow("switched on") << telemetry("default", override("disabled: false")) << QString();
        QTest::newRow("the label is removed")
            << telemetry("default",
                         override("match: {metric: ALL_METRICS}, tagOverrides: {connection_security_policy: "
                                  "{operation: REMOVE}}"))
            << u"by Telemetry default/quiet the label connection_security_policy is removed"_s + at;
        QTest::newRow("another label is removed")
            << telemetry("default", override("tagOverrides: {request_host: {operation: REMOVE}}"))
            << QString();
    }
    void telemetryThatCountsNothing()
    {
        QFETCH(QByteArray, object);
        QFETCH(QString, why);
        const models::PreflightReport report = reportOf(ready().add(object));
        QCOMPARE(whyNotChecked(report, u"T3"_s).section(u": that nothing"_s, 0, 0), why);
        QCOMPARE(report.verdict,
                 why.isEmpty() ? models::PreflightReport::Verdict::Go
                               : models::PreflightReport::Verdict::Unknown);
    }

    // RBAC denies the kind: its check is named as not made, and there is no verdict.
    void whatMayNotBeReadIsSaid_data()
    {
        QTest::addColumn<QString>("plural");
        QTest::addColumn<QString>("check");
        QTest::newRow("Gateways") << u"gateways"_s << u"K3"_s;
        QTest::newRow("HTTPRoutes") << u"httproutes"_s << u"K3"_s;
        QTest::newRow("ServiceMonitors") << u"servicemonitors"_s << u"K4"_s;
        QTest::newRow("PodMonitors") << u"podmonitors"_s << u"K4"_s;
        QTest::newRow("Telemetries") << u"telemetries"_s << u"T3"_s;
    }
    void whatMayNotBeReadIsSaid()
    {
        QFETCH(QString, plural);
        QFETCH(QString, check);
        World world = ready();
        world.without = plural;
        const models::PreflightReport report = reportOf(world);
        QVERIFY2(whyNotChecked(report, check).contains(plural), qPrintable(whyNotChecked(report, check)));
        QCOMPARE(report.verdict, models::PreflightReport::Verdict::Unknown);
    }

    void rareJobsLengthenTheWindow_data()
    {
        QTest::addColumn<QByteArray>("schedule");
        QTest::addColumn<QByteArray>("labels");
        QTest::addColumn<int>("days");
        QTest::newRow("daily") << QByteArray("0 3 * * *") << QByteArray() << 7;
        QTest::newRow("weekly") << QByteArray("0 3 * * 0") << QByteArray() << 8; // and ten hours
        QTest::newRow("monthly") << QByteArray("0 3 1 * *") << QByteArray() << 37;
        QTest::newRow("monthly, with a sidecar")
            << QByteArray("0 3 1 * *") << QByteArray("sidecar.istio.io/inject: 'true'") << 7;
        QTest::newRow("a schedule that cannot be read") << QByteArray("now and then") << QByteArray() << 7;
    }
    void rareJobsLengthenTheWindow()
    {
        QFETCH(QByteArray, schedule);
        QFETCH(QByteArray, labels);
        QFETCH(int, days);
        const auto snapshot = snapshotOf(
            "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: close, namespace: legacy}\n"
            "spec: {schedule: '"
            + schedule + "', jobTemplate: {spec: {template: {metadata: {labels: {" + labels + "}}}}}}\n");
        QCOMPARE(models::defaultWindowSeconds(*snapshot) / 86400, days);
    }

    void howSureARowIs_data()
    {
        QTest::addColumn<models::PreflightRow>("row");
        QTest::addColumn<QString>("confidence");
        using Level = models::PreflightLevel;
        QTest::newRow("a rule") << models::PreflightRow{.check = u"E2"_s, .level = Level::Blocker}
                                << u"certain, by objects"_s;
        QTest::newRow("a rule whose callers were not seen")
            << models::PreflightRow{.check = u"C1"_s, .level = Level::Likely} << u"likely, by objects"_s;
        QTest::newRow("a rule whose callers were seen")
            << models::PreflightRow{.check = u"C1"_s,
                                    .level = Level::Blocker,
                                    .evidence = {u"clear text from shop/cart is counted"_s}}
            << u"certain, by objects and traffic"_s;
        QTest::newRow("counted") << models::PreflightRow{.check = u"T1"_s, .level = Level::Likely}
                                 << u"likely, by traffic"_s;
        QTest::newRow("structure") << models::PreflightRow{.check = u"C6"_s, .level = Level::Possible}
                                   << u"possible, by objects"_s;
        QTest::newRow("refused") << models::PreflightRow{.check = u"R1"_s, .level = Level::Blocker}
                                 << u"certain, by the server's answer"_s;
    }
    void howSureARowIs()
    {
        QFETCH(models::PreflightRow, row);
        QTEST(models::confidenceOf(row), "confidence");
    }

    // Without them nobody is kept away, which is what is assumed.
    void unreadNetworkPoliciesKeepNobodyAway()
    {
        World world = ready();
        world.add(Legacy).add(podYaml("legacy", "report", "containers: [{name: app}]"));
        world.without = u"networkpolicies"_s;
        QCOMPARE(rowsOf(reportOf(world), u"C6"_s).size(), 1);
    }
};

SALLYPORT_TEST(preflight_callers_test, PreflightCallersTest)
#include "preflight_callers_test.moc"
