// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The tabs of the page Routing in words.  tab: RoutingPage's, from 0.
#include "ui/count_text.h"
#include "ui/state_panel.h"

#include <QStringList>

namespace ui {

QStringList routingTabIds(); // "mappings", "hosts" …; in the tabs' order
QString routingTabName(int tab);
Noun routingRows(int tab);
PanelText routingEmptyText(int tab); // none exist

} // namespace ui
