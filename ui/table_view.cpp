// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/table_view.h"

#include "ui/cell_delegate.h"
#include "ui/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QKeyEvent>
#include <QPainter>
#include <QTimer>

#include <algorithm>

namespace ui {

namespace {

constexpr int EmptyFirst
    = 100; // added to the priority of a column without any words: it gives way before all others

} // namespace

TableView::TableView(QWidget *parent)
    : QTableView(parent)
    , m_delegate(new CellDelegate(this))
    , m_fitting(new QTimer(this))
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
    m_fitting->setSingleShot(true);
    m_fitting->setInterval(150);
    connect(m_fitting, &QTimer::timeout, this, &TableView::fitColumns);
    applyRowHeight();
}

void TableView::setRows(models::TableModelBase &model, models::RowOrder &order)
{
    m_model = &model;
    m_order = &order;
    m_delegate->setLayout(model.layout());
    setModel(&order);
    horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    connect(&order, &models::RowOrder::orderChanged, this, [this] {
        m_delegate->setMarks(m_order->filterWords());
        if (!m_fitting->isActive())
            m_fitting->start();
    });
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

int TableView::visibleColumns() const
{
    return horizontalHeader()->count() - horizontalHeader()->hiddenSectionCount();
}

void TableView::sortBy(const QString &columnId, Qt::SortOrder order)
{
    const auto layout = m_model->layout();
    for (int i = 0; i < layout.size(); ++i) {
        if (layout[i].id == columnId)
            sortByColumn(i, order);
    }
}

// What each column needs and would like, by the contents of the first rows that are shown.
QList<TableView::Wish> TableView::wishes() const
{
    using models::CellStyle;
    constexpr int Sampled = 40;
    QList<Wish> wishes;
    const auto layout = m_model->layout();
    const QFontMetrics head(fontOf(Type::TableHead));
    for (int column = 0; column < layout.size(); ++column) {
        const auto &each = layout[column];
        if (m_unwanted.contains(each.id))
            continue;
        const int empty = m_delegate->sizeHint({}, {}).width();
        int widest = empty;
        for (int row = 0; row < std::min(Sampled, m_order->rowCount()); ++row)
            widest = std::max(widest, m_delegate->sizeHint({}, m_order->index(row, column)).width());
        const int content = std::max(
            widest, head.horizontalAdvance(each.title) + 2 * scaled(Measure::CellPadding) + scaled(16));
        Wish wish{column, content, content, each.priority, each.stretch};
        if (widest == empty && each.priority >= 4 && each.style != CellStyle::Sparkline)
            wish.priority += EmptyFirst;
        if (each.style == CellStyle::Bar || each.style == CellStyle::Sparkline) {
            wish.need = scaled(each.minimumWidth);
            wish.want = scaled(each.width);
        } else if (each.style != CellStyle::Chip && each.style != CellStyle::Number) {
            wish.need = std::min(content, scaled(each.minimumWidth));
            wish.want = std::min(content, 2 * scaled(each.width));
        } else if (each.style == CellStyle::Chip) {
            wish.want = std::min(content, 2 * scaled(each.width));
            wish.need = std::min(content, scaled(each.width) * 5 / 4);
        }
        wishes.append(wish);
    }
    return wishes;
}

// Columns without any words stay only where everyone gets what it wants, those of priority 4 and more where
// all get most of it, the others as long as they can be read.
void TableView::dropColumns(QList<Wish> &wishes, int width)
{
    while (wishes.size() > 1) {
        int need = 0;
        int comfortable = 0;
        int wanted = 0;
        for (const Wish &wish : wishes) {
            need += wish.need;
            comfortable += wish.need + (wish.stretch ? 0 : (wish.want - wish.need) * 4 / 5);
            wanted += wish.want;
        }
        const auto worst = std::max_element(wishes.begin(), wishes.end(), [](const Wish &a, const Wish &b) {
            return a.priority <= b.priority;
        });
        const int asked = worst->priority >= EmptyFirst ? wanted : worst->priority >= 4 ? comfortable : need;
        if (worst->priority <= 1 || asked <= width)
            return;
        wishes.erase(worst);
    }
}

// Takes from the wants of columns of at least this priority number, in proportion to what each has beyond its
// need.
void TableView::squeeze(QList<Wish> &wishes, int width, int priority)
{
    int over = -width;
    int spare = 0;
    for (const Wish &wish : std::as_const(wishes)) {
        over += wish.want;
        spare += wish.priority >= priority ? wish.want - wish.need : 0;
    }
    if (over <= 0 || spare <= 0)
        return;
    for (Wish &wish : wishes) {
        if (wish.priority >= priority)
            wish.want -= (wish.want - wish.need) * std::min(over, spare) / spare;
    }
}

void TableView::fitColumns()
{
    if (!m_model || width() < scaled(80))
        return;
    const bool scrolls = m_order->rowCount() * verticalHeader()->defaultSectionSize()
        > height() - horizontalHeader()->height();
    const int available
        = width() - 2 * frameWidth() - (scrolls ? style()->pixelMetric(QStyle::PM_ScrollBarExtent) : 0);
    QList<Wish> shown = wishes();
    dropColumns(shown, available);
    squeeze(shown, available, 2); // names stay whole as long as others can give
    squeeze(shown, available, 1);
    int wanted = 0;
    int stretching = 0;
    QSet<int> columns;
    for (const Wish &wish : std::as_const(shown)) {
        wanted += wish.want;
        stretching += wish.stretch;
        columns.insert(wish.column);
    }
    for (int column = 0; column < m_model->columnCount({}); ++column)
        setColumnHidden(column, !columns.contains(column));
    int left = available;
    for (qsizetype n = 0; n < shown.size(); ++n) {
        const Wish &wish = shown[n];
        int size = wish.want;
        if (stretching > 0 && wish.stretch && wanted < available)
            size += (available - wanted) / stretching;
        if (n == shown.size() - 1)
            size = std::max(size, left);
        left -= size;
        setColumnWidth(wish.column, size);
    }
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
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        && event->modifiers() == Qt::NoModifier && currentIndex().isValid()) {
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
        painter.drawRect(
            QRect(0, rowViewportPosition(row), viewport()->width(), rowHeight(row)).adjusted(1, 1, -1, -2));
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
