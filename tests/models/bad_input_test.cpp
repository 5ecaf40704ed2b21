// SPDX-License-Identifier: GPL-3.0-or-later
// Objects of a cluster are not ours: wrong types, missing parts and contradictions must give answers, never a
// crash.
#include "edge/value.h"
#include "models/analysis/findings.h"
#include "models/analysis/guide_checks.h"
#include "models/analysis/mutes.h"
#include "models/analysis/prediction.h"
#include "models/analysis/strict_plan.h"
#include "tests/models/field_samples.h"
#include "tests/models/unfinished_findings.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QRandomGenerator>
#include <QTest>

using namespace Qt::StringLiterals;
using edge::Value;

namespace {

QByteArray world()
{
    return edgeWithCertsYaml() + quoteYaml(true) + istioUpstreamYaml() + R"(---
apiVersion: getambassador.io/v2
kind: Mapping
metadata: {name: quote-backend, namespace: default}
spec: {prefix: /backend/, service: quote, tls: istio-upstream, weight: 20, headers: {x-a: b}}
---
apiVersion: getambassador.io/v2
kind: Host
metadata: {name: api, namespace: ambassador}
spec: {hostname: '*', tlsSecret: {name: edge-tls}, requestPolicy: {insecure: {action: Route, additionalPort: 8080}}}
---
apiVersion: v1
kind: Secret
metadata: {name: edge-tls, namespace: ambassador}
type: kubernetes.io/tls
data: {tls.crt: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCkFBQUEKLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo=, tls.key: '{1 bytes}'}
---
apiVersion: security.istio.io/v1beta1
kind: PeerAuthentication
metadata: {name: quote, namespace: default, creationTimestamp: '2026-01-01T00:00:00Z'}
spec: {selector: {matchLabels: {app: quote}}, mtls: {mode: STRICT}, portLevelMtls: {8000: {mode: DISABLE}}}
---
apiVersion: networking.istio.io/v1beta1
kind: DestinationRule
metadata: {name: quote, namespace: default}
spec: {host: quote, trafficPolicy: {tls: {mode: DISABLE}, portLevelSettings: [{port: {number: 80}, tls: {mode: SIMPLE}}]}, subsets: [{name: v1, labels: {a: b}}]}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: checker}
webhooks: [{name: a.example.com, failurePolicy: Fail, clientConfig: {service: {name: quote, namespace: default, port: 443}}}]
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: report, namespace: reports}
spec: {schedule: '0 * * * *', jobTemplate: {spec: {template: {metadata: {labels: {a: b}}}}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data: {mesh: 'rootNamespace: istio-system'}
---
apiVersion: networking.istio.io/v1beta1
kind: Sidecar
metadata: {name: default, namespace: default}
spec: {egress: [{hosts: ['./*', 'istio-system/*']}]}
---
apiVersion: networking.istio.io/v1beta1
kind: WorkloadEntry
metadata: {name: vm, namespace: default}
spec: {address: 10.0.0.9, labels: {app: vm}}
---
apiVersion: networking.istio.io/v1beta1
kind: ServiceEntry
metadata: {name: named, namespace: default}
spec: {hosts: [a.example.com], location: MESH_INTERNAL, workloadSelector: {labels: {app: quote}}, ports: [{number: 80, targetPort: 8000}], endpoints: [{address: 10.0.0.9}]}
---
apiVersion: networking.istio.io/v1beta1
kind: Gateway
metadata: {name: main, namespace: default}
spec: {selector: {app: quote}, servers: [{hosts: ['*'], tls: {mode: MUTUAL, credentialName: tls-cert}}]}
---
apiVersion: v1
kind: Service
metadata: {name: by-hand, namespace: default}
spec: {ports: [{port: 443, targetPort: 8000}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: by-hand-1, namespace: default, labels: {kubernetes.io/service-name: by-hand}}
endpoints: [{addresses: [10.244.0.9], targetRef: {kind: Pod, name: quote}}]
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: default}
spec: {selector: {matchLabels: {app: db}}, template: {metadata: {labels: {app: db}}, spec: {containers: [{name: db}]}}}
---
apiVersion: getambassador.io/v2
kind: TracingService
metadata: {name: tracing, namespace: ambassador}
spec: {service: 'zipkin.istio-system:9411', driver: zipkin}
---
apiVersion: security.istio.io/v1beta1
kind: AuthorizationPolicy
metadata: {name: trial, namespace: default, annotations: {istio.io/dry-run: 'true'}}
spec: {action: DENY, rules: [{from: [{source: {notPrincipals: ['*']}}]}]}
)";
}

Value oddValue(QRandomGenerator &random)
{
    switch (random.bounded(9)) {
    case 0: return Value();
    case 1: return Value(random.bounded(2) == 0);
    case 2: return Value(-1);
    case 3: return Value::number("9223372036854775807");
    case 4: return Value::number("1e400");
    case 5: return Value(std::string(std::size_t(random.bounded(20'000)), 'x'));
    case 6: return Value("\xff\xfe {{ $( \n\t..//*");
    case 7: return Value::array({Value(), Value(1), Value("a"), Value::array()});
    default: return Value::object({{"", Value()}, {"name", Value::object()}, {"a/b", Value(1)}});
    }
}

// One place of the object becomes something else, or goes.
void spoil(Value &value, QRandomGenerator &random)
{
    Value *place = &value;
    while (random.bounded(4) != 0) {
        if (place->isObject() && !place->members().empty()) {
            const std::string key =
                place->members()[std::size_t(random.bounded(int(place->members().size())))].first;
            if (random.bounded(12) == 0) {
                place->erase(key);
                return;
            }
            place = &place->child(key);
        } else if (place->isArray() && !place->items().empty()) {
            place = &place->mutableItems()[std::size_t(random.bounded(int(place->items().size())))];
        } else {
            break;
        }
    }
    if (place != &value)
        *place = oddValue(random);
}

int everything(const models::SnapshotInput &input)
{
    const auto snapshot = models::makeSnapshot(input);
    const models::EdgeInstallation *edge = snapshot->edge({});
    const models::EdgeView view = models::viewEdge(*snapshot, edge ? *edge : models::EdgeInstallation());
    const auto certificates = models::certificateRows(*snapshot, view, {});
    models::RequestSpec request;
    request.url = QUrl(u"http://edge.example/backend/x?y"_s);
    models::PreflightInput preflight;
    const auto findings = models::clusterFindings(*snapshot, view, certificates, input.takenAt).findings;
    if (const QStringList lacking = unfinished(findings); !lacking.isEmpty())
        qCritical("%s", qPrintable(lacking.first()));
    int said = int(findings.size());
    said += int(models::workloadPostures(*snapshot).size() + models::guideSteps(*snapshot, view).size());
    said += int(models::predict(view, *snapshot, request).steps.size());
    const models::PreflightReport report = models::strictPreflight(*snapshot, view, preflight);
    said += int(models::strictPlan(*snapshot, report, {}).stages.size());
    return said + int(report.checks.size());
}

} // namespace

class BadInputTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void spoiledObjectsAreAnsweredToo()
    {
        QRandomGenerator random(20261125);
        models::SnapshotInput sound = inputOf(world());
        for (const FieldSample &sample : fieldSamples())
            sound.objects[sample.plural] += sample.objects();
        const QStringList plurals = [&] {
            QStringList all = sound.objects.keys();
            all.sort();
            return all;
        }();
        for (int round = 0; round < 1500; ++round) {
            models::SnapshotInput input = sound;
            for (int i = 0; i <= round % 3; ++i) {
                QList<kube::Object> &objects = input.objects[plurals[random.bounded(int(plurals.size()))]];
                if (objects.isEmpty())
                    continue;
                kube::Object &object = objects[random.bounded(int(objects.size()))];
                auto value = edge::parseJson(object.json.toStdString());
                if (!value)
                    continue; // spoiled already, with bytes that are no UTF-8
                spoil(*value, random);
                object.json = QByteArray::fromStdString(edge::toJson(*value));
            }
            QVERIFY(everything(input) > 0);
        }
    }

    // Good JSON that makes no sense is answered with the finding that says so.
    void nonsenseIsFound_data()
    {
        QTest::addColumn<QByteArray>("yaml");
        QTest::addColumn<QString>("code"); // "": nothing is said, and nothing breaks
        const auto mapping = [](const QByteArray &name, const QByteArray &spec) -> QByteArray {
            return "---\napiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: " + name
                + ", namespace: default}\nspec: " + spec + "\n";
        };
        const auto secret = [](const QByteArray &pem) -> QByteArray {
            return "---\napiVersion: v1\nkind: Secret\nmetadata: {name: bad, namespace: ambassador}\ntype: "
                   "kubernetes.io/tls\ndata: {tls.crt: "
                + pem.toBase64() + ", tls.key: '{9 bytes}'}\n";
        };
        const auto policies = [](const QByteArray &name, const QByteArray &spec) -> QByteArray {
            return "---\napiVersion: security.istio.io/v1beta1\nkind: PeerAuthentication\nmetadata: {name: "
                + name + ", namespace: default}\nspec: " + spec + "\n";
        };
        const auto alias = [](const QByteArray &name, const QByteArray &to) -> QByteArray {
            return "---\napiVersion: v1\nkind: Service\nmetadata: {name: " + name
                + ", namespace: default}\nspec: {type: ExternalName, externalName: " + to + "}\n";
        };
        QTest::newRow("cyclic: a Mapping to the edge itself")
            << QByteArray(mapping("loop", "{prefix: /loop/, service: 'ambassador.ambassador:80'}"))
            << u"RT-024"_s;
        QTest::newRow("cyclic: a Mapping to the edge's own address")
            << QByteArray(mapping("loop", "{prefix: /loop/, service: '127.0.0.1:8080'}")) << u"RT-024"_s;
        QTest::newRow("not cyclic: the edge's diagnostics")
            << QByteArray(mapping("diag", "{prefix: /diag/, service: 'ambassador-admin.ambassador:8877'}"))
            << QString();
        QTest::newRow("not cyclic: the edge's diagnostics by its own address")
            << QByteArray(mapping("diag", "{prefix: /diag/, service: '127.0.0.1:8877'}")) << QString();
        QTest::newRow("cyclic: an ExternalName to itself")
            << QByteArray(mapping("self", "{prefix: /self/, service: self.default}")
                          + alias("self", "self.default.svc.cluster.local"))
            << u"RT-008"_s;
        QTest::newRow("cyclic: two ExternalNames to each other")
            << QByteArray(mapping("a", "{prefix: /a/, service: a.default}")
                          + alias("a", "b.default.svc.cluster.local.") + alias("b", "a.default.svc"))
            << u"RT-008"_s;
        QTest::newRow("cyclic: an ExternalName to two others") << QByteArray(
            mapping("c", "{prefix: /c/, service: c.default}") + alias("c", "a.default.svc.cluster.local")
            + alias("a", "b.default.svc.cluster.local") + alias("b", "a.default.svc"))
                                                               << u"RT-008"_s;
        QTest::newRow("not cyclic: an ExternalName to another, and to the world")
            << QByteArray(mapping("a", "{prefix: /a/, service: a.default}")
                          + alias("a", "b.default.svc.cluster.local") + alias("b", "www.example.com"))
            << QString();
        QTest::newRow("contradictory: weights")
            << QByteArray(mapping("a", "{prefix: /w/, service: quote, weight: 90}")
                          + mapping("b", "{prefix: /w/, service: quote, weight: 90}"))
            << u"RT-005"_s;
        QTest::newRow("contradictory: two policies for one pod")
            << QByteArray(policies("x", "{selector: {matchLabels: {app: quote}}, mtls: {mode: STRICT}}")
                          + policies("y", "{selector: {matchLabels: {app: quote}}, mtls: {mode: DISABLE}}"))
            << u"MT-013"_s;
        QTest::newRow("contradictory: redirect and service")
            << QByteArray(mapping("r",
                                  "{prefix: /r/, service: quote, host_redirect: true, regex_rewrite: "
                                  "{pattern: '(', substitution: x}}"))
            << QString();
        QTest::newRow("huge: a prefix of 200 kB")
            << QByteArray(mapping("huge", "{prefix: '/" + QByteArray(200'000, 'a') + "', service: quote}"))
            << QString();
        QTest::newRow("wrong type: prefix is a list")
            << QByteArray(mapping("list", "{prefix: [/a/], service: quote}")) << u"RT-001"_s;
        QTest::newRow("wrong type: service is an object")
            << QByteArray(mapping("object", "{prefix: /a/, service: {name: quote}}")) << u"RT-001"_s;
        QTest::newRow("wrong type: portLevelMtls is a string")
            << QByteArray(policies("z", "{selector: {matchLabels: {app: other}}, portLevelMtls: all}"))
            << u"MT-025"_s;
        QTest::newRow("a regex that is none")
            << QByteArray(mapping("regex", "{prefix: '/(a', prefix_regex: true, service: quote}"))
            << u"RT-001"_s;
        QTest::newRow("garbage in a certificate") << QByteArray(secret("garbage")) << u"CERT-004"_s;
        QTest::newRow("a certificate cut short")
            << QByteArray(secret("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"))
            << u"CERT-004"_s;
        QTest::newRow("bytes that are no text as a certificate")
            << QByteArray(secret(QByteArray("\xff\xfe\x00\x01", 4))) << u"CERT-004"_s;
        QTest::newRow("a thousand empty blocks") << QByteArray(
            secret(QByteArray("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n").repeated(1000)))
                                                 << u"CERT-004"_s;
    }
    void nonsenseIsFound()
    {
        QFETCH(QByteArray, yaml);
        QFETCH(QString, code);
        const models::SnapshotInput input = inputOf(world() + yaml);
        QVERIFY(everything(input) > 0);
        const auto snapshot = models::makeSnapshot(input);
        const models::EdgeView view = models::viewEdge(*snapshot, *snapshot->edge({}));
        const QList<models::Finding> findings =
            models::clusterFindings(*snapshot, view, models::certificateRows(*snapshot, view, {}),
                                    input.takenAt)
                .findings;
        QCOMPARE(unfinished(findings), QStringList());
        QStringList codes;
        for (const models::Finding &finding : findings)
            codes.append(finding.code);
        QVERIFY2(code.isEmpty() || codes.contains(code), qPrintable(codes.join(u' ')));
    }

    // As an API server refuses it: whatever such an object may have meant, it counts for nothing.
    void aFieldThatCannotBeIsNamedByItsPath_data()
    {
        QTest::addColumn<QByteArray>("yaml");
        QTest::addColumn<QString>("found"); // "KIND NAMESPACE/NAME PATH …"
        const auto istio = [](const QByteArray &group, const QByteArray &kind, const QByteArray &spec) {
            return QByteArray("---\napiVersion: " + group + ".istio.io/v1beta1\nkind: " + kind
                              + "\nmetadata: {name: z, namespace: default}\nspec: " + spec + "\n");
        };
        QTest::newRow("a mode that is none")
            << istio("security", "PeerAuthentication", "{mtls: {mode: STRIC}}")
            << u"PeerAuthentication default/z spec.mtls.mode"_s;
        QTest::newRow("a selector that is none, a port that is none")
            << istio("security", "PeerAuthentication",
                     "{mtls: STRICT, selector: {matchLabels: [x]}, portLevelMtls: {http: {mode: STRICT}}}")
            << u"PeerAuthentication default/z spec.selector.matchLabels, PeerAuthentication default/z "
               u"spec.mtls, "
               "PeerAuthentication default/z spec.portLevelMtls"_s;
        QTest::newRow("ports without a selector") << istio(
            "security", "PeerAuthentication", "{mtls: {mode: STRICT}, portLevelMtls: {80: {mode: DISABLE}}}")
                                                  << u"PeerAuthentication default/z spec.portLevelMtls"_s;
        QTest::newRow("a rule") << istio(
            "networking", "DestinationRule",
            "{host: 7, trafficPolicy: {tls: {mode: ISTIO}}, subsets: [{name: a, labels: {a: b}}, {name: 3}]}")
                                << u"DestinationRule default/z spec.host, DestinationRule default/z "
                                   u"spec.trafficPolicy.tls.mode, "
                                   "DestinationRule default/z spec.subsets[1].name"_s;
        QTest::newRow("a Sidecar") << istio("networking", "Sidecar", "{egress: no}")
                                   << u"Sidecar default/z spec.egress"_s;
        QTest::newRow("an AuthorizationPolicy")
            << istio("security", "AuthorizationPolicy",
                     "{action: MAYBE, rules: [{from: [{source: {principals: x}}]}]}")
            << u"AuthorizationPolicy default/z spec.action, AuthorizationPolicy default/z "
               "spec.rules[0].from[0].source.principals"_s;
        QTest::newRow("a ServiceEntry")
            << istio("networking", "ServiceEntry",
                     "{hosts: a.b, location: INSIDE, ports: [{number: x}], endpoints: [{address: 7}]}")
            << u"ServiceEntry default/z spec.hosts, ServiceEntry default/z spec.location, ServiceEntry "
               u"default/z "
               "spec.ports[0].number, ServiceEntry default/z spec.endpoints[0].address"_s;
        QTest::newRow("a Gateway")
            << istio("networking", "Gateway",
                     "{selector: [a], servers: [{tls: {mode: SIMPEL, credentialName: 7}}]}")
            << u"Gateway default/z spec.selector, Gateway default/z spec.servers[0].tls.mode, "
               "Gateway default/z spec.servers[0].tls.credentialName"_s;
        QTest::newRow("a Service") << QByteArray(
            "---\napiVersion: v1\nkind: Service\nmetadata: {name: z, namespace: default}\nspec: "
            "{ports: {a: b}, selector: [app]}\n")
                                   << u"Service default/z spec.selector, Service default/z spec.ports"_s;
        QTest::newRow("nothing, as null")
            << istio("security", "PeerAuthentication", "{mtls: , selector: {matchLabels: {app: x}}}")
            << QString();
    }
    void aFieldThatCannotBeIsNamedByItsPath()
    {
        QFETCH(QByteArray, yaml);
        QFETCH(QString, found);
        const auto snapshot = snapshotOf(quoteYaml(true) + yaml);
        QStringList places;
        for (const models::Finding &fault : snapshot->fieldFaults) {
            QCOMPARE(fault.code, u"MT-025"_s);
            places.append(fault.subject.text() + u' ' + fault.path);
        }
        QCOMPARE(places.join(u", "_s), found);
        const models::EdgeView none;
        const auto all =
            models::clusterFindings(*snapshot, none, {}, QDateTime::currentDateTimeUtc()).findings;
        QCOMPARE(
            std::count_if(all.begin(), all.end(), [](const auto &one) { return one.code == "MT-025"_L1; }),
            places.size());
    }

    void aSelectorThatIsNoneIsNotThatOfANamespace()
    {
        const QByteArray policy = "---\napiVersion: security.istio.io/v1beta1\nkind: "
                                  "PeerAuthentication\nmetadata: {name: z, namespace: "
                                  "default}\nspec: {mtls: {mode: STRICT}, selector: {matchLabels: [app]}}\n";
        const auto snapshot = snapshotOf(quoteYaml(true) + policy);
        QCOMPARE(snapshot->peerAuthentications.size(), 0);
        QCOMPARE(models::namespaceMode(*snapshot, u"default"_s).mode, models::MtlsMode::Permissive);
    }

    void textsThatAreNoUtf8AreAnswered()
    {
        models::SnapshotInput input = inputOf(world());
        kube::Object object;
        object.nameSpace = u"default"_s;
        object.name = u"latin"_s;
        object.json = "{\"apiVersion\":\"getambassador.io/"
                      "v2\",\"kind\":\"Mapping\",\"metadata\":{\"name\":\"latin\",\"namespace\":\"default\"},"
                      "\"spec\":{\"prefix\":\"/caf\xe9/\",\"service\":\"quote\"}}";
        input.objects[u"mappings"_s].append(object);
        QVERIFY(everything(input) > 0);
    }

    void mutesThatAreGarbageAreAnError()
    {
        for (const QByteArray &yaml : {QByteArray("- - - -"), QByteArray("[[[[[[[["),
                                       QByteArray("- {code: [a], reason: {b: c}}"), QByteArray("- 1")})
            QVERIFY2(!models::parseMutes(yaml, u"mutes.yaml"_s), yaml.constData());
    }

    void bytesThatAreNoJsonAreLeftOut()
    {
        QRandomGenerator random(7);
        models::SnapshotInput input = inputOf(world());
        for (auto kind = input.objects.begin(); kind != input.objects.end(); ++kind) {
            kube::Object object;
            object.json =
                random.bounded(2) == 0 ? QByteArray("{\"kind\":") : QByteArray("\xff\xfe\x00 garbage", 11);
            kind.value().append(object);
        }
        QVERIFY(everything(input) > 0);
    }

    void aServiceThatSelectsThroughALongLabelSetIsNoTrouble()
    {
        QByteArray labels;
        for (int i = 0; i < 2000; ++i)
            labels += QByteArray(labels.isEmpty() ? "" : ", ") + "l" + QByteArray::number(i) + ": v";
        const QByteArray yaml = "---\napiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: "
                                "default}\nspec: {selector: {"
            + labels + "}, ports: [{port: 80}]}\n";
        QVERIFY(everything(inputOf(world() + yaml)) > 0);
    }

    // What it forwards decides whether it comes to the same Mapping once more.
    void aMappingToTheEdgeItselfGoesRoundOrOn_data()
    {
        QTest::addColumn<QByteArray>("spec");
        QTest::addColumn<models::Severity>("severity");
        using models::Severity;
        const auto row = [](const char *name, const QByteArray &spec, Severity severity) {
            QTest::newRow(name) << QByteArray("{service: 'ambassador.ambassador:80', " + spec + "}")
                                << severity;
        };
        row("the path stays", "prefix: /a/, rewrite: ''", Severity::Error);
        row("the path begins with it", "prefix: /a/, rewrite: /a/b/", Severity::Error);
        row("everything", "prefix: /", Severity::Error);
        row("another path", "prefix: /a/, rewrite: /b/", Severity::Warning);
        row("the root, which it is not for", "prefix: /a/", Severity::Warning);
        row("another host", "prefix: /a/, rewrite: '', host_rewrite: other.example.com", Severity::Warning);
    }
    void aMappingToTheEdgeItselfGoesRoundOrOn()
    {
        QFETCH(QByteArray, spec);
        const auto snapshot = models::makeSnapshot(
            inputOf(edgeYaml()
                    + "---\napiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: own, namespace: "
                      "default}\nspec: "
                    + spec + "\n"));
        const models::EdgeView view = models::viewEdge(*snapshot, *snapshot->edge({}));
        const QList<models::Finding> findings = view.mappings.value(u"default/own"_s)->findings;
        const auto found = std::find_if(findings.begin(), findings.end(),
                                        [](const auto &one) { return one.code == "RT-024"_L1; });
        QVERIFY(found != findings.end());
        QTEST(found->severity, "severity");
        QVERIFY2(found->message.contains(u"ambassador/ambassador itself"_s)
                     && found->message.contains(u"port 8080"_s),
                 qPrintable(found->message));
    }
};

SALLYPORT_TEST(bad_input_test, BadInputTest)
#include "bad_input_test.moc"
