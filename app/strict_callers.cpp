// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/strict_callers.h"

#include "app/grown_series.h"
#include "models/analysis/client_rules.h"

#include <QRegularExpression>

#include <algorithm>
#include <tuple>

using namespace Qt::StringLiterals;

namespace app {

namespace {

using Call = models::StrictTelemetry::Call;

const QLatin1String Pair("reporter,source_workload_namespace,source_workload,destination_workload_namespace,"
                         "destination_workload,destination_service_namespace,destination_service_name,"
                         "connection_security_policy");
constexpr qsizetype MostNames = 200; // of a regex: with more of them all are asked for

// label=~"a|b", which Prometheus anchors at both ends.
QString oneOf(const QString &label, QStringList names)
{
    if (names.size() > MostNames)
        return label + "!=\"\""_L1;
    for (QString &name : names)
        name = QRegularExpression::escape(name).replace(u'\\', u"\\\\"_s);
    return u"%1=~\"%2\""_s.arg(label, names.join(u'|'));
}

Call callOf(const kube::TimeSeries &series, const QString &query)
{
    const auto label = [&series](const QString &name) { return series.labels.value(name); };
    Call call;
    call.nameSpace = label(u"destination_workload_namespace"_s);
    call.workload = label(u"destination_workload"_s);
    call.service = label(u"destination_service_name"_s);
    // A call that reached nobody has no workload.
    if (call.nameSpace.isEmpty() || call.nameSpace == "unknown"_L1)
        call.nameSpace = label(u"destination_service_namespace"_s);
    call.sourceNamespace = label(u"source_workload_namespace"_s);
    call.sourceWorkload = label(u"source_workload"_s);
    call.byServer = label(u"reporter"_s) == "destination"_L1;
    call.isMutual = call.byServer && label(u"connection_security_policy"_s) == "mutual_tls"_L1;
    call.requests = series.newest();
    call.query = query;
    return call;
}

bool isSamePair(const Call &a, const Call &b)
{
    const auto key = [](const Call &one) {
        return std::tie(one.nameSpace, one.workload, one.service, one.sourceNamespace, one.sourceWorkload,
                        one.byServer, one.isMutual);
    };
    return key(a) == key(b);
}

class Questions
{
public:
    Questions(kube::Client &client, const kube::PrometheusService &service, qint64 windowSeconds,
              models::StrictTelemetry &telemetry, std::stop_token stop)
        : m_prometheus(client, service)
        , m_windowSeconds(windowSeconds)
        , m_telemetry(telemetry)
        , m_stop(std::move(stop))
    {
    }

    void ask(const QString &metric, const QString &selector)
    {
        const QString series = u"%1{source_workload!~\"|unknown\",%2}"_s.arg(metric, selector);
        const QString promql = grownQuery(Pair, series, u"%1s"_s.arg(m_windowSeconds));
        const auto found = m_prometheus.query(promql, m_stop).result();
        if (!found)
            return noteUnanswered();
        QList<Call> calls;
        for (const kube::TimeSeries &one : *found)
            calls.append(callOf(one, promql));
        if (!calls.isEmpty())
            addLastSeen(calls, series);
        m_telemetry.calls += calls;
    }

private:
    void noteUnanswered()
    {
        const QString what = u"who calls what a DestinationRule would have refused"_s;
        if (!m_telemetry.unanswered.contains(what))
            m_telemetry.unanswered.append(what);
    }

    void addLastSeen(QList<Call> &calls, const QString &series)
    {
        const int step = int(std::max<qint64>(15, m_windowSeconds / 200));
        const QString promql = grownQuery(Pair, series, u"%1s"_s.arg(2 * step));
        const auto grown =
            m_prometheus
                .queryRange(promql, m_telemetry.to.addSecs(-m_windowSeconds), m_telemetry.to, step, m_stop)
                .result();
        if (!grown)
            return noteUnanswered();
        for (const kube::TimeSeries &one : *grown) {
            const Call pair = callOf(one, {});
            qint64 last = 0;
            for (const kube::TimeSeries::Point &point : one.points)
                last = point.value > 0 ? point.msecs : last;
            for (Call &call : calls) {
                if (last > 0 && isSamePair(call, pair))
                    call.lastSeen = QDateTime::fromMSecsSinceEpoch(last, Qt::UTC);
            }
        }
    }

    kube::Prometheus m_prometheus;
    qint64 m_windowSeconds;
    models::StrictTelemetry &m_telemetry;
    std::stop_token m_stop;
};

} // namespace

void findRefusedCallers(kube::Client &client, const kube::PrometheusService &service,
                        const models::Snapshot &snapshot, qint64 windowSeconds,
                        models::StrictTelemetry &telemetry, std::stop_token stop)
{
    const QStringList hosts = models::hostsOfRefusedRules(snapshot);
    if (hosts.isEmpty())
        return;
    QStringList servers; // a server's proxy may know its pod by another Service
    const auto causes = models::causesOfClearText(snapshot);
    for (auto cause = causes.begin(); cause != causes.end(); ++cause) {
        if (const QString name = cause.key().section(u'/', 1); !servers.contains(name))
            servers.append(name);
    }
    Questions questions(client, service, windowSeconds, telemetry, std::move(stop));
    for (const QString &metric : {u"istio_requests_total"_s, u"istio_tcp_connections_opened_total"_s}) {
        questions.ask(metric, u"reporter=\"source\","_s + oneOf(u"destination_service"_s, hosts));
        if (!servers.isEmpty())
            questions.ask(metric, u"reporter=\"destination\","_s + oneOf(u"destination_workload"_s, servers));
    }
}

} // namespace app
