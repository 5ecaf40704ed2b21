// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// No display: Qt ends a program that finds none by abort(), with a core dump.  While a DisplayGuard lives, which is
// while QApplication is made, that becomes one message and exit code 1.  Thread: the main one, before any other.
#include <QString>

namespace app::gui {

// Pictures need no display: the platform "offscreen" then, unless somebody chose one.
void choosePlatform(bool takesPictures);

// What, where and what to do; of the three variables as they are set, "" those that are not.
QString noDisplayMessage(const QString &platform, const QString &display, const QString &wayland);

class DisplayGuard
{
public:
    DisplayGuard();
    ~DisplayGuard();
    DisplayGuard(const DisplayGuard &) = delete;
    DisplayGuard &operator=(const DisplayGuard &) = delete;
};

} // namespace app::gui
