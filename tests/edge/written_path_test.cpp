// SPDX-License-Identifier: GPL-3.0-or-later
// What is said of a field names it as the object at hand does.
#include "edge/config/compile.h"
#include "edge/config/written_path.h"

#include <gtest/gtest.h>

using edge::Compat;

namespace {

std::vector<edge::Value> parsed(const std::string &yaml)
{
    auto documents = edge::parseYaml(yaml);
    EXPECT_TRUE(documents) << documents.error().message;
    return documents ? *documents : std::vector<edge::Value>();
}

struct FieldCase
{
    const char *title, *object, *path;
    Compat compat = Compat::V4;
};
void PrintTo(const FieldCase &row, std::ostream *stream) { *stream << row.title; }

class WrittenField : public testing::TestWithParam<FieldCase>
{
};

} // namespace

TEST(WrittenPath, followsTheObject)
{
    const struct
    {
        const char *spec, *path, *written;
    } rows[] = {
        {"{a: {b.c: {d: 1}}}", "spec.a.b.c.d", "spec.a.b.c.d"},
        {"{a: [{b: 1}]}", "spec.a[0].b", "spec.a[0].b"},
        {"{a: [{b: 1}]}", "spec.a[7].b", "spec.a[7].b"},
        {"{a: 1}", "spec.b.c", "spec.b.c"},
        {"{host: a}", "spec.hostname", "spec.host"},
        {"{host: a, hostname: b}", "spec.hostname", "spec.hostname"},
        {"{headers: {x.y: true}}", "spec.regex_headers.x.y", "spec.headers.x.y"},
        {"{headers: {z: true}}", "spec.regex_headers.x", "spec.regex_headers.x"},
        {"{tls: {caSecret: a}}", "spec.tls.ca_secret", "spec.tls.caSecret"},
        {"{tls: {v3CRLSecret: a}}", "spec.tls.crl_secret", "spec.tls.v3CRLSecret"},
        {"{add_request_headers: {x: a}}", "spec.add_request_headers.x.value", "spec.add_request_headers.x"},
        {"{remove_request_headers: a}", "spec.remove_request_headers[0]", "spec.remove_request_headers"},
        {"{a: 1}", "metadata.name", "metadata.name"},
        {"{a: [1]}", "spec.a[", "spec.a["},
    };
    for (const auto &row : rows)
        EXPECT_EQ(edge::writtenPath(parsed(row.spec).front(), row.path), row.written) << row.spec;
}

TEST_P(WrittenField, isNamed)
{
    const FieldCase &row = GetParam();
    edge::CompileOptions options;
    options.compat = row.compat;
    options.ambassadorNamespace = "prod";
    options.knownSecrets = {"own.prod"};
    std::string said;
    for (const edge::Diagnostic &one : edge::compile(parsed(row.object), options).diagnostics) {
        if (one.object.name == "o" || one.object.kind == "Module")
            said += one.path + ": " + one.message + '\n';
    }
    EXPECT_NE(('\n' + said).find('\n' + std::string(row.path) + ": "), std::string::npos) << said;
}

#define OF(VERSION, KIND, SPEC)                                                                              \
    "{apiVersion: getambassador.io/" VERSION ", kind: " KIND                                                 \
    ", metadata: {name: o, namespace: prod}, spec: " SPEC "}"

INSTANTIATE_TEST_SUITE_P(
    Fields, WrittenField,
    testing::Values(
        FieldCase{"a host's regex",
                  OF("v3alpha1", "Mapping", "{prefix: /, service: s, host: '[', host_regex: true}"),
                  "spec.host"},
        FieldCase{"a method's regex",
                  OF("v3alpha1", "Mapping",
                     "{hostname: '*', prefix: /, service: s, method: '[', method_regex: true}"),
                  "spec.method"},
        FieldCase{"a regex for a pseudo header",
                  OF("v3alpha1", "Mapping",
                     "{hostname: '*', prefix: /, service: s, regex_headers: {':authority': '['}}"),
                  "spec.regex_headers.:authority"},
        FieldCase{"a host among the headers",
                  OF("v3alpha1", "Mapping",
                     "{hostname: '*', prefix: /, service: s, headers: {':authority': 'a*'}}"),
                  "spec.headers.:authority"},
        FieldCase{
            "a method among the headers",
            OF("v3alpha1", "Mapping", "{hostname: '*', prefix: /, service: s, headers: {':method': 'G T'}}"),
            "spec.headers.:method"},
        FieldCase{"host of v2", OF("v2", "Mapping", "{prefix: /, service: s, host: a/b}"), "spec.host"},
        FieldCase{"a header of v2",
                  OF("v2", "Mapping", "{prefix: /, service: s, add_request_headers: {x: '%NO%'}}"),
                  "spec.add_request_headers.x"},
        FieldCase{"a stored field of v2",
                  OF("v2", "TLSContext", "{hosts: [a], secret: own, v3CRLSecret: gone}"), "spec.v3CRLSecret"},
        FieldCase{"a Host's authority",
                  OF("v3alpha1", "Host", "{hostname: a, tlsSecret: {name: own}, tls: {ca_secret: x}}"),
                  "spec.tls.ca_secret"},
        FieldCase{"in camel case",
                  OF("v2", "Host", "{hostname: a, tlsSecret: {name: own}, tls: {caSecret: x}}"),
                  "spec.tls.caSecret"},
        FieldCase{"its version in camel case",
                  OF("v2", "Host", "{hostname: a, tlsSecret: {name: own}, tls: {minTlsVersion: v9}}"),
                  "spec.tls.minTlsVersion"},
        FieldCase{"its port",
                  OF("v3alpha1", "Host",
                     "{hostname: a, tlsSecret: {name: own}, tls: {redirect_cleartext_from: 8080}}"),
                  "spec.tls.redirect_cleartext_from"},
        FieldCase{
            "the Module's certificate",
            "{apiVersion: getambassador.io/v2, kind: Module, metadata: {name: ambassador, namespace: prod}, "
            "spec: {config: {tls: {server: {secret: gone}}}}}",
            "spec.config.tls.server.secret", Compat::V1},
        FieldCase{
            "the Module's authority",
            "{apiVersion: getambassador.io/v2, kind: Module, metadata: {name: ambassador, namespace: prod}, "
            "spec: {config: {tls: {server: {secret: own}, client: {secret: gone}}}}}",
            "spec.config.tls.client.secret", Compat::V1}));
