// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Filter and sort over a TableModelBase: a proxy that holds a finished permutation of row numbers.  Selection
// and current row survive live updates.  The filter's language is row_filter.h's; an incomplete or wrong
// filter keeps the last good one and says so. Promise: live changes cost O(changed) comparisons; a new filter
// or sort of a big table is computed on a pool thread (rows that change meanwhile are merged in), so the GUI
// thread is never held for long.  What is equal keeps its order of arrival. Thread: GUI.  The source must
// outlive it, or be destroyed first with nothing done in between.
#include "models/items/table_model.h"

#include <QAbstractProxyModel>

namespace models {

struct FilterMark;

struct SortColumn
{
    int column = -1;
    Qt::SortOrder order = Qt::AscendingOrder;
    bool operator==(const SortColumn &) const = default;
};

class RowOrder : public QAbstractProxyModel
{
    Q_OBJECT
public:
    explicit RowOrder(TableModelBase &source, QObject *parent = nullptr);
    ~RowOrder() override;

    void setFilter(const QString &text);
    QString filter() const;                                                   // as it was set
    QString filterError() const;                                              // "" if the filter is in force
    QList<FilterMark> filterMarks() const;                                    // of the filter in force
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override; // -1: by arrival
    void
    sortBy(const QList<SortColumn> &columns); // by the first, where equal by the second …; {}: by arrival
    QList<SortColumn> sortColumns() const;
    int sortColumn() const; // the first one, -1 none
    Qt::SortOrder sortOrder() const;
    int shown() const;
    int total() const;
    bool isSettled() const;                        // no new order is being computed
    void setClock(std::function<QDateTime()> now); // of filters like age<1h; default: the system's

    QModelIndex mapToSource(const QModelIndex &proxyIndex) const override;
    QModelIndex mapFromSource(const QModelIndex &sourceIndex) const override;
    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &child) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

Q_SIGNALS:
    void orderChanged(); // rows shown, their order or the filter's error changed

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace models
