// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What every command that writes shows and asks before it does: title, diffs, warnings, dry run, then the
// context's mode decides what counts as a yes.
#include "app/changes.h"
#include "app/cli/command.h"
#include "models/analysis/change_set.h"

namespace app::cli {

// asNotes: to standard error, where a document follows.
void printReview(const Output &output, const models::ChangeReview &review, bool asNotes = false);

// "" if the answer is yes, else why nothing is written.
QString refusal(const Invocation &invocation, const models::ChangeReview &review);

// What became of a review, as one document: each object with its kind, namespace, name, action, diff, whether it was written, and the
// journal's number and result of it.
struct WriteDocument
{
    const char *kind;                    // "ApplyResult"
    QList<models::ObjectRef> alike = {}; // that needed no change
    QStringList notes = {};
    edge::Value *instead = nullptr; // where it is put instead of being printed: it is not the last word
    edge::Value content(const models::ChangeReview &review, const ApplyOutcome &outcome) const;
};

ReviewFor purposeOf(const Invocation &invocation); // by --dry-run

// Shows the review, asks, writes, and says what became of each change; an exit code.  With --dry-run it only shows.  With a document,
// where -o asks for one, it is all of standard output, and the rest goes to standard error.
int confirmAndWrite(Invocation &invocation, const models::ChangeReview &review,
                    const std::function<ApplyOutcome(const Journal &journal)> &write,
                    const std::optional<WriteDocument> &document = {});

// The same of changes that were planned, with the server's dry run of each.  revertOf: what they take back, by the journal's numbers.
int reviewAndWrite(Invocation &invocation, kube::Client &client, const models::ChangeSet &changes,
                   const QList<int> &revertOf = {});

} // namespace app::cli
