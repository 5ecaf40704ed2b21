// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/change_flow.h"

#include "ui/confirm_dialog.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace app::gui {

namespace {

// How far it came, behind an error that is about one of several changes; one of which no answer came is not among the written.
QString extentOf(const ApplyOutcome &outcome, qsizetype all)
{
    const auto written = std::count_if(outcome.entries.begin(), outcome.entries.end(),
                                       [](const models::JournalEntry &each) { return each.succeeded; });
    const bool isSaid = outcome.error && outcome.error->kind == kube::Error::Kind::Cancelled
        && written == outcome.entries.size(); // it was stopped between two, or before the first
    return isSaid || all < 2 ? QString()
                             : ChangeFlow::tr("%1 of %2 changes were written.").arg(written).arg(all);
}

} // namespace

struct ChangeFlow::Reviewed
{
    models::ChangeReview review;
    PlannedChanges planned; // without what is staged already
    bool isUponStaged = false;
};

ChangeFlow::ChangeFlow(ui::MainWindow &window, kube::Client &client, Journal journal, QObject *parent)
    : QObject(parent)
    , m_window(window)
    , m_client(client)
    , m_journal(std::move(journal))
{
    connect(&client, &kube::Client::waiting, this, &ChangeFlow::showWait);
}

ChangeFlow::~ChangeFlow()
{
    for (const QPointer<ui::ConfirmDialog> &dialog : std::as_const(m_dialogs)) {
        if (dialog)
            dialog->done(QDialog::Rejected); // whatever it is at: nobody waits for an answer any more
    }
}

ui::ConfirmDialog *ChangeFlow::openDialog(const QString &title)
{
    ui::ConfirmDialog *dialog = m_window.openReview(title);
    m_dialogs.removeAll(nullptr);
    m_dialogs.append(dialog);
    return dialog;
}

template<typename Job, typename Deliver>
void ChangeFlow::runFor(ui::ConfirmDialog *dialog, Job job, Deliver deliver)
{
    const auto stop = m_work.run(this, std::move(job), std::move(deliver));
    const auto end = [stop]() mutable { stop.request_stop(); };
    connect(dialog, &QDialog::rejected, this, end);
    connect(dialog, &ui::ConfirmDialog::stopRequested, this, end);
}

// Which request waits is not known here: a server that puts one off does not answer the others sooner.
void ChangeFlow::showWait(const QString &why, int seconds)
{
    for (const QPointer<ui::ConfirmDialog> &dialog : std::as_const(m_dialogs)) {
        if (dialog)
            dialog->setPutOff(why, seconds);
    }
}

void ChangeFlow::begin(const QString &title, Plan plan, const Kept &kept, const Collided &collided)
{
    const QPointer<ui::ConfirmDialog> dialog = openDialog(title);
    if (kept)
        connect(dialog, &QDialog::rejected, this, [kept] { kept(false); });
    const auto job = [plan = std::move(plan), staged = m_staged,
                      &client = m_client](std::stop_token stop) -> kube::Result<Reviewed> {
        auto planned = plan(staged, stop);
        if (!planned)
            return tl::unexpected(planned.error());
        Reviewed reviewed;
        if (planned->collided)
            return Reviewed{{}, std::move(*planned), false};
        reviewed.isUponStaged = planned->revertOf.isEmpty() && staged.holdsAnyOf(planned->changes);
        reviewed.review =
            review(client, reviewed.isUponStaged ? staged.with(planned->changes) : planned->changes,
                   ReviewFor::Write, stop);
        reviewed.review.warnings += planned->warnings;
        reviewed.planned = std::move(*planned);
        return reviewed;
    };
    runFor(dialog, job, [this, dialog, title, kept, collided](const kube::Result<Reviewed> &reviewed) {
        if (dialog && !reviewed)
            return dialog->setFailed(reviewed.error().message);
        if (dialog && reviewed->planned.collided) {
            dialog->reject();
            return collided(*reviewed->planned.collided);
        }
        if (dialog)
            show(dialog, title, *reviewed, kept);
    });
}

void ChangeFlow::show(const QPointer<ui::ConfirmDialog> &dialog, const QString &title,
                      const Reviewed &reviewed, const Kept &kept)
{
    const QList<int> revertOf = reviewed.planned.revertOf;
    connect(dialog, &ui::ConfirmDialog::confirmed, this,
            [this, dialog, revertOf, kept](const models::ChangeSet &changes) {
                write(dialog, changes, revertOf, kept);
            });
    models::ChangeSet planned = reviewed.planned.changes;
    planned.title = planned.title.isEmpty() ? title : planned.title;
    planned.warnings += reviewed.planned.warnings;
    connect(dialog, &ui::ConfirmDialog::staged, this, [this, planned, kept] {
        models::StagedChanges more = m_staged;
        more.add(planned);
        setStaged(more);
        if (kept)
            kept(true);
    });
    dialog->setReview(reviewed.review);
    if (reviewed.isUponStaged)
        dialog->setStageOnly(
            tr("Changes of the same objects are staged already: this shows them together. Stage it, and "
               "apply them together from the dock Changes."));
    else
        dialog->setStageable(revertOf.isEmpty());
}

void ChangeFlow::setStaged(const models::StagedChanges &staged)
{
    m_staged = staged;
    Q_EMIT stagedChanged(m_staged.changes());
}

void ChangeFlow::dropStaged(const QStringList &keys)
{
    models::StagedChanges left = m_staged;
    left.drop(keys);
    setStaged(keys.isEmpty() ? models::StagedChanges() : left);
}

void ChangeFlow::reviewStaged()
{
    if (m_staged.isEmpty())
        return;
    using Planned = std::pair<models::StagedChanges, models::ChangeReview>;
    const QPointer<ui::ConfirmDialog> dialog = openDialog(
        m_staged.changes().size() == 1 ? m_staged.changes().constFirst().title()
                                       : tr("Apply %1 staged changes").arg(m_staged.changes().size()));
    const auto job = [staged = m_staged, &client = m_client](std::stop_token stop) -> kube::Result<Planned> {
        const auto again = planAgain(client, staged, stop);
        if (!again)
            return tl::unexpected(again.error());
        return Planned(*again, review(client, again->changeSet(), ReviewFor::Write, stop));
    };
    runFor(dialog, job, [this, dialog](const kube::Result<Planned> &planned) {
        if (dialog && !planned)
            dialog->setFailed(planned.error().message);
        else if (dialog)
            showStaged(dialog, planned->first, planned->second);
    });
}

void ChangeFlow::showStaged(const QPointer<ui::ConfirmDialog> &dialog, const models::StagedChanges &staged,
                            const models::ChangeReview &review)
{
    setStaged(staged);
    models::ChangeReview shown = review;
    for (const models::StagedChange &each : staged.changes()) {
        if (each.state == models::StagedChange::State::Conflict) {
            shown.dryRunOk = false;
            shown.dryRunMessage = each.error;
        }
    }
    connect(dialog, &ui::ConfirmDialog::confirmed, this,
            [this, dialog](const models::ChangeSet &changes) { writeStaged(dialog, changes); });
    dialog->setReview(shown);
}

ApplyOutcome ChangeFlow::seen(ApplyOutcome outcome) const
{
    if (m_seen)
        m_seen(outcome.entries).wait_for(MostWait);
    return outcome;
}

void ChangeFlow::write(const QPointer<ui::ConfirmDialog> &dialog, const models::ChangeSet &changes,
                       const QList<int> &revertOf, const Kept &kept)
{
    const auto job = [this, changes, revertOf](std::stop_token stop) {
        return seen(apply(m_client, m_journal, changes, revertOf, stop));
    };
    const auto count = changes.changes.size();
    runFor(dialog, job, [this, dialog, count, kept](const ApplyOutcome &outcome) {
        tell(dialog, outcome, extentOf(outcome, count));
        if (kept && !outcome.error)
            kept(true);
    });
}

void ChangeFlow::writeStaged(const QPointer<ui::ConfirmDialog> &dialog, const models::ChangeSet &changes)
{
    const auto job = [this, changes, staged = m_staged](std::stop_token stop) {
        return seen(applyStaged(m_client, m_journal, staged, changes, stop));
    };
    runFor(dialog, job, [this, dialog, changes](const ApplyOutcome &outcome) {
        models::StagedChanges left = m_staged;
        left.settle(changes, outcome.entries, outcome.error ? outcome.error->message : QString());
        setStaged(left);
        const QString extent = extentOf(outcome, changes.changes.size());
        const QString rest = tr("What was not written stays staged in the dock Changes.");
        tell(dialog, outcome, extent.isEmpty() ? rest : extent + u' ' + rest);
    });
}

// What failed in the dialog while it is open; else on the page: what was written is never said nowhere, and success asks
// for nothing.  Once among the notices.  after: said behind an error.
void ChangeFlow::tell(const QPointer<ui::ConfirmDialog> &dialog, const ApplyOutcome &outcome,
                      const QString &after)
{
    const bool isUnknown =
        outcome.error && !outcome.entries.isEmpty() && !outcome.entries.constLast().settled;
    const QString why = isUnknown ? tr("%1: %2").arg(outcome.entries.constLast().change.subject().text(),
                                                     outcome.entries.constLast().result)
        : outcome.error           ? outcome.error->message
                                  : QString();
    const QString text = outcome.error ? (after.isEmpty() ? why : u"%1. %2"_s.arg(why, after))
        : outcome.entries.size() == 1
        ? tr("One change written; Activity takes it back.")
        : tr("%1 changes written; Activity takes them back.").arg(outcome.entries.size());
    if (outcome.error && dialog && dialog->isVisible()) {
        dialog->setOutcome(false, text);
        m_window.note(models::NoticeRow::Kind::Change, models::Severity::Error, text);
    } else {
        if (dialog)
            dialog->accept();
        m_window.report(outcome.error ? models::Severity::Error : models::Severity::Good, text);
    }
    Q_EMIT applied();
    Q_EMIT finished(!outcome.error, text);
}

} // namespace app::gui
