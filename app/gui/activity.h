// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What the page Activity lists: the journal's entries, and what was seen to change in the cluster since it was connected and is not
// in the journal.  The newest 500 of those are kept.  A batch costs what came with it, however long the journal is: our own
// writes are found by what they wrote.  Thread: GUI.
#include "app/observed_changes.h"
#include "kube/row_feed.h"
#include "models/items/rows.h"

#include <functional>

namespace app::gui {

class Activity
{
public:
    using Journal = QList<models::JournalEntry>; // by number
    // lastNumber: of the journal by now; they are listed after it.
    void add(const ObservedBatch &batch, int lastNumber);
    QList<models::JournalRow> rows(const Journal &journal); // all, for a table
    // What that table lacks since rows(), or since the last news(): of the same journal.
    kube::RowBatch<models::JournalRow> news(const Journal &journal);
    // The newest first, at most so many, of those that wanted() holds for.
    QList<models::JournalRow> newest(const Journal &journal, qsizetype most,
                                     const std::function<bool(const models::JournalEntry &)> &wanted) const;

private:
    bool isOurs(const models::JournalEntry &observed, const Journal &journal) const;
    void learnOwnWrites(const Journal &journal) const;

    QList<models::JournalRow> m_observed; // oldest first
    int m_count = 0;                      // of all that ever came
    int m_told = 0;                       // of them, by news()
    QStringList m_gone;                   // keys of those that are no longer kept, since news()
    mutable QHash<QString, QList<QDateTime>> m_ownWrites; // of the journal's first m_learnt entries
    mutable qsizetype m_learnt = 0;
    mutable int m_learntLast = 0; // the number of the last one
};

} // namespace app::gui
