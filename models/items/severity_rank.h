// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// How columns of states sort: by how bad a state is, the worst first, and only then by its word.
#include "models/resources/finding.h"

#include <optional>

namespace models {

// For Column::sortRank; nothing: as what is good.
inline int rankOf(std::optional<Severity> severity) { return -int(severity.value_or(Severity::Good)); }

} // namespace models
