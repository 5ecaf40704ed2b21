// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Rows with a unique `QString key`, in arrival order, shown through a list of Column<Row>.
// apply() emits as few signals as possible: one dataChanged range per run of changed rows, one insertRows,
// removals compacted to the end and removed at once; never a reset for live data.  A decorator may complete
// rows from the newest analysis.  Thread: GUI.
#include "kube/row_feed.h"
#include "models/items/column.h"

#include <QAbstractTableModel>
#include <QHash>
#include <QSet>
#include <QTimer>

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
        ValueRole,    // Bar, Sparkline
        RankRole      // int, or invalid: 0
    };
    struct ColumnLayout
    {
        QString id, title;
        CellStyle style = CellStyle::Text;
        int width = 120, minimumWidth = 48, priority = 1;
        bool stretch = false;
        QStringList filterNames;
        Comparison comparison = Comparison::None;
    };
    using QAbstractTableModel::QAbstractTableModel;
    virtual const QList<ColumnLayout> &layout() const = 0;
    virtual QSet<QString> columnsWithSeverity() const = 0; // ids: "status:error" can be asked of them
    virtual int rowOfKey(const QString &key) const = 0;    // -1: none
    virtual QString keyAt(int row) const = 0;
    bool isComplete() const { return m_complete; } // the first whole list has arrived
    QVariant headerData(int section, Qt::Orientation orientation, int role) const final;

Q_SIGNALS:
    void completed();
    // For RowOrder, which does its work once a batch instead of once a signal:
    void rowsAboutToGo(const QList<int> &rows); // ascending; still there
    void rowsGone(const QList<int> &rows);      // by their old numbers; the rest has closed up
    void batchApplied(); // every signal of one apply() or decoration slice has been emitted

protected:
    void setComplete(bool complete);
    void emitChanged(const QList<int> &rows); // ascending

private:
    bool m_complete = false;
};

template<typename Row>
class TableModel : public TableModelBase
{
public:
    using Decorator = std::function<bool(Row &)>; // true: it changed the row

    explicit TableModel(std::vector<Column<Row>> columns, QObject *parent = nullptr);

    void apply(const kube::RowBatch<Row> &batch);
    void setRows(
        const QList<Row> &rows); // these and no others: what is missing goes, what is the same key changes
    void setDecorator(Decorator decorator); // run on every row soon (in slices, so that no slice blocks) and
                                            // on every later upsert
    void
    readAgain(const QStringList &keys); // what columns tell of these rows, by a clock, is no longer the same
    void clear();                       // another cluster: the one reset
    const Row &row(int index) const { return m_rows[size_t(index)]; }
    const Row *find(const QString &key) const;
    const std::vector<Column<Row>> &columns() const { return m_columns; }

    const QList<ColumnLayout> &layout() const final { return m_layout; }
    QSet<QString> columnsWithSeverity() const final;
    int rowOfKey(const QString &key) const final;
    QString keyAt(int row) const final { return m_rows[size_t(row)].key; }
    int rowCount(const QModelIndex &parent = {}) const final;
    int columnCount(const QModelIndex &parent = {}) const final;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const final;

private:
    void removeKeys(const QStringList &keys);
    void moveToEnd(const QList<int> &rows);
    void upsert(const QList<Row> &rows);
    void decorateSlice();

    static constexpr int SliceRows = 1000;

    const std::vector<Column<Row>> m_columns;
    QList<ColumnLayout> m_layout;
    std::vector<Row> m_rows;
    std::vector<quint64> m_ids;        // one a row, ascending: a row keeps its id when others go
    QHash<QString, quint64> m_idOfKey; // so that removals need not renumber it
    quint64 m_nextId = 0;
    Decorator m_decorator;
    QTimer m_decorating;
    int m_nextToDecorate = 0;
};

} // namespace models
#include "models/items/table_model_impl.h"
