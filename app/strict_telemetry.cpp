// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/strict_telemetry.h"

#include "app/grown_series.h"

#include <algorithm>
#include <cmath>
#include <tuple>

using namespace Qt::StringLiterals;

namespace app {

namespace {

using Series = kube::Result<QList<kube::TimeSeries>>;
using Plaintext = models::StrictTelemetry::Plaintext;

const QLatin1String ByCaller("destination_workload_namespace,destination_workload,destination_service_name,"
                             "source_workload_namespace,source_workload,source_principal,request_protocol");

Plaintext plaintextOf(const kube::TimeSeries &series, const QString &query)
{
    Plaintext one;
    one.query = query;
    one.nameSpace = series.labels.value(u"destination_workload_namespace"_s);
    one.workload = series.labels.value(u"destination_workload"_s);
    one.service = series.labels.value(u"destination_service_name"_s);
    one.sourceNamespace = series.labels.value(u"source_workload_namespace"_s);
    one.sourceWorkload = series.labels.value(u"source_workload"_s);
    one.sourcePrincipal = series.labels.value(u"source_principal"_s);
    one.protocol = series.labels.value(u"request_protocol"_s, u"tcp"_s);
    one.requests = series.newest();
    one.areBytes = query.contains("received_bytes"_L1);
    return one;
}

using OtherCluster = models::StrictTelemetry::OtherCluster;

QString otherClusterQuery(const QString &metric, const QString &selector, const QString &window)
{
    return u"sum by (source_cluster,destination_cluster,connection_security_policy) (increase(%1{reporter=\"destination\",source_cluster!~\"|unknown\"%2}[%3])) > 0"_s
        .arg(metric, selector, window);
}

void addOtherClusters(QList<OtherCluster> &clusters, const QList<kube::TimeSeries> &found,
                      const QString &query)
{
    for (const kube::TimeSeries &series : found) {
        const QString from = series.labels.value(u"source_cluster"_s);
        if (!from.isEmpty() && from != series.labels.value(u"destination_cluster"_s))
            clusters.append({from, series.labels.value(u"connection_security_policy"_s) == "mutual_tls"_L1,
                             series.newest(), query});
    }
}

// The scrape's own labels say which pod it was; the smaller value counts where a pod has several series.
QHash<QString, double> byPod(const QList<kube::TimeSeries> &all)
{
    QHash<QString, double> values;
    for (const kube::TimeSeries &series : all) {
        if (series.points.isEmpty() || !std::isfinite(series.points.constLast().value))
            continue; // newest() would make nothing of it, which is the end of a certificate
        const QString pod = series.labels.value(u"namespace"_s) + u'/' + series.labels.value(u"pod"_s);
        values[pod] = values.contains(pod) ? std::min(values[pod], series.newest()) : series.newest();
    }
    return values;
}

QString plaintextSeries(const QString &metric, const QString &selector)
{
    return u"%1{reporter=\"destination\",connection_security_policy=\"none\"%2}"_s.arg(metric, selector);
}

QString plaintextQuery(const QString &metric, const QString &selector, const QString &window)
{
    return grownQuery(ByCaller, plaintextSeries(metric, selector), window);
}

// The same caller, whatever it was counted by.
bool isSameCaller(const Plaintext &a, const Plaintext &b)
{
    const auto key = [](const Plaintext &one) {
        return std::tie(one.nameSpace, one.workload, one.service, one.sourceNamespace, one.sourceWorkload,
                        one.sourcePrincipal, one.protocol);
    };
    return key(a) == key(b);
}

// When each of these last grew, or was born: what is counted over the whole window does not tell.  false: Prometheus did not say.
bool addLastSeen(QList<Plaintext> &rows, kube::Prometheus &prometheus, const QString &metric,
                 const QString &selector, qint64 windowSeconds, const QDateTime &now, std::stop_token stop)
{
    if (rows.isEmpty())
        return true;
    const int step = int(std::max<qint64>(15, windowSeconds / 200));
    const QString promql = plaintextQuery(metric, selector, u"%1s"_s.arg(2 * step));
    const auto grown = prometheus.queryRange(promql, now.addSecs(-windowSeconds), now, step, stop).result();
    for (const kube::TimeSeries &one : grown.value_or(QList<kube::TimeSeries>())) {
        const Plaintext caller = plaintextOf(one, {});
        qint64 last = 0;
        for (const kube::TimeSeries::Point &point : one.points)
            last = point.value > 0 ? point.msecs : last;
        for (Plaintext &row : rows) {
            if (isSameCaller(row, caller) && last > 0)
                row.lastSeen = QDateTime::fromMSecsSinceEpoch(last, Qt::UTC);
        }
    }
    return grown.has_value();
}

QString selectorOf(const models::StrictScope &scope)
{
    QString selector;
    if (!scope.nameSpace.isEmpty())
        selector += u",destination_workload_namespace=\"%1\""_s.arg(scope.nameSpace);
    if (!scope.workload.isEmpty())
        selector += u",destination_workload=\"%1\""_s.arg(scope.workload);
    return selector;
}

// Something was counted in the window: more than before it, or for the first time.
QString countedQuery(const QString &metric, const QString &window)
{
    return u"increase(%1{reporter=\"destination\"}[%2]) > 0 or last_over_time(%1{reporter=\"destination\"}[%2]) unless %1{reporter=\"destination\"} offset %2"_s
        .arg(metric, window);
}

class Questions
{
public:
    Questions(kube::Client &client, const kube::PrometheusService &service, const models::StrictScope &scope,
              qint64 windowSeconds, const QDateTime &now, std::stop_token stop)
        : m_prometheus(client, service)
        , m_selector(selectorOf(scope))
        , m_windowSeconds(windowSeconds)
        , m_window(u"%1s"_s.arg(windowSeconds))
        , m_now(now)
        , m_stop(std::move(stop))
    {
    }
    std::optional<models::StrictTelemetry> ask();

private:
    Series query(const QString &promql) { return m_prometheus.query(promql, m_stop).result(); }
    // What fails is named in the answer.
    QList<kube::TimeSeries> listOf(const QString &promql, const QString &what);
    bool askPlaintext(const QString &metric);
    bool askCovered();
    void askOtherClusters(const QString &metric);
    void askAround();
    void askHowFarBack();
    void askPods();

    kube::Prometheus m_prometheus;
    QString m_selector;
    qint64 m_windowSeconds;
    QString m_window;
    QDateTime m_now;
    std::stop_token m_stop;
    models::StrictTelemetry m_telemetry;
};

QList<kube::TimeSeries> Questions::listOf(const QString &promql, const QString &what)
{
    const Series answer = query(promql);
    if (!answer && !m_telemetry.unanswered.contains(what))
        m_telemetry.unanswered.append(what);
    return answer.value_or(QList<kube::TimeSeries>());
}

std::optional<models::StrictTelemetry> Questions::ask()
{
    m_telemetry.to = m_telemetry.from = m_now;
    for (const QString &metric : {u"istio_requests_total"_s, u"istio_tcp_connections_opened_total"_s}) {
        if (!askPlaintext(metric))
            return {};
        askOtherClusters(metric);
    }
    if (!askPlaintext(u"istio_tcp_received_bytes_total"_s) || !askCovered())
        return {};
    for (
        const kube::TimeSeries &series : listOf(
            u"sum(increase(istio_requests_total{reporter=\"destination\",connection_security_policy!~\"mutual_tls|none\"}[%1])) > 0"_s
                .arg(m_window),
            u"series that say neither"_s))
        m_telemetry.unreadable += series.newest();
    askAround();
    askPods();
    askHowFarBack();
    return std::move(m_telemetry);
}

// Bytes tell of connections that were opened before the window; of others the connections have told.
bool Questions::askPlaintext(const QString &metric)
{
    const QString promql = plaintextQuery(metric, m_selector, m_window);
    const Series found = query(promql);
    if (!found)
        return false;
    QList<Plaintext> rows;
    for (const kube::TimeSeries &series : *found) {
        const Plaintext row = plaintextOf(series, promql);
        const bool isKnown = row.areBytes
            && std::any_of(m_telemetry.plaintext.begin(), m_telemetry.plaintext.end(),
                           [&row](const Plaintext &other) { return isSameCaller(row, other); });
        if (!isKnown)
            rows.append(row);
    }
    if (!addLastSeen(rows, m_prometheus, metric, m_selector, m_windowSeconds, m_now, m_stop))
        m_telemetry.unanswered.append(u"when clear text was seen last"_s);
    m_telemetry.plaintext += rows;
    return true;
}

bool Questions::askCovered()
{
    QStringList counted;
    for (const QString &metric : {u"istio_requests_total"_s, u"istio_tcp_connections_opened_total"_s,
                                  u"istio_tcp_received_bytes_total"_s})
        counted.append(countedQuery(metric, m_window));
    const Series covered = query(u"count by (destination_workload_namespace,destination_workload) (%1)"_s.arg(
        counted.join(u" or "_s)));
    for (const kube::TimeSeries &series : covered.value_or(QList<kube::TimeSeries>()))
        m_telemetry.covered.insert(series.labels.value(u"destination_workload_namespace"_s) + u'/'
                                   + series.labels.value(u"destination_workload"_s));
    return covered.has_value();
}

void Questions::askOtherClusters(const QString &metric)
{
    const QString promql = otherClusterQuery(metric, m_selector, m_window);
    addOtherClusters(m_telemetry.otherClusters, listOf(promql, u"clients of other clusters"_s), promql);
}

void Questions::askAround()
{
    const QString promql =
        u"sum by (source_workload_namespace,source_workload) (increase(istio_requests_total{reporter=\"source\",destination_service_name=\"PassthroughCluster\"}[%1]) or increase(istio_tcp_connections_opened_total{reporter=\"source\",destination_service_name=\"PassthroughCluster\"}[%1])) > 0"_s
            .arg(m_window);
    for (const kube::TimeSeries &series : listOf(promql, u"traffic around the registry"_s))
        m_telemetry.aroundRegistry.append(plaintextOf(series, promql));
}

void Questions::askPods()
{
    const auto ends = listOf(u"istio_agent_cert_expiry_seconds"_s, u"ends of workload certificates"_s);
    if (!ends.isEmpty())
        m_telemetry.certificateSeconds = byPod(ends);
    const auto shadow = listOf(
        u"sum by (namespace,pod) (increase({__name__=~\"envoy_.+\",authz_dry_run_action=\"deny\",authz_dry_run_result=\"denied\"}[%1]))"_s
            .arg(m_window),
        u"shadow STRICT"_s);
    if (!shadow.isEmpty())
        m_telemetry.shadowDenied = byPod(shadow);
}

// A subquery looks at whole steps only: so that what is as old as the window is seen, it looks further back.  Data that go back
// over a few of its steps only are younger than it tells, or not seen at all: then it is asked again about that little.
void Questions::askHowFarBack()
{
    constexpr qint64 StepsOfOne = 200, TooFew = 10;
    for (qint64 span = m_windowSeconds;;) {
        const qint64 step = std::max<qint64>(1, span / StepsOfOne);
        const auto first =
            listOf(u"min(min_over_time(timestamp(up)[%1s:%2s]))"_s.arg(span + 2 * step).arg(step),
                   u"how far the data go back"_s);
        const qint64 from = first.isEmpty() ? 0 : qint64(first.constFirst().newest());
        if (from > 0)
            m_telemetry.from = std::min(m_telemetry.from, QDateTime::fromSecsSinceEpoch(from, Qt::UTC));
        span = TooFew * step;
        if (step == 1 || m_telemetry.from.secsTo(m_telemetry.to) >= span)
            return;
    }
}

} // namespace

std::optional<models::StrictTelemetry> strictTelemetry(kube::Client &client,
                                                       const kube::PrometheusService &service,
                                                       const models::StrictScope &scope, qint64 windowSeconds,
                                                       const QDateTime &now, std::stop_token stop)
{
    return Questions(client, service, scope, windowSeconds, now, std::move(stop)).ask();
}

std::optional<models::ObservedTraffic> observedTraffic(kube::Client &client,
                                                       const kube::PrometheusService &service,
                                                       qint64 windowSeconds, std::stop_token stop)
{
    kube::Prometheus prometheus(client, service);
    models::ObservedTraffic traffic;
    traffic.window =
        windowSeconds % 60 == 0 ? u"%1 min"_s.arg(windowSeconds / 60) : u"%1 s"_s.arg(windowSeconds);
    for (const QString &metric : {u"istio_requests_total"_s, u"istio_tcp_connections_opened_total"_s}) {
        const Series series =
            prometheus
                .query(
                    u"sum by (destination_workload_namespace,destination_workload,connection_security_policy) (increase(%1{reporter=\"destination\"}[%2s])) > 0"_s
                        .arg(metric)
                        .arg(windowSeconds),
                    stop)
                .result();
        if (!series)
            return {};
        for (const kube::TimeSeries &one : *series) {
            const QString policy = one.labels.value(u"connection_security_policy"_s);
            auto &counts = traffic.workloads[one.labels.value(u"destination_workload_namespace"_s) + u'/'
                                             + one.labels.value(u"destination_workload"_s)];
            (policy == "mutual_tls"_L1 ? counts.mutual
                 : policy == "none"_L1 ? counts.plain
                                       : counts.other) += one.newest();
        }
    }
    return traffic;
}

} // namespace app
