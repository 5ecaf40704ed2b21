// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/table_model.h"

#include "models/items/row_runs.h"

namespace models {

QVariant TableModelBase::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= layout().size())
        return {};
    const ColumnLayout &column = layout()[section];
    switch (role) {
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole: return column.title;
    case Qt::TextAlignmentRole:
        return int((column.style == CellStyle::Number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case StyleRole: return int(column.style);
    default: return {};
    }
}

void TableModelBase::setComplete(bool complete)
{
    const bool was = std::exchange(m_complete, complete);
    if (complete && !was)
        Q_EMIT completed();
}

void TableModelBase::emitChanged(const QList<int> &rows)
{
    for (const RowRun &run : runsOf(rows))
        Q_EMIT dataChanged(index(run.first, 0), index(run.last, columnCount() - 1));
}

} // namespace models
