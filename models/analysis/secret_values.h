// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A Secret as it may be shown and written down: values of data and stringData by their size, and no annotation that repeats them.
#include "edge/value.h"

namespace models {

edge::Value withoutSecretValues(edge::Value secretOrPatch);
bool hasRedactedValues(
    const edge::Value &secretOrPatch); // it went through withoutSecretValues() or the API reader's equivalent

} // namespace models
