// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/unserved.h"

#include <algorithm>

namespace edge {

namespace {

struct Gap
{
    std::string_view filter;     // of Envoy, without its prefix
    std::string_view kind, path; // who asks for it
    std::string_view sentence;
};
constexpr Gap gaps[] = {
    {"ext_authz", "AuthService", "", "the AuthService is not asked: requests go through without it"},
    {"ratelimit", "RateLimitService", "", "the RateLimitService is not asked: nothing is limited"},
    {"rbac", "Module", "spec.config", "ip_allow and ip_deny are not looked at: every address is let in"},
    {"lua", "Module", "spec.config.lua_scripts", "Lua scripts are not run"},
    {"gzip", "Module", "spec.config.gzip", "answers are not compressed (gzip)"},
    {"buffer", "Module", "spec.config.buffer",
     "requests are not held back until they are whole, and their size is not limited (buffer)"},
    {"grpc_web", "Module", "spec.config.enable_grpc_web", "gRPC-Web is not translated"},
    {"grpc_http1_bridge", "Module", "spec.config.enable_grpc_http11_bridge",
     "gRPC is not bridged to HTTP/1.1"},
    {"response_map", "Module", "spec.config.error_response_overrides",
     "error_response_overrides are not applied"},
};

class Teller
{
public:
    explicit Teller(const Config &config)
        : m_config(config)
    {
    }

    void tellFilters();
    void tellClusters();
    void tellListeners();
    void tellLogs();
    std::vector<Unserved> take() { return std::move(m_all); }

private:
    template<typename Holds>
    void ofClusters(Holds holds, const std::string &path, const std::string &sentence)
    {
        for (const auto &[name, cluster] : m_config.clusters) {
            if (cluster.source.kind == "Mapping" && holds(cluster)) // others are not asked at all
                m_all.push_back({cluster.source, path, sentence});
        }
    }

    const Config &m_config;
    std::vector<Unserved> m_all;
};

void Teller::tellFilters()
{
    constexpr std::string_view prefix = "envoy.filters.http.";
    for (const Gap &gap : gaps) {
        const auto isIt = [&](const HttpFilter &filter) {
            return filter.name.starts_with(prefix)
                && std::string_view(filter.name).substr(prefix.size()) == gap.filter;
        };
        if (std::any_of(m_config.httpFilters.begin(), m_config.httpFilters.end(), isIt))
            m_all.push_back(
                {{std::string(gap.kind), {}, {}}, std::string(gap.path), std::string(gap.sentence)});
    }
}

void Teller::tellClusters()
{
    ofClusters([](const Cluster &cluster) { return cluster.http2; }, "spec.grpc",
               "its service is spoken to by HTTP/1.1, not by HTTP/2 (grpc)");
    ofClusters([](const Cluster &cluster) { return !cluster.healthChecks.isNull(); }, "spec.health_checks",
               "its service is not probed (health_checks)");
}

void Teller::tellListeners()
{
    for (const Listener &listener : m_config.listeners) {
        const Unserved udp{listener.listener, "spec.protocolStack", "HTTP/3 and UDP are not listened to"};
        const bool isTold =
            std::find(m_all.begin(), m_all.end(), udp) != m_all.end(); // of the TCP one beside it
        if ((listener.udp || listener.http.http3) && !isTold)
            m_all.push_back(udp);
    }
    if (std::any_of(m_config.listeners.begin(), m_config.listeners.end(),
                    [](const Listener &listener) { return !listener.http.tracing.isNull(); }))
        m_all.push_back({{"TracingService", {}, {}}, {}, "requests are not traced (TracingService)"});
}

void Teller::tellLogs()
{
    if (std::any_of(m_config.accessLogs.begin(), m_config.accessLogs.end(),
                    [](const Value &log) { return log["name"].text().find("grpc") != std::string::npos; }))
        m_all.push_back({{"LogService", {}, {}}, {}, "requests are not reported to the LogService"});
}

} // namespace

std::vector<Unserved> unservedBy(const Config &config)
{
    Teller teller(config);
    teller.tellFilters();
    teller.tellClusters();
    teller.tellListeners();
    teller.tellLogs();
    return teller.take();
}

} // namespace edge
