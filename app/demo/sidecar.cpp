// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/sidecar.h"

#include "app/demo/access_log.h"
#include "app/demo/envoy_admin.h"
#include "app/demo/inbound_chains.h"
#include "app/demo/pod_logs.h"

#include <algorithm>
#include <array>

namespace demo {

namespace {

struct Peer // what a sidecar says of itself in x-envoy-peer-metadata
{
    std::string nameSpace = "unknown", workload = "unknown", app = "unknown", version = "unknown";
};

Peer readPeer(const std::string &metadata)
{
    Peer peer;
    std::array<std::string *, 4> fields{&peer.nameSpace, &peer.workload, &peer.app, &peer.version};
    std::size_t from = 0;
    for (std::string *field : fields) {
        if (metadata.empty() || from > metadata.size())
            break;
        const std::size_t end = std::min(metadata.find('/', from), metadata.size());
        *field = metadata.substr(from, end - from);
        from = end + 1;
    }
    return peer;
}

std::string principal(const std::optional<edge::TlsFacts> &tls)
{
    if (!tls || tls->peerChain.empty() || tls->peerChain.front().uriNames.empty())
        return "unknown";
    return tls->peerChain.front().uriNames.front();
}

InboundPolicy policyOf(const PushedConfiguration &configuration, std::uint16_t port)
{
    const auto kind = configuration.kinds.find(port);
    return {configuration.modes.of(port), kind == configuration.kinds.end() ? PortKind::Auto : kind->second};
}

// What Envoy looks for before it chooses a chain; where that changes, the whole listener is a new one (facts sidecar-truth.md §7).
struct Inspection
{
    bool tls = false, http = false;
    bool operator==(const Inspection &) const = default;
};

Inspection inspectionOf(const InboundPolicy &policy)
{
    return {policy.mode != MtlsMode::Disable,
            policy.kind == PortKind::Auto && policy.mode != MtlsMode::Strict};
}

} // namespace

// 15020 of the agent, 15021 health, 15090 and 15000 of Envoy: plaintext in every mode.
class Sidecar::Agent : public edge::Handler
{
public:
    Agent(asio::io_context &loop, Sidecar &sidecar)
        : m_sidecar(sidecar.weak_from_this())
        , m_server(loop, *this)
    {
    }
    edge::Server &server() { return m_server; }

    asio::awaitable<void> handle(edge::Request &request, edge::Responder &responder) override
    {
        const auto sidecar = m_sidecar.lock();
        const std::string_view path = request.head.path();
        if (!sidecar)
            responder.abort();
        else if (path == "/stats/prometheus"
                 || (path == "/metrics" && request.connection.listenerPort == 15020))
            (void)co_await responder.send(200, "text/plain; version=0.0.4; charset=utf-8",
                                          sidecar->metricsText());
        else if (path == "/certs" && request.connection.listenerPort == AdminPort)
            (void)co_await responder.send(200, "application/json", sidecar->certificatesText());
        else if (path == "/config_dump" && request.connection.listenerPort == AdminPort) {
            std::string dump = sidecar->configDumpText(request.head.target);
            const int status = dump.empty() ? 404 : 200;
            (void)co_await responder.send(status, "application/json", std::move(dump));
        } else if (path == "/healthz/ready")
            (void)co_await responder.send(200, "text/plain", "");
        else
            (void)co_await responder.send(404, "text/plain; charset=utf-8", "404 page not found\n");
    }

private:
    std::weak_ptr<Sidecar> m_sidecar;
    edge::Server m_server;
};

Sidecar::Sidecar(asio::io_context &loop, const Authority &authority, SidecarSettings settings)
    : m_loop(loop)
    , m_settings(std::move(settings))
    , m_certificate(loop, authority, m_settings.pod.nameSpace, m_settings.pod.serviceAccount,
                    m_settings.certLife)
    , m_started(std::chrono::system_clock::now())
{
}

Sidecar::~Sidecar() { stop(); }

edge::Result<void> Sidecar::start()
{
    m_certificate.start();
    m_agent = std::make_unique<Agent>(m_loop, *this);
    for (const std::uint16_t port :
         {AdminPort, std::uint16_t(15020), std::uint16_t(15021), std::uint16_t(15090)}) {
        const auto bound = m_agent->server().listen({"127.0.0.1", 0, port});
        if (!bound)
            return tl::unexpected(bound.error());
        m_agentPorts[port] = *bound;
    }
    m_telemetry.set("istio_build", {{"component", "proxy"}, {"tag", m_settings.istioVersion}}, 1);
    return {};
}

edge::Result<std::uint16_t> Sidecar::capture(InboundPort port)
{
    auto listener =
        std::make_unique<InboundListener>(m_loop, inboundSettings(port), policyFor(port.containerPort));
    const auto bound = listener->listen();
    if (bound)
        m_inbound[port.containerPort] = std::move(listener);
    return bound;
}

InboundSettings Sidecar::inboundSettings(const InboundPort &port)
{
    InboundSettings settings;
    settings.containerPort = port.containerPort;
    settings.applicationPort = port.applicationPort;
    settings.application = port.application;
    settings.decorator = m_settings.pod.app + "." + m_settings.pod.nameSpace
        + ".svc.cluster.local:" + std::to_string(port.containerPort) + "/*";
    settings.identity = m_certificate.identity();
    const std::weak_ptr<Sidecar> weak = weak_from_this();
    settings.credentials = [weak](const std::string &alpn) {
        const auto self = weak.lock();
        return self ? self->m_certificate.server(alpn) : nullptr;
    };
    settings.record = [weak](const InboundRecord &seen) {
        if (const auto self = weak.lock())
            self->record(seen);
    };
    return settings;
}

InboundPolicy Sidecar::policyFor(std::uint16_t port) const { return policyOf(m_configuration, port); }

void Sidecar::push(PushedConfiguration configuration)
{
    const auto before = std::exchange(m_configuration, std::move(configuration));
    ++m_pushes;
    m_pushed = utcText(true);
    const bool sameDefault = inspectionOf({before.modes.mode, PortKind::Auto})
        == inspectionOf({m_configuration.modes.mode, PortKind::Auto});
    const bool isSame =
        sameDefault && std::all_of(m_inbound.begin(), m_inbound.end(), [&](const auto &inbound) {
            return inspectionOf(policyOf(before, inbound.first)) == inspectionOf(policyFor(inbound.first));
        });
    for (const auto &[port, listener] : m_inbound)
        listener->setPolicy(policyFor(port), isSame ? PolicyChange::Port : PolicyChange::Listener);
}

void Sidecar::stop()
{
    m_certificate.stop();
    for (const auto &[port, listener] : m_inbound)
        listener->stop();
    if (m_agent)
        m_agent->server().stop();
}

std::string Sidecar::peerMetadata() const
{
    const PodIdentity &pod = m_settings.pod;
    return pod.nameSpace + "/" + pod.workload + "/" + pod.app + "/" + pod.version;
}

Labels Sidecar::destinationLabels(const InboundRecord &record) const
{
    const PodIdentity &pod = m_settings.pod;
    const Peer peer = readPeer(record.peerMetadata);
    const std::string service = m_configuration.service.empty()
        ? "unknown"
        : m_configuration.service + "." + pod.nameSpace + ".svc.cluster.local";
    return {
        {"reporter", "destination"},
        {"source_workload", peer.workload},
        {"source_canonical_service", peer.app},
        {"source_workload_namespace", peer.nameSpace},
        {"source_principal", principal(record.tls)},
        {"source_app", peer.app},
        {"source_version", peer.version},
        {"destination_workload", pod.workload},
        {"destination_workload_namespace", pod.nameSpace},
        {"destination_principal", record.tls ? m_certificate.identity() : "unknown"},
        {"destination_app", pod.app},
        {"destination_version", pod.version},
        {"destination_service", service},
        {"destination_service_name", m_configuration.service.empty() ? "unknown" : m_configuration.service},
        {"destination_service_namespace", pod.nameSpace},
        {"request_protocol", record.isHttp ? "http" : "tcp"},
        {"response_flags", record.flags.empty() ? "-" : record.flags},
        {"connection_security_policy", record.tls ? "mutual_tls" : "none"},
    };
}

void Sidecar::record(const InboundRecord &record)
{
    if (m_settings.log)
        m_settings.log(accessLogLine(record, m_settings.pod.address));
    if (record.flags == "NR"
        || record.flags == "DPE") // matched no chain, or never was a request: not in Istio's metrics
        return;
    Labels labels = destinationLabels(record);
    if (record.isHttp) {
        labels.insert(labels.end() - 2, {"response_code", std::to_string(record.status)});
        m_telemetry.count("istio_requests_total", labels);
        m_telemetry.observe("istio_request_duration_milliseconds", labels,
                            double(record.duration.count()) / 1000);
        return;
    }
    m_telemetry.count("istio_tcp_connections_opened_total", labels);
    m_telemetry.count("istio_tcp_connections_closed_total", labels);
    m_telemetry.count("istio_tcp_received_bytes_total", labels, double(record.received));
    m_telemetry.count("istio_tcp_sent_bytes_total", labels, double(record.sent));
}

std::string Sidecar::certificatesText() const
{
    const edge::Value answer =
        certificatesAnswer({{"<inline>", m_certificate.current().certificateChain, m_certificate.rootPem()}},
                           std::chrono::system_clock::now());
    return edge::toJson(answer, 1) + "\n";
}

std::string Sidecar::configDumpText(std::string_view target) const
{
    ReceivedConfiguration received{{virtualInbound(m_configuration)}, {}, std::to_string(m_pushes), m_pushed};
    for (const char *name : {"BlackHoleCluster", "InboundPassthroughCluster"})
        received.clusters.push_back(edge::Value::object({{"name", name}}));
    for (const auto &[port, kind] : m_configuration.kinds)
        received.clusters.push_back(
            edge::Value::object({{"name", "inbound|" + std::to_string(port) + "||"}}));
    const auto dump = configDump(received, target);
    return dump ? edge::toJson(*dump, 1) + "\n" : std::string();
}

std::string Sidecar::metricsText()
{
    const auto now = std::chrono::system_clock::now();
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(m_certificate.current().notAfter - now);
    const auto uptime = std::chrono::duration_cast<std::chrono::seconds>(now - m_started);
    m_telemetry.set("istio_agent_cert_expiry_seconds", {{"resource_name", "default"}},
                    double(left.count()) / 1000);
    m_telemetry.set("envoy_server_live", {}, 1);
    m_telemetry.set("envoy_server_uptime", {}, double(uptime.count()));
    return m_telemetry.text();
}

} // namespace demo
