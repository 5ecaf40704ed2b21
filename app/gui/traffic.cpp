// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/traffic.h"

#include "models/analysis/edge_metrics.h"

#include <QElapsedTimer>

#include <cmath>

using namespace Qt::StringLiterals;

namespace app::gui {

namespace {

constexpr int MostPoints = 240;
constexpr int ShortestStep = 15; // the usual scrape interval
constexpr int NearStep =
    5; // of the last minutes: scrapes may be closer, and somebody waits for the first ones

ui::ChartSeries chartSeries(const kube::TimeSeries &series)
{
    ui::ChartSeries result;
    result.name = series.labels.value(u"envoy_cluster_name"_s);
    for (const kube::TimeSeries::Point &point : series.points) {
        if (std::isfinite(point.value))
            result.points.append({QDateTime::fromMSecsSinceEpoch(point.msecs, Qt::UTC), point.value});
    }
    return result;
}

// Counted by Envoy on its own account, for no Mapping.
const QString NotOwnClusters = u"|xds_cluster"_s;

QString observedName(const edge::Config &config, const std::string &cluster)
{
    const auto found = config.clusters.find(cluster);
    return QString::fromStdString(found == config.clusters.end() ? cluster : found->second.observedName());
}

// Name of a cluster in metrics → the one Mapping that it belongs to, "" if there are more.
QHash<QString, QString> ownersOfClusters(const edge::Config &config)
{
    QHash<QString, QString> owners;
    for (const edge::Listener &listener : config.listeners) {
        for (const edge::FilterChain &chain : listener.chains) {
            for (const edge::VirtualHost &host : chain.virtualHosts) {
                for (const edge::Route &route : host.routes) {
                    const QString mapping =
                        QString::fromStdString(route.mapping.nameSpace + "/" + route.mapping.name);
                    const QString cluster = observedName(config, route.cluster);
                    const auto known = owners.find(cluster);
                    if (known == owners.end())
                        owners.insert(cluster, mapping);
                    else if (*known != mapping)
                        known->clear();
                }
            }
        }
    }
    return owners;
}

} // namespace

QStringList matchersOf(const ClusterAnalysis &analysis)
{
    return analysis.hasEdge ? models::edgeMatchers(*analysis.snapshot, analysis.view.installation)
                            : QStringList{QString()};
}

ui::MetricsAnswer askTraffic(kube::Client &client, const std::optional<kube::PrometheusService> &service,
                             const QStringList &matchers, int rangeSeconds, const QDateTime &now,
                             std::stop_token stop)
{
    ui::MetricsAnswer answer;
    answer.query = models::firstOf(matchers, [](const QString &edge) {
        return u"sum by (envoy_cluster_name) (rate(envoy_cluster_upstream_rq_total{envoy_cluster_name!~\"%1\"%2}[1m]))"_s
            .arg(NotOwnClusters, edge.isEmpty() ? QString() : u',' + edge);
    });
    answer.from = now.addSecs(-rangeSeconds);
    answer.to = now;
    answer.stepSeconds = std::max(rangeSeconds <= 300 ? NearStep : ShortestStep, rangeSeconds / MostPoints);
    if (!service)
        return answer;
    answer.source = u"Prometheus %1/%2, through the API server"_s.arg(service->nameSpace, service->name);
    QElapsedTimer timer;
    timer.start();
    kube::Prometheus prometheus(client, *service);
    const auto series =
        prometheus.queryRange(answer.query, answer.from, answer.to, answer.stepSeconds, stop).result();
    answer.elapsedMs = int(timer.elapsed());
    if (!series) {
        answer.error = series.error().message;
        return answer;
    }
    for (const kube::TimeSeries &each : *series)
        answer.series.append(chartSeries(each));
    std::sort(answer.series.begin(), answer.series.end(),
              [](const auto &left, const auto &right) { return left.name < right.name; });
    return answer;
}

ui::TrafficSummary askEdgeTraffic(kube::Client &client, const kube::PrometheusService &service,
                                  const QStringList &matchers, const QDateTime &now, std::stop_token stop)
{
    constexpr int Range = 3600, Step = ShortestStep;
    const auto sumOf = [&matchers](const QString &labels, const QString &counter, const QString &more) {
        return models::firstOf(matchers, [&](const QString &edge) {
            // Of the edge's own listeners only: its admin and the sidecars have other prefixes.
            return u"sum%1(rate(%2{envoy_http_conn_manager_prefix=~\"ingress_http.*\"%3}[1m]))"_s.arg(
                labels, counter, more + (edge.isEmpty() ? QString() : u',' + edge));
        });
    };
    const QString all = sumOf({}, u"envoy_http_downstream_rq_total"_s, {});
    const QString failed = u"(%1 or vector(0)) / ((%2) > 0)"_s.arg(
        sumOf({}, u"envoy_http_downstream_rq_xx"_s, u",envoy_response_code_class=\"5\""_s), all);
    const QString slowest = u"histogram_quantile(0.95, %1)"_s.arg(
        sumOf(u" by (le) "_s, u"envoy_http_downstream_rq_time_bucket"_s, {}));
    ui::TrafficSummary summary;
    summary.source = u"Prometheus %1/%2"_s.arg(service.nameSpace, service.name);
    kube::Prometheus prometheus(client, service);
    for (const auto &[query, figure] :
         {std::pair(all, &summary.requests), {failed, &summary.serverErrors}, {slowest, &summary.slowest}}) {
        const auto series = prometheus.queryRange(query, now.addSecs(-Range), now, Step, stop).result();
        if (!series) {
            summary.error = series.error().message;
            return summary;
        }
        for (const kube::TimeSeries &each : *series) { // one at most
            for (const kube::TimeSeries::Point &point : each.points)
                figure->history.append(std::isfinite(point.value) ? point.value : -1);
            const bool isOfNow = !each.points.isEmpty()
                && now.toMSecsSinceEpoch() - each.points.constLast().msecs <= 4000 * Step;
            figure->now = isOfNow ? figure->history.constLast() : -1;
        }
    }
    return summary;
}

QHash<QString, MappingTraffic> trafficOfMappings(const edge::Config &config, const ui::MetricsAnswer &answer)
{
    const QHash<QString, QString> owners = ownersOfClusters(config);
    QHash<QString, MappingTraffic> traffic;
    for (const ui::ChartSeries &series : answer.series) {
        const QString mapping = owners.value(series.name);
        if (mapping.isEmpty() || series.points.isEmpty())
            continue;
        MappingTraffic &row = traffic[mapping];
        for (const ui::ChartPoint &point : series.points)
            row.history.append(point.value);
        if (series.points.constLast().at.secsTo(answer.to) <= answer.gapSeconds()) // else it has ended
            row.requestsPerSecond = series.points.constLast().value;
    }
    return traffic;
}

} // namespace app::gui
