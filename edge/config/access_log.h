// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Where an edge writes every request and in which form, as Envoy writes it: by the Module's envoy_log_path,
// envoy_log_type and envoy_log_format, and by LogServices (facts ambassador-crds.md §3).
#include "edge/config/resources.h"

namespace edge {

Value moduleAccessLog(const ModuleResource &module, const Rules &rules);
// By a LogService; cluster: by which it is reached.
Value serviceAccessLog(const Value &spec, const std::string &cluster, const Rules &rules);
std::string whyNoHeadersAreLogged(
    const Value &spec); // by a LogService that asks for some; "" they are, or it asks for none

} // namespace edge
