// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/journal_view.h"

#include "ui/card.h"
#include "ui/detail_pane.h"
#include "ui/diff_view.h"
#include "ui/table_pane.h"
#include "ui/time_text.h"
#include "ui/write_words.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QTabBar>

using namespace Qt::StringLiterals;

namespace ui {

using models::ConnectionState;
using models::JournalEntry;
using models::Severity;

namespace {

constexpr int KubectlPart = 3; // of the parts

} // namespace

JournalView::JournalView(const QString &name, const QString &detailName, Place place, QWidget *parent)
    : QWidget(parent)
    , m_pane(new TablePane(name, {tr("entry"), tr("entries")}, this))
    , m_detail(new DetailPane(tr("Details of the change"), this))
{
    m_pane->setEmpty({.title = tr("Nothing was changed yet"),
                      .text = tr("Every change that Sallyport makes in this cluster is kept here with its "
                                 "diff, and can be taken back.")});
    m_detail->setObjectName(detailName + "Detail"_L1);
    m_detail->setNothing(tr("Choose a change to see what it did."));
    auto *split = new DetailSplit(m_pane, buildDetail(detailName), this);
    split->setAlwaysBeside(place == Place::Dock);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(split);
    connect(&m_pane->table(), &TableView::currentKeyChanged, this, &JournalView::showDetail);
    connect(&m_pane->table(), &TableView::opened, this,
            [this] { m_detail->setFocus(Qt::ShortcutFocusReason); });
    connect(m_pane, &TablePane::countChanged, this, &JournalView::countChanged);
    for (const auto &[kind, word, meaning] :
         {std::tuple(u"change"_s, tr("Changes"), tr("Show what was written")),
          std::tuple(u"read"_s, tr("Reads"), tr("Show which Secrets were looked at")),
          std::tuple(u"observed"_s, tr("Others"), tr("Show what others changed while this window looked"))}) {
        if (kind == "observed"_L1 && place == Place::Dock)
            continue; // which lists the journal alone
        auto *button = makeButton(word, u"%1Kind-%2"_s.arg(detailName, kind), m_pane);
        button->setCheckable(true);
        button->setChecked(true);
        button->setToolTip(meaning);
        m_pane->addAction(button);
        m_kinds.append({kind, button});
        connect(button, &QPushButton::toggled, this, &JournalView::applyScope);
    }
}

void JournalView::applyScope()
{
    QStringList scope;
    for (const auto &[kind, button] : std::as_const(m_kinds)) {
        if (!button->isChecked())
            scope.append(u"-kind:"_s + kind);
    }
    m_pane->setScope(scope.join(u' '));
}

QWidget *JournalView::buildDetail(const QString &name)
{
    m_revert = makePrimaryButton(tr("Revert…"), name + "Revert"_L1, this);
    m_revert->hide();
    m_facts = m_detail->addFacts();
    m_parts = new QTabBar(m_detail);
    m_parts->setObjectName(name + "Parts"_L1);
    m_parts->setAccessibleName(tr("What it changed"));
    m_parts->setDrawBase(false);
    m_parts->setProperty("narrow", true);
    m_parts->setExpanding(false);
    for (const QString &part : {tr("Diff"), tr("Before"), tr("After"), tr("kubectl")})
        m_parts->addTab(part);
    m_detail->addWidget(m_parts);
    m_diff = new DiffView(m_detail);
    m_diff->setFitsContents(20);
    m_diff->setWraps();
    m_detail->addWidget(m_diff);
    QWidget *side = withFoot(m_detail, {m_revert});
    connect(m_parts, &QTabBar::currentChanged, this, &JournalView::showPart);
    connect(m_revert, &QPushButton::clicked, this, [this] {
        if (const JournalEntry *entry = current())
            Q_EMIT revertRequested(entry->number);
    });
    return side;
}

void JournalView::setJournal(models::TableModel<models::JournalRow> &journal)
{
    m_journal = &journal;
    m_pane->setModel(journal);
    m_pane->setObjectOf([&journal](const QString &key) {
        const models::JournalRow *row = journal.find(key);
        return row ? row->entry.change.subject() : models::ObjectRef();
    });
    m_pane->table().sortBy(u"number"_s, Qt::DescendingOrder); // the newest first, also within one second
    connect(&journal, &models::TableModelBase::batchApplied, this, &JournalView::showDetail);
    connect(&journal, &models::TableModelBase::completed, this, &JournalView::countChanged);
}

void JournalView::setForbidden(const QHash<QString, QString> &forbidden)
{
    m_forbidden = forbidden;
    showDetail();
}

void JournalView::setConnection(const ConnectionState &state)
{
    m_connection = state;
    showDetail();
}

int JournalView::written() const
{
    int count = 0;
    for (int i = 0; m_journal && i < m_journal->rowCount(); ++i)
        count += !models::isLook(m_journal->row(i).entry.change);
    return count;
}

bool JournalView::hasContent() const
{
    return m_journal && (m_journal->isComplete() || m_journal->rowCount() > 0);
}

QList<QWidget *> JournalView::panes() const { return {&m_pane->table(), m_detail}; }

bool JournalView::goTo(const QString &number) { return m_pane->table().selectKey(number); }

const JournalEntry *JournalView::current() const
{
    const models::JournalRow *row = m_journal ? m_journal->find(m_pane->table().currentKey()) : nullptr;
    return row ? &row->entry : nullptr;
}

bool JournalView::isCurrentObserved() const
{
    const models::JournalRow *row = m_journal ? m_journal->find(m_pane->table().currentKey()) : nullptr;
    return row && row->isObserved();
}

void JournalView::showDetail()
{
    const JournalEntry *entry = current();
    const bool isObserved = isCurrentObserved();
    m_parts->setTabVisible(KubectlPart, !isObserved); // how it was written is not known
    if (!entry) {
        m_detail->setNothing(tr("Choose a change to see what it did."));
        m_revert->hide();
        return;
    }
    const QString chip = isObserved ? tr("Seen")
        : entry->reverted           ? tr("Taken back")
        : !entry->settled           ? tr("Not known")
        : entry->succeeded          ? tr("Done")
                                    : tr("Failed");
    m_detail->setHeading(entry->title, entry->change.subject().text(), chip,
                         isObserved             ? Severity::Unknown
                             : entry->reverted  ? Severity::Info
                             : !entry->settled  ? Severity::Unknown
                             : entry->succeeded ? Severity::Good
                                                : Severity::Error);
    showFacts();
    showPart();
    const QString whyNot = whyNoRevert(*entry);
    m_revert->setVisible(entry->canBeTakenBack() && !isObserved);
    m_revert->setEnabled(whyNot.isEmpty());
    m_revert->setToolTip(whyNot.isEmpty() ? tr("Shows the reverse as a diff first.") : whyNot);
}

QString JournalView::whyNoRevert(const JournalEntry &entry) const
{
    const QString lost = models::whyNotReversible(entry.change);
    return lost.isEmpty() ? whyNoWrite(m_connection, m_forbidden.value(u"revert/%1"_s.arg(entry.number)))
                          : lost;
}

QList<ObjectAction> JournalView::objectActions()
{
    const JournalEntry *entry = current();
    if (!entry || isCurrentObserved() || !entry->canBeTakenBack())
        return {};
    const QString right = m_forbidden.value(u"revert/%1"_s.arg(entry->number));
    const bool isLacking =
        models::whyNotReversible(entry->change).isEmpty() && whyNoWrite(m_connection).isEmpty();
    return {{u"revert"_s, tr("Revert…"), entry->title,
             [this, number = entry->number] { Q_EMIT revertRequested(number); }, whyNoRevert(*entry),
             isLacking ? right : QString()}};
}

void JournalView::showFacts()
{
    const JournalEntry *entry = current();
    if (!entry)
        return;
    if (isCurrentObserved()) {
        m_facts->setFacts(
            {{tr("When"), agoText(entry->at, QDateTime::currentDateTimeUtc()), exactText(entry->at)},
             {tr("Who"), entry->who.isEmpty() ? tr("not known: the cluster does not tell") : entry->who},
             {tr("Source"), tr("seen in the cluster; not written by this program")}});
        return;
    }
    m_facts->setFacts(
        {{tr("Number"), QString::number(entry->number)},
         {tr("When"), agoText(entry->at, QDateTime::currentDateTimeUtc()), exactText(entry->at)},
         {tr("Who"), entry->who},
         {tr("Context"), entry->context},
         {tr("Result"), entry->settled ? entry->result : tr("not known: the server's answer never came")},
         {tr("Takes back"), entry->revertOf > 0 ? tr("change %1").arg(entry->revertOf) : QString()}});
}

// What the server answered is what came after; a write that failed has only what was meant.
void JournalView::showPart()
{
    const JournalEntry *entry = current();
    if (!entry)
        return;
    if (m_parts->currentIndex() != KubectlPart && models::isLook(entry->change)) {
        m_diff->setPlainText(entry->succeeded || !entry->settled
                                 ? tr("A value of this Secret was looked at. Nothing was changed.")
                                 : tr("A value of this Secret was to be looked at, and was not shown. "
                                      "Nothing was changed."));
        return;
    }
    const std::optional<edge::Value> then =
        isCurrentObserved() ? entry->after : models::stateAfter(entry->change);
    if (m_parts->currentIndex() == 0) {
        m_diff->setDiff(models::unifiedDiff(entry->change.before, then));
        return;
    }
    if (m_parts->currentIndex() == KubectlPart) {
        m_diff->setPlainText(models::kubectlText(entry->change, entry->context));
        return;
    }
    const bool before = m_parts->currentIndex() == 1;
    const QString text = before ? models::objectText(entry->change.before)
                                : models::objectText(entry->after ? entry->after : then);
    m_diff->setPlainText(!text.isEmpty() ? text
                             : before    ? tr("It did not exist.")
                                         : tr("It no longer exists."));
}

} // namespace ui
