// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/edge/gateway_fixture.h"

#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

namespace edge_test {

edge::Route forwardTo(std::string prefix, std::string cluster)
{
    edge::Route route;
    route.path.value = std::move(prefix);
    route.mapping = {"Mapping", cluster + "-mapping", "default"};
    route.cluster = std::move(cluster);
    return route;
}

edge::Config plainConfig(std::vector<edge::Route> routes)
{
    edge::Config config;
    for (const edge::Route &route : routes) {
        if (route.cluster.empty())
            continue;
        edge::Cluster &cluster = config.clusters.edit(route.cluster);
        cluster.name = route.cluster;
        cluster.host = route.cluster + ".test";
    }
    edge::FilterChain chain;
    chain.virtualHosts.push_back({"*", {"*"}, std::move(routes), {}});
    edge::Listener listener;
    listener.name = "test-8080";
    listener.chains.push_back(std::move(chain));
    config.listeners.push_back(std::move(listener));
    return config;
}

GatewayTest::GatewayTest()
{
    edge::GatewayOptions options;
    options.resolve = [this](const edge::Cluster &cluster) -> std::optional<edge::Endpoint> {
        const auto found = m_ports.find(cluster.name);
        return found == m_ports.end() ? std::nullopt
                                      : std::optional<edge::Endpoint>({"127.0.0.1", found->second});
    };
    options.exchangeFinished = [this](const edge::Exchange &exchange) { m_exchanges.push_back(exchange); };
    gateway = std::make_unique<edge::Gateway>(loop, std::move(options));
}

GatewayTest::~GatewayTest()
{
    gateway.reset();
    settle();
}

void GatewayTest::settle()
{
    loop.restart();
    while (loop.poll() > 0) { }
}

std::vector<edge::Error> GatewayTest::apply(const edge::Config &config, const edge::SecretStore &secrets)
{
    auto table = edge::RouteTable::build(config);
    EXPECT_TRUE(table.has_value()) << (table ? "" : table.error().message);
    return gateway->apply(*table, secrets);
}

std::uint16_t GatewayTest::port(std::uint16_t configured) const
{
    const auto bound = gateway->boundPorts();
    const auto found = bound.find(configured);
    return found == bound.end() ? std::uint16_t(0) : found->second;
}

edge::ClientRequest GatewayTest::request(std::string target, std::string method, std::string body) const
{
    edge::ClientRequest wanted;
    wanted.port = port();
    wanted.head.method = std::move(method);
    wanted.head.target = std::move(target);
    wanted.head.headers.add("Host", "any.test");
    wanted.body = std::move(body);
    return wanted;
}

edge::Result<edge::Reply> GatewayTest::fetch(edge::ClientRequest wanted)
{
    std::optional<edge::Result<edge::Reply>> reply = run(loop, edge::fetch(std::move(wanted)));
    settle();
    return reply
        ? std::move(*reply)
        : edge::Result<edge::Reply>(edge::failure(edge::Error::Kind::Timeout, "the test ran out of time"));
}

RawAnswer GatewayTest::rawSlowly(std::vector<std::string> pieces, std::uint16_t configured)
{
    const auto talk = [](std::uint16_t to, std::vector<std::string> parts) -> asio::awaitable<RawAnswer> {
        RawAnswer answer;
        edge::Result<edge::Stream> stream =
            co_await edge::Stream::connect("127.0.0.1", to, edge::in(std::chrono::seconds(5)));
        if (!stream)
            co_return answer;
        asio::steady_timer pause(stream->socket().get_executor());
        for (const std::string &part : parts) {
            (void)co_await stream->write(part, edge::in(std::chrono::seconds(5)));
            asio::error_code ignored;
            pause.expires_after(std::chrono::milliseconds(30)); // a segment of its own
            co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        }
        std::array<char, 4096> buffer{};
        const edge::Result<std::size_t> n =
            co_await stream->read(buffer.data(), buffer.size(), edge::in(std::chrono::seconds(5)));
        answer.closed = !n || *n == 0;
        answer.bytes.assign(buffer.data(), n.value_or(0));
        co_return answer;
    };
    RawAnswer answer = run(loop, talk(port(configured), std::move(pieces))).value_or(RawAnswer{});
    settle();
    return answer;
}

RawAnswer GatewayTest::raw(std::vector<std::string> pieces, std::string until, std::uint16_t configured)
{
    const auto talk = [](std::uint16_t to, std::vector<std::string> parts,
                         std::string end) -> asio::awaitable<RawAnswer> {
        RawAnswer answer;
        edge::Result<edge::Stream> stream =
            co_await edge::Stream::connect("127.0.0.1", to, edge::in(std::chrono::seconds(5)));
        if (!stream)
            co_return answer;
        for (const std::string &part : parts)
            (void)co_await stream->write(part, edge::in(std::chrono::seconds(5)));
        std::array<char, 4096> buffer{};
        while (end.empty() || answer.bytes.find(end) == std::string::npos) {
            const edge::Result<std::size_t> n =
                co_await stream->read(buffer.data(), buffer.size(), edge::in(std::chrono::seconds(5)));
            if (!n || *n == 0) {
                answer.closed = !n ? n.error().kind != edge::Error::Kind::Timeout : true;
                break;
            }
            answer.bytes.append(buffer.data(), *n);
        }
        co_return answer;
    };
    RawAnswer answer =
        run(loop, talk(port(configured), std::move(pieces), std::move(until))).value_or(RawAnswer{});
    settle();
    return answer;
}

} // namespace edge_test
