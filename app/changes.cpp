// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/changes.h"

#include "app/journalled_write.h"
#include "app/partial_merge.h"
#include "app/rights.h"
#include "kube/discovery.h"
#include "models/analysis/dropped_fields.h"
#include "models/analysis/secret_values.h"
#include "models/analysis/undo.h"
#include "models/resources/counted.h"
#include "models/resources/text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace app {

namespace {

constexpr int maxTries = 5;

// Invalid is what the server will never take, however often it is asked, but also a JSON patch whose `test` failed.
bool mayBeAboutAnotherState(const kube::Error &error, const models::Change &change)
{
    using Kind = kube::Error::Kind;
    return error.kind == Kind::Conflict
        || (error.kind == Kind::Invalid && change.verb == models::Change::Verb::JsonPatch);
}

bool isSameBody(const models::Change &one, const models::Change &other)
{
    return edge::parseJson(one.body.toStdString()).value_or(edge::Value())
        == edge::parseJson(other.body.toStdString()).value_or(edge::Value());
}

kube::Result<std::optional<edge::Value>> written(const kube::Result<kube::Object> &answer)
{
    if (!answer)
        return tl::unexpected(answer.error());
    auto value = edge::parseJson(answer->json.toStdString());
    if (!value)
        return kube::failure(kube::Error::Kind::Protocol,
                             u"the server's answer for %1 is no JSON: %2"_s.arg(
                                 answer->key(), QString::fromStdString(value.error().message)));
    return std::optional<edge::Value>(std::move(*value));
}

// The object as the server answers the write; absent after a removal.
kube::Result<std::optional<edge::Value>> write(kube::Client &client, const models::Change &change,
                                               bool dryRun, std::stop_token stop)
{
    kube::WriteOptions options;
    options.dryRun = dryRun;
    options.isConfirmed = !dryRun; // apply() is given what a person, or --yes, has confirmed
    switch (change.verb) {
    case models::Change::Verb::Create:
        return written(client.create(change.type, change.nameSpace, change.body, options, stop).result());
    case models::Change::Verb::MergePatch:
        return written(client
                           .mergePatch(change.type, change.nameSpace, change.name,
                                       models::patchOfThatVersion(change), options, stop)
                           .result());
    case models::Change::Verb::JsonPatch:
        return written(
            client.jsonPatch(change.type, change.nameSpace, change.name, change.body, options, stop)
                .result());
    case models::Change::Verb::Remove: break;
    }
    if (change.before) { // never an object that is not the one that was looked at
        options.uidPrecondition = models::text(change.before->at({"metadata", "uid"}));
        options.resourceVersionPrecondition =
            models::text(change.before->at({"metadata", "resourceVersion"}));
    }
    const auto removed = client.remove(change.type, change.nameSpace, change.name, options, stop).result();
    return removed ? kube::Result<std::optional<edge::Value>>() : tl::unexpected(removed.error());
}

// A change names the state that it was planned against; where something else has written since (a roll-out's status), it is planned
// again as long as what a person was shown still holds.
kube::Result<std::optional<edge::Value>> writeFresh(kube::Client &client, models::Change &change, bool dryRun,
                                                    std::stop_token stop)
{
    auto done = write(client, change, dryRun, stop);
    for (int tries = 1; tries < maxTries && !done && mayBeAboutAnotherState(done.error(), change); ++tries) {
        const auto now = currentState(client, change.type, change.nameSpace, change.name, stop);
        const auto newer = now ? models::refreshed(change, *now) : std::nullopt;
        if (!newer || (done.error().kind == kube::Error::Kind::Invalid && isSameBody(change, *newer)))
            break; // the patch names the version that is there: its `test` did not fail
        change = *newer;
        done = write(client, change, dryRun, stop);
    }
    if (!done && done.error().kind == kube::Error::Kind::Conflict
        && change.verb == models::Change::Verb::MergePatch) {
        kube::Error error = done.error();
        error.message =
            u"%1 was changed by somebody else after this change was planned, so it was not written; plan it again and look at the new diff"_s
                .arg(change.subject().text());
        return tl::unexpected(error);
    }
    return done;
}

} // namespace

kube::Result<kube::ResourceType> discoverType(kube::Client &client, const QString &apiVersion,
                                              const QString &kind, std::stop_token stop)
{
    const QString group = apiVersion.contains(u'/') ? apiVersion.section(u'/', 0, 0) : QString();
    const auto catalog = client.discovery().fetch(stop, {group}).result();
    if (!catalog)
        return tl::unexpected(catalog.error());
    if (const kube::ApiResource *resource = catalog->find(group, kind, {apiVersion.section(u'/', -1)}))
        return resource->type;
    QString why = u"the server has no kind %1 in %2; are its CRDs installed?"_s.arg(kind, apiVersion);
    for (const QString &failure : catalog->failures) {
        if (failure.startsWith(apiVersion))
            why = failure;
    }
    return kube::failure(kube::Error::Kind::NotFound, why);
}

kube::Result<CurrentState> currentStateWithPrints(kube::Client &client, const kube::ResourceType &type,
                                                  const QString &nameSpace, const QString &name,
                                                  std::stop_token stop)
{
    const auto answer = client.get(type, nameSpace, name, stop).result();
    if (!answer && answer.error().kind == kube::Error::Kind::NotFound)
        return CurrentState();
    auto object = written(answer);
    if (!object)
        return tl::unexpected(object.error());
    return CurrentState{std::move(*object), answer->prints};
}

kube::Result<std::optional<edge::Value>> currentState(kube::Client &client, const kube::ResourceType &type,
                                                      const QString &nameSpace, const QString &name,
                                                      std::stop_token stop)
{
    return currentStateWithPrints(client, type, nameSpace, name, stop).map([](CurrentState &&current) {
        return std::move(current.object);
    });
}

QString whyNotMeant(const edge::Value &secret, const CurrentState &current)
{
    const QString name = models::text(secret.at({"metadata", "name"}));
    if (const QString field = models::redactedField(secret); !field.isEmpty())
        return u"Secret %1 has sizes such as {12 bytes} where its values belong (%2): this program shows no values, and these would be written in their place; write the values themselves"_s
            .arg(name, field);
    const QString field = current.object
        ? models::shownInPlaceOfValue(models::withStringDataFolded(secret), *current.object, current.prints)
        : QString();
    return field.isEmpty()
        ? QString()
        : u"Secret %1: %2 is what this program shows of the value that is there, its certificates alone, and the rest would be lost; write the whole value"_s
              .arg(name, field);
}

namespace {

// One object of a wish; absent: it is so already.
kube::Result<std::optional<models::Change>> planObject(kube::Client &client, const Wish &wish,
                                                       edge::Value object, const models::StagedChanges &upon,
                                                       std::stop_token stop)
{
    const auto type =
        discoverType(client, models::text(object["apiVersion"]), models::text(object["kind"]), stop);
    if (!type)
        return tl::unexpected(type.error());
    if (type->namespaced && object.at({"metadata", "namespace"}).text().empty())
        object.child("metadata").set("namespace", wish.nameSpace.toStdString());
    models::Change address;
    address.type = *type;
    address.nameSpace = type->namespaced ? models::text(object.at({"metadata", "namespace"})) : QString();
    address.name = models::text(object.at({"metadata", "name"}));
    const models::StagedChange *staged = upon.find(models::objectKey(address));
    const auto current = staged
        ? kube::Result<CurrentState>(CurrentState{models::stateAfter(staged->change), {}})
        : currentStateWithPrints(client, *type, address.nameSpace, address.name, stop);
    if (!current)
        return tl::unexpected(current.error());
    const std::optional<edge::Value> &there = current->object;
    if (wish.partial && !there)
        return kube::failure(
            kube::Error::Kind::NotFound,
            u"%1 %2 is not there, so nothing can be added to it"_s.arg(type->kind, address.name));
    const bool isSecret = *type == kube::types::secrets();
    if (isSecret && !staged) {
        if (const QString why = whyNotMeant(object, *current); !why.isEmpty())
            return kube::failure(kube::Error::Kind::Invalid, why);
    }
    if (isSecret)
        object = models::withStringDataFolded(std::move(object));
    if (isSecret && there)
        object = models::withKnownValues(std::move(object), *there, current->prints);
    if (wish.partial)
        object = mergePartial(models::withoutServerFields(*there), object);
    return models::changeTo(object, *type, there);
}

} // namespace

kube::Result<models::ChangeSet> planApply(kube::Client &client, const Wish &wish, std::stop_token stop,
                                          const models::StagedChanges &upon)
{
    models::StagedChanges all = upon;
    models::StagedChanges own;
    for (const edge::Value &object : wish.objects) {
        const auto change = planObject(client, wish, object, all, stop);
        if (!change)
            return tl::unexpected(change.error());
        if (!*change)
            continue;
        all.add({wish.title, {**change}, {}, {}});
        own.add({wish.title, {**change}, {}, {}});
    }
    models::ChangeSet changes;
    changes.title = wish.title;
    for (const models::StagedChange &each : own.changes()) // in the wish's order
        changes.changes.append(each.change);
    return changes;
}

namespace {

// Writes to one object beside each other, in the order of the newest of each.  A removal stands alone: it cannot be combined.  Restarts
// come last: they are what makes the others be read.
QList<QList<models::JournalEntry>> byObject(const QList<models::JournalEntry> &entries)
{
    QList<QList<models::JournalEntry>> groups;
    QHash<QString, qsizetype> groupOf;
    for (const models::JournalEntry &entry : entries) {
        const models::Change &change = entry.change;
        const QString key = models::objectKey(change);
        const bool isAlone = change.verb == models::Change::Verb::Remove || !groupOf.contains(key);
        if (isAlone) {
            groups.append({entry});
            groupOf.insert(key, groups.size() - 1);
        } else if (models::combined(groups[groupOf.value(key)])) {
            groups[groupOf.value(key)].append(entry);
        } else {
            groups.append({entry});
        }
    }
    std::stable_partition(groups.begin(), groups.end(), [](const QList<models::JournalEntry> &group) {
        return !std::all_of(group.begin(), group.end(), [](const models::JournalEntry &entry) {
            return models::isRestart(entry.change);
        });
    });
    return groups;
}

QList<int> numbersOf(const QList<models::JournalEntry> &entries)
{
    QList<int> numbers;
    for (const models::JournalEntry &entry : entries)
        numbers.append(entry.number);
    return numbers;
}

} // namespace

kube::Result<models::ChangeSet> planUndo(kube::Client &client, const QList<models::JournalEntry> &entries,
                                         std::stop_token stop)
{
    models::ChangeSet changes;
    changes.title = entries.size() == 1 ? u"Take back: %1"_s.arg(entries[0].title)
                                        : u"Take back %1 changes"_s.arg(entries.size());
    QStringList already;
    for (const QList<models::JournalEntry> &writes : byObject(entries)) {
        const models::JournalEntry entry = writes.size() == 1 ? writes[0] : *models::combined(writes);
        const models::Change &done = entry.change;
        const auto current = currentState(client, done.type, done.nameSpace, done.name, stop);
        if (!current)
            return tl::unexpected(current.error());
        const models::Undo undo = models::undoOf(entry, *current);
        if (undo.isSoAlready) {
            already.append(done.subject().text());
            continue;
        }
        if (!undo.change)
            return kube::failure(kube::Error::Kind::Conflict, undo.why);
        changes.changes.append(*undo.change);
        changes.takesBack.append(numbersOf(writes));
        if (!undo.warning.isEmpty())
            changes.warnings.append(undo.warning);
    }
    if (changes.changes.isEmpty() && !already.isEmpty())
        return kube::failure(kube::Error::Kind::Conflict,
                             u"%1 is as it was before this change: there is nothing to take back"_s.arg(
                                 already.join(u", "_s)));
    return changes;
}

QString whyNotAsSent(kube::Client &client, const edge::Value &sent, const edge::Value &answered,
                     std::stop_token stop)
{
    if (client.fieldValidation() == kube::FieldValidation::Ignore)
        return {};
    const QStringList dropped = models::droppedFields(sent, answered);
    if (dropped.isEmpty())
        return {};
    const auto server = client.version(stop).result();
    if (!server || !models::dropsUnknownFields(server->gitVersion))
        return {}; // it has refused what it does not know: this one changes what it is sent
    return u"the server (Kubernetes %1) would leave out %2 and say nothing, for it does not know %3; mend the name, or take it away"_s
        .arg(server->gitVersion, dropped.join(u", "_s), dropped.size() == 1 ? u"it"_s : u"them"_s);
}

kube::Error leftOut(const models::ObjectRef &object, const QString &why)
{
    kube::Error error;
    error.kind = kube::Error::Kind::Invalid;
    error.reason = fieldsLeftOut;
    error.message = u"%1: %2"_s.arg(object.text(), why);
    return error;
}

namespace {

QString whyNotAsPlanned(kube::Client &client, const models::Change &change,
                        const std::optional<edge::Value> &answered, const std::stop_token &stop)
{
    using Verb = models::Change::Verb;
    if (!answered || (change.verb != Verb::Create && change.verb != Verb::MergePatch))
        return {};
    const auto sent = edge::parseJson(change.body.toStdString());
    return sent ? whyNotAsSent(client, *sent, *answered, stop) : QString();
}

models::ChangeReview dryRun(kube::Client &client, models::ChangeSet changes, std::stop_token stop,
                            std::optional<kube::Error> *refused)
{
    models::ChangeReview review;
    const kube::Connection &connection = client.transport().connection();
    review.context = connection.context;
    review.needsTyping = client.mode() == kube::WriteMode::Confirm;
    review.dryRunMessage = missingRightsText(client, missingRights(client, rightsFor(changes.changes), stop));
    review.dryRunOk = review.dryRunMessage.isEmpty();
    for (models::Change &change : changes.changes) {
        review.diffs.append(models::unifiedDiff(change));
        if (const QString lost = models::warningOfNoReturn(change); !lost.isEmpty())
            review.warnings.append(lost);
        if (!review.dryRunOk)
            continue;
        if (const auto tried = writeFresh(client, change, true, stop); !tried) {
            if (tried.error().kind == kube::Error::Kind::Forbidden)
                client.access().forget(); // it said otherwise
            review.dryRunOk = false;
            const QString subject = change.subject().text();
            const QString &why = tried.error().message;
            review.dryRunMessage = why.startsWith(subject) ? why : u"%1: %2"_s.arg(subject, why);
            if (refused)
                *refused = tried.error();
        } else if (const QString why = whyNotAsPlanned(client, change, *tried, stop); !why.isEmpty()) {
            const kube::Error error = leftOut(change.subject(), why);
            if (client.fieldValidation() == kube::FieldValidation::Warn) {
                review.warnings.append(error.message);
                continue;
            }
            review.dryRunOk = false;
            review.dryRunMessage = error.message;
            if (refused)
                *refused = error;
        }
    }
    if (review.dryRunOk)
        review.dryRunMessage = u"the server accepted %1 of %2 in a dry run"_s.arg(changes.changes.size())
                                   .arg(models::counted(changes.changes.size(), u"change"_s));
    review.warnings += changes.warnings;
    review.changes = std::move(changes);
    return review;
}

} // namespace

models::ChangeReview review(kube::Client &client, models::ChangeSet changes, ReviewFor purpose,
                            std::stop_token stop, std::optional<kube::Error> *refused)
{
    const QString why = purpose == ReviewFor::Write ? whyReadOnly(client) : QString();
    if (why.isEmpty())
        return dryRun(client, std::move(changes), stop, refused);
    models::ChangeReview review;
    review.context = client.transport().connection().context;
    review.dryRunMessage = why;
    for (const models::Change &change : changes.changes) {
        review.diffs.append(models::unifiedDiff(change));
        if (const QString lost = models::warningOfNoReturn(change); !lost.isEmpty())
            review.warnings.append(lost);
    }
    review.warnings += changes.warnings;
    review.changes = std::move(changes);
    return review;
}

namespace {

kube::Error stoppedBetween(qsizetype written, qsizetype all)
{
    kube::Error error;
    error.kind = kube::Error::Kind::Cancelled;
    error.message = u"stopped: %1 of %2 %3 written"_s.arg(written).arg(models::counted(all, u"change"_s),
                                                                       all == 1 ? u"was"_s : u"were"_s);
    return error;
}

} // namespace

ApplyOutcome apply(kube::Client &client, const Journal &journal, const models::ChangeSet &changes,
                   const QList<int> &revertOf, std::stop_token stop)
{
    ApplyOutcome outcome;
    if (const auto writable = journal.isWritable(); !writable) {
        outcome.error = writable.error();
        return outcome;
    }
    for (qsizetype i = 0; i < changes.changes.size() && !outcome.error; ++i) {
        if (stop.stop_requested()) {
            outcome.error = stoppedBetween(i, changes.changes.size());
            break;
        }
        models::JournalEntry entry;
        entry.title = changes.title;
        entry.change = changes.changes[i];
        const QList<int> numbers = changes.takesBack.value(i);
        entry.revertOf = numbers.isEmpty() ? revertOf.value(i) : numbers.constFirst();
        entry.revertsToo = numbers.mid(1);
        const JournalledWrite written =
            writeJournalled(journal, client.transport().connection(), std::move(entry),
                            [&](models::Change &change) { return writeFresh(client, change, false, stop); });
        if (written.entry)
            outcome.entries.append(*written.entry);
        outcome.error = written.error;
    }
    return outcome;
}

kube::Result<models::StagedChanges> planAgain(kube::Client &client, models::StagedChanges staged,
                                              std::stop_token stop)
{
    const QList<models::StagedChange> before = staged.changes();
    for (const models::StagedChange &each : before) {
        const models::Change &change = each.change;
        const auto now = currentState(client, change.type, change.nameSpace, change.name, stop);
        if (!now)
            return tl::unexpected(now.error());
        staged.rebase(each.key, *now);
    }
    return staged;
}

ApplyOutcome applyStaged(kube::Client &client, const Journal &journal, const models::StagedChanges &staged,
                         const models::ChangeSet &reviewed, std::stop_token stop)
{
    ApplyOutcome outcome;
    for (const models::Change &change : reviewed.changes) {
        if (stop.stop_requested()) {
            outcome.error = stoppedBetween(outcome.entries.size(), reviewed.changes.size());
            break;
        }
        const models::StagedChange *each = staged.find(models::objectKey(change));
        const ApplyOutcome one =
            apply(client, journal, {each ? each->title() : reviewed.title, {change}, {}, {}}, {}, stop);
        outcome.entries += one.entries;
        outcome.error = one.error;
        if (outcome.error)
            break;
    }
    return outcome;
}

} // namespace app
