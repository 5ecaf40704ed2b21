// SPDX-License-Identifier: GPL-3.0-or-later
// What istiod's injector writes of metrics into a pod, by istio@1.10.0 pkg/kube/inject/webhook.go (facts integration-guide.md §5.2).
#include "app/demo/injection.h"
#include "tests/support/test_class.h"

#include <QTest>

using edge::Value;

namespace {

Value object(const QByteArray &yaml) { return edge::parseYaml(yaml.toStdString())->front(); }

void create(demo::Store &store, const char *plural, const char *group, const QByteArray &yaml)
{
    QVERIFY(store.create(*store.find(group, plural), object(yaml)));
}

} // namespace

class InjectionTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void metricsAreMergedWhereTheyMayBe_data()
    {
        QTest::addColumn<QByteArray>("annotations");
        QTest::addColumn<QByteArray>("mesh"); // its configuration
        QTest::addColumn<QByteArray>("port"); // of prometheus.io/port afterwards, "" none
        QTest::addColumn<QByteArray>("told"); // ISTIO_PROMETHEUS_ANNOTATIONS, "" none
        const QByteArray app = "prometheus.io/scrape: 'true', prometheus.io/port: '8877'";
        const QByteArray any = "trustDomain: cluster.local";
        QTest::newRow("nothing said") << QByteArray() << any << QByteArray("15020") << QByteArray();
        QTest::newRow("an application with metrics")
            << app << any << QByteArray("15020")
            << QByteArray(R"({"scrape":"true","path":"","port":"8877"})");
        QTest::newRow("the pod does not want it")
            << QByteArray(app + ", prometheus.istio.io/merge-metrics: 'false'") << any << QByteArray("8877")
            << QByteArray();
        QTest::newRow("the pod does not want it, and has none")
            << QByteArray("prometheus.istio.io/merge-metrics: 'F'") << any << QByteArray() << QByteArray();
        QTest::newRow("the mesh does not")
            << app << QByteArray("enablePrometheusMerge: false") << QByteArray("8877") << QByteArray();
        QTest::newRow("the mesh does not, the pod does")
            << QByteArray(app + ", prometheus.istio.io/merge-metrics: 'true'")
            << QByteArray("enablePrometheusMerge: false") << QByteArray("15020")
            << QByteArray(R"({"scrape":"true","path":"","port":"8877"})");
        QTest::newRow("the pod's word is none") << QByteArray("prometheus.istio.io/merge-metrics: 'no'")
                                                << any << QByteArray("15020") << QByteArray();
        QTest::newRow("it is not to be scraped")
            << QByteArray("prometheus.io/scrape: 'false', prometheus.io/port: '8877'") << any
            << QByteArray("8877") << QByteArray();
    }
    void metricsAreMergedWhereTheyMayBe()
    {
        QFETCH(QByteArray, annotations);
        QFETCH(QByteArray, mesh);
        demo::Store store;
        create(store, "namespaces", "", "{apiVersion: v1, kind: Namespace, metadata: {name: istio-system}}");
        create(
            store, "namespaces", "",
            "{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {istio-injection: enabled}}}");
        create(store, "deployments", "apps",
               "{apiVersion: apps/v1, kind: Deployment, metadata: {name: istiod, namespace: istio-system}, "
               "spec: "
               "{replicas: 1, selector: {matchLabels: {app: istiod}}, template: {metadata: {labels: {app: "
               "istiod}}, "
               "spec: {containers: [{name: discovery, image: 'istio/pilot:1.10.0'}]}}}}");
        create(store, "configmaps", "",
               ("{apiVersion: v1, kind: ConfigMap, metadata: {name: istio, namespace: istio-system}, data: "
                "{mesh: '"
                + mesh + "'}}"));
        Value pod = object(("{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: shop, annotations: {"
                            + annotations + "}}, spec: {containers: [{name: a, image: a}]}}"));
        demo::injectSidecar(store, pod);
        const Value &proxy = pod.at({"spec", "containers"}).items().back();
        QCOMPARE(proxy["name"].text(), std::string("istio-proxy"));
        std::string told;
        for (const Value &variable : proxy["env"].items()) {
            if (variable["name"].text() == "ISTIO_PROMETHEUS_ANNOTATIONS")
                told = variable["value"].text();
        }
        QTEST(QByteArray::fromStdString(told), "told");
        QTEST(QByteArray::fromStdString(pod.at({"metadata", "annotations", "prometheus.io/port"}).text()),
              "port");
    }
};

SALLYPORT_TEST(injection_test, InjectionTest)
#include "injection_test.moc"
