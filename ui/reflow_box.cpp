// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/reflow_box.h"

#include "ui/theme.h"

namespace ui {

ReflowBox::ReflowBox(int rowFrom)
    : QBoxLayout(LeftToRight)
    , m_rowFrom(rowFrom)
{
}

bool ReflowBox::isRowAt(int width) const { return width >= scaled(m_rowFrom); }

int ReflowBox::leastHeightAt(int width) const
{
    const bool isRow = isRowAt(width);
    int height = 0, shown = 0;
    for (int i = 0; i < count(); ++i) {
        QLayoutItem *item = itemAt(i);
        if (item->isEmpty())
            continue;
        const int own = item->minimumSize().height();
        height = isRow ? qMax(height, own) : height + own;
        ++shown;
    }
    const QMargins margins = contentsMargins();
    return height + (isRow ? 0 : qMax(0, shown - 1) * spacing()) + margins.top() + margins.bottom();
}

QSize ReflowBox::minimumSize() const
{
    int widest = 0;
    for (int i = 0; i < count(); ++i) {
        if (QLayoutItem *item = itemAt(i); !item->isEmpty())
            widest = qMax(widest, item->minimumSize().width());
    }
    const QMargins margins = contentsMargins();
    return {widest + margins.left() + margins.right(), QBoxLayout::minimumSize().height()};
}

// Never higher than what is in them: what is left over stays empty.
QSize ReflowBox::maximumSize() const
{
    return {QBoxLayout::maximumSize().width(), QBoxLayout::sizeHint().height()};
}

void ReflowBox::setGeometry(const QRect &rect)
{
    const Direction wanted = isRowAt(rect.width()) ? LeftToRight : TopToBottom;
    if (direction() != wanted)
        setDirection(wanted);
    QBoxLayout::setGeometry(rect);
}

} // namespace ui
