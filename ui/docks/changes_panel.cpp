// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/docks/changes_panel.h"

#include "ui/docks/staged_panel.h"
#include "ui/journal_view.h"
#include "ui/theme.h"

#include <QHBoxLayout>
#include <QLocale>
#include <QStackedWidget>
#include <QTabBar>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

constexpr int Written = 0, Staged = 1;

} // namespace

ChangesPanel::ChangesPanel(QWidget *parent)
    : QWidget(parent)
    , m_tabs(new QTabBar(this))
    , m_stack(new QStackedWidget(this))
    , m_staged(new StagedPanel(this))
    , m_journal(new JournalView(u"changes"_s, u"changes"_s, JournalView::Place::Dock, this))
{
    m_tabs->setObjectName(u"stagedTabs"_s);
    m_tabs->setAccessibleName(tr("Written or staged"));
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    m_tabs->setProperty("narrow", true);
    m_tabs->addTab(tr("Written"));
    m_tabs->addTab({});
    m_tabs->hide();
    m_stack->addWidget(m_journal);
    m_stack->addWidget(m_staged);
    auto *row = new QHBoxLayout;
    row->setContentsMargins(scaled(Measure::PageMargin), 0, scaled(Measure::PageMargin), 0);
    row->addWidget(m_tabs);
    row->addStretch();
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(row);
    column->addWidget(m_stack, 1);
    connect(m_tabs, &QTabBar::currentChanged, m_stack, &QStackedWidget::setCurrentIndex);
}

void ChangesPanel::setStaged(const QList<models::StagedChange> &staged)
{
    const bool hasMore = int(staged.size()) > m_count;
    m_count = int(staged.size());
    m_staged->setStaged(staged);
    m_tabs->setTabText(Staged, tr("Staged  %1").arg(QLocale().toString(m_count)));
    m_tabs->setVisible(m_count > 0);
    if (m_count == 0)
        m_tabs->setCurrentIndex(Written);
    else if (hasMore)
        m_tabs->setCurrentIndex(Staged);
}

void ChangesPanel::setConnection(const models::ConnectionState &state)
{
    m_staged->setConnection(state);
    m_journal->setConnection(state);
}

QList<QWidget *> ChangesPanel::panes() const
{
    return m_tabs->currentIndex() == Staged ? m_staged->panes() : m_journal->panes();
}

} // namespace ui
