// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One wish to write, from the plan to the journal: plan and dry run on a worker thread → the dialog that
// shows both → a confirmation → apply with a journal.  Closing the dialog before the confirmation ends it
// without a write.  Thread: GUI.
#include "app/changes.h"
#include "app/gui/work_queue.h"
#include "ui/shell/main_window.h"

#include <QPointer>

#include <functional>

namespace app::gui {

struct PlannedChanges
{
    models::ChangeSet changes;
    QList<int> revertOf;  // numbers of the journal's entries that are taken back
    QStringList warnings; // who will break
};
using Plan = std::function<kube::Result<PlannedChanges>(std::stop_token)>; // runs on a worker thread

class ChangeFlow : public QObject
{
    Q_OBJECT
public:
    ChangeFlow(ui::MainWindow &window, kube::Client &client, Journal journal, QObject *parent);
    ~ChangeFlow() override; // closes what is open
    void begin(const QString &title, Plan plan);
    // What was kept instead of applied: in the order in which it was; gone once it is written, or with the cluster.
    void reviewStaged();
    void dropStaged();
    const Journal &journal() const { return m_journal; }

Q_SIGNALS:
    void applied(); // something was written or tried: the journal has changed
    void finished(bool succeeded, const QString &text);
    void stagedChanged(const QStringList &titles);

private:
    void open(const QString &title, Plan plan, bool areStaged);
    void stage(const models::ChangeSet &changes);
    void write(const QPointer<ui::ConfirmDialog> &dialog, const models::ChangeSet &changes,
               const QList<int> &revertOf, bool areStaged);
    void tell(const QPointer<ui::ConfirmDialog> &dialog, const ApplyOutcome &outcome);

    ui::MainWindow &m_window;
    kube::Client &m_client;
    const Journal m_journal;
    QList<models::ChangeSet> m_staged;
    QList<QPointer<ui::ConfirmDialog>> m_dialogs;
    WorkQueue m_work; // last: its job ends first
};

} // namespace app::gui
