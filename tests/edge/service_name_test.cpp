// SPDX-License-Identifier: GPL-3.0-or-later
// Service strings and hostnames with a star: the tables of the corpus hold more of them.
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
    EXPECT_EQ(edge::qualifiedService("http://[::1]:80", {"prod", "ambassador", true, false, false}),
              "http://::1.prod:80")
        << "until 2.3 no address is known by its colons";
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
