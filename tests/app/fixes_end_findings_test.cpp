// SPDX-License-Identifier: GPL-3.0-or-later
// What a finding offers as its remedy, laid over the object as the console lays it: the finding is gone then, and nothing that was
// not there before is found.
#include "app/partial_merge.h"
#include "models/analysis/finding_fix.h"
#include "models/analysis/findings.h"
#include "tests/kube/test_authority.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace {

QByteArray replaced(QByteArray text, const QByteArray &before, const QByteArray &after)
{
    if (!text.contains(before))
        qFatal("the world has no %s", before.constData());
    return text.replace(before, after);
}

QByteArray clean()
{
    return edgeWithCertsYaml() + quoteYaml(true) + istioUpstreamYaml()
        + "---\napiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: quote-backend, namespace: "
          "default}\nspec: {prefix: /backend/, service: 'quote:80', tls: istio-upstream}\n"
          "---\napiVersion: security.istio.io/v1beta1\nkind: PeerAuthentication\nmetadata: {name: default, "
          "namespace: istio-system}\nspec: {mtls: {mode: PERMISSIVE}}\n";
}

QByteArray inClearText() { return replaced(clean(), ", tls: istio-upstream", ""); }

QByteArray istiod(const QByteArray &tag, const QByteArray &environment = "[]")
{
    return "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: istiod, namespace: "
           "istio-system}\nspec: {template: {spec: {containers: [{name: discovery, image: 'istio/pilot:"
        + tag + "', env: " + environment + "}]}}}\n";
}

QByteArray jaeger(const QByteArray &tag, const QByteArray &environment)
{
    return "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: jaeger, namespace: "
           "istio-system}\nspec: "
           "{template: {metadata: {labels: {app: jaeger}}, spec: {containers: [{name: jaeger, image: "
           "'docker.io/jaegertracing/all-in-one:"
        + tag + "', env: " + environment
        + "}]}}}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: zipkin, namespace: "
          "istio-system}\nspec: "
          "{clusterIP: 10.96.0.50, selector: {app: jaeger}, ports: [{name: http-query, port: 9411}]}\n"
          "---\napiVersion: v1\nkind: Pod\nmetadata: {name: jaeger-x, namespace: istio-system, labels: {app: "
          "jaeger}}\nspec: {containers: [{name: jaeger, image: 'jaegertracing/all-in-one:1'}]}\nstatus: "
          "{phase: Running, conditions: [{type: Ready, status: 'True'}]}\n"
          "---\napiVersion: getambassador.io/v2\nkind: TracingService\nmetadata: {name: tracing, namespace: "
          "ambassador}\nspec: {service: 'zipkin.istio-system:9411', driver: zipkin}\n";
}

// The edge in an injected namespace, whose template says no by that member of its metadata.
QByteArray uninjected(const QByteArray &metadata)
{
    return replaced(replaced(edgeYaml(), "metadata: {name: ambassador}\n---",
                             "metadata: {name: ambassador, labels: {istio-injection: enabled}}\n---"),
                    "      annotations: {sidecar.istio.io/inject: 'false'}\n      labels: {service: "
                    "ambassador}",
                    "      " + metadata)
        + quoteYaml(true)
        + "---\napiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: quote-backend, namespace: "
          "default}\nspec: {prefix: /backend/, service: 'quote:80'}\n";
}

// Its Service's port says nothing of what it speaks.
QByteArray undeclared(const QByteArray &world)
{
    return replaced(world, "{name: http, port: 80, targetPort: 8000}",
                    "{name: web, port: 80, targetPort: 8000, nodePort: 30080}");
}

struct Judged
{
    std::shared_ptr<const models::Snapshot> snapshot;
    models::EdgeView view;
    QList<models::Finding> findings;

    explicit Judged(const models::SnapshotInput &input)
        : snapshot(models::makeSnapshot(input))
        , view(models::viewEdge(*snapshot, *snapshot->edge({})))
        , findings(models::clusterFindings(*snapshot, view, models::certificateRows(*snapshot, view, {}),
                                           QDateTime::currentDateTimeUtc())
                       .findings)
    {
    }
    QStringList codes() const
    {
        QStringList all;
        for (const models::Finding &finding : findings)
            all.append(finding.code);
        all.sort();
        return all;
    }
    // Each as what it is told apart by: code, object, path.
    QStringList places() const
    {
        QStringList all;
        for (const models::Finding &finding : findings)
            all.append(QStringList{finding.code, finding.subject.text(), finding.path}.join(u' '));
        all.sort();
        return all;
    }
    const models::Finding *first(const QString &code) const
    {
        const auto found = std::find_if(findings.begin(), findings.end(),
                                        [&code](const models::Finding &one) { return one.code == code; });
        return found == findings.end() ? nullptr : &*found;
    }
    std::optional<models::FindingFix> fixOf(const QString &code) const
    {
        const models::Finding *finding = first(code);
        return finding ? models::fixOf(*finding, *snapshot, view) : std::nullopt;
    }
};

bool isSame(const edge::Value &object, const edge::Value &part)
{
    return object["kind"].text() == part["kind"].text()
        && object.at({"metadata", "name"}).text() == part.at({"metadata", "name"}).text()
        && object.at({"metadata", "namespace"}).text() == part.at({"metadata", "namespace"}).text();
}

// The object that the part was laid over; empty where there is none.
QByteArray layOver(models::SnapshotInput &input, const edge::Value &part)
{
    for (QList<kube::Object> &objects : input.objects) {
        for (kube::Object &object : objects) {
            const auto value = edge::parseJson(object.json.toStdString());
            if (value && isSame(*value, part))
                return object.json = QByteArray::fromStdString(edge::toJson(app::mergePartial(*value, part)));
        }
    }
    return {};
}

// As the workload's pods will be: their metadata from its template.
void rollOut(models::SnapshotInput &input, const edge::Value &part)
{
    const edge::Value &marks = part.at({"spec", "template", "metadata"});
    for (kube::Object &object : input.objects[u"pods"_s]) {
        auto pod = edge::parseJson(object.json.toStdString());
        const std::string prefix = part.at({"metadata", "name"}).text() + '-';
        if (!pod || marks.isNull()
            || pod->at({"metadata", "namespace"}).text() != part.at({"metadata", "namespace"}).text()
            || !pod->at({"metadata", "name"}).text().starts_with(prefix))
            continue;
        object.json = QByteArray::fromStdString(
            edge::toJson(edge::mergePatch(*pod, edge::Value::object({{"metadata", marks}}))));
    }
}

QByteArray encryptedTwice()
{
    const QByteArray none = "annotations: {sidecar.istio.io/inject: 'false'}";
    return replaced(clean(), none,
                    "annotations: {sidecar.istio.io/status: '{}', "
                    "traffic.sidecar.istio.io/includeInboundPorts: ''}");
}

QByteArray tlsSecret(const QByteArray &name)
{
    CertificateWish wish;
    wish.names = {u"DNS:door.example.com"_s};
    wish.notAfter = QDateTime::currentDateTimeUtc().addDays(300);
    return "---\napiVersion: v1\nkind: Secret\nmetadata: {name: " + name
        + ", namespace: ambassador}\ntype: kubernetes.io/tls\ndata: {tls.crt: "
        + TestAuthority(u"Doors"_s).issue(wish).certificate.toBase64() + ", tls.key: '{1704 bytes}'}\n";
}

// The edge's pod has this loaded, and nothing else.
QList<models::ProxyCertificates> loaded(const QByteArray &file)
{
    CertificateWish wish;
    wish.names = {u"DNS:loaded.example.com"_s};
    wish.notAfter = QDateTime::currentDateTimeUtc().addDays(300);
    const kube::Certificate certificate =
        kube::readPem(TestAuthority(u"Doors"_s).issue(wish).certificate)->first();
    return {{u"ambassador"_s,
             u"ambassador-5d4f8c7b9-x2x2x"_s,
             QDateTime::currentDateTimeUtc(),
             {},
             {{QString::fromLatin1(file), false, certificate}}}};
}

} // namespace

class FixesEndFindingsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsLaidOverEndsTheFinding_data()
    {
        QTest::addColumn<QString>("code");
        QTest::addColumn<QByteArray>("world");
        QTest::addColumn<QByteArray>("written"); // part of the object's JSON afterwards
        QTest::newRow("the Envoys' base id")
            << u"GD-005"_s
            << replaced(clean(), "istio/proxyv2:1.10.0\n        env", "istio/proxyv2:1.9.5\n        env")
            << QByteArray(R"({"name":"AMBASSADOR_ENVOY_BASE_ID","value":"1"})");
        QTest::newRow("istiod's longest life of certificates")
            << u"GD-006"_s
            << QByteArray(clean() + istiod("1.10.0", "[{name: MAX_WORKLOAD_CERT_TTL, value: 1h}]"))
            << QByteArray(R"({"name":"MAX_WORKLOAD_CERT_TTL","value":"2160h"})");
        QTest::newRow("injection forbidden by an annotation")
            << u"GD-007"_s
            << uninjected(
                   "annotations: {sidecar.istio.io/inject: 'false'}\n      labels: {service: ambassador}")
            << QByteArray(R"("annotations":{"sidecar.istio.io/inject":"true"})");
        QTest::newRow("injection forbidden by a label")
            << u"GD-007"_s << uninjected("labels: {service: ambassador, sidecar.istio.io/inject: 'false'}")
            << QByteArray(R"("labels":{"service":"ambassador","sidecar.istio.io/inject":"true"})");
        QTest::newRow("a port that speaks HTTP")
            << u"MT-019"_s << undeclared(inClearText())
            << QByteArray(
                   R"({"name":"web","port":80,"targetPort":8000,"nodePort":30080,"appProtocol":"http"})");
        QTest::newRow("what the sidecar would encrypt once more")
            << u"MT-029"_s << encryptedTwice()
            << QByteArray(R"("traffic.sidecar.istio.io/includeOutboundIPRanges":"")");
        QTest::newRow("Jaeger's port")
            << u"OBS-005"_s << QByteArray(clean() + jaeger("1.30", "[{name: OTHER, value: kept}]"))
            << QByteArray(
                   R"("env":[{"name":"OTHER","value":"kept"},{"name":"COLLECTOR_ZIPKIN_HOST_PORT","value":"9411"}])");
        QTest::newRow("an older Jaeger's")
            << u"OBS-005"_s << QByteArray(clean() + jaeger("1.20", "[]"))
            << QByteArray(R"("env":[{"name":"COLLECTOR_ZIPKIN_HTTP_PORT","value":"9411"}])");
    }
    void whatIsLaidOverEndsTheFinding()
    {
        QFETCH(QString, code);
        QFETCH(QByteArray, world);
        QFETCH(QByteArray, written);
        models::SnapshotInput input = inputOf(world);
        const Judged before(input);
        QVERIFY2(before.first(code), qPrintable(before.codes().join(u' ')));
        const auto fix = before.fixOf(code);
        QVERIFY(fix);
        const QByteArray object = layOver(input, fix->part);
        QVERIFY2(object.contains(written), object.constData());
        rollOut(input, fix->part);
        const Judged after(input);
        QVERIFY2(!after.codes().contains(code), qPrintable(after.codes().join(u' ')));
        const QStringList known = before.places();
        for (const QString &each : after.places())
            QVERIFY2(known.contains(each), qPrintable(each + u" is new"_s));
    }

    // Who reads it at the start only: no object tells that it was read since, but the pods that the restart makes.
    void aRestartIsWrittenAsKubectlDoes_data()
    {
        QTest::addColumn<QString>("code");
        QTest::addColumn<QByteArray>("world");
        QTest::addColumn<QByteArray>("file"); // that the edge's pod has loaded, "": it was not asked
        const QByteArray decoded = "/ambassador/snapshots/default/secrets-decoded/";
        QTest::newRow("tracing that came later")
            << u"OBS-001"_s
            << QByteArray(replaced(clean(), "  name: ambassador-5d4f8c7b9-x2x2x\n",
                                   "  name: ambassador-5d4f8c7b9-x2x2x\n  creationTimestamp: "
                                   "'2026-11-01T00:00:00Z'\n")
                          + "---\napiVersion: getambassador.io/v2\nkind: TracingService\nmetadata: {name: "
                            "tracing, namespace: ambassador, creationTimestamp: "
                            "'2026-11-02T00:00:00Z'}\nspec: {service: 'zipkin.istio-system:9411', driver: "
                            "zipkin}\n")
            << QByteArray();
        QTest::newRow("the sidecar's certificate is not loaded")
            << u"GD-009"_s << clean() << QByteArray(decoded + "door/A.crt");
        QTest::newRow("another certificate is loaded than is stored")
            << u"CERT-010"_s
            << QByteArray(replaced(clean(), "service: 'quote:80', tls: istio-upstream}",
                                   "service: 'quote.consul.example.com:443', tls: consul}")
                          + "---\napiVersion: getambassador.io/v2\nkind: TLSContext\nmetadata: {name: "
                            "consul, namespace: ambassador}\nspec: {secret: ambassador-consul-connect, "
                            "hosts: []}\n"
                          + tlsSecret("ambassador-consul-connect"))
            << QByteArray(decoded + "ambassador-consul-connect/A.crt");
    }
    void aRestartIsWrittenAsKubectlDoes()
    {
        QFETCH(QString, code);
        QFETCH(QByteArray, world);
        QFETCH(QByteArray, file);
        models::SnapshotInput input = inputOf(world);
        if (!file.isEmpty())
            input.edgeProxies = loaded(file);
        const Judged judged(input);
        QVERIFY2(judged.first(code), qPrintable(judged.codes().join(u' ')));
        const auto fix = judged.fixOf(code);
        QVERIFY(fix);
        QCOMPARE(QByteArray::fromStdString(edge::toJson(fix->part)),
                 QByteArray(R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"ambassador",)"
                            R"("namespace":"ambassador"},"spec":{"template":{"metadata":{"annotations":)"
                            R"({"kubectl.kubernetes.io/restartedAt":"2026-11-25T12:00:00.000Z"}}}}})"));
    }

    void nothingIsGuessed_data()
    {
        QTest::addColumn<QString>("code");
        QTest::addColumn<QByteArray>("world");
        QTest::newRow("a port that the edge speaks TLS to") << u"MT-019"_s << undeclared(clean());
        QTest::newRow("a port for gRPC")
            << u"MT-019"_s
            << undeclared(replaced(inClearText(), "service: 'quote:80'", "service: 'quote:80', grpc: true"));
        QTest::newRow("a port that nothing leads to")
            << u"MT-019"_s << undeclared(replaced(inClearText(), "quote:80", "quote:443"));
        QTest::newRow("a port without a name")
            << u"MT-019"_s
            << replaced(replaced(inClearText(), ", {name: https, port: 443, targetPort: 8000}", ""),
                        "{name: http, port: 80, targetPort: 8000}", "{port: 80, targetPort: 8000}");
    }
    void nothingIsGuessed()
    {
        QFETCH(QString, code);
        QFETCH(QByteArray, world);
        const Judged judged(inputOf(world));
        QVERIFY2(judged.first(code), qPrintable(judged.codes().join(u' ')));
        QVERIFY(!judged.fixOf(code));
    }
};

SALLYPORT_TEST(fixes_end_findings_test, FixesEndFindingsTest)
#include "fixes_end_findings_test.moc"
