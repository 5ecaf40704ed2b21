// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// How a switch to STRICT is taken back, by the journal: what it wrote and still stands goes, newest first; what others have
// changed since stays.  Thread: a worker.
#include "app/changes.h"
#include "app/edge_host.h"
#include "app/journal.h"
#include "models/analysis/strict_plan.h"
#include "models/analysis/undo.h"

#include <functional>

namespace app {

struct StrictTools
{
    kube::Client &client;
    EdgeHost &edge;
    const Journal &journal;
    std::stop_token stop;
    std::function<void(const QString &)> say = [](const QString &) {}; // a line of progress
};

struct StrictResult
{
    enum class End {
        Done,
        NotVerified,
        Refused,
        RolledBack,
        Foreign,
        Lost,
        Stopped,
        Failed
    } end = End::Failed;
    QString why;         // one sentence or more
    QStringList foreign; // objects that others have changed
};
// Takes back every write of the scope's switch that still stands, newest first.
StrictResult rollBackStrict(const StrictTools &tools, const models::StrictScope &scope);

// The journal's entries of the scope that still stand, oldest first; without those of objects that the switch
// made and has removed again.  Those without an answer are among them: only the object tells whether they were written.
QList<models::JournalEntry> standingEntries(const Journal &journal, const models::StrictScope &scope);

// How an entry of `standing` would be taken back now.  Stricter than undoOf() alone: an object that we made and
// that somebody else has edited since is not ours alone any more, so it stays.
models::Undo undoOfStanding(const QList<models::JournalEntry> &standing, const models::JournalEntry &entry,
                            const std::optional<edge::Value> &now);

// What the entries have made.
QList<models::ObjectRef> madeObjects(const QList<models::JournalEntry> &standing);

// Whether the entry has made this object.
bool isCreationOf(const models::JournalEntry &entry, const models::ObjectRef &object);

} // namespace app
