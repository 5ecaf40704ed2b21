// SPDX-License-Identifier: GPL-3.0-or-later
// What the edge core does not do of a configuration: each with who asks for it.
#include "edge/config/compilation.h"
#include "edge/unserved.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace {

std::string object(const std::string &kind, const std::string &name, const std::string &spec)
{
    return "---\napiVersion: getambassador.io/v3alpha1\nkind: " + kind + "\nmetadata: {name: " + name
        + ", namespace: default}\nspec: {" + spec + "}\n";
}

edge::Config compiled(const std::string &yaml, edge::Compat compat = edge::Compat::V4)
{
    const auto objects = edge::parseYaml(
        object("Listener", "l",
               "port: 8080, protocol: HTTP, securityModel: XFP, hostBinding: {namespace: {from: ALL}}")
        + yaml);
    EXPECT_TRUE(objects.has_value());
    edge::CompileOptions options;
    options.compat = compat;
    edge::Compilation compilation(options);
    compilation.setAll(*objects);
    return compilation.compile();
}

struct Case
{
    std::string name, yaml;
    std::vector<std::string> told; // "KIND NAME PATH"
    edge::Compat compat = edge::Compat::V4;
};

class Unserved : public testing::TestWithParam<Case>
{
};

// The names of a value's fields.  One too many or too few does not compile: a new field has to be placed here, and then
// either in `served` or in `rows`.
std::set<std::string> namesIn(const std::string &owner, std::string_view list)
{
    std::set<std::string> names;
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        names.insert(owner + " " + std::string(list.substr(list.find_first_not_of(' '), comma)));
        list.remove_prefix(std::min(comma + 1, list.size()));
        while (!list.empty() && list.front() == ' ')
            list.remove_prefix(1);
    }
    return names;
}
#define FIELDS(OWNER, ...)                                                                                   \
    [] {                                                                                                     \
        [[maybe_unused]] const auto &[__VA_ARGS__] = edge::OWNER();                                          \
        return namesIn(#OWNER, #__VA_ARGS__);                                                                \
    }()

struct World // one of each value
{
    edge::Cluster cluster;
    edge::Route route;
    edge::Listener listener;
    edge::TlsContext context;
    edge::Config config;

    edge::Config whole() const
    {
        edge::Config all = config;
        all.clusters = edge::SharedMap<edge::Cluster>(
            {std::make_shared<const edge::SharedMap<edge::Cluster>::value_type>("c", cluster)});
        edge::Listener listening = listener;
        edge::VirtualHost host;
        host.routes.push_back(std::make_shared<const edge::Route>(route));
        listening.chains.emplace_back().virtualHosts.push_back(std::move(host));
        all.listeners.push_back(std::move(listening));
        all.tlsContexts["t"] = context;
        return all;
    }
};

struct FieldRow
{
    const char *field;
    void (*set)(World &);
    const char *told; // "KIND PATH"
};
const FieldRow rows[] = {
    {"Cluster lbPolicy", [](World &w) { w.cluster.lbPolicy = "MAGLEV"; }, "Mapping spec.load_balancer"},
    {"Cluster http2", [](World &w) { w.cluster.http2 = true; }, "Mapping spec.grpc"},
    {"Cluster ipv4", [](World &w) { w.cluster.ipv4 = false; }, "Mapping spec.enable_ipv4"},
    {"Cluster ipv6", [](World &w) { w.cluster.ipv6 = true; }, "Mapping spec.enable_ipv6"},
    {"Cluster respectDnsTtl", [](World &w) { w.cluster.respectDnsTtl = true; },
     "Mapping spec.respect_dns_ttl"},
    {"Cluster keepalive", [](World &w) { w.cluster.keepalive.emplace(); }, "Mapping spec.keepalive"},
    {"Cluster idleTimeoutMs", [](World &w) { w.cluster.idleTimeoutMs = 5; },
     "Mapping spec.cluster_idle_timeout_ms"},
    {"Cluster maxConnectionMs", [](World &w) { w.cluster.maxConnectionMs = 5; },
     "Mapping spec.cluster_max_connection_lifetime_ms"},
    {"Cluster healthChecks", [](World &w) { w.cluster.healthChecks = edge::Value::array({"x"}); },
     "Mapping spec.health_checks"},
    {"CircuitBreaker priority", [](World &w) { w.cluster.circuitBreakers.emplace_back().priority = "HIGH"; },
     "Mapping spec.circuit_breakers"},
    {"CircuitBreaker maxRetries", [](World &w) { w.cluster.circuitBreakers.emplace_back().maxRetries = 5; },
     "Mapping spec.circuit_breakers"},
    {"Route errorResponses", [](World &w) { w.route.errorResponses = edge::Value::object(); },
     "Mapping spec.error_response_overrides"},
    {"Route priority", [](World &w) { w.route.priority = "high"; }, "Mapping spec.priority"},
    {"Route hashPolicies", [](World &w) { w.route.hashPolicies.emplace_back(); },
     "Mapping spec.load_balancer"},
    {"Listener udp", [](World &w) { w.listener.udp = true; }, "Listener spec.protocolStack"},
    {"Listener tlsBeforeProxy", [](World &w) { w.listener.tlsBeforeProxy = w.listener.proxyProtocol = true; },
     "Listener spec.protocolStack"},
    {"Listener bufferLimit", [](World &w) { w.listener.bufferLimit = 5; },
     "Module spec.config.buffer_limit_bytes"},
    {"HttpOptions http3", [](World &w) { w.listener.http.http3 = true; }, "Listener spec.protocolStack"},
    {"HttpOptions maxConcurrentStreams", [](World &w) { w.listener.http.maxConcurrentStreams = 5; },
     "Listener spec.http2MaxConcurrentStreams"},
    {"HttpOptions forwardClientCert", [](World &w) { w.listener.http.forwardClientCert = "SANITIZE_SET"; },
     "Module spec.config.forward_client_cert_details"},
    {"HttpOptions clientCertDetails",
     [](World &w) {
         w.listener.http.clientCertDetails = edge::Value::object({{"subject", true}});
     },
     "Module spec.config.set_current_client_cert_details"},
    {"HttpOptions headerCase", [](World &w) { w.listener.http.headerCase = {"X-A"}; },
     "Module spec.config.header_case_overrides"},
    {"HttpOptions tracing", [](World &w) { w.listener.http.tracing = edge::Value::object(); },
     "TracingService "},
    {"TlsContext alpnProtocols", [](World &w) { w.context.alpnProtocols = "h2,http/1.1"; },
     "TLSContext spec.alpn_protocols"},
    {"Config stdRegex", [](World &w) { w.config.stdRegex = true; }, "Module spec.config.regex_type"},
};
// What the edge core does, what says who asked for it, and what the filters speak of (rateLimits, authContext,
// each is nothing without its filter, which is told) or tracing does (tracer).
const std::set<std::string> served{"CircuitBreaker maxConnections",
                                   "CircuitBreaker maxPendingRequests",
                                   "CircuitBreaker maxRequests",
                                   "Cluster circuitBreakers",
                                   "Cluster connectTimeoutMs",
                                   "Cluster discovery",
                                   "Cluster edsName",
                                   "Cluster endpoints",
                                   "Cluster host",
                                   "Cluster name",
                                   "Cluster port",
                                   "Cluster source",
                                   "Cluster statName",
                                   "Cluster tls",
                                   "Cluster tlsContext",
                                   "Config accessLogs",
                                   "Config brokenAuth",
                                   "Config clusters",
                                   "Config diagnostics",
                                   "Config groups",
                                   "Config httpFilters",
                                   "Config listeners",
                                   "Config regexMaxSize",
                                   "Config replaced",
                                   "Config tlsContexts",
                                   "HttpOptions acceptHttp10",
                                   "HttpOptions allowChunkedLength",
                                   "HttpOptions generateRequestId",
                                   "HttpOptions headersWithUnderscores",
                                   "HttpOptions isNewestEnvoy",
                                   "HttpOptions idleTimeoutMs",
                                   "HttpOptions maxRequestHeadersKb",
                                   "HttpOptions mergeSlashes",
                                   "HttpOptions preserveExternalRequestId",
                                   "HttpOptions properCase",
                                   "HttpOptions rejectEscapedSlashes",
                                   "HttpOptions serverName",
                                   "HttpOptions statPrefix",
                                   "HttpOptions stripMatchingHostPort",
                                   "HttpOptions tracer",
                                   "HttpOptions trustedHops",
                                   "HttpOptions useRemoteAddress",
                                   "Listener address",
                                   "Listener chains",
                                   "Listener http",
                                   "Listener listener",
                                   "Listener name",
                                   "Listener port",
                                   "Listener proxyProtocol",
                                   "Listener tlsInspector",
                                   "RetryPolicy hasNumRetries",
                                   "RetryPolicy numRetries",
                                   "RetryPolicy perTryTimeout",
                                   "RetryPolicy perTryTimeoutMs",
                                   "RetryPolicy retryOn",
                                   "Route authContext",
                                   "Route authDisabled",
                                   "Route autoHostRewrite",
                                   "Route cluster",
                                   "Route cors",
                                   "Route groupId",
                                   "Route headers",
                                   "Route hostRewrite",
                                   "Route idleTimeoutMs",
                                   "Route mapping",
                                   "Route mirrorCluster",
                                   "Route mirrorNumerator",
                                   "Route path",
                                   "Route prefixRewrite",
                                   "Route queryParameters",
                                   "Route rateLimits",
                                   "Route redirect",
                                   "Route regexRewrite",
                                   "Route requestHeadersToAdd",
                                   "Route requestHeadersToRemove",
                                   "Route responseHeadersToAdd",
                                   "Route responseHeadersToRemove",
                                   "Route retryPolicy",
                                   "Route runtimeNumerator",
                                   "Route timeoutMs",
                                   "Route upgrades",
                                   "TlsContext caFile",
                                   "TlsContext caSecret",
                                   "TlsContext certFile",
                                   "TlsContext certRequired",
                                   "TlsContext cipherSuites",
                                   "TlsContext crlFile",
                                   "TlsContext crlSecret",
                                   "TlsContext ecdhCurves",
                                   "TlsContext keyFile",
                                   "TlsContext maxTlsVersion",
                                   "TlsContext minTlsVersion",
                                   "TlsContext name",
                                   "TlsContext ownRoot",
                                   "TlsContext secret",
                                   "TlsContext sni",
                                   "TlsContext source"};

std::set<std::string> allFields()
{
    std::set<std::string> all;
    all.merge(FIELDS(Cluster, name, host, port, tls, tlsContext, connectTimeoutMs, lbPolicy, http2, discovery,
                     edsName, endpoints, statName, ipv4, ipv6, respectDnsTtl, circuitBreakers, keepalive,
                     idleTimeoutMs, maxConnectionMs, healthChecks, source));
    all.merge(FIELDS(CircuitBreaker, priority, maxConnections, maxPendingRequests, maxRequests, maxRetries));
    all.merge(FIELDS(Route, path, headers, queryParameters, runtimeNumerator, redirect, cluster,
                     prefixRewrite, regexRewrite, hostRewrite, autoHostRewrite, timeoutMs, idleTimeoutMs,
                     requestHeadersToAdd, responseHeadersToAdd, requestHeadersToRemove,
                     responseHeadersToRemove, retryPolicy, cors, priority, upgrades, mirrorCluster,
                     mirrorNumerator, hashPolicies, rateLimits, authDisabled, authContext, errorResponses,
                     mapping, groupId));
    all.merge(FIELDS(RetryPolicy, retryOn, numRetries, perTryTimeoutMs, hasNumRetries, perTryTimeout));
    all.merge(FIELDS(Listener, name, address, port, udp, proxyProtocol, tlsInspector, tlsBeforeProxy,
                     bufferLimit, chains, http, listener));
    all.merge(FIELDS(HttpOptions, statPrefix, serverName, useRemoteAddress, trustedHops, acceptHttp10,
                     properCase, preserveExternalRequestId, mergeSlashes, rejectEscapedSlashes,
                     stripMatchingHostPort, http3, isNewestEnvoy, maxConcurrentStreams, allowChunkedLength,
                     generateRequestId, idleTimeoutMs, maxRequestHeadersKb, headersWithUnderscores,
                     forwardClientCert, clientCertDetails, headerCase, tracing, tracer));
    all.merge(FIELDS(TlsContext, name, source, secret, caSecret, ownRoot, certRequired, alpnProtocols,
                     minTlsVersion, maxTlsVersion, cipherSuites, ecdhCurves, sni, certFile, keyFile, caFile,
                     crlFile, crlSecret));
    all.merge(FIELDS(Config, listeners, groups, httpFilters, accessLogs, regexMaxSize, stdRegex, clusters,
                     tlsContexts, diagnostics, replaced, brokenAuth));
    return all;
}

} // namespace

TEST(UnservedFields, eachIsServedOrTold)
{
    World plain;
    plain.cluster.source = plain.route.mapping = {"Mapping", "m", "prod"};
    plain.listener.listener = {"Listener", "l", "prod"};
    plain.context.source = {"TLSContext", "t", "prod"};
    EXPECT_TRUE(edge::unservedBy(plain.whole()).empty());
    std::set<std::string> placed = served;
    for (const FieldRow &row : rows) {
        World world = plain;
        row.set(world);
        std::vector<std::string> told;
        for (const edge::Unserved &one : edge::unservedBy(world.whole()))
            told.push_back(one.object.kind + " " + one.path);
        EXPECT_EQ(told, std::vector<std::string>{row.told}) << row.field;
        EXPECT_EQ(served.count(row.field), 0u) << row.field;
        placed.insert(row.field);
    }
    EXPECT_EQ(placed, allFields());
}

TEST_P(Unserved, namesWhoAsksForIt)
{
    std::vector<std::string> told;
    for (const edge::Unserved &one : edge::unservedBy(compiled(GetParam().yaml, GetParam().compat)))
        told.push_back(one.object.kind + " " + one.object.name + " " + one.path);
    EXPECT_EQ(told, GetParam().told);
}

namespace {

const std::string limits = object("RateLimitService", "r", "service: 'r:5000', protocol_version: v3");
std::string mapping(const std::string &name, const std::string &rest = {})
{
    return object("Mapping", name, "hostname: '*', prefix: /" + name + "/, service: " + name + rest);
}

INSTANTIATE_TEST_SUITE_P(
    Each, Unserved,
    testing::Values(
        Case{"all of it is done", mapping("a"), {}},
        Case{"an AuthService",
             object("AuthService", "auth", "auth_service: 'auth:3000', proto: http"),
             {"AuthService  "}},
        Case{"a RateLimitService, which is spoken to by no protocol at all", limits, {"RateLimitService  "}},
        Case{"words for errors, of a Mapping",
             mapping("a", ", error_response_overrides: [{on_status_code: 404, body: {text_format: x}}]"),
             {"Mapping a spec.error_response_overrides"},
             edge::Compat::V3},
        Case{"and of the Module",
             object("Module", "ambassador",
                    "config: {error_response_overrides: [{on_status_code: '404', body: {text_format: x}}]}"),
             {"Module  spec.config.error_response_overrides"},
             edge::Compat::V3},
        Case{"gzip",
             object("Module", "ambassador", "config: {gzip: {enabled: true}}"),
             {"Module  spec.config.gzip"}},
        Case{"gRPC of two Mappings",
             mapping("a", ", grpc: true") + mapping("b", ", grpc: true") + mapping("c"),
             {"Mapping a spec.grpc", "Mapping b spec.grpc"}},
        Case{"HTTP/3, whose Listener is said once",
             object("Listener", "u",
                    "port: 8443, protocolStack: [TLS, HTTP, UDP], securityModel: XFP, hostBinding: "
                    "{namespace: {from: ALL}}")
                 + object("Host", "h", "hostname: a.example.com, tlsSecret: {name: s}")
                 + "---\napiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: default}\ntype: "
                   "kubernetes.io/tls\ndata: {tls.crt: eA==, tls.key: eA==}\n",
             {"Listener u spec.protocolStack"}},
        Case{"HTTP/3 beside TCP, of which one speaks it",
             object("Listener", "t",
                    "port: 8443, protocol: HTTPS, securityModel: XFP, hostBinding: {namespace: {from: ALL}}")
                 + object("Listener", "u",
                          "port: 8443, protocolStack: [TLS, HTTP, UDP], securityModel: XFP, hostBinding: "
                          "{namespace: {from: ALL}}")
                 + object("Host", "h", "hostname: a.example.com, tlsSecret: {name: s}")
                 + "---\napiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: default}\ntype: "
                   "kubernetes.io/tls\ndata: {tls.crt: eA==, tls.key: eA==}\n",
             {"Listener u spec.protocolStack"}}),
    [](const auto &each) {
        std::string name = each.param.name;
        std::replace_if(
            name.begin(), name.end(), [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); },
            '_');
        return name;
    });

} // namespace
