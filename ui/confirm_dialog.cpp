// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/confirm_dialog.h"

#include "models/analysis/rights_role.h"
#include "ui/card.h"
#include "ui/chip.h"
#include "ui/diff_view.h"
#include "ui/rights_dialog.h"
#include "ui/state_panel.h"
#include "ui/text_label.h"

#include <QDateTime>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QTabBar>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace ui {

using models::Severity;

namespace {

QString verbName(models::Change::Verb verb)
{
    switch (verb) {
    case models::Change::Verb::Create: return ConfirmDialog::tr("Create");
    case models::Change::Verb::Remove: return ConfirmDialog::tr("Delete");
    case models::Change::Verb::MergePatch:
    case models::Change::Verb::JsonPatch: break;
    }
    return ConfirmDialog::tr("Change");
}

} // namespace

ConfirmDialog::ConfirmDialog(const QString &title, const QString &context, QWidget *parent)
    : QDialog(parent)
    , m_context(context)
    , m_line(new TextLabel(Type::Dim, {}, this))
    , m_dryRun(new Chip(this))
    , m_message(new TextLabel(Type::Body, {}, this))
    , m_warnings(new QVBoxLayout)
    , m_tabs(new QTabBar(this))
    , m_diff(new DiffView(this))
    , m_typingLabel(new TextLabel(Type::Body, tr("Type %1 to confirm").arg(context), this))
    , m_typing(new QLineEdit(this))
    , m_role(makeButton(tr("ClusterRole…"), u"confirmRole"_s, this))
    , m_cancel(makeButton(tr("Cancel"), u"confirmCancel"_s, this))
    , m_stage(makeButton(tr("Stage"), u"confirmStage"_s, this))
    , m_apply(makePrimaryButton(tr("Apply"), u"confirmApply"_s, this))
{
    setObjectName(u"confirmDialog"_s);
    setWindowTitle(title);
    setAccessibleName(title);
    m_line->setObjectName(u"confirmLine"_s);
    m_tabs->setExpanding(false);
    m_tabs->setElideMode(Qt::ElideMiddle);
    m_tabs->setObjectName(u"confirmTabs"_s);
    m_tabs->setAccessibleName(tr("Changes"));
    m_typing->setObjectName(u"confirmTyping"_s);
    m_typing->setAccessibleName(tr("Type the context's name to confirm"));
    m_message->setWordWrap(true);
    m_message->setObjectName(u"confirmMessage"_s);
    m_message->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_message->hide();
    auto *column = new QVBoxLayout(this);
    const int margin = scaled(Measure::PageMargin);
    column->setContentsMargins(margin, margin, margin, scaled(Measure::CardPadding));
    column->setSpacing(scaled(10));
    column->addWidget(buildHead(title));
    column->addLayout(m_warnings);
    column->addWidget(m_tabs);
    column->addWidget(m_diff, 1);
    column->addWidget(buildButtons());
    m_tabs->hide();
    m_typingLabel->hide();
    m_typing->hide();
    m_line->setText(tr("in context %1 · asking the server what would happen …").arg(context));
    resize(scaled(760), scaled(560));
    connect(m_tabs, &QTabBar::currentChanged, this, &ConfirmDialog::showDiff);
    connect(m_typing, &QLineEdit::textChanged, this, &ConfirmDialog::updateApply);
    connect(m_typing, &QLineEdit::returnPressed, this, &ConfirmDialog::confirm);
    connect(m_cancel, &QPushButton::clicked, this, &QDialog::reject);
    m_stage->setToolTip(
        tr("Keep it in the dock Changes, to be reviewed and applied with others; nothing is written"));
    m_stage->hide();
    connect(m_stage, &QPushButton::clicked, this, [this] {
        Q_EMIT staged();
        accept();
    });
    connect(m_apply, &QPushButton::clicked, this, &ConfirmDialog::confirm);
    pressByCtrlEnter(*m_apply, *this); // Enter alone presses what has the focus, Cancel at first
    m_diff->setPlainText({});
    m_cancel->setFocus();
    updateApply();
}

QWidget *ConfirmDialog::buildHead(const QString &title)
{
    auto *head = new QWidget(this);
    auto *column = new QVBoxLayout(head);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(scaled(4));
    auto *words = new TextLabel(Type::Title, title, head);
    words->setWordWrap(true);
    column->addWidget(words);
    column->addWidget(m_line);
    auto *said = new QHBoxLayout;
    said->addWidget(m_dryRun, 0, Qt::AlignTop);
    said->addWidget(m_message, 1);
    said->addWidget(m_role, 0, Qt::AlignTop);
    m_role->hide();
    connect(m_role, &QPushButton::clicked, this,
            [this] { RightsDialog::forActions({m_message->text()}, this)->open(); });
    column->addLayout(said);
    m_line->setWordWrap(true);
    return head;
}

QWidget *ConfirmDialog::buildButtons()
{
    auto *foot = new QWidget(this);
    auto *row = new QHBoxLayout(foot);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(m_typingLabel);
    row->addWidget(m_typing, 1);
    row->addStretch(1);
    row->addWidget(m_cancel);
    row->addWidget(m_stage);
    row->addWidget(m_apply);
    return foot;
}

// Empty, it would take the focus for nothing; where it is of a right, the role that gives it can be copied.
void ConfirmDialog::showMessage(const QString &message)
{
    m_message->setText(message);
    m_message->setVisible(!message.isEmpty());
    m_role->setVisible(!models::roleForRights({message}).isEmpty());
}

void ConfirmDialog::setReview(const models::ChangeReview &review)
{
    m_review = review;
    m_reviewed = true;
    const auto count = int(review.changes.changes.size());
    m_line->setText(count == 0       ? tr("in context %1 · everything is so already").arg(m_context)
                        : count == 1 ? tr("in context %1 · one change").arg(m_context)
                                     : tr("in context %1 · %2 changes").arg(m_context).arg(count));
    if (count > 0)
        m_dryRun->set(review.dryRunOk ? tr("Dry run accepted") : tr("Dry run refused"),
                      review.dryRunOk ? Severity::Good : Severity::Error);
    showMessage(review.dryRunMessage);
    showWarnings(review.warnings);
    m_tabs->setUsesScrollButtons(count > 5); // fewer share the width
    for (const models::Change &change : review.changes.changes) {
        const QString name = tr("%1 %2").arg(verbName(change.verb), change.subject().text());
        m_tabs->setTabToolTip(m_tabs->addTab(name), name);
    }
    m_tabs->setVisible(count > 1);
    showDiff(0);
    if (count == 0)
        hideDiff();
    m_apply->setText(count > 1 ? tr("Apply %1 changes").arg(count) : tr("Apply"));
    m_typingLabel->setVisible(review.needsTyping && count > 0);
    m_typing->setVisible(review.needsTyping && count > 0);
    if (m_typing->isVisible())
        m_typing->setFocus();
    updateApply();
}

void ConfirmDialog::addBanner(Severity severity, const QString &text, const QString &toolTip)
{
    auto *banner = new Banner(this);
    banner->show(severity, text);
    banner->setToolTip(toolTip);
    m_warnings->addWidget(banner);
}

void ConfirmDialog::showWarnings(const QStringList &warnings)
{
    constexpr int Most = 4;
    for (qsizetype i = 0; i < qMin<qsizetype>(warnings.size(), Most); ++i) {
        const bool isRest = i == Most - 1;
        addBanner(Severity::Warning,
                  isRest && warnings.size() > Most ? tr("and %1 more of this kind").arg(warnings.size() - i)
                                                   : warnings[i],
                  isRest ? warnings.mid(i).join(u'\n') : QString());
    }
}

void ConfirmDialog::showDiff(int index) { m_diff->setDiff(m_review.diffs.value(index)); }

void ConfirmDialog::setFailed(const QString &message)
{
    m_line->setText(tr("in context %1").arg(m_context));
    m_dryRun->set(tr("Not possible"), Severity::Error);
    showMessage(message);
    m_apply->hide();
    m_cancel->setText(tr("Close"));
    hideDiff();
}

// Where there is nothing to compare, no empty field stands in for it: the dialog is as high as its words.
void ConfirmDialog::hideDiff()
{
    m_tabs->hide();
    m_diff->hide();
    layout()->invalidate();
    layout()->activate();
    const int high =
        layout()->hasHeightForWidth() ? layout()->totalHeightForWidth(width()) : sizeHint().height();
    resize(width(), high);
}

void ConfirmDialog::setApplying()
{
    m_applying = true;
    m_line->setText(tr("in context %1 · writing …").arg(m_context));
    m_cancel->setText(tr("Stop"));
    m_cancel->setToolTip(tr("What is not written yet stays unwritten; what is, is on the page Activity"));
    updateApply();
}

void ConfirmDialog::setPutOff(const QString &why, int seconds)
{
    if (m_stopping || (m_reviewed && !m_applying))
        return;
    const QString again = QDateTime::currentDateTime().addSecs(seconds).toString(u"HH:mm:ss"_s);
    m_line->setText(tr("in context %1 · the server puts requests off for %2 s: again at %3. %4")
                        .arg(m_context, QString::number(seconds), again,
                             m_applying ? tr("Stop gives up what is left; what was sent by then may be written.")
                                        : tr("Cancel gives up; nothing is written.")));
    m_message->setText(why);
    m_message->setVisible(!why.isEmpty());
}

void ConfirmDialog::reject()
{
    if (!m_applying || m_stopping)
        return QDialog::reject();
    m_stopping = true;
    m_line->setText(tr("in context %1 · stopping …").arg(m_context));
    m_cancel->setText(tr("Close"));
    m_cancel->setToolTip({});
    Q_EMIT stopRequested();
}

void ConfirmDialog::setOutcome(bool succeeded, const QString &message)
{
    m_applying = m_stopping = false;
    m_reviewed = false; // there is nothing more to apply
    m_line->setText(tr("in context %1").arg(m_context));
    m_dryRun->set(succeeded ? tr("Applied") : tr("Stopped"), succeeded ? Severity::Good : Severity::Error);
    showMessage(message);
    m_typing->hide();
    m_typingLabel->hide();
    m_apply->hide();
    m_cancel->setText(tr("Close"));
    m_cancel->setToolTip({});
    m_cancel->setFocus();
    if (succeeded) { // what was written, and its reverse, is on the page Activity
        for (Banner *warning : findChildren<Banner *>())
            warning->hide();
        hideDiff();
    }
}

void ConfirmDialog::setStageable(bool stageable)
{
    m_stageable = stageable;
    updateApply();
}

void ConfirmDialog::setStageOnly(const QString &why)
{
    m_stageable = m_stageOnly = true;
    addBanner(Severity::Info, why);
    if (m_review.changes.changes.isEmpty())
        m_line->setText(tr("in context %1 · with this, nothing is left to change: staging it takes back what "
                           "is staged")
                            .arg(m_context));
    m_apply->hide();
    m_typing->hide();
    m_typingLabel->hide();
    m_stage->setProperty("primary", true);
    updateApply();
    m_stage->setFocus();
}

void ConfirmDialog::updateApply()
{
    const bool hasChanges = !m_review.changes.changes.isEmpty();
    m_stage->setVisible(m_stageable && m_reviewed && !m_applying && m_review.dryRunOk
                        && (hasChanges || m_stageOnly));
    const bool typed = !m_review.needsTyping || m_typing->text() == m_context;
    m_apply->setEnabled(m_reviewed && !m_applying && m_review.dryRunOk && hasChanges && typed
                        && !m_stageOnly);
    m_typing->setEnabled(!m_applying);
}

void ConfirmDialog::confirm()
{
    if (!m_apply->isEnabled())
        return;
    setApplying();
    Q_EMIT confirmed(m_review.changes);
}

} // namespace ui
