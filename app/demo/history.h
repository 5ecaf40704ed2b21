// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A past for the demo's Prometheus (--history 8d): what its sidecars would have counted of the background traffic, so that
// windows of days have data.  Every series carries seeded="true"; live ones do not, and none continues another.
// legacy-report is not in it: only its incident brings that caller.
#include "app/demo/authority.h"
#include "app/demo/demo_options.h"

namespace demo {

edge::Result<std::chrono::seconds>
readHistory(const std::string &text); // "0", "90m", "12h", "8d"; at most 14 days

// In OpenMetrics' text form, as `promtool tsdb create-blocks-from openmetrics` reads it; "" for no span.
std::string seededHistory(const DemoOptions &options, WallTime now);

} // namespace demo
