// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// How long something may take or has taken, as messages say it: "30 s", "1500 ms".
#include <QString>

namespace kube {

inline QString durationText(int msecs)
{
    return msecs % 1000 == 0 ? QStringLiteral("%1 s").arg(msecs / 1000) : QStringLiteral("%1 ms").arg(msecs);
}

} // namespace kube
