// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/strict_probes.h"

#include "app/own_probes.h"

using namespace Qt::StringLiterals;

namespace app {

namespace {

constexpr int RequestLimit = 20; // Mappings asked at each look
constexpr int RequestTimeoutMs = 5000;

QString textOf(const edge::Value &value) { return QString::fromStdString(value.text()); }

bool isReachedByPlainGet(const edge::Value &mapping, const models::EdgeView &view)
{
    if (mapping["kind"].text() != "Mapping")
        return false;
    const edge::Value &spec = mapping["spec"];
    const auto verdict = view.mappings.constFind(textOf(mapping.at({"metadata", "namespace"})) + u'/'
                                                 + textOf(mapping.at({"metadata", "name"})));
    return verdict != view.mappings.constEnd() && (*verdict)->state == models::MappingVerdict::State::Loaded
        && !spec["prefix_regex"].toBool() && !spec["host_regex"].toBool() && spec["headers"].members().empty()
        && spec["regex_headers"].members().empty()
        && (spec["method"].text().empty() || spec["method"].text() == "GET");
}

// What the API server says itself when it gets no answer; everything else is the application's.
bool isRefused(const kube::Result<kube::HttpResponse> &answer)
{
    return !answer
        && (answer.error().httpStatus == 0 || answer.error().message.contains("trying to reach"_L1));
}

} // namespace

StrictProbes::StrictProbes(kube::Client &client, EdgeHost &edge,
                           std::shared_ptr<const ClusterAnalysis> analysis, std::stop_token stop)
    : m_client(client)
    , m_edge(edge)
    , m_analysis(std::move(analysis))
    , m_stop(std::move(stop))
{
}

std::optional<int> StrictProbes::statusOf(const edge::Value &mapping, const EdgeAccess &way)
{
    const QString host = textOf(mapping.at({"spec", "host"}));
    const QString path = textOf(mapping.at({"spec", "prefix"}));
    if (way.host.isEmpty()) {
        if (!host.isEmpty()) // the proxy of the API server brings its own
            return {};
        const auto answer =
            m_client.rawGet(kube::serviceProxyPath(way.nameSpace, way.service, way.servicePort, path), m_stop)
                .result();
        return answer ? answer->status : answer.error().httpStatus;
    }
    models::RequestSpec request;
    request.url = QUrl(u"http://%1%2"_s.arg(host.isEmpty() ? way.host : host, path));
    const auto ready = clientRequest(request, way.host, way.port, RequestTimeoutMs);
    return ready ? std::optional(outcomeOf(m_edge.send(*ready).result()).status) : std::nullopt;
}

void StrictProbes::askMappings(models::StrictObservation &seen)
{
    if (!m_analysis->hasEdge || !m_analysis->view.table) {
        if (m_analysis->hasEdge)
            seen.notSeen.insert(u"V5"_s, u"what the edge routes is not known: "_s + m_analysis->view.problem);
        return;
    }
    const auto ways = edgeAccesses(*m_analysis->snapshot, m_analysis->view.installation, false);
    if (ways.isEmpty()) {
        seen.notSeen.insert(u"V5"_s, u"no Service leads to the edge"_s);
        return;
    }
    for (const edge::Value &object : m_analysis->snapshot->ambassadorObjects) {
        if (!isReachedByPlainGet(object, m_analysis->view) || seen.routeStatus.size() >= RequestLimit)
            continue;
        if (const auto status = statusOf(object, ways.constFirst()))
            seen.routeStatus.insert(textOf(object.at({"metadata", "namespace"})) + u'/'
                                        + textOf(object.at({"metadata", "name"})),
                                    *status);
    }
}

void StrictProbes::askPorts(models::StrictObservation &seen, const QList<models::Pod> &pods,
                            const QStringList &workloads, const QSet<QString> &leaveOut)
{
    QString why;
    for (const models::Pod &pod : pods) {
        const QString workload = pod.nameSpace + u'/' + pod.workload();
        for (const models::ContainerPort &port : pod.ports) {
            const QString key = u"%1:%2"_s.arg(workload).arg(port.port);
            const bool wanted = workloads.contains(workload) && !leaveOut.contains(key)
                && !seen.plaintextAnswered.contains(key);
            if (!wanted || !pod.ready || !pod.capturesInbound(port.port)
                || port.container == "istio-proxy"_L1)
                continue;
            const QDateTime from = QDateTime::currentDateTimeUtc();
            const auto answer =
                m_client
                    .rawGet(u"/api/v1/namespaces/%1/pods/%2:%3/proxy/"_s.arg(pod.nameSpace, pod.name)
                                .arg(port.port),
                            m_stop)
                    .result();
            OwnProbes(m_client.transport().connection())
                .note(pod.nameSpace, pod.name, from, QDateTime::currentDateTimeUtc());
            if (!answer && answer.error().kind == kube::Error::Kind::Forbidden)
                why = answer.error().message;
            else
                seen.plaintextAnswered.insert(key, !isRefused(answer));
        }
    }
    if (!why.isEmpty() && seen.plaintextAnswered.isEmpty())
        seen.notSeen.insert(u"V8"_s, why);
}

} // namespace app
