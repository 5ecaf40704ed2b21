// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/scrape_proxy.h"

#include "app/demo/prometheus_discovery.h"
#include "edge/client.h"

#include <algorithm>
#include <charconv>

namespace demo {

namespace {

struct Target
{
    std::string host, path;
    std::uint16_t port = 80;
};

std::optional<Target> absoluteTarget(std::string_view text)
{
    static constexpr std::string_view scheme = "http://";
    if (!text.starts_with(scheme))
        return {};
    text.remove_prefix(scheme.size());
    const std::size_t slash = std::min(text.find('/'), text.size());
    const std::string_view authority = text.substr(0, slash);
    const std::size_t colon = authority.rfind(':');
    Target target;
    target.host = authority.substr(0, colon);
    target.path = slash == text.size() ? "/" : text.substr(slash);
    if (colon != std::string_view::npos) {
        const std::string_view digits = authority.substr(colon + 1);
        if (std::from_chars(digits.data(), digits.data() + digits.size(), target.port).ec != std::errc())
            return {};
    }
    return target;
}

// Its pod's, as in a cluster; nothing: no such pod runs yet.
std::optional<asio::ip::address> prometheusAddress(const Store &store)
{
    for (const ObjectPtr &pod : store.list(*store.find("", "pods"), "istio-system")) {
        const std::string &address = pod->at({"status", "podIP"}).text();
        if (pod->at({"metadata", "labels", "app"}).text() == "prometheus" && !address.empty())
            return dialFrom(address);
    }
    return {};
}

} // namespace

ScrapeProxy::ScrapeProxy(asio::io_context &loop, const Store &store, ServiceDirectory &directory)
    : m_store(store)
    , m_directory(directory)
    , m_server(loop, *this)
{
}

edge::Result<std::uint16_t> ScrapeProxy::listen() { return m_server.listen({}); }

void ScrapeProxy::stop() { m_server.stop(); }

int ScrapeProxy::rounds() const
{
    int most = 0;
    for (const auto &[address, count] : m_taken)
        most = std::max(most, count);
    return most;
}

asio::awaitable<void> ScrapeProxy::handle(edge::Request &request, edge::Responder &responder)
{
    if (const auto query = readDiscoveryPath(request.head.target)) {
        std::string targets = edge::toJson(discoverTargets(m_store, *query));
        (void)co_await responder.send(200, "application/json", std::move(targets));
        co_return;
    }
    const auto target = absoluteTarget(request.head.target);
    if (!target || request.head.method != "GET") {
        (void)co_await responder.send(400, "text/plain",
                                      "this proxy takes GET http://ADDRESS:PORT/PATH only\n");
        co_return;
    }
    const bool isOwn =
        target->host == "127.0.0.1" || target->host == "localhost"; // Prometheus' own job scrapes itself
    const auto port =
        isOwn ? std::optional(target->port) : m_directory.dial(target->host, "istio-system", target->port);
    if (!port) {
        (void)co_await responder.send(502, "text/plain", "no such host: " + target->host + "\n");
        co_return;
    }
    edge::ClientRequest onward;
    onward.port = *port;
    onward.source = isOwn ? std::nullopt : prometheusAddress(m_store);
    onward.head.target = target->path;
    onward.head.headers.set("host", target->host + ":" + std::to_string(target->port));
    for (const char *name : {"accept", "user-agent", "x-prometheus-scrape-timeout-seconds"}) {
        if (const std::string *value = request.head.headers.find(name))
            onward.head.headers.set(name, *value);
    }
    onward.bodyLimit = 64 << 20;
    const auto reply = co_await edge::fetch(std::move(onward));
    if (reply && !isOwn)
        ++m_taken[target->host];
    if (reply)
        (void)co_await responder.send(reply->head.status,
                                      std::string(reply->head.headers.value("content-type")), reply->body);
    else
        (void)co_await responder.send(502, "text/plain", reply.error().message + "\n");
}

} // namespace demo
