// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Prometheus' relabel_configs: replace, keep, drop, labelmap, labeldrop, labelkeep, lowercase, uppercase.
#include "app/demo/series_store.h"
#include "edge/value.h"

namespace demo {

// nullopt: dropped.
std::optional<SeriesLabels> relabel(SeriesLabels labels, const edge::Value &rules);

} // namespace demo
