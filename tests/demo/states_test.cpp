// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/demo/demo_world.h"
#include "tests/support/test_class.h"

#include <QTest>

#include <algorithm>

using namespace Qt::StringLiterals;

class StatesTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        if (const QString why = DemoWorld::missingPeer(); !why.isEmpty())
            QSKIP(qPrintable(why));
    }

    void guideDoneServesQuoteByMutualTlsFromTheStart()
    {
        demo::DemoOptions options;
        options.state = "guide-done";
        DemoWorld world(options);
        QVERIFY2(world.start(), qPrintable(world.error()));
        HttpSeen seen;
        const QString url = world.ready().edgeHttp + u"/backend/"_s;
        QTRY_VERIFY2_WITH_TIMEOUT((seen = world.get(url)).status == 200, seen.body.constData(), 15'000);
        QVERIFY(seen.body.contains("\"quote\""));
        const QString pods = world.kubectl({u"get"_s, u"pods"_s, u"-A"_s});
        QVERIFY2(pods.count(u"2/2"_s) >= 5, qPrintable(pods)); // the edge, quote, cart, two of orders
        world.kubectl({u"patch"_s, u"mapping"_s, u"quote-backend"_s, u"--type"_s, u"merge"_s, u"-p"_s,
                       uR"({"spec":{"tls":null}})"_s});
        QTRY_VERIFY2_WITH_TIMEOUT((seen = world.get(url)).status == 503, seen.body.constData(),
                                  15'000); // STRICT
    }

    void podsRunOnceItSaysReady()
    {
        demo::DemoOptions options;
        options.state = "guide-done";
        DemoWorld world(options);
        QVERIFY2(world.start(), qPrintable(world.error()));
        const QString deployments = world.kubectl({u"get"_s, u"deployments"_s, u"-A"_s, u"--no-headers"_s});
        QVERIFY2(deployments.count(u'\n') >= 8, qPrintable(deployments));
        for (const QString &line : deployments.split(u'\n', Qt::SkipEmptyParts)) {
            const QStringList ready = line.simplified().section(u' ', 2, 2).split(u'/');
            if (!line.contains(u" prometheus "_s)) // a program of its own; it may still be starting
                QVERIFY2(ready.size() == 2 && ready[0] == ready[1], qPrintable(line));
        }
    }

    // Of the class ambassador: the edge serves it as it serves Mappings, and no longer once it is gone.
    void theEdgeServesIngresses()
    {
        demo::DemoOptions options;
        options.state = "guide-done";
        DemoWorld world(options);
        QVERIFY2(world.start(), qPrintable(world.error()));
        const QString url = world.ready().edgeHttp + u"/ingress/"_s;
        const QStringList host{u"Host: ing.example.com"_s};
        QVERIFY(world.apply(
            u"apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: ing, namespace: front, "
            u"annotations: "
            "{kubernetes.io/ingress.class: ambassador}}\nspec: {rules: [{host: ing.example.com, http: "
            "{paths: "
            "[{path: /ingress/, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]}\n"_s));
        HttpSeen seen;
        QTRY_VERIFY2_WITH_TIMEOUT((seen = world.get(url, host)).status == 200, seen.body.constData(), 15'000);
        QCOMPARE(world.get(url).status, 404);
        world.kubectl({u"delete"_s, u"ingress"_s, u"ing"_s, u"-n"_s, u"front"_s});
        QTRY_VERIFY2_WITH_TIMEOUT((seen = world.get(url, host)).status == 404, seen.body.constData(), 15'000);
    }

    // What the controllers did is in events, as in a real cluster.
    void aRolloutIsInEvents()
    {
        demo::DemoOptions options;
        options.state = "guide-done";
        DemoWorld world(options);
        QVERIFY2(world.start(), qPrintable(world.error()));
        world.kubectl({u"rollout"_s, u"restart"_s, u"deployment/cart"_s, u"-n"_s, u"shop"_s});
        QCOMPARE(world.code, 0);
        world.kubectl(
            {u"rollout"_s, u"status"_s, u"deployment/cart"_s, u"-n"_s, u"shop"_s, u"--timeout=30s"_s});
        QCOMPARE(world.code, 0);
        QString events;
        const auto has = [&](const QStringList &reasons) {
            events = world.kubectl({u"get"_s, u"events"_s, u"-n"_s, u"shop"_s});
            return std::all_of(reasons.begin(), reasons.end(),
                               [&](const QString &reason) { return events.contains(reason); });
        };
        QTRY_VERIFY2_WITH_TIMEOUT(has({u" Scheduled "_s, u" Pulled "_s, u" Created "_s, u" Started "_s,
                                       u" Killing "_s, u" SuccessfulCreate "_s, u" SuccessfulDelete "_s,
                                       u"Scaled down replica set cart-"_s, u"Stopping container cart"_s}),
                                  qPrintable(events), 15'000);
    }

    // kubectl goes by the revision of each ReplicaSet: the one that is taken again becomes the newest.
    void aRolloutIsUndone()
    {
        DemoWorld world;
        QVERIFY2(world.start(), qPrintable(world.error()));
        const auto run = [&world](const QString &words) {
            return world.kubectl(QStringList{u"-n"_s, u"shop"_s} + words.split(u' '));
        };
        const auto revisions = [&run] {
            QStringList numbers;
            for (const QString &line :
                 run(u"rollout history deployment/cart"_s).split(u'\n', Qt::SkipEmptyParts)) {
                if (line.front().isDigit())
                    numbers << line.section(u' ', 0, 0);
            }
            return numbers.join(u',');
        };
        const auto has = [&run](const QString &image, const QString &sets, const QString &revision) {
            return run(u"get deployment cart -o jsonpath={.spec.template.spec.containers[0].image}"_s)
                == image
                && run(u"get rs -l app=cart -o name"_s).count(u"replicaset"_s) == sets.toInt()
                && run(u"get deployment cart -o jsonpath={.metadata.annotations.deployment\\.kubernetes\\.io/revision}"_s)
                == revision;
        };
        const QString image =
            run(u"get deployment cart -o jsonpath={.spec.template.spec.containers[0].image}"_s);
        const QString container =
            run(u"get deployment cart -o jsonpath={.spec.template.spec.containers[0].name}"_s);
        QCOMPARE(revisions(), u"1"_s);
        run(u"set image deployment/cart "_s + container + u"=nosuch:1"_s);
        QTRY_COMPARE_WITH_TIMEOUT(revisions(), u"1,2"_s, 15'000);
        QVERIFY(has(u"nosuch:1"_s, u"2"_s, u"2"_s));
        run(u"annotate deployment/cart kubernetes.io/change-cause=broken"_s);
        const auto causes = [&run] { return run(u"rollout history deployment/cart"_s).simplified(); };
        QTRY_VERIFY2_WITH_TIMEOUT(causes().endsWith(u"1 <none> 2 broken"_s), qPrintable(causes()), 15'000);
        run(u"rollout undo deployment/cart"_s);
        QCOMPARE(world.code, 0);
        QTRY_COMPARE_WITH_TIMEOUT(revisions(), u"2,3"_s, 15'000);
        QVERIFY2(causes().endsWith(u"2 broken 3 <none>"_s), qPrintable(causes()));
        QTRY_VERIFY_WITH_TIMEOUT(has(image, u"2"_s, u"3"_s), 15'000);
        run(u"rollout status deployment/cart --timeout=30s"_s);
        QCOMPARE(world.code, 0);
        run(u"rollout undo deployment/cart"_s); // back again
        QTRY_COMPARE_WITH_TIMEOUT(revisions(), u"3,4"_s, 15'000);
        QVERIFY(has(u"nosuch:1"_s, u"2"_s, u"4"_s));
    }

    // A container beside it may run: the pod is Pending all the same.
    void aPodWithoutItsImageIsPending()
    {
        DemoWorld world;
        QVERIFY2(world.start(), qPrintable(world.error()));
        const auto run = [&world](const QString &words) {
            return world.kubectl(QStringList{u"-n"_s, u"front"_s} + words.split(u' '));
        };
        QVERIFY(world.apply(
            u"apiVersion: v1\nkind: Pod\nmetadata: {name: half, namespace: front}\nspec: {containers: "
            u"[{name: "
            "missing, image: 'nosuch:1'}, {name: there, image: 'docker.io/datawire/quote:0.5.0'}]}\n"_s));
        const auto shown = [&run](const QString &path) {
            return run(u"get pod half -o jsonpath={.status.%1}"_s.arg(path));
        };
        QTRY_COMPARE_WITH_TIMEOUT(shown(u"containerStatuses[?(@.name==\"there\")].ready"_s), u"true"_s,
                                  15'000);
        QCOMPARE(shown(u"phase"_s), u"Pending"_s);
        const QString missing = u"containerStatuses[?(@.name==\"missing\")]"_s;
        QCOMPARE(shown(missing + u".imageID"_s), QString());
        QCOMPARE(shown(missing + u".ready"_s), u"false"_s);
        QVERIFY(run(u"get pods"_s).contains(u"ImagePullBackOff"_s));
        const QString logs = run(u"logs half -c missing"_s);
        QVERIFY2(logs.contains(u"container \"missing\" in pod \"half\" is waiting to start: trying and "
                               "failing to pull image"_s),
                 qPrintable(logs));
        run(u"logs half -c there"_s);
        QCOMPARE(world.code, 0);
    }

    // An operator looks there first: what each container really did.
    void everyContainerHasALog()
    {
        demo::DemoOptions options;
        options.state = "guide-done";
        DemoWorld world(options);
        QVERIFY2(world.start(), qPrintable(world.error()));
        QTRY_COMPARE_WITH_TIMEOUT(world.get(world.ready().edgeHttp + u"/backend/"_s).status, 200, 15'000);
        const QString pods = world.kubectl(
            {u"get"_s, u"pods"_s, u"-A"_s, u"-o"_s,
             u"jsonpath={range .items[*]}{.metadata.namespace}/{.metadata.name}:{.spec.containers[*].name}{\"\\n\"}{end}"_s});
        int containers = 0;
        for (const QString &line : pods.split(u'\n', Qt::SkipEmptyParts)) {
            const QString pod = line.section(u':', 0, 0);
            for (const QString &container : line.section(u':', 1).split(u' ', Qt::SkipEmptyParts)) {
                const QStringList logs{u"logs"_s, u"-n"_s,  pod.section(u'/', 0, 0), pod.section(u'/', 1),
                                       u"-c"_s,   container};
                QTRY_VERIFY2_WITH_TIMEOUT(!world.kubectl(logs).trimmed().isEmpty() && world.code == 0,
                                          qPrintable(line + u' ' + container), 15'000);
                ++containers;
            }
        }
        QVERIFY2(containers >= 12, qPrintable(pods));
        const auto logOf = [&world](const QString &container) {
            return world.kubectl({u"logs"_s, u"-n"_s, u"default"_s, u"-l"_s, u"app=quote"_s, u"-c"_s,
                                  container, u"--tail=100"_s});
        };
        QTRY_VERIFY2_WITH_TIMEOUT(logOf(u"backend"_s).contains(u"\"GET /\" 200"_s),
                                  qPrintable(logOf(u"backend"_s)), 15'000);
        const QString proxy = logOf(u"istio-proxy"_s);
        QVERIFY2(proxy.contains(u"workload certificate of spiffe://"_s) && proxy.contains(u"via_upstream"_s),
                 qPrintable(proxy));
    }

    void prometheusCanBeWaitedFor()
    {
        DemoWorld world;
        QVERIFY2(world.start(), qPrintable(world.error()));
        const bool hasOne = world.ready().prometheus.startsWith(u"prometheus"_s);
        QCOMPARE(world.waitForPrometheus(), hasOne);
        const QString pods = world.kubectl({u"get"_s, u"pods"_s, u"-n"_s, u"istio-system"_s, u"-l"_s,
                                            u"app=prometheus"_s, u"--no-headers"_s});
        QVERIFY2(!hasOne || pods.contains(u"1/1"_s), qPrintable(pods));
    }

    void theSecondInstallationServesOnlyWhatCarriesItsId()
    {
        DemoWorld world;
        QVERIFY2(world.start(), qPrintable(world.error()));
        const auto ask = [&world](const QString &path) {
            return world.kubectl(
                {u"get"_s, u"--raw"_s,
                 u"/api/v1/namespaces/ambassador-internal/services/ambassador-internal:80/proxy"_s + path});
        };
        QTRY_VERIFY2_WITH_TIMEOUT(ask(u"/web/"_s).contains(u"Served by web-"_s), qPrintable(ask(u"/web/"_s)),
                                  15'000);
        QVERIFY(!ask(u"/shop/"_s).contains(u"Served by"_s));
        QCOMPARE(world.get(world.ready().edgeHttp + u"/web/"_s).status, 404);
        QCOMPARE(world.get(world.ready().edgeHttp + u"/shop/"_s).status, 200);
    }

    void anEmptyClusterHasAnApiServerAndNothingElse()
    {
        demo::DemoOptions options;
        options.state = "empty";
        DemoWorld world(options);
        QVERIFY2(world.start(), qPrintable(world.error()));
        QVERIFY(world.ready().edgeHttp.isEmpty());
        QVERIFY(world.kubectl({u"get"_s, u"pods"_s, u"-A"_s}).contains(u"No resources found"_s));
        QVERIFY(world.kubectl({u"get"_s, u"namespaces"_s}).contains(u"kube-system"_s));
    }

    // As in every real cluster.
    void theApiServerIsFoundInItsOwnCluster()
    {
        demo::DemoOptions options;
        options.state = "empty";
        DemoWorld world(options);
        QVERIFY2(world.start(), qPrintable(world.error()));
        const auto get = [&world](const QString &kind, const QString &path) {
            return world.kubectl(
                {u"get"_s, kind, u"kubernetes"_s, u"-n"_s, u"default"_s, u"-o"_s, u"jsonpath="_s + path});
        };
        QCOMPARE(
            get(u"svc"_s,
                u"{.spec.clusterIP}:{.spec.ports[*].port} {.spec.ports[*].name} {.spec.type} {.metadata.labels.component} {.metadata.labels.provider}"_s),
            u"10.96.0.1:443 https ClusterIP apiserver kubernetes"_s);
        const QString ports = get(u"svc"_s, u"{.spec.ports[*].targetPort}"_s);
        const QString address = get(u"endpointslices"_s, u"{.endpoints[*].addresses[0]}"_s);
        QVERIFY(!ports.isEmpty() && address.startsWith(u"10."_s));
        QCOMPARE(
            get(u"endpointslices"_s,
                u"{.addressType} {.ports[*].port} {.endpoints[*].conditions.ready} {.metadata.labels.kubernetes\\.io/service-name}"_s),
            u"IPv4 %1 true kubernetes"_s.arg(ports));
        const QString endpoints =
            get(u"endpoints"_s, u"{.subsets[*].addresses[*].ip}:{.subsets[*].ports[*].port}"_s);
        QVERIFY2(endpoints.contains(u"%1:%2"_s.arg(address, ports)),
                 qPrintable(endpoints)); // beside a warning
    }

    void theViewerReadsAndTheTeamHasItsNamespace()
    {
        DemoWorld world;
        QVERIFY2(world.start(), qPrintable(world.error()));
        QVERIFY(world.kubectl({u"get"_s, u"pods"_s, u"-A"_s}, {}, u"demo-viewer"_s).contains(u"cart-"_s));
        world.kubectl({u"label"_s, u"ns"_s, u"default"_s, u"a=b"_s}, {}, u"demo-viewer"_s);
        QVERIFY(world.code != 0);
        QVERIFY(world.kubectl({u"get"_s, u"pods"_s}, {}, u"demo-team"_s).contains(u"cart-"_s));
        world.kubectl({u"get"_s, u"pods"_s, u"-n"_s, u"ambassador"_s}, {}, u"demo-team"_s);
        QVERIFY(world.code != 0);
    }
};

SALLYPORT_TEST(states_test, StatesTest)
#include "states_test.moc"
