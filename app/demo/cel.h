// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The part of CEL (Common Expression Language) that validation rules of CustomResourceDefinitions are written in: literals, fields,
// indices, operators, has(), size(), the macros all, exists, exists_one, filter, map, and string functions.
#include "edge/value.h"

#include <optional>

namespace demo {

using edge::Value;

// nullopt: the expression uses what this does not know (oldSelf, quantities, dates …) or fails on this value.
std::optional<bool> evaluateRule(std::string_view expression, const Value &self);

} // namespace demo
