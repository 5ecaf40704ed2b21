// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/findings.h"
#include "tests/kube/test_authority.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace {

const QDateTime now = QDateTime::fromSecsSinceEpoch(QDateTime::currentSecsSinceEpoch(), Qt::UTC);
const QString decoded = u"/ambassador/snapshots/default/secrets-decoded/"_s;

const QByteArray mapping = "---\napiVersion: getambassador.io/v2\nkind: Mapping\n"
                           "metadata: {name: quote-backend, namespace: default}\n"
                           "spec: {prefix: /backend/, service: quote, tls: istio-upstream}\n";

models::LoadedCertificate loadedOf(const QString &path, const QString &serial, qint64 lived, qint64 left)
{
    models::LoadedCertificate loaded;
    loaded.path = path;
    loaded.certificate.serial = serial;
    loaded.certificate.uriNames = {u"spiffe://cluster.local/ns/ambassador/sa/ambassador"_s};
    loaded.certificate.notBefore = now.addSecs(-lived);
    loaded.certificate.notAfter = now.addSecs(left);
    return loaded;
}

// The rows of a world whose edge pod answered this; podOf: the pod's name as the world has it.
QList<models::CertificateRow>
rowsWith(const QByteArray &world, const QList<models::LoadedCertificate> &loaded, const QString &error = {})
{
    models::SnapshotInput input = inputOf(world);
    const auto first = models::makeSnapshot(input);
    for (const models::Pod &pod : first->pods) {
        if (models::isPodOf(pod, first->edges.first()))
            input.edgeProxies.append({pod.nameSpace, pod.name, now, error, loaded});
    }
    const auto snapshot = models::makeSnapshot(input);
    return models::certificateRows(*snapshot, models::viewEdge(*snapshot, *snapshot->edge({})), {});
}

// An edge whose TLSContext shows what the Secret edge-tls holds.
QByteArray servingYaml(const QByteArray &pem)
{
    return edgeYaml()
        + "---\napiVersion: v1\nkind: Secret\nmetadata: {name: edge-tls, namespace: ambassador}\n"
          "type: kubernetes.io/tls\ndata: {tls.crt: "
        + pem.toBase64()
        + ", tls.key: '{1704 bytes}'}\n"
          "---\napiVersion: getambassador.io/v2\nkind: TLSContext\nmetadata: {name: api, namespace: "
          "ambassador}\n"
          "spec: {hosts: [api.example], secret: edge-tls}\n";
}

const models::CertificateRow *find(const QList<models::CertificateRow> &rows, const QString &part)
{
    for (const models::CertificateRow &row : rows) {
        if (row.key.contains(part))
            return &row;
    }
    return nullptr;
}

} // namespace

class LoadedCertificatesTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void theMeshsCertificateCountsDownAsLoaded()
    {
        const QByteArray world = edgeWithCertsYaml() + quoteYaml(true) + istioUpstreamYaml() + mapping;
        const auto rows = rowsWith(world, {loadedOf(decoded + u"istio-certs/AB.crt"_s, u"0a"_s, 3600, 7200)});
        const models::CertificateRow *row = find(rows, u"istio-certs"_s);
        QVERIFY(row);
        QCOMPARE(row->notAfter, now.addSecs(7200));
        QCOMPARE(row->subject, u"istio-certs (edge)"_s);
        QVERIFY(row->storedIn.startsWith(u"files in pod ambassador-"_s));
        QCOMPARE(row->usedBy, u"Mapping default/quote-backend"_s);
        QCOMPARE(row->storedAt.kind, u"Pod"_s);
        QCOMPARE(row->blastRadius.size(), 1);
        QVERIFY(row->mesh);
        QCOMPARE(row->checks, u"loaded"_s);
    }

    void oneThatWasNotRenewedIsAFinding()
    {
        const QByteArray world = edgeWithCertsYaml() + quoteYaml(true) + istioUpstreamYaml() + mapping;
        const auto rows =
            rowsWith(world, {loadedOf(decoded + u"istio-certs/AB.crt"_s, u"0a"_s, 23 * 3600, 1800)});
        const QList<models::Finding> findings = models::certificateFindings(rows, now);
        QCOMPARE(findings.size(), 1);
        QCOMPARE(findings[0].code, u"CERT-007"_s);
        QCOMPARE(findings[0].subject.kind, u"Pod"_s);
    }

    void whyNothingIsKnownIsSaid_data()
    {
        QTest::addColumn<bool>("isAsked");
        QTest::addColumn<QString>("error");
        QTest::addColumn<QString>("checks");
        QTest::newRow("nobody asked") << false << QString() << u"not looked at: it is no API object"_s;
        QTest::newRow("asked, not loaded")
            << true << QString() << u"not loaded by the edge: no Mapping goes out with it"_s;
        QTest::newRow("forbidden") << true << u"pod a/b, port 8001: forbidden"_s
                                   << u"not looked at: pod a/b, port 8001: forbidden"_s;
    }
    void whyNothingIsKnownIsSaid()
    {
        QFETCH(bool, isAsked);
        QFETCH(QString, error);
        QFETCH(QString, checks);
        const QByteArray world = edgeWithCertsYaml();
        const auto snapshot = snapshotOf(world);
        const auto rows = isAsked
            ? rowsWith(world, {}, error)
            : models::certificateRows(*snapshot, models::viewEdge(*snapshot, *snapshot->edge({})), {});
        const models::CertificateRow *row = find(rows, u"istio-certs"_s);
        QVERIFY(row);
        QCOMPARE(row->checks, checks);
        QVERIFY(!row->notAfter.isValid());
    }

    // The edge goes on with what it loaded for some seconds after somebody stores an ended one; the ended one is the trouble.
    void theWorseOfStoredAndLoadedIsTheFinding_data()
    {
        QTest::addColumn<qint64>("left");
        QTest::addColumn<QString>("code");
        QTest::newRow("an ended one is stored") << qint64(-86400) << u"CERT-001"_s;
        QTest::newRow("one with six days is stored") << qint64(6 * 86400) << u"CERT-002"_s;
        QTest::newRow("one with half a year is stored") << qint64(180 * 86400) << u"CERT-010"_s;
    }
    void theWorseOfStoredAndLoadedIsTheFinding()
    {
        QFETCH(qint64, left);
        QFETCH(QString, code);
        CertificateWish wish;
        wish.names = {u"DNS:api.example"_s};
        wish.notBefore = now.addDays(-200);
        wish.notAfter = now.addSecs(left);
        const QByteArray world = servingYaml(TestAuthority(u"Root"_s).issue(wish).certificate);
        const auto rows = rowsWith(world, {loadedOf(decoded + u"edge-tls/AB.crt"_s, u"77"_s, 60, 86400)});
        QStringList codes;
        for (const models::Finding &finding : models::certificateFindings(rows, now)) {
            if (finding.subject.name == "edge-tls"_L1)
                codes.append(finding.code);
        }
        QCOMPARE(codes.join(u' '), code);
    }

    void storedAndLoadedAreCompared_data()
    {
        QTest::addColumn<bool>("isSame");
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("code");
        QTest::newRow("the same") << true << u"edge-tls"_s << QString();
        QTest::newRow("another under its name") << false << u"edge-tls"_s << u"CERT-010"_s;
        QTest::newRow("another, with the namespace in the file's name")
            << false << u"edge-tls.ambassador"_s << u"CERT-010"_s;
        QTest::newRow("another Secret's") << false << u"other"_s << QString();
    }
    void storedAndLoadedAreCompared()
    {
        QFETCH(bool, isSame);
        QFETCH(QString, file);
        QFETCH(QString, code);
        CertificateWish wish;
        wish.names = {u"DNS:api.example"_s};
        wish.notBefore = now.addSecs(-60);
        wish.notAfter = now.addDays(90);
        const QByteArray pem = TestAuthority(u"Root"_s).issue(wish).certificate;
        const auto chain = kube::readPem(pem);
        QVERIFY(chain);
        const auto rows = rowsWith(
            servingYaml(pem),
            {loadedOf(decoded + file + u"/AB.crt"_s, isSame ? chain->first().serial : u"77"_s, 60, 86400)});
        const models::CertificateRow *row = find(rows, u"ambassador/edge-tls/tls.crt"_s);
        QVERIFY(row);
        QCOMPARE(row->faultCode, code);
        QCOMPARE(row->checks.contains(u"loaded = stored"_s), isSame);
        QCOMPARE(row->checks.contains(u"serial 77"_s), !code.isEmpty());
    }
};

SALLYPORT_TEST(loaded_certificates_test, LoadedCertificatesTest)
#include "loaded_certificates_test.moc"
