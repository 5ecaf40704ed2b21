// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/unserved.h"

#include <algorithm>

namespace edge {

namespace {

struct Gap
{
    std::string_view filter; // of Envoy, without its prefix
    std::string_view sentence;
};
constexpr Gap gaps[] = {
    {"ext_authz", "the AuthService is not asked: requests go through without it"},
    {"ratelimit", "the RateLimitService is not asked: nothing is limited"},
    {"rbac", "ip_allow and ip_deny are not looked at: every address is let in"},
    {"lua", "Lua scripts are not run"},
    {"gzip", "answers are not compressed (gzip)"},
    {"buffer", "requests are not held back until they are whole, and their size is not limited (buffer)"},
    {"grpc_web", "gRPC-Web is not translated"},
    {"grpc_http1_bridge", "gRPC is not bridged to HTTP/1.1"},
    {"response_map", "error_response_overrides are not applied"},
};

template<typename Holds>
std::string firstCluster(const Config &config, Holds holds)
{
    const auto found = std::find_if(config.clusters.begin(), config.clusters.end(),
                                    [&](const auto &entry) { return holds(entry.second); });
    if (found == config.clusters.end())
        return {};
    const ResourceRef &source = found->second.source;
    return source.kind + " " + source.nameSpace + "/" + source.name;
}

template<typename Holds>
bool anyListener(const Config &config, Holds holds)
{
    return std::any_of(config.listeners.begin(), config.listeners.end(), holds);
}

} // namespace

std::vector<std::string> unservedBy(const Config &config)
{
    constexpr std::string_view prefix = "envoy.filters.http.";
    std::vector<std::string> sentences;
    for (const Gap &gap : gaps) {
        if (std::any_of(config.httpFilters.begin(), config.httpFilters.end(), [&](const HttpFilter &filter) {
                return filter.name == std::string(prefix) + std::string(gap.filter);
            }))
            sentences.emplace_back(gap.sentence);
    }
    const auto add = [&](const std::string &object, const std::string &what) {
        if (!object.empty())
            sentences.push_back(object + ": " + what);
    };
    add(firstCluster(config, [](const Cluster &cluster) { return cluster.http2; }),
        "its service is spoken to by HTTP/1.1, not by HTTP/2 (grpc)");
    add(firstCluster(config, [](const Cluster &cluster) { return !cluster.healthChecks.isNull(); }),
        "its service is not probed (health_checks)");
    if (anyListener(config, [](const Listener &listener) { return listener.udp || listener.http.http3; }))
        sentences.emplace_back("HTTP/3 and UDP are not listened to");
    if (anyListener(config, [](const Listener &listener) { return !listener.http.tracing.isNull(); }))
        sentences.emplace_back("requests are not traced (TracingService)");
    if (std::any_of(config.accessLogs.begin(), config.accessLogs.end(),
                    [](const Value &log) { return log["name"].text().find("grpc") != std::string::npos; }))
        sentences.emplace_back("requests are not reported to the LogService");
    return sentences;
}

} // namespace edge
