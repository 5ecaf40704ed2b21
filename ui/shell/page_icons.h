// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The pages' icons: lines of 1.5 px on a grid of 16, in one colour.
#include <QColor>
#include <QRect>
#include <QString>

QT_FORWARD_DECLARE_CLASS(QPainter)

namespace ui {

void drawPageIcon(QPainter &painter, const QString &pageId, const QRect &box, const QColor &colour);

} // namespace ui
