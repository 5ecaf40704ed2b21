// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/own_clear_text.h"

#include "models/analysis/configured_objects.h"
#include "models/analysis/edge_identity.h"
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
constexpr qint64 FineSeconds = 3600;
constexpr qint64 MostPoints = 10000; // of a range: Prometheus refuses more than 11,000

struct
    Leading // the Mappings to a workload, if all of them have tls and it is known as whom the edge comes by them
{
    QStringList mappings;
    QDateTime first;            // when the oldest of them was made; invalid: not known
    QString identity;           // a regex of the principals, within quotes
    QList<ClearTextTime> times; // of all of them, by the journal; empty: it does not tell of all
};

QDateTime createdAt(const models::Snapshot &snapshot, const QString &mapping)
{
    const edge::Value *object =
        models::ownObject(snapshot, {u"Mapping"_s, mapping.section(u'/', 0, 0), mapping.section(u'/', 1)});
    return object
        ? QDateTime::fromString(models::text(object->at({"metadata", "creationTimestamp"})), Qt::ISODate)
        : QDateTime();
}

bool leadsTo(const models::UpstreamTarget &target, const Plaintext &row)
{
    return std::any_of(target.pods.begin(), target.pods.end(), [&row](const auto &one) {
        return one.pod->nameSpace == row.nameSpace && one.pod->workload() == row.workload;
    });
}

// Of any trust domain: aliases of it come and go.
QString principalsOf(const QString &identity)
{
    return u"spiffe://[^/]+/"_s + identity.section(u'/', 1).replace(u"."_s, u"\\\\."_s);
}

Leading mappingsTo(const Plaintext &row, const models::Snapshot &snapshot, const models::EdgeView &view,
                   const QList<ClearTextTime> &times)
{
    Leading leading;
    QStringList identities;
    bool areAllJournalled = true;
    for (auto one = view.mappings.begin(); one != view.mappings.end(); ++one) {
        const models::MappingVerdict &verdict = *one.value();
        if (!leadsTo(models::resolveUpstream(snapshot, verdict.upstreamHost, verdict.upstreamPort,
                                             view.installation.ambassadorNamespace),
                     row))
            continue;
        const QDateTime created = createdAt(snapshot, one.key());
        const auto identity = models::edgeIdentity(snapshot, view, verdict);
        if (!verdict.originatesTls || !created.isValid() || !identity || identity->isEmpty())
            return {};
        if (const QString principals = principalsOf(*identity); !identities.contains(principals))
            identities.append(principals);
        const qsizetype before = leading.times.size();
        std::copy_if(times.begin(), times.end(), std::back_inserter(leading.times),
                     [&one](const ClearTextTime &time) { return time.mapping == one.key(); });
        areAllJournalled = areAllJournalled && leading.times.size() > before;
        leading.mappings.append(one.key());
        leading.first = leading.first.isValid() ? std::min(leading.first, created) : created;
    }
    leading.mappings.sort();
    identities.sort();
    leading.identity = identities.join(u'|');
    if (!areAllJournalled)
        leading.times.clear();
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

qint64 roundedUp(qint64 seconds, int step) { return (seconds + step - 1) / step * step; }

struct Moment // at which a counter was seen to have grown, in the step before
{
    qint64 msecs = 0;
    int stepSeconds = 0;
};

// What begins after the start has grown from nothing; what was there at it has not.
void addGrowths(QList<Moment> &moments, const QList<kube::TimeSeries> &answer, qint64 start, int stepSeconds)
{
    for (const kube::TimeSeries &series : answer) {
        const bool isOld = !series.points.isEmpty() && series.points.first().msecs < start + 500;
        double before = isOld ? series.points.first().value : 0;
        for (const kube::TimeSeries::Point &point : series.points) {
            if (point.value > before || (point.value < before && point.value > 0)) // or it began anew
                moments.append({point.msecs, stepSeconds});
            before = point.value;
        }
    }
}

// A call is counted by the next scrape, and a connection outlives what opened it.
bool isWithin(const QList<ClearTextTime> &times, const Moment &moment)
{
    const qint64 afterwards = qint64(ScrapesSince * Step + moment.stepSeconds) * 1000;
    return std::any_of(times.begin(), times.end(), [&](const ClearTextTime &time) {
        return time.from.isValid() && time.from.toMSecsSinceEpoch() <= moment.msecs
            && (!time.to.isValid() || moment.msecs <= time.to.toMSecsSinceEpoch() + afterwards);
    });
}

QString textOf(QList<ClearTextTime> times)
{
    std::sort(times.begin(), times.end(), [](const auto &a, const auto &b) { return a.from < b.from; });
    QStringList texts;
    for (const ClearTextTime &time : times)
        texts.append(u"%1 to %2 (Mapping %3)"_s.arg(
            time.from.toUTC().toString(Qt::ISODate),
            time.to.isValid() ? time.to.toUTC().toString(Qt::ISODate) : u"now"_s, time.mapping));
    return texts.join(u", "_s);
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

    bool wasOnlyWithin(const Plaintext &row, const Leading &leading)
    {
        const auto plain =
            moments(counterOf(row, u"connection_security_policy=\"none\",source_workload=\"unknown\""_s));
        if (!plain || plain->isEmpty())
            return false;
        const bool isOwn = std::all_of(plain->begin(), plain->end(),
                                       [&](const Moment &moment) { return isWithin(leading.times, moment); });
        if (!isOwn)
            return false;
        const auto mutual = moments(counterOf(
            row,
            u"connection_security_policy=\"mutual_tls\",source_principal=~\"%1\""_s.arg(leading.identity)));
        if (!mutual || mutual->isEmpty() || mutual->last().msecs <= plain->last().msecs)
            return false;
        // Pods of then may be gone: that it is scraped is seen by whatever it counts.
        const QString any = counterOf(row, u"connection_security_policy=~\"none|mutual_tls\""_s);
        const qint64 since = (m_telemetry.to.toMSecsSinceEpoch() - plain->last().msecs) / 1000;
        return since > 0
            && valueOf(ask(u"max(count_over_time(%1[%2s]))"_s.arg(any).arg(since))) >= ScrapesSince;
    }

private:
    // Of the whole window, in their order: of its last hour to a scrape, before that to what Prometheus answers at once.
    std::optional<QList<Moment>> moments(const QString &series)
    {
        const QDateTime &from = m_telemetry.from, &to = m_telemetry.to;
        // Counted from the end, which is a point of the last one: what came just now is seen.
        const qint64 older = std::max<qint64>(0, from.secsTo(to) - FineSeconds);
        const qint64 newer = roundedUp(std::min<qint64>(FineSeconds, from.secsTo(to)), Step);
        const int coarse = int(std::max<qint64>(Step, older / MostPoints + 1));
        const QDateTime border = to.addSecs(-newer);
        QList<Moment> found;
        for (const auto &[start, end, step] :
             {std::tuple(border.addSecs(-roundedUp(older, coarse)), border, coarse),
              std::tuple(border, to, Step)}) {
            if (start >= end)
                continue;
            const auto answer =
                m_prometheus
                    .queryRange(u"sum by (instance, pod) (%1)"_s.arg(series), start, end, step, m_stop)
                    .result();
            if (!answer)
                return {};
            addGrowths(found, *answer, start.toMSecsSinceEpoch(), step);
        }
        std::sort(found.begin(), found.end(),
                  [](const Moment &a, const Moment &b) { return a.msecs < b.msecs; });
        return found;
    }
    kube::Result<QList<kube::TimeSeries>> ask(const QString &promql)
    {
        return m_prometheus.query(promql, m_stop).result();
    }
    std::optional<Growth> growth(const QString &series, const QDateTime &from)
    {
        const qint64 age = roundedUp(from.secsTo(m_telemetry.to), Step); // so that the last point is of now
        return growthOf(m_prometheus
                            .queryRange(u"sum(%1)"_s.arg(series), m_telemetry.to.addSecs(-age),
                                        m_telemetry.to, Step, m_stop)
                            .result());
    }

    kube::Prometheus &m_prometheus;
    const models::StrictTelemetry &m_telemetry;
    std::stop_token m_stop;
};

} // namespace

void findOwnClearText(kube::Client &client, const kube::PrometheusService &service,
                      const models::Snapshot &snapshot, const models::EdgeView &view,
                      const QList<ClearTextTime> &times, models::StrictTelemetry &telemetry,
                      std::stop_token stop)
{
    if (view.installation.name.isEmpty())
        return;
    kube::Prometheus prometheus(client, service);
    History history(prometheus, telemetry, stop);
    for (Plaintext &row : telemetry.plaintext) {
        if ((!row.sourceWorkload.isEmpty() && row.sourceWorkload != "unknown"_L1) || row.areBytes)
            continue;
        const Leading leading = mappingsTo(row, snapshot, view, times);
        if (leading.mappings.isEmpty())
            continue;
        if (history.hasEndedWith(row, leading.first, leading.identity)) {
            row.endedWith = leading.mappings;
        } else if (!leading.times.isEmpty() && history.wasOnlyWithin(row, leading)) {
            row.endedWith = leading.mappings;
            row.clearTimes = textOf(leading.times);
        }
    }
}

} // namespace app
