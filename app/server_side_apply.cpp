// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/server_side_apply.h"

#include "app/apply_migration.h"
#include "app/journalled_write.h"
#include "app/rights.h"
#include "app/secret_leftovers.h"
#include "kube/client_side_apply.h"
#include "models/analysis/desired_state.h"
#include "models/analysis/secret_values.h"
#include "models/resources/counted.h"
#include "models/resources/text.h"

using namespace Qt::StringLiterals;

namespace app {

namespace {

using edge::Value;

constexpr int MaxTries = 5;
// As the version of an object that is not there: storages count on from their first write, so no object has it.  Servers do not look at
// it while there is none, and refuse the apply to one that has come meanwhile, by whomever and with whatever fields.
constexpr const char *VersionOfNone = "1";

using Place = ManagedObject;

kube::Result<CurrentState> send(kube::Client &client, const Place &place, const Value &manifest,
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
    return CurrentState{std::move(*value), answer->prints};
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

// What fieldManager itself has written by updates: edit, fix and the console write so.  An apply by that name is of the same hand, so its
// own word is the newer one; empty if the apply was refused for anything else, too.
QStringList ownEarlierFields(const kube::Error &refused, const QString &fieldManager)
{
    QStringList fields;
    for (const kube::FieldConflict &conflict : kube::fieldConflicts(refused)) {
        if (conflict.manager != fieldManager)
            return {};
        fields.append(conflict.field);
    }
    return fields;
}

// As send, but what fieldManager itself has written before is no conflict: it is told in `over`.  The server has named all conflicts, so
// force takes nobody else's field; a write names the version that it is meant for besides.
kube::Result<CurrentState> sendOverOwn(kube::Client &client, const Place &place, const Value &manifest,
                                       kube::WriteOptions options, std::stop_token stop,
                                       QStringList *over = nullptr)
{
    auto done = send(client, place, manifest, options, stop);
    const QStringList own =
        done || options.force ? QStringList() : ownEarlierFields(done.error(), options.fieldManager);
    if (own.isEmpty())
        return done;
    if (over)
        *over = own;
    options.force = true;
    return send(client, place, manifest, options, stop);
}

bool isSecret(const Place &place) { return place.type == kube::types::secrets(); }

std::optional<models::Change> creationOf(const Place &place, const Value &manifest)
{
    return models::changeTo(isSecret(place) ? models::withStringDataFolded(manifest) : manifest, place.type,
                            {});
}

// Before Kubernetes 1.16 an apply leaves its manifest there as an annotation, a created object's too.
Value withLastApplied(Value manifest, const Value &created)
{
    const Value &last = created["metadata"]["annotations"][kube::LastAppliedAnnotation];
    if (last.isString())
        manifest.child("metadata").child("annotations").set(kube::LastAppliedAnnotation, last);
    return manifest;
}

// What applying it makes of the object, by the server's answer; absent: nothing.  Of a Secret what is shown of its values.
std::optional<models::Change> changeOf(const Place &place, const Value &manifest, const CurrentState &before,
                                       const CurrentState &after)
{
    if (!before.object)
        return creationOf(place, withLastApplied(manifest, *after.object));
    const Value was = models::withoutServerFields(*before.object),
                will = models::withoutServerFields(*after.object);
    const Value patch = isSecret(place)
        ? models::differenceOfSecrets({was, before.prints}, {will, after.prints}, manifest)
        : models::difference(was, will);
    if (patch.members().empty())
        return {};
    return models::Change{models::Change::Verb::MergePatch,
                          place.type,
                          place.nameSpace,
                          place.name,
                          QByteArray::fromStdString(edge::toJson(patch)),
                          before.object};
}

struct Planned
{
    std::optional<models::Change> change;
    QList<FieldOwner> conflicts;
    QString leftovers = {};
    QStringList warnings = {}; // of what this manager has written otherwise since, and of what is left out
};

QString warningOfOwn(const models::ObjectRef &object, const QStringList &fields, const QString &manager)
{
    return u"%1: %2 %3 changed by %4 since it was applied, by an edit, yours or a colleague's, and will be what the manifest says; what is to stay, write into the manifest"_s
        .arg(object.text(), fields.join(u", "_s), fields.size() == 1 ? u"was"_s : u"were"_s, manager);
}

kube::Result<Value> withMigration(kube::Client &client, const ServerSideWish &wish, const Place &place,
                                  const Value &manifest, const CurrentState &before,
                                  const CurrentState &tried, std::stop_token stop)
{
    const auto migration = migrationOf(client, place, stop);
    if (!migration)
        return tl::unexpected(migration.error());
    if (migration->clientSide.isEmpty())
        return *tried.object;
    return predicted(client, place, *migration, {manifest, *before.object, *tried.object}, wish.fieldManager,
                     stop);
}

// Of a Secret that was there, and what it will be.
kube::Result<QString> leftoversOf(kube::Client &client, const Place &place, const Value &manifest,
                                  const Value &after, std::stop_token stop)
{
    const QString leftovers = secretLeftovers(manifest, after);
    if (leftovers.isEmpty())
        return leftovers;
    const auto there = client.get(place.type, place.nameSpace, place.name, stop).result();
    if (!there)
        return tl::unexpected(there.error());
    const auto server = client.version(stop).result();
    return maySecretKeepLeftovers(there->managers, server ? server->gitVersion : QString()) ? leftovers
                                                                                            : QString();
}

kube::Result<Planned> planOne(kube::Client &client, const ServerSideWish &wish, const Place &place,
                              const Value &manifest, std::stop_token stop)
{
    const auto before = currentStateWithPrints(client, place.type, place.nameSpace, place.name, stop);
    if (!before)
        return tl::unexpected(before.error());
    if (const QString why = isSecret(place) ? whyNotMeant(manifest, *before) : QString(); !why.isEmpty())
        return kube::failure(kube::Error::Kind::Invalid, why);
    const models::ObjectRef object{place.type.kind, place.nameSpace, place.name};
    QStringList own;
    auto tried = sendOverOwn(client, place, manifest, optionsOf(wish, true), stop, &own);
    const QString why =
        tried && tried->object ? whyNotAsSent(client, manifest, *tried->object, stop) : QString();
    if (!why.isEmpty() && client.fieldValidation() != kube::FieldValidation::Warn)
        return tl::unexpected(leftOut(object, why));
    if (tried && before->object) {
        const auto moved = withMigration(client, wish, place, manifest, *before, *tried, stop);
        if (!moved)
            return tl::unexpected(moved.error());
        tried->object = *moved;
    }
    if (tried) {
        Planned planned{changeOf(place, manifest, *before, *tried), {}};
        if (!own.isEmpty())
            planned.warnings.append(warningOfOwn(object, own, wish.fieldManager));
        if (!why.isEmpty())
            planned.warnings.append(leftOut(object, why).message);
        if (!isSecret(place) || !before->object)
            return planned;
        return leftoversOf(client, place, manifest, *tried->object, stop).map([&](const QString &leftovers) {
            planned.leftovers = leftovers;
            return planned;
        });
    }
    Planned refused;
    for (const kube::FieldConflict &conflict : kube::fieldConflicts(tried.error())) {
        if (conflict.manager != wish.fieldManager)
            refused.conflicts.append({object, conflict.field, conflict.manager});
    }
    if (!refused.conflicts.isEmpty())
        return refused;
    kube::Error error = tried.error();
    error.message = u"%1: %2"_s.arg(object.text(), error.message);
    return tl::unexpected(error);
}

// What an API server needs to know to find its place; "" all is there.
QString whyNoPlace(const Value &manifest)
{
    if (!manifest.isObject())
        return u"this is no object, so there is nothing to apply"_s;
    if (models::text(manifest["apiVersion"]).isEmpty())
        return u"apiVersion is missing, so nobody knows which kind of object this is; write it, v1 for one"_s;
    const QString kind = models::text(manifest["kind"]);
    if (kind.isEmpty())
        return u"kind is missing, so nobody knows what this is; write it, ConfigMap for one"_s;
    if (!models::text(manifest.at({"metadata", "name"})).isEmpty())
        return {};
    return models::text(manifest.at({"metadata", "generateName"})).isEmpty()
        ? u"this %1 has no metadata.name, so there is nothing to apply it to; give it one"_s.arg(kind)
        : u"this %1 has a generateName but no metadata.name, and apply needs to know which object it is; give it a name"_s
              .arg(kind);
}

kube::Result<Place> placeOf(kube::Client &client, Value &manifest, const ServerSideWish &wish,
                            std::stop_token stop)
{
    if (const QString why = whyNoPlace(manifest); !why.isEmpty())
        return kube::failure(kube::Error::Kind::Invalid, why);
    const QString kind = models::text(manifest["kind"]),
                  name = models::text(manifest.at({"metadata", "name"})),
                  given = models::text(manifest.at({"metadata", "namespace"}));
    const auto type = discoverType(client, models::text(manifest["apiVersion"]), kind, stop);
    if (!type)
        return tl::unexpected(type.error());
    if (type->namespaced && wish.isNameSpaceChosen && !given.isEmpty() && given != wish.nameSpace)
        return kube::failure(
            kube::Error::Kind::Invalid,
            u"%1 %2 names the namespace %3, and -n another one, %4; give -n %3, or take one of the two away"_s
                .arg(kind, name, given, wish.nameSpace));
    if (type->namespaced && given.isEmpty())
        manifest.child("metadata").set("namespace", wish.nameSpace.toStdString());
    return Place{*type, type->namespaced ? models::text(manifest.at({"metadata", "namespace"})) : QString(),
                 name};
}

kube::Error atPlace(const QString &place, kube::Error error)
{
    error.message.prepend(place.isEmpty() ? QString() : QString(place + u": "_s));
    return error;
}

Place placeOf(const models::Change &change) { return {change.type, change.nameSpace, change.name}; }

// Names the state that it was planned on: a server refuses it (409) once the object is another one.  First its fields change hands, if
// they must, which makes another version of that state.
kube::Result<CurrentState> sendToThatVersion(kube::Client &client, const ServerSideWish &wish, Value manifest,
                                             const models::Change &change, std::stop_token stop)
{
    const Place place = placeOf(change);
    Value version = change.before ? change.before->at({"metadata", "resourceVersion"}) : Value();
    if (!version.isNull()) {
        auto migration = migrationOf(client, place, stop);
        if (!migration)
            return tl::unexpected(migration.error());
        if (!migration->clientSide.isEmpty()) {
            migration->resourceVersion = models::text(version);
            const auto moved = migrate(client, place, *migration, wish.fieldManager, stop);
            if (!moved)
                return tl::unexpected(moved.error());
            version = moved->toStdString();
        }
        manifest.child("metadata").set("resourceVersion", version);
    } else if (change.verb == models::Change::Verb::Create) {
        manifest.child("metadata").set("resourceVersion", VersionOfNone);
    }
    return sendOverOwn(client, place, manifest, optionsOf(wish, false), stop);
}

kube::Error overtaken(kube::Error error, const models::Change &change)
{
    const bool isCreation = change.verb == models::Change::Verb::Create;
    if (isCreation)
        error.reason = u"AlreadyExists"_s;
    const QString what = isCreation
        ? u"%1 was made by somebody else after its creation was planned (AlreadyExists), so nothing was written to it; apply it again and look at the diff"_s
        : u"%1 was changed by somebody else after this change was planned, so it was not written; apply it again and look at the new diff"_s;
    error.message = what.arg(change.subject().text());
    return error;
}

// Of that very object, from the same values to the same values: what was shown before it was confirmed.  What has changed beside them
// is no other change.
bool isAsShown(const models::Change &shown, const models::Change &again)
{
    const auto uid = [](const models::Change &change) {
        return change.before ? change.before->at({"metadata", "uid"}) : Value();
    };
    const auto back = [](const models::Change &change) {
        return change.before
            ? models::difference(models::withoutServerFields(models::stateAfter(change).value_or(Value())),
                                 models::withoutServerFields(*change.before))
            : Value();
    };
    return again.verb == shown.verb && again.body == shown.body && uid(again) == uid(shown)
        && back(again) == back(shown);
}

kube::Result<CurrentState> write(kube::Client &client, const ServerSideWish &wish, const Value &manifest,
                                 models::Change &change, std::stop_token stop)
{
    const Place place = placeOf(change);
    auto done = sendToThatVersion(client, wish, manifest, change, stop);
    const bool isCreation =
        change.verb == models::Change::Verb::Create; // whose fields they are tells the rest
    const auto isStale = [&done, isCreation] {
        return !done && done.error().kind == kube::Error::Kind::Conflict
            && (isCreation || kube::fieldConflicts(done.error()).isEmpty());
    };
    for (int tries = 1; tries < MaxTries && isStale(); ++tries) {
        const auto again = planOne(client, wish, place, manifest, stop);
        if (!again || !again->change || !isAsShown(change, *again->change))
            break;
        change = *again->change;
        done = sendToThatVersion(client, wish, manifest, change, stop);
    }
    if (!isStale())
        return done;
    return tl::unexpected(overtaken(done.error(), change));
}

models::ChangeReview reviewOf(kube::Client &client, models::ChangeSet changes, qsizetype untried,
                              std::stop_token stop)
{
    models::ChangeReview review;
    const kube::Connection &connection = client.transport().connection();
    review.context = connection.context;
    review.needsTyping = client.mode() == kube::WriteMode::Confirm;
    review.dryRunMessage = missingRightsText(client, missingRights(client, rightsFor(changes.changes), stop));
    review.dryRunOk = review.dryRunMessage.isEmpty();
    for (const models::Change &change : changes.changes) {
        review.diffs.append(models::unifiedDiff(change));
        if (const QString lost = models::warningOfNoReturn(change); !lost.isEmpty())
            review.warnings.append(lost);
    }
    const qsizetype all = changes.changes.size();
    if (review.dryRunOk)
        review.dryRunMessage = u"the server accepted %1 of %2 in a dry run"_s.arg(all - untried)
                                   .arg(models::counted(all, u"change"_s))
            + (untried > 0 ? u"; the others need a namespace that is made with them"_s : QString());
    review.warnings += changes.warnings;
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
    for (const WishedObject &wished : wish.objects) {
        Value manifest = models::withoutServerFields(wished.object);
        const auto place = placeOf(client, manifest, wish, stop);
        if (!place)
            return tl::unexpected(atPlace(wished.place, place.error()));
        const bool isTried = !made.contains(place->nameSpace);
        if (const QString why = isTried || !isSecret(*place) ? QString() : whyNotMeant(manifest, {});
            !why.isEmpty())
            return tl::unexpected(
                atPlace(wished.place, kube::failure(kube::Error::Kind::Invalid, why).value()));
        auto planned = isTried ? planOne(client, wish, *place, manifest, stop)
                               : kube::Result<Planned>(Planned{creationOf(*place, manifest), {}});
        if (!planned)
            return tl::unexpected(atPlace(wished.place, planned.error()));
        plan.conflicts += planned->conflicts;
        if (!planned->leftovers.isEmpty())
            plan.leftovers.append(planned->leftovers);
        if (!planned->change && planned->conflicts.isEmpty() && planned->leftovers.isEmpty())
            plan.alike.append({place->type.kind, place->nameSpace, place->name});
        if (!planned->change)
            continue;
        if (place->type == kube::types::namespaces() && planned->change->verb == models::Change::Verb::Create)
            made.append(place->name);
        untried += isTried ? 0 : 1;
        changes.warnings += planned->warnings;
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
                return write(client, plan.wish, plan.manifests[i], change, stop).map([](CurrentState &&now) {
                    return std::move(now.object);
                });
            });
        if (written.entry)
            outcome.entries.append(*written.entry);
        outcome.error = written.error;
    }
    return outcome;
}

} // namespace app
