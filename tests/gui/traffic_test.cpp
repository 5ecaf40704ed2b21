// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/traffic.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

class TrafficTest : public QObject
{
    Q_OBJECT

    static edge::Config configOf(const QList<QPair<std::string, std::string>> &routes) // Mapping → cluster
    {
        edge::VirtualHost host;
        for (const auto &[mapping, cluster] : routes) {
            edge::Route route;
            route.mapping = {"Mapping", mapping, "default"};
            route.cluster = cluster;
            host.routes.push_back(route);
        }
        edge::FilterChain chain;
        chain.virtualHosts.push_back(host);
        edge::Listener listener;
        listener.chains.push_back(chain);
        edge::Config config;
        config.listeners.push_back(listener);
        return config;
    }

private Q_SLOTS:
    void aMappingHasTheRateOfItsOwnCluster()
    {
        const QDateTime at(QDate(2026, 8, 1), QTime(12, 0), Qt::UTC);
        ui::MetricsAnswer answer;
        answer.to = at.addSecs(15);
        answer.series = {{u"cluster_a"_s, {{at, 2}, {at.addSecs(15), 3}}},
                         {u"cluster_shared"_s, {{at, 9}}},
                         {u"cluster_idle"_s, {}}};
        const auto traffic = app::gui::trafficOfMappings(configOf({{"a", "cluster_a"},
                                                                   {"a", "cluster_a"},
                                                                   {"b", "cluster_shared"},
                                                                   {"c", "cluster_shared"},
                                                                   {"d", "cluster_idle"}}),
                                                         answer);
        QCOMPARE(traffic.size(), 1);
        QCOMPARE(traffic.value(u"default/a"_s).requestsPerSecond, 3.0);
        QCOMPARE(traffic.value(u"default/a"_s).history, QList<double>({2, 3}));
    }

    // Since 2.0 metrics have another name for a cluster than the configuration.
    void metricsMayCallAClusterOtherwise()
    {
        const QDateTime at(QDate(2026, 8, 1), QTime(12, 0), Qt::UTC);
        edge::Config config = configOf({{"a", "cluster_a"}, {"b", "cluster_b"}, {"c", "cluster_c"}});
        for (const auto &[cluster, name] :
             {std::pair("cluster_a", "quote_80_default"), {"cluster_b", "shared"}, {"cluster_c", "shared"}}) {
            config.clusters.edit(cluster).name = cluster;
            config.clusters.edit(cluster).statName = name;
        }
        ui::MetricsAnswer answer;
        answer.to = at;
        answer.series = {{u"quote_80_default"_s, {{at, 2}}}, {u"shared"_s, {{at, 9}}}};
        const auto traffic = app::gui::trafficOfMappings(config, answer);
        QCOMPARE(traffic.keys(), QStringList{u"default/a"_s});
        QCOMPARE(traffic.value(u"default/a"_s).requestsPerSecond, 2.0);
    }

    void whatHasEndedHasNoRateAnyMore()
    {
        const QDateTime at(QDate(2026, 8, 1), QTime(12, 0), Qt::UTC);
        ui::MetricsAnswer answer;
        answer.stepSeconds = 15;
        answer.series = {{u"cluster_a"_s, {{at, 2}, {at.addSecs(15), 3}}}};
        const auto rateAt = [&](qint64 seconds) {
            answer.to = at.addSecs(seconds);
            return app::gui::trafficOfMappings(configOf({{"a", "cluster_a"}}), answer).value(u"default/a"_s);
        };
        QCOMPARE(rateAt(15 + 60).requestsPerSecond, 3.0); // a scrape or two may be missed
        QCOMPARE(rateAt(15 + 61).requestsPerSecond, -1.0);
        QCOMPARE(rateAt(3000).history, QList<double>({2, 3})); // but it was
    }

    void prometheusIsFoundByPlaceNameOrLabel()
    {
        QVERIFY(!app::prometheusIn(*snapshotOf(edgeYaml())));
        const auto labelled = app::prometheusIn(*snapshotOf(
            "{apiVersion: v1, kind: Service, metadata: {name: stack-prom, namespace: monitoring, labels: "
            "{app.kubernetes.io/name: prometheus}}, spec: {ports: [{name: web, port: 80}]}}\n"));
        QVERIFY(labelled);
        QCOMPARE(labelled->name, u"stack-prom"_s);
        QCOMPARE(labelled->port, u"80"_s);
        const auto usual = app::prometheusIn(
            *snapshotOf("{apiVersion: v1, kind: Service, metadata: {name: prometheus, namespace: "
                        "istio-system}, spec: {ports: [{name: http, port: 9090}]}}\n"));
        QVERIFY(usual);
        QCOMPARE(usual->nameSpace, u"istio-system"_s);
        QCOMPARE(usual->port, u"9090"_s);
    }
};

SALLYPORT_TEST(traffic_test, TrafficTest)
#include "traffic_test.moc"
