// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// AuthService, RateLimitService, TracingService, LogService and the Module's own filters: the HTTP filters in
// their order, their clusters, tracing and access logs (facts emissary-routing.md §1.11, ambassador-1.11.md
// 19–25).
#include "edge/config/clusters.h"

namespace edge {

struct ServiceOutput
{
    std::vector<HttpFilter> filters;
    std::vector<Value> accessLogs;
    Value tracing;               // of the HTTP connection manager; null: off
    Value tracer;                // its provider; null: none, or none that Envoy knows
    bool auth = false;           // there is an AuthService
    ResourceRef brokenAuth;      // as of Config
    std::string authCluster;     // full name
    std::string rateLimitDomain; // "" there is no RateLimitService
};

ServiceOutput compileServices(const Resources &resources, ClusterTable &clusters,
                              const ClusterContext &context, bool errorResponses);

// The domain that a RateLimitService limits; of no such service: the one of default labels.
std::string limitedDomain(const Value &rateLimitService, const ModuleResource &module);

} // namespace edge
