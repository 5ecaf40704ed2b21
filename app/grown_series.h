// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// How Prometheus is asked which counters have counted something.
#include <QString>

namespace app {

// PromQL: by these labels, how much these series have grown within the window; of those that were born in it what they hold: a
// series that begins with its first request shows no increase, but that it is there tells of it.  What has not grown is left out.
QString grownQuery(const QString &labels, const QString &series, const QString &window);

} // namespace app
