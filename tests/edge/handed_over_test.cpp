// SPDX-License-Identifier: GPL-3.0-or-later
// What becomes of values on their way through the types and readers of Emissary's own programs, each row as these answered:
// the watchers and control planes of 2.5.1, 3.9.1 and 4.1.0 (1.11.2 where V1 is named), and Envoy 1.37.
#include "edge/config/envoy_export.h"
#include "edge/config/envoy_limits.h"
#include "edge/config/go_types.h"
#include "edge/config/json_readers.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace {

using edge::Compat;
using edge::Taken;

std::string object(const std::string &kind, const std::string &name, const std::string &spec,
                   const std::string &version = "v3alpha1")
{
    return "---\n{apiVersion: getambassador.io/" + version + ", kind: " + kind + ", metadata: {name: " + name
        + "}, spec: {" + spec + "}}\n";
}

edge::Config compiled(const std::string &yaml, Compat compat = Compat::V4)
{
    const std::string version = compat == Compat::V1 ? "v2" : "v3alpha1";
    std::string world =
        object("Host", "h", "hostname: '*', requestPolicy: {insecure: {action: Route}}", version);
    if (compat != Compat::V1)
        world += object("Listener", "l",
                        "port: 8080, protocol: HTTP, securityModel: XFP, hostBinding: {namespace: {from: "
                        "ALL}}");
    const auto objects = edge::parseYaml(world + yaml);
    EXPECT_TRUE(objects.has_value()) << yaml;
    edge::CompileOptions options;
    options.compat = compat;
    return edge::compile(objects ? *objects : std::vector<edge::Value>(), options);
}

std::vector<std::string> routesOf(const edge::Config &config)
{
    std::vector<std::string> prefixes;
    for (const edge::VirtualHost &site : config.listeners.front().chains.front().virtualHosts) {
        for (const edge::Route &route : site.routes) {
            if (prefixes.empty() || prefixes.back() != route.path.value)
                prefixes.push_back(route.path.value);
        }
    }
    return prefixes;
}

// "PATH: closes", "PATH: refused" or "" of what is said of objects named so.
std::string verdicts(const edge::Config &config)
{
    std::string said;
    for (const edge::Diagnostic &one : config.diagnostics) {
        const bool closes = one.message.ends_with(edge::EdgeCloses);
        if (edge::isRefusedByEnvoy(one))
            said += (said.empty() ? "" : ", ") + one.path + (closes ? ": closes" : ": refused");
    }
    return said;
}

} // namespace

TEST(HandedOver, writesTimesAsGoDoes)
{
    const struct
    {
        const char *written, *made; // "" Go reads no time in it
    } rows[] = {{"90s", "1m30s"},
                {"60s", "1m0s"},
                {"59s", "59s"},
                {"0.5s", "500ms"},
                {".5s", "500ms"},
                {"1.5s", "1.5s"},
                {"1h", "1h0m0s"},
                {"1h30m", "1h30m0s"},
                {"100us", "100\u00B5s"},
                {"0s", "0s"},
                {"0", "0s"},
                {"-5s", "-5s"},
                {"1500ns", "1.5\u00B5s"},
                {"3", ""},
                {"", ""},
                {"1.", ""},
                {"5 s", ""},
                {"abc", ""},
                {"s", ""},
                {"1d", ""},
                {"9999999999h", ""},
                {"-", ""},
                {"1s2", ""}};
    for (const auto &row : rows)
        EXPECT_EQ(edge::goDuration(row.written).value_or(""), row.made) << row.written;
}

TEST(HandedOver, isReadTwice)
{
    const auto parsed = [](const std::string &text) {
        return edge::parseYaml("{v: " + text + "}")->front()["v"];
    };
    const struct
    {
        const char *value;
        Taken truth, name, texts;
    } rows[] = {
        {"true", Taken::ByBoth, Taken::ByNeither, Taken::ByNeither},
        {"null", Taken::ByBoth, Taken::ByBoth, Taken::ByBoth},
        {"'true'", Taken::ByEnvoyAlone, Taken::ByNeither, Taken::ByEnvoyAlone},
        {"'False'", Taken::ByEnvoyAlone, Taken::ByNeither, Taken::ByEnvoyAlone},
        {"'yes'", Taken::ByEnvoyAlone, Taken::ByNeither, Taken::ByEnvoyAlone},
        {"'1'", Taken::ByEnvoyAlone, Taken::ByEnvoyAlone, Taken::ByEnvoyAlone},
        {"''", Taken::ByNeither, Taken::ByNeither, Taken::ByEnvoyAlone},
        {"maybe", Taken::ByNeither, Taken::ByNeither, Taken::ByEnvoyAlone},
        {"1", Taken::ByNeither, Taken::ByBoth, Taken::ByNeither},
        {"77", Taken::ByNeither, Taken::ByNeither, Taken::ByNeither},
        {"HIGH", Taken::ByNeither, Taken::ByBoth, Taken::ByEnvoyAlone},
        {"High", Taken::ByNeither, Taken::ByEnvoyAlone, Taken::ByEnvoyAlone},
        {"[]", Taken::ByNeither, Taken::ByNeither, Taken::ByBoth},
        {"[a, '']", Taken::ByNeither, Taken::ByNeither, Taken::ByBoth},
        {"[a, null]", Taken::ByNeither, Taken::ByNeither, Taken::ByEnvoyAlone},
        {"[5]", Taken::ByNeither, Taken::ByNeither, Taken::ByNeither},
        {"{}", Taken::ByEnvoyAlone, Taken::ByNeither, Taken::ByNeither},
    };
    for (const auto &row : rows) {
        EXPECT_EQ(int(edge::asTruth(parsed(row.value))), int(row.truth)) << row.value;
        EXPECT_EQ(int(edge::asName(parsed(row.value), " DEFAULT HIGH ", 1)), int(row.name)) << row.value;
        EXPECT_EQ(int(edge::asTexts(parsed(row.value))), int(row.texts)) << row.value;
    }
}

TEST(HandedOver, saysWhatItsControlPlaneCannotRead)
{
    const auto mapping = [](const std::string &fields, const char *version = "v3alpha1") {
        return object("Mapping", "m", "prefix: /m/, service: m, " + fields, version);
    };
    const auto module = [](const std::string &fields, const char *version = "v3alpha1") {
        return object("Module", "ambassador", "config: {" + fields + "}", version);
    };
    const struct
    {
        std::string yaml, said;
        Compat compat = Compat::V4;
    } rows[] = {
        {mapping("hostname: '*', priority: high"), "spec.priority: closes"},
        {mapping("hostname: '*', priority: default"), "spec.priority: closes", Compat::V2},
        {mapping("priority: high", "v2"), "spec.priority: closes", Compat::V1},
        {mapping("hostname: '*', priority: HIGH"), ""},
        {mapping("hostname: '*', priority: DEFAULT"), ""},
        {mapping("hostname: '*', priority: ''"), ""}, // which is lost before
        {mapping("hostname: '*', priority: urgent"), "spec.priority: refused"},
        {mapping("hostname: '*', priority: high, host_redirect: true"), ""},
        {module("headers_with_underscores_action: reject_request"),
         "spec.config.headers_with_underscores_action: closes"},
        {module("headers_with_underscores_action: 1"), ""},
        {module("headers_with_underscores_action: ''"),
         "spec.config.headers_with_underscores_action: refused"},
        {module("gzip: {compression_level: best_speed}"), "spec.config.gzip.compression_level: closes"},
        {module("gzip: {compression_level: BEST_SPEED, compression_strategy: 3}"), ""},
        {module("gzip: {compression_level: BEST_SPEED}", "v2"), "spec.config.gzip.compression_level: refused",
         Compat::V1},
        {module("gzip: {compression_level: BEST, compression_strategy: HUFFMAN}", "v2"), "", Compat::V1},
        {module("gzip: {content_type: text/html}"), "spec.config.gzip.content_type: closes"},
        {module("gzip: {content_type: 5}"), "spec.config.gzip.content_type: refused"},
        {module("gzip: {disable_on_etag_header: 'true'}"), "spec.config.gzip.disable_on_etag_header: closes"},
        {module("use_remote_address: 'false'"), "spec.config.use_remote_address: closes"},
        {module("use_remote_address: maybe"), "spec.config.use_remote_address: refused"},
        {module("forward_client_cert_details: sanitize"), "spec.config.forward_client_cert_details: closes"},
        {module("forward_client_cert_details: 1"), ""},
        {module("set_current_client_cert_details: {subject: 'true'}"),
         "spec.config.set_current_client_cert_details.subject: closes"},
        {module("set_current_client_cert_details: {nonsense: true}"),
         "spec.config.set_current_client_cert_details.nonsense: refused"},
        {mapping("add_request_headers: {x-a: true}", "v2"), "spec.add_request_headers.x-a: refused",
         Compat::V1},
        {module("cors: {origins: [a], max_age: 86400}"), "spec.config.cors.max_age: refused"},
        {module("cors: {origins: [a], max_age: '86400', methods: GET, headers: [a]}"), ""},
        {module("cors: {origins: [a], credentials: 'true'}"), "spec.config.cors.credentials: closes"},
        {module("cors: {origins: [a], methods: 5}"), "spec.config.cors.methods: refused"},
        {module("retry_policy: {retry_on: 5xx, per_try_timeout: 3}"),
         "spec.config.retry_policy.per_try_timeout: refused"},
        {module("header_case_overrides: [X-Foo]"), "spec.config.header_case_overrides: refused"},
        {module("header_case_overrides: [X-Foo], proper_case: true"), ""}, // which counts
        {module("header_case_overrides: []"), ""},
        {module("lua_scripts: 5"), "spec.config.lua_scripts: refused"},
        {module("envoy_log_path: 5"), "spec.config.envoy_log_path: refused"},
        {mapping("labels: {a: [{g: [{remote_address: {key: remote_address}}]}]}", "v2"),
         "spec.labels.a.g: refused", Compat::V1},
        {mapping("labels: {a: [{g: [remote_address, {k: {header: h}}]}]}", "v2"), "", Compat::V1},
        {mapping("hostname: '*', resolver: endpoint, load_balancer: {policy: round_robin}, health_checks: "
                 "[{interval: 90s, health_check: {http: {path: /h}}}]"),
         "spec.health_checks[0].interval: refused"},
    };
    for (const auto &row : rows)
        EXPECT_EQ(verdicts(compiled(row.yaml, row.compat)), row.said) << row.yaml;
}

TEST(HandedOver, losesStatusZeroOfAnAuthService)
{
    const std::string service = "auth_service: a, protocol_version: v3, status_on_error: {code: 0}";
    const edge::Config config = compiled(object("AuthService", "a", service));
    EXPECT_EQ(verdicts(config), "");
    EXPECT_EQ(edge::toJson(edge::envoyBootstrap(config, {})).find("status_on_error"), std::string::npos);
    EXPECT_EQ(
        verdicts(compiled(object("AuthService", "a", "auth_service: a, status_on_error: {code: 0}", "v2"),
                          Compat::V1)),
        "spec.status_on_error.code: refused");
}

TEST(HandedOver, saysNothingOfALogServiceThatIsNotUsed)
{
    const std::string log = "service: s, driver: http, protocol_version: v3, flush_interval_time: 0, ";
    EXPECT_EQ(
        verdicts(compiled(object("LogService", "s", log + "driver_config: {additional_log_headers: [{}]}"))),
        "");
    EXPECT_EQ(verdicts(compiled(object("LogService", "s", log + "driver_config: {}"))),
              "spec.flush_interval_time: refused");
}

TEST(HandedOver, hasProbesThatTheModuleDoesNotSwitchOff)
{
    const struct
    {
        const char *said;
        bool isThere;
    } rows[] = {{"{}", false},
                {"[]", false},
                {"''", false},
                {"0", false},
                {"false", false},
                {"null", false},
                {"{enabled: false}", false},
                {"{enabled: 'false'}", true}, // Python takes any text for true
                {"{enabled: 0}", false},
                {"{enabled: true}", true}};
    const std::string alive = "/ambassador/v0/check_alive";
    for (const Compat compat : {Compat::V1, Compat::V2, Compat::V3, Compat::V4}) {
        for (const auto &row : rows) {
            const edge::Config config = compiled(
                object("Module", "ambassador", "config: {liveness_probe: " + std::string(row.said) + "}",
                       compat == Compat::V1 ? "v2" : "v3alpha1"),
                compat);
            const std::vector<std::string> routes = routesOf(config);
            EXPECT_EQ(std::find(routes.begin(), routes.end(), alive) != routes.end(), row.isThere)
                << row.said << " " << edge::compatName(compat);
        }
    }
}

TEST(HandedOver, countsTcpByTheListenersProtocol)
{
    const std::string tcp = object("TCPMapping", "t", "port: 9443, service: t");
    const auto listener = [](const std::string &fields) {
        return object("Listener", "t",
                      "port: 9443, securityModel: XFP, hostBinding: {namespace: {from: ALL}}, " + fields);
    };
    const struct
    {
        std::string yaml, prefix;
    } rows[] = {{tcp, "ingress_tcp_9443"},
                {tcp + listener("protocol: TCP"), "ingress_tcp_9443"},
                {tcp + listener("protocol: TCP, statsPrefix: mine"), "mine"}};
    for (const auto &row : rows) {
        for (const edge::Compat compat : {Compat::V2, Compat::V3, Compat::V4})
            EXPECT_NE(edge::toJson(edge::envoyBootstrap(compiled(row.yaml, compat), {}))
                          .find("\"stat_prefix\":\"" + row.prefix + "\""),
                      std::string::npos)
                << row.yaml;
    }
}

TEST(HandedOver, readsTheIdsOfObjectsWithTheirVariables)
{
    const auto objects = edge::parseYaml(object(
        "Mapping", "m", "hostname: '*', prefix: /m/, service: m, ambassador_id: ['${AMBASSADOR_ID}']"));
    edge::CompileOptions options;
    options.ambassadorId = "blue";
    const edge::Config config = edge::compile(*objects, options);
    EXPECT_TRUE(std::any_of(config.groups.begin(), config.groups.end(),
                            [](const edge::GroupInfo &group) { return group.name == "m"; }));
}

TEST(HandedOver, leavesOutAMappingWithAWrongErrorResponse)
{
    const struct
    {
        const char *body;
        std::string current, first; // where it is said, from 2.x on and in 1.x
    } rows[] = {
        {"{text_format: x}", "", ""},
        {"{text_format: 'of %REQ(x)% %RESPONSE_CODE%', content_type: a/b}", "", ""},
        {"{text_format: 100%}", "", ""},
        {"{text_format: ''}", "", "spec.error_response_overrides[0].body"},
        {"{json_format: {}}", "", "spec.error_response_overrides[0].body"},
        {"{json_format: {a: '%RESPONSE_CODE%'}}", "", ""},
        {"{}", "spec.error_response_overrides[0].body", "spec.error_response_overrides[0].body"},
        {"{content_type: a}", "spec.error_response_overrides[0].body",
         "spec.error_response_overrides[0].body"},
        {"{text_format: x, json_format: {a: b}}", "spec.error_response_overrides[0].body",
         "spec.error_response_overrides[0].body"},
        {"{text_format: '%NOPE%'}", "spec.error_response_overrides[0].body", ""},
        {"{text_format_source: {}}", "spec.error_response_overrides[0].body", ""},
    };
    for (const auto &row : rows) {
        for (const Compat compat : {Compat::V1, Compat::V2, Compat::V3}) {
            const edge::Config config =
                compiled(object("Mapping", "m",
                                "hostname: '*', prefix: /m/, service: m, error_response_overrides: "
                                "[{on_status_code: 404, body: "
                                    + std::string(row.body) + "}]",
                                compat == Compat::V1 ? "v2" : "v3alpha1"),
                         compat);
            std::string dropped;
            for (const edge::Diagnostic &one : config.diagnostics)
                dropped += one.dropped ? one.path : "";
            EXPECT_EQ(dropped, compat == Compat::V1 ? row.first : row.current)
                << row.body << " " << edge::compatName(compat);
        }
    }
}

TEST(HandedOver, saysOfAFileOfAnErrorResponseThatItDecides)
{
    const edge::Config config =
        compiled(object("Mapping", "m",
                        "hostname: '*', prefix: /m/, service: m, error_response_overrides: [{on_status_code: "
                        "404, body: {text_format_source: {filename: /etc/f}}}]"),
                 Compat::V3);
    const auto said = std::find_if(config.diagnostics.begin(), config.diagnostics.end(), [](const auto &one) {
        return one.path == "spec.error_response_overrides[0].body.text_format_source";
    });
    ASSERT_NE(said, config.diagnostics.end());
    EXPECT_NE(said->message.find("/etc/f"), std::string::npos) << said->message;
}

TEST(HandedOver, knowsAnnotationsOfVersionsThat1xDoesNotKnow)
{
    const struct
    {
        std::string version, fields;
        bool isUsed;
    } rows[] = {
        {"getambassador.io/v3", "prefix: /m/, service: m, nonsense: 1", true}, // there is no schema for it
        {"getambassador.io/v3alpha1", "prefix: /m/, service: m, hostname: '*'", true},
        {"getambassador.io/", "prefix: /m/, service: m", true},
        {"ambassador/v9", "prefix: /m/, service: m", true},
        {"getambassador.io/v2", "prefix: /m/, service: m, nonsense: 1", false},
        {"x/v1", "prefix: /m/, service: m", false},
        {"getambassador.io/v3", "prefix: /m/, service: m, ambassador_id: null", false},
        {"getambassador.io/v2", "prefix: /m/, service: m, ambassador_id: null", false}};
    for (const auto &row : rows) {
        const edge::Config config =
            compiled("---\n{apiVersion: v1, kind: Service, metadata: {name: s, annotations: "
                     "{getambassador.io/config: \""
                     "{apiVersion: "
                         + row.version + ", kind: Mapping, name: m, " + row.fields + "}\"}}}\n",
                     Compat::V1);
        EXPECT_EQ(std::any_of(config.groups.begin(), config.groups.end(),
                              [](const edge::GroupInfo &group) { return group.name == "m"; }),
                  row.isUsed)
            << row.version << " " << row.fields;
    }
    const auto ofObject = object("Mapping", "m", "prefix: /m/, service: m, ambassador_id: null", "v2");
    EXPECT_EQ(compiled(ofObject, Compat::V1).groups.size(),
              compiled(object("Mapping", "m", "prefix: /m/, service: m", "v2"), Compat::V1).groups.size());
    const auto ofAnnotation = [](const std::string &fields) {
        return verdicts(
            compiled("---\n{apiVersion: v1, kind: Service, metadata: {name: s, annotations: "
                     "{getambassador.io/config: \"{apiVersion: getambassador.io/v2, kind: Mapping, "
                     "name: m, prefix: /m/, service: m, "
                         + fields + "}\"}}}\n",
                     Compat::V1));
    };
    EXPECT_EQ(ofAnnotation("priority: ''"), "spec.priority: refused");
    EXPECT_EQ(
        verdicts(compiled(object("Mapping", "m", "prefix: /m/, service: m, priority: ''", "v2"), Compat::V1)),
        "");
}

// What a label's object holds beside what the CRD knows is gone before the number of its members is counted.
TEST(HandedOver, countsOnlyMembersThatAreKept)
{
    for (const Compat compat : {Compat::V2, Compat::V3, Compat::V4}) {
        const edge::Config config =
            compiled(object("Mapping", "m",
                            "hostname: '*', prefix: /m/, service: m, labels: {a: [{g: "
                            "[{k: {header: h}}]}]}"),
                     compat);
        EXPECT_TRUE(std::any_of(config.diagnostics.begin(), config.diagnostics.end(), [](const auto &one) {
            return one.dropped && one.path == "spec.labels.a[0].g[0]";
        })) << edge::compatName(compat);
    }
}

TEST(HandedOver, saysWhatIsNotReadOf)
{
    const struct
    {
        std::string yaml, path;
    } rows[] = {
        {object("Mapping", "m",
                "hostname: '*', prefix: /m/, service: m, labels: {a: [{g: [{request_headers: {key: k, "
                "header_name: h, omit_if_not_present: true}}]}]}"),
         "spec.labels.a.g"},
        {object("Host", "a", "hostname: a, acmeProvider: {authority: none, email: a@b}"),
         "spec.acmeProvider.email"},
        {object("Host", "a", "hostname: a, acmeProvider: {authority: none, registration: x}"),
         "spec.acmeProvider.registration"},
        {object("KubernetesServiceResolver", "r", "nonsense: 1"), "spec.nonsense"},
        {object("KubernetesEndpointResolver", "r", "nonsense: 1"), "spec.nonsense"},
        {object("ConsulResolver", "r", "datacenter: d, nonsense: 1"), "spec.nonsense"},
        {object("AuthService", "a",
                "auth_service: a, protocol_version: v3, circuit_breakers: [{max_connections: 7}]"),
         "spec.circuit_breakers"},
        {object("Module", "ambassador", "config: {diagnostics: []}"), "spec.config.diagnostics"},
    };
    for (const auto &row : rows) {
        const edge::Config config = compiled(row.yaml);
        EXPECT_TRUE(std::any_of(config.diagnostics.begin(), config.diagnostics.end(), [&](const auto &one) {
            return one.path == row.path;
        })) << row.yaml;
    }
}

TEST(HandedOver, exportsOtherwiseWhereEndpointsAreNotKnown)
{
    const edge::Config config =
        compiled(object("Mapping", "m", "hostname: '*', prefix: /m/, service: m, resolver: endpoint"));
    const std::vector<std::string> told = edge::exportDepartures(config);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_NE(told.front().find("k8s/default/m/80"), std::string::npos) << told.front();
    edge::EnvoyExportOptions options;
    options.endpoints["k8s/default/m/80"] = {};
    EXPECT_TRUE(edge::exportDepartures(config, options).empty());
}
