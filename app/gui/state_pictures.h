// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Every page in every state that it can be in: DIR/routing-forbidden.png …  States without content are shown by
// a window of its own, those above content by the one that is given, which ends without a cluster's state.
// Thread: GUI.
#include "ui/page_frame.h"
#include "ui/shell/main_window.h"

#include <QPixmap>

namespace app::gui {

struct PageState
{
    QString name; // "not-connected"
    models::ConnectionState connection;
    ui::PageProblem problem = {};
    bool hasContent = false;
    QString filter = {};  // of the page's table
    bool isEmpty = false; // everything was read, and there is nothing
};
bool canBeIn(const ui::PageFrame &page, const PageState &state); // else it is not pictured
QList<PageState> pageStates(const QDateTime &now);

QPixmap pictureOf(ui::MainWindow &window); // nobody is at the keyboard: nothing in it has a focus ring
int takeStatePictures(ui::MainWindow &window, const QString &folder); // how many; -1: cannot be written

} // namespace app::gui
