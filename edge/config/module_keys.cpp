// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/module_keys.h"

#include <algorithm>
#include <array>

namespace edge {

namespace {

constexpr Compat First = Compat::V1;
constexpr Compat Second = Compat::V2_0;
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
    ModuleKey{"allow_chunked_length", Second, Last, After14},
    ModuleKey{"buffer"},
    ModuleKey{"buffer_limit_bytes", Second, Last, After14},
    ModuleKey{"circuit_breakers"},
    ModuleKey{"cluster_idle_timeout_ms"},
    ModuleKey{"cluster_max_connection_lifetime_ms", Second, Last, After14},
    ModuleKey{"cluster_request_timeout_ms", Second, Last, After14},
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
    ModuleKey{"headers_with_underscores_action", Second, Last, After14},
    ModuleKey{"ip_allow"},
    ModuleKey{"ip_deny"},
    ModuleKey{"keepalive"},
    ModuleKey{"listener_idle_timeout_ms"},
    ModuleKey{"liveness_probe"},
    ModuleKey{"load_balancer"},
    ModuleKey{"lua_scripts"},
    ModuleKey{"max_request_headers_kb"},
    ModuleKey{"merge_slashes", Second, Last, After14},
    ModuleKey{"preserve_external_request_id", Second, Last, "1.11 reads it under a wrong name"},
    ModuleKey{"proper_case", Second, Last, "1.11 reads it under a wrong name"},
    ModuleKey{"prune_unreachable_routes", First, First, "only routes that can be reached are there"},
    ModuleKey{"readiness_probe"},
    ModuleKey{"regex_max_size"},
    ModuleKey{"regex_type", First, First, "regexes are RE2's"},
    ModuleKey{"reject_requests_with_escaped_slashes", Second, Last, After14},
    ModuleKey{"resolver"},
    ModuleKey{"retry_policy"},
    ModuleKey{"runtime_flags", Compat::V3, Last, "it came with 3.x"},
    ModuleKey{"server_name"},
    ModuleKey{"service_port", First, First, Listeners},
    ModuleKey{"set_current_client_cert_details"},
    ModuleKey{"statsd"},
    ModuleKey{"strip_matching_host_port", Second, Last, After14},
    ModuleKey{"suppress_envoy_headers", Second, Last, After14},
    ModuleKey{"tls", First, First, "use TLSContexts and Hosts"},
    ModuleKey{"use_ambassador_namespace_for_service_resolution"},
    ModuleKey{"use_proxy_proto", First, First, "use PROXY in a Listener's protocolStack"},
    ModuleKey{"use_remote_address"},
    ModuleKey{"x_forwarded_proto_redirect", First, First, "use a Host's requestPolicy.insecure"},
    ModuleKey{"xff_num_trusted_hops", First, First, "use a Listener's l7Depth"},
};

constexpr std::string_view ConfigPrefix = "spec.config.";
constexpr std::string_view ChangesNothing = " and changes nothing";

// Known, and yet not acted on, whatever they say.
struct UnactedKey
{
    std::string_view path;
    bool ofTheEdge; // which does act on it
    std::string_view sentence;
};

constexpr std::array unacted{
    UnactedKey{"admin_port", true,
               "admin_port is where the edge opens Envoy's admin interface, which is not opened here"},
    UnactedKey{"debug_mode", true,
               "debug_mode is about the edge's diagnostics page, which is not served here"},
    UnactedKey{"diagnostics.allow_non_local", true,
               "allow_non_local is about who may see the edge's diagnostics page, which is not served here"},
    UnactedKey{"envoy_validation_timeout", true,
               "envoy_validation_timeout is how long the edge lets Envoy judge a configuration; nothing here "
               "waits for that"},
    UnactedKey{"keepalive.idle_time", false,
               "idle_time is not read by the edge (it looks for 'time') and changes nothing"},
    UnactedKey{
        "runtime_flags", true,
        "runtime_flags are switches of the edge's own Envoy; nothing here reads them, and an export does "
        "not have them"},
    UnactedKey{
        "statsd", false,
        "statsd is read from the edge's environment (STATSD_ENABLED, STATSD_HOST), not from the Module, "
        "and changes nothing"},
};

// Keys whose value is an object, or a list of them, and what is read of it.  What is not of that kind is read as nothing.
struct ObjectKey
{
    std::string_view name;
    bool isList;
    std::string_view members; // with blanks between
};

constexpr std::array objectKeys{
    ObjectKey{"circuit_breakers", true,
              "max_connections max_pending_requests max_requests max_retries priority"},
    ObjectKey{"cors", false, "credentials exposed_headers headers max_age methods origins"},
    ObjectKey{"defaults", false, {}}, // any, see addDefaults
    ObjectKey{"diagnostics", false, "allow_non_local enabled prefix rewrite service"},
    ObjectKey{"keepalive", false, "idle_time interval probes time"},
    ObjectKey{"liveness_probe", false, "enabled prefix rewrite service"},
    ObjectKey{"readiness_probe", false, "enabled prefix rewrite service"},
    ObjectKey{"retry_policy", false, "num_retries per_try_timeout retry_on"},
};

bool holdsWord(std::string_view words, std::string_view word)
{
    while (!words.empty()) {
        const std::size_t end = std::min(words.find(' '), words.size());
        if (words.substr(0, end) == word)
            return true;
        words.remove_prefix(std::min(end + 1, words.size()));
    }
    return false;
}

void addMembers(std::vector<KeyRemark> &ignored, const Value &value, const std::string &path,
                std::string_view known)
{
    for (const auto &[name, member] : value.members()) {
        if (!known.empty() && !holdsWord(known, name))
            ignored.push_back(
                {path + "." + name, name + " is nothing that is read there" + std::string(ChangesNothing)});
    }
}

// Of the wrong type, or with members that nobody reads.
void addShapes(std::vector<KeyRemark> &ignored, const Value &config)
{
    for (const ObjectKey &key : objectKeys) {
        const Value &value = config[key.name];
        const std::string name(key.name);
        if (value.isNull())
            continue;
        if (key.isList ? !value.isArray() : !value.isObject()) {
            const bool isTold = key.isList; // as not valid, by its reader
            const bool isProbe = name == "diagnostics" || name.ends_with("_probe");
            if (!isTold)
                ignored.push_back(
                    {name,
                     name + " is " + toJson(value) + ", not a map, and "
                         + (isProbe ? "takes the edge's own route for it away" : "changes nothing")});
            continue;
        }
        addMembers(ignored, value, name, key.members);
        for (std::size_t i = 0; i < value.items().size(); ++i)
            addMembers(ignored, value.items()[i], name + "[" + std::to_string(i) + "]", key.members);
    }
    if (const Value &size = config["regex_max_size"]; !size.isNull() && !size.isNumber())
        ignored.push_back({"regex_max_size",
                           "regex_max_size is " + toJson(size)
                               + ", not a number: the edge fails at the first regex; here 200 is used"});
}

const Value *valueAt(const Value &config, std::string_view path)
{
    const Value *value = &config;
    while (value && !path.empty()) {
        const std::size_t dot = std::min(path.find('.'), path.size());
        value = value->find(path.substr(0, dot));
        path.remove_prefix(std::min(dot + 1, path.size()));
    }
    return value;
}

void addDefaults(std::vector<KeyRemark> &ignored, const Value &defaults, const std::string &path,
                 bool isOfClass)
{
    constexpr std::array<std::string_view, 5> read{"add_request_headers", "add_response_headers",
                                                   "remove_request_headers", "remove_response_headers",
                                                   "stats_name"};
    for (const auto &[key, value] : defaults.members()) {
        if (!isOfClass && key == "httpmapping")
            addDefaults(ignored, value, path + "httpmapping.", true);
        else if (std::find(read.begin(), read.end(), key) == read.end()
                 && (isOfClass || key != "tls_secret_namespacing"))
            ignored.push_back(
                {path + key, key + " has no default: it is not read here" + std::string(ChangesNothing)});
    }
}

// What needs something else beside it.
void addLonely(std::vector<KeyRemark> &ignored, const Value &config, bool isLimited)
{
    for (const std::string key : {"default_label_domain", "default_labels"}) {
        if (!isLimited && config.find(key))
            ignored.push_back({key, key + " is for a RateLimitService, and there is none"});
    }
    const std::string &how = config["forward_client_cert_details"].text();
    if (!config["set_current_client_cert_details"].isNull() && how != "APPEND_FORWARD"
        && how != "SANITIZE_SET")
        ignored.push_back({"set_current_client_cert_details",
                           "set_current_client_cert_details changes nothing without "
                           "forward_client_cert_details: APPEND_FORWARD or SANITIZE_SET"});
}

std::string whyIgnored(std::string_view key, Compat compat)
{
    const auto found =
        std::find_if(keys.begin(), keys.end(), [&](const ModuleKey &known) { return known.name == key; });
    if (found == keys.end())
        return "is no key of a Module and changes nothing";
    if (compat >= found->since && compat <= found->until)
        return {};
    return "changes nothing in this generation of the edge: " + std::string(found->instead);
}

} // namespace

std::vector<KeyRemark> ignoredModuleKeys(const Value &config, Compat compat, bool isLimited)
{
    std::vector<KeyRemark> ignored;
    for (const auto &[key, value] : config.members()) {
        if (const std::string why = whyIgnored(key, compat); !why.empty())
            ignored.push_back({key, key + " " + why});
    }
    for (const UnactedKey &key : unacted) {
        const std::string_view root = key.path.substr(0, key.path.find('.'));
        if (valueAt(config, key.path) && whyIgnored(root, compat).empty())
            ignored.push_back({std::string(key.path), std::string(key.sentence)});
    }
    addShapes(ignored, config);
    addDefaults(ignored, config["defaults"], "defaults.", false);
    addLonely(ignored, config, isLimited);
    return ignored;
}

bool isKeyOfTheEdgeAlone(std::string_view path)
{
    return path.starts_with(ConfigPrefix)
        && std::any_of(unacted.begin(), unacted.end(), [&](const UnactedKey &key) {
               return key.ofTheEdge && key.path == path.substr(ConfigPrefix.size());
           });
}

} // namespace edge
