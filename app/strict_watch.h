// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Looks at a cluster while a scope goes STRICT: telemetry, pods and events, the proxies, and real requests
// (one GET for each Mapping that a plain GET reaches; one without certificate to each port in scope, through
// the API server's pod proxy, which comes from outside the mesh).  Reads only.  Blocks: worker thread.
#include "app/cluster_analysis.h"
#include "app/edge_host.h"
#include "kube/client.h"
#include "models/analysis/strict_plan.h"
#include "models/analysis/strict_verification.h"

namespace app {

class StrictWatch
{
public:
    StrictWatch(kube::Client &client, EdgeHost &edge, std::shared_ptr<const ClusterAnalysis> analysis,
                const models::StrictPlan &plan, std::stop_token stop);

    struct Look
    {
        int rateSeconds = 30;        // over which rates are taken
        QDateTime drainedAt = {};    // since when no old connection is open any more; invalid: not yet
        QStringList ask = {};        // workloads whose ports and proxies are asked, since they are STRICT
        QSet<QString> leaveOut = {}; // "namespace/workload:port" that are not
        bool certificates = false;   // read them too
        bool isRehearsal = false;    // a dry-run policy stands
    };
    models::StrictObservation observe(const Look &look);
    void setBaseline(); // from now on Prometheus' silence is a lost contact, if it has answered so far

private:
    void askPrometheus(models::StrictObservation &seen, const QDateTime &drainedAt, int rateSeconds);
    void lookAtPods(models::StrictObservation &seen);
    void lookAtEvents(models::StrictObservation &seen);
    void lookAtProxies(models::StrictObservation &seen);
    void readListeners(models::StrictObservation &seen, const Look &look);
    void lookAtLogs(models::StrictObservation &seen);
    void sendRequests(models::StrictObservation &seen);
    void askPorts(models::StrictObservation &seen, const Look &look);
    void readCertificates(models::StrictObservation &seen);
    bool inScope(const QString &nameSpace, const QString &workload) const;

    kube::Client &m_client;
    EdgeHost &m_edge;
    std::shared_ptr<const ClusterAnalysis> m_analysis;
    models::StrictScope m_scope;
    QStringList m_workloads; // of a workload's scope: it and who goes along, "namespace/workload"; else empty
    std::stop_token m_stop;
    QList<models::Pod> m_pods; // in scope, as last seen
    bool m_prometheusAnswered = false, m_isBaseline = true;
};

} // namespace app
