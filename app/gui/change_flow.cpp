// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/change_flow.h"

#include "ui/confirm_dialog.h"

using namespace Qt::StringLiterals;

namespace app::gui {

namespace {

struct Reviewed
{
    models::ChangeReview review;
    QList<int> revertOf;
};

} // namespace

ChangeFlow::ChangeFlow(ui::MainWindow &window, kube::Client &client, Journal journal, QObject *parent)
    : QObject(parent)
    , m_window(window)
    , m_client(client)
    , m_journal(std::move(journal))
{
}

ChangeFlow::~ChangeFlow()
{
    for (const QPointer<ui::ConfirmDialog> &dialog : std::as_const(m_dialogs)) {
        if (dialog)
            dialog->reject();
    }
}

void ChangeFlow::begin(const QString &title, Plan plan) { open(title, std::move(plan), false); }

void ChangeFlow::stage(const models::ChangeSet &changes)
{
    m_staged.append(changes);
    QStringList titles;
    for (const models::ChangeSet &each : std::as_const(m_staged))
        titles.append(each.title);
    Q_EMIT stagedChanged(titles);
}

void ChangeFlow::dropStaged()
{
    m_staged.clear();
    Q_EMIT stagedChanged({});
}

void ChangeFlow::reviewStaged()
{
    if (m_staged.isEmpty())
        return;
    PlannedChanges all;
    for (const models::ChangeSet &each : std::as_const(m_staged)) {
        all.changes.changes += each.changes;
        all.warnings += each.warnings;
    }
    all.changes.title = m_staged.size() == 1 ? m_staged.constFirst().title
                                             : tr("Apply %1 staged changes").arg(m_staged.size());
    open(
        all.changes.title, [all](std::stop_token) -> kube::Result<PlannedChanges> { return all; }, true);
}

void ChangeFlow::open(const QString &title, Plan plan, bool areStaged)
{
    const QPointer<ui::ConfirmDialog> dialog = m_window.openReview(title);
    m_dialogs.removeAll(nullptr);
    m_dialogs.append(dialog);
    const auto job = [plan = std::move(plan),
                      &client = m_client](std::stop_token stop) -> kube::Result<Reviewed> {
        const auto planned = plan(stop);
        if (!planned)
            return tl::unexpected(planned.error());
        Reviewed reviewed{review(client, planned->changes, stop), planned->revertOf};
        reviewed.review.warnings += planned->warnings;
        return reviewed;
    };
    m_work.run(this, job, [this, dialog, title, areStaged](const kube::Result<Reviewed> &reviewed) {
        if (!dialog)
            return;
        if (!reviewed) {
            dialog->setFailed(reviewed.error().message);
            return;
        }
        connect(dialog, &ui::ConfirmDialog::confirmed, this,
                [this, dialog, revertOf = reviewed->revertOf, areStaged](const models::ChangeSet &changes) {
                    write(dialog, changes, revertOf, areStaged);
                });
        connect(dialog, &ui::ConfirmDialog::staged, this, [this, title](models::ChangeSet changes) {
            changes.title = changes.title.isEmpty() ? title : changes.title;
            stage(changes);
        });
        dialog->setReview(reviewed->review);
        dialog->setStageable(!areStaged && reviewed->revertOf.isEmpty());
    });
}

void ChangeFlow::write(const QPointer<ui::ConfirmDialog> &dialog, const models::ChangeSet &changes,
                       const QList<int> &revertOf, bool areStaged)
{
    const auto job = [this, changes, revertOf](std::stop_token stop) {
        return apply(m_client, m_journal, changes, revertOf, stop);
    };
    m_work.run(this, job, [this, dialog, areStaged](const ApplyOutcome &outcome) {
        if (areStaged && !outcome.error)
            dropStaged();
        tell(dialog, outcome);
    });
}

// In the dialog while it is open, else above the page: what was written is never said nowhere.
void ChangeFlow::tell(const QPointer<ui::ConfirmDialog> &dialog, const ApplyOutcome &outcome)
{
    const QString text = outcome.error ? outcome.error->message
        : outcome.entries.size() == 1
        ? tr("One change written; Activity takes it back.")
        : tr("%1 changes written; Activity takes them back.").arg(outcome.entries.size());
    if (dialog && dialog->isVisible())
        dialog->setOutcome(!outcome.error, text);
    else
        m_window.report(outcome.error ? models::Severity::Error : models::Severity::Good, text);
    Q_EMIT applied();
    Q_EMIT finished(!outcome.error, text);
}

} // namespace app::gui
