// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Manifests by server-side apply: the server merges them into what is there, by who owns which field.  What that makes is asked for by a
// dry run and shown before it is written; what the field manager itself has written by updates since (edit) is no conflict but a warning;
// each write is journalled as the change that it makes, so that undo knows it.  What was planned as a creation writes to no object that
// somebody else has made meanwhile.
// Everything here blocks: call it from a worker thread.  Nothing writes but applyServerSide().
#include "app/changes.h"

namespace app {

struct WishedObject
{
    edge::Value object;
    QString place; // where it is written, for messages: "all.yaml, document 2, line 7"
};

struct ServerSideWish
{
    std::vector<WishedObject> objects; // those without a namespace get nameSpace
    QString nameSpace;
    bool isNameSpaceChosen = false; // then an object of another one is refused
    QString fieldManager = QStringLiteral("sallyport");
    bool takesOver = false; // fields of others too
};

struct FieldOwner // of a field that is wished for otherwise
{
    models::ObjectRef object;
    QString field, manager;
    bool operator==(const FieldOwner &) const = default;
};

struct ServerSidePlan
{
    models::ChangeReview review;    // its diffs are of the server's own answers
    QList<edge::Value> manifests;   // one a change, as it is sent
    QList<FieldOwner> conflicts;    // then nothing may be written
    QList<models::ObjectRef> alike; // that are so already, and are left alone
    QStringList leftovers;          // of Secrets, one each: what stays unnamed (secret_leftovers.h)
    ServerSideWish wish;
};
// An object whose namespace is made by one before it cannot be tried: it is shown as it is sent.
kube::Result<ServerSidePlan> planServerSide(kube::Client &client, const ServerSideWish &wish,
                                            std::stop_token stop);
// Of a plan without conflicts.  Where somebody else has written since, it is planned again, and written if it still changes the same
// values to the same ones; else it is a conflict, and nothing is written to that object.
ApplyOutcome applyServerSide(kube::Client &client, const Journal &journal, const ServerSidePlan &plan,
                             std::stop_token stop);

} // namespace app
