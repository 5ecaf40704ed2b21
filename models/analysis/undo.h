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
};
Undo undoOf(const JournalEntry &entry, const std::optional<edge::Value> &now);

// The same reverse for a newer state of the object, as the server answers 409 or 422 when something else has written meanwhile
// (a roll-out's status, say); absent: our values hold no more.
std::optional<Change> refreshed(const Change &undo, const std::optional<edge::Value> &now);

} // namespace models
