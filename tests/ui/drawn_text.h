// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The words that a widget really paints, as its painter draws them: after eliding, whoever elides, delegates and styles included.
#include <QList>
#include <QRectF>
#include <QString>

QT_FORWARD_DECLARE_CLASS(QWidget)

struct DrawnText
{
    QString text;
    QRectF box; // in the widget's own coordinates
};

QList<DrawnText> drawnTexts(QWidget &widget); // without those of its children
