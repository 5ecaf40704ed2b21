// SPDX-License-Identifier: GPL-3.0-or-later
// What lies close to the failures F1 … F32 and is none of them: the finding must not be there.
#include "models/analysis/edge_start_findings.h"
#include "tests/models/failure_worlds.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace failure_worlds;

namespace {

QByteArray context(const QByteArray &nameSpace, const QByteArray &spec,
                   const QByteArray &name = "istio-upstream")
{
    return "---\napiVersion: getambassador.io/v2\nkind: TLSContext\nmetadata: {name: " + name
        + ", namespace: " + nameSpace + "}\nspec: " + spec + "\n";
}

QByteArray withoutContext() { return edgeWithCertsYaml() + quoteYaml(true); }

QByteArray withBaseId(const QByteArray &world)
{
    return replaced(
        world, "        - {name: AMBASSADOR_ISTIO",
        "        - {name: AMBASSADOR_ENVOY_BASE_ID, value: '1'}\n        - {name: AMBASSADOR_ISTIO");
}

} // namespace

class FailureNeighboursTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aNeighbourIsNoFailure_data()
    {
        QTest::addColumn<QByteArray>("world");
        QTest::addColumn<QString>("codes"); // all that are found
        const auto row = [](const char *name, const QByteArray &world, const QString &codes = {}) {
            QTest::newRow(name) << world << codes;
        };
        row("F1 and F5 not of a version without the fault", newer("4.1.0"));
        row("F3 not of a TLSContext elsewhere that names the Secret's namespace",
            withoutContext() + context("staging", "{secret: istio-certs.ambassador, alpn_protocols: istio}")
                + mapping(WithTls) + Strict);
        row("F4 not of another folder, which all name",
            QByteArray(clean()).replace("/etc/istio-certs", "/etc/mesh"));
        row("F6 not of a Service that has 443",
            base() + mapping("{prefix: /backend/, service: quote, tls: istio-upstream}"));
        row("F7 not of clear text to a PERMISSIVE pod", base() + mapping(Plain));
        row("F8 not where one of two pods is ready",
            base() + mapping(Plain)
                + "---\napiVersion: v1\nkind: Pod\nmetadata: {name: quote-2, namespace: default, labels: "
                  "{app: quote}}\nspec: "
                  "{containers: [{name: backend, ports: [{containerPort: 8000}]}, {name: istio-proxy, image: "
                  "'istio/proxyv2:1.10.0'}]}\nstatus: {phase: Running, conditions: [{type: Ready, status: "
                  "'False'}]}\n");
        row("F11 not with secret_namespacing off",
            withoutContext()
                + context("ambassador",
                          "{secret: mesh.cert, secret_namespacing: false, alpn_protocols: istio}")
                + replaced(tlsSecret("door"), "name: door", "name: mesh.cert"));
        row("F12 not of files that its sidecar writes",
            withoutContext()
                + context("ambassador",
                          "{cert_chain_file: /etc/istio-certs/cert-chain.pem, private_key_file: "
                          "/etc/istio-certs/key.pem, alpn_protocols: istio}"));
        row("F14 not of the first version that mends it, whose base-id is another matter",
            withSidecar("1.9.4"), u"GD-005"_s);
        row("F15 not of a version after it", withSidecar("1.24.0"));
        row("F16 not of a limit that fits",
            clean() + istiod("1.10.0", "[{name: MAX_WORKLOAD_CERT_TTL, value: 48h}]"));
        row("F17 not with a base-id", withBaseId(withSidecar("1.8.1")));
        row("F19 not of another name",
            clean() + context("staging", "{secret: istio-certs.ambassador}", "other"));
        row("F21 not of an edge of which one of two pods is ready",
            clean()
                + "---\napiVersion: v1\nkind: Pod\nmetadata: {name: ambassador-5d4f8c7b9-late1, namespace: "
                  "ambassador, labels: {service: ambassador, pod-template-hash: 5d4f8c7b9}, annotations: "
                  "{sidecar.istio.io/inject: 'false'}, ownerReferences: [{kind: ReplicaSet, name: "
                  "ambassador-5d4f8c7b9, controller: true}]}\nspec: {serviceAccountName: ambassador, "
                  "containers: [{name: aes, image: 'docker.io/datawire/aes:1.11.2'}, {name: istio-proxy, "
                  "image: 'istio/proxyv2:1.10.0'}]}\nstatus: {phase: Running, conditions: [{type: Ready, "
                  "status: 'False'}]}\n");
        row("F23 not to a STRICT pod",
            withoutContext() + context("ambassador", "{secret: istio-certs}") + mapping(WithTls) + Strict);
        row("F24 not of a port that appProtocol names",
            replaced(clean(), "{name: http, port: 80, targetPort: 8000}",
                     "{name: web, appProtocol: http, port: 80, targetPort: 8000}"));
        row("F26 not of a Secret that is there, whose authority is another matter",
            withoutContext() + context("ambassador", "{secret: mesh-cert, alpn_protocols: istio}")
                + tlsSecret("mesh-cert") + mapping(WithTls) + Strict,
            u"MT-003"_s);
        row("F26 not of one that stands in another namespace, which the TLSContext names",
            withoutContext() + context("ambassador", "{secret: mesh-cert.shop, alpn_protocols: istio}")
                + replaced(tlsSecret("mesh-cert"), "namespace: ambassador", "namespace: shop")
                + mapping(WithTls) + Strict,
            u"MT-003"_s);
        row("F28 not where it is let in",
            replaced(replaced(edgeYaml(), "metadata: {name: ambassador}\n---",
                              "metadata: {name: ambassador, labels: {istio-injection: enabled}}\n---"),
                     "      annotations: {sidecar.istio.io/inject: 'false'}\n", "      annotations: {}\n")
                + quoteYaml(true) + mapping(Plain));
        row("F30 not of an edge that names its own port",
            replaced(clean(),
                     "  annotations: {sidecar.istio.io/inject: 'false'}\n  ownerReferences: [{kind: "
                     "ReplicaSet, name: ambassador",
                     "  annotations: {sidecar.istio.io/inject: 'false', prometheus.io/port: '8877'}\n  "
                     "ownerReferences: [{kind: "
                     "ReplicaSet, name: ambassador"));
    }
    void aNeighbourIsNoFailure()
    {
        QFETCH(QByteArray, world);
        QTEST(codesIn(world).join(u' '), "codes");
    }

    // F2, F9: what the edge has loaded is what it should have.
    void anEdgeThatHasLoadedItsCertificateIsNoFailure()
    {
        const auto loaded =
            loadedBy({leafIn("/ambassador/snapshots/default/secrets-decoded/istio-certs/A.crt")});
        QVERIFY2(!codesIn(clean(), loaded).contains(u"GD-009"_s),
                 qPrintable(codesIn(clean(), loaded).join(u' ')));
    }

    // F2: what was seen before the Mapping was there, or just then, tells nothing of it.
    void anEdgeThatWasSeenBeforeItsMappingIsNoFailure_data()
    {
        QTest::addColumn<int>("seenAfter"); // the Mapping was written, in seconds
        QTest::addColumn<bool>("isFailure");
        QTest::newRow("before") << -300 << false;
        QTest::newRow("a moment after") << 3 << false;
        QTest::newRow("when it had had time") << 20 << true;
        QTest::newRow("when nobody knows when it was written") << 0 << true;
    }
    void anEdgeThatWasSeenBeforeItsMappingIsNoFailure()
    {
        QFETCH(int, seenAfter);
        QFETCH(bool, isFailure);
        models::SnapshotInput input = inputOf(clean());
        if (seenAfter != 0)
            input.objects[u"mappings"_s].first().changedAt = input.takenAt.addSecs(-60).toSecsSinceEpoch();
        input.edgeProxies = loadedBy({});
        input.edgeProxies.first().seenAt = input.takenAt.addSecs(-60 + seenAfter);
        const auto snapshot = models::makeSnapshot(input);
        const models::EdgeView view = models::viewEdge(*snapshot, *snapshot->edge({}));
        QStringList codes;
        for (const models::Finding &finding : models::edgeStartFindings(*snapshot, view))
            codes.append(finding.code);
        QCOMPARE(codes.contains(u"GD-009"_s), isFailure);
    }

    // F13: where Citadel still makes them.
    void aSecretOfCitadelThatIsThereIsNoFailure()
    {
        const QByteArray world = withoutContext()
            + context("ambassador",
                      "{secret: istio.default, secret_namespacing: false, alpn_protocols: istio}")
            + accountsSecret("default");
        QVERIFY2(!codesIn(world).contains(u"TLS-002"_s), qPrintable(codesIn(world).join(u' ')));
    }

    // F22: its webhook answers.
    void aConversionThatIsAnsweredIsNoFailure()
    {
        const QByteArray world = clean()
            + "---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: "
              "mappings.getambassador.io}\nspec: {conversion: {webhook: {clientConfig: {service: {name: "
              "emissary-apiext, "
              "namespace: emissary-system}}}}}\n"
              "---\napiVersion: v1\nkind: Service\nmetadata: {name: emissary-apiext, namespace: "
              "emissary-system}\nspec: "
              "{clusterIP: 10.96.0.60, selector: {app: apiext}, ports: [{name: https, port: 443, targetPort: "
              "8443}]}\n"
              "---\napiVersion: v1\nkind: Pod\nmetadata: {name: apiext-x, namespace: emissary-system, "
              "labels: {app: "
              "apiext}}\nspec: {containers: [{name: apiext, ports: [{containerPort: 8443}]}]}\nstatus: "
              "{phase: Running, "
              "conditions: [{type: Ready, status: 'True'}]}\n";
        QCOMPARE(codesIn(world).join(u' '), QString());
    }
};

SALLYPORT_TEST(failure_neighbours_test, FailureNeighboursTest)
#include "failure_neighbours_test.moc"
