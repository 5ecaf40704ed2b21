// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Whom the sidecars of a step refuse, by their access logs (facts mesh-security.md §2.5 V9): the first look takes the newest
// lines, each later one what was written since the one before, so that a busy proxy's lines push no refusal out of sight; of a
// pod that was not read yet, what it has written since the first look.
// Promise: what was seen once is said at every later look; a log of which a part was not read is named; what was asked of a port
// to see it refuse (V8) is no refusal.  Blocks; one thread.
#include "app/own_probes.h"
#include "kube/client.h"
#include "models/resources/workload.h"

#include <QElapsedTimer>
#include <QSet>

#include <functional>

namespace app {

class ProxyLogs
{
public:
    using PodAt = std::function<const models::Pod *(const QString &address)>; // nullptr: no pod has it

    ProxyLogs(kube::Client &client, PodAt podAt, std::stop_token stop);
    void look(const QList<models::Pod> &pods); // those whose sidecar runs are read

    const QStringList &refused() const { return m_refused; }        // in the order in which they were read
    const QStringList &handshakeFaults() const { return m_faults; } // "TIME namespace/workload: …", the same
    QStringList silent() const; // workloads no sidecar of which has a line in its access log
    QString unread() const;     // of which logs the last look has not read all, and why; "" of none
    QString why() const; // why the last look says nothing of whom nobody was seen to refuse; "" it does

    static constexpr int MaxLines = 10'000; // of one pod at one look
    // What is asked for after that time: by a clock that nobody sets, and by the one that goes on while a machine sleeps.
    static int secondsBack(qint64 steadyMs, qint64 wallMs);

private:
    struct Moment
    {
        qint64 steadyMs;
        QDateTime wall;
    };
    Moment now() const { return {m_clock.elapsed(), QDateTime::currentDateTimeUtc()}; }
    void readLog(const models::Pod &pod);
    void take(const models::Pod &pod, const QByteArray &log);

    kube::Client &m_client;
    const PodAt m_podAt;
    const std::stop_token m_stop;
    QElapsedTimer m_clock;
    std::optional<Moment> m_first;   // look
    QHash<QString, Moment> m_readAt; // by uid
    QHash<QString, bool>
        m_writes; // by workload: whether there is an access log at all; Istio's default is none
    QStringList m_refused, m_faults;
    QSet<QString> m_known; // of both: looks overlap
    QStringList m_unread;
    QList<OwnProbes::Probe> m_probes;
};

} // namespace app
