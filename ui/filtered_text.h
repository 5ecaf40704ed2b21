// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What stands in the place of rows that are there and none of which is shown: what hides them, and the way out.
#include "ui/state_panel.h"

namespace ui {

// rows: "9 certificates"; scope: TablePane::setScope()'s.  Where it names a namespace the primary action shows all of them; the
// secondary one clears the filter.
PanelText filteredText(const QString &rows, const QString &filter, const QString &scope);

} // namespace ui
