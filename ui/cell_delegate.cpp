// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/cell_delegate.h"

#include "ui/chip.h"
#include "ui/elide.h"
#include "ui/shown_text.h"
#include "ui/theme.h"

#include <QHelpEvent>
#include <QPainter>

#include <algorithm>

namespace ui {

namespace {

using Base = models::TableModelBase;
using models::CellStyle;

models::Severity severityAt(const QModelIndex &index)
{
    const QVariant severity = index.data(Base::SeverityRole);
    return severity.isValid() ? models::Severity(severity.toInt()) : models::Severity::Unknown;
}

Type typeOf(CellStyle style)
{
    switch (style) {
    case CellStyle::Strong: return Type::Strong;
    case CellStyle::Mono: return Type::Mono;
    default: return Type::Body;
    }
}

} // namespace

void drawBar(QPainter &painter, const QRect &box, double part, const QColor &ink, const QColor &track)
{
    const int height = scaled(6);
    const QRectF groove(box.left(), box.center().y() - height / 2.0 + 0.5, box.width(), height);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(track);
    painter.drawRoundedRect(groove, height / 2.0, height / 2.0);
    const double width = groove.width() * std::clamp(part, 0.0, 1.0);
    if (width > 0) {
        painter.setBrush(ink);
        painter.drawRoundedRect(QRectF(groove.topLeft(), QSizeF(std::max(width, double(height)), height)),
                                height / 2.0, height / 2.0);
    }
    painter.restore();
}

// Scaled to its own maximum, from zero; a gap (negative) is drawn as a gap.
void drawSparkline(QPainter &painter, const QRect &box, const QList<double> &values, const QColor &ink)
{
    if (values.size() < 2 || box.width() < 8)
        return;
    const double top = std::max(1e-9, *std::max_element(values.begin(), values.end()));
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(ink, 1.4, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    QPolygonF line;
    for (qsizetype i = 0; i < values.size(); ++i) {
        if (values[i] < 0) {
            painter.drawPolyline(std::exchange(line, {}));
            continue;
        }
        line << QPointF(box.left() + double(box.width() - 1) * double(i) / double(values.size() - 1),
                        box.bottom() - (box.height() - 1) * values[i] / top);
    }
    painter.drawPolyline(line);
    painter.restore();
}

CellDelegate::CellDelegate(QObject *parent)
    : QStyledItemDelegate(parent)
{
}

void CellDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option,
                         const QModelIndex &index) const
{
    QStyleOptionViewItem panel(option);
    panel.text.clear();
    panel.state.setFlag(QStyle::State_HasFocus, false); // the row's focus is drawn by TableView, once
    const QStyle *style = option.widget->style();
    style->drawControl(QStyle::CE_ItemViewItem, &panel, painter, option.widget);

    const int padding = scaled(Measure::CellPadding);
    const QRect box = option.rect.adjusted(padding, 0, -padding, -1);
    const auto cell = CellStyle(index.data(Base::StyleRole).toInt());
    const Tokens tokens = tokensOf(option.palette);
    switch (cell) {
    case CellStyle::Chip: {
        const QString text = index.data().toString();
        if (!text.isEmpty())
            drawChip(*painter, box, text, severityAt(index), option.palette);
        break;
    }
    case CellStyle::Bar: {
        const QString text = index.data().toString();
        const int words = text.isEmpty()
            ? 0
            : QFontMetrics(fontOf(Type::Body)).horizontalAdvance(QStringLiteral("100 %")) + padding;
        const QVariant value = index.data(Base::ValueRole);
        if (value.isValid())
            drawBar(*painter, box.adjusted(0, 0, -words, 0), value.toDouble(),
                    QColor::fromRgb(toneOf(option.palette, severityAt(index)).ink),
                    QColor::fromRgb(tokens.track));
        painter->setFont(fontOf(Type::Body));
        painter->setPen(QColor::fromRgb(tokens.dim));
        painter->drawText(box, Qt::AlignRight | Qt::AlignVCenter, text);
        break;
    }
    case CellStyle::Sparkline:
        drawSparkline(*painter, box.adjusted(0, scaled(6), 0, -scaled(6)),
                      index.data(Base::ValueRole).value<QList<double>>(), QColor::fromRgb(tokens.accent));
        break;
    default: drawWords(painter, box, option, index, cell);
    }
}

void CellDelegate::drawWords(QPainter *painter, const QRect &box, const QStyleOptionViewItem &option,
                             const QModelIndex &index, CellStyle style) const
{
    const QString text = index.data().toString();
    if (text.isEmpty())
        return;
    const Tokens tokens = tokensOf(option.palette);
    const QFont font = fontOf(typeOf(style));
    painter->setFont(font);
    const QVariant severity = index.data(Base::SeverityRole);
    QRgb ink = style == CellStyle::Dim ? tokens.dim : tokens.text;
    if (severity.isValid() && style != CellStyle::Dim)
        ink = toneOf(option.palette, models::Severity(severity.toInt())).ink;
    painter->setPen(QColor::fromRgb(ink));
    const QString shown = elided(text, QFontMetrics(font), box.width());
    painter->drawText(box,
                      Qt::AlignVCenter | Qt::TextSingleLine
                          | (style == CellStyle::Number ? Qt::AlignRight : Qt::AlignLeft),
                      shown);
    if (style != CellStyle::Number)
        drawMarks(painter, box, shown, index.column(), QColor::fromRgb(tokens.accent));
}

// A quiet underline in the accent colour: selection and severity keep their own papers.
void CellDelegate::drawMarks(QPainter *painter, const QRect &box, const QString &shown, int column,
                             const QColor &accent) const
{
    const QFontMetrics metrics = painter->fontMetrics();
    for (const auto &[from, length] : models::markedParts(m_marks, column, shown)) {
        const int left = box.left() + metrics.horizontalAdvance(shown.left(from));
        const int width = metrics.horizontalAdvance(shown.mid(from, length));
        painter->fillRect(QRect(left, box.center().y() + metrics.height() / 2 - 1, width, 2), accent);
    }
}

QSize CellDelegate::sizeHint(const QStyleOptionViewItem &, const QModelIndex &index) const
{
    const QString text = index.data().toString();
    const auto style = CellStyle(index.data(Base::StyleRole).toInt());
    const int words = style == CellStyle::Chip ? chipWidth(text)
                                               : QFontMetrics(fontOf(typeOf(style))).horizontalAdvance(text);
    return {words + 2 * scaled(Measure::CellPadding) + 1, scaled(Measure::Row)};
}

} // namespace ui
