// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/line_delegate.h"

#include "ui/elide.h"
#include "ui/shown_text.h"
#include "ui/theme.h"

#include <QHelpEvent>
#include <QListView>
#include <QPainter>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

// A tick is drawn, not taken from a font.
void drawTick(QPainter &painter, const QRect &box, const QColor &ink)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(ink, box.width() * 0.18, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    const QRectF b(box);
    painter.drawPolyline(QPolygonF({{b.left() + b.width() * 0.08, b.center().y()},
                                    {b.left() + b.width() * 0.38, b.bottom() - b.height() * 0.18},
                                    {b.right() - b.width() * 0.06, b.top() + b.height() * 0.16}}));
    painter.restore();
}

} // namespace

void LineDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option,
                         const QModelIndex &index) const
{
    QStyleOptionViewItem panel(option);
    panel.text.clear();
    panel.state.setFlag(QStyle::State_HasFocus, false);
    option.widget->style()->drawControl(QStyle::CE_ItemViewItem, &panel, painter, option.widget);
    const Tokens tokens = tokensOf(option.palette);
    const int padding = scaled(Measure::WideGap);
    QRect box = option.rect.adjusted(padding, 0, -padding, 0);
    const QVariant severity = index.data(SeverityRole);
    if (severity.isValid()) {
        const auto value = models::Severity(severity.toInt());
        const QColor ink = QColor::fromRgb(toneOf(option.palette, value).ink);
        const int side = scaled(11);
        const QRect shape(box.left(), box.center().y() - side / 2 + 1, side, side);
        const QString mark = index.data(MarkRole).toString();
        if (mark == u"✓"_s)
            drawTick(*painter, shape, ink);
        else if (mark != u" "_s)
            drawSeverity(*painter, shape, value, ink);
        box.setLeft(shape.right() + scaled(10));
    }
    const QString side = index.data(SideRole).toString();
    painter->save();
    painter->setFont(fontOf(Type::Body));
    if (!side.isEmpty()) {
        const QFontMetrics metrics = painter->fontMetrics();
        const int left =
            box.width() - metrics.horizontalAdvance(shownText(index.data().toString())) - padding - 2;
        const int most = qMax(left, box.width() * 2 / 5); // what the words leave, and that at least
        const int width = qMin(metrics.horizontalAdvance(shownText(side)) + 2, most);
        painter->setPen(QColor::fromRgb(tokens.dim));
        painter->drawText(box, Qt::AlignRight | Qt::AlignVCenter,
                          elided(side, painter->fontMetrics(), width));
        box.setRight(box.right() - width - padding);
    }
    painter->setPen(QColor::fromRgb(index.data(DimRole).toBool() ? tokens.dim : tokens.text));
    painter->drawText(box, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                      elided(index.data().toString(), painter->fontMetrics(), box.width()));
    if (option.state & QStyle::State_HasFocus && option.state & QStyle::State_Selected) {
        painter->setPen(QPen(QColor::fromRgb(tokens.accent), 2));
        painter->drawRect(option.rect.adjusted(1, 1, -1, -1));
    }
    painter->restore();
}

QSize LineDelegate::sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const
{
    return {scaled(200), scaled(Measure::Row)};
}

QListView *makeLineList(const QString &objectName, const QString &accessibleName, QAbstractItemModel *model,
                        QWidget *parent)
{
    auto *list = new QListView(parent);
    list->setObjectName(objectName);
    list->setAccessibleName(accessibleName);
    list->setModel(model);
    list->setItemDelegate(new LineDelegate(list));
    list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list->setFrameShape(QFrame::NoFrame);
    list->setUniformItemSizes(true);
    return list;
}

} // namespace ui
