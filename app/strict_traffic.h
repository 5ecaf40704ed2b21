// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What Prometheus knows of a scope while it goes STRICT: rates of clients, of servers and of the edge's clusters, clear text,
// lost scrapes (V2 to V5, V7).  Reads only.  Blocks: worker thread.
#include "app/cluster_analysis.h"
#include "kube/prometheus.h"
#include "models/analysis/strict_verification.h"

namespace app {

class StrictTraffic
{
public:
    // workloads: of a workload's scope, namespace/workload; empty: all of the scope's namespace, or the mesh.
    StrictTraffic(kube::Client &client, const ClusterAnalysis &analysis, const models::StrictScope &scope,
                  const QStringList &workloads, std::stop_token stop);

    struct Look
    {
        int rateSeconds = 30;
        QDateTime drainedAt = {};     // clear text is counted since then; invalid: not yet
        bool isOfAnotherTime = false; // the baseline is of another time of day
    };
    // pods: in scope, as they are now.  Fills `seen`; what a query leaves open is in its notSeen.  false: Prometheus did not answer, and notSeen says why.
    bool look(models::StrictObservation &seen, const QList<models::Pod> &pods, const Look &look);
    void lookBack(models::StrictObservation &seen, int rateSeconds); // its RateHistories

private:
    using Series = kube::Result<QList<kube::TimeSeries>>;
    using Windows = QHash<QString, QMap<qint64, double>>;            // by whose they are, then by time
    using NameOf = std::function<QString(const kube::TimeSeries &)>; // "": it does not count

    Series ask(const QString &promql) { return m_prometheus.query(promql, m_stop).result(); }
    QHash<QString, double> ratesOf(models::StrictObservation &seen, const QString &check,
                                   const QString &promql, const NameOf &nameOf);
    Windows windowsOf(models::StrictObservation &seen, const QString &check, const QString &promql,
                      int rateSeconds, const NameOf &nameOf);
    void lookAtServers(models::StrictObservation &seen, const Look &look);
    void lookAtClients(models::StrictObservation &seen, const QString &rate);
    void lookAtEdge(models::StrictObservation &seen, const QString &rate);
    void lookAtScrapes(models::StrictObservation &seen, const QList<models::Pod> &pods,
                       const QDateTime &drainedAt);
    bool isTargetInScope(const kube::TimeSeries &series, const QList<models::Pod> &pods) const;
    void lookAtRehearsal(models::StrictObservation &seen, const QString &rate);
    void lookForClearText(models::StrictObservation &seen, const QDateTime &drainedAt);
    QString clusterOf(const kube::TimeSeries &series) const;

    kube::Prometheus m_prometheus;
    std::stop_token m_stop;
    models::StrictScope m_scope;
    QString m_servers, m_clients; // selectors: of what servers in scope count, of what their clients do
    bool m_hasEdge = false;
    QHash<QString, QString> m_clusters; // of the edge, by what Envoy calls them → with their Mapping
};

} // namespace app
