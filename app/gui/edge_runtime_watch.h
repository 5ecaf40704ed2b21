// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Keeps knowing which Mappings the edge's pods have really taken over, for as long as somebody looks: asks its pods
// (two port-forwards each) some seconds after the compiled configuration has changed, until they have all of it, and every
// ten minutes.  What it costs decides how often it may: ten times as long as a reading took there is none.
// Answers are read and compared on a thread of their own.  Thread: GUI.  Destroy it before the cluster thread.
#include "app/cluster_analysis.h"
#include "app/gui/work_queue.h"
#include "kube/client.h"
#include "models/analysis/edge_sight.h"

#include <QTimer>

namespace app::gui {

class EdgeRuntimeWatch : public QObject
{
    Q_OBJECT
public:
    explicit EdgeRuntimeWatch(kube::Client &client, QObject *parent = nullptr);
    void setAnalysis(const std::shared_ptr<const ClusterAnalysis> &analysis); // the newest
    void setWanted(bool wanted);                                              // false: nothing is asked
    void readAgain(); // soon: the last reading is too old
    const models::EdgeSight &sight() const { return m_sight; }                // of the last reading

Q_SIGNALS:
    void answered(); // sight() is new

private:
    struct Reading
    {
        QString edge;
        models::EdgeSight sight;
        std::chrono::milliseconds took{};
        bool isLacking = false;
    };
    void askAfter(std::chrono::milliseconds wait);
    void ask();
    void take(const Reading &reading);

    kube::Client &m_client;
    std::shared_ptr<const ClusterAnalysis> m_analysis;
    QString m_edge;
    QStringList m_pods; // uids
    int m_read = -1;    // ClusterAnalysis::configuration that the last reading is compared with
    models::EdgeSight m_sight;
    std::chrono::milliseconds m_took{};
    QTimer m_timer;
    bool m_isWanted = false, m_isAsking = false;
    int m_lacking = 0; // readings one after the other in which something was missing
    WorkQueue m_work;  // last: its job ends first
};

// How long until the next reading.  lacking: how many readings, this one included, have found something missing.
std::chrono::milliseconds nextReading(const models::EdgeSight &sight, std::chrono::milliseconds took,
                                      int lacking);
bool isLacking(const models::EdgeSight &sight); // a Mapping that some Envoy does not have

} // namespace app::gui
