// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One Mapping object → MappingResource.  nullopt: it cannot be used, and a Diagnostic says why.
#include "edge/config/resources.h"

namespace edge {

std::optional<MappingResource> readMapping(const Value &object, std::vector<Diagnostic> &diagnostics);
CorsPolicy readCors(const Value &value);

} // namespace edge
