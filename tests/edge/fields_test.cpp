// SPDX-License-Identifier: GPL-3.0-or-later
// No field is silent: each field of each kind's schema changes the configuration, or something is said of it.
#include "edge/config/compile.h"
#include "edge/config/schema.h"

#include <gtest/gtest.h>

#include <map>

using edge::FieldRule;
using edge::Value;

namespace {

Value yaml(const std::string &text) { return edge::parseYaml(text).value().front(); }

// A sound spec of each kind.
const std::map<std::string_view, const char *> sound{
    {"AuthService", "{auth_service: auth, proto: http, protocol_version: v3}"},
    {"ConsulResolver", "{datacenter: dc7, address: 'consul:8500'}"},
    {"Host", "{hostname: a.example.com, tlsSecret: {name: cert}}"},
    {"Listener", "{port: 8081, protocol: HTTPS, securityModel: XFP, hostBinding: {namespace: {from: ALL}}}"},
    {"LogService", "{service: log, driver: http, grpc: true, protocol_version: v3, driver_config: {}}"},
    {"Mapping", "{hostname: '*', prefix: /m/, service: m}"},
    {"RateLimitService", "{service: limits, protocol_version: v3, domain: ambassador}"},
    {"TCPMapping", "{port: 9000, service: t}"},
    {"TLSContext", "{secret: cert, hosts: [b.example.com]}"},
    {"TracingService", "{service: zipkin, driver: zipkin}"},
};

// What only says how an object was written in an older version, and what decides whether it is read at all
// (acceptance_test).
bool isOfNoEffect(std::string_view path)
{
    return path.rfind("v2", 0) == 0 || path == "cors.v2CommaSeparatedOrigins" || path == "ambassador_id";
}

// Of the field itself or of what it belongs to.
bool isSpokenOf(const edge::Config &config, const std::string &path)
{
    return std::any_of(config.diagnostics.begin(), config.diagnostics.end(),
                       [&](const edge::Diagnostic &one) {
                           return one.object.name == "o" && !one.path.empty()
                               && ("spec." + path + ".").rfind(one.path + ".", 0) == 0;
                       });
}

// Where the type alone makes no sensible value: what else the spec has, and the field's value.
struct Sample
{
    const char *others, *value;
};
const std::map<std::string, Sample> samples{
    {"AuthService include_body.allow_partial", {"{include_body: {max_bytes: 5}}", "true"}},
    {"AuthService include_body.max_bytes", {"{include_body: {allow_partial: true}}", "5"}},
    {"AuthService include_body", {"{}", "{max_bytes: 5, allow_partial: true}"}},
    {"AuthService allow_request_body", {"{}", "true"}},
    {"AuthService allowed_authorization_headers", {"{}", "[x-a]"}},
    {"AuthService allowed_request_headers", {"{}", "[x-a]"}},
    {"AuthService add_auth_headers", {"{}", "{x-a: b}"}},
    {"AuthService circuit_breakers", {"{}", "[{max_connections: 5}]"}},
    {"AuthService proto", {"{}", "grpc"}},
    {"AuthService protocol_version", {"{proto: grpc}", "v2"}},
    {"AuthService status_on_error", {"{}", "{code: 500}"}},
    {"Host tls", {"{}", "{alpn_protocols: h2}"}},
    {"Host tls.alpn_protocols", {"{}", "h2"}},
    {"Host tls.ecdh_curves", {"{}", "[P-256]"}},
    {"Host tls.max_tls_version", {"{}", "v1.2"}},
    {"Host tls.min_tls_version", {"{}", "v1.2"}},
    {"Host tls.redirect_cleartext_from", {"{}", "8080"}},
    {"Host tlsContext", {"{tlsSecret: null}", "{name: up}"}},
    {"Host tlsContext.name", {"{tlsSecret: null}", "up"}},
    {"Host tlsSecret", {"{}", "{name: other}"}},
    {"Host tlsSecret.name", {"{}", "other"}},
    {"Host tlsSecret.namespace", {"{}", "other"}},
    {"Host acmeProvider", {"{}", "{authority: 'https://acme.example.com'}"}},
    {"Host acmeProvider.email", {"{acmeProvider: {authority: 'https://acme.example.com'}}", "a@b.c"}},
    {"Host acmeProvider.registration", {"{acmeProvider: {authority: 'https://acme.example.com'}}", "x"}},
    {"Host acmeProvider.privateKeySecret", {"{acmeProvider: {authority: none}}", "{name: gone}"}},
    {"Host acmeProvider.privateKeySecret.name", {"{acmeProvider: {authority: none}}", "gone"}},
    {"Host mappingSelector", {"{}", "{matchLabels: {a: b}}"}},
    {"Host mappingSelector.matchExpressions", {"{}", "[{key: a, operator: Exists}]"}},
    {"Host mappingSelector.matchLabels", {"{}", "{a: b}"}},
    {"Host selector", {"{}", "{matchLabels: {a: b}}"}},
    {"Host selector.matchExpressions", {"{}", "[{key: a, operator: Exists}]"}},
    {"Host selector.matchLabels", {"{}", "{a: b}"}},
    {"Host previewUrl", {"{}", "{enabled: true}"}},
    {"Host previewUrl.type", {"{}", "Path"}},
    {"Host requestPolicy", {"{}", "{insecure: {action: Route}}"}},
    {"Host requestPolicy.insecure", {"{}", "{action: Route}"}},
    {"Host requestPolicy.insecure.action", {"{}", "Route"}},
    {"Listener hostBinding", {"{}", "{namespace: {from: SELF}, selector: {matchLabels: {a: b}}}"}},
    {"Listener hostBinding.namespace", {"{hostBinding: {selector: {matchLabels: {}}}}", "{from: ALL}"}},
    {"Listener hostBinding.namespace.from", {"{}", "SELECTOR"}},
    {"Listener hostBinding.selector", {"{}", "{matchLabels: {a: b}}"}},
    {"Listener hostBinding.selector.matchExpressions",
     {"{hostBinding: {namespace: {from: ALL}, selector: {matchLabels: {}}}}",
      "[{key: a, operator: Exists}]"}},
    {"Listener hostBinding.selector.matchLabels", {"{}", "{a: b}"}},
    {"Listener port", {"{}", "8082"}},
    {"Listener protocol", {"{}", "HTTP"}},
    {"Listener protocolStack", {"{protocol: null}", "[TLS, PROXY, HTTP, TCP]"}},
    {"Listener securityModel", {"{}", "SECURE"}},
    {"LogService driver", {"{}", "tcp"}},
    {"LogService driver_config", {"{}", "{additional_log_headers: [{header_name: x-a}]}"}},
    {"LogService driver_config.additional_log_headers", {"{}", "[{header_name: x-a}]"}},
    {"LogService protocol_version", {"{}", "v2"}},
    {"Mapping add_request_headers", {"{}", "{x-a: {value: b}}"}},
    {"Mapping add_response_headers", {"{}", "{x-a: {value: b}}"}},
    {"Mapping allow_upgrade", {"{}", "[websocket]"}},
    {"Mapping auth_context_extensions", {"{}", "{a: b}"}},
    {"Mapping case_sensitive", {"{}", "false"}},
    {"Mapping circuit_breakers", {"{}", "[{max_connections: 5}]"}},
    {"Mapping cors", {"{}", "{origins: ['*']}"}},
    {"Mapping cors.credentials", {"{cors: {origins: ['*']}}", "true"}},
    {"Mapping cors.exposed_headers", {"{cors: {origins: ['*']}}", "[x-a]"}},
    {"Mapping cors.headers", {"{cors: {origins: ['*']}}", "[x-a]"}},
    {"Mapping cors.max_age", {"{cors: {origins: ['*']}}", "'5'"}},
    {"Mapping cors.methods", {"{cors: {origins: ['*']}}", "[GET]"}},
    {"Mapping cors.origins", {"{cors: {methods: [GET]}}", "['*']"}},
    {"Mapping dns_type", {"{}", "logical_dns"}},
    {"Mapping enable_ipv4", {"{}", "false"}},
    {"Mapping headers", {"{}", "{x-a: b}"}},
    {"Mapping health_checks", {"{}", "[{health_check: {http: {path: /}}}]"}},
    {"Mapping hostname", {"{}", "a.example.com"}},
    {"Mapping host", {"{hostname: null}", "a.example.com"}},
    {"Mapping keepalive", {"{}", "{interval: 5}"}},
    {"Mapping labels", {"{}", "{ambassador: [{g: [{generic_key: {value: v}}]}]}"}},
    {"Mapping load_balancer", {"{resolver: endpoint}", "{policy: least_request}"}},
    {"Mapping load_balancer.cookie",
     {"{resolver: endpoint, load_balancer: {policy: ring_hash}}", "{name: c}"}},
    {"Mapping load_balancer.cookie.name",
     {"{resolver: endpoint, load_balancer: {policy: ring_hash, cookie: {name: a}}}", "c"}},
    {"Mapping load_balancer.cookie.path",
     {"{resolver: endpoint, load_balancer: {policy: ring_hash, cookie: {name: a}}}", "/c"}},
    {"Mapping load_balancer.cookie.ttl",
     {"{resolver: endpoint, load_balancer: {policy: ring_hash, cookie: {name: a}}}", "5s"}},
    {"Mapping load_balancer.header", {"{resolver: endpoint, load_balancer: {policy: ring_hash}}", "x-a"}},
    {"Mapping load_balancer.policy",
     {"{resolver: endpoint, load_balancer: {policy: round_robin}}", "least_request"}},
    {"Mapping load_balancer.source_ip", {"{resolver: endpoint, load_balancer: {policy: ring_hash}}", "true"}},
    {"Mapping method", {"{}", "GET"}},
    {"Mapping modules", {"{}", "[{a: b}]"}},
    {"Mapping envoy_override", {"{}", "{a: b}"}},
    {"Mapping error_response_overrides", {"{}", "[{on_status_code: 404, body: {text_format: x}}]"}},
    {"Mapping docs", {"{}", "{path: /d}"}},
    {"Mapping prefix", {"{}", "/n/"}},
    {"Mapping query_parameters", {"{}", "{q: '1'}"}},
    {"Mapping redirect_response_code", {"{host_redirect: true}", "302"}},
    {"Mapping path_redirect", {"{host_redirect: true}", "/x"}},
    {"Mapping prefix_redirect", {"{host_redirect: true}", "/x"}},
    {"Mapping regex_redirect", {"{host_redirect: true}", "{pattern: a, substitution: b}"}},
    {"Mapping regex_redirect.pattern", {"{host_redirect: true, regex_redirect: {substitution: b}}", "a"}},
    {"Mapping regex_redirect.substitution", {"{host_redirect: true, regex_redirect: {pattern: b}}", "a"}},
    {"Mapping regex_headers", {"{}", "{x-a: b}"}},
    {"Mapping regex_query_parameters", {"{}", "{q: b}"}},
    {"Mapping regex_rewrite", {"{}", "{pattern: a, substitution: b}"}},
    {"Mapping regex_rewrite.pattern", {"{regex_rewrite: {substitution: b}}", "a"}},
    {"Mapping regex_rewrite.substitution", {"{regex_rewrite: {pattern: b}}", "a"}},
    {"Mapping remove_request_headers", {"{}", "[x-a]"}},
    {"Mapping remove_response_headers", {"{}", "[x-a]"}},
    {"Mapping retry_policy", {"{}", "{retry_on: 5xx}"}},
    {"Mapping retry_policy.num_retries", {"{retry_policy: {retry_on: 5xx}}", "5"}},
    {"Mapping retry_policy.per_try_timeout", {"{retry_policy: {retry_on: 5xx}}", "5s"}},
    {"Mapping retry_policy.retry_on", {"{retry_policy: {retry_on: 5xx}}", "gateway-error"}},
    {"Mapping shadow", {"{}", "true"}},
    {"Mapping weight", {"{}", "40"}},
    {"RateLimitService grpc", {"{}", "{use_resource_exhausted_code: true}"}},
    {"RateLimitService protocol_version", {"{}", "v2"}},
    {"TCPMapping circuit_breakers", {"{}", "[{max_connections: 5}]"}},
    {"TCPMapping enable_ipv4", {"{}", "false"}},
    {"TCPMapping host", {"{}", "a.example.com"}},
    {"TLSContext cert_required", {"{ca_secret: cert}", "true"}},
    {"TLSContext hosts", {"{hosts: null}", "[a.example.com]"}},
    {"TLSContext max_tls_version", {"{}", "v1.2"}},
    {"TLSContext min_tls_version", {"{}", "v1.2"}},
    {"TLSContext secret_namespacing", {"{secret: cert.other}", "false"}},
    {"TracingService config", {"{}", "{collector_endpoint: /x}"}},
    {"TracingService config.collector_endpoint_version", {"{}", "HTTP_PROTO"}},
    {"TracingService config.propagation_modes", {"{}", "[B3]"}},
    {"TracingService config.shared_span_context", {"{}", "false"}},
    {"TracingService config.trace_id_128bit", {"{}", "false"}},
    {"TracingService config.service_name", {"{driver: datadog}", "s"}},
    {"TracingService config.access_token_file", {"{}", "f"}},
    {"TracingService custom_tags", {"{}", "[{tag: t, literal: {value: v}}]"}},
    {"TracingService driver", {"{}", "datadog"}},
    {"TracingService sampling", {"{}", "{client: 5}"}},
    {"TracingService tag_headers", {"{}", "[x-a]"}},
};

Value defaultSample(const FieldRule &rule)
{
    switch (rule.type) {
    case FieldRule::Type::Text: return {"x"};
    case FieldRule::Type::Integer:
    case FieldRule::Type::Number: return {7};
    case FieldRule::Type::Bool: return {true};
    case FieldRule::Type::List: return Value::array({"x"});
    case FieldRule::Type::Object:
    case FieldRule::Type::Any:
    case FieldRule::Type::TextOrList:
    case FieldRule::Type::TextOrBool:
    case FieldRule::Type::TextBoolOrObject: break;
    }
    return Value::object();
}

edge::Config compiled(std::string_view kind, const Value &spec)
{
    const auto object = [](std::string_view ofKind, const std::string &name, Value ofSpec,
                           const char *nameSpace = "prod") {
        return Value::object({{"apiVersion", "getambassador.io/v3alpha1"},
                              {"kind", std::string(ofKind)},
                              {"metadata", Value::object({{"name", name}, {"namespace", nameSpace}})},
                              {"spec", std::move(ofSpec)}});
    };
    std::vector<Value> objects{
        object("Host", "any", yaml("{hostname: '*', tlsSecret: {name: cert}}"), "other"),
        object("TLSContext", "up", yaml("{secret: cert}")),
        object("Mapping", "consul", yaml("{hostname: '*', prefix: /c/, service: c, resolver: o}")),
        object("Mapping", "labelled",
               yaml("{hostname: '*', prefix: /l/, service: l, labels: {ambassador: [{g: [{generic_key: "
                    "{value: v}}]}]}}")),
        object(kind, "o", spec)};
    if (kind != "Listener")
        objects.push_back(object("Listener", "l", yaml(sound.at("Listener"))));
    if (kind == "Mapping")
        objects.push_back(object("RateLimitService", "limits", yaml(sound.at("RateLimitService"))));
    edge::CompileOptions options;
    options.ambassadorNamespace = "prod";
    options.knownSecrets = {"cert.prod", "cert.other", "other.prod"};
    return edge::compile(objects, options);
}

Value *memberAt(Value &spec, std::string_view path)
{
    Value *at = &spec;
    for (std::size_t dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.')) {
        at = &at->child(path.substr(0, dot));
        path.remove_prefix(dot + 1);
    }
    return at;
}

} // namespace

TEST(Fields, eachIsAtWorkOrSpokenOf)
{
    std::size_t seen = 0;
    for (const FieldRule &rule : edge::fieldRules()) {
        const std::string path(rule.path);
        if (path.empty() || path.find_first_of("[{") != std::string::npos || isOfNoEffect(path)
            || sound.count(rule.kind) == 0)
            continue;
        const auto sample = samples.find(std::string(rule.kind) + " " + path);
        Value spec = yaml(sound.at(rule.kind));
        const Value others = yaml(sample == samples.end() ? "{}" : sample->second.others);
        for (const auto &[name, value] : others.members())
            spec.set(name, value);
        Value with = spec;
        const std::string name = path.substr(path.rfind('.') + 1);
        memberAt(with, path)
            ->set(name, sample == samples.end() ? defaultSample(rule) : yaml(sample->second.value));
        memberAt(spec, path); // the objects around it
        const edge::Config config = compiled(rule.kind, with);
        EXPECT_TRUE(with == spec || isSpokenOf(config, path) || !(config == compiled(rule.kind, spec)))
            << rule.kind << " " << path << " is silent";
        ++seen;
    }
    EXPECT_GT(seen, 180u);
    for (const auto &[key, sample] : samples) {
        const bool isField =
            std::any_of(edge::fieldRules().begin(), edge::fieldRules().end(), [&](const FieldRule &rule) {
                return std::string(rule.kind) + " " + std::string(rule.path) == key;
            });
        EXPECT_TRUE(isField) << key << " is no field any more";
    }
}
