// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/managed_fields.h"

#include <algorithm>

namespace demo {

namespace {

enum class Division { Whole, Members, ByKey, Set };

Division divisionOf(const Value &value, const Value *schema)
{
    if (value.isObject())
        return schema && (*schema)["x-kubernetes-map-type"].text() == "atomic" ? Division::Whole
                                                                               : Division::Members;
    if (!value.isArray() || !schema)
        return Division::Whole;
    const std::string &type = (*schema)["x-kubernetes-list-type"].text();
    return type == "map" ? Division::ByKey : type == "set" ? Division::Set : Division::Whole;
}

const Value *schemaOfMember(const Value *schema, const std::string &key)
{
    if (!schema)
        return nullptr;
    if (const Value *declared = (*schema)["properties"].find(key))
        return declared;
    const Value &additional = (*schema)["additionalProperties"];
    return additional.isObject() ? &additional : nullptr;
}

const Value *schemaOfItems(const Value *schema) { return schema ? schema->find("items") : nullptr; }

std::string itemKey(const Value &item, const Value &schema)
{
    Value::Object key;
    for (const Value &name : schema["x-kubernetes-list-map-keys"].items()) {
        const Value *value = item.find(name.text());
        const Value &fallback = schema["items"]["properties"][name.text()]["default"];
        if (value || !fallback.isNull())
            key.emplace_back(name.text(), value ? *value : fallback);
    }
    std::sort(key.begin(), key.end(), [](const auto &a, const auto &b) { return a.first < b.first; });
    return "k:" + edge::toJson(Value::object(std::move(key)));
}

bool isServersOwn(const std::string &parent, const std::string &key) // never owned by anybody
{
    static const std::vector<std::string_view> top{"apiVersion", "kind"};
    static const std::vector<std::string_view> metadata{"name",
                                                        "namespace",
                                                        "creationTimestamp",
                                                        "selfLink",
                                                        "uid",
                                                        "generation",
                                                        "managedFields",
                                                        "resourceVersion",
                                                        "deletionTimestamp",
                                                        "deletionGracePeriodSeconds"};
    const auto &all = parent.empty() ? top : metadata;
    return (parent.empty() || parent == "metadata") && std::find(all.begin(), all.end(), key) != all.end();
}

// The parts of a value by path element, with their schemas.
struct Part
{
    std::string element;
    const Value *value;
    const Value *schema;
};

std::vector<Part> partsOf(const Value &value, const Value *schema, const std::string &place)
{
    std::vector<Part> parts;
    switch (divisionOf(value, schema)) {
    case Division::Whole: break;
    case Division::Members:
        for (const auto &[key, member] : value.members()) {
            if (!isServersOwn(place, key))
                parts.push_back({"f:" + key, &member, schemaOfMember(schema, key)});
        }
        break;
    case Division::ByKey:
        for (const Value &item : value.items())
            parts.push_back({itemKey(item, *schema), &item, schemaOfItems(schema)});
        break;
    case Division::Set:
        for (const Value &item : value.items())
            parts.push_back({"v:" + edge::toJson(item), &item, nullptr});
        break;
    }
    return parts;
}

// Where it stands, as far as it matters: the top, its metadata, or elsewhere.
std::string placeBelow(const std::string &place, const std::string &element)
{
    return place.empty() && element == "f:metadata" ? "metadata" : "elsewhere";
}

void addAll(FieldSet &set, const Value &value, const Value *schema,
            const std::string &place) // all of it, containers too
{
    set.isMember = true;
    for (const Part &part : partsOf(value, schema, place))
        addAll(set.children[part.element], *part.value, part.schema, placeBelow(place, part.element));
}

void addLeaves(FieldSet &set, const Value &value, const Value *schema, const std::string &place)
{
    const std::vector<Part> parts = partsOf(value, schema, place);
    if (parts.empty() && !place.empty() && place != "metadata")
        set.isMember = true;
    for (const Part &part : parts) {
        FieldSet inner;
        addLeaves(inner, *part.value, part.schema, placeBelow(place, part.element));
        if (part.element.front() == 'k')
            inner.isMember = true; // an item of a keyed list is owned as such
        if (!inner.isEmpty())
            set.children[part.element] = std::move(inner);
    }
}

void compare(FieldChange &change, const Value &before, const Value &after, const Value *schema,
             const std::string &place)
{
    const bool isDivided = divisionOf(before, schema) == divisionOf(after, schema)
        && divisionOf(after, schema) != Division::Whole;
    if (!isDivided) {
        change.changed.isMember = !(before == after);
        return;
    }
    std::map<std::string, Part> old;
    for (Part &part : partsOf(before, schema, place))
        old.emplace(part.element, std::move(part));
    for (const Part &part : partsOf(after, schema, place)) {
        const std::string inner = placeBelow(place, part.element);
        const auto known = old.find(part.element);
        if (known == old.end()) {
            addAll(change.changed.children[part.element], *part.value, part.schema, inner);
            if (inner == "metadata")
                change.changed.children[part.element].isMember = false;
            continue;
        }
        FieldChange deeper;
        compare(deeper, *known->second.value, *part.value, part.schema, inner);
        if (!deeper.changed.isEmpty())
            change.changed.children[part.element] = std::move(deeper.changed);
        if (!deeper.removed.isEmpty())
            change.removed.children[part.element] = std::move(deeper.removed);
        old.erase(known);
    }
    for (const auto &[element, part] : old)
        addAll(change.removed.children[element], *part.value, part.schema, placeBelow(place, element));
}

std::string pathText(const std::string &element)
{
    if (element.starts_with("f:"))
        return "." + element.substr(2);
    if (element.starts_with("v:"))
        return "[=" + element.substr(2) + "]";
    const Value key = edge::parseJson(element.substr(2)).value_or(Value());
    std::string text;
    for (const auto &[name, value] : key.members())
        text.append(text.empty() ? "" : ",").append(name).append("=").append(edge::toJson(value));
    return "[" + text + "]";
}

void addPaths(std::vector<std::string> &paths, const FieldSet &set, const std::string &path)
{
    if (set.isMember && !path.empty())
        paths.push_back(path);
    for (const auto &[element, child] : set.children)
        addPaths(paths, child, path + pathText(element));
}

} // namespace

void FieldSet::add(const FieldSet &other)
{
    isMember = isMember || other.isMember;
    for (const auto &[element, child] : other.children)
        children[element].add(child);
}

void FieldSet::subtract(const FieldSet &other)
{
    isMember = isMember && !other.isMember;
    for (const auto &[element, child] : other.children) {
        const auto known = children.find(element);
        if (known == children.end())
            continue;
        known->second.subtract(child);
        if (known->second.isEmpty())
            children.erase(known);
    }
}

FieldSet FieldSet::withParents() const
{
    FieldSet whole;
    whole.isMember = isMember;
    for (const auto &[element, child] : children) {
        FieldSet &deeper = whole.children[element] = child.withParents();
        deeper.isMember = deeper.isMember || (element.starts_with("f:") && !deeper.children.empty());
    }
    return whole;
}

FieldSet FieldSet::common(const FieldSet &other) const
{
    FieldSet both;
    both.isMember = isMember && other.isMember;
    for (const auto &[element, child] : children) {
        const auto theirs = other.children.find(element);
        FieldSet deeper = theirs == other.children.end() ? FieldSet() : child.common(theirs->second);
        if (!deeper.isEmpty())
            both.children[element] = std::move(deeper);
    }
    return both;
}

bool FieldSet::contains(const std::vector<std::string> &path) const
{
    const FieldSet *set = this;
    for (const std::string &element : path) {
        const auto child = set->children.find(element);
        if (child == set->children.end())
            return false;
        set = &child->second;
    }
    return !set->isEmpty();
}

FieldSet fieldsFromJson(const Value &fieldsV1)
{
    FieldSet set;
    for (const auto &[element, inner] : fieldsV1.members()) {
        if (element == ".") {
            set.isMember = true;
            continue;
        }
        FieldSet child = fieldsFromJson(inner);
        child.isMember = child.isMember || inner.members().empty();
        set.children[element] = std::move(child);
    }
    return set;
}

Value fieldsToJson(const FieldSet &set)
{
    Value json = Value::object();
    if (set.isMember && !set.children.empty())
        json.set(".", Value::object());
    for (const auto &[element, child] : set.children)
        json.set(element, fieldsToJson(child));
    return json;
}

std::vector<std::string> fieldPaths(const FieldSet &set)
{
    std::vector<std::string> paths;
    addPaths(paths, set, {});
    return paths;
}

FieldChange compareFields(const Value &before, const Value &after, const Value *schema)
{
    FieldChange change;
    compare(change, before, after, schema, {});
    change.changed.isMember = change.removed.isMember = false;
    return change;
}

FieldSet fieldsOf(const Value &object, const Value *schema)
{
    FieldSet set;
    addLeaves(set, object, schema, {});
    return set;
}

} // namespace demo
