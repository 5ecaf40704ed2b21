// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/strict_watch.h"

#include "app/edge_access.h"
#include "app/edge_proxies.h"
#include "app/prometheus_place.h"
#include "app/snapshot_fetch.h"
#include "models/analysis/findings.h"

#include <QDeadlineTimer>

using namespace Qt::StringLiterals;

namespace app {

namespace {

constexpr int RequestLimit = 20; // Mappings asked at each look
constexpr int RequestTimeoutMs = 5000;
constexpr std::chrono::seconds ListenersTime{30}; // for all proxies of a step

using Series = kube::Result<QList<kube::TimeSeries>>;

QString workloadOf(const kube::TimeSeries &series, const QString &side)
{
    return series.labels.value(side + u"_workload_namespace"_s) + u'/'
        + series.labels.value(side + u"_workload"_s);
}

std::optional<edge::Value> jsonOf(const QByteArray &bytes)
{
    auto value = edge::parseJson(bytes.toStdString());
    return value ? std::optional(std::move(*value)) : std::nullopt;
}

QString textOf(const edge::Value &value) { return QString::fromStdString(value.text()); }

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

} // namespace

StrictWatch::StrictWatch(kube::Client &client, EdgeHost &edge,
                         std::shared_ptr<const ClusterAnalysis> analysis, const models::StrictPlan &plan,
                         std::stop_token stop)
    : m_client(client)
    , m_edge(edge)
    , m_analysis(std::move(analysis))
    , m_scope(models::effectiveScope(*m_analysis->snapshot, plan.scope))
    , m_stop(std::move(stop))
{
    if (m_scope.workload.isEmpty())
        return;
    m_workloads = {m_scope.nameSpace + u'/' + m_scope.workload};
    for (const models::StrictStage &stage : plan.stages) {
        for (const models::StrictStep &step : stage.steps)
            m_workloads += step.workloads;
    }
    m_workloads.removeDuplicates();
}

void StrictWatch::setBaseline() { m_isBaseline = false; }

bool StrictWatch::inScope(const QString &nameSpace, const QString &workload) const
{
    return (m_scope.nameSpace.isEmpty() || nameSpace == m_scope.nameSpace)
        && (m_workloads.isEmpty() || m_workloads.contains(nameSpace + u'/' + workload));
}

models::StrictObservation StrictWatch::observe(const Look &look)
{
    models::StrictObservation seen;
    seen.at = QDateTime::currentDateTimeUtc();
    lookAtPods(seen);
    if (!seen.lost.isEmpty())
        return seen;
    lookAtEvents(seen);
    lookAtProxies(seen);
    lookAtLogs(seen); // before the ports are asked: that leaves lines of our own
    seen.rateSeconds = look.rateSeconds;
    seen.isRehearsal = look.isRehearsal;
    askPrometheus(seen, look.drainedAt, look.rateSeconds);
    sendRequests(seen);
    if (look.ask.isEmpty())
        seen.notSeen.insert(u"V8"_s, u"asked once the ports are STRICT and old connections are gone"_s);
    else {
        readListeners(seen, look);
        askPorts(seen, look);
    }
    if (look.certificates)
        readCertificates(seen);
    else
        seen.notSeen.insert(u"V10"_s, u"read after the drain"_s);
    return seen;
}

void StrictWatch::lookAtPods(models::StrictObservation &seen)
{
    const auto pods = m_client.list(kube::types::pods(), m_scope.nameSpace, m_stop).result();
    if (!pods) {
        seen.lost = u"the API server: "_s + pods.error().message;
        return;
    }
    m_pods.clear();
    for (const kube::Object &object : pods->items) {
        const auto value = jsonOf(object.json);
        const models::Pod pod = models::parsePod(value.value_or(edge::Value()));
        if (pod.isGone() || !inScope(pod.nameSpace, pod.workload()))
            continue;
        m_pods.append(pod);
        ++seen.pods;
        seen.readyPods += pod.ready ? 1 : 0;
    }
}

void StrictWatch::lookAtEvents(models::StrictObservation &seen)
{
    const auto events = m_client.list(kube::types::events(), m_scope.nameSpace, m_stop).result();
    if (!events) {
        seen.notSeen.insert(u"V6"_s, u"events: "_s + events.error().message);
        return;
    }
    for (const kube::Object &object : events->items) {
        const auto event = jsonOf(object.json);
        const QString reason = event ? textOf((*event)["reason"]) : QString();
        const QString message = event ? textOf((*event)["message"]) : QString();
        if (reason == "Unhealthy"_L1 || (reason.startsWith("Failed"_L1) && message.contains("webhook"_L1)))
            seen.badEvents.append(
                u"%1: %2 %3 (%4)"_s.arg(object.key(), reason, message, textOf((*event)["count"])));
    }
}

// Istio ≥ 1.21 asks for credentials here; then this says why it is not checked.
void StrictWatch::lookAtProxies(models::StrictObservation &seen)
{
    QSet<QString> ours;
    for (const models::Pod &pod : m_pods) {
        if (pod.hasSidecar)
            ours.insert(pod.name + u'.' + pod.nameSpace);
    }
    QString why = u"no istiod was found"_s;
    for (const models::Pod &pod : m_analysis->snapshot->pods) {
        if (!pod.ready || !pod.containers.contains(u"discovery"_s)) // istiod's, whatever it is called
            continue;
        const auto answer = m_client
                                .rawGet(u"/api/v1/namespaces/%1/pods/%2:8080/proxy/debug/syncz"_s.arg(
                                            pod.nameSpace, pod.name),
                                        m_stop)
                                .result();
        const auto list = answer ? jsonOf(answer->body) : std::nullopt;
        if (!list || !list->isArray()) {
            why = u"istiod's syncz: "_s + (answer ? u"its answer is no list"_s : answer.error().message);
            continue;
        }
        why.clear();
        for (const edge::Value &proxy : list->items()) {
            if (!ours.contains(textOf(proxy["proxy"])))
                continue;
            ++seen.proxies;
            seen.proxiesCurrent += proxy["listener_sent"] == proxy["listener_acked"] ? 1 : 0;
        }
    }
    if (!why.isEmpty())
        seen.notSeen.insert(u"V1"_s, why);
}

// An excluded port looks like any other there, and a pod without a ready proxy has no listener to read.
void StrictWatch::readListeners(models::StrictObservation &seen, const Look &look)
{
    const QDeadlineTimer deadline{ListenersTime};
    for (const models::Pod &pod : m_pods) {
        const QString workload = pod.nameSpace + u'/' + pod.workload();
        if (!pod.hasSidecar || pod.isGateway() || !look.ask.contains(workload) || m_stop.stop_requested())
            continue;
        ++seen.proxiesToRead;
        if (deadline.hasExpired()) {
            seen.listenersWhy = u"it takes longer than %1 s"_s.arg(ListenersTime.count());
            continue;
        }
        const auto modes = readInbound(m_client, pod, m_stop);
        if (!modes) {
            seen.listenersWhy = modes.error().message;
            continue;
        }
        ++seen.proxiesRead;
        for (const models::ContainerPort &port : pod.ports) {
            const QString key = u"%1:%2"_s.arg(workload).arg(port.port);
            if (pod.capturesInbound(port.port) && port.container != "istio-proxy"_L1)
                seen.listenerTakesClearText[key] |= modes->takesClearText(port.port);
        }
    }
}

void StrictWatch::lookAtLogs(models::StrictObservation &seen)
{
    QString why;
    bool isAsked = false, isWritten = false; // whether there is an access log at all: Istio's default is none
    for (const models::Pod &pod : m_pods) {
        if (!pod.hasSidecar || !pod.ready)
            continue;
        isAsked = true;
        const auto log =
            m_client
                .rawGet(u"/api/v1/namespaces/%1/pods/%2/log?container=istio-proxy&tailLines=200"_s.arg(
                            pod.nameSpace, pod.name),
                        m_stop)
                .result();
        if (!log) {
            why = u"log of %1/%2: %3"_s.arg(pod.nameSpace, pod.name, log.error().message);
            continue;
        }
        for (const QByteArray &line : log->body.split('\n')) {
            isWritten = isWritten || line.startsWith("[20") || line.contains("response_flags");
            if (line.contains(" NR filter_chain_not_found"))
                seen.refused.append(u"%1/%2: %3"_s.arg(pod.nameSpace, pod.name, QString::fromUtf8(line)));
        }
    }
    if (isAsked && !isWritten && why.isEmpty())
        why = u"no sidecar has a line of an access log (meshConfig.accessLogFile)"_s;
    if (!why.isEmpty() && seen.refused.isEmpty())
        seen.notSeen.insert(u"V9"_s, why);
}

void StrictWatch::askPrometheus(models::StrictObservation &seen, const QDateTime &drainedAt, int rateSeconds)
{
    kube::Prometheus prometheus(m_client, prometheusOf(*m_analysis->snapshot));
    const QString rate = u"%1s"_s.arg(rateSeconds);
    const QString scope = selectorOf(m_scope, m_workloads);
    const auto ask = [&](const QString &promql) -> Series {
        return prometheus.query(promql, m_stop).result();
    };
    const Series received = ask(
        u"sum by (destination_workload_namespace,destination_workload) (rate(istio_requests_total{reporter=\"destination\"%1}[%2]))"_s
            .arg(scope, rate));
    if (!received) {
        const QString why = u"Prometheus: "_s + received.error().message;
        for (const QString &check : {u"V2"_s, u"V3"_s, u"V4"_s, u"V7"_s})
            seen.notSeen.insert(check, why);
        if (m_prometheusAnswered && !m_isBaseline)
            seen.lost = why;
        return;
    }
    m_prometheusAnswered = true;
    // What one query leaves open is not looked at, though the others have answered.
    const auto listOf = [&seen](const Series &answer, const QString &check) {
        if (!answer)
            seen.notSeen.insert(check, u"Prometheus: "_s + answer.error().message);
        return answer.value_or(QList<kube::TimeSeries>());
    };
    for (const kube::TimeSeries &series : *received)
        seen.received.insert(workloadOf(series, u"destination"_s), series.newest());
    const Series errors = ask(
        u"sum by (source_workload_namespace,source_workload,destination_workload_namespace,destination_workload) (rate(istio_requests_total{reporter=\"source\",response_flags=~\".*(UC|UF|URX|UH).*\"%1}[%2]))"_s
            .arg(selectorOf(m_scope, {}), rate));
    for (const kube::TimeSeries &series : listOf(errors, u"V3"_s))
        seen.clientErrors.insert(workloadOf(series, u"source"_s) + u" → "_s
                                     + workloadOf(series, u"destination"_s),
                                 series.newest());
    const Series all = ask(
        u"sum(rate(istio_requests_total{reporter=\"source\"%1}[%2]))"_s.arg(selectorOf(m_scope, {}), rate));
    for (const kube::TimeSeries &series : listOf(all, u"V3"_s))
        seen.requests = series.newest();
    const Series routes = ask(
        u"sum by (envoy_cluster_name) (rate(envoy_cluster_upstream_rq_xx{envoy_response_code_class=\"5\"}[%1])) / (sum by (envoy_cluster_name) (rate(envoy_cluster_upstream_rq_xx[%1])) > 0)"_s
            .arg(rate));
    for (const kube::TimeSeries &series : listOf(routes, u"V5"_s))
        seen.routeErrors.insert(series.labels.value(u"envoy_cluster_name"_s), series.newest());
    const Series down = ask(u"up == 0"_s);
    for (const kube::TimeSeries &series : listOf(down, u"V7"_s))
        seen.targetsDown.insert(series.labels.value(u"job"_s) + u' '
                                + series.labels.value(u"pod"_s, series.labels.value(u"instance"_s)));
    const Series shadow =
        ask(u"sum({__name__=~\"envoy_.+\",authz_dry_run_action=\"deny\",authz_dry_run_result=\"denied\"})"_s);
    if (shadow && !shadow->isEmpty())
        seen.shadowDenied = shadow->constFirst().newest();
    const Series denied =
        ask(u"sum(rate(istio_requests_total{reporter=\"destination\",response_code=\"403\"%1}[%2]))"_s.arg(
            scope, rate));
    if (denied && !denied->isEmpty())
        seen.realDenied = denied->constFirst().newest();
    if (!drainedAt.isValid())
        return;
    const qint64 since = std::max<qint64>(1, drainedAt.secsTo(seen.at));
    for (const QString &metric : {u"istio_requests_total"_s, u"istio_tcp_connections_opened_total"_s}) {
        const Series plain = ask(
            u"sum by (destination_workload_namespace,destination_workload) (increase(%1{reporter=\"destination\",connection_security_policy=\"none\"%2}[%3s])) > 0"_s
                .arg(metric, scope)
                .arg(since));
        for (const kube::TimeSeries &series : listOf(plain, u"V2"_s))
            seen.plaintext[workloadOf(series, u"destination"_s)] += series.newest();
    }
}

// One real request for each Mapping that a plain GET reaches.
void StrictWatch::sendRequests(models::StrictObservation &seen)
{
    if (!m_analysis->hasEdge || !m_analysis->view.table) {
        seen.notSeen.insert(u"V5"_s, u"no edge was found"_s);
        return;
    }
    const auto ways = edgeAccesses(*m_analysis->snapshot, m_analysis->view.installation, false);
    if (ways.isEmpty()) {
        seen.notSeen.insert(u"V5"_s, u"no Service leads to the edge"_s);
        return;
    }
    const EdgeAccess &way = ways.constFirst();
    for (const edge::Value &object : m_analysis->snapshot->ambassadorObjects) {
        const QString key =
            textOf(object.at({"metadata", "namespace"})) + u'/' + textOf(object.at({"metadata", "name"}));
        const edge::Value &spec = object["spec"];
        const auto verdict = m_analysis->view.mappings.constFind(key);
        const bool askable = object["kind"].text() == "Mapping"
            && verdict != m_analysis->view.mappings.constEnd()
            && (*verdict)->state == models::MappingVerdict::State::Loaded && !spec["prefix_regex"].toBool()
            && !spec["host_regex"].toBool() && spec["headers"].members().empty()
            && spec["regex_headers"].members().empty()
            && (spec["method"].text().empty() || spec["method"].text() == "GET");
        if (!askable || seen.routeStatus.size() >= RequestLimit)
            continue;
        const QString host = textOf(spec["host"]);
        const QString path = textOf(spec["prefix"]);
        if (way.host.isEmpty()) {
            if (!host.isEmpty()) // the proxy of the API server brings its own
                continue;
            const auto answer =
                m_client
                    .rawGet(kube::serviceProxyPath(way.nameSpace, way.service, way.servicePort, path), m_stop)
                    .result();
            seen.routeStatus.insert(key, answer ? answer->status : answer.error().httpStatus);
            continue;
        }
        models::RequestSpec request;
        request.url = QUrl(u"http://%1%2"_s.arg(host.isEmpty() ? way.host : host, path));
        const auto ready = clientRequest(request, way.host, way.port, RequestTimeoutMs);
        if (ready)
            seen.routeStatus.insert(key, outcomeOf(m_edge.send(*ready).result()).status);
    }
    if (seen.routeStatus.isEmpty())
        seen.notSeen.insert(u"V5"_s, u"no Mapping is reached by a plain GET"_s);
}

void StrictWatch::askPorts(models::StrictObservation &seen, const Look &look)
{
    QString why;
    for (const models::Pod &pod : m_pods) {
        for (const models::ContainerPort &port : pod.ports) {
            const QString key = u"%1/%2:%3"_s.arg(pod.nameSpace, pod.workload()).arg(port.port);
            const bool wanted = look.ask.contains(pod.nameSpace + u'/' + pod.workload())
                && !look.leaveOut.contains(key) && !seen.plaintextAnswered.contains(key);
            if (!wanted || !pod.ready || !pod.capturesInbound(port.port)
                || port.container == "istio-proxy"_L1)
                continue;
            const auto answer =
                m_client
                    .rawGet(u"/api/v1/namespaces/%1/pods/%2:%3/proxy/"_s.arg(pod.nameSpace, pod.name)
                                .arg(port.port),
                            m_stop)
                    .result();
            if (!answer && answer.error().kind == kube::Error::Kind::Forbidden) {
                why = answer.error().message;
                continue;
            }
            // What the API server says itself when it gets no answer; everything else is the application's.
            const bool refused = !answer
                && (answer.error().httpStatus == 0 || answer.error().message.contains("trying to reach"_L1));
            seen.plaintextAnswered.insert(key, !refused);
        }
    }
    if (!why.isEmpty() && seen.plaintextAnswered.isEmpty())
        seen.notSeen.insert(u"V8"_s, why);
}

void StrictWatch::readCertificates(models::StrictObservation &seen)
{
    auto input = fetchSnapshot(m_client, m_stop);
    if (!input) {
        seen.notSeen.insert(u"V10"_s, input.error().message);
        return;
    }
    fetchEdgeProxies(m_client, *input, m_stop);
    const auto analysis =
        analyse(*input, m_analysis->hasEdge ? m_analysis->view.installation.key() : QString());
    for (const models::Finding &finding : models::certificateFindings(analysis->certificates, seen.at)) {
        if (finding.severity >= models::Severity::Warning)
            seen.certificateFaults.append(finding.code + u' ' + finding.subject.text());
    }
}

} // namespace app
