// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Where a field stands in YAML as a person edits it.  Pure.
#include <QStringList>

namespace ui {

// The line, from 0, of the field with these keys from the top, or of the deepest one around it that is there; -1: none is.
// Blocks only: what stands within { } is found by the line that they begin in.
int lineOfField(const QString &yaml, const QStringList &keys);

} // namespace ui
