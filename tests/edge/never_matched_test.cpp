// SPDX-License-Identifier: GPL-3.0-or-later
// A Mapping whose conditions no request can fulfil is said, with the field; and such a one is what the matcher, too,
// never finds.
#include "edge/config/compile.h"
#include "edge/config/never_matched.h"

#include <gtest/gtest.h>

namespace {

struct MatchRow
{
    const char *title, *spec; // beside hostname and service
    const char *path, *part;  // of what is said; "" some request can match
};

class NeverMatched : public testing::TestWithParam<MatchRow>
{
};

TEST_P(NeverMatched, isSaidWithItsReason)
{
    const MatchRow &row = GetParam();
    const bool hasHost = std::string_view(row.spec).find("host") != std::string_view::npos;
    const auto objects =
        edge::parseYaml("apiVersion: getambassador.io/v3alpha1\nkind: Mapping\nmetadata: {name: m}\n"
                        "spec: {service: s, "
                        + std::string(hasHost ? "" : "hostname: '*', ") + row.spec + "}\n");
    std::string paths;
    for (const edge::Diagnostic &said : edge::compile(objects.value(), {}).diagnostics) {
        if (!edge::isOfNeverMatched(said))
            continue;
        paths += (paths.empty() ? "" : " ") + said.path;
        EXPECT_EQ(said.severity, edge::Diagnostic::Severity::Notice);
        EXPECT_FALSE(said.dropped);
        EXPECT_NE(said.message.find(row.part), std::string::npos) << said.message;
    }
    EXPECT_EQ(paths, row.path) << row.title;
}

INSTANTIATE_TEST_SUITE_P(
    All, NeverMatched,
    testing::Values(
        MatchRow{"no slash", "prefix: noslash", "spec.prefix", "does not begin with /"},
        MatchRow{"an URL", "prefix: 'http://a/'", "spec.prefix", "does not begin with /"},
        MatchRow{"a query", "prefix: '/a?b'", "spec.prefix", "query_parameters"},
        MatchRow{"a fragment", "prefix: '/a#b'", "spec.prefix", "fragment"},
        MatchRow{"a blank", "prefix: '/a b'", "spec.prefix", "a blank"},
        MatchRow{"a template", "prefix: '/users/{id}/'", "spec.prefix", "makes \"/users/%7Bid%7D/\" of"},
        MatchRow{"a backslash", "prefix: '/a\\b'", "spec.prefix", "makes \"/a/b\" of"},
        MatchRow{"an escape of a letter", "prefix: /%61/", "spec.prefix", "makes \"/a/\" of"},
        MatchRow{"an escape that stays", "prefix: /a%2fb/", "", ""},
        MatchRow{"half an escape", "prefix: /a%4", "", ""},
        MatchRow{"a dot segment", "prefix: /a/./b", "spec.prefix", "makes \"/a/b\" of"},
        MatchRow{"two dots", "prefix: /a/../b", "spec.prefix", "makes \"/b\" of"},
        MatchRow{"what begins with dots", "prefix: /a/..", "", ""},
        MatchRow{"dots as a whole path", "prefix: /a/.., prefix_exact: true", "spec.prefix",
                 "makes \"/\" of"},
        MatchRow{"a hidden folder", "prefix: /.well-known/", "", ""},
        MatchRow{"two slashes", "prefix: //a/", "", ""},
        MatchRow{"nothing, which all begin with", "prefix: ''", "", ""},
        MatchRow{"a regex without a slash", "prefix: '[a-z]+/.*', prefix_regex: true", "spec.prefix",
                 "nothing that begins with /"},
        MatchRow{"a regex that may begin with one", "prefix: '.*/x', prefix_regex: true", "", ""},
        MatchRow{"a regex of either", "prefix: '(/a|b).*', prefix_regex: true", "", ""},
        MatchRow{"a regex in brackets", "prefix: '[/]a[?]?', prefix_regex: true", "", ""},
        MatchRow{"a method with a blank", "prefix: /m/, method: GE T", "spec.method", "no method"},
        MatchRow{"a method of its own", "prefix: /m/, method: PURGE", "", ""},
        MatchRow{"a regex of methods", "prefix: /m/, method: 'G E', method_regex: true", "", ""},
        MatchRow{"a header's name with a blank", "prefix: /m/, headers: {a b: x}", "spec.headers.a b",
                 "no name that a header can have"},
        MatchRow{"a header's name with a colon", "prefix: /m/, regex_headers: {':x': x}",
                 "spec.regex_headers.:x", "no name"},
        MatchRow{"the path as a header", "prefix: /m/, headers: {':path': /m/}", "", ""},
        MatchRow{"a value with blanks around it", "prefix: /m/, headers: {x: ' a'}", "spec.headers.x",
                 "blank"},
        MatchRow{"a value with blanks in it", "prefix: /m/, headers: {x: 'a b'}", "", ""},
        MatchRow{"a value of nothing", "prefix: /m/, headers: {x: ''}", "", ""},
        MatchRow{"a value with a line break", "prefix: /m/, headers: {x: \"a\\nb\"}", "spec.headers.x",
                 "line break"},
        MatchRow{"a host with a path", "prefix: /m/, hostname: a.example.com/m", "spec.hostname", "\"/\""},
        MatchRow{"a host with a port", "prefix: /m/, hostname: 'a.example.com:8080'", "", ""},
        MatchRow{"a host of IPv6", "prefix: /m/, hostname: '[::1]'", "", ""},
        MatchRow{"a parameter's value of two", "prefix: /m/, query_parameters: {q: 'a&b'}",
                 "spec.query_parameters.q", "\"&\""},
        MatchRow{"a parameter's value with a blank", "prefix: /m/, query_parameters: {q: 'a b'}",
                 "spec.query_parameters.q", "a blank"},
        MatchRow{"a parameter's name with a sign", "prefix: /m/, query_parameters: {'q=1': a}",
                 "spec.query_parameters.q=1", "\"=\""},
        MatchRow{"a parameter of a redirect, which is not looked at",
                 "prefix: /m/, host_redirect: true, query_parameters: {q: 'a b'}", "", ""}),
    [](const auto &row) { return "row" + std::to_string(row.index + 1); });

TEST(NeverMatched, slashesThatAreMergedAreNotThere)
{
    for (const bool merges : {false, true}) {
        const auto objects = edge::parseYaml(
            "apiVersion: getambassador.io/v3alpha1\nkind: Mapping\nmetadata: {name: m}\nspec: {hostname: "
            "'*', prefix: "
            "/a//b/, service: s}\n---\napiVersion: getambassador.io/v3alpha1\nkind: Module\nmetadata: {name: "
            "ambassador}\nspec: {config: {merge_slashes: "
            + std::string(merges ? "true" : "false") + "}}\n");
        const edge::Config config = edge::compile(objects.value(), {});
        EXPECT_EQ(std::any_of(config.diagnostics.begin(), config.diagnostics.end(), edge::isOfNeverMatched),
                  merges);
    }
}

} // namespace
