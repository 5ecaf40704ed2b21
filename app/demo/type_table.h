// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The schemas of built-in kinds, written down as short lines (type_lines.cpp) and handed out as OpenAPI: for the validation of fields,
// for managed fields and merge keys, and for /openapi.
#include "edge/value.h"

#include <memory>

namespace demo {

using edge::Value;

extern const char TypeLines[];

// The whole schema of a kind with every reference resolved; nullptr: the demo has none, anything goes.
const Value *builtInSchema(const std::string &group, const std::string &kind);
// One schema a type with references below prefix, for OpenAPI documents; the named types are kinds and get metadata.
Value typeSchemas(std::string_view referencePrefix, const std::vector<std::string> &kinds);
std::string typeNameOf(const std::string &group, const std::string &kind); // as in TypeLines; "" unknown

} // namespace demo
