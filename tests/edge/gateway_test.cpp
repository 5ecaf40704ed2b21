// SPDX-License-Identifier: GPL-3.0-or-later
// The edge over real sockets: what reaches the upstream, what reaches the client, and what is said when
// something breaks.
#include "edge/config/compile.h"
#include "tests/edge/gateway_fixture.h"

#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

using edge::Config;
using edge::Exchange;
using edge::Route;
using namespace edge_test;

namespace {

class Gateway : public GatewayTest
{
};

constexpr std::string_view Words =
    "upstream connect error or disconnect/reset before headers. reset reason: ";

std::uint16_t refusingPort(asio::io_context &loop) // bound once, and closed again
{
    asio::ip::tcp::acceptor acceptor(loop, asio::ip::tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0));
    return acceptor.local_endpoint().port();
}

Route withRedirect(const std::string &prefix, edge::Redirect redirect)
{
    Route route = forwardTo(prefix, "");
    route.redirect = std::move(redirect);
    return route;
}

} // namespace

TEST_F(Gateway, forwardsByPrefixWithRewriteAndTellsTheUpstreamWhoAsked)
{
    ScriptedUpstream upstream(loop);
    serve("echo", upstream.port());
    Route route = forwardTo("/p/", "echo");
    route.prefixRewrite = "/";
    ASSERT_TRUE(apply(plainConfig({route})).empty());

    auto wanted = request("/p/x?q=1");
    wanted.head.headers.add("X-MixedCase", "kept");
    wanted.head.headers.add("X-Envoy-Internal", "true");
    const auto reply = fetch(wanted);
    ASSERT_TRUE(reply) << reply.error().message;
    EXPECT_EQ(reply->head.status, 200);
    EXPECT_EQ(reply->body, "echo GET /x?q=1 ");
    EXPECT_EQ(reply->head.reason, "OK") << "the upstream's own words are dropped";
    EXPECT_EQ(reply->head.headers.value("server"), "envoy");
    EXPECT_TRUE(reply->head.headers.has("date"));
    EXPECT_TRUE(reply->head.headers.has("x-envoy-upstream-service-time"));

    ASSERT_EQ(upstream.seen().size(), 1U);
    const edge::Headers &seen = upstream.seen()[0].head.headers;
    EXPECT_EQ(seen.value("host"), "any.test");
    EXPECT_EQ(seen.value("x-mixedcase"), "kept");
    EXPECT_EQ(seen.value("x-forwarded-for"), "127.0.0.1");
    EXPECT_EQ(seen.value("x-forwarded-proto"), "http");
    EXPECT_EQ(seen.value("x-envoy-original-path"), "/p/x?q=1");
    EXPECT_EQ(seen.value("x-envoy-expected-rq-timeout-ms"), "3000");
    EXPECT_EQ(seen.value("x-request-id").size(), 36U);
    EXPECT_FALSE(seen.has("x-envoy-internal")) << "an outsider may not claim to be inside";
    EXPECT_FALSE(seen.has("connection"));

    EXPECT_EQ(last().status, 200);
    EXPECT_EQ(last().flags, "");
    EXPECT_EQ(last().mapping.name, "echo-mapping");
    EXPECT_EQ(last().upstreamAddress, "127.0.0.1:" + std::to_string(upstream.port()));
    EXPECT_EQ(last().upstreamTarget, "/x?q=1");
}

TEST_F(Gateway, answers404WithoutABodyWhereNoRouteIs)
{
    apply(plainConfig({forwardTo("/p/", "echo")}));
    const auto reply = fetch(request("/other"));
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->head.status, 404);
    EXPECT_EQ(reply->body, "");
    EXPECT_EQ(reply->head.headers.value("content-length"), "0");
    EXPECT_FALSE(reply->head.headers.has("content-type"));
    EXPECT_EQ(last().flags, "NR");
}

TEST_F(Gateway, redirectsWithTheRoutesStatusAndKeepsTheQuery)
{
    edge::Redirect redirect;
    redirect.host = "redir.test";
    redirect.status = 307;
    apply(plainConfig({withRedirect("/r/", redirect)}));
    const auto reply = fetch(request("/r/x?y=1"));
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->head.status, 307);
    EXPECT_EQ(reply->head.headers.value("location"), "http://redir.test/r/x?y=1");
}

TEST_F(Gateway, redirectsWithTheRoutesResponseHeaders)
{
    edge::Redirect redirect;
    redirect.host = "redir.test";
    Route route = withRedirect("/r/", redirect);
    route.responseHeadersToAdd = {{"strict-transport-security", "max-age=1", true},
                                  {"x-status", "%RESPONSE_CODE% to %RESP(location)%", true},
                                  {"server", "mine", false}};
    route.responseHeadersToRemove = {"date", "server"}; // neither is there yet
    apply(plainConfig({route}));
    const auto reply = fetch(request("/r/"));
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->head.status, 301);
    EXPECT_EQ(reply->head.headers.value("strict-transport-security"), "max-age=1");
    EXPECT_EQ(reply->head.headers.value("x-status"), "0 to http://redir.test/r/"); // Envoy knows no code yet
    EXPECT_EQ(reply->head.headers.value("server"), "envoy");
    EXPECT_TRUE(reply->head.headers.has("date"));
}

// A load balancer that ended TLS says https, and is believed with l7Depth 1 only.
TEST_F(Gateway, redirectsToTheSchemeThatABelievedBalancerSays)
{
    edge::Redirect redirect;
    redirect.host = "redir.test";
    for (const int hops : {0, 1}) {
        edge::Config config = plainConfig({withRedirect("/r/", redirect)});
        config.listeners[0].http.trustedHops = hops;
        apply(config);
        edge::ClientRequest wanted = request("/r/");
        wanted.head.headers.add("x-forwarded-proto", "https");
        const auto reply = fetch(wanted);
        ASSERT_TRUE(reply);
        EXPECT_EQ(reply->head.headers.value("location"),
                  hops == 1 ? "https://redir.test/r/" : "http://redir.test/r/");
    }
}

struct Breakage
{
    const char *name;
    Script script;
    int status;
    std::string reason;
    const char *flags;
};

class BrokenUpstream : public GatewayTest, public testing::WithParamInterface<Breakage>
{
};

TEST_P(BrokenUpstream, isToldInEnvoysWords)
{
    const Breakage &breakage = GetParam();
    ScriptedUpstream upstream(loop, breakage.script);
    serve("broken", breakage.script ? upstream.port() : refusingPort(loop));
    apply(plainConfig({forwardTo("/b/", "broken")}));
    const auto reply = fetch(request("/b/x"));
    ASSERT_TRUE(reply) << reply.error().message;
    EXPECT_EQ(reply->head.status, breakage.status);
    EXPECT_EQ(reply->body, std::string(Words) + breakage.reason);
    EXPECT_EQ(reply->head.headers.value("content-type"), "text/plain");
    EXPECT_EQ(last().flags, breakage.flags);
    EXPECT_NE(last().detail, "");
}

INSTANTIATE_TEST_SUITE_P(
    Gateway, BrokenUpstream,
    testing::Values(Breakage{"Refused", {}, 503, "remote connection failure", "UF"},
                    Breakage{"ClosedAfterTheRequest",
                             [](Peer &peer) -> asio::awaitable<void> { (void)co_await peer.request(); }, 503,
                             "connection termination", "UC"},
                    Breakage{"ClosedUnread", [](Peer &) -> asio::awaitable<void> { co_return; }, 503,
                             "connection termination", "UC"},
                    Breakage{"Reset",
                             [](Peer &peer) -> asio::awaitable<void> {
                                 (void)co_await peer.request();
                                 peer.stream().reset();
                             },
                             503, "connection termination", "UC"},
                    Breakage{"CutInTheHead",
                             [](Peer &peer) -> asio::awaitable<void> {
                                 (void)co_await peer.request();
                                 co_await peer.send("HTTP/1.1 200 OK\r\nx: ");
                             },
                             502, "protocol error", "UPE"},
                    Breakage{"Garbage",
                             [](Peer &peer) -> asio::awaitable<void> {
                                 (void)co_await peer.request();
                                 co_await peer.send("SSH-2.0-x\r\n\r\n");
                             },
                             502, "protocol error", "UPE"},
                    Breakage{"TwoLengths",
                             [](Peer &peer) -> asio::awaitable<void> {
                                 (void)co_await peer.request();
                                 co_await peer.send(
                                     "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab");
                             },
                             502, "protocol error", "UPE"}),
    [](const auto &tested) { return tested.param.name; });

TEST_F(Gateway, saysNoHealthyUpstreamWhereNoEndpointIs)
{
    apply(plainConfig({forwardTo("/p/", "nowhere")}));
    const auto reply = fetch(request("/p/"));
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->head.status, 503);
    EXPECT_EQ(reply->body, "no healthy upstream");
    EXPECT_EQ(last().flags, "UH");
}

// As Envoy 1.37 and 1.40 do: the code is not known yet, the flags are; what the edge itself adds comes behind.
TEST_F(Gateway, failsWithTheRoutesResponseHeaders)
{
    Route route = forwardTo("/p/", "nowhere");
    route.responseHeadersToAdd = {{"x-r", "%RESPONSE_CODE% %RESPONSE_FLAGS%.%RESP(server)%", true},
                                  {"content-type", "z/z", false},
                                  {"server", "mine", false}};
    route.responseHeadersToRemove = {"date", "content-length"}; // neither is there yet
    edge::Config config = plainConfig({route});
    config.listeners[0].http.serverName = "srv";
    apply(config);
    for (const bool isGrpc : {false, true}) {
        edge::ClientRequest wanted = request("/p/");
        if (isGrpc)
            wanted.head.headers.add("content-type", "application/grpc");
        const auto reply = fetch(wanted);
        ASSERT_TRUE(reply);
        const edge::Headers &headers = reply->head.headers;
        EXPECT_EQ(reply->head.status, isGrpc ? 200 : 503);
        EXPECT_EQ(headers.value("x-r"), "0 UH.");
        EXPECT_EQ(headers.value("server"), "srv");
        EXPECT_EQ(headers.value("content-type"), isGrpc ? "application/grpc" : "z/z");
        EXPECT_TRUE(headers.has("date"));
    }
}

TEST_F(Gateway, endsAnAnswerThatTakesTooLongWith504)
{
    ScriptedUpstream upstream(loop, [](Peer &peer) -> asio::awaitable<void> {
        (void)co_await peer.request();
        (void)co_await peer.request(); // waits for the edge to give up
    });
    serve("slow", upstream.port());
    Route route = forwardTo("/s/", "slow");
    route.timeoutMs = 80;
    apply(plainConfig({route}));
    const auto reply = fetch(request("/s/"));
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->head.status, 504);
    EXPECT_EQ(reply->body, "upstream request timeout");
    EXPECT_EQ(last().flags, "UT");
    EXPECT_NE(
        gateway->prometheusText().find("envoy_cluster_upstream_rq_timeout{envoy_cluster_name=\"slow\"} 1\n"),
        std::string::npos);
}

// Whose fault the silence is: the client's, while it has not sent all of its request.
TEST_F(Gateway, endsAnIdleExchangeWith408OrWith504)
{
    bool upstreamSawTheEnd = false;
    ScriptedUpstream upstream(loop, [&](Peer &peer) -> asio::awaitable<void> {
        std::optional<SeenRequest> seen = co_await peer.request();
        if (seen)
            seen = co_await peer.request();
        upstreamSawTheEnd = !seen.has_value();
    });
    serve("waits", upstream.port());
    Route route = forwardTo("/", "waits");
    route.idleTimeoutMs = 80;
    apply(plainConfig({route}));
    struct Silence
    {
        std::string request, status;
        int code = 0;
    };
    const std::string post = "POST / HTTP/1.1\r\nHost: a\r\n";
    const std::vector<Silence> rows{
        {post + "Content-Length: 1000\r\n\r\nonly this", "408 Request Timeout", 408},
        {post + "Content-Length: 1000\r\n\r\n", "408 Request Timeout", 408},
        {post + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", "408 Request Timeout", 408},
        {post + "Content-Length: 4\r\n\r\nbody", "504 Gateway Timeout", 504}};
    for (const Silence &row : rows) {
        const auto answer =
            raw({row.request}, row.code == 408 ? "" : "stream timeout"); // half a request ends its connection
        EXPECT_EQ(answer.bytes.find("HTTP/1.1 " + row.status + "\r\n"), 0U)
            << row.request << " -> " << answer.bytes;
        EXPECT_NE(answer.bytes.find("stream timeout"), std::string::npos) << answer.bytes;
        EXPECT_EQ(answer.closed, row.code == 408) << row.request;
        ASSERT_FALSE(m_exchanges.empty());
        EXPECT_EQ(last().status, row.code) << row.request;
        EXPECT_EQ(last().flags, "SI") << row.request;
        EXPECT_TRUE(std::exchange(upstreamSawTheEnd, false)) << row.request;
    }
}

// Else a program that is started meanwhile keeps them open, and nobody sees their end.
TEST_F(Gateway, leavesNoSocketToTheProgramsItStarts)
{
    ScriptedUpstream upstream(loop);
    serve("echo", upstream.port());
    apply(plainConfig({forwardTo("/", "echo")}));
    const auto ask = [](std::uint16_t to) -> asio::awaitable<std::shared_ptr<edge::Stream>> {
        auto stream = co_await edge::Stream::connect("127.0.0.1", to, edge::in(std::chrono::seconds(5)));
        (void)co_await stream->write("GET / HTTP/1.1\r\nHost: a\r\n\r\n", edge::in(std::chrono::seconds(5)));
        std::array<char, 4096> buffer{};
        (void)co_await stream->read(buffer.data(), buffer.size(), edge::in(std::chrono::seconds(5)));
        co_return std::make_shared<edge::Stream>(std::move(*stream));
    };
    const auto client = run(loop, ask(port())).value();
    int sockets = 0;
    for (int descriptor = 3; descriptor < 1024; ++descriptor) {
        sockaddr_in here{}, there{};
        socklen_t size = sizeof here, otherSize = sizeof there;
        if (::getsockname(descriptor, reinterpret_cast<sockaddr *>(&here), &size) != 0)
            continue;
        (void)::getpeername(descriptor, reinterpret_cast<sockaddr *>(&there), &otherSize);
        const bool isOurs = ntohs(here.sin_port) == port() || ntohs(there.sin_port) == port()
            || ntohs(there.sin_port) == upstream.port();
        if (!isOurs)
            continue;
        ++sockets;
        EXPECT_TRUE((::fcntl(descriptor, F_GETFD) & FD_CLOEXEC) != 0)
            << "from port " << ntohs(here.sin_port) << " to " << ntohs(there.sin_port) << ", listening on "
            << port();
    }
    EXPECT_EQ(sockets, 4)
        << "the listener, both ends of the client's connection, and the one to the upstream";
}

TEST_F(Gateway, reusesUpstreamConnectionsAndSurvivesTheirSilentEnd)
{
    ScriptedUpstream upstream(
        loop, [](Peer &peer) -> asio::awaitable<void> { // two answers a connection, then gone without a word
            for (int i = 0; i < 2; ++i) { // no co_await behind &&: GCC 12 evaluates it whatever stands before
                if (!co_await peer.request())
                    co_return;
                const std::string body = "from " + std::to_string(peer.number());
                co_await peer.answer(200, body);
            }
        });
    serve("two", upstream.port());
    apply(plainConfig({forwardTo("/", "two")}));
    std::string all;
    for (int i = 0; i < 5; ++i) {
        all += fetch(request("/")).value_or(edge::Reply{}).body + ";";
        settle(); // the end of a connection arrives; a request that overtakes it is answered 503, as by Envoy
    }
    EXPECT_EQ(all, "from 1;from 1;from 2;from 2;from 3;");
}

TEST_F(Gateway, streamsALargeBodyBothWays)
{
    ScriptedUpstream upstream(loop, [](Peer &peer) -> asio::awaitable<void> {
        while (const auto seen = co_await peer.request())
            co_await peer.answer(200, seen->body);
    });
    serve("mirror", upstream.port());
    apply(plainConfig({forwardTo("/", "mirror")}));
    std::string body;
    for (int i = 0; body.size() < 5'000'000; ++i)
        body += std::to_string(i) + ",";
    auto wanted = request("/", "POST", body);
    wanted.bodyLimit = 10'000'000;
    const auto reply = fetch(wanted);
    ASSERT_TRUE(reply) << reply.error().message;
    EXPECT_TRUE(reply->body == body) << reply->body.size() << " of " << body.size();
}

TEST_F(Gateway, forwardsChunksAndDropsTrailers)
{
    ScriptedUpstream upstream(loop);
    serve("echo", upstream.port());
    apply(plainConfig({forwardTo("/", "echo")}));
    const auto answer = raw({"POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab",
                             "c\r\n4;x=y\r\ndefg\r\n0\r\nT: v\r\n\r\n"},
                            "abcdefg");
    EXPECT_NE(answer.bytes.find("echo POST /c abcdefg"), std::string::npos) << answer.bytes;
    ASSERT_EQ(upstream.seen().size(), 1U);
    EXPECT_EQ(upstream.seen()[0].head.headers.value("transfer-encoding"), "chunked");
    EXPECT_FALSE(upstream.seen()[0].head.headers.has("t"));
}

TEST_F(Gateway, passesAnEarlyAnswerOnAndThenCloses)
{
    ScriptedUpstream upstream(loop, [](Peer &peer) -> asio::awaitable<void> {
        (void)co_await peer.h1().readHead(10'000, edge::in(std::chrono::seconds(5)));
        co_await peer.answer(413, "too much");
        (void)co_await peer.h1().readHead(10'000, edge::in(std::chrono::seconds(5)));
    });
    serve("early", upstream.port());
    apply(plainConfig({forwardTo("/", "early")}));
    const auto answer = raw({"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nonly this"});
    EXPECT_NE(answer.bytes.find("HTTP/1.1 413 Payload Too Large\r\n"), std::string::npos) << answer.bytes;
    EXPECT_NE(answer.bytes.find("\r\nconnection: close\r\n"), std::string::npos);
    EXPECT_TRUE(answer.closed);
}

TEST_F(Gateway, cutsAnAnswerWhoseBodyEndsEarly)
{
    ScriptedUpstream upstream(loop, [](Peer &peer) -> asio::awaitable<void> {
        (void)co_await peer.request();
        co_await peer.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n");
    });
    serve("cut", upstream.port());
    apply(plainConfig({forwardTo("/", "cut")}));
    const auto answer = raw({"GET / HTTP/1.1\r\nHost: a\r\n\r\n"});
    EXPECT_TRUE(answer.closed);
    EXPECT_EQ(answer.bytes.find("0\r\n\r\n"), std::string::npos)
        << "half an answer must not look whole: " << answer.bytes;
}

TEST_F(Gateway, givesUpTheUpstreamWhenTheClientLeaves)
{
    bool upstreamSawTheEnd = false;
    ScriptedUpstream upstream(loop, [&](Peer &peer) -> asio::awaitable<void> {
        (void)co_await peer.request();
        upstreamSawTheEnd = !(co_await peer.request()).has_value();
    });
    serve("waits", upstream.port());
    apply(plainConfig({forwardTo("/", "waits")}));
    const auto leave = [](std::uint16_t to) -> asio::awaitable<int> {
        auto stream = co_await edge::Stream::connect("127.0.0.1", to, edge::in(std::chrono::seconds(5)));
        (void)co_await stream->write("GET / HTTP/1.1\r\nHost: a\r\n\r\n", edge::in(std::chrono::seconds(5)));
        asio::steady_timer untilForwarded(stream->socket().get_executor(), std::chrono::milliseconds(50));
        asio::error_code ignored;
        co_await untilForwarded.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        co_return 0;
    };
    run(loop, leave(port()));
    for (int i = 0; i < 50 && m_exchanges.empty(); ++i) {
        loop.restart();
        loop.run_one_for(std::chrono::milliseconds(100));
    }
    settle();
    ASSERT_EQ(m_exchanges.size(), 1U);
    EXPECT_EQ(last().flags, "DC");
    EXPECT_TRUE(upstreamSawTheEnd);
}

TEST_F(Gateway, retriesWhatThePolicyNamesAndSendsTheBodyAgain)
{
    int calls = 0;
    ScriptedUpstream upstream(loop, [&](Peer &peer) -> asio::awaitable<void> {
        while (const auto seen = co_await peer.request()) {
            ++calls;
            co_await peer.answer(calls < 3 ? 503 : 200, "call " + std::to_string(calls) + " " + seen->body);
        }
    });
    serve("flaky", upstream.port());
    Route route = forwardTo("/", "flaky");
    route.retryPolicy = edge::RetryPolicy{"5xx", 2, {}};
    apply(plainConfig({route}));
    const auto reply = fetch(request("/", "POST", "payload"));
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->head.status, 200);
    EXPECT_EQ(reply->body, "call 3 payload");
}

TEST_F(Gateway, saysThatItRetriedWhenAllAttemptsFailed)
{
    ScriptedUpstream upstream(loop,
                              [](Peer &peer) -> asio::awaitable<void> { (void)co_await peer.request(); });
    serve("closes", upstream.port());
    Route route = forwardTo("/", "closes");
    route.retryPolicy = edge::RetryPolicy{"5xx", 1, {}};
    apply(plainConfig({route}));
    const auto reply = fetch(request("/"));
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->body,
              "upstream connect error or disconnect/reset before headers. retried and the latest reset "
              "reason: connection termination");
    EXPECT_EQ(last().flags, "URX,UC");
}

TEST_F(Gateway, retriesAfterAnAttemptThatRanOutOfItsTime)
{
    ScriptedUpstream upstream(loop, silentAtFirst());
    serve("slow", upstream.port());
    Route route = forwardTo("/", "slow");
    route.retryPolicy = edge::RetryPolicy{"5xx", 2, 100};
    apply(plainConfig({route}));
    const auto reply = fetch(request("/"));
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->head.status, 200) << reply->body << " " << last().detail;
    EXPECT_EQ(upstream.seen().size(), 2U);
}

TEST_F(Gateway, doesNotRetryABodyOfMoreThanAMegabyte)
{
    ScriptedUpstream upstream(loop, [](Peer &peer) -> asio::awaitable<void> {
        (void)co_await peer.request();
        if (peer.number() % 2 == 0)
            co_await peer.answer(200, "second");
    });
    serve("closes", upstream.port());
    Route route = forwardTo("/", "closes");
    route.retryPolicy = edge::RetryPolicy{"5xx", 1, {}};
    apply(plainConfig({route}));
    const auto reply = fetch(request("/", "POST", std::string(1024 * 1024, 'x')));
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->head.status, 200);
    EXPECT_EQ(upstream.connections(), 2);
    const auto longer = fetch(request("/", "POST", std::string(1024 * 1024 + 1, 'x')));
    ASSERT_TRUE(longer);
    EXPECT_EQ(longer->head.status, 503);
    EXPECT_EQ(upstream.connections(), 3);
}

TEST_F(Gateway, theClientReadsNoMoreThanItsLimit)
{
    ScriptedUpstream upstream(loop, [](Peer &peer) -> asio::awaitable<void> {
        (void)co_await peer.request();
        co_await peer.answer(200, std::string(1000, 'x'));
    });
    serve("long", upstream.port());
    apply(plainConfig({forwardTo("/", "long")}));
    edge::ClientRequest wanted = request("/");
    wanted.bodyLimit = 999;
    const auto cut = fetch(wanted);
    ASSERT_TRUE(cut);
    EXPECT_TRUE(cut->bodyCut);
    EXPECT_EQ(cut->body.size(), 999U);
    wanted.bodyLimit = 1000;
    const auto whole = fetch(wanted);
    ASSERT_TRUE(whole);
    EXPECT_FALSE(whole->bodyCut);
    EXPECT_EQ(whole->body.size(), 1000U);
}

TEST_F(Gateway, joinsWebSocketsAfterTheUpgrade)
{
    ScriptedUpstream upstream(loop, [](Peer &peer) -> asio::awaitable<void> {
        (void)co_await peer.request();
        co_await peer.send(
            "HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\nhello ");
        std::array<char, 100> buffer{};
        std::string got = peer.h1().takeBuffered();
        while (got.find('!') == std::string::npos) {
            const auto n =
                co_await peer.stream().read(buffer.data(), buffer.size(), edge::in(std::chrono::seconds(5)));
            if (!n || *n == 0)
                co_return;
            got.append(buffer.data(), *n);
        }
        co_await peer.send("you said " + got);
    });
    serve("ws", upstream.port());
    Route route = forwardTo("/ws/", "ws");
    route.upgrades = {"websocket"};
    apply(plainConfig({route, forwardTo("/no/", "ws")}));
    const std::string upgrade = "Host: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\r\n";
    const auto answer = raw({"GET /ws/ HTTP/1.1\r\n" + upgrade + "early, ", "late!"});
    EXPECT_EQ(answer.bytes.find("HTTP/1.1 101 Switching Protocols\r\n"), 0U) << answer.bytes;
    EXPECT_NE(answer.bytes.find("hello you said early, late!"), std::string::npos) << answer.bytes;
    EXPECT_TRUE(answer.closed);
    EXPECT_EQ(raw({"GET /no/ HTTP/1.1\r\n" + upgrade}).bytes.find("HTTP/1.1 403 Forbidden\r\n"), 0U);
}

TEST_F(Gateway, saysContinueItselfAndKeepsExpectFromTheUpstream)
{
    ScriptedUpstream upstream(loop);
    serve("echo", upstream.port());
    apply(plainConfig({forwardTo("/", "echo")}));
    const auto answer = raw(
        {"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n", "abc"}, "abc");
    EXPECT_EQ(answer.bytes.find("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"), 0U) << answer.bytes;
    ASSERT_EQ(upstream.seen().size(), 1U);
    EXPECT_FALSE(upstream.seen()[0].head.headers.has("expect"));
}

TEST_F(Gateway, countsInEnvoysNames)
{
    ScriptedUpstream upstream(loop);
    serve("echo", upstream.port());
    apply(plainConfig({forwardTo("/", "echo")}));
    (void)fetch(request("/a"));
    (void)fetch(request("/b"));
    const std::string text = gateway->prometheusText();
    for (const char *line :
         {"envoy_cluster_upstream_rq_total{envoy_cluster_name=\"echo\"} 2\n",
          "envoy_cluster_upstream_rq{envoy_response_code=\"200\",envoy_cluster_name=\"echo\"} 2\n",
          "envoy_cluster_upstream_rq_xx{envoy_response_code_class=\"2\",envoy_cluster_name=\"echo\"} 2\n",
          "envoy_cluster_upstream_cx_total{envoy_cluster_name=\"echo\"} 1\n",
          "envoy_http_downstream_rq_total{envoy_http_conn_manager_prefix=\"ingress_http\"} 2\n",
          "envoy_http_downstream_rq_xx{envoy_response_code_class=\"2\",envoy_http_conn_manager_prefix="
          "\"ingress_http\"} 2\n",
          "envoy_cluster_upstream_rq_time_count{envoy_cluster_name=\"echo\"} 2\n"})
        EXPECT_NE(text.find(line), std::string::npos) << line;
}

// From Emissary 2 on each cluster has an alt_stat_name, which Envoy counts under; two may share one.
TEST_F(Gateway, countsUnderTheStatName)
{
    ScriptedUpstream upstream(loop);
    serve("echo", upstream.port());
    serve("other", upstream.port());
    Config config = plainConfig({forwardTo("/a", "echo"), forwardTo("/b", "other")});
    for (const char *name : {"echo", "other"})
        config.clusters.edit(name).statName = "quote_80_default";
    apply(config);
    (void)fetch(request("/a"));
    (void)fetch(request("/b"));
    const std::string text = gateway->prometheusText();
    EXPECT_NE(text.find("envoy_cluster_upstream_rq_total{envoy_cluster_name=\"quote_80_default\"} 2\n"),
              std::string::npos)
        << text;
    EXPECT_EQ(text.find("envoy_cluster_name=\"echo\""), std::string::npos);
}

TEST_F(Gateway, opensAndClosesListenersAsTheConfigurationSays)
{
    ScriptedUpstream upstream(loop);
    serve("echo", upstream.port());
    Config config = plainConfig({forwardTo("/", "echo")});
    config.listeners.push_back(config.listeners[0]);
    config.listeners[1].port = 8443;
    apply(config);
    EXPECT_EQ(gateway->boundPorts().size(), 2U);
    const std::uint16_t kept = port(8080);
    const std::uint16_t closing = port(8443);
    EXPECT_EQ(fetch(request("/")).value_or(edge::Reply{}).head.status, 200);
    config.listeners.pop_back();
    apply(config);
    settle();
    EXPECT_EQ(gateway->boundPorts(), (std::map<std::uint16_t, std::uint16_t>{{8080, kept}}));
    auto toClosed = request("/");
    toClosed.port = closing;
    EXPECT_FALSE(fetch(toClosed));
}

// The one virtual host of such an edge is for every name, and yet a request must have one.
TEST_F(Gateway, anEdgeOf1xRefusesARequestWithoutAHost)
{
    const auto objects = edge::parseYaml(
        "{apiVersion: getambassador.io/v2, kind: Mapping, metadata: {name: m, namespace: default}, spec: "
        "{prefix: /m/, service: echo}}\n---\n{apiVersion: getambassador.io/v2, kind: Module, metadata: "
        "{name: "
        "ambassador, namespace: default}, spec: {config: {enable_http10: true}}}\n");
    ASSERT_TRUE(objects) << objects.error().message;
    edge::CompileOptions options;
    options.compat = edge::Compat::V1;
    options.ambassadorNamespace = "default";
    ScriptedUpstream upstream(loop);
    serve("cluster_echo_default", upstream.port());
    ASSERT_TRUE(apply(edge::compile(*objects, options)).empty());
    const struct
    {
        const char *head, *status;
    } rows[] = {
        {"GET /m/x HTTP/1.1\r\nX-A: b\r\n\r\n", " 400 "},
        {"GET /m/x HTTP/1.0\r\n\r\n", " 400 "},
        {"GET /ambassador/v0/check_alive HTTP/1.1\r\n\r\n", " 400 "},
        {"GET /m/x HTTP/1.1\r\nHost: any.name\r\nConnection: close\r\n\r\n", " 200 "},
        {"GET /m/x HTTP/1.0\r\nHost: any.name\r\n\r\n", " 200 "},
    };
    for (const auto &row : rows) {
        const RawAnswer answer = raw({row.head});
        EXPECT_EQ(answer.bytes.find(row.status), 8U) << row.head << answer.bytes; // behind HTTP/1.x
        EXPECT_TRUE(answer.closed) << row.head;
    }
    EXPECT_EQ(upstream.seen().size(), 2U);
}

// As Emissary since 3.0: nobody passes beside an AuthService with faults, on no route and none at all; its own probes and
// what CORS answers do.
TEST_F(Gateway, anAuthServiceWithFaultsLetsNobodyThrough)
{
    const auto objects = edge::parseYaml(
        "{apiVersion: getambassador.io/v3alpha1, kind: Listener, metadata: {name: l, namespace: default}, "
        "spec: "
        "{port: 8080, protocol: HTTP, securityModel: XFP, hostBinding: {namespace: {from: ALL}}}}\n---\n"
        "{apiVersion: getambassador.io/v3alpha1, kind: Host, metadata: {name: h, namespace: default}, spec: "
        "{hostname: '*', requestPolicy: {insecure: {action: Route}}}}\n---\n"
        "{apiVersion: getambassador.io/v3alpha1, kind: AuthService, metadata: {name: a, namespace: default}, "
        "spec: "
        "{auth_service: auth, proto: grpc}}\n---\n"
        "{apiVersion: getambassador.io/v3alpha1, kind: Mapping, metadata: {name: m, namespace: default}, "
        "spec: "
        "{hostname: '*', prefix: /m/, service: echo, cors: {origins: ['http://a.example']}}}\n---\n"
        "{apiVersion: getambassador.io/v3alpha1, kind: Mapping, metadata: {name: r, namespace: default}, "
        "spec: "
        "{hostname: '*', prefix: /r/, service: other.example, host_redirect: true}}\n");
    ASSERT_TRUE(objects) << objects.error().message;
    edge::CompileOptions options;
    options.ambassadorNamespace = "default";
    ASSERT_TRUE(apply(edge::compile(*objects, options)).empty());
    const struct
    {
        const char *method, *path;
        int status;
    } rows[] = {
        {"GET", "/m/", 500},     {"GET", "/r/", 500},
        {"GET", "/none/", 500},  {"GET", "/ambassador/v0/check_alive?x", 500},
        {"OPTIONS", "/m/", 200},
    };
    for (const auto &row : rows) {
        auto wanted = request(row.path);
        wanted.head.method = row.method;
        wanted.head.headers.add("origin", "http://a.example");
        wanted.head.headers.add("access-control-request-method", "GET");
        const auto reply = fetch(wanted);
        ASSERT_TRUE(reply) << reply.error().message;
        EXPECT_EQ(reply->head.status, row.status) << row.path;
        if (row.status == 500) {
            EXPECT_EQ(reply->head.headers.value("content-type"), "application/json");
        }
    }
    const auto probe = fetch(request("/ambassador/v0/check_alive"));
    ASSERT_TRUE(probe);
    EXPECT_NE(probe->head.status, 500);
}
