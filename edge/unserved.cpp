// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/unserved.h"

#include "edge/alpn.h"
#include "edge/text.h"

#include <algorithm>
#include <set>
#include <tuple>

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
    {"grpc_stats", "Module", "spec.config.grpc_stats", "gRPC is not counted (grpc_stats)"},
};

// A field of a compiled value that nothing here acts on.  unserved_test knows every field of these values.
template<typename Owner>
struct FieldGap
{
    std::string_view path;
    std::string_view sentence;
    bool (*asks)(const Owner &);
};

bool isHigh(const CircuitBreaker &breaker) { return lowered(breaker.priority) == "high"; }

constexpr FieldGap<Cluster> ofClusters[] = {
    {"spec.grpc", "its service is spoken to by HTTP/1.1, not by HTTP/2 (grpc)",
     [](const Cluster &cluster) { return cluster.http2; }},
    {"spec.health_checks", "its service is not probed (health_checks)",
     [](const Cluster &cluster) { return !cluster.healthChecks.isNull(); }},
    {"spec.load_balancer", "its endpoints are chosen without a look at load_balancer",
     [](const Cluster &cluster) { return cluster.lbPolicy != "ROUND_ROBIN"; }},
    {"spec.keepalive", "connections to its service are not kept alive by TCP (keepalive)",
     [](const Cluster &cluster) { return cluster.keepalive.has_value(); }},
    {"spec.cluster_idle_timeout_ms",
     "how long a connection to its service may be idle is not asked (cluster_idle_timeout_ms)",
     [](const Cluster &cluster) { return cluster.idleTimeoutMs.has_value(); }},
    {"spec.cluster_max_connection_lifetime_ms",
     "connections to its service get as old as they get (cluster_max_connection_lifetime_ms)",
     [](const Cluster &cluster) { return cluster.maxConnectionMs.has_value(); }},
    {"spec.respect_dns_ttl", "how long an answer of DNS is good is not asked (respect_dns_ttl)",
     [](const Cluster &cluster) { return cluster.respectDnsTtl; }},
    {"spec.enable_ipv4", "IPv4 addresses of its service are dialled all the same (enable_ipv4)",
     [](const Cluster &cluster) { return !cluster.ipv4; }},
    {"spec.enable_ipv6", "which addresses of its service are dialled is not asked (enable_ipv6)",
     [](const Cluster &cluster) { return cluster.ipv6; }},
    {"spec.circuit_breakers", "its circuit_breakers of priority high limit nothing",
     [](const Cluster &cluster) {
         return std::any_of(cluster.circuitBreakers.begin(), cluster.circuitBreakers.end(), isHigh);
     }},
    {"spec.circuit_breakers", "max_retries of its circuit_breakers limits nothing",
     [](const Cluster &cluster) {
         return std::any_of(cluster.circuitBreakers.begin(), cluster.circuitBreakers.end(),
                            [](const CircuitBreaker &breaker) { return breaker.maxRetries.has_value(); });
     }},
};

constexpr FieldGap<Route> ofRoutes[] = {
    {"spec.load_balancer",
     "nothing keeps a client at one endpoint, and no cookie is set for it (load_balancer)",
     [](const Route &route) { return !route.hashPolicies.empty(); }},
    {"spec.error_response_overrides", "error_response_overrides are not applied",
     [](const Route &route) { return route.errorResponses.isObject(); }},
    {"spec.bypass_error_response_overrides",
     "error_response_overrides are applied to nothing here, and so not bypassed",
     [](const Route &route) { return route.errorResponses.isBool(); }},
    {"spec.priority", "its requests are counted as those of priority default",
     [](const Route &route) { return !route.priority.empty() && lowered(route.priority) == "high"; }},
};

constexpr FieldGap<Listener> ofListeners[] = {
    {"spec.protocolStack", "PROXY is read before TLS in whichever order they stand",
     [](const Listener &listener) { return listener.proxyProtocol && listener.tlsBeforeProxy; }},
    {"spec.http2MaxConcurrentStreams", "clients are not spoken to by HTTP/2 (http2MaxConcurrentStreams)",
     [](const Listener &listener) { return listener.http.maxConcurrentStreams.has_value(); }},
};

constexpr FieldGap<Listener> ofTheModule[] = {
    // which every Listener has alike
    {"spec.config.buffer_limit_bytes", "buffers are not limited (buffer_limit_bytes)",
     [](const Listener &listener) { return listener.bufferLimit.has_value(); }},
    {"spec.config.forward_client_cert_details",
     "x-forwarded-client-cert is not made or taken away (forward_client_cert_details)",
     [](const Listener &listener) { return !listener.http.forwardClientCert.empty(); }},
    {"spec.config.set_current_client_cert_details",
     "x-forwarded-client-cert is not made (set_current_client_cert_details)",
     [](const Listener &listener) { return !listener.http.clientCertDetails.isNull(); }},
    {"spec.config.header_case_overrides", "names of headers are not rewritten (header_case_overrides)",
     [](const Listener &listener) { return !listener.http.headerCase.empty(); }},
};

constexpr FieldGap<TlsContext> ofContexts[] = {
    {"spec.alpn_protocols", "clients are not spoken to by HTTP/2 (alpn_protocols)",
     [](const TlsContext &context) {
         const std::vector<std::string> protocols = protocolsOf(context.alpnProtocols);
         return std::find(protocols.begin(), protocols.end(), "h2") != protocols.end();
     }},
};

// error_response_overrides of the Module, not of Mappings alone.
bool isOfTheModule(const Config &config)
{
    return std::any_of(config.httpFilters.begin(), config.httpFilters.end(), [](const HttpFilter &filter) {
        return filter.name.ends_with(".response_map") && !filter.config["mappers"].items().empty();
    });
}

class Teller
{
public:
    explicit Teller(const Config &config)
        : m_config(config)
    {
    }

    void tellFilters();
    void tellClusters();
    void tellRoutes();
    void tellListeners();
    void tellContexts();
    void tellLogs();
    std::vector<Unserved> take() { return std::move(m_all); }

private:
    // Once for each object, however many of its values ask.
    void tell(const ResourceRef &object, std::string_view path, std::string_view sentence)
    {
        Unserved told{object, std::string(path), std::string(sentence)};
        if (m_told.emplace(object.kind, object.nameSpace, object.name, told.path, told.sentence).second)
            m_all.push_back(std::move(told));
    }

    const Config &m_config;
    std::vector<Unserved> m_all;
    std::set<std::tuple<std::string, std::string, std::string, std::string, std::string>> m_told;
};

void Teller::tellFilters()
{
    constexpr std::string_view prefix = "envoy.filters.http.";
    for (const Gap &gap : gaps) {
        const auto isIt = [&](const HttpFilter &filter) {
            return filter.name.starts_with(prefix)
                && std::string_view(filter.name).substr(prefix.size()) == gap.filter;
        };
        const auto those = std::count_if(m_config.httpFilters.begin(), m_config.httpFilters.end(), isIt);
        const bool isRefusing = gap.filter == "lua" && !m_config.brokenAuth.kind.empty(); // which is done
        if (gap.filter == "response_map" && !isOfTheModule(m_config)) // Mappings ask for it: tellRoutes
            continue;
        if (those > (isRefusing ? 1 : 0))
            m_all.push_back(
                {{std::string(gap.kind), {}, {}}, std::string(gap.path), std::string(gap.sentence)});
    }
}

void Teller::tellClusters()
{
    for (const auto &[name, cluster] : m_config.clusters) { // of ten thousand each is looked at once
        const std::string &kind = cluster.source.kind;
        if (kind != "Mapping" && kind != "TCPMapping") // others are not asked at all
            continue;
        for (const FieldGap<Cluster> &gap : ofClusters) {
            if (gap.asks(cluster))
                tell(cluster.source, gap.path, gap.sentence);
        }
    }
}

void Teller::tellRoutes()
{
    for (const Listener &listener : m_config.listeners) {
        for (const FilterChain &chain : listener.chains) {
            for (const VirtualHost &host : chain.virtualHosts) {
                for (const Route &route : host.routes) {
                    for (const FieldGap<Route> &gap : ofRoutes) {
                        if (gap.asks(route) && !route.mapping.kind.empty())
                            tell(route.mapping, gap.path, gap.sentence);
                    }
                }
            }
        }
    }
}

void Teller::tellContexts()
{
    for (const FieldGap<TlsContext> &gap : ofContexts) {
        for (const auto &[name, context] : m_config.tlsContexts) {
            if (gap.asks(context))
                tell(context.source, gap.path, gap.sentence);
        }
    }
}

void Teller::tellListeners()
{
    const ResourceRef module{"Module", {}, {}};
    for (const Listener &listener : m_config.listeners) {
        const bool isBeside =
            std::any_of(m_config.listeners.begin(), m_config.listeners.end(), [&](const Listener &other) {
                return other.udp && other.address == listener.address && other.port == listener.port;
            });
        if (listener.udp || (listener.http.http3 && !isBeside)) // said once, of the one that asks for it
            tell(listener.listener, "spec.protocolStack",
                 "HTTP/3 is not listened to, and no client is told of it (alt-svc)");
    }
    for (const FieldGap<Listener> &gap : ofListeners) {
        for (const Listener &listener : m_config.listeners) {
            if (gap.asks(listener))
                tell(listener.listener, gap.path, gap.sentence);
        }
    }
    for (const FieldGap<Listener> &gap : ofTheModule) {
        if (std::any_of(m_config.listeners.begin(), m_config.listeners.end(), gap.asks))
            tell(module, gap.path, gap.sentence);
    }
    if (m_config.stdRegex)
        tell(module, "spec.config.regex_type", "regexes are matched as RE2 does, not as std::regex");
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
    teller.tellRoutes();
    teller.tellListeners();
    teller.tellContexts();
    teller.tellLogs();
    return teller.take();
}

} // namespace edge
