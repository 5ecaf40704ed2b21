// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/module_faults.h"

#include "edge/config/envoy_limits.h"
#include "edge/config/resources.h"
#include "edge/config/said.h"

namespace edge {

std::vector<KeyRemark> fatalModuleValues(const Value &config, const Rules &rules)
{
    std::vector<KeyRemark> fatal;
    const auto add = [&](const std::string &key, const std::string &what) {
        fatal.push_back({key, toJson(config[key]) + " is " + what + std::string(EdgeFails)});
    };
    for (const char *key : {"gzip", "buffer", "grpc_stats"}) { // that the key is there is enough
        const bool isRead = std::string_view(key) != "grpc_stats" || !rules.serviceProtocolV2;
        const Value *value = isRead ? config.find(key) : nullptr;
        if (value && !value->isObject() && !(value->isNull() && std::string_view(key) != "gzip"))
            add(key, "no object");
    }
    for (const char *key : {"cors", "keepalive", "retry_policy", "defaults", "load_balancer", "diagnostics",
                            "readiness_probe", "liveness_probe"}) {
        const bool isEmptyListFatal = std::string_view(key) == "cors" || std::string_view(key) == "defaults"
            || std::string_view(key) == "load_balancer";
        const Value &value = config[key];
        if (!value.isObject() && (isTruthy(value) || (value.isArray() && isEmptyListFatal)))
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

bool hasProbe(const Value &config, std::string_view probe)
{
    const Value *given = config.find(probe);
    return !given || (given->isObject() && isTruthy((*given)["enabled"]));
}

Value withNumbers(Value config)
{
    static constexpr std::pair<const char *, const char *> numbers[] = {
        {"", "max_request_headers_kb"},  {"", "listener_idle_timeout_ms"},
        {"", "cluster_idle_timeout_ms"}, {"", "cluster_max_connection_lifetime_ms"},
        {"buffer", "max_request_bytes"}, {"gzip", "min_content_length"},
        {"gzip", "window_bits"},         {"gzip", "memory_level"},
        {"keepalive", "time"},           {"keepalive", "interval"},
        {"keepalive", "probes"},         {"retry_policy", "num_retries"}};
    for (const auto &[group, key] : numbers) {
        const Value &holder = *group == '\0' ? config : config[group];
        const auto number = holder[key].isString() ? wholeNumber(holder[key]) : std::nullopt;
        if (number)
            (*group == '\0' ? config : config.child(group)).set(key, Value(*number));
    }
    return config;
}

} // namespace edge
