// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What every command that writes shows and asks before it does: title, diffs, warnings, dry run, then the
// context's mode decides what counts as a yes.
#include "app/cli/command.h"
#include "models/analysis/change_set.h"

namespace app::cli {

void printReview(const Output &output, const models::ChangeReview &review);

// "" if the answer is yes, else why nothing is written.
QString refusal(const Invocation &invocation, const models::ChangeReview &review);

// Shows the review, asks, writes, and says what became of each change; an exit code.  With --dry-run it only shows.
int confirmAndWrite(Invocation &invocation, const models::ChangeReview &review,
                    const std::function<ApplyOutcome(const Journal &journal)> &write);

// The same of changes that were planned, with the server's dry run of each.  revertOf: what they take back, by the journal's numbers.
int reviewAndWrite(Invocation &invocation, kube::Client &client, const models::ChangeSet &changes,
                   const QList<int> &revertOf = {});

} // namespace app::cli
