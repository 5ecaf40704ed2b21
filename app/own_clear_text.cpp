// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/own_clear_text.h"

#include "models/analysis/upstream_target.h"
#include "models/resources/text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace app {

namespace {

using Plaintext = models::StrictTelemetry::Plaintext;

constexpr int Step = 15; // seconds, Prometheus' usual scrape
constexpr qint64 LongestAgo =
    6 * 3600; // of the first Mapping: 1,440 points, older ones wait for the window to pass
constexpr double ScrapesSince = 3;

struct Leading // the Mappings to a workload, if all of them have tls
{
    QStringList mappings;
    QDateTime first; // when the oldest of them was made; invalid: not known
};

QDateTime createdAt(const models::Snapshot &snapshot, const QString &mapping)
{
    for (const edge::Value &object : snapshot.ambassadorObjects) {
        const edge::Value &metadata = object["metadata"];
        if (object["kind"].text() == "Mapping"
            && models::text(metadata["namespace"]) + u'/' + models::text(metadata["name"]) == mapping)
            return QDateTime::fromString(models::text(metadata["creationTimestamp"]), Qt::ISODate);
    }
    return {};
}

bool leadsTo(const models::UpstreamTarget &target, const Plaintext &row)
{
    return std::any_of(target.pods.begin(), target.pods.end(), [&row](const auto &one) {
        return one.pod->nameSpace == row.nameSpace && one.pod->workload() == row.workload;
    });
}

Leading mappingsTo(const Plaintext &row, const models::Snapshot &snapshot, const models::EdgeView &view)
{
    Leading leading;
    for (auto one = view.mappings.begin(); one != view.mappings.end(); ++one) {
        const models::MappingVerdict &verdict = *one.value();
        if (!leadsTo(models::resolveUpstream(snapshot, verdict.upstreamHost, verdict.upstreamPort,
                                             view.installation.ambassadorNamespace),
                     row))
            continue;
        const QDateTime created = createdAt(snapshot, one.key());
        if (!verdict.originatesTls || !created.isValid())
            return {};
        leading.mappings.append(one.key());
        leading.first = leading.first.isValid() ? std::min(leading.first, created) : created;
    }
    leading.mappings.sort();
    return leading;
}

// The counter that a row was found by, of the same server.
QString counterOf(const Plaintext &row, const QString &callers)
{
    const QString metric =
        row.protocol == "tcp"_L1 ? u"istio_tcp_connections_opened_total"_s : u"istio_requests_total"_s;
    return u"%1{reporter=\"destination\",destination_workload_namespace=\"%2\",destination_workload=\"%3\",%4}"_s
        .arg(metric, row.nameSpace, row.workload, callers);
}

double valueOf(const kube::Result<QList<kube::TimeSeries>> &answer)
{
    return answer && !answer->isEmpty() ? answer->constFirst().newest() : 0;
}

// When the sum first was more than nothing, and when it last grew; 0: never.
struct Growth
{
    qint64 first = 0, last = 0;
};
std::optional<Growth> growthOf(const kube::Result<QList<kube::TimeSeries>> &answer)
{
    if (!answer)
        return {};
    Growth growth;
    double before = 0;
    for (const kube::TimeSeries &series : *answer) { // one: it is a sum
        for (const kube::TimeSeries::Point &point : series.points) {
            if (point.value > before)
                growth.last = point.msecs;
            if (point.value > 0 && growth.first == 0)
                growth.first = point.msecs;
            before = point.value;
        }
    }
    return growth;
}

class History
{
public:
    History(kube::Prometheus &prometheus, const models::StrictTelemetry &telemetry, std::stop_token stop)
        : m_prometheus(prometheus)
        , m_telemetry(telemetry)
        , m_stop(std::move(stop))
    {
    }

    bool hasEndedWith(const Plaintext &row, const QDateTime &first, const QString &identity)
    {
        const qint64 age = first.secsTo(m_telemetry.to);
        if (age <= 0 || age > LongestAgo || age >= m_telemetry.from.secsTo(m_telemetry.to))
            return false;
        const QString plain =
            counterOf(row, u"connection_security_policy=\"none\",source_workload=\"unknown\""_s);
        const QString mutual = counterOf(
            row, u"connection_security_policy=\"mutual_tls\",source_principal=~\"%1\""_s.arg(identity));
        const auto plainGrowth = growth(plain, first);
        const auto mutualGrowth = growth(mutual, first);
        if (!plainGrowth || !mutualGrowth || mutualGrowth->first == 0
            || plainGrowth->last > mutualGrowth->first + ScrapesSince * Step * 1000)
            return false;
        const qint64 window = m_telemetry.from.secsTo(m_telemetry.to) - age;
        const auto before = ask(u"sum(last_over_time(%1[%2s] offset %3s))"_s.arg(plain).arg(window).arg(age));
        const qint64 since =
            (m_telemetry.to.toMSecsSinceEpoch() - std::max(plainGrowth->last, mutualGrowth->first)) / 1000;
        if (!before || valueOf(before) > 0 || since <= 0)
            return false;
        return valueOf(ask(u"max(count_over_time(%1[%2s]))"_s.arg(plain).arg(since))) >= ScrapesSince;
    }

private:
    kube::Result<QList<kube::TimeSeries>> ask(const QString &promql)
    {
        return m_prometheus.query(promql, m_stop).result();
    }
    std::optional<Growth> growth(const QString &series, const QDateTime &from)
    {
        return growthOf(
            m_prometheus.queryRange(u"sum(%1)"_s.arg(series), from, m_telemetry.to, Step, m_stop).result());
    }

    kube::Prometheus &m_prometheus;
    const models::StrictTelemetry &m_telemetry;
    std::stop_token m_stop;
};

} // namespace

void findOwnClearText(kube::Client &client, const kube::PrometheusService &service,
                      const models::Snapshot &snapshot, const models::EdgeView &view,
                      models::StrictTelemetry &telemetry, std::stop_token stop)
{
    const models::EdgeInstallation &edge = view.installation;
    if (edge.name.isEmpty())
        return;
    // Which account's certificate its Mappings present is theirs to say: Citadel's are of any.
    const QString identity = u"spiffe://[^/]+/ns/%1/sa/[^/]+"_s.arg(edge.nameSpace);
    kube::Prometheus prometheus(client, service);
    History history(prometheus, telemetry, stop);
    for (Plaintext &row : telemetry.plaintext) {
        if ((!row.sourceWorkload.isEmpty() && row.sourceWorkload != "unknown"_L1) || row.areBytes)
            continue;
        const Leading leading = mappingsTo(row, snapshot, view);
        if (!leading.mappings.isEmpty() && history.hasEndedWith(row, leading.first, identity))
            row.endedWith = leading.mappings;
    }
}

} // namespace app
