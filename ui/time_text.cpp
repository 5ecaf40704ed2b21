// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/time_text.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

QString say(const char *text) { return QCoreApplication::translate("Time", text); }

} // namespace

QString agoText(const QDateTime &then, const QDateTime &now)
{
    if (!then.isValid())
        return {};
    const qint64 seconds = then.secsTo(now);
    if (seconds < 1)
        return say("just now");
    if (seconds < 60)
        return say("%1 s ago").arg(seconds);
    if (seconds < 3600)
        return say("%1 min ago").arg(seconds / 60);
    if (seconds < 48 * 3600)
        return say("%1 h ago").arg(seconds / 3600);
    return say("%1 d ago").arg(seconds / 86400);
}

QString exactText(const QDateTime &instant)
{
    return instant.isValid() ? instant.toUTC().toString(u"yyyy-MM-dd HH:mm:ss 'UTC'") : QString();
}

QString millisecondsText(double milliseconds)
{
    if (milliseconds < 0)
        return u"–"_s;
    if (milliseconds >= 1000)
        return say("%1 s").arg(milliseconds / 1000, 0, 'f', 1);
    return milliseconds < 10 ? say("%1 ms").arg(milliseconds, 0, 'f', 1)
                             : say("%1 ms").arg(qRound(milliseconds));
}

QString rateText(double perSecond)
{
    if (perSecond < 0)
        return u"–"_s;
    if (perSecond < 10)
        return QString::number(perSecond, 'f', perSecond < 1 ? 2 : 1);
    QString digits = QString::number(qRound64(perSecond));
    for (qsizetype at = digits.size() - 3; at > 0; at -= 3)
        digits.insert(at, QChar(0x202F)); // narrow no-break space
    return digits;
}

} // namespace ui
