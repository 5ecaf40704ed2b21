// SPDX-License-Identifier: GPL-3.0-or-later
// Rules of Ambassador 1.11 that no case of the corpus exercises, one row each: which chains there are and what they
// serve, said in few words.
#include "edge/config/compile.h"

#include <gtest/gtest.h>

#include <sstream>

namespace {

std::string object(const std::string &kind, const std::string &name, const std::string &spec)
{
    return "---\n{apiVersion: getambassador.io/v2, kind: " + kind + ", metadata: {name: " + name
        + ", namespace: prod}, spec: {" + spec + "}}\n";
}

std::string mapping(const std::string &name, const std::string &spec)
{
    return object("Mapping", name, "service: " + name + ", " + spec);
}

// One line a fact: what a chain serves to whom, what a route asks for, filters, and what is said.
std::string told(const edge::Config &config)
{
    std::ostringstream text;
    for (const edge::Listener &listener : config.listeners) {
        for (const edge::FilterChain &chain : listener.chains) {
            text << listener.port << (chain.tls ? " by " + chain.tlsContext : " in clear") << " for "
                 << (chain.serverNames.empty() ? "all" : chain.serverNames.front()) << ":";
            for (const auto &cluster : chain.tcpClusters)
                text << " " << cluster.cluster;
            std::ostringstream routes;
            std::string last;
            for (const edge::VirtualHost &host : chain.virtualHosts) {
                if (host.domains.size() > 1)
                    routes << host.domains[0] << " and " << host.domains[1] << " for "
                           << chain.serverNames.front() << "\n";
                for (const edge::Route &route : host.routes) {
                    if (route.mapping.kind.empty() || route.mapping.name == last)
                        continue;
                    last = route.mapping.name;
                    text << " " << last;
                    routes << "route " << last << ":";
                    for (const edge::ValueMatch &match : route.headers)
                        routes << " " << match.name << "=" << match.value;
                    routes << "\n";
                }
            }
            text << "\n" << routes.str();
        }
    }
    for (const edge::HttpFilter &filter : config.httpFilters)
        text << "filter " << filter.name << "\n";
    for (const edge::Diagnostic &one : config.diagnostics)
        text << (one.severity == edge::Diagnostic::Severity::Error ? "error " : "note ") << one.object.name
             << " " << one.path << (one.dropped ? " dropped" : "") << "\n";
    return text.str();
}

struct V1Case
{
    std::string title, yaml;
    std::vector<std::string> wanted, unwanted = {}; // lines; an unwanted one by its beginning
};

class AmbassadorRule : public testing::TestWithParam<V1Case>
{
};

TEST_P(AmbassadorRule, holds)
{
    const V1Case &row = GetParam();
    edge::CompileOptions options;
    options.compat = edge::Compat::V1;
    options.ambassadorNamespace = "prod";
    options.knownSecrets = {"cert.prod"};
    const auto objects = edge::parseYaml(row.yaml);
    ASSERT_TRUE(objects) << objects.error().message;
    const std::string text = "\n" + told(edge::compile(*objects, options));
    for (const std::string &line : row.wanted)
        EXPECT_NE(text.find("\n" + line + "\n"), std::string::npos) << "wanted: " << line << text;
    for (const std::string &line : row.unwanted)
        EXPECT_EQ(text.find("\n" + line), std::string::npos) << "not wanted: " << line << text;
}

std::vector<V1Case> contextRules()
{
    const std::string plainHost = object("Host", "h", "hostname: b.example.com");
    const std::string secretHost = object("Host", "h", "hostname: b.example.com, tlsSecret: {name: cert}");
    const std::string any = mapping("m", "prefix: /m/");
    return {
        {"a Host without a context takes the one that claims its hostname",
         plainHost + object("TLSContext", "t", "hosts: [tcp.example.com, b.example.com], secret: cert") + any,
         {"8443 by t for all: m", "8443 by t for tcp.example.com: m"},
         {"8443 in clear"}},
        {"and has no port for clear text by that",
         plainHost + object("TLSContext", "t", "hosts: [b.example.com], secret: cert") + any,
         {"8443 by t for all: m"},
         {"8080"}},
        {"even if it is another Host's",
         object("Host", "a", "hostname: b.example.com") + secretHost + any,
         {"8443 by h-context for all: m", "error h spec.hostname dropped"},
         {"8443 in clear"}},
        {"one without its certificate gives its hosts' names all the same",
         plainHost
             + object("TLSContext", "t",
                      "hosts: [a.example.com, c.example.com], secret: x, alpn_protocols: h2")
             + any,
         {"8443 in clear for a.example.com: m", "a.example.com and c.example.com for a.example.com"}},
        {"in clear text the first Host decides for all, which is said of those that want something else",
         object("Host", "a", "hostname: a.example.com, requestPolicy: {insecure: {action: Route}}")
             + object("Host", "b", "hostname: b.example.com, requestPolicy: {insecure: {action: Route}}")
             + object("Host", "c", "hostname: c.example.com, requestPolicy: {insecure: {action: Reject}}")
             + any,
         {"8080 in clear for all: m", "8080 in clear for c.example.com: m",
          "note c spec.requestPolicy.insecure.action"},
         {"note a", "note b"}},
        {"and so on the port for clear text beside TLS",
         object("Host", "a",
                "hostname: a.example.com, tlsSecret: {name: cert}, requestPolicy: {insecure: "
                "{action: Route}}")
             + secretHost + any,
         {"8080 in clear for all: m", "8080 in clear for b.example.com: m",
          "note h spec.requestPolicy.insecure.action"},
         {"note a"}},
        {"unless one is for every name",
         object("Host", "a", "hostname: a.example.com, requestPolicy: {insecure: {action: Route}}")
             + object("Host", "b", "hostname: '*', requestPolicy: {insecure: {action: Reject}}") + any,
         {"note a spec.requestPolicy.insecure.action"},
         {"note b"}},
        {"a Host in clear text beside TLS answers nobody",
         object("Host", "a",
                "hostname: a.example.com, tlsSecret: {name: cert}, requestPolicy: {insecure: "
                "{additionalPort: -1}}")
             + plainHost + any,
         {"8443 in clear for b.example.com: m", "note h spec.requestPolicy.insecure.action"},
         {"8080", "note a"}},
        {"a context that claims another hostname is not taken",
         plainHost + object("TLSContext", "t", "hosts: [a.example.com], secret: cert") + any,
         {"8443 in clear for all: m", "8443 by t for a.example.com: m"}},
        {"a TLSContext by the name of the Host's own keeps it from having one",
         secretHost + object("TLSContext", "h-context", "min_tls_version: v1.2") + any,
         {"8080 in clear for all: m"},
         {"8443"}},
        {"a Host whose own TLSContext has a name that is taken is not served by that",
         object("Host", "h", "hostname: b.example.com, tlsSecret: {name: cert}, tls: {min_tls_version: v1.2}")
             + object("TLSContext", "h-context", "hosts: [b.example.com], secret: cert") + any,
         {"error h spec.tls dropped", "8443 by h-context for all: m"},
         {"8080"}},
        {"a port for clear text is claimed before certificates are looked for",
         object("TLSContext", "a", "hosts: [a.example.com], redirect_cleartext_from: 9090")
             + object("TLSContext", "b",
                      "hosts: [b.example.com], redirect_cleartext_from: 8080, secret: cert")
             + any,
         {"8080 in clear for all: m", "error b spec.redirect_cleartext_from", "error a spec.secret"},
         {"8443"}},
        {"and a context that has lost it leaves its name to the Host's own",
         secretHost + object("TLSContext", "a", "redirect_cleartext_from: 9090, alpn_protocols: h2")
             + object("TLSContext", "h-context",
                      "hosts: [d.example.com], redirect_cleartext_from: 8080, secret: cert")
             + any,
         {"8443 by h-context for all: m"},
         {"8443 by h-context for d"}},
        {"a Host whose own TLSContext is in error is served in clear text, by its action",
         object("Host", "h", "hostname: b.example.com, tlsSecret: {name: cert}, tls: {ca_secret: gone}")
             + any,
         {"8080 in clear for all: m", "error h spec.tls.ca_secret"},
         {"8443", "error h spec.hostname"}},
        {"and so where it names it",
         object("Host", "h", "hostname: b.example.com, tlsSecret: {name: cert}, tlsContext: {name: t}")
             + object("TLSContext", "t", "secret: cert, ca_secret: gone") + any,
         {"8080 in clear for all: m", "error t spec.ca_secret"},
         {"8443", "error h spec.hostname"}},
        {"one that is kept in error opens no port for clear text",
         object("Host", "h", "hostname: b.example.com, tlsSecret: {name: cert}, tlsContext: {name: t}")
             + object("TLSContext", "t", "secret: cert, ca_secret: gone, alpn_protocols: h2") + any,
         {"8443 in clear for all: m", "error t spec.ca_secret"},
         {"8080", "error h spec.hostname"}},
        {"and leaves its hostname to the next one",
         object("Host", "h", "hostname: b.example.com, tlsSecret: {name: cert}")
             + object(
                 "TLSContext", "t",
                 "hosts: [a.example.com, b.example.com], secret: cert, ca_secret: gone, alpn_protocols: h2")
             + any,
         {"8443 by h-context for all: m", "8443 in clear for a.example.com: m", "8080 in clear for all: m"},
         {"error h"}},
        {"and serves it only if it claims its hostname",
         secretHost + object("TLSContext", "h-context", "hosts: [b.example.com], secret: cert") + any,
         {"8443 by h-context for all: m"},
         {"8080", "8443 in clear"}},
    };
}

std::vector<V1Case> portRules()
{
    const std::string context = object("TLSContext", "t", "hosts: [a.example.com], secret: cert");
    const auto tcp = [](const std::string &name, const std::string &spec) {
        return object("TCPMapping", name, "port: 6000, service: " + name + spec);
    };
    const std::string overrides =
        ", error_response_overrides: [{on_status_code: 404, body: {text_format: x}}]";
    return {
        {"TLS of a port is that of the TCPMapping made last",
         context + tcp("a", "") + tcp("b", ", host: a.example.com"),
         {"6000 by t for a.example.com: cluster_b_prod", "6000 by t for all: cluster_a_prod"}},
        {"a TCPMapping's resolver is not read",
         tcp("a", ", resolver: nowhere"),
         {"6000 in clear for all: cluster_a_prod", "note a spec.resolver"},
         {"error"}},
        {"whatever the hosts of the others",
         context + tcp("a", ", host: a.example.com") + tcp("b", ""),
         {"6000 in clear for all: cluster_b_prod", "error a spec.port dropped"},
         {"6000 by"}},
        {"a context for another hostname serves the Host that names it",
         context
             + object("Host", "h", "hostname: b.example.com, tlsSecret: {name: cert}, tlsContext: {name: t}")
             + mapping("m", "prefix: /m/"),
         {"8443 by t for all: m", "8443 by t for a.example.com: m", "error h spec.hostname"},
         {"8080"}},
        {"errors of a Mapping have a filter",
         mapping("m", "prefix: /m/" + overrides),
         {"filter envoy.filters.http.response_map"}},
        {"but not those of a shadow",
         mapping("m", "prefix: /m/, shadow: true" + overrides),
         {},
         {"filter envoy.filters.http.response_map"}},
        {"nor of a redirect",
         mapping("m", "prefix: /m/, host_redirect: true" + overrides),
         {},
         {"filter envoy.filters.http.response_map"}},
    };
}

std::vector<V1Case> routeRules()
{
    const std::string plainHost = object("Host", "h", "hostname: c.example.com");
    const std::string context =
        object("TLSContext", "t", "hosts: [a.example.com, b.example.com], secret: cert");
    const std::string star = object("Host", "s", "hostname: '*'");
    const std::string prune = object("Module", "ambassador", "config: {prune_unreachable_routes: true}");
    return {
        {"a TLSContext binds the Mappings of its hosts to them",
         star + plainHost + context + mapping("m", "prefix: /m/, host: a.example.com"),
         {"8443 in clear for all: m", "8443 in clear for c.example.com:", "8443 by t for a.example.com: m",
          "8443 by t for b.example.com: m"}},
        {"one for all hosts does not",
         plainHost + object("TLSContext", "t", "hosts: ['*', a.example.com], secret: cert")
             + mapping("m", "prefix: /m/, host: a.example.com"),
         {"8443 in clear for c.example.com: m", "8443 by t for all: m", "8443 by t for a.example.com: m"}},
        {"of two that name a host the first counts",
         star + plainHost + context
             + object("TLSContext", "u", "hosts: [a.example.com, d.example.com], secret: cert")
             + mapping("m", "prefix: /m/, host: a.example.com"),
         {"8443 by t for b.example.com: m", "8443 by u for d.example.com:"}},
        {"a redirect is bound to none",
         star + plainHost + context + mapping("m", "prefix: /m/, host: a.example.com, host_redirect: true"),
         {"8443 in clear for c.example.com: m", "8443 by t for a.example.com: m"}},
        {"what answers the challenges of ACME is everywhere",
         star + plainHost + context
             + mapping("m", "prefix: /.well-known/acme-challenge/, host: a.example.com"),
         {"8443 in clear for c.example.com: m"}},
        {"host and a header for the host are two conditions",
         mapping("m", "prefix: /m/, host: b.example.com, headers: {':authority': a.example.com}"),
         {"route m: :authority=a.example.com :authority=b.example.com x-forwarded-proto=https"}},
        {"which stand in the order in which they are written",
         mapping("m", "prefix: /m/, headers: {':authority': a.example.com, x-a: '1'}"),
         {"route m: :authority=a.example.com x-a=1 x-forwarded-proto=https"}},
        {"a host with a star is reached by nobody where such routes are pruned",
         prune + star + object("Host", "w", "hostname: '*.example.com'")
             + mapping("m", "prefix: /m/, host: '*.example.com'"),
         {"8080 in clear for all: m", "8080 in clear for *.example.com:"}},
    };
}

std::string asName(const testing::TestParamInfo<V1Case> &row)
{
    std::string name;
    for (const char c : row.param.title)
        name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
    return name;
}

INSTANTIATE_TEST_SUITE_P(Contexts, AmbassadorRule, testing::ValuesIn(contextRules()), asName);
INSTANTIATE_TEST_SUITE_P(Ports, AmbassadorRule, testing::ValuesIn(portRules()), asName);
INSTANTIATE_TEST_SUITE_P(Routes, AmbassadorRule, testing::ValuesIn(routeRules()), asName);

} // namespace
