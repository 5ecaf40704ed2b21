// SPDX-License-Identifier: GPL-3.0-or-later
// Inputs on which 1.11.2's own compiler dies, so that nothing of the new configuration takes effect, and their neighbours
// on which it does not.
#include "edge/config/compile.h"
#include "edge/config/envoy_limits.h"

#include <gtest/gtest.h>

namespace {

struct FatalCase
{
    std::string title, kind, spec, path; // path: where it is said; "" it is not fatal
};

class FatalInput : public testing::TestWithParam<FatalCase>
{
};

TEST_P(FatalInput, isTold)
{
    const FatalCase &row = GetParam();
    const auto objects = edge::parseYaml(
        "{apiVersion: getambassador.io/v2, kind: Mapping, metadata: {name: m}, spec: {prefix: "
        "/m/, service: m}}\n---\n{apiVersion: getambassador.io/v2, kind: "
        + row.kind + ", metadata: {name: ambassador}, spec: {" + row.spec + "}}\n");
    ASSERT_TRUE(objects) << objects.error().message;
    edge::CompileOptions options;
    options.compat = edge::Compat::V1;
    const edge::Config config = edge::compile(*objects, options);
    std::string fatal;
    for (const edge::Diagnostic &one : config.diagnostics) {
        if (one.object.name == "ambassador" && edge::isRefusedByEnvoy(one))
            fatal += one.path;
    }
    EXPECT_EQ(fatal, row.path);
    for (const edge::Listener &listener : config.listeners)
        EXPECT_NE(listener.port, 0);
}

// As every compiler from 1.11.2 to 4.1.0: the edge's own services have no other resolver than the Module's.  (The
// schemas of 1.11 know no protocol_version v3.)
TEST(FatalInput, isAnUnknownResolverWhereAServiceNeedsIt)
{
    const struct
    {
        const char *kind, *spec;
        bool isFatal, speaksV3 = false;
    } rows[] = {{"AuthService", "auth_service: a, proto: http", true, true},
                {"RateLimitService", "service: a", true, true},
                {"TracingService", "service: a, driver: zipkin", true},
                {"LogService", "service: a, driver: http, driver_config: {}, grpc: true", true, true},
                {"TCPMapping", "service: a, port: 9000", false},
                {"Mapping", "prefix: /x/, service: a", false}};
    for (const auto &row : rows) {
        for (const edge::Compat compat : {edge::Compat::V1, edge::Compat::V2, edge::Compat::V4}) {
            const auto objects = edge::parseYaml(
                std::string(
                    "{apiVersion: getambassador.io/v2, kind: Module, metadata: {name: ambassador}, spec: "
                    "{config: {resolver: nope}}}\n---\n{apiVersion: getambassador.io/v2, kind: ")
                + row.kind + ", metadata: {name: a}, spec: {" + row.spec
                + (row.speaksV3 && compat != edge::Compat::V1 ? ", protocol_version: v3}}\n" : "}}\n"));
            ASSERT_TRUE(objects) << objects.error().message;
            edge::CompileOptions options;
            options.compat = compat;
            bool isFatal = false;
            for (const edge::Diagnostic &one : edge::compile(*objects, options).diagnostics)
                isFatal = isFatal || (one.object.kind == "Module" && edge::isRefusedByEnvoy(one));
            EXPECT_EQ(isFatal, row.isFatal) << row.kind << " in " << edge::compatName(compat);
        }
    }
}

TEST(FatalInput, isAListenerWithoutProtocolIn2)
{
    const struct
    {
        edge::Compat compat;
        const char *more;
        bool isFatal;
    } rows[] = {{edge::Compat::V2_0, "", true},
                {edge::Compat::V2_2, ", protocolStack: []", true},
                {edge::Compat::V2, "", true},
                {edge::Compat::V2, ", statsPrefix: ''", true},
                {edge::Compat::V2, ", statsPrefix: x", false},
                {edge::Compat::V2, ", protocol: HTTP", false},
                {edge::Compat::V3, "", false},
                {edge::Compat::V4, "", false}};
    for (const auto &row : rows) {
        const auto objects = edge::parseYaml(
            std::string(
                "{apiVersion: getambassador.io/v3alpha1, kind: Listener, metadata: {name: l}, spec: {port: "
                "8080, securityModel: XFP, hostBinding: {namespace: {from: ALL}}")
            + row.more + "}}\n");
        ASSERT_TRUE(objects) << objects.error().message;
        edge::CompileOptions options;
        options.compat = row.compat;
        bool isFatal = false;
        for (const edge::Diagnostic &one : edge::compile(*objects, options).diagnostics)
            isFatal = isFatal || (one.path == "spec.protocol" && edge::isRefusedByEnvoy(one));
        EXPECT_EQ(isFatal, row.isFatal) << edge::compatName(row.compat) << row.more;
    }
}

const std::string anyMapping = "prefix: /x/, service: s, ";

INSTANTIATE_TEST_SUITE_P(
    All, FatalInput,
    testing::Values(
        FatalCase{"headersFalse", "Mapping", anyMapping + "headers: {a: false}", "spec.headers.a"},
        FatalCase{"queryFalse", "Mapping", anyMapping + "query_parameters: {a: false}",
                  "spec.query_parameters.a"},
        FatalCase{"authorityFalse", "Mapping", anyMapping + "headers: {':authority': false}",
                  "spec.headers.:authority"},
        FatalCase{"headersTrue", "Mapping", anyMapping + "headers: {a: true}", ""},
        FatalCase{"headersNull", "Mapping", anyMapping + "headers: {a: null}", ""},
        FatalCase{"headersNumber", "Mapping", anyMapping + "headers: {a: 1}", ""},
        FatalCase{"portText", "Module", "config: {service_port: abc}", "spec.config.service_port"},
        FatalCase{"portNumberInText", "Module", "config: {service_port: '9000'}", "spec.config.service_port"},
        FatalCase{"portNull", "Module", "config: {service_port: null}", "spec.config.service_port"},
        FatalCase{"portList", "Module", "config: {service_port: [1]}", "spec.config.service_port"},
        FatalCase{"portBelowNone", "Module", "config: {service_port: -1}", "spec.config.service_port"},
        FatalCase{"portTrue", "Module", "config: {service_port: true}", "spec.config.service_port"},
        FatalCase{"portNumber", "Module", "config: {service_port: 9000}", ""},
        FatalCase{"hostWithoutHostname", "Host", "tlsSecret: {name: s}", "spec.hostname"},
        FatalCase{"logsWithoutDriverConfig", "LogService", "service: a, driver: http", "spec.driver_config"}),
    [](const auto &row) { return row.param.title; });

} // namespace
