// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The subresource scale of deployments, replica sets and stateful sets: spec.replicas under another name.
#include "app/demo/api_write.h"

namespace demo {

StoreResult<Answer> scaleAnswer(const Store &store, const Writer &writer,
                                Call &call); // get, update, merge patch

} // namespace demo
