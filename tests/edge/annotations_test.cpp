// SPDX-License-Identifier: GPL-3.0-or-later
// What becomes of an annotation's documents, each row as 1.11.2, 2.0.5, 2.2.2, 3.9.1 and 4.1.0 themselves answered.
#include "edge/config/compile.h"
#include "edge/config/envoy_limits.h"

#include <gtest/gtest.h>

#include <sstream>

namespace {

constexpr const char *Path = "metadata.annotations[getambassador.io/config]";

struct AnnotationCase
{
    std::string title, document; // the second of three
    std::string used;            // names of Mappings
    std::string object, path, said;
    edge::Compat compat = edge::Compat::V4;
    bool fails = false;
    bool stays = false; // it is in the configuration that the edge fails on
};

class AnnotationRule : public testing::TestWithParam<AnnotationCase>
{
};

std::string entry(const std::string &name)
{
    return "---\napiVersion: getambassador.io/v2\nkind: Mapping\nname: " + name + "\nprefix: /" + name
        + "/\nservice: q\n";
}

edge::Value annotatedService(edge::Value annotation)
{
    edge::Value service = edge::Value::object({{"apiVersion", "v1"}, {"kind", "Service"}});
    service.set(
        "metadata",
        edge::Value::object(
            {{"name", "s"},
             {"namespace", "prod"},
             {"annotations", edge::Value::object({{"getambassador.io/config", std::move(annotation)}})}}));
    return service;
}

std::string usedNames(const edge::Config &config)
{
    std::string names;
    for (const edge::GroupInfo &group : config.groups) {
        for (const auto &member : group.members)
            names += member.mapping.name.starts_with("internal_") ? "" : member.mapping.name;
    }
    return names;
}

const edge::Diagnostic *saidOf(const edge::Config &config, const std::string &object, const std::string &path)
{
    for (const edge::Diagnostic &one : config.diagnostics) {
        if (object.starts_with(one.object.kind) && object.ends_with(" " + one.object.name) && one.path == path
            && one.severity == edge::Diagnostic::Severity::Error)
            return &one;
    }
    return nullptr;
}

TEST_P(AnnotationRule, holds)
{
    const AnnotationCase &row = GetParam();
    edge::CompileOptions options;
    options.compat = row.compat;
    const edge::Config config = edge::compile(
        std::vector{annotatedService(edge::Value(entry("a") + "---\n" + row.document + "\n" + entry("b")))},
        options);
    EXPECT_EQ(usedNames(config), row.used);
    if (row.said.empty())
        return;
    const edge::Diagnostic *said = saidOf(config, row.object, row.path);
    ASSERT_TRUE(said) << "nothing is said at " << row.path;
    EXPECT_NE(said->message.find(row.said), std::string::npos) << said->message;
    EXPECT_EQ(said->dropped, !row.stays);
    EXPECT_EQ(edge::isRefusedByEnvoy(*said), row.fails) << said->message;
}

std::vector<AnnotationCase> rows()
{
    using enum edge::Compat;
    const std::string nameless = "{apiVersion: getambassador.io/v2, kind: Mapping, prefix: /q/, service: q}";
    const std::string kindless = "{apiVersion: getambassador.io/v2, name: z, prefix: /q/, service: q}";
    const std::string numbered =
        "{apiVersion: getambassador.io/v2, kind: 5, name: z, prefix: /q/, service: q}";
    const std::string versionless = "{kind: Mapping, name: z, prefix: /q/, service: q}";
    const std::string versioned = "{apiVersion: 2, kind: Mapping, name: z, prefix: /q/, service: q}";
    const std::string foreign = "{apiVersion: foo/v2, kind: Mapping, name: z, prefix: /q/, service: q}";
    const std::string small =
        "{apiVersion: getambassador.io/v2, kind: mapping, name: z, prefix: /q/, service: q}";
    const std::string unknown =
        "{apiVersion: getambassador.io/v2, kind: Filter, name: z, prefix: /q/, service: q}";
    const std::string parted =
        "{apiVersion: getambassador.io/v2/x, kind: Mapping, name: z, prefix: /q/, service: q}";
    const std::string old = "{apiVersion: ambassador/v1, kind: Mapping, name: z, prefix: /q/, service: q}";
    const std::string oldOfOthers = "{apiVersion: getambassador.io/v1, kind: Mapping, name: z, prefix: /q/, "
                                    "service: q, ambassador_id: o}";
    std::vector<AnnotationCase> all;
    for (const edge::Compat compat : {V2_2, V3, V4}) {
        const std::string as = " in " + std::string(edge::compatName(compat));
        all.push_back({"a text among them takes all with it" + as, "foo", "", "Service s", Path,
                       "document 2 is \"foo\", not an object", compat});
        all.push_back({"so does a list" + as, "[a]", "", "Service s", Path, "document 2 is [\"a\"]", compat});
        all.push_back({"and one without a kind" + as, kindless, "", "Service s", Path,
                       "document 2 has no kind", compat});
        all.push_back(
            {"and one whose kind is a number" + as, numbered, "", "Service s", Path, "has kind 5", compat});
        all.push_back({"and what is no YAML" + as, "[", "", "Service s", Path,
                       "nothing in this annotation is used", compat});
        all.push_back({"one without a name is lost alone" + as, nameless, "ba", "Service s", Path,
                       "document 2 has no name; it is not used", compat});
        all.push_back({"one without apiVersion is refused" + as, versionless, "ba", "Mapping z", "apiVersion",
                       "there is no apiVersion", compat});
        all.push_back({"and one whose apiVersion is a number" + as, versioned, "ba", "Mapping z",
                       "apiVersion", "apiVersion 2 is not supported", compat});
        all.push_back(
            {"a kind in other letters is none" + as, small, "ba", "mapping z", "apiVersion",
             "the edge knows no mapping of apiVersion getambassador.io/v2 in an annotation; write Mapping",
             compat});
        all.push_back({"nor is one of somebody else" + as, unknown, "ba", "Filter z", "apiVersion",
                       "the edge knows no Filter", compat});
        all.push_back({"an apiVersion of three parts takes all with it" + as, parted, "", "Service s", Path,
                       "document 2 has apiVersion getambassador.io/v2/x, which is no GROUP/VERSION", compat});
        for (const char *field : {"weight", "prefix_regex", "headers", "circuit_breakers", "hostname"})
            all.push_back(
                {std::string("null is no value of ") + field + as,
                 "{apiVersion: getambassador.io/v3alpha1, kind: Mapping, name: z, prefix: /q/, service: q, "
                     + std::string(field) + ": null}",
                 "ba", "Mapping z", "spec." + std::string(field), "null is not ", compat});
        all.push_back({"nor within one" + as,
                       "{apiVersion: getambassador.io/v2, kind: Mapping, name: z, prefix: /q/, service: q, "
                       "retry_policy: {retry_on: null}}",
                       "ba", "Mapping z", "spec.retry_policy.retry_on", "null is not a text", compat});
        all.push_back(
            {"but of what v2 gives no type" + as,
             "{apiVersion: getambassador.io/v2, kind: Mapping, name: z, prefix: /q/, service: q, tls: null, "
             "ambassador_id: null, headers: {x: null}, cors: {origins: null}}",
             "zba",
             {},
             {},
             {},
             compat});
    }
    for (const edge::Compat compat : {V2, V3, V4}) {
        const std::string as = " in " + std::string(edge::compatName(compat));
        all.push_back(
            {"the edge fails on v1" + as, old, "ba", "Mapping z", "apiVersion", "write v2", compat, true});
        all.push_back({"whoever it is for" + as, oldOfOthers, "ba", "Mapping z", "apiVersion", "write v2",
                       compat, true});
        all.push_back({"but not where it is refused" + as,
                       "{apiVersion: getambassador.io/v1, kind: Mapping, name: z, prefix: 5, service: q}",
                       "ba", "Mapping z", "spec.prefix", "5 is not a text", compat});
        all.push_back({"v1 has no Host" + as,
                       "{apiVersion: getambassador.io/v1, kind: Host, name: z, hostname: z}", "ba", "Host z",
                       "apiVersion", "the edge knows no Host", compat});
    }
    all.push_back({"1.11 fails on a policy that is null",
                   "{apiVersion: getambassador.io/v2, kind: Host, name: z, hostname: z, requestPolicy: null}",
                   "ba", "Host z", "spec.requestPolicy", "null is not an object", V1, true, true});
    all.push_back(
        {"and on one within it that is a text",
         "{apiVersion: getambassador.io/v2, kind: Host, name: z, hostname: z, requestPolicy: {insecure: x}}",
         "ba", "Host z", "spec.requestPolicy.insecure", "\"x\" is not an object", V1, true, true});
    all.push_back({"until 2.4 it is no version", old, "ba", "Mapping z", "apiVersion",
                   "the edge knows no Mapping of apiVersion getambassador.io/v1", V2_3});
    for (const edge::Compat compat : {V1, V2_0}) {
        const std::string as = " in " + std::string(edge::compatName(compat));
        all.push_back({"the edge fails on a text" + as, "foo", "", "Service s", Path, "document 2 is \"foo\"",
                       compat, true});
        all.push_back({"and on a list" + as, "[a]", "", "Service s", Path, "document 2 is", compat, true});
        all.push_back({"and on what is no YAML" + as, "[", "", "Service s", Path, "", compat, true});
        all.push_back({"and on an apiVersion that is a number" + as, versioned, "", "Service s", Path,
                       "document 2 has apiVersion 2", compat, true});
        all.push_back({"none is v0" + as, versionless, "zba", {}, {}, {}, compat});
        all.push_back({"no name is one lost" + as, nameless, "ba", "Service s", Path,
                       "document 2 has no name", compat});
        all.push_back({"no kind is one lost" + as, kindless, "ba", "Service s", Path,
                       "document 2 has no kind", compat});
        all.push_back({"no kind in other letters" + as, small, "zba", {}, {}, {}, compat});
        all.push_back({"and without a service the edge fails on it" + as,
                       "{apiVersion: getambassador.io/v2, kind: mapping, name: z, prefix: /q/}", "zba",
                       "Mapping z", "spec.service", "it is missing", compat, true, true});
        all.push_back({"a null is one lost" + as,
                       "{apiVersion: getambassador.io/v2, kind: Mapping, name: z, prefix: /q/, service: q, "
                       "weight: null}",
                       "ba", "Mapping z", "spec.weight", "null is not ", compat});
        all.push_back({"another group is one lost" + as, foreign, "ba", "Mapping z", "apiVersion",
                       "apiVersion foo/v2 is not supported", compat});
    }
    return all;
}

INSTANTIATE_TEST_SUITE_P(All, AnnotationRule, testing::ValuesIn(rows()), [](const auto &row) {
    std::string name;
    for (const char letter : row.param.title)
        name += std::isalnum(static_cast<unsigned char>(letter)) ? letter : '_';
    return name;
});

TEST(AnnotationRuleOfServers, aValueThatIsNoTextIsRefusedWithItsObject)
{
    const edge::Config config = edge::compile(
        std::vector{annotatedService(edge::Value::object({{"a", "b"}}))}, edge::CompileOptions());
    const edge::Diagnostic *said = saidOf(config, "Service s", Path);
    ASSERT_TRUE(said);
    EXPECT_NE(said->message.find("is not a text; the API server refuses the Service"), std::string::npos);
}

} // namespace
