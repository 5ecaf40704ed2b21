// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/rate_history.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace models {

namespace {

constexpr double Deviations = 3;
constexpr double ShareOfAll = 0.001;
constexpr double Rounding = 1e-9; // of a mean of equal values
constexpr qsizetype WindowsThatTell = 10;

} // namespace

RateLevel levelOf(const QList<double> &windows)
{
    if (windows.isEmpty())
        return {};
    const double count = double(windows.size());
    RateLevel level;
    level.mean = std::accumulate(windows.begin(), windows.end(), 0.0) / count;
    if (windows.size() < 2)
        return level;
    double squares = 0;
    for (const double value : windows)
        squares += (value - level.mean) * (value - level.mean);
    level.deviation = std::sqrt(squares / (count - 1));
    return level;
}

bool isMore(double now, const RateLevel &before, double all)
{
    const double most = before.mean + std::max(Deviations * before.deviation, all * ShareOfAll);
    return now > most * (1 + Rounding);
}

bool isSteady(const QList<double> &windows)
{
    return windows.size() >= WindowsThatTell
        && std::all_of(windows.begin(), windows.end(), [](double value) { return value > 0; });
}

} // namespace models
