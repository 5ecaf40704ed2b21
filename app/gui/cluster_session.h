// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One context while it is shown: its cluster thread, its watches, and the analyses of its newest snapshot (computed on the pool).
// GUI-thread object; everything it emits arrives on the GUI thread.  Destruction ends the cluster thread.
#include "app/cluster_analysis.h"
#include "app/cluster_thread.h"
#include "app/gui/edge_proxy_watch.h"
#include "app/gui/edge_runtime_watch.h"
#include "app/gui/prometheus_watch.h"
#include "app/observed_changes.h"
#include "kube/row_feed.h"
#include "models/analysis/change_set.h"
#include "models/items/rows.h"
#include "models/resources/connection_state.h"

#include <QThreadPool>
#include <QTimer>

#include <future>

namespace app {
class ClusterWatch;
}

namespace app::gui {

class ClusterSession : public QObject
{
    Q_OBJECT
public:
    ClusterSession(kube::Connection connection, QString edge, QObject *parent = nullptr);
    ~ClusterSession() override;
    void start();
    void retryNow();
    void refresh();
    void watchIn(const QString &nameSpace); // where not all may be read; "" the context's own
    void setMode(kube::WriteMode mode);     // of writes from now on
    void chooseEdge(const QString &key);    // "namespace/name"; analyses the newest snapshot for it
    // By which rules edges are judged, by "namespace/name"; those that are not named as their image says.
    void setCompats(const QHash<QString, edge::Compat> &compats);
    // Whether somebody looks at what the edge's pods have taken over; nobody: they are not asked.
    void setSightWanted(bool wanted) { m_runtimes->setWanted(wanted); }
    void readSightAgain() { m_runtimes->readAgain(); }
    const models::EdgeSight &sight() const { return m_runtimes->sight(); }
    kube::Client &client() { return m_thread->client(); }
    // Ready when what is shown has these writes, or the session has ended.  Any thread.
    std::future<void> whenSeen(const QList<models::JournalEntry> &written) const;
    const std::shared_ptr<const ClusterAnalysis> &analysis() const
    {
        return m_analysis;
    } // nullptr until the first
    const models::ConnectionState &state() const { return m_state; }

Q_SIGNALS:
    void connectionChanged(const models::ConnectionState &state);
    void mappingRowsArrived(const kube::RowBatch<models::MappingRow> &batch);
    void analysed();                                // analysis() is new
    void sighted();                                 // sight() is
    void observed(const app::ObservedBatch &batch); // changes since it was connected, our own among them
    void warned(const QString &text);               // by the API server, each text once
    void signInMessage(const QString &text);        // of the program that signs this user in

private:
    void watchStores();
    void analyseLater(models::SnapshotInput input);
    void analyseAgain(); // the newest snapshot, at the time that it is
    void judgeInTime();
    void runAnalysis();
    struct Counts
    {
        qsizetype mappings = 0, hosts = 0;
    };
    static Counts ofOtherEdges(const ClusterAnalysis &analysis, const models::SnapshotInput &input);
    void take(std::shared_ptr<const ClusterAnalysis> analysis, const HandshakePlan &handshakes,
              const Counts &ofOthers);
    void countThoseOfTheEdge();

    QString m_edge;
    QHash<QString, edge::Compat> m_compats;
    std::unique_ptr<ClusterThread> m_thread;
    ClusterWatch *m_watch = nullptr; // lives on the cluster thread
    std::unique_ptr<EdgeProxyWatch> m_proxies;
    std::unique_ptr<EdgeRuntimeWatch> m_runtimes;
    std::unique_ptr<PrometheusWatch> m_prometheus;
    ClusterAnalyst m_analyst; // only on the pool
    QThreadPool m_pool;       // one analysis at a time
    std::optional<models::SnapshotInput> m_newest;
    std::optional<models::SnapshotInput> m_waiting; // the newest snapshot that came while one was analysed
    bool m_analysing = false;
    std::shared_ptr<const ClusterAnalysis> m_analysis;
    models::ConnectionState m_state;
    Counts m_all, m_ofOthers; // objects that are watched; those of other edges than the chosen one
    QTimer m_judgeTimer;
};

} // namespace app::gui
