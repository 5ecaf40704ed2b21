// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/elide.h"

#include "ui/shown_text.h"

#include <QFontMetrics>

#include <algorithm>

namespace ui {

Qt::TextElideMode elisionOf(QStringView text)
{
    const qsizetype space = text.indexOf(u' ');
    if (space < 0)
        return std::all_of(text.begin(), text.end(), [](QChar c) { return c.isLetter(); }) ? Qt::ElideRight
                                                                                           : Qt::ElideMiddle;
    const QStringView rest = text.sliced(space + 1);
    return rest.contains(u'/') && !rest.contains(u' ') ? Qt::ElideMiddle : Qt::ElideRight;
}

QString elided(const QString &text, const QFontMetrics &metrics, int width)
{
    const QString shown = shownText(text);
    return metrics.elidedText(shown, elisionOf(shown), width);
}

} // namespace ui
