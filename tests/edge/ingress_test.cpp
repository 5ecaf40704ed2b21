// SPDX-License-Identifier: GPL-3.0-or-later
// What of an Ingress cannot be used is said with its field, and the rest of it serves.
#include "edge/config/compile.h"

#include <gtest/gtest.h>

namespace {

struct BadIngress
{
    const char *title;
    const char *path, *part; // of what is said; "" nothing is
};

edge::Config compiled(const std::string &spec)
{
    const auto objects = edge::parseYaml(
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i, namespace: prod, annotations: "
        "{kubernetes.io/ingress.class: ambassador}}\nspec: "
        + spec + "\n");
    return edge::compile(objects.value(), {});
}

const std::string Good = "{http: {paths: [{path: /good, pathType: Prefix, backend: {service: {name: s, port: "
                         "{number: 80}}}}]}}";

std::string withRule(const std::string &rule) { return "{rules: [" + Good + ", " + rule + "]}"; }

std::string withPath(const std::string &path) { return withRule("{http: {paths: [" + path + "]}}"); }

class IngressFault : public testing::TestWithParam<std::pair<std::string, BadIngress>>
{
};

TEST_P(IngressFault, isSaidAndTheRestServes)
{
    const auto &[spec, wanted] = GetParam();
    const edge::Config config = compiled(spec);
    std::string paths;
    for (const edge::Diagnostic &said : config.diagnostics) {
        if (said.object.kind != "Ingress")
            continue;
        paths += (paths.empty() ? "" : " ") + said.path;
        EXPECT_EQ(said.object.name, "i");
        EXPECT_NE(said.message.find(wanted.part), std::string::npos) << said.message;
    }
    EXPECT_EQ(paths, wanted.path);
    bool isGood = false;
    for (const edge::GroupInfo &group : config.groups)
        isGood = isGood || group.prefix == "/good";
    EXPECT_TRUE(isGood);
    for (const edge::GroupInfo &group : config.groups)
        EXPECT_TRUE(group.prefix != "/" || std::string_view(wanted.title) == "a default backend");
}

// As 1.11.2, 2.2.2, 2.5.1, 3.9.1 and 4.1.0: the watcher of 2.x looks for another type than Ingresses are of
// (cmd/entrypoint/secrets.go, findSecretRefs).
TEST(IngressSecret, isHandedOverBut2NeedsAnotherWhoNamesIt)
{
    const std::string ingress =
        "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: i, namespace: prod, "
        "annotations: {kubernetes.io/ingress.class: ambassador}}, spec: {tls: [{hosts: "
        "[a.example.com], secretName: cert}], rules: ["
        + Good + "]}}\n";
    const std::string context =
        "---\n{apiVersion: getambassador.io/v2, kind: TLSContext, metadata: {name: c, namespace: "
        "prod}, spec: {hosts: [c.example.com], secret: cert}}\n";
    for (const edge::Compat compat :
         {edge::Compat::V1, edge::Compat::V2_0, edge::Compat::V2_2, edge::Compat::V2_3, edge::Compat::V2,
          edge::Compat::V3, edge::Compat::V4}) {
        const bool is2 = compat != edge::Compat::V1 && compat < edge::Compat::V3;
        for (const bool isNamed : {false, true}) {
            edge::CompileOptions options;
            options.compat = compat;
            options.knownSecrets = {"cert.prod"};
            const auto objects = edge::parseYaml(isNamed ? ingress + context : ingress);
            const edge::Config config = edge::compile(objects.value(), options);
            const bool isServed = config.tlsContexts.count("i-0-0-context") > 0;
            EXPECT_EQ(isServed, isNamed || !is2) << edge::compatName(compat);
            bool isSaid = false;
            for (const edge::Diagnostic &one : config.diagnostics)
                isSaid = isSaid || one.message.find("by Ingresses only") != std::string::npos;
            EXPECT_EQ(isSaid, !isServed) << edge::compatName(compat);
        }
    }
}

std::vector<std::pair<std::string, BadIngress>> badRules()
{
    return {
        {withRule("7"), {"a number", "spec.rules[1]", "7 is not an object"}},
        {withRule("x"), {"a text", "spec.rules[1]", "\"x\" is not an object"}},
        {withRule("{http: 7}"), {"http", "spec.rules[1].http", "7 is not an object"}},
        {withRule("{host: a}"), {"no http", "spec.rules[1]", "leads nowhere"}},
        {withRule("{http: {}}"), {"no paths", "spec.rules[1].http.paths", "leads nowhere"}},
        {withRule("{http: {paths: 5}}"), {"paths", "spec.rules[1].http.paths", "5 is not a list"}},
        {withRule("{host: {a: b}, http: {paths: [{backend: {service: {name: s, port: {number: 80}}}}]}}"),
         {"host", "spec.rules[1].host", "is not a text"}},
        {withPath("8"), {"path", "spec.rules[1].http.paths[0]", "8 is not an object"}},
        {withPath("{path: [/a], backend: {service: {name: s, port: {number: 80}}}}"),
         {"path of a list", "spec.rules[1].http.paths[0].path", "is not a text"}},
        {withPath("{path: /a}"), {"no backend", "spec.rules[1].http.paths[0].backend", "no backend"}},
        {withPath("{path: /a, backend: s}"),
         {"backend", "spec.rules[1].http.paths[0].backend", "\"s\" is not an object"}},
        {withPath("{path: /a, backend: {}}"),
         {"empty backend", "spec.rules[1].http.paths[0].backend", "names no service"}},
        {withPath("{path: /a, backend: {resource: {kind: Bucket, name: b}}}"),
         {"a resource", "spec.rules[1].http.paths[0].backend", "resource"}},
        {withPath("{path: /a, backend: {service: {name: s}}}"),
         {"no port", "spec.rules[1].http.paths[0].backend.service.port", "names no port"}},
        {withPath("{path: /a, backend: {service: {port: {number: 80}}}}"),
         {"no name", "spec.rules[1].http.paths[0].backend.service.name", "names no service"}},
        {withPath("{path: /a, backend: {service: {name: s, port: 80}}}"),
         {"a port of the old form", "spec.rules[1].http.paths[0].backend.service.port",
          "80 is not an object"}},
        {withPath("{path: /a, backend: {service: s}}"),
         {"service", "spec.rules[1].http.paths[0].backend.service", "\"s\" is not an object"}},
        {withPath("{path: /a, backend: {serviceName: s}}"),
         {"no port, as of old", "spec.rules[1].http.paths[0].backend.servicePort", "names no port"}},
        {withPath("{path: /a, pathType: Glob, backend: {service: {name: s, port: {number: 80}}}}"),
         {"pathType", "spec.rules[1].http.paths[0].pathType", "taken for Prefix"}},
        {withPath("{path: /a, pathType: Exact, backend: {serviceName: s, servicePort: 80}}"),
         {"nothing wrong", "", ""}},
        {"{rules: [" + Good + "], tls: 7}", {"tls", "spec.tls", "7 is not a list"}},
        {"{rules: [" + Good + "], tls: [7]}", {"tls", "spec.tls[0]", "7 is not an object"}},
        {"{rules: [" + Good + "], tls: [{hosts: a, secretName: s}]}",
         {"hosts", "spec.tls[0].hosts", "\"a\" is not a list"}},
        {"{rules: [" + Good + "], tls: [{hosts: [a]}]}", {"secret", "spec.tls[0]", "no secretName"}},
        {"{rules: [" + Good + "], defaultBackend: 6}",
         {"fallback", "spec.defaultBackend", "6 is not an object"}},
        {"{rules: [" + Good + "], defaultBackend: {service: {name: s, port: {number: 80}}}}",
         {"a default backend", "", ""}},
    };
}

INSTANTIATE_TEST_SUITE_P(All, IngressFault, testing::ValuesIn(badRules()),
                         [](const auto &row) { return "row" + std::to_string(row.index + 1); });

TEST(IngressFault, aSpecThatIsNoObjectIsSaid)
{
    for (const char *spec : {"5", "[a]", "{rules: 5}"}) {
        const edge::Config config = compiled(spec);
        const bool isSaid = std::any_of(config.diagnostics.begin(), config.diagnostics.end(),
                                        [](const auto &said) { return said.object.kind == "Ingress"; });
        EXPECT_TRUE(isSaid) << spec;
    }
}

} // namespace
