// SPDX-License-Identifier: GPL-3.0-or-later
// What the compilers of 1.11.2, 2.5.1 and 4.1.0 make of $NAME in an object, by the edge's environment.
#include "edge/config/compile.h"

#include <gtest/gtest.h>

namespace {

struct Row
{
    const char *what, *spec;
    std::string prefix, service; // of the first route for it
    const char *told = "";       // paths
};

edge::Config compiled(const std::string &spec)
{
    const auto objects = edge::parseYaml(
        "{apiVersion: getambassador.io/v3alpha1, kind: Listener, metadata: {name: l, namespace: home}, spec: "
        "{port: "
        "8080, protocol: HTTP, securityModel: INSECURE, hostBinding: {namespace: {from: ALL}}}}\n---\n"
        "{apiVersion: getambassador.io/v3alpha1, kind: Host, metadata: {name: h, namespace: home}, spec: "
        "{hostname: "
        "'*', requestPolicy: {insecure: {action: Route}}}}\n---\n"
        "{apiVersion: getambassador.io/v3alpha1, kind: Mapping, metadata: {name: m, namespace: home}, spec: "
        "{hostname: '*', "
        + spec + "}}\n");
    EXPECT_TRUE(objects.has_value()) << spec;
    edge::CompileOptions options;
    options.ambassadorNamespace = "home";
    options.environment = {{"STAGE", "blue"}, {"EMPTY", ""}, {"TWICE", "$STAGE"}};
    return edge::compile(*objects, options);
}

TEST(Expanded, byTheEdgesEnvironment)
{
    const Row rows[] = {
        {"a name", "prefix: /$STAGE/, service: 's-$STAGE'", "/blue/", "s-blue"},
        {"in braces", "prefix: '/${STAGE}x/', service: s", "/bluex/", "s"},
        {"a longer name is another", "prefix: /$STAGEx/, service: s", "/$STAGEx/", "s", "spec.prefix"},
        {"what is empty", "prefix: '/a$EMPTY/', service: s", "/a/", "s"},
        {"its own namespace", "prefix: /p/, service: 's-${AMBASSADOR_NAMESPACE}'", "/p/", "s-home"},
        {"an id that nobody has set", "prefix: /$AMBASSADOR_ID/, service: s", "/$AMBASSADOR_ID/", "s",
         "spec.prefix"},
        {"what was put in is not looked at again", "prefix: /$TWICE/, service: s", "/$STAGE/", "s"},
        {"no reference", "prefix: '/$/', service: s", "/$/", "s"},
        {"braces that do not end", "prefix: '/${STAGE/', service: s", "/${STAGE/", "s"},
        {"a group of a regex",
         "prefix: /p/, service: s, regex_rewrite: {pattern: '/p/(.*)$', substitution: '/$1'}", "/p/", "s"},
    };
    for (const Row &row : rows) {
        const edge::Config config = compiled(row.spec);
        std::string prefix, service, told;
        for (const edge::VirtualHost &host : config.listeners.at(0).chains.at(0).virtualHosts) {
            for (const edge::Route &route : host.routes) {
                if (route.mapping.name != "m" || !prefix.empty())
                    continue;
                prefix = route.path.value;
                for (const auto &[name, cluster] : config.clusters)
                    service = name == route.cluster ? cluster.host : service;
            }
        }
        for (const edge::Diagnostic &one : config.diagnostics)
            told += one.message.find("environment") != std::string::npos ? one.path : "";
        EXPECT_EQ(prefix, row.prefix) << row.what;
        EXPECT_EQ(service, row.service) << row.what;
        EXPECT_EQ(told, row.told) << row.what;
    }
}

} // namespace
