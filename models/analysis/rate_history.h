// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// How rates were in the time before a switch, to tell what it has changed from what goes up and down by itself (facts
// mesh-security.md §2.5).  Pure.
#include <QHash>
#include <QList>
#include <QString>

namespace models {

// One value a window, oldest first, by whose rate it is.  A window in which nothing of it was counted has none.
using RateHistory = QHash<QString, QList<double>>;

struct RateLevel
{
    double mean = 0, deviation = 0; // σ of the windows; 0 where there are fewer than two
};
RateLevel levelOf(const QList<double> &windows);

// More than before by three σ, and by more than a thousandth of `all` (V3).
bool isMore(double now, const RateLevel &before, double all);
// It had something in each of enough windows: where it then has nothing, that is no pause.
bool isSteady(const QList<double> &windows);

} // namespace models
