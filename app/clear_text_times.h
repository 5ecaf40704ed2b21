// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// When Mappings led in clear text, by the journal of who wrote them.
#include "models/analysis/change_set.h"

namespace app {

struct ClearTextTime
{
    QString mapping;    // namespace/name
    QDateTime from, to; // of the writes; to: invalid while it still does
    bool operator==(const ClearTextTime &) const = default;
};

// Of these Mappings (namespace/name), oldest first, by this machine's clock: from the write that left one without tls, or from
// its creation where it had none before the first, to the one that gave it tls or removed it.  A write whose answer was lost
// begins none and ends none.
QList<ClearTextTime> clearTextTimes(const QList<models::JournalEntry> &entries, const QStringList &mappings);

} // namespace app
