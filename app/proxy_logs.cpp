// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/proxy_logs.h"

#include "models/analysis/refused_callers.h"
#include "models/resources/counted.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace app {

namespace {

constexpr int FirstLines = 200;   // of a pod at the first look
constexpr int OverlapSeconds = 2; // the kubelet rounds

// Of a pod that is not ready, too: it may be so because its probes are refused.
bool hasRunningSidecar(const models::Pod &pod)
{
    return pod.hasSidecar && (pod.ready || pod.phase == "Running"_L1);
}

bool hasAccessLog(const QByteArray &log)
{
    return log.startsWith("[20") || log.contains("\n[20") || log.contains("response_flags");
}

QString workloadOf(const models::Pod &pod) { return pod.nameSpace + u'/' + pod.workload(); }

} // namespace

ProxyLogs::ProxyLogs(kube::Client &client, PodAt podAt, std::stop_token stop)
    : m_client(client)
    , m_podAt(std::move(podAt))
    , m_stop(std::move(stop))
{
    m_clock.start();
}

int ProxyLogs::secondsBack(qint64 steadyMs, qint64 wallMs)
{
    return int((std::max({qint64(0), steadyMs, wallMs}) + 999) / 1000) + OverlapSeconds;
}

void ProxyLogs::look(const QList<models::Pod> &pods)
{
    const Moment start = now();
    m_unread.clear();
    m_probes = OwnProbes(m_client.transport().connection()).known();
    QSet<QString> workloads;
    for (const models::Pod &pod : pods) {
        if (!hasRunningSidecar(pod))
            continue;
        workloads.insert(workloadOf(pod));
        readLog(pod);
    }
    m_writes.removeIf([&](const auto &one) { return !workloads.contains(one.key()); });
    if (!m_first)
        m_first = start;
}

void ProxyLogs::readLog(const models::Pod &pod)
{
    const Moment at = now();
    const auto before = m_readAt.constFind(pod.uid);
    const std::optional<Moment> since = before != m_readAt.constEnd() ? std::optional(*before) : m_first;
    QString path = u"/api/v1/namespaces/%1/pods/%2/log?container=istio-proxy&tailLines=%3"_s.arg(
        pod.nameSpace, pod.name, QString::number(since ? MaxLines : FirstLines));
    if (since)
        path += u"&sinceSeconds=%1"_s.arg(
            secondsBack(at.steadyMs - since->steadyMs, since->wall.msecsTo(at.wall)));
    const auto log = m_client.rawGet(path, m_stop).result();
    if (!log) {
        m_unread.append(u"log of %1/%2: %3"_s.arg(pod.nameSpace, pod.name, log.error().message));
        return;
    }
    if (since && log->body.count('\n') >= MaxLines)
        m_unread.append(
            u"log of %1/%2: more than %3 lines since the last look, and older ones were not read"_s.arg(
                pod.nameSpace, pod.name, QString::number(MaxLines)));
    m_readAt.insert(pod.uid, at);
    m_writes[workloadOf(pod)] |= hasAccessLog(log->body);
    take(pod, log->body);
}

void ProxyLogs::take(const models::Pod &pod, const QByteArray &log)
{
    const auto keep = [this](QStringList &list, const QString &said) {
        if (m_known.contains(said))
            return;
        m_known.insert(said);
        list.append(said);
    };
    const auto nameOf = [this](const QString &address) {
        if (const models::Pod *peer = m_podAt(address))
            return u"%1 (%2)"_s.arg(address, workloadOf(*peer));
        return address.isEmpty() ? u"an address that is not logged"_s : address + u" (no pod's address)"_s;
    };
    const QString server = pod.nameSpace + u'/' + pod.name;
    for (const QByteArray &line : log.split('\n')) {
        const auto refusal = models::refusalOf(line);
        const bool isOurs = refusal && !m_podAt(refusal->peer) // our own come from the API server
            && isOwnProbe(m_probes, pod.nameSpace, pod.name, refusal->at);
        if (refusal && !isOurs)
            keep(m_refused, u"%1 %2 refused %3"_s.arg(refusal->at, server, nameOf(refusal->peer)));
        if (const auto fault = models::handshakeFaultOf(line))
            keep(
                m_faults,
                u"%1 %2: a handshake ended with %3"_s.arg(fault->at, workloadOf(pod), fault->code).trimmed());
    }
}

QStringList ProxyLogs::silent() const
{
    QStringList silent = m_writes.keys(false);
    silent.sort();
    return silent;
}

QString ProxyLogs::unread() const
{
    if (m_unread.size() <= 1)
        return m_unread.value(0);
    return u"%1 (and %2 more)"_s.arg(m_unread.constFirst(), models::counted(m_unread.size() - 1, u"log"_s));
}

QString ProxyLogs::why() const
{
    if (!m_unread.isEmpty())
        return unread();
    return m_writes.isEmpty() || silent().size() < m_writes.size()
        ? QString()
        : u"no sidecar has a line of an access log, and whom one refuses is seen nowhere else: V3 and V4 tell of callers whose own sidecars count, and of what does not come any more. Let them write one, by meshConfig.accessLogFile: /dev/stdout or a Telemetry with accessLogging"_s;
}

} // namespace app
