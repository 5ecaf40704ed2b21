// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/table_header.h"

#include "ui/theme.h"

#include <QAccessible>
#include <QKeyEvent>
#include <QPainter>

namespace ui {

TableHeader::TableHeader(QWidget *parent)
    : QHeaderView(Qt::Horizontal, parent)
{
    tellName();
}

int TableHeader::sortedAt(int column) const
{
    for (qsizetype at = 0; at < m_sort.size(); ++at) {
        if (m_sort[at].column == column)
            return int(at);
    }
    return -1;
}

void TableHeader::setSort(const QList<models::SortColumn> &columns)
{
    m_sort = columns;
    setSortIndicator(columns.isEmpty() ? -1 : columns.first().column,
                     columns.isEmpty() ? Qt::AscendingOrder : columns.first().order);
    tellName();
    viewport()->update();
}

void TableHeader::enter()
{
    if (m_current < 0 || m_current >= count() || isSectionHidden(m_current)) {
        m_current = -1;
        move(1);
    }
    setFocus(Qt::ShortcutFocusReason);
}

// To the next one that is seen, in the order of the screen.
void TableHeader::move(int step)
{
    for (int at = (m_current < 0 ? -1 : visualIndex(m_current)) + step; at >= 0 && at < count(); at += step) {
        if (const int column = logicalIndex(at); !isSectionHidden(column)) {
            m_current = column;
            break;
        }
    }
    tellName();
    viewport()->update();
}

// What a screen reader says while the headings have the focus.
void TableHeader::tellName()
{
    QString name = tr("Headings");
    if (model() && m_current >= 0) {
        name = model()->headerData(m_current, Qt::Horizontal).toString();
        if (const int at = sortedAt(m_current); at >= 0)
            name = m_sort[at].order == Qt::AscendingOrder
                ? tr("%1, sorted by it ascending, %2 of %3").arg(name).arg(at + 1).arg(m_sort.size())
                : tr("%1, sorted by it descending, %2 of %3").arg(name).arg(at + 1).arg(m_sort.size());
    }
    setAccessibleName(name);
}

void TableHeader::keyPressEvent(QKeyEvent *event)
{
    constexpr int Step = 16;
    constexpr int Narrowest = 24;
    const bool shifted = event->modifiers() == Qt::ShiftModifier;
    if (event->modifiers() != Qt::NoModifier && !shifted)
        return QHeaderView::keyPressEvent(event);
    const bool mirrored = isRightToLeft();
    switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Right: {
        const int step = (event->key() == Qt::Key_Right) != mirrored ? 1 : -1;
        if (shifted)
            Q_EMIT widthRequested(m_current,
                                  qMax(scaled(Narrowest), sectionSize(m_current) + step * scaled(Step)));
        else
            move(step);
        break;
    }
    case Qt::Key_Space:
    case Qt::Key_Return:
    case Qt::Key_Enter: Q_EMIT sortRequested(m_current, shifted); break;
    case Qt::Key_Down:
    case Qt::Key_Escape: Q_EMIT left(); break;
    default: QHeaderView::keyPressEvent(event);
    }
}

void TableHeader::focusInEvent(QFocusEvent *event)
{
    QHeaderView::focusInEvent(event);
    viewport()->update();
}

void TableHeader::focusOutEvent(QFocusEvent *event)
{
    QHeaderView::focusOutEvent(event);
    viewport()->update();
}

void TableHeader::paintSection(QPainter *painter, const QRect &rect, int column) const
{
    QHeaderView::paintSection(painter, rect, column);
    const Tokens tokens = tokensOf(palette());
    painter->save();
    if (const int at = sortedAt(column); at > 0) { // the first one has the style's mark
        const QString mark =
            (m_sort[at].order == Qt::AscendingOrder ? QStringLiteral("↑%1") : QStringLiteral("↓%1"))
                .arg(at + 1);
        painter->setFont(fontOf(Type::TableHead));
        const int width = painter->fontMetrics().horizontalAdvance(mark) + scaled(4);
        const QRect box(isRightToLeft() ? rect.left() : rect.right() - width + 1, rect.top(), width,
                        rect.height() - 1);
        painter->fillRect(box, palette().color(QPalette::Base));
        painter->setPen(QColor::fromRgb(tokens.text));
        painter->drawText(box, Qt::AlignCenter, mark);
    }
    if (hasFocus() && column == m_current) {
        painter->setPen(QPen(QColor::fromRgb(tokens.accent), 2));
        painter->drawRect(rect.adjusted(1, 1, -1, -2));
    }
    painter->restore();
}

} // namespace ui
