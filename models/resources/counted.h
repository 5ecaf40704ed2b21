// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Numbers with what they count.
#include <QString>

namespace models {

// "1 connection", "2 connections": word as of one, of those that take an s.
inline QString counted(qint64 number, const QString &word)
{
    return QString::number(number) + QLatin1Char(' ') + word
        + (number == 1 ? QString() : QStringLiteral("s"));
}

// "1 proxy", "2 proxies".
inline QString counted(qint64 number, const QString &one, const QString &several)
{
    return QString::number(number) + QLatin1Char(' ') + (number == 1 ? one : several);
}

} // namespace models
