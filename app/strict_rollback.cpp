// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/strict_rollback.h"

#include "models/resources/counted.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace app {

using End = StrictResult::End;

bool isCreationOf(const models::JournalEntry &entry, const models::ObjectRef &object)
{
    return entry.change.verb == models::Change::Verb::Create && entry.change.subject() == object;
}

namespace {

using Entries = QList<models::JournalEntry>;

// The creation that an entry's object goes back to: the newest up to the entry itself, 0: nobody here made it.
const models::JournalEntry *creationOf(const Entries &ours, const models::JournalEntry &entry)
{
    const auto found = std::find_if(ours.rbegin(), ours.rend(), [&entry](const auto &other) {
        return other.number <= entry.number && isCreationOf(other, entry.change.subject());
    });
    return found == ours.rend() ? nullptr : &*found;
}

// A creation succeeds only where nothing is: what was made there before is gone, whoever removed it.
bool wasMadeAnew(const Entries &ours, const models::JournalEntry &creation)
{
    return std::any_of(ours.begin(), ours.end(), [&creation](const models::JournalEntry &other) {
        return other.succeeded && other.number > creation.number
            && isCreationOf(other, creation.change.subject());
    });
}

// When what it made was taken back, as the number of the entry that did; 0: it was not, or came back.
int takenBackBy(const Entries &all, const models::JournalEntry &creation)
{
    const auto found = std::find_if(all.rbegin(), all.rend(), [&creation](const auto &other) {
        return other.succeeded && !other.reverted && undoneBy(other).contains(creation.number);
    });
    return found == all.rend() ? 0 : found->number;
}

} // namespace

QList<models::JournalEntry> standingEntries(const Journal &journal, const models::StrictScope &scope)
{
    Entries ours; // written, or perhaps written: a program that was killed has left no answer
    const Entries all = journal.entries();
    for (const models::JournalEntry &entry : all) {
        if (models::isOfStrict(entry.title, scope) && (entry.succeeded || !entry.settled)
            && entry.revertOf == 0)
            ours.append(entry);
    }
    Entries standing;
    for (const models::JournalEntry &entry : std::as_const(ours)) {
        const models::JournalEntry *creation = creationOf(ours, entry);
        // What was written after our object had gone was written to somebody else's of its name.
        const bool isGone =
            creation && (takenBackBy(all, *creation) > entry.number || wasMadeAnew(ours, *creation));
        if (!entry.reverted && !isGone)
            standing.append(entry);
    }
    return standing;
}

QList<models::ObjectRef> madeObjects(const QList<models::JournalEntry> &standing)
{
    QList<models::ObjectRef> made;
    for (const models::JournalEntry &entry : standing) {
        if (entry.change.verb == models::Change::Verb::Create && !made.contains(entry.change.subject()))
            made.append(entry.change.subject());
    }
    return made;
}

models::Undo undoOfStanding(const QList<models::JournalEntry> &standing, const models::JournalEntry &entry,
                            const std::optional<edge::Value> &now)
{
    const bool isLast =
        std::none_of(standing.begin(), standing.end(), [&](const models::JournalEntry &other) {
            return other.number > entry.number && other.change.subject() == entry.change.subject();
        });
    const bool made = entry.change.verb == models::Change::Verb::Create;
    if (made && isLast && now && entry.after
        && !(models::withoutServerFields(*now) == models::withoutServerFields(*entry.after)))
        return {{},
                u"%1: somebody has changed it since it was made; it stays as it is"_s.arg(
                    entry.change.subject().text()),
                false};
    return models::undoOf(entry, now);
}

StrictResult rollBackStrict(const StrictTools &tools, const models::StrictScope &scope)
{
    StrictResult result{End::Done, {}, {}};
    QList<models::JournalEntry> standing = standingEntries(tools.journal, scope);
    int taken = 0;
    for (; !standing.isEmpty(); standing.removeLast()) {
        const models::JournalEntry *entry = &standing.constLast();
        const models::Change &done = entry->change;
        const auto now = currentState(tools.client, done.type, done.nameSpace, done.name, tools.stop);
        if (!now)
            return {End::Failed, now.error().message, result.foreign};
        const models::Undo undo = undoOfStanding(standing, *entry, *now);
        if (undo.isSoAlready)
            continue;
        if (!undo.change) {
            result.foreign.append(undo.why);
            continue;
        }
        models::ChangeSet changes;
        changes.title = u"Take back: "_s + entry->title;
        changes.changes = {*undo.change};
        const ApplyOutcome outcome = apply(tools.client, tools.journal, changes, {entry->number}, tools.stop);
        if (outcome.error)
            return {End::Failed, outcome.error->message, result.foreign};
        tools.say(u"taken back: %1 (journal %2)"_s.arg(done.subject().text()).arg(entry->number));
        ++taken;
    }
    if (!result.foreign.isEmpty()) {
        result.end = End::Foreign;
        result.why = result.foreign.join(u"; "_s);
    } else {
        result.why = taken > 0
            ? u"%1 of %2 taken back"_s.arg(models::counted(taken, u"change"_s), scope.text())
            : u"nothing of %1 was changed by these programs, or it is taken back already"_s.arg(scope.text());
    }
    return result;
}

} // namespace app
