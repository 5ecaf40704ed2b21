// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/traffic.h"

#include "edge/client.h"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>

namespace demo {

namespace {

asio::awaitable<void> visit(std::uint16_t port, edge::RequestHead head)
{
    edge::ClientRequest request;
    request.port = port;
    request.head = std::move(head);
    request.timeout = std::chrono::seconds(20);
    (void)co_await edge::fetch(std::move(request)); // what became of it, the edge's counters say
}

struct PlannedCall
{
    edge::ClientRequest request;
    ServiceName service;
    std::string workload; // of the pod that was chosen
};

// TLS as Envoy originates it where no certificate is asked of it or checked by it.
std::shared_ptr<edge::TlsCredentials> foreignCredentials()
{
    edge::TlsSettings settings;
    settings.alpnProtocols = "http/1.1";
    settings.maxVersion = "v1.2"; // Envoy's default as a client
    return edge::TlsCredentials::make(edge::TlsCredentials::Side::Client, settings).value_or(nullptr);
}

// What Envoy says of an upstream that gave no answer.
const char *flagsOf(const edge::Result<edge::Reply> &reply)
{
    if (reply)
        return "-";
    const edge::Error &error = reply.error();
    // Envoy's connection is one once its TLS stands: whoever is turned away before was never connected.
    const bool neverConnected = error.kind == edge::Error::Kind::Tls
        || error.kind == edge::Error::Kind::Connect || error.message.starts_with("TLS handshake");
    return neverConnected ? "UF" : "UC";
}

std::optional<PlannedCall> plan(World &world, Sidecar *caller, const MeshTarget &target,
                                edge::RequestHead head)
{
    const Lookup lookup = world.directory.find(target.host, target.callersNamespace, target.port);
    if (lookup.outcome != Lookup::Outcome::Found)
        return {};
    const auto pod = world.directory.pod(lookup.backend.nameSpace, lookup.backend.pod);
    const auto where = world.network.find(lookup.backend.address, lookup.backend.port);
    if (!pod || !where)
        return {};
    PlannedCall call{{}, lookup.service, podIdentity(*pod).workload};
    call.request.port = *where;
    if (caller)
        call.request.source = dialFrom(caller->pod().address);
    call.request.head = std::move(head);
    call.request.head.headers.set("host", target.host);
    call.request.timeout = std::chrono::seconds(15);
    const std::string full = lookup.service.name + "." + lookup.service.nameSpace + ".svc.cluster.local";
    if (caller)
        call.request.head.headers.set("x-envoy-peer-metadata", caller->peerMetadata());
    ClientTls tls = ClientTls::None;
    if (caller)
        tls = world.policy.clientTls(
            {full, lookup.service.nameSpace, target.callersNamespace, caller->pod().labels, target.port},
            *pod, lookup.backend.port);
    if (tls == ClientTls::Mesh) {
        call.request.tls = caller->certificate().client("istio-http/1.1,istio,http/1.1");
        call.request.serverName = "outbound_." + std::to_string(target.port) + "_._." + full;
    } else if (tls == ClientTls::Foreign) {
        call.request.tls = foreignCredentials();
        call.request.serverName = full;
    }
    return call;
}

Labels sourceLabels(const Sidecar &caller, const ServiceName &service, const std::string &destinationWorkload,
                    int status, const std::string &flags)
{
    const PodIdentity &pod = caller.pod();
    return {{"reporter", "source"},
            {"source_workload", pod.workload},
            {"source_workload_namespace", pod.nameSpace},
            {"source_app", pod.app},
            {"source_version", pod.version},
            {"destination_workload", destinationWorkload},
            {"destination_workload_namespace", service.nameSpace},
            {"destination_service", service.name + "." + service.nameSpace + ".svc.cluster.local"},
            {"destination_service_name", service.name},
            {"destination_service_namespace", service.nameSpace},
            {"request_protocol", "http"},
            {"response_code", std::to_string(status)},
            {"response_flags", flags},
            {"connection_security_policy", "unknown"}}; // as Istio's own source side says
}

} // namespace

asio::awaitable<void> meshCall(World &world, std::shared_ptr<Sidecar> caller, MeshTarget target,
                               edge::RequestHead head)
{
    auto planned = plan(world, caller.get(), target, std::move(head));
    if (!planned)
        co_return;
    const auto reply = co_await edge::fetch(std::move(planned->request));
    if (caller)
        caller->telemetry().count("istio_requests_total",
                                  sourceLabels(*caller, planned->service, planned->workload,
                                               reply ? reply->head.status : 503, flagsOf(reply)));
}

Traffic::Traffic(World &world, std::uint16_t edgePort)
    : m_world(world)
    , m_edgePort(edgePort)
    , m_timer(world.loop)
{
}

void Traffic::start()
{
    if (m_world.options.rate > 0)
        turn();
}

void Traffic::stop() { m_timer.stop(); }

void Traffic::turn()
{
    switch (m_count++ % 6) {
    case 0: callEdge("/backend/", "shop.example.com"); break; // 404 until the guide has brought quote
    case 1: callEdge("/", "shop.example.com"); break;
    case 2: callInside("cart", "orders.shop:80", "/orders/last"); break;
    case 3: callEdge("/shop/", "edge.example.com"); break;
    case 4: callStock(); break;
    default: callInside("orders", "cart.shop:80", "/cart/"); break;
    }
    m_timer.after(std::chrono::milliseconds(std::max(1, int(1000 / m_world.options.rate))),
                  [this] { turn(); });
}

// Only an incident brings that Service.
void Traffic::callStock()
{
    if (m_world.store.get(*m_world.store.find("", "services"), "shop", "stock"))
        callInside("cart", "stock.shop:8080", "/stock/");
}

void Traffic::callEdge(const std::string &path, const std::string &host)
{
    edge::RequestHead head;
    head.target = path;
    head.headers = {{"host", host}, {"user-agent", "demo-visitor"}, {"accept", "*/*"}};
    asio::co_spawn(m_world.loop, visit(m_edgePort, std::move(head)), asio::detached);
}

void Traffic::callInside(const std::string &app, const std::string &hostAndPort, const std::string &path)
{
    const std::string host = hostAndPort.substr(0, hostAndPort.find(':'));
    const auto port = std::uint16_t(std::stoi(hostAndPort.substr(host.size() + 1)));
    for (const std::shared_ptr<Sidecar> &caller : m_world.policy.proxies()) {
        if (caller->pod().app != app || caller->pod().nameSpace != "shop")
            continue;
        edge::RequestHead head;
        head.target = path;
        head.headers = {{"user-agent", app}, {"accept", "*/*"}};
        asio::co_spawn(m_world.loop,
                       meshCall(m_world, caller, {host, caller->pod().nameSpace, port}, std::move(head)),
                       asio::detached);
        return;
    }
}

} // namespace demo
