// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/docks/dock_area.h"

#include "ui/docks/changes_panel.h"
#include "ui/docks/notices_panel.h"
#include "ui/docks/problems_panel.h"
#include "ui/docks/staged_panel.h"
#include "ui/journal_view.h"
#include "ui/table_pane.h"
#include "ui/theme.h"

#include <QHBoxLayout>
#include <QLocale>
#include <QPushButton>
#include <QStackedWidget>
#include <QTabBar>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace ui {

DockArea::DockArea(QWidget *parent)
    : Surface(Fill::Window, Qt::TopEdge, parent)
    , m_tabs(new QTabBar(this))
    , m_stack(new QStackedWidget(this))
    , m_problems(new ProblemsPanel(this))
    , m_changes(new ChangesPanel(this))
    , m_notices(new NoticesPanel(this))
{
    setObjectName(u"docks"_s);
    m_tabs->setObjectName(u"dockTabs"_s);
    m_tabs->setAccessibleName(tr("Docks"));
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    for (QWidget *panel : {static_cast<QWidget *>(m_problems), static_cast<QWidget *>(m_changes),
                           static_cast<QWidget *>(m_notices)}) {
        m_tabs->addTab({});
        m_stack->addWidget(panel);
    }
    auto *close = makeButton(tr("Hide"), u"dockHide"_s, this);
    close->setFlat(true);
    close->setAccessibleName(tr("Hide the docks"));
    auto *head = new QHBoxLayout;
    head->setContentsMargins(scaled(12), 0, scaled(Measure::PageMargin), 0);
    head->addWidget(m_tabs);
    head->addStretch();
    head->addWidget(close);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 1, 0, 0);
    column->setSpacing(0);
    column->addLayout(head);
    column->addWidget(m_stack, 1);
    setMinimumHeight(scaled(180));
    connect(close, &QPushButton::clicked, this, [this] { open({}); });
    connect(m_tabs, &QTabBar::currentChanged, this, [this](int at) {
        m_stack->setCurrentIndex(at);
        if (isVisibleTo(parentWidget()))
            Q_EMIT currentChanged(current());
    });
    connect(m_problems, &ProblemsPanel::countChanged, this, &DockArea::renameTabs);
    connect(&changes(), &JournalView::countChanged, this, &DockArea::renameTabs);
    connect(m_notices, &NoticesPanel::countChanged, this, &DockArea::renameTabs);
    connect(&m_changes->staged(), &StagedPanel::reviewRequested, this, &DockArea::stagedReviewRequested);
    connect(&m_changes->staged(), &StagedPanel::dropRequested, this, &DockArea::stagedDropRequested);
    setStaged({});
    hide();
}

JournalView &DockArea::changes() const { return m_changes->journal(); }

int DockArea::staged() const { return m_changes->stagedCount(); }

void DockArea::setConnection(const models::ConnectionState &state)
{
    m_problems->setConnection(state);
    m_changes->setConnection(state);
}

void DockArea::setStaged(const QList<models::StagedChange> &staged)
{
    m_changes->setStaged(staged);
    renameTabs();
}

void DockArea::setStagedForbidden(const QString &missing) { m_changes->staged().setForbidden(missing); }

void DockArea::renameTabs()
{
    const auto named = [](const QString &name, int count) {
        return count > 0 ? u"%1  %2"_s.arg(name, QLocale().toString(count)) : name;
    };
    m_tabs->setTabText(0, named(tr("Problems"), m_problems->count()));
    const QString written = named(tr("Changes"), changes().written());
    m_tabs->setTabText(1, staged() > 0 ? tr("%1 · %2 staged").arg(written).arg(staged()) : written);
    m_tabs->setTabText(2, named(tr("Notices"), m_notices->pane().total()));
    Q_EMIT tabTextsChanged();
}

QString DockArea::current() const { return isHidden() ? QString() : ids().value(m_tabs->currentIndex()); }

void DockArea::open(const QString &id)
{
    const qsizetype at = ids().indexOf(id);
    setVisible(at >= 0);
    if (at >= 0) {
        m_tabs->setCurrentIndex(int(at));
        m_stack->setCurrentIndex(int(at));
        panes().constFirst()->setFocus(Qt::ShortcutFocusReason);
    }
    Q_EMIT currentChanged(current());
}

void DockArea::toggle(const QString &id) { open(current() == id ? QString() : id); }

QList<QWidget *> DockArea::panes() const
{
    if (isHidden())
        return {};
    const QString id = current();
    return id == u"problems"_s ? m_problems->panes()
        : id == u"changes"_s   ? m_changes->panes()
                               : m_notices->panes();
}

int DockArea::usefulHeight() const
{
    constexpr int Rows = 6;
    return m_tabs->sizeHint().height() + 2 + m_problems->pane().heightOfRows(Rows);
}

void DockArea::setCompact(bool compact)
{
    for (TablePane *pane :
         {&m_problems->pane(), &changes().pane(), &m_changes->staged().pane(), &m_notices->pane()})
        pane->table().setCompact(compact);
}

} // namespace ui
