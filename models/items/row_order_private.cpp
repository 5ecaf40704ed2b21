// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/row_order_private.h"

#include <algorithm>

using namespace std::chrono_literals;

namespace models {

namespace {

constexpr size_t InlineRows = 2000;  // below, ranking is quicker than the way to a thread and back
constexpr size_t SingleSignals = 8;  // more runs than this go through one layout change
constexpr auto TimeFilterPause = 5s; // how often age<1h is looked at again

} // namespace

RowOrder::Private::Private(RowOrder &order, TableModelBase &sourceModel)
    : q(order)
    , source(sourceModel)
{
    m_pool.setMaxThreadCount(1);
    m_timer.setObjectName(QStringLiteral("rowOrder"));
    QObject::connect(&m_timer, &QTimer::timeout, &q, [this] { rerank(false); });
}

RowOrder::Private::~Private()
{
    m_stop.request_stop();
    m_pool.waitForDone();
}

void RowOrder::Private::read(int row, bool isNew)
{
    RankedRow &ranked = rows[size_t(row)];
    ranked.text = {filterCells(source, row), filterValues(source, row, filter)};
    const SortKey key = ranked.key;
    const std::vector<SortKey> further = ranked.further;
    readKeys(ranked, row);
    const bool matchesNow = matches(filter, ranked.text, now().toMSecsSinceEpoch());
    if (isRanking || isNew || matchesNow != ranked.matches || key != ranked.key || further != ranked.further)
        m_moved.push_back(row);
    ranked.matches = matchesNow;
}

void RowOrder::Private::setSorting(const QList<SortColumn> &columns)
{
    sorting = columns;
    m_orders.clear();
    for (const SortColumn &each : columns)
        m_orders.push_back(each.order);
    if (m_orders.empty())
        m_orders.push_back(Qt::AscendingOrder);
    for (int row = 0; row < int(rows.size()); ++row)
        readKeys(rows[size_t(row)], row);
}

void RowOrder::Private::readKeys(RankedRow &ranked, int row) const
{
    const auto keyIn = [this, row](int column) {
        const QModelIndex cell = source.index(row, column);
        return sortKeyOf(cell.data(TableModelBase::SortRole), cell.data(TableModelBase::RankRole).toInt());
    };
    ranked.key = sorting.isEmpty() ? SortKey() : keyIn(sorting.first().column);
    ranked.further.clear();
    for (qsizetype i = 1; i < sorting.size(); ++i)
        ranked.further.push_back(keyIn(sorting[i].column));
}

void RowOrder::Private::insert(int first, int last)
{
    position.resize(position.size() + size_t(last - first) + 1, -1);
    for (int row = first; row <= last; ++row) {
        rows.push_back({m_nextId++, {}, {}, {}, false});
        read(row, true);
    }
}

void RowOrder::Private::change(int first, int last)
{
    for (int row = first; row <= last; ++row) {
        read(row, false);
        m_changed.push_back(row);
    }
}

void RowOrder::Private::settle()
{
    if (!isRanking && !m_moved.empty())
        mergeMoved();
    announceChanged();
}

// What is equal stays in the order of arrival.
bool RowOrder::Private::comesBefore(int left, int right) const
{
    const int result = compareRows(rows[size_t(left)], rows[size_t(right)], m_orders);
    return result != 0 ? result < 0 : left < right;
}

void RowOrder::Private::mergeMoved()
{
    std::vector<bool> isMoved(rows.size());
    sortAndUnite(m_moved);
    for (const int row : m_moved)
        isMoved[size_t(row)] = true;
    std::vector<int> rest;
    rest.reserve(m_sorted.size());
    std::copy_if(m_sorted.begin(), m_sorted.end(), std::back_inserter(rest),
                 [&isMoved](int row) { return !isMoved[size_t(row)]; });
    const auto before = [this](int left, int right) { return comesBefore(left, right); };
    std::sort(m_moved.begin(), m_moved.end(), before);
    m_sorted.resize(rest.size() + m_moved.size());
    std::merge(rest.begin(), rest.end(), m_moved.begin(), m_moved.end(), m_sorted.begin(), before);
    m_moved.clear();
    std::vector<int> next;
    std::copy_if(m_sorted.begin(), m_sorted.end(), std::back_inserter(next),
                 [this](int row) { return rows[size_t(row)].matches; });
    show(next);
    Q_EMIT q.orderChanged();
}

void RowOrder::Private::announceChanged()
{
    std::vector<int> visible;
    for (const int row : std::exchange(m_changed, {})) {
        if (position[size_t(row)] >= 0)
            visible.push_back(position[size_t(row)]);
    }
    sortAndUnite(visible);
    std::vector<RowRun> runs = runsOf(visible);
    if (runs.size() > SingleSignals)
        runs = {{runs.front().first, runs.back().last}};
    for (const RowRun &run : runs)
        Q_EMIT q.dataChanged(q.index(run.first, 0), q.index(run.last, q.columnCount() - 1));
}

void RowOrder::Private::forget(const QList<int> &gone)
{
    std::vector<bool> goes(rows.size());
    for (const int row : gone)
        goes[size_t(row)] = true;
    const auto isGone = [&goes](int row) { return bool(goes[size_t(row)]); };
    std::erase_if(m_sorted, isGone);
    std::erase_if(m_moved, isGone);
    std::erase_if(m_changed, isGone);
    std::vector<int> next = shown;
    std::erase_if(next, isGone);
    show(next);
}

void RowOrder::Private::renumber(const QList<int> &gone)
{
    std::vector<int> numberNow(rows.size(), -1);
    std::vector<RankedRow> kept;
    kept.reserve(rows.size());
    auto next = gone.begin();
    for (size_t row = 0; row < rows.size(); ++row) {
        if (next != gone.end() && size_t(*next) == row) {
            ++next;
            continue;
        }
        numberNow[row] = int(kept.size());
        kept.push_back(std::move(rows[row]));
    }
    rows = std::move(kept);
    for (std::vector<int> *numbers : {&m_sorted, &m_moved, &m_changed, &shown}) {
        for (int &number : *numbers)
            number = numberNow[size_t(number)];
    }
    rebuildPosition();
    Q_EMIT q.orderChanged();
}

void RowOrder::Private::reload()
{
    m_stop.request_stop();
    ++m_generation;
    isRanking = false;
    for (std::vector<int> *numbers : {&m_sorted, &m_moved, &m_changed, &shown, &position})
        numbers->clear();
    rows.clear();
    if (source.rowCount() == 0)
        return;
    insert(0, source.rowCount() - 1);
    std::sort(m_moved.begin(), m_moved.end(),
              [this](int left, int right) { return comesBefore(left, right); });
    m_sorted = std::exchange(m_moved, {});
    std::copy_if(m_sorted.begin(), m_sorted.end(), std::back_inserter(shown),
                 [this](int row) { return rows[size_t(row)].matches; });
    rebuildPosition();
}

void RowOrder::Private::setFilter(RowFilter parsed)
{
    filter = std::move(parsed);
    for (int row = 0; row < int(rows.size()); ++row)
        rows[size_t(row)].text.values = filterValues(source, row, filter);
    if (filter.usesTime())
        m_timer.start(TimeFilterPause);
    else
        m_timer.stop();
    rerank(false);
}

void RowOrder::Private::rerank(bool sorts)
{
    m_stop.request_stop();
    m_stop = {};
    m_sortsNext = m_sortsNext || sorts;
    std::vector<quint64> ids;
    ids.reserve(rows.size());
    for (const RankedRow &row : rows)
        ids.push_back(row.id);
    RankingTask task{rows, filter, now().toMSecsSinceEpoch(), m_sortsNext, m_orders};
    ++m_generation;
    isRanking = true;
    if (rows.size() <= InlineRows) {
        adopt(ids, rank(task, {}));
        return;
    }
    m_pool.start([this, task = std::move(task), ids = std::move(ids), generation = m_generation,
                  stop = m_stop.get_token()] {
        Ranking ranking = rank(task, stop);
        if (stop.stop_requested())
            return;
        QMetaObject::invokeMethod(
            &q,
            [this, ids, ranking = std::move(ranking), generation] {
                if (generation == m_generation)
                    adopt(ids, ranking);
            },
            Qt::QueuedConnection);
    });
}

// Rows that came, went or changed while it was computed: ids tell which; what changed is in m_moved and
// judged anew.
void RowOrder::Private::adopt(const std::vector<quint64> &ids, const Ranking &ranking)
{
    std::vector<bool> isMoved(rows.size());
    for (const int row : m_moved)
        isMoved[size_t(row)] = true;
    std::vector<int> rowOf(ids.size(), -1);
    for (size_t then = 0, current = 0; then < ids.size() && current < rows.size(); ++then) {
        if (rows[current].id != ids[then])
            continue;
        if (!isMoved[current]) {
            rowOf[then] = int(current);
            rows[current].matches = ranking.matches[then];
        }
        ++current;
    }
    if (std::exchange(m_sortsNext, false)) {
        m_sorted.clear();
        for (const int then : ranking.sorted) {
            if (rowOf[size_t(then)] >= 0)
                m_sorted.push_back(rowOf[size_t(then)]);
        }
    }
    isRanking = false;
    mergeMoved();
}

// The way from what is shown to `next` in few signals: removals, one new order of what stays, insertions.
void RowOrder::Private::show(const std::vector<int> &next)
{
    std::vector<bool> stays(rows.size());
    for (const int row : next)
        stays[size_t(row)] = true;
    std::vector<int> kept;
    std::vector<int> doomed;
    std::vector<int> doomedAt;
    for (int at = 0; at < int(shown.size()); ++at) {
        const int row = shown[size_t(at)];
        if (stays[size_t(row)]) {
            kept.push_back(row);
        } else {
            doomed.push_back(row);
            doomedAt.push_back(at);
        }
    }
    std::vector<int> keptNext;
    std::copy_if(next.begin(), next.end(), std::back_inserter(keptNext),
                 [this](int row) { return position[size_t(row)] >= 0; });
    std::vector<RowRun> runs = runsOf(doomedAt);
    if (kept != keptNext || runs.size() > SingleSignals) {
        const int end = int(shown.size()) - 1;
        keptNext.insert(keptNext.end(), doomed.begin(), doomed.end());
        arrange(std::move(keptNext));
        runs.clear();
        if (!doomed.empty())
            runs.push_back({end - int(doomed.size()) + 1, end});
    }
    removeShown(runs);
    insertShown(next);
}

void RowOrder::Private::removeShown(const std::vector<RowRun> &runs)
{
    for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
        q.beginRemoveRows({}, run->first, run->last);
        shown.erase(shown.begin() + run->first, shown.begin() + run->last + 1);
        rebuildPosition();
        q.endRemoveRows();
    }
}

void RowOrder::Private::insertShown(const std::vector<int> &next)
{
    std::vector<int> added;
    for (int at = 0; at < int(next.size()); ++at) {
        if (position[size_t(next[size_t(at)])] < 0)
            added.push_back(at);
    }
    const std::vector<RowRun> runs = runsOf(added);
    if (runs.size() > SingleSignals) {
        const int end = int(shown.size());
        q.beginInsertRows({}, end, end + int(added.size()) - 1);
        for (const int at : added)
            shown.push_back(next[size_t(at)]);
        rebuildPosition();
        q.endInsertRows();
        arrange(next);
        return;
    }
    for (const RowRun &run : runs) {
        q.beginInsertRows({}, run.first, run.last);
        shown.insert(shown.begin() + run.first, next.begin() + run.first, next.begin() + run.last + 1);
        rebuildPosition();
        q.endInsertRows();
    }
}

void RowOrder::Private::arrange(std::vector<int> next)
{
    if (next == shown)
        return;
    Q_EMIT q.layoutAboutToBeChanged({}, VerticalSortHint);
    const QModelIndexList from = q.persistentIndexList();
    const std::vector<int> before = std::exchange(shown, std::move(next));
    rebuildPosition();
    QModelIndexList to;
    to.reserve(from.size());
    for (const QModelIndex &index : from)
        to.append(q.index(position[size_t(before[size_t(index.row())])], index.column()));
    q.changePersistentIndexList(from, to);
    Q_EMIT q.layoutChanged({}, VerticalSortHint);
}

void RowOrder::Private::rebuildPosition()
{
    position.assign(rows.size(), -1);
    for (int at = 0; at < int(shown.size()); ++at)
        position[size_t(shown[size_t(at)])] = at;
}

} // namespace models
