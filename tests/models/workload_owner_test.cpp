// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/resources/snapshot.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace {

QByteArray pod(const QByteArray &owner, const QByteArray &labels = {})
{
    return "apiVersion: v1\nkind: Pod\nmetadata: {name: it-0, namespace: shop, labels: {" + labels
        + "}, ownerReferences: [" + owner + "]}\nspec: {containers: [{name: app}]}\n";
}

QByteArray owner(const QByteArray &kind, const QByteArray &name)
{
    return "{kind: " + kind + ", name: " + name + ", controller: true}";
}

} // namespace

class WorkloadOwnerTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aPodBelongsToWhatAnOperatorWrote_data()
    {
        QTest::addColumn<QByteArray>("world");
        QTest::addColumn<QString>("workload");
        QTest::newRow("a Deployment's")
            << pod(owner("ReplicaSet", "api-7d9f"), "pod-template-hash: 7d9f") << u"Deployment shop/api"_s;
        QTest::newRow("a ReplicaSet's own")
            << pod(owner("ReplicaSet", "api-7d9f")) << u"ReplicaSet shop/api-7d9f"_s;
        QTest::newRow("a Rollout's") << pod(owner("ReplicaSet", "api-55b7"),
                                            "rollouts-pod-template-hash: 55b7")
                                     << u"Rollout shop/api"_s;
        QTest::newRow("a StatefulSet's")
            << pod(owner("StatefulSet", "kafka-main"), "controller-revision-hash: main")
            << u"StatefulSet shop/kafka-main"_s;
        QTest::newRow("a DaemonSet's") << pod(owner("DaemonSet", "agent")) << u"DaemonSet shop/agent"_s;
        QTest::newRow("a Job's") << pod(owner("Job", "migrate-2")) << u"Job shop/migrate-2"_s;
        QTest::newRow("a CronJob's") << pod(owner("Job", "close-29301120")) << u"CronJob shop/close"_s;
        QTest::newRow("a DeploymentConfig's")
            << pod(owner("ReplicationController", "web-3"), "deploymentconfig: web")
            << u"DeploymentConfig shop/web"_s;
        QTest::newRow("a ReplicationController's own")
            << pod(owner("ReplicationController", "web-3")) << u"ReplicationController shop/web-3"_s;
        QTest::newRow("an owner that is not its controller")
            << pod("{kind: Node, name: worker-1}") << u"Pod shop/it-0"_s;
        QTest::newRow("nobody's") << pod({}) << u"Pod shop/it-0"_s;
    }
    void aPodBelongsToWhatAnOperatorWrote()
    {
        QFETCH(QByteArray, world);
        QFETCH(QString, workload);
        const auto snapshot = models::makeSnapshot(inputOf(world));
        QCOMPARE(snapshot->pods.size(), 1u);
        const models::Pod &it = snapshot->pods[0];
        const models::ObjectRef ref{it.workloadKind(), it.nameSpace, it.workload()};
        QCOMPARE(ref.text(), workload);
        QCOMPARE(snapshot->workload(u"shop"_s, it.workload()).text(), workload);
        QCOMPARE(snapshot->workload(u"elsewhere"_s, it.workload()).kind, u"Deployment"_s);
    }
};

SALLYPORT_TEST(workload_owner_test, WorkloadOwnerTest)
#include "workload_owner_test.moc"
