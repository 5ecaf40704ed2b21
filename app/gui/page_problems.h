// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Why a page cannot show its kind although the connection lives: forbidden (with the ClusterRole that would
// allow it), absent, failed.
#include "models/resources/snapshot.h"
#include "ui/page_frame.h"

namespace app::gui {

// Of a list on a page that has more than that: why none of them is known; "" they were read, or there can be none.
QString whyUnread(const models::Snapshot &snapshot, const QString &plural);
ui::PageProblem pageProblem(const models::Snapshot &snapshot, const QString &plural);

} // namespace app::gui
