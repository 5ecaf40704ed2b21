// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A key that is heard by something else than a command of the window, in a table, say: for the shortcut sheet.
#include <QString>

namespace ui {

struct KeyNote
{
    QString text, keys;
};

} // namespace ui
