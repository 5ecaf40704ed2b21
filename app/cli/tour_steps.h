// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The steps of `demo tour` in their order.  Each changes one thing and says what it saw come of it; a step that did not see it is
// not ok, whatever it has written.  They block and may be run alone: each looks at the cluster as it is.
#include "app/cli/tour_world.h"

namespace app::cli {

struct TourStep
{
    QString title;
    std::function<Told(TourWorld &)> run;
};

std::vector<TourStep> tourSteps(const QString &folder); // the folder is for the pictures
QString tourDataFolder(const DemoAddresses &demo);      // the console's and the tour's XDG_DATA_HOME

} // namespace app::cli
