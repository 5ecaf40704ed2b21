// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A Secret as it may be shown and written down: values of data and stringData by their size, and annotations too unless they are
// known to hold names only (kube/secret_annotations.h), since tools keep copies of the data in them.
#include "edge/value.h"

namespace models {

edge::Value withoutSecretValues(edge::Value secretOrPatch);
bool hasRedactedValues(
    const edge::Value &secretOrPatch); // it went through withoutSecretValues() or the API reader's equivalent

} // namespace models
