// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/strict_watch.h"

#include "app/edge_proxies.h"
#include "app/snapshot_fetch.h"
#include "app/strict_platform.h"
#include "models/analysis/findings.h"

#include <QDeadlineTimer>

using namespace Qt::StringLiterals;

namespace app {

namespace {

constexpr std::chrono::seconds ListenersTime{30}; // for all proxies of a step

std::optional<edge::Value> jsonOf(const QByteArray &bytes)
{
    auto value = edge::parseJson(bytes.toStdString());
    return value ? std::optional(std::move(*value)) : std::nullopt;
}

QString textOf(const edge::Value &value) { return QString::fromStdString(value.text()); }

} // namespace

StrictWatch::StrictWatch(kube::Client &client, EdgeHost &edge,
                         std::shared_ptr<const ClusterAnalysis> analysis, const models::StrictPlan &plan,
                         std::stop_token stop)
    : m_client(client)
    , m_analysis(std::move(analysis))
    , m_probes(client, edge, m_analysis, stop)
    , m_logs(
          client, [this](const QString &address) { return podAt(address); }, stop)
    , m_scope(models::effectiveScope(*m_analysis->snapshot, plan.scope))
    , m_stop(std::move(stop))
{
    if (!m_scope.workload.isEmpty()) {
        m_workloads = {m_scope.nameSpace + u'/' + m_scope.workload};
        for (const models::StrictStage &stage : plan.stages) {
            for (const models::StrictStep &step : stage.steps)
                m_workloads += step.workloads;
        }
        m_workloads.removeDuplicates();
    }
    m_traffic.emplace(client, *m_analysis, m_scope, m_workloads, m_stop);
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
    lookAtPlatform(seen, m_client, *m_analysis->snapshot, m_pods, m_scope.nameSpace, m_stop);
    lookAtProxies(seen);
    lookAtLogs(seen, look); // before the ports are asked: that leaves lines of our own
    seen.rateSeconds = look.rateSeconds;
    seen.isRehearsal = look.isRehearsal;
    askPrometheus(seen, look);
    lookAtEdge(seen);
    if (!look.listeners.isEmpty())
        readListeners(seen, look);
    if (look.ask.isEmpty())
        seen.notSeen.insert(u"V8"_s, u"asked once the ports are STRICT and old connections are gone"_s);
    else
        m_probes.askPorts(seen, m_pods, look.ask, look.leaveOut);
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
        if (!pod.hasSidecar || pod.isGateway() || !look.listeners.contains(workload)
            || m_stop.stop_requested())
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
            if (pod.capturesInbound(port.port) && port.container != "istio-proxy"_L1) {
                const models::MtlsMode mode = modes->of(port.port);
                seen.listenerTakesClearText[key] |= modes->takesClearText(port.port);
                seen.listenerTakesMutualTls.insert(
                    key,
                    (mode == models::MtlsMode::Permissive || mode == models::MtlsMode::Strict)
                        && seen.listenerTakesMutualTls.value(key, true));
            }
        }
    }
}

// The workload whose pod has it; a pod of the node's network has the node's.
const models::Pod *StrictWatch::podAt(const QString &address) const
{
    for (const models::Pod &pod : m_analysis->snapshot->pods) {
        if (!address.isEmpty() && pod.ip == address && !pod.hostNetwork)
            return &pod;
    }
    return nullptr;
}

// A refusal that was seen does not make seen what was not.  How logs were before is not compared: what they tell has its time.
void StrictWatch::lookAtLogs(models::StrictObservation &seen, const Look &look)
{
    m_logs.look(m_pods);
    seen.refused = m_logs.refused();
    seen.handshakeFaults = m_logs.handshakeFaults();
    seen.silentLogs = m_logs.silent();
    if (const QString why = m_logs.why(); !why.isEmpty())
        seen.notSeen.insert(u"V9"_s, why);
    if (const QString unread = m_logs.unread(); !unread.isEmpty() && !look.isBaseline)
        seen.notSeen.insert(u"V10"_s, unread);
}

void StrictWatch::askPrometheus(models::StrictObservation &seen, const Look &look)
{
    if (m_traffic->look(seen, m_pods, {look.rateSeconds, look.drainedAt, look.isOfAnotherTime}))
        m_prometheusAnswered = true;
    else if (m_prometheusAnswered && !m_isBaseline)
        seen.lost = seen.notSeen.value(u"V2"_s);
    if (look.isBaseline)
        m_traffic->lookBack(seen, look.rateSeconds);
}

void StrictWatch::lookAtEdge(models::StrictObservation &seen)
{
    const models::Snapshot &snapshot = *m_analysis->snapshot;
    if (!m_analysis->hasEdge && !snapshot.knows(u"deployments"_s)) {
        seen.notSeen.insert(u"V5"_s, snapshot.whyUnknown(u"deployments"_s));
        return;
    }
    seen.hasEdge = m_analysis->hasEdge && (!m_analysis->view.table || !m_analysis->view.mappings.isEmpty());
    if (seen.hasEdge)
        m_probes.askMappings(seen);
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
