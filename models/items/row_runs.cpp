// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/row_runs.h"

#include <algorithm>

namespace models {

std::vector<RowRun> runsOf(std::span<const int> ascending)
{
    std::vector<RowRun> runs;
    for (const int row : ascending) {
        if (runs.empty() || runs.back().last + 1 != row)
            runs.push_back({row, row});
        else
            runs.back().last = row;
    }
    return runs;
}

void sortAndUnite(std::vector<int> &rows)
{
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
}

} // namespace models
