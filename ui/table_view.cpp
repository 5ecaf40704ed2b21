// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/table_view.h"

#include "ui/cell_delegate.h"
#include "ui/table_header.h"
#include "ui/theme.h"

#include <QApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>
#include <QTimer>

#include <algorithm>

namespace ui {

namespace {

constexpr int FitPause = 150; // ms

} // namespace

TableView::TableView(QWidget *parent)
    : QTableView(parent)
    , m_delegate(new CellDelegate(this))
    , m_header(new TableHeader(this))
    , m_fitting(new QTimer(this))
{
    setHorizontalHeader(m_header);
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
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setSectionsClickable(true);
    horizontalHeader()->setStretchLastSection(false);
    horizontalHeader()->setMinimumSectionSize(scaled(24));
    horizontalHeader()->setSectionResizeMode(QHeaderView::Interactive);
    horizontalHeader()->setSortIndicatorShown(true);
    connect(m_header, &QHeaderView::sectionClicked, this, [this](int column) {
        sortFurther(column, QApplication::keyboardModifiers() & Qt::ShiftModifier);
    });
    connect(m_header, &TableHeader::sortRequested, this, &TableView::sortFurther);
    connect(m_header, &TableHeader::widthRequested, this, [this](int column, int width) {
        m_widths[m_model->layout()[column].id] = qRound(width * 100.0 / scaled(100));
        fitColumns();
    });
    connect(m_header, &TableHeader::left, this, [this] {
        setFocus(Qt::ShortcutFocusReason);
        if (!currentIndex().isValid() && model()->rowCount() > 0)
            setCurrentIndex(model()->index(0, 0));
    });
    connect(horizontalHeader(), &QHeaderView::sectionResized, this, [this](int column, int, int size) {
        if (!m_isFitting && m_model && size > 0)
            m_widths[m_model->layout()[column].id] = qRound(size * 100.0 / scaled(100));
    });
    m_fitting->setSingleShot(true);
    connect(m_fitting, &QTimer::timeout, this, &TableView::fitColumns);
    applyRowHeight();
}

void TableView::setRows(models::TableModelBase &model, models::RowOrder &order)
{
    m_model = &model;
    m_order = &order;
    connect(&order, &QAbstractItemModel::rowsAboutToBeRemoved, this,
            [this](const QModelIndex &, int first, int last) { rowsHidden(first, last); });
    setModel(&order);
    connect(&order, &QAbstractItemModel::rowsRemoved, this, [this] { m_isRemoving = false; });
    connect(&order, &QAbstractItemModel::rowsInserted, this,
            [this](const QModelIndex &, int first, int last) { rowsShown(first, last); });
    m_header->setSort({});
    connect(&order, &models::RowOrder::orderChanged, this, &TableView::orderCame);
    const auto fitSoon = [this] {
        if (!m_fitting->isActive() || m_fitting->remainingTime() > FitPause)
            m_fitting->start(FitPause);
    };
    const auto changed = [this, fitSoon] {
        ++m_revision;
        fitSoon();
    };
    connect(&order, &models::RowOrder::orderChanged, m_fitting, changed);
    connect(&model, &QAbstractItemModel::dataChanged, m_fitting, changed);
    connect(verticalScrollBar(), &QScrollBar::valueChanged, m_fitting, fitSoon);
    connect(&order, &QAbstractItemModel::modelReset, this, [this] {
        m_contentWidths.clear();
        m_filledColumns.clear();
    });
    fitColumns();
}

void TableView::orderCame()
{
    if (m_delegate->marks() != m_order->filterMarks()) { // also where the same rows stay
        m_delegate->setMarks(m_order->filterMarks());
        viewport()->update();
    }
    const bool wasLoading = m_isLoading;
    const bool isOtherFilter = m_filter != m_order->filter();
    if (m_order->isSettled()) {
        m_filter = m_order->filter();
        m_isLoading = !m_model->isComplete();
    }
    followChosen(isOtherFilter || (wasLoading && m_chosen.isEmpty()));
}

// isNewView: other rows are looked at than before, and not only newer ones.
void TableView::followChosen(bool isNewView)
{
    const int known = m_chosen.isEmpty() ? -1 : m_model->rowOfKey(m_chosen);
    if (known < 0)
        m_chosen.clear();
    const QModelIndex chosen = known < 0 ? QModelIndex() : m_order->mapFromSource(m_model->index(known, 0));
    if (chosen.isValid())
        makeCurrent(chosen);
    else if (isNewView && m_order->rowCount() > 0 && (m_isChosen || currentIndex().isValid()))
        makeCurrent(m_order->index(0, 0));
    else if (currentIndex().isValid())
        makeCurrent(currentIndex()); // Qt's choice: the neighbour of one that is gone
    if (isNewView && currentIndex().isValid())
        scrollTo(currentIndex());
}

// One selected row is the current one; several are left as they are.
void TableView::makeCurrent(const QModelIndex &index)
{
    const bool isAlone = selectedCount() <= 1;
    const bool isSelecting =
        m_isChosen && isAlone && !selectionModel()->isRowSelected(index.row(), QModelIndex());
    if (isAlone && m_isChosen)
        m_hiddenKeys.clear();
    if (!isSelecting && currentIndex().row() == index.row())
        return;
    m_isFollowing = true;
    selectionModel()->setCurrentIndex(index,
                                      m_isChosen && isAlone
                                          ? QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows
                                          : QItemSelectionModel::NoUpdate);
    m_isFollowing = false;
}

void TableView::chooseCurrent() { m_chosen = currentKey(); }

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

// A row is in one run, even where its cells were selected piece by piece.
QList<std::pair<int, int>> TableView::selectedRuns() const
{
    QList<std::pair<int, int>> runs;
    if (!selectionModel())
        return runs;
    for (const QItemSelectionRange &range : selectionModel()->selection())
        runs.append({range.top(), range.bottom()});
    std::sort(runs.begin(), runs.end());
    int next = 0;
    for (auto &[first, last] : runs) {
        first = std::max(first, next);
        next = std::max(next, last + 1);
    }
    runs.removeIf([](const auto &run) { return run.first > run.second; });
    return runs;
}

void TableView::visitSelected(const std::function<bool(const QString &key)> &visit) const
{
    for (const auto &[first, last] : selectedRuns()) {
        for (int row = first; row <= last; ++row) {
            if (!visit(m_order->index(row, 0).data(models::TableModelBase::KeyRole).toString()))
                return;
        }
    }
    for (const QString &key : m_hiddenKeys) {
        if (m_model->rowOfKey(key) >= 0 && !visit(key))
            return;
    }
}

QStringList TableView::selectedKeys() const
{
    QStringList keys;
    visitSelected([&keys](const QString &key) {
        keys.append(key);
        return true;
    });
    return keys;
}

int TableView::selectedCount() const
{
    int count = hiddenSelected();
    for (const auto &[first, last] : selectedRuns())
        count += last - first + 1;
    return count;
}

int TableView::hiddenSelected() const
{
    return int(std::count_if(m_hiddenKeys.begin(), m_hiddenKeys.end(),
                             [this](const QString &key) { return m_model->rowOfKey(key) >= 0; }));
}

void TableView::rowsHidden(int first, int last)
{
    m_isRemoving = true;
    for (const QItemSelectionRange &range : selectionModel()->selection()) {
        for (int row = std::max(first, range.top()); row <= std::min(last, range.bottom()); ++row)
            m_hiddenKeys.insert(m_order->index(row, 0).data(models::TableModelBase::KeyRole).toString());
    }
}

void TableView::rowsShown(int first, int last)
{
    for (int row = first; row <= last && !m_hiddenKeys.isEmpty(); ++row) {
        const QModelIndex index = m_order->index(row, 0);
        if (!m_hiddenKeys.remove(index.data(models::TableModelBase::KeyRole).toString()))
            continue;
        selectionModel()->select(index, QItemSelectionModel::Select | QItemSelectionModel::Rows);
    }
}

void TableView::selectionChanged(const QItemSelection &selected, const QItemSelection &deselected)
{
    QTableView::selectionChanged(selected, deselected);
    if (!m_isRemoving)
        m_isChosen = selectionModel()->hasSelection();
    Q_EMIT selectedKeysChanged();
}

// A new selection leaves behind what a filter hides; one that is only added to keeps it.
void TableView::mousePressEvent(QMouseEvent *event)
{
    if (!(event->modifiers() & (Qt::ControlModifier | Qt::ShiftModifier))
        && event->button() == Qt::LeftButton)
        m_hiddenKeys.clear();
    QTableView::mousePressEvent(event);
    chooseCurrent(); // also the one that is current already
}

void TableView::sortFurther(int column, bool further)
{
    QList<models::SortColumn> columns = m_order->sortColumns();
    const auto known = std::find_if(columns.begin(), columns.end(),
                                    [column](const auto &each) { return each.column == column; });
    const auto turned = [](Qt::SortOrder order) {
        return order == Qt::AscendingOrder ? Qt::DescendingOrder : Qt::AscendingOrder;
    };
    if (further) {
        if (known == columns.end())
            columns.append({column, Qt::AscendingOrder});
        else
            known->order = turned(known->order);
    } else if (known == columns.begin() && columns.size() == 1) {
        if (known->order == Qt::DescendingOrder)
            columns.clear(); // the third click: by arrival
        else
            known->order = Qt::DescendingOrder;
    } else {
        columns = {{column, Qt::AscendingOrder}};
    }
    sortBy(columns);
}

void TableView::sortBy(const QList<models::SortColumn> &columns)
{
    m_order->sortBy(columns);
    m_header->setSort(columns);
}

void TableView::focusHeadings() { m_header->enter(); }

QString TableView::sortText() const
{
    QStringList names;
    for (const models::SortColumn &each : m_order ? m_order->sortColumns() : QList<models::SortColumn>())
        names.append(m_model->layout()[each.column].title);
    return names.join(QStringLiteral(", "));
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
    m_hiddenKeys.clear();
    setCurrentIndex(index);
    chooseCurrent();
    scrollTo(index);
    return true;
}

void TableView::scrollTo(const QModelIndex &index, ScrollHint hint)
{
    QScrollBar *bar = verticalScrollBar();
    const int before = bar->value();
    QTableView::scrollTo(index, hint);
    const int row = verticalHeader()->defaultSectionSize();
    if (bar->value() > before && bar->value() % row > 0)
        bar->setValue(bar->value() + row - bar->value() % row);
}

int TableView::heightOfRows(int rows) const
{
    return scaled(Measure::Header) + rows * verticalHeader()->defaultSectionSize() + 2 * frameWidth();
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
            sortBy(QList<models::SortColumn>{{i, order}});
    }
}

void TableView::sortBy(const QStringList &columnIds)
{
    QList<models::SortColumn> columns;
    for (const QString &id : columnIds) {
        for (int i = 0; i < m_model->layout().size(); ++i) {
            if (m_model->layout()[i].id == id)
                columns.append({i, Qt::AscendingOrder});
        }
    }
    sortBy(columns);
}

void TableView::setGroupColumn(const QString &columnId)
{
    m_groupColumn = -1;
    for (int i = 0; m_model && i < m_model->layout().size(); ++i)
        m_groupColumn = m_model->layout()[i].id == columnId ? i : m_groupColumn;
    viewport()->update();
}

void TableView::resizeEvent(QResizeEvent *event)
{
    QTableView::resizeEvent(event);
    fitColumns();
}

void TableView::changeEvent(QEvent *event)
{
    QTableView::changeEvent(event);
    if (event->type() == QEvent::ApplicationFontChange || event->type() == QEvent::FontChange
        || event->type() == QEvent::StyleChange) {
        applyRowHeight();
        m_contentWidths.clear();
        fitColumns();
    }
}

void TableView::keyPressEvent(QKeyEvent *event)
{
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        && event->modifiers() == Qt::NoModifier && currentIndex().isValid()) {
        chooseCurrent();
        Q_EMIT opened(currentKey());
        return;
    }
    if (event->key() == Qt::Key_Up && event->modifiers() == Qt::NoModifier && currentIndex().row() <= 0) {
        focusHeadings();
        return;
    }
    if (event->matches(QKeySequence::Copy)) { // TablePane's, which knows what a row is
        event->ignore();
        return;
    }
    if (event->modifiers() == Qt::NoModifier && event->text().isEmpty())
        m_hiddenKeys.clear(); // a key that moves makes a new selection
    if ((event->key() == Qt::Key_Home || event->key() == Qt::Key_End) && model() && model()->rowCount() > 0) {
        setCurrentIndex(model()->index(event->key() == Qt::Key_Home ? 0 : model()->rowCount() - 1, 0));
        return;
    }
    QTableView::keyPressEvent(event);
}

QString TableView::rowsAsText() const
{
    QStringList lines;
    QModelIndexList rows = selectionModel() ? selectionModel()->selectedRows() : QModelIndexList();
    std::sort(rows.begin(), rows.end());
    for (const QModelIndex &row : rows) {
        QStringList cells;
        for (const int column : shownColumns())
            cells.append(row.siblingAtColumn(column).data().toString());
        lines.append(cells.join(u'\t'));
    }
    return lines.join(u'\n');
}

void TableView::paintEvent(QPaintEvent *event)
{
    QTableView::paintEvent(event);
    if (!model())
        return;
    QPainter painter(viewport());
    const Tokens tokens = tokensOf(palette());
    const auto groupOf = [this](int row) { return model()->index(row, m_groupColumn).data().toString(); };
    const int last = rowAt(viewport()->height() - 1);
    for (int row = std::max(0, rowAt(0)); row <= (last < 0 ? model()->rowCount() - 1 : last); ++row) {
        const int y = rowViewportPosition(row) + rowHeight(row) - 1;
        const bool endsGroup = m_groupColumn >= 0 && m_order->sortColumn() == m_groupColumn
            && row + 1 < model()->rowCount() && groupOf(row) != groupOf(row + 1);
        painter.setPen(QPen(QColor::fromRgb(endsGroup ? tokens.dim : tokens.line), endsGroup ? 2 : 1));
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
    if (!m_isRemoving && !m_isFollowing && current.isValid()
        && selectionModel()->isRowSelected(current.row(), QModelIndex()))
        chooseCurrent();
    if (current.row() != previous.row() || !current.isValid())
        Q_EMIT currentKeyChanged(currentKey());
}

} // namespace ui
