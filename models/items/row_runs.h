// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Numbers of rows as runs of neighbours: one signal a run is what a view is told.
#include <span>
#include <vector>

namespace models {

struct RowRun
{
    int first = 0, last = 0;
    bool operator==(const RowRun &) const = default;
};
std::vector<RowRun> runsOf(std::span<const int> ascending);

void sortAndUnite(std::vector<int> &rows); // ascending, each once

} // namespace models
