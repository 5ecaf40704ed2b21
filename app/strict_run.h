// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The staged switch of a scope to STRICT, executed: plan, apply stage by stage, watch, take back.
// Promise: nothing is written unless the preflight allows it; each write is dry-run first and in the journal
// before it is sent; a step whose criteria fail takes the whole switch back; a foreign change of what the
// switch depends on stops it, and nothing of others' is ever overwritten or deleted; what was written and cannot be verified
// is never called done: the run stops there, and takes back nothing.  When the contact is lost
// nothing is taken back blindly.  Stopping the token leaves everything as it is, for status and rollback.
// Thread: a worker; blocks for as long as the stages soak.
#include "app/changes.h"
#include "app/cluster_analysis.h"
#include "app/strict_rollback.h"
#include "models/analysis/strict_verification.h"

namespace app {

struct StrictWish
{
    models::StrictScope scope;
    models::StrictOptions options;
    std::optional<qint64> windowSeconds; // absent: models::defaultWindowSeconds
    QString edge;                        // "namespace/name", "" the first
    QList<models::Acceptance> accepted = {};
};

inline constexpr int defaultScrapeSeconds = 15; // of Istio's samples

struct StrictPrepared
{
    std::shared_ptr<const ClusterAnalysis> analysis;
    models::PreflightReport report;
    models::StrictPlan plan;
    int scrapeSeconds = defaultScrapeSeconds; // how often Prometheus asks the proxies, where it says so
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
                                           const models::StrictStage &stage, const models::StrictStep &step,
                                           ReviewFor purpose);

// Why what is verified after so short a watch proves little, "" it is long enough: until old connections are gone, and two scrapes
// more, nothing that still calls in clear text need have been counted.
QString whyWatchIsShort(const models::StrictOptions &options, int scrapeSeconds);

// Over how many seconds rates are taken: two scrapes at least, or there is no rate.
int rateSeconds(const models::StrictOptions &options, int scrapeSeconds);

StrictResult runStrict(const StrictTools &tools, const StrictWish &wish, const StrictPrepared &prepared);

} // namespace app
