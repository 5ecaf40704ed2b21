// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The subresource scale of deployments, replica sets, stateful sets and of custom resources whose definition has one: the number of
// replicas under a name that is the same for all.
#include "app/demo/api_write.h"

namespace demo {

bool hasScale(const ResourceKind &kind, const std::string &version);
StoreResult<Answer> scaleAnswer(const Store &store, const Writer &writer,
                                Call &call); // get, update, patch; 405 for the rest

} // namespace demo
