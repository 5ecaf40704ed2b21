// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/activity_page.h"

#include "ui/card.h"
#include "ui/detail_pane.h"
#include "ui/diff_view.h"
#include "ui/table_pane.h"
#include "ui/text_label.h"
#include "ui/time_text.h"

#include <QHBoxLayout>
#include <QPushButton>

using namespace Qt::StringLiterals;

namespace ui {

using models::JournalEntry;
using models::Severity;

ActivityPage::ActivityPage(QWidget *parent)
    : PageFrame(u"activity"_s, tr("Activity"), parent)
    , m_pane(new TablePane(u"journal"_s, tr("changes"), this))
    , m_detail(new DetailPane(tr("Details of the change"), this))
{
    m_pane->setEmpty({.title = tr("Nothing was changed yet"),
                      .text = tr("Every change that Sallyport makes in this cluster is kept here with its "
                                 "diff, and can be taken back.")});
    m_detail->setObjectName(u"activityDetail"_s);
    m_detail->setNothing(tr("Choose a change to see what it did."));
    buildDetail();
    setContent(new DetailSplit(m_pane, m_detail, this));
    connect(&m_pane->table(), &TableView::currentKeyChanged, this, &ActivityPage::showDetail);
    connect(&m_pane->table(), &TableView::opened, this,
            [this] { m_detail->setFocus(Qt::ShortcutFocusReason); });
    connect(m_pane, &TablePane::countChanged, this, [this] {
        setFacts(m_pane->countText());
        updateState();
    });
}

QWidget *ActivityPage::buildDetail()
{
    m_facts = m_detail->addFacts();
    m_detail->addSection(tr("What it changed"));
    m_diff = new DiffView(m_detail);
    m_diff->setFitsContents(20);
    m_detail->addWidget(m_diff);
    m_revert = makePrimaryButton(tr("Revert…"), u"activityRevert"_s, m_detail);
    auto *buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(m_revert);
    m_detail->addLayout(buttons);
    connect(m_revert, &QPushButton::clicked, this, [this] {
        if (const JournalEntry *entry = current())
            Q_EMIT revertRequested(entry->number);
    });
    return m_detail;
}

void ActivityPage::setJournal(models::TableModel<models::JournalRow> &journal)
{
    m_journal = &journal;
    m_pane->setModel(journal);
    connect(&journal, &QAbstractItemModel::dataChanged, this, &ActivityPage::showDetail);
    connect(&journal, &models::TableModelBase::completed, this, &ActivityPage::updateState);
    updateState();
}

const JournalEntry *ActivityPage::current() const
{
    const models::JournalRow *row = m_journal ? m_journal->find(m_pane->table().currentKey()) : nullptr;
    return row ? &row->entry : nullptr;
}

void ActivityPage::showDetail()
{
    const JournalEntry *entry = current();
    if (!entry) {
        m_detail->setNothing(tr("Choose a change to see what it did."));
        return;
    }
    const QString chip = !entry->succeeded ? tr("Failed") : entry->reverted ? tr("Taken back") : tr("Done");
    m_detail->setHeading(entry->title, entry->change.subject().text(), chip,
                         !entry->succeeded     ? Severity::Error
                             : entry->reverted ? Severity::Unknown
                                               : Severity::Good);
    m_facts->setFacts(
        {{tr("Number"), QString::number(entry->number)},
         {tr("When"), agoText(entry->at, QDateTime::currentDateTimeUtc()), exactText(entry->at)},
         {tr("Who"), entry->who},
         {tr("Context"), entry->context},
         {tr("Result"), entry->result},
         {tr("Takes back"), entry->revertOf > 0 ? tr("change %1").arg(entry->revertOf) : QString()}});
    m_diff->setDiff(
        models::unifiedDiff(entry->change.before, models::applied(entry->change.before, entry->change)));
    const bool readOnly = connection().mode == models::ConnectionState::Mode::ReadOnly;
    const QString lost = models::whyNotReversible(entry->change);
    m_revert->setVisible(entry->succeeded && !entry->reverted);
    m_revert->setEnabled(isLive() && !readOnly && lost.isEmpty());
    m_revert->setToolTip(!lost.isEmpty() ? lost
                             : readOnly  ? tr("This context is read-only.")
                             : isLive()  ? tr("Shows the reverse as a diff first.")
                                         : tr("There is no live connection."));
}

QList<QWidget *> ActivityPage::panes() const { return {&m_pane->table(), m_detail}; }

void ActivityPage::focusFilter() { m_pane->focusFilter(); }

void ActivityPage::goTo(const QString &target) { m_pane->table().selectKey(target); }

void ActivityPage::setCompact(bool compact) { m_pane->table().setCompact(compact); }

bool ActivityPage::hasContent() const
{
    return m_journal && (m_journal->isComplete() || m_journal->rowCount() > 0);
}

} // namespace ui
