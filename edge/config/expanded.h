// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// $NAME and ${NAME} in the texts of an object: the compiler puts the value of its own environment there before it reads
// anything (facts emissary-routing.md §1.0).  What the environment does not have stays as it is written.
#include "edge/config/compile.h"

#include <optional>

namespace edge {

struct UnknownVariable
{
    std::string path; // spec.prefix
    std::string name;
};
std::string expandedText(const std::string &text, const CompileOptions &options);

// Whether it has a reference that is still to be replaced, as $1 of a substitution is not.
bool hasReference(const std::string &text);

// The value with its references replaced, names of members too; nothing where there is none that is known.  place: of the
// value, "spec".  Of the edge's environment known are options.environment, and its namespace and id.
std::optional<Value> expanded(const Value &value, const std::string &place, const CompileOptions &options,
                              std::vector<UnknownVariable> &unknown);

} // namespace edge
