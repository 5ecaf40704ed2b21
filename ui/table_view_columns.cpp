// SPDX-License-Identifier: GPL-3.0-or-later
// The columns of TableView: which are shown, and how wide.
#include "ui/cell_delegate.h"
#include "ui/column_fit.h"
#include "ui/table_view.h"
#include "ui/theme.h"

#include <QHeaderView>
#include <QStyle>

#include <algorithm>

namespace ui {

void TableView::setColumnWanted(const QString &id, bool wanted)
{
    if (wanted)
        m_unwanted.remove(id);
    else
        m_unwanted.insert(id);
    fitColumns();
}

QStringList TableView::columnState() const
{
    QStringList state;
    for (auto width = m_widths.begin(); width != m_widths.end(); ++width)
        state.append(QStringLiteral("%1=%2").arg(width.key()).arg(width.value()));
    for (const QString &id : m_unwanted)
        state.append(u'-' + id);
    state.sort();
    return state;
}

void TableView::restoreColumnState(const QStringList &state)
{
    m_widths.clear();
    m_unwanted.clear();
    for (const QString &entry : state) {
        if (entry.startsWith(u'-'))
            m_unwanted.insert(entry.mid(1));
        else if (const int width = entry.section(u'=', 1).toInt(); width >= 24 && width <= 4000)
            m_widths.insert(entry.section(u'=', 0, 0), width);
    }
    fitColumns();
}

QList<int> TableView::shownColumns() const
{
    QList<int> columns;
    for (int at = 0; at < horizontalHeader()->count(); ++at) {
        const int column = horizontalHeader()->logicalIndex(at);
        if (!isColumnHidden(column))
            columns.append(column);
    }
    return columns;
}

QList<int> TableView::wantedColumns() const
{
    QList<int> columns;
    for (int at = 0; m_model && at < horizontalHeader()->count(); ++at) {
        const int column = horizontalHeader()->logicalIndex(at);
        if (!m_unwanted.contains(m_model->layout()[column].id))
            columns.append(column);
    }
    return columns;
}

// What came into sight is looked at once; what only changed, in a flood of events, once a second: then the timer comes back.
void TableView::sampleContents()
{
    constexpr qint64 Rest = 1000; // ms
    Sample now{m_revision, m_model->rowCount({}), std::max(0, rowAt(0)), 0, m_order->filter(), m_unwanted};
    const int last = rowAt(viewport()->height() - 1);
    now.endInSight = last < 0 ? m_order->rowCount() : last + 1;
    const bool isOther = m_contentWidths.isEmpty() || now.firstInSight != m_sample.firstInSight
        || now.endInSight != m_sample.endInSight || now.filter != m_sample.filter
        || now.unwanted != m_sample.unwanted || now.rows >= 2 * m_sample.rows;
    if (!isOther && now.revision == m_sample.revision)
        return;
    if (const qint64 left = Rest - m_sampledSince.elapsed(); !isOther && left > 0) {
        if (!m_fitting->isActive())
            m_fitting->start(int(left));
        return;
    }
    m_sample = now;
    m_sampledSince.start();
    for (int column = 0; column < m_model->columnCount({}); ++column) {
        if (!m_unwanted.contains(m_model->layout()[column].id))
            sampleColumn(column);
    }
}

// By the contents of the rows in sight and of some from all over the table: of all of them, not only of those that a filter
// shows, or columns would come and go with each letter.
void TableView::sampleColumn(int column)
{
    constexpr int Sampled = 40;
    int &widest = m_contentWidths[column];
    const bool isSparkline = m_model->layout()[column].style == models::CellStyle::Sparkline;
    const auto see = [&](const QModelIndex &index) {
        widest = std::max(widest, m_delegate->sizeHint({}, index).width());
        if (isSparkline && index.data(models::TableModelBase::ValueRole).isValid())
            m_filledColumns.insert(column);
    };
    const int rows = m_model->rowCount({});
    const int sampled = std::min(Sampled, rows);
    for (int n = 0; n < sampled; ++n)
        see(m_model->index(int(qint64(n) * rows / sampled), column));
    const int end = std::min(m_sample.endInSight, m_sample.firstInSight + 2 * Sampled);
    for (int row = m_sample.firstInSight; row < end; ++row)
        see(m_order->index(row, column));
}

// What each column needs and would like.
QList<ColumnWish> TableView::wishes() const
{
    using models::CellStyle;
    QList<ColumnWish> wishes;
    const auto layout = m_model->layout();
    const QFontMetrics head(fontOf(Type::TableHead));
    const int empty = m_delegate->sizeHint({}, {}).width();
    for (int column = 0; column < layout.size(); ++column) {
        const auto &each = layout[column];
        if (m_unwanted.contains(each.id))
            continue;
        const int widest = std::max(m_contentWidths.value(column), empty);
        const bool isBlank = each.style == CellStyle::Sparkline && !m_filledColumns.contains(column);
        const int content = std::max(
            widest, head.horizontalAdvance(each.title) + 2 * scaled(Measure::CellPadding) + scaled(16));
        ColumnWish wish{column, content, content, each.priority, content, each.stretch};
        if (each.style == CellStyle::Sparkline ? isBlank : widest == empty && each.priority >= 4)
            wish.priority += EmptyFirst;
        if (each.style == CellStyle::Bar || each.style == CellStyle::Sparkline) {
            wish.need = scaled(each.minimumWidth);
            wish.want = scaled(each.width);
        } else if (each.style != CellStyle::Chip && each.style != CellStyle::Number) {
            wish.need = std::min(content, scaled(each.minimumWidth));
            wish.want = std::min(content, 2 * scaled(each.width));
            wish.least = std::min(content, scaled(each.minimumWidth) * 3 / 4);
        } else if (each.style == CellStyle::Chip) {
            wish.want = std::min(content, 2 * scaled(each.width));
            wish.need = std::min(content, scaled(each.width) * 5 / 4);
        }
        if (const int dragged = m_widths.value(each.id); dragged > 0)
            wish.need = wish.want = wish.least = scaled(dragged);
        wishes.append(wish);
    }
    return wishes;
}

void TableView::fitColumns()
{
    if (!m_model || width() < scaled(80))
        return;
    const bool scrolls = m_order->rowCount() * verticalHeader()->defaultSectionSize()
        > height() - horizontalHeader()->height();
    const int available =
        width() - 2 * frameWidth() - (scrolls ? style()->pixelMetric(QStyle::PM_ScrollBarExtent) : 0);
    sampleContents();
    const QList<ColumnWish> shown = fittedColumns(wishes(), available);
    int wanted = 0;
    int stretching = 0;
    QSet<int> columns;
    for (const ColumnWish &wish : shown) {
        wanted += wish.want;
        stretching += wish.stretch;
        columns.insert(wish.column);
    }
    m_isFitting = true;
    for (int column = 0; column < m_model->columnCount({}); ++column)
        setColumnHidden(column, !columns.contains(column));
    int left = available;
    for (qsizetype n = 0; n < shown.size(); ++n) {
        const ColumnWish &wish = shown[n];
        int size = wish.want;
        if (stretching > 0 && wish.stretch && wanted < available)
            size += (available - wanted) / stretching;
        if (n == shown.size() - 1)
            size = std::max(size, left);
        left -= size;
        setColumnWidth(wish.column, size);
    }
    m_isFitting = false;
}

} // namespace ui
