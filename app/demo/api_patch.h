// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// JSON patch (RFC 6902) and strategic merge patch, with the API server's errors.  Merge patches are edge::mergePatch.
#include "app/demo/api_status.h"

namespace demo {

StoreResult<Value> applyJsonPatch(Value target, const Value &patch);

// How a list of a built-in kind merges: by a key ("name"), as a set of plain values (""), or not at all (nullopt: replaced).
std::optional<std::string> mergeKeyOf(const ResourceKind &kind, std::string_view parentField,
                                      std::string_view field);
StoreResult<Value> applyStrategicMerge(const ResourceKind &kind, Value target, const Value &patch);

} // namespace demo
