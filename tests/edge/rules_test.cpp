// SPDX-License-Identifier: GPL-3.0-or-later
// What has changed between the generations of Emissary, one row each: the same objects compiled by the rules of 2.2, of
// 2.3, of 2.5 and of 3.x. The answers are those of Emissary's own compilers of 2.2.2, 2.3.2, 2.5.1 and 3.9.1.
#include "edge/config/compile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace {

std::string object(const std::string &kind, const std::string &name, const std::string &spec,
                   const std::string &nameSpace = "prod")
{
    return "---\n{apiVersion: getambassador.io/v3alpha1, kind: " + kind + ", metadata: {name: " + name
        + ", namespace: " + nameSpace + "}, spec: {" + spec + "}}\n";
}

std::string listener(const std::string &name, int port, const std::string &protocol)
{
    return object("Listener", name,
                  "port: " + std::to_string(port) + ", protocol: " + protocol
                      + ", securityModel: XFP, hostBinding: {namespace: {from: ALL}}");
}

std::string host(const std::string &name, const std::string &hostname, const std::string &more = {})
{
    return object("Host", name, "hostname: '" + hostname + "'" + more);
}

std::string tcpMapping(const std::string &name, int port, const std::string &more = {})
{
    return object("TCPMapping", name,
                  "port: " + std::to_string(port) + ", service: " + name + ":5432" + more);
}

std::string nameOf(const edge::FilterChain &chain)
{
    if (!chain.tls)
        return "clear";
    std::string text = "tls";
    for (const std::string &name : chain.serverNames)
        text += " " + name;
    return text + (chain.tlsContext.empty() ? " without certificate" : " by " + chain.tlsContext);
}

// "8443 tls a.example.com by h-context: h" of each chain, in order; of a virtual host the Host that it is of, of TCP
// its clusters.
std::string chains(const edge::Config &config)
{
    std::string text;
    for (const edge::Listener &one : config.listeners) {
        for (const edge::FilterChain &chain : one.chains) {
            text += (text.empty() ? "" : "; ") + std::to_string(one.port) + " " + nameOf(chain) + ":";
            for (const edge::VirtualHost &site : chain.virtualHosts)
                text += " " + site.host.name;
            for (const auto &cluster : chain.tcpClusters)
                text += " " + cluster.cluster;
        }
    }
    return text;
}

std::string secrets(const edge::Config &config)
{
    std::string text;
    for (const auto &[name, context] : config.tlsContexts)
        text += (text.empty() ? "" : "; ") + name + ": " + context.secret
            + (context.crlSecret.empty() && context.crlFile.empty()
                   ? ""
                   : " revoked by " + context.crlSecret + context.crlFile);
    return text;
}

std::string filters(const edge::Config &config)
{
    std::string text;
    for (const edge::HttpFilter &filter : config.httpFilters)
        text += (text.empty() ? "" : " ") + filter.name.substr(filter.name.rfind('.') + 1);
    return text;
}

std::string httpSwitches(const edge::Config &config)
{
    const edge::HttpOptions &http = config.listeners.at(0).http;
    return std::string(http.mergeSlashes ? "merge " : "") + (http.stripMatchingHostPort ? "strip " : "")
        + (http.properCase ? "proper" : "");
}

std::string statNames(const edge::Config &config) // of all clusters but the probes'
{
    std::string text;
    for (const auto &[name, cluster] : config.clusters) {
        if (cluster.host != "127.0.0.1")
            text += (text.empty() ? "" : " ") + cluster.statName;
    }
    return text;
}

std::string services(const edge::Config &config) // of Mappings
{
    std::string text;
    for (const edge::GroupInfo &group : config.groups) {
        for (const auto &member : group.members) {
            if (!member.mapping.kind.empty() && group.prefix.rfind("/ambassador/", 0) != 0)
                text += (text.empty() ? "" : " ") + member.service;
        }
    }
    return text;
}

std::string logVersion(const edge::Config &config)
{
    for (const edge::Value &log : config.accessLogs) {
        const edge::Value &common = log["typed_config"]["common_config"];
        if (!common.isNull())
            return common["transport_api_version"].isNull() ? "as Envoy likes"
                                                            : common["transport_api_version"].text();
    }
    return "no log";
}

std::string rateLimitFailure(const edge::Config &config)
{
    for (const edge::HttpFilter &filter : config.httpFilters) {
        if (filter.name == "envoy.filters.http.ratelimit")
            return filter.config["failure_mode_deny"].toBool() ? "denies" : "lets pass";
    }
    return "no rate limit";
}

std::string healthChecks(const edge::Config &config)
{
    for (const auto &[name, cluster] : config.clusters) {
        if (!cluster.healthChecks.items().empty())
            return std::to_string(cluster.healthChecks.items().size());
    }
    return "none";
}

std::string complaints(const edge::Config &config)
{
    std::string text;
    for (const edge::Diagnostic &one : config.diagnostics) {
        if (one.severity == edge::Diagnostic::Severity::Error)
            text += (text.empty() ? "" : "; ") + one.object.name + " " + one.path;
    }
    return text;
}

std::string customTags(const edge::Config &config)
{
    std::string text;
    for (const edge::Value &tag : config.listeners.at(0).http.tracing["custom_tags"].items())
        text += tag["tag"].text();
    return text;
}

std::string groups(const edge::Config &config) // "m: m n" of each but the probes': its Mappings
{
    std::string text;
    for (const edge::GroupInfo &group : config.groups) {
        if (group.prefix.rfind("/ambassador/", 0) == 0)
            continue;
        text += (text.empty() ? "" : "; ") + group.name + ":";
        for (const auto &member : group.members)
            text += " " + member.mapping.name;
    }
    return text;
}

std::string clusterNames(const edge::Config &config) // but the probes'
{
    std::string text;
    for (const auto &[name, cluster] : config.clusters) {
        if (cluster.host != "127.0.0.1")
            text += (text.empty() ? "" : " ") + name;
    }
    return text;
}

// "m=20" of each Mapping that some virtual host serves, "probe" for the edge's own.
std::string served(const edge::Config &config)
{
    std::string text;
    for (const edge::Listener &one : config.listeners) {
        for (const edge::FilterChain &chain : one.chains) {
            for (const edge::VirtualHost &site : chain.virtualHosts) {
                for (const edge::Route &route : site.routes) {
                    const bool isProbe = route.mapping.kind.empty();
                    if (isProbe && text.ends_with("probe"))
                        continue;
                    text += (text.empty() ? "" : " ") + (isProbe ? "probe" : route.mapping.name);
                    if (route.runtimeNumerator)
                        text += "=" + std::to_string(*route.runtimeNumerator);
                }
            }
        }
    }
    return text;
}

const std::string inClear =
    object("Listener", "l",
           "port: 8080, protocol: HTTP, securityModel: INSECURE, hostBinding: {namespace: {from: ALL}}");
constexpr const char *Routes = ", requestPolicy: {insecure: {action: Route}}";

std::string labelled(const std::string &name, const std::string &app, const std::string &spec)
{
    return "---\n{apiVersion: getambassador.io/v3alpha1, kind: Mapping, metadata: {name: " + name
        + ", namespace: prod, labels: {app: " + app + "}}, spec: {prefix: /m/, service: " + name + spec
        + "}}\n";
}

struct LevelCase
{
    const char *title;
    std::string yaml;
    std::string (*fact)(const edge::Config &);
    std::array<std::string, 4> wanted; // by 2.2, 2.3, 2.5, 3.x
};

constexpr std::array levels{edge::Compat::V2_2, edge::Compat::V2_3, edge::Compat::V2, edge::Compat::V3};

class EmissaryLevel : public testing::TestWithParam<LevelCase>
{
};

TEST_P(EmissaryLevel, answersAsItsCompiler)
{
    const LevelCase &row = GetParam();
    const auto objects = edge::parseYaml(row.yaml);
    ASSERT_TRUE(objects) << objects.error().message;
    for (std::size_t i = 0; i < levels.size(); ++i) {
        edge::CompileOptions options;
        options.compat = levels[i];
        options.ambassadorNamespace = "prod";
        options.knownSecrets = {"cert.prod", "cert2.prod", "cert.other", "crl.prod"};
        EXPECT_EQ(row.fact(edge::compile(*objects, options)), row.wanted[i])
            << row.title << " by " << edge::compatName(levels[i]);
    }
}

constexpr const char *Cert = ", tlsSecret: {name: cert}";
constexpr const char *Cert2 = ", tlsSecret: {name: cert2}";
constexpr const char *SharedContext = ", tlsSecret: {name: cert}, tlsContext: {name: ctx}";

std::vector<LevelCase> hostLevels()
{
    const std::string https = listener("l", 8443, "HTTPS");
    const std::string context = object("TLSContext", "ctx", "secret: cert");
    return {
        {"a port of a hostname is part of the server name until 3",
         https + host("h", "c.example.com:8443", Cert),
         chains,
         {"8443 tls c.example.com:8443 by h-context: h; 8443 clear: h",
          "8443 tls c.example.com:8443 by h-context: h; 8443 clear: h",
          "8443 tls c.example.com:8443 by h-context: h; 8443 clear: h",
          "8443 tls c.example.com by h-context: h; 8443 clear: h"}},
        {"a Host without a certificate speaks a TLS that nobody can until 2.4",
         https + host("h", "a.example.com"),
         chains,
         {"8443 tls a.example.com without certificate: h; 8443 clear: h",
          "8443 tls a.example.com without certificate: h; 8443 clear: h", "8443 clear: h", "8443 clear: h"}},
        {"of two certificates for one name the first is presented; until 2.4 the last Host is behind it",
         https + host("first", "a.example.com", Cert) + host("last", "a.example.com", Cert2),
         chains,
         {"8443 tls a.example.com by first-context: last; 8443 clear: last",
          "8443 tls a.example.com by first-context: last; 8443 clear: last",
          "8443 tls a.example.com by first-context: first; 8443 clear: last",
          "8443 tls a.example.com by first-context: first; 8443 clear: last"}},
        {"which is said",
         https + host("first", "a.example.com", Cert) + host("last", "a.example.com", Cert2),
         complaints,
         {"last spec.hostname", "last spec.hostname", "last spec.hostname", "last spec.hostname"}},
        {"until 2.4 a certificate of the last Host serves where the first has none",
         https + host("first", "a.example.com") + host("last", "a.example.com", Cert),
         chains,
         {"8443 tls a.example.com by last-context: last; 8443 clear: last",
          "8443 tls a.example.com by last-context: last; 8443 clear: last",
          "8443 clear: last; 8443 tls a.example.com by last-context: last",
          "8443 clear: last; 8443 tls a.example.com by last-context: last"}},
        {"two Hosts of one name with one certificate: 2.4 and 2.5 serve the first, others the last",
         https + context + host("first", "a.example.com", SharedContext)
             + host("last", "a.example.com", SharedContext),
         chains,
         {"8443 tls a.example.com by ctx: last; 8443 clear: last",
          "8443 tls a.example.com by ctx: last; 8443 clear: last",
          "8443 tls a.example.com by ctx: first; 8443 clear: last",
          "8443 tls a.example.com by ctx: last; 8443 clear: last"}},
        {"with a port and without one they are one name since 3",
         https + object("TLSContext", "ctx", "secret: cert, hosts: [a.example.com, 'a.example.com:8443']")
             + host("plain", "a.example.com", SharedContext)
             + host("port", "a.example.com:8443", SharedContext),
         chains,
         {"8443 tls a.example.com by ctx: plain; 8443 clear: plain port; 8443 tls a.example.com:8443 by ctx: "
          "port",
          "8443 tls a.example.com by ctx: plain; 8443 clear: plain port; 8443 tls a.example.com:8443 by ctx: "
          "port",
          "8443 tls a.example.com by ctx: plain; 8443 clear: plain port; 8443 tls a.example.com:8443 by ctx: "
          "port",
          "8443 tls a.example.com by ctx: plain port; 8443 clear: plain port"}},
        {"Envoy refuses other stars than one before a point, in every generation",
         https + host("h", "a.*", Cert),
         complaints,
         {"h spec.hostname", "h spec.hostname", "h spec.hostname", "h spec.hostname"}},
        {"that one it takes", https + host("h", "*.example.com", Cert), complaints, {"", "", "", ""}},
        {"and so it takes the star for every name, where nobody says it by TLS",
         https + host("h", "*", Cert),
         complaints,
         {"", "", "", ""}},
        {"a Host that an error is said of is served since 2.4; until then it leaves an empty chain",
         https + object("TLSContext", "ctx", "secret: cert, hosts: [else.example.com]")
             + host("h", "a.example.com", SharedContext) + host("other", "b.example.com", Cert),
         chains,
         {"8443 tls without certificate:; 8443 clear: other; 8443 tls b.example.com by other-context: other",
          "8443 tls without certificate:; 8443 clear: other; 8443 tls b.example.com by other-context: other",
          "8443 tls a.example.com by ctx: h; 8443 clear: h other; 8443 tls b.example.com by other-context: "
          "other",
          "8443 tls a.example.com by ctx: h; 8443 clear: h other; 8443 tls b.example.com by other-context: "
          "other"}},
        {"a Secret of another namespace is looked for there since 2.4",
         https + host("h", "a.example.com", ", tlsSecret: {name: cert, namespace: other}"),
         secrets,
         {"h-context: cert.prod", "h-context: cert.prod", "h-context: cert.other", "h-context: cert.other"}},
        {"revocation lists came with 2.3",
         object("TLSContext", "ctx", "secret: cert, crl_secret: crl"),
         secrets,
         {"ctx: cert.prod", "ctx: cert.prod revoked by crl.prod", "ctx: cert.prod revoked by crl.prod",
          "ctx: cert.prod revoked by crl.prod"}},
        {"of a Host, too",
         host("h", "a.example.com", std::string(Cert) + ", tls: {crl_secret: crl}"),
         secrets,
         {"h-context: cert.prod", "h-context: cert.prod revoked by crl.prod",
          "h-context: cert.prod revoked by crl.prod", "h-context: cert.prod revoked by crl.prod"}},
    };
}

std::vector<LevelCase> tcpLevels()
{
    const std::string tls = listener("l", 6000, "TLS");
    const std::string wildcard = host("any", "*.example.com", Cert),
                      exact = host("db", "db.example.com", Cert2);
    return {
        {"TCP beside HTTP on one port is served since 2.4",
         listener("l", 8443, "HTTPS") + wildcard + tcpMapping("db", 8443, ", host: db.example.com"),
         chains,
         {"8443 tls *.example.com by any-context: any; 8443 clear: any",
          "8443 tls *.example.com by any-context: any; 8443 clear: any",
          "8443 tls db.example.com by any-context: cluster_db_5432_prod; 8443 tls *.example.com by "
          "any-context: any; "
          "8443 clear: any",
          "8443 tls db.example.com by any-context: cluster_db_5432_prod; 8443 tls *.example.com by "
          "any-context: any; "
          "8443 clear: any"}},
        {"until then that is said of the TCPMapping",
         listener("l", 8443, "HTTPS") + wildcard + tcpMapping("db", 8443, ", host: db.example.com"),
         complaints,
         {"db spec.port", "db spec.port", "", ""}},
        {"until 2.4 TCP is served by the name of each Host that it fits, since then by its own",
         tls + wildcard + exact + tcpMapping("db", 6000, ", host: db.example.com"),
         chains,
         {"6000 tls *.example.com by any-context: cluster_db_5432_prod; 6000 tls db.example.com by "
          "db-context: "
          "cluster_db_5432_prod",
          "6000 tls *.example.com by any-context: cluster_db_5432_prod; 6000 tls db.example.com by "
          "db-context: "
          "cluster_db_5432_prod",
          "6000 tls db.example.com by any-context: cluster_db_5432_prod",
          "6000 tls db.example.com by any-context: cluster_db_5432_prod"}},
        {"a TLSContext that lists its host is enough since 2.4",
         tls + exact + object("TLSContext", "ctx", "secret: cert, hosts: [q.example.com]")
             + tcpMapping("q", 6000, ", host: q.example.com"),
         chains,
         {"", "", "6000 tls q.example.com by ctx: cluster_q_5432_prod",
          "6000 tls q.example.com by ctx: cluster_q_5432_prod"}},
        {"two that fit one Host stand side by side until 2.4",
         tls + wildcard + tcpMapping("a", 6000, ", host: a.example.com")
             + tcpMapping("b", 6000, ", host: b.example.com"),
         chains,
         {"6000 tls *.example.com by any-context: cluster_b_5432_prod; 6000 tls *.example.com by "
          "any-context: "
          "cluster_a_5432_prod",
          "6000 tls *.example.com by any-context: cluster_b_5432_prod; 6000 tls *.example.com by "
          "any-context: "
          "cluster_a_5432_prod",
          "6000 tls b.example.com by any-context: cluster_b_5432_prod; 6000 tls a.example.com by "
          "any-context: "
          "cluster_a_5432_prod",
          "6000 tls b.example.com by any-context: cluster_b_5432_prod; 6000 tls a.example.com by "
          "any-context: "
          "cluster_a_5432_prod"}},
        {"by a Host that an error is said of it is served in clear text until 2.4",
         tls + object("TLSContext", "ctx", "secret: cert, hosts: [else.example.com]")
             + host("h", "db.example.com", SharedContext) + tcpMapping("db", 6000, ", host: db.example.com"),
         chains,
         {"6000 clear: cluster_db_5432_prod", "6000 clear: cluster_db_5432_prod",
          "6000 tls db.example.com by ctx: cluster_db_5432_prod",
          "6000 tls db.example.com by ctx: cluster_db_5432_prod"}},
        {"the star for every name until 2.4, too",
         tls + host("any", "*", Cert) + tcpMapping("db", 6000, ", host: db.example.com"),
         complaints,
         {"db spec.host", "db spec.host", "", ""}},
        {"clear text is the same in all",
         listener("l", 6000, "TCP") + wildcard + tcpMapping("db", 6000),
         chains,
         {"6000 clear: cluster_db_5432_prod", "6000 clear: cluster_db_5432_prod",
          "6000 clear: cluster_db_5432_prod", "6000 clear: cluster_db_5432_prod"}},
    };
}

std::vector<LevelCase> udpLevels()
{
    const std::string udp = object("Listener", "u",
                                   "port: 8443, protocolStack: [TLS, HTTP, UDP], securityModel: XFP, "
                                   "hostBinding: {namespace: {from: ALL}}");
    const auto ports = [](const edge::Config &config) {
        std::string text;
        for (const edge::Listener &one : config.listeners)
            text += one.listener.name + (one.udp ? " udp " : " tcp ");
        return text;
    };
    return {
        {"HTTP/3 came with 3, until which such a Listener was one of TCP",
         udp + host("h", "a.example.com", Cert),
         ports,
         {"u tcp ", "u tcp ", "u tcp ", "u udp "}},
        {"and has a port that another has",
         listener("a", 8443, "HTTPS") + udp + host("h", "a.example.com", Cert),
         ports,
         {"a tcp ", "a tcp ", "a tcp ", "a tcp u udp "}},
    };
}

std::vector<LevelCase> mappingLevels()
{
    const std::string one =
        host("one", "a.example.com", std::string(Routes) + ", mappingSelector: {matchLabels: {app: one}}");
    const std::string two =
        host("two", "b.example.com", std::string(Routes) + ", mappingSelector: {matchLabels: {app: two}}");
    const std::string longName = "a-service-with-a-name-that-is-rather-long-for-a-cluster.of-its-namespace";
    return {
        {"of hostname and labels one was enough until 3.2",
         inClear + one + labelled("m", "one", ", hostname: b.example.com"),
         served,
         {"probe m", "probe m", "probe m", "probe"}},
        {"labels that a Host selects by part groups since 3",
         inClear + one + two + labelled("m", "one", "") + labelled("p", "two", ""),
         groups,
         {"m: m p", "m: m p", "m: m p", "p: p; m: m"}},
        {"long names of clusters have a number, since 3 a hash before it",
         object("Mapping", "m", "prefix: /m/, hostname: '*', service: " + longName),
         clusterNames,
         {"cluster_a_service_with_a_name_that_is_ra-0", "cluster_a_service_with_a_name_that_is_ra-0",
          "cluster_a_service_with_a_name_that_is_ra-0",
          "cluster_a_service_with_a_name_that_is_ra-31FE122C8AC38865-0"}},
        {"an Ingress names a port of a Service since 3",
         "---\n{apiVersion: v1, kind: Service, metadata: {name: s, namespace: prod}, spec: {ports: [{name: "
         "web, port: "
         "81}]}}\n---\n{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: i, namespace: "
         "prod, "
         "annotations: {kubernetes.io/ingress.class: ambassador}}, spec: {rules: [{http: {paths: [{path: "
         "/i/, "
         "pathType: Prefix, backend: {service: {name: s, port: {name: web}}}}]}}]}}\n",
         services,
         {"s.prod:web", "s.prod:web", "s.prod:web", "s.prod:81"}},
    };
}

std::vector<LevelCase> serviceLevels()
{
    const std::string auth =
        object("AuthService", "au", "auth_service: auth, proto: http, protocol_version: v3, stats_name: st");
    return {
        {"CORS comes before the AuthService since 2.3",
         auth,
         filters,
         {"ext_authz cors router", "cors ext_authz router", "cors ext_authz router",
          "cors ext_authz router"}},
        {"stats_name of services came with 2.4",
         auth + object("RateLimitService", "rl", "service: rls, protocol_version: v3, stats_name: limits"),
         statNames,
         {"auth rls", "auth rls", "st limits", "st limits"}},
        {"a LogService speaks v2 until 2.3",
         object("LogService", "ls", "service: ls, driver: tcp, driver_config: {}, protocol_version: v3"),
         logVersion,
         {"as Envoy likes", "V3", "V3", "V3"}},
        {"which is also what one says that names no version, where that is taken at all",
         object("LogService", "ls", "service: ls, driver: tcp, driver_config: {}"),
         logVersion,
         {"as Envoy likes", "V2", "V2", "no log"}},
        {"which cannot log headers by its driver tcp",
         object("LogService", "ls",
                "service: ls, driver: tcp, protocol_version: v3, driver_config: {additional_log_headers: "
                "[{header_name: x-a}]}"),
         complaints,
         {"ls spec.driver_config.additional_log_headers", "ls spec.driver_config.additional_log_headers",
          "ls spec.driver_config.additional_log_headers", "ls spec.driver_config.additional_log_headers"}},
        {"and is not used then",
         object("LogService", "ls",
                "service: ls, driver: tcp, protocol_version: v3, driver_config: {additional_log_headers: "
                "[{header_name: x-a}]}"),
         logVersion,
         {"no log", "no log", "no log", "no log"}},
        {"a Module authentication is an AuthService of old",
         object("Module", "authentication", "config: {auth_service: x}"),
         filters,
         {"ext_authz cors router", "cors ext_authz router", "cors ext_authz router",
          "cors ext_authz router"}},
        {"which asks nobody by v2 where that is gone",
         object("Module", "authentication", "config: {auth_service: x, proto: grpc, nonsense: 1}"),
         complaints,
         {"", "", "", "authentication spec.config.protocol_version"}},
        {"one LogService is used, and it is the first",
         object("LogService", "lb", "service: b, driver: tcp, protocol_version: v3, driver_config: {}")
             + object("LogService", "la", "service: a, driver: tcp, protocol_version: v3, driver_config: {}"),
         complaints,
         {"lb ", "lb ", "lb ", "lb "}},
        {"whose address is used, where null is said, Envoy decides: not the connection's",
         inClear + host("h", "*", Routes)
             + object("Module", "ambassador", "config: {use_remote_address: null}"),
         [](const edge::Config &config) -> std::string {
             return config.listeners.at(0).http.useRemoteAddress ? "the connection's"
                                                                 : "the last of the header";
         },
         {"the last of the header", "the last of the header", "the last of the header",
          "the last of the header"}},
        {"a text is yes or no as Python has it",
         inClear + host("h", "*", Routes)
             + object("Module", "ambassador",
                      "config: {merge_slashes: 'ON', strip_matching_host_port: x, proper_case: 'no'}"),
         httpSwitches,
         {"merge proper", "merge proper", "merge proper", "merge proper"}},
        {"Lightstep is gone since 3.4",
         object("TracingService", "ts", "service: ts, driver: lightstep, config: {access_token: t}"),
         statNames,
         {"ts", "ts", "ts", ""}},
        {"when custom_tags came",
         inClear + host("h", "*", Routes)
             + object("TracingService", "ts",
                      "service: ts, driver: zipkin, custom_tags: [{tag: t, literal: {value: v}}]"),
         customTags,
         {"", "", "", "t"}},
        {"and OpenTelemetry",
         object("TracingService", "ts", "service: ts, driver: opentelemetry"),
         statNames,
         {"", "", "", "ts"}},
        {"tag_headers of a TracingService are gone since 3.4",
         inClear + host("h", "*", Routes)
             + object("TracingService", "ts", "service: ts, driver: zipkin, tag_headers: [x-a]"),
         customTags,
         {"x-a", "x-a", "x-a", ""}},
        {"what a RateLimitService does when it fails came with 3",
         object("RateLimitService", "rl", "service: rls, protocol_version: v3, failure_mode_deny: true"),
         rateLimitFailure,
         {"lets pass", "lets pass", "lets pass", "denies"}},
        {"health checks of a Mapping came with 3",
         object("KubernetesEndpointResolver", "ep", "")
             + object("Mapping", "m",
                      "hostname: '*', prefix: /m/, service: m, resolver: ep, health_checks: "
                      "[{health_check: {http: {path: /}}}]"),
         healthChecks,
         {"none", "none", "none", "1"}},
        {"addresses of IPv6 are understood since 2.3",
         object("Mapping", "m", "hostname: '*', prefix: /m/, service: '[::1]:80'"),
         services,
         {"::1:80", "[::1]:80", "[::1]:80", "[::1]:80"}},
        {"and until then they are taken for a name without a namespace",
         object("Mapping", "m", "hostname: '*', prefix: /m/, service: '[::1]:80'", "other"),
         services,
         {"::1.other:80", "[::1]:80", "[::1]:80", "[::1]:80"}},
    };
}

std::string levelName(const testing::TestParamInfo<LevelCase> &info)
{
    std::string name = info.param.title;
    std::replace_if(
        name.begin(), name.end(), [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
    return name;
}

TEST(EmissaryLevelOf20, answersAsItsCompiler)
{
    const auto mapping = [](const std::string &spec) {
        return object("Mapping", "m", "prefix: /m/, service: s, " + spec);
    };
    const struct
    {
        const char *title;
        std::string yaml, wanted, since21;
    } rows[] = {
        {"one Mapping alone keeps its weight",
         inClear + host("h", "a.example.com", Routes) + mapping("hostname: a.example.com, weight: 20"),
         "probe m=20", "probe m"},
        {"a star takes none that is another star, the probes' included",
         inClear + host("h", "*.example.com", Routes) + mapping("hostname: '*'"), "", "probe m"},
        {"weights that come to more than a hundred stay as they were reached",
         inClear + host("h", "*", Routes)
             + object("Mapping", "m", "prefix: /m/, service: s, hostname: '*', weight: 20")
             + object("Mapping", "p", "prefix: /m/, service: t, hostname: '*', weight: 101")
             + object("Mapping", "o", "prefix: /m/, service: u, hostname: '*', weight: 30"),
         "probe m=20 o=50 p=101", "probe m=20 o=50 p=0"},
        {"a Mapping in force is served whatever is said of it",
         inClear + host("h", "*", Routes) + mapping("hostname: '*', outlier_detection: x"), "probe m",
         "probe"},
        {"but names it does",
         inClear + host("h", "*.example.com", Routes) + mapping("hostname: a.example.com"), "m", "probe m"},
        {"the star may be empty",
         inClear + host("h", "*example.com", Routes) + mapping("hostname: example.com"), "m", "probe"},
        {"a host_redirect has no hostname to be taken by",
         inClear + host("h", "*", Routes) + mapping("hostname: a.example.com, host_redirect: true"), "probe",
         "probe m"},
    };
    for (const auto &row : rows) {
        const auto objects = edge::parseYaml(row.yaml);
        ASSERT_TRUE(objects) << objects.error().message;
        edge::CompileOptions options;
        options.ambassadorNamespace = "prod";
        options.compat = edge::Compat::V2_0;
        EXPECT_EQ(served(edge::compile(*objects, options)), row.wanted) << row.title;
        options.compat = edge::Compat::V2_2;
        EXPECT_EQ(served(edge::compile(*objects, options)), row.since21) << row.title;
    }
}

INSTANTIATE_TEST_SUITE_P(Hosts, EmissaryLevel, testing::ValuesIn(hostLevels()), levelName);
INSTANTIATE_TEST_SUITE_P(Tcp, EmissaryLevel, testing::ValuesIn(tcpLevels()), levelName);
INSTANTIATE_TEST_SUITE_P(Udp, EmissaryLevel, testing::ValuesIn(udpLevels()), levelName);
INSTANTIATE_TEST_SUITE_P(Mappings, EmissaryLevel, testing::ValuesIn(mappingLevels()), levelName);
INSTANTIATE_TEST_SUITE_P(Services, EmissaryLevel, testing::ValuesIn(serviceLevels()), levelName);

} // namespace
