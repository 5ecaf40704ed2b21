// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/strict_evidence.h"

#include "app/changes.h"
#include "app/own_clear_text.h"
#include "app/prometheus_place.h"
#include "app/rights.h"
#include "app/snapshot_plan.h"
#include "app/strict_callers.h"
#include "app/strict_rights.h"
#include "app/strict_telemetry.h"
#include "kube/discovery.h"
#include "models/analysis/strict_policies.h"

using namespace Qt::StringLiterals;

namespace app {

namespace {

// Policies and rules that are other ones than they were when `input` was read; absent: could not be asked.
std::optional<QStringList> changedSince(kube::Client &client, const models::SnapshotInput &input,
                                        std::stop_token stop)
{
    QStringList changed;
    for (const kube::ResourceType &type : strictKinds(client, stop)) {
        const auto then = input.objects.constFind(type.plural);
        if (then == input.objects.constEnd())
            continue;
        const auto now = client.list(type, {}, stop).result();
        if (!now)
            return {};
        QMap<QString, QString> known;
        for (const kube::Object &object : *then)
            known.insert(object.key(), object.uid + object.resourceVersion);
        for (const kube::Object &object : now->items) {
            if (known.take(object.key()) != QString(object.uid + object.resourceVersion))
                changed.append(type.kind + u' ' + object.key());
        }
        for (const QString &gone : known.keys())
            changed.append(u"%1 %2, which is gone"_s.arg(type.kind, gone));
    }
    return changed;
}

} // namespace

models::PreflightInput gatherEvidence(kube::Client &client, const ClusterAnalysis &analysis,
                                      const models::SnapshotInput &input, const EvidenceWish &wish,
                                      std::stop_token stop)
{
    models::PreflightInput evidence;
    evidence.scope = wish.scope;
    evidence.windowSeconds = wish.windowSeconds.value_or(models::defaultWindowSeconds(*analysis.snapshot));
    evidence.includeNarrower = wish.includeNarrower;
    evidence.accepted = wish.accepted;
    evidence.ownMappings = wish.ownMappings;
    // A workload's object may select others: asked is for its namespace, and the preflight takes what becomes STRICT.
    const models::StrictScope asked{models::effectiveScope(*analysis.snapshot, wish.scope).nameSpace, {}};
    evidence.telemetry = strictTelemetry(client, prometheusOf(*analysis.snapshot), asked,
                                         evidence.windowSeconds, QDateTime::currentDateTimeUtc(), stop);
    if (evidence.telemetry) {
        findOwnClearText(client, prometheusOf(*analysis.snapshot), *analysis.snapshot, analysis.view,
                         wish.clearTextTimes, *evidence.telemetry, stop);
        findRefusedCallers(client, prometheusOf(*analysis.snapshot), *analysis.snapshot,
                           evidence.windowSeconds, *evidence.telemetry, stop);
    }
    tryStrict(client, *analysis.snapshot, evidence, stop);
    evidence.changedMeanwhile = changedSince(client, input, stop);
    return evidence;
}

QList<kube::ResourceType> strictKinds(kube::Client &client, std::stop_token stop)
{
    const auto served = client.discovery().fetch(stop, groupsRead()).result();
    const kube::ApiCatalog *catalog = served ? &*served : nullptr;
    const auto isServed = [&](const QString &group, const QString &plural) {
        return catalog && catalog->find(group, plural);
    };
    const bool isOld = isServed(u"authentication.istio.io"_s, u"meshpolicies"_s)
        && !isServed(u"security.istio.io"_s, u"peerauthentications"_s);
    const QStringList kinds = isOld ? QStringList{u"MeshPolicy"_s, u"Policy"_s, u"DestinationRule"_s}
                                    : QStringList{u"PeerAuthentication"_s, u"DestinationRule"_s};
    QList<kube::ResourceType> types;
    for (const QString &kind : kinds) {
        if (const auto type = typeOfKind(catalog, kind, false))
            types.append(*type);
    }
    return types;
}

namespace {

// What the switch would write first: of a workload its own object.
std::vector<edge::Value> strictObjects(const models::Snapshot &snapshot, const models::StrictScope &asked)
{
    const auto policies = models::strictPolicies(snapshot);
    const models::StrictScope scope = models::effectiveScope(snapshot, asked);
    if (scope.nameSpace.isEmpty())
        return {policies->setMesh(models::MtlsMode::Strict).value};
    if (scope.workload.isEmpty())
        return {policies->setNamespace(scope.nameSpace, models::MtlsMode::Strict).value};
    std::vector<edge::Value> objects;
    for (const models::Pod &pod : snapshot.pods) {
        if (pod.isGone() || pod.nameSpace != scope.nameSpace || pod.workload() != scope.workload)
            continue;
        for (models::PolicyEdit &edit : policies->setWorkload({&pod, scope.workload}))
            objects.push_back(std::move(edit.value));
        break;
    }
    return objects;
}

} // namespace

void tryStrict(kube::Client &client, const models::Snapshot &snapshot, models::PreflightInput &input,
               std::stop_token stop)
{
    const RightsAnswer rights =
        askRights(client, rightsForStrict(snapshot, input.scope, strictKinds(client, stop)), stop);
    input.missingRights = rights.missing;
    input.rightsNotTold = rights.notTold;
    Wish wish;
    wish.title = u"STRICT, as a dry run"_s;
    wish.objects = strictObjects(snapshot, input.scope);
    const auto changes = planApply(client, wish, stop);
    if (!changes) {
        input.dryRun = changes.error().message;
        return;
    }
    // A dry run that this user may not make would say no more than R1.
    if (!missingRights(client, rightsFor(changes->changes), stop).isEmpty())
        return;
    const models::ChangeReview reviewed = review(client, *changes, ReviewFor::Showing, stop);
    input.dryRun = reviewed.dryRunOk ? QString() : reviewed.dryRunMessage;
}

} // namespace app
