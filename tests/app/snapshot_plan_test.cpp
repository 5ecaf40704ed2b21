// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/snapshot_plan.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace {

// "getambassador.io/v2 mappings Mapping"
kube::ApiCatalog catalogOf(const QStringList &lines)
{
    kube::ApiCatalog catalog;
    for (const QString &line : lines) {
        const QStringList words = line.split(u' ');
        const bool isCore = !words[0].contains(u'/');
        kube::ApiResource resource;
        resource.type = {isCore ? QString() : words[0].section(u'/', 0, 0), words[0].section(u'/', -1),
                         words[1], words[2], true};
        catalog.resources.append(resource);
    }
    return catalog;
}

QList<kube::Object> deploymentsOf(const QString &image)
{
    kube::Object deployment;
    deployment.json = QByteArray("{'spec':{'template':{'spec':{'containers':[{'image':'istio/"
                                 "proxyv2:1.10.0'},{'image':'IMAGE'}]}}}}")
                          .replace('\'', '"')
                          .replace("IMAGE", image.toUtf8());
    return {deployment};
}

} // namespace

class SnapshotPlanTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void theImageTellsTheGeneration_data()
    {
        QTest::addColumn<QString>("image");
        QTest::addColumn<bool>("isEdge");
        QTest::addColumn<bool>("isFirst");
        QTest::newRow("AES 1.11") << u"docker.io/datawire/aes:1.11.2"_s << true << true;
        QTest::newRow("a registry with a port") << u"registry:5000/aes:1.14.4"_s << true << true;
        QTest::newRow("Emissary 3.9") << u"docker.io/emissaryingress/emissary:3.9.1"_s << true << false;
        QTest::newRow("something else") << u"nginx:1.11.2"_s << false << false;
    }
    void theImageTellsTheGeneration()
    {
        QFETCH(QString, image);
        QFETCH(bool, isEdge);
        QFETCH(bool, isFirst);
        const QList<kube::Object> deployments = deploymentsOf(image);
        QCOMPARE(app::hasEdge(deployments.constFirst()), isEdge);
        QCOMPARE(app::readsFirstGeneration(deployments), isFirst);
        kube::Object broken;
        broken.json = "<html>";
        QVERIFY(!app::hasEdge(broken));
    }

    // What the compiler reads is read from a cluster, too, and not for checks alone.
    void theEdgesWholeConfigurationIsRead()
    {
        const auto kinds = [](bool isFirst) {
            QStringList all;
            for (const kube::ResourceType &type : app::ambassadorTypes(nullptr, isFirst))
                all.append(type.kind);
            all.sort();
            return all;
        };
        QStringList expected{u"AuthService"_s,
                             u"ConsulResolver"_s,
                             u"Host"_s,
                             u"Ingress"_s,
                             u"IngressClass"_s,
                             u"KubernetesEndpointResolver"_s,
                             u"KubernetesServiceResolver"_s,
                             u"Listener"_s,
                             u"LogService"_s,
                             u"Mapping"_s,
                             u"Module"_s,
                             u"RateLimitService"_s,
                             u"TCPMapping"_s,
                             u"TLSContext"_s,
                             u"TracingService"_s};
        QCOMPARE(kinds(false), expected);
        expected.removeOne(u"Listener"_s);
        QCOMPARE(kinds(true), expected);
    }

    // What the open edition has not is no failed request there.
    void whatEdgeStackAddsIsReadWhereItIsServed()
    {
        const auto kinds = [](const QStringList &served) {
            const kube::ApiCatalog catalog = catalogOf(served);
            QStringList all;
            for (const kube::ResourceType &type : app::ambassadorTypes(&catalog, false))
                all.append(type.apiVersion() + u' ' + type.plural);
            return all;
        };
        const QString mappings = u"getambassador.io/v3alpha1 mappings"_s;
        QCOMPARE(kinds({mappings + u" Mapping"_s}), QStringList{mappings});
        QCOMPARE(
            kinds({mappings + u" Mapping"_s, u"getambassador.io/v2 filterpolicies FilterPolicy"_s,
                   u"getambassador.io/v3alpha1 filterpolicies FilterPolicy"_s,
                   u"getambassador.io/v1beta2 filters Filter"_s,
                   u"getambassador.io/v2 ratelimits RateLimit"_s,
                   u"getambassador.io/v3alpha1 devportals DevPortal"_s,
                   u"getambassador.io/v2 projects Project"_s,
                   u"gateway.getambassador.io/v1alpha1 filters Filter"_s}),
            QStringList({mappings, u"getambassador.io/v1beta2 filters"_s,
                         u"getambassador.io/v3alpha1 filterpolicies"_s, u"getambassador.io/v2 ratelimits"_s,
                         u"getambassador.io/v3alpha1 devportals"_s, u"getambassador.io/v2 projects"_s}));
    }

    void theVersionIsOursAmongThoseThatAreServed_data()
    {
        QTest::addColumn<QStringList>("served");
        QTest::addColumn<bool>("isFirst");
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("apiVersion"); // "": it is not read
        const QStringList both{u"getambassador.io/v2 mappings Mapping"_s,
                               u"getambassador.io/v3alpha1 mappings Mapping"_s,
                               u"getambassador.io/v3alpha1 listeners Listener"_s};
        const QStringList old{u"getambassador.io/v1 mappings Mapping"_s,
                              u"getambassador.io/v2 mappings Mapping"_s};
        QTest::newRow("an edge of 1.x reads v2") << both << true << u"Mapping"_s << u"getambassador.io/v2"_s;
        QTest::newRow("a newer one v3alpha1, though v2 is listed first")
            << both << false << u"Mapping"_s << u"getambassador.io/v3alpha1"_s;
        QTest::newRow("an old API with a new edge")
            << old << false << u"Mapping"_s << u"getambassador.io/v2"_s;
        QTest::newRow("a version that came after this program")
            << QStringList{u"getambassador.io/v4 mappings Mapping"_s} << false << u"Mapping"_s
            << u"getambassador.io/v4"_s;
        QTest::newRow("kind by kind: no Listener for 1.x") << both << true << u"Listener"_s << QString();
        QTest::newRow("Listeners for newer ones")
            << both << false << u"Listener"_s << u"getambassador.io/v3alpha1"_s;
        QTest::newRow("nothing of Ambassador") << QStringList() << true << u"Mapping"_s << QString();
        QTest::newRow("Istio 1.4's DestinationRules")
            << QStringList{u"networking.istio.io/v1alpha3 destinationrules DestinationRule"_s} << true
            << u"DestinationRule"_s << u"networking.istio.io/v1alpha3"_s;
        QTest::newRow("Istio 1.4's policies")
            << QStringList{u"authentication.istio.io/v1alpha1 meshpolicies MeshPolicy"_s} << true
            << u"MeshPolicy"_s << u"authentication.istio.io/v1alpha1"_s;
        QTest::newRow("cert-manager's Certificates")
            << QStringList{u"cert-manager.io/v1 certificates Certificate"_s} << false << u"Certificate"_s
            << u"cert-manager.io/v1"_s;
        QTest::newRow("which are not asked for where there is no cert-manager")
            << both << false << u"Certificate"_s << QString();
        QTest::newRow("which others do not have") << QStringList() << true << u"MeshPolicy"_s << QString();
        QTest::newRow("Istio that has only v1")
            << QStringList{u"security.istio.io/v1 peerauthentications PeerAuthentication"_s} << false
            << u"PeerAuthentication"_s << u"security.istio.io/v1"_s;
        QTest::newRow("CronJobs of Kubernetes 1.15")
            << QStringList{u"batch/v1 jobs Job"_s, u"batch/v1beta1 cronjobs CronJob"_s} << true
            << u"CronJob"_s << u"batch/v1beta1"_s;
        QTest::newRow("definitions of Kubernetes 1.15")
            << QStringList{u"apiextensions.k8s.io/v1beta1 customresourcedefinitions CustomResourceDefinition"_s}
            << true << u"CustomResourceDefinition"_s << u"apiextensions.k8s.io/v1beta1"_s;
        QTest::newRow("what every cluster has is asked for")
            << QStringList() << true << u"PeerAuthentication"_s << u"security.istio.io/v1beta1"_s;
        QTest::newRow("nothing we read") << both << true << u"Node"_s << QString();
    }
    void theVersionIsOursAmongThoseThatAreServed()
    {
        QFETCH(QStringList, served);
        QFETCH(bool, isFirst);
        QFETCH(QString, kind);
        QFETCH(QString, apiVersion);
        const kube::ApiCatalog catalog = catalogOf(served);
        const auto type = app::typeOfKind(&catalog, kind, isFirst);
        QCOMPARE(type ? type->apiVersion() : QString(), apiVersion);
        if (type)
            QVERIFY2(app::groupsRead().contains(type->group), qPrintable(type->group));
    }

    void whatSomebodyNamesIsReadAsTheRest_data()
    {
        QTest::addColumn<QString>("named"); // as the server lists it first
        QTest::addColumn<QString>("read");
        QTest::newRow("a Mapping") << u"getambassador.io/v2 mappings"_s << u"getambassador.io/v3alpha1"_s;
        QTest::newRow("what Edge Stack adds")
            << u"getambassador.io/v2 filters"_s << u"getambassador.io/v3alpha1"_s;
        QTest::newRow("Istio's Gateway")
            << u"networking.istio.io/v1 gateways"_s << u"networking.istio.io/v1beta1"_s;
        QTest::newRow("the other Gateway")
            << u"gateway.networking.k8s.io/v1beta1 gateways"_s << u"gateway.networking.k8s.io/v1"_s;
        QTest::newRow("what is not read") << u"example.org/v2 things"_s << u"example.org/v2"_s;
        QTest::newRow("of the core") << u"v1 services"_s << u"v1"_s;
    }
    void whatSomebodyNamesIsReadAsTheRest()
    {
        QFETCH(const QString, named);
        QFETCH(const QString, read);
        const kube::ApiCatalog catalog = catalogOf(
            {u"v1 services Service"_s, u"getambassador.io/v2 mappings Mapping"_s,
             u"getambassador.io/v1 mappings Mapping"_s, u"getambassador.io/v3alpha1 mappings Mapping"_s,
             u"getambassador.io/v2 filters Filter"_s, u"getambassador.io/v3alpha1 filters Filter"_s,
             u"networking.istio.io/v1 gateways Gateway"_s, u"networking.istio.io/v1beta1 gateways Gateway"_s,
             u"gateway.networking.k8s.io/v1beta1 gateways Gateway"_s,
             u"gateway.networking.k8s.io/v1 gateways Gateway"_s, u"example.org/v2 things Thing"_s,
             u"example.org/v1 things Thing"_s});
        const auto first = catalogOf({named + u" Kind"_s}).resources.constFirst().type;
        const auto found = std::find_if(
            catalog.resources.cbegin(), catalog.resources.cend(), [&first](const kube::ApiResource &each) {
                return each.type.apiVersion() == first.apiVersion() && each.type.plural == first.plural;
            });
        QVERIFY(found != catalog.resources.cend());
        QCOMPARE(app::asWeRead(catalog, *found).type.apiVersion(), read);
        QCOMPARE(app::asWeRead(catalog, *found).type.plural, first.plural);
    }

    void withoutDiscoveryTheBestVersionIsTried()
    {
        QCOMPARE(app::typeOfKind(nullptr, u"Mapping"_s, true)->version, u"v2"_s);
        QCOMPARE(app::typeOfKind(nullptr, u"Mapping"_s, false)->version, u"v3alpha1"_s);
        QVERIFY(!app::typeOfKind(nullptr, u"MeshPolicy"_s, false));
    }
};

SALLYPORT_TEST(snapshot_plan_test, SnapshotPlanTest)
#include "snapshot_plan_test.moc"
