// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Instants as people say them: "2 s ago", "12 min ago"; the exact one belongs in a tool tip.
#include <QDateTime>

namespace ui {

QString agoText(const QDateTime &then,
                const QDateTime &now);         // "" if then is not valid; "just now" below a second
QString exactText(const QDateTime &instant);   // "2026-11-23 19:04:12 UTC"
QString millisecondsText(double milliseconds); // "84 ms", "1.2 s"
QString rateText(double perSecond);            // "0.42", "12", "1 204"

} // namespace ui
