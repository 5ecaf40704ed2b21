// SPDX-License-Identifier: GPL-3.0-or-later
// The edge while things change under it: tables swapped under load, breakers, shadows, TCP, answers cut anywhere.
#include "tests/edge/gateway_fixture.h"

#include <random>

using namespace edge_test;

namespace {

class GatewayLoad : public GatewayTest
{
};

asio::awaitable<int> askOften(edge::ClientRequest wanted, int times, std::map<std::string, int> &answers)
{
    for (int i = 0; i < times; ++i) {
        const auto reply = co_await edge::fetch(wanted);
        ++answers[reply ? std::to_string(reply->head.status) + " " + reply->body : reply.error().message];
    }
    co_return 0;
}

} // namespace

TEST_F(GatewayLoad, losesNoRequestWhileTablesAreSwapped)
{
    ScriptedUpstream one(loop, echo("one"));
    ScriptedUpstream two(loop, echo("two"));
    serve("one", one.port());
    serve("two", two.port());
    const edge::Config toOne = plainConfig({forwardTo("/", "one")});
    const edge::Config toTwo = plainConfig({forwardTo("/", "two")});
    apply(toOne);
    std::map<std::string, int> answers;
    int running = 0;
    for (int client = 0; client < 8; ++client) {
        ++running;
        asio::co_spawn(loop, askOften(request("/x"), 50, answers),
                       [&](const std::exception_ptr &problem, int) {
                           EXPECT_FALSE(problem);
                           --running;
                       });
    }
    int swaps = 0;
    loop.restart();
    while (running > 0 && loop.run_one_for(std::chrono::seconds(10)) > 0) {
        if (++swaps % 40 == 0)
            apply(swaps % 80 == 0 ? toOne : toTwo);
    }
    EXPECT_EQ(answers["200 one GET /x "] + answers["200 two GET /x "], 400);
    EXPECT_GT(answers["200 one GET /x "], 0);
    EXPECT_GT(answers["200 two GET /x "], 0);
    EXPECT_EQ(answers.size(), 2U) << answers.begin()->first;
}

TEST_F(GatewayLoad, passesAnswersOnHoweverTheyAreCut)
{
    std::mt19937 random(11);
    std::string body;
    ScriptedUpstream upstream(loop, [&](Peer &peer) -> asio::awaitable<void> {
        while (co_await peer.request()) {
            std::string bytes = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
            body.clear();
            for (int i = 0; i < 20; ++i) {
                const std::string piece(1 + random() % 300, char('a' + i));
                body += piece;
                bytes += edge::chunk(piece);
            }
            bytes += "0\r\n\r\n";
            for (std::size_t at = 0; at < bytes.size();) {
                const std::size_t size = 1 + random() % 200;
                co_await peer.send(bytes.substr(at, size));
                at += size;
            }
        }
    });
    serve("pieces", upstream.port());
    apply(plainConfig({forwardTo("/", "pieces")}));
    for (int round = 0; round < 20; ++round) {
        const auto reply = fetch(request("/"));
        ASSERT_TRUE(reply) << reply.error().message;
        EXPECT_EQ(reply->body, body);
    }
    EXPECT_EQ(upstream.connections(), 1) << "a chunked answer leaves its connection usable";
}

TEST_F(GatewayLoad, refusesWhatTheCircuitBreakersDoNotAllow)
{
    ScriptedUpstream upstream(loop);
    serve("echo", upstream.port());
    edge::Config config = plainConfig({forwardTo("/", "echo")});
    edge::CircuitBreaker breaker;
    breaker.maxPendingRequests = 0;
    config.clusters.edit("echo").circuitBreakers = {breaker};
    apply(config);
    const auto reply = fetch(request("/"));
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->head.status, 503);
    EXPECT_EQ(reply->body,
              "upstream connect error or disconnect/reset before headers. reset reason: overflow");
    EXPECT_EQ(reply->head.headers.value("x-envoy-overloaded"), "true");
    EXPECT_EQ(last().flags, "UO");
}

TEST_F(GatewayLoad, letsRequestsWaitForTheOneConnectionAllowed)
{
    ScriptedUpstream upstream(loop);
    serve("echo", upstream.port());
    edge::Config config = plainConfig({forwardTo("/", "echo")});
    edge::CircuitBreaker breaker;
    breaker.maxConnections = 1;
    config.clusters.edit("echo").circuitBreakers = {breaker};
    apply(config);
    std::map<std::string, int> answers;
    int running = 0;
    for (int client = 0; client < 5; ++client) {
        ++running;
        asio::co_spawn(loop, askOften(request("/x"), 10, answers),
                       [&](const std::exception_ptr &, int) { --running; });
    }
    loop.restart();
    while (running > 0 && loop.run_one_for(std::chrono::seconds(10)) > 0) { }
    EXPECT_EQ(answers["200 echo GET /x "], 50);
    EXPECT_EQ(upstream.connections(), 1);
}

TEST_F(GatewayLoad, sendsAShadowCopyBesideTheRealRequest)
{
    ScriptedUpstream main(loop, echo("main"));
    ScriptedUpstream shadow(loop, echo("shadow"));
    serve("main", main.port());
    serve("shadow", shadow.port());
    edge::Config config = plainConfig({forwardTo("/", "main"), forwardTo("/never", "shadow")});
    config.listeners[0].chains[0].virtualHosts[0].routes.edit(0).mirrorCluster = "shadow";
    apply(config);
    EXPECT_EQ(fetch(request("/x", "POST", "copy")).value_or(edge::Reply{}).body, "main POST /x copy");
    for (int i = 0; i < 100 && shadow.seen().empty(); ++i) {
        loop.restart();
        loop.run_one_for(std::chrono::milliseconds(100));
    }
    ASSERT_EQ(shadow.seen().size(), 1U);
    EXPECT_EQ(shadow.seen()[0].body, "copy");
    EXPECT_EQ(shadow.seen()[0].head.headers.value("host"), "any.test-shadow");
    EXPECT_EQ(shadow.seen()[0].head.headers.value("x-forwarded-for"), "127.0.0.1,127.0.0.1");
}

TEST_F(GatewayLoad, relaysTcpMappingsByteForByte)
{
    ScriptedUpstream upstream(loop, [](Peer &peer) -> asio::awaitable<void> {
        co_await peer.send("banner "); // the server may speak first
        std::array<char, 100> buffer{};
        const auto n =
            co_await peer.stream().read(buffer.data(), buffer.size(), edge::in(std::chrono::seconds(5)));
        co_await peer.send("<" + std::string(buffer.data(), n.value_or(0)) + ">");
    });
    serve("tcp", upstream.port());
    edge::Config config = plainConfig({forwardTo("/", "tcp")});
    config.listeners[0].chains[0].virtualHosts.clear();
    config.listeners[0].chains[0].tcpClusters = {{"tcp", 100}};
    apply(config);
    const RawAnswer answer = raw({"no http"});
    EXPECT_EQ(answer.bytes, "banner <no http>");
    EXPECT_TRUE(answer.closed);
}

TEST_F(GatewayLoad, believesThePeerThatAProxyHeaderNames)
{
    ScriptedUpstream upstream(loop);
    serve("echo", upstream.port());
    edge::Config config = plainConfig({forwardTo("/", "echo")});
    config.listeners[0].proxyProtocol = true;
    apply(config);
    const std::string get = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
    EXPECT_NE(raw({"PROXY TCP4 203.0.113.7 10.0.0.1 1 2\r\n" + get}, "GET /x").bytes.find("200 OK"),
              std::string::npos);
    EXPECT_EQ(raw({get}).bytes, "") << "without the header the connection is closed";
    ASSERT_EQ(upstream.seen().size(), 1U);
    EXPECT_EQ(upstream.seen()[0].head.headers.value("x-forwarded-for"), "203.0.113.7");
}
