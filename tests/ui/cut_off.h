// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What of a window cannot be read or reached because there is no place for it.
#include <QStringList>

QT_FORWARD_DECLARE_CLASS(QWidget)

// Words that do not fit their label or button where nothing elides them, and buttons outside of the window.
QStringList cutOff(const QWidget &window);

// Words that are painted without their end, by an ellipsis or by the edge of what shows them.  Long data in a cell, a line of
// a list or an elided label may be shortened to twelve letters, which still tell; a chip, a tab, a head, a choice, never.
QStringList shortened(const QWidget &window);
