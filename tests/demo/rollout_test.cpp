// SPDX-License-Identifier: GPL-3.0-or-later
// Roll-outs keep to maxSurge and maxUnavailable, step by step, as Kubernetes' deployment controller does.
#include "app/demo/object_meta.h"
#include "app/demo/rollout.h"
#include "app/demo/workload_controller.h"
#include "tests/support/test_class.h"

#include <QTest>

#include <asio/io_context.hpp>

#include <functional>

using namespace demo;

namespace {

Value yaml(const std::string &text) { return edge::parseYaml(text).value().front(); }

// A cluster with a Deployment, whose pods become ready when a test says so.
struct World
{
    World()
        : controller(loop, store)
    {
    }
    ~World() { loop.stop(); }

    void settle()
    {
        loop.restart();
        loop.run_for(std::chrono::milliseconds(1)); // what is due
        while (loop.run_one_for(std::chrono::milliseconds(50)) > 0) { }
    }
    std::vector<ObjectPtr> pods() const { return store.list(*store.find("", "pods")); }
    int pods(const std::string &image, bool isReady) const
    {
        int count = 0;
        for (const ObjectPtr &pod : pods())
            count += pod->at({"spec", "containers"}).items().front()["image"].text() == image
                && (pod->at({"status", "phase"}).text() == "Running") == isReady;
        return count;
    }
    void makeReady(const std::string &image, int most)
    {
        for (const ObjectPtr &pod : pods()) {
            if (pod->at({"spec", "containers"}).items().front()["image"].text() != image
                || pod->at({"status", "phase"}).text() == "Running" || most-- <= 0)
                continue;
            Value ready = *pod;
            ready.set("status", yaml("{phase: Running, conditions: [{type: Ready, status: 'True'}]}"));
            QVERIFY(store.update(*store.find("", "pods"), std::move(ready)));
        }
        settle();
    }
    std::vector<ObjectPtr> sets() const { return store.list(*store.find("apps", "replicasets")); }
    void setTemplate(const std::string &text) // of the Deployment that apply() made
    {
        const ResourceKind &kind = *store.find("apps", "deployments");
        Value deployment = *store.get(kind, "default", "d");
        deployment.child("spec").set("template", yaml(text));
        store.complete(kind, deployment); // as the API server does
        QVERIFY(store.update(kind, std::move(deployment)));
        settle();
    }
    void apply(const std::string &image)
    {
        const ResourceKind &kind = *store.find("apps", "deployments");
        const ObjectPtr known = store.get(kind, "default", "d");
        Value deployment = known
            ? *known
            : yaml("{apiVersion: apps/v1, kind: Deployment, metadata: {name: d, namespace: default}, spec: "
                   "{replicas: "
                   "4, selector: {matchLabels: {app: d}}, strategy: {rollingUpdate: {maxSurge: 1, "
                   "maxUnavailable: 1}}, "
                   "template: {metadata: {labels: {app: d}}, spec: {containers: [{name: c, image: '1'}]}}}}");
        deployment.child("spec")
            .child("template")
            .child("spec")
            .set("containers", Value::array({Value::object({{"name", "c"}, {"image", image}})}));
        if (known)
            QVERIFY(store.update(kind, std::move(deployment)));
        else
            QVERIFY(store.create(kind, std::move(deployment)));
        settle();
    }

    void change(const std::function<void(Value &deployment)> &how)
    {
        const ResourceKind &kind = *store.find("apps", "deployments");
        Value deployment = *store.get(kind, "default", "d");
        how(deployment);
        QVERIFY(store.update(kind, std::move(deployment)));
        settle();
    }
    void annotate(const char *name, const char *value)
    {
        change(
            [&](Value &deployment) { deployment.child("metadata").child("annotations").set(name, value); });
    }
    Value annotationsOf(const std::string &image) const // of the ReplicaSet with it
    {
        for (const ObjectPtr &set : sets()) {
            if (set->at({"spec", "template", "spec", "containers"}).items().front()["image"].text() == image)
                return set->at({"metadata", "annotations"});
        }
        return {};
    }

    asio::io_context loop;
    Store store;
    WorkloadController controller;
};

} // namespace

class RolloutTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void limitsAreReadAsKubernetesReadsThem_data()
    {
        QTest::addColumn<QByteArray>("strategy");
        QTest::addColumn<int>("replicas");
        QTest::addColumn<int>("surge");
        QTest::addColumn<int>("unavailable");
        const auto row = [](const char *strategy, int replicas, int surge, int unavailable) {
            QTest::addRow("%s of %d", strategy, replicas)
                << QByteArray(strategy) << replicas << surge << unavailable;
        };
        row("{}", 1, 1, 0);
        row("{}", 10, 3, 2);
        row("{rollingUpdate: {maxSurge: 0, maxUnavailable: 0%}}", 4, 0, 1);
        row("{rollingUpdate: {maxSurge: 50%, maxUnavailable: 2}}", 3, 2, 2);
    }
    void limitsAreReadAsKubernetesReadsThem()
    {
        QFETCH(QByteArray, strategy);
        QFETCH(int, replicas);
        const RolloutLimits limits = rolloutLimits(yaml(strategy.toStdString()), replicas);
        QTEST(int(limits.surge), "surge");
        QTEST(int(limits.unavailable), "unavailable");
    }

    void eachStepKeepsToTheLimits_data()
    {
        QTest::addColumn<QList<int>>("sets"); // wanted, available: of the current, then of the old ones
        QTest::addColumn<QList<int>>("next");
        QTest::newRow("a new Deployment") << QList<int>{0, 0} << QList<int>{4};
        QTest::newRow("scaled down") << QList<int>{6, 6} << QList<int>{4};
        QTest::newRow("it begins with the surge") << QList<int>{0, 0, 4, 4} << QList<int>{1, 4};
        QTest::newRow("as many go as may be missing") << QList<int>{1, 0, 4, 4} << QList<int>{1, 3};
        QTest::newRow("their places are taken") << QList<int>{1, 0, 3, 3} << QList<int>{2, 3};
        QTest::newRow("nobody is ready: it waits") << QList<int>{2, 0, 3, 3} << QList<int>{2, 3};
        QTest::newRow("who is ready replaces one") << QList<int>{2, 1, 3, 3} << QList<int>{2, 2};
        QTest::newRow("old ones that are not ready go first")
            << QList<int>{1, 0, 2, 1, 2, 2} << QList<int>{1, 1, 2};
        QTest::newRow("none of the old was ever ready") << QList<int>{1, 1, 4, 0} << QList<int>{1, 2};
        QTest::newRow("done") << QList<int>{4, 4, 1, 1} << QList<int>{4, 0};
    }
    void eachStepKeepsToTheLimits()
    {
        QFETCH(QList<int>, sets);
        QFETCH(QList<int>, next);
        std::vector<RolloutSet> old;
        for (qsizetype i = 2; i < sets.size(); i += 2)
            old.push_back({sets[i], sets[i + 1]});
        const RolloutStep step = nextStep({sets[0], sets[1]}, old, 4, {false, 1, 1});
        QList<int> now{int(step.current)};
        for (const std::int64_t wanted : step.old)
            now.append(int(wanted));
        QCOMPARE(now, next);
    }

    void recreatingEndsTheOldOnesFirst()
    {
        const RolloutLimits limits{true, 0, 0};
        QCOMPARE(nextStep({0, 0}, {{4, 4}}, 4, limits), (RolloutStep{0, {0}}));
        QCOMPARE(nextStep({0, 0}, {{0, 2}}, 4, limits), (RolloutStep{0, {0}}));
        QCOMPARE(nextStep({0, 0}, {{0, 0}}, 4, limits), (RolloutStep{4, {0}}));
    }

    void aRolloutGoesThroughWhateverIsBroken()
    {
        World world;
        world.apply("good");
        QCOMPARE(world.pods("good", false), 4);
        world.makeReady("good", 4);
        world.apply("broken"); // one more than wanted, and one that may be missing
        QCOMPARE(world.pods("good", true), 3);
        QCOMPARE(world.pods("broken", false), 2);
        world.apply("mended"); // the broken ones, which serve nobody, make room
        QCOMPARE(world.pods("good", true), 3);
        QCOMPARE(world.pods("broken", false), 0);
        QCOMPARE(world.pods("mended", false), 2);
        world.makeReady("mended", 1);
        QCOMPARE(world.pods("good", true), 2);
        world.makeReady("mended", 4);
        world.makeReady("mended", 4);
        QCOMPARE(world.pods("mended", true), 4);
        QCOMPARE(world.pods().size(), std::size_t(4));
    }

    // Templates are compared by what they mean: the ReplicaSet of one that comes back is taken again.
    void aTemplateThatComesBackHasItsReplicaSet_data()
    {
        QTest::addColumn<QByteArray>("back");
        QTest::addColumn<int>("sets");
        QTest::newRow("as it was") << QByteArray(
            "{metadata: {labels: {app: d}}, spec: {containers: [{name: c, image: first}]}}")
                                   << 2;
        QTest::newRow("keys in another order")
            << QByteArray("{spec: {containers: [{image: first, name: c}]}, metadata: {labels: {app: d}}}")
            << 2;
        QTest::newRow("nulls and empty ones, as Go writes them")
            << QByteArray("{metadata: {creationTimestamp: null, labels: {app: d}, annotations: {}}, spec: "
                          "{containers: [{name: c, image: first, resources: {}, env: []}]}}")
            << 2;
        QTest::newRow("with the label of its ReplicaSet")
            << QByteArray("{metadata: {labels: {app: d, pod-template-hash: x}}, spec: {containers: "
                          "[{name: c, image: first}]}}")
            << 2;
        QTest::newRow("another one") << QByteArray(
            "{metadata: {labels: {app: d}}, spec: {containers: [{name: d, image: first}]}}")
                                     << 3;
        QTest::newRow("containers in another order are another one") << QByteArray(
            "{metadata: {labels: {app: d}}, spec: {containers: [{name: e, image: first}, {name: c, image: "
            "first}]}}") << 3;
    }
    void aTemplateThatComesBackHasItsReplicaSet()
    {
        QFETCH(QByteArray, back);
        World world;
        world.apply("first");
        world.apply("second");
        QCOMPARE(world.sets().size(), std::size_t(2));
        world.setTemplate(back.toStdString());
        QTEST(int(world.sets().size()), "sets");
    }

    // kubectl rollout goes by it: what is taken again is the newest, on its ReplicaSet and on the Deployment.
    void aTemplateThatComesBackIsTheNewestRevision()
    {
        World world;
        const auto annotation = [](const Value &object, const char *name) {
            return QByteArray::fromStdString(
                object.at({"metadata", "annotations", std::string("deployment.kubernetes.io/") + name})
                    .text());
        };
        const auto revisions = [&]() -> QByteArray {
            QByteArrayList numbers;
            for (const ObjectPtr &set : world.sets())
                numbers << annotation(*set, "revision");
            std::sort(numbers.begin(), numbers.end());
            const ObjectPtr deployment =
                world.store.get(*world.store.find("apps", "deployments"), "default", "d");
            return numbers.join(',') + " " + annotation(*deployment, "revision");
        };
        world.apply("first");
        QCOMPARE(revisions(), QByteArray("1 1"));
        world.apply("second");
        QCOMPARE(revisions(), QByteArray("1,2 2"));
        for (const char *expected : {"2,3 3", "3,4 4"}) {
            const std::string image = expected[0] == '2' ? "first" : "second";
            world.setTemplate("{metadata: {labels: {app: d}}, spec: {containers: [{name: c, image: " + image
                              + "}]}}");
            QCOMPARE(revisions(), QByteArray(expected));
        }
        const auto sets = world.sets();
        QVERIFY(std::any_of(sets.begin(), sets.end(), [&](const ObjectPtr &set) {
            return annotation(*set, "revision-history") == "1";
        }));
    }

    // kubectl rollout history shows a cause, which is an annotation of the Deployment when its template came to be.
    void theCurrentReplicaSetHasTheDeploymentsAnnotations()
    {
        const char cause[] = "kubernetes.io/change-cause";
        World world;
        world.apply("first");
        world.annotate(cause, "one");
        world.annotate("team", "a");
        QCOMPARE(world.annotationsOf("first")[cause].text(), std::string("one"));
        QCOMPARE(world.annotationsOf("first")["team"].text(), std::string("a"));
        world.apply("second");
        QCOMPARE(world.annotationsOf("second")[cause].text(), std::string("one"));
        world.annotate(cause, "two");
        QCOMPARE(world.annotationsOf("second")[cause].text(), std::string("two"));
        QCOMPARE(world.annotationsOf("first")[cause].text(), std::string("one"));
        for (const char *own :
             {"kubectl.kubernetes.io/last-applied-configuration", "deployment.kubernetes.io/desired-replicas",
              "deployment.kubernetes.io/max-replicas", "deprecated.deployment.rollback.to"}) {
            world.annotate(own, "x");
            QVERIFY2(world.annotationsOf("second")[own].isNull(), own);
        }
        world.annotate("deployment.kubernetes.io/revision", "7");
        QCOMPARE(world.annotationsOf("second")["deployment.kubernetes.io/revision"].text(), std::string("2"));
    }

    void onlySoManyOldReplicaSetsAreKept_data()
    {
        QTest::addColumn<int>("limit"); // negative: as Kubernetes has it by itself
        QTest::addColumn<int>("rollouts");
        QTest::addColumn<QByteArray>("left"); // images
        QTest::newRow("two") << 2 << 5 << QByteArray("i2,i3,i4");
        QTest::newRow("none") << 0 << 3 << QByteArray("i2");
        QTest::newRow("fewer than may be") << 4 << 3 << QByteArray("i0,i1,i2");
        QTest::newRow("ten, if nothing else is said")
            << -1 << 13 << QByteArray("i10,i11,i12,i2,i3,i4,i5,i6,i7,i8,i9");
    }
    void onlySoManyOldReplicaSetsAreKept()
    {
        QFETCH(int, limit);
        QFETCH(int, rollouts);
        World world;
        const auto images = [&world]() -> QByteArray {
            QByteArrayList names;
            for (const ObjectPtr &set : world.sets())
                names << QByteArray::fromStdString(
                    set->at({"spec", "template", "spec", "containers"}).items().front()["image"].text());
            std::sort(names.begin(), names.end());
            return names.join(',');
        };
        for (int i = 0; i < rollouts; ++i) {
            const std::string image = "i" + std::to_string(i);
            world.apply(image);
            if (i == 0)
                world.change([limit](Value &deployment) {
                    deployment.child("spec").set("replicas", 1);
                    if (limit >= 0)
                        deployment.child("spec").set("revisionHistoryLimit", limit);
                });
            const QByteArray before = images();
            world.makeReady(image, 1);
            if (i > 0) // nothing goes before the roll-out is complete
                QVERIFY2(before.contains(QByteArray("i" + QByteArray::number(i - 1))), before.constData());
        }
        QTEST(images(), "left");
    }
};

SALLYPORT_TEST(rollout_test, RolloutTest)
#include "rollout_test.moc"
