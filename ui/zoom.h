// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Another zoom for windows that stand already: fonts, fixed sizes, margins and spacings get the measures that they
// would have had if they had been made at it; windows keep their size.  What scaled() gives is theme.h's; here is what
// was taken from it when widgets were made.  Thread: GUI.
namespace ui {

double zoom();                  // of the application: 1 is 100 %
void changeZoom(double wanted); // 0.8 … 2, of all windows, at once

} // namespace ui
