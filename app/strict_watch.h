// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Looks at a cluster while a scope goes STRICT: pods, the proxies and their logs, certificates; telemetry, the platform and
// real requests by its parts.  Reads only.  Blocks: worker thread.
#include "app/proxy_logs.h"
#include "app/strict_probes.h"
#include "app/strict_traffic.h"
#include "models/analysis/strict_plan.h"

namespace app {

class StrictWatch
{
public:
    StrictWatch(kube::Client &client, EdgeHost &edge, std::shared_ptr<const ClusterAnalysis> analysis,
                const models::StrictPlan &plan, std::stop_token stop);

    struct Look
    {
        int rateSeconds = 30;         // over which rates are taken
        QDateTime drainedAt = {};     // since when no old connection is open any more; invalid: not yet
        QStringList listeners = {};   // workloads whose proxies are asked for their listeners
        QStringList ask = {};         // workloads whose ports are asked, since they are STRICT
        QSet<QString> leaveOut = {};  // "namespace/workload:port" that are not
        bool certificates = false;    // read them too
        bool isRehearsal = false;     // a dry-run policy stands
        bool isBaseline = false;      // how it was before is asked, too
        bool isOfAnotherTime = false; // than the baseline is: the day before is asked, too
    };
    models::StrictObservation observe(const Look &look);
    void setBaseline(); // from now on Prometheus' silence is a lost contact, if it has answered so far

private:
    void askPrometheus(models::StrictObservation &seen, const Look &look);
    void lookAtPods(models::StrictObservation &seen);
    void lookAtProxies(models::StrictObservation &seen);
    void readListeners(models::StrictObservation &seen, const Look &look);
    void lookAtLogs(models::StrictObservation &seen, const Look &look);
    const models::Pod *podAt(const QString &address) const;
    void lookAtEdge(models::StrictObservation &seen);
    void readCertificates(models::StrictObservation &seen);
    bool inScope(const QString &nameSpace, const QString &workload) const;

    kube::Client &m_client;
    std::shared_ptr<const ClusterAnalysis> m_analysis;
    StrictProbes m_probes;
    ProxyLogs m_logs;
    models::StrictScope m_scope;
    QStringList m_workloads; // of a workload's scope: it and who goes along, "namespace/workload"; else empty
    std::stop_token m_stop;
    std::optional<StrictTraffic> m_traffic;
    QList<models::Pod> m_pods; // in scope, as last seen
    bool m_prometheusAnswered = false, m_isBaseline = true;
};

} // namespace app
