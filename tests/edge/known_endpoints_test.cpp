// SPDX-License-Identifier: GPL-3.0-or-later
// Addresses behind a Service's port, as Emissary's watcher takes them from its Endpoints.
#include "edge/config/compile.h"
#include "edge/config/envoy_export.h"
#include "edge/config/known_endpoints.h"

#include <gtest/gtest.h>

namespace {

constexpr const char *Service =
    "{apiVersion: v1, kind: Service, metadata: {name: s, namespace: prod}, spec: {ports: ";
constexpr const char *Endpoints =
    "{apiVersion: v1, kind: Endpoints, metadata: {name: s, namespace: prod}, subsets: ";

struct Export
{
    std::string type, addresses; // of the Mapping's cluster
};

Export exported(const std::string &objects, const std::string &service = "s:80")
{
    const auto parsed = edge::parseYaml(
        "{apiVersion: getambassador.io/v3alpha1, kind: Listener, metadata: {name: l, namespace: prod}, spec: "
        "{port: "
        "8080, protocol: HTTP, securityModel: XFP, hostBinding: {namespace: {from: ALL}}}}\n---\n"
        "{apiVersion: getambassador.io/v3alpha1, kind: Mapping, metadata: {name: m, namespace: prod}, spec: "
        "{hostname: '*', prefix: /, service: '"
        + service + "', resolver: endpoint}}\n" + objects);
    EXPECT_TRUE(parsed) << parsed.error().message;
    edge::SharedList<edge::Value> all;
    for (const edge::Value &object : *parsed)
        all.push_back(std::make_shared<const edge::Value>(object));
    edge::CompileOptions options;
    options.ambassadorNamespace = "prod";
    const edge::Config config = edge::compile(*parsed, options);
    edge::EnvoyExportOptions wanted;
    wanted.endpoints = edge::knownEndpoints(config, all, "prod");
    Export result;
    const edge::Value bootstrap = edge::envoyBootstrap(config, wanted);
    for (const edge::Value &cluster : bootstrap["static_resources"]["clusters"].items()) {
        if (cluster["name"].text().rfind("cluster_s_", 0) != 0)
            continue;
        result.type = cluster["type"].text();
        for (const edge::Value &one :
             cluster["load_assignment"]["endpoints"].items().front()["lb_endpoints"].items()) {
            const edge::Value &address = one["endpoint"]["address"]["socket_address"];
            result.addresses += (result.addresses.empty() ? "" : " ") + address["address"].text() + ":"
                + std::to_string(address["port_value"].toInteger());
        }
    }
    return result;
}

} // namespace

TEST(KnownEndpoints, standInTheExport)
{
    const struct
    {
        const char *title, *ports, *subsets, *type, *addresses;
    } rows[] = {
        {"by number", "[{port: 80, targetPort: 8080}]",
         "[{addresses: [{ip: 10.0.0.1}, {ip: 10.0.0.2}], ports: [{port: 8080}]}]", "STATIC",
         "10.0.0.1:8080 10.0.0.2:8080"},
        {"by name", "[{port: 80, targetPort: web, name: http}, {port: 81, targetPort: 9000, name: other}]",
         "[{addresses: [{ip: 10.0.0.1}], ports: [{port: 8080, name: http}, {port: 9000, name: other}]}]",
         "STATIC", "10.0.0.1:8080"},
        {"a lone port stands for all", "[{port: 80, targetPort: 1}]",
         "[{addresses: [{ip: 10.0.0.1}], ports: [{port: 8080}, {port: 9000, protocol: UDP}]}]", "STATIC",
         "10.0.0.1:8080 10.0.0.1:9000"},
        {"another protocol is none", "[{port: 80, targetPort: 8080}]",
         "[{addresses: [{ip: 10.0.0.1}], ports: [{port: 8080, protocol: SCTP}]}]", "STATIC", ""},
        {"nobody is ready", "[{port: 80}]", "[{notReadyAddresses: [{ip: 10.0.0.1}], ports: [{port: 80}]}]",
         "STATIC", ""},
        {"another port", "[{port: 81, name: a}, {port: 82, name: b}]",
         "[{addresses: [{ip: 10.0.0.1}], ports: [{port: 81, name: a}]}]", "STATIC", ""},
    };
    for (const auto &row : rows) {
        const Export one = exported(std::string("---\n") + Service + row.ports + "}}\n---\n" + Endpoints
                                    + row.subsets + "}\n");
        EXPECT_EQ(one.type, row.type) << row.title;
        EXPECT_EQ(one.addresses, row.addresses) << row.title;
    }
}

TEST(KnownEndpoints, areDnsNamesWhereNoneAreThere)
{
    const Export without = exported(std::string("---\n") + Service + "[{port: 80}]}}\n");
    EXPECT_EQ(without.type, "STRICT_DNS");
    EXPECT_EQ(without.addresses, "s:80");
    const Export orphaned = exported(std::string("---\n") + Endpoints
                                     + "[{addresses: [{ip: 10.0.0.1}], ports: [{port: 80}]}]}\n");
    EXPECT_EQ(orphaned.type, "STRICT_DNS");
}
