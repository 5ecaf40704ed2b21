// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/lost_answers.h"

#include "models/analysis/desired_state.h"
#include "models/analysis/undo.h"
#include "models/resources/text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace app {

namespace {

using Verb = models::Change::Verb;

// A server works on a request for a minute at most: what was not written by then never will be.
constexpr int SecondsOfARequest = 60;

QString ownManager() { return kube::WriteOptions().fieldManager; }

bool isOver(const models::JournalEntry &entry, const QDateTime &now)
{
    return entry.at.addSecs(SecondsOfARequest) < now;
}

models::JournalEntry answered(models::JournalEntry entry, bool succeeded, const QString &what)
{
    entry.settled = true;
    entry.succeeded = succeeded;
    entry.result = what + u" (found out later, its answer was lost)"_s;
    return entry;
}

// As the server answered it, as far as that can be known: where nobody else has written to it, it is what is there.
edge::Value asCreated(const models::JournalEntry &entry, const FoundObject &found)
{
    const bool isOursAlone =
        std::all_of(found.managers.begin(), found.managers.end(), [](const QString &manager) {
            return manager == ownManager() || manager.startsWith("kube-"_L1); // controllers follow
        });
    if (isOursAlone)
        return *found.object;
    edge::Value made = models::applied({}, entry.change);
    made.child("metadata").set("uid", found.object->at({"metadata", "uid"}));
    return made;
}

std::optional<models::JournalEntry> answerOfCreation(const models::JournalEntry &entry,
                                                     const FoundObject &found, const QDateTime &now)
{
    if (!found.object)
        return isOver(entry, now)
            ? std::optional(answered(entry, false, u"not there: not created, or gone since"_s))
            : std::nullopt;
    const models::CreatedWhen when = models::createdWhen(entry, *found.object);
    const bool knowsManagers = !found.managers.isEmpty();
    const bool isByUs = found.managers.contains(ownManager());
    const bool isAsSent = models::holdsWhatWasSent(entry, *found.object);
    if (when == models::CreatedWhen::Before && knowsManagers && !isByUs && !isAsSent)
        return answered(entry, false, u"not created: another object of this name was there"_s);
    const bool isOurs = knowsManagers ? isByUs : isAsSent;
    if (when != models::CreatedWhen::Then || !isOurs)
        return {};
    models::JournalEntry created = answered(entry, true, u"created"_s);
    created.after = asCreated(entry, found);
    return created;
}

std::optional<models::JournalEntry> answerOfRemoval(const models::JournalEntry &entry,
                                                    const FoundObject &found, const QDateTime &now)
{
    const auto uidOf = [](const edge::Value &object) { return object.at({"metadata", "uid"}).text(); };
    if (!found.object || (entry.change.before && uidOf(*found.object) != uidOf(*entry.change.before)))
        return answered(entry, true, u"removed"_s);
    const bool isGoing = found.object->at({"metadata"}).find("deletionTimestamp");
    return !isGoing && isOver(entry, now)
        ? std::optional(answered(entry, false, u"not removed: it is there"_s))
        : std::nullopt;
}

// `after` stays absent: what others have written since is not ours to take back.
std::optional<models::JournalEntry> answerOfPatch(const models::JournalEntry &entry, const FoundObject &found,
                                                  const QDateTime &now)
{
    if (!found.object || !entry.change.before || entry.change.type == kube::types::secrets())
        return {};
    const edge::Value &before = *entry.change.before;
    const edge::Value meant = models::applied(before, entry.change);
    if (models::withoutServerFields(meant) == models::withoutServerFields(before)
        || found.object->at({"metadata", "uid"}) != before.at({"metadata", "uid"}))
        return {}; // a look at a value, or another object
    if (found.object->at({"metadata", "resourceVersion"}) == before.at({"metadata", "resourceVersion"}))
        return isOver(entry, now) ? std::optional(answered(entry, false, u"not written: it is as it was"_s))
                                  : std::nullopt;
    const edge::Value there = models::withoutServerFields(*found.object);
    const bool isWritten = models::fulfils(there, models::withoutServerFields(meant))
        && !models::fulfils(models::withoutServerFields(before), models::withoutServerFields(meant));
    return isWritten ? std::optional(answered(entry, true, u"written"_s)) : std::nullopt;
}

kube::Result<FoundObject> lookFor(kube::Client &client, const models::Change &change, std::stop_token stop)
{
    const auto answer = client.get(change.type, change.nameSpace, change.name, stop).result();
    if (!answer && answer.error().kind == kube::Error::Kind::NotFound)
        return FoundObject();
    if (!answer)
        return tl::unexpected(answer.error());
    auto object = edge::parseJson(answer->json.toStdString());
    if (!object)
        return kube::failure(kube::Error::Kind::Protocol, QString::fromStdString(object.error().message));
    return FoundObject{std::move(*object), answer->managers};
}

// A creation succeeds only where nothing is: what an earlier one may have made is not what is there now.
bool wasMadeLater(const QList<models::JournalEntry> &entries, const models::JournalEntry &creation)
{
    return creation.change.verb == Verb::Create
        && std::any_of(entries.begin(), entries.end(), [&creation](const models::JournalEntry &other) {
               return other.number > creation.number && other.succeeded && other.change.verb == Verb::Create
                   && other.change.subject() == creation.change.subject();
           });
}

} // namespace

std::optional<models::JournalEntry> foundAnswer(const models::JournalEntry &unanswered,
                                                const FoundObject &found, const QDateTime &now)
{
    switch (unanswered.change.verb) {
    case Verb::Create: return answerOfCreation(unanswered, found, now);
    case Verb::Remove: return answerOfRemoval(unanswered, found, now);
    case Verb::MergePatch:
    case Verb::JsonPatch: break;
    }
    return answerOfPatch(unanswered, found, now);
}

int findLostAnswers(kube::Client &client, const Journal &journal, std::stop_token stop)
{
    int known = 0;
    QList<models::JournalEntry> entries = journal.entries();
    for (qsizetype i = entries.size() - 1; i >= 0 && !stop.stop_requested(); --i) {
        models::JournalEntry &entry = entries[i];
        if (entry.settled)
            continue;
        std::optional<models::JournalEntry> answer;
        if (wasMadeLater(entries, entry)) {
            answer = foundAnswer(entry, {}, entry.at.addSecs(SecondsOfARequest + 1));
        } else {
            const auto found = lookFor(client, entry.change, stop);
            if (!found && found.error().kind != kube::Error::Kind::Forbidden)
                break;
            answer = found ? foundAnswer(entry, *found, QDateTime::currentDateTimeUtc()) : std::nullopt;
        }
        if (!answer || !journal.settleIfOpen(*answer))
            continue;
        entry = *answer;
        ++known;
    }
    return known;
}

} // namespace app
