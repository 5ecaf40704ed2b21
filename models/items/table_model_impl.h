// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Bodies of TableModel<Row>; included by table_model.h only.
#include "models/items/table_model.h"

#include <algorithm>
#include <concepts>

namespace models {

template<typename Row>
TableModel<Row>::TableModel(std::vector<Column<Row>> columns, QObject *parent)
    : TableModelBase(parent)
    , m_columns(std::move(columns))
{
    for (const Column<Row> &column : m_columns)
        m_layout.append({column.id, column.title, column.style, column.width, column.minimumWidth,
                         column.priority, column.stretch, column.filterNames, column.comparison});
    m_decorating.setObjectName(QStringLiteral("tableDecoration"));
    m_decorating.setSingleShot(true);
    connect(&m_decorating, &QTimer::timeout, this, [this] { decorateSlice(); });
}

template<typename Row>
void TableModel<Row>::apply(const kube::RowBatch<Row> &batch)
{
    removeKeys(batch.removals);
    upsert(batch.upserts);
    Q_EMIT batchApplied();
    if (batch.complete)
        setComplete(true);
}

template<typename Row>
void TableModel<Row>::setRows(const QList<Row> &rows)
{
    QSet<QString> wanted;
    wanted.reserve(rows.size());
    kube::RowBatch<Row> batch{{}, {}, true};
    for (const Row &row : rows) {
        wanted.insert(row.key);
        if constexpr (std::equality_comparable<
                          Row>) { // what is as it was costs neither views nor filters anything
            if (const Row *known = find(row.key); known && *known == row)
                continue;
        }
        batch.upserts.append(row);
    }
    for (const Row &row : m_rows) {
        if (!wanted.contains(row.key))
            batch.removals.append(row.key);
    }
    apply(batch);
}

template<typename Row>
void TableModel<Row>::setDecorator(Decorator decorator)
{
    m_decorator = std::move(decorator);
    m_nextToDecorate = 0;
    if (m_decorator)
        m_decorating.start(0);
}

template<typename Row>
void TableModel<Row>::decorateSlice()
{
    QList<int> changed;
    const int end = std::min(rowCount(), m_nextToDecorate + SliceRows);
    for (int row = m_nextToDecorate; row < end; ++row) {
        if (m_decorator(m_rows[size_t(row)]))
            changed.append(row);
    }
    m_nextToDecorate = end;
    emitChanged(changed);
    if (!changed.isEmpty())
        Q_EMIT batchApplied();
    if (m_nextToDecorate < rowCount())
        m_decorating.start(0);
}

template<typename Row>
void TableModel<Row>::readAgain(const QStringList &keys)
{
    QList<int> rows;
    for (const QString &key : keys) {
        if (const int row = rowOfKey(key); row >= 0)
            rows.append(row);
    }
    std::sort(rows.begin(), rows.end());
    emitChanged(rows);
    Q_EMIT batchApplied();
}

template<typename Row>
void TableModel<Row>::clear()
{
    m_decorating.stop();
    beginResetModel();
    m_rows.clear();
    m_ids.clear();
    m_idOfKey.clear();
    setComplete(false);
    endResetModel();
}

template<typename Row>
const Row *TableModel<Row>::find(const QString &key) const
{
    const int row = rowOfKey(key);
    return row < 0 ? nullptr : &m_rows[size_t(row)];
}

template<typename Row>
QSet<QString> TableModel<Row>::columnsWithSeverity() const
{
    QSet<QString> ids;
    for (const Column<Row> &column : m_columns) {
        if (column.severity)
            ids.insert(column.id);
    }
    return ids;
}

template<typename Row>
int TableModel<Row>::rowOfKey(const QString &key) const
{
    const auto id = m_idOfKey.constFind(key);
    if (id == m_idOfKey.constEnd())
        return -1;
    return int(std::lower_bound(m_ids.begin(), m_ids.end(), *id) - m_ids.begin());
}

template<typename Row>
int TableModel<Row>::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

template<typename Row>
int TableModel<Row>::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_columns.size());
}

template<typename Row>
QVariant TableModel<Row>::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Column<Row> &column = m_columns[size_t(index.column())];
    const Row &row = m_rows[size_t(index.row())];
    switch (role) {
    case Qt::DisplayRole: return column.text(row);
    case Qt::ToolTipRole: return column.toolTip ? QVariant(column.toolTip(row)) : column.text(row);
    case Qt::AccessibleTextRole:
        return QString(column.title + QLatin1String(": ") + column.text(row).toString());
    case Qt::TextAlignmentRole:
        return int((column.style == CellStyle::Number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case SortRole: return column.sortKey ? column.sortKey(row) : column.text(row);
    case RankRole: return column.sortRank ? column.sortRank(row) : QVariant();
    case KeyRole: return row.key;
    case StyleRole: return int(column.style);
    case ValueRole: return column.value ? column.value(row) : QVariant();
    case SeverityRole:
        if (const auto severity = column.severity ? column.severity(row) : std::nullopt)
            return int(*severity);
        return {};
    default: return {};
    }
}

template<typename Row>
void TableModel<Row>::removeKeys(const QStringList &keys)
{
    QList<int> rows;
    for (const QString &key : keys) {
        if (const int row = rowOfKey(key); row >= 0)
            rows.append(row);
    }
    if (rows.isEmpty())
        return;
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    Q_EMIT rowsAboutToGo(rows);
    const bool isOneRun = rows.last() - rows.first() + 1 == rows.size();
    if (!isOneRun)
        moveToEnd(rows);
    const auto first = isOneRun ? rows.first() : rowCount() - rows.size();
    beginRemoveRows({}, int(first), int(first + rows.size()) - 1);
    for (const QString &key : keys)
        m_idOfKey.remove(key);
    m_rows.erase(m_rows.begin() + first, m_rows.begin() + first + rows.size());
    m_ids.erase(m_ids.begin() + first, m_ids.begin() + first + rows.size());
    m_nextToDecorate -= int(std::lower_bound(rows.begin(), rows.end(), m_nextToDecorate) - rows.begin());
    endRemoveRows();
    Q_EMIT rowsGone(rows);
}

// One layout change, so that what follows is one removal: hundreds of single ones cost a view a second.
template<typename Row>
void TableModel<Row>::moveToEnd(const QList<int> &rows)
{
    Q_EMIT layoutAboutToBeChanged();
    const QModelIndexList from = persistentIndexList();
    const int remaining = rowCount() - int(rows.size());
    QModelIndexList to;
    for (const QModelIndex &index : from) {
        const auto above = std::lower_bound(rows.begin(), rows.end(), index.row());
        const bool goes = above != rows.end() && *above == index.row();
        const int before = int(above - rows.begin());
        to.append(this->index(goes ? remaining + before : index.row() - before, index.column()));
    }
    std::vector<Row> doomed;
    auto next = rows.begin();
    auto end = size_t(rows.first());
    for (size_t row = end; row < m_rows.size(); ++row) {
        if (next != rows.end() && size_t(*next) == row) {
            doomed.push_back(std::move(m_rows[row]));
            ++next;
            continue;
        }
        m_rows[end] = std::move(m_rows[row]);
        m_ids[end++] = m_ids[row];
    }
    for (Row &row : doomed) {
        m_idOfKey.insert(row.key, m_nextId);
        m_ids[end] = m_nextId++;
        m_rows[end++] = std::move(row);
    }
    changePersistentIndexList(from, to);
    Q_EMIT layoutChanged();
}

template<typename Row>
void TableModel<Row>::upsert(const QList<Row> &rows)
{
    QList<int> changed;
    std::vector<Row> added;
    QHash<QString, size_t> addedIndex;
    for (Row row : rows) {
        if (m_decorator)
            m_decorator(row);
        if (const int known = rowOfKey(row.key); known >= 0) {
            m_rows[size_t(known)] = std::move(row);
            changed.append(known);
        } else if (const auto again = addedIndex.constFind(row.key); again != addedIndex.constEnd()) {
            added[*again] = std::move(row);
        } else {
            addedIndex.insert(row.key, added.size());
            added.push_back(std::move(row));
        }
    }
    std::sort(changed.begin(), changed.end());
    changed.erase(std::unique(changed.begin(), changed.end()), changed.end());
    emitChanged(changed);
    if (added.empty())
        return;
    const int first = rowCount();
    beginInsertRows({}, first, first + int(added.size()) - 1);
    for (Row &row : added) {
        m_idOfKey.insert(row.key, m_nextId);
        m_ids.push_back(m_nextId++);
        m_rows.push_back(std::move(row));
    }
    endInsertRows();
}

} // namespace models
