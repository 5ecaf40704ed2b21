// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Text of a cluster as it is painted beside other words.  A name may hold marks that turn the direction of what follows, or signs
// that nobody sees: it must not rearrange the sentence that it stands in, nor look like another name.
// Promise: what is painted differs from the text only where it holds such signs or letters that are written from right to left;
// what is copied, compared or read aloud stays the text itself.  Pure.
#include <QString>

namespace ui {

// Marks of direction, and other signs that are not seen, as "\u202e"; line ends and tabs stay.
QString withVisibleControls(const QString &text);
// The same, and words that are written from right to left stand alone (U+2068 … U+2069) where the window's are not.
QString shownText(const QString &text);

} // namespace ui
