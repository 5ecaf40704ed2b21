// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The aes container: this product's own edge core, configured by the cluster's getambassador.io objects as
// Ambassador is, with the certificates that the pod's istio-proxy writes into a shared volume.  8080/8443
// traffic, 8877 metrics and diagnostics, 8001 Envoy's admin port for the pod's own localhost.
#include "app/demo/disk_files.h"
#include "app/demo/program.h"
#include "edge/config/compilation.h"
#include "edge/gateway.h"

namespace demo {

class EdgeProgram : public Program, public edge::Handler
{
public:
    explicit EdgeProgram(const ContainerContext &context);
    ~EdgeProgram() override;
    edge::Result<void> start() override;
    void stop() override;
    bool isReady() const override { return m_table != nullptr; }
    std::vector<InboundPort> ports() const override;
    asio::awaitable<void> handle(edge::Request &request, edge::Responder &responder) override; // 8877

private:
    void noteChange(const StoreEvent &event);
    void reconfigure();
    edge::SharedList<Value> configurationObjects() const;
    edge::Compilation &compilation();
    edge::SecretStore secrets() const;
    bool keepsCertificates() const { return m_context.world.edgeKeepsCertificates && m_table; }
    std::optional<edge::SecretMaterial> istioCertificate() const;
    void watchCertificates();
    std::optional<edge::Endpoint> resolve(const edge::Cluster &cluster);
    void logExchange(const edge::Exchange &exchange) const;
    void sendSpan(const edge::Exchange &exchange);
    std::string metrics() const;
    Value diagnostics() const;
    std::string certificatesInUse() const;                                   // Envoy's answer to /certs
    std::string adminAnswer(std::string_view path, std::string_view target); // of port 8001; "" no such page
    std::string addressOf(const edge::Cluster &cluster); // that DNS has for its host; "" none

    ContainerContext m_context;
    edge::CompileOptions m_options;
    std::string m_version;
    std::unique_ptr<edge::Compilation> m_compilation;
    bool m_compiledWithCertificate = false;
    DiskFiles m_files;                              // that TLSContexts name
    std::optional<std::string> m_certificateFolder; // AMBASSADOR_ISTIO_SECRET_DIR on this machine
    std::optional<edge::SecretMaterial> m_certificate;
    edge::SecretStore m_loaded; // what the last configuration was applied with
    bool m_keeps = false;       // goes on with m_loaded whatever has been renewed
    Timer m_reconfigure, m_certificateWatch;
    edge::Server m_admin;
    std::unique_ptr<edge::Gateway> m_gateway;
    std::shared_ptr<const edge::RouteTable> m_table;
    std::vector<std::string> m_problems;    // of the last apply
    std::optional<edge::Cluster> m_tracing; // where spans go: of Envoy's bootstrap, so fixed at the start
    std::uint16_t m_adminPort = 0, m_envoyPort = 0;
    int m_subscription = 0;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true); // requests in flight may end later
    std::chrono::steady_clock::time_point m_started;
    double m_lastSeconds = 0; // that reconfiguring took
    int m_configurations = 0; // that were taken over
    std::string m_configured; // utcText() of the last
};

} // namespace demo
