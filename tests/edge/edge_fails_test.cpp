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
