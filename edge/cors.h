// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Envoy's CORS filter over a Mapping's policy: which answers get access-control-* headers, and which
// preflights the edge answers itself.
#include "edge/config.h"
#include "edge/http_message.h"

namespace edge {

bool corsApplies(const CorsPolicy &policy, const RequestHead &request); // the Origin is one of the allowed
bool isPreflight(const RequestHead &request); // OPTIONS with access-control-request-method
Headers preflightHeaders(const CorsPolicy &policy, const RequestHead &request);
void addCorsHeaders(const CorsPolicy &policy, std::string_view origin, Headers &response);

} // namespace edge
