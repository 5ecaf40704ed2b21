// SPDX-License-Identifier: GPL-3.0-or-later
// What becomes of several AuthServices: as the compilers of 1.11.2, 2.0.5, 2.5.1, 3.9.1 and 4.1 answered.
#include "edge/config/compile.h"

#include <gtest/gtest.h>

namespace {

using edge::Value;

std::string authService(const std::string &name, const std::string &spec)
{
    return "---\n{apiVersion: getambassador.io/v3alpha1, kind: AuthService, metadata: {name: " + name
        + ", namespace: prod}, spec: {protocol_version: v3, " + spec + "}}\n";
}

std::string namesOf(const Value &patterns)
{
    std::string names;
    for (const Value &pattern : patterns.at({"patterns"}).items()) {
        if (pattern["exact"].text().starts_with("x-q"))
            names += " " + pattern["exact"].text();
    }
    return names;
}

std::string told(const edge::Config &config)
{
    std::string text;
    for (const auto &[name, cluster] : config.clusters) {
        if (!name.starts_with("cluster_extauth"))
            continue;
        text += name + (cluster.tls ? " tls" : "");
        for (const auto &endpoint : cluster.endpoints)
            text += " " + endpoint.host + ":" + std::to_string(endpoint.port);
        text += "\n";
    }
    for (const edge::HttpFilter &filter : config.httpFilters) {
        const bool isAuth = filter.name.ends_with("ext_authz") || filter.name.ends_with("lua");
        if (!isAuth)
            continue;
        const Value &http = filter.config["http_service"];
        text += filter.name.substr(filter.name.rfind('.') + 1);
        for (const Value *part :
             {&http.at({"server_uri", "timeout"}), &http["path_prefix"], &filter.config["with_request_body"],
              &filter.config["status_on_error"], &filter.config["failure_mode_allow"],
              &http.at({"authorization_request", "headers_to_add"})}) {
            if (!part->isNull())
                text += " " + edge::toJson(*part);
        }
        text += namesOf(http.at({"authorization_request", "allowed_headers"}))
            + namesOf(http.at({"authorization_response", "allowed_client_headers"})) + "\n";
    }
    for (const edge::Diagnostic &one : config.diagnostics)
        text += one.object.name + " " + one.path + "\n";
    return text;
}

struct AuthCase
{
    const char *title, *first, *second;
    std::string wanted; // "": whatever
    edge::Compat compat = edge::Compat::V4;
};

class SeveralAuthServices : public testing::TestWithParam<AuthCase>
{
};

TEST_P(SeveralAuthServices, areOne)
{
    const AuthCase &row = GetParam();
    edge::CompileOptions options;
    options.compat = row.compat;
    options.admitted = false; // as the compilers were asked
    const auto objects =
        edge::parseYaml("{apiVersion: getambassador.io/v3alpha1, kind: Listener, metadata: {name: l, "
                        "namespace: prod}, spec: {port: "
                        "8080, protocol: HTTP, securityModel: XFP, hostBinding: {namespace: {from: ALL}}}}\n"
                        + authService("a1", row.first) + authService("a2", row.second));
    ASSERT_TRUE(objects) << objects.error().message;
    EXPECT_EQ(told(edge::compile(*objects, options)), row.wanted);
}

const std::string both = "cluster_extauth_a1_80_prod a1:80 a2:80\n";
const char *const a1 = "auth_service: 'a1:80', proto: http";

const AuthCase cases[] = {
    {"both are asked", a1, "auth_service: 'a2:80', proto: http", both + "ext_authz \"5.000s\" []\n"},
    {"the last one's timeout counts", "auth_service: 'a1:80', proto: http, timeout_ms: 7",
     "auth_service: 'a2:80', proto: http, timeout_ms: 8",
     both + "ext_authz \"0.008s\" []\na2 spec.timeout_ms\n"},
    {"also where it says none", "auth_service: 'a1:80', proto: http, timeout_ms: 7",
     "auth_service: 'a2:80', proto: http", both + "ext_authz \"5.000s\" []\n"},
    {"the first one's path_prefix", "auth_service: 'a1:80', proto: http, path_prefix: /1",
     "auth_service: 'a2:80', proto: http, path_prefix: /2",
     both + "ext_authz \"5.000s\" \"/1\" []\na2 spec.path_prefix\n"},
    {"headers add up", "auth_service: 'a1:80', proto: http, allowed_request_headers: [x-q1]",
     "auth_service: 'a2:80', proto: http, allowed_request_headers: [X-Q2], allowed_authorization_headers: "
     "[x-q3]",
     both + "ext_authz \"5.000s\" [] x-q1 x-q2 x-q3\n"},
    {"but not those that are added", "auth_service: 'a1:80', proto: http, add_auth_headers: {a: b}",
     "auth_service: 'a2:80', proto: http", both + "ext_authz \"5.000s\" []\n"},
    {"what is done about failures stays",
     "auth_service: 'a1:80', proto: http, failure_mode_allow: true, status_on_error: {code: 501}",
     "auth_service: 'a2:80', proto: http", both + "ext_authz \"5.000s\" {\"code\":501} true []\n"},
    {"the last one's way with bodies counts",
     "auth_service: 'a1:80', proto: http, include_body: {max_bytes: 5, allow_partial: true}",
     "auth_service: 'a2:80', proto: http, allow_request_body: true",
     both + "ext_authz \"5.000s\" {\"max_request_bytes\":4096,\"allow_partial_message\":true} []\n"},
    {"circuit breakers stay", "auth_service: 'a1:80', proto: http, circuit_breakers: [{max_connections: 5}]",
     "auth_service: 'a2:80', proto: http",
     "cluster_extauth_a1_80_prod_cbu0 a1:80 a2:80\next_authz \"5.000s\" []\na1 spec.circuit_breakers\n"},
    {"a wrong one lets the edge refuse for all",
     "auth_service: 'a1:80', proto: http, allow_request_body: true, include_body: {max_bytes: 5}",
     "auth_service: 'a2:80', proto: http", both + "lua\na1 spec.allow_request_body\n"},
    {"an address is asked once, and as the later says", "auth_service: 'a1:80', proto: http",
     "auth_service: 'a1:80', proto: http, tls: true",
     "cluster_extauth_a1_80_otls_no_cert_upstream_prod tls\next_authz \"5.000s\" []\n"},
    {"one that names nobody says how the other is asked", "auth_service: 'a1:80', proto: http",
     "auth_service: '', proto: http, timeout_ms: 8",
     "cluster_extauth_a1_80_prod\next_authz \"0.008s\" []\na2 spec.timeout_ms\na2 spec.auth_service\n"},
    {"TLS to one alone breaks the configuration", a1, "auth_service: 'https://a2', proto: http",
     "lua\na1 spec.auth_service\n"},
    {"a proto that is none is nobody's before 3.0", a1, "auth_service: 'a2:80', proto: x",
     both + "a2 spec.proto\na2 spec.proto\n", edge::Compat::V2},
    {"of an earlier one it does not matter there", "auth_service: 'a1:80', proto: x",
     "auth_service: 'a2:80', proto: http", both + "ext_authz \"5.000s\" []\na1 spec.proto\na2 spec.proto\n",
     edge::Compat::V2},
};

std::string nameOf(const testing::TestParamInfo<AuthCase> &row)
{
    std::string name;
    for (const char c : std::string_view(row.param.title))
        name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
    return name;
}

INSTANTIATE_TEST_SUITE_P(All, SeveralAuthServices, testing::ValuesIn(cases), nameOf);

} // namespace
