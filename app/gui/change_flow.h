// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One wish to write, from the plan to the journal: plan and dry run on a worker thread → the dialog that
// shows both → a confirmation → apply with a journal.  Closing the dialog before the confirmation ends it
// without a write, and ends what was asked for it; stopping it later ends a write that waits, and says what
// was written.  A wait that the server asks for is shown in the dialog.  What is staged instead waits for a review of all of it;
// a wish about an object of which something is staged already is planned upon that, and can only be staged, too: it would be half of a set.  Thread: GUI.
#include "app/changes.h"
#include "app/gui/work_queue.h"
#include "models/analysis/edit_together.h"
#include "ui/shell/main_window.h"

#include <QPointer>

#include <chrono>
#include <functional>
#include <future>

namespace app::gui {

struct PlannedChanges
{
    models::ChangeSet changes;
    QList<int> revertOf;  // numbers of the journal's entries that are taken back
    QStringList warnings; // who will break
    std::optional<models::EditTogether> collided =
        {}; // an edit that cannot be planned: somebody else has changed the same
};
// Runs on a worker thread; what is staged counts as being there.
using Plan =
    std::function<kube::Result<PlannedChanges>(const models::StagedChanges &staged, std::stop_token stop)>;

class ChangeFlow : public QObject
{
    Q_OBJECT
public:
    ChangeFlow(ui::MainWindow &window, kube::Client &client, Journal journal, QObject *parent);
    ~ChangeFlow() override; // closes what is open
    // kept, as often as something is known: true, it was written or staged; false, the review was closed without.
    using Kept = std::function<void(bool isKept)>;
    // collided: in place of a review, where the plan says so; kept(false) comes before it.
    using Collided = std::function<void(const models::EditTogether &together)>;
    // After writes, on the worker thread: gives what is ready when the console has seen them.  Waited for two seconds at most, so that
    // whoever is told that it is done finds the page so.
    using Seen = std::function<std::future<void>(const QList<models::JournalEntry> &written)>;
    void setSeen(Seen seen) { m_seen = std::move(seen); }
    void begin(const QString &title, Plan plan, const Kept &kept = {}, const Collided &collided = {});
    // What was kept instead of applied: in the order in which it was; gone once it is written, or with the cluster.  Of a try that
    // was stopped, what was not written stays, with what stands against it.
    void reviewStaged();
    void dropStaged(const QStringList &keys); // {}: all
    const models::StagedChanges &staged() const { return m_staged; }
    void setStaged(const models::StagedChanges &staged);
    const Journal &journal() const { return m_journal; }

Q_SIGNALS:
    void applied(); // something was written or tried: the journal has changed
    void finished(bool succeeded, const QString &text);
    void stagedChanged(const QList<models::StagedChange> &staged);

private:
    struct Reviewed;
    ui::ConfirmDialog *openDialog(const QString &title);
    // Runs it for this dialog: ends when the dialog is rejected, or asked to stop.
    template<typename Job, typename Deliver>
    void runFor(ui::ConfirmDialog *dialog, Job job, Deliver deliver);
    void showWait(const QString &why, int seconds);
    void show(const QPointer<ui::ConfirmDialog> &dialog, const QString &title, const Reviewed &reviewed,
              const Kept &kept);
    void showStaged(const QPointer<ui::ConfirmDialog> &dialog, const models::StagedChanges &staged,
                    const models::ChangeReview &review);
    void write(const QPointer<ui::ConfirmDialog> &dialog, const models::ChangeSet &changes,
               const QList<int> &revertOf, const Kept &kept);
    void writeStaged(const QPointer<ui::ConfirmDialog> &dialog, const models::ChangeSet &changes);
    void tell(const QPointer<ui::ConfirmDialog> &dialog, const ApplyOutcome &outcome, const QString &after);
    ApplyOutcome seen(ApplyOutcome outcome) const; // when it is, or MostWait has gone

    static constexpr std::chrono::seconds MostWait{2};

    ui::MainWindow &m_window;
    kube::Client &m_client;
    const Journal m_journal;
    Seen m_seen;
    models::StagedChanges m_staged;
    QList<QPointer<ui::ConfirmDialog>> m_dialogs;
    WorkQueue m_work; // last: its job ends first
};

} // namespace app::gui
