// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/field_ownership.h"

#include "kube/client_side_apply.h"
#include "models/resources/text.h"

#include <algorithm>

namespace app {

namespace {

using edge::Value;

// A trie of fields: each member a place below, "." this place itself; {} is a place that is owned and has none below.
bool isOwned(const Value &trie) { return trie.members().empty() || trie.find(".") != nullptr; }

Value unionOf(const Value &a, const Value &b)
{
    Value both = a;
    for (const auto &[step, below] : b.members()) {
        const Value *known = both.find(step);
        both.set(step, known ? unionOf(*known, below) : below);
    }
    if ((isOwned(a) || isOwned(b)) && !both.members().empty() && !both.find("."))
        both.set(".", Value::object());
    return both.isObject() ? both : Value::object();
}

bool isOfMainResource(const Value &entry) { return entry["subresource"].text().empty(); }

bool isClientSide(const Value &entry, const QStringList &managers)
{
    return entry["operation"].text() == "Update" && isOfMainResource(entry)
        && managers.contains(models::text(entry["manager"]));
}

bool isServerSide(const Value &entry, const QString &manager)
{
    return entry["operation"].text() == "Apply" && isOfMainResource(entry)
        && models::text(entry["manager"]) == manager;
}

// As csaupgrade: into the applier's entry, or else the first of the client's, that becomes it; what is of another version of the
// API is in other words, and goes.
Value upgradedFrom(const Value &managedFields, const QString &clientSide, const QString &serverSide)
{
    Value::Array entries = managedFields.items();
    const auto first = [&entries](const auto &is) {
        return std::find_if(entries.begin(), entries.end(), is);
    };
    const auto isTheirs = [&](const Value &entry) { return isClientSide(entry, {clientSide}); };
    auto target = first([&](const Value &entry) { return isServerSide(entry, serverSide); });
    if (target == entries.end()) {
        target = first(isTheirs);
        if (target == entries.end())
            return managedFields;
        target->set("operation", "Apply");
        target->set("manager", serverSide.toStdString());
    }
    const auto source = first([&](const Value &entry) {
        return isTheirs(entry) && entry["apiVersion"] == (*target)["apiVersion"];
    });
    if (source != entries.end())
        target->set("fieldsV1", unionOf((*target)["fieldsV1"], (*source)["fieldsV1"]));
    entries.erase(std::remove_if(entries.begin(), entries.end(), isTheirs), entries.end());
    return Value::array(std::move(entries));
}

// The place of an item by a step k:{…}, v:… or i:N of a list; nullptr: there is none.  A manifest may leave keys to their defaults
// (a port's protocol), which the server has filled in: without an item that has them all, one that has some and no other is meant.
Value *itemAt(Value &list, std::string_view step)
{
    const auto wanted = edge::parseJson(step.substr(2));
    if (!wanted)
        return nullptr;
    Value::Array &items = list.mutableItems();
    if (step.starts_with("i:")) {
        const auto index = std::size_t(wanted->toInteger(-1));
        return index < items.size() ? &items[index] : nullptr;
    }
    const auto matches = [&](const Value &item, bool mayMiss) {
        if (step.starts_with("v:"))
            return item == *wanted;
        std::size_t same = 0, missing = 0;
        for (const auto &[key, value] : wanted->members()) {
            const Value *known = item.find(key);
            same += known && *known == value ? 1 : 0;
            missing += known ? 0 : 1;
        }
        return same > 0 && same + (mayMiss ? missing : 0) == wanted->members().size();
    };
    for (const bool mayMiss : {false, true}) {
        const auto found = std::find_if(items.begin(), items.end(),
                                        [&](const Value &item) { return matches(item, mayMiss); });
        if (found != items.end())
            return &*found;
    }
    return nullptr;
}

Value *placeBelow(Value &place, std::string_view step)
{
    if (step.starts_with("f:"))
        return place.find(step.substr(2)) ? &place.child(step.substr(2)) : nullptr;
    return place.isArray() ? itemAt(place, step) : nullptr;
}

// By its place: once its fields are gone, an item is no longer to be found by its keys.
void eraseBelow(Value &place, std::string_view step, const Value *here)
{
    if (step.starts_with("f:")) {
        place.erase(step.substr(2));
        return;
    }
    Value::Array &items = place.mutableItems();
    items.erase(items.begin() + (here - items.data()));
}

bool isEmpty(const Value &value) { return value.members().empty() && value.items().empty(); }

// Takes from `place` what `forsaken` owns, `kept` (a trie of all others) does not, and `manifest` does not name.
void takeForsaken(Value &place, Value *manifest, const Value &forsaken, const Value &kept)
{
    for (const auto &[step, below] : forsaken.members()) {
        Value *const here = step == "." ? nullptr : placeBelow(place, step);
        if (!here)
            continue;
        Value *const wished = manifest ? placeBelow(*manifest, step) : nullptr;
        const Value *const others = kept.find(step);
        const bool isLeaf = below.members().empty();
        if (!isLeaf)
            takeForsaken(*here, wished, below, others ? *others : Value::object());
        const bool isFree = isOwned(below) && !wished && !others;
        if (isFree && (isLeaf || isEmpty(*here)))
            eraseBelow(place, step, here);
    }
}

bool differsBelow(const Value &trie, Value *then, Value *now)
{
    if (!then || !now)
        return then != now;
    for (const auto &[step, below] : trie.members()) {
        if (step != "." && differsBelow(below, placeBelow(*then, step), placeBelow(*now, step)))
            return true;
    }
    const bool isLeaf = trie.members().empty();
    return isLeaf && !(*then == *now);
}

} // namespace

QStringList clientSideAppliers(const Value &managedFields)
{
    QStringList managers;
    for (const Value &entry : managedFields.items()) {
        const Value &annotations = entry.at({"fieldsV1", "f:metadata", "f:annotations"});
        if (entry["operation"].text() == "Update" && isOfMainResource(entry)
            && annotations.find(std::string("f:") + kube::LastAppliedAnnotation))
            managers.append(models::text(entry["manager"]));
    }
    managers.removeDuplicates();
    return managers;
}

Value upgradedToServerSide(const Value &managedFields, const QStringList &clientSide,
                           const QString &serverSide)
{
    Value upgraded = managedFields;
    for (const QString &manager : clientSide)
        upgraded = upgradedFrom(upgraded, manager, serverSide);
    return upgraded;
}

Value withoutForsaken(Value object, const Value &manifest, const Value &managedFields,
                      const QStringList &clientSide, const QString &serverSide)
{
    Value forsaken = Value::object({{".", Value::object()}}), kept = forsaken;
    for (const Value &entry : managedFields.items()) {
        if (isServerSide(entry, serverSide))
            continue;
        Value &side = isClientSide(entry, clientSide) ? forsaken : kept;
        side = unionOf(side, entry["fieldsV1"]);
    }
    Value wished = manifest;
    takeForsaken(object, &wished, forsaken, kept);
    return object;
}

bool ownsWhatDiffers(const Value &trie, Value then, Value now)
{
    return !trie.members().empty() && differsBelow(trie, &then, &now);
}

} // namespace app
