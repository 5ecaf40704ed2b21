// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What the page Activity lists: the journal's entries, and what was seen to change in the cluster since it was connected and is not
// in the journal.  The newest 500 of those are kept.  Thread: GUI.
#include "app/observed_changes.h"
#include "models/items/rows.h"

namespace app::gui {

class Activity
{
public:
    // lastNumber: of the journal by now; they are listed after it.
    void add(const ObservedBatch &batch, int lastNumber);
    QList<models::JournalRow> rows(const QList<models::JournalEntry> &journal) const;

private:
    QList<models::JournalRow> m_observed; // oldest first
    int m_count = 0;                      // of all that ever came
};

} // namespace app::gui
