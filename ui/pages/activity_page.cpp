// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/activity_page.h"

#include "ui/journal_view.h"
#include "ui/table_pane.h"

using namespace Qt::StringLiterals;

namespace ui {

ActivityPage::ActivityPage(QWidget *parent)
    : PageFrame(u"activity"_s, tr("Activity"), parent)
    , m_view(new JournalView(u"journal"_s, u"activity"_s, JournalView::Place::Page, this))
{
    setContent(m_view);
    connect(m_view, &JournalView::revertRequested, this, &ActivityPage::revertRequested);
    connect(m_view, &JournalView::countChanged, this, [this] {
        setFacts(m_view->pane().countText());
        updateState();
    });
}

void ActivityPage::setJournal(models::TableModel<models::JournalRow> &journal)
{
    m_view->setJournal(journal);
    updateState();
}

void ActivityPage::setForbidden(const QHash<QString, QString> &forbidden) { m_view->setForbidden(forbidden); }

void ActivityPage::setConnection(const models::ConnectionState &state)
{
    PageFrame::setConnection(state);
    m_view->setConnection(state);
}

QList<QWidget *> ActivityPage::panes() const { return m_view->panes(); }

void ActivityPage::focusFilter() { m_view->pane().focusFilter(); }

void ActivityPage::goTo(const QString &target) { m_view->goTo(target); }

QList<ObjectAction> ActivityPage::objectActions() { return m_view->objectActions(); }

void ActivityPage::setCompact(bool compact) { m_view->pane().table().setCompact(compact); }

void ActivityPage::refreshAges() { m_view->refreshAges(); }

bool ActivityPage::hasContent() const { return m_view->hasContent(); }

} // namespace ui
