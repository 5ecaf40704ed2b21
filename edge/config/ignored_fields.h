// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What an object says and the edge does not act on: each such field gives a Notice, so that nobody believes it to be
// at work.  Fields that no schema knows are the concern of schema.h, keys of a Module that of module_keys.h.
#include "edge/config/mapping_reader.h"

namespace edge {

// mapping: as it will be used.
void tellIgnoredFields(const MappingResource &mapping, const ReaderContext &context);
void tellIgnoredFields(const HostResource &host, const Value &spec, const CompileOptions &options,
                       const Rules &rules, std::vector<Diagnostic> &diagnostics);

} // namespace edge
