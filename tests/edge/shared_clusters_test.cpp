// SPDX-License-Identifier: GPL-3.0-or-later
// Mappings of one cluster: the first decides, and what the others wanted otherwise is said, however the cluster is shared.
#include "edge/config/compilation.h"
#include "edge/config/shared_clusters.h"

#include <gtest/gtest.h>

using edge::Value;

namespace {

Value object(const std::string &kind, const std::string &name, const std::string &spec)
{
    return edge::parseYaml("{apiVersion: getambassador.io/v3alpha1, kind: " + kind
                           + ", metadata: {name: " + name + ", namespace: prod}, spec: " + spec + "}")
        .value()
        .front();
}

std::vector<Value> world(const std::string &first, const std::string &second)
{
    return {
        object("Listener", "l",
               "{port: 8080, protocol: HTTP, securityModel: XFP, hostBinding: {namespace: {from: ALL}}}"),
        object("Host", "h", "{hostname: '*', requestPolicy: {insecure: {action: Route}}}"),
        object("TLSContext", "up", "{secret: cert}"),
        object("Mapping", "a", "{hostname: '*', prefix: /a/" + first + "}"),
        object("Mapping", "b", "{hostname: '*', prefix: " + second + "}"),
    };
}

std::string pathsOf(const edge::Config &config)
{
    std::string paths;
    for (const edge::Diagnostic &diagnostic : config.diagnostics) {
        if (edge::isOfLostField(diagnostic))
            paths += (paths.empty() ? "" : " ") + diagnostic.object.name + " " + diagnostic.path;
    }
    return paths;
}

edge::CompileOptions options()
{
    edge::CompileOptions wanted;
    wanted.allSecretsKnown = true;
    return wanted;
}

struct Row
{
    const char *first, *second, *lost;
};

class SharedClusters : public testing::TestWithParam<Row>
{
};

} // namespace

TEST_P(SharedClusters, sayWhatIsLost)
{
    const auto [first, second, lost] = GetParam();
    const std::vector<Value> objects = world(first, second);
    EXPECT_EQ(pathsOf(edge::compile(objects, options())), lost);
}

INSTANTIATE_TEST_SUITE_P(
    Fields, SharedClusters,
    testing::Values(
        Row{", service: s", "/b/, service: s", ""},
        Row{", service: s", "/b/, service: other, grpc: true", ""},
        Row{", service: 'https://s'", "/b/, service: 'https://s', tls: up", "b spec.tls"},
        Row{", service: 'https://s', tls: up", "/b/, service: 'https://s'", "b spec.tls"},
        Row{", service: s", "/b/, service: s, tls: up", ""}, // a cluster of its own
        Row{", service: s", "/b/, service: s, cluster_tag: own, connect_timeout_ms: 9", ""},
        Row{", service: s", "/b/, service: s, connect_timeout_ms: 9", "b spec.connect_timeout_ms"},
        Row{", service: s", "/b/, service: s, connect_timeout_ms: 3000, dns_type: strict_dns", ""},
        Row{", service: s", "/b/, service: s, enable_ipv6: true, enable_ipv4: false",
            "b spec.enable_ipv4 b spec.enable_ipv6"},
        Row{", service: s", "/b/, service: s, respect_dns_ttl: true, dns_type: logical_dns, stats_name: zz",
            "b spec.stats_name b spec.dns_type b spec.respect_dns_ttl"},
        Row{", service: s",
            "/b/, service: s, cluster_idle_timeout_ms: 5, cluster_max_connection_lifetime_ms: 6",
            "b spec.cluster_idle_timeout_ms b spec.cluster_max_connection_lifetime_ms"},
        Row{", service: s", "/b/, service: s, keepalive: {time: 5}, grpc: true",
            "b spec.grpc b spec.keepalive"},
        Row{", service: s", "/b/, service: s, resolver: endpoint", "b spec.resolver"},
        Row{", service: s.x.y", "/b/, service: s-x.y", "b spec.service"}, // names differ in signs alone
        Row{", service: 'https://s'", "/a/, service: 'https://s', tls: up", "b spec.tls"})); // one group

TEST(SharedClustersOf, bothMappingsAreNamed)
{
    const std::vector<Value> objects = world(", service: s", "/b/, service: s, connect_timeout_ms: 9");
    const edge::Config config = edge::compile(objects, options());
    std::string message;
    for (const edge::Diagnostic &diagnostic : config.diagnostics)
        message += edge::isOfLostField(diagnostic) ? diagnostic.message : "";
    EXPECT_EQ(message,
              "it shares its cluster with Mapping prod/a, which comes first and decides "
              "connect_timeout_ms: 3000, not 9");
}

// The one that came first goes: the other one decides, and nothing is lost any more.
TEST(SharedClustersOf, theNextOneDecidesOnceTheFirstHasGone)
{
    const std::vector<Value> objects = world(", service: s", "/b/, service: s, connect_timeout_ms: 9");
    edge::Compilation compilation(options());
    edge::SharedList<Value> list;
    for (const Value &one : objects)
        list.push_back(std::make_shared<const Value>(one));
    compilation.setAll(list);
    EXPECT_EQ(pathsOf(compilation.compile()), "b spec.connect_timeout_ms");
    edge::SharedList<Value> fewer;
    for (const auto &item : list.items()) {
        if (item->at({"metadata", "name"}).text() != "a")
            fewer.push_back(item);
    }
    compilation.setAll(fewer);
    EXPECT_EQ(pathsOf(compilation.compile()), "");
    compilation.setAll(list);
    EXPECT_EQ(pathsOf(compilation.compile()), "b spec.connect_timeout_ms");
}
