// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Who owns which field of an object (metadata.managedFields), and server-side apply on top of it: structured-merge-diff's rules.
// A schema decides how lists and maps divide; without one, maps divide and lists are whole.
#include "app/demo/api_status.h"

namespace demo {

class FieldSet // of paths; its JSON form is fieldsV1
{
public:
    bool isMember = false;
    std::map<std::string, FieldSet> children; // f:name, k:{"name":"a"}, v:"x"

    bool isEmpty() const { return !isMember && children.empty(); }
    void add(const FieldSet &other);
    void subtract(const FieldSet &other);
    FieldSet common(const FieldSet &other) const;
    // The same, and each field that something below it is named of is a member: who owns a part keeps what it stands in.
    FieldSet withParents() const;
    bool contains(const std::vector<std::string> &path) const;
    bool operator==(const FieldSet &) const = default;
};
FieldSet fieldsFromJson(const Value &fieldsV1);
Value fieldsToJson(const FieldSet &set);
std::vector<std::string> fieldPaths(const FieldSet &set); // .spec.ports[port=80].name, sorted

struct FieldChange
{
    FieldSet removed, changed; // changed: added or modified
};
FieldChange compareFields(const Value &before, const Value &after, const Value *schema);
FieldSet fieldsOf(const Value &object,
                  const Value *schema); // the leaves, as an applied configuration owns them

struct Writing // whose change it is
{
    std::string manager, apiVersion, subresource;
    bool isBuiltIn = false; // built-in kinds are Go structs: parts of an empty one exist already
};

// Ownership after an update or patch: the writer owns what changed.  Sets metadata.managedFields of `after`.
void noteUpdate(const Value &before, Value &after, const Value *schema, const Writing &writing);

// Server-side apply of a configuration onto the live object ({} if there is none); 409 with causes on conflicts without force.
StoreResult<Value> applyConfiguration(const Value &live, const Value &configuration, const Value *schema,
                                      const Writing &writing, bool force);

} // namespace demo
