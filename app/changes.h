// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// From wishes to writes: plan against what is there, review with the server's dry run, apply with a journal, plan the reverse.
// Everything here blocks on the cluster thread's answers: call it from a worker thread.  Nothing writes but apply().
#include "app/journal.h"
#include "kube/client.h"
#include "models/analysis/staged_changes.h"

namespace app {

// The resource that a kind is served as, by the server's own discovery.
kube::Result<kube::ResourceType> discoverType(kube::Client &client, const QString &apiVersion,
                                              const QString &kind, std::stop_token stop);

// The object as it is now; absent: there is none.
kube::Result<std::optional<edge::Value>> currentState(kube::Client &client, const kube::ResourceType &type,
                                                      const QString &nameSpace, const QString &name,
                                                      std::stop_token stop);

// The same, and of a Secret the fingerprints of its values.
struct CurrentState
{
    std::optional<edge::Value> object;
    kube::SecretPrints prints;
};
kube::Result<CurrentState> currentStateWithPrints(kube::Client &client, const kube::ResourceType &type,
                                                  const QString &nameSpace, const QString &name,
                                                  std::stop_token stop);

// Why this Secret cannot be meant, given what is there: what this program shows of values stands in their place; "" it can.
QString whyNotMeant(const edge::Value &secret, const CurrentState &current);

struct Wish // an object as it should be; objects without a namespace get nameSpace
{
    QString title, nameSpace;
    std::vector<edge::Value> objects;
    bool partial =
        false; // the objects are parts, laid over what is there (mergePartial); an absent object is an error then
};
// Objects that are so already make no change; an object that is wished for twice makes one.  upon: what is staged counts as being there;
// a change of such an object begins with the state that is staged of it.
kube::Result<models::ChangeSet> planApply(kube::Client &client, const Wish &wish, std::stop_token stop,
                                          const models::StagedChanges &upon = {});
// The reverse of these entries, newest first but restarts last, against what is there now; several writes to one object go back as one.  What is as it
// was already is left out; nothing else left is an error.
kube::Result<models::ChangeSet> planUndo(kube::Client &client, const QList<models::JournalEntry> &entries,
                                         std::stop_token stop);

// kube::Error::reason of what is not written since fields of it would be left out.
inline constexpr QLatin1String fieldsLeftOut("FieldsLeftOut");
// Of what a dry run has answered to what was sent (an object, or a merge patch): what is not as it is meant, since a server of this
// age leaves out what it does not know; "" all is, or nobody wants to know (kube::FieldValidation::Ignore).
QString whyNotAsSent(kube::Client &client, const edge::Value &sent, const edge::Value &answered,
                     std::stop_token stop);
kube::Error leftOut(const models::ObjectRef &object, const QString &why); // that, as an error

// What follows a review: in a Read-only context no write can, so that one ReviewFor::Write answers with that and asks the server nothing;
// one ReviewFor::Showing sends its dry run, which changes nothing, whatever the mode.
enum class ReviewFor { Write, Showing };
// Diffs, warnings, and what the server says to a dry run.
// refused: gets what the server, or the way to it, said of the dry run, or that fields would be left out; untouched where there was
// nothing.
models::ChangeReview review(kube::Client &client, models::ChangeSet changes, ReviewFor purpose,
                            std::stop_token stop, std::optional<kube::Error> *refused = nullptr);

struct ApplyOutcome
{
    QList<models::JournalEntry> entries; // of what was tried, in order; only the last one can have failed
    std::optional<kube::Error> error;    // why it stopped; what came before is done and in the journal
};
// revertOf: numbers of the journal's entries that the changes take back, one each; empty for new changes.
ApplyOutcome apply(kube::Client &client, const Journal &journal, const models::ChangeSet &changes,
                   const QList<int> &revertOf, std::stop_token stop);

// What is staged, planned again upon what is there now (StagedChanges::rebase).
kube::Result<models::StagedChanges> planAgain(kube::Client &client, models::StagedChanges staged,
                                              std::stop_token stop);
// apply() of a reviewed StagedChanges::changeSet(): each change is journalled under the titles of its own wishes.
ApplyOutcome applyStaged(kube::Client &client, const Journal &journal, const models::StagedChanges &staged,
                         const models::ChangeSet &reviewed, std::stop_token stop);

} // namespace app
