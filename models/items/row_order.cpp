// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/row_order.h"

#include "models/items/row_order_private.h"

namespace models {

namespace {

// The last good filter without its last word where that was but the beginning of the one that is wrong: "cert", of
// "cert<30d", was never meant.
QString withoutBeginning(const QString &good, const QString &wrong)
{
    const bool goesOn = wrong.startsWith(good) && wrong.size() > good.size() && !wrong[good.size()].isSpace();
    return goesOn && !good.contains(u'"') ? good.left(good.lastIndexOf(u' ') + 1).trimmed() : good;
}

} // namespace

RowOrder::RowOrder(TableModelBase &source, QObject *parent)
    : QAbstractProxyModel(parent)
    , d(std::make_unique<Private>(*this, source))
{
    setSourceModel(&source);
    d->reload();
    connect(&source, &QAbstractItemModel::rowsInserted, this,
            [this](const QModelIndex &, int first, int last) { d->insert(first, last); });
    connect(&source, &QAbstractItemModel::dataChanged, this,
            [this](const QModelIndex &from, const QModelIndex &to) { d->change(from.row(), to.row()); });
    connect(&source, &TableModelBase::batchApplied, this, [this] { d->settle(); });
    connect(&source, &TableModelBase::rowsAboutToGo, this,
            [this](const QList<int> &rows) { d->forget(rows); });
    connect(&source, &TableModelBase::rowsGone, this, [this](const QList<int> &rows) { d->renumber(rows); });
    connect(&source, &QAbstractItemModel::modelAboutToBeReset, this, [this] { beginResetModel(); });
    connect(&source, &QAbstractItemModel::modelReset, this, [this] {
        d->reload();
        endResetModel();
        Q_EMIT orderChanged();
    });
}

RowOrder::~RowOrder() = default;

void RowOrder::setFilter(const QString &text)
{
    if (text == d->filterText)
        return;
    d->filterText = text;
    RowFilter parsed = parseFilter(text, d->source.layout());
    d->filterError = parsed.error;
    if (parsed.error.isEmpty()) {
        d->goodFilter = text;
        return d->setFilter(std::move(parsed));
    }
    if (const QString begun = withoutBeginning(d->goodFilter, text); begun != d->goodFilter) {
        d->goodFilter = begun;
        return d->setFilter(parseFilter(begun, d->source.layout()));
    }
    Q_EMIT orderChanged();
}

QString RowOrder::filter() const { return d->filterText; }

QString RowOrder::filterError() const { return d->filterError; }

QList<FilterMark> RowOrder::filterMarks() const { return d->filter.marks(); }

void RowOrder::sort(int column, Qt::SortOrder order)
{
    if (column >= columnCount() || (column == sortColumn() && order == sortOrder()))
        return;
    sortBy(column < 0 ? QList<SortColumn>() : QList<SortColumn>{{column, order}});
}

void RowOrder::sortBy(const QList<SortColumn> &columns)
{
    if (columns == d->sorting)
        return;
    d->setSorting(columns);
    d->rerank(true);
}

QList<SortColumn> RowOrder::sortColumns() const { return d->sorting; }

int RowOrder::sortColumn() const { return d->sorting.isEmpty() ? -1 : d->sorting.first().column; }

Qt::SortOrder RowOrder::sortOrder() const
{
    return d->sorting.isEmpty() ? Qt::AscendingOrder : d->sorting.first().order;
}

int RowOrder::shown() const { return int(d->shown.size()); }

int RowOrder::total() const { return int(d->rows.size()); }

bool RowOrder::isSettled() const { return !d->isRanking; }

void RowOrder::setClock(std::function<QDateTime()> now) { d->now = std::move(now); }

QModelIndex RowOrder::mapToSource(const QModelIndex &proxyIndex) const
{
    if (!proxyIndex.isValid() || proxyIndex.model() != this || proxyIndex.row() >= shown())
        return {};
    return d->source.index(d->shown[size_t(proxyIndex.row())], proxyIndex.column());
}

QModelIndex RowOrder::mapFromSource(const QModelIndex &sourceIndex) const
{
    if (!sourceIndex.isValid() || size_t(sourceIndex.row()) >= d->position.size())
        return {};
    const int row = d->position[size_t(sourceIndex.row())];
    return row < 0 ? QModelIndex() : index(row, sourceIndex.column());
}

QModelIndex RowOrder::index(int row, int column, const QModelIndex &parent) const
{
    return hasIndex(row, column, parent) ? createIndex(row, column) : QModelIndex();
}

QModelIndex RowOrder::parent(const QModelIndex &) const { return {}; }

int RowOrder::rowCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : shown(); }

int RowOrder::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : d->source.columnCount();
}

QVariant RowOrder::headerData(int section, Qt::Orientation orientation, int role) const
{
    return orientation == Qt::Horizontal ? d->source.headerData(section, orientation, role) : QVariant();
}

} // namespace models
