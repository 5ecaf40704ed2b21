// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/count_text.h"

#include <QLocale>

namespace ui {

QString countText(qint64 count, const QString &one, const QString &many)
{
    return QLocale().toString(count) + u' ' + (count == 1 ? one : many);
}

QString countText(qint64 count, const Noun &noun) { return countText(count, noun.one, noun.many); }

} // namespace ui
