// SPDX-License-Identifier: GPL-3.0-or-later
// Objects that the schemas refuse, each row as the compilers of 4.1.0, 3.9.1, 2.5.1 and 1.11.2 themselves answered.
#include "edge/config/compile.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace {

using Edges = std::vector<edge::Compat>;

struct SchemaCase
{
    std::string title, kind, apiVersion, spec;
    std::string field; // that is said and by which the object is not used; "" it is used
    Edges edges = {edge::Compat::V4, edge::Compat::V3, edge::Compat::V2};
    bool annotated = false; // the object stands in the annotation of a Service
};

class SchemaRule : public testing::TestWithParam<SchemaCase>
{
};

std::string refusedField(const edge::Config &config)
{
    const auto refused =
        std::find_if(config.diagnostics.begin(), config.diagnostics.end(), [](const edge::Diagnostic &one) {
            return one.dropped && one.object.name == "x" && one.severity == edge::Diagnostic::Severity::Error;
        });
    return refused == config.diagnostics.end() ? std::string() : refused->path;
}

bool isUsed(const edge::Config &config)
{
    return std::any_of(config.groups.begin(), config.groups.end(),
                       [](const edge::GroupInfo &group) { return group.name == "x"; })
        || std::any_of(config.listeners.begin(), config.listeners.end(),
                       [](const edge::Listener &one) { return one.port == 9999; });
}

std::string written(const SchemaCase &row)
{
    const std::string object = "{apiVersion: getambassador.io/" + row.apiVersion + ", kind: " + row.kind;
    if (row.annotated)
        return "{apiVersion: v1, kind: Service, metadata: {name: s, annotations: {getambassador.io/config: \""
            + object + ", name: x, " + row.spec + "}\"}}}";
    return object + ", metadata: {name: x}, spec: {" + row.spec + "}}";
}

TEST_P(SchemaRule, holds)
{
    const SchemaCase &row = GetParam();
    const auto objects =
        edge::parseYaml("{apiVersion: getambassador.io/v2, kind: Host, metadata: {name: h}, spec: "
                        "{hostname: '*'}}\n---\n"
                        + written(row));
    ASSERT_TRUE(objects) << objects.error().message;
    for (const edge::Compat compat : row.edges) {
        edge::CompileOptions options;
        options.compat = compat;
        const edge::Config config = edge::compile(*objects, options);
        EXPECT_EQ(refusedField(config), row.field) << edge::compatName(compat) << " " << row.spec;
        EXPECT_EQ(isUsed(config), row.field.empty()) << edge::compatName(compat) << " " << row.spec;
    }
}

std::vector<SchemaCase> currentSchemas()
{
    const std::string listener =
        "port: 9999, protocol: HTTP, securityModel: XFP, hostBinding: {namespace: {from: ALL}}";
    const std::string mapping = "hostname: '*', prefix: /m/, service: s, ";
    const std::string generic = "{generic_key: {value: web}}",
                      remote = "{remote_address: {key: remote_address}}";
    const auto labels = [&](const std::string &list) {
        return mapping + "labels: {ambassador: " + list + "}";
    };
    const auto ofBoth = [](std::vector<SchemaCase> rows) { // of objects and of annotations alike
        for (std::size_t i = 0, count = rows.size(); i < count; ++i) {
            rows.push_back(rows[i]);
            rows.back().annotated = true;
            rows.back().title += " in an annotation";
        }
        return rows;
    };
    const Edges withChecks{edge::Compat::V4, edge::Compat::V3};
    const auto check = [&](const std::string &fields) {
        return mapping + "health_checks: [{" + fields + "}]";
    };
    std::vector<SchemaCase> lost = ofBoth({
        {"a cookie without a name", "Mapping", "v3alpha1",
         mapping + "load_balancer: {policy: ring_hash, cookie: {name: ''}}",
         "spec.load_balancer.cookie.name"},
        {"the same of v2", "Mapping", "v2",
         "prefix: /m/, service: s, load_balancer: {policy: ring_hash, cookie: {name: ''}}",
         "spec.load_balancer.cookie.name"},
        {"no service", "Mapping", "v3alpha1", "hostname: '*', prefix: /m/, service: ''", "spec.service"},
        {"a label of no letters stays", "Mapping", "v3alpha1", labels("[{x: [{generic_key: {value: ''}}]}]"),
         ""},
        {"a check of no path", "Mapping", "v3alpha1", check("health_check: {http: {path: ''}}"),
         "spec.health_checks[0].health_check.http.path", withChecks},
        {"a check of no service", "Mapping", "v3alpha1", check("health_check: {grpc: {upstream_name: ''}}"),
         "spec.health_checks[0].health_check.grpc.upstream_name", withChecks},
        {"a check at no time", "Mapping", "v3alpha1",
         check("interval: abc, health_check: {http: {path: /h}}"), "spec.health_checks[0].interval",
         withChecks},
        {"a check at a time without its unit", "Mapping", "v3alpha1",
         check("timeout: '5', health_check: {http: {path: /h}}"), "spec.health_checks[0].timeout",
         withChecks},
        {"a check at no time where there are none",
         "Mapping",
         "v3alpha1",
         check("interval: abc, health_check: {http: {path: /h}}"),
         "",
         {edge::Compat::V2}},
        {"a check now and then", "Mapping", "v3alpha1",
         check("interval: 1h30m, health_check: {http: {path: /h}}"), "", withChecks},
    });
    for (const std::string version : {"v3alpha1", "v2"}) {
        const std::string body = "auth_service: a, include_body: ";
        for (const SchemaCase &row : ofBoth({
                 {"a body that is not allowed to be partial of " + version, "AuthService", version,
                  body + "{allow_partial: false, max_bytes: 5}", "spec.include_body.allow_partial"},
                 {"a body of nothing of " + version, "AuthService", version,
                  body + "{allow_partial: true, max_bytes: 0}", "spec.include_body.max_bytes"},
             }))
            lost.push_back(row);
    }
    std::vector<SchemaCase> all{
        {"an entry a label", "Mapping", "v3alpha1", labels("[{x: [" + generic + "]}, {z: [" + remote + "]}]"),
         ""},
        {"two labels in an entry", "Mapping", "v3alpha1",
         labels("[{x: [" + generic + "], z: [" + remote + "]}]"), "spec.labels.ambassador[0]"},
        {"two labels in an entry of v2", "Mapping", "v2",
         "prefix: /m/, service: s, labels: {ambassador: [{x: [" + generic + "], z: [" + remote + "]}]}",
         "spec.labels.ambassador[0]"},
        {"no label in an entry", "Mapping", "v3alpha1", labels("[{x: []}, {}]"), "spec.labels.ambassador[1]"},
        {"no entry", "Mapping", "v3alpha1", labels("[]"), ""},
        {"no specifier", "Mapping", "v3alpha1", labels("[{x: []}]"), ""},
        {"an empty specifier", "Mapping", "v3alpha1", labels("[{x: [" + generic + ", {}]}]"),
         "spec.labels.ambassador[0].x[1]"},
        {"two in a specifier", "Mapping", "v3alpha1",
         labels("[{x: [{generic_key: {value: web}, remote_address: {key: remote_address}}]}]"),
         "spec.labels.ambassador[0].x[0]"},
        {"no error responses", "Mapping", "v3alpha1", mapping + "error_response_overrides: []",
         "spec.error_response_overrides"},
        {"no error responses in v2", "Mapping", "v2", "prefix: /m/, service: s, error_response_overrides: []",
         "spec.error_response_overrides"},
        {"labels of 1 point 11",
         "Mapping",
         "v2",
         "prefix: /m/, service: s, labels: {ambassador: [{x: [" + generic + "], z: [" + remote + "]}, {}]}",
         "",
         {edge::Compat::V1}},
        {"a Listener", "Listener", "v3alpha1", listener, ""},
        {"a Listener of v2", "Listener", "v2", listener, "apiVersion"},
        {"a Listener of no expressions", "Listener", "v3alpha1",
         "port: 9999, protocol: HTTP, securityModel: XFP, hostBinding: {namespace: {from: ALL}, selector: "
         "{matchExpressions: []}}",
         ""},
    };
    all.insert(all.end(), lost.begin(), lost.end());
    return all;
}

// As 1.11.2 answered: of an object, and of the same in an annotation.
std::vector<SchemaCase> schemasOfV1()
{
    struct Row
    {
        const char *fields, *object, *annotation;
    };
    static constexpr Row rows[] = {
        {"retry_policy: {retry_on: '5xx', num_retries: '3'}", "spec.retry_policy.num_retries",
         "spec.retry_policy.num_retries"},
        {"headers: []", "spec.headers", "spec.headers"},
        {"cors: []", "spec.cors", "spec.cors"},
        {"cors: {origins: ['a'], max_age: 86400}", "spec.cors.max_age", "spec.cors.max_age"},
        {"redirect_response_code: 304", "spec.redirect_response_code", "spec.redirect_response_code"},
        {"add_request_headers: {a: 5}", "spec.add_request_headers.a", "spec.add_request_headers.a"},
        {"add_request_headers: {a: true}", "", ""},
        {"add_request_headers: {a: 'b'}", "", ""},
        {"add_request_headers: {a: {value: 'x', append: false}}", "", ""},
        {"circuit_breakers: [{max_connections: 'x'}]", "spec.circuit_breakers[0].max_connections",
         "spec.circuit_breakers[0].max_connections"},
        {"load_balancer: {policy: 'bogus'}", "spec.load_balancer.policy", "spec.load_balancer.policy"},
        {"load_balancer: {}", "spec.load_balancer", "spec.load_balancer"},
        {"load_balancer: {policy: 'ring_hash', cookie: {}}", "spec.load_balancer.cookie",
         "spec.load_balancer.cookie"},
        {"regex_rewrite: {pattern: 5}", "spec.regex_rewrite.pattern", "spec.regex_rewrite.pattern"},
        // The schema lets it be there; Envoy takes no regex that is no text.
        {"regex_rewrite: {pattern: true}", "spec.regex_rewrite.pattern", "spec.regex_rewrite.pattern"},
        {"regex_rewrite: {pattern: 'a', substitution: 'b'}", "", ""},
        {"keepalive: {time: 'x'}", "", "spec.keepalive"},
        {"keepalive: {idle_time: 'x'}", "spec.keepalive.idle_time", "spec.keepalive"},
        {"labels: []", "spec.labels", "spec.labels"},
        {"labels: {a: {}}", "", ""},
        {"labels: {a: []}", "", ""},
        {"remove_request_headers: [1]", "spec.remove_request_headers[0]", "spec.remove_request_headers[0]"},
        {"remove_request_headers: 'x'", "", ""},
        {"remove_request_headers: ['x']", "", ""},
        {"remove_request_headers: {}", "spec.remove_request_headers", "spec.remove_request_headers"},
        {"headers: {a: 5}", "spec.headers.a", "spec.headers.a"},
        {"headers: {a: true}", "", ""},
        {"headers: {a: 'b'}", "", ""},
        {"headers: {a: null}", "", "spec.headers.a"},
        {"tls: 5", "spec.tls", "spec.tls"},
        {"tls: true", "", ""},
        {"tls: 'x'", "", ""},
        {"tls: []", "spec.tls", "spec.tls"},
        {"retry_policy: {retry_on: 'bogus'}", "spec.retry_policy.retry_on", "spec.retry_policy.retry_on"},
        {"retry_policy: null", "spec.retry_policy", "spec.retry_policy"},
        {"cors: null", "spec.cors", "spec.cors"},
        {"headers: null", "spec.headers", "spec.headers"},
        {"cors: {origins: 'a,b'}", "", ""},
        {"cors: {origins: 5}", "spec.cors.origins", "spec.cors.origins"},
        {"cors: {credentials: 'yes'}", "spec.cors.credentials", "spec.cors.credentials"},
        {"error_response_overrides: []", "spec.error_response_overrides", "spec.error_response_overrides"},
        {"error_response_overrides: [{on_status_code: 200, body: {}}]",
         "spec.error_response_overrides[0].on_status_code",
         "spec.error_response_overrides[0].on_status_code"},
        {"error_response_overrides: [{on_status_code: 404}]", "spec.error_response_overrides[0]",
         "spec.error_response_overrides[0]"},
        {"error_response_overrides: [{on_status_code: 404, body: {json_format: {a: 5}}}]", "", ""},
        {"allow_upgrade: 'websocket'", "spec.allow_upgrade", "spec.allow_upgrade"},
        {"allow_upgrade: [5]", "spec.allow_upgrade[0]", "spec.allow_upgrade[0]"},
        {"query_parameters: {a: 5}", "spec.query_parameters.a", "spec.query_parameters.a"},
        {"query_parameters: []", "spec.query_parameters", "spec.query_parameters"},
        {"regex_headers: {a: 5}", "spec.regex_headers.a", "spec.regex_headers.a"},
        {"modules: {}", "spec.modules", "spec.modules"},
        {"modules: [5]", "spec.modules[0]", "spec.modules[0]"},
        {"envoy_override: []", "spec.envoy_override", "spec.envoy_override"},
        {"outlier_detection: 5", "spec.outlier_detection", "spec.outlier_detection"},
        {"ambassador_id: ['default', 5]", "spec.ambassador_id[1]", "spec.ambassador_id[1]"},
        {"timeout_ms: '3'", "spec.timeout_ms", "spec.timeout_ms"},
        {"timeout_ms: 3.5", "spec.timeout_ms", "spec.timeout_ms"},
        {"timeout_ms: 3.0", "", ""},
        {"weight: '5'", "spec.weight", "spec.weight"},
        {"docs: {path: 5}", "spec.docs.path", "spec.docs.path"},
        {"regex_redirect: {pattern: 5}", "spec.regex_redirect.pattern", "spec.regex_redirect.pattern"},
        {"host: 5", "spec.host", "spec.host"},
        {"method: 5", "spec.method", "spec.method"},
        {"health_checks: 5", "", "spec.health_checks"},
        {"stats_name: 5", "", "spec.stats_name"},
        {"nonsense: 5", "", "spec.nonsense"},
        {"cors: {nonsense: 5}", "", "spec.cors.nonsense"},
        {"precedence: 99999999999", "", ""},
        {"use_websocket: 5", "spec.use_websocket", "spec.use_websocket"},
        {"grpc: 'x'", "spec.grpc", "spec.grpc"},
        {"host_redirect: 'x'", "spec.host_redirect", "spec.host_redirect"},
        {"resolver: 5", "spec.resolver", "spec.resolver"},
        {"idle_timeout_ms: null", "spec.idle_timeout_ms", "spec.idle_timeout_ms"},
        {"rate_limits: 5", "", "spec.rate_limits"},
        {"rate_limits: [5]", "", "spec.rate_limits"},
        {"case_sensitive: null", "spec.case_sensitive", "spec.case_sensitive"},
        {"priority: 'bogus'", "", ""},
        {"bypass_auth: 1", "spec.bypass_auth", "spec.bypass_auth"},
    };
    std::vector<SchemaCase> cases;
    for (const Row &row : rows) {
        const std::string spec = std::string("prefix: /a/, service: s, ") + row.fields;
        const std::string title = std::to_string(cases.size() / 2) + " ";
        cases.push_back({title + "object", "Mapping", "v2", spec, row.object, {edge::Compat::V1}});
        cases.push_back(
            {title + "annotation", "Mapping", "v2", spec, row.annotation, {edge::Compat::V1}, true});
    }
    return cases;
}

std::string asName(const testing::TestParamInfo<SchemaCase> &row)
{
    std::string name = row.param.title;
    std::replace_if(
        name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(OfV1, SchemaRule, testing::ValuesIn(schemasOfV1()), asName);
INSTANTIATE_TEST_SUITE_P(Current, SchemaRule, testing::ValuesIn(currentSchemas()), asName);

} // namespace
