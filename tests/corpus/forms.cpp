// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/corpus/forms.h"

#include <cstdio>

using edge::Value;

namespace {

std::string seconds(int milliseconds)
{
    char text[32];
    std::snprintf(text, sizeof text, "%0.3fs", milliseconds / 1000.0);
    return text;
}

Value regexForm(const std::string &pattern, const edge::Config &config)
{
    return Value::object(
        {{"google_re2", Value::object({{"max_program_size", config.regexMaxSize}})}, {"regex", pattern}});
}

Value valueMatchForm(const edge::ValueMatch &match, const edge::Config &config, bool query)
{
    using Kind = edge::ValueMatch::Kind;
    Value form = Value::object({{"name", match.name}});
    switch (match.kind) {
    case Kind::Exact: form.set("string_match", Value::object({{"exact", match.value}})); break;
    case Kind::Prefix: form.set("prefix_match", match.value); break;
    case Kind::Suffix: form.set("suffix_match", match.value); break;
    case Kind::Present: form.set("present_match", true); break;
    case Kind::Regex:
        if (query)
            form.set("string_match",
                     config.stdRegex ? Value::object({{"regex", match.value}})
                                     : Value::object({{"safe_regex", regexForm(match.value, config)}}));
        else if (config.stdRegex)
            form.set("regex_match", match.value);
        else
            form.set("safe_regex_match", regexForm(match.value, config));
        break;
    }
    return form;
}

Value matchForm(const edge::Route &route, const edge::Config &config)
{
    Value match = Value::object({{"case_sensitive", route.path.caseSensitive}});
    switch (route.path.kind) {
    case edge::PathMatch::Kind::Prefix: match.set("prefix", route.path.value); break;
    case edge::PathMatch::Kind::Exact: match.set("path", route.path.value); break;
    case edge::PathMatch::Kind::Regex:
        if (config.stdRegex)
            match.set("regex", route.path.value);
        else
            match.set("safe_regex", regexForm(route.path.value, config));
    }
    for (const edge::ValueMatch &header : route.headers)
        match.child("headers").push(valueMatchForm(header, config, false));
    for (const edge::ValueMatch &parameter : route.queryParameters)
        match.child("query_parameters").push(valueMatchForm(parameter, config, true));
    match.set("share", route.runtimeNumerator.value_or(100));
    return match;
}

Value redirectForm(const edge::Redirect &redirect)
{
    static const std::map<int, int> codes{{301, 0}, {302, 1}, {303, 2}, {307, 3}, {308, 4}};
    Value form = Value::object();
    if (redirect.httpsRedirect)
        form.set("https_redirect", true);
    if (!redirect.host.empty())
        form.set("host_redirect", redirect.host);
    if (!redirect.path.empty())
        form.set("path_redirect", redirect.path);
    if (!redirect.prefixRewrite.empty())
        form.set("prefix_rewrite", redirect.prefixRewrite);
    if (redirect.regexRewrite)
        form.set("regex_rewrite",
                 Value::object({{"pattern", redirect.regexRewrite->pattern},
                                {"substitution", redirect.regexRewrite->substitution}}));
    form.set("response_code", codes.at(redirect.status));
    return form;
}

Value corsForm(const edge::CorsPolicy &cors)
{
    Value form = Value::object();
    for (const std::string &origin : cors.origins)
        form.child("allow_origin_string_match").push(Value::object({{"exact", origin}}));
    const std::pair<const char *, const std::string *> texts[] = {{"allow_methods", &cors.methods},
                                                                  {"allow_headers", &cors.headers},
                                                                  {"expose_headers", &cors.exposedHeaders},
                                                                  {"max_age", &cors.maxAge}};
    for (const auto &[name, text] : texts) {
        if (!text->empty())
            form.set(name, *text);
    }
    if (cors.credentials.value_or(false))
        form.set("allow_credentials", true);
    return form;
}

Value hashForm(const edge::HashPolicy &hash)
{
    switch (hash.kind) {
    case edge::HashPolicy::Kind::SourceIp:
        return Value::object({{"connection_properties", Value::object({{"source_ip", true}})}});
    case edge::HashPolicy::Kind::Header:
        return Value::object({{"header", Value::object({{"header_name", hash.name}})}});
    case edge::HashPolicy::Kind::Cookie: break;
    }
    Value cookie = Value::object({{"name", hash.name}});
    if (hash.path)
        cookie.set("path", *hash.path);
    if (hash.ttl)
        cookie.set("ttl", *hash.ttl);
    return Value::object({{"cookie", std::move(cookie)}});
}

Value actionForm(const edge::Route &route, const edge::Config &config)
{
    Value action = Value::object({{"cluster", route.cluster},
                                  {"timeout", seconds(route.timeoutMs)},
                                  {"priority", route.priority.empty() ? Value() : Value(route.priority)}});
    if (route.prefixRewrite)
        action.set("prefix_rewrite", *route.prefixRewrite);
    if (route.regexRewrite)
        action.set("regex_rewrite",
                   Value::object({{"pattern", route.regexRewrite->pattern},
                                  {"substitution", route.regexRewrite->substitution}}));
    if (!route.hostRewrite.empty())
        action.set("host_rewrite_literal", route.hostRewrite);
    if (route.autoHostRewrite)
        action.set("auto_host_rewrite", true);
    if (route.idleTimeoutMs)
        action.set("idle_timeout", seconds(*route.idleTimeoutMs));
    if (route.retryPolicy) {
        Value &retry = action.set("retry_policy", Value::object());
        if (!route.retryPolicy->retryOn.empty())
            retry.set("retry_on", route.retryPolicy->retryOn);
        if (route.retryPolicy->hasNumRetries)
            retry.set("num_retries", route.retryPolicy->numRetries);
        if (!route.retryPolicy->perTryTimeout.empty())
            retry.set("per_try_timeout", route.retryPolicy->perTryTimeout);
    }
    if (route.cors)
        action.set("cors", corsForm(*route.cors));
    for (const std::string &upgrade : route.upgrades)
        action.child("upgrade_configs").push(Value::object({{"upgrade_type", upgrade}}));
    if (!route.mirrorCluster.empty())
        action.set("mirror",
                   Value::object({{"cluster", route.mirrorCluster}, {"share", route.mirrorNumerator}}));
    for (const edge::HashPolicy &hash : route.hashPolicies)
        action.child("hash_policy").push(hashForm(hash));
    for (const edge::RateLimit &limit : route.rateLimits)
        action.child("rate_limits")
            .push(Value::object({{"stage", limit.stage}, {"actions", Value::array(limit.actions)}}));
    (void)config;
    return action;
}

Value headersForm(const std::vector<edge::HeaderToAdd> &headers)
{
    Value list = Value::array();
    for (const edge::HeaderToAdd &header : headers)
        list.push(Value::object({{"header", Value::object({{"key", header.name}, {"value", header.value}})},
                                 {"append", header.append}}));
    return list;
}

Value textsForm(const std::vector<std::string> &texts)
{
    Value list = Value::array();
    for (const std::string &text : texts)
        list.push(text);
    return list;
}

Value secretFile(const std::string &secret, const std::string &file, const char *ending)
{
    if (secret.empty())
        return Value::object({{"filename", file}});
    const std::size_t dot = secret.rfind('.');
    return Value::object({{"filename",
                           "/SECRETS/" + secret.substr(dot + 1) + "/secrets-decoded/" + secret.substr(0, dot)
                               + "/" + ending}});
}

Value httpForm(const edge::Listener &listener)
{
    const edge::HttpOptions &http = listener.http;
    Value form = Value::object({{"stat_prefix", http.statPrefix},
                                {"server_name", http.serverName},
                                {"use_remote_address", http.useRemoteAddress},
                                {"normalize_path", true}});
    form.set("preserve_external_request_id", http.preserveExternalRequestId);
    form.set("xff_num_trusted_hops", http.trustedHops);
    Value protocol = Value::object({{"accept_http_10", http.acceptHttp10}});
    if (http.properCase)
        protocol.set("header_key_format", "proper_case_words");
    if (http.allowChunkedLength)
        protocol.set("allow_chunked_length", *http.allowChunkedLength);
    form.set("http_protocol_options", std::move(protocol));
    if (http.mergeSlashes)
        form.set("merge_slashes", true);
    if (http.rejectEscapedSlashes)
        form.set("path_with_escaped_slashes_action", "REJECT_REQUEST");
    if (http.stripMatchingHostPort)
        form.set("strip_matching_host_port", true);
    if (http.generateRequestId)
        form.set("generate_request_id", *http.generateRequestId);
    if (http.idleTimeoutMs)
        form.child("common_http_protocol_options").set("idle_timeout", seconds(*http.idleTimeoutMs));
    if (!http.headersWithUnderscores.empty())
        form.child("common_http_protocol_options")
            .set("headers_with_underscores_action", http.headersWithUnderscores);
    if (http.maxRequestHeadersKb)
        form.set("max_request_headers_kb", *http.maxRequestHeadersKb);
    if (!http.forwardClientCert.empty())
        form.set("forward_client_cert_details", http.forwardClientCert);
    if (!http.clientCertDetails.isNull())
        form.set("set_current_client_cert_details", http.clientCertDetails);
    if (!http.tracing.isNull())
        form.set("tracing", Value::object({{"on", true}, {"is", http.tracing}}));
    if (http.http3)
        form.set("http3_protocol_options", Value::object());
    if (listener.udp)
        form.set("codec_type", "HTTP3");
    if (http.maxConcurrentStreams)
        form.set("http2_protocol_options",
                 Value::object({{"max_concurrent_streams", *http.maxConcurrentStreams}}));
    return form;
}

Value chainForm(const edge::FilterChain &chain, const edge::Listener &listener, const edge::Config &config)
{
    Value form = Value::object();
    form.set("name", chain.name);
    Value &match = form.set("match", Value::object());
    if (chain.tls && chain.serverNames.empty())
        match.set("transport_protocol", listener.udp ? "quic" : "tls");
    match.set("server_names", textsForm(chain.serverNames));
    if (const auto context = config.tlsContexts.find(chain.tlsContext); context != config.tlsContexts.end())
        form.set("tls", tlsForm(context->second, false));
    if (!chain.tcpClusters.empty()) {
        for (const edge::WeightedCluster &cluster : chain.tcpClusters)
            form.child("tcp")
                .child("clusters")
                .push(Value::object({{"name", cluster.cluster}, {"weight", cluster.weight}}));
        return form;
    }
    form.set("http", httpForm(listener));
    for (const edge::HttpFilter &filter : config.httpFilters)
        form.child("http_filters").push(filter.name);
    for (const edge::VirtualHost &host : chain.virtualHosts) {
        Value routes = Value::array();
        for (const edge::Route &route : host.routes)
            routes.push(routeForm(route, config));
        form.child("virtual_hosts")
            .push(Value::object({{"domains", textsForm(host.domains)}, {"routes", std::move(routes)}}));
    }
    return form;
}

} // namespace

Value routeForm(const edge::Route &route, const edge::Config &config)
{
    Value form = Value::object({{"match", matchForm(route, config)}});
    if (route.redirect) {
        form.set("redirect", redirectForm(*route.redirect));
    } else {
        form.set("route", actionForm(route, config));
    }
    form.set("request_headers_to_add", headersForm(route.requestHeadersToAdd));
    form.set("response_headers_to_add", headersForm(route.responseHeadersToAdd));
    form.set("request_headers_to_remove", textsForm(route.requestHeadersToRemove));
    form.set("response_headers_to_remove", textsForm(route.responseHeadersToRemove));
    if (route.authDisabled) {
        form.child("filters").set("envoy.filters.http.ext_authz", Value::object({{"disabled", true}}));
    } else if (!route.authContext.empty()) {
        Value context = Value::object();
        for (const auto &[key, value] : route.authContext)
            context.set(key, value);
        form.child("filters").set(
            "envoy.filters.http.ext_authz",
            Value::object({{"check_settings", Value::object({{"context_extensions", std::move(context)}})}}));
    }
    if (route.errorResponses.isObject())
        form.child("filters").set("envoy.filters.http.response_map",
                                  Value::object({{"response_map", route.errorResponses}}));
    else if (!route.errorResponses.isNull())
        form.child("filters").set("envoy.filters.http.response_map", Value::object({{"disabled", true}}));
    return form;
}

Value tlsForm(const edge::TlsContext &context, bool upstream)
{
    Value common = Value::object();
    if (!context.secret.empty() || !context.certFile.empty()) {
        Value certificate =
            Value::object({{"certificate_chain", secretFile(context.secret, context.certFile, "crt")},
                           {"private_key", secretFile(context.secret, context.keyFile, "key")}});
        common.set("tls_certificates", Value::array({std::move(certificate)}));
    }
    if (!context.caSecret.empty() || !context.caFile.empty())
        common.child("validation_context")
            .set("trusted_ca",
                 secretFile(context.caSecret, context.caFile, context.ownRoot ? "root.crt" : "crt"));
    if (!context.crlSecret.empty() || !context.crlFile.empty())
        common.child("validation_context").set("crl", secretFile(context.crlSecret, context.crlFile, "user"));
    if (!context.alpnProtocols.empty())
        common.set("alpn_protocols", Value::array({Value(context.alpnProtocols)}));
    static const std::map<std::string, std::string> versions{
        {"v1.0", "TLSv1_0"}, {"v1.1", "TLSv1_1"}, {"v1.2", "TLSv1_2"}, {"v1.3", "TLSv1_3"}};
    if (const auto version = versions.find(context.minTlsVersion); version != versions.end())
        common.child("tls_params").set("tls_minimum_protocol_version", version->second);
    if (const auto version = versions.find(context.maxTlsVersion); version != versions.end())
        common.child("tls_params").set("tls_maximum_protocol_version", version->second);
    if (!context.cipherSuites.empty())
        common.child("tls_params").set("cipher_suites", textsForm(context.cipherSuites));
    if (!context.ecdhCurves.empty())
        common.child("tls_params").set("ecdh_curves", textsForm(context.ecdhCurves));
    Value form = Value::object({{"on", true}, {"common_tls_context", std::move(common)}});
    if (upstream && !context.sni.empty())
        form.set("sni", context.sni);
    if (!upstream && context.certRequired)
        form.set("require_client_certificate", true);
    return form;
}

Value clusterForm(const edge::Cluster &cluster, const edge::Config &config)
{
    static constexpr const char *types[] = {"STRICT_DNS", "LOGICAL_DNS", "EDS"};
    Value form = Value::object({{"name", cluster.name},
                                {"type", types[int(cluster.discovery)]},
                                {"lb_policy", cluster.lbPolicy},
                                {"connect_timeout", seconds(cluster.connectTimeoutMs)}});
    form.set("dns_lookup_family",
             cluster.ipv4 && cluster.ipv6 ? "AUTO"
                 : cluster.ipv6           ? "V6_ONLY"
                                          : "V4_ONLY");
    if (!cluster.statName.empty())
        form.set("alt_stat_name", cluster.statName);
    if (cluster.discovery == edge::Cluster::Discovery::Endpoints) {
        form.set("eds", cluster.edsName);
    } else {
        auto endpoints = cluster.endpoints;
        if (endpoints.empty())
            endpoints.push_back({cluster.host, cluster.port});
        for (const edge::UpstreamAddress &endpoint : endpoints)
            form.child("endpoints").push(endpoint.host + " " + std::to_string(endpoint.port));
    }
    if (cluster.http2)
        form.set("http2", true);
    if (cluster.respectDnsTtl)
        form.set("respect_dns_ttl", true);
    if (cluster.idleTimeoutMs)
        form.child("common_http_protocol_options").set("idle_timeout", seconds(*cluster.idleTimeoutMs));
    if (cluster.maxConnectionMs)
        form.child("common_http_protocol_options")
            .set("max_connection_duration", seconds(*cluster.maxConnectionMs));
    const auto setNumber = [](Value &into, const char *name, const std::optional<std::int64_t> &number) {
        if (number)
            into.set(name, *number);
    };
    for (const edge::CircuitBreaker &breaker : cluster.circuitBreakers) {
        Value threshold = Value::object({{"priority", breaker.priority}});
        setNumber(threshold, "max_connections", breaker.maxConnections);
        setNumber(threshold, "max_pending_requests", breaker.maxPendingRequests);
        setNumber(threshold, "max_requests", breaker.maxRequests);
        setNumber(threshold, "max_retries", breaker.maxRetries);
        form.child("circuit_breakers").child("thresholds").push(std::move(threshold));
    }
    if (cluster.keepalive) {
        Value keepalive = Value::object();
        setNumber(keepalive, "keepalive_time", cluster.keepalive->time);
        setNumber(keepalive, "keepalive_interval", cluster.keepalive->interval);
        setNumber(keepalive, "keepalive_probes", cluster.keepalive->probes);
        form.set("upstream_connection_options", Value::object({{"tcp_keepalive", std::move(keepalive)}}));
    }
    if (!cluster.healthChecks.isNull())
        form.set("health_checks", cluster.healthChecks);
    if (cluster.tls) {
        const auto context = config.tlsContexts.find(cluster.tlsContext);
        form.set("tls",
                 context == config.tlsContexts.end() ? tlsForm({}, true) : tlsForm(context->second, true));
    }
    return form;
}

Value listenerForm(const edge::Listener &listener, const edge::Config &config)
{
    Value form = Value::object({{"listener", listener.name}});
    form.set("address",
             Value::object({{"address", listener.address},
                            {"port_value", int(listener.port)},
                            {"protocol", listener.udp ? "UDP" : "TCP"}}));
    for (const bool inspector : {listener.tlsBeforeProxy, !listener.tlsBeforeProxy}) {
        if (inspector && listener.tlsInspector)
            form.child("listener_filters").push("envoy.filters.listener.tls_inspector");
        if (!inspector && listener.proxyProtocol)
            form.child("listener_filters").push("envoy.filters.listener.proxy_protocol");
    }
    for (const edge::FilterChain &chain : listener.chains)
        form.child("chains").push(chainForm(chain, listener, config));
    return form;
}

Value groupForm(const edge::GroupInfo &group)
{
    Value form =
        Value::object({{"id", group.id}, {"name", group.name}, {"order", Value::array(group.order)}});
    const auto fields = [](const std::vector<edge::ValueMatch> &matches) {
        Value list = Value::array();
        for (const edge::ValueMatch &match : matches)
            list.push(match.name
                      + (match.kind == edge::ValueMatch::Kind::Regex         ? " ~ "
                             : match.kind == edge::ValueMatch::Kind::Present ? " present"
                                                                             : " = ")
                      + match.value);
        return list;
    };
    form.set("headers", fields(group.headers));
    form.set("query_parameters", fields(group.queryParameters));
    if (group.tcp)
        form.set("port", group.port);
    else
        form.set("prefix", group.prefix);
    form.set("host_redirect", group.redirect.empty() ? Value() : Value(group.redirect));
    form.set("shadows", textsForm(group.shadows));
    for (const auto &member : group.members) {
        Value mapping = Value::object({{"name", member.mapping.name},
                                       {"namespace", member.mapping.nameSpace},
                                       {"service", member.service},
                                       {"cluster", member.cluster}});
        mapping.set("weight", member.weight ? Value(*member.weight) : Value());
        mapping.set("share", member.share ? Value(*member.share) : Value());
        form.child("mappings").push(std::move(mapping));
    }
    return form;
}
