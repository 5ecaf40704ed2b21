// SPDX-License-Identifier: GPL-3.0-or-later
// Whose series a query takes, asked of PromQL itself: samples as jobs of the usual configurations label them.
#include "app/demo/promql.h"
#include "models/analysis/edge_metrics.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace {

constexpr std::int64_t Now = 1'790'000'000'000;

QByteArray twoEdgesYaml() // of one name in two namespaces
{
    QByteArray other = edgeYaml();
    other.replace("namespace: ambassador", "namespace: inner").replace("{name: ambassador}", "{name: inner}");
    other.replace("5d4f8c7b9-x2x2x", "6b7c8d9f4-q5q5q").replace("10.244.0.5", "10.244.0.6");
    return edgeYaml() + other;
}

// labels: pod_name="a",namespace="b"
QStringList takenOf(const models::Snapshot &snapshot, const QString &nameSpace, const QStringList &series)
{
    demo::SeriesStore store;
    for (const QString &each : series) {
        demo::SeriesLabels labels{{"__name__", "requests"}, {"cluster", "c"}};
        for (const QString &label : each.section(u' ', 0, 0).split(u',')) {
            QString value = label.section(u'=', 1);
            labels.emplace(label.section(u'=', 0, 0).toStdString(), value.remove(u'"').toStdString());
        }
        store.append(labels, {Now, each.section(u' ', 1).toDouble()});
    }
    const auto matchers = models::edgeMatchers(snapshot, *snapshot.edge(nameSpace + u"/ambassador"_s));
    const QString query = models::firstOf(
        matchers, [](const QString &edge) { return u"sum by (cluster) (requests{%1})"_s.arg(edge); });
    const auto expression = demo::promql::parse(query.toStdString());
    if (!expression)
        return {QString::fromStdString(expression.error().message)};
    const auto result = demo::promql::evaluate(*expression, store, Now);
    if (!result)
        return {QString::fromStdString(result.error().message)};
    QStringList values;
    for (const demo::promql::Element &element : result->elements)
        values.append(QString::number(element.samples.front().value));
    return values;
}

} // namespace

class EdgeMetricsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void seriesOfOneEdgeAreTaken_data()
    {
        QTest::addColumn<QStringList>("series");
        QTest::addColumn<QStringList>("outer"); // of ambassador/ambassador
        QTest::addColumn<QStringList>("inner"); // of inner/ambassador
        const QString mine = u"ambassador-5d4f8c7b9-x2x2x"_s, other = u"ambassador-6b7c8d9f4-q5q5q"_s;
        QTest::newRow("the guide's job")
            << QStringList{u"pod_name=%1 3"_s.arg(mine), u"pod_name=%1 4"_s.arg(other)} << QStringList{u"3"_s}
            << QStringList{u"4"_s};
        QTest::newRow("Istio's addon") << QStringList{u"pod=%1,namespace=ambassador 3"_s.arg(mine),
                                                      u"pod=%1,namespace=inner 4"_s.arg(other)}
                                       << QStringList{u"3"_s} << QStringList{u"4"_s};
        QTest::newRow("Istio's chart of 1.4")
            << QStringList{u"pod_name=%1,namespace=ambassador 3"_s.arg(mine),
                           u"pod_name=%1,namespace=inner 4"_s.arg(other)}
            << QStringList{u"3"_s} << QStringList{u"4"_s};
        QTest::newRow("Prometheus' example")
            << QStringList{u"kubernetes_pod_name=%1,kubernetes_namespace=ambassador 3"_s.arg(mine),
                           u"kubernetes_pod_name=%1,kubernetes_namespace=inner 4"_s.arg(other)}
            << QStringList{u"3"_s} << QStringList{u"4"_s};
        QTest::newRow("a static target")
            << QStringList{u"instance=ambassador-admin.ambassador:8877 3"_s,
                           u"instance=ambassador-admin.inner:8877 4"_s, u"instance=10.244.0.6:8877 5"_s}
            << QStringList{u"3"_s} << QStringList{u"9"_s}; // by the Service's name and by the pod's address
        QTest::newRow("its pods that are gone, too")
            << QStringList{u"pod=%1,namespace=ambassador 3"_s.arg(mine),
                           u"pod=ambassador-7f9bd5c66-zzzzz,namespace=ambassador 2"_s}
            << QStringList{u"5"_s} << QStringList();
        QTest::newRow("not of a workload whose name goes on")
            << QStringList{u"pod=%1,namespace=ambassador 3"_s.arg(mine),
                           u"pod=ambassador-agent-7f9bd5c66-zzzzz,namespace=ambassador 2"_s,
                           u"pod=ambassador-agent-zzzzz,namespace=ambassador 2"_s}
            << QStringList{u"3"_s} << QStringList();
        QTest::newRow("two jobs read the same counters")
            << QStringList{u"job=ambassador,pod_name=%1 3"_s.arg(mine),
                           u"job=pods,pod=%1,namespace=ambassador 3"_s.arg(mine)}
            << QStringList{u"3"_s} << QStringList();
    }
    void seriesOfOneEdgeAreTaken()
    {
        QFETCH(QStringList, series);
        const auto snapshot = snapshotOf(twoEdgesYaml());
        QCOMPARE(snapshot->edges.size(), 2);
        QTEST(takenOf(*snapshot, u"ambassador"_s, series), "outer");
        QTEST(takenOf(*snapshot, u"inner"_s, series), "inner");
    }
};

SALLYPORT_TEST(edge_metrics_test, EdgeMetricsTest)
#include "edge_metrics_test.moc"
