// SPDX-License-Identifier: GPL-3.0-or-later
// The server's side of HTTP/2 against nghttp2's client and against bytes that no client should send.
#include "edge/h2_session.h"
#include "tests/edge/h2_peer.h"

#include <gtest/gtest.h>

#include <ostream>
#include <random>

using namespace edge_test;
using edge::H2Reason;
using edge::H2Session;
using edge::H2StreamId;

namespace {

using Time = std::chrono::steady_clock::time_point;
constexpr std::int32_t AnyStream = 0x7fff'ffff;

struct Heard // of one request
{
    edge::RequestHead head;
    std::string body;
    edge::Headers trailers;
    bool isWhole = false;
    std::optional<std::uint32_t> closed;
    int drained = 0;
};

class Server
{
public:
    explicit Server(edge::H2Limits limits = {})
        : session(limits, callbacks())
    {
    }

    // Both talk until neither has anything to say.
    void talkTo(H2Peer &peer)
    {
        for (bool isNew = true; isNew;) {
            const std::string asked = peer.toSend();
            broken = broken || !session.receive(asked, now);
            std::string told;
            session.collect(told, SIZE_MAX);
            peer.hear(told);
            isNew = !asked.empty() || !told.empty();
        }
    }

    std::string say(std::string_view bytes) // raw; the answer
    {
        broken = broken || !session.receive(bytes, now);
        std::string told;
        session.collect(told, SIZE_MAX);
        return told;
    }

    void answer(H2StreamId stream, int status, bool isWhole = true)
    {
        edge::ResponseHead head;
        head.status = status;
        session.respond(stream, head, isWhole);
    }

    std::map<H2StreamId, Heard> heard;
    Time now{std::chrono::hours(1)};
    bool broken = false;
    bool credits = true; // what comes is read at once
    H2Session session;

private:
    edge::H2Callbacks callbacks()
    {
        edge::H2Callbacks all;
        all.request = [this](H2StreamId id, edge::RequestHead head, bool isWhole) {
            EXPECT_FALSE(heard.contains(id));
            heard[id].head = std::move(head);
            heard[id].isWhole = isWhole;
        };
        all.data = [this](H2StreamId id, std::string_view data) {
            heard.at(id).body += data;
            if (credits)
                session.credit(id, data.size());
        };
        all.ended = [this](H2StreamId id, edge::Headers trailers) {
            EXPECT_FALSE(heard.at(id).isWhole);
            heard.at(id).isWhole = true;
            heard.at(id).trailers = std::move(trailers);
        };
        all.drained = [this](H2StreamId id) { ++heard.at(id).drained; };
        all.closed = [this](H2StreamId id, std::uint32_t reason) {
            EXPECT_FALSE(heard.at(id).closed);
            heard.at(id).closed = reason;
        };
        return all;
    }
};

H2Fields with(H2Fields fields, const H2Fields &more)
{
    fields.insert(fields.end(), more.begin(), more.end());
    return fields;
}

H2Fields without(H2Fields fields, const std::string &name)
{
    std::erase_if(fields, [&](const auto &field) { return field.first == name; });
    return fields;
}

const H2Fields Post{{":method", "POST"}, {":scheme", "https"}, {":authority", "a.test"}, {":path", "/"}};

std::string textOf(const edge::RequestHead &head)
{
    std::string text = head.method + " " + head.target;
    for (const edge::Header &header : head.headers)
        text += "\n" + header.name + ": " + header.value;
    return text;
}

} // namespace

TEST(H2Session, saysItsLimitsFirst)
{
    Server server({.streams = 7, .headerBytes = 5000, .streamWindow = 70'000});
    H2Peer peer;
    server.talkTo(peer);
    EXPECT_EQ(peer.heard.front(), "SETTINGS");
    EXPECT_EQ(peer.settings.at(3), 7u);
    EXPECT_EQ(peer.settings.at(4), 70'000u);
    EXPECT_EQ(peer.settings.at(6), 5000u);
    EXPECT_TRUE(server.session.hasBegun());
    EXPECT_FALSE(server.session.isOver());
}

TEST(H2Session, readsHeads)
{
    struct Row
    {
        const char *what;
        H2Fields fields;
        const char *expected;
    };
    const Row rows[] = {
        {"authority is Host", getOf("/x?y=1"), "GET /x?y=1\nhost: a.test"},
        {"Host without authority", with(without(getOf("/"), ":authority"), {{"a", "1"}, {"host", "b.test"}}),
         "GET /\nhost: b.test\na: 1"},
        {"both, the same", with(getOf("/"), {{"host", "a.test"}}), "GET /\nhost: a.test"},
        {"order and doubles", with(getOf("/"), {{"b", "2"}, {"a", "1"}, {"b", ""}}),
         "GET /\nhost: a.test\nb: 2\na: 1\nb: "},
        {"cookies in pieces", with(getOf("/"), {{"cookie", "a=1"}, {"x", "y"}, {"cookie", "b=2"}}),
         "GET /\nhost: a.test\nx: y\ncookie: a=1; b=2"},
        {"all of a server",
         {{":method", "OPTIONS"}, {":scheme", "https"}, {":authority", "a.test"}, {":path", "*"}},
         "OPTIONS *\nhost: a.test"},
        {"a tunnel",
         {{":method", "CONNECT"}, {":authority", "b.test:443"}},
         "CONNECT b.test:443\nhost: b.test:443"},
        {"trailers are welcome", with(getOf("/"), {{"te", "trailers"}}), "GET /\nhost: a.test\nte: trailers"},
    };
    for (const Row &row : rows) {
        SCOPED_TRACE(row.what);
        Server server;
        H2Peer peer;
        const std::int32_t stream = peer.request(row.fields);
        server.talkTo(peer);
        ASSERT_TRUE(server.heard.contains(stream));
        EXPECT_EQ(textOf(server.heard[stream].head), row.expected);
        EXPECT_TRUE(server.heard[stream].isWhole);
    }
}

TEST(H2Session, refusesMalformedHeadsAndServesTheNext)
{
    struct Row
    {
        const char *what;
        H2Fields fields;
    };
    const Row rows[] = {
        {"another Host", with(getOf("/"), {{"host", "b.test"}})},
        {"a header of HTTP/1.1's connection", with(getOf("/"), {{"connection", "close"}})},
        {"an upgrade", with(getOf("/"), {{"upgrade", "websocket"}})},
        {"chunks", with(getOf("/"), {{"transfer-encoding", "chunked"}})},
        {"te that is more than trailers", with(getOf("/"), {{"te", "gzip"}})},
        {"no path", without(getOf("/"), ":path")},
        {"an empty path", with(without(getOf("/"), ":path"), {{":path", ""}})},
        {"no method", without(getOf("/"), ":method")},
        {"no scheme", without(getOf("/"), ":scheme")},
        {"nobody's", without(getOf("/"), ":authority")},
        {"a pseudo-header of answers", with(getOf("/"), {{":status", "200"}})},
        {"a pseudo-header twice", with(getOf("/"), {{":path", "/2"}})},
        {"a pseudo-header behind others", with(without(getOf("/"), ":path"), {{"a", "1"}, {":path", "/"}})},
        {"a line break in a value", with(getOf("/"), {{"a", "1\r\nb: 2"}})},
        {"a zero in a value", with(getOf("/"), {{"a", std::string("1\0", 2)}})},
        {"a blank in a name", with(getOf("/"), {{"a b", "1"}})},
        {"two lengths", with(Post, {{"content-length", "1"}, {"content-length", "2"}})},
        {"a length of nothing", with(getOf("/"), {{"content-length", "4"}})},
    };
    for (const Row &row : rows) {
        SCOPED_TRACE(row.what);
        Server server;
        H2Peer peer;
        const std::int32_t bad = peer.request(row.fields), good = peer.request(getOf("/good"));
        server.talkTo(peer);
        EXPECT_FALSE(server.heard.contains(bad) && !server.heard[bad].closed);
        EXPECT_EQ(peer.answers[bad].closed, std::uint32_t(H2Reason::Protocol));
        ASSERT_TRUE(server.heard.contains(good));
        EXPECT_EQ(server.heard[good].head.target, "/good");
        EXPECT_FALSE(server.session.isOver());
    }
}

TEST(H2Session, refusesUpperCaseNames) // nghttp2's client lowers them
{
    Server server;
    const std::string answer = server.say(h2Preface()
                                          + h2Frame(1, 5, 1,
                                                    std::string("\x82\x87\x84\x41\x01"
                                                                "a\0\3X-Y\1"
                                                                "1",
                                                                13)));
    EXPECT_NE(answer.find(h2Frame(3, 0, 1, std::string("\0\0\0\1", 4))), std::string::npos);
    EXPECT_TRUE(server.heard.empty());
}

TEST(H2Session, answersTooLargeHeadsAndReadsOn)
{
    struct Row
    {
        const char *what;
        std::string value;
        int lines;
        int status; // 0: it is told
    };
    const Row rows[] = {
        {"just short enough", std::string(3000, 'x'), 1, 0},
        {"too many bytes", std::string(4200, 'x'), 1, 431},
        {"too many lines", "x", 40, 431},
        {"the same, packed small", std::string(1000, 'y'), 5, 431},
    };
    for (const Row &row : rows) {
        SCOPED_TRACE(row.what);
        Server server({.headerBytes = 4096, .headerLines = 20});
        H2Peer peer;
        H2Fields fields = Post;
        for (int i = 0; i < row.lines; ++i)
            fields.emplace_back("a", row.value);
        const std::int32_t stream = peer.request(fields, false);
        server.talkTo(peer);
        EXPECT_EQ(peer.answers[stream].status, row.status);
        EXPECT_EQ(server.heard.contains(stream), row.status == 0);
        peer.send(stream, "still coming", false);
        const std::int32_t next = peer.request(with(getOf("/next"), {{"a", "z"}}));
        server.talkTo(peer);
        ASSERT_TRUE(server.heard.contains(next)); // what was left out has not confused the header tables
        EXPECT_EQ(server.heard[next].head.headers.value("a"), "z");
    }
}

TEST(H2Session, readsBodiesWithTrailers)
{
    Server server;
    H2Peer peer;
    const std::int32_t plain = peer.request(Post, false), trailing = peer.request(Post, false);
    peer.send(plain, std::string(100'000, 'x'), true);
    peer.send(trailing, "abc", false);
    peer.end(trailing, {{"checksum", "1"}});
    server.talkTo(peer);
    EXPECT_EQ(server.heard[plain].body.size(), 100'000u);
    EXPECT_TRUE(server.heard[plain].isWhole);
    EXPECT_EQ(server.heard[trailing].body, "abc");
    EXPECT_TRUE(server.heard[trailing].isWhole);
    EXPECT_EQ(server.heard[trailing].trailers.value("checksum"), "1");
}

TEST(H2Session, answersWithHeadBodyAndTrailers)
{
    Server server;
    H2Peer peer;
    const std::int32_t stream = peer.request(getOf("/"));
    server.talkTo(peer);
    server.answer(stream, 100);
    edge::ResponseHead head;
    head.status = 207;
    head.headers = {{"Content-Type", "text/plain"}, {"Connection", "close"}, {"keep-alive", "1"}, {"A", "b"}};
    server.session.respond(stream, head, false);
    const std::string body(50'000, 'z');
    server.session.send(stream, body);
    server.talkTo(peer);
    EXPECT_EQ(server.heard[stream].drained, 1);
    EXPECT_FALSE(peer.answers[stream].isWhole);
    server.session.finish(stream, {{"Grpc-Status", "0"}});
    server.talkTo(peer);
    const H2Answer &answer = peer.answers[stream];
    EXPECT_EQ(answer.interim, std::vector<int>{100});
    EXPECT_EQ(answer.status, 207);
    EXPECT_EQ(answer.body, body);
    EXPECT_TRUE(answer.isWhole);
    EXPECT_EQ(answer.headers.value("content-type"), "text/plain");
    EXPECT_EQ(answer.headers.value("a"), "b");
    EXPECT_FALSE(answer.headers.has("connection") || answer.headers.has("keep-alive"));
    EXPECT_EQ(answer.headers.value("grpc-status"),
              "0"); // nghttp2 files them with the rest behind an interim answer
    EXPECT_EQ(server.heard[stream].closed, 0u);
    EXPECT_EQ(server.session.openStreams(), 0u);
}

TEST(H2Session, lendsNoMoreThanTheClientTakes)
{
    Server server;
    H2Peer peer(H2Peer::Windows::ByHand, 1000);
    const std::int32_t stream = peer.request(getOf("/"));
    server.talkTo(peer);
    server.answer(stream, 200, false);
    const std::string body(2500, 'x');
    server.session.send(stream, body);
    server.talkTo(peer);
    EXPECT_EQ(peer.answers[stream].body.size(), 1000u);
    EXPECT_EQ(server.session.unsent(stream), 1500u);
    EXPECT_EQ(server.heard[stream].drained, 0);
    peer.credit(stream, 1000);
    server.talkTo(peer);
    EXPECT_EQ(server.session.unsent(stream), 500u);
    peer.credit(stream, 1000);
    server.talkTo(peer);
    EXPECT_EQ(server.heard[stream].drained, 1);
    server.session.finish(stream);
    server.talkTo(peer);
    EXPECT_TRUE(peer.answers[stream].isWhole);
}

TEST(H2Session, forgetsWhatWasLentToAStreamThatIsReset)
{
    for (const bool byClient : {true, false}) {
        Server server;
        H2Peer peer(H2Peer::Windows::ByHand, 10);
        const std::int32_t stream = peer.request(getOf("/"));
        server.talkTo(peer);
        server.answer(stream, 200, false);
        auto body = std::make_unique<std::string>(2500, 'x');
        server.session.send(stream, *body);
        server.talkTo(peer);
        if (byClient) {
            peer.reset(stream);
            server.talkTo(peer);
        } else {
            server.session.reset(stream, H2Reason::Cancel);
        }
        body.reset(); // what reads it now is seen by ASan
        peer.credit(stream, 10);
        server.session.send(stream, "late");
        server.session.finish(stream);
        server.talkTo(peer);
        EXPECT_EQ(server.heard[stream].closed, std::uint32_t(H2Reason::Cancel));
        EXPECT_EQ(peer.answers[stream].body.size(), 10u);
    }
}

TEST(H2Session, holdsUploadsUntilTheyAreRead)
{
    Server server({.streamWindow = 70'000, .connectionWindow = 200'000});
    server.credits = false;
    H2Peer peer;
    const std::int32_t stream = peer.request(Post, false);
    peer.send(stream, std::string(500'000, 'x'), true);
    server.talkTo(peer);
    EXPECT_EQ(server.heard[stream].body.size(), 70'000u);
    server.session.credit(stream, 60'000);
    server.talkTo(peer);
    EXPECT_EQ(server.heard[stream].body.size(), 130'000u);
    server.session.credit(stream, 1'000'000); // more than there is to give back
    server.credits = true;
    server.talkTo(peer);
    EXPECT_EQ(server.heard[stream].body.size(), 500'000u);
}

TEST(H2Session, whatAClosedStreamLeftUnreadIsNotMissingFromTheConnection)
{
    Server server({.streamWindow = 70'000, .connectionWindow = 100'000});
    server.credits = false;
    H2Peer peer;
    for (int round = 0; round < 5; ++round) {
        const std::int32_t stream = peer.request(Post, false);
        peer.send(stream, std::string(70'000, 'x'), round % 2 == 0);
        server.talkTo(peer);
        ASSERT_EQ(server.heard[stream].body.size(), 70'000u) << round;
        round % 2 == 0 ? server.answer(stream, 200) : server.session.reset(stream, H2Reason::Cancel);
        server.talkTo(peer);
    }
}

// curl 7.88 takes a reset behind the answer for the loss of it where it is still sending.
TEST(H2Session, theRestOfAnAnsweredRequestIsReadAndDropped)
{
    Server server;
    H2Peer peer;
    const std::int32_t stream = peer.request(Post, false);
    peer.send(stream, "part", false);
    server.talkTo(peer);
    server.answer(stream, 403);
    server.talkTo(peer);
    EXPECT_EQ(peer.answers[stream].status, 403);
    EXPECT_TRUE(peer.answers[stream].isWhole);
    EXPECT_FALSE(peer.answers[stream].closed);
    peer.send(stream, std::string(100'000, 'x'), true);
    server.talkTo(peer);
    EXPECT_EQ(peer.answers[stream].closed, std::uint32_t(H2Reason::NoError));
    EXPECT_EQ(std::count(peer.heard.begin(), peer.heard.end(), "RST_STREAM " + std::to_string(stream)), 0);
    EXPECT_EQ(server.session.openStreams(), 0u);
}

TEST(H2Session, aLongRestOfAnAnsweredRequestIsStopped)
{
    for (const bool isUnread : {true, false}) { // before the answer; behind it
        Server server({.unreadRest = 50'000});
        server.credits = false;
        H2Peer peer;
        const std::int32_t stream = peer.request(Post, false);
        if (isUnread)
            peer.send(stream, std::string(60'000, 'x'), false);
        server.talkTo(peer);
        server.answer(stream, 413);
        server.talkTo(peer);
        EXPECT_EQ(peer.answers[stream].status, 413);
        EXPECT_TRUE(peer.answers[stream].isWhole);
        EXPECT_EQ(peer.answers[stream].closed.has_value(), isUnread);
        if (!isUnread)
            peer.send(stream, std::string(60'000, 'x'), false);
        server.talkTo(peer);
        EXPECT_EQ(peer.answers[stream].closed, std::uint32_t(H2Reason::NoError));
        EXPECT_EQ(server.session.openStreams(), 0u);
    }
}

TEST(H2Session, aRestThatIsRefusedIsStoppedOnceTheAnswerHasLeft)
{
    Server server;
    H2Peer peer;
    const std::int32_t stream = peer.request(Post, false);
    server.talkTo(peer);
    server.answer(stream, 403, false);
    server.session.refuseRest(stream);
    server.talkTo(peer);
    EXPECT_FALSE(peer.answers[stream].closed);
    server.session.send(stream, "no");
    server.session.finish(stream);
    server.talkTo(peer);
    EXPECT_EQ(peer.answers[stream].body, "no");
    EXPECT_TRUE(peer.answers[stream].isWhole);
    EXPECT_EQ(peer.answers[stream].closed, std::uint32_t(H2Reason::NoError));
}

TEST(H2Session, aLongAnswerDoesNotHoldUpAShortOne)
{
    Server server;
    H2Peer peer(H2Peer::Windows::Automatic, 10'000'000);
    const std::int32_t slow = peer.request(getOf("/long")), fast = peer.request(getOf("/short"));
    server.talkTo(peer);
    const std::string much(5'000'000, 'x'), little(20'000, 'y');
    server.answer(slow, 200, false);
    server.session.send(slow, much);
    server.session.finish(slow);
    server.answer(fast, 200, false);
    server.session.send(fast, little);
    server.session.finish(fast);
    server.talkTo(peer);
    EXPECT_TRUE(peer.answers[slow].isWhole);
    const auto at = [&](const std::string &frame) {
        return std::find(peer.heard.rbegin(), peer.heard.rend(), frame).base();
    };
    EXPECT_LT(at("DATA " + std::to_string(fast)), at("DATA " + std::to_string(slow)));
}

TEST(H2Session, endsInTwoStepsAndAnswersWhatIsUnderWay)
{
    Server server;
    H2Peer peer;
    const std::int32_t first = peer.request(getOf("/1"));
    server.talkTo(peer);
    server.session.goAway();
    server.session.goAway();
    std::string notice;
    server.session.collect(notice, SIZE_MAX);
    const std::int32_t crossing = peer.request(getOf("/2")); // before the client has read the notice
    server.say(peer.toSend());
    EXPECT_TRUE(server.heard.contains(crossing));
    EXPECT_TRUE(server.session.isGoingAway());
    peer.hear(notice);
    EXPECT_EQ(peer.goAways, (std::vector<H2Peer::GoAway>{{AnyStream, 0}}));
    server.talkTo(peer);
    EXPECT_EQ(peer.goAways.back(), (H2Peer::GoAway{crossing, 0}));
    EXPECT_FALSE(server.session.isGoingAway());
    EXPECT_FALSE(server.session.isOver());
    server.answer(first, 200);
    server.answer(crossing, 204);
    server.talkTo(peer);
    EXPECT_EQ(peer.answers[first].status, 200);
    EXPECT_EQ(peer.answers[crossing].status, 204);
    EXPECT_TRUE(server.session.isOver());
    EXPECT_TRUE(peer.isOver());
}

TEST(H2Session, ignoresStreamsBehindTheLastOne)
{
    Server server;
    H2Peer peer;
    const std::int32_t first = peer.request(getOf("/1"));
    server.talkTo(peer);
    server.session.goAway();
    server.session.endGoAway(); // the client has said nothing
    const std::int32_t late = peer.request(Post, false);
    peer.send(late, std::string(60'000, 'x'), true);
    const std::string lateBytes = peer.toSend();
    server.talkTo(peer);
    server.say(lateBytes);
    EXPECT_FALSE(server.heard.contains(late));
    EXPECT_EQ(peer.goAways.back(), (H2Peer::GoAway{first, 0}));
    server.answer(first, 200);
    server.talkTo(peer);
    EXPECT_TRUE(server.session.isOver());
}

TEST(H2Session, aClientThatOnlyCancelsIsSentAway)
{
    struct Row
    {
        const char *what;
        int cancelled, atOnce;
        std::chrono::milliseconds pause;
        bool isOver;
    };
    const Row rows[] = {
        {"a page of watches is closed", 40, 40, {}, false},
        {"more than the bucket holds", 60, 10, {}, true},
        {"as many, but slowly", 200, 10, std::chrono::milliseconds(1000), false},
    };
    for (const Row &row : rows) {
        SCOPED_TRACE(row.what);
        Server server({.resets = 50, .resetsPerSecond = 10});
        H2Peer peer;
        for (int done = 0; done < row.cancelled; done += row.atOnce) {
            for (int i = 0; i < row.atOnce; ++i) {
                const std::int32_t stream = peer.request(getOf("/watch"));
                peer.hear(server.say(peer.toSend()));
                peer.reset(stream);
            }
            server.talkTo(peer);
            server.now += row.pause;
        }
        EXPECT_EQ(server.session.isOver(), row.isOver);
        ASSERT_EQ(!peer.goAways.empty(), row.isOver);
        if (row.isOver) {
            EXPECT_EQ(peer.goAways.back().reason, std::uint32_t(H2Reason::Calm));
        }
    }
}

TEST(H2Session, moreStreamsThanAllowedAreRefused)
{
    Server server({.streams = 3});
    // Before the client knows the limit, so that nghttp2's own does not hold it back.
    H2Peer peer;
    for (int i = 0; i < 5; ++i)
        peer.request(getOf("/" + std::to_string(i)));
    server.talkTo(peer);
    EXPECT_EQ(server.heard.size(), 3u);
    EXPECT_EQ(peer.answers[7].closed, std::uint32_t(H2Reason::Refused));
    EXPECT_EQ(peer.answers[9].closed, std::uint32_t(H2Reason::Refused));
    for (const auto &[stream, heard] : std::map(server.heard))
        server.answer(stream, 200);
    peer.request(getOf("/again"));
    server.talkTo(peer);
    EXPECT_EQ(server.heard.size(), 4u);
}

TEST(H2Session, brokenFramesEndTheConnectionWithAReason)
{
    const std::string get("\x82\x87\x84\x41\x01"
                          "a",
                          6); // GET, https, /, authority a
    const std::string preface = h2Preface();
    struct Row
    {
        const char *what;
        std::string bytes;
        std::optional<std::uint32_t> reason; // of GOAWAY; none: it is no HTTP/2 at all
    };
    const Row rows[] = {
        {"HTTP/1.1", "GET / HTTP/1.1\r\nhost: a\r\n\r\n", {}},
        {"a preface without SETTINGS", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + h2Frame(6, 0, 0, "12345678"), 1},
        {"HEADERS without a stream", preface + h2Frame(1, 5, 0, get), 1},
        {"HEADERS on the server's stream", preface + h2Frame(1, 5, 2, get), 1},
        {"DATA on no stream yet", preface + h2Frame(0, 1, 1, "x"), 1},
        {"a frame that is too long", preface + h2Frame(0, 0, 1, std::string(16'385, 'x')), 6},
        {"SETTINGS cut", preface + h2Frame(4, 0, 0, "123"), 6},
        {"SETTINGS of a stream", preface + h2Frame(4, 0, 1, {}), 1},
        {"SETTINGS with a mad window", preface + h2Frame(4, 0, 0, std::string("\0\4\xff\xff\xff\xff", 6)), 3},
        {"WINDOW_UPDATE by nothing", preface + h2Frame(8, 0, 0, std::string(4, '\0')), 1},
        {"windows that overflow",
         preface + h2Frame(8, 0, 0, "\x7f\xff\xff\xff") + h2Frame(8, 0, 0, "\x7f\xff\xff\xff"), 3},
        {"RST_STREAM of no stream yet", preface + h2Frame(3, 0, 9, std::string(4, '\0')), 1},
        {"PING cut", preface + h2Frame(6, 0, 0, "1234"), 6},
        {"CONTINUATION of nothing", preface + h2Frame(9, 4, 1, get), 1},
        {"another frame amid a head", preface + h2Frame(1, 1, 1, get) + h2Frame(6, 0, 0, "12345678"), 1},
        {"PUSH_PROMISE", preface + h2Frame(5, 4, 1, std::string("\0\0\0\2", 4) + get), 1},
        {"padding that is longer than the frame", preface + h2Frame(1, 5 | 8, 1, "\xff" + get), 1},
        {"a header table that is not there", preface + h2Frame(1, 5, 1, "\xff\xff\xff\x7f"), 9},
        {"a header cut", preface + h2Frame(1, 5, 1, std::string("\x82\x41\x7f", 3)), 9},
    };
    for (const Row &row : rows) {
        SCOPED_TRACE(row.what);
        Server server;
        H2Peer peer;
        peer.toSend();
        peer.hear(server.say(row.bytes));
        EXPECT_TRUE(server.session.isOver());
        EXPECT_EQ(server.broken, !row.reason);
        ASSERT_EQ(!peer.goAways.empty(), row.reason.has_value());
        if (row.reason) {
            EXPECT_EQ(peer.goAways.back().reason, *row.reason);
        }
        EXPECT_EQ(server.say(preface), ""); // nothing more comes of it
    }
}

// Found by the fuzzer: whether requests behind a client's GOAWAY were heard depended on how the bytes were cut.
TEST(H2Session, whoHasSaidGoAwayAndIsDoneAsksNoMore)
{
    const std::string get("\x82\x87\x84\x41\x01"
                          "a",
                          6);
    const std::string goAway = h2Frame(7, 0, 0, std::string(8, '\0'));
    const std::string cancel(std::string("\0\0\0\x08", 4));
    struct Row
    {
        const char *what;
        std::string bytes;
        std::vector<H2StreamId> heard;
    };
    const Row rows[] = {
        {"before the first", goAway + h2Frame(1, 5, 1, get), {}},
        {"behind one that is over",
         h2Frame(1, 5, 1, get) + h2Frame(3, 0, 1, cancel) + goAway + h2Frame(1, 5, 3, get),
         {1}},
        {"and one more",
         h2Frame(1, 5, 1, get) + h2Frame(3, 0, 1, cancel) + goAway + h2Frame(1, 5, 3, get)
             + h2Frame(1, 5, 5, get),
         {1}},
        {"while one is open", h2Frame(1, 5, 1, get) + goAway + h2Frame(1, 5, 3, get), {1, 3}},
        {"and another behind those",
         h2Frame(1, 5, 1, get) + goAway + h2Frame(3, 0, 1, cancel) + h2Frame(1, 5, 3, get),
         {1}},
    };
    for (const Row &row : rows) {
        for (const std::size_t piece : {std::size_t(1), std::size_t(9), std::size_t(17), std::size_t(1000)}) {
            SCOPED_TRACE(std::string(row.what) + ", in pieces of " + std::to_string(piece));
            Server server;
            server.session.receive(h2Preface(), server.now);
            for (std::size_t at = 0; at < row.bytes.size(); at += piece)
                server.session.receive(std::string_view(row.bytes).substr(at, piece), server.now);
            std::vector<H2StreamId> heard;
            for (const auto &[id, request] : server.heard)
                heard.push_back(id);
            EXPECT_EQ(heard, row.heard);
        }
    }
}

// Found by the fuzzer: nghttp2 counted a CONTINUATION as often as its header came in pieces, and ended the connection at the ninth.
TEST(H2Session, continuationsAreCountedOnceHoweverTheyAreCut)
{
    const std::string get("\x82\x87\x84\x41\x01"
                          "a",
                          6);
    struct Row
    {
        int continuations;
        bool isHeard;
    };
    for (const Row &row : {Row{2, true}, Row{5, true}, Row{40, false}}) {
        std::string bytes = h2Frame(1, 1, 1, get.substr(0, 1));
        for (int i = 1; i < row.continuations; ++i)
            bytes += h2Frame(9, 0, 1, i < 5 ? get.substr(std::size_t(i), 1) : std::string());
        bytes += h2Frame(9, 4, 1, get.substr(std::size_t(std::min(row.continuations, 5))));
        for (std::size_t piece = 1; piece < 20; ++piece) {
            SCOPED_TRACE(std::to_string(row.continuations) + " in pieces of " + std::to_string(piece));
            Server server;
            server.session.receive(h2Preface(), server.now);
            for (std::size_t at = 0; at < bytes.size() && !server.broken; at += piece)
                server.broken =
                    !server.session.receive(std::string_view(bytes).substr(at, piece), server.now);
            EXPECT_EQ(server.heard.contains(1), row.isHeard);
            EXPECT_EQ(server.broken, !row.isHeard);
        }
    }
}

TEST(H2Session, aFloodOfPingsWhoseAnswersNobodyTakesEndsIt)
{
    Server server;
    std::string flood = h2Preface();
    for (int i = 0; i < 20'000; ++i)
        flood += h2Frame(6, 0, 0, "12345678");
    const auto taken = server.session.receive(flood, server.now);
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().kind, edge::Error::Kind::Protocol);
    EXPECT_TRUE(server.session.isOver());
}

TEST(H2Session, bytesMayBeCutAnywhere)
{
    H2Peer speaker;
    const std::int32_t get = speaker.request(with(getOf("/a"), {{"cookie", "a=1"}, {"cookie", "b=2"}}));
    const std::int32_t post = speaker.request(Post, false);
    speaker.send(post, std::string(30'000, 'x'), false);
    speaker.end(post, {{"t", "1"}});
    const std::string bytes = speaker.toSend();
    std::mt19937 random(11);
    for (int round = 0; round < 50; ++round) {
        Server server;
        for (std::size_t at = 0; at < bytes.size();) {
            const std::size_t size = round == 0 ? 1 : 1 + random() % (round * 40);
            server.say(std::string_view(bytes).substr(at, size));
            at += size;
        }
        ASSERT_TRUE(server.heard.contains(get) && server.heard.contains(post));
        EXPECT_EQ(textOf(server.heard[get].head), "GET /a\nhost: a.test\ncookie: a=1; b=2");
        EXPECT_EQ(server.heard[post].body.size(), 30'000u);
        EXPECT_EQ(server.heard[post].trailers.value("t"), "1");
        EXPECT_TRUE(server.heard[post].isWhole);
    }
}

TEST(H2Session, cutsEverythingWhenTold)
{
    Server server;
    H2Peer peer;
    const std::int32_t stream = peer.request(getOf("/"));
    server.talkTo(peer);
    server.session.terminate(H2Reason::Calm);
    server.talkTo(peer);
    EXPECT_EQ(peer.goAways, (std::vector<H2Peer::GoAway>{{stream, std::uint32_t(H2Reason::Calm)}}));
    EXPECT_TRUE(server.session.isOver());
}
