// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/chart_legend.h"

#include "ui/elide.h"
#include "ui/theme.h"
#include "ui/tool_tips.h"

#include <QHelpEvent>
#include <QPainter>

#include <algorithm>
#include <utility>

namespace ui {

namespace {

int lineWidth() { return scaled(20); }
int lineGap() { return scaled(6); }
int cellGap() { return scaled(20); }
int rowHeight() { return scaled(22); }

} // namespace

ChartLegend::ChartLegend(QWidget *parent)
    : QWidget(parent)
{
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void ChartLegend::setEntries(const QList<Entry> &entries)
{
    m_entries = entries;
    updateGeometry();
    update();
}

void ChartLegend::setMostRows(int rows)
{
    if (std::exchange(m_mostRows, rows) == rows)
        return;
    updateGeometry();
    update();
}

ChartLegend::Grid ChartLegend::gridFor(int width) const
{
    const QFontMetrics metrics(fontOf(Type::Body));
    int widest = 0;
    for (const Entry &entry : m_entries)
        widest = std::max(widest, metrics.horizontalAdvance(entry.name) + 1);
    Grid grid;
    const int wanted = lineWidth() + lineGap() + widest;
    grid.columns = std::max(1, (width + cellGap()) / (wanted + cellGap()));
    grid.cell = std::min(wanted, width);
    grid.rows = std::min(m_mostRows, int((m_entries.size() + grid.columns - 1) / grid.columns));
    return grid;
}

QStringList ChartLegend::shownTexts(int width) const
{
    const QFontMetrics metrics(fontOf(Type::Body));
    const Grid grid = gridFor(width);
    const qsizetype room = qsizetype(grid.columns) * grid.rows;
    const qsizetype named = m_entries.size() > room ? room - 1 : m_entries.size();
    QStringList texts;
    for (qsizetype i = 0; i < named; ++i)
        texts.append(elided(m_entries[i].name, metrics, grid.cell - lineWidth() - lineGap()));
    if (named < m_entries.size())
        texts.append(tr("and %1 more, in the table").arg(m_entries.size() - named));
    return texts;
}

int ChartLegend::heightForWidth(int width) const { return gridFor(width).rows * rowHeight(); }

QSize ChartLegend::sizeHint() const { return {scaled(200), heightForWidth(std::max(width(), scaled(200)))}; }

QSize ChartLegend::minimumSizeHint() const { return {scaled(60), 0}; }

QRect ChartLegend::cellAt(const Grid &grid, qsizetype index) const
{
    const int column = int(index % grid.columns);
    return {column * (grid.cell + cellGap()), int(index / grid.columns) * rowHeight(), grid.cell,
            rowHeight()};
}

void ChartLegend::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Tokens tokens = tokensOf(palette());
    const Grid grid = gridFor(width());
    const QStringList texts = shownTexts(width());
    painter.setFont(fontOf(Type::Body));
    for (qsizetype i = 0; i < texts.size(); ++i) {
        QRect cell = cellAt(grid, i);
        const bool isName = i + 1 < texts.size() || texts.size() == m_entries.size();
        if (isName) {
            painter.setPen(QPen(m_entries[i].colour, 1.8, m_entries[i].dash));
            painter.drawLine(cell.left(), cell.center().y(), cell.left() + lineWidth(), cell.center().y());
            cell.setLeft(cell.left() + lineWidth() + lineGap());
        }
        painter.setPen(QColor::fromRgb(isName ? tokens.text : tokens.dim));
        painter.drawText(cell, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine, texts[i]);
    }
}

bool ChartLegend::event(QEvent *event)
{
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto *help = static_cast<QHelpEvent *>(event);
    const Grid grid = gridFor(width());
    QString name;
    for (qsizetype i = 0; i < m_entries.size() && i < qsizetype(grid.columns) * grid.rows; ++i) {
        if (cellAt(grid, i).contains(help->pos()))
            name = m_entries[i].name;
    }
    showToolTip(help->globalPos(), name, this);
    return true;
}

} // namespace ui
