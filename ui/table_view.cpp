// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/table_view.h"

#include "ui/cell_delegate.h"
#include "ui/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>

namespace ui {

TableView::TableView(QWidget *parent)
    : QTableView(parent)
    , m_delegate(new CellDelegate(this))
{
    setItemDelegate(m_delegate);
    setShowGrid(false);
    setWordWrap(false);
    setFrameShape(QFrame::NoFrame);
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setSelectionMode(QAbstractItemView::ExtendedSelection);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setTabKeyNavigation(false);
    setCornerButtonEnabled(false);
    setSortingEnabled(true);
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setSectionsClickable(true);
    horizontalHeader()->setStretchLastSection(false);
    horizontalHeader()->setMinimumSectionSize(scaled(24));
    horizontalHeader()->setSectionResizeMode(QHeaderView::Interactive);
    horizontalHeader()->setSortIndicatorClearable(true);
    applyRowHeight();
}

void TableView::setRows(models::TableModelBase &model, models::RowOrder &order)
{
    m_model = &model;
    m_order = &order;
    m_delegate->setLayout(model.layout());
    setModel(&order);
    horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    fitColumns();
}

void TableView::applyRowHeight()
{
    const int height = scaled(m_compact ? Measure::CompactRow : Measure::Row);
    verticalHeader()->setMinimumSectionSize(height);
    verticalHeader()->setDefaultSectionSize(height);
    horizontalHeader()->setFixedHeight(scaled(Measure::Header));
}

void TableView::setCompact(bool compact)
{
    m_compact = compact;
    applyRowHeight();
}

void TableView::setColumnWanted(const QString &id, bool wanted)
{
    if (wanted)
        m_unwanted.remove(id);
    else
        m_unwanted.insert(id);
    fitColumns();
}

QString TableView::currentKey() const
{
    const QModelIndex current = currentIndex();
    return current.isValid() ? current.data(models::TableModelBase::KeyRole).toString() : QString();
}

bool TableView::selectKey(const QString &key)
{
    if (!m_model || !m_order)
        return false;
    const int row = m_model->rowOfKey(key);
    const QModelIndex index = row < 0 ? QModelIndex() : m_order->mapFromSource(m_model->index(row, 0));
    if (!index.isValid())
        return false;
    setCurrentIndex(index);
    scrollTo(index);
    return true;
}

int TableView::visibleColumns() const { return horizontalHeader()->count() - horizontalHeader()->hiddenSectionCount(); }

void TableView::sortBy(const QString &columnId, Qt::SortOrder order)
{
    const auto layout = m_model->layout();
    for (int i = 0; i < layout.size(); ++i) {
        if (layout[i].id == columnId)
            sortByColumn(i, order);
    }
}

// The columns that fit at their minimum widths: the highest priority numbers leave first, of equals the rightmost.
QList<int> TableView::shownColumns(int width) const
{
    const auto layout = m_model->layout();
    QList<int> shown;
    int needed = 0;
    for (int i = 0; i < layout.size(); ++i) {
        if (m_unwanted.contains(layout[i].id))
            continue;
        shown.append(i);
        needed += scaled(layout[i].minimumWidth);
    }
    while (needed > width && shown.size() > 1) {
        const auto worst = std::max_element(shown.begin(), shown.end(), [&](int a, int b) { return layout[a].priority <= layout[b].priority; });
        if (layout[*worst].priority <= 1)
            break;
        needed -= scaled(layout[*worst].minimumWidth);
        shown.erase(worst);
    }
    return shown;
}

void TableView::fitColumns()
{
    if (!m_model || width() < scaled(80))
        return;
    const auto layout = m_model->layout();
    const int bar = verticalScrollBar()->isVisible() || m_order->rowCount() * rowHeight(0) > viewport()->height() ? style()->pixelMetric(QStyle::PM_ScrollBarExtent) : 0;
    const int available = width() - 2 * frameWidth() - bar;
    const QList<int> shown = shownColumns(available);
    int wanted = 0, minimum = 0, stretching = 0;
    for (int i : shown) {
        wanted += scaled(layout[i].width);
        minimum += scaled(layout[i].minimumWidth);
        stretching += layout[i].stretch ? 1 : 0;
    }
    int left = available;
    for (int n = 0; n < shown.size(); ++n) {
        const auto &column = layout[shown[n]];
        int size = scaled(column.width);
        if (wanted > available) // everyone gives in proportion to what it has above its minimum
            size = scaled(column.minimumWidth) + (wanted == minimum ? 0 : (size - scaled(column.minimumWidth)) * std::max(0, available - minimum) / (wanted - minimum));
        else if (stretching > 0 ? column.stretch : n == shown.size() - 1)
            size += (available - wanted) / std::max(1, stretching);
        size = std::max(scaled(24), std::min(size, left));
        left -= size;
        setColumnWidth(shown[n], size);
    }
    if (left > 0 && !shown.isEmpty())
        setColumnWidth(shown.last(), columnWidth(shown.last()) + left);
    for (int i = 0; i < layout.size(); ++i)
        setColumnHidden(i, !shown.contains(i));
}

void TableView::resizeEvent(QResizeEvent *event)
{
    QTableView::resizeEvent(event);
    fitColumns();
}

void TableView::changeEvent(QEvent *event)
{
    QTableView::changeEvent(event);
    if (event->type() == QEvent::ApplicationFontChange || event->type() == QEvent::StyleChange) {
        applyRowHeight();
        fitColumns();
    }
}

void TableView::keyPressEvent(QKeyEvent *event)
{
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && event->modifiers() == Qt::NoModifier && currentIndex().isValid()) {
        Q_EMIT opened(currentKey());
        return;
    }
    if (event->matches(QKeySequence::Copy)) {
        copySelection();
        return;
    }
    if ((event->key() == Qt::Key_Home || event->key() == Qt::Key_End) && model() && model()->rowCount() > 0) {
        setCurrentIndex(model()->index(event->key() == Qt::Key_Home ? 0 : model()->rowCount() - 1, 0));
        return;
    }
    QTableView::keyPressEvent(event);
}

void TableView::copySelection() const
{
    QStringList lines;
    QModelIndexList rows = selectionModel()->selectedRows();
    std::sort(rows.begin(), rows.end());
    for (const QModelIndex &row : rows) {
        QStringList cells;
        for (int column = 0; column < model()->columnCount(); ++column) {
            if (!isColumnHidden(column))
                cells.append(row.siblingAtColumn(column).data().toString());
        }
        lines.append(cells.join(QLatin1Char('\t')));
    }
    if (!lines.isEmpty())
        QApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
}

void TableView::paintEvent(QPaintEvent *event)
{
    QTableView::paintEvent(event);
    if (!model())
        return;
    QPainter painter(viewport());
    painter.setPen(QColor::fromRgb(tokensOf(palette()).line));
    const int last = rowAt(viewport()->height() - 1);
    for (int row = std::max(0, rowAt(0)); row <= (last < 0 ? model()->rowCount() - 1 : last); ++row) {
        const int y = rowViewportPosition(row) + rowHeight(row) - 1;
        painter.drawLine(0, y, viewport()->width(), y);
    }
    if (hasFocus() && currentIndex().isValid()) {
        const int row = currentIndex().row();
        painter.setPen(QPen(QColor::fromRgb(tokensOf(palette()).accent), 2));
        painter.drawRect(QRect(0, rowViewportPosition(row), viewport()->width(), rowHeight(row)).adjusted(1, 1, -1, -2));
    }
}

void TableView::currentChanged(const QModelIndex &current, const QModelIndex &previous)
{
    QTableView::currentChanged(current, previous);
    viewport()->update(); // the focus ring spans the row
    if (current.row() != previous.row() || !current.isValid())
        Q_EMIT currentKeyChanged(currentKey());
}

} // namespace ui
