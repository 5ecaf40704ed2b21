// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/module_faults.h"

#include "edge/config/envoy_limits.h"
#include "edge/config/said.h"

namespace edge {

std::vector<KeyRemark> fatalModuleValues(const Value &config, const Rules &rules)
{
    std::vector<KeyRemark> fatal;
    const auto add = [&](std::string key, const std::string &what) {
        fatal.push_back({std::move(key), toJson(config[key]) + " is " + what + std::string(EdgeFails)});
    };
    for (const char *key : {"gzip", "buffer", "grpc_stats"}) {
        const bool isRead = std::string_view(key) != "grpc_stats" || !rules.serviceProtocolV2; // its members
        if (isRead && isTruthy(config[key]) && !config[key].isObject())
            add(key, "no object");
    }
    if (!rules.newClusterFields)
        return fatal;
    for (const char *key : {"merge_slashes", "strip_matching_host_port",
                            "reject_requests_with_escaped_slashes", "suppress_envoy_headers"}) {
        if (isTruthy(config[key]) && !config[key].isBool() && !config[key].isString())
            add(key, "neither true nor false");
    }
    return fatal;
}

} // namespace edge
