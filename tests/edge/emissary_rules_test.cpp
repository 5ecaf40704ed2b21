// SPDX-License-Identifier: GPL-3.0-or-later
// Rules of Emissary that no case of the corpus exercises, one row each: what is compiled, said in few words.
#include "edge/config/compile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

namespace {

constexpr const char *Basics =
    "{apiVersion: getambassador.io/v3alpha1, kind: Listener, metadata: {name: l, namespace: prod}, "
    "spec: {port: 8080, protocol: HTTP, securityModel: INSECURE, hostBinding: {namespace: {from: ALL}}}}\n";
constexpr const char *XfpListener =
    "{apiVersion: getambassador.io/v3alpha1, kind: Listener, metadata: {name: x, namespace: prod}, "
    "spec: {port: 8081, protocol: HTTP, securityModel: XFP, hostBinding: {namespace: {from: ALL}}}}\n";
constexpr const char *RedirectingHost =
    "{apiVersion: getambassador.io/v3alpha1, kind: Host, metadata: {name: re, namespace: prod}, "
    "spec: {hostname: '*', requestPolicy: {insecure: {action: Redirect}}}}\n";
constexpr const char *AnyHost =
    "{apiVersion: getambassador.io/v3alpha1, kind: Host, metadata: {name: any, namespace: prod}, "
    "spec: {hostname: '*', requestPolicy: {insecure: {action: Route}}}}\n";

std::string object(const char *version, const std::string &kind, const std::string &name,
                   const std::string &spec)
{
    return std::string("---\n{apiVersion: getambassador.io/") + version + ", kind: " + kind
        + ", metadata: {name: " + name + ", namespace: prod}, spec: {" + spec + "}}\n";
}

std::string v3(const std::string &kind, const std::string &name, const std::string &spec)
{
    return object("v3alpha1", kind, name, spec);
}
std::string v2(const std::string &kind, const std::string &name, const std::string &spec)
{
    return object("v2", kind, name, spec);
}
std::string mapping(const std::string &name, const std::string &spec, const std::string &hostname = "'*'")
{
    return v3("Mapping", name, "hostname: " + hostname + ", prefix: /m/, service: " + name + spec);
}

// An object in the annotation of a Service; fields are quoted by single quotes only.
std::string annotated(const std::string &fields, const std::string &version = "v3alpha1",
                      const std::string &kind = "Mapping")
{
    return "---\n{apiVersion: v1, kind: Service, metadata: {name: s, namespace: prod, annotations: "
           "{getambassador.io/config: \"{apiVersion: getambassador.io/"
        + version + ", kind: " + kind + ", " + fields + "}\"}}}\n";
}

// What a route asks for beside its path, and what it does.
std::string matched(const edge::Route &route)
{
    std::string text;
    for (const auto *list : {&route.headers, &route.queryParameters}) {
        for (const edge::ValueMatch &match : *list)
            text += " " + match.name + "=" + match.value;
        text += list == &route.headers ? " ?" : "";
    }
    if (route.runtimeNumerator)
        text += " " + std::to_string(*route.runtimeNumerator) + "%";
    return text
        + (!route.redirect                     ? " to " + route.cluster
               : route.redirect->httpsRedirect ? " to https"
                                               : " to host " + route.redirect->host);
}

// One line a fact: groups with their shares, virtual hosts with their Mappings, what a route and a cluster have,
// ports, and what is said.
std::string told(const edge::Config &config)
{
    std::ostringstream text;
    for (const edge::GroupInfo &group : config.groups) {
        if (group.prefix.rfind("/ambassador/", 0) == 0)
            continue;
        text << "group " << group.name << ":";
        for (const auto &member : group.members)
            text << " " << member.mapping.name << "=" << (member.share ? std::to_string(*member.share) : "-");
        text << "\n";
    }
    for (const edge::Listener &listener : config.listeners) {
        if (!listener.http.tracing.isNull() && !listener.http.tracing.members().empty())
            text << "tracing " << edge::toJson(listener.http.tracing) << "\n";
        if (!listener.http.forwardClientCert.empty())
            text << "client certificates " << listener.http.forwardClientCert << "\n";
        text << "port " << listener.port << (listener.udp ? " udp" : "")
             << (listener.http.http3 ? " http3" : "");
        if (listener.http.maxConcurrentStreams)
            text << " streams " << *listener.http.maxConcurrentStreams;
        text << "\n";
        for (const edge::FilterChain &chain : listener.chains) {
            for (const auto &cluster : chain.tcpClusters)
                text << "tcp " << listener.port << ": " << cluster.cluster << " " << cluster.weight << "\n";
            for (const edge::VirtualHost &host : chain.virtualHosts) {
                text << "host " << (chain.tls ? "tls " : "") << host.domains.front() << ":";
                for (const edge::Route &route : host.routes) {
                    if (!route.mapping.kind.empty())
                        text << " " << route.mapping.name;
                }
                text << "\n";
                for (const edge::Route &route : host.routes) {
                    const std::string of = "route " + route.mapping.name + " ";
                    text << of << "at " << listener.port << ":" << matched(route) << "\n";
                    if (route.prefixRewrite)
                        text << of << "rewrites to " << *route.prefixRewrite << "\n";
                    if (route.redirect && route.redirect->regexRewrite)
                        text << of << "redirecting by regex\n";
                    for (const edge::HeaderToAdd &header : route.responseHeadersToAdd)
                        text << of << (route.redirect ? "redirecting " : "") << "answers " << header.name
                             << "\n";
                    for (const auto *names :
                         {&route.requestHeadersToRemove, &route.responseHeadersToRemove}) {
                        for (const std::string &name : *names)
                            text << of << (route.redirect ? "redirecting " : "") << "removes " << name
                                 << "\n";
                    }
                    for (const edge::HeaderToAdd &header : route.requestHeadersToAdd)
                        text << of << "adds " << header.name << ": " << header.value << "\n";
                    for (const std::string &upgrade : route.upgrades)
                        text << of << "upgrades " << upgrade << "\n";
                    for (const edge::HashPolicy &hash : route.hashPolicies)
                        text << of << "hashes " << hash.name << "\n";
                    for (const edge::RateLimit &limit : route.rateLimits)
                        text << of << "limits " << limit.actions.size() << "\n";
                    for (const edge::RateLimit &limit : route.rateLimits) {
                        for (const edge::Value &action : limit.actions)
                            text << "limit " << action.members().front().first << " "
                                 << action.at({"generic_key", "descriptor_key"}).text() << "\n";
                    }
                    if (route.retryPolicy)
                        text << of << "retries on " << route.retryPolicy->retryOn << "\n";
                    for (const std::string &origin :
                         route.cors ? route.cors->origins : std::vector<std::string>())
                        text << of << "lets in " << origin << "\n";
                    if (route.authDisabled)
                        text << of << "asks no AuthService\n";
                }
            }
        }
    }
    for (const auto &[name, cluster] : config.clusters) {
        text << "cluster " << name << ": "
             << (cluster.edsName.empty() ? cluster.host + ":" + std::to_string(cluster.port)
                                         : cluster.edsName)
             << " " << cluster.lbPolicy << (cluster.ipv4 ? "" : " by IPv6");
        if (cluster.idleTimeoutMs)
            text << " idle " << *cluster.idleTimeoutMs;
        for (const edge::CircuitBreaker &breaker : cluster.circuitBreakers)
            text << " at most " << breaker.maxConnections.value_or(-1);
        if (cluster.keepalive)
            text << " kept alive " << cluster.keepalive->time.value_or(-1);
        text << (cluster.respectDnsTtl ? " as long as DNS says" : "");
        text << (cluster.discovery == edge::Cluster::Discovery::LogicalDns ? " logical" : "") << "\n";
    }
    for (const auto &[name, context] : config.tlsContexts)
        text << "context " << name << ": " << context.secret << "\n";
    for (const edge::HttpFilter &filter : config.httpFilters) {
        text << "filter " << filter.name << "\n";
        const edge::Value &http = filter.config["http_service"];
        if (http.isObject())
            text << "auth at " << http["server_uri"]["uri"].text() << "\n";
        for (const edge::Value &header : http["authorization_request"]["headers_to_add"].items())
            text << "auth is told " << header["key"].text() << ": " << header["value"].text() << "\n";
    }
    for (const edge::Diagnostic &one : config.diagnostics)
        text << (one.severity == edge::Diagnostic::Severity::Error ? "error " : "note ") << one.object.name
             << " " << one.path << (one.dropped ? " dropped" : "") << "\n";
    return text.str();
}

struct RuleCase
{
    std::string title, yaml;
    std::vector<std::string> wanted, unwanted = {}; // lines
    edge::Compat compat = edge::Compat::V4;
    bool host = true; // the Host for everything
};

class EmissaryRule : public testing::TestWithParam<RuleCase>
{
};

TEST_P(EmissaryRule, holds)
{
    const RuleCase &row = GetParam();
    edge::CompileOptions options;
    options.compat = row.compat;
    options.ambassadorNamespace = "prod";
    options.knownSecrets = {"cert.prod", "cert.other"};
    const std::string basics = std::string(Basics) + (row.host ? std::string("---\n") + AnyHost : "");
    const auto objects = edge::parseYaml(basics + row.yaml);
    ASSERT_TRUE(objects) << objects.error().message;
    const std::string text = "\n" + told(edge::compile(*objects, options));
    for (const std::string &line : row.wanted)
        EXPECT_NE(text.find("\n" + line + "\n"), std::string::npos) << "wanted: " << line << text;
    for (const std::string &line : row.unwanted)
        EXPECT_EQ(text.find("\n" + line), std::string::npos) << "not wanted: " << line << text;
}

std::vector<RuleCase> groupRules()
{
    const std::string breakers = ", circuit_breakers: [{max_connections: 5}]";
    return {
        {"weights past a hundred go on adding up",
         mapping("a", ", weight: 60") + mapping("b", ", weight: 70") + mapping("c", ", weight: 20"),
         {"group a: a=60 b=130 c=150", "error a spec.weight"}},
        {"after a weight over a hundred nothing is shared out",
         mapping("a", ", weight: 20") + mapping("b", ", weight: 101") + mapping("c", ", weight: 20"),
         {"group a: a=20 b=0 c=0", "error a spec.weight"}},
        {"circuit breakers of one only part the group",
         mapping("a", breakers) + mapping("b", ""),
         {"group a: a=100", "error b spec.circuit_breakers dropped"}},
        {"the edge's own probes join a Mapping that asks for the same",
         v2("Mapping", "a", "prefix: /ambassador/v0/check_ready, prefix_exact: true, service: a, weight: 20"),
         {"route a at 8080: ? 20% to cluster_a_prod"},
         {"error"},
         edge::Compat::V1,
         false},
        {"outlier_detection is told beside what else keeps a Mapping out",
         mapping("a", ", outlier_detection: x, resolver: nowhere"),
         {"error a spec.outlier_detection dropped", "error a spec.resolver dropped"}},
        {"and so is a service that cannot be read",
         v3("Mapping", "a", "host: '*', prefix: /m/, service: 'up:70000', outlier_detection: x"),
         {"error a spec.service", "error a spec.host dropped", "error a spec.outlier_detection dropped"}},
        {"a Mapping is told each field that keeps it out, and the first is where",
         mapping("a", "") + mapping("b", ", bypass_auth: true, keepalive: {time: 1}"),
         {"group a: a=100", "error b spec.bypass_auth dropped"}},
        {"in 1 point 11 as well",
         v2("Mapping", "a", "prefix: /m/, service: a" + breakers)
             + v2("Mapping", "b", "prefix: /m/, service: b"),
         {"group a: a=100", "error b spec.circuit_breakers dropped"},
         {},
         edge::Compat::V1},
        {"the same circuit breakers by the Module do not",
         v3("Module", "ambassador", "config: {circuit_breakers: [{max_connections: 5}]}")
             + mapping("a", breakers) + mapping("b", ""),
         {"group a: a=50 b=100"}},
        {"bad circuit breakers of the Module stop every Mapping without its own",
         v3("Module", "ambassador", "config: {circuit_breakers: [{priority: low}]}") + mapping("a", breakers)
             + v3("Mapping", "z", "hostname: '*', prefix: /z/, service: z"),
         {"group a: a=100", "error z spec.circuit_breakers dropped"}},
        {"a field that Emissary does not have parts nothing",
         mapping("a", "") + mapping("b", ", cluster_timeout_ms: 5"),
         {"group a: a=50 b=100", "note b spec.cluster_timeout_ms"}},
        {"dotted names collide with members only",
         mapping("web.a", ", shadow: true") + mapping("web.b", ""),
         {"group web.a: web.b=100"}},
        {"they do collide with members",
         mapping("web.a", "") + mapping("web.b", ""),
         {"group web.a: web.a=100"}},
        {"and so do those of TCPMappings",
         v3("TCPMapping", "web", "port: 9000, service: a")
             + v3("TCPMapping", "web.v1", "port: 9000, service: b"),
         {"tcp 9000: cluster_a_prod 100", "note web.v1 metadata.name dropped"},
         {"tcp 9000: cluster_b_prod 100"}},
        {"a Host is called as it is, though another namespace has one of that name",
         v3("Host", "h", "hostname: a.example.com")
             + "---\n{apiVersion: getambassador.io/v3alpha1, kind: Host, metadata: {name: h, namespace: "
               "other}, "
               "spec: {hostname: b.example.com, tlsSecret: {name: cert, namespace: prod}, tlsContext: {name: "
               "gone}}}\n",
         {"error h spec.tlsContext dropped"}},
        {"an unknown resolver of the Module takes the probes away",
         v3("Module", "ambassador", "config: {resolver: nope}"),
         {"error ambassador spec.config.resolver"}},
        {"and nothing where there are none",
         v3("Module", "ambassador",
            "config: {resolver: nope, readiness_probe: {enabled: false}, liveness_probe: {enabled: false}, "
            "diagnostics: {enabled: false}}"),
         {"note ambassador spec.config.resolver"}},
        {"error responses of 4 are a filter that its Envoy does not know",
         v3("Module", "ambassador",
            "config: {error_response_overrides: [{on_status_code: 404, body: {text_format: x}}]}"),
         {"error ambassador spec.config.error_response_overrides"},
         {"filter envoy.filters.http.response_map"}},
        {"and none is made where there are none",
         v3("Module", "ambassador", "config: {error_response_overrides: []}"),
         {"note ambassador spec.config.error_response_overrides"}},
        {"TCPMappings with another TLSContext part",
         v3("TCPMapping", "a", "port: 9000, service: a")
             + v3("TCPMapping", "b", "port: 9000, service: b, tls: up"),
         {"tcp 9000: cluster_a_prod 100", "error a spec.tls"}},
        {"of several fields that part them the first is where",
         v3("TCPMapping", "a", "port: 9000, service: a")
             + v3("TCPMapping", "b", "port: 9000, service: b, tls: up, idle_timeout_ms: '5'"),
         {"error a spec.idle_timeout_ms"}},
        {"a group of TCPMappings is called as the first that came, in 1 point 11 too",
         v2("TCPMapping", "a", "port: 9000, service: a")
             + v2("TCPMapping", "b", "port: 9000, service: b, weight: 20"),
         {"group a: b=20 a=100"},
         {},
         edge::Compat::V1,
         false},
        {"TCPMappings over a hundred are told and the weightless one gets nothing",
         v3("TCPMapping", "a", "port: 9000, service: a, weight: 60")
             + v3("TCPMapping", "b", "port: 9000, service: b, weight: 70")
             + v3("TCPMapping", "c", "port: 9000, service: c"),
         {"tcp 9000: cluster_a_prod 60", "tcp 9000: cluster_b_prod 130", "tcp 9000: cluster_c_prod 0",
          "error a spec.weight"}},
        {"a TCPMapping without a host beside HTTP in clear text is told to both",
         v3("TCPMapping", "t", "port: 8080, service: t") + mapping("m", ""),
         {"tcp 8080: cluster_t_prod 100", "error t spec.port", "error any spec.hostname"},
         {"host *"}},
        {"with a host it is no conflict",
         v3("TLSContext", "c", "secret: cert, hosts: [t.example.com]")
             + v3("TCPMapping", "t", "port: 8080, host: t.example.com, service: t") + mapping("m", ""),
         {"tcp 8080: cluster_t_prod 100", "host *: m"},
         {"error"}},
        {"a Host that answers no clear text either",
         v3("TCPMapping", "t", "port: 8080, service: t")
             + v3("Host", "h", "hostname: '*', requestPolicy: {insecure: {action: Reject}}"),
         {"tcp 8080: cluster_t_prod 100"},
         {"error"},
         edge::Compat::V4,
         false},
        {"in 1 point 11 HTTP keeps its port",
         v2("TCPMapping", "t", "port: 8080, service: t") + v2("Mapping", "m", "prefix: /m/, service: m"),
         {"host *: m m", "error t spec.port dropped"},
         {"tcp 8080"},
         edge::Compat::V1,
         false},
        {"in 1 point 11 a host that no TLSContext lists is none",
         v2("TCPMapping", "t", "port: 9000, service: t")
             + v2("TCPMapping", "u", "port: 9000, host: u.example.com, service: u"),
         {"tcp 9000: cluster_u_prod 100\ntcp 9000: cluster_t_prod 100", "error t spec.port dropped"},
         {},
         edge::Compat::V1,
         false},
        // Since 2.1 the entrypoint judges them by the schemas of the CRDs, in which a weight is a whole number; before,
        // the compiler did by schemas of its own that say the same (2.0.5 config.py, validate_with_jsonschema).
        {"annotations are judged by the schema: a weight is a whole number",
         annotated("name: a, hostname: '*', prefix: /m/, service: a, weight: 32.5")
             + mapping("b", ", weight: 20"),
         {"error a spec.weight dropped", "group b: b=100"},
         {"group a: a=32"}},
        {"and none beyond any number",
         annotated("name: a, hostname: '*', prefix: /m/, service: a, weight: 1e300"),
         {"error a spec.weight dropped"}},
        {"in 2.0, too",
         annotated("name: a, hostname: '*', prefix: /m/, service: a, weight: 32.5"),
         {"error a spec.weight dropped"},
         {},
         edge::Compat::V2_0},
        {"and in 1 point 11",
         annotated("name: a, prefix: /m/, service: a, weight: 32.5", "v2"),
         {"error a spec.weight dropped"},
         {},
         edge::Compat::V1},
        {"also once they are converted",
         annotated("name: a, prefix: /m/, timeout_ms: abc, service: a", "v2"),
         {"error a spec.timeout_ms dropped"}},
        {"and of versions that the edge has: none of v9",
         annotated("name: a, prefix: /m/, service: a", "v9"),
         {"error a apiVersion dropped"},
         {"route a"}},
        {"nor of v0",
         annotated("name: a, prefix: /m/, service: a", "v0"),
         {"error a apiVersion dropped"},
         {"route a"}},
        {"nor Hosts of v1",
         annotated("name: a, hostname: a.example.com", "v1", "Host"),
         {"error a apiVersion dropped"}},
        {"nor Listeners of v2",
         annotated("name: a, port: 9000", "v2", "Listener"),
         {"error a apiVersion dropped"}},
        {"until 4.0 a host is stored as a hostname",
         v3("Mapping", "a", "host: '*.example.com', prefix: /m/, service: a"),
         {"host *: a"},
         {"error"},
         edge::Compat::V3},
        {"in an annotation it is not",
         annotated("name: a, host: '*.example.com', prefix: /m/, service: a"),
         {"error a spec.host dropped"},
         {},
         edge::Compat::V3},
        {"nor in 4.0",
         v3("Mapping", "a", "host: '*.example.com', prefix: /m/, service: a"),
         {"error a spec.host dropped"}},
        {"and beside one it is lost, regex or not",
         mapping("a", ", host: '[ab]', host_regex: true", "a.example.com"),
         {"route a at 8080: :authority=a.example.com ? to cluster_a_prod", "note a spec.host"},
         {"error"},
         edge::Compat::V2},
        {"a scheme of v2 becomes the service's own",
         mapping("a", ", v2ExplicitTLS: {serviceScheme: 'HTTP://'}")
             + v3("RateLimitService", "r",
                  "service: r, protocol_version: v3, v2ExplicitTLS: {serviceScheme: 'http://'}"),
         {"cluster cluster_http___r_prod: r:80 ROUND_ROBIN"},
         {"error"},
         edge::Compat::V3},
        {"and a label loses its key",
         mapping("a", ", labels: {ambassador: [{l: [{generic_key: {key: k, value: v}}]}]}")
             + v3("RateLimitService", "r", "service: r, protocol_version: v3"),
         {"limit generic_key generic_key", "note a spec.labels"},
         {"error"},
         edge::Compat::V3},
        {"which v2 has under another name that is not read",
         v2("Mapping", "a",
            "prefix: /m/, service: a, labels: {ambassador: [{l: [{generic_key: v, v3Key: k}]}]}")
             + v3("RateLimitService", "r", "service: r, protocol_version: v3"),
         {"limit generic_key generic_key"},
         {"error"}},
        {"and keeps it in 4.0",
         mapping("a", ", labels: {ambassador: [{l: [{generic_key: {key: k, value: v}}]}]}")
             + v3("RateLimitService", "r", "service: r, protocol_version: v3"),
         {"limit generic_key k"},
         {"error", "note"}},
        {"in 2.x several values are stored as one",
         mapping("a", ", headers: {x: '1', 'y': '2'}, query_parameters: {q: '1', r: '1'}"),
         {"note a spec.headers", "route a at 8080: x=1 y=2 ? q=1 r=1 to cluster_a_prod"},
         {"note a spec.query_parameters"},
         edge::Compat::V2},
        {"as they are written since 3.x",
         mapping("a", ", headers: {x: '1', 'y': '2'}"),
         {"route a at 8080: x=1 y=2 ? to cluster_a_prod"},
         {"note a spec.headers"},
         edge::Compat::V3},
        {"and a TCPMapping's is lost but for TLS that nothing else asks for",
         v3("TCPMapping", "a", "port: 9000, service: 'http://a:1'")
             + v3("TCPMapping", "b", "port: 9001, service: 'https://b:1', tls: up")
             + v3("TCPMapping", "c", "port: 9002, service: 'https://c:1'")
             + v3("TLSContext", "up", "secret: cert"),
         {"cluster cluster_a_1_prod: a:1 ROUND_ROBIN", "cluster cluster_b_1_otls_up_prod: b:1 ROUND_ROBIN",
          "cluster cluster_https___c_1_otls_prod: c:1 ROUND_ROBIN"},
         {},
         edge::Compat::V3},
        {"a scheme is one of two, whatever its case, or nothing",
         mapping("a", ", v2ExplicitTLS: {serviceScheme: 'ftp://'}")
             + mapping("b", ", v2ExplicitTLS: {serviceScheme: 'HTTPS://'}")
             + mapping("c", ", v2ExplicitTLS: {serviceScheme: ''}")
             + mapping("d", ", v2ExplicitTLS: {tls: 'yes'}")
             + mapping("e", ", v2ExplicitTLS: {tls: 'bool:true'}"),
         {"error a spec.v2ExplicitTLS.serviceScheme dropped", "error d spec.v2ExplicitTLS.tls dropped",
          "group b: b=33 c=66 e=100"}},
        {"of services, too",
         v3("AuthService", "a", "auth_service: a, v2ExplicitTLS: {serviceScheme: https}")
             + v3("RateLimitService", "b",
                  "service: a, protocol_version: v3, v2ExplicitTLS: {serviceScheme: x}")
             + v3("TCPMapping", "c", "port: 9000, service: a, v2ExplicitTLS: {serviceScheme: '://'}"),
         {"error a spec.v2ExplicitTLS.serviceScheme dropped",
          "error b spec.v2ExplicitTLS.serviceScheme dropped",
          "error c spec.v2ExplicitTLS.serviceScheme dropped"}},
        {"health_checks are no field until 3.x, whatever stands there",
         mapping("a", ", health_checks: []") + mapping("b", ", health_checks: [{}]")
             + v2("Mapping", "c", "prefix: /m/, service: c, v3health_checks: []"),
         {"group a: a=33 b=66 c=100", "note a spec.health_checks", "note b spec.health_checks",
          "note c spec.v3health_checks"},
         {"error"},
         edge::Compat::V2},
        {"and then an empty list is refused",
         mapping("a", ", health_checks: []"),
         {"error a spec.health_checks dropped"},
         {},
         edge::Compat::V3},
        {"spans as HTTP_JSON_V1 are sent until 3.x",
         v3("TracingService", "t",
            "service: z, driver: zipkin, config: {collector_endpoint_version: HTTP_JSON_V1}"),
         {"cluster cluster_tracing_z_prod: z:80 ROUND_ROBIN"},
         {"error"},
         edge::Compat::V2},
        {"and then nothing is traced",
         v3("TracingService", "t",
            "service: z, driver: zipkin, config: {collector_endpoint_version: HTTP_JSON_V1}"),
         {"error t spec.config.collector_endpoint_version dropped"},
         {"cluster cluster_tracing"}},
        {"a label of two headers is one of them",
         v2("Mapping", "a",
            "prefix: /m/, service: a, labels: {ambassador: [{g: [{x: {header: a}, 'y': {header: b}}]}]}")
             + v3("RateLimitService", "r", "service: r, protocol_version: v3"),
         {"route a limits 1", "note a spec.labels.ambassador.g"},
         {"error"}},
        {"and beside a generic_key nothing",
         v2("Mapping", "a",
            "prefix: /m/, service: a, labels: {ambassador: [{g: [{x: {header: a}, generic_key: v}]}]}")
             + v3("RateLimitService", "r", "service: r, protocol_version: v3"),
         {"route a limits 1"},
         {"error", "note a spec.labels"}},
        {"true yields to a regex of its own",
         v2("Mapping", "a",
            "prefix: /m/, service: a, headers: {x: true, 'y': false}, regex_headers: {x: 'a+'}, "
            "query_parameters: {q: true}, regex_query_parameters: {q: '1+'}"),
         {"route a at 8080: x=a+ ? q=1+ to cluster_a_prod", "note a spec.headers.x", "note a spec.headers.y",
          "note a spec.query_parameters.q"}},
        {"nor of v1, on which the edge fails since 2.4",
         annotated("name: a, prefix: /m/, service: a", "v1"),
         {"error a apiVersion dropped"},
         {"host *: a"},
         edge::Compat::V2},
        {"where it is none",
         annotated("name: a, prefix: /m/, service: a", "v1"),
         {"error a apiVersion dropped"},
         {"host *: a"},
         edge::Compat::V2_3},
        {"2.0 takes any",
         annotated("name: a, prefix: /m/, service: a", "v9"),
         {"host *: a"},
         {"error a apiVersion dropped"},
         edge::Compat::V2_0},
        {"weights far below nothing do not turn into others",
         mapping("a", ", weight: -2000000000") + mapping("b", ", weight: -2000000000") + mapping("c", ""),
         {"group a: a=-2000000000 b=-4000000000 c=100"}},
        {"nor do those beyond 31 bits",
         mapping("a", ", weight: -5000000000") + mapping("b", ", weight: 20") + mapping("c", "")
             + mapping("d", ""),
         {"group a: a=-5000000000 b=-4999999980 c=-2499999940 d=100",
          "route a at 8080: ? -5000000000% to cluster_a_prod"}},
        {"and of 1 point 11 where they come to more than 64 bits",
         v2("Mapping", "a", "prefix: /m/, service: a, weight: -9223372036854775808")
             + v2("Mapping", "b", "prefix: /m/, service: b, weight: -9223372036854775808")
             + v2("Mapping", "c", "prefix: /m/, service: c"),
         {"group a: a=-9223372036854775808 b=-9223372036854775808 c=100"},
         {},
         edge::Compat::V1,
         false},
        {"beyond what a double holds the edge takes no whole number",
         mapping("a", ", weight: 9007199254740992") + mapping("b", ", weight: -9007199254740992")
             + mapping("c", ", weight: 9007199254740991") + mapping("d", ", precedence: 9007199254740992"),
         {"error a spec.weight dropped", "error b spec.weight dropped", "group c: c=100",
          "error d spec.precedence dropped"}},
        {"nor in an annotation",
         annotated("name: a, hostname: '*', prefix: /m/, service: a, weight: 9007199254740992"),
         {"error a spec.weight dropped"}},
        {"a weight beyond 31 bits is more than a hundred",
         mapping("a", ", weight: 4294967346") + mapping("b", ""),
         {"group a: a=0 b=0", "error a spec.weight"}},
        {"and Envoy refuses it where it gets it",
         v2("Mapping", "a", "prefix: /m/, service: a, weight: 5000000000")
             + v2("Mapping", "b", "prefix: /m/, service: b"),
         {"group a: a=5000000000 b=-", "error a spec.weight"},
         {},
         edge::Compat::V1,
         false},
        {"a shadow's, too",
         mapping("a", "") + mapping("b", ", shadow: true, weight: 5000000000"),
         {"error b spec.weight"}},
        {"and a TCPMapping's below nothing",
         v3("TCPMapping", "a", "port: 8080, service: a, weight: -5000000000")
             + v3("TCPMapping", "b", "port: 8080, service: b"),
         {"tcp 8080: cluster_a_prod -5000000000", "tcp 8080: cluster_b_prod 100", "error a spec.weight"}},
        {"until 2.0 the edge fails on TCPMappings without a weight that nothing is shared out to",
         v2("TCPMapping", "a", "port: 9000, service: a, weight: 60")
             + v2("TCPMapping", "b", "port: 9000, service: b, weight: 70")
             + v2("TCPMapping", "c", "port: 9000, service: c"),
         {"error a spec.weight", "error c spec.weight"},
         {},
         edge::Compat::V1,
         false},
    };
}

std::vector<RuleCase> routeRules()
{
    return {
        {"a redirect of a host regex belongs to no Host without a selector",
         v3("Mapping", "r", "host: '.*', host_regex: true, prefix: /r/, service: x, host_redirect: true"),
         {"host *:", "note r spec.hostname"}},
        {"a route of a host regex belongs to every Host",
         v3("Mapping", "r", "host: '.*', host_regex: true, prefix: /r/, service: x"),
         {"host *: r"}},
        {"matches stand in the order of their names, as the API server has them",
         mapping("a", ", headers: {x-b: '1', X-A: '2'}, query_parameters: {z: '1', q: '2'}"),
         {"route a at 8080: X-A=2 x-b=1 ? q=2 z=1 to cluster_a_prod"}},
        {"in annotations too, and behind them the regexes",
         annotated("name: a, hostname: '*', prefix: /m/, service: a, headers: {x-b: '1', x-a: '2'}, "
                   "regex_headers: {a: '.'}"),
         {"route a at 8080: x-a=2 x-b=1 a=. ? to cluster_a_prod"}},
        {"but 1 point 11 reads those as they are written",
         annotated("name: a, prefix: /m/, service: a, headers: {x-b: '1', x-a: '2'}", "v2"),
         {"route a at 8080: x-b=1 x-a=2 ? to cluster_a_prod"},
         {},
         edge::Compat::V1,
         false},
        {"what is required and empty is missing once it has been stored",
         v3("Mapping", "a", "prefix: '', service: a") + v3("Mapping", "b", "prefix: /b/, service: ''")
             + v3("TCPMapping", "t", "port: 0, service: t"),
         {"error a spec.prefix dropped", "error b spec.service dropped", "error t spec.port dropped"},
         {"route a", "route b", "tcp"}},
        {"an empty text is no method, no redirect and no name for statistics",
         v3("Module", "ambassador", "config: {defaults: {httpmapping: {stats_name: d}}}")
             + mapping("a",
                       ", method: '', host_redirect: true, path_redirect: '', prefix_redirect: /p/, "
                       "stats_name: ''"),
         {"route a at 8080: ? to host a"},
         {"error a"}},
        {"websocket is upgraded to once",
         mapping("a", ", use_websocket: true, allow_upgrade: [websocket, spdy/3.1]"),
         {"route a upgrades websocket\nroute a upgrades spdy/3.1"},
         {"route a upgrades websocket\nroute a upgrades websocket"}},
        {"host_redirect false of one keeps the AuthService from all",
         mapping("a", "") + mapping("b", ", host_redirect: false"),
         {"route a asks no AuthService", "route b asks no AuthService"}},
        {"Linkerd is told the service's own port, whatever the TLSContext",
         v3("TLSContext", "up", "secret: cert") + mapping("a", ", tls: up, add_linkerd_headers: true"),
         {"route a adds l5d-dst-override: a:80", "cluster cluster_a_otls_up_prod: a:443 ROUND_ROBIN"}},
        {"and the one of its scheme",
         v3("Mapping", "a", "hostname: '*', prefix: /m/, service: 'https://a', add_linkerd_headers: true"),
         {"route a adds l5d-dst-override: a:443"}},
        {"default labels are for the default domain",
         v3("RateLimitService", "r", "service: r, domain: d, protocol_version: v3")
             + v3("Module", "ambassador",
                  "config: {default_label_domain: d, default_labels: {d: {defaults: [{remote_address: {key: "
                  "remote_address}}]}}}")
             + mapping("a", ""),
         {"route a limits 1"}},
        {"a RateLimitService without a domain limits the default one",
         v3("RateLimitService", "r", "service: r, protocol_version: v3")
             + v3("Module", "ambassador", "config: {default_label_domain: d}")
             + mapping("a", ", labels: {d: [{g: [{generic_key: {value: v}}]}]}")
             + v3("Mapping", "b",
                  "hostname: '*', prefix: /b/, service: b, labels: {ambassador: [{g: [{generic_key: {value: "
                  "v}}]}]}"),
         {"route a limits 1", "note b spec.labels"},
         {"route b limits"}},
        {"and not for another",
         v3("RateLimitService", "r", "service: r, domain: d, protocol_version: v3")
             + v3("Module", "ambassador",
                  "config: {default_labels: {d: {defaults: [{remote_address: {key: remote_address}}]}}}")
             + mapping("a", ""),
         {},
         {"route a limits"}},
        {"nor for a Mapping with labels of another domain",
         v3("RateLimitService", "r", "service: r, protocol_version: v3")
             + v3("Module", "ambassador",
                  "config: {default_labels: {ambassador: {defaults: [{remote_address: {key: "
                  "remote_address}}]}}}")
             + mapping("a", ", labels: {other: [{g: [{generic_key: {value: v}}]}]}"),
         {"note a spec.labels"},
         {"route a limits"}},
        {"an https redirect keeps the rules for headers",
         std::string("---\n") + RedirectingHost + "---\n" + XfpListener
             + mapping(
                 "a",
                 ", add_request_headers: {x-req: {value: v}}, add_response_headers: {hsts: {value: v}}, "
                 "remove_request_headers: [x-gone], remove_response_headers: [server], "
                 "add_linkerd_headers: true"),
         {"route a at 8081: ? to https", "route a redirecting answers hsts",
          "route a redirecting removes x-gone", "route a redirecting removes server"},
         {},
         edge::Compat::V4,
         false},
        {"an https redirect keeps the Module's header defaults in 1 point 11",
         v2("Host", "h", "hostname: '*', tlsSecret: {name: cert}")
             + v2("Module", "ambassador", "config: {defaults: {add_response_headers: {hsts: {value: v}}}}")
             + v2("Mapping", "a", "prefix: /m/, service: a"),
         {"route a redirecting answers hsts"},
         {},
         edge::Compat::V1,
         false},
        {"an https redirect keeps query parameters and shares",
         std::string("---\n") + RedirectingHost + "---\n" + XfpListener
             + mapping("a", ", weight: 20, query_parameters: {q: '1'}")
             + mapping("b", ", query_parameters: {q: '1'}"),
         {"route a at 8081: x-forwarded-proto=https ? q=1 20% to cluster_a_prod",
          "route a at 8081: ? q=1 20% to https", "route b at 8081: ? q=1 to https"},
         {},
         edge::Compat::V4,
         false},
        {"a Mapping's own x-forwarded-proto counts for nothing behind the one for https",
         std::string("---\n") + RedirectingHost + "---\n" + XfpListener
             + mapping("a", ", headers: {X-Forwarded-Proto: http, x-a: '1'}"),
         {"route a at 8081: x-a=1 x-forwarded-proto=https ? to cluster_a_prod",
          "route a at 8081: x-a=1 ? to https", "route a at 8080: X-Forwarded-Proto=http x-a=1 ? to https"},
         {},
         edge::Compat::V4,
         false},
        {"nor where insecure requests are routed",
         std::string("---\n") + XfpListener + mapping("a", ", headers: {x-forwarded-proto: http, x-a: '1'}"),
         {"route a at 8081: x-a=1 ? to cluster_a_prod"}},
        {"but it stays where nothing else would remain",
         std::string("---\n") + XfpListener + mapping("a", ", headers: {x-forwarded-proto: http}"),
         {"route a at 8081: x-forwarded-proto=http ? to cluster_a_prod",
          "route a at 8081: x-forwarded-proto=https ? to cluster_a_prod"}},
        {"in 1 point 11 it stays in both",
         v2("Host", "h", "hostname: '*', tlsSecret: {name: cert}")
             + v2("Mapping", "a", "prefix: /m/, service: a, headers: {X-Forwarded-Proto: http, x-a: '1'}"),
         {"route a at 8443: X-Forwarded-Proto=http x-a=1 ? to cluster_a_prod",
          "route a at 8443: X-Forwarded-Proto=http x-a=1 ? to https"},
         {"route a at 8443: x-a=1"},
         edge::Compat::V1,
         false},
        {"a host_redirect asks for no query parameters",
         mapping("a", ", host_redirect: true, query_parameters: {q: '1'}"),
         {"route a at 8080: ? to host a", "note a spec.query_parameters"}},
        {"and not in 1 point 11, nor is it excused from the AuthService by bypass_auth there",
         v2("Mapping", "a",
            "prefix: /m/, service: a, host_redirect: true, bypass_auth: true, query_parameters: {q: '1'}"),
         {"route a at 8080: ? to host a"},
         {"route a asks no AuthService"},
         edge::Compat::V1,
         false},
        {"an empty query parameter is as long in the order as any value's presence",
         mapping("a", ", query_parameters: {ab: ''}") + mapping("b", ", query_parameters: {z: '1'}"),
         {"host *: a b"}},
        {"and in 1 point 11",
         v2("Mapping", "a", "prefix: /m/, service: a, query_parameters: {ab: ''}")
             + v2("Mapping", "b", "prefix: /m/, service: b, query_parameters: {z: '1'}"),
         {"host *: a a b b"},
         {},
         edge::Compat::V1,
         false},
        {"an empty regex_rewrite is one that Envoy refuses",
         mapping("a", ", regex_rewrite: {}"),
         {"error a spec.regex_rewrite.pattern dropped"},
         {"route a"}},
        {"as are empty ones elsewhere, of one policy with those that are none",
         mapping("a", ", regex_headers: {x: ''}") + mapping("b", ", regex_query_parameters: {x: ''}")
             + mapping("c", ", regex_headers: {x: '*'}"),
         {"error a spec.regex_headers.x dropped", "error b spec.regex_query_parameters.x dropped",
          "error c spec.regex_headers.x dropped"},
         {"route a", "route b", "route c"}},
        {"a redirect that is there but empty is dropped by the watcher",
         mapping(
             "a",
             ", host_redirect: true, prefix_redirect: '', regex_redirect: {pattern: /m/, substitution: x}"),
         {"route a redirecting by regex"},
         {"error a spec.regex_redirect"}},
        {"in an annotation of 1 point 11 it keeps the later kinds out",
         annotated("name: a, prefix: /m/, service: a, host_redirect: true, prefix_redirect: '', "
                   "regex_redirect: {pattern: /m/, substitution: x}",
                   "v2"),
         {"error a spec.regex_redirect"},
         {"route a redirecting by regex"},
         edge::Compat::V1,
         false},
        {"rewrite and regex_rewrite are compared only where rewrite says something",
         mapping("a", ", rewrite: '', regex_rewrite: {pattern: a, substitution: b}"),
         {},
         {"note a spec.rewrite"}},
    };
}

std::vector<RuleCase> clusterRules()
{
    return {
        {"endpoints of a service with a port that is no number are looked for by its name",
         v3("Mapping", "a",
            "hostname: '*', prefix: /m/, service: 's:bar', resolver: kubernetes-endpoint, load_balancer: "
            "{policy: round_robin}"),
         {"cluster cluster_s_bar_prod_er_round_robin: k8s/prod/s/80 ROUND_ROBIN", "error a spec.service"}},
        {"the Module's load balancer is for every resolver",
         v3("Module", "ambassador", "config: {load_balancer: {policy: least_request}}") + mapping("a", ""),
         {"cluster cluster_a_prod_er_least_request: a:80 LEAST_REQUEST"}},
        {"and so is its hash",
         v3("Module", "ambassador", "config: {load_balancer: {policy: ring_hash, header: x-user}}")
             + mapping("a", ""),
         {"cluster cluster_a_prod_er_ring_hash_hdr_x_user: a:80 RING_HASH", "route a hashes x-user"}},
        {"a group that redirects says nothing of errors",
         v2("Mapping", "a", "prefix: /m/, service: a, host_redirect: true")
             + v2("Mapping", "b",
                  "prefix: /m/, service: b, error_response_overrides: [{on_status_code: 404, body: "
                  "{text_format: x}}]"),
         {"filter envoy.filters.http.cors\nfilter envoy.filters.http.router"},
         {"filter envoy.filters.http.response_map"},
         edge::Compat::V1,
         false},
        {"but one that a redirect cannot join does",
         v2("Mapping", "a",
            "prefix: /m/, service: a, error_response_overrides: [{on_status_code: 404, body: "
            "{text_format: x}}]")
             + v2("Mapping", "b", "prefix: /m/, service: b, host_redirect: true"),
         {"filter envoy.filters.http.response_map"},
         {},
         edge::Compat::V1,
         false},
        {"a Mapping's keepalive has no time in the CRDs",
         mapping("a", ", keepalive: {time: 5, probes: 2}")
             + annotated("name: b, hostname: '*', prefix: /b/, service: b, keepalive: {time: 5}"),
         {"cluster cluster_a_prod: a:80 ROUND_ROBIN kept alive -1", "note a spec.keepalive.time",
          "cluster cluster_b_prod: b:80 ROUND_ROBIN kept alive -1"}},
        {"but what 1 point 11 reads in annotations of v1 may have one",
         annotated("name: b, prefix: /b/, service: b, keepalive: {time: 5}", "v1"),
         {"cluster cluster_b_prod: b:80 ROUND_ROBIN kept alive 5"},
         {},
         edge::Compat::V1,
         false},
        {"and in those of v2 no keepalive at all",
         annotated("name: b, prefix: /b/, service: b, keepalive: {time: 5}", "v2"),
         {"error b spec.keepalive dropped"},
         {"cluster cluster_b_prod"},
         edge::Compat::V1,
         false},
        {"an AuthService's address is made of its path_prefix",
         v3("AuthService", "au",
            "auth_service: 'a:1', protocol_version: v3, path_prefix: /Ext/x, "
            "add_linkerd_headers: true")
             + mapping("a", ""),
         {"auth at http://Ext/x", "auth is told l5d-dst-override: ext:80"}},
        {"of none, and over TLS, too",
         v3("AuthService", "au", "auth_service: 'https://a', protocol_version: v3, add_linkerd_headers: true")
             + mapping("a", ""),
         {"auth at https://", "auth is told l5d-dst-override: None:443"}},
        {"a load balancer of unknown policy is none",
         v3("Module", "ambassador", "config: {load_balancer: {policy: fastest}}") + mapping("a", ""),
         {"cluster cluster_a_prod: a:80 ROUND_ROBIN", "error ambassador spec.config.load_balancer"}},
        {"an empty list of error responses is refused before anybody looks at balancing", // as 4.1.0 says
         mapping("a", ", error_response_overrides: [], resolver: endpoint, load_balancer: {policy: maglev}"),
         {"error a spec.error_response_overrides dropped"},
         {"error a spec.load_balancer"}},
        {"TLS beside http is said, with a certificate or without",
         v2("Mapping", "a", "prefix: /m/, service: 'http://a', tls: true"),
         {"cluster cluster_http___a_otls_prod: a:443 ROUND_ROBIN", "error a spec.tls"},
         {},
         edge::Compat::V1,
         false},
        {"TCPMappings stand before what has a precedence below nothing",
         v3("TCPMapping", "t", "port: 6000, service: db") + mapping("a", ", precedence: -5"),
         {"group t: t=100\ngroup a: a=100"}},
        {"an empty list of circuit breakers is one of its own",
         v3("Module", "ambassador", "config: {circuit_breakers: [{max_connections: 9}]}")
             + mapping("a", ", circuit_breakers: []"),
         {"cluster cluster_a_prod: a:80 ROUND_ROBIN"},
         {"cluster cluster_a_prod_cbnc9"}},
        {"an empty host_rewrite is none",
         v3("Mapping", "a", "hostname: '*', prefix: /m/, service: 'https://a', host_rewrite: ''"),
         {"cluster cluster_https___a_otls_prod: a:443 ROUND_ROBIN"},
         {"note a spec.auto_host_rewrite"}},
        {"where a shadow says both, neither is told to Envoy",
         mapping("a", "") + mapping("b", ", shadow: true, host_rewrite: x, auto_host_rewrite: true"),
         {"note b spec.auto_host_rewrite", "note b spec.host_rewrite"},
         {"error"}},
        {"but beside an auto_host_rewrite Envoy refuses it, even where that is false",
         mapping("a", ", host_rewrite: '', auto_host_rewrite: false"),
         {"note a spec.auto_host_rewrite"}},
        {"an idle timeout of nothing is the Module's",
         v3("Module", "ambassador", "config: {cluster_idle_timeout_ms: 7000}")
             + mapping("a", ", cluster_idle_timeout_ms: 0"),
         {"cluster cluster_a_prod: a:80 ROUND_ROBIN idle 7000"}},
        {"and none without one",
         mapping("a", ", cluster_idle_timeout_ms: 0"),
         {"cluster cluster_a_prod: a:80 ROUND_ROBIN"}},
        {"services are asked as the Module's resolver finds them",
         v3("Module", "ambassador", "config: {resolver: endpoint}")
             + v3("RateLimitService", "r", "service: 'r:5000', protocol_version: v3")
             + v3("AuthService", "auth", "auth_service: 'auth:3000', proto: http"),
         {"cluster cluster_r_5000_prod: k8s/prod/r/5000 ROUND_ROBIN",
          "cluster cluster_extauth_auth_3000_prod: k8s/prod/auth/3000 ROUND_ROBIN"}},
        {"the Module's circuit breakers are for the AuthService and no other service",
         v3("Module", "ambassador", "config: {circuit_breakers: [{max_connections: 9}]}")
             + v3("RateLimitService", "r", "service: 'r:5000', protocol_version: v3")
             + v3("AuthService", "auth", "auth_service: 'auth:3000', proto: http"),
         {"cluster cluster_r_5000_prod: r:5000 ROUND_ROBIN",
          "cluster cluster_extauth_auth_3000_prod_cbnc9: auth:3000 ROUND_ROBIN at most 9"}},
        {"in 1 point 11 not for that either",
         v2("Module", "ambassador", "config: {circuit_breakers: [{max_connections: 9}]}")
             + v2("AuthService", "auth", "auth_service: 'auth:3000', proto: http"),
         {"cluster cluster_extauth_auth_3000_prod: auth:3000 ROUND_ROBIN"},
         {},
         edge::Compat::V1,
         false},
        {"a Module's resolver that is unknown stops the probes, too",
         v3("Module", "ambassador", "config: {resolver: nowhere}") + mapping("a", ""),
         {"error ambassador spec.config.resolver", "error a spec.resolver dropped"},
         {"cluster cluster_127_0_0_1"}},
        {"of two TCPMappings the first made makes the cluster",
         v3("TCPMapping", "t0", "port: 6000, service: 'db:1', enable_ipv6: true, enable_ipv4: false")
             + v3("TCPMapping", "t1", "port: 6001, service: 'db:1'"),
         {"cluster cluster_db_1_prod: db:1 ROUND_ROBIN by IPv6"}},
        {"and of two of one group the first, whatever their weights",
         v3("TCPMapping", "t0", "port: 6000, service: 'db:1', resolver: endpoint")
             + v3("TCPMapping", "t1", "port: 6000, service: 'db:1', weight: 20"),
         {"cluster cluster_db_1_prod: k8s/prod/db/1 ROUND_ROBIN"}},
        {"of two Mappings of one group as well",
         mapping("a", ", dns_type: logical_dns")
             + v3("Mapping", "b", "hostname: '*', prefix: /m/, service: a, weight: 20"),
         {"cluster cluster_a_prod: a:80 ROUND_ROBIN logical"}},
        {"a service of unknown scheme has the TLSContext in its name",
         v3("TLSContext", "up", "secret: cert")
             + v3("Mapping", "a", "hostname: '*', prefix: /m/, service: 'tcp://a:1', tls: up"),
         {"cluster cluster_tcp___a_1_otls_up_prod: a:1 ROUND_ROBIN"}},
        {"of what is wrong with a Mapping the resolver is told first",
         mapping("a", ", resolver: nowhere, load_balancer: {policy: ring_hash}"),
         {"error a spec.resolver dropped"},
         {"error a spec.load_balancer"}},
        {"a scheme is said to Consul in vain, like a port",
         v3("Mapping", "a", "hostname: '*', prefix: /m/, service: 'https://a', resolver: consul"),
         {"note a spec.service"}},
        {"the kind of DNS is read in any case",
         mapping("a", ", dns_type: Logical_DNS"),
         {"cluster cluster_a_prod: a:80 ROUND_ROBIN logical"}},
    };
}

std::vector<RuleCase> hostRules()
{
    const std::string host = "requestPolicy: {insecure: {action: Route}}, hostname: a.example.com";
    const std::string labelled = "---\n{apiVersion: getambassador.io/v3alpha1, kind: Mapping, metadata: "
                                 "{name: a, namespace: prod, labels: "
                                 "{team: x}}, spec: {hostname: '*', prefix: /m/, service: a}}\n";
    return {
        {"the Host that is made where none is has no labels",
         v3("Listener", "picky",
            "port: 8082, protocol: HTTP, securityModel: XFP, hostBinding: {selector: {matchLabels: {a: b}}}")
             + mapping("m", ""),
         {"port 8080", "error picky  dropped"},
         {"port 8082"},
         edge::Compat::V4,
         false},
        {"where none is, a TLS Module ends TLS for nobody, which is told",
         v3("Module", "tls", "config: {server: {secret: cert}}") + mapping("m", ""),
         {"error tls "},
         {},
         edge::Compat::V4,
         false},
        {"one label of a Listener's selector was enough before 3.0",
         "---\n{apiVersion: getambassador.io/v3alpha1, kind: Host, metadata: {name: h, namespace: prod, "
         "labels: "
         "{a: b}}, spec: {hostname: a.example.com, requestPolicy: {insecure: {action: Route}}}}\n"
             + v3("Listener", "picky",
                  "port: 8082, protocol: HTTP, securityModel: XFP, hostBinding: {selector: {matchLabels: {a: "
                  "b, c: "
                  "d}}}")
             + mapping("m", ""),
         {"port 8082"},
         {},
         edge::Compat::V2,
         false},
        {"all are needed since",
         "---\n{apiVersion: getambassador.io/v3alpha1, kind: Host, metadata: {name: h, namespace: prod, "
         "labels: "
         "{a: b}}, spec: {hostname: a.example.com, requestPolicy: {insecure: {action: Route}}}}\n"
             + v3("Listener", "picky",
                  "port: 8082, protocol: HTTP, securityModel: XFP, hostBinding: {selector: {matchLabels: {a: "
                  "b, c: "
                  "d}}}")
             + mapping("m", ""),
         {},
         {"port 8082"},
         edge::Compat::V4,
         false},
        {"and lives in the edge's own namespace",
         "---\n{apiVersion: getambassador.io/v3alpha1, kind: Listener, metadata: {name: there, namespace: "
         "other}, "
         "spec: {port: 8082, protocol: HTTP, securityModel: XFP, hostBinding: {namespace: {from: SELF}}}}\n"
             + v3("Listener", "here",
                  "port: 8083, protocol: HTTP, securityModel: XFP, hostBinding: {namespace: {from: SELF}}")
             + mapping("m", ""),
         {"port 8083", "error there  dropped"},
         {"port 8082"},
         edge::Compat::V4,
         false},
        {"a selector without labels takes every Mapping",
         v3("Host", "h", host + ", mappingSelector: {matchExpressions: [{key: team, operator: Exists}]}")
             + v3("Mapping", "a", "prefix: /m/, service: a"),
         {"host a.example.com: a", "note h spec.mappingSelector.matchExpressions"},
         {},
         edge::Compat::V4,
         false},
        {"an empty mappingSelector leaves it to selector",
         v3("Host", "h", host + ", mappingSelector: {}, selector: {matchLabels: {team: blue}}") + labelled,
         {"host a.example.com:"},
         {},
         edge::Compat::V4,
         false},
        {"a TLS version that is none stops the Host",
         v3("Host", "h", host + ", tlsSecret: {name: cert}, tls: {min_tls_version: v9}"),
         {"error h spec.tls.min_tls_version dropped"}},
        {"a certificate file beside the secret does too",
         v3("Host", "h", host + ", tlsSecret: {name: cert}, tls: {cert_chain_file: /c.pem}"),
         {"error h spec.tls.cert_chain_file dropped"}},
        {"a TLSContext may name the Host instead of its hostname",
         v3("TLSContext", "t", "secret: cert, hosts: [h]")
             + v3("Host", "h", host + ", tlsSecret: {name: cert}, tlsContext: {name: t}"),
         {"context t: cert.prod"},
         {"error h"}},
        {"a TLSContext of another namespace has the Host's secret there",
         "---\n{apiVersion: getambassador.io/v3alpha1, kind: TLSContext, metadata: {name: t, namespace: "
         "other}, "
         "spec: {alpn_protocols: h2}}\n"
             + v3("Host", "h", host + ", tlsSecret: {name: cert}, tlsContext: {name: t}")
             + "---\n{apiVersion: getambassador.io/v3alpha1, kind: TLSContext, metadata: {name: u, "
               "namespace: "
               "other}, spec: {secret: cert}}\n",
         {"context t: cert.other"}},
        {"which nothing hands over if it is not asked for there",
         "---\n{apiVersion: getambassador.io/v3alpha1, kind: TLSContext, metadata: {name: t, namespace: "
         "other}, spec: {alpn_protocols: h2}}\n"
             + v3("Host", "h", host + ", tlsSecret: {name: cert}, tlsContext: {name: t}"),
         {"error t spec.secret"},
         {"context t"}},
        {"unless the Host names its namespace",
         "---\n{apiVersion: getambassador.io/v3alpha1, kind: TLSContext, metadata: {name: t, namespace: "
         "other}, "
         "spec: {alpn_protocols: h2}}\n"
             + v3("Host", "h", host + ", tlsSecret: {name: cert, namespace: prod}, tlsContext: {name: t}"),
         {"context t: cert.prod"}},
        {"a missing ACME account key is told",
         v3("Host", "h", host + ", acmeProvider: {authority: none, privateKeySecret: {name: gone}}"),
         {"error h spec.acmeProvider.privateKeySecret"}},
        {"a context with alpn whose CA makes no sense is gone in 1 point 11",
         v2("TLSContext", "t", "hosts: [a.example.com], alpn_protocols: h2, ca_secret: cert"),
         {"port 8080"},
         {"port 8443"},
         edge::Compat::V1},
        {"what is no field of a Mapping in 1 point 11 is no conflict of two",
         v2("Mapping", "a", "prefix: /m/, service: a, cluster_max_connection_lifetime_ms: 1")
             + v2("Mapping", "b", "prefix: /m/, service: b"),
         {"group a: a=50 b=100", "note a spec.cluster_max_connection_lifetime_ms"},
         {"error"},
         edge::Compat::V1},
        {"one whose secret is missing still asks for 8443",
         v2("TLSContext", "t", "hosts: [a.example.com], alpn_protocols: h2, secret: gone"),
         {"port 8443"},
         {"port 8080"},
         edge::Compat::V1},
        {"a UDP Listener makes the TCP one beside it tell of HTTP/3",
         v3("Listener", "u",
            "port: 8080, protocolStack: [TLS, HTTP, UDP], securityModel: XFP, hostBinding: {namespace: "
            "{from: ALL}}")
             + v3("Host", "h", host + ", tlsSecret: {name: cert}"),
         {"port 8080 http3", "port 8080 udp http3"}},
        {"streams of HTTP/2 are limited by the Listener",
         v3("Listener", "s",
            "port: 8081, protocol: HTTP, securityModel: INSECURE, http2MaxConcurrentStreams: 7, hostBinding: "
            "{namespace: {from: ALL}}"),
         {"port 8081 streams 7"}},
    };
}

std::vector<RuleCase> inputRules()
{
    const std::string twoBodies =
        "auth_service: a, proto: http, protocol_version: v3, allow_request_body: true, "
        "include_body: {max_bytes: 4096, allow_partial: true}";
    return {
        {"an id for v3alpha1 readers only is read",
         v2("Mapping", "a",
            "ambassador_id: ['--apiVersion-v3alpha1-only--default'], prefix: /m/, service: a"),
         {"group a: a=100"}},
        {"of two TCPMappings of one name the later is called by its namespace, too",
         v3("TCPMapping", "t", "port: 6000, service: a")
             + "---\n{apiVersion: getambassador.io/v3alpha1, kind: TCPMapping, metadata: {name: t, "
               "namespace: "
               "other}, spec: {port: 6001, service: a}}\n",
         {"group t: t=100", "group t.prod: t.prod=100"}},
        {"a v3alpha1 id must be in a list",
         v3("Mapping", "a", "ambassador_id: default, hostname: '*', prefix: /m/, service: a"),
         {"error a spec.ambassador_id dropped"}},
        {"an id is a field like any other",
         v3("Mapping", "a",
            "ambassador_id: [default], v2ExplicitTLS: {tls: string}, hostname: '*', prefix: /m/, service: a"),
         {"group a: a=100"},
         {"note a"}},
        {"fields under their v2 names are read",
         v2("AuthService", "auth",
            "auth_service: auth, v3CircuitBreakers: [{max_connections: 9}], v3StatsName: s, proto: http"),
         {"cluster cluster_extauth_auth_prod_cbu0: auth:80 ROUND_ROBIN at most 9"},
         {"note auth spec.v3StatsName"}},
        {"a slip of the pen in a v2 object is said",
         v2("Mapping", "a", "prefix: /m/, service: a, time_out_ms: 5"),
         {"note a spec.time_out_ms"}},
        {"a filter is switched on by its key, whatever it says",
         v3("Module", "ambassador", "config: {enable_grpc_http11_bridge: false}"),
         {"filter envoy.filters.http.grpc_http1_bridge"}},
        {"a wrong word for client certificates goes to Envoy all the same",
         v3("Module", "ambassador", "config: {forward_client_cert_details: BAD}"),
         {"client certificates BAD", "error ambassador spec.config.forward_client_cert_details"}},
        {"nothing is kept alive by a Module of which an error is said",
         v3("Module", "ambassador",
            "config: {ip_allow: [{peer: 1.2.3.4}], ip_deny: [{peer: 1.2.3.5}], keepalive: {time: 5}}")
             + mapping("a", "") + mapping("b", ", keepalive: {probes: 7}", "b.example.com"),
         {"note ambassador spec.config.keepalive", "cluster cluster_a_prod: a:80 ROUND_ROBIN",
          "cluster cluster_b_prod: b:80 ROUND_ROBIN kept alive -1"}},
        {"of one without such it is",
         v3("Module", "ambassador", "config: {ip_allow: [{peer: 1.2.3.4}], keepalive: {time: 5}}")
             + mapping("a", ""),
         {"cluster cluster_a_prod: a:80 ROUND_ROBIN kept alive 5"},
         {"note ambassador spec.config.keepalive"}},
        {"a bad retry_policy of the Module keeps addresses from being looked at",
         v3("Module", "ambassador", "config: {ip_deny: [{peer: 1.2.3.5}], retry_policy: {retry_on: what}}")
             + mapping("a", ""),
         {"error ambassador spec.config.retry_policy", "route a retries on what"},
         {"filter envoy.filters.http.rbac"}},
        {"addresses are allowed or denied, not both",
         v3("Module", "ambassador", "config: {ip_allow: [{peer: 1.2.3.4}], ip_deny: [{peer: 1.2.3.5}]}"),
         {"error ambassador spec.config.ip_deny"}},
        {"addresses that are none, and words for where they are from, are left out",
         v3("Module", "ambassador",
            "config: {ip_deny: [{remote: x}, {foo: 1.2.3.4}, {peer: 5.6.7.8/33}, {peer: '1.2.3.4/'}, {peer: "
            "01.2.3.4}]}"),
         {"error ambassador spec.config.ip_deny"},
         {"filter envoy.filters.http.rbac"}},
        {"one that is sound is enough",
         v3("Module", "ambassador",
            "config: {ip_allow: [{remote: x}, {peer: '::1/64'}], keepalive: {time: 5}}")
             + mapping("a", ""),
         {"filter envoy.filters.http.rbac", "error ambassador spec.config.ip_allow",
          "note ambassador spec.config.keepalive", "cluster cluster_a_prod: a:80 ROUND_ROBIN"}},
        {"of an entry its first address",
         v3("Module", "ambassador", "config: {ip_allow: [{peer: 1.2.3.4, remote: 1.2.3.5}]}"),
         {"filter envoy.filters.http.rbac", "error ambassador spec.config.ip_allow"}},
        {"an ip_allow without entries does not keep ip_deny from counting",
         v3("Module", "ambassador", "config: {ip_allow: [], ip_deny: [{peer: 1.2.3.5}]}"),
         {"filter envoy.filters.http.rbac"},
         {"error ambassador"}},
        {"an ip_allow that is an empty text lets everybody in, and ip_deny counts",
         v3("Module", "ambassador", "config: {ip_allow: '', ip_deny: [{peer: 1.2.3.5}]}"),
         {"filter envoy.filters.http.rbac"},
         {"error ambassador"}},
        {"a wrong ip_allow alone is left out",
         v3("Module", "ambassador", "config: {ip_allow: [{peer: x}]}"),
         {"error ambassador spec.config.ip_allow"},
         {"filter envoy.filters.http.rbac", "error ambassador spec.config.ip_deny"}},
        {"an ip_deny after a wrong ip_allow fails the edge",
         v3("Module", "ambassador", "config: {ip_allow: [{peer: x}], ip_deny: [{peer: 1.2.3.5}]}"),
         {"error ambassador spec.config.ip_allow", "error ambassador spec.config.ip_deny"}},
        {"a LogService without driver_config fails the edge",
         v3("LogService", "log", "service: ls, driver: tcp, protocol_version: v3"),
         {"error log spec.driver_config dropped"}},
        {"a LogService without a service is left out",
         v3("LogService", "log", "service: '', driver: tcp, protocol_version: v3"),
         {"error log spec.service dropped"}},
        {"an ip_allow without entries lets everybody in",
         v3("Module", "ambassador", "config: {ip_allow: []}"),
         {},
         {"filter envoy.filters.http.rbac", "error"}},
        {"a buffer without a size ends what is read of the Module",
         v3("Module", "ambassador",
            "config: {buffer: {}, ip_deny: [{peer: 1.2.3.5}], retry_policy: {retry_on: 5xx}, load_balancer: "
            "{policy: what}, keepalive: {time: 5}}")
             + mapping("a", ", load_balancer: {policy: round_robin}"),
         {"error ambassador spec.config.buffer", "note ambassador spec.config.keepalive"},
         {"filter envoy.filters.http.buffer", "filter envoy.filters.http.rbac", "route a retries",
          "error ambassador spec.config.load_balancer"}},
        {"of a text each letter is an origin to the Module",
         v3("Module", "ambassador", "config: {cors: {origins: 'x,é'}}") + mapping("a", ""),
         {"route a lets in x", "route a lets in ,", "route a lets in é",
          "note ambassador spec.config.cors.origins"},
         {"route a lets in x,é"}},
        {"in 2 point 0 it is parted at commas",
         v3("Module", "ambassador", "config: {cors: {origins: 'x,é'}}") + mapping("a", ""),
         {"route a lets in x", "route a lets in é"},
         {"route a lets in ,", "note ambassador spec.config.cors"},
         edge::Compat::V2_0},
        {"a list is what it says",
         v3("Module", "ambassador", "config: {cors: {origins: [xy]}}") + mapping("a", ""),
         {"route a lets in xy"},
         {"note ambassador spec.config.cors"}},
        {"not acted on and said, admin_port",
         v3("Module", "ambassador", "config: {admin_port: 9000}"),
         {"note ambassador spec.config.admin_port"}},
        {"not acted on and said, statsd",
         v3("Module", "ambassador", "config: {statsd: {enabled: true}}"),
         {"note ambassador spec.config.statsd"}},
        {"not acted on and said, debug_mode",
         v3("Module", "ambassador", "config: {debug_mode: true}"),
         {"note ambassador spec.config.debug_mode"}},
        {"not acted on and said, envoy_validation_timeout",
         v3("Module", "ambassador", "config: {envoy_validation_timeout: 5}"),
         {"note ambassador spec.config.envoy_validation_timeout"}},
        {"not acted on and said, who may see the diagnostics",
         v3("Module", "ambassador", "config: {diagnostics: {allow_non_local: true}}"),
         {"note ambassador spec.config.diagnostics.allow_non_local"}},
        {"not acted on and said, a default of what has none",
         v3("Module", "ambassador", "config: {defaults: {timeout_ms: 5}}"),
         {"note ambassador spec.config.defaults.timeout_ms"}},
        {"not acted on and said, a default of a Mapping of what has none",
         v3("Module", "ambassador", "config: {defaults: {httpmapping: {timeout_ms: 5}}}"),
         {"note ambassador spec.config.defaults.httpmapping.timeout_ms"}},
        {"not acted on and said, idle_time of keepalive",
         v3("Module", "ambassador", "config: {keepalive: {idle_time: 4}}"),
         {"note ambassador spec.config.keepalive.idle_time"}},
        {"not acted on and said, default labels without a RateLimitService",
         v3("Module", "ambassador",
            "config: {default_labels: {ambassador: {defaults: [{remote_address: {key: remote_address}}]}}}"),
         {"note ambassador spec.config.default_labels"}},
        {"not acted on and said, their domain",
         v3("Module", "ambassador", "config: {default_label_domain: d}"),
         {"note ambassador spec.config.default_label_domain"}},
        {"not acted on and said, details of client certificates that are not handed on",
         v3("Module", "ambassador", "config: {set_current_client_cert_details: {uri: true}}"),
         {"note ambassador spec.config.set_current_client_cert_details"}},
        {"what is acted on is not said",
         v3("Module", "ambassador",
            "config: {defaults: {add_request_headers: {x-a: {value: b}}, tls_secret_namespacing: false, "
            "httpmapping: "
            "{stats_name: s}}, default_label_domain: d, diagnostics: {enabled: true}, keepalive: {time: 4}, "
            "forward_client_cert_details: SANITIZE_SET, set_current_client_cert_details: {uri: true}}")
             + v3("RateLimitService", "r", "service: r, protocol_version: v3"),
         {},
         {"note ambassador", "error"}},
        {"a Module of another name changes nothing",
         v3("Module", "foo", "config: {cors: {origins: ['*']}}") + mapping("a", ""),
         {"note foo metadata.name"},
         {"route a lets in"}},
        {"a shadow of nobody is told", mapping("a", ", shadow: true"), {"note a spec.shadow"}, {"route a"}},
        {"a shadow of somebody is not",
         mapping("a", ", shadow: true") + mapping("b", ""),
         {"group a: b=100"},
         {"note a"}},
        {"refused by Envoy and said, a word for underscores",
         v3("Module", "ambassador", "config: {headers_with_underscores_action: NOPE}"),
         {"error ambassador spec.config.headers_with_underscores_action"}},
        {"refused by Envoy and said, a size of headers",
         v3("Module", "ambassador", "config: {max_request_headers_kb: 9999}"),
         {"error ambassador spec.config.max_request_headers_kb"}},
        {"refused by Envoy and said, memory of gzip",
         v3("Module", "ambassador", "config: {gzip: {memory_level: 99}}"),
         {"error ambassador spec.config.gzip.memory_level"}},
        {"refused by Envoy and said, a window of gzip",
         v3("Module", "ambassador", "config: {gzip: {window_bits: 8}}"),
         {"error ambassador spec.config.gzip.window_bits"}},
        {"refused by Envoy and said, a level of gzip",
         v3("Module", "ambassador", "config: {gzip: {compression_level: BEST}}"),
         {"error ambassador spec.config.gzip.compression_level"}},
        {"refused by Envoy and said, a buffer of nothing",
         v3("Module", "ambassador", "config: {buffer: {max_request_bytes: 0}}"),
         {"error ambassador spec.config.buffer.max_request_bytes"}},
        {"what Envoy takes is not said",
         v3("Module", "ambassador",
            "config: {headers_with_underscores_action: DROP_HEADER, max_request_headers_kb: 8192, buffer: "
            "{max_request_bytes: 1}, gzip: {memory_level: 9, window_bits: 15, min_content_length: 0, "
            "compression_level: COMPRESSION_LEVEL_1, compression_strategy: RLE}}"),
         {"filter envoy.filters.http.buffer"},
         {"error"}},
        {"of two RateLimitServices none is used",
         v3("RateLimitService", "r", "service: r, protocol_version: v3")
             + v3("RateLimitService", "s", "service: s, protocol_version: v3")
             + mapping("a", ", labels: {ambassador: [{g: [{generic_key: {value: v}}]}]}"),
         {"error r  dropped", "error s  dropped", "note a spec.labels"},
         {"filter envoy.filters.http.ratelimit", "route a limits", "cluster cluster_r"}},
        {"a RateLimitService names a service",
         v3("RateLimitService", "r", "service: '', protocol_version: v3"),
         {"error r spec.service dropped"},
         {"filter envoy.filters.http.ratelimit", "cluster cluster_unknown"}},
        {"an AuthService that names none is not asked",
         v3("AuthService", "auth", "auth_service: '', proto: http, protocol_version: v3"),
         {"error auth spec.auth_service dropped"},
         {"filter envoy.filters.http.ext_authz", "filter envoy.filters.http.lua", "cluster cluster_ext"}},
        {"an AuthService that an error is said of refuses everybody",
         v3("AuthService", "auth", twoBodies),
         {"filter envoy.filters.http.lua", "error auth spec.allow_request_body dropped"},
         {"filter envoy.filters.http.ext_authz"}},
        {"but not before 3 point 0",
         v3("AuthService", "auth", twoBodies),
         {"filter envoy.filters.http.ext_authz", "error auth spec.allow_request_body"},
         {"filter envoy.filters.http.lua"},
         edge::Compat::V2},
        {"resolvers of different kinds share their names",
         v3("KubernetesEndpointResolver", "r", "") + v3("KubernetesServiceResolver", "r", "")
             + mapping("a", ", resolver: r, load_balancer: {policy: round_robin}"),
         {"error r metadata.name", "error a spec.load_balancer dropped"}},
        {"the edge looks for the code of a limited gRPC call under another name",
         v3("RateLimitService", "rl",
            "service: rls, protocol_version: v3, grpc: {use_resource_exhausted_code: true}"),
         {"note rl spec.grpc.use_resource_exhausted_code", "filter envoy.filters.http.ratelimit"}},
        {"tag_headers are read no more",
         v3("TracingService", "t", "service: t, driver: zipkin, tag_headers: [x-a]"),
         {"note t spec.tag_headers"}},
        {"but are the custom_tags of what comes as v2",
         v2("TracingService", "t", "service: t, driver: zipkin, tag_headers: [x-a]"),
         {"tracing {\"custom_tags\":[{\"tag\":\"x-a\",\"request_header\":{\"name\":\"x-a\"}}]}"},
         {"note t spec.tag_headers"}},
        {"the Module has no respect_dns_ttl",
         v3("Module", "ambassador", "config: {respect_dns_ttl: true}") + mapping("a", ""),
         {"cluster cluster_a_prod: a:80 ROUND_ROBIN", "note ambassador spec.config.respect_dns_ttl"}},
        {"a log format must fit its type",
         v3("Module", "ambassador", "config: {envoy_log_type: json, envoy_log_format: text}"),
         {"error ambassador spec.config.envoy_log_format"}},
    };
}

std::vector<RuleCase> ingressRules()
{
    const auto ingress = [](const std::string &spec) {
        return "---\n{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: ing, namespace: "
               "prod, "
               "annotations: {kubernetes.io/ingress.class: Ambassador}}, spec: {"
            + spec + "}}\n";
    };
    const std::string backend = "backend: {service: {name: s, port: {number: 80}}}";
    return {
        {"an Ingress with TLS leads to its own Host only",
         ingress("tls: [{hosts: [a.example.com], secretName: cert}], rules: [{http: {paths: [{path: /p/, "
                 + backend + "}]}}]"),
         {"host a.example.com: ing-0-0", "host *:"}},
        {"one without leads to every Host",
         ingress("rules: [{http: {paths: [{path: /p/, " + backend + "}]}}]"),
         {"host *: ing-0-0"}},
        {"the default backend is for every host",
         ingress("defaultBackend: {service: {name: s, port: {number: 80}}}"),
         {"host *: ing-default-backend", "cluster cluster_s_prod_80_prod: s.prod:80 ROUND_ROBIN"}},
        {"it does not share requests with a Mapping that does not speak of prefix_exact",
         ingress("rules: [{host: a.example.com, http: {paths: [{path: /m/, " + backend + "}]}}]")
             + mapping("a", "", "a.example.com"),
         {"group a: a=100", "error ing-0-0 spec.prefix_exact dropped"},
         {"group ing-0-0: ing-0-0=100"}},
        {"it takes the place of an object of its name, also where another namespace has the name",
         "---\n{apiVersion: getambassador.io/v3alpha1, kind: Mapping, metadata: {name: ing-0-0, namespace: "
         "early}, spec: {hostname: '*', prefix: /e/, service: e}}\n"
             + v3("Mapping", "ing-0-0", "hostname: '*', prefix: /own/, service: own")
             + ingress("rules: [{http: {paths: [{path: /p/, " + backend + "}]}}]"),
         {"group ing-0-0.prod: ing-0-0.prod=100", "note ing-0-0 metadata.name",
          "cluster cluster_s_prod_80_prod: s.prod:80 ROUND_ROBIN"},
         {"cluster cluster_own_prod"}},
        {"a path without a Service is left out",
         ingress("rules: [{http: {paths: [{path: /p/, backend: {resource: {kind: Bucket, name: b}}}]}}]"),
         {"host *:"}},
        {"a port by name is the Service's",
         "---\n{apiVersion: v1, kind: Service, metadata: {name: s, namespace: prod}, spec: {ports: [{name: "
         "web, "
         "port: 8080}]}}\n"
             + ingress(
                 "rules: [{http: {paths: [{path: /p/, backend: {service: {name: s, port: {name: web}}}}]}}]"),
         {"cluster cluster_s_prod_8080_prod: s.prod:8080 ROUND_ROBIN"}},
    };
}

std::string asName(const testing::TestParamInfo<RuleCase> &row)
{
    std::string name;
    for (const char c : row.param.title)
        name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
    return name;
}

INSTANTIATE_TEST_SUITE_P(Groups, EmissaryRule, testing::ValuesIn(groupRules()), asName);
INSTANTIATE_TEST_SUITE_P(Routes, EmissaryRule, testing::ValuesIn(routeRules()), asName);
INSTANTIATE_TEST_SUITE_P(Clusters, EmissaryRule, testing::ValuesIn(clusterRules()), asName);
INSTANTIATE_TEST_SUITE_P(Hosts, EmissaryRule, testing::ValuesIn(hostRules()), asName);
INSTANTIATE_TEST_SUITE_P(Ingresses, EmissaryRule, testing::ValuesIn(ingressRules()), asName);
INSTANTIATE_TEST_SUITE_P(Input, EmissaryRule, testing::ValuesIn(inputRules()), asName);

} // namespace
