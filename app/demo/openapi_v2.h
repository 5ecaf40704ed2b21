// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// /openapi/v2 as the protobuf message that kubectl before 1.27 validates with (gnostic's openapi.v2.Document): definitions only.
#include "app/demo/api_request.h"

namespace demo {

Answer openApiV2Answer(const Store &store, const edge::RequestHead &head);

} // namespace demo
