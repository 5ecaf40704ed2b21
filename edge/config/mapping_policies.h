// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What a Mapping or the Module says of CORS, retries, balancing and circuit breakers.
#include "edge/config/resources.h"

namespace edge {

CorsPolicy readCors(const Value &value, bool splitsOrigins);
RetryPolicy readRetryPolicy(const Value &value);
bool isKnownRetry(const RetryPolicy &policy); // Emissary knows the word of retry_on
bool soundLoadBalancer(const Value &value);
bool soundCircuitBreakers(const Value &list);

} // namespace edge
