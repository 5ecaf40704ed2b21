// SPDX-License-Identifier: GPL-3.0-or-later
// Peers that fall silent where something is owed: each wait has an end.
#include "edge/server.h"
#include "tests/edge/loop_runner.h"
#include "tests/edge/test_authority.h"

using edge::Stream;
using edge::TlsCredentials;
using namespace edge_test;
using namespace std::chrono_literals;

namespace {

using Tcp = asio::ip::tcp;

class Silent : public testing::Test
{
protected:
    std::shared_ptr<TlsCredentials> credentials(TlsCredentials::Side side)
    {
        const Issued own = TestAuthority("ca").issue({"a", ""});
        edge::TlsSettings settings;
        settings.certificateChainPem = own.certificate;
        settings.privateKeyPem = own.privateKey;
        return TlsCredentials::make(side, settings).value();
    }

    std::uint16_t port() const { return acceptor.local_endpoint().port(); }

    asio::io_context loop{1};
    Tcp::acceptor acceptor{loop, Tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0)};
    Tcp::socket peer{loop};
};

struct NeverAsked : edge::Handler
{
    asio::awaitable<void> handle(edge::Request &, edge::Responder &responder) override
    {
        ++asked;
        co_await responder.send(200, "text/plain", "ok");
    }
    int asked = 0;
};

} // namespace

TEST_F(Silent, aClientsHandshakeEndsAtItsDeadline)
{
    const auto shake = [](std::uint16_t to,
                          std::shared_ptr<TlsCredentials> with) -> asio::awaitable<std::string> {
        edge::Result<Stream> stream = co_await Stream::connect("127.0.0.1", to, edge::in(5s));
        if (!stream)
            co_return stream.error().message;
        const std::string name("a.test");
        const auto done = co_await stream->handshakeAsClient(with, name, edge::in(50ms));
        co_return done ? "shaken" : done.error().kind == edge::Error::Kind::Timeout ? "timeout" : "another";
    };
    const auto end = run(loop, shake(port(), credentials(TlsCredentials::Side::Client)), 5s);
    EXPECT_EQ(end.value_or("none"), "timeout");
}

TEST_F(Silent, aServersHandshakeEndsAtItsDeadline)
{
    peer.connect(acceptor.local_endpoint());
    const auto shake = [](Tcp::socket socket,
                          std::shared_ptr<TlsCredentials> with) -> asio::awaitable<std::string> {
        Stream stream(std::move(socket));
        const auto done = co_await stream.handshakeAsServer(with, edge::in(50ms));
        co_return done ? "shaken" : done.error().kind == edge::Error::Kind::Timeout ? "timeout" : "another";
    };
    const auto end = run(loop, shake(acceptor.accept(), credentials(TlsCredentials::Side::Server)), 5s);
    EXPECT_EQ(end.value_or("none"), "timeout");
}

TEST_F(Silent, aHeadThatDoesNotEndEndsTheConnection)
{
    NeverAsked handler;
    edge::Server server(loop, handler);
    const auto limits = std::make_shared<edge::HttpLimits>();
    limits->headTimeout = 50ms;
    const auto bound =
        server.listen({}, [limits](Stream &, edge::ConnectionInfo &info) -> asio::awaitable<bool> {
            info.limits = limits;
            co_return true;
        });
    ASSERT_TRUE(bound);
    const auto talk = [](std::uint16_t to) -> asio::awaitable<std::string> {
        edge::Result<Stream> stream = co_await Stream::connect("127.0.0.1", to, edge::in(5s));
        if (!stream)
            co_return stream.error().message;
        (void)co_await stream->write("GET / HTTP/1.1\r\nHost: a", edge::in(5s));
        std::array<char, 100> buffer{};
        const auto n = co_await stream->read(buffer.data(), buffer.size(), edge::in(4s));
        co_return !n && n.error().kind == edge::Error::Kind::Timeout ? "open" : "closed";
    };
    EXPECT_EQ(run(loop, talk(*bound)).value_or("none"), "closed");
    EXPECT_EQ(handler.asked, 0);
    server.stop();
    loop.restart();
    while (loop.poll() > 0) { }
}

TEST_F(Silent, aLongBodyThatNobodyReadsEndsTheConnection)
{
    NeverAsked handler;
    edge::Server server(loop, handler);
    const auto bound = server.listen({});
    ASSERT_TRUE(bound);
    const auto talk = [](std::uint16_t to) -> asio::awaitable<std::string> {
        edge::Result<Stream> stream = co_await Stream::connect("127.0.0.1", to, edge::in(5s));
        if (!stream)
            co_return stream.error().message;
        const std::string sent =
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n" + std::string(300 * 1024, 'x');
        (void)co_await stream->write(sent, edge::in(5s));
        std::array<char, 4096> buffer{};
        for (;;) {
            const auto n = co_await stream->read(buffer.data(), buffer.size(), edge::in(4s));
            if (!n || *n == 0)
                co_return n || n.error().kind == edge::Error::Kind::Closed ? "closed" : "open";
        }
    };
    EXPECT_EQ(run(loop, talk(*bound)).value_or("none"), "closed");
    EXPECT_EQ(handler.asked, 1);
    server.stop();
    loop.restart();
    while (loop.poll() > 0) { }
}

namespace {

std::string peerAfterDialling(const std::optional<asio::ip::address> &source)
{
    asio::io_context loop{1};
    Tcp::acceptor acceptor(loop, Tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0));
    const auto dial = [](std::uint16_t to,
                         std::optional<asio::ip::address> from) -> asio::awaitable<std::string> {
        const std::string here("127.0.0.1");
        edge::Result<Stream> stream = co_await Stream::connect(here, to, edge::in(5s), from);
        co_return stream ? "connected" : stream.error().message;
    };
    if (run(loop, dial(acceptor.local_endpoint().port(), source)) != "connected")
        return "not connected";
    return acceptor.accept().remote_endpoint().address().to_string();
}

} // namespace

TEST(Dialling, GoesOutFromTheAddressThatIsAsked)
{
#ifdef __linux__ // other systems have 127.0.0.1 alone
    EXPECT_EQ(peerAfterDialling(asio::ip::make_address("127.244.0.7")), "127.244.0.7");
#endif
    EXPECT_EQ(peerAfterDialling({}), "127.0.0.1");
}

TEST(Dialling, GoesOutFromAnotherWhereThisMachineHasNoSuchAddress)
{
    EXPECT_EQ(peerAfterDialling(asio::ip::make_address("192.0.2.7")), "127.0.0.1");
    EXPECT_EQ(peerAfterDialling(asio::ip::make_address("::1")), "127.0.0.1");
}
