// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Stands in for the prometheus program where there is none: scrapes what the ConfigMap istio-system/prometheus says, as it is at the
// pod's start, and answers Prometheus' HTTP API over it.  /api/v1/status/buildinfo says what it is.  Thread: the loop.
#include "app/demo/api_request.h"
#include "app/demo/promql.h"
#include "app/demo/scraper.h"
#include "edge/server.h"

namespace demo {

class BuiltinPrometheus : public Program, public edge::Handler
{
public:
    explicit BuiltinPrometheus(const ContainerContext &context);
    edge::Result<void> start() override;
    void stop() override;
    std::vector<InboundPort> ports() const override { return m_ports; }
    asio::awaitable<void> handle(edge::Request &request, edge::Responder &responder) override;

private:
    struct Answer
    {
        int status = 200;
        std::string contentType = "application/json", body;
    };
    Answer answer(const std::string &path, const Query &query);
    Answer ask(const Query &query) const;
    Answer askRange(const Query &query) const;
    Answer names(const std::string &path, const Query &query) const;
    Answer targets() const;

    ContainerContext m_context;
    edge::Server m_server;
    std::vector<InboundPort> m_ports;
    std::unique_ptr<Scraper> m_scraper;
    std::string m_configuration;
};

} // namespace demo
