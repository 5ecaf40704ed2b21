// SPDX-License-Identifier: GPL-3.0-or-later
// Fields that are read and change nothing, as something else decides: each is told, and where it is at work it is not.
#include "edge/config/compilation.h"
#include "edge/config/group_losses.h"
#include "edge/config/mapping_groups.h"

#include <gtest/gtest.h>

using edge::Value;

namespace {

std::string object(const std::string &kind, const std::string &name, const std::string &spec)
{
    return "---\napiVersion: getambassador.io/v3alpha1\nkind: " + kind + "\nmetadata: {name: " + name
        + ", namespace: default}\nspec: {" + spec + "}\n";
}

std::string mapping(const std::string &name, const std::string &rest)
{
    return object("Mapping", name,
                  "hostname: '*', prefix: /x/, service: " + name + (rest.empty() ? "" : ", ") + rest);
}

std::string listener(const std::string &security)
{
    return object("Listener", "l",
                  "port: 8080, protocol: HTTP, securityModel: " + security
                      + ", hostBinding: {namespace: {from: ALL}}");
}

edge::Config compiled(const std::string &yaml, edge::Compat compat = edge::Compat::V4)
{
    edge::CompileOptions options;
    options.compat = compat;
    options.allSecretsKnown = true;
    const auto objects = edge::parseYaml(yaml);
    EXPECT_TRUE(objects.has_value()) << yaml;
    edge::Compilation compilation(options);
    compilation.setAll(*objects);
    return compilation.compile();
}

std::string toldBy(const edge::Config &config) // "NAME PATH NAME PATH", without what is no field's
{
    std::string told;
    for (const edge::Diagnostic &one : config.diagnostics) {
        if (!edge::isOfUnsharedRest(one)) // a weight that is at work
            told += (told.empty() ? "" : " ") + one.object.name + " " + one.path;
    }
    return told;
}

const std::string basics =
    listener("XFP") + object("Host", "h", "hostname: '*', requestPolicy: {insecure: {action: Route}}");
const std::string cors = "cors: {origins: [a]}";
const std::string retry = "retry_policy: {retry_on: 5xx}";

struct Row
{
    const char *name;
    std::string yaml, told;
};

class EffectlessField : public testing::TestWithParam<Row>
{
};

} // namespace

TEST_P(EffectlessField, isTold) { EXPECT_EQ(toldBy(compiled(basics + GetParam().yaml)), GetParam().told); }

namespace {

std::string pair(const std::string &first, const std::string &second)
{
    return mapping("x1", first) + mapping("x2", second);
}
std::string redirect(const std::string &rest) { return mapping("r", "host_redirect: true, " + rest); }
std::string shadow(const std::string &rest)
{
    return mapping("a", "") + mapping("s", "shadow: true, " + rest);
}

INSTANTIATE_TEST_SUITE_P(
    OfGroups, EffectlessField,
    testing::Values(
        Row{"the one that says it decides for all", pair(cors + ", priority: HIGH", retry), ""},
        Row{"both say the same", pair(cors + ", " + retry, cors + ", " + retry), ""},
        Row{"cors", pair(cors, "cors: {origins: [b]}"), "x1 spec.cors"},
        Row{"retry_policy", pair(retry, "retry_policy: {retry_on: connect-failure}"), "x1 spec.retry_policy"},
        Row{"priority", pair("priority: HIGH", "priority: DEFAULT"), "x1 spec.priority"},
        Row{"allow_upgrade", pair("allow_upgrade: [spdy]", "use_websocket: true"), "x1 spec.allow_upgrade"},
        Row{"use_websocket", pair("use_websocket: true", "allow_upgrade: [spdy]"), "x1 spec.use_websocket"},
        Row{"remove_request_headers", pair("remove_request_headers: [a]", "remove_request_headers: [b]"),
            "x1 spec.remove_request_headers"},
        Row{"remove_response_headers", pair("remove_response_headers: [a]", "remove_response_headers: [b]"),
            "x1 spec.remove_response_headers"},
        Row{"remove_response_headers of the Module",
            object("Module", "ambassador", "config: {defaults: {remove_response_headers: [b]}}")
                + pair("remove_response_headers: [a]", ""),
            "x1 spec.remove_response_headers"},
        Row{"added headers, name by name",
            pair("add_request_headers: {a: {value: '1'}, b: {value: '1'}}, add_response_headers: {a: {value: "
                 "'1'}}",
                 "add_request_headers: {a: {value: '2'}, c: {value: '1'}}, add_response_headers: {b: {value: "
                 "'1'}}"),
            "x1 spec.add_request_headers"},
        Row{"regex_rewrite, which the last lacks", pair("regex_rewrite: {pattern: a, substitution: b}", ""),
            "x1 spec.regex_rewrite"},
        Row{"rewrite beside the regex_rewrite of the last",
            pair("rewrite: /r/", "regex_rewrite: {pattern: a, substitution: b}"), "x1 spec.rewrite"},
        Row{"query_parameters that are alike in letters",
            pair("query_parameters: {k: v}", "regex_query_parameters: {k: v}"), "x1 spec.query_parameters"},
        Row{"add_linkerd_headers, which name one service",
            pair("add_linkerd_headers: true", "add_linkerd_headers: true"), "x1 spec.add_linkerd_headers"},
        Row{"a regex is compared with its letters as they are",
            object("Mapping", "m",
                   "hostname: '*', prefix: '/v[12]/', prefix_regex: true, service: m, case_sensitive: false"),
            "m spec.prefix_regex"},
        Row{"a weight alone", mapping("x1", "weight: 40"), "x1 spec.weight"},
        Row{"a weight of all alone", mapping("x1", "weight: 100"), ""},
        Row{"a weight beside another", pair("weight: 40", ""), ""},
        Row{"a weight of a TCPMapping alone", object("TCPMapping", "t", "port: 9000, service: t, weight: 20"),
            "t spec.weight"}));

const std::string ofHttp =
    "auth_service: a, protocol_version: v3, path_prefix: /p, allowed_request_headers: [x-a], "
    "allowed_authorization_headers: [x-b], add_auth_headers: {x-c: d}, add_linkerd_headers: true";

INSTANTIATE_TEST_SUITE_P(
    OfAuthServices, EffectlessField,
    testing::Values(
        Row{"by HTTP all of it", object("AuthService", "a", "proto: http, " + ofHttp), ""},
        Row{"by gRPC none", object("AuthService", "a", "proto: grpc, " + ofHttp),
            "a spec.path_prefix a spec.allowed_request_headers a spec.allowed_authorization_headers "
            "a spec.add_auth_headers a spec.add_linkerd_headers"},
        Row{"of a Module authentication what is no field",
            object("Module", "authentication", "config: {auth_service: a, nonsense: 1}"),
            "authentication spec.config.nonsense"}));

INSTANTIATE_TEST_SUITE_P(
    OfRedirects, EffectlessField,
    testing::Values(
        Row{"what it acts on",
            redirect("path_redirect: /y, redirect_response_code: 302, case_sensitive: false"), ""},
        Row{"what is false", redirect("bypass_auth: false, auto_host_rewrite: false"), ""},
        Row{"traffic", redirect("timeout_ms: 5, idle_timeout_ms: 5, priority: HIGH, " + retry + ", " + cors),
            "r spec.cors r spec.idle_timeout_ms r spec.priority r spec.retry_policy r spec.timeout_ms"},
        Row{"hosts and upgrades",
            redirect("host_rewrite: z, auto_host_rewrite: true, allow_upgrade: [spdy], use_websocket: true"),
            "r spec.allow_upgrade r spec.auto_host_rewrite r spec.host_rewrite r spec.use_websocket"},
        Row{"filters and weights",
            redirect("bypass_auth: true, add_linkerd_headers: true, weight: 5, regex_rewrite: {pattern: a, "
                     "substitution: b}"),
            "r spec.add_linkerd_headers r spec.bypass_auth r spec.regex_rewrite r spec.weight"},
        Row{"its cluster",
            redirect("circuit_breakers: [{max_requests: 5}], connect_timeout_ms: 5, grpc: true, keepalive: "
                     "{interval: 5}, tls: up, cluster_tag: z")
                + object("TLSContext", "up", "secret: cert"),
            "r spec.circuit_breakers r spec.cluster_tag r spec.connect_timeout_ms r spec.grpc r "
            "spec.keepalive "
            "r spec.tls"}));

INSTANTIATE_TEST_SUITE_P(
    OfShadows, EffectlessField,
    testing::Values(
        Row{"what it acts on", shadow("weight: 50, tls: up") + object("TLSContext", "up", "secret: cert"),
            ""},
        Row{"rewrites", shadow("rewrite: /y/, host_rewrite: z"), "s spec.host_rewrite s spec.rewrite"},
        Row{"rewrites by regex", shadow("regex_rewrite: {pattern: a, substitution: b}"),
            "s spec.regex_rewrite"},
        Row{"headers", shadow("add_request_headers: {a: {value: b}}, remove_request_headers: [c]"),
            "s spec.add_request_headers s spec.remove_request_headers"},
        Row{"traffic", shadow("timeout_ms: 5, " + retry + ", " + cors),
            "s spec.cors s spec.retry_policy s spec.timeout_ms"}));

const std::string auth =
    object("AuthService", "auth", "auth_service: auth, proto: http, protocol_version: v3");

INSTANTIATE_TEST_SUITE_P(
    OfOthers, EffectlessField,
    testing::Values(
        Row{"bypass_auth without an AuthService", mapping("m", "bypass_auth: true"), "m spec.bypass_auth"},
        Row{"auth_context_extensions without an AuthService", mapping("m", "auth_context_extensions: {a: b}"),
            "m spec.auth_context_extensions"},
        Row{"both with one", auth + mapping("m", "bypass_auth: true, auth_context_extensions: {a: b}"), ""},
        Row{":authority beside hostname", mapping("m", "headers: {':authority': q}"), "m spec.headers"},
        Row{":authority alone", object("Mapping", "m", "prefix: /m/, service: m, headers: {':authority': q}"),
            ""},
        Row{"x-forwarded-proto as a header", mapping("m", "headers: {X-Forwarded-Proto: http}"),
            "m spec.headers"},
        Row{"x-forwarded-proto as a regex", mapping("m", "regex_headers: {x-forwarded-proto: h.*}"),
            "m spec.regex_headers"},
        Row{"a path of a service",
            object("Mapping", "m", "hostname: '*', prefix: /m/, service: 'http://s/path?x'"),
            "m spec.service"},
        Row{"a service without one",
            object("Mapping", "m", "hostname: '*', prefix: /m/, service: 'http://s:80/'"), ""},
        Row{"private_key_file beside secret", object("TLSContext", "c", "secret: cert, private_key_file: /k"),
            "c spec.private_key_file"},
        Row{"selector beside mappingSelector",
            object("Host", "o",
                   "hostname: o.example.com, requestPolicy: {insecure: {action: Route}}, selector: "
                   "{matchLabels: "
                   "{a: b}}, mappingSelector: {matchLabels: {a: b}}"),
            "o spec.selector"}));

INSTANTIATE_TEST_SUITE_P(
    OfTheModule, EffectlessField,
    testing::Values(
        Row{"members that are read",
            object("Module", "ambassador",
                   "config: {diagnostics: {enabled: true}, cors: {origins: [a]}, keepalive: {time: 5}, "
                   "circuit_breakers: [{max_requests: 5}], retry_policy: {retry_on: 5xx}, liveness_probe: "
                   "{enabled: false}, regex_max_size: 300}"),
            ""},
        Row{"members that nobody reads",
            object("Module", "ambassador",
                   "config: {diagnostics: {enable: true}, cors: {origin: a, origins: [a]}, keepalive: "
                   "{timer: 5}, "
                   "circuit_breakers: [{max_request: 5}], retry_policy: {retry_on: 5xx, retries: 5}, "
                   "liveness_probe: {enabled: true, path: /l}}"),
            "ambassador spec.config.circuit_breakers[0].max_request ambassador spec.config.cors.origin "
            "ambassador spec.config.diagnostics.enable ambassador spec.config.keepalive.timer "
            "ambassador spec.config.liveness_probe.path ambassador spec.config.retry_policy.retries"},
        Row{"runtime_flags", object("Module", "ambassador", "config: {runtime_flags: {a: b}}"),
            "ambassador spec.config.runtime_flags"},
        Row{"defaults that are none", object("Module", "ambassador", "config: {defaults: 5}"),
            "ambassador spec.config.defaults"},
        Row{"a size that is no number", object("Module", "ambassador", "config: {regex_max_size: abc}"),
            "ambassador spec.config.regex_max_size"}));

} // namespace

TEST(EffectlessFields, ofInsecureActions)
{
    const std::string host =
        object("Host", "h", "hostname: '*', requestPolicy: {insecure: {action: Reject}}");
    const std::string silent = object("Host", "h", "hostname: '*'");
    const std::string m = mapping("m", "");
    EXPECT_EQ(toldBy(compiled(listener("SECURE") + host + m)), "h spec.requestPolicy.insecure.action");
    EXPECT_EQ(toldBy(compiled(listener("SECURE") + silent + m)), "");
    EXPECT_EQ(toldBy(compiled(listener("XFP") + host + m)), "");
}

TEST(EffectlessFields, ofAmbassador1)
{
    const auto v1 = [](std::string yaml) {
        for (std::size_t at = 0; (at = yaml.find("v3alpha1", at)) != std::string::npos;)
            yaml.replace(at, 8, "v2");
        return toldBy(compiled(yaml, edge::Compat::V1));
    };
    const std::string m = object("Mapping", "m", "prefix: /m/, service: m");
    const std::string host = object("Host", "h", "hostname: h.example.com");
    const std::string tcp = object("TCPMapping", "t", "port: 9000, service: t, host: t.example.com");
    const std::string redirect = object("Module", "ambassador", "config: {x_forwarded_proto_redirect: true}");
    EXPECT_EQ(v1(m + tcp), "t spec.host");
    EXPECT_EQ(v1(m + tcp + object("TLSContext", "c", "hosts: [t.example.com], secret: cert")), "");
    EXPECT_EQ(v1(m + redirect), "");
    EXPECT_EQ(v1(m + redirect + host), "ambassador spec.config.x_forwarded_proto_redirect");
    EXPECT_EQ(v1(object("Mapping", "m", "prefix: /m/, service: m, cors: {origins: 'a,b'}")),
              "m spec.cors.origins");
    EXPECT_EQ(
        v1(m + object("Host", "h", "hostname: h.example.com, requestPolicy: {insecure: {action: Maybe}}")),
        "h spec.requestPolicy.insecure.action");
}

TEST(EffectlessFields, nameWhoDecides)
{
    const edge::Config config = compiled(basics + pair(cors, "cors: {origins: [b]}"));
    ASSERT_EQ(config.diagnostics.size(), 1u);
    EXPECT_TRUE(edge::isOfGroupLoss(config.diagnostics.front()));
    EXPECT_NE(config.diagnostics.front().message.find("default/x2"), std::string::npos);
}

// What an older generation does with a field, or another Listener, is no loss.
TEST(EffectlessFields, areAtWorkElsewhere)
{
    const std::string host = object("Host", "h", "hostname: '*', requestPolicy: {insecure: {action: Route}}");
    EXPECT_EQ(
        toldBy(compiled(listener("INSECURE") + host + mapping("m", "headers: {x-forwarded-proto: http}"))),
        "");
    EXPECT_EQ(toldBy(compiled(basics + mapping("m", "weight: 40"), edge::Compat::V2_0)), "");
}
