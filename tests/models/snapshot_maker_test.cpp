// SPDX-License-Identifier: GPL-3.0-or-later
// Snapshots one after another are the same as snapshots made anew, whatever has changed between them.
#include "models/resources/snapshot_maker.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QRandomGenerator>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

QByteArray podJson(int number, int version)
{
    return "{\"metadata\":{\"name\":\"p" + QByteArray::number(number)
        + "\",\"namespace\":\"n\",\"labels\":{\"v\":\"" + QByteArray::number(version)
        + "\"}},\"spec\":{\"containers\":[{\"name\":\"c\"}]}}";
}

QStringList shown(const models::Snapshot &snapshot)
{
    QStringList lines;
    for (const models::Pod &pod : snapshot.pods)
        lines.append(u"pod %1 %2"_s.arg(pod.name, pod.labels.value(u"v"_s)));
    for (const models::Service &service : snapshot.services)
        lines.append(u"service "_s + service.name);
    for (const models::TlsSecret &secret : snapshot.secrets)
        lines.append(u"secret "_s + secret.name);
    for (const edge::Value &object : snapshot.ambassadorObjects)
        lines.append(QString::fromStdString(edge::toJson(object)));
    return lines;
}

} // namespace

class SnapshotMakerTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aChainOfSnapshotsIsTheSameAsFreshOnes()
    {
        QRandomGenerator random(26);
        models::SnapshotInput input = inputOf(edgeWithCertsYaml() + quoteYaml(true) + istioUpstreamYaml());
        models::SnapshotMaker maker;
        for (int round = 0; round < 300; ++round) {
            QList<kube::Object> &pods = input.objects[u"pods"_s];
            const int what = random.bounded(4);
            if (what == 0 || pods.isEmpty())
                pods.insert(random.bounded(int(pods.size()) + 1),
                            {u"n"_s, u"p%1"_s.arg(round), {}, {}, {}, podJson(round, 0)});
            else if (what == 1)
                pods.removeAt(random.bounded(int(pods.size())));
            else if (what == 2)
                pods[random.bounded(int(pods.size()))].json = podJson(round, round);
            else
                pods[random.bounded(int(pods.size()))].json = "no JSON " + QByteArray::number(round);
            if (round % 50 == 0)
                input.objects[u"tlscontexts"_s].clear();
            QCOMPARE(shown(*maker.make(input)), shown(*models::makeSnapshot(input)));
        }
    }

    void whatIsGoneIsForgotten()
    {
        models::SnapshotMaker maker;
        models::SnapshotInput input = inputOf(quoteYaml(true));
        QCOMPARE(maker.make(input)->pods.size(), 1);
        input.objects[u"pods"_s].clear();
        QCOMPARE(maker.make(input)->pods.size(), 0);
        input.objects.remove(u"services"_s);
        QVERIFY(!maker.make(input)->knows(u"services"_s));
    }
};

SALLYPORT_TEST(snapshot_maker_test, SnapshotMakerTest)
#include "snapshot_maker_test.moc"
