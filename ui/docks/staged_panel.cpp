// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/docks/staged_panel.h"

#include "ui/card.h"
#include "ui/detail_pane.h"
#include "ui/diff_view.h"
#include "ui/table_pane.h"
#include "ui/write_words.h"

#include <QItemSelectionModel>
#include <QKeyEvent>
#include <QPushButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace ui {

using models::StagedChange;

StagedPanel::StagedPanel(QWidget *parent)
    : QWidget(parent)
    , m_rows(models::stagedColumns())
    , m_pane(new TablePane(u"staged"_s, {tr("staged change"), tr("staged changes")}, this))
    , m_detail(new DetailPane(tr("Details of the staged change"), this))
    , m_facts(m_detail->addFacts())
    , m_diff(new DiffView(m_detail))
    , m_review(makePrimaryButton({}, u"stagedReview"_s, this))
    , m_drop(makeButton({}, u"stagedDrop"_s, this))
{
    setObjectName(u"stagedPanel"_s);
    m_detail->setObjectName(u"stagedDetail"_s);
    m_pane->setEmpty({.title = tr("Nothing is staged"),
                      .text = tr("Stage a change in its dialog, and it waits here for the others.")});
    m_diff->setFitsContents(20);
    m_diff->setWraps();
    m_detail->addWidget(m_diff);
    for (QPushButton *button : {m_drop, m_review})
        m_pane->addAction(button);
    auto *split = new DetailSplit(m_pane, m_detail, this);
    split->setAlwaysBeside(true);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(split);
    m_pane->setModel(m_rows);
    m_pane->setObjectOf([this](const QString &key) {
        const StagedChange *row = m_rows.find(key);
        return row ? row->change.subject() : models::ObjectRef();
    });
    m_pane->table().installEventFilter(this);
    connect(&m_pane->table(), &TableView::currentKeyChanged, this, &StagedPanel::showDetail);
    connect(&m_pane->table(), &TableView::selectedKeysChanged, this, &StagedPanel::showButtons);
    connect(m_pane, &TablePane::countChanged, this, &StagedPanel::showButtons);
    connect(&m_pane->table(), &TableView::opened, m_review, &QPushButton::click); // if it is enabled
    connect(m_review, &QPushButton::clicked, this, &StagedPanel::reviewRequested);
    connect(m_drop, &QPushButton::clicked, this, [this] { Q_EMIT dropRequested(m_pane->selectedKeys()); });
    setStaged({});
}

void StagedPanel::setStaged(const QList<StagedChange> &staged)
{
    m_rows.setRows(staged);
    if (staged.isEmpty())
        m_pane->table().clearSelection();
    showDetail();
    showButtons();
}

void StagedPanel::setConnection(const models::ConnectionState &state)
{
    m_connection = state;
    showButtons();
}

void StagedPanel::setForbidden(const QString &missing)
{
    m_missing = missing;
    showButtons();
}

void StagedPanel::showButtons()
{
    const auto chosen = m_pane->selectedKeys().size();
    m_review->setText(tr("Review %1 staged…").arg(m_rows.rowCount()));
    const QString whyNot = whyNoWrite(m_connection, m_missing);
    m_review->setEnabled(whyNot.isEmpty());
    m_review->setToolTip(whyNot.isEmpty()
                             ? tr("Shows all of them against what is there now, with the server's dry run "
                                  "(Ctrl+Shift+Return)")
                             : whyNot);
    const int hidden = m_pane->table().hiddenSelected();
    m_drop->setText(hidden > 0 ? tr("Drop %1, %2 of them filtered out").arg(chosen).arg(hidden)
                        : chosen > 0 && chosen < m_rows.rowCount() ? tr("Drop %1").arg(chosen)
                                                                   : tr("Drop all"));
    m_drop->setToolTip(tr("Forget what is staged; nothing of it was written"));
    for (QPushButton *button : {m_drop, m_review})
        button->setVisible(m_rows.rowCount() > 0);
}

void StagedPanel::showDetail()
{
    const StagedChange *row = m_rows.find(m_pane->table().currentKey());
    if (!row) {
        m_detail->setNothing(tr("Choose a staged change to see what it does."));
        return;
    }
    m_detail->setHeading(row->change.subject().text(), row->title(), models::stateName(row->state),
                         models::severityOf(row->state));
    m_facts->setFacts({{tr("Against it"), row->error}, {tr("Who will break"), row->warnings.join(u"; "_s)}});
    m_diff->setDiff(models::unifiedDiff(row->change.before, models::stateAfter(row->change)));
}

QList<QWidget *> StagedPanel::panes() const { return {&m_pane->table(), m_detail}; }

bool StagedPanel::eventFilter(QObject *watched, QEvent *event)
{
    const bool isKey = event->type() == QEvent::KeyPress || event->type() == QEvent::ShortcutOverride;
    if (watched == &m_pane->table() && isKey && static_cast<QKeyEvent *>(event)->key() == Qt::Key_Delete) {
        event->accept(); // not the window's, which deletes the object that is chosen
        if (event->type() == QEvent::KeyPress && !m_pane->selectedKeys().isEmpty())
            Q_EMIT dropRequested(m_pane->selectedKeys());
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace ui
