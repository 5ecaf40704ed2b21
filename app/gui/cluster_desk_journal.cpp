// SPDX-License-Identifier: GPL-3.0-or-later
// ClusterDesk's journal: what was changed by these programs, beside what was seen to change, on the pages that tell of it.
#include "app/gui/cluster_desk.h"
#include "app/gui/desk_wishes.h"
#include "app/guide_actions.h"
#include "app/lost_answers.h"
#include "ui/namespace_scope.h"
#include "ui/pages/guide_page.h"
#include "ui/pages/mesh_security_page.h"
#include "ui/pages/overview_page.h"

using namespace Qt::StringLiterals;

namespace app::gui {

namespace {

constexpr qsizetype RecentChanges = 8;

} // namespace

void ClusterDesk::readJournal()
{
    if (!m_journal.read())
        return;
    QList<models::JournalRow> rows;
    for (const models::JournalEntry &entry : m_journal.entries())
        rows.append({QString::number(entry.number), entry});
    m_models.journal.setRows(rows);
    showActivity();
    const auto mode = newestModeChange(m_journal.entries());
    m_window.pages().mesh->setUndo(mode ? mode->title : QString());
}

void ClusterDesk::showJournal()
{
    readJournal();
    if (!m_session.analysis())
        return;
    QSet<QString> undoable;
    for (const models::GuideStep &each : m_session.analysis()->guide) {
        if (!entriesOfStep(m_journal.entries(), each).isEmpty())
            undoable.insert(each.id);
    }
    m_window.pages().guide->setUndoable(undoable);
    askForRights();
}

void ClusterDesk::findLostAnswers()
{
    if (!m_journal.lacksAnswers())
        return;
    const auto job = [&client = m_session.client(), journal = m_changes.journal()](std::stop_token stop) {
        return app::findLostAnswers(client, journal, stop);
    };
    m_reading.run(this, job, [this](int) { showJournal(); });
}

void ClusterDesk::showActivity()
{
    m_models.activity.setRows(m_activity.rows(m_journal.entries()));
    showRecentChanges();
}

// Of the namespaces that are looked at, and of the whole cluster.
void ClusterDesk::showRecentChanges()
{
    const auto wanted = [names = m_window.chosenNamespaces()](const models::JournalEntry &entry) {
        return entry.change.nameSpace.isEmpty() || ui::isInScope(names, entry.change.nameSpace);
    };
    m_window.pages().overview->setRecentChanges(
        m_activity.newest(m_journal.entries(), RecentChanges, wanted));
}

void ClusterDesk::takeObserved(const ObservedBatch &batch)
{
    if (!m_isPaused)
        readJournal(); // what we wrote ourselves stands there before the cluster tells of it
    m_activity.add(batch, m_journal.lastNumber());
    m_holdsActivity = m_isPaused;
    if (m_isPaused)
        return;
    m_models.activity.apply(m_activity.news(m_journal.entries()));
    showRecentChanges();
}

} // namespace app::gui
