// SPDX-License-Identifier: GPL-3.0-or-later
// What Envoy refuses, row by row of envoy_limits.json; envoy_differential.py asks real Envoys about the same rows.
#include "edge/config/envoy_limits.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace {

using edge::Value;

Value objectOf(const Value &row)
{
    const std::string &kind = row["kind"].text();
    const std::string name = kind == "Module" ? "ambassador"
        : !row["name"].isNull()               ? row["name"].text()
                                              : "it";
    Value spec = row["spec"];
    if (kind == "Mapping") {
        for (const auto &[field, value] : {std::pair("hostname", "*"), {"prefix", "/m/"}, {"service", "s"}}) {
            if (spec[field].isNull())
                spec.set(field, value);
        }
    }
    return Value::object({{"apiVersion", "getambassador.io/v3alpha1"},
                          {"kind", kind},
                          {"metadata", Value::object({{"name", name}, {"namespace", "ambassador"}})},
                          {"spec", std::move(spec)}});
}

std::vector<Value> rows()
{
    const std::ifstream file(SALLYPORT_SOURCE_DIR "/tests/edge/envoy_limits.json");
    std::ostringstream text;
    text << file.rdbuf();
    return edge::parseJson(text.str()).value_or(Value::array()).items();
}

std::vector<Value> worldOf(const Value &row)
{
    const char *basics =
        "{kind: Listener, name: main, spec: {port: 8080, protocol: HTTP, securityModel: XFP, "
        "hostBinding: {namespace: {from: ALL}}}}\n---\n"
        "{kind: Host, name: any, spec: {hostname: '*', requestPolicy: {insecure: {action: "
        "Route}}}}\n---\n"
        "{kind: Mapping, name: other, spec: {prefix: /other/}}\n";
    std::vector<Value> objects;
    const auto parsed = edge::parseYaml(basics);
    for (const Value &one : *parsed)
        objects.push_back(objectOf(one));
    if (row["beside"].isObject())
        objects.push_back(objectOf(row["beside"]));
    objects.push_back(objectOf(row));
    return objects;
}

class EnvoyLimit : public testing::TestWithParam<Value>
{
};

TEST_P(EnvoyLimit, isToldOrTaken)
{
    const Value &row = GetParam();
    const edge::Config config = edge::compile(worldOf(row), {});
    std::string told;
    for (const edge::Diagnostic &one : config.diagnostics) {
        const bool isLeftOut = one.message.find("Envoy would take no configuration") != std::string::npos;
        if (edge::isRefusedByEnvoy(one) || isLeftOut)
            told += (told.empty() ? "" : " ") + one.path;
        EXPECT_EQ(one.dropped, isLeftOut) << one.message;
    }
    EXPECT_EQ(told, row[row["closes"].isNull() ? "refused" : "closes"].text());
}

INSTANTIATE_TEST_SUITE_P(All, EnvoyLimit, testing::ValuesIn(rows()),
                         [](const auto &row) { return "row" + std::to_string(row.index + 1); });

// Each is one thing to Envoy on the side of a client, another on the edge's own.
TEST(EnvoyLimits, areToldOfContextsOnTheWrongSide)
{
    struct Case
    {
        const char *title, *context, *tls; // of the Mapping
        std::vector<std::string> told;
    };
    const std::vector<Case> cases{
        {"sni towards a client",
         "hosts: [a.example.com], secret: cert, sni: b.example.com",
         "false",
         {"spec.sni"}},
        {"sni towards a service", "secret: cert, sni: b.example.com", "c", {}},
        {"a client's certificate asked of a client",
         "hosts: [a.example.com], secret: cert, ca_secret: ca, cert_required: true",
         "false",
         {}},
        {"a client's certificate asked of a service",
         "secret: cert, cert_required: true",
         "c",
         {"spec.cert_required"}},
        {"or said not to be asked", "secret: cert, cert_required: false", "c", {"spec.cert_required"}},
        {"both, on neither side", "secret: cert, sni: b, cert_required: true", "false", {}},
    };
    for (const Case &row : cases) {
        const std::string world =
            "{kind: Listener, name: main, spec: {port: 8443, protocol: HTTPS, securityModel: XFP, "
            "hostBinding: {namespace: {from: ALL}}}}\n---\n"
            "{kind: Host, name: a, spec: {hostname: a.example.com, tlsSecret: {name: cert}"
            + std::string(std::string_view(row.context).starts_with("hosts") ? ", tlsContext: {name: c}" : "")
            + "}}\n---\n"
              "{kind: Mapping, name: m, spec: {hostname: '*', prefix: /m/, service: s, tls: "
            + std::string(row.tls) + "}}\n---\n{kind: TLSContext, name: c, spec: {" + row.context + "}}\n";
        std::vector<Value> objects;
        const auto parsed = edge::parseYaml(world);
        ASSERT_TRUE(parsed.has_value()) << row.title;
        for (const Value &one : *parsed)
            objects.push_back(objectOf(one));
        edge::CompileOptions options;
        options.knownSecrets = {"cert.ambassador", "ca.ambassador"};
        std::vector<std::string> told;
        for (const edge::Diagnostic &one : edge::compile(std::move(objects), options).diagnostics) {
            if (edge::isRefusedByEnvoy(one))
                told.push_back(one.path);
        }
        EXPECT_EQ(told, row.told) << row.title;
    }
}

// Seen in the compilers of 1.11.2, or of 2.5.1, 3.9.1 and 4.1.0, which die of each.
TEST(EnvoyLimits, sayWhatFailsTheEdge)
{
    struct Case
    {
        const char *object, *path;
        edge::Compat compat = edge::Compat::V4;
    };
    const std::vector<Case> cases{
        {"{kind: LogService, spec: {service: s, driver: tcp, protocol_version: v3}}", "spec.driver_config"},
        {"{kind: Module, spec: {config: {ip_allow: x}}}", "spec.config.ip_allow"},
        {"{kind: Module, spec: {config: {ip_allow: null}}}", "spec.config.ip_allow"},
        {"{kind: Module, spec: {config: {ip_allow: [{remote: 5}]}}}", "spec.config.ip_allow"},
        {"{kind: Module, spec: {config: {ip_allow: [{remote: x}], ip_deny: [{remote: 1.2.3.4}]}}}",
         "spec.config.ip_deny"},
        {"{kind: Module, spec: {config: {ip_allow: [], ip_deny: [{remote: 1.2.3.4}]}}}", ""},
        {"{kind: Module, spec: {config: {gzip: text}}}", "spec.config.gzip"},
        {"{kind: Module, spec: {config: {gzip: true}}}", "spec.config.gzip", edge::Compat::V1},
        {"{kind: Module, spec: {config: {gzip: ''}}}", "spec.config.gzip"},
        {"{kind: Module, spec: {config: {gzip: false}}}", "spec.config.gzip", edge::Compat::V1},
        {"{kind: Module, spec: {config: {buffer: false}}}", "spec.config.buffer"},
        {"{kind: Module, spec: {config: {grpc_stats: []}}}", "spec.config.grpc_stats"},
        {"{kind: Module, spec: {config: {cors: []}}}", "spec.config.cors"},
        {"{kind: Module, spec: {config: {keepalive: true}}}", "spec.config.keepalive"},
        {"{kind: Module, spec: {config: {load_balancer: round_robin}}}", "spec.config.load_balancer"},
        {"{kind: Module, spec: {config: {diagnostics: true}}}", "spec.config.diagnostics"},
        {"{kind: Module, spec: {config: {diagnostics: false, keepalive: ''}}}", ""},
        {"{kind: Module, spec: {config: {max_request_headers_kb: '60', gzip: {window_bits: '10'}}}}", ""},
        {"{kind: Module, spec: {config: {max_request_headers_kb: ' 60'}}}",
         "spec.config.max_request_headers_kb"},
        {"{kind: Module, spec: {config: {buffer: text}}}", "spec.config.buffer"},
        {"{kind: Module, spec: {config: {grpc_stats: text}}}", "spec.config.grpc_stats"},
        {"{kind: Module, spec: {config: {grpc_stats: text}}}", "", edge::Compat::V2},
        {"{kind: Module, spec: {config: {merge_slashes: 1}}}", "spec.config.merge_slashes"},
        {"{kind: Module, spec: {config: {merge_slashes: 1}}}", "", edge::Compat::V1},
        {"{kind: Module, spec: {config: {merge_slashes: 'on', strip_matching_host_port: 0}}}", ""},
        // The last step before Envoy, protojson in Emissary's own control plane, takes no text for true or false.
        {"{kind: Module, spec: {config: {use_remote_address: 'false'}}}", "spec.config.use_remote_address"},
        {"{kind: Module, spec: {config: {enable_http10: text}}}", "spec.config.enable_http10",
         edge::Compat::V1},
        {"{kind: Module, spec: {config: {allow_chunked_length: 1}}}", "spec.config.allow_chunked_length"},
        {"{kind: Module, spec: {config: {preserve_external_request_id: 'true'}}}",
         "spec.config.preserve_external_request_id"},
        {"{kind: Module, spec: {config: {preserve_external_request_id: null, use_remote_address: false}}}",
         ""},
        {"{kind: Module, spec: {config: {server_name: 5}}}", "spec.config.server_name"},
        {"{kind: Mapping, spec: {prefix: /m/, service: ''}}", "spec.service", edge::Compat::V1},
        {"{kind: TCPMapping, spec: {port: 9000, service: ''}}", "spec.service", edge::Compat::V1},
        {"{kind: Mapping, spec: {prefix: '', service: m}}", "spec.prefix", edge::Compat::V1},
        {"{kind: Mapping, spec: {hostname: '*', prefix: /m/, service: ''}}", ""},
        {"{kind: Mapping, spec: {hostname: '*', prefix: /m/, service: m, add_request_headers: {x-a: {value: "
         "''}}}}",
         "spec.add_request_headers.x-a.value"},
        {"{kind: Mapping, spec: {hostname: '*', prefix: /m/, service: m, add_response_headers: {x-a: "
         "{append: true}}}}",
         "spec.add_response_headers.x-a.value"},
        {"{kind: Mapping, spec: {hostname: '*', prefix: /m/, service: m, add_request_headers: {x-a: {value: "
         "v}}}}",
         ""},
    };
    for (const Case &row : cases) {
        std::string told;
        std::vector<Value> world = worldOf(edge::parseYaml(row.object)->front());
        edge::CompileOptions options;
        options.compat = row.compat;
        for (Value &object : world) {
            if (row.compat == edge::Compat::V1)
                object.set("apiVersion", "getambassador.io/v2");
        }
        const edge::Config config = edge::compile(world, options);
        for (const edge::Diagnostic &one : config.diagnostics)
            told += edge::isRefusedByEnvoy(one) ? one.path : "";
        EXPECT_EQ(told, row.path) << row.object;
    }
}

TEST(EnvoyLimits, saysWhatCommandsAreEmptyHere)
{
    const auto spec =
        edge::parseYaml("add_request_headers: {x-a: {value: '%CONNECTION_ID% %REQ(x)% %UNIQUE_ID%'}}\n"
                        "add_response_headers: {x-b: {value: '%PROTOCOL%'}}\n");
    const auto remarks = edge::unansweredFields("Mapping", spec->front());
    ASSERT_EQ(remarks.size(), 2U);
    EXPECT_EQ(remarks[0].path, "spec.add_request_headers.x-a.value");
    EXPECT_NE(remarks[1].message.find("%UNIQUE_ID%"), std::string::npos) << remarks[1].message;
}

TEST(EnvoyLimits, judgesARedirectByWhatItDoes)
{
    const auto spec =
        edge::parseYaml("host_redirect: true\nadd_response_headers: {x-a: {value: '%NOPE%'}}\n");
    EXPECT_TRUE(edge::refusedFields("Mapping", spec->front(), edge::Compat::V4).empty());
}

} // namespace
