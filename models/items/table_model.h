// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Rows with a unique `QString key`, in arrival order, shown through a list of Column<Row>.
// apply() emits as few signals as possible: one dataChanged range per run of changed rows, one insertRows, removals compacted
// from the back; never a reset for live data.  A decorator may complete rows from the newest analysis.  Thread: GUI.
#include "kube/row_feed.h"
#include "models/items/column.h"

#include <QAbstractTableModel>
#include <QHash>

namespace models {

// The part that does not depend on Row: what views, delegates and filters need.
class TableModelBase : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Role {
        SortRole = Qt::UserRole,
        KeyRole,
        SeverityRole, // int of models::Severity, or invalid
        StyleRole,    // int of models::CellStyle
        ValueRole     // Bar, Sparkline
    };
    struct ColumnLayout
    {
        QString id, title;
        CellStyle style = CellStyle::Text;
        int width = 120, minimumWidth = 48, priority = 1;
        bool elideMiddle = false, stretch = false;
    };
    using QAbstractTableModel::QAbstractTableModel;
    virtual QList<ColumnLayout> layout() const = 0;
    virtual int rowOfKey(const QString &key) const = 0; // -1: none
    virtual QString keyAt(int row) const = 0;
    bool isComplete() const { return m_complete; } // the first whole list has arrived
    QVariant headerData(int section, Qt::Orientation orientation, int role) const final;

Q_SIGNALS:
    void completed();

protected:
    void setComplete();

private:
    bool m_complete = false;
};

template<typename Row>
class TableModel : public TableModelBase
{
public:
    explicit TableModel(std::vector<Column<Row>> columns, QObject *parent = nullptr);

    void apply(const kube::RowBatch<Row> &batch);
    void setDecorator(std::function<void(Row &)> decorator); // run on every row now and on every later upsert
    void clear();                                            // another cluster: the one reset
    const Row &row(int index) const { return m_rows[size_t(index)]; }
    const Row *find(const QString &key) const;
    const std::vector<Column<Row>> &columns() const { return m_columns; }

    QList<ColumnLayout> layout() const final;
    int rowOfKey(const QString &key) const final { return m_indexOf.value(key, -1); }
    QString keyAt(int row) const final { return m_rows[size_t(row)].key; }
    int rowCount(const QModelIndex &parent = {}) const final;
    int columnCount(const QModelIndex &parent = {}) const final;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const final;

private:
    void removeKeys(const QStringList &keys);
    void emitChanged(QList<int> rows);

    const std::vector<Column<Row>> m_columns;
    std::vector<Row> m_rows;
    QHash<QString, int> m_indexOf;
    std::function<void(Row &)> m_decorator;
};

} // namespace models
#include "models/items/table_model_impl.h"
