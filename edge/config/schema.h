// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The schemas of the getambassador.io kinds: an object that breaks one is left out before anything else looks
// at it (facts emissary-routing.md §1.14, ambassador-1.11.md 32–33).
#include "edge/value.h"

#include <optional>

namespace edge {

struct FieldRule
{
    enum class Type {
        Text,
        Integer,
        Number,
        Bool,
        Object,
        List,
        Any,
        TextOrList, // from here on of 1.11 only
        TextOrBool,
        TextBoolOrObject
    };
    std::string_view kind, path; // "" is the spec itself; [] an item of a list, {} a value of a map
    Type type = Type::Any;
    std::string_view words = {};              // allowed values, parted by |
    std::optional<int> least = {}, most = {}; // of lists and objects: items, members
    std::string_view required = {};           // members, parted by commas
};
const std::vector<FieldRule> &fieldRules();
const std::vector<FieldRule> &fieldRulesV1(); // of the kinds of v2, as 1.11 has them

struct SchemaFault
{
    std::string path; // spec.weight
    std::string message;
};

std::optional<SchemaFault> schemaFault(const std::string &kind, const Value &spec);

// A field that is there and null, where the CRD of that version wants a type.
std::optional<SchemaFault> nullFault(const std::string &kind, const Value &spec, std::string_view version);

// Fields that the schema does not have, as "spec.nonsense": an API server drops them, the edge does not see them.
std::vector<std::string> unknownFields(const std::string &kind, const Value &spec);
// Of those at the top, what 1.11 does not have.
std::vector<std::string> unknownFieldsV1(const std::string &kind, const Value &spec);

// What Ambassador 1.11 itself (not the API server) insists on.  What is null is there and of a wrong type.
// annotated: the version that an annotation says, "" of an object; in an annotation a field that 1.11 does not know
// is a fault, too, but Hosts and resolvers are not looked at.
std::optional<SchemaFault> schemaFaultV1(const std::string &kind, const Value &spec,
                                         std::string_view annotated);

} // namespace edge
