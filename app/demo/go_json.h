// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What Go's encoding/json says of bad JSON: kube-apiserver repeats it to its clients, so the demo's does.
#include <string>
#include <string_view>
#include <vector>

namespace demo {

std::string goSyntaxError(std::string_view json); // the first error; "": it is JSON
std::vector<std::string>
duplicateFields(std::string_view json); // spec.prefix, in the order of the text; of valid JSON only

} // namespace demo
