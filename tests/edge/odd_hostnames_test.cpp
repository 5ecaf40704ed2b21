// SPDX-License-Identifier: GPL-3.0-or-later
// Hostnames with a star or a dot in the wrong place.  What each stands for instead is what 1.11.2, 2.5.1, 3.9.1 and 4.1.0
// themselves make of it: a domain, or a condition on :authority.
#include "edge/config/compile.h"
#include "edge/config/envoy_limits.h"
#include "edge/config/odd_hostnames.h"

#include <gtest/gtest.h>

namespace {

struct NameRow
{
    const char *title, *object; // kind and spec
    const char *path, *part;    // of what is said; "" nothing
    edge::Compat compat = edge::Compat::V4;
};

std::vector<edge::Value> worldOf(const NameRow &row)
{
    const std::string version = row.compat == edge::Compat::V1 ? "v2" : "v3alpha1";
    std::string text =
        "apiVersion: getambassador.io/" + version + "\nmetadata: {name: it}\n" + row.object + "\n";
    if (row.compat != edge::Compat::V1)
        text += "---\napiVersion: getambassador.io/v3alpha1\nkind: Listener\nmetadata: {name: l}\nspec: "
                "{port: 8080, "
                "protocol: HTTP, securityModel: XFP, hostBinding: {namespace: {from: ALL}}}\n";
    return edge::parseYaml(text).value();
}

class OddHostname : public testing::TestWithParam<NameRow>
{
};

TEST_P(OddHostname, isSaidWithWhatItStandsFor)
{
    const NameRow &row = GetParam();
    edge::CompileOptions options;
    options.compat = row.compat;
    std::string paths;
    for (const edge::Diagnostic &said : edge::compile(worldOf(row), options).diagnostics) {
        if (!edge::isOfOddHostname(said))
            continue;
        paths += (paths.empty() ? "" : " ") + said.path;
        EXPECT_EQ(said.severity, edge::Diagnostic::Severity::Notice);
        EXPECT_EQ(said.object.name, "it");
        EXPECT_NE(said.message.find(row.part), std::string::npos) << said.message;
    }
    EXPECT_EQ(paths, row.path) << row.title;
}

constexpr edge::Compat V1 = edge::Compat::V1;

INSTANTIATE_TEST_SUITE_P(
    All, OddHostname,
    testing::Values(
        NameRow{"a star inside", "kind: Mapping\nspec: {prefix: /m/, service: s, hostname: a*b.com}",
                "spec.hostname", "letter by letter"},
        NameRow{"a star inside, of a Host", "kind: Host\nspec: {hostname: a*b.com}", "spec.hostname",
                "letter by letter"},
        NameRow{"a dot first", "kind: Mapping\nspec: {prefix: /m/, service: s, hostname: .a.com}",
                "spec.hostname", "'*.a.com'"},
        NameRow{"a dot first, of a Host", "kind: Host\nspec: {hostname: .a.com}", "spec.hostname",
                "'*.a.com'"},
        NameRow{"stars around", "kind: Host\nspec: {hostname: '*a*'}", "spec.hostname", "end with 'a*'"},
        NameRow{"two stars", "kind: Mapping\nspec: {prefix: /m/, service: s, hostname: '**'}",
                "spec.hostname", "end with '*'"},
        NameRow{"a star inside and one last", "kind: Host\nspec: {hostname: 'a.*.b.*'}", "spec.hostname",
                "begin with 'a.*.b.'"},
        NameRow{"a TLSContext's second", "kind: TLSContext\nspec: {hosts: [a.com, .a.com], secret: s}",
                "spec.hosts[1]", "names of Hosts"},
        NameRow{"a TLSContext's of 1.11", "kind: TLSContext\nspec: {hosts: ['*.*.com'], secret: s}",
                "spec.hosts[0]", "names of Hosts", edge::Compat::V1},
        NameRow{"a TLSContext's as they are",
                "kind: TLSContext\nspec: {hosts: ['*.a.com', '*', b.com], secret: s}", "", ""},
        NameRow{"a TCPMapping's", "kind: TCPMapping\nspec: {port: 9000, service: s, host: .a.com}",
                "spec.host", "'*.a.com'"},
        NameRow{"a star first", "kind: Host\nspec: {hostname: '*.a.com'}", "", ""},
        NameRow{"a star first, without a dot",
                "kind: Mapping\nspec: {prefix: /m/, service: s, hostname: '*a.com'}", "", ""},
        NameRow{"a star last", "kind: Host\nspec: {hostname: 'a.*'}", "", ""},
        NameRow{"one star", "kind: Mapping\nspec: {prefix: /m/, service: s, hostname: '*'}", "", ""},
        NameRow{"a whole name", "kind: Host\nspec: {hostname: a.com}", "", ""},
        NameRow{"a regular expression",
                "kind: Mapping\nspec: {prefix: /m/, service: s, host: 'a.*b[.]com', host_regex: true}", "",
                ""},
        NameRow{"1.x: any star of a Mapping",
                "kind: Mapping\nspec: {prefix: /m/, service: s, host: '*.example.com'}", "spec.host",
                "no stars in the 1.x line", V1},
        NameRow{"1.x: one star of a Mapping", "kind: Mapping\nspec: {prefix: /m/, service: s, host: '*'}",
                "spec.host", "no stars in the 1.x line", V1},
        NameRow{"1.x: a Mapping's regular expression",
                "kind: Mapping\nspec: {prefix: /m/, service: s, host: '.*[.]com', host_regex: true}", "", "",
                V1},
        NameRow{"1.x: a Host's star", "kind: Host\nspec: {hostname: '*.example.com'}", "", "", V1},
        NameRow{"1.x: a Host's stars", "kind: Host\nspec: {hostname: '*a*'}", "spec.hostname",
                "end with 'a*'", V1}),
    [](const auto &row) { return "row" + std::to_string(row.index + 1); });

// In 1.x every virtual host but the first has a filter chain by its name, with TLS or without.
TEST(OddHostnames, thatTlsDoesNotKnowKeepThePortAsItWasIn1x)
{
    const auto objects =
        edge::parseYaml("apiVersion: getambassador.io/v2\nkind: Host\nmetadata: {name: a}\nspec: "
                        "{hostname: a.com}\n---\napiVersion: getambassador.io/v2\nkind: "
                        "Host\nmetadata: {name: b}\nspec: {hostname: 'b.*'}\n");
    edge::CompileOptions options;
    options.compat = V1;
    std::string told;
    for (const edge::Diagnostic &said : edge::compile(objects.value(), options).diagnostics)
        told += edge::isRefusedByEnvoy(said) ? said.object.name + " " + said.path + ": " + said.message : "";
    EXPECT_EQ(told.find("b spec.hostname: TLS knows no name b.*"), 0U) << told;
}

} // namespace
