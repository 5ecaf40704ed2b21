// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// /openapi/v3 and its documents: what kubectl needs for apply, diff and explain.  /openapi/v2 exists as protobuf only, for kubectl
// before 1.27.
#include "app/demo/api_request.h"

namespace demo {

std::optional<Answer> openApiAnswer(const Store &store,
                                    const edge::RequestHead &head); // nullopt: not below /openapi
std::string schemaName(const ResourceKind &kind, const std::string &version);

} // namespace demo
