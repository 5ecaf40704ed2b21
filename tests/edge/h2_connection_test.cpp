// SPDX-License-Identifier: GPL-3.0-or-later
// A Server that speaks HTTP/2 over real TLS sockets: with nghttp2's client, with curl and nghttp, and with clients that mean no good.
#include "edge/h2_connection.h"
#include "tests/edge/foreign_program.h"
#include "tests/edge/h2_peer.h"
#include "tests/edge/test_authority.h"

#include <filesystem>
#include <fstream>

using namespace edge_test;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::seconds Patience{10};
const std::optional<std::uint64_t> Unknown;
constexpr std::int32_t AnyStream = 0x7fff'ffff;

using Answering = std::function<asio::awaitable<void>(edge::Request &, edge::Responder &)>;

struct Scripted : edge::Handler
{
    asio::awaitable<void> handle(edge::Request &request, edge::Responder &responder) override
    {
        ++running;
        ++begun;
        co_await answering(request, responder);
        --running;
    }
    Answering answering;
    int running = 0, begun = 0;
};

// Named: GCC 12 destroys temporaries of a co_await twice.
asio::awaitable<void> begin(edge::Responder &responder, std::optional<std::uint64_t> length)
{
    edge::ResponseHead head;
    (void)co_await responder.start(std::move(head), length);
}

asio::awaitable<void> echo(edge::Request &request, edge::Responder &responder)
{
    const auto body = co_await request.readAll(10'000'000);
    const std::string text = request.head.method + " " + request.head.target + " "
        + std::string(request.head.headers.value("host")) + (request.connection.isHttp2 ? " h2 " : " h1 ")
        + body.value_or("");
    std::string type = "text/plain";
    (void)co_await responder.send(200, std::move(type), text);
}

// One connection of an H2Peer.
class Client
{
public:
    Client(asio::io_context &loop, edge::Stream stream, H2Peer::Windows windows, std::uint32_t window)
        : peer(windows, window)
        , m_loop(loop)
        , m_stream(std::move(stream))
    {
    }

    // Exchanges bytes until enough() says so; false: the server ended it, or time is over.
    bool until(const std::function<bool()> &enough) { return run(m_loop, talk(enough)).value_or(false); }
    // A client that has been sent away and waits for nothing hangs up; so does nghttp2's.
    bool untilEnd()
    {
        (void)until([this] { return peer.isOver(); });
        return hasEnded || peer.isOver();
    }
    void say(const std::string &bytes)
    {
        (void)run(m_loop, write(bytes)); // raw
    }
    void hangUp() { m_stream.close(); }
    edge::Stream &stream() { return m_stream; }

    H2Peer peer;
    bool hasEnded = false, isMute = false;
    std::size_t received = 0;

private:
    asio::awaitable<bool> talk(std::function<bool()> enough)
    {
        std::string buffer(64 * 1024, '\0');
        while (!enough()) {
            const std::string bytes = isMute ? std::string() : peer.toSend();
            if (!bytes.empty()) {
                const auto sent = co_await m_stream.write(bytes, edge::in(Patience));
                if (!sent)
                    break;
            }
            const auto size = co_await m_stream.read(buffer.data(), buffer.size(), edge::in(Patience));
            hasEnded = size ? *size == 0 : size.error().kind == edge::Error::Kind::Closed;
            if (!size || *size == 0)
                break;
            received += *size;
            peer.hear(std::string_view(buffer.data(), *size));
        }
        co_return enough();
    }
    asio::awaitable<int> write(std::string bytes)
    {
        (void)co_await m_stream.write(bytes, edge::in(Patience));
        co_return 0;
    }

    asio::io_context &m_loop;
    edge::Stream m_stream;
};

class H2Connection : public ::testing::Test
{
protected:
    void listen(Answering answering, edge::HttpLimits limits = {})
    {
        const Issued own = m_authority.issue({"server", "DNS:a.test,IP:127.0.0.1"});
        edge::TlsSettings settings;
        settings.certificateChainPem = own.certificate;
        settings.privateKeyPem = own.privateKey;
        settings.alpnProtocols = "h2,http/1.1";
        const auto credentials = edge::TlsCredentials::make(edge::TlsCredentials::Side::Server, settings);
        ASSERT_TRUE(credentials) << credentials.error().message;
        m_handler.answering = std::move(answering);
        m_server = std::make_unique<edge::Server>(m_loop, m_handler);
        const auto shared = std::make_shared<const edge::HttpLimits>(limits);
        const edge::Acceptor tls = edge::tlsAcceptor([own = *credentials] { return own; });
        const auto port = m_server->listen(
            {}, [tls, shared](edge::Stream &stream, edge::ConnectionInfo &info) -> asio::awaitable<bool> {
                info.limits = shared;
                co_return co_await tls(stream, info);
            });
        ASSERT_TRUE(port);
        m_port = *port;
    }

    std::unique_ptr<Client> connect(H2Peer::Windows windows = H2Peer::Windows::Automatic,
                                    std::uint32_t window = 65'535)
    {
        edge::TlsSettings settings;
        settings.alpnProtocols = "h2";
        const auto credentials =
            edge::TlsCredentials::make(edge::TlsCredentials::Side::Client, settings).value_or(nullptr);
        auto stream = run(m_loop, dial(credentials, m_port));
        if (!stream || !*stream)
            return nullptr;
        return std::make_unique<Client>(m_loop, std::move(**stream), windows, window);
    }

    // Runs the loop until it is so.
    bool comes(const std::function<bool()> &what)
    {
        const auto end = std::chrono::steady_clock::now() + Patience;
        while (!what() && std::chrono::steady_clock::now() < end) {
            m_loop.restart();
            m_loop.run_one_for(20ms);
        }
        return what();
    }

    void TearDown() override
    {
        if (m_server)
            m_server->stop();
        EXPECT_TRUE(comes([this] { return m_handler.running == 0; })) << "a handler never ends";
    }

    static asio::awaitable<std::optional<edge::Stream>> dial(std::shared_ptr<edge::TlsCredentials> with,
                                                             std::uint16_t port)
    {
        auto stream = co_await edge::Stream::connect("127.0.0.1", port, edge::in(Patience));
        if (!stream)
            co_return std::nullopt;
        const auto facts = co_await stream->handshakeAsClient(with, "a.test", edge::in(Patience));
        if (!facts || facts->alpn != "h2")
            co_return std::nullopt;
        co_return std::move(*stream);
    }

    std::string url(const std::string &path) const
    {
        return "https://127.0.0.1:" + std::to_string(m_port) + path;
    }

    asio::io_context m_loop{1};
    TestAuthority m_authority{"ca"};
    Scripted m_handler;
    std::unique_ptr<edge::Server> m_server;
    std::uint16_t m_port = 0;
};

// A handler that answers when the test opens it.
struct Gate
{
    explicit Gate(asio::io_context &loop)
        : timer(loop, edge::Deadline::max())
    {
    }
    asio::awaitable<void> pass()
    {
        asio::error_code ignored;
        if (!isOpen)
            co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    void open()
    {
        isOpen = true;
        timer.cancel();
    }
    asio::steady_timer timer;
    bool isOpen = false;
};

} // namespace

TEST_F(H2Connection, servesManyRequestsOfOneConnectionAtOnce)
{
    constexpr int Streams = 500;
    Gate gate(m_loop);
    edge::HttpLimits limits;
    limits.streams = Streams;
    listen(
        [&](edge::Request &request, edge::Responder &responder) -> asio::awaitable<void> {
            if (m_handler.begun == Streams)
                gate.open();
            co_await gate.pass();
            co_await echo(request, responder);
        },
        limits);
    const auto client = connect();
    ASSERT_TRUE(client);
    ASSERT_TRUE(
        client->until([&] { return client->peer.settings.contains(3); })); // before, nghttp2 sends 100
    std::map<std::int32_t, std::string> asked;
    for (int i = 0; i < Streams; ++i)
        asked[client->peer.request(getOf("/" + std::to_string(i)))] =
            "GET /" + std::to_string(i) + " a.test h2 ";
    EXPECT_TRUE(client->until([&] {
        return client->peer.answers.size() == Streams
            && std::all_of(client->peer.answers.begin(), client->peer.answers.end(),
                           [](const auto &one) { return one.second.isWhole; });
    }));
    for (const auto &[stream, answer] : client->peer.answers) {
        EXPECT_EQ(answer.status, 200);
        EXPECT_EQ(answer.body, asked[stream]);
    }
    EXPECT_EQ(m_server->openConnections(), 1u);
}

TEST_F(H2Connection, readsLargeBodiesAndWritesThemBack)
{
    listen(echo);
    const auto client = connect();
    ASSERT_TRUE(client);
    const std::string body(3'000'000, 'b');
    const std::int32_t stream = client->peer.request(
        {{":method", "PUT"}, {":scheme", "https"}, {":authority", "a.test"}, {":path", "/x"}}, false);
    client->peer.send(stream, body, true);
    EXPECT_TRUE(client->until([&] { return client->peer.answers[stream].isWhole; }));
    EXPECT_TRUE(client->peer.answers[stream].body == "PUT /x a.test h2 " + body);
    EXPECT_EQ(client->peer.answers[stream].headers.value("content-length"),
              std::to_string(client->peer.answers[stream].body.size()));
}

TEST_F(H2Connection, answersByTheRulesOfEachKind)
{
    struct Row
    {
        const char *method;
        int status;
        std::optional<std::uint64_t> length;
        std::string body;
        std::string expected, expectedLength;
    };
    const Row rows[] = {
        {"GET", 200, 5, "hello", "hello", "5"}, {"GET", 200, {}, "open", "open", ""},
        {"HEAD", 200, 5, "hello", "", "5"},     {"GET", 204, {}, "", "", ""},
        {"GET", 304, {}, "ignored", "", ""},    {"GET", 404, 0, "", "", "0"},
    };
    const Row *row = nullptr;
    listen([&](edge::Request &, edge::Responder &responder) -> asio::awaitable<void> {
        edge::ResponseHead head;
        head.status = row->status;
        (void)co_await responder.start(std::move(head), row->length);
        (void)co_await responder.write(row->body);
        (void)co_await responder.finish();
    });
    const auto client = connect();
    ASSERT_TRUE(client);
    for (const Row &each : rows) {
        SCOPED_TRACE(std::string(each.method) + " " + std::to_string(each.status));
        row = &each;
        H2Fields fields = getOf("/");
        fields[0].second = each.method;
        const std::int32_t stream = client->peer.request(fields);
        ASSERT_TRUE(client->until([&] { return client->peer.answers[stream].closed.has_value(); }));
        EXPECT_EQ(client->peer.answers[stream].closed, 0u);
        EXPECT_EQ(client->peer.answers[stream].status, each.status);
        EXPECT_EQ(client->peer.answers[stream].body, each.expected);
        EXPECT_EQ(client->peer.answers[stream].headers.value("content-length"), each.expectedLength);
    }
}

TEST_F(H2Connection, aKnownLengthEndsWithItsLastPiece)
{
    bool isGood = true, wasTold = false;
    listen([&](edge::Request &request, edge::Responder &responder) -> asio::awaitable<void> {
        request.watchClient([&] { wasTold = true; });
        const std::optional<std::uint64_t> length = 6;
        co_await begin(responder, length);
        for (const char *piece : {"abc", "def", "more than was said"}) {
            const auto sent = co_await responder.write(piece);
            isGood = isGood && sent.has_value() == (piece[0] != 'm');
        }
        const auto sent = co_await responder.finish();
        isGood = isGood && sent.has_value();
    });
    const auto client = connect();
    ASSERT_TRUE(client);
    const std::int32_t stream = client->peer.request(getOf("/"));
    ASSERT_TRUE(client->until([&] { return client->peer.answers[stream].closed.has_value(); }));
    EXPECT_EQ(client->peer.answers[stream].body, "abcdef");
    EXPECT_EQ(client->peer.answers[stream].closed, 0u);
    EXPECT_EQ(std::count(client->peer.heard.begin(), client->peer.heard.end(), "DATA 1"), 2);
    EXPECT_TRUE(comes([&] { return m_handler.running == 0; }));
    EXPECT_TRUE(isGood);
    EXPECT_FALSE(wasTold); // it has gone when all was said
}

TEST_F(H2Connection, whoDoesNotReadWaitsAlone)
{
    std::size_t written = 0;
    listen([&](edge::Request &request, edge::Responder &responder) -> asio::awaitable<void> {
        if (request.head.target != "/flood") {
            co_await echo(request, responder);
            co_return;
        }
        co_await begin(responder, Unknown);
        const std::string piece(64 * 1024, 'x');
        for (;;) {
            const auto sent = co_await responder.write(piece);
            if (!sent)
                co_return;
            written += piece.size();
        }
    });
    const auto client = connect(H2Peer::Windows::ByHand, 200'000);
    ASSERT_TRUE(client);
    const std::int32_t flood = client->peer.request(getOf("/flood"));
    ASSERT_TRUE(client->until([&] { return client->peer.answers[flood].body.size() >= 65'535; }));
    EXPECT_LE(written, 200'000u);       // the connection's window is the default
    client->peer.credit(flood, 65'535); // the stream's share is gone, not the connection's
    const std::int32_t beside = client->peer.request(getOf("/beside"));
    const auto other = connect();
    ASSERT_TRUE(other);
    const std::int32_t elsewhere = other->peer.request(getOf("/elsewhere"));
    EXPECT_TRUE(other->until([&] { return other->peer.answers[elsewhere].isWhole; }));
    EXPECT_TRUE(client->until([&] { return client->peer.answers[beside].isWhole; }));
    EXPECT_LE(written, 400'000u);
}

TEST_F(H2Connection, aSocketThatIsNotReadHoldsTheWriterUp)
{
    std::size_t written = 0;
    listen([&](edge::Request &, edge::Responder &responder) -> asio::awaitable<void> {
        co_await begin(responder, Unknown);
        const std::string piece(256 * 1024, 'x');
        for (;;) {
            const auto sent = co_await responder.write(piece);
            if (!sent)
                co_return;
            written += piece.size();
        }
    });
    const auto client = connect(H2Peer::Windows::ByHand, 0x7fff'ffff);
    ASSERT_TRUE(client);
    client->peer.request(getOf("/flood"));
    client->say(client->peer.toSend()
                + h2Frame(8, 0, 0, std::string("\x7f\xf0\0\0", 4))); // all the window there is
    std::size_t before = 0;
    EXPECT_TRUE(comes([&] { return written > 0; }));
    const auto grows = [&] { return std::exchange(before, written) != written; };
    for (int quiet = 0; quiet < 10;) { // until nothing has moved for ten turns of the loop
        quiet = grows() ? 0 : quiet + 1;
        m_loop.restart();
        m_loop.run_one_for(20ms);
    }
    EXPECT_LT(written, 30'000'000u);
}

TEST_F(H2Connection, aResetStreamEndsItsHandler)
{
    bool wasTold = false, couldWrite = true;
    Gate gate(m_loop);
    listen([&](edge::Request &request, edge::Responder &responder) -> asio::awaitable<void> {
        if (request.head.target != "/watch")
            co_return co_await echo(request, responder);
        request.watchClient([&] {
            wasTold = true;
            gate.open();
        });
        co_await begin(responder, Unknown);
        co_await gate.pass();
        EXPECT_TRUE(responder.clientGone());
        const auto sent = co_await responder.write("late");
        couldWrite = sent.has_value();
    });
    const auto client = connect();
    ASSERT_TRUE(client);
    const std::int32_t stream = client->peer.request(getOf("/watch"));
    ASSERT_TRUE(client->until([&] { return client->peer.answers[stream].status == 200; }));
    client->peer.reset(stream);
    client->say(client->peer.toSend());
    EXPECT_TRUE(comes([&] { return wasTold && m_handler.running == 0; }));
    EXPECT_FALSE(couldWrite);
    const std::int32_t next = client->peer.request(getOf("/next"));
    EXPECT_TRUE(client->until([&] { return client->peer.answers[next].status == 200; }));
}

TEST_F(H2Connection, anUnfinishedAnswerIsReset)
{
    listen([](edge::Request &request, edge::Responder &responder) -> asio::awaitable<void> {
        const std::optional<std::uint64_t> length = 100;
        co_await begin(responder, length);
        (void)co_await responder.write("half");
        if (request.head.target == "/abort")
            responder.abort();
    });
    const auto client = connect();
    ASSERT_TRUE(client);
    for (const char *path : {"/abort", "/forgotten"}) {
        const std::int32_t stream = client->peer.request(getOf(path));
        ASSERT_TRUE(client->until([&] { return client->peer.answers[stream].closed.has_value(); }));
        EXPECT_EQ(client->peer.answers[stream].closed, 2u) << path;
        EXPECT_FALSE(client->peer.answers[stream].isWhole);
    }
}

TEST_F(H2Connection, closingAfterAnAnswerIsAGracefulGoaway)
{
    Gate gate(m_loop);
    listen([&](edge::Request &request, edge::Responder &responder) -> asio::awaitable<void> {
        if (request.head.target == "/slow")
            co_await gate.pass();
        if (request.head.target == "/last")
            responder.closeAfter();
        co_await echo(request, responder);
    });
    const auto client = connect();
    ASSERT_TRUE(client);
    const std::int32_t slow = client->peer.request(getOf("/slow")),
                       last = client->peer.request(getOf("/last"));
    ASSERT_TRUE(client->until([&] { return client->peer.goAways.size() == 2; }));
    EXPECT_EQ(client->peer.goAways, (std::vector<H2Peer::GoAway>{{AnyStream, 0}, {last, 0}}));
    EXPECT_EQ(client->peer.answers[last].status, 200);
    EXPECT_FALSE(client->peer.answers[last].headers.has("connection"));
    gate.open();
    EXPECT_TRUE(client->untilEnd());
    client->hangUp();
    EXPECT_EQ(client->peer.answers[slow].body, "GET /slow a.test h2 ");
    EXPECT_TRUE(comes([&] { return m_server->openConnections() == 0; }));
}

TEST_F(H2Connection, everyClientCanBeSentAway)
{
    Gate gate(m_loop);
    listen([&](edge::Request &request, edge::Responder &responder) -> asio::awaitable<void> {
        co_await gate.pass();
        co_await echo(request, responder);
    });
    const auto busy = connect(), idle = connect();
    ASSERT_TRUE(busy && idle);
    const std::int32_t stream = busy->peer.request(getOf("/"));
    busy->say(busy->peer.toSend());
    ASSERT_TRUE(comes([&] { return m_handler.begun == 1; }));
    m_server->sendAway();
    EXPECT_TRUE(idle->untilEnd());
    EXPECT_EQ(idle->peer.goAways.front(), (H2Peer::GoAway{AnyStream, 0}));
    gate.open();
    EXPECT_TRUE(busy->untilEnd());
    EXPECT_TRUE(busy->peer.answers[stream].isWhole);
}

TEST_F(H2Connection, silentClientsAreSentAwayInTime)
{
    struct Row
    {
        const char *what;
        bool says, asks;
    };
    for (const Row &row :
         {Row{"nothing said", false, false}, {"nothing asked", true, false}, {"asked once", true, true}}) {
        SCOPED_TRACE(row.what);
        edge::HttpLimits limits;
        limits.headTimeout = row.says ? 60s : 50ms;
        limits.idleTimeout = row.says ? 50ms : 60s;
        listen(echo, limits);
        const auto client = connect();
        ASSERT_TRUE(client);
        if (row.asks)
            client->peer.request(getOf("/"));
        client->isMute = !row.says;
        EXPECT_TRUE(client->until([&] { return !client->peer.goAways.empty(); }));
        EXPECT_EQ(client->peer.goAways.front(), (H2Peer::GoAway{AnyStream, 0}));
        EXPECT_EQ(client->peer.answers.size(), row.asks ? 1u : 0u);
        if (row.says)
            client->hangUp();
        EXPECT_TRUE(comes([&] { return m_server->openConnections() == 0; })); // in any case
    }
}

TEST_F(H2Connection, theRestOfAnAnsweredRequestIsWaitedForInTime)
{
    for (const bool isEnded : {true, false}) {
        edge::HttpLimits limits;
        limits.idleTimeout = isEnded ? 60'000ms : 50ms;
        listen(
            [](edge::Request &, edge::Responder &responder) -> asio::awaitable<void> {
                std::string type = "text/plain", text = "no";
                (void)co_await responder.send(403, std::move(type), std::move(text));
            },
            limits);
        const auto client = connect();
        ASSERT_TRUE(client);
        H2Fields post = getOf("/");
        post[0].second = "POST";
        const std::int32_t stream = client->peer.request(post, false);
        ASSERT_TRUE(client->until([&] { return client->peer.answers[stream].isWhole; }));
        EXPECT_EQ(client->peer.answers[stream].body, "no");
        if (isEnded) {
            client->peer.send(stream, "late", true);
            client->peer.ping(); // so that something comes
        }
        ASSERT_TRUE(client->until([&] { return client->peer.answers[stream].closed.has_value(); }));
        EXPECT_EQ(client->peer.answers[stream].closed, 0u);
        const std::string reset = "RST_STREAM " + std::to_string(stream);
        EXPECT_EQ(std::count(client->peer.heard.begin(), client->peer.heard.end(), reset), isEnded ? 0 : 1);
    }
}

TEST_F(H2Connection, anAnswerThatNobodyTakesIsResetInTime)
{
    edge::HttpLimits limits;
    limits.writeTimeout = 50ms;
    std::optional<edge::Error::Kind> problem;
    listen(
        [&](edge::Request &, edge::Responder &responder) -> asio::awaitable<void> {
            co_await begin(responder, Unknown);
            const auto sent = co_await responder.write("more than one");
            problem = sent ? std::nullopt : std::optional(sent.error().kind);
        },
        limits);
    const auto client = connect(H2Peer::Windows::ByHand, 1);
    ASSERT_TRUE(client);
    const std::int32_t stream = client->peer.request(getOf("/"));
    ASSERT_TRUE(client->until([&] { return client->peer.answers[stream].closed.has_value(); }));
    EXPECT_EQ(client->peer.answers[stream].closed, 8u);
    EXPECT_EQ(problem, edge::Error::Kind::Timeout);
}

TEST_F(H2Connection, workThatGoesOnBehindResetStreamsIsBounded)
{
    edge::HttpLimits limits;
    limits.streams = 2;
    Gate gate(m_loop);
    listen([&](edge::Request &, edge::Responder &) -> asio::awaitable<void> { co_await gate.pass(); },
           limits);
    const auto client = connect();
    ASSERT_TRUE(client);
    for (int i = 0; i < 20; ++i) {
        const std::int32_t stream = client->peer.request(getOf("/"));
        client->say(client->peer.toSend());
        if (!comes([&] { return m_handler.begun == i + 1 || i >= 8; }))
            break;
        client->peer.reset(stream);
    }
    EXPECT_TRUE(client->untilEnd());
    ASSERT_FALSE(client->peer.goAways.empty());
    EXPECT_EQ(client->peer.goAways.back().reason, 11u); // ENHANCE_YOUR_CALM
    EXPECT_EQ(m_handler.begun, 8);
    gate.open();
}

TEST_F(H2Connection, aConnectionCanFallSilentAndBeCut)
{
    Gate gate(m_loop);
    listen([&](edge::Request &request, edge::Responder &responder) -> asio::awaitable<void> {
        if (request.head.target == "/silent") {
            co_await begin(responder, Unknown);
            responder.fallSilent();
            co_await gate.pass();
            responder.abort();
            co_return;
        }
        co_await echo(request, responder);
    });
    const auto client = connect();
    ASSERT_TRUE(client);
    const std::int32_t silent = client->peer.request(getOf("/silent"));
    ASSERT_TRUE(client->until([&] { return client->peer.answers[silent].status == 200; }));
    client->peer.request(getOf("/unheard"));
    client->peer.ping();
    client->say(client->peer.toSend());
    const auto other = connect(); // what it does takes longer than an answer would have
    ASSERT_TRUE(other);
    const std::int32_t heard = other->peer.request(getOf("/heard"));
    EXPECT_TRUE(other->until([&] { return other->peer.answers[heard].isWhole; }));
    EXPECT_EQ(m_handler.begun, 2);
    EXPECT_FALSE(client->stream().hasInput());
    gate.open();
    EXPECT_TRUE(client->untilEnd());
    EXPECT_EQ(client->peer.pongs, 0);
}

TEST_F(H2Connection, nonsenseEndsItsConnectionOnly)
{
    listen(echo);
    const std::string preface = h2Preface();
    for (const std::string &bytes :
         {std::string("GET / HTTP/1.1\r\nhost: a\r\n\r\n"), preface + h2Frame(1, 5, 0, "\x82"),
          preface + h2Frame(0, 0, 1, std::string(20'000, 'x')),
          preface + h2Frame(1, 5, 1, "\xff\xff\xff\x7f"), std::string(100'000, '\0'),
          preface + std::string(5'000, '\xff')}) {
        const auto client = connect();
        ASSERT_TRUE(client);
        client->peer.toSend();
        client->say(bytes);
        EXPECT_TRUE(client->untilEnd());
    }
    const auto client = connect();
    ASSERT_TRUE(client);
    const std::int32_t stream = client->peer.request(getOf("/"));
    EXPECT_TRUE(client->until([&] { return client->peer.answers[stream].isWhole; }));
}

TEST_F(H2Connection, curlSpeaksBothProtocols)
{
    if (runProgram(m_loop, "curl --version 2>&1 | grep -q HTTP2").exitCode != 0)
        GTEST_SKIP() << "skipped: no curl with HTTP/2 on the PATH";
    listen(echo);
    struct Row
    {
        const char *options, *expected;
    };
    for (const Row &row : {Row{"--http2", "POST /x 127.0.0.1:PORT h2 body 2"},
                           {"--http1.1", "POST /x 127.0.0.1:PORT h1 body 1.1"},
                           {"--no-alpn", "POST /x 127.0.0.1:PORT h1 body 1.1"},
                           {"--http2 -H 'Expect: 100-continue'", "POST /x 127.0.0.1:PORT h2 body 2"}}) {
        const ProgramResult result =
            runProgram(m_loop,
                       "curl -sk " + std::string(row.options) + " -d body -w ' %{http_version}' '" + url("/x")
                           + "' 2>&1");
        std::string expected = row.expected;
        expected.replace(expected.find("PORT"), 4, std::to_string(m_port));
        EXPECT_EQ(result.output, expected) << row.options;
    }
}

TEST_F(H2Connection, nghttpAsksForHundredsAtOnce)
{
    std::string program = SALLYPORT_SOURCE_DIR "/build/peers/nghttp/usr/bin/nghttp";
    if (!std::filesystem::exists(program))
        program = "nghttp";
    if (runProgram(m_loop, program + " --version >/dev/null 2>&1").exitCode != 0)
        GTEST_SKIP() << "skipped: no nghttp to speak HTTP/2 with (./dev setup --peers)";
    listen(echo);
    const ProgramResult result =
        runProgram(m_loop, program + " -m 400 --no-verify-peer -n -s '" + url("/x") + "' 2>&1");
    EXPECT_EQ(result.exitCode, 0) << result.output;
    int answered = 0;
    for (std::size_t at = 0; (at = result.output.find(" 200 ", at)) != std::string::npos; ++at)
        ++answered;
    EXPECT_EQ(answered, 400) << result.output;
    EXPECT_EQ(m_handler.begun, 400);
}
