// SPDX-License-Identifier: GPL-3.0-or-later
// The export against a real Envoy, which must take it; see envoyPrograms() for which.
#include "edge/config/compile.h"
#include "edge/config/envoy_export.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace {

// ENVOY alone, else those that ./dev setup --peers fetches, else the one in PATH.
std::vector<std::string> envoyPrograms()
{
    if (const char *named = std::getenv("ENVOY"); named && *named)
        return {named};
    std::vector<std::string> found;
    for (const char *release : {"envoy-1.37", "envoy-1.40"}) {
        const std::string peer = std::string(SALLYPORT_SOURCE_DIR "/build/peers/") + release + "/envoy";
        if (std::filesystem::exists(peer))
            found.push_back(peer);
    }
    if (found.empty() && std::system("command -v envoy >/dev/null 2>&1") == 0)
        found.emplace_back("envoy");
    return found;
}

constexpr const char *Everything = R"yaml(
apiVersion: getambassador.io/v3alpha1
kind: Listener
metadata: {name: http, namespace: prod}
spec: {port: 8080, protocol: HTTPS, securityModel: XFP, l7Depth: 1, hostBinding: {namespace: {from: ALL}}}
---
apiVersion: getambassador.io/v3alpha1
kind: Host
metadata: {name: any, namespace: prod}
spec: {hostname: "*", requestPolicy: {insecure: {action: Redirect}}}
---
apiVersion: getambassador.io/v3alpha1
kind: Module
metadata: {name: ambassador, namespace: prod}
spec:
  config:
    merge_slashes: true
    reject_requests_with_escaped_slashes: true
    strip_matching_host_port: true
    gzip: {min_content_length: 32}
    buffer: {max_request_bytes: 1000}
    lua_scripts: "function envoy_on_response(handle) end"
    ip_allow: [{peer: 127.0.0.1}, {remote: 10.0.0.0/8}]
    grpc_stats: {all_methods: true}
    enable_grpc_web: true
    enable_grpc_http11_bridge: true
---
apiVersion: getambassador.io/v3alpha1
kind: AuthService
metadata: {name: auth, namespace: prod}
spec: {auth_service: "auth:3000", proto: http, path_prefix: /check, include_body: {max_bytes: 100, allow_partial: true}}
---
apiVersion: getambassador.io/v3alpha1
kind: RateLimitService
metadata: {name: limits, namespace: prod}
spec: {service: "limits:5000", protocol_version: v3}
---
apiVersion: getambassador.io/v3alpha1
kind: Mapping
metadata: {name: full, namespace: prod}
spec:
  hostname: "*.example.com"
  prefix: /a/([0-9]+)
  prefix_regex: true
  service: https://backend:8443
  regex_rewrite: {pattern: "/a/([0-9]+)", substitution: '/b/\1'}
  headers: {x-a: one}
  regex_headers: {x-b: "[a-z]+"}
  query_parameters: {q: "1"}
  method: POST
  timeout_ms: 1500
  idle_timeout_ms: 100
  retry_policy: {retry_on: 5xx, num_retries: 3, per_try_timeout: 0.5s}
  cors: {origins: ["https://a.example"], methods: [GET], credentials: true}
  add_request_headers: {x-new: {value: "%REQ(:path)%", append: false}}
  remove_response_headers: [server]
  add_response_headers: {x-redirected: {value: "%RESPONSE_CODE%"}} # the redirect to https has it, too
  circuit_breakers: [{priority: high, max_connections: 7}]
  load_balancer: {policy: ring_hash, cookie: {name: sticky, ttl: 60s}}
  resolver: endpoint
  keepalive: {interval: 10, probes: 3}
  labels: {ambassador: [{group: [{generic_key: {value: v}}, {request_headers: {key: k, header_name: x-k}}]}]}
  allow_upgrade: [websocket]
  grpc: true
---
apiVersion: getambassador.io/v3alpha1
kind: Mapping
metadata: {name: redirect, namespace: prod}
spec: {hostname: "*", prefix: /old/, service: www.example.com, host_redirect: true, prefix_redirect: /new/, redirect_response_code: 307}
---
apiVersion: getambassador.io/v3alpha1
kind: Mapping
metadata: {name: canary-a, namespace: prod}
spec: {hostname: "*", prefix: /c/, service: a, weight: 20}
---
apiVersion: getambassador.io/v3alpha1
kind: Mapping
metadata: {name: canary-b, namespace: prod}
spec: {hostname: "*", prefix: /c/, service: b}
---
apiVersion: getambassador.io/v3alpha1
kind: Mapping
metadata: {name: mirror, namespace: prod}
spec: {hostname: "*", prefix: /c/, service: mirror, shadow: true, weight: 10}
---
apiVersion: getambassador.io/v3alpha1
kind: TCPMapping
metadata: {name: tcp, namespace: prod}
spec: {port: 6000, service: "db:5432"}
)yaml";

} // namespace

TEST(EnvoyExport, numbersOfABreakerAreNotCut)
{
    const auto world = edge::parseYaml(
        "{apiVersion: getambassador.io/v3alpha1, kind: Mapping, metadata: {name: m, namespace: default}, "
        "spec: {hostname: '*', prefix: /m/, service: s, circuit_breakers: [{max_connections: 4294967295}], "
        "keepalive: {probes: 4294967296}}}");
    const std::string text = edge::toJson(edge::envoyBootstrap(edge::compile(*world, {}), {}));
    EXPECT_NE(text.find("\"max_connections\":4294967295"), std::string::npos);
    EXPECT_NE(text.find("\"keepalive_probes\":4294967296"), std::string::npos);
}

namespace {

// Each Envoy that is there takes it.
void expectTaken(const edge::Config &config, const std::string &what)
{
    const auto file =
        std::filesystem::temp_directory_path() / ("sallyport-export-" + std::to_string(::getpid()) + ".json");
    std::ofstream(file) << edge::toJson(edge::envoyBootstrap(config), 2);
    const std::string log = file.string() + ".log";
    for (const std::string &envoy : envoyPrograms()) {
        const int status =
            std::system((envoy + " --mode validate -c " + file.string() + " >" + log + " 2>&1").c_str());
        std::ostringstream said;
        said << std::ifstream(log).rdbuf();
        EXPECT_EQ(status, 0) << what << ", " << envoy << ": " << said.str().substr(0, 4000);
    }
    std::filesystem::remove(file);
    std::filesystem::remove(log);
}

} // namespace

TEST(EnvoyExport, isTakenByARealEnvoy)
{
    if (envoyPrograms().empty())
        GTEST_SKIP() << "skipped: no envoy (set ENVOY, or ./dev setup --peers)";
    edge::CompileOptions options;
    options.ambassadorNamespace = "prod";
    expectTaken(edge::compile(edge::parseYaml(Everything).value(), options), "all of it");
}

TEST(EnvoyExport, refusesBesideABrokenAuthService)
{
    const auto objects = edge::parseYaml(std::string(Everything)
                                         + "---\napiVersion: getambassador.io/v3alpha1\nkind: "
                                           "AuthService\nmetadata: {name: a, namespace: prod}\nspec: "
                                           "{auth_service: a, proto: grpc}\n");
    edge::CompileOptions options;
    options.ambassadorNamespace = "prod";
    const edge::Config config = edge::compile(*objects, options);
    EXPECT_EQ(config.brokenAuth.name, "a");
    expectTaken(config, "a Lua filter");
}

// What the tracer is told is what Emissary's own compilers tell it (v3tracing of 3.9.1, irtracing), in words that an
// Envoy of today has.
TEST(EnvoyExport, tracesAsTheServiceSays)
{
    struct Row
    {
        const char *what, *apiVersion, *spec;
        edge::Compat compat;
        const char *name, *told; // "" nobody traces
    };
    const char *v2 = "getambassador.io/v2", *v3 = "getambassador.io/v3alpha1";
    const Row rows[]{
        {"zipkin", v3, "driver: zipkin", edge::Compat::V4, "envoy.tracers.zipkin",
         R"({"collector_cluster":"CLUSTER","collector_endpoint":"/api/v2/spans","collector_endpoint_version":"HTTP_JSON","trace_id_128bit":true,"@type":"type.googleapis.com/envoy.config.trace.v3.ZipkinConfig"})"},
        {"zipkin, told more", v3,
         "driver: zipkin, config: {collector_endpoint: /spans, collector_endpoint_version: HTTP_PROTO, "
         "trace_id_128bit: false, shared_span_context: false, collector_hostname: z.example.com}, sampling: "
         "{client: 5, "
         "overall: 7}, custom_tags: [{tag: a, literal: {value: b}}]",
         edge::Compat::V4, "envoy.tracers.zipkin",
         R"({"collector_cluster":"CLUSTER","collector_endpoint":"/spans","collector_endpoint_version":"HTTP_PROTO","trace_id_128bit":false,"shared_span_context":false,"collector_hostname":"z.example.com","@type":"type.googleapis.com/envoy.config.trace.v3.ZipkinConfig"})"},
        {"Zipkin's first version", v2,
         "driver: zipkin, tag_headers: [x-a], config: {collector_endpoint_version: HTTP_JSON_V1}",
         edge::Compat::V1, "envoy.tracers.zipkin",
         R"({"collector_cluster":"CLUSTER","collector_endpoint":"/api/v2/spans","collector_endpoint_version":"HTTP_JSON","trace_id_128bit":true,"@type":"type.googleapis.com/envoy.config.trace.v3.ZipkinConfig"})"},
        {"datadog", v3, "driver: datadog, config: {service_name: shop}", edge::Compat::V4,
         "envoy.tracers.datadog",
         R"({"collector_cluster":"CLUSTER","service_name":"shop","@type":"type.googleapis.com/envoy.config.trace.v3.DatadogConfig"})"},
        {"opentelemetry", v3, "driver: opentelemetry", edge::Compat::V4, "envoy.tracers.opentelemetry",
         R"({"grpc_service":{"envoy_grpc":{"cluster_name":"CLUSTER"}},"service_name":"ambassador","@type":"type.googleapis.com/envoy.config.trace.v3.OpenTelemetryConfig"})"},
        {"lightstep", v2, "driver: lightstep, config: {access_token_file: /t}", edge::Compat::V1, "", ""},
    };
    for (const Row &row : rows) {
        const auto objects =
            edge::parseYaml(std::string(Everything) + "---\napiVersion: " + row.apiVersion
                            + "\nkind: TracingService\nmetadata: {name: t, namespace: prod}\n"
                              "spec: {service: 'collector:9411', "
                            + row.spec + "}\n");
        edge::CompileOptions options;
        options.ambassadorNamespace = "prod";
        options.compat = row.compat;
        const edge::Config config = edge::compile(*objects, options);
        expectTaken(config, row.what);
        std::string told, name;
        const edge::Value bootstrap = edge::envoyBootstrap(config);
        for (const edge::Value &listener : bootstrap.at({"static_resources", "listeners"}).items()) {
            for (const edge::Value &chain : listener["filter_chains"].items()) {
                const edge::Value &provider =
                    chain["filters"].items().front().at({"typed_config", "tracing", "provider"});
                if (provider.isNull())
                    continue;
                name = provider["name"].text();
                told = edge::toJson(provider["typed_config"]);
            }
        }
        for (const auto &[key, cluster] : config.clusters) {
            if (const std::size_t at = told.find("\"" + cluster.name + "\""); at != std::string::npos)
                told.replace(at + 1, cluster.name.size(), "CLUSTER");
        }
        EXPECT_EQ(name, row.name) << row.what;
        EXPECT_EQ(told, row.told) << row.what;
    }
}

// As Emissary since 3.0: the TCP Listener of the port tells clients of the UDP one.
TEST(EnvoyExport, speaksHttp3BesideTcp)
{
    const std::string listener = "{apiVersion: getambassador.io/v3alpha1, kind: Listener, metadata: {name: ";
    const std::string rest =
        ", securityModel: XFP, port: 8443, hostBinding: {namespace: {from: ALL}}}}\n---\n";
    const auto objects = edge::parseYaml(
        listener + "t}, spec: {protocol: HTTPS" + rest + listener
        + "u}, spec: {protocolStack: [TLS, HTTP, UDP]" + rest
        + "{apiVersion: getambassador.io/v3alpha1, kind: Host, metadata: {name: h}, spec: {hostname: "
          "a.example.com, tlsSecret: {name: cert}}}\n");
    edge::CompileOptions options;
    options.knownSecrets = {"cert.default"};
    const edge::Value bootstrap = edge::envoyBootstrap(edge::compile(objects.value(), options));
    const auto &listeners = bootstrap.at({"static_resources", "listeners"}).items();
    ASSERT_EQ(listeners.size(), 2U);
    for (const edge::Value &one : listeners) {
        const bool isUdp = one.at({"address", "socket_address", "protocol"}).text() == "UDP";
        const edge::Value &chain = one["filter_chains"].items().front();
        const edge::Value &manager = chain["filters"].items().front()["typed_config"];
        EXPECT_EQ(chain.at({"filter_chain_match", "transport_protocol"}).text(), isUdp ? "quic" : "tls");
        EXPECT_EQ(chain.at({"transport_socket", "name"}).text(),
                  isUdp ? "envoy.transport_sockets.quic" : "envoy.transport_sockets.tls");
        EXPECT_EQ(manager["codec_type"].text(), isUdp ? "HTTP3" : "");
        EXPECT_TRUE(manager.find("http3_protocol_options"));
        const edge::Value &host = manager.at({"route_config", "virtual_hosts"}).items().front();
        EXPECT_EQ(host["response_headers_to_add"].items().size(), isUdp ? 0U : 1U);
        EXPECT_EQ(one.find("udp_listener_config") != nullptr, isUdp);
    }
}

TEST(EnvoyExport, namesEveryFilterByItsType)
{
    const auto objects = edge::parseYaml(Everything).value();
    edge::CompileOptions options;
    options.ambassadorNamespace = "prod";
    const edge::Value bootstrap = edge::envoyBootstrap(edge::compile(objects, options));
    int filters = 0;
    for (const edge::Value &listener : bootstrap.at({"static_resources", "listeners"}).items()) {
        for (const edge::Value &filter : listener["listener_filters"].items())
            EXPECT_TRUE(filter.at({"typed_config", "@type"}).isString()) << edge::toJson(filter);
        for (const edge::Value &chain : listener["filter_chains"].items()) {
            for (const edge::Value &filter :
                 chain["filters"].items().front().at({"typed_config", "http_filters"}).items()) {
                EXPECT_TRUE(filter.at({"typed_config", "@type"}).isString()) << edge::toJson(filter);
                ++filters;
            }
        }
    }
    EXPECT_GE(filters, 8);
}

namespace {

constexpr const char *Authorities = R"yaml(
apiVersion: v1
kind: Secret
metadata: {name: server, namespace: prod}
type: kubernetes.io/tls
data: {tls.crt: Y2VydA==, tls.key: a2V5}
---
apiVersion: v1
kind: Secret
metadata: {name: clients, namespace: prod}
data: {tls.crt: Y2VydA==}
---
apiVersion: getambassador.io/v3alpha1
kind: Listener
metadata: {name: http, namespace: prod}
spec: {port: 8443, protocol: HTTPS, securityModel: XFP, hostBinding: {namespace: {from: ALL}}}
---
apiVersion: getambassador.io/v3alpha1
kind: TLSContext
metadata: {name: tls, namespace: prod}
spec: {hosts: [a.example.com], secret: server, ca_secret: clients}
---
apiVersion: getambassador.io/v3alpha1
kind: Host
metadata: {name: a, namespace: prod}
spec: {hostname: a.example.com, tlsContext: {name: tls}, tlsSecret: {name: server}}
---
apiVersion: getambassador.io/v3alpha1
kind: Mapping
metadata: {name: m, namespace: prod}
spec: {hostname: "*", prefix: /m/, service: m}
)yaml";

// The Secret has a root of its own beside the certificate, and ca_secret names the Secret itself.
constexpr const char *NamedAuthority = R"yaml(
apiVersion: v1
kind: Secret
metadata: {name: server, namespace: prod}
data: {tls.crt: Y2VydA==, tls.key: a2V5, root-cert.pem: Y2VydA==}
---
apiVersion: getambassador.io/v3alpha1
kind: Listener
metadata: {name: http, namespace: prod}
spec: {port: 8443, protocol: HTTPS, securityModel: XFP, hostBinding: {namespace: {from: ALL}}}
---
apiVersion: getambassador.io/v3alpha1
kind: Host
metadata: {name: a, namespace: prod}
spec: {hostname: a.example.com, tlsSecret: {name: server}, tls: {ca_secret: server}}
---
apiVersion: getambassador.io/v3alpha1
kind: Listener
metadata: {name: http, namespace: other}
spec: {port: 8444, protocol: HTTPS, securityModel: XFP, hostBinding: {namespace: {from: ALL}}}
)yaml";

// Of 1.x, in which a host parts TCPMappings only where a TLSContext lists it.
constexpr const char *SamePort = R"yaml(
apiVersion: getambassador.io/v2
kind: TCPMapping
metadata: {name: t, namespace: prod}
spec: {port: 9000, service: t}
---
apiVersion: getambassador.io/v2
kind: TCPMapping
metadata: {name: u, namespace: prod}
spec: {port: 9000, host: u.example.com, service: u}
)yaml";

std::string exported(const char *yaml, edge::Compat compat)
{
    const auto objects = edge::parseYaml(yaml).value();
    edge::CompileOptions options;
    options.ambassadorNamespace = "prod";
    options.compat = compat;
    return edge::toJson(edge::envoyBootstrap(edge::compile(objects, options)));
}

std::size_t countOf(const std::string &text, std::string_view part)
{
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
        ++count;
    return count;
}

} // namespace

TEST(EnvoyExport, readsAnAuthorityWhereEmissaryDoes)
{
    const std::string text = exported(Authorities, edge::Compat::V4);
    EXPECT_GE(countOf(text, "/prod/clients/tls.crt"), 1U) << text;
    EXPECT_EQ(countOf(text, "ca.crt"), 0U) << text;
}

TEST(EnvoyExport, trustsTheCertificateOfTheSecretThatCaSecretNames)
{
    const std::string text = exported(NamedAuthority, edge::Compat::V4);
    EXPECT_GE(countOf(text, R"(/prod/server/tls.crt"}})"), 1U) << text;
    EXPECT_EQ(countOf(text, "root-cert.pem"), 0U) << text;
}

// Envoy tells its listeners apart by their names.
TEST(EnvoyExport, givesListenersOfOneNameNamesOfTheirOwn)
{
    const std::string text = exported(NamedAuthority, edge::Compat::V4);
    EXPECT_EQ(countOf(text, R"({"name":"http","address")"), 1U) << text;
    EXPECT_EQ(countOf(text, R"({"name":"http.prod","address")"), 1U) << text;
}

TEST(EnvoyExport, hasOneOfTwoAnswersToTheSameConnections)
{
    EXPECT_EQ(countOf(exported(SamePort, edge::Compat::V1), "envoy.filters.network.tcp_proxy\""), 1U);
}
