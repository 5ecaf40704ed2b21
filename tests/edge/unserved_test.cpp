// SPDX-License-Identifier: GPL-3.0-or-later
// What the edge core does not do of a configuration: each with who asks for it.
#include "edge/config/compilation.h"
#include "edge/unserved.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace {

std::string object(const std::string &kind, const std::string &name, const std::string &spec)
{
    return "---\napiVersion: getambassador.io/v3alpha1\nkind: " + kind + "\nmetadata: {name: " + name
        + ", namespace: default}\nspec: {" + spec + "}\n";
}

edge::Config compiled(const std::string &yaml)
{
    const auto objects = edge::parseYaml(
        object("Listener", "l",
               "port: 8080, protocol: HTTP, securityModel: XFP, hostBinding: {namespace: {from: ALL}}")
        + yaml);
    EXPECT_TRUE(objects.has_value());
    edge::Compilation compilation({});
    compilation.setAll(*objects);
    return compilation.compile();
}

struct Case
{
    std::string name, yaml;
    std::vector<std::string> told; // "KIND NAME PATH"
};

class Unserved : public testing::TestWithParam<Case>
{
};

} // namespace

TEST_P(Unserved, namesWhoAsksForIt)
{
    std::vector<std::string> told;
    for (const edge::Unserved &one : edge::unservedBy(compiled(GetParam().yaml)))
        told.push_back(one.object.kind + " " + one.object.name + " " + one.path);
    EXPECT_EQ(told, GetParam().told);
}

namespace {

const std::string limits = object("RateLimitService", "r", "service: 'r:5000', protocol_version: v3");
std::string mapping(const std::string &name, const std::string &rest = {})
{
    return object("Mapping", name, "hostname: '*', prefix: /" + name + "/, service: " + name + rest);
}

INSTANTIATE_TEST_SUITE_P(
    Each, Unserved,
    testing::Values(
        Case{"all of it is done", mapping("a"), {}},
        Case{"an AuthService",
             object("AuthService", "auth", "auth_service: 'auth:3000', proto: http"),
             {"AuthService  "}},
        Case{"a RateLimitService, which is spoken to by no protocol at all", limits, {"RateLimitService  "}},
        Case{"gzip",
             object("Module", "ambassador", "config: {gzip: {enabled: true}}"),
             {"Module  spec.config.gzip"}},
        Case{"gRPC of two Mappings",
             mapping("a", ", grpc: true") + mapping("b", ", grpc: true") + mapping("c"),
             {"Mapping a spec.grpc", "Mapping b spec.grpc"}},
        Case{"HTTP/3, whose Listener is said once",
             object("Listener", "u",
                    "port: 8443, protocolStack: [TLS, HTTP, UDP], securityModel: XFP, hostBinding: "
                    "{namespace: {from: ALL}}")
                 + object("Host", "h", "hostname: a.example.com, tlsSecret: {name: s}")
                 + "---\napiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: default}\ntype: "
                   "kubernetes.io/tls\ndata: {tls.crt: eA==, tls.key: eA==}\n",
             {"Listener u spec.protocolStack"}}),
    [](const auto &each) {
        std::string name = each.param.name;
        std::replace_if(
            name.begin(), name.end(), [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); },
            '_');
        return name;
    });

} // namespace
