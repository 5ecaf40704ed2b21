// SPDX-License-Identifier: GPL-3.0-or-later
// Heads and bodies read from a real socket, however the bytes are cut.
#include "edge/h1_connection.h"
#include "tests/edge/loop_runner.h"
#include "tests/edge/scripted_upstream.h"

#include <random>

using namespace edge_test;

namespace {

constexpr std::chrono::seconds Patience{5};

struct Read // two messages of one connection
{
    std::vector<std::string> heads, bodies;
    std::string problem;
};

asio::awaitable<Read> readAll(std::uint16_t port, std::vector<edge::BodyLength> lengths)
{
    Read read;
    auto stream = co_await edge::Stream::connect("127.0.0.1", port, edge::in(Patience));
    edge::H1Connection connection(std::move(*stream));
    for (const edge::BodyLength &length : lengths) {
        const auto head = co_await connection.readHead(1000, edge::in(Patience));
        if (!head) {
            read.problem = head.error().message;
            co_return read;
        }
        read.heads.push_back(*head);
        connection.startBody(length);
        std::string body;
        while (!connection.bodyEnded()) {
            const auto piece = co_await connection.readBody(edge::in(Patience));
            if (!piece) {
                read.problem = piece.error().message;
                co_return read;
            }
            body += *piece;
        }
        read.bodies.push_back(body);
    }
    co_return read;
}

Read readOf(const std::vector<std::string> &pieces, std::vector<edge::BodyLength> lengths)
{
    asio::io_context loop(1);
    ScriptedUpstream server(loop, [&](Peer &peer) -> asio::awaitable<void> {
        for (const std::string &piece : pieces)
            co_await peer.send(piece);
    });
    return run(loop, readAll(server.port(), std::move(lengths))).value_or(Read{});
}

using Kind = edge::BodyLength::Kind;

} // namespace

TEST(H1Connection, readsMessagesOneAfterTheOtherHoweverTheyAreCut)
{
    const std::string bytes =
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhelloHTTP/1.1 200 OK\r\ntransfer-encoding: "
        "chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n\r\nto the end";
    std::mt19937 random(3);
    for (int round = 0; round < 60; ++round) {
        std::vector<std::string> pieces;
        for (std::size_t at = 0; at < bytes.size();) {
            const std::size_t size = round == 0 ? bytes.size() : 1 + random() % 17;
            pieces.push_back(bytes.substr(at, size));
            at += size;
        }
        const Read read = readOf(pieces, {{Kind::Known, 5}, {Kind::Chunked, 0}, {Kind::UntilClose, 0}});
        EXPECT_EQ(read.problem, "");
        EXPECT_EQ(read.bodies, (std::vector<std::string>{"hello", "abcde", "to the end"}));
    }
}

TEST(H1Connection, saysWhereAMessageWasCut)
{
    EXPECT_EQ(readOf({"HTTP/1.1 200 OK\r\nx: "}, {{Kind::None, 0}}).problem,
              "closed in the middle of a head");
    EXPECT_EQ(readOf({"HTTP/1.1 200 OK\r\n\r\nabc"}, {{Kind::Known, 5}}).problem,
              "closed in the middle of a body");
    EXPECT_EQ(readOf({"HTTP/1.1 200 OK\r\n\r\n5\r\nabc"}, {{Kind::Chunked, 0}}).problem,
              "closed in the middle of a body");
    EXPECT_EQ(readOf({}, {{Kind::None, 0}}).heads, std::vector<std::string>{""})
        << "closed before anything was sent";
    EXPECT_EQ(readOf({"HTTP/1.1 200 OK\r\nx: " + std::string(20'000, 'a')}, {{Kind::None, 0}}).problem,
              "a head of more than 1000 bytes");
}

TEST(H1Connection, doesNotWaitForABlankLineAfterWhatIsNoHead)
{
    asio::io_context loop(1);
    for (const std::string text : {"HELLO\r\n", "GET / HTTP/1.1\nHost: a\n", "\n", "GET /old\r\n"}) {
        ScriptedUpstream server(loop, [&](Peer &peer) -> asio::awaitable<void> {
            co_await peer.send(text);
            (void)co_await peer.request(); // stays open
        });
        const auto started = edge::Clock::now();
        const Read read = run(loop, readAll(server.port(), {{Kind::None, 0}})).value_or(Read{});
        EXPECT_EQ(read.heads.size(), 1U) << text << read.problem;
        EXPECT_LT(edge::Clock::now() - started, std::chrono::seconds(3)) << text;
        for (const std::string &head : read.heads)
            EXPECT_FALSE(edge::parseRequestHead(head, 100)) << text;
    }
}
