// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/text_link.h"

#include "ui/elide.h"
#include "ui/theme.h"

#include <QKeyEvent>
#include <QPainter>

namespace ui {

TextLink::TextLink(Qt::Alignment side, QWidget *parent)
    : QAbstractButton(parent)
    , m_side(side)
{
    setAttribute(Qt::WA_Hover);
}

QSize TextLink::sizeHint() const
{
    return {fontMetrics().horizontalAdvance(text()) + 2, fontMetrics().height()};
}

void TextLink::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    QFont own = font();
    own.setUnderline(isEnabled() && (underMouse() || hasFocus()));
    painter.setFont(own);
    const Tokens tokens = tokensOf(palette());
    painter.setPen(QColor::fromRgb(isEnabled() ? tokens.accent : tokens.dim));
    painter.drawText(rect(), int(m_side | Qt::AlignVCenter) | Qt::TextSingleLine,
                     elided(text(), painter.fontMetrics(), width()));
}

void TextLink::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        click();
    else
        QAbstractButton::keyPressEvent(event);
}

} // namespace ui
