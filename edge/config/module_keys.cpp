// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/module_keys.h"

#include <algorithm>
#include <array>

namespace edge {

namespace {

constexpr Compat First = Compat::V1;
constexpr Compat Last = Compat::V4;

struct ModuleKey
{
    std::string_view name;
    Compat since = First, until = Last; // where it is read
    std::string_view instead = {};      // what to use where it is not
};

constexpr std::string_view After14 = "it came with 1.14";
constexpr std::string_view Listeners = "use a Listener";

constexpr std::array keys{
    ModuleKey{"add_linkerd_headers"},
    ModuleKey{"admin_port"},
    ModuleKey{"allow_chunked_length", Compat::V2, Last, After14},
    ModuleKey{"buffer"},
    ModuleKey{"buffer_limit_bytes", Compat::V2, Last, After14},
    ModuleKey{"circuit_breakers"},
    ModuleKey{"cluster_idle_timeout_ms"},
    ModuleKey{"cluster_max_connection_lifetime_ms", Compat::V2, Last, After14},
    ModuleKey{"cluster_request_timeout_ms", Compat::V2, Last, After14},
    ModuleKey{"cors"},
    ModuleKey{"debug_mode"},
    ModuleKey{"default_label_domain"},
    ModuleKey{"default_labels"},
    ModuleKey{"defaults"},
    ModuleKey{"diagnostics"},
    ModuleKey{"enable_grpc_http11_bridge"},
    ModuleKey{"enable_grpc_web"},
    ModuleKey{"enable_http10"},
    ModuleKey{"enable_ipv4"},
    ModuleKey{"enable_ipv6"},
    ModuleKey{"envoy_log_format"},
    ModuleKey{"envoy_log_path"},
    ModuleKey{"envoy_log_type"},
    ModuleKey{"envoy_validation_timeout"},
    ModuleKey{"error_response_overrides", First, Compat::V3, "Emissary 4 has none"},
    ModuleKey{"forward_client_cert_details"},
    ModuleKey{"grpc_stats"},
    ModuleKey{"gzip"},
    ModuleKey{"header_case_overrides"},
    ModuleKey{"headers_with_underscores_action", Compat::V2, Last, After14},
    ModuleKey{"ip_allow"},
    ModuleKey{"ip_deny"},
    ModuleKey{"keepalive"},
    ModuleKey{"listener_idle_timeout_ms"},
    ModuleKey{"liveness_probe"},
    ModuleKey{"load_balancer"},
    ModuleKey{"lua_scripts"},
    ModuleKey{"max_request_headers_kb"},
    ModuleKey{"merge_slashes", Compat::V2, Last, After14},
    ModuleKey{"preserve_external_request_id", Compat::V2, Last, "1.11 reads it under a wrong name"},
    ModuleKey{"proper_case", Compat::V2, Last, "1.11 reads it under a wrong name"},
    ModuleKey{"prune_unreachable_routes", First, First, "only routes that can be reached are there"},
    ModuleKey{"readiness_probe"},
    ModuleKey{"regex_max_size"},
    ModuleKey{"regex_type", First, First, "regexes are RE2's"},
    ModuleKey{"reject_requests_with_escaped_slashes", Compat::V2, Last, After14},
    ModuleKey{"resolver"},
    ModuleKey{"retry_policy"},
    ModuleKey{"runtime_flags", Compat::V3, Last, "it came with 3.x"},
    ModuleKey{"server_name"},
    ModuleKey{"service_port", First, First, Listeners},
    ModuleKey{"set_current_client_cert_details"},
    ModuleKey{"statsd"},
    ModuleKey{"strip_matching_host_port", Compat::V2, Last, After14},
    ModuleKey{"suppress_envoy_headers", Compat::V2, Last, After14},
    ModuleKey{"tls", First, First, "use TLSContexts and Hosts"},
    ModuleKey{"use_ambassador_namespace_for_service_resolution"},
    ModuleKey{"use_proxy_proto", First, First, "use PROXY in a Listener's protocolStack"},
    ModuleKey{"use_remote_address"},
    ModuleKey{"x_forwarded_proto_redirect", First, First, "use a Host's requestPolicy.insecure"},
    ModuleKey{"xff_num_trusted_hops", First, First, "use a Listener's l7Depth"},
};

} // namespace

std::string whyModuleKeyIsIgnored(std::string_view key, Compat compat)
{
    const auto found =
        std::find_if(keys.begin(), keys.end(), [&](const ModuleKey &known) { return known.name == key; });
    if (found == keys.end())
        return "is no key of a Module and changes nothing";
    if (compat >= found->since && compat <= found->until)
        return {};
    return "changes nothing in this generation of the edge: " + std::string(found->instead);
}

} // namespace edge
