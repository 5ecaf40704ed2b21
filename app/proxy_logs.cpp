// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/proxy_logs.h"

#include "models/analysis/refused_callers.h"

using namespace Qt::StringLiterals;

namespace app {

namespace {

constexpr int FirstLines = 200;   // of a pod that was not read yet
constexpr int OverlapSeconds = 2; // the kubelet rounds

} // namespace

ProxyLogs::ProxyLogs(kube::Client &client, NameOf nameOf, std::stop_token stop)
    : m_client(client)
    , m_nameOf(std::move(nameOf))
    , m_stop(std::move(stop))
{
}

void ProxyLogs::look(const QList<models::Pod> &pods)
{
    m_why.clear();
    QHash<QString, bool> writes;
    for (const models::Pod &pod : pods) {
        if (!pod.hasSidecar || !pod.ready)
            continue;
        const QDateTime now = QDateTime::currentDateTimeUtc();
        const QDateTime before = m_readAt.value(pod.uid);
        QString path = u"/api/v1/namespaces/%1/pods/%2/log?container=istio-proxy&tailLines=%3"_s.arg(
            pod.nameSpace, pod.name, QString::number(before.isValid() ? MaxLines : FirstLines));
        if (before.isValid())
            path += u"&sinceSeconds=%1"_s.arg(before.secsTo(now) + OverlapSeconds);
        const auto log = m_client.rawGet(path, m_stop).result();
        if (!log) {
            m_why = u"log of %1/%2: %3"_s.arg(pod.nameSpace, pod.name, log.error().message);
            continue;
        }
        if (before.isValid() && log->body.count('\n') >= MaxLines)
            m_why =
                u"log of %1/%2: more than %3 lines since the last look, and older ones were not read"_s.arg(
                    pod.nameSpace, pod.name, QString::number(MaxLines));
        m_readAt.insert(pod.uid, now);
        const QString workload = pod.nameSpace + u'/' + pod.workload();
        writes[workload] |= m_writes.value(workload) || log->body.startsWith("[20")
            || log->body.contains("\n[20") || log->body.contains("response_flags");
        read(pod, log->body);
    }
    m_writes = writes;
    if (!m_writes.isEmpty() && silent().size() == m_writes.size() && m_why.isEmpty())
        m_why =
            u"no sidecar has a line of an access log, and whom one refuses is seen nowhere else: V3 and V4 tell of callers whose own sidecars count, and of what does not come any more. Let them write one, by meshConfig.accessLogFile: /dev/stdout or a Telemetry with accessLogging"_s;
}

void ProxyLogs::read(const models::Pod &pod, const QByteArray &log)
{
    const auto keep = [this](QStringList &list, const QString &said) {
        if (m_known.contains(said))
            return;
        m_known.insert(said);
        list.append(said);
    };
    const QString server = pod.nameSpace + u'/' + pod.name;
    for (const QByteArray &line : log.split('\n')) {
        if (const auto refusal = models::refusalOf(line))
            keep(m_refused, u"%1 %2 refused %3"_s.arg(refusal->at, server, m_nameOf(refusal->peer)));
        for (const char *fault :
             {"CERTIFICATE_EXPIRED", "CERTIFICATE_UNKNOWN", "CERTIFICATE_VERIFY_FAILED"}) {
            if (line.contains(fault))
                keep(m_faults,
                     u"%1/%2: a handshake ended with %3"_s.arg(pod.nameSpace, pod.workload(),
                                                               QString::fromLatin1(fault)));
        }
    }
}

QStringList ProxyLogs::silent() const
{
    QStringList silent = m_writes.keys(false);
    silent.sort();
    return silent;
}

} // namespace app
