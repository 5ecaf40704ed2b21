// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// JSON patch (RFC 6902) and strategic merge patch (kube/merge_keys.h), with the API server's errors.  Merge patches are edge::mergePatch.
#include "app/demo/api_status.h"

namespace demo {

StoreResult<Value> applyJsonPatch(Value target, const Value &patch);
StoreResult<Value> applyStrategicMerge(const ResourceKind &kind, Value target, const Value &patch);

} // namespace demo
