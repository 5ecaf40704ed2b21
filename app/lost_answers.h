// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What became of writes whose answer is not known, since the program ended before it or the connection was lost: by what is there
// now.  Promise: said only where what is there proves it; else the entry stays as it is, and undo looks again.
#include "app/journal.h"
#include "kube/client.h"

namespace app {

struct FoundObject
{
    std::optional<edge::Value> object; // absent: there is none
    QStringList managers;              // as managedFields name them; none before Kubernetes 1.18
};
// The entry with its answer; absent: it is still not known.  Pure.
std::optional<models::JournalEntry> foundAnswer(const models::JournalEntry &unanswered,
                                                const FoundObject &found, const QDateTime &now);

// Of every entry that has none; each that was found out is in the journal then.  How many were.  A cluster that does not answer ends
// it, and costs nothing else.  Blocks.
int findLostAnswers(kube::Client &client, const Journal &journal, std::stop_token stop);

} // namespace app
