// SPDX-License-Identifier: GPL-3.0-or-later
// HTTP/1.1 heads and bodies as text: what two readers could understand differently is refused.
#include "edge/h1_codec.h"

#include <gtest/gtest.h>

#include <random>

using namespace edge;

namespace {

struct BadHead
{
    const char *name;
    std::string text;
    int status;
};

class RefusedRequest : public testing::TestWithParam<BadHead>
{
};

int statusOf(const std::string &head) // 0: a sound request with a sound body
{
    const auto parsed = parseRequestHead(head, 100);
    if (!parsed)
        return parsed.error().status;
    const auto length = bodyLength(*parsed);
    return length ? 0 : length.error().status;
}

std::string get(const std::string &lines) { return "GET / HTTP/1.1\r\nHost: a" + lines; }

Parsed<std::string> decode(std::string_view bytes, std::size_t pieceSize)
{
    ChunkDecoder decoder;
    std::string out;
    while (!bytes.empty() && !decoder.done()) {
        const auto used = decoder.decode(bytes.substr(0, pieceSize), out);
        if (!used)
            return tl::unexpected(used.error());
        bytes.remove_prefix(*used);
    }
    return decoder.done() ? Parsed<std::string>(out) : tl::unexpected(BadMessage{0, "incomplete"});
}

} // namespace

TEST_P(RefusedRequest, isAnsweredWithItsStatus)
{
    EXPECT_EQ(statusOf(GetParam().text), GetParam().status) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    H1Codec, RefusedRequest,
    testing::Values(
        BadHead{"LengthBesideEncoding", get("\r\nContent-Length: 3\r\nTransfer-Encoding: chunked"), 400},
        BadHead{"TwoLengths", get("\r\nContent-Length: 3\r\nContent-Length: 4"), 400},
        BadHead{"TwoEqualLengths", get("\r\nContent-Length: 3\r\nContent-Length: 3"), 400},
        BadHead{"LengthList", get("\r\nContent-Length: 3, 3"), 400},
        BadHead{"NegativeLength", get("\r\nContent-Length: -1"), 400},
        BadHead{"SignedLength", get("\r\nContent-Length: +3"), 400},
        BadHead{"HexLength", get("\r\nContent-Length: 0x3"), 400},
        BadHead{"HugeLength", get("\r\nContent-Length: 9223372036854775808"), 400},
        BadHead{"EmptyLength", get("\r\nContent-Length:"), 400},
        BadHead{"OtherEncoding", get("\r\nTransfer-Encoding: gzip"), 501},
        BadHead{"EncodingList", get("\r\nTransfer-Encoding: gzip, chunked"), 501},
        BadHead{"TwoEncodings", get("\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked"), 501},
        BadHead{"FoldedLine", get("\r\nX: a\r\n b"), 400},
        BadHead{"FoldedEncoding", get("\r\nTransfer-Encoding:\r\n chunked"), 400},
        BadHead{"SpaceBeforeColon", get("\r\nContent-Length : 3"), 400},
        BadHead{"BareLineFeed", get("\nX: 1"), 400},
        BadHead{"BareReturn", get("\r\nX: a\rContent-Length: 3"), 400},
        BadHead{"Nul", get(std::string("\r\nX: a\0b", 8)), 400}, BadHead{"NoColon", get("\r\nnonsense"), 400},
        BadHead{"EmptyName", get("\r\n: x"), 400}, BadHead{"NoHost", "GET / HTTP/1.1\r\nX: 1", 400},
        BadHead{"TwoHosts", get("\r\nHost: b"), 400}, BadHead{"Http10", "GET / HTTP/1.0\r\nHost: a", 426},
        BadHead{"Http12", "GET / HTTP/1.2\r\nHost: a", 426}, BadHead{"Http09", "GET /", 426},
        BadHead{"OneWord", "HELLO", 400}, BadHead{"TwoWords", "HELLO world", 400},
        BadHead{"LongVersion", "GET / HTTP/1.10\r\nHost: a", 400},
        BadHead{"FourthWord", "GET / HTTP/1.1 x\r\nHost: a", 400},
        BadHead{"SlashInHost", "GET / HTTP/1.1\r\nHost: a/b", 400},
        BadHead{"SpaceInHost", "GET / HTTP/1.1\r\nHost: a b", 400},
        BadHead{"ConnectToAPath", "CONNECT /x HTTP/1.1\r\nHost: a", 400},
        BadHead{"PathWithoutSlash", "GET e/x HTTP/1.1\r\nHost: a", 400},
        BadHead{"TwoSpaces", "GET  / HTTP/1.1\r\nHost: a", 400},
        BadHead{"SpaceInPath", "GET /a b HTTP/1.1\r\nHost: a", 400},
        BadHead{"TabInLine", "GET\t/\tHTTP/1.1\r\nHost: a", 400},
        BadHead{"RawNonAscii", "GET /\xc3\xa9 HTTP/1.1\r\nHost: a", 400},
        BadHead{"MethodNotAToken", "GE(T / HTTP/1.1\r\nHost: a", 400}),
    [](const auto &tested) { return tested.param.name; });

TEST(H1Codec, refusesMoreHeaderLinesThanAllowed)
{
    std::string head = "GET / HTTP/1.1\r\nHost: a";
    for (int i = 0; i < 99; ++i)
        head += "\r\nx-" + std::to_string(i) + ": 1";
    EXPECT_EQ(statusOf(head), 0);
    EXPECT_EQ(statusOf(head + "\r\none: more"), 431);
}

TEST(H1Codec, keepsWhatAHeadSays)
{
    const auto head = parseRequestHead(
        "PATCH /a?b=c HTTP/1.1\r\nHost: x:8080\r\nX-Empty:\r\nX-Tab:\t v \t\r\ncontent-length: 12", 100);
    ASSERT_TRUE(head);
    EXPECT_EQ(head->method, "PATCH");
    EXPECT_EQ(head->path(), "/a");
    EXPECT_EQ(head->query(), "b=c");
    EXPECT_EQ(head->headers.value("x-empty"), "");
    EXPECT_EQ(head->headers.value("X-TAB"), "v");
    EXPECT_EQ(bodyLength(*head)->bytes, 12U);
    const auto again =
        parseRequestHead(formatRequestHead(*head).substr(0, formatRequestHead(*head).size() - 4), 100);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->headers, head->headers);
}

TEST(H1Codec, knowsWhereAnAnswersBodyEnds)
{
    struct Case
    {
        const char *head;
        const char *method;
        BodyLength::Kind kind;
    };
    for (const Case &tested :
         {Case{"HTTP/1.1 200 OK\r\ncontent-length: 5", "GET", BodyLength::Kind::Known},
          Case{"HTTP/1.1 200 OK\r\ncontent-length: 5", "HEAD", BodyLength::Kind::None},
          Case{"HTTP/1.1 204 No Content\r\ncontent-length: 0", "GET", BodyLength::Kind::None},
          Case{"HTTP/1.1 304 Not Modified\r\ncontent-length: 5", "GET", BodyLength::Kind::None},
          Case{"HTTP/1.1 200", "GET", BodyLength::Kind::UntilClose},
          Case{"HTTP/1.0 200 OK\r\ntransfer-encoding: chunked", "GET", BodyLength::Kind::Chunked}}) {
        const auto head = parseResponseHead(tested.head, 100);
        ASSERT_TRUE(head) << tested.head;
        EXPECT_EQ(bodyLength(*head, tested.method)->kind, tested.kind) << tested.head;
    }
    for (const char *bad : {"HTTP/1.1 20 OK", "HTTP/1.1 2000 OK", "HTTP/1.1  200 OK", "HTTP/2 200",
                            "ICY 200 OK", "HTTP/1.1 099 x", ""})
        EXPECT_FALSE(parseResponseHead(bad, 100)) << bad;
}

TEST(H1Codec, readsChunksSplitAnywhere)
{
    const std::string bytes = "4\r\nWiki\r\n6;name=\"v\"\r\npedia \r\nE\r\nin "
                              "\r\n\r\nchunks.\r\n0\r\nTrailer: x\r\nOther: y\r\n\r\n";
    for (std::size_t size = 1; size <= bytes.size(); ++size)
        EXPECT_EQ(decode(bytes, size).value_or("refused"), "Wikipedia in \r\n\r\nchunks.")
            << "pieces of " << size;
}

TEST(H1Codec, refusesChunksThatOthersReadDifferently)
{
    for (const char *bad :
         {"3\nabc\r\n0\r\n\r\n", "0\r\nno colon\r\n\r\n", "3\r\nabcd\r\n0\r\n\r\n", "3 \r\nabc\r\n0\r\n\r\n",
          "+3\r\nabc\r\n0\r\n\r\n", "0x3\r\nabc\r\n0\r\n\r\n", "\r\nabc\r\n0\r\n\r\n",
          "g\r\nabc\r\n0\r\n\r\n", "3\r\nabc\n0\r\n\r\n", "fffffffffffffffff\r\nabc",
          "0000000000000000000003\r\nabc\r\n0\r\n\r\n", "-1\r\n\r\n"}) {
        for (const std::size_t size : {std::size_t(1), std::size_t(7), std::size_t(1000)}) {
            const auto decoded = decode(bad, size);
            EXPECT_TRUE(!decoded && decoded.error().status == 400) << bad << " in pieces of " << size;
        }
    }
}

TEST(H1Codec, readsBackWhatItChunked)
{
    std::mt19937 random(7);
    for (int round = 0; round < 200; ++round) {
        std::string all, wire;
        for (int i = int(random() % 6); i >= 0; --i) {
            const std::string piece(random() % 5000, char('a' + i));
            all += piece;
            wire += chunk(piece);
        }
        wire += "0\r\n\r\n";
        EXPECT_EQ(decode(wire, 1 + random() % 3000).value_or("refused"), all);
    }
}
