// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The part of CEL (Common Expression Language) that validation rules of CustomResourceDefinitions are written in: literals, fields,
// indices, operators, has(), the macros all, exists, exists_one, filter, map, conversions, functions of texts, spans of time and URLs.
#include "edge/value.h"

#include <tl/expected.hpp>

#include <optional>

namespace demo {

using edge::Value;

// Why the API server cannot take the rule (a syntax error, a function or a name it does not know); nullopt: it can.  A rule that
// passes here is evaluated or fails; none is passed over.
std::optional<std::string> ruleProblem(std::string_view expression);

bool readsOldSelf(std::string_view expression); // a rule of changes: not for new objects

// The error: why it has no value (no such key: x).  oldSelf may be null if the rule does not read it.
tl::expected<Value, std::string> evaluateCel(std::string_view expression, const Value &self,
                                             const Value *oldSelf = nullptr);

} // namespace demo
