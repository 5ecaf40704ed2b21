// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One write to a cluster: in the journal before it is sent, and its answer there afterwards.  Blocks.
#include "app/journal.h"
#include "models/analysis/change_set.h"

#include <functional>

namespace app {

// Sends the change, and says what it was in the end (it may have been planned again); the object as the server answers, absent: removed.
using Writer = std::function<kube::Result<std::optional<edge::Value>>(models::Change &change)>;

struct JournalledWrite
{
    std::optional<models::JournalEntry>
        entry; // absent: the journal could not be written, so nothing was sent
    std::optional<kube::Error> error;
};
JournalledWrite writeJournalled(const Journal &journal, const kube::Connection &connection,
                                models::JournalEntry entry, const Writer &write);

} // namespace app
