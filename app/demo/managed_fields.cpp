// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/managed_fields.h"

#include "app/demo/api_render.h"
#include "app/demo/object_meta.h"
#include "app/demo/schema.h"
#include "kube/last_applied.h"

#include <algorithm>
#include <tuple>

namespace demo {

namespace {

struct Entry // of metadata.managedFields
{
    std::string manager, operation, apiVersion, time, subresource;
    FieldSet fields;
};

std::vector<Entry> readEntries(const Value &object)
{
    std::vector<Entry> entries;
    for (const Value &each : object["metadata"]["managedFields"].items())
        entries.push_back({each["manager"].text(), each["operation"].text(), each["apiVersion"].text(),
                           each["time"].text(), each["subresource"].text(),
                           fieldsFromJson(each["fieldsV1"])});
    return entries;
}

void writeEntries(Value &object, std::vector<Entry> entries)
{
    std::erase_if(entries, [](const Entry &entry) { return entry.fields.isEmpty(); });
    std::stable_sort(entries.begin(), entries.end(), [](const Entry &a, const Entry &b) {
        return std::tie(a.operation, a.time, a.manager, a.apiVersion, a.subresource)
            < std::tie(b.operation, b.time, b.manager, b.apiVersion, b.subresource);
    });
    Value list = Value::array();
    for (const Entry &entry : entries) {
        Value each = Value::object(
            {{"manager", entry.manager}, {"operation", entry.operation}, {"apiVersion", entry.apiVersion}});
        if (!entry.time.empty())
            each.set("time", entry.time);
        each.set("fieldsType", "FieldsV1");
        each.set("fieldsV1", fieldsToJson(entry.fields));
        if (!entry.subresource.empty())
            each.set("subresource", entry.subresource);
        list.push(std::move(each));
    }
    if (list.items().empty())
        object.child("metadata").erase("managedFields");
    else
        object.child("metadata").set("managedFields", std::move(list));
}

// Whoever writes an object may rewrite who owns it, but not through a subresource: [{}] makes it nobody's, and none leaves all as it is.
std::vector<Entry> entriesOfUpdate(const Value &before, const Value &after, const Writing &writing)
{
    const auto &given = after["metadata"]["managedFields"].items();
    if (!writing.subresource.empty() || given.empty())
        return readEntries(before);
    if (given.size() == 1 && given.front().members().empty())
        return {};
    return readEntries(after);
}

Entry &entryOf(std::vector<Entry> &entries, const Writing &writing, const char *operation)
{
    const bool isApply = std::string_view(operation) == "Apply";
    for (Entry &entry : entries) {
        if (entry.manager == writing.manager && entry.operation == operation
            && entry.subresource == writing.subresource
            && (isApply || entry.apiVersion == writing.apiVersion))
            return entry;
    }
    return entries.emplace_back(
        Entry{writing.manager, operation, writing.apiVersion, {}, writing.subresource, {}});
}

// What an empty object of a built-in kind has already: structs that are no pointers in Go.
Value emptyObject(const Value &after, bool isBuiltIn)
{
    Value empty = Value::object({{"metadata", Value::object()}});
    if (!isBuiltIn)
        return empty;
    for (const char *part : {"spec", "status"}) {
        if (after[part].isObject())
            empty.set(part, Value::object());
    }
    const auto copyShape = [](const Value &from, Value &to, auto &&self) -> void {
        for (const char *part : {"template", "jobTemplate", "metadata", "spec", "strategy"}) {
            if (from[part].isObject())
                self(from[part], to.child(part) = Value::object(), self);
        }
    };
    if (after["spec"].isObject())
        copyShape(after["spec"], empty.child("spec"), copyShape);
    return empty;
}

std::string conflictText(const Entry &owner)
{
    const std::string sub = owner.subresource.empty() ? "" : " with subresource " + quoted(owner.subresource);
    return quoted(owner.manager) + sub + (owner.operation == "Update" ? " using " + owner.apiVersion : "");
}

StoreError conflictsOf(const std::vector<std::pair<const Entry *, FieldSet>> &conflicts)
{
    Value causes = Value::array();
    std::string text;
    std::size_t count = 0;
    for (const auto &[owner, fields] : conflicts) {
        const std::vector<std::string> paths = fieldPaths(fields);
        count += paths.size();
        for (const std::string &path : paths)
            causes.push(Value::object({{"reason", "FieldManagerConflict"},
                                       {"message", "conflict with " + conflictText(*owner)},
                                       {"field", path}}));
        text += text.empty() ? "" : "\n";
        text += (paths.size() == 1 ? "conflict with " : "conflicts with ") + conflictText(*owner) + ":";
        for (const std::string &path : paths)
            text += (paths.size() == 1 ? " " : "\n- ") + path;
    }
    StoreError error{409,
                     "Conflict",
                     "Apply failed with " + std::to_string(count) + " conflict" + (count == 1 ? "" : "s")
                         + ": " + text,
                     {}};
    error.details = Value::object({{"causes", std::move(causes)}});
    return error;
}

std::string keyOf(const Value &item, const Value &schema)
{
    Value key = Value::object();
    for (const Value &name : schema["x-kubernetes-list-map-keys"].items()) {
        const Value *value = item.find(name.text());
        key.set(name.text(), value ? *value : schema["items"]["properties"][name.text()]["default"]);
    }
    return edge::toJson(key);
}

const Value *memberSchema(const Value *schema, const std::string &key)
{
    if (!schema)
        return nullptr;
    const Value *declared = (*schema)["properties"].find(key);
    return declared                                    ? declared
        : (*schema)["additionalProperties"].isObject() ? &(*schema)["additionalProperties"]
                                                       : nullptr;
}

Value merged(Value live, const Value &applied, const Value *schema)
{
    if (applied.isObject() && live.isObject()
        && !(schema && (*schema)["x-kubernetes-map-type"].text() == "atomic")) {
        for (const auto &[key, member] : applied.members())
            live.set(key, merged(live[key], member, memberSchema(schema, key)));
        return live;
    }
    const std::string listType = schema && applied.isArray() && live.isArray()
        ? (*schema)["x-kubernetes-list-type"].text()
        : std::string();
    if (listType == "set") {
        for (const Value &item : applied.items()) {
            if (std::find(live.items().begin(), live.items().end(), item) == live.items().end())
                live.push(item);
        }
        return live;
    }
    if (listType != "map")
        return applied;
    for (const Value &item : applied.items()) {
        auto &items = live.mutableItems();
        const auto same = std::find_if(items.begin(), items.end(), [&](const Value &each) {
            return keyOf(each, *schema) == keyOf(item, *schema);
        });
        if (same == items.end())
            items.push_back(item);
        else
            *same = merged(*same, item, schema->find("items"));
    }
    return live;
}

// Takes away what the set names; containers that are left empty by it and named in it go too.
void removeFields(Value &value, const FieldSet &set, const Value *schema)
{
    for (const auto &[element, child] : set.children) {
        if (element.starts_with("f:")) {
            const std::string key = element.substr(2);
            if (!value.find(key))
                continue;
            removeFields(value.child(key), child, memberSchema(schema, key));
            if (child.isMember && (child.children.empty() || value[key].members().empty())
                && !(value[key].isArray() && !child.children.empty() && !value[key].items().empty()))
                value.erase(key);
            continue;
        }
        const bool isSet = element.starts_with("v:");
        auto &items = value.mutableItems();
        for (auto item = items.begin(); item != items.end(); ++item) {
            const std::string id = isSet ? "v:" + edge::toJson(*item) : std::string();
            const Value wanted = isSet ? Value() : edge::parseJson(element.substr(2)).value_or(Value());
            const bool isSame = isSet
                ? id == element
                : schema && edge::parseJson(keyOf(*item, *schema)).value_or(Value()) == wanted;
            if (!isSame)
                continue;
            if (isSet || child.isMember)
                items.erase(item);
            else
                removeFields(*item, child, schema->find("items"));
            break;
        }
    }
}

} // namespace

void noteUpdate(const Value &before, Value &after, const Value *schema, const Writing &writing)
{
    const bool isNew = !before.isObject();
    const FieldChange change =
        compareFields(isNew ? emptyObject(after, writing.isBuiltIn) : before, after, schema);
    std::vector<Entry> entries = entriesOfUpdate(isNew ? Value() : before, after, writing);
    if (change.changed.isEmpty() && change.removed.isEmpty()) {
        writeEntries(after, std::move(entries));
        return;
    }
    for (Entry &entry : entries) {
        entry.fields.subtract(change.removed);
        if (entry.manager != writing.manager || entry.operation != "Update"
            || entry.subresource != writing.subresource)
            entry.fields.subtract(change.changed);
    }
    Entry &own = entryOf(entries, writing, "Update");
    own.fields.add(change.changed);
    own.time = timeNow();
    writeEntries(after, std::move(entries));
}

namespace {

// What kubectl may take from others who applied as it did before server-side apply: the fields of its last configuration that still are
// as it says.  (k8s.io/apimachinery: managedfields/internal/lastappliedmanager.go.)
FieldSet fieldsOfLastApplied(const Value &live, const Value *schema, const Writing &writing)
{
    const auto last = edge::parseJson(live["metadata"]["annotations"][kube::LastAppliedAnnotation].text());
    if (!last || (*last)["apiVersion"].text() != writing.apiVersion)
        return {};
    FieldSet fields = fieldsOf(*last, schema);
    const FieldChange since = compareFields(*last, live, schema);
    fields.subtract(since.changed);
    fields.subtract(since.removed);
    return fields;
}

// The annotation of client-side apply stays right for whoever goes back to it (lastappliedupdater.go).
void updateLastApplied(Value &result, const Value &configuration)
{
    if (result["metadata"]["annotations"][kube::LastAppliedAnnotation].text().empty())
        return;
    Value own = configuration;
    if (own["metadata"]["annotations"].isObject())
        own.child("metadata").child("annotations").erase(kube::LastAppliedAnnotation);
    result.child("metadata")
        .child("annotations")
        .set(kube::LastAppliedAnnotation, edge::toJson(sortedByKey(own)) + "\n");
}

} // namespace

StoreResult<Value> applyConfiguration(const Value &live, const Value &configuration, const Value *schema,
                                      const Writing &writing, bool force)
{
    const bool isKubectl = writing.manager == "kubectl"; // others have opted out of what it is allowed
    const FieldSet applied = fieldsOf(configuration, schema);
    const Value base = live.isObject() ? live : Value::object({{"metadata", Value::object()}});
    std::vector<Entry> entries = readEntries(live);
    if (live.isObject() && entries.empty())
        entries.push_back(
            {"before-first-apply", "Update", writing.apiVersion, timeNow(), {}, fieldsOf(live, schema)});
    Value result = merged(base, configuration, schema);
    const FieldSet previous = entryOf(entries, writing, "Apply").fields;
    const FieldChange change = compareFields(base, result, schema);
    std::vector<std::pair<const Entry *, FieldSet>> conflicts;
    const auto isOwn = [&](const Entry &entry) {
        return entry.operation == "Apply" && entry.manager == writing.manager
            && entry.subresource == writing.subresource;
    };
    FieldSet others;
    for (Entry &entry : entries) {
        if (isOwn(entry))
            continue;
        FieldSet taken = entry.fields.common(change.changed);
        if (!taken.isEmpty() && !fieldPaths(taken).empty())
            conflicts.emplace_back(&entry, taken);
        if (force)
            entry.fields.subtract(taken);
        others.add(entry.fields);
    }
    if (!conflicts.empty() && !force) {
        const FieldSet allowed = isKubectl ? fieldsOfLastApplied(live, schema, writing) : FieldSet();
        for (auto &[entry, taken] : conflicts)
            taken.subtract(allowed);
        std::erase_if(conflicts, [](const auto &conflict) { return fieldPaths(conflict.second).empty(); });
        return conflicts.empty() ? applyConfiguration(live, configuration, schema, writing, true)
                                 : StoreResult<Value>(tl::unexpected(conflictsOf(conflicts)));
    }
    FieldSet dropped = previous;
    dropped.subtract(applied.withParents());
    dropped.subtract(others.withParents());
    removeFields(result, dropped, schema);
    Entry &own = entryOf(entries, writing, "Apply");
    own.fields = applied;
    own.apiVersion = writing.apiVersion;
    const FieldChange final = compareFields(base, result, schema);
    if (!live.isObject() || !final.changed.isEmpty() || !final.removed.isEmpty())
        own.time =
            timeNow(); // an apply that changes no value leaves its time alone, and a new manager without one
    writeEntries(result, std::move(entries));
    if (isKubectl)
        updateLastApplied(result, configuration);
    return result;
}

} // namespace demo
