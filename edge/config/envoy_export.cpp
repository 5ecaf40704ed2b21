// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/config/envoy_export.h"

#include "edge/alpn.h"
#include "edge/config/envoy_route.h"

#include <algorithm>

namespace edge {

namespace {

Value socketAddress(const std::string &host, int port, bool udp = false)
{
    return Value::object(
        {{"socket_address",
          Value::object({{"protocol", udp ? "UDP" : "TCP"}, {"address", host}, {"port_value", port}})}});
}

template<typename Number>
void setIf(Value &into, const char *name, const std::optional<Number> &number)
{
    if (number)
        into.set(name, *number);
}

// No Envoy of today speaks version 2 to the services that it asks.
void speakVersion3(Value &config)
{
    if (!config["transport_api_version"].isNull())
        config.set("transport_api_version", "V3");
    for (const char *service : {"rate_limit_service", "grpc_service"}) {
        if (config[service].isObject())
            speakVersion3(config.child(service));
    }
}

class EnvoyExporter
{
public:
    EnvoyExporter(const Config &config, const EnvoyExportOptions &options)
        : m_config(config)
        , m_options(options)
    {
    }

    Value bootstrap() const;

private:
    Value file(const std::string &secret, const char *name, const std::string &path) const;
    Value commonTls(const TlsContext &context) const;
    Value tlsSocket(const TlsContext &context, bool upstream) const;
    Value cluster(const Cluster &cluster) const;
    Value endpoints(const Cluster &cluster) const;
    Value protocolOptions(const Cluster &cluster) const;
    Value listener(const Listener &listener) const;
    Value chain(const FilterChain &chain, const Listener &listener) const;
    Value connectionManager(const FilterChain &chain, const Listener &listener) const;
    Value tracing(const HttpOptions &http) const;
    Value httpFilters() const;
    Value accessLogs() const;

    const Config &m_config;
    const EnvoyExportOptions &m_options;
};

Value EnvoyExporter::accessLogs() const
{
    Value logs = Value::array();
    for (Value log : m_config.accessLogs) {
        if (log["typed_config"]["common_config"].isObject())
            speakVersion3(log.child("typed_config").child("common_config"));
        logs.push(std::move(log));
    }
    return logs;
}

Value EnvoyExporter::file(const std::string &secret, const char *name, const std::string &path) const
{
    if (secret.empty())
        return Value::object({{"filename", path}});
    const std::size_t dot = secret.rfind('.');
    return Value::object({{"filename",
                           m_options.secretsFolder + "/" + secret.substr(dot + 1) + "/"
                               + secret.substr(0, dot) + "/" + name}});
}

Value EnvoyExporter::commonTls(const TlsContext &context) const
{
    static const std::map<std::string, const char *> versions{
        {"v1.0", "TLSv1_0"}, {"v1.1", "TLSv1_1"}, {"v1.2", "TLSv1_2"}, {"v1.3", "TLSv1_3"}};
    Value common = Value::object();
    if (!context.secret.empty() || !context.certFile.empty())
        common.child("tls_certificates")
            .push(Value::object({{"certificate_chain", file(context.secret, "tls.crt", context.certFile)},
                                 {"private_key", file(context.secret, "tls.key", context.keyFile)}}));
    if (!context.caSecret.empty() || !context.caFile.empty())
        common.child("validation_context")
            .set("trusted_ca",
                 file(context.caSecret, context.ownRoot ? "root-cert.pem" : "tls.crt",
                      context
                          .caFile)); // Citadel's Secret has its own root; else tls.crt is what Emissary reads
    if (!context.crlSecret.empty() || !context.crlFile.empty())
        common.child("validation_context").set("crl", file(context.crlSecret, "crl.pem", context.crlFile));
    for (const std::string &protocol : protocolsOf(context.alpnProtocols))
        common.child("alpn_protocols").push(protocol);
    if (const auto version = versions.find(context.minTlsVersion); version != versions.end())
        common.child("tls_params").set("tls_minimum_protocol_version", version->second);
    if (const auto version = versions.find(context.maxTlsVersion); version != versions.end())
        common.child("tls_params").set("tls_maximum_protocol_version", version->second);
    if (!context.cipherSuites.empty())
        common.child("tls_params").set("cipher_suites", Value::strings(context.cipherSuites));
    if (!context.ecdhCurves.empty())
        common.child("tls_params").set("ecdh_curves", Value::strings(context.ecdhCurves));
    return common;
}

Value EnvoyExporter::tlsSocket(const TlsContext &context, bool upstream) const
{
    Value config = envoyTyped(upstream ? "extensions.transport_sockets.tls.v3.UpstreamTlsContext"
                                       : "extensions.transport_sockets.tls.v3.DownstreamTlsContext");
    config.set("common_tls_context", commonTls(context));
    if (upstream && !context.sni.empty())
        config.set("sni", context.sni);
    if (!upstream && context.certRequired)
        config.set("require_client_certificate", true);
    return Value::object({{"name", "envoy.transport_sockets.tls"}, {"typed_config", std::move(config)}});
}

Value EnvoyExporter::endpoints(const Cluster &cluster) const
{
    std::vector<UpstreamAddress> addresses = cluster.endpoints;
    const auto known = m_options.endpoints.find(cluster.edsName);
    if (known != m_options.endpoints.end())
        addresses = known->second; // none: the edge answers 503
    else if (addresses.empty())
        addresses.push_back({cluster.host, cluster.port});
    Value list = Value::array();
    for (const UpstreamAddress &address : addresses)
        list.push(Value::object(
            {{"endpoint", Value::object({{"address", socketAddress(address.host, address.port)}})}}));
    Value group = Value::object({{"lb_endpoints", std::move(list)}});
    return Value::object({{"cluster_name", cluster.name}, {"endpoints", Value::array({std::move(group)})}});
}

Value EnvoyExporter::protocolOptions(const Cluster &cluster) const
{
    if (!cluster.http2 && !cluster.idleTimeoutMs && !cluster.maxConnectionMs)
        return {};
    Value options = envoyTyped("extensions.upstreams.http.v3.HttpProtocolOptions");
    options.set("explicit_http_config",
                Value::object(
                    {{cluster.http2 ? "http2_protocol_options" : "http_protocol_options", Value::object()}}));
    if (cluster.idleTimeoutMs)
        options.child("common_http_protocol_options")
            .set("idle_timeout", envoySeconds(*cluster.idleTimeoutMs));
    if (cluster.maxConnectionMs)
        options.child("common_http_protocol_options")
            .set("max_connection_duration", envoySeconds(*cluster.maxConnectionMs));
    return Value::object({{"envoy.extensions.upstreams.http.v3.HttpProtocolOptions", std::move(options)}});
}

Value EnvoyExporter::cluster(const Cluster &cluster) const
{
    const bool isKnown = m_options.endpoints.count(cluster.edsName) > 0;
    Value value = Value::object({{"name", cluster.name},
                                 {"type",
                                  isKnown                                                   ? "STATIC"
                                      : cluster.discovery == Cluster::Discovery::LogicalDns ? "LOGICAL_DNS"
                                                                                            : "STRICT_DNS"}});
    value.set("connect_timeout", envoySeconds(cluster.connectTimeoutMs));
    value.set("lb_policy", cluster.lbPolicy);
    value.set("dns_lookup_family",
              cluster.ipv4 && cluster.ipv6 ? "AUTO"
                  : cluster.ipv6           ? "V6_ONLY"
                                           : "V4_ONLY");
    value.set("load_assignment", endpoints(cluster));
    if (!cluster.statName.empty())
        value.set("alt_stat_name", cluster.statName);
    if (cluster.respectDnsTtl && !isKnown)
        value.set("respect_dns_ttl", true);
    for (const CircuitBreaker &breaker : cluster.circuitBreakers) {
        Value threshold = Value::object({{"priority", breaker.priority}});
        setIf(threshold, "max_connections", breaker.maxConnections);
        setIf(threshold, "max_pending_requests", breaker.maxPendingRequests);
        setIf(threshold, "max_requests", breaker.maxRequests);
        setIf(threshold, "max_retries", breaker.maxRetries);
        value.child("circuit_breakers").child("thresholds").push(std::move(threshold));
    }
    if (cluster.keepalive) {
        Value keepalive = Value::object();
        setIf(keepalive, "keepalive_time", cluster.keepalive->time);
        setIf(keepalive, "keepalive_interval", cluster.keepalive->interval);
        setIf(keepalive, "keepalive_probes", cluster.keepalive->probes);
        value.set("upstream_connection_options", Value::object({{"tcp_keepalive", std::move(keepalive)}}));
    }
    if (!cluster.healthChecks.isNull())
        value.set("health_checks", cluster.healthChecks);
    if (Value options = protocolOptions(cluster); !options.isNull())
        value.set("typed_extension_protocol_options", std::move(options));
    if (cluster.tls) {
        const auto context = m_config.tlsContexts.find(cluster.tlsContext);
        value.set("transport_socket",
                  tlsSocket(context == m_config.tlsContexts.end() ? TlsContext() : context->second, true));
    }
    return value;
}

// Filters without a configuration of their own get the empty one of their type: Envoy finds them by type
// only.
Value EnvoyExporter::httpFilters() const
{
    static const std::map<std::string, const char *> types{
        {"envoy.filters.http.cors", "extensions.filters.http.cors.v3.Cors"},
        {"envoy.filters.http.router", "extensions.filters.http.router.v3.Router"},
        {"envoy.filters.http.grpc_web", "extensions.filters.http.grpc_web.v3.GrpcWeb"},
        {"envoy.filters.http.grpc_http1_bridge", "extensions.filters.http.grpc_http1_bridge.v3.Config"}};
    Value list = Value::array();
    for (const HttpFilter &filter : m_config.httpFilters) {
        Value config = filter.config;
        const auto type = types.find(filter.name);
        if (config.isNull() && type != types.end())
            config = envoyTyped(type->second);
        if (config["@type"].isNull()) // response_map was a filter of Emissary's own Envoy
            continue;
        speakVersion3(config);
        if (config["inline_code"].isString()) {
            Value code = config["inline_code"];
            config.erase("inline_code");
            config.set("default_source_code", Value::object({{"inline_string", std::move(code)}}));
        }
        list.push(Value::object({{"name", filter.name}, {"typed_config", std::move(config)}}));
    }
    return list;
}

// Envoy of today has no request_headers_for_tags; a tag of a header is the same.
Value EnvoyExporter::tracing(const HttpOptions &http) const
{
    Value tracing = http.tracing;
    for (const Value &name : http.tracing["request_headers_for_tags"].items())
        tracing.child("custom_tags")
            .push(Value::object({{"tag", name}, {"request_header", Value::object({{"name", name}})}}));
    tracing.erase("request_headers_for_tags");
    tracing.set("provider", http.tracer);
    return tracing;
}

// Tells clients that they may go on by HTTP/3; a port in front of the edge is taken to be that of https.
Value alternative()
{
    return Value::object({{"key", "alt-svc"}, {"value", "h3=\":443\"; ma=86400, h3-29=\":443\"; ma=86400"}});
}

// TLS as QUIC has it.
Value quicSocket(const Value &tls)
{
    Value context = tls["typed_config"];
    context.erase("@type");
    Value quic = envoyTyped("extensions.transport_sockets.quic.v3.QuicDownstreamTransport");
    quic.set("downstream_tls_context", std::move(context));
    return Value::object({{"name", "envoy.transport_sockets.quic"}, {"typed_config", std::move(quic)}});
}

Value EnvoyExporter::connectionManager(const FilterChain &chain, const Listener &listener) const
{
    const HttpOptions &http = listener.http;
    Value manager = envoyTyped("extensions.filters.network.http_connection_manager.v3.HttpConnectionManager");
    manager.set("stat_prefix", http.statPrefix);
    manager.set("server_name", http.serverName);
    manager.set("use_remote_address", http.useRemoteAddress);
    manager.set("normalize_path", true);
    manager.set("preserve_external_request_id", http.preserveExternalRequestId);
    if (http.trustedHops != 0)
        manager.set("xff_num_trusted_hops", http.trustedHops);
    if (http.mergeSlashes)
        manager.set("merge_slashes", true);
    if (http.rejectEscapedSlashes)
        manager.set("path_with_escaped_slashes_action", "REJECT_REQUEST");
    if (http.stripMatchingHostPort)
        manager.set("strip_matching_host_port", true);
    if (http.http3)
        manager.set("http3_protocol_options", Value::object());
    if (listener.udp)
        manager.set("codec_type", "HTTP3");
    setIf(manager, "max_request_headers_kb", http.maxRequestHeadersKb);
    Value protocol = Value::object({{"accept_http_10", http.acceptHttp10}});
    if (http.properCase)
        protocol.set("header_key_format", Value::object({{"proper_case_words", Value::object()}}));
    if (http.allowChunkedLength)
        protocol.set("allow_chunked_length", *http.allowChunkedLength);
    manager.set("http_protocol_options", std::move(protocol));
    if (http.maxConcurrentStreams)
        manager.set("http2_protocol_options",
                    Value::object({{"max_concurrent_streams", *http.maxConcurrentStreams}}));
    if (http.idleTimeoutMs)
        manager.child("common_http_protocol_options").set("idle_timeout", envoySeconds(*http.idleTimeoutMs));
    if (!http.headersWithUnderscores.empty())
        manager.child("common_http_protocol_options")
            .set("headers_with_underscores_action", http.headersWithUnderscores);
    if (!http.forwardClientCert.empty())
        manager.set("forward_client_cert_details", http.forwardClientCert);
    if (!http.clientCertDetails.isNull())
        manager.set("set_current_client_cert_details", http.clientCertDetails);
    if (!http.tracer.isNull())
        manager.set("tracing", tracing(http));
    manager.set("access_log", accessLogs());
    manager.set("http_filters", httpFilters());
    Value hosts = Value::array();
    for (const VirtualHost &host : chain.virtualHosts) {
        Value routes = Value::array();
        for (const Route &route : host.routes)
            routes.push(envoyRoute(route, m_config));
        Value &site = hosts.push(Value::object(
            {{"name", host.name}, {"domains", Value::strings(host.domains)}, {"routes", std::move(routes)}}));
        if (http.http3 && !listener.udp)
            site.set("response_headers_to_add", Value::array({Value::object({{"header", alternative()}})}));
    }
    manager.set("route_config",
                Value::object({{"name", listener.name}, {"virtual_hosts", std::move(hosts)}}));
    return Value::object(
        {{"name", "envoy.filters.network.http_connection_manager"}, {"typed_config", std::move(manager)}});
}

Value EnvoyExporter::chain(const FilterChain &chain, const Listener &listener) const
{
    Value match = Value::object();
    if (!chain.serverNames.empty())
        match.set("server_names", Value::strings(chain.serverNames));
    if (chain.tls)
        match.set("transport_protocol", listener.udp ? "quic" : "tls");
    Value value = Value::object({{"filter_chain_match", std::move(match)}});
    if (const auto context = m_config.tlsContexts.find(chain.tlsContext);
        context != m_config.tlsContexts.end())
        value.set("transport_socket",
                  listener.udp ? quicSocket(tlsSocket(context->second, false))
                               : tlsSocket(context->second, false));
    if (chain.tcpClusters.empty()) {
        value.child("filters").push(connectionManager(chain, listener));
        return value;
    }
    Value proxy = envoyTyped("extensions.filters.network.tcp_proxy.v3.TcpProxy");
    proxy.set("stat_prefix", listener.http.statPrefix);
    for (const WeightedCluster &cluster : chain.tcpClusters)
        proxy.child("weighted_clusters")
            .child("clusters")
            .push(Value::object({{"name", cluster.cluster}, {"weight", cluster.weight}}));
    value.child("filters").push(
        Value::object({{"name", "envoy.filters.network.tcp_proxy"}, {"typed_config", std::move(proxy)}}));
    return value;
}

Value EnvoyExporter::listener(const Listener &listener) const
{
    Value value = Value::object(
        {{"name", listener.name}, {"address", socketAddress(listener.address, listener.port, listener.udp)}});
    if (listener.udp)
        value.set("udp_listener_config",
                  Value::object({{"quic_options", Value::object()},
                                 {"downstream_socket_config", Value::object({{"prefer_gro", true}})}}));
    for (const bool inspector : {listener.tlsBeforeProxy, !listener.tlsBeforeProxy}) {
        if (inspector && listener.tlsInspector)
            value.child("listener_filters")
                .push(Value::object(
                    {{"name", "envoy.filters.listener.tls_inspector"},
                     {"typed_config",
                      envoyTyped("extensions.filters.listener.tls_inspector.v3.TlsInspector")}}));
        if (!inspector && listener.proxyProtocol)
            value.child("listener_filters")
                .push(Value::object(
                    {{"name", "envoy.filters.listener.proxy_protocol"},
                     {"typed_config",
                      envoyTyped("extensions.filters.listener.proxy_protocol.v3.ProxyProtocol")}}));
    }
    setIf(value, "per_connection_buffer_limit_bytes", listener.bufferLimit);
    if (!listener.http.tracer.isNull()) // its spans are those of a caller
        value.set("traffic_direction", "OUTBOUND");
    for (auto one = listener.chains.begin(); one != listener.chains.end(); ++one) {
        // 1.x makes several TCPMappings answer the same connections, which is said of them and Envoy does not take.
        const bool isAnswered = std::any_of(listener.chains.begin(), one, [&](const FilterChain &before) {
            return !one->tcpClusters.empty() && !before.tcpClusters.empty() && before.tls == one->tls
                && before.serverNames == one->serverNames;
        });
        if (!isAnswered && (!one->tls || m_config.tlsContexts.count(one->tlsContext) > 0))
            value.child("filter_chains").push(chain(*one, listener));
    }
    return value;
}

Value EnvoyExporter::bootstrap() const
{
    Value listeners = Value::array();
    for (const Listener &one : m_config.listeners) {
        Value value = listener(one);
        if (!value["filter_chains"].items().empty())
            listeners.push(std::move(value));
    }
    Value clusters = Value::array();
    for (const auto &[name, one] : m_config.clusters)
        clusters.push(cluster(one));
    Value layer = Value::object(
        {{"name", "static_layer"},
         {"static_layer", Value::object({{"re2.max_program_size.error_level", m_config.regexMaxSize}})}});
    Value bootstrap = Value::object();
    bootstrap.set("node", Value::object({{"id", "sallyport"}, {"cluster", "sallyport"}}));
    bootstrap.set("static_resources",
                  Value::object({{"listeners", std::move(listeners)}, {"clusters", std::move(clusters)}}));
    bootstrap.set("layered_runtime", Value::object({{"layers", Value::array({std::move(layer)})}}));
    if (m_options.adminPort != 0)
        bootstrap.set("admin", Value::object({{"address", socketAddress("127.0.0.1", m_options.adminPort)}}));
    return bootstrap;
}

} // namespace

std::vector<std::string> exportDepartures(const Config &config, const EnvoyExportOptions &options)
{
    std::vector<std::string> told;
    for (const auto &[name, cluster] : config.clusters) {
        if (cluster.discovery == Cluster::Discovery::Endpoints
            && options.endpoints.count(cluster.edsName) == 0 && cluster.endpoints.empty())
            told.push_back(name + ": its endpoints are not known here, so that the export asks DNS for "
                           + cluster.host + "; the edge asks its control plane (EDS) for " + cluster.edsName
                           + ", and answers 503 where there are none");
    }
    return told;
}

Value envoyBootstrap(const Config &config, const EnvoyExportOptions &options)
{
    return EnvoyExporter(config, options).bootstrap();
}

} // namespace edge
