// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Where an edge writes every request and in which form: the Module's envoy_log_path, envoy_log_type and
// envoy_log_format (facts ambassador-crds.md §3).
#include "edge/config/resources.h"

namespace edge {

Value moduleAccessLog(const ModuleResource &module, const Rules &rules); // as Envoy writes it

} // namespace edge
