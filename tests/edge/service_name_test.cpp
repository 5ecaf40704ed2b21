// SPDX-License-Identifier: GPL-3.0-or-later
// Service strings and hostnames with a star: the tables of the corpus hold more of them.
#include "edge/config/compile.h"
#include "edge/config/host_globs.h"
#include "edge/config/service_name.h"

#include <gtest/gtest.h>

TEST(ServiceName, isCutIntoSchemeHostAndPort)
{
    const struct
    {
        const char *service, *scheme, *host;
        int port;
        bool sound;
        bool stopsTheEdge = false;
    } rows[] = {
        {"quote", "", "quote", 0, true},
        {"HTTPS://Quote.Prod:8443/path", "https", "quote.prod", 8443, true},
        {"//quote:80", "", "quote", 80, true},
        {"[fe80::1]:443", "", "fe80::1", 443, true},
        {"http://[::1]", "http", "::1", 0, true},
        {"[fe80::1", "", "", 0, false, true},
        {"fe80::1]:80", "", "", 0, false, true},
        {"https://user@[::1/x", "https", "", 0, false, true},
        {"quote/[x", "", "quote", 0, true},
        {"quote:bar", "", "quote", 0, false},
        {"quote:99999", "", "quote", 0, false},
        {"https://", "https", "", 0, false},
        {"", "", "", 0, false},
        {"quote%zz", "", "quote%zz", 0, false},
    };
    for (const auto &row : rows) {
        const edge::ServiceName name = edge::parseService(row.service);
        EXPECT_EQ(name.scheme, row.scheme) << row.service;
        EXPECT_EQ(name.host, row.host) << row.service;
        EXPECT_EQ(name.port, row.port) << row.service;
        EXPECT_EQ(name.problem.empty(), row.sound) << row.service << ": " << name.problem;
        EXPECT_EQ(name.stopsTheEdge, row.stopsTheEdge) << row.service;
    }
}

// As 2.5.1, 3.9.1 and 4.1.0 answered: their clusters are there, without that port.
TEST(ServiceName, saysWhatComesOfABadOne)
{
    using edge::outcomeOf;
    using edge::parseService;
    const std::string usual = "; the edge leaves the port out and goes to 80, or 443 where it speaks TLS";
    EXPECT_EQ(outcomeOf(parseService("https://foo.bar:99999")), usual);
    EXPECT_EQ(outcomeOf(parseService("foo:http")), usual);
    EXPECT_EQ(outcomeOf(parseService("http://:80")), "; nothing can be reached there");
}

// As Emissary 4.1 and, the last three, Ambassador 1.11 answered themselves.
TEST(ServiceName, isWhatTheCompilerMakesOfIt)
{
    const struct
    {
        const char *service, *qualified, *problem;
        edge::ServiceReading reading = {};
    } rows[] = {
        {"%41.d", "A.d", ""},
        {"S%41.d", "sA.d", ""},
        {"a b.d", "a%20b.d", ""},
        {"http://%41.d:8", "http://A.d:8", ""},
        {"://s", "://s", "it has no hostname"},
        {"a_b://s.d", "a_b", ""},
        {"１.d", "%EF%BC%91.d", ""},
        {"s:１２", "s:１２", "the port '１２' is no number"},
        {"s:0000080", "s:80", ""},
        {"[foo]", "[foo]", "'foo' in brackets is no IPv6 address"},
        {"[1.2.3.4]", "[1.2.3.4]", "'1.2.3.4' in brackets is no IPv6 address"},
        {"[v1.x]", "v1.x", ""},
        {"[vx.x]", "[vx.x]", "'vx.x' in brackets is no IPv6 address"},
        {"[::1]x", "[::1]", ""},
        {"[fe80::1%25eth0]:8", "[fe80::1%25eth0]:8", ""},
        {"s.d:１２", "s.d:12", "", {false, false}},
        {"s.d: +1_0", "s.d:10", "", {false, false}},
        {"s.d:-1", "s.d:-1", "the port -1 is not between 0 and 65535", {false, false}},
        {"s.d:1__0", "s.d:1__0", "the port '1__0' is no number", {false, false}},
        {"[foo].bar", "foo", "", {false, false}},
        {"a%.d", "a%.d", "", {false, false}},
    };
    for (const auto &row : rows) {
        std::string problem;
        EXPECT_EQ(edge::qualifiedService(row.service, {"prod", "prod", true, false, row.reading}, &problem),
                  row.qualified);
        EXPECT_EQ(problem, row.problem) << row.service;
    }
}

TEST(ServiceName, getsTheNamespaceOfItsMapping)
{
    const edge::ServiceScope scope{"prod", "ambassador"};
    const struct
    {
        const char *service, *qualified;
    } rows[] = {{"quote", "quote.prod"},
                {"quote:80", "quote.prod:80"},
                {"https://quote", "https://quote.prod"},
                {"quote.dev", "quote.dev"},
                {"localhost:9", "localhost:9"},
                {"10.1.2.3", "10.1.2.3"},
                {"[::1]:80", "[::1]:80"},
                {"quote:bad:port", "quote:bad:port"}};
    for (const auto &row : rows)
        EXPECT_EQ(edge::qualifiedService(row.service, scope), row.qualified);
    EXPECT_EQ(edge::qualifiedService("quote", {"ambassador", "ambassador"}), "quote");
    EXPECT_EQ(edge::qualifiedService("quote", {"prod", "ambassador", false}), "quote")
        << "Consul knows no namespaces";
    EXPECT_EQ(edge::qualifiedService("quote", {"prod", "ambassador", true, true}), "quote");
    EXPECT_EQ(edge::qualifiedService("http://[::1]:80", {"prod", "ambassador", true, false, {false, false}}),
              "http://::1.prod:80")
        << "until 2.3 no address is known by its colons";
}

// One fault of a service is one finding.
TEST(ServiceName, isComplainedOfOnce)
{
    for (const char *service : {"[::1", "s:bar", "s:999999", "https://", "''"}) {
        for (const edge::Compat compat : {edge::Compat::V4, edge::Compat::V1}) {
            edge::CompileOptions options;
            options.compat = compat;
            options.ambassadorNamespace = "prod";
            int said = 0;
            for (const edge::Diagnostic &one :
                 edge::compile(
                     *edge::parseYaml("{apiVersion: getambassador.io/v2, kind: Mapping, metadata: {name: o, "
                                      "namespace: prod}, spec: {prefix: /, service: '"
                                      + std::string(service == std::string("''") ? "" : service) + "'}}"),
                     options)
                     .diagnostics)
                said += int(one.path == "spec.service");
            EXPECT_EQ(said, 1) << service << " in " << edge::compatName(compat);
        }
    }
}

TEST(HostGlobs, wereComparedByOneStarOnly)
{
    const struct
    {
        const char *glob, *name;
        bool takes;
    } rows[] = {{"*", "a.*", true},
                {"a.*", "*", false},
                {"*example.com", "example.com", true}, // an empty star
                {"*.example.com", "a.example.com", true},
                {"a.example.com", "*.example.com", true},
                {"*.example.com", "*.a.example.com", true},
                {"*.a.example.com", "*.example.com", false},
                {"*.example.com", "a.*", false},
                {"a.*", "a.b", true},
                {"a.b", "a.c", false},
                {"", "", true}};
    for (const auto &row : rows)
        EXPECT_EQ(edge::hostGlobTakes(row.glob, row.name), row.takes) << row.glob << " and " << row.name;
}

TEST(HostGlobs, fitWhereSomeHostnameFitsBoth)
{
    const struct
    {
        const char *a, *b;
        bool fits;
    } rows[] = {{"*", "a.example.com", true},
                {"*.example.com", "a.example.com", true},
                {"*.example.com", "example.com", false},
                {"*example.com", "example.com", false},
                {"a.*", "a.b", true},
                {"*.example.com", "a.*", true},
                {"a.b", "a.b", true},
                {"a.b", "A.b", false},
                {"*a*", "xax", false},
                {".a", "*a", false},
                {"", "a", false},
                {"*.a.com", "*.com", true}};
    for (const auto &row : rows) {
        EXPECT_EQ(edge::hostGlobsMatch(row.a, row.b), row.fits) << row.a << " and " << row.b;
        EXPECT_EQ(edge::hostGlobsMatch(row.b, row.a), row.fits) << row.b << " and " << row.a;
    }
}
