// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/istiod_program.h"

#include "app/demo/webhook_program.h"

namespace demo {

namespace {

constexpr std::size_t ReviewLimit = 3 * 1024 * 1024;

}

IstiodProgram::IstiodProgram(const ContainerContext &context)
    : m_context(context)
    , m_server(context.world.loop, *this)
{
}

edge::Result<void> IstiodProgram::start()
{
    for (const std::uint16_t port : {8080, 15014}) {
        const auto bound = m_server.listen({"127.0.0.1", 0, port});
        if (!bound)
            return tl::unexpected(bound.error());
        m_ports.push_back({port, *bound, nullptr});
    }
    const auto credentials = webhookCredentials("istiod", "istio-system");
    if (!credentials)
        return tl::unexpected(credentials.error());
    const auto bound =
        m_server.listen({"127.0.0.1", 0, 15017}, edge::tlsAcceptor([own = *credentials] { return own; }));
    if (!bound)
        return tl::unexpected(bound.error());
    m_ports.push_back({15017, *bound, nullptr});
    m_context.log(utcText(true) + "\tinfo\tistiod " + imageTag(m_context.container["image"].text())
                  + ": signs for the trust domain " + std::string(TrustDomain)
                  + ", pushes to sidecars, reviews on port 15017");
    return {};
}

void IstiodProgram::stop() { m_server.stop(); }

std::string IstiodProgram::metrics() const
{
    Telemetry telemetry;
    const std::string version = imageTag(m_context.container["image"].text());
    const auto proxies = m_context.world.policy.proxies();
    int issued = 0;
    for (const auto &proxy : proxies)
        issued += proxy->certificate().renewals() + 1;
    telemetry.set("istio_build", {{"component", "pilot"}, {"tag", version}}, 1);
    telemetry.set("pilot_info", {{"version", version}}, 1);
    telemetry.set("pilot_xds", {{"version", version}}, double(proxies.size()));
    telemetry.count("pilot_xds_pushes", {{"type", "lds"}}, m_context.world.policy.pushes());
    telemetry.count("citadel_server_csr_count", {}, issued);
    telemetry.count("citadel_server_success_cert_issuance_count", {}, issued);
    telemetry.set("citadel_server_root_cert_expiry_timestamp", {},
                  double(std::chrono::system_clock::to_time_t(m_context.world.meshAuthority.notAfter())));
    return telemetry.text();
}

Value IstiodProgram::syncz() const
{
    Value all = Value::array();
    for (const auto &proxy : m_context.world.policy.proxies())
        all.push(Value::object({{"cluster_id", "Kubernetes"},
                                {"proxy", proxy->pod().name + "." + proxy->pod().nameSpace},
                                {"proxy_type", "sidecar"},
                                {"cluster_sent", "1"},
                                {"cluster_acked", "1"},
                                {"listener_sent", "1"},
                                {"listener_acked", "1"}}));
    return all;
}

Value IstiodProgram::mesh() const
{
    return Value::object({{"rootNamespace", "istio-system"},
                          {"trustDomain", std::string(TrustDomain)},
                          {"enableAutoMtls", true},
                          {"enablePrometheusMerge", true}});
}

// The Services as istiod knows them.
Value IstiodProgram::registryz() const
{
    Value all = Value::array();
    const Store &store = m_context.world.store;
    for (const ObjectPtr &service : store.list(*store.find("", "services"))) {
        const Value &metadata = service->at({"metadata"});
        Value ports = Value::array();
        for (const Value &port : service->at({"spec", "ports"}).items())
            ports.push(
                Value::object({{"name", port["name"]},
                               {"port", port["port"]},
                               {"protocol", port["protocol"].isString() ? port["protocol"].text() : "TCP"}}));
        all.push(Value::object({{"Attributes",
                                 Value::object({{"ServiceRegistry", "Kubernetes"},
                                                {"Name", metadata["name"]},
                                                {"Namespace", metadata["namespace"]}})},
                                {"hostname",
                                 metadata["name"].text() + "." + metadata["namespace"].text() + ".svc."
                                     + std::string(TrustDomain)},
                                {"defaultAddress", service->at({"spec", "clusterIP"})},
                                {"ports", std::move(ports)}}));
    }
    return all;
}

// Of ?proxyID=POD.NAMESPACE; "" there is no such proxy.
std::string IstiodProgram::configDumpOf(std::string_view target) const
{
    const std::size_t at = target.find("proxyID=");
    const std::string_view id = at == std::string_view::npos ? std::string_view() : target.substr(at + 8);
    for (const auto &proxy : m_context.world.policy.proxies()) {
        if (proxy->pod().name + "." + proxy->pod().nameSpace == id)
            return proxy->configDumpText({});
    }
    return {};
}

// What is malformed, the CustomResourceDefinitions refuse; istiod has nothing to add here.
asio::awaitable<void> IstiodProgram::answerReview(edge::Request &request, edge::Responder &responder)
{
    const auto body = co_await request.readAll(ReviewLimit);
    const std::string answer = allowingReview(body.value_or(std::string()));
    (void)co_await responder.send(200, "application/json", answer);
}

asio::awaitable<void> IstiodProgram::handle(edge::Request &request, edge::Responder &responder)
{
    if (request.connection.listenerPort == 15017)
        co_return co_await answerReview(request, responder);
    const std::string_view path = request.head.path();
    const bool isDebug = request.connection.listenerPort == 8080;
    if (isDebug && path == "/debug/syncz")
        (void)co_await responder.send(200, "application/json", edge::toJson(syncz(), 2));
    else if (isDebug && path == "/debug/mesh")
        (void)co_await responder.send(200, "application/json", edge::toJson(mesh(), 2));
    else if (isDebug && path == "/debug/registryz")
        (void)co_await responder.send(200, "application/json", edge::toJson(registryz(), 2));
    else if (isDebug && path == "/debug/config_dump") {
        std::string dump = configDumpOf(request.head.target);
        const int status = dump.empty() ? 404 : 200;
        if (dump.empty())
            dump = "Proxy not connected to this Pilot instance; give ?proxyID=POD.NAMESPACE\n";
        (void)co_await responder.send(status, "application/json", std::move(dump));
    } else if (isDebug && path == "/ready")
        (void)co_await responder.send(200, "text/plain", "");
    else if (!isDebug && path == "/version")
        (void)co_await responder.send(200, "text/plain",
                                      imageTag(m_context.container["image"].text()) + "-demo-Clean");
    else if (!isDebug && path == "/metrics")
        (void)co_await responder.send(200, "text/plain; version=0.0.4; charset=utf-8", metrics());
    else
        (void)co_await responder.send(404, "text/plain; charset=utf-8", "404 page not found\n");
}

} // namespace demo
