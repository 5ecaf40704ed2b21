// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/strict_traffic.h"

#include "app/grown_series.h"
#include "app/prometheus_place.h"

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace app {

namespace {

constexpr int WindowsBefore = 60;
constexpr int DaySeconds = 86400;

const QLatin1String ByServer("destination_workload_namespace,destination_workload");
const QLatin1String ByPair("source_workload_namespace,source_workload,"
                           "destination_workload_namespace,destination_workload");
const QLatin1String Broken("response_flags=~\".*(UC|UF|URX|UH).*\"");

QString workloadOf(const kube::TimeSeries &series, const QString &side)
{
    return series.labels.value(side + u"_workload_namespace"_s) + u'/'
        + series.labels.value(side + u"_workload"_s);
}

QString serverOf(const kube::TimeSeries &series) { return workloadOf(series, u"destination"_s); }

QString pairOf(const kube::TimeSeries &series)
{
    return workloadOf(series, u"source"_s) + u" → "_s + serverOf(series);
}

// workloads: namespace/workload; empty for all.
QString selectorOf(const models::StrictScope &scope, const QStringList &workloads)
{
    QString selector;
    if (!scope.nameSpace.isEmpty())
        selector += u",destination_workload_namespace=\"%1\""_s.arg(scope.nameSpace);
    QStringList names;
    for (const QString &workload : workloads) // in a regex of PromQL, within quotes
        names.append(workload.section(u'/', 1).replace(u"."_s, u"\\\\."_s));
    if (!names.isEmpty())
        selector += u",destination_workload=~\"%1\""_s.arg(names.join(u'|'));
    return selector;
}

QString rateBy(QLatin1String labels, const QString &metric, const QString &selector, const QString &range)
{
    return u"sum by (%1) (rate(%2{%3}[%4]))"_s.arg(labels, metric, selector, range);
}

QString clusterRate(const QString &metric, const QString &selector, const QString &rate)
{
    return rateBy(QLatin1String("envoy_cluster_name"), u"envoy_cluster_upstream_"_s + metric, selector, rate);
}

// The windows of `all` are those in which something could have been counted.
template<typename Value>
models::RateHistory historyOf(const QHash<QString, QMap<qint64, double>> &all, const Value &valueAt)
{
    models::RateHistory history;
    for (auto one = all.begin(); one != all.end(); ++one) {
        for (auto window = one->begin(); window != one->end(); ++window)
            history[one.key()].append(valueAt(one.key(), window.key(), window.value()));
    }
    return history;
}

} // namespace

StrictTraffic::StrictTraffic(kube::Client &client, const ClusterAnalysis &analysis,
                             const models::StrictScope &scope, const QStringList &workloads,
                             std::stop_token stop)
    : m_prometheus(client, prometheusOf(*analysis.snapshot))
    , m_stop(std::move(stop))
    , m_scope(scope)
    , m_servers(u"reporter=\"destination\""_s + selectorOf(scope, workloads))
    , m_clients(u"reporter=\"source\""_s + selectorOf(scope, {}))
    , m_hasEdge(analysis.hasEdge && analysis.view.table)
{
    if (!m_hasEdge)
        return;
    for (const auto &[name, cluster] : analysis.view.table->config().clusters) {
        const QString shown = u"%1 (%2 %3)"_s.arg(QString::fromStdString(cluster.name),
                                                  QString::fromStdString(cluster.source.kind),
                                                  QString::fromStdString(cluster.source.name));
        m_clusters.insert(QString::fromStdString(cluster.name), shown);
        if (!cluster.statName.empty())
            m_clusters.insert(QString::fromStdString(cluster.statName), shown);
    }
}

// Sidecars have clusters of the same metrics, too; "" for those.
QString StrictTraffic::clusterOf(const kube::TimeSeries &series) const
{
    return m_clusters.value(series.labels.value(u"envoy_cluster_name"_s));
}

QHash<QString, double> StrictTraffic::ratesOf(models::StrictObservation &seen, const QString &check,
                                              const QString &promql, const NameOf &nameOf)
{
    const Series answer = ask(promql);
    // What one query leaves open is not looked at, though the others have answered.
    if (!answer)
        seen.notSeen.insert(check, u"Prometheus: "_s + answer.error().message);
    QHash<QString, double> rates;
    for (const kube::TimeSeries &series : answer.value_or(QList<kube::TimeSeries>())) {
        if (const QString name = nameOf(series); !name.isEmpty())
            rates[name] += series.newest();
    }
    return rates;
}

bool StrictTraffic::look(models::StrictObservation &seen, const QList<models::Pod> &pods, const Look &look)
{
    const QString rate = u"%1s"_s.arg(look.rateSeconds);
    const Series received = ask(rateBy(ByServer, u"istio_requests_total"_s, m_servers, rate));
    if (!received) {
        for (const QString &check : {u"V2"_s, u"V3"_s, u"V4"_s, u"V5"_s, u"V7"_s})
            seen.notSeen.insert(check, u"Prometheus: "_s + received.error().message);
        return false;
    }
    for (const kube::TimeSeries &series : *received)
        seen.received.insert(serverOf(series), series.newest());
    lookAtServers(seen, look);
    lookAtClients(seen, rate);
    lookAtEdge(seen, rate);
    lookAtScrapes(seen, pods, look.drainedAt);
    lookAtRehearsal(seen, rate);
    if (look.drainedAt.isValid())
        lookForClearText(seen, look.drainedAt);
    return true;
}

void StrictTraffic::lookAtServers(models::StrictObservation &seen, const Look &look)
{
    const QString opened = u"istio_tcp_connections_opened_total"_s;
    const QString rate = u"%1s"_s.arg(look.rateSeconds);
    seen.connections = ratesOf(seen, u"V4"_s, rateBy(ByServer, opened, m_servers, rate), serverOf);
    seen.tcpBytes = ratesOf(seen, u"V4"_s,
                            rateBy(ByServer, u"istio_tcp_received_bytes_total"_s, m_servers, rate), serverOf);
    if (!look.isOfAnotherTime)
        return;
    const auto dayBefore = [&](const QString &metric) {
        const QString query =
            u"sum by (%1) (rate(%2{%3}[%4] offset %5s))"_s.arg(ByServer, metric, m_servers, rate)
                .arg(DaySeconds);
        return ratesOf(seen, u"V4"_s, query, serverOf);
    };
    seen.receivedDayBefore = dayBefore(u"istio_requests_total"_s);
    seen.connectionsDayBefore = dayBefore(opened);
}

void StrictTraffic::lookAtClients(models::StrictObservation &seen, const QString &rate)
{
    const QString requests = u"istio_requests_total"_s;
    seen.clientErrors =
        ratesOf(seen, u"V3"_s, rateBy(ByPair, requests, m_clients + u',' + Broken, rate), pairOf);
    seen.clientRequests = ratesOf(seen, u"V3"_s, rateBy(ByPair, requests, m_clients, rate), pairOf);
}

void StrictTraffic::lookAtEdge(models::StrictObservation &seen, const QString &rate)
{
    if (!m_hasEdge)
        return;
    const auto of = [this](const kube::TimeSeries &series) { return clusterOf(series); };
    seen.routeTraffic = ratesOf(seen, u"V5"_s, clusterRate(u"rq_xx"_s, {}, rate), of);
    const QHash<QString, double> failed =
        ratesOf(seen, u"V5"_s, clusterRate(u"rq_xx"_s, u"envoy_response_code_class=\"5\""_s, rate), of);
    for (auto one = failed.begin(); one != failed.end(); ++one) {
        if (const double all = seen.routeTraffic.value(one.key()); all > 0)
            seen.routeErrors.insert(one.key(), one.value() / all);
    }
    seen.routeBreaks = ratesOf(seen, u"V5"_s, clusterRate(u"cx_connect_fail"_s, {}, rate), of);
    const QHash<QString, double> cut =
        ratesOf(seen, u"V5"_s, clusterRate(u"cx_destroy_remote_with_active_rq"_s, {}, rate), of);
    for (auto one = cut.begin(); one != cut.end(); ++one)
        seen.routeBreaks[one.key()] += one.value();
}

// A pod that is gone is no lost scrape; a target that no pod is meant by is in scope by its name, or with the whole mesh.
bool StrictTraffic::isTargetInScope(const kube::TimeSeries &series, const QList<models::Pod> &pods) const
{
    const auto label = [&series](const QString &name, const QString &old) {
        return series.labels.value(name, series.labels.value(old));
    };
    const QString pod = label(u"pod"_s, u"kubernetes_pod_name"_s);
    const QString nameSpace = label(u"namespace"_s, u"kubernetes_namespace"_s);
    const QString host = series.labels.value(u"instance"_s).section(u':', 0, -2);
    const bool isOne = std::any_of(pods.begin(), pods.end(), [&](const models::Pod &one) {
        return pod.isEmpty() ? !host.isEmpty() && one.ip == host
                             : one.name == pod && (nameSpace.isEmpty() || one.nameSpace == nameSpace);
    });
    if (isOne || !pod.isEmpty())
        return isOne;
    return m_scope.nameSpace.isEmpty()
        || (m_scope.workload.isEmpty() && host.section(u'.', 1, 1) == m_scope.nameSpace);
}

// Once old connections are gone, a scrape that has failed since then is one that was lost, though it is back by now.
void StrictTraffic::lookAtScrapes(models::StrictObservation &seen, const QList<models::Pod> &pods,
                                  const QDateTime &drainedAt)
{
    const QString since = drainedAt.isValid()
        ? u"min_over_time(up[%1s]) == 0"_s.arg(std::max<qint64>(1, drainedAt.secsTo(seen.at)))
        : u"up == 0"_s;
    const auto targetOf = [&](const kube::TimeSeries &series) {
        const QString name = series.labels.value(u"pod"_s, series.labels.value(u"instance"_s));
        return isTargetInScope(series, pods) ? QString(series.labels.value(u"job"_s) + u' ' + name)
                                             : QString();
    };
    for (const QString &target : ratesOf(seen, u"V7"_s, since, targetOf).keys())
        seen.targetsDown.insert(target);
}

void StrictTraffic::lookAtRehearsal(models::StrictObservation &seen, const QString &rate)
{
    const Series shadow =
        ask(u"sum({__name__=~\"envoy_.+\",authz_dry_run_action=\"deny\",authz_dry_run_result=\"denied\"})"_s);
    if (shadow && !shadow->isEmpty())
        seen.shadowDenied = shadow->constFirst().newest();
    const Series denied =
        ask(u"sum(rate(istio_requests_total{%1,response_code=\"403\"}[%2]))"_s.arg(m_servers, rate));
    if (denied && !denied->isEmpty())
        seen.realDenied = denied->constFirst().newest();
}

void StrictTraffic::lookForClearText(models::StrictObservation &seen, const QDateTime &drainedAt)
{
    const qint64 since = std::max<qint64>(1, drainedAt.secsTo(seen.at));
    for (const QString &metric : {u"istio_requests_total"_s, u"istio_tcp_connections_opened_total"_s,
                                  u"istio_tcp_received_bytes_total"_s}) {
        const QString query =
            grownQuery(ByServer, u"%1{%2,connection_security_policy=\"none\"}"_s.arg(metric, m_servers),
                       u"%1s"_s.arg(since));
        const QHash<QString, double> plain = ratesOf(seen, u"V2"_s, query, serverOf);
        for (auto one = plain.begin(); one != plain.end(); ++one)
            seen.plaintext[one.key()] += one.value();
    }
}

StrictTraffic::Windows StrictTraffic::windowsOf(models::StrictObservation &seen, const QString &check,
                                                const QString &promql, int rateSeconds, const NameOf &nameOf)
{
    Windows windows;
    const Series answer = m_prometheus
                              .queryRange(promql, seen.at.addSecs(-qint64(WindowsBefore) * rateSeconds),
                                          seen.at, rateSeconds, m_stop)
                              .result();
    if (!answer)
        seen.notSeen.insert(check, u"Prometheus: "_s + answer.error().message);
    for (const kube::TimeSeries &series : answer.value_or(QList<kube::TimeSeries>())) {
        const QString name = nameOf(series);
        for (const kube::TimeSeries::Point &point : series.points) {
            if (!name.isEmpty() && std::isfinite(point.value))
                windows[name][point.msecs] += point.value;
        }
    }
    return windows;
}

void StrictTraffic::lookBack(models::StrictObservation &seen, int rateSeconds)
{
    const QString rate = u"%1s"_s.arg(rateSeconds);
    const auto at = [](const Windows &windows, const QString &name, qint64 time) {
        return windows.value(name).value(time);
    };
    const QString requests = u"istio_requests_total"_s;
    const Windows errors = windowsOf(seen, u"V3"_s, rateBy(ByPair, requests, m_clients + u',' + Broken, rate),
                                     rateSeconds, pairOf);
    seen.clientErrorsBefore =
        historyOf(windowsOf(seen, u"V3"_s, rateBy(ByPair, requests, m_clients, rate), rateSeconds, pairOf),
                  [&](const QString &pair, qint64 time, double) { return at(errors, pair, time); });
    seen.tcpBytesBefore = historyOf(
        windowsOf(seen, u"V4"_s, rateBy(ByServer, u"istio_tcp_received_bytes_total"_s, m_servers, rate),
                  rateSeconds, serverOf),
        [](const QString &, qint64, double bytes) { return bytes; });
    if (!m_hasEdge)
        return;
    const auto ofEdge = [&](const QString &metric, const QString &selector) {
        return windowsOf(seen, u"V5"_s, clusterRate(metric, selector, rate), rateSeconds,
                         [this](const kube::TimeSeries &series) { return clusterOf(series); });
    };
    const Windows all = ofEdge(u"rq_xx"_s, {});
    const Windows failed = ofEdge(u"rq_xx"_s, u"envoy_response_code_class=\"5\""_s);
    const Windows unconnected = ofEdge(u"cx_connect_fail"_s, {});
    const Windows cut = ofEdge(u"cx_destroy_remote_with_active_rq"_s, {});
    seen.routeErrorsBefore = historyOf(all, [&](const QString &cluster, qint64 time, double answers) {
        return answers > 0 ? at(failed, cluster, time) / answers : 0;
    });
    seen.routeBreaksBefore = historyOf(all, [&](const QString &cluster, qint64 time, double) {
        return at(unconnected, cluster, time) + at(cut, cluster, time);
    });
}

} // namespace app
