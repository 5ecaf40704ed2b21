// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What the server serves: /, /version, /api, /apis and below, both the legacy lists and the aggregated form (apidiscovery.k8s.io/v2).
#include "app/demo/api_request.h"
#include "app/demo/server_age.h"

namespace demo {

// nullopt: the path is none of discovery's; an error: Accept wants what it has not.
std::optional<StoreResult<Answer>> discoveryAnswer(const Store &store, const edge::RequestHead &head,
                                                   const ServerAge &age);
// Below a root of go-restful's: what is not there is said by a Status, elsewhere as plain text.
bool isBelowService(const Store &store, std::string_view path);

bool isBuiltInGroup(const Store &store, std::string_view group);
bool servesVersion(const Store &store, std::string_view group, std::string_view version);
bool isNewerVersion(const std::string &a,
                    const std::string &b); // Kubernetes' order: v2, v1, v2beta1, v3alpha1, foo

} // namespace demo
