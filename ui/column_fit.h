// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Which columns of a table are shown in a given width, and how wide: those of low priority give way first (the highest
// number), words of priority 2 give up a quarter of their least width before, then words shrink.  Pure; widths in pixels.
#include <QList>

namespace ui {

struct ColumnWish
{
    int column = 0, need = 0, want = 0, priority = 1;
    int least = 0; // of words of priority 2, before they are hidden
    bool stretch = false;
};

constexpr int EmptyFirst =
    100; // added to the priority of a column without any words: it gives way before all others

// What stays; each want is then what the column gets before what is left is given to those that stretch.
QList<ColumnWish> fittedColumns(QList<ColumnWish> wishes, int width);

} // namespace ui
