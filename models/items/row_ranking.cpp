// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/row_ranking.h"

#include <algorithm>
#include <numeric>

namespace models {

int compareRows(const RankedRow &left, const RankedRow &right, const std::vector<Qt::SortOrder> &orders)
{
    int result = compareInOrder(left.key, right.key, orders.front());
    for (size_t i = 0; result == 0 && i < left.further.size(); ++i)
        result = compareInOrder(left.further[i], right.further[i], orders[i + 1]);
    return result;
}

Ranking rank(const RankingTask &task, std::stop_token stop)
{
    constexpr size_t RowsBetweenLooks = 1024;
    Ranking ranking;
    ranking.matches.resize(task.rows.size());
    for (size_t row = 0; row < task.rows.size(); ++row) {
        if (row % RowsBetweenLooks == 0 && stop.stop_requested())
            return ranking;
        ranking.matches[row] = matches(task.filter, task.rows[row].text, task.nowMsecs);
    }
    if (!task.sorts || stop.stop_requested())
        return ranking;
    ranking.sorted.resize(task.rows.size());
    std::iota(ranking.sorted.begin(), ranking.sorted.end(), 0);
    std::stable_sort(ranking.sorted.begin(), ranking.sorted.end(), [&task](int left, int right) {
        return compareRows(task.rows[size_t(left)], task.rows[size_t(right)], task.orders) < 0;
    });
    return ranking;
}

} // namespace models
