// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Changes that wait to be written together, one an object: what is staged of an object later builds on what is staged of it already, and
// both become one change from what the server has to what they want together.  So no write of a set invalidates the next one's version,
// and taking it back gives the object that was there before the first.  A value; pure.
#include "models/analysis/change_set.h"

namespace models {

// The same for every change of one object, by whatever version of its kind.
QString objectKey(const Change &change);

// Both as one write: from what was before the first to what is after the second, which was planned upon the first or beside it.
// Absent: the second takes back what the first does.
std::optional<Change> together(const Change &first, const Change &second);

struct StagedChange
{
    enum class State {
        Waiting,
        Conflict, // the object is another one by now in what this changes
        Failed,   // the server refused it
        Unknown,  // it may have been written: the answer was lost
        NotTried  // one before it failed
    };
    QString key; // objectKey()
    Change change;
    QStringList titles;   // of the wishes that it is made of, in their order
    QStringList warnings; // what a person should know before confirming
    State state = State::Waiting;
    QString error; // what the server said, or what stands against it; "" nothing
    QString title() const { return titles.join(QStringLiteral("; ")); }
};

class StagedChanges
{
public:
    const QList<StagedChange> &changes() const { return m_changes; }
    bool isEmpty() const { return m_changes.isEmpty(); }
    const StagedChange *find(const QString &key) const; // nullptr: nothing of this object is staged
    void add(const ChangeSet &more);                    // in its order; its title and warnings go with each
    // What add() would make of the objects that these changes touch.
    ChangeSet with(const ChangeSet &more) const;
    bool holdsAnyOf(const ChangeSet &changes) const;
    void drop(const QStringList &keys);
    // All of them as one set.  Restarts come last: they are what makes the others be read.
    ChangeSet changeSet() const;
    // Plans one anew upon the object as it is now.  What others have changed beside it stays; where they have changed the same, it is a
    // Conflict; what is so already is no longer staged.
    void rebase(const QString &key, const std::optional<edge::Value> &now);
    // After a try to write `wanted`: what was written goes; what was refused, and what was not tried after it, stays and says so.
    // error: why it stopped; "" it did not.
    void settle(const ChangeSet &wanted, const QList<JournalEntry> &tried, const QString &error);

private:
    StagedChange *edit(const QString &key);
    QList<StagedChange> m_changes;
};

} // namespace models
