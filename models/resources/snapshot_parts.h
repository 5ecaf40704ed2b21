// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// How the parts of a snapshot are read from what the API server answered.  Parts of snapshot.
#include "models/resources/field_faults.h"
#include "models/resources/snapshot.h"

namespace models {

// The object with the names of its managers in metadata.managedFields, which the client has taken out.
inline edge::Value withManagers(edge::Value value, const QStringList &managers)
{
    edge::Value list = edge::Value::array();
    for (const QString &manager : managers)
        list.push(edge::Value::object({{"manager", manager.toStdString()}}));
    if (!managers.isEmpty())
        value.child("metadata").set("managedFields", std::move(list));
    return value;
}

// API answers are JSON already; what cannot be read at all is left out, since it has no name to speak of it
// by.
inline std::optional<edge::Value> parsedObject(const kube::Object &object)
{
    auto value = edge::parseJson(std::string_view(object.json.constData(), size_t(object.json.size())));
    return value ? std::optional(std::move(*value)) : std::nullopt;
}

template<typename Take>
void forEach(const SnapshotInput &input, const QString &plural, const Take &take)
{
    for (const kube::Object &object : input.objects.value(plural)) {
        if (auto value = parsedObject(object))
            take(withManagers(std::move(*value), object.managers));
    }
}

template<typename Value>
struct ParsedOne
{
    QByteArray json; // held, so no other object can lie there
    std::optional<Value> value;
    QList<Finding> faults;
};

// What was parsed of objects, by where their bytes lie.
template<typename Value>
using Parsed = QHash<const char *, ParsedOne<Value>>;

// faults: where those of the objects go; nullptr: they are told elsewhere.
template<typename Value, typename Parse, typename Take>
void forEachKept(const QList<kube::Object> &objects, Parsed<Value> &kept, QList<Finding> *faults,
                 const Parse &parse, const Take &take)
{
    Parsed<Value> now;
    now.reserve(objects.size());
    for (const kube::Object &object : objects) {
        const auto had = kept.constFind(object.json.constData());
        auto &one = now[object.json.constData()];
        if (had != kept.constEnd()) {
            one = *had;
        } else {
            one.json = object.json;
            if (auto value = parsedObject(object)) {
                if (faults)
                    one.faults = fieldFaults(*value);
                one.value = parse(std::move(*value));
            }
        }
        if (faults)
            *faults += one.faults;
        if (one.value)
            take(*one.value);
    }
    kept = std::move(now);
}

// All, whatever is wrong with them: that goes into the snapshot's faults.
template<typename Take>
void forEachJudged(Snapshot &snapshot, const SnapshotInput &input, const QString &plural, const Take &take)
{
    forEach(input, plural, [&](edge::Value value) {
        snapshot.fieldFaults += fieldFaults(value);
        take(std::move(value));
    });
}

// Those of a kind that count; what is wrong with the others, too, goes into the snapshot's faults.
template<typename Take>
void forEachSound(Snapshot &snapshot, const SnapshotInput &input, const QString &plural, const Take &take)
{
    forEach(input, plural, [&](edge::Value value) {
        const QList<Finding> faults = fieldFaults(value);
        snapshot.fieldFaults += faults;
        if (!countsForNothing(faults))
            take(std::move(value));
    });
}

// Who calls pods by the cluster's own doing, and what decides how clients in the mesh call.
void takePlatform(Snapshot &snapshot, const SnapshotInput &input);
// Who answers for Services that select no pods, by their slices; after the index.
void takeSlices(Snapshot &snapshot, const SnapshotInput &input);
// What leads callers to pods beside Services, keeps them away, reads them and counts them.
void takeCallers(Snapshot &snapshot, const SnapshotInput &input);

} // namespace models
