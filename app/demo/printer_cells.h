// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What the printers of built-in kinds have in common: columns, and texts that stand in several kinds' cells.
#include "app/demo/api_table.h"

#include <map>

namespace demo {

using Cells = Value::Array;
using Printers = std::map<std::string_view, Printer>; // by kind

ResourceKind::Column column(std::string name, int priority = 0, std::string type = "string");
Columns columns(std::initializer_list<const char *> always, std::initializer_list<const char *> wide = {});
Columns withType(Columns columns, const char *type, std::initializer_list<std::string_view> names);

std::string orNone(std::string text);
std::string joined(const std::vector<std::string> &texts, std::string_view between = ",");
std::string limited(const std::vector<std::string> &texts, std::size_t most = 3); // "a,b,c + 2 more..."
std::string labelText(const Value &labels);
std::string selectorText(const Value &selector);
std::string age(const Value &object, std::int64_t now);
Value number(const Value &value);
Cells withContainers(Cells cells, const Value &podSpec); // their names and images
bool hasCondition(const Value &object, std::string_view type, std::string_view status = "True");

const Printers &clusterPrinters(); // of storage, quotas, scaling and what else an administrator looks at

} // namespace demo
