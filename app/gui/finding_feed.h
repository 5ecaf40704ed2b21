// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The findings of the newest analysis on their way to the table: rows are made, and compared with those that stand
// there, on a pool thread; the table gets the difference in slices, so that ten thousand findings hold the window for
// no longer than one slice, and not at all where nothing is new.  An analysis that comes while another is looked at
// waits; of several that wait only the newest is.  Thread: GUI.
#include "app/cluster_analysis.h"
#include "models/items/rows.h"
#include "models/items/table_model.h"

#include <QThreadPool>
#include <QTimer>

#include <deque>

namespace app::gui {

class FindingFeed : public QObject
{
    Q_OBJECT
public:
    static constexpr qsizetype SliceRows = 500;

    explicit FindingFeed(models::TableModel<models::FindingRow> &rows, QObject *parent = nullptr);
    ~FindingFeed() override;
    // traffic: what was found beside the objects (app/traffic_findings.h).
    void show(std::shared_ptr<const ClusterAnalysis> analysis, const QHash<QString, QString> &mutes,
              const QList<models::Finding> &traffic = {});

Q_SIGNALS:
    // The table has them all; those that are not muted, the worst first, and of these what leads to Mesh security.
    void shown(const QList<models::Finding> &open, const QList<models::Finding> &ofMesh);

private:
    struct Work
    {
        std::shared_ptr<const ClusterAnalysis> analysis;
        QHash<QString, QString> mutes;
        QList<models::Finding> traffic;
    };
    struct Made
    {
        QList<models::FindingRow> rows;
        std::deque<kube::RowBatch<models::FindingRow>> slices; // from what stood there to these rows
        QList<models::Finding> open, ofMesh;
    };
    static Made make(const Work &work, const QList<models::FindingRow> &before);
    void begin();
    void take(const Made &made);
    void applySlice();

    models::TableModel<models::FindingRow> &m_table;
    QList<models::FindingRow> m_known; // what the table has once all slices are applied
    std::deque<kube::RowBatch<models::FindingRow>> m_slices;
    QList<models::Finding> m_open, m_openOfMesh;
    std::optional<Work> m_waiting;
    bool m_isMaking = false;
    QTimer m_timer;
    QThreadPool m_pool; // last: its job ends before anything else does
};

} // namespace app::gui
