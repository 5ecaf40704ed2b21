// SPDX-License-Identifier: GPL-3.0-or-later
// MainWindow's places: what is remembered of them, and how they are shared where there is little room.
#include "ui/docks/dock_area.h"
#include "ui/page_frame.h"
#include "ui/shell/main_window.h"
#include "ui/shell/sidebar.h"
#include "ui/table_view.h"

#include <QSplitter>

#include <utility>

using namespace Qt::StringLiterals;

namespace ui {

QVariantMap MainWindow::layoutState() const
{
    QVariantMap state;
    state.insert(u"geometry"_s, saveGeometry());
    state.insert(u"dock"_s, m_docks->current());
    state.insert(u"split"_s, m_split->saveState());
    for (const PageFrame *each : m_order) {
        if (const QStringList details = each->detailState(); !details.isEmpty())
            state.insert(u"details/"_s + each->id(), details);
    }
    for (const TableView *table : findChildren<TableView *>()) {
        if (const QStringList columns = table->columnState(); !columns.isEmpty())
            state.insert(u"columns/"_s + table->objectName(), columns);
    }
    return state;
}

void MainWindow::restoreLayoutState(const QVariantMap &state)
{
    restoreGeometry(state.value(u"geometry"_s).toByteArray());
    m_isDockFitted = m_split->restoreState(state.value(u"split"_s).toByteArray());
    if (const QString dock = state.value(u"dock"_s).toString(); !dock.isEmpty())
        m_docks->open(dock);
    for (PageFrame *each : std::as_const(m_order))
        each->restoreDetailState(state.value(u"details/"_s + each->id()).toStringList());
    for (TableView *table : findChildren<TableView *>())
        table->restoreColumnState(state.value(u"columns/"_s + table->objectName()).toStringList());
}

// Where there is little room for large type, pages are told by their icons.
void MainWindow::resizeEvent(QResizeEvent *event)
{
    constexpr int Roomy = 900, HighEnough = 430; // 560 at 130 %, say
    QMainWindow::resizeEvent(event);
    const bool isNarrow = width() < scaled(Roomy);
    const bool isLow = height() < scaled(HighEnough);
    m_sidebar->setSmall(isNarrow, isLow);
}

// At its first opening it shows some rows; what was dragged, or comes from the last time, stays.
void MainWindow::fitDock()
{
    if (m_docks->isHidden() || std::exchange(m_isDockFitted, true))
        return;
    const int wanted = qMin(m_docks->usefulHeight(), m_split->height() / 2);
    m_split->setSizes({m_split->height() - wanted, wanted});
}

} // namespace ui
