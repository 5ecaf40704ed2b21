// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/strict_evidence.h"

#include "app/changes.h"
#include "app/prometheus_place.h"
#include "app/rights.h"
#include "app/snapshot_plan.h"
#include "kube/discovery.h"
#include "models/analysis/strict_policies.h"

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
        const QString pod = series.labels.value(u"namespace"_s) + u'/' + series.labels.value(u"pod"_s);
        values[pod] = values.contains(pod) ? std::min(values[pod], series.newest()) : series.newest();
    }
    return values;
}

// A series that was born in the window with its first request shows no increase; that it is there tells of
// it.
QString plaintextSeries(const QString &metric, const QString &selector)
{
    return u"%1{reporter=\"destination\",connection_security_policy=\"none\"%2}"_s.arg(metric, selector);
}

QString plaintextQuery(const QString &metric, const QString &selector, const QString &window)
{
    const QString series = plaintextSeries(metric, selector);
    return u"sum by (%1) (increase(%2[%3])) > 0 or sum by (%1) (last_over_time(%2[%3]) unless %2 offset %3) > 0"_s
        .arg(ByCaller, series, window);
}

// When each of these last grew: an increase over the whole window does not tell.  false: Prometheus did not say.
bool addLastSeen(QList<Plaintext> &rows, kube::Prometheus &prometheus, const QString &series,
                 qint64 windowSeconds, const QDateTime &now, std::stop_token stop)
{
    if (rows.isEmpty())
        return true;
    const int step = int(std::max<qint64>(15, windowSeconds / 200));
    const QString promql = u"sum by (%1) (increase(%2[%3s]))"_s.arg(ByCaller, series).arg(2 * step);
    const auto grown = prometheus.queryRange(promql, now.addSecs(-windowSeconds), now, step, stop).result();
    for (const kube::TimeSeries &one : grown.value_or(QList<kube::TimeSeries>())) {
        const Plaintext caller = plaintextOf(one, {});
        qint64 last = 0;
        for (const kube::TimeSeries::Point &point : one.points)
            last = point.value > 0 ? point.msecs : last;
        for (Plaintext &row : rows) {
            const bool isSame = std::tie(row.nameSpace, row.workload, row.service, row.sourceNamespace,
                                         row.sourceWorkload, row.sourcePrincipal, row.protocol)
                == std::tie(caller.nameSpace, caller.workload, caller.service, caller.sourceNamespace,
                            caller.sourceWorkload, caller.sourcePrincipal, caller.protocol);
            if (isSame && last > 0)
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

// Policies and rules that are other ones than they were when `input` was read; absent: could not be asked.
std::optional<QStringList> changedSince(kube::Client &client, const models::SnapshotInput &input,
                                        std::stop_token stop)
{
    QStringList changed;
    for (const kube::ResourceType &type : strictKinds(client, stop)) {
        const auto then = input.objects.constFind(type.plural);
        if (then == input.objects.constEnd())
            continue;
        const auto now = client.list(type, {}, stop).result();
        if (!now)
            return {};
        QMap<QString, QString> known;
        for (const kube::Object &object : *then)
            known.insert(object.key(), object.uid + object.resourceVersion);
        for (const kube::Object &object : now->items) {
            if (known.take(object.key()) != QString(object.uid + object.resourceVersion))
                changed.append(type.kind + u' ' + object.key());
        }
        for (const QString &gone : known.keys())
            changed.append(u"%1 %2, which is gone"_s.arg(type.kind, gone));
    }
    return changed;
}

} // namespace

std::optional<models::StrictTelemetry> strictTelemetry(kube::Client &client,
                                                       const kube::PrometheusService &service,
                                                       const models::StrictScope &scope, qint64 windowSeconds,
                                                       const QDateTime &now, std::stop_token stop)
{
    kube::Prometheus prometheus(client, service);
    const QString window = u"%1s"_s.arg(windowSeconds);
    const QString selector = selectorOf(scope);
    models::StrictTelemetry telemetry;
    const auto ask = [&](const QString &promql) -> Series { return prometheus.query(promql, stop).result(); };
    const auto listOf = [&](const Series &answer, const QString &what) {
        if (!answer)
            telemetry.unanswered.append(what);
        return answer.value_or(QList<kube::TimeSeries>());
    };
    bool isAnswered = true;
    for (const QString &metric : {u"istio_requests_total"_s, u"istio_tcp_connections_opened_total"_s}) {
        const QString query = plaintextQuery(metric, selector, window);
        const Series found = ask(query);
        isAnswered = isAnswered && found;
        QList<Plaintext> rows;
        for (const kube::TimeSeries &series : found.value_or(QList<kube::TimeSeries>()))
            rows.append(plaintextOf(series, query));
        if (!addLastSeen(rows, prometheus, plaintextSeries(metric, selector), windowSeconds, now, stop))
            telemetry.unanswered.append(u"when clear text was seen last"_s);
        telemetry.plaintext += rows;
        const QString fromOthers = otherClusterQuery(metric, selector, window);
        addOtherClusters(telemetry.otherClusters, listOf(ask(fromOthers), u"clients of other clusters"_s),
                         fromOthers);
    }
    const Series covered = ask(
        u"count by (destination_workload_namespace,destination_workload) "
        u"(last_over_time(istio_requests_total{reporter=\"destination\"}[%1]) "
        "or last_over_time(istio_tcp_connections_opened_total{reporter=\"destination\"}[%1]))"_s.arg(window));
    const Series unreadable = ask(
        u"sum(increase(istio_requests_total{reporter=\"destination\",connection_security_policy!~\"mutual_tls|none\"}[%1])) > 0"_s
            .arg(window));
    const QString aroundQuery =
        u"sum by (source_workload_namespace,source_workload) (increase(istio_requests_total{reporter=\"source\",destination_service_name=\"PassthroughCluster\"}[%1]) or increase(istio_tcp_connections_opened_total{reporter=\"source\",destination_service_name=\"PassthroughCluster\"}[%1])) > 0"_s
            .arg(window);
    const Series around = ask(aroundQuery);
    // A subquery looks at whole steps only: so that what is as old as the window is seen, it looks further back.
    const qint64 step = std::max<qint64>(1, windowSeconds / 200);
    const Series first =
        ask(u"min(min_over_time(timestamp(up)[%1s:%2s]))"_s.arg(windowSeconds + 2 * step).arg(step));
    const Series ends = ask(u"istio_agent_cert_expiry_seconds"_s);
    const Series shadow = ask(
        u"sum by (namespace,pod) (increase({__name__=~\"envoy_.+\",authz_dry_run_action=\"deny\",authz_dry_run_result=\"denied\"}[%1]))"_s
            .arg(window));
    if (!isAnswered || !covered)
        return {};
    for (const kube::TimeSeries &series : *covered)
        telemetry.covered.insert(series.labels.value(u"destination_workload_namespace"_s) + u'/'
                                 + series.labels.value(u"destination_workload"_s));
    for (const kube::TimeSeries &series : listOf(unreadable, u"series that say neither"_s))
        telemetry.unreadable += series.newest();
    for (const kube::TimeSeries &series : listOf(around, u"traffic around the registry"_s))
        telemetry.aroundRegistry.append(plaintextOf(series, aroundQuery));
    for (const auto &[answer, what] :
         {std::pair(&ends, u"ends of workload certificates"_s), std::pair(&shadow, u"shadow STRICT"_s),
          std::pair(&first, u"how far the data go back"_s)})
        listOf(*answer, what);
    if (ends && !ends->isEmpty())
        telemetry.certificateSeconds = byPod(*ends);
    if (shadow && !shadow->isEmpty())
        telemetry.shadowDenied = byPod(*shadow);
    telemetry.to = now;
    telemetry.from = now;
    if (first && !first->isEmpty() && first->constFirst().newest() > 0)
        telemetry.from = QDateTime::fromSecsSinceEpoch(qint64(first->constFirst().newest()), Qt::UTC);
    return telemetry;
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

models::PreflightInput gatherEvidence(kube::Client &client, const ClusterAnalysis &analysis,
                                      const models::SnapshotInput &input, const EvidenceWish &wish,
                                      std::stop_token stop)
{
    models::PreflightInput evidence;
    evidence.scope = wish.scope;
    evidence.windowSeconds = wish.windowSeconds.value_or(models::defaultWindowSeconds(*analysis.snapshot));
    evidence.includeNarrower = wish.includeNarrower;
    evidence.accepted = wish.accepted;
    // A workload's object may select others: asked is for its namespace, and the preflight takes what becomes STRICT.
    const models::StrictScope asked{models::effectiveScope(*analysis.snapshot, wish.scope).nameSpace, {}};
    evidence.telemetry = strictTelemetry(client, prometheusOf(*analysis.snapshot), asked,
                                         evidence.windowSeconds, QDateTime::currentDateTimeUtc(), stop);
    tryStrict(client, *analysis.snapshot, evidence, stop);
    evidence.changedMeanwhile = changedSince(client, input, stop);
    return evidence;
}

QList<kube::ResourceType> strictKinds(kube::Client &client, std::stop_token stop)
{
    const auto served = client.discovery().fetch(stop, groupsRead()).result();
    const kube::ApiCatalog *catalog = served ? &*served : nullptr;
    const auto isServed = [&](const QString &group, const QString &plural) {
        return catalog && catalog->find(group, plural);
    };
    const bool isOld = isServed(u"authentication.istio.io"_s, u"meshpolicies"_s)
        && !isServed(u"security.istio.io"_s, u"peerauthentications"_s);
    const QStringList kinds = isOld ? QStringList{u"MeshPolicy"_s, u"Policy"_s, u"DestinationRule"_s}
                                    : QStringList{u"PeerAuthentication"_s, u"DestinationRule"_s};
    QList<kube::ResourceType> types;
    for (const QString &kind : kinds) {
        if (const auto type = typeOfKind(catalog, kind, false))
            types.append(*type);
    }
    return types;
}

void tryStrict(kube::Client &client, const models::Snapshot &snapshot, models::PreflightInput &input,
               std::stop_token stop)
{
    const auto policies = models::strictPolicies(snapshot);
    const models::PolicyEdit edit = input.scope.nameSpace.isEmpty()
        ? policies->setMesh(models::MtlsMode::Strict)
        : policies->setNamespace(input.scope.nameSpace, models::MtlsMode::Strict);
    Wish wish;
    wish.title = u"STRICT, as a dry run"_s;
    wish.objects = {edit.value};
    const auto changes = planApply(client, wish, stop);
    if (!changes) {
        input.dryRun = changes.error().message;
        return;
    }
    if (const QStringList missing = missingRights(client, rightsFor(changes->changes), stop);
        !missing.isEmpty()) {
        input.missingRights = missing; // a dry run would say no more
        return;
    }
    const models::ChangeReview reviewed = review(client, *changes, stop);
    input.dryRun = reviewed.dryRunOk ? QString() : reviewed.dryRunMessage;
    if (reviewed.dryRunOk) // the server's dry run passes its authorization too
        input.missingRights = QStringList();
}

} // namespace app
