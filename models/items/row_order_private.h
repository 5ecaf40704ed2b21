// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// How RowOrder keeps its rows: their texts and keys, the order they are in, and which of them are shown.  Rows are put in
// their places one by one, or, where there are many, ranked on a thread of its own.  RowOrder alone uses it.
#include "models/items/row_order.h"
#include "models/items/row_ranking.h"
#include "models/items/row_runs.h"

#include <QDateTime>
#include <QThreadPool>
#include <QTimer>

namespace models {

class RowOrder::Private
{
public:
    Private(RowOrder &order, TableModelBase &source);
    ~Private();

    // What the source tells:
    void insert(int first, int last);
    void change(int first, int last);
    void settle(); // after a batch
    void forget(const QList<int> &rows);
    void renumber(const QList<int> &gone);
    void reload();

    void setFilter(RowFilter parsed);
    void rerank(bool sorts);
    void adopt(const std::vector<quint64> &ids, const Ranking &ranking);

    RowOrder &q;
    TableModelBase &source;
    QString filterText, filterError;
    QString goodFilter; // the text of filter
    RowFilter filter;
    QList<SortColumn> sorting;
    void setSorting(const QList<SortColumn> &columns);
    void readKeys(RankedRow &ranked, int row) const;
    std::function<QDateTime()> now = [] { return QDateTime::currentDateTimeUtc(); };
    std::vector<RankedRow> rows; // by source row
    std::vector<int> shown;      // source rows
    std::vector<int> position;   // source row → shown row, -1
    bool isRanking = false;

private:
    void read(int row, bool isNew);
    bool comesBefore(int left, int right) const;
    void mergeMoved();
    void announceChanged();
    void show(const std::vector<int> &next);
    void removeShown(const std::vector<RowRun> &runs);
    void insertShown(const std::vector<int> &next);
    void arrange(std::vector<int> next);
    void rebuildPosition();

    std::vector<int> m_sorted; // all source rows but those in m_moved that are new
    std::vector<int>
        m_moved; // source rows to be put in their place at the end of the batch, or of the ranking
    std::vector<int> m_changed; // source rows to be announced at the end of the batch
    quint64 m_nextId = 0;
    quint64 m_generation = 0;
    bool m_sortsNext = false;
    std::vector<Qt::SortOrder> m_orders{Qt::AscendingOrder}; // of `sorting`
    std::stop_source m_stop;
    QTimer m_timer;
    QThreadPool m_pool; // last: its jobs end before anything else does
};

} // namespace models
