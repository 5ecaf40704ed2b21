// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Filter and sort over a TableModelBase: a proxy that holds a finished permutation of row numbers.  Keeps selection and current row by
// key under live updates.  Filter: words are ANDed, matched in every column without regard to case; -word excludes; "id:text" looks in
// one column (ns: host: svc: status: …); an incomplete or wrong filter keeps the last good one and says so.
#include "models/items/table_model.h"

#include <QAbstractProxyModel>

namespace models {

class RowOrder : public QAbstractProxyModel
{
    Q_OBJECT
public:
    explicit RowOrder(TableModelBase &source, QObject *parent = nullptr);
    ~RowOrder() override;

    void setFilter(const QString &text);
    QString filter() const;
    QString filterError() const; // "" if the filter is in force
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;
    int shown() const;
    int total() const;

    QModelIndex mapToSource(const QModelIndex &proxyIndex) const override;
    QModelIndex mapFromSource(const QModelIndex &sourceIndex) const override;
    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &child) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;

Q_SIGNALS:
    void orderChanged(); // rows shown, their order or the filter's error changed

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace models
