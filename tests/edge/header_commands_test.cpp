// SPDX-License-Identifier: GPL-3.0-or-later
// Envoy's commands in headers: what 1.37 and 1.40 answered to the same, row by row.
#include "edge/header_commands.h"

#include <gtest/gtest.h>

#include <map>

namespace {

using namespace edge;

struct World // a request that Envoy was sent, and what it then knew
{
    RequestHead request;
    ResponseHead response;
    ConnectionInfo connection;
    HttpOptions http;
    Cluster cluster;
    TlsFacts upstreamTls;
    HeaderFacts facts;

    World()
    {
        request.method = "GET";
        request.target = "/p/q?a=b&c=d";
        request.headers = Headers{{"host", "h.example"}, {"x-in", "inv"}, {"x-forwarded-proto", "http"}};
        response.status = 201;
        response.headers = Headers{{"x-up", "upv"}};
        connection.peerAddress = "10.0.0.7";
        connection.peerPort = 41000;
        connection.localAddress = "10.0.0.1";
        connection.listenerPort = 8080;
        cluster.name = "cluster_s1_d_d";
        cluster.statName = "s1_d";
        upstreamTls.version = "TLSv1.3";
        facts.request = &request;
        facts.connection = &connection;
        facts.http = &http;
        facts.cluster = &cluster;
        facts.startedAt =
            std::chrono::system_clock::time_point(std::chrono::microseconds(1'795'741'601'183'761));
    }
    void answer()
    {
        facts.response = &response;
        facts.upstreamAddress = "127.0.0.1:43447";
        facts.upstreamTls = &upstreamTls;
    }
    void redirect()
    {
        response.status = 301;
        response.headers = Headers{{"location", "http://x.y/"}};
        facts.response = &response;
        facts.cluster = nullptr;
        facts.isLocal = true;
    }
};

using Rows = std::map<std::string, std::string>;

void expectAll(const Rows &rows, const HeaderFacts &facts)
{
    for (const auto &[text, expanded] : rows) {
        EXPECT_EQ(expandCommands(text, facts), expanded) << text;
    }
}

TEST(HeaderCommands, ofARequest)
{
    World world;
    expectAll(
        {{"%PROTOCOL% %REQ(x-in)%", "HTTP/1.1 inv"},
         {"%REQ(nope)%", ""},
         {"%REQ(nope?X-In):2%", "in"},
         {"%REQ(x-in):0%", ""},
         {"%REQ(:PATH)%", "/p/q?a=b&c=d"},
         {"%REQ(:method)% %REQ(:scheme)% %REQ(:authority)% %REQ(Host)%", "GET http h.example h.example"},
         {"%REQ(:foo)%%RESP(x-up)%%RESP(:status)%%TRAILER(x)%", ""},
         {"%REQUEST_HEADER(x-in)%", "inv"},
         {"%PATH% %PATH(NQ)% %PATH(WQ):2% %PATH(WQ:ORIG)%", "/p/q?a=b&c=d /p/q /p "},
         {"%QUERY_PARAM(a)%%QUERY_PARAM(zz)%%QUERY_PARAM(c):1%", "bd"},
         {"%RESPONSE_CODE% %DURATION% %BYTES_SENT% %RESPONSE_FLAGS% %ACCESS_LOG_TYPE%", "0 0 0 - NotSet"},
         {"%RESPONSE_CODE_DETAILS%%ROUTE_NAME%%VIRTUAL_CLUSTER_NAME%%UPSTREAM_HOST%%UPSTREAM_PROTOCOL%", ""},
         {"%UPSTREAM_CLUSTER% %UPSTREAM_CLUSTER_RAW%", "s1_d cluster_s1_d_d"},
         {"%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT% %DOWNSTREAM_LOCAL_PORT%", "10.0.0.7 8080"},
         {"%DOWNSTREAM_REMOTE_ADDRESS% %DOWNSTREAM_REMOTE_PORT%", "10.0.0.7:41000 41000"},
         {"%DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT%", "10.0.0.1:8080 10.0.0.1"},
         {"%DOWNSTREAM_DIRECT_REMOTE_ADDRESS% %DOWNSTREAM_DIRECT_REMOTE_PORT%", "10.0.0.7:41000 41000"},
         {"%DOWNSTREAM_DIRECT_LOCAL_ADDRESS% %DOWNSTREAM_DIRECT_LOCAL_PORT%", "10.0.0.1:8080 8080"},
         {"%DOWNSTREAM_TLS_VERSION%%REQUESTED_SERVER_NAME%%DOWNSTREAM_PEER_SUBJECT%", ""},
         {"%START_TIME%", "2026-11-27T01:06:41.183Z"},
         {"%START_TIME(%Y-%m-%dT%H:%M:%S.%3fZ)%", "2026-11-27T01:06:41.183Z"},
         {"%START_TIME(%s %f %E3S %H%% %j %a %b %e)%", "1795741601 183761000 41.183 01% 331 Fri Nov 27"},
         {"100%%", "100%"},
         {"pre%REQ(nope)%post", "prepost"},
         {"%REQ(nope)%%RESPONSE_FLAGS%", "-"},
         {"%UNHEARD_OF% %REQ%", "%UNHEARD_OF% %REQ%"}, // Envoy takes no such configuration
         {"half %REQ(", "half %REQ("}},
        world.facts);
}

TEST(HeaderCommands, ofAnAnswer)
{
    World world;
    world.answer();
    expectAll({{"%RESPONSE_CODE% %RESPONSE_CODE_DETAILS% %RESP(:status)%", "201 via_upstream 201"},
               {"%RESP(x-up)% %RESPONSE_HEADER(none?X-Up)%", "upv upv"},
               {"%UPSTREAM_HOST% %UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT% %UPSTREAM_REMOTE_PORT%",
                "127.0.0.1:43447 127.0.0.1 43447"},
               {"%UPSTREAM_PROTOCOL% %UPSTREAM_TLS_VERSION% %UPSTREAM_PEER_SUBJECT%", "HTTP/1.1 TLSv1.3 "},
               {"%REQ(x-in)% %UPSTREAM_CLUSTER%", "inv s1_d"}},
              world.facts);
}

TEST(HeaderCommands, ofAPathThatIsRewritten)
{
    World world;
    world.answer();
    world.request.target = "/rw/x?a=b";
    world.request.headers.set("x-envoy-original-path", "/p/x?a=b");
    expectAll({{"%PATH% %PATH(NQ)% %PATH(NQ:PATH)% %PATH(WQ:ORIG)%", "/p/x?a=b /p/x /rw/x /p/x?a=b"},
               {"%REQ(:path)%", "/rw/x?a=b"}},
              world.facts);
}

TEST(HeaderCommands, ofARedirect)
{
    World world;
    world.redirect();
    expectAll({{"%RESPONSE_CODE% %RESPONSE_CODE_DETAILS% %RESP(:status)%", "0 direct_response 301"},
               {"%RESP(location)%", "http://x.y/"},
               {"%UPSTREAM_CLUSTER%%UPSTREAM_CLUSTER_RAW%%UPSTREAM_HOST%", ""}},
              world.facts);
}

TEST(HeaderCommands, ofClientsBehindProxies)
{
    World world;
    world.request.headers.set("x-forwarded-for", "1.1.1.1, 2.2.2.2");
    world.http.useRemoteAddress = false; // the last of the list is the one that spoke to the proxy before
    EXPECT_EQ(expandCommands("%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%", world.facts), "2.2.2.2");
    EXPECT_EQ(expandCommands("%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%", world.facts), "10.0.0.7");
    world.http.useRemoteAddress = true;
    world.request.headers.set("x-envoy-external-address", "1.1.1.1");
    EXPECT_EQ(expandCommands("%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%", world.facts), "1.1.1.1");
}

TEST(HeaderCommands, aClientThatIsOnlyToldHasNoPort)
{
    const std::string remote = "%DOWNSTREAM_REMOTE_ADDRESS% %DOWNSTREAM_REMOTE_PORT%";
    const struct
    {
        const char *forwarded; // as it is when rules run; the edge has added whom it has seen, if it does
        bool addsItself;
        int hops;
        const char *expected;
    } rows[] = {
        {"10.0.0.7", true, 0, "10.0.0.7:41000 41000"},
        {"1.1.1.1, 2.2.2.2,10.0.0.7", true, 0, "10.0.0.7:41000 41000"},
        {"1.1.1.1, 2.2.2.2,10.0.0.7", true, 1, "2.2.2.2:0 0"},
        {"10.0.0.7", true, 1, "10.0.0.7:41000 41000"},
        {"1.1.1.1, 2.2.2.2", false, 0, "2.2.2.2:0 0"},
        {"1.1.1.1, 2.2.2.2", false, 1, "1.1.1.1:0 0"},
        {"1.1.1.1, ::2", false, 0, "[::2]:0 0"},
        {"", false, 0, "10.0.0.7:41000 41000"},
    };
    for (const auto &row : rows) {
        World world;
        world.http.useRemoteAddress = row.addsItself;
        world.http.trustedHops = row.hops;
        if (*row.forwarded)
            world.request.headers.set("x-forwarded-for", row.forwarded);
        EXPECT_EQ(expandCommands(remote, world.facts), row.expected) << row.forwarded << " " << row.hops;
    }
}

TEST(HeaderCommands, aProxyHeaderTellsOtherEnds)
{
    World world;
    world.connection.direct = ConnectionEnds{"10.0.0.7", "10.0.0.1", 41000, 8080};
    world.connection.peerAddress = "9.9.9.9";
    world.connection.peerPort = 777;
    world.connection.localAddress = "8.8.8.8";
    world.connection.localPort = 888;
    expectAll({{"%DOWNSTREAM_REMOTE_ADDRESS% %DOWNSTREAM_LOCAL_ADDRESS%", "9.9.9.9:777 8.8.8.8:888"},
               {"%DOWNSTREAM_LOCAL_PORT% %DOWNSTREAM_REMOTE_PORT%", "888 777"},
               {"%DOWNSTREAM_DIRECT_REMOTE_ADDRESS% %DOWNSTREAM_DIRECT_LOCAL_ADDRESS%",
                "10.0.0.7:41000 10.0.0.1:8080"}},
              world.facts);
}

TEST(HeaderCommands, ofClientsWithCertificates)
{
    World world;
    PeerCertificate leaf;
    leaf.subject = "CN=c";
    leaf.serial = "0a";
    leaf.fingerprint = "ff";
    leaf.uriNames = {"spiffe://a", "spiffe://b"};
    leaf.dnsNames = {"a.b"};
    leaf.notBefore = 1'795'741'601;
    world.connection.tls = TlsFacts{"TLSv1.2", "ECDHE-RSA-AES128-GCM-SHA256", "", "h.example", {leaf, leaf}};
    expectAll({{"%DOWNSTREAM_TLS_VERSION% %DOWNSTREAM_TLS_CIPHER%", "TLSv1.2 ECDHE-RSA-AES128-GCM-SHA256"},
               {"%REQUESTED_SERVER_NAME%", "h.example"},
               {"%DOWNSTREAM_PEER_SUBJECT% %DOWNSTREAM_PEER_SERIAL%", "CN=c 0a"},
               {"%DOWNSTREAM_PEER_URI_SAN% %DOWNSTREAM_PEER_DNS_SAN%", "spiffe://a,spiffe://b a.b"},
               {"%DOWNSTREAM_PEER_CHAIN_SERIALS% %DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_256%", "0a,0a ff,ff"},
               {"%DOWNSTREAM_PEER_CERT_V_START(%Y)%", "2026"}},
              world.facts);
}

} // namespace
