// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/server_side_apply.h"

#include "app/journalled_write.h"
#include "app/rights.h"
#include "models/analysis/desired_state.h"
#include "models/analysis/secret_values.h"
#include "models/resources/text.h"

using namespace Qt::StringLiterals;

namespace app {

namespace {

using edge::Value;

constexpr int MaxTries = 5;

struct Place
{
    kube::ResourceType type;
    QString nameSpace, name;
};

kube::Result<std::optional<Value>> send(kube::Client &client, const Place &place, const Value &manifest,
                                        const kube::WriteOptions &options, std::stop_token stop)
{
    const auto answer = client
                            .apply(place.type, place.nameSpace, place.name,
                                   QByteArray::fromStdString(edge::toJson(manifest)), options, stop)
                            .result();
    if (!answer)
        return tl::unexpected(answer.error());
    auto value = edge::parseJson(answer->json.toStdString());
    if (!value)
        return kube::failure(kube::Error::Kind::Protocol,
                             u"the server's answer for %1 is no JSON"_s.arg(answer->key()));
    return std::optional<Value>(std::move(*value));
}

kube::WriteOptions optionsOf(const ServerSideWish &wish, bool dryRun)
{
    kube::WriteOptions options;
    options.dryRun = dryRun;
    options.isConfirmed = !dryRun;
    options.force = wish.takesOver;
    options.fieldManager = wish.fieldManager;
    return options;
}

// What applying it makes of the object; absent: nothing.  Of a Secret sizes do not tell: it is written in any case.
std::optional<models::Change> changeOf(const Place &place, const Value &manifest,
                                       const std::optional<Value> &before, const Value &after)
{
    if (!before || place.type == kube::types::secrets())
        return models::changeTo(manifest, place.type, before);
    const Value patch =
        models::difference(models::withoutServerFields(*before), models::withoutServerFields(after));
    if (patch.members().empty())
        return {};
    return models::Change{models::Change::Verb::MergePatch,
                          place.type,
                          place.nameSpace,
                          place.name,
                          QByteArray::fromStdString(edge::toJson(patch)),
                          before};
}

struct Planned
{
    std::optional<models::Change> change;
    QList<FieldOwner> conflicts;
};

kube::Result<Planned> planOne(kube::Client &client, const ServerSideWish &wish, const Place &place,
                              const Value &manifest, std::stop_token stop)
{
    const auto before = currentState(client, place.type, place.nameSpace, place.name, stop);
    if (!before)
        return tl::unexpected(before.error());
    const auto tried = send(client, place, manifest, optionsOf(wish, true), stop);
    if (tried)
        return Planned{changeOf(place, manifest, *before, **tried), {}};
    Planned refused;
    const models::ObjectRef object{place.type.kind, place.nameSpace, place.name};
    for (const kube::FieldConflict &conflict : kube::fieldConflicts(tried.error()))
        refused.conflicts.append({object, conflict.field, conflict.manager});
    if (!refused.conflicts.isEmpty())
        return refused;
    kube::Error error = tried.error();
    error.message = u"%1: %2"_s.arg(object.text(), error.message);
    return tl::unexpected(error);
}

kube::Result<Place> placeOf(kube::Client &client, Value &manifest, const QString &nameSpace,
                            std::stop_token stop)
{
    const QString kind = models::text(manifest["kind"]),
                  name = models::text(manifest.at({"metadata", "name"}));
    if (kind.isEmpty() || name.isEmpty())
        return kube::failure(
            kube::Error::Kind::Invalid,
            u"a manifest names no kind or no metadata.name, so there is nothing to apply it to"_s);
    const auto type = discoverType(client, models::text(manifest["apiVersion"]), kind, stop);
    if (!type)
        return tl::unexpected(type.error());
    if (kind == "Secret"_L1 && models::hasRedactedValues(manifest))
        return kube::failure(
            kube::Error::Kind::Invalid,
            u"Secret %1 has sizes such as {12 bytes} where its values belong: this program shows no values, and these would be written in their place; write the values themselves"_s
                .arg(name));
    if (type->namespaced && manifest.at({"metadata", "namespace"}).text().empty())
        manifest.child("metadata").set("namespace", nameSpace.toStdString());
    return Place{*type, type->namespaced ? models::text(manifest.at({"metadata", "namespace"})) : QString(),
                 name};
}

Place placeOf(const models::Change &change) { return {change.type, change.nameSpace, change.name}; }

// Names the state that it was planned on: a server refuses it (409) once the object is another one.
Value ofThatVersion(Value manifest, const models::Change &change)
{
    const Value version = change.before ? change.before->at({"metadata", "resourceVersion"}) : Value();
    if (!version.isNull())
        manifest.child("metadata").set("resourceVersion", version);
    return manifest;
}

kube::Result<std::optional<Value>> write(kube::Client &client, const ServerSideWish &wish,
                                         const Value &manifest, models::Change &change, std::stop_token stop)
{
    const Place place = placeOf(change);
    auto done = send(client, place, ofThatVersion(manifest, change), optionsOf(wish, false), stop);
    const auto isStale = [&done] {
        return !done && done.error().kind == kube::Error::Kind::Conflict
            && kube::fieldConflicts(done.error()).isEmpty();
    };
    for (int tries = 1; tries < MaxTries && isStale(); ++tries) {
        const auto again = planOne(client, wish, place, manifest, stop);
        if (!again || !again->change || again->change->verb != change.verb
            || again->change->body != change.body)
            break;
        change = *again->change;
        done = send(client, place, ofThatVersion(manifest, change), optionsOf(wish, false), stop);
    }
    if (!isStale())
        return done;
    kube::Error error = done.error();
    error.message =
        u"%1 was changed by somebody else after this change was planned, so it was not written; apply it again and look at the new diff"_s
            .arg(change.subject().text());
    return tl::unexpected(error);
}

models::ChangeReview reviewOf(kube::Client &client, models::ChangeSet changes, qsizetype untried,
                              std::stop_token stop)
{
    models::ChangeReview review;
    const kube::Connection &connection = client.transport().connection();
    review.context = connection.context;
    review.needsTyping = connection.mode == kube::WriteMode::Confirm;
    review.dryRunMessage = missingRightsText(client, missingRights(client, rightsFor(changes.changes), stop));
    review.dryRunOk = review.dryRunMessage.isEmpty();
    for (const models::Change &change : changes.changes)
        review.diffs.append(models::unifiedDiff(change.before, models::stateAfter(change)));
    const qsizetype all = changes.changes.size();
    if (review.dryRunOk)
        review.dryRunMessage =
            u"the server accepted %1 of %2 changes in a dry run"_s.arg(all - untried).arg(all)
            + (untried > 0 ? u"; the others need a namespace that is made with them"_s : QString());
    review.warnings = changes.warnings;
    review.changes = std::move(changes);
    return review;
}

} // namespace

kube::Result<ServerSidePlan> planServerSide(kube::Client &client, const ServerSideWish &wish,
                                            std::stop_token stop)
{
    ServerSidePlan plan;
    plan.wish = wish;
    models::ChangeSet changes;
    changes.title =
        wish.objects.size() == 1 ? u"Apply 1 object"_s : u"Apply %1 objects"_s.arg(wish.objects.size());
    QStringList made; // namespaces
    qsizetype untried = 0;
    for (const Value &object : wish.objects) {
        Value manifest = models::withoutServerFields(object);
        const auto place = placeOf(client, manifest, wish.nameSpace, stop);
        if (!place)
            return tl::unexpected(place.error());
        const bool isTried = !made.contains(place->nameSpace);
        auto planned = isTried
            ? planOne(client, wish, *place, manifest, stop)
            : kube::Result<Planned>(Planned{models::changeTo(manifest, place->type, {}), {}});
        if (!planned)
            return tl::unexpected(planned.error());
        plan.conflicts += planned->conflicts;
        if (!planned->change && planned->conflicts.isEmpty())
            plan.alike.append({place->type.kind, place->nameSpace, place->name});
        if (!planned->change)
            continue;
        if (place->type == kube::types::namespaces() && planned->change->verb == models::Change::Verb::Create)
            made.append(place->name);
        untried += isTried ? 0 : 1;
        changes.changes.append(*planned->change);
        plan.manifests.append(manifest);
    }
    plan.review = reviewOf(client, std::move(changes), untried, stop);
    return plan;
}

ApplyOutcome applyServerSide(kube::Client &client, const Journal &journal, const ServerSidePlan &plan,
                             std::stop_token stop)
{
    ApplyOutcome outcome;
    if (const auto writable = journal.isWritable(); !writable) {
        outcome.error = writable.error();
        return outcome;
    }
    const QList<models::Change> &changes = plan.review.changes.changes;
    for (qsizetype i = 0; i < changes.size() && !outcome.error; ++i) {
        models::JournalEntry entry;
        entry.title = plan.review.changes.title;
        entry.change = changes[i];
        const JournalledWrite written = writeJournalled(
            journal, client.transport().connection(), std::move(entry), [&](models::Change &change) {
                return write(client, plan.wish, plan.manifests[i], change, stop);
            });
        if (written.entry)
            outcome.entries.append(*written.entry);
        outcome.error = written.error;
    }
    return outcome;
}

} // namespace app
