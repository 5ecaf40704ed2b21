// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// labelSelector and fieldSelector of a query, with the API server's grammar and error texts.
#include "app/demo/api_status.h"

namespace demo {

struct LabelRequirement
{
    enum class Op { In, NotIn, Exists, Absent, Greater, Less };
    std::string key;
    Op op = Op::Exists;
    std::vector<std::string> values;
};

struct FieldRequirement
{
    std::string path, value; // metadata.name
    bool isEqual = true;
};

struct Selector
{
    std::vector<LabelRequirement> labels;
    std::vector<FieldRequirement> fields;

    bool isEmpty() const { return labels.empty() && fields.empty(); }
    bool matches(const Value &object) const;
};

StoreResult<std::vector<LabelRequirement>> readLabelSelector(std::string_view text);
StoreResult<std::vector<FieldRequirement>> readFieldSelector(std::string_view text, const ResourceKind &kind);

} // namespace demo
