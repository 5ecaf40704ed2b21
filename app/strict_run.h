// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The staged switch of a scope to STRICT, executed: plan, apply stage by stage, watch, take back.
// Promise: nothing is written unless the preflight allows it; each write is dry-run first and in the journal
// before it is sent; a step whose criteria fail takes the whole switch back; a foreign change of what the
// switch depends on stops it, and nothing of others' is ever overwritten or deleted.  When the contact is lost
// nothing is taken back blindly.  Stopping the token leaves everything as it is, for status and rollback.
// Thread: a worker; blocks for as long as the stages soak.
#include "app/changes.h"
#include "app/cluster_analysis.h"
#include "app/edge_host.h"
#include "app/journal.h"
#include "models/analysis/strict_verification.h"
#include "models/analysis/undo.h"

#include <functional>

namespace app {

struct StrictTools
{
    kube::Client &client;
    EdgeHost &edge;
    const Journal &journal;
    std::stop_token stop;
    std::function<void(const QString &)> say = [](const QString &) {}; // a line of progress
};

struct StrictWish
{
    models::StrictScope scope;
    models::StrictOptions options;
    std::optional<qint64> windowSeconds; // absent: models::defaultWindowSeconds
    QString edge;                        // "namespace/name", "" the first
    QList<models::Acceptance> accepted = {};
};

struct StrictPrepared
{
    std::shared_ptr<const ClusterAnalysis> analysis;
    models::PreflightReport report;
    models::StrictPlan plan;
    // What the switch depends on as it was read, by kind: another state of one of them is somebody else's work.
    QList<QPair<kube::ResourceType, QList<kube::Object>>> frozen;
};
kube::Result<StrictPrepared> prepareStrict(kube::Client &client, const StrictWish &wish,
                                           std::stop_token stop);

// What a step would change now, with the server's dry run; removals of objects that are not in the journal as
// ours are left out.
struct StrictStepChanges
{
    models::ChangeReview review;
    QList<int> revertOf;
};
kube::Result<StrictStepChanges> reviewStep(const StrictTools &tools, const models::StrictScope &scope,
                                           const models::StrictStage &stage, const models::StrictStep &step);

struct StrictResult
{
    enum class End { Done, Refused, RolledBack, Foreign, Lost, Stopped, Failed } end = End::Failed;
    QString why;         // one sentence or more
    QStringList foreign; // objects that others have changed
};
StrictResult runStrict(const StrictTools &tools, const StrictWish &wish, const StrictPrepared &prepared);

// Takes back every write of the scope's switch that still stands, newest first.
StrictResult rollBackStrict(const StrictTools &tools, const models::StrictScope &scope);

// The journal's entries of the scope that still stand, oldest first; without those of objects that the switch
// made and has removed again.
QList<models::JournalEntry> standingEntries(const Journal &journal, const models::StrictScope &scope);

// How an entry of `standing` would be taken back now.  Stricter than undoOf() alone: an object that we made and
// that somebody else has edited since is not ours alone any more, so it stays.
models::Undo undoOfStanding(const QList<models::JournalEntry> &standing, const models::JournalEntry &entry,
                            const std::optional<edge::Value> &now);

} // namespace app
