// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What of a window cannot be read or reached because there is no place for it.
#include <QStringList>

QT_FORWARD_DECLARE_CLASS(QWidget)

// Words that do not fit their label or button where nothing elides them, and buttons outside of the window.
QStringList cutOff(const QWidget &window);
