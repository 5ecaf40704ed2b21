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

TEST_P(SchemaRule, holds)
{
    const SchemaCase &row = GetParam();
    const auto objects = edge::parseYaml(
        "{apiVersion: getambassador.io/v3alpha1, kind: Host, metadata: {name: h}, spec: "
        "{hostname: '*'}}\n---\n{apiVersion: getambassador.io/"
        + row.apiVersion + ", kind: " + row.kind + ", metadata: {name: x}, spec: {" + row.spec + "}}");
    ASSERT_TRUE(objects) << objects.error().message;
    for (const edge::Compat compat : row.edges) {
        edge::CompileOptions options;
        options.compat = compat;
        const edge::Config config = edge::compile(*objects, options);
        EXPECT_EQ(refusedField(config), row.field) << edge::compatName(compat);
        EXPECT_EQ(isUsed(config), row.field.empty()) << edge::compatName(compat);
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
    return {
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
    };
}

std::string asName(const testing::TestParamInfo<SchemaCase> &row)
{
    std::string name = row.param.title;
    std::replace_if(
        name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(Current, SchemaRule, testing::ValuesIn(currentSchemas()), asName);

} // namespace
