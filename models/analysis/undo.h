// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The exact reverse of one write, planned against the object as it is now.
// Promise: only what the write changed goes back, and only while it still holds our values: a patch tests each of them and the
// resourceVersion, a deletion names uid and resourceVersion.  What others have since put beside it stays; an object that is not the one
// that we made is never deleted.  Pure.
#include "models/analysis/change_set.h"

namespace models {

struct Undo
{
    std::optional<Change> change; // absent: see why, or there is nothing to do
    QString why;                  // why it cannot be taken back: what is there now, and what to do
    bool isSoAlready = false;     // the object is as it was before the write
    QString warning = {};         // others' changes to what we created, which go with it; "" none
};
// Several writes to one object, newest first, as one: from what was before the oldest to what the newest left.
// Absent: one of them is a removal; take them back one by one.
std::optional<JournalEntry> combined(const QList<JournalEntry> &entries);
// An entry with what must go back with it, newest first.  A creation takes every later write to its object along that has not been
// taken back: none of them could be, once the object is gone.  Any other entry is alone.
QList<JournalEntry> withLaterWrites(const JournalEntry &entry, const QList<JournalEntry> &journal);
Undo undoOf(const JournalEntry &entry, const std::optional<edge::Value> &now);

// Of a creation without an answer, no uid is known.  Whether an object was made when it was sent, as far as the clocks of two machines
// agree; and whether it holds all that was sent.
enum class CreatedWhen { Before, Then, Later };
CreatedWhen createdWhen(const JournalEntry &creation, const edge::Value &object);
bool holdsWhatWasSent(const JournalEntry &creation, const edge::Value &object);

// A roll-out and nothing else: the change of the pods' template that `kubectl rollout restart` makes.  New pods read what they find, so
// forwards and back it belongs behind what it lets them read.
bool isRestart(const Change &change);

// The same change for a newer state of the object, as the server answers 409 or 422 when something else has written meanwhile
// (a roll-out's status, say); absent: what the change was planned on holds no more (for a JSON patch, the values that it tests;
// for a merge patch and a removal, the whole object but what servers and controllers write).
std::optional<Change> refreshed(const Change &planned, const std::optional<edge::Value> &now);

} // namespace models
