// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What of a value a structural schema refuses (its rules, x-kubernetes-validations, aside), in kube-apiserver's words and order: what
// is within a value comes before what is missing of it.  Only the order of an object's members is the object's; a real server has none.
#include "app/demo/api_status.h"

namespace demo {

// Formats of strings are those of custom resources: what a built-in kind holds is decoded, not matched.
enum class Formats { Checked, LetPass };
std::vector<Cause> validationProblems(const Value &value, const Value &schema, Formats formats);
std::vector<Cause> repeatedItems(const Value &value, const Value &schema); // of lists that are maps or sets
// The schema of a member: declared, by additionalProperties, or nullptr (unknown).
const Value *memberSchema(const Value &schema, const std::string &key);
std::string fieldBelow(const std::string &path, const std::string &key);

} // namespace demo
