// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Tool tips are text: what a name or a server's words hold of markup is shown as it is written, and what they hide is shown
// (shownText).  Qt takes a tool tip that looks like markup for markup.
// Promise: whoever sets a tool tip, as a widget's, an item's (Qt::ToolTipRole), a tab's or a menu entry's, sets plain text and escapes nothing.
#include <QObject>

QT_FORWARD_DECLARE_CLASS(QPoint)
QT_FORWARD_DECLARE_CLASS(QWidget)

namespace ui {

// Where a widget decides itself what to say.  text: plain; "" hides what is shown.
void showToolTip(const QPoint &globalPosition, const QString &text, QWidget *widget);

// Shows all others; one filter of the application.
class ToolTips : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
};

} // namespace ui
