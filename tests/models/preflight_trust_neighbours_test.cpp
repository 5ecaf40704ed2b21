// SPDX-License-Identifier: GPL-3.0-or-later
// What lies close to the fixtures of the rows about trust, rights and the way back (X1 to X4, R1 to R5) and about clients'
// certificates (C8): worlds that nearly are the case, and the other ways to it.  Exactly these rows are found.
#include "tests/models/preflight_fixtures.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace preflight_world;

namespace {

const QString QuotePod = u"default/quote-6bc6b6bd5d-jctbh"_s;

QByteArray secret(const QByteArray &nameSpace, const QByteArray &name, const QByteArray &key,
                  const QByteArray &pem)
{
    return "apiVersion: v1\nkind: Secret\nmetadata: {name: " + name + ", namespace: " + nameSpace
        + "}\ntype: Opaque\ndata: {" + key + ": " + pem.toBase64() + "}";
}

QByteArray sidecarOf(const QByteArray &version)
{
    return "containers: [{name: app, ports: [{containerPort: 9000}]}, {name: istio-proxy, image: "
           "'istio/proxyv2:"
        + version + "'}]";
}

QByteArray monitor(const QByteArray &endpoint, const QByteArray &label = "quote")
{
    return "apiVersion: monitoring.coreos.com/v1\nkind: PodMonitor\nmetadata: {name: quote, namespace: "
           "default}\nspec: {selector: {matchLabels: {app: "
        + label + "}}, podMetricsEndpoints: [" + endpoint + "]}";
}

QByteArray owned(const QByteArray &name, const QByteArray &marks)
{
    return "apiVersion: security.istio.io/v1beta1\nkind: PeerAuthentication\nmetadata: {name: " + name
        + ", namespace: istio-system, " + marks + "}\nspec: {mtls: {mode: PERMISSIVE}}";
}

QList<Fixture> certificateFixtures()
{
    const auto seconds = [](World &world, const QString &pod, double left) {
        world.input.telemetry->certificateSeconds->insert(pod, left);
    };
    return {
        {"C8 of one that ends this very second",
         {u"C8 LIKELY Pod default/quote-6bc6b6bd5d-jctbh"_s},
         [=](World &world) { seconds(world, QuotePod, 0); }},
        {"C8 not of one with a second left", {}, [=](World &world) { seconds(world, QuotePod, 1); }},
        {"C8 not of a pod that is gone",
         {},
         [=](World &world) { seconds(world, u"default/quote-6bc6b6bd5d-gone"_s, -60); }},
        {"C8 not of a pod that has ended",
         {},
         [=](World &world) {
             QByteArray ended = podYaml("default", "once", TwoContainers, "labels: {app: once}");
             world.add(ended.replace("phase: Running", "phase: Succeeded"));
             seconds(world, u"default/once"_s, -60);
         }},
        {"C8 not of a pod of that name in another namespace",
         {},
         [=](World &world) { seconds(world, u"shop/quote-6bc6b6bd5d-jctbh"_s, -60); }},
        {"C8 not of a sidecar that could not be asked",
         {},
         [](World &world) {
             world.sidecars = {
                 {u"default"_s, u"quote-6bc6b6bd5d-jctbh"_s, takenAt, u"connection refused"_s, {}}};
         }},
        {"C8 not of a sidecar newer than istiod",
         {},
         [](World &world) {
             world.add(podYaml("default", "new", sidecarOf("1.28.0"), "labels: {app: new}"));
         }},
        {"C8 not of a sidecar whose image names no version",
         {},
         [](World &world) { world.add(podYaml("default", "own", sidecarOf("ours"), "labels: {app: own}")); }},
        {"C8 once of two pods of a workload",
         {u"C8 POSSIBLE StatefulSet default/old"_s},
         [](World &world) {
             for (const QByteArray name : {"old-1", "old-2"})
                 world.add(podYaml("default", name, sidecarOf("1.20.0"),
                                   "labels: {app: old}, ownerReferences: [{kind: StatefulSet, name: old, "
                                   "controller: true}]"));
         }},
    };
}

QList<Fixture> trustFixtures()
{
    return {
        {"X1 of a root with 29 days",
         {u"X1 BLOCKER ConfigMap default/istio-ca-root-cert data.root-cert.pem"_s},
         [](World &world) { world.add(rootMap("default", root(u"Mesh root"_s, takenAt.addDays(29)))); }},
        {"X1 not of a root with 31 days",
         {},
         [](World &world) { world.add(rootMap("default", root(u"Mesh root"_s, takenAt.addDays(31)))); }},
        {"X1 of the authority that istiod signs with",
         {u"X1 BLOCKER Secret istio-system/cacerts data.ca-cert.pem"_s},
         [](World &world) {
             world.add(secret("istio-system", "cacerts", "ca-cert.pem",
                              root(u"Intermediate"_s, takenAt.addDays(20))));
         }},
        {"X1 not of that with a year",
         {},
         [](World &world) {
             world.add(secret("istio-system", "cacerts", "ca-cert.pem",
                              root(u"Intermediate"_s, takenAt.addYears(1))));
         }},
        {"X1 not of an authority that is none of the mesh's",
         {},
         [](World &world) {
             world.add(secret("ambassador", "clients", "ca.crt", root(u"Customers"_s, takenAt.addDays(20))));
         }},
        {"X2 not of another ConfigMap that holds a root",
         {},
         [](World &world) {
             world.add(rootMap("default", root(u"Mesh root"_s, takenAt.addYears(3))));
             QByteArray other = rootMap("shop", root(u"Other root"_s, takenAt.addYears(3)));
             world.add(other.replace("name: istio-ca-root-cert", "name: my-ca-root-cert"));
         }},
        {"X3 not of a Secret with the label off",
         {},
         [](World &world) {
             world.add("apiVersion: v1\nkind: Secret\nmetadata: {name: istio-remote-secret-west, namespace: "
                       "istio-system, labels: {istio/multiCluster: 'false'}}\ndata: {west: '{900 bytes}'}");
         }},
        {"X3 not of a Secret without it",
         {},
         [](World &world) {
             world.add("apiVersion: v1\nkind: Secret\nmetadata: {name: west-kubeconfig, namespace: "
                       "istio-system}\ndata: {west: '{900 bytes}'}");
         }},
        {"X4 of that variable",
         {u"X4 LIKELY Deployment istio-system/istiod spec.template.spec.containers[discovery].env[PILOT_ENABLE_TELEMETRY_LABEL]"_s},
         [](World &world) {
             world.replace(
                 "image: 'istio/pilot:1.24.1'",
                 "image: 'istio/pilot:1.24.1', env: [{name: PILOT_ENABLE_TELEMETRY_LABEL, value: 'false'}]");
         }},
        {"X4 not of another program's variable of that name",
         {},
         [](World &world) {
             world.add(
                 "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: other, namespace: "
                 "istio-system}\nspec: {template: {spec: {containers: [{name: a, image: "
                 "'example/other:1.10.0', env: [{name: PILOT_ENABLE_TELEMETRY_LABEL, value: 'false'}]}]}}}");
         }},
        {"X4 not of the first version without the fault",
         {},
         [](World &world) { world.replace("pilot:1.24.1", "pilot:1.24.0"); }},
    };
}

QList<Fixture> wayBackFixtures()
{
    const QByteArray mutual = "scheme: https, tlsConfig: {certFile: /etc/prom-certs/cert-chain.pem}";
    return {
        {"R1 not told of some, and the others are there",
         {u"R1 not checked"_s},
         [](World &world) { world.input.rightsNotTold = u"the server does not say what pods may"_s; }},
        {"R2 of the server's own words",
         {u"R2 BLOCKER"_s},
         [](World &world) { world.input.dryRun = u"admission webhook denied the request"_s; }},
        {"R3 of Helm's mark",
         {u"-P1 INFO"_s, u"P1 INFO PeerAuthentication istio-system/default"_s,
          u"R3 LIKELY PeerAuthentication istio-system/default metadata"_s},
         [](World &world) { world.add(owned("default", "annotations: {meta.helm.sh/release-name: base}")); }},
        {"R3 of Flux as its writer",
         {u"-P1 INFO"_s, u"P1 INFO PeerAuthentication istio-system/default"_s,
          u"R3 LIKELY PeerAuthentication istio-system/default metadata"_s},
         [](World &world) {
             world.add(owned("default", "managedFields: [{manager: kustomize-controller}]"));
         }},
        {"R3 not of Flux that wrote a status",
         {u"-P1 INFO"_s, u"P1 INFO PeerAuthentication istio-system/default"_s},
         [](World &world) {
             world.add(
                 owned("default", "managedFields: [{manager: kustomize-controller, subresource: status}]"));
         }},
        {"R3 not of who wrote it by hand",
         {u"-P1 INFO"_s, u"P1 INFO PeerAuthentication istio-system/default"_s},
         [](World &world) { world.add(owned("default", "managedFields: [{manager: kubectl-edit}]")); }},
        {"R3 not of Helm's label with another value",
         {u"-P1 INFO"_s, u"P1 INFO PeerAuthentication istio-system/default"_s},
         [](World &world) {
             world.add(owned("default", "labels: {app.kubernetes.io/managed-by: platform-team}"));
         }},
        {"R4 of a scrape with a certificate of the mesh",
         {u"R4 LIKELY"_s},
         [=](World &world) { world.add(monitor("{port: http, " + mutual + "}")); }},
        {"R4 not of one to a port that is left out",
         {},
         [=](World &world) { world.add(monitor("{port: http, " + mutual + "}", "nobody")); }},
        {"R5 not where nothing changed",
         {},
         [](World &world) { world.input.changedMeanwhile = QStringList(); }},
        {"R5 of two objects",
         {u"R5 LIKELY DestinationRule shop/cart metadata.resourceVersion"_s,
          u"R5 LIKELY PeerAuthentication default/default metadata.resourceVersion"_s},
         [](World &world) {
             world.input.changedMeanwhile =
                 QStringList{u"PeerAuthentication default/default"_s, u"DestinationRule shop/cart"_s};
         }},
        {"R5 not known where nobody looked again",
         {u"R5 not checked"_s},
         [](World &world) { world.input.changedMeanwhile.reset(); }},
    };
}

QList<Fixture> all() { return certificateFixtures() + trustFixtures() + wayBackFixtures(); }

} // namespace

class PreflightTrustNeighboursTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void eachHasItsRowsAndNoOther_data() { addRowsOf(all()); }
    void eachHasItsRowsAndNoOther()
    {
        QFETCH(int, index);
        QCOMPARE(whyNotAsExpected(all()[index]), QString());
    }
};

SALLYPORT_TEST(preflight_trust_neighbours_test, PreflightTrustNeighboursTest)
#include "preflight_trust_neighbours_test.moc"
