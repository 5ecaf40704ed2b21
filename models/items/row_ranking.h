// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The costly half of RowOrder, as values that may travel to a pool thread: which rows match a filter, and in
// which order they sort.
#include "models/items/row_filter.h"
#include "models/items/sort_key.h"

#include <stop_token>

namespace models {

struct RankedRow
{
    quint64 id = 0; // ascending with the source's rows
    SortKey key;
    std::vector<SortKey> further; // of the second and later columns
    FilterText text;
    bool matches = true;
};

struct RankingTask
{
    std::vector<RankedRow> rows;
    RowFilter filter;
    qint64 nowMsecs = 0;
    bool sorts = false;                                    // else only the filter is new
    std::vector<Qt::SortOrder> orders{Qt::AscendingOrder}; // of the first column and the further ones
};

struct Ranking
{
    std::vector<int> sorted;   // indexes into the task's rows; empty unless it sorts
    std::vector<bool> matches; // by the task's rows
};
// <0, 0, >0 by each column in turn.
int compareRows(const RankedRow &left, const RankedRow &right, const std::vector<Qt::SortOrder> &orders);
Ranking rank(const RankingTask &task,
             std::stop_token stop); // stopped: an unfinished answer, to be thrown away

} // namespace models
