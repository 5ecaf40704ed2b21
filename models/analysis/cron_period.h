// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// How long a CronJob's schedule may rest between two runs.
#include <QString>

namespace models {

// In seconds, never too short: of "0 3 1 * *" 31 days.  The five fields of cron, and @hourly … @yearly; 0: it cannot be read.
qint64 longestPause(const QString &schedule);
QString pauseText(qint64 seconds); // "31 days", "90 min": rounded up, so that the words never promise less

} // namespace models
