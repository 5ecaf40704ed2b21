// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/undo.h"

#include "models/analysis/desired_state.h"
#include "models/analysis/json_patch.h"
#include "models/resources/text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

using edge::Value;

constexpr const char *versionPath = "/metadata/resourceVersion";

Value parsed(const QByteArray &json)
{
    return edge::parseJson(std::string_view(json.constData(), size_t(json.size()))).value_or(Value());
}

Value operation(const char *name, const std::string &path, const Value *value = nullptr)
{
    Value made = Value::object({{"op", name}, {"path", path}});
    if (value)
        made.set("value", *value);
    return made;
}

// A server fills defaults into what it is given: the same by meaning is the same.
bool isStill(const Value &now, const Value &ours) { return now == ours || fulfils(now, ours); }

// Every member of `now` is one that the write put there, so the whole can go again.
bool holdsOnly(const Value &now, const Value &patch)
{
    for (const auto &[key, value] : now.members()) {
        const Value *ours = patch.find(key);
        if (!ours || (value.isObject() && ours->isObject() && !holdsOnly(value, *ours)))
            return false;
    }
    return true;
}

// Operations that give every member that `patch` touched the value that it had.
class Reverse
{
public:
    void add(const Value &patch, const Value &before, const Value &after, const Value &now,
             const std::string &path)
    {
        for (const auto &[key, change] : patch.members()) {
            const std::string here = pointerTo(path, key);
            const Value *had = before.find(key);
            const Value *has = now.find(key);
            const bool othersToo = has && has->isObject() && change.isObject() && !holdsOnly(*has, change);
            if (change.isObject() && has && has->isObject()
                && ((had && had->isObject()) || (!had && othersToo)))
                add(change, had ? *had : Value::object(), after[key], *has, here);
            else
                setBack(had, after.find(key), has, here);
        }
    }

    Value operations = Value::array();
    QStringList foreign; // fields that hold neither our value nor the one before

private:
    void setBack(const Value *had, const Value *ours, const Value *has, const std::string &path)
    {
        if (had && has ? *had == *has : !had && !has)
            return; // it is so already
        if (ours ? !has || !isStill(*has, *ours) : has != nullptr) {
            foreign.append(text(path).mid(1).replace(u'/', u'.'));
            return;
        }
        if (has)
            operations.push(operation("test", path, has));
        operations.push(had ? operation(has ? "replace" : "add", path, had) : operation("remove", path));
    }
};

Change shell(const JournalEntry &entry, const std::optional<Value> &now)
{
    Change change;
    change.type = entry.change.type;
    change.nameSpace = entry.change.nameSpace;
    change.name = entry.change.name;
    change.before = now;
    return change;
}

Undo refuse(const QString &why) { return {{}, why, false}; }

// Paths of what differs, at most as deep as both are objects.
QStringList changedMembers(const Value &ours, const Value &now, const QString &path)
{
    QStringList paths;
    for (const auto &[key, value] : now.members()) {
        const QString here = path.isEmpty() ? text(key) : path + u'.' + text(key);
        const Value *had = ours.find(key);
        if (had && had->isObject() && value.isObject())
            paths += changedMembers(*had, value, here);
        else if (!had || !(*had == value))
            paths.append(here);
    }
    for (const auto &[key, value] : ours.members()) {
        if (!now.find(key))
            paths.append(path.isEmpty() ? text(key) : path + u'.' + text(key));
    }
    return paths;
}

// Of the one that was written, or else of the one that the change was planned for; where neither is known, no.
bool isAnotherObject(const JournalEntry &entry, const Value &now)
{
    const Value &known = entry.after ? *entry.after : entry.change.before ? *entry.change.before : now;
    const std::string &uid = known.at({"metadata", "uid"}).text();
    return !uid.empty() && uid != now.at({"metadata", "uid"}).text();
}

Undo undoOfCreate(const JournalEntry &entry, const std::optional<Value> &now)
{
    if (!now)
        return {{}, {}, true};
    if (!entry.settled && !entry.after
        && (createdWhen(entry, *now) == CreatedWhen::Before || !holdsWhatWasSent(entry, *now)))
        return refuse(
            u"%1 is there, but nobody knows whether this program made it: the answer to its creation was lost, and it is not what was sent; look at it and delete it by hand"_s
                .arg(entry.change.subject().text()));
    if (isAnotherObject(entry, *now))
        return refuse(
            u"%1 is not the object that was created: somebody has deleted it and made another one, which stays"_s
                .arg(entry.change.subject().text()));
    Change change = shell(entry, now);
    change.verb = Change::Verb::Remove;
    const QStringList theirs = entry.after
        ? changedMembers(withoutServerFields(*entry.after), withoutServerFields(*now), {})
        : QStringList();
    return {change,
            {},
            false,
            theirs.isEmpty() ? QString()
                             : u"%1: somebody has changed %2 since it was created; that goes with it"_s.arg(
                                 entry.change.subject().text(), theirs.join(u", "_s))};
}

Undo undoOfRemove(const JournalEntry &entry, const std::optional<Value> &now)
{
    const Value before = withoutServerFields(entry.change.before.value_or(Value()));
    if (now && withoutServerFields(*now) == before)
        return {{}, {}, true};
    if (now)
        return refuse(
            u"%1 is there again and is another one; it stays as it is"_s.arg(entry.change.subject().text()));
    Change change = shell(entry, now);
    change.verb = Change::Verb::Create;
    change.body = QByteArray::fromStdString(edge::toJson(before));
    return {change, {}, false};
}

Undo undoOfPatch(const JournalEntry &entry, const std::optional<Value> &now)
{
    const QString subject = entry.change.subject().text();
    if (!now)
        return refuse(
            u"%1 is gone, so its fields cannot be set back; create it anew from its manifest"_s.arg(subject));
    const Value before = withoutServerFields(entry.change.before.value_or(Value()));
    const Value after =
        withoutServerFields(entry.after ? *entry.after : applied(entry.change.before, entry.change));
    const Value patch =
        entry.change.verb == Change::Verb::MergePatch ? parsed(entry.change.body) : difference(before, after);
    Reverse reverse;
    reverse.add(patch, before, after, *now, {});
    if (reverse.operations.items().empty() && reverse.foreign.isEmpty())
        return {{}, {}, true};
    if (isAnotherObject(entry, *now))
        return refuse(
            u"%1 is not the object that was changed: somebody has deleted it and made another one, which stays as it is"_s
                .arg(subject));
    if (!reverse.foreign.isEmpty())
        return refuse(
            u"%1: somebody has changed %2 since; undo would take that away, so set it back by hand"_s.arg(
                subject, reverse.foreign.join(u", "_s)));
    Value operations = Value::array();
    if (const Value *version = (*now)["metadata"].find("resourceVersion")) // manifests have none
        operations.push(operation("test", versionPath, version));
    for (const Value &one : reverse.operations.items())
        operations.push(one);
    Change change = shell(entry, now);
    change.verb = Change::Verb::JsonPatch;
    change.body = QByteArray::fromStdString(edge::toJson(operations));
    return {change, {}, false};
}

} // namespace

CreatedWhen createdWhen(const JournalEntry &creation, const Value &object)
{
    constexpr int clockSkewSeconds = 60;
    constexpr int secondsToSend = 60; // a server may put a write off
    const QDateTime created =
        QDateTime::fromString(text(object.at({"metadata", "creationTimestamp"})), Qt::ISODate);
    if (!created.isValid() || created < creation.at.addSecs(-clockSkewSeconds))
        return CreatedWhen::Before;
    return created <= creation.at.addSecs(secondsToSend + clockSkewSeconds) ? CreatedWhen::Then
                                                                            : CreatedWhen::Later;
}

bool holdsWhatWasSent(const JournalEntry &creation, const Value &object)
{
    return fulfils(withoutServerFields(object), parsed(creation.change.body));
}

std::optional<JournalEntry> combined(const QList<JournalEntry> &entries)
{
    if (std::any_of(entries.begin(), entries.end(),
                    [](const auto &entry) { return entry.change.verb == Change::Verb::Remove; }))
        return {};
    JournalEntry all = entries.constFirst();
    const Change &oldest = entries.constLast().change;
    all.change.before = oldest.before;
    all.change.verb = oldest.verb == Change::Verb::Create ? Change::Verb::Create : Change::Verb::JsonPatch;
    if (!all.after) // no answer is known: what was sent, upon what was there
        all.after = applied(entries.constFirst().change.before, entries.constFirst().change);
    return all;
}

QList<JournalEntry> withLaterWrites(const JournalEntry &entry, const QList<JournalEntry> &journal)
{
    QList<JournalEntry> together{entry};
    if (entry.change.verb != Change::Verb::Create)
        return together;
    for (const JournalEntry &later : journal) {
        const bool counts = later.number > entry.number && later.canBeTakenBack() && later.revertOf == 0
            && later.change.subject() == entry.change.subject();
        if (!counts)
            continue;
        if (later.change.verb != Change::Verb::MergePatch && later.change.verb != Change::Verb::JsonPatch)
            return {entry}; // what is there now is not what this entry made
        together.append(later);
    }
    std::sort(together.begin(), together.end(),
              [](const JournalEntry &a, const JournalEntry &b) { return a.number > b.number; });
    return together;
}

Undo undoOf(const JournalEntry &entry, const std::optional<Value> &now)
{
    if (const QString why = whyNotReversible(entry.change); !why.isEmpty())
        return refuse(why);
    switch (entry.change.verb) {
    case Change::Verb::Create: return undoOfCreate(entry, now);
    case Change::Verb::Remove: return undoOfRemove(entry, now);
    case Change::Verb::MergePatch:
    case Change::Verb::JsonPatch: break;
    }
    return undoOfPatch(entry, now);
}

bool isRestart(const Change &change)
{
    if (change.verb != Change::Verb::MergePatch)
        return false;
    const Value patch = parsed(change.body);
    const Value *at = &patch;
    for (const char *key : {"spec", "template", "metadata", "annotations"}) {
        if (at->members().size() != 1 || !at->find(key))
            return false;
        at = at->find(key);
    }
    return at->members().size() == 1 && at->find("kubectl.kubernetes.io/restartedAt");
}

std::optional<Change> refreshed(const Change &planned, const std::optional<Value> &now)
{
    Change newer = planned;
    newer.before = now;
    if (planned.verb == Change::Verb::Remove || planned.verb == Change::Verb::MergePatch) {
        const bool isSame = now && planned.before
            && now->at({"metadata", "uid"}) == planned.before->at({"metadata", "uid"})
            && withoutServerFields(*now) == withoutServerFields(*planned.before);
        return isSame ? std::optional(newer) : std::nullopt;
    }
    if (planned.verb != Change::Verb::JsonPatch || !now)
        return {};
    const Value patch = parsed(planned.body);
    Value operations = Value::array();
    for (Value one : patch.items()) {
        if (one["path"].text() == versionPath)
            one.set("value", (*now)["metadata"]["resourceVersion"]);
        operations.push(std::move(one));
    }
    if (!afterJsonPatch(*now, operations))
        return {};
    newer.body = QByteArray::fromStdString(edge::toJson(operations));
    return newer;
}

} // namespace models
