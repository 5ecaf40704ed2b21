// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What is staged, as a table's rows: the object, what is wished for it, how it stands, and what was said to it.
#include "models/analysis/staged_changes.h"
#include "models/items/column.h"

namespace models {

Severity severityOf(StagedChange::State state);
QString stateName(StagedChange::State state); // "Staged", "Failed"
std::vector<Column<StagedChange>> stagedColumns();

} // namespace models
