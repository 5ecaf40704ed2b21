// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A container that serves an admission webhook over TLS of its own, and allows everything.
#include "app/demo/program.h"
#include "edge/server.h"

namespace demo {

class WebhookProgram : public Program, public edge::Handler
{
public:
    explicit WebhookProgram(const ContainerContext &context);
    edge::Result<void> start() override; // on the first declared port
    void stop() override { m_server.stop(); }
    std::vector<InboundPort> ports() const override { return m_ports; }
    asio::awaitable<void> handle(edge::Request &request, edge::Responder &responder) override;

private:
    ContainerContext m_context;
    edge::Server m_server;
    std::vector<InboundPort> m_ports;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

// Where a webhook's own TLS comes from: a certificate for the names, of an authority that the mesh does not
// know.
edge::Result<std::shared_ptr<edge::TlsCredentials>> webhookCredentials(const std::string &service,
                                                                       const std::string &nameSpace);
std::string allowingReview(const std::string &review); // the answer to an AdmissionReview

} // namespace demo
