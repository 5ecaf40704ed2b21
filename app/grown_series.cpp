// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/grown_series.h"

using namespace Qt::StringLiterals;

namespace app {

QString grownQuery(const QString &labels, const QString &series, const QString &window)
{
    return u"sum by (%1) (increase(%2[%3])) > 0 or sum by (%1) (last_over_time(%2[%3]) unless %2 offset %3) > 0"_s
        .arg(labels, series, window);
}

} // namespace app
