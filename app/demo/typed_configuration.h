// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Whether what a server-side apply sends is of its kind's schema: the real server makes a typed object of it before it looks at anything
// else, and says what does not fit in the words of k8s.io/structured-merge-diff.
#include "edge/value.h"

namespace demo {

using edge::Value;

// ".spec.bogus: field not declared in schema", ".stringData.a: expected string, got &value.valueUnstructured{Value:5}"; nullptr: of no schema.
std::vector<std::string> typingProblems(const Value &configuration, const Value *schema);

} // namespace demo
