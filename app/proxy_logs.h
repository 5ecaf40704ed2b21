// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Whom the sidecars of a step refuse, by their access logs (facts mesh-security.md §2.5 V9): the first look takes the newest
// lines, each later one what was written since the one before, so that a busy proxy's lines push no refusal out of sight.
// Promise: what was seen once is said at every later look; a log of which a part was not read is named.  Blocks; one thread.
#include "kube/client.h"
#include "models/resources/workload.h"

#include <QDateTime>
#include <QSet>

#include <functional>

namespace app {

class ProxyLogs
{
public:
    using NameOf = std::function<QString(const QString &address)>; // whom a person knows under an address

    ProxyLogs(kube::Client &client, NameOf nameOf, std::stop_token stop);
    void look(const QList<models::Pod> &pods); // those with a ready sidecar are read

    const QStringList &refused() const { return m_refused; }          // in the order in which they were read
    const QStringList &certificateFaults() const { return m_faults; } // "namespace/workload: …"
    QStringList silent() const;                  // workloads no sidecar of which has a line in its access log
    const QString &why() const { return m_why; } // not all of the last look was read; "" it was

    static constexpr int MaxLines = 10'000; // of one pod at one look

private:
    void read(const models::Pod &pod, const QByteArray &log);

    kube::Client &m_client;
    const NameOf m_nameOf;
    const std::stop_token m_stop;
    QHash<QString, QDateTime> m_readAt; // by uid
    QHash<QString, bool>
        m_writes; // by workload: whether there is an access log at all; Istio's default is none
    QStringList m_refused, m_faults;
    QSet<QString> m_known; // of both: looks overlap
    QString m_why;
};

} // namespace app
