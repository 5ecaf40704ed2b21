// SPDX-License-Identifier: GPL-3.0-or-later
// Citadel's Secret as files of the edge's container, as the guide of 1.3 has it: whose certificate that is, and whether a sidecar
// takes it.
#include "models/analysis/edge_identity.h"
#include "tests/kube/test_authority.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace {

const QByteArray Mount =
    "        volumeMounts: [{name: citadel, mountPath: /etc/istiocerts/, readOnly: true}]\n";
const QByteArray Volume =
    "      volumes: [{name: citadel, secret: {secretName: istio.default, optional: true}}]\n";
const QByteArray Ports =
    "        ports: [{name: http, containerPort: 8080}, {name: https, containerPort: 8443}, {name: admin, "
    "containerPort: 8877}]\nstatus";

QByteArray world(const QByteArray &mount, const QByteArray &volume)
{
    QByteArray edge = edgeYaml();
    edge.replace("aes:1.11.2", "aes:1.3.2")
        .replace(Ports, QByteArray(Ports).replace("status", QByteArray(mount + volume + "status")));
    return edge + quoteYaml(true)
        + "---\napiVersion: authentication.istio.io/v1alpha1\nkind: MeshPolicy\nmetadata: {name: "
          "default}\nspec: {peers: [{mtls: "
          "{}}]}\n"
          "---\napiVersion: getambassador.io/v2\nkind: TLSContext\nmetadata: {name: istio-upstream, "
          "namespace: ambassador}\nspec: "
          "{cert_chain_file: /etc/istiocerts/cert-chain.pem, private_key_file: /etc/istiocerts/key.pem, "
          "cacert_chain_file: "
          "/etc/istiocerts/root-cert.pem, alpn_protocols: istio}\n"
          "---\napiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: quote-backend, namespace: "
          "default}\nspec: "
          "{prefix: /backend/, service: 'quote:80', tls: istio-upstream}\n";
}

QByteArray secret(int days, const QByteArray &name = "istio.default")
{
    CertificateWish wish;
    wish.names = {u"URI:spiffe://cluster.local/ns/ambassador/sa/default"_s};
    wish.notBefore = QDateTime(QDate(2026, 1, 1), QTime(0, 0), Qt::UTC);
    wish.notAfter = QDateTime(QDate(2026, 11, 25), QTime(12, 0), Qt::UTC).addDays(days);
    return "---\napiVersion: v1\nkind: Secret\nmetadata: {name: " + name
        + ", namespace: ambassador}\ntype: istio.io/key-and-cert\ndata: {cert-chain.pem: "
        + TestAuthority(u"Mesh"_s).issue(wish).certificate.toBase64() + ", key.pem: '{1704 bytes}'}\n";
}

} // namespace

class MountedCertificateTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void theMountedSecretIsTheCertificate_data()
    {
        QTest::addColumn<QByteArray>("yaml");
        QTest::addColumn<bool>("areSecretsRead");
        QTest::addColumn<models::Hop::Security>("security");
        QTest::addColumn<QString>("because");  // a part of it
        QTest::addColumn<QString>("identity"); // "none" it is not known
        using Security = models::Hop::Security;
        const QByteArray mounted = world(Mount, Volume);
        const QString account = u"cluster.local/ns/ambassador/sa/default"_s;
        QTest::newRow("Citadel's")
            << mounted + secret(80) << true << Security::MutualTls
            << u"with the certificate /etc/istiocerts/cert-chain.pem; the sidecar is STRICT"_s << account;
        QTest::newRow("ended") << mounted + secret(-1) << true << Security::Broken
                               << u"Secret ambassador/istio.default ended on 2026-11-24"_s << account;
        QTest::newRow("not there")
            << mounted << true << Security::Broken
            << u"Secret ambassador/istio.default, which is mounted there, is not there"_s << u"none"_s;
        QTest::newRow("Secrets were not read") << mounted + secret(80) << false << Security::MutualTls
                                               << u"no object tells who writes it"_s << u"none"_s;
        QTest::newRow("mounted elsewhere")
            << world(QByteArray(Mount).replace("/etc/istiocerts/", "/etc/other/"), Volume) + secret(80)
            << true << Security::MutualTls << u"no object tells who writes it"_s << u"none"_s;
        QTest::newRow("another volume")
            << world(Mount, QByteArray(Volume).replace("name: citadel", "name: other")) + secret(80) << true
            << Security::MutualTls << u"no object tells who writes it"_s << u"none"_s;
        QTest::newRow("no volume") << world({}, {}) + secret(80) << true << Security::MutualTls
                                   << u"no object tells who writes it"_s << u"none"_s;
    }
    void theMountedSecretIsTheCertificate()
    {
        QFETCH(QByteArray, yaml);
        QFETCH(bool, areSecretsRead);
        QFETCH(QString, because);
        models::SnapshotInput input = oldMeshOf(yaml);
        if (!areSecretsRead)
            input = withoutKind(input, u"secrets"_s);
        const auto snapshot = models::makeSnapshot(input);
        const models::EdgeView view = models::viewEdge(*snapshot, *snapshot->edge({}));
        const auto verdict = view.mappings.value(u"default/quote-backend"_s);
        QVERIFY(verdict && !verdict->hops.isEmpty());
        const models::Hop *toSidecar = nullptr;
        for (const models::Hop &hop : verdict->hops) {
            if (hop.from == "edge"_L1)
                toSidecar = &hop;
        }
        QVERIFY(toSidecar);
        QTEST(toSidecar->security, "security");
        QVERIFY2(toSidecar->because.contains(because), qPrintable(toSidecar->because));
        QTEST(models::edgeIdentity(*snapshot, view, *verdict).value_or(u"none"_s), "identity");
    }
};

SALLYPORT_TEST(mounted_certificate_test, MountedCertificateTest)
#include "mounted_certificate_test.moc"
