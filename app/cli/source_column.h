// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Where the objects of a table's rows stand, for those that are none of their own.
#include "app/cli/output.h"

namespace app::cli {

// sources: of the rows, in their order; "" an object of its own.  A last column SOURCE, none where all are "".
void addSources(Table &table, const QStringList &sources);

} // namespace app::cli
