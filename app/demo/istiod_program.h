// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The discovery container of istiod as far as tools look at it: 15014 /version and /metrics, 8080 the debug
// interface, 15017 the validating webhook. Its work (certificates, pushes, injection) is done by Authority, MeshPolicy and injection.
#include "app/demo/program.h"

namespace demo {

class IstiodProgram : public Program, public edge::Handler
{
public:
    explicit IstiodProgram(const ContainerContext &context);
    edge::Result<void> start() override;
    void stop() override;
    std::vector<InboundPort> ports() const override { return m_ports; }
    asio::awaitable<void> handle(edge::Request &request, edge::Responder &responder) override;

private:
    asio::awaitable<void> answerReview(edge::Request &request, edge::Responder &responder);
    std::string metrics() const;
    Value syncz() const;
    Value mesh() const;
    Value registryz() const;
    std::string configDumpOf(std::string_view target) const;

    ContainerContext m_context;
    edge::Server m_server;
    std::vector<InboundPort> m_ports;
};

} // namespace demo
