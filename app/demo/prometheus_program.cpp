// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/prometheus_program.h"

#include "app/demo/prometheus_discovery.h"
#include "edge/client.h"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>

namespace demo {

namespace {

constexpr std::chrono::milliseconds ReadyPoll{200};

// A free port.  Another program may take it before Prometheus does; then Prometheus ends and the kubelet
// starts it anew.
edge::Result<std::uint16_t> freePort(asio::io_context &loop)
{
    asio::error_code error;
    asio::ip::tcp::acceptor acceptor(loop);
    acceptor.open(asio::ip::tcp::v4(), error);
    if (!error)
        acceptor.bind({asio::ip::address_v4::loopback(), 0}, error);
    if (error)
        return edge::failure(edge::Error::Kind::Connect, "no free port for prometheus: " + error.message());
    return acceptor.local_endpoint().port();
}

asio::awaitable<void> pollReady(std::uint16_t port, std::shared_ptr<bool> ready)
{
    edge::ClientRequest request;
    request.port = port;
    request.head.target = "/-/ready";
    request.head.headers.set("host", "127.0.0.1");
    request.timeout = std::chrono::seconds(2);
    const auto reply = co_await edge::fetch(std::move(request));
    *ready = reply && reply->head.status == 200;
}

} // namespace

PrometheusProgram::PrometheusProgram(const ContainerContext &context)
    : m_context(context)
    , m_poll(context.world.loop)
{
}

PrometheusProgram::~PrometheusProgram() { stop(); }

edge::Result<void> PrometheusProgram::start()
{
    const Store &store = m_context.world.store;
    const ObjectPtr configMap =
        store.get(*store.find("", "configmaps"), m_context.pod.nameSpace, "prometheus");
    if (!configMap || !configMap->at({"data", "prometheus.yml"}).isString())
        return edge::failure(edge::Error::Kind::Config, "ConfigMap prometheus has no prometheus.yml");
    const std::string &text = configMap->at({"data", "prometheus.yml"}).text();
    const auto port = freePort(m_context.world.loop);
    if (!port)
        return tl::unexpected(port.error());
    m_port = *port;
    // Broken YAML goes to Prometheus as it is: its own message belongs into the pod's log.
    const std::string configuration =
        prometheusConfiguration(text, m_context.world.scrapeProxyPort).value_or(text);
    m_context.world.prometheus.start(configuration, m_port, {m_context.log, m_context.exited});
    m_started = true;
    m_poll.after(ReadyPoll, [this] { askReady(); });
    return {};
}

void PrometheusProgram::askReady()
{
    asio::co_spawn(m_context.world.loop, pollReady(m_port, m_ready), asio::detached);
    m_poll.after(*m_ready ? ReadyPoll * 10 : ReadyPoll, [this] { askReady(); });
}

void PrometheusProgram::stop()
{
    m_poll.stop();
    if (std::exchange(m_started, false))
        m_context.world.prometheus.stop(m_port);
}

std::vector<InboundPort> PrometheusProgram::ports() const { return {{9090, m_port, nullptr}}; }

} // namespace demo
