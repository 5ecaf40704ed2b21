// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The istio-proxy container of one pod: its certificate, what it captures, its counters, its access log and
// the agent's own ports. In an injected pod it stands before every application port; in a pod with a
// hand-made one (the guide's edge) it only fetches certificates and writes them where OUTPUT_CERTS says.
// Thread: the loop.
#include "app/demo/inbound_listener.h"
#include "app/demo/pod_identity.h"
#include "app/demo/telemetry.h"
#include "app/demo/workload_certificate.h"
#include "edge/server.h"

namespace demo {

struct InboundPort // of the application, to be captured
{
    std::uint16_t containerPort = 0, applicationPort = 0;
    std::shared_ptr<edge::Handler> application;
    bool isLocalOnly = false; // bound to the pod's own localhost: a port-forward reaches it, nobody else
};

struct PushedConfiguration // what istiod has sent for this proxy
{
    WorkloadModes modes;
    std::map<std::uint16_t, PortKind> kinds; // by container port; absent: undeclared
    std::string service;                     // first Service of the pod, "" none
    bool operator==(const PushedConfiguration &) const = default;
};

struct SidecarSettings
{
    PodIdentity pod;
    std::string istioVersion;
    std::chrono::seconds certLife{600};
    std::function<void(const std::string &)> log; // the access log's lines
};

class Sidecar : public std::enable_shared_from_this<Sidecar>
{
public:
    Sidecar(asio::io_context &loop, const Authority &authority, SidecarSettings settings);
    ~Sidecar();

    edge::Result<void> start();                            // certificate and the agent's ports
    edge::Result<std::uint16_t> capture(InboundPort port); // where others now reach that port
    void push(PushedConfiguration configuration);
    void stop();

    const PodIdentity &pod() const { return m_settings.pod; }
    WorkloadCertificate &certificate() { return m_certificate; }
    Telemetry &telemetry() { return m_telemetry; }
    const PushedConfiguration &configuration() const { return m_configuration; }
    std::map<std::uint16_t, std::uint16_t> agentPorts() const { return m_agentPorts; } // 15020 … → bound
    static constexpr std::uint16_t AdminPort = 15000; // of Envoy, for the pod's own localhost only
    std::string metricsText();
    std::string certificatesText() const; // what /certs answers
    std::string
    configDumpText(std::string_view target) const; // what /config_dump answers; "" no such resource
    std::string peerMetadata() const;              // what its outbound requests carry

private:
    class Agent;
    InboundSettings inboundSettings(const InboundPort &port);
    InboundPolicy policyFor(std::uint16_t port) const;
    void record(const InboundRecord &record);
    Labels destinationLabels(const InboundRecord &record) const;

    asio::io_context &m_loop;
    SidecarSettings m_settings;
    WorkloadCertificate m_certificate;
    Telemetry m_telemetry;
    PushedConfiguration m_configuration;
    int m_pushes = 0;
    std::string m_pushed; // utcText() of the last
    std::map<std::uint16_t, std::unique_ptr<InboundListener>> m_inbound;
    std::unique_ptr<Agent> m_agent;
    std::map<std::uint16_t, std::uint16_t> m_agentPorts;
    WallTime m_started;
};

} // namespace demo
