// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Conditions of a Mapping that no request can fulfil, whatever a client sends: a prefix without a slash, a header whose
// name is none.  The edge takes them without a word.
#include "edge/config/mapping_reader.h"

namespace edge {

// Says the first one, as a notice.
void tellNeverMatched(const MappingResource &mapping, const ReaderContext &context);
bool isOfNeverMatched(const Diagnostic &diagnostic);

} // namespace edge
