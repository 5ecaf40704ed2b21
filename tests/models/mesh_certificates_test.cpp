// SPDX-License-Identifier: GPL-3.0-or-later
// Rows of what sidecars hold: who is asked, how pods of one identity are counted, and what is said of those that were not read.
#include "models/analysis/findings.h"
#include "models/analysis/mesh_certificates.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace {

const QDateTime now = QDateTime::fromSecsSinceEpoch(QDateTime::currentSecsSinceEpoch(), Qt::UTC);

QByteArray podYaml(const QByteArray &name, const QByteArray &workload, const QByteArray &account,
                   const QByteArray &more = "Running", bool sidecar = true)
{
    return "---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: " + name
        + "\n  namespace: shop\n  labels: {app: " + workload
        + ", pod-template-hash: abc}\n  ownerReferences: [{kind: ReplicaSet, name: " + workload
        + "-abc, controller: true}]\nspec:\n  serviceAccountName: " + account
        + "\n  containers: [{name: app, image: app}"
        + (sidecar ? ", {name: istio-proxy, image: 'istio/proxyv2:1.10.0'}" : "")
        + "]\nstatus: {phase: " + more + "}\n";
}

models::ProxyCertificates proxyOf(const QString &pod, const QString &account, qint64 left,
                                  const QString &error = {})
{
    models::ProxyCertificates proxy{u"shop"_s, pod, now, error, {}};
    models::LoadedCertificate loaded;
    loaded.path = u"<inline>"_s;
    loaded.certificate.serial = pod;
    loaded.certificate.uriNames = {u"spiffe://cluster.local/ns/shop/sa/"_s + account};
    loaded.certificate.notBefore = now.addSecs(-3600);
    loaded.certificate.notAfter = now.addSecs(left);
    if (error.isEmpty())
        proxy.certificates = {loaded};
    return proxy;
}

const QByteArray world = podYaml("orders-v1-abc-1", "orders-v1", "orders")
    + podYaml("orders-v1-abc-2", "orders-v1", "orders") + podYaml("orders-v2-abc-1", "orders-v2", "orders")
    + podYaml("cart-abc-1", "cart", "cart") + podYaml("plain-abc-1", "plain", "plain", "Running", false)
    + podYaml("job-abc-1", "job", "job", "Succeeded");

QList<models::CertificateRow> rowsOf(const QList<models::ProxyCertificates> &proxies)
{
    models::SnapshotInput input = inputOf(world + edgeYaml());
    input.meshProxies = proxies;
    QList<models::CertificateRow> rows;
    models::addMeshCertificates(rows, *models::makeSnapshot(input));
    return rows;
}

} // namespace

class MeshCertificatesTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void onePodOfEachWorkloadWithASidecarIsAsked()
    {
        QStringList names;
        for (const models::Pod &pod : models::meshPodsToAsk(*snapshotOf(world + edgeYaml())))
            names.append(pod.name);
        QCOMPARE(names.join(u' '), u"cart-abc-1 orders-v1-abc-1 orders-v2-abc-1"_s);
    }

    void podsOfOneIdentityAreOneRow()
    {
        const auto rows = rowsOf({proxyOf(u"orders-v1-abc-1"_s, u"orders"_s, 7200),
                                  proxyOf(u"orders-v2-abc-1"_s, u"orders"_s, 3600),
                                  proxyOf(u"cart-abc-1"_s, u"cart"_s, 7200)});
        QCOMPARE(rows.size(), 2);
        const models::CertificateRow &cart = rows[0];
        const models::CertificateRow &orders = rows[1];
        QCOMPARE(cart.storedIn, u"in memory, 1 pod"_s);
        QCOMPARE(orders.subject, u"spiffe://…/sa/orders"_s);
        QCOMPARE(orders.storedIn, u"in memory, 3 pods"_s);
        QCOMPARE(orders.usedBy, u"shop/orders-v1, shop/orders-v2"_s);
        QCOMPARE(orders.notAfter, now.addSecs(3600)); // the one that ends first
        QCOMPARE(orders.storedAt.name, u"orders-v2-abc-1"_s);
        QVERIFY(orders.mesh);
    }

    // Each namespace has one of that name.
    void theAccountDefaultIsNamedWithItsNamespace()
    {
        const auto rows = rowsOf({proxyOf(u"cart-abc-1"_s, u"default"_s, 7200)});
        QCOMPARE(rows.value(0).subject, u"spiffe://…/ns/shop/sa/default"_s);
    }

    void oneThatIsNotRenewedIsAFinding()
    {
        const auto findings =
            models::certificateFindings(rowsOf({proxyOf(u"cart-abc-1"_s, u"cart"_s, 60)}), now);
        QCOMPARE(findings.size(), 1);
        QCOMPARE(findings[0].code, u"CERT-007"_s);
        QCOMPARE(findings[0].evidence.value(0), u"when it ends: mutual TLS from and to shop/cart fails"_s);
    }

    void whatWasNotReadIsOneRowThatSaysWhy()
    {
        const auto rows = rowsOf({proxyOf(u"cart-abc-1"_s, u"cart"_s, 7200),
                                  proxyOf(u"orders-v1-abc-1"_s, {}, 0, u"pod a: forbidden"_s),
                                  proxyOf(u"orders-v2-abc-1"_s, {}, 0, u"pod b: forbidden"_s)});
        QCOMPARE(rows.size(), 2);
        QCOMPARE(rows[1].subject, u"sidecars of 2 workloads"_s);
        QCOMPARE(rows[1].checks, u"not looked at: pod a: forbidden"_s);
        QVERIFY(!rows[1].notAfter.isValid());
        QVERIFY(rowsOf({}).isEmpty()); // nobody was asked yet
    }
};

SALLYPORT_TEST(mesh_certificates_test, MeshCertificatesTest)
#include "mesh_certificates_test.moc"
